//! Export and import, as an operator uses them: the program's own commands, on real directories.

use std::path::Path;
use std::process::{Command, Output, Stdio};

use resourceful_tests::client::Client;
use resourceful_tests::server::{Server, executable};
use serde_json::{Value, json};

const FLUNDERS: &str = "/apis/wardle.example.com/v1alpha1/namespaces/ns1/flunders";
const FISCHERS: &str = "/apis/wardle.example.com/v1alpha1/fischers";

fn wardle(directory: &Path, args: &[&str]) -> Output {
    let mut command = Command::new(executable("wardle"));
    command.args(args).arg("--data-dir").arg(directory.join("data"));
    command.stdin(Stdio::null()).output().expect("the example runs")
}

fn said(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

/// The items of a list without their revisions.
async fn items(client: &Client, path: &str) -> Vec<Value> {
    let mut list = client.get(path).await.expect(200);
    let mut items: Vec<Value> = list["items"].as_array_mut().map(std::mem::take).unwrap_or_default();
    for item in &mut items {
        item["metadata"].as_object_mut().expect("metadata").remove("resourceVersion");
    }
    items
}

#[tokio::test]
async fn everything_moves_to_another_directory() {
    let (old, new) = (tempfile::tempdir().expect("a directory"), tempfile::tempdir().expect("a directory"));
    let server = Server::start("wardle", old.path());
    let client = Client::new(server.insecure_url(), server.token());
    for name in ["a", "b"] {
        let flunder = json!({ "metadata": { "name": name }, "spec": { "reference": "other" } });
        client.post(FLUNDERS, &flunder).await.expect(201);
    }
    let status =
        client.merge(&format!("{FLUNDERS}/a/status"), &json!({ "status": { "resolved": true } })).await;
    let last = status.expect(200)["metadata"]["resourceVersion"].clone();
    client.post(FISCHERS, &json!({ "metadata": { "name": "f" } })).await.expect(201);
    let flunders = items(&client, FLUNDERS).await;
    let fischers = items(&client, FISCHERS).await;

    let file = new.path().join("backup.json");
    let path = file.to_str().expect("a path");
    let refused = wardle(old.path(), &["export", path]);
    assert!(!refused.status.success() && !file.exists(), "a directory that is served cannot be exported");
    assert!(said(&refused).contains("is served by another process"), "{}", said(&refused));
    drop(client);
    assert_eq!(server.terminate(), Some(0));

    let exported = wardle(old.path(), &["export", path]);
    assert!(exported.status.success(), "{}", said(&exported));
    assert!(said(&exported).contains("exported 3 objects"), "{}", said(&exported));
    let on_stdout = wardle(old.path(), &["export"]);
    assert_eq!(on_stdout.stdout, std::fs::read(&file).expect("the export"), "the same without a file");

    let imported = wardle(new.path(), &["import", path]);
    assert!(imported.status.success(), "{}", said(&imported));
    assert!(said(&imported).contains("imported 3 objects"), "{}", said(&imported));
    let again = wardle(new.path(), &["import", path]);
    assert!(!again.status.success());
    assert!(said(&again).contains("import into an empty store"), "{}", said(&again));

    let server = Server::start("wardle", new.path());
    let client = Client::new(server.insecure_url(), server.token());
    assert_eq!(items(&client, FLUNDERS).await, flunders, "uids, times and status are the same");
    assert_eq!(items(&client, FISCHERS).await, fischers);
    let number = |revision: &Value| revision.as_str().and_then(|text| text.parse::<u64>().ok());
    let list = client.get(FLUNDERS).await.expect(200);
    assert!(number(&list["metadata"]["resourceVersion"]) > number(&last), "revisions do not go back");
}

#[test]
fn an_export_of_nothing_makes_nothing() {
    let directory = tempfile::tempdir().expect("a directory");
    let refused = wardle(directory.path(), &["export"]);
    assert!(!refused.status.success());
    assert!(said(&refused).contains("there is no data directory"), "{}", said(&refused));
    assert!(!directory.path().join("data").exists());
}
