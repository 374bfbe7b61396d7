//! The OpenAPI documents of fifty kinds: made, and served.

use std::time::Instant;

use http::Method;
use resourceful::ApiServer;
use resourceful::server::ServerOptions;
use resourceful_tests::report;
use serde_json::Value;

use crate::calls::body;
use crate::kinds::fifty_kinds;
use crate::measure::Served;

/// Tells this program to serve fifty kinds.
const SERVE_KINDS: &str = "OBSERVE_SERVE_KINDS";

/// What a server of fifty kinds does before its first answer, and before the first of its OpenAPI documents, beside reading
/// and writing the same documents as JSON.
pub(crate) async fn at_start() {
    let mut best = [f64::INFINITY; 5];
    for _ in 0..5 {
        let (service, start) = timed(async { fifty_kinds(ApiServer::builder()).into_service() }).await;
        let service = service.expect("the kinds are in order");
        let (v3, make_v3) =
            timed(body(&service, "/openapi/v3/apis/many.example.com/v1", "application/json")).await;
        let (v2, make_v2) = timed(body(&service, "/openapi/v2", "application/json")).await;
        let ((), rewrite_v3) = timed(async { rewrite(&v3) }).await;
        let ((), rewrite_v2) = timed(async { rewrite(&v2) }).await;
        for (best, now) in best.iter_mut().zip([start, make_v3, rewrite_v3, make_v2, rewrite_v2]) {
            *best = best.min(now);
        }
    }
    let [start, make_v3, rewrite_v3, make_v2, rewrite_v2] = best;
    report::line(
        "the start of 50 kinds, and their OpenAPI v3 as JSON read and written",
        "ms",
        start,
        rewrite_v3,
    );
    report::line("OpenAPI v3 of 50 kinds made, and the same", "ms", make_v3, rewrite_v3);
    report::line("OpenAPI v2 of 50 kinds made in both forms, and its JSON", "ms", make_v2, rewrite_v2);
}

/// What is made of something, and how many ms that took.
async fn timed<T>(make: impl Future<Output = T>) -> (T, f64) {
    let begin = Instant::now();
    let made = make.await;
    (made, begin.elapsed().as_secs_f64() * 1e3)
}

fn rewrite(document: &[u8]) {
    let document: Value = serde_json::from_slice(document).expect("JSON");
    std::hint::black_box(document.to_string());
}

/// What a document costs that is made already, beside bare hyper that sends the same bytes.
pub(crate) async fn served() {
    let server = Served::start(SERVE_KINDS, "1");
    let v3 = "/openapi/v3/apis/many.example.com/v1";
    for (what, path, header, count) in [
        ("CPU a GET of OpenAPI v2", "/openapi/v2", ("accept", "application/json"), 1_600),
        ("CPU a GET of OpenAPI v2 with gzip", "/openapi/v2", ("accept-encoding", "gzip"), 16_000),
        ("CPU a GET of OpenAPI v3", v3, ("accept", "application/json"), 1_600),
        ("CPU a GET of OpenAPI v3 that the client has (304)", v3, ("if-none-match", "*"), 32_000),
    ] {
        let answer = server.client().call(Method::GET, path).header(header.0, header.1).send().await;
        let bare = Served::bare(&answer.body);
        let ours = server.cpu_of_a_get(path, header, count).await;
        let limit = bare.cpu_of_a_get("/", header, count).await;
        report::line(&format!("{what}, {} KiB, and bare hyper", answer.body.len() / 1024), "µs", ours, limit);
    }
}

/// Serves fifty kinds, if this process was started for that.
pub(crate) async fn serve_if_asked() {
    if std::env::var(SERVE_KINDS).is_err() {
        return;
    }
    let options = ServerOptions::default().secure_port(0).insecure_port(0);
    let server = fifty_kinds(ApiServer::new(options)).start().await.expect("the server starts");
    println!("{} {}", server.insecure_url().unwrap_or_default(), server.admin_token());
    std::future::pending::<()>().await;
}
