//! What the flags of a server change, seen by its clients.

use std::time::{Duration, Instant};

use resourceful_tests::client::Client;
use resourceful_tests::server::Server;
use serde_json::json;

const FLUNDERS: &str = "/apis/wardle.example.com/v1alpha1/namespaces/ns1/flunders";

/// How long what must come may take.
const PATIENCE: Duration = Duration::from_secs(60);

fn start(directory: &tempfile::TempDir, flags: &[&str]) -> (Server, Client) {
    let server = Server::start_with("wardle", directory.path(), flags);
    let client = Client::new(server.insecure_url(), server.token());
    (server, client)
}

// contract 5.16, 5.23, 5.26
#[tokio::test]
async fn history_is_as_long_as_is_said() {
    let directory = tempfile::tempdir().expect("a temporary directory");
    let (_server, client) = start(&directory, &["--history-age", "300ms", "--watch-history-bytes", "0"]);
    let mut first = json!(null);
    for name in ["a", "b", "c"] {
        let flunder = json!({ "metadata": { "name": name }, "spec": { "reference": "other" } });
        let created = client.post(FLUNDERS, &flunder).await.expect(201);
        if first.is_null() {
            first = created["metadata"]["resourceVersion"].clone();
        }
    }
    let page = client.get(&format!("{FLUNDERS}?limit=1")).await.expect(200);
    let token = page["metadata"]["continue"].as_str().expect("a token").to_owned();
    let first = first.as_str().expect("a revision");
    let exact = format!("{FLUNDERS}?resourceVersion={first}&resourceVersionMatch=Exact");
    // What is never overwritten is never old: somebody writes.
    let begin = Instant::now();
    let mut number = 0;
    let old = loop {
        let path = format!("{FLUNDERS}/a");
        let note = json!({ "metadata": { "annotations": { "note": number.to_string() } } });
        client.merge(&path, &note).await.expect(200);
        number += 1;
        let answer = client.get(&exact).await;
        if answer.code != 200 {
            break answer;
        }
        assert!(begin.elapsed() < PATIENCE, "history is never forgotten");
        tokio::time::sleep(Duration::from_millis(20)).await;
    };
    old.expect_status(410, "Expired", "The resourceVersion for the provided list is too old.");
    let old = loop {
        let answer = client.get(&format!("{FLUNDERS}?limit=1&continue={token}")).await;
        if answer.code != 200 {
            break answer.expect(410);
        }
        assert!(begin.elapsed() < PATIENCE, "the page is never forgotten");
        tokio::time::sleep(Duration::from_millis(20)).await;
    };
    let message = old["message"].as_str().expect("a message");
    assert!(message.starts_with("The provided continue parameter is too old"), "{message}");
    let rest = old["metadata"]["continue"].as_str().expect("a token for the rest");
    let rest = client.get(&format!("{FLUNDERS}?limit=1&continue={rest}")).await.expect(200);
    assert_eq!(rest["items"][0]["metadata"]["name"], "b");
}

// contract 5.46
#[tokio::test]
async fn a_watch_without_a_wish_ends_after_the_least_time() {
    let directory = tempfile::tempdir().expect("a temporary directory");
    let (_server, client) = start(&directory, &["--min-request-timeout", "1"]);
    let mut watch = client.watch(&format!("{FLUNDERS}?watch=true&allowWatchBookmarks=true")).await;
    let last = tokio::time::timeout(PATIENCE, async {
        let mut last = None;
        while let Some(event) = watch.next().await {
            last = Some(event);
        }
        last
    });
    let last = last.await.expect("the watch ends").expect("it says how far it came");
    assert_eq!(last["type"], "BOOKMARK", "contract 5.42");
}
