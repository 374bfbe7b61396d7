//! What was acknowledged stays over restarts, and one process serves a directory. For `kill -9` see `consistency.rs`.

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
