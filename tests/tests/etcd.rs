//! Servers on etcd: several on one cluster, members that are killed and paused, compaction (reliability D5, D10, D11).

use std::time::{Duration, Instant};

use bytes::Bytes;
use resourceful::storage::{Engine, EtcdEngine, EtcdOptions, Range, StorageError, Write};
use resourceful_tests::client::Client;
use resourceful_tests::etcd::Cluster;
use resourceful_tests::history::{Checked, check};
use resourceful_tests::kubectl::Kubectl;
use resourceful_tests::server::Server;
use resourceful_tests::workload::Workload;
use serde_json::{Value, json};

const FLUNDERS: &str = "/apis/wardle.example.com/v1alpha1/namespaces/ns1/flunders";

/// A place that no workload writes to.
const SHARED: &str = "/apis/wardle.example.com/v1alpha1/namespaces/ns2/flunders";

/// A server on a cluster, with a directory for what is its own.
struct Replica {
    server: Server,
    client: Client,
    directory: tempfile::TempDir,
}

impl Replica {
    async fn on(cluster: &Cluster) -> Self {
        let directory = tempfile::tempdir().expect("a temporary directory");
        let servers = cluster.urls().join(",");
        let server = Server::start_with("wardle", directory.path(), &["--etcd-servers", &servers]);
        let client = Client::new(server.insecure_url(), server.token());
        let replica = Self { server, client, directory };
        until("the server is ready", async || replica.is_ready().await).await;
        replica
    }

    async fn is_ready(&self) -> bool {
        self.client.get("/readyz").await.code == 200
    }
}

/// Waits for a condition.
async fn until(what: &str, holds: impl AsyncFn() -> bool) {
    let begin = Instant::now();
    while !holds().await {
        assert!(begin.elapsed() < Duration::from_secs(60), "{what}, but not within a minute");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

async fn engine(cluster: &Cluster) -> EtcdEngine {
    let options = EtcdOptions::new(cluster.urls()).prefix("").compaction_interval(Duration::ZERO);
    EtcdEngine::connect(options).await.expect("the cluster can be reached")
}

fn flunder(name: &str) -> Value {
    json!({ "metadata": { "name": name }, "spec": { "reference": "other" } })
}

fn revision(object: &Value) -> u64 {
    object["metadata"]["resourceVersion"]
        .as_str()
        .and_then(|text| text.parse().ok())
        .expect("a resourceVersion")
}

fn names(list: &Value) -> Vec<&str> {
    let items = list["items"].as_array().map(Vec::as_slice).unwrap_or_default();
    items.iter().filter_map(|item| item["metadata"]["name"].as_str()).collect()
}

/// Ends a workload and checks that one order of writes explains all that was seen.
async fn judge(what: &str, workload: Workload) -> Checked {
    let (log, operations) = workload.stop().await;
    let checked = check(&log, &operations).unwrap_or_else(|why| panic!("{what}: {why}"));
    println!("{what}: {checked:?}, one order explains them");
    checked
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_servers_on_one_cluster_are_as_one() {
    let cluster = Cluster::single();
    let (a, b) = tokio::join!(Replica::on(&cluster), Replica::on(&cluster));
    // What one acknowledged, the other one shows.
    let mut watch = b.client.watch(&format!("{SHARED}?watch=true")).await;
    for number in 0..20 {
        let (writer, reader) = if number % 2 == 0 { (&a, &b) } else { (&b, &a) };
        let name = format!("f{number}");
        let created = writer.client.post(SHARED, &flunder(&name)).await.expect(201);
        let list = reader.client.get(SHARED).await.expect(200);
        assert!(names(&list).contains(&name.as_str()) && revision(&list) >= revision(&created), "{list}");
        reader.client.get(&format!("{SHARED}/{name}")).await.expect(200);
        let (kind, object) = watch.event().await;
        assert_eq!((kind.as_str(), revision(&object)), ("ADDED", revision(&created)));
    }
    // Of two who update the same revision, one is told of the conflict.
    let mut object = a.client.get(&format!("{SHARED}/f0")).await.expect(200);
    object["spec"]["reference"] = json!("theirs");
    b.client.put(&format!("{SHARED}/f0"), &object).await.expect(200);
    a.client.put(&format!("{SHARED}/f0"), &object).await.expect(409);
    let workload = Workload::start(vec![a.client.clone(), b.client.clone()], 16).await;
    workload.reach(3_000).await;
    let checked = judge("two servers on etcd", workload).await;
    assert_eq!(checked.surprises, 0, "every write was answered");
    assert_eq!((a.server.terminate(), b.server.terminate()), (Some(0), Some(0)));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_acknowledged_write_is_lost_when_leaders_are_killed_and_paused() {
    let mut cluster = Cluster::of(3);
    let (a, b) = tokio::join!(Replica::on(&cluster), Replica::on(&cluster));
    let workload = Workload::start(vec![a.client.clone(), b.client.clone()], 8).await;
    for round in 0..4 {
        workload.reach(workload.done() + 200).await;
        let leader = cluster.wait_until_ready();
        if round % 2 == 0 {
            cluster.kill(leader);
            workload.reach(workload.done() + 200).await;
            cluster.restart(leader);
        } else {
            cluster.pause(leader);
            workload.reach(workload.done() + 200).await;
            cluster.resume(leader);
        }
    }
    let checked = judge("two servers on three members", workload).await;
    assert!(checked.writes > 500, "{checked:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn keys_and_values_are_those_of_kube_apiserver() {
    let cluster = Cluster::single();
    let replica = Replica::on(&cluster).await;
    let created = replica.client.post(FLUNDERS, &flunder("a")).await.expect(201);
    let engine = engine(&cluster).await;
    let page = engine.range(Range { prefix: "/".to_owned(), ..Range::default() }).await.expect("range");
    let [record] = &page.records[..] else { panic!("{:?}", page.records) };
    assert_eq!(record.key, "/registry/wardle.example.com/flunders/ns1/a");
    assert_eq!(record.revision, revision(&created));
    let stored: Value = serde_json::from_slice(&record.bytes).expect("JSON");
    assert!(stored["metadata"].get("resourceVersion").is_none(), "{stored}");
    assert_eq!(stored["spec"], created["spec"]);
    // What others write there is served, too.
    let text = String::from_utf8_lossy(&record.bytes).replace("\"other\"", "\"theirs\"");
    let write = Write::put(record.key.clone(), record.revision, Bytes::from(text));
    let written = engine.commit(write).await.expect("commit");
    let read = replica.client.get(&format!("{FLUNDERS}/a")).await.expect(200);
    assert_eq!((&read["spec"]["reference"], revision(&read)), (&json!("theirs"), written));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_watch_that_compaction_overtook_ends_with_410_and_begins_anew() {
    let mut cluster = Cluster::single();
    let (a, b) = tokio::join!(Replica::on(&cluster), Replica::on(&cluster));
    let first = a.client.post(FLUNDERS, &flunder("first")).await.expect(201);
    let from = format!("{FLUNDERS}?watch=true&resourceVersion={}", revision(&first));
    let mut watch = a.client.watch(&from).await;
    a.client.post(FLUNDERS, &flunder("second")).await.expect(201);
    assert_eq!(watch.event().await.0, "ADDED");
    // While server A stands still its connection breaks, others write, and history is compacted.
    a.server.pause();
    cluster.kill(0);
    cluster.restart(0);
    cluster.wait_until_ready();
    until("server B is back", async || b.is_ready().await).await;
    let mut last = 0;
    for number in 0..10 {
        let name = format!("missed-{number}");
        last = revision(&b.client.post(FLUNDERS, &flunder(&name)).await.expect(201));
    }
    engine(&cluster).await.compact(last).await.expect("compact");
    a.server.resume();
    let (kind, status) = watch.event().await;
    assert_eq!(
        (kind.as_str(), &status["code"], &status["reason"]),
        ("ERROR", &json!(410), &json!("Expired"))
    );
    assert_eq!(watch.next().await, None, "and ends");
    let [ours, theirs] = [&a, &b].map(|replica| replica.client.get(FLUNDERS));
    let (ours, theirs) = tokio::join!(ours, theirs);
    let list = ours.expect(200);
    assert_eq!(names(&list), names(&theirs.expect(200)));
    assert_eq!(names(&list).len(), 12);
    let mut watch =
        a.client.watch(&format!("{FLUNDERS}?watch=true&resourceVersion={}", revision(&list))).await;
    let next = b.client.post(FLUNDERS, &flunder("next")).await.expect(201);
    let (kind, object) = watch.event().await;
    assert_eq!((kind.as_str(), revision(&object)), ("ADDED", revision(&next)));
}

/// The server comes up without etcd, and says what is missing until it is there.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn readiness_follows_the_cluster() {
    let mut cluster = Cluster::single();
    cluster.kill(0);
    let directory = tempfile::tempdir().expect("a temporary directory");
    let server = Server::start_with("wardle", directory.path(), &["--etcd-servers", cluster.url(0)]);
    let client = Client::new(server.insecure_url(), server.token());
    assert_eq!(client.get("/readyz").await.code, 500);
    assert_eq!(client.get("/livez").await.code, 200, "a restart of the server would not help");
    assert_eq!(client.get("/apis/wardle.example.com/v1alpha1").await.code, 200, "discovery needs no store");
    cluster.restart(0);
    until("the server is ready", async || client.get("/readyz").await.code == 200).await;
    client.post(FLUNDERS, &flunder("a")).await.expect(201);
    cluster.kill(0);
    until("the server is not ready", async || client.get("/readyz").await.code == 500).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_outcome_that_nobody_knows_is_told_as_such() {
    let cluster = Cluster::single();
    let engine = engine(&cluster).await;
    let first = engine.commit(Write::put("/k", 0, Bytes::from_static(b"{}"))).await.expect("commit");
    cluster.pause(0);
    let outcome = engine.commit(Write::put("/k", first, Bytes::from_static(b"{\"a\":1}"))).await;
    assert!(matches!(outcome, Err(StorageError::Uncertain(_))), "{outcome:?}");
    cluster.resume(0);
    // Reading tells, and a write that expects what was read goes through.
    let read = engine.range(Range { prefix: "/k".to_owned(), ..Range::default() }).await.expect("range");
    let now = read.records[0].revision;
    let next = engine.commit(Write::put("/k", now, Bytes::from_static(b"{}"))).await;
    // The write that was uncertain may yet come in between.
    assert!(matches!(next, Ok(_) | Err(StorageError::Conflict { .. })), "{next:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn members_that_are_not_there_are_passed_over() {
    let cluster = Cluster::single();
    let options = EtcdOptions::new(["http://127.0.0.1:1", cluster.url(0), "http://127.0.0.1:2"]);
    let engine = EtcdEngine::connect(options).await.expect("one member is there");
    engine.commit(Write::put("/a", 0, Bytes::from_static(b"{}"))).await.expect("commit");
    let wrong = EtcdEngine::connect(EtcdOptions::new(["ftp://127.0.0.1"])).await.map(drop);
    let why = wrong.expect_err("etcd does not speak ftp").to_string();
    assert!(why.contains("ftp://127.0.0.1") && why.contains("http://"), "{why}");
}

/// 70 objects of 1 MB are more than one answer may hold.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_range_larger_than_any_message_comes_in_pages() {
    let cluster = Cluster::single();
    let engine = engine(&cluster).await;
    let large = Bytes::from(format!("{{\"text\":\"{}\"}}", "x".repeat(1_000_000)));
    for number in 0..70 {
        engine.commit(Write::put(format!("/l/{number:02}"), 0, large.clone())).await.expect("commit");
    }
    let mut range = Range { prefix: "/l/".to_owned(), ..Range::default() };
    let mut keys = Vec::new();
    loop {
        let page = engine.range(range.clone()).await.expect("range");
        assert!(page.records.iter().all(|record| record.bytes == large));
        keys.extend(page.records.iter().map(|record| record.key.clone()));
        if !page.more {
            break;
        }
        (range.after, range.revision) = (keys.last().cloned().unwrap_or_default(), Some(page.revision));
    }
    let expected: Vec<_> = (0..70).map(|number| format!("/l/{number:02}")).collect();
    assert_eq!(keys, expected);
    let too_large = Bytes::from(vec![b' '; 2 << 20]);
    let refused = engine.commit(Write::put("/l/large", 0, too_large)).await;
    assert!(matches!(refused, Err(StorageError::TooLarge(_))), "{refused:?}");
}

/// Two servers share the work: history is compacted, and no more than is old.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn history_is_compacted_by_whoever_has_the_turn() {
    let cluster = Cluster::single();
    let options = EtcdOptions::new(cluster.urls()).compaction_interval(Duration::from_millis(200));
    let (a, b) = tokio::join!(EtcdEngine::connect(options.clone()), EtcdEngine::connect(options));
    let (a, b) = (a.expect("connect"), b.expect("connect"));
    let first = a.commit(Write::put("/a", 0, Bytes::from_static(b"{}"))).await.expect("commit");
    let second = b.commit(Write::put("/a", first, Bytes::from_static(b"{}"))).await.expect("commit");
    let at = |revision| Range { prefix: "/".to_owned(), revision: Some(revision), ..Range::default() };
    until("the first revision is compacted", async || {
        matches!(a.range(at(first)).await, Err(StorageError::Compacted { requested, oldest }) if requested == first && oldest > first)
    })
    .await;
    assert_eq!(
        a.range(Range { prefix: "/".to_owned(), ..Range::default() }).await.expect("range").records[0]
            .revision,
        second
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn kubectl_does_not_notice_which_store_it_is() {
    let cluster = Cluster::single();
    let replica = Replica::on(&cluster).await;
    let kubectl = Kubectl::new(&replica.server.kubeconfig(), replica.directory.path());
    let manifest = replica.directory.path().join("flunder.yaml");
    let text = "apiVersion: wardle.example.com/v1alpha1\nkind: Flunder\nmetadata:\n  name: f\nspec:\n  reference: other\n";
    std::fs::write(&manifest, text).expect("the manifest is written");
    let printed = kubectl.ok(&format!("apply -f {}", manifest.display()));
    assert_eq!(printed, "flunder.wardle.example.com/f created\n");
    assert!(kubectl.ok("get flunders").contains("other"));
    kubectl.ok("label flunder f a=b");
    assert_eq!(kubectl.ok("get flunders -l a=b -o name"), "flunder.wardle.example.com/f\n");
    kubectl.ok("delete flunder f");
    assert_eq!(kubectl.ok("get flunders -o name"), "");
}
