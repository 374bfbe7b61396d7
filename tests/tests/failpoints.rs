//! A server that dies at each named place in the code, under clients and a watch: nothing acknowledged is lost, and one
//! order of writes explains all that was seen before and after (reliability D4).
//!
//! Run by `cargo test -p resourceful-tests --features failpoints --test failpoints`.

use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use resourceful::prelude::*;
use resourceful::server::ServerOptions;
use resourceful::storage::History;
use resourceful_tests::client::Client;
use resourceful_tests::history::check;
use resourceful_tests::workload::Workload;

/// Where a process can die, in the order in which a write comes by.
const PLACES: &[&str] = &[
    "load-before-read",
    "load-after-a-page",
    "load-before-follow",
    "load-before-live",
    "transaction-before-begin",
    "transaction-after-a-write",
    "transaction-before-sweep",
    "transaction-before-commit",
    "transaction-after-commit",
    "write-before-feed",
    "apply-before-snapshot",
    "apply-before-publish",
    "apply-between-snapshot-and-log",
    "append-before-window",
    "append-before-tail",
    "feed-before-progress",
    "progress",
    "write-before-newest",
    "write-before-replies",
    "write-after-a-reply",
    "cursor-before-bucket",
    "cursor-between-progress-and-tail",
    "deepen-before-follow",
    "deepen-before-join",
    "compact-before-commit",
    "compact-after-commit",
    "sweep-after-a-row",
];

/// A flunder, as the workload writes it.
#[derive(Resource, Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[resource(group = "wardle.example.com", version = "v1alpha1", namespaced)]
struct Flunder {
    metadata: ObjectMeta,
    spec: FlunderSpec,
}

#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct FlunderSpec {
    reference: String,
    #[serde(default = "flunder")]
    reference_type: String,
}

fn flunder() -> String {
    "Flunder".to_owned()
}

/// The server, in a process of its own: it serves the directory that the environment names, and compacts often.
#[test]
#[ignore = "the server that the other tests start"]
fn server_process() {
    let _scenario = fail::FailScenario::setup();
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build();
    runtime.expect("a runtime").block_on(async {
        let directory = std::env::var_os("SERVED_DIRECTORY").expect("a directory");
        // The server leaves compaction to the loop below.
        let history = History { age: Duration::ZERO, ..History::default() };
        let store = Store::embedded(directory).with_history(history);
        let options = ServerOptions::default().secure_port(0).insecure_port(0);
        let server = ApiServer::new(options).store(store.clone()).serve::<Flunder>().start().await;
        let server = server.expect("the server starts");
        println!("\nserves {} {}", server.insecure_url().expect("a port"), server.admin_token());
        loop {
            tokio::time::sleep(Duration::from_millis(20)).await;
            let revision = store.revision().await.expect("a revision");
            let _ = store.compact(revision.saturating_sub(300).max(1)).await;
        }
    });
}

/// Watches from before the server started, which its log does not know.
async fn look_back(client: Client) {
    let path = "/apis/wardle.example.com/v1alpha1/flunders";
    let Ok(list) = client.call(http::Method::GET, path).try_send().await else { return };
    let list = list.expect(200);
    let revision: u64 =
        list["metadata"]["resourceVersion"].as_str().and_then(|text| text.parse().ok()).expect("a revision");
    let path = format!("{path}?watch=true&timeoutSeconds=1&resourceVersion={}", revision - 100);
    let _ = client.call(http::Method::GET, path).try_send().await;
}

struct Server {
    child: Child,
    /// `None` when it died before it served.
    client: Option<Client>,
}

impl Server {
    fn start(directory: &Path, failpoints: &str) -> Self {
        let mut child = Command::new(std::env::current_exe().expect("a test knows its path"))
            .args(["server_process", "--exact", "--ignored", "--nocapture"])
            .env("SERVED_DIRECTORY", directory)
            .env("FAILPOINTS", failpoints)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("the server process starts");
        let mut lines = BufReader::new(child.stdout.take().expect("stdout is piped")).lines();
        let client = lines.by_ref().map_while(Result::ok).find_map(|line| {
            let ["serves", url, token] = line.split(' ').collect::<Vec<_>>()[..] else { return None };
            Some(Client::new(url, token))
        });
        // Keep reading, so that the process never blocks on a full pipe.
        std::thread::spawn(move || lines.for_each(drop));
        Self { child, client }
    }

    fn client(&self) -> Client {
        self.client.clone().expect("the server serves")
    }

    /// Waits until the process has died by its own hand.
    async fn died(&mut self, place: &str) {
        let begin = Instant::now();
        while self.child.try_wait().expect("the process can be asked").is_none() {
            assert!(begin.elapsed() < Duration::from_secs(60), "nothing comes by {place}");
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn death_at_every_place_loses_nothing() {
    let directory = tempfile::tempdir().expect("a temporary directory");
    let mut server = Server::start(directory.path(), "");
    let workload = Workload::start(vec![server.client()], 8).await;
    // Enough to be compacted.
    workload.reach(2_000).await;
    for (round, place) in PLACES.iter().enumerate() {
        // What runs once for each start kills the first time, the rest after a few times.
        let once = ["load", "deepen", "cursor-before"].iter().any(|rare| place.starts_with(rare));
        let times = if once { 0 } else { round % 7 };
        drop(server);
        server = Server::start(directory.path(), &format!("{place}={times}*off->1*return"));
        if let Some(client) = server.client.clone() {
            workload.move_to(vec![client.clone()]);
            if place.starts_with("deepen") {
                look_back(client).await;
            }
        }
        server.died(place).await;
        drop(server);
        server = Server::start(directory.path(), "");
        workload.move_to(vec![server.client()]);
        workload.reach(workload.done() + 50).await;
    }
    let (log, operations) = workload.stop().await;
    let checked = check(&log, &operations).unwrap_or_else(|why| panic!("{why}"));
    println!("{} places: {checked:?}, one order explains them", PLACES.len());
}

/// Every place takes its time now and then, so that what may happen at the same time does.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn delays_at_every_place_change_nothing() {
    let directory = tempfile::tempdir().expect("a temporary directory");
    let slow: Vec<_> = PLACES.iter().map(|place| format!("{place}=2%sleep(5)")).collect();
    let server = Server::start(directory.path(), &slow.join(";"));
    let workload = Workload::start(vec![server.client()], 16).await;
    workload.reach(1_000).await;
    let (log, operations) = workload.stop().await;
    let checked = check(&log, &operations).unwrap_or_else(|why| panic!("{why}"));
    assert_eq!(checked.surprises, 0, "every write was answered");
}
