//! What the spine costs, each number beside its limit in the same run: `cargo bench -p resourceful-tests`.
//!
//! The server under test is the `wardle` example as a process of its own, spoken to over plain HTTP/1.1 on loopback. The
//! limits are a bare hyper server that sends the same bytes, and the raw engine that writes the same records. What is
//! compared is the CPU time of the server process per operation, and its memory; the wall clock is shown for writes.
//! Words after `--` choose sections: `writes`, `etcd`, `memory`, `reads`, `updates`, `watches`.

use std::convert::Infallible;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use bytes::Bytes;
use http_body_util::Full;
use hyper_util::rt::TokioIo;
use resourceful::storage::{EmbeddedEngine, Engine, EtcdEngine, EtcdOptions, Write};
use resourceful_tests::client::Client;
use resourceful_tests::etcd::Cluster;
use resourceful_tests::server::Server;
use serde_json::json;

const FLUNDERS: &str = "/apis/wardle.example.com/v1alpha1/namespaces/ns1/flunders";
const CLIENTS: usize = 64;

#[tokio::main(flavor = "multi_thread", worker_threads = 2)]
async fn main() {
    if let Ok(body) = std::env::var("BARE_SERVER_BODY") {
        return bare_server(&body).await;
    }
    let chosen: Vec<_> = std::env::args().skip(1).filter(|word| !word.starts_with('-')).collect();
    let is_chosen = |section: &str| chosen.is_empty() || chosen.iter().any(|word| word == section);
    println!("{:<52} {:>13} {:>13} {:>6}", "", "resourceful", "limit", "ratio");
    if is_chosen("writes") {
        writes().await;
    }
    if is_chosen("etcd") {
        writes_on_etcd().await;
    }
    if !["memory", "reads", "updates", "watches"].into_iter().any(is_chosen) {
        return;
    }
    let server = Loaded::start().await;
    memory(&server);
    if is_chosen("reads") {
        reads(&server).await;
        table(&server).await;
    }
    if is_chosen("updates") {
        updates(&server).await;
    }
    if is_chosen("watches") {
        watches(&server).await;
    }
}

/// A line of the report: ours, the limit, and how many times the limit ours is.
fn report(what: &str, unit: &str, ours: f64, limit: f64) {
    // What takes less than a tick of the clock has no ratio.
    let ratio = if limit > 0.0 { format!("{:.2}", ours / limit) } else { "-".to_owned() };
    println!("{what:<52} {ours:>9.1} {unit:<3} {limit:>9.1} {unit:<3} {ratio:>6}");
}

/// A line of the report without a limit.
fn report_alone(what: &str, unit: &str, ours: f64) {
    println!("{what:<52} {ours:>9.1} {unit}");
}

/// A server that holds 10,000 objects of 2 KiB.
struct Loaded {
    server: Server,
    client: Client,
    idle_kib: u64,
    _directory: tempfile::TempDir,
}

impl Loaded {
    async fn start() -> Self {
        let directory = tempfile::tempdir().expect("a temporary directory");
        let server = Server::start("wardle", directory.path());
        let client = Client::new(server.insecure_url(), server.token());
        client.get(FLUNDERS).await.expect(200);
        let idle_kib = resident_kib(server.id());
        create(&client, 10_000, CLIENTS).await;
        Self { server, client, idle_kib, _directory: directory }
    }
}

async fn writes() {
    for (clients, count) in [(1, 2_000), (CLIENTS, 20_000)] {
        let directory = tempfile::tempdir().expect("a temporary directory");
        let server = Server::start("wardle", directory.path());
        let client = Client::new(server.insecure_url(), server.token());
        create(&client, 200, clients).await;
        let cpu = cpu_time(server.id());
        let ours = a_second(count, create(&client, count, clients).await);
        let cpu = per_operation(cpu_time(server.id()).saturating_sub(cpu), count);
        let own = std::process::id();
        let raw_cpu = cpu_time(own);
        let raw = a_second(count, raw_embedded_writes(count, clients).await);
        let raw_cpu = per_operation(cpu_time(own).saturating_sub(raw_cpu), count);
        report(&format!("creates with {clients} clients, and the raw engine"), "/s", ours, raw);
        report("  CPU a create, and the raw engine", "µs", cpu, raw_cpu);
    }
}

/// The same on etcd, beside its bare client: what a create costs the server process, and what a transaction costs one that
/// does nothing else.
async fn writes_on_etcd() {
    let cluster = Cluster::single();
    for (clients, count) in [(1, 2_000), (CLIENTS, 20_000)] {
        let directory = tempfile::tempdir().expect("a temporary directory");
        let server = Server::start_with("wardle", directory.path(), &["--etcd-servers", cluster.url(0)]);
        let client = Client::new(server.insecure_url(), server.token());
        while client.get("/readyz").await.code != 200 {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        create(&client, 200, clients).await;
        let cpu = cpu_time(server.id());
        let ours = a_second(count, create(&client, count, clients).await);
        let cpu = per_operation(cpu_time(server.id()).saturating_sub(cpu), count);
        drop(server);
        let own = std::process::id();
        let raw_cpu = cpu_time(own);
        let options = EtcdOptions::new(cluster.urls()).prefix("/raw");
        let engine = EtcdEngine::connect(options).await.expect("etcd answers");
        let raw = a_second(count, raw_writes(Arc::new(engine), count, clients).await);
        let raw_cpu = per_operation(cpu_time(own).saturating_sub(raw_cpu), count);
        report(&format!("creates on etcd with {clients} clients, and the raw client"), "/s", ours, raw);
        report("  CPU a create, and the raw client", "µs", cpu, raw_cpu);
    }
}

/// Creates objects of 2 KiB and returns how long it took.
async fn create(client: &Client, count: usize, clients: usize) -> Duration {
    let body = padded();
    run(count, clients, {
        let client = client.clone();
        move |_| {
            let call_client = client.clone();
            let body = body.clone();
            async move { call_client.post(FLUNDERS, &body).await.code == 201 }
        }
    })
    .await
}

/// An object of about 2 KiB.
fn padded() -> serde_json::Value {
    let note = "x".repeat(1_600);
    json!({ "metadata": { "generateName": "f-", "annotations": { "note": note } }, "spec": { "reference": "other" } })
}

async fn raw_embedded_writes(count: usize, clients: usize) -> Duration {
    let directory = tempfile::tempdir().expect("a temporary directory");
    let engine = Arc::new(EmbeddedEngine::open(directory.path()).expect("the engine opens"));
    raw_writes(engine, count, clients).await
}

/// Records of the same size written to an engine alone, with keys that are as scattered as generated names.
async fn raw_writes(engine: Arc<dyn Engine>, count: usize, clients: usize) -> Duration {
    // A run of its own each time.
    static RUN: AtomicUsize = AtomicUsize::new(0);
    let run_number = RUN.fetch_add(1, Ordering::Relaxed);
    let bytes = Bytes::from(vec![b'x'; 2_048]);
    run(count, clients, move |number| {
        let engine = Arc::clone(&engine);
        let bytes = bytes.clone();
        let scattered = number.wrapping_mul(0x9e37_79b9_7f4a_7c15);
        async move {
            let key = format!("/wardle.example.com/flunders/ns{run_number}/f-{scattered:x}");
            let write = Write::put(key, 0, bytes);
            engine.commit(write).await.is_ok()
        }
    })
    .await
}

fn memory(loaded: &Loaded) {
    let now = resident_kib(loaded.server.id());
    let mib = |kib: u64| f64::from(u32::try_from(kib).expect("fits")) / 1024.0;
    report_alone("resident memory, idle", "MiB", mib(loaded.idle_kib));
    let added = mib(now - loaded.idle_kib);
    report("resident memory 10,000 objects add, and their bytes", "MiB", added, 10_000.0 * 2.0 / 1024.0);
}

async fn reads(loaded: &Loaded) {
    let list = loaded.client.get(FLUNDERS).await;
    let name = list.expect(200)["items"][0]["metadata"]["name"].as_str().expect("a name").to_owned();
    let item = format!("{FLUNDERS}/{name}");
    let object = loaded.client.get(&item).await;
    let nothing = format!("{FLUNDERS}?labelSelector=none");
    for (what, path, body, count, clients) in [
        ("CPU a GET of 2 KiB", item, object.body, 40_000, CLIENTS),
        ("CPU a LIST of 10,000", FLUNDERS.to_owned(), list.body, 40, 2),
        ("CPU a LIST that selects nothing", nothing, Bytes::from_static(b"{}"), 2_000, 2),
    ] {
        let ours = measure(loaded.server.id(), &loaded.client, &path, count, clients).await;
        let bare = BareServer::start(&body);
        let client = Client::new(bare.url.clone(), "");
        let limit = measure(bare.child.id(), &client, "/", count, clients).await;
        report(&format!("{what}, and bare hyper"), "µs", ours, limit);
    }
}

/// The first table computes the cells of every object, which the next ones read.
async fn table(loaded: &Loaded) {
    let accept = "application/json;as=Table;v=v1;g=meta.k8s.io";
    for (what, count) in [("CPU the first Table of 10,000", 1), ("CPU a Table of 10,000", 20)] {
        let cpu = cpu_time(loaded.server.id());
        for _ in 0..count {
            let call = loaded.client.call(http::Method::GET, FLUNDERS).header("accept", accept);
            assert_eq!(call.send().await.code, 200);
        }
        let cpu = per_operation(cpu_time(loaded.server.id()).saturating_sub(cpu), count);
        report_alone(what, "µs", cpu);
    }
}

/// Updates that each change something; no object is updated twice at a time.
async fn updates(loaded: &Loaded) {
    let mut list = loaded.client.get(FLUNDERS).await.expect(200);
    let objects: Arc<[_]> = list["items"].as_array_mut().expect("a list has items").drain(..).collect();
    let count = objects.len();
    let path = |object: &serde_json::Value| {
        let name = object["metadata"]["name"].as_str().expect("an object has a name");
        format!("{FLUNDERS}/{name}")
    };

    let (client, old) = (loaded.client.clone(), Arc::clone(&objects));
    let put = move |number: usize| {
        let (client, mut object) = (client.clone(), old[number].clone());
        object["spec"]["reference"] = json!(format!("put-{number}"));
        async move { client.put(&path(&object), &object).await.code == 200 }
    };
    let cpu = cpu_time(loaded.server.id());
    run(count, CLIENTS, put).await;
    let cpu = per_operation(cpu_time(loaded.server.id()).saturating_sub(cpu), count);
    report_alone("CPU a PUT", "µs", cpu);

    let client = loaded.client.clone();
    let merge = move |number: usize| {
        let (client, path) = (client.clone(), path(&objects[number]));
        let patch = json!({ "spec": { "reference": format!("patched-{number}") } });
        async move { client.merge(&path, &patch).await.code == 200 }
    };
    let cpu = cpu_time(loaded.server.id());
    run(count, CLIENTS, merge).await;
    let cpu = per_operation(cpu_time(loaded.server.id()).saturating_sub(cpu), count);
    report_alone("CPU a merge patch", "µs", cpu);
}

/// The CPU time in µs that a process spends on one GET.
async fn measure(process: u32, client: &Client, path: &str, count: usize, clients: usize) -> f64 {
    let (client, path) = (client.clone(), path.to_owned());
    let get = move |_| {
        let (client, path) = (client.clone(), path.clone());
        async move { client.get(&path).await.code == 200 }
    };
    run(count / 10, clients, get.clone()).await;
    let cpu = cpu_time(process);
    run(count, clients, get).await;
    per_operation(cpu_time(process).saturating_sub(cpu), count)
}

async fn watches(loaded: &Loaded) {
    const WATCHERS: usize = 100;
    const EVENTS: usize = 1_000;
    let list = loaded.client.get(&format!("{FLUNDERS}?limit=1")).await.expect(200);
    let start = list["metadata"]["resourceVersion"].as_str().expect("a revision").to_owned();
    let mut watchers = tokio::task::JoinSet::new();
    for _ in 0..WATCHERS {
        let mut lines = loaded.client.watch(&format!("{FLUNDERS}?watch=true&resourceVersion={start}")).await;
        watchers.spawn(async move {
            for _ in 0..EVENTS {
                assert!(lines.next().await.is_some());
            }
        });
    }
    let cpu = cpu_time(loaded.server.id());
    let begin = Instant::now();
    create(&loaded.client, EVENTS, CLIENTS).await;
    watchers.join_all().await;
    let elapsed = begin.elapsed();
    let cpu = per_operation(cpu_time(loaded.server.id()).saturating_sub(cpu), WATCHERS * EVENTS);
    report_alone("deliveries to 100 watchers", "/s", a_second(WATCHERS * EVENTS, elapsed));
    report_alone("CPU a delivery, its create included", "µs", cpu);
}

/// Runs an operation `count` times by `clients` tasks; every one must succeed.
async fn run<F, O>(count: usize, clients: usize, operation: F) -> Duration
where
    F: Fn(usize) -> O,
    O: Future<Output = bool> + Send + 'static,
    F: Clone + Send + 'static,
{
    let next = Arc::new(AtomicUsize::new(0));
    let mut tasks = tokio::task::JoinSet::new();
    let begin = Instant::now();
    let operations: Vec<_> = (0..clients).map(|_| operation.clone()).collect();
    for operation in operations {
        let next = Arc::clone(&next);
        tasks.spawn(async move {
            loop {
                let number = next.fetch_add(1, Ordering::Relaxed);
                if number >= count {
                    return;
                }
                assert!(operation(number).await, "operation {number} failed");
            }
        });
    }
    tasks.join_all().await;
    begin.elapsed()
}

fn a_second(count: usize, elapsed: Duration) -> f64 {
    f64::from(u32::try_from(count).expect("small")) / elapsed.as_secs_f64()
}

fn per_operation(cpu: Duration, count: usize) -> f64 {
    cpu.as_secs_f64() * 1e6 / f64::from(u32::try_from(count).expect("small"))
}

/// User and system time of a process, in steps of 10 ms.
fn cpu_time(process: u32) -> Duration {
    let stat = std::fs::read_to_string(format!("/proc/{process}/stat")).expect("the process runs");
    let fields: Vec<&str> = stat.rsplit(')').next().unwrap_or_default().split_whitespace().collect();
    let ticks: u64 = fields[11..13].iter().map(|field| field.parse::<u64>().expect("a number")).sum();
    Duration::from_millis(ticks * 10)
}

fn resident_kib(process: u32) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{process}/status")).expect("the process runs");
    let line = status.lines().find(|line| line.starts_with("VmRSS:")).expect("a process has memory");
    line.split_whitespace().nth(1).and_then(|kib| kib.parse().ok()).expect("a number")
}

/// This program again, as a server that does nothing but send bytes.
struct BareServer {
    child: Child,
    url: String,
}

impl BareServer {
    fn start(body: &Bytes) -> Self {
        use std::io::BufRead;
        let mut file = tempfile::NamedTempFile::new().expect("a temporary file");
        std::io::Write::write_all(&mut file, body).expect("the body is written");
        let mut child = Command::new(std::env::current_exe().expect("a program knows its path"))
            .env("BARE_SERVER_BODY", file.path())
            .stdout(Stdio::piped())
            .spawn()
            .expect("the bare server starts");
        let mut url = String::new();
        let stdout = child.stdout.take().expect("stdout is piped");
        std::io::BufReader::new(stdout).read_line(&mut url).expect("it says where it serves");
        Self { child, url: url.trim().to_owned() }
    }
}

impl Drop for BareServer {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

async fn bare_server(path: &str) {
    let body = Bytes::from(std::fs::read(path).expect("the body can be read"));
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    println!("http://{}", listener.local_addr().expect("an address"));
    loop {
        let (stream, _) = listener.accept().await.expect("a connection");
        let _ = stream.set_nodelay(true);
        let body = body.clone();
        tokio::spawn(async move {
            let service = hyper::service::service_fn(move |_| {
                let response = http::Response::builder().header("content-type", "application/json");
                let response = response.body(Full::new(body.clone())).expect("the response is well formed");
                async move { Ok::<_, Infallible>(response) }
            });
            let _ = hyper::server::conn::http1::Builder::new()
                .serve_connection(TokioIo::new(stream), service)
                .await;
        });
    }
}
