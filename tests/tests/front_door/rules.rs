//! What is true of every answer.

use http::HeaderMap;
use serde_json::Value;

use crate::request::Request;

/// An answer, or the beginning of a watch.
pub(crate) struct Answer {
    pub(crate) code: u16,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Vec<u8>,
}

/// Failures of the server that upstream has, too: a scale of what has no replicas (contract 3.24), and a wait for a revision
/// that has not come (contract 5.17, 6.85).
const OF_UPSTREAM: [(u16, &str); 3] = [
    (500, "Internal error occurred: the spec replicas field \".spec.replicas\" does not exist"),
    (504, "Timeout: Too large resource version: "),
    (504, "Timeout: request did not complete within "),
];

/// Holds an answer to the rules; the error says which one it breaks.
pub(crate) fn check(request: &Request, answer: &Answer) -> Result<(), String> {
    let text = String::from_utf8_lossy(&answer.body).into_owned();
    let breaks = |rule: &str| {
        let shown: String = text.chars().take(1000).collect();
        Err(format!("{rule}: {} {:?}\n{shown}", answer.code, answer.headers))
    };
    let header =
        |name: &str| answer.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default();
    if header("audit-id").is_empty() {
        return breaks("every answer has an Audit-ID");
    }
    if request.method == "HEAD" {
        return if text.is_empty() { Ok(()) } else { breaks("a HEAD has no body") };
    }
    if !header("content-encoding").is_empty() {
        return Ok(());
    }
    let content_type = header("content-type");
    let document: Option<Value> = match content_type.split(';').next().unwrap_or_default() {
        "application/json" => match serde_json::from_str(&text) {
            Ok(document) => Some(document),
            // A watch is a document a line.
            Err(_)
                if answer.code == 200
                    && text.lines().all(|line| serde_json::from_str::<Value>(line).is_ok()) =>
            {
                None
            }
            Err(_) => return breaks("JSON is what it is called"),
        },
        "application/yaml" => match serde_saphyr::from_str(&text) {
            Ok(document) => Some(document),
            Err(_) => return breaks("YAML is what it is called"),
        },
        _ => None,
    };
    match answer.code {
        200..=299 | 301 | 304 => Ok(()),
        404 if document.is_none() && text.trim() == "404 page not found" => Ok(()),
        // OpenAPI's own handler says no more (contract 6.25, 6.26).
        406 if document.is_none() && text.is_empty() && request.target.contains("/openapi/") => Ok(()),
        code => {
            let Some(status) = document else { return breaks("an error is a Status") };
            let is_status =
                status["kind"] == "Status" && status["status"] == "Failure" && status["code"] == code;
            let message = status["message"].as_str().unwrap_or_default();
            if !is_status || message.is_empty() || status["reason"].as_str().is_none_or(str::is_empty) {
                return breaks("a Status has its code, a reason and a message");
            }
            let of_upstream = OF_UPSTREAM.iter().any(|(of, start)| *of == code && message.starts_with(start));
            if code >= 500 && !of_upstream { breaks("nobody makes the server fail") } else { Ok(()) }
        }
    }
}
