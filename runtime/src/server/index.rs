//! The list of paths at `/`, for people (contract 6.91).

use bytes::Bytes;
use http::header::CONTENT_TYPE;
use http::{HeaderValue, Response};

use super::body::Body;
use super::encode::indent;
use crate::rest::Handlers;

/// The list of paths.
pub(crate) struct Index(Bytes);

impl Index {
    /// The paths that a server of these kinds has besides the objects themselves.
    pub(crate) fn new(handlers: &[Handlers]) -> Self {
        let fixed = ["/apis", "/healthz", "/livez", "/openapi/v2", "/openapi/v3", "/readyz", "/version"];
        let mut paths: Vec<String> = fixed.map(String::from).into();
        for info in handlers.iter().map(Handlers::info) {
            if info.group.is_empty() {
                paths.push("/api".into());
                paths.push(format!("/api/{}", info.version));
            } else {
                paths.push(format!("/apis/{}", info.group));
                paths.push(format!("/apis/{}", info.api_version()));
            }
        }
        paths.sort_unstable();
        paths.dedup();
        let document = serde_json::json!({ "paths": paths }).to_string();
        Self(Bytes::from(indent(document.as_bytes())))
    }

    /// The list, if that is what the path leads to.
    pub(crate) fn respond(&self, path: &str) -> Option<Response<Body>> {
        matches!(path, "/" | "" | "/index.html").then(|| {
            let mut response = Response::new(Body::full(self.0.clone()));
            response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
            response
        })
    }
}
