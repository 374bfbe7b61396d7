//! Calls of a server in process, and how long they take.

use std::time::Instant;

use bytes::Bytes;
use http::{Request, Response};
use http_body_util::{BodyExt as _, Full};
use resourceful::server::{ApiService, Body};
use serde_json::Value;
use tower_service::Service as _;

/// Creates an object.
pub(crate) async fn create(service: &ApiService, path: &str, object: &Value) {
    let request = Request::post(path).header("content-type", "application/json");
    let request = request.body(Full::<Bytes>::from(object.to_string())).expect("a request");
    let Ok(answer) = service.clone().call(request).await;
    assert_eq!(answer.status(), 201);
}

/// The shortest of seven times, in ms.
pub(crate) async fn best(service: &ApiService, path: &str, accept: &str) -> f64 {
    let mut best = f64::INFINITY;
    for _ in 0..7 {
        best = best.min(timed(service, path, accept).await);
    }
    best
}

/// How long an answer takes until its last byte, which nobody keeps, in ms.
pub(crate) async fn timed(service: &ApiService, path: &str, accept: &str) -> f64 {
    let begin = Instant::now();
    let mut frames = answer(service, path, accept).await.into_body();
    while let Some(frame) = frames.frame().await {
        std::hint::black_box(frame.expect("a frame"));
    }
    begin.elapsed().as_secs_f64() * 1e3
}

/// The bytes of an answer.
pub(crate) async fn body(service: &ApiService, path: &str, accept: &str) -> Bytes {
    answer(service, path, accept).await.into_body().collect().await.expect("a body").to_bytes()
}

async fn answer(service: &ApiService, path: &str, accept: &str) -> Response<Body> {
    let request =
        Request::get(path).header("accept", accept).body(Full::<Bytes>::default()).expect("a request");
    let Ok(answer) = service.clone().call(request).await;
    assert_eq!(answer.status(), 200, "{path}");
    answer
}
