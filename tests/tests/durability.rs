//! What was acknowledged stays: over restarts, over `kill -9`, and one process per directory.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use resourceful_tests::client::Client;
use resourceful_tests::server::Server;
use serde_json::{Value, json};

const FLUNDERS: &str = "/apis/wardle.example.com/v1alpha1/namespaces/ns1/flunders";

fn client(server: &Server) -> Client {
    Client::new(server.insecure_url(), server.token())
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

#[tokio::test]
async fn a_restart_keeps_everything() {
    let directory = tempfile::tempdir().expect("a temporary directory");
    let server = Server::start("wardle", directory.path());
    let before = {
        let client = client(&server);
        for name in ["a", "b", "c"] {
            client.post(FLUNDERS, &flunder(name)).await.expect(201);
        }
        client.delete(&format!("{FLUNDERS}/b")).await.expect(200);
        client
            .merge(&format!("{FLUNDERS}/a"), &json!({ "spec": { "reference": "changed" } }))
            .await
            .expect(200);
        client.get(FLUNDERS).await
    };
    let token = server.token();
    assert_eq!(server.terminate(), Some(0));

    let server = Server::start("wardle", directory.path());
    assert_eq!(server.token(), token, "the admin token stays");
    let client = client(&server);
    let after = client.get(FLUNDERS).await;
    assert_eq!(after.body, before.body, "objects, uids and revisions stay, to the byte");
    let created = client.post(FLUNDERS, &flunder("d")).await.expect(201);
    assert!(revision(&created) > revision(&before.json()));
}

#[tokio::test]
async fn a_second_process_on_the_directory_is_refused() {
    let directory = tempfile::tempdir().expect("a temporary directory");
    let server = Server::start("wardle", directory.path());
    let said = Server::try_start("wardle", directory.path()).expect_err("the second process is refused");
    let data = directory.path().join("data").display().to_string();
    assert!(said.contains(&data), "it names the directory: {said}");
    assert!(said.contains("another process"), "it says why: {said}");
    client(&server).post(FLUNDERS, &flunder("a")).await.expect(201);
}

/// 20 rounds: 64 writers write as fast as they can until the process is killed at some moment.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn kill_9_loses_no_acknowledged_write() {
    let directory = tempfile::tempdir().expect("a temporary directory");
    let mut expected: BTreeMap<String, u64> = BTreeMap::new();
    let mut newest = 0;
    for round in 0..20_u64 {
        let server = Server::start("wardle", directory.path());
        newest = check(&client(&server), &expected, newest).await;
        let acknowledged = Arc::new(Mutex::new(BTreeMap::new()));
        let mut writers = tokio::task::JoinSet::new();
        for writer in 0..64 {
            let (base, token) = (server.insecure_url().to_owned(), server.token());
            let acknowledged = Arc::clone(&acknowledged);
            writers.spawn(write_until_killed(base, token, format!("r{round}-w{writer}"), acknowledged));
        }
        // The kill comes once enough is written, and a little later each round.
        let enough = 64 + usize::try_from(round).expect("small") * 16;
        let begin = std::time::Instant::now();
        while acknowledged.lock().expect("no writer panics").len() < enough {
            assert!(begin.elapsed() < Duration::from_secs(60), "the writers make no progress");
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
        server.kill();
        writers.join_all().await;
        let acknowledged = std::mem::take(&mut *acknowledged.lock().expect("no writer panics"));
        let revisions: std::collections::BTreeSet<u64> = acknowledged.values().copied().collect();
        assert_eq!(revisions.len(), acknowledged.len(), "no revision is given twice");
        assert!(revisions.first().is_none_or(|first| *first > newest), "revisions do not go back");
        expected.extend(acknowledged);
    }
    let server = Server::start("wardle", directory.path());
    check(&client(&server), &expected, newest).await;
}

async fn write_until_killed(
    base: String,
    token: String,
    prefix: String,
    acknowledged: Arc<Mutex<BTreeMap<String, u64>>>,
) {
    let client = Client::new(base, token);
    for n in 0.. {
        let name = format!("{prefix}-{n}");
        let call = client.call(http::Method::POST, FLUNDERS).json(&flunder(&name));
        let Ok(answer) = call.try_send().await else { return };
        if answer.code == 201 {
            acknowledged.lock().expect("no writer panics").insert(name, revision(&answer.json()));
        }
    }
}

/// Every acknowledged write is there at its revision, no object is half written, and the store has not gone back.
async fn check(client: &Client, expected: &BTreeMap<String, u64>, newest: u64) -> u64 {
    let list = client.get(FLUNDERS).await.expect(200);
    let items = list["items"].as_array().expect("items");
    let found: BTreeMap<&str, u64> = items
        .iter()
        .map(|item| (item["metadata"]["name"].as_str().expect("a name"), revision(item)))
        .collect();
    for (name, revision) in expected {
        assert_eq!(found.get(name.as_str()), Some(revision), "{name} was acknowledged");
    }
    for item in items {
        assert_eq!(item["spec"], json!({ "reference": "other", "referenceType": "Flunder" }));
        assert!(item["metadata"]["uid"].is_string());
    }
    let now = revision(&list);
    assert!(now >= newest && found.values().all(|revision| *revision <= now), "{now} after {newest}");
    now
}
