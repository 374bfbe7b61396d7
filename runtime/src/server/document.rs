//! A document that is encoded once and answered often: discovery and OpenAPI.

use std::fmt::Write as _;
use std::io::Write as _;
use std::sync::OnceLock;

use bytes::Bytes;
use flate2::Compression;
use flate2::write::GzEncoder;
use http::header::{ACCEPT_ENCODING, CONTENT_ENCODING, CONTENT_TYPE, ETAG, HeaderValue, IF_NONE_MATCH, VARY};
use http::{HeaderMap, Response, StatusCode};
use sha2::{Digest, Sha512};

use super::body::Body;

/// From which size on most documents are compressed (contract 6.45).
const COMPRESS_FROM: usize = 128 * 1024;

/// A document with its entity tag.
#[derive(Debug)]
pub(crate) struct Document {
    bytes: Bytes,
    content_type: &'static str,
    hash: String,
    /// Larger documents are compressed for whoever accepts it.
    compress_from: usize,
    compressed: OnceLock<Option<Bytes>>,
}

impl Document {
    /// A document of these bytes.
    pub(crate) fn new(content_type: &'static str, bytes: impl Into<Bytes>) -> Self {
        let bytes = bytes.into();
        let mut hash = String::with_capacity(128);
        for byte in Sha512::digest(&bytes) {
            // Writing to a String cannot fail.
            let _ = write!(hash, "{byte:02X}");
        }
        Self { bytes, content_type, hash, compress_from: COMPRESS_FROM, compressed: OnceLock::new() }
    }

    /// The same document, compressed from another size on.
    pub(crate) fn compressed_from(self, compress_from: usize) -> Self {
        Self { compress_from, ..self }
    }

    /// What identifies the content: the upper-case hexadecimal SHA-512 (contract 6.21, 6.24).
    pub(crate) fn hash(&self) -> &str {
        &self.hash
    }

    /// The document as it is sent.
    pub(crate) fn bytes(&self) -> &Bytes {
        &self.bytes
    }

    /// Answers with the document, or with 304 when the client has it.
    pub(crate) fn respond(&self, headers: &HeaderMap) -> Response<Body> {
        let etag = format!("\"{}\"", self.hash);
        let known = is_known(headers, &etag);
        let compressed =
            Some(headers).filter(|headers| !known && accepts_gzip(headers)).and_then(|_| self.compressed());
        let mut response = Response::new(match compressed {
            _ if known => Body::empty(),
            Some(bytes) => Body::full(bytes.clone()),
            None => Body::full(self.bytes.clone()),
        });
        if known {
            *response.status_mut() = StatusCode::NOT_MODIFIED;
        }
        let answer = response.headers_mut();
        answer.insert(VARY, HeaderValue::from_static("Accept"));
        if let Ok(etag) = HeaderValue::try_from(etag) {
            answer.insert(ETAG, etag);
        }
        if !known {
            answer.insert(CONTENT_TYPE, HeaderValue::from_static(self.content_type));
        }
        if compressed.is_some() {
            answer.insert(CONTENT_ENCODING, HeaderValue::from_static("gzip"));
        }
        if self.bytes.len() > self.compress_from {
            answer.append(VARY, HeaderValue::from_static("Accept-Encoding"));
        }
        response
    }

    /// The compressed form; none for a small document.
    fn compressed(&self) -> Option<&Bytes> {
        let compress = || {
            let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
            encoder.write_all(&self.bytes).and_then(|()| encoder.finish()).map(Bytes::from).ok()
        };
        if self.bytes.len() <= self.compress_from {
            return None;
        }
        self.compressed.get_or_init(compress).as_ref()
    }
}

fn is_known(headers: &HeaderMap, etag: &str) -> bool {
    let tags = headers.get_all(IF_NONE_MATCH).iter().filter_map(|value| value.to_str().ok());
    tags.flat_map(|value| value.split(','))
        .map(str::trim)
        .any(|tag| tag == "*" || tag.strip_prefix("W/").unwrap_or(tag) == etag)
}

fn accepts_gzip(headers: &HeaderMap) -> bool {
    let codings = headers.get_all(ACCEPT_ENCODING).iter().filter_map(|value| value.to_str().ok());
    codings.flat_map(|value| value.split(',')).any(|coding| {
        let mut parts = coding.split(';').map(str::trim);
        let is_gzip = parts.next().is_some_and(|name| name.eq_ignore_ascii_case("gzip"));
        let refused = parts.filter_map(|part| part.strip_prefix("q=")).any(|q| q.parse() == Ok(0.0));
        is_gzip && !refused
    })
}

#[cfg(test)]
mod tests {
    use std::io::Read;

    use http::{HeaderMap, HeaderName, HeaderValue};
    use http_body_util::BodyExt;

    use super::*;

    fn headers(name: HeaderName, value: &'static str) -> HeaderMap {
        HeaderMap::from_iter([(name, HeaderValue::from_static(value))])
    }

    async fn body(response: Response<Body>) -> Bytes {
        response.into_body().collect().await.unwrap().to_bytes()
    }

    #[tokio::test]
    async fn the_tag_is_the_hash_and_answers_304() {
        // contract 6.21
        let document = Document::new("application/json", "{}");
        let hash = "27C74670ADB75075FAD058D5CEAF7B20C4E7786C83BAE8A32F626F9782AF34C9A33C2046EF60FD2A7878D378E29FEC851806BBD9A67878F3A9F1CDA4830763FD";
        assert_eq!(document.hash(), hash);
        let response = document.respond(&HeaderMap::new());
        assert_eq!(response.headers()[ETAG], format!("\"{hash}\""));
        assert_eq!(response.headers()[VARY], "Accept");
        assert_eq!(response.headers()[CONTENT_TYPE], "application/json");
        assert_eq!(body(response).await, "{}");

        for tag in [format!("\"{hash}\""), format!("\"x\", W/\"{hash}\""), "*".to_owned()] {
            let headers = HeaderMap::from_iter([(IF_NONE_MATCH, HeaderValue::try_from(tag).unwrap())]);
            let response = document.respond(&headers);
            assert_eq!(response.status(), 304);
            assert_eq!(response.headers()[ETAG], format!("\"{hash}\""));
            assert_eq!(body(response).await, "");
        }
        assert_eq!(document.respond(&headers(IF_NONE_MATCH, "\"x\"")).status(), 200);
    }

    #[tokio::test]
    async fn large_documents_are_compressed_when_accepted() {
        // contract 6.45
        let text = "x".repeat(COMPRESS_FROM);
        let small = Document::new("text/plain", text.clone());
        let large = Document::new("text/plain", format!("{text}y"));
        let gzip = headers(ACCEPT_ENCODING, "br, gzip;q=0.5");
        assert!(!small.respond(&gzip).headers().contains_key(CONTENT_ENCODING));
        let smaller = Document::new("text/plain", text).compressed_from(1400);
        assert_eq!(smaller.respond(&gzip).headers()[CONTENT_ENCODING], "gzip");
        assert!(
            !large.respond(&headers(ACCEPT_ENCODING, "gzip;q=0")).headers().contains_key(CONTENT_ENCODING)
        );
        for _ in 0..2 {
            let response = large.respond(&gzip);
            assert_eq!(response.headers()[CONTENT_ENCODING], "gzip");
            let vary: Vec<_> = response.headers().get_all(VARY).iter().collect();
            assert_eq!(vary, ["Accept", "Accept-Encoding"]);
            let bytes = body(response).await;
            let mut unpacked = String::new();
            flate2::read::GzDecoder::new(&*bytes).read_to_string(&mut unpacked).unwrap();
            assert_eq!(unpacked.len(), COMPRESS_FROM + 1);
        }
    }
}
