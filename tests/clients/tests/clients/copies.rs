//! Clients keep true copies over cut connections, restarts and lost history, while others write.
//!
//! The server is a process, kube-rs and kubectl reach it through a [`Proxy`], and the writers go around it. After every
//! fault comes a quiet point: the last write marks it, and a copy that has the mark equals the server's list, exactly.
//!
//! `RESOURCEFUL_ROUNDS` sets how often each fault comes.

use std::collections::BTreeSet;
use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

use http::Method;
use kube::core::{ApiResource, GroupVersionKind};
use kube::runtime::watcher::Config;
use resourceful::storage::{EmbeddedEngine, Engine as _};
use resourceful_tests::client::Client;
use resourceful_tests::kubectl::Kubectl;
use resourceful_tests::server::Server;
use resourceful_tests_clients::follower::{Follower, Objects};
use resourceful_tests_clients::proxy::Proxy;
use resourceful_tests_clients::serving;
use serde_json::{Value, json};
use tokio::task::JoinSet;

const FLUNDERS: &str = "/apis/wardle.example.com/v1alpha1/flunders";
const NAMESPACES: [&str; 2] = ["ns1", "ns2"];
/// Few names, so that objects come and go.
const NAMES: u64 = 12;
const WRITERS: u64 = 4;

fn rounds(default: u64) -> u64 {
    let set = std::env::var("RESOURCEFUL_ROUNDS");
    set.map_or(default, |text| text.parse().expect("RESOURCEFUL_ROUNDS is a number"))
}

fn flunders(namespace: &str) -> String {
    format!("/apis/wardle.example.com/v1alpha1/namespaces/{namespace}/flunders")
}

/// A server process that may go and come again, with a proxy in front.
struct Harness {
    directory: tempfile::TempDir,
    server: Option<Server>,
    proxy: Proxy,
    marks: AtomicU64,
}

impl Harness {
    async fn start() -> Self {
        let directory = tempfile::tempdir().expect("a temporary directory");
        let server = Server::start("wardle", directory.path());
        let proxy = Proxy::start(address(&server)).await;
        Self { directory, server: Some(server), proxy, marks: AtomicU64::new(0) }
    }

    /// Starts the server again, which has another port then.
    fn start_again(&mut self) {
        let server = Server::start("wardle", self.directory.path());
        self.proxy.lead_to(Some(address(&server)));
        self.server = Some(server);
    }

    fn stop(&mut self) -> Server {
        self.proxy.lead_to(None);
        self.server.take().expect("the server runs")
    }

    /// A client that goes around the proxy.
    fn direct(&self) -> Client {
        let server = self.server.as_ref().expect("the server runs");
        Client::new(server.insecure_url(), server.token())
    }

    /// A kubeconfig that leads through the proxy.
    fn kubeconfig(&self) -> String {
        let server = self.server.as_ref().expect("the server runs");
        let kubeconfig = std::fs::read_to_string(server.kubeconfig()).expect("the kubeconfig is written");
        kubeconfig.replace(&address(server).to_string(), &self.proxy.address().to_string())
    }

    fn kubectl(&self) -> Kubectl {
        let path = self.directory.path().join("kubeconfig-through-the-proxy");
        std::fs::write(&path, self.kubeconfig()).expect("the kubeconfig is written");
        Kubectl::new(&path, self.directory.path())
    }

    /// The copies of kube-rs, one for each way to follow a server.
    async fn copies(&self) -> Vec<Follower> {
        let client = serving::client(&self.kubeconfig()).await;
        let resource =
            ApiResource::from_gvk(&GroupVersionKind::gvk("wardle.example.com", "v1alpha1", "Flunder"));
        let all = |object: &Value| Some(object.clone());
        let odd = |object: &Value| (object["metadata"]["labels"]["parity"] == "odd").then(|| object.clone());
        let reflector = |name, config, of| Follower::reflector(name, client.clone(), &resource, config, of);
        vec![
            reflector("list and watch", Config::default(), all),
            reflector("list in pages and watch", Config::default().page_size(5), all),
            reflector("any list and short watches", Config::default().any_semantic().timeout(1), all),
            reflector("streaming list", Config::default().streaming_lists(), all),
            reflector("selected", Config::default().labels("parity=odd"), odd),
            reflector(
                "selected streaming list",
                Config::default().labels("parity=odd").streaming_lists(),
                odd,
            ),
            Follower::metadata_reflector(
                "metadata",
                client.clone(),
                &resource,
                Config::default().streaming_lists(),
            ),
        ]
    }

    /// Lets nobody write, marks the moment, and holds every copy against the server's list.
    async fn quiet_point(&self, copies: &mut [Follower]) {
        let client = self.direct();
        let mark = self.marks.fetch_add(1, Ordering::Relaxed).to_string();
        let flunder = json!({ "metadata": { "name": "mark", "labels": { "parity": "odd", "mark": mark } }, "spec": { "reference": "other" } });
        let written = client.post(&flunders("ns1"), &flunder).await;
        if written.code == 409 {
            client.merge(&format!("{}/mark", flunders("ns1")), &flunder).await.expect(200);
        } else {
            written.expect(201);
        }
        let list = client.get(FLUNDERS).await.expect(200);
        for copy in copies {
            let has_mark = |objects: &Objects| {
                objects.get("ns1/mark").is_some_and(|object| object["metadata"]["labels"]["mark"] == *mark)
            };
            copy.wait("mark of the quiet point", |objects, _| has_mark(objects)).await;
            assert_eq!(copy.objects(), copy.part_of(&list), "{} at mark {mark}", copy.name);
        }
    }
}

fn address(server: &Server) -> SocketAddr {
    let kubeconfig = std::fs::read_to_string(server.kubeconfig()).expect("the kubeconfig is written");
    let url = kubeconfig.lines().find_map(|line| line.trim().strip_prefix("server: "));
    let url = url.expect("the kubeconfig names the server").trim_matches('"');
    url.trim_start_matches("https://").parse().expect("an address")
}

/// Writers that create, change and delete, each at its own pace, until they are told to stop.
struct Writers {
    stop: Arc<AtomicBool>,
    written: Arc<AtomicU64>,
    tasks: JoinSet<()>,
}

impl Writers {
    fn start(client: &Client, seed: u64) -> Self {
        let (stop, written) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicU64::new(0)));
        let mut tasks = JoinSet::new();
        for writer in 0..WRITERS {
            let (client, stop, written) = (client.clone(), Arc::clone(&stop), Arc::clone(&written));
            tasks.spawn(async move {
                let mut dice = Dice(seed * WRITERS + writer);
                while !stop.load(Ordering::Relaxed) {
                    if write(&client, &mut dice).await {
                        written.fetch_add(1, Ordering::Relaxed);
                    } else {
                        // The server is gone for now.
                        tokio::time::sleep(Duration::from_millis(5)).await;
                    }
                }
            });
        }
        Self { stop, written, tasks }
    }

    /// Waits until so many more writes were answered.
    async fn more(&self, writes: u64) {
        let enough = self.written.load(Ordering::Relaxed) + writes;
        let waiting = async {
            while self.written.load(Ordering::Relaxed) < enough {
                tokio::time::sleep(Duration::from_millis(1)).await;
            }
        };
        tokio::time::timeout(Duration::from_secs(60), waiting).await.expect("the writers make progress");
    }

    async fn finish(self) {
        self.stop.store(true, Ordering::Relaxed);
        self.tasks.join_all().await;
    }
}

/// One write, whose answer may be that it comes too late or too early; false when there is no answer.
async fn write(client: &Client, dice: &mut Dice) -> bool {
    let path = flunders(NAMESPACES[usize::from(dice.roll(2) == 1)]);
    let name = format!("f{}", dice.roll(NAMES));
    let one = format!("{path}/{name}");
    let parity = if dice.roll(2) == 0 { "even" } else { "odd" };
    let labels = json!({ "parity": parity, "n": dice.roll(1_000_000).to_string() });
    let change = json!({ "metadata": { "name": name, "labels": labels }, "spec": { "reference": "other" } });
    let call = match dice.roll(8) {
        0 | 1 => client.call(Method::POST, path).json(&change),
        2 => client.call(Method::DELETE, one),
        3 => client
            .call(Method::PATCH, format!("{one}/status"))
            .header("content-type", "application/merge-patch+json")
            .json(&json!({ "status": { "resolved": parity == "odd" } })),
        _ => client
            .call(Method::PATCH, one)
            .header("content-type", "application/merge-patch+json")
            .json(&change),
    };
    call.try_send().await.is_ok()
}

/// Numbers that look random and are the same in every run: a linear congruential generator.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % sides
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn cut_connections_lose_nothing() {
    let harness = Harness::start().await;
    let mut copies = harness.copies().await;
    harness.quiet_point(&mut copies).await;
    let lists: Vec<_> = copies.iter().map(|copy| copy.seen().lists).collect();
    let mut dice = Dice(1);
    for round in 0..rounds(6) {
        let writers = Writers::start(&harness.direct(), round);
        for _ in 0..5 {
            writers.more(1 + dice.roll(30)).await;
            harness.proxy.cut();
        }
        writers.finish().await;
        harness.quiet_point(&mut copies).await;
    }
    let lists_now: Vec<_> = copies.iter().map(|copy| copy.seen().lists).collect();
    assert_eq!(lists_now, lists, "a watch that is cut is resumed; nobody lists again");
    assert!(copies.iter().all(|copy| copy.seen().expired == 0), "{copies:?}");
}

/// Answers end anywhere: within the handshake, a header, a list, the initial events, a frame.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn answers_cut_short_lose_nothing() {
    let harness = Harness::start().await;
    let mut copies = harness.copies().await;
    let mut dice = Dice(2);
    for round in 0..rounds(6) {
        let writers = Writers::start(&harness.direct(), round);
        for _ in 0..5 {
            harness.proxy.limit(500 + dice.roll(12_000));
            harness.proxy.cut();
            writers.more(20).await;
        }
        harness.proxy.limit(0);
        harness.proxy.cut();
        writers.finish().await;
        harness.quiet_point(&mut copies).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn restarts_lose_nothing() {
    let mut harness = Harness::start().await;
    let mut copies = harness.copies().await;
    harness.quiet_point(&mut copies).await;
    for round in 0..rounds(6) {
        let writers = Writers::start(&harness.direct(), round);
        writers.more(40).await;
        let server = harness.stop();
        if round % 2 == 0 {
            server.kill();
        } else {
            assert_eq!(server.terminate(), Some(0), "open watches do not hold a stop up");
        }
        writers.finish().await;
        harness.start_again();
        let writers = Writers::start(&harness.direct(), 100 + round);
        writers.more(20).await;
        writers.finish().await;
        harness.quiet_point(&mut copies).await;
    }
}

/// While nobody is connected the history is compacted: a watch cannot be resumed then, is told so by 410, and begins
/// anew.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn lost_history_is_told_and_listed_again() {
    let mut harness = Harness::start().await;
    let mut copies = harness.copies().await;
    for round in 0..rounds(2) {
        harness.quiet_point(&mut copies).await;
        let before: Vec<_> = copies.iter().map(Follower::seen).collect();
        harness.proxy.lead_to(None);
        harness.proxy.cut();
        let writers = Writers::start(&harness.direct(), round);
        writers.more(100).await;
        writers.finish().await;
        assert_eq!(harness.stop().terminate(), Some(0));
        compact(&harness.directory.path().join("data")).await;
        harness.start_again();
        harness.quiet_point(&mut copies).await;
        for (copy, before) in copies.iter().zip(before) {
            let now = copy.seen();
            assert_eq!(
                (now.expired, now.lists),
                (before.expired + 1, before.lists + 1),
                "{} is told once, and lists once",
                copy.name
            );
        }
    }
}

/// Forgets all history of a store that no process has open.
async fn compact(directory: &Path) {
    let engine = EmbeddedEngine::open(directory).expect("the store opens");
    let newest = engine.revision().await.expect("a revision");
    engine.compact(newest).await.expect("the history is forgotten");
    engine.close().await.expect("the store closes");
}

/// kubectl lists and watches once. While its watch lasts it is a copy as any other; when the watch is cut it ends with
/// what was true at the last event that it printed.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn kubectl_tells_the_truth_until_its_watch_is_cut() {
    let mut harness = Harness::start().await;
    for (round, kill) in [(0, "cut"), (1, "stop")] {
        let writers = Writers::start(&harness.direct(), round);
        writers.more(30).await;
        let mut copies = [Follower::kubectl("kubectl", &harness.kubectl(), "flunders")];
        // kubectl prints its list object by object: a mark that stood in the list would be seen before the rest of it.
        copies[0].wait("the first of its list", |objects, _| !objects.is_empty()).await;
        writers.more(100).await;
        writers.finish().await;
        harness.quiet_point(&mut copies).await;

        let [copy] = &mut copies;
        let writers = Writers::start(&harness.direct(), 100 + round);
        let events = copy.seen().events;
        copy.wait("ten more events", |_, seen| seen.events >= events + 10).await;
        if kill == "cut" {
            harness.proxy.cut();
            copy.wait("end of kubectl", |_, seen| seen.ended).await;
            writers.finish().await;
        } else {
            assert_eq!(harness.stop().terminate(), Some(0));
            copy.wait("end of kubectl", |_, seen| seen.ended).await;
            writers.finish().await;
            harness.start_again();
        }
        assert_true_once(&harness.direct(), copy).await;
    }
}

/// The copy is a list at some revision: at that of its newest object, or, when a deletion came last, soon after.
async fn assert_true_once(client: &Client, copy: &Follower) {
    let objects = copy.objects();
    let revision = |object: &Value| -> u64 {
        object["metadata"]["resourceVersion"].as_str().and_then(|text| text.parse().ok()).expect("a revision")
    };
    let newest = objects.values().map(revision).max().expect("objects");
    let now = revision(&client.get(FLUNDERS).await.expect(200));
    let mut different = BTreeSet::new();
    for at in newest..=now {
        let list = client.get(&format!("{FLUNDERS}?resourceVersion={at}&resourceVersionMatch=Exact")).await;
        let list = copy.part_of(&list.expect(200));
        if list == objects {
            return;
        }
        different.extend(list.keys().filter(|key| list.get(*key) != objects.get(*key)).cloned());
    }
    panic!("{} never was true from {newest} to {now}; it differs in {different:?}", copy.name);
}
