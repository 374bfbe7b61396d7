//! What a create costs, beside the engine alone.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use bytes::Bytes;
use resourceful::storage::{EmbeddedEngine, Engine, EtcdEngine, EtcdOptions, Write};
use resourceful_tests::etcd::Cluster;
use resourceful_tests::server::Server;

use crate::bare::BareServer;
use crate::fixture::{CLIENTS, FLUNDERS, Fixture, flunder};
use crate::link::{Address, Call, Protocol};
use crate::run::{Worker, requests, run};
use resourceful_tests::report::{self, a_second, cpu_time, micros_each};

const SIZE: usize = 2_048;

/// Creates on the embedded engine, and its group commit alone.
pub(crate) async fn embedded() {
    for (clients, count) in [(1, 2_000), (CLIENTS, 20_000)] {
        let raw = Cost::of_raw(count, clients, || async {
            let directory = tempfile::tempdir().expect("a temporary directory");
            let engine = EmbeddedEngine::open(directory.path()).expect("the engine opens");
            (Arc::new(engine) as Arc<dyn Engine>, directory)
        });
        let raw = raw.await;
        for protocol in [Protocol::Http2, Protocol::Http1] {
            let fixture = Fixture::start().await;
            let ours =
                Cost::of_creates(fixture.server.id(), &fixture.address, protocol, count, clients).await;
            let what = format!("creates, {clients} clients, {}, and the raw engine", protocol.name());
            ours.report(&what, &raw, if clients > 1 { ">= 0.7" } else { "" });
            let bare = BareServer::beside(&fixture.server, &[b'x'; SIZE]);
            let bare = Cost::of_creates(bare.id(), &bare.address(), protocol, count, clients).await;
            let both = raw.micros + bare.micros;
            report::line("  and of both the raw engine and a bare POST", "µs", ours.micros, both);
        }
    }
}

/// The same on etcd, beside its bare client.
pub(crate) async fn on_etcd() {
    let cluster = Cluster::single();
    for (clients, count) in [(1, 1_000), (CLIENTS, 10_000)] {
        let raw = Cost::of_raw(count, clients, || async {
            let options = EtcdOptions::new(cluster.urls()).prefix("/raw");
            let engine = EtcdEngine::connect(options).await.expect("etcd answers");
            (Arc::new(engine) as Arc<dyn Engine>, ())
        });
        let raw = raw.await;
        let directory = tempfile::tempdir().expect("a temporary directory");
        let server = Server::start_with("wardle", directory.path(), &["--etcd-servers", cluster.url(0)]);
        let address = Address::of(&server);
        address.connect(Protocol::Http2).await.wait_for("/readyz").await;
        let ours = Cost::of_creates(server.id(), &address, Protocol::Http2, count, clients).await;
        ours.report(&format!("creates on etcd, {clients} clients, HTTP/2, and the raw client"), &raw, "");
    }
}

/// What some creates cost.
struct Cost {
    a_second: f64,
    micros: f64,
}

impl Cost {
    async fn of_creates(
        id: u32,
        address: &Address,
        protocol: Protocol,
        count: usize,
        clients: usize,
    ) -> Self {
        let body = flunder("f-", SIZE);
        let make = move |_| Call::post(FLUNDERS, body.clone());
        let links = address.connect_all(protocol, clients).await;
        requests(200, links, make.clone()).await;
        let links = address.connect_all(protocol, clients).await;
        let cpu = cpu_time(id);
        let elapsed = requests(count, links, make).await;
        let cpu = cpu_time(id).saturating_sub(cpu);
        Self { a_second: a_second(count, elapsed), micros: micros_each(cpu, count) }
    }

    /// Records of the same size written to an engine alone, with keys as scattered as generated names.
    async fn of_raw<O, R, K>(count: usize, clients: usize, open: O) -> Self
    where
        O: Fn() -> R,
        R: Future<Output = (Arc<dyn Engine>, K)>,
    {
        // A run of its own each time.
        static RUN: AtomicUsize = AtomicUsize::new(0);
        let number = RUN.fetch_add(1, Ordering::Relaxed);
        let (engine, _kept) = open().await;
        let bytes = Bytes::from(vec![b'x'; SIZE]);
        let writer =
            RawWriter { engine, bytes, prefix: format!("/wardle.example.com/flunders/ns{number}/f-") };
        let own = std::process::id();
        let cpu = cpu_time(own);
        let elapsed = run(count, vec![writer; clients]).await;
        let cpu = cpu_time(own).saturating_sub(cpu);
        Self { a_second: a_second(count, elapsed), micros: micros_each(cpu, count) }
    }

    fn report(&self, what: &str, raw: &Self, goal: &str) {
        report::goal(what, "/s", self.a_second, raw.a_second, goal);
        report::line("  CPU of the server each, and of the raw engine", "µs", self.micros, raw.micros);
    }
}

#[derive(Clone)]
struct RawWriter {
    engine: Arc<dyn Engine>,
    bytes: Bytes,
    prefix: String,
}

impl Worker for RawWriter {
    async fn work(&mut self, number: usize) {
        let scattered = number.wrapping_mul(0x9e37_79b9_7f4a_7c15);
        let write = Write::put(format!("{}{scattered:x}", self.prefix), 0, self.bytes.clone());
        self.engine.commit(write).await.expect("the engine writes");
    }
}
