//! What clients see, and what that costs: decoding, OpenAPI, selectors and tables, each row beside a limit or a peer in the
//! same run: `cargo bench -p resourceful-tests --bench observe`.
//!
//! What needs no socket is called in process, on one thread: its time is its CPU time. Words after `--` choose sections:
//! `decode`, `openapi`, `selectors`, `tables`.

mod calls;
mod decode;
mod kinds;
mod measure;
mod openapi;
mod selectors;
mod tables;

#[tokio::main(flavor = "current_thread")]
async fn main() {
    measure::serve_if_bare().await;
    openapi::serve_if_asked().await;
    let chosen: Vec<_> = std::env::args().skip(1).filter(|word| !word.starts_with('-')).collect();
    let is_chosen = |section: &str| chosen.is_empty() || chosen.iter().any(|word| word == section);
    resourceful_tests::report::head("");
    if is_chosen("decode") {
        decode::run();
    }
    if is_chosen("openapi") {
        openapi::at_start().await;
        openapi::served().await;
    }
    if is_chosen("selectors") {
        selectors::run().await;
    }
    if is_chosen("tables") {
        tables::run().await;
    }
}
