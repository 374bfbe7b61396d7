//! A real full disk: writes are refused in clear words, reads and watches go on, deletes get through, and once there is
//! room again everything does (reliability D12).

use std::time::Duration;

use resourceful_tests::client::{Answer, Client};
use resourceful_tests::server::Server;
use serde_json::{Value, json};

const FLUNDERS: &str = "/apis/wardle.example.com/v1alpha1/namespaces/ns1/flunders";

fn large(name: &str) -> Value {
    json!({
        "metadata": { "name": name, "annotations": { "note": "x".repeat(200_000) } },
        "spec": { "reference": "other" },
    })
}

fn assert_full(answer: &Answer) {
    let status = answer.expect(507);
    assert_eq!((status["kind"].as_str(), status["status"].as_str()), (Some("Status"), Some("Failure")));
    let message = status["message"].as_str().expect("a message");
    assert!(message.contains("is full; delete objects or make room on it"), "{message}");
}

/// Creates objects until the disk is full, and returns their names.
async fn fill(client: &Client, prefix: &str) -> Vec<String> {
    let mut names = Vec::new();
    loop {
        let name = format!("{prefix}-{}", names.len());
        let answer = client.post(FLUNDERS, &large(&name)).await;
        if answer.code != 201 {
            assert_full(&answer);
            return names;
        }
        names.push(name);
        assert!(names.len() < 1_000, "the disk does not fill up");
    }
}

#[tokio::test]
async fn deletes_get_through_and_room_is_used_again() {
    let directory = tempfile::tempdir().expect("a temporary directory");
    let server = Server::start_on_disk("wardle", directory.path(), 24);
    let client = Client::new(server.insecure_url(), server.token());
    let names = fill(&client, "a").await;
    assert!(names.len() > 20, "{names:?}");

    let list = client.get(FLUNDERS).await.expect(200);
    assert_eq!(list["items"].as_array().map(Vec::len), Some(names.len()), "reads go on");
    let revision = list["metadata"]["resourceVersion"].as_str().expect("a revision");
    let mut watch = client.watch(&format!("{FLUNDERS}?watch=true&resourceVersion={revision}")).await;
    let first = format!("{FLUNDERS}/{}", names[0]);
    assert_full(&client.merge(&first, &json!({ "spec": { "reference": "new" } })).await);
    assert_full(&client.post(FLUNDERS, &large("more")).await);

    for name in &names {
        client.delete(&format!("{FLUNDERS}/{name}")).await.expect(200);
        let (kind, object) = watch.event().await;
        assert_eq!((kind.as_str(), object["metadata"]["name"].as_str()), ("DELETED", Some(name.as_str())));
    }
    // History holds what was deleted; it is given up for those who find no room.
    let begin = std::time::Instant::now();
    loop {
        let answer = client.post(FLUNDERS, &large("again")).await;
        if answer.code == 201 {
            break;
        }
        assert_full(&answer);
        assert!(begin.elapsed() < Duration::from_secs(60), "there is never room again");
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    // Those who ask for what is forgotten are told so, and the watch that was open goes on.
    let old = client.get(&format!("{FLUNDERS}?resourceVersion={revision}&resourceVersionMatch=Exact")).await;
    assert!(matches!(old.code, 200 | 410), "{}", old.text());
    let (kind, object) = watch.event().await;
    assert_eq!((kind.as_str(), object["metadata"]["name"].as_str()), ("ADDED", Some("again")));
    assert!(fill(&client, "b").await.len() > names.len() / 3, "the room of what was deleted is used again");
}
