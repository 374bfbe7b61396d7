//! Lists made in process, without a connection: beside a copy of the same bytes, and beside a look at each object.

use std::hint::black_box;
use std::time::{Duration, Instant};

use bytes::Bytes;
use http::Request;
use http_body_util::{BodyExt, Full};
use resourceful::Store;
use resourceful::server::{ApiServer, ApiService};
use resourceful::storage::{Describe, Header, Snapshot};
use resourceful_tests::plots::Plot;
use serde_json::json;
use tower_service::Service;

use resourceful_tests::report::{self, float, median};

const PLOTS: &str = "/apis/garden.example.com/v1/namespaces/ns1/plots";
const ALL_PLOTS: &str = "/apis/garden.example.com/v1/plots";
const ROUNDS: usize = 15;

/// The body of a list of 10,000 objects of 2 KiB.
pub(crate) async fn lists() {
    let mut garden = Garden::with(10_000, 2_048).await;
    let snapshot = garden.snapshot().await;
    let list = garden.time(PLOTS).await;
    let copy = median((0..ROUNDS).map(|_| copy(&snapshot)).collect());
    let (list, copy) = (list.as_secs_f64() * 1e3, copy.as_secs_f64() * 1e3);
    report::goal("a LIST of 10,000 of 2 KiB in process, and a copy of its bytes", "ms", list, copy, "<= 3");
}

/// Lists of 300,000 objects that select none of them.
pub(crate) async fn selectors() {
    const COUNT: usize = 300_000;
    let mut garden = Garden::with(COUNT, 1_024).await;
    let snapshot = garden.snapshot().await;
    let look = median((0..ROUNDS).map(|_| look(&snapshot)).collect());
    let look = look.as_secs_f64() * 1e9 / float(COUNT);
    for (what, selector) in [
        ("a label that all have, of another value", "labelSelector=app%3Ddb"),
        ("a label that none has", "labelSelector=none"),
        ("a label that all have, refused", "labelSelector=!app"),
        ("a name that none has", "fieldSelector=metadata.name%3Dnone"),
        ("a field that all have, refused", "fieldSelector=spec.soil!%3Dclay"),
    ] {
        let took = garden.time(&format!("{ALL_PLOTS}?{selector}")).await;
        let each = took.as_secs_f64() * 1e9 / float(COUNT);
        let what = format!("{what}: each of 300,000, and a look");
        report::goal(&what, "ns", each, look, "<= 100 ns");
    }
}

/// A server in process, and its store.
struct Garden {
    service: ApiService,
    store: Store,
}

impl Garden {
    /// With so many objects, which lie in memory in another order than that of their names.
    async fn with(count: usize, size: usize) -> Self {
        let store = Store::memory();
        let service = ApiServer::builder().store(store.clone()).serve::<Plot>().into_service();
        let mut garden = Self { service: service.expect("the server is well formed"), store };
        let note = "x".repeat(size.saturating_sub(400));
        let metadata = json!({
            "generateName": "p-",
            "labels": { "app": "web", "tier": "front" },
            "annotations": { "note": note },
        });
        let plot = Bytes::from(json!({ "metadata": metadata, "spec": { "soil": "clay" } }).to_string());
        for _ in 0..count {
            let request = Request::post(PLOTS).header("content-type", "application/json");
            let request = request.body(Full::new(plot.clone())).expect("a request");
            let Ok(answer) = garden.service.call(request).await;
            assert_eq!(answer.status(), 201);
        }
        garden
    }

    /// The objects. The collection is the server's.
    async fn snapshot(&self) -> Snapshot {
        let collection = self.store.collection("/garden.example.com/plots", std::sync::Arc::new(Unknown));
        collection.snapshot().await.expect("the store is in memory")
    }

    /// How long a list takes from the request to the last byte, in the middle of some rounds.
    async fn time(&mut self, path: &str) -> Duration {
        let mut times = Vec::new();
        for _ in 0..ROUNDS {
            let request = Request::get(path).body(Full::new(Bytes::new())).expect("a request");
            let begin = Instant::now();
            let Ok(answer) = self.service.call(request).await;
            assert_eq!(answer.status(), 200);
            let mut body = answer.into_body();
            while let Some(frame) = body.frame().await {
                drop(black_box(frame));
            }
            times.push(begin.elapsed());
        }
        median(times)
    }
}

/// Copies the bytes of all objects, a chunk at a time, into memory that is there already.
fn copy(snapshot: &Snapshot) -> Duration {
    const CHUNK: usize = 64 * 1024;
    let begin = Instant::now();
    let mut chunk: Vec<u8> = Vec::with_capacity(2 * CHUNK);
    for object in snapshot.range("", "") {
        if chunk.len() > CHUNK {
            black_box(&chunk);
            chunk.clear();
        }
        chunk.extend_from_slice(object.wire());
    }
    black_box(&chunk);
    begin.elapsed()
}

/// Reads what selection reads of every object, and compares nothing.
fn look(snapshot: &Snapshot) -> Duration {
    let begin = Instant::now();
    let labels: usize = snapshot.range("", "").map(|object| object.header().labels.len()).sum();
    black_box(labels);
    begin.elapsed()
}

/// The server has said how objects are read.
struct Unknown;

impl Describe for Unknown {
    fn describe(&self, _: &[u8]) -> Result<Header, String> {
        Err("the server reads its objects itself".to_owned())
    }
}
