//! Responses: documents, lists, errors, and the headers that all of them carry (contract 6.43 to 6.46, 6.69, 6.76 to
//! 6.80).

use bytes::Bytes;
use http::header::{
    CACHE_CONTROL, CONNECTION, CONTENT_ENCODING, CONTENT_LENGTH, CONTENT_TYPE, HeaderName, RETRY_AFTER, VARY,
    WARNING, X_CONTENT_TYPE_OPTIONS,
};
use http::{HeaderMap, HeaderValue, Response, StatusCode, Version};
use http_body::Body as _;

use super::body::Body;
use super::encode::{self, Gzip};
use super::list_body::{CHUNK, ListBody};
use super::negotiate::{Format, Output, error_output};
use super::query::Query;
use super::random;
use crate::errors::{Error, Status};

/// What a client hears of a panic (contract 6.87).
pub(crate) const PANIC_TEXT: &str = "This request caused apiserver to panic. Look in the logs for details.";
/// Larger bodies are compressed for who takes them so (contract 6.45).
const GZIP_LIMIT: usize = 128 * 1024;
const AUDIT_ID: HeaderName = HeaderName::from_static("audit-id");
/// The most characters of an audit id that a client chose.
const AUDIT_ID_LENGTH: usize = 64;
/// The most characters of all warnings together, and of one warning when they are more (contract 6.69).
const WARNINGS_LENGTH: usize = 4096;
const WARNING_LENGTH: usize = 256;

/// Answers with a JSON document that has no newline at its end.
pub(crate) fn document(code: StatusCode, json: &Bytes, output: Output) -> Response<Body> {
    let large = output.gzip && json.len() > GZIP_LIMIT;
    if output.format == Format::Json && !output.pretty && !large {
        return response(code, output.format, Body::line(json));
    }
    dressed(code, json, output)
}

/// Answers with a list, made while it is sent.
pub(crate) fn list(mut list: ListBody, output: Output) -> Response<Body> {
    let code = StatusCode::OK;
    if output.format == Format::Yaml || output.pretty {
        let json: Vec<u8> = list.by_ref().flatten().collect();
        return dressed(code, &Bytes::from(json), output);
    }
    let mut chunks = Vec::new();
    let mut size = 0;
    while size <= GZIP_LIMIT && !list.is_done() {
        let Some(chunk) = list.next() else { break };
        size += chunk.len();
        chunks.push(chunk);
    }
    if output.gzip && size > GZIP_LIMIT {
        return compressed(code, output.format, chunks.into_iter().chain(list));
    }
    if !list.is_done() {
        return response(code, output.format, Body::chunks(chunks.into_iter().chain(list)));
    }
    let whole = if chunks.len() == 1 { chunks.pop() } else { None };
    response(code, output.format, Body::full(whole.unwrap_or_else(|| Bytes::from(chunks.concat()))))
}

/// Answers with a `Status`, which is never transformed (contract 6.56).
pub(crate) fn status(code: StatusCode, status: &Status, output: Output) -> Response<Body> {
    let json = serde_json::to_vec(status).unwrap_or_default();
    document(code, &Bytes::from(json), output)
}

/// Answers with an error (contract 6.39, 6.76, 6.77).
pub(crate) fn error(error: &Error, headers: &HeaderMap, query: Query<'_>) -> Response<Body> {
    let code = StatusCode::from_u16(error.code()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let mut response = status(code, error.status(), error_output(headers, query));
    let headers = response.headers_mut();
    let retry_after = error.status().details.as_ref().map_or(0, |details| details.retry_after_seconds);
    if retry_after > 0 {
        headers.insert(RETRY_AFTER, HeaderValue::from(retry_after));
    }
    if code == StatusCode::FORBIDDEN {
        headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    }
    response
}

/// Answers with plain text.
pub(crate) fn text(code: StatusCode, text: impl Into<Bytes>) -> Response<Body> {
    let mut response = Response::new(Body::full(text));
    *response.status_mut() = code;
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("text/plain; charset=utf-8"));
    headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    response
}

/// Answers a request whose time was up before its handler noticed: a status without kind and version, as plain text
/// (contract 6.85).
pub(crate) fn timed_out() -> Response<Body> {
    let why = "request did not complete within the allotted timeout";
    let mut status = Error::timeout(why, 0).into_status();
    status.kind.clear();
    status.api_version.clear();
    let mut json = serde_json::to_vec(&status).unwrap_or_default();
    json.push(b'\n');
    let mut response = text(StatusCode::GATEWAY_TIMEOUT, json);
    response.headers_mut().remove(X_CONTENT_TYPE_OPTIONS);
    response
}

/// Answers a request that came after the server began to stop: there may be another that serves (contract 6.84). Where
/// HTTP has no other word for it, the connection is closed as well.
pub(crate) fn shutting_down(version: Version) -> Response<Body> {
    let status = Error::service_unavailable("apiserver is shutting down").into_status();
    let mut json = serde_json::to_vec(&status).unwrap_or_default();
    // Upstream's encoder ends its document with a line, and then it ends the line.
    json.extend_from_slice(b"\n\n");
    let mut response = response(StatusCode::SERVICE_UNAVAILABLE, Format::Json, Body::full(json));
    let headers = response.headers_mut();
    headers.insert(RETRY_AFTER, HeaderValue::from_static("1"));
    headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    if version < Version::HTTP_2 {
        headers.insert(CONNECTION, HeaderValue::from_static("close"));
    }
    response
}

/// Answers with the events of a watch.
pub(crate) fn events(body: Body) -> Response<Body> {
    response(StatusCode::OK, Format::Json, body)
}

fn dressed(code: StatusCode, json: &Bytes, output: Output) -> Response<Body> {
    let bytes = match output.format {
        Format::Yaml => match encode::yaml(json) {
            Ok(yaml) => Bytes::from(yaml),
            Err(error) => {
                return status(StatusCode::INTERNAL_SERVER_ERROR, error.status(), json_only(output));
            }
        },
        Format::Json if output.pretty => Bytes::from(encode::indent(json)),
        Format::Json => Bytes::from([json, b"\n".as_slice()].concat()),
    };
    if output.gzip && bytes.len() > GZIP_LIMIT {
        let slices = (0..bytes.len()).step_by(CHUNK).map(move |start| {
            let end = bytes.len().min(start + CHUNK);
            bytes.slice(start..end)
        });
        return compressed(code, output.format, slices);
    }
    response(code, output.format, Body::full(bytes))
}

fn json_only(output: Output) -> Output {
    Output { format: Format::Json, ..output }
}

fn compressed(
    code: StatusCode,
    format: Format,
    chunks: impl Iterator<Item = Bytes> + Send + Unpin + 'static,
) -> Response<Body> {
    let mut response = response(code, format, Body::chunks(Gzip::new(chunks)));
    response.headers_mut().insert(CONTENT_ENCODING, HeaderValue::from_static("gzip"));
    response.headers_mut().insert(VARY, HeaderValue::from_static("Accept-Encoding"));
    response
}

fn response(code: StatusCode, format: Format, body: Body) -> Response<Body> {
    let mut response = Response::new(body);
    *response.status_mut() = code;
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(format.media_type()));
    response
}

/// Adds the headers of every response (contract 6.46). The date is set by whoever sends it.
pub(crate) fn add_common_headers(response: &mut Response<Body>, request: &HeaderMap) {
    let mut audit_id = match request.get(AUDIT_ID) {
        Some(given) if (1..=AUDIT_ID_LENGTH).contains(&given.len()) => given.clone(),
        Some(given) if !given.is_empty() => {
            HeaderValue::from_bytes(&given.as_bytes()[..AUDIT_ID_LENGTH]).unwrap_or_else(|_| new_audit_id())
        }
        _ => new_audit_id(),
    };
    // No two responses share it: in the table of an HTTP/2 connection it would push out what they do share.
    audit_id.set_sensitive(true);
    let headers = response.headers_mut();
    headers.insert(AUDIT_ID, audit_id);
    headers.entry(CACHE_CONTROL).or_insert(HeaderValue::from_static("no-cache, private"));
}

fn new_audit_id() -> HeaderValue {
    let mut buffer = uuid::Uuid::encode_buffer();
    let text = random::uuid().hyphenated().encode_lower(&mut buffer);
    HeaderValue::from_str(text).unwrap_or(HeaderValue::from_static("-"))
}

/// Takes the body off the answer to a HEAD, and leaves its length.
pub(crate) fn without_body(mut response: Response<Body>) -> Response<Body> {
    if let Some(length) = response.body().size_hint().exact() {
        response.headers_mut().insert(CONTENT_LENGTH, HeaderValue::from(length));
    }
    *response.body_mut() = Body::empty();
    response
}

/// Adds the warnings as headers (contract 6.69).
pub(crate) fn add_warnings(response: &mut Response<Body>, warnings: &[String]) {
    for header in warning_headers(warnings) {
        response.headers_mut().append(WARNING, header);
    }
}

/// One header per warning. When they are too long together, each is cut, and what then still is too much is left out.
fn warning_headers(warnings: &[String]) -> Vec<HeaderValue> {
    let sendable = || warnings.iter().filter(|text| !text.is_empty() && !text.contains(char::is_control));
    let total: usize = sendable().map(|text| text.chars().count()).sum();
    let most = if total > WARNINGS_LENGTH { WARNING_LENGTH } else { usize::MAX };
    let mut written = 0;
    let mut headers = Vec::new();
    for text in sendable() {
        if written >= WARNINGS_LENGTH {
            break;
        }
        let mut value = String::with_capacity(text.len() + 16);
        value.push_str("299 - \"");
        for character in text.chars().take(most) {
            if matches!(character, '"' | '\\') {
                value.push('\\');
            }
            value.push(character);
            written += 1;
        }
        value.push('"');
        headers.extend(HeaderValue::from_bytes(value.as_bytes()));
    }
    headers
}

#[cfg(test)]
mod tests {
    use super::*;

    fn warnings(texts: &[&str]) -> Vec<String> {
        let texts: Vec<_> = texts.iter().map(|text| (*text).to_owned()).collect();
        warning_headers(&texts)
            .iter()
            .map(|value| String::from_utf8(value.as_bytes().to_vec()).unwrap())
            .collect()
    }

    // contract 6.66, 6.69
    #[test]
    fn warnings_are_quoted() {
        assert_eq!(
            warnings(&["unknown field \"spec.foo\"", "a\\b", "bad\nline", "", "größer"]),
            ["299 - \"unknown field \\\"spec.foo\\\"\"", "299 - \"a\\\\b\"", "299 - \"größer\""]
        );
    }

    // contract 6.69
    #[test]
    fn warnings_have_a_budget() {
        let long = "x".repeat(1024);
        let four: Vec<_> = (0..4).map(|_| long.as_str()).collect();
        assert!(warnings(&four).iter().all(|header| header.len() == 1024 + 8));

        let many: Vec<_> = (0..40).map(|_| long.as_str()).collect();
        let sent = warnings(&many);
        assert_eq!(sent.len(), WARNINGS_LENGTH / WARNING_LENGTH);
        assert!(sent.iter().all(|header| header.len() == WARNING_LENGTH + 8));
    }

    // contract 6.46
    #[test]
    fn every_response_has_an_audit_id_and_is_not_cached() {
        let mut response = text(StatusCode::OK, "ok");
        add_common_headers(&mut response, &HeaderMap::new());
        let id = response.headers()[AUDIT_ID].to_str().unwrap().to_owned();
        assert_eq!(uuid::Uuid::parse_str(&id).unwrap().get_version_num(), 4);
        assert_eq!(response.headers()[CACHE_CONTROL], "no-cache, private");

        let mut request = HeaderMap::new();
        request.insert(AUDIT_ID, HeaderValue::from_static("mine"));
        response.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static("public"));
        add_common_headers(&mut response, &request);
        assert_eq!(response.headers()[AUDIT_ID], "mine");
        assert_eq!(response.headers()[CACHE_CONTROL], "public");
    }

    // contract 6.77, 6.80
    #[test]
    fn errors_say_when_to_come_back() {
        let refused = error(&Error::too_many_requests("later", 3), &HeaderMap::new(), Query::default());
        assert_eq!(
            (refused.status().as_u16(), &refused.headers()[RETRY_AFTER]),
            (429, &"3".parse().unwrap())
        );
        let bad = error(&Error::bad_request("no"), &HeaderMap::new(), Query::default());
        assert!(!bad.headers().contains_key(RETRY_AFTER));
    }
}
