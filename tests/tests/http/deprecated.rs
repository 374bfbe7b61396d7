//! A deprecated kind warns in every answer (contract 6.71).

use http::Method;
use resourceful_tests::client::Answer;
use serde_json::json;

use crate::{W, WORKERS, serve};

fn warned(answer: &Answer) -> bool {
    answer.header("warning") == "299 - \"demo.example.com/v1 Worker is deprecated\""
}

#[tokio::test]
async fn every_verb_warns() {
    let client = serve().await;
    let worker =
        json!({ "apiVersion": "demo.example.com/v1", "kind": "Worker", "metadata": { "name": "a" } });
    let path = format!("{WORKERS}/a");
    let created = client.post(WORKERS, &worker).await;
    assert!(created.code == 201 && warned(&created), "{created:?}");
    let answers = [
        client.get(&path).await,
        client.get(WORKERS).await,
        client.get("/apis/demo.example.com/v1/workers").await,
        client.put(&path, &created.json()).await,
        client.merge(&path, &json!({ "spec": { "size": 2 } })).await,
        client.get(&format!("{path}/status")).await,
        client.merge(&format!("{path}/status"), &json!({ "status": { "ready": true } })).await,
        client.call(Method::HEAD, path.as_str()).send().await,
        client.delete(&path).await,
        client.delete(WORKERS).await,
    ];
    for answer in &answers {
        assert!(answer.code == 200 && warned(answer), "{answer:?}");
    }
    let missing = client.get(&path).await;
    assert!(missing.code == 404 && warned(&missing), "{missing:?}");
    let watch = client.watch(&format!("{WORKERS}?watch=1")).await;
    assert!(watch.headers.contains_key("warning"));
}

#[tokio::test]
async fn other_kinds_and_documents_do_not() {
    let client = serve().await;
    for path in [W, "/apis/demo.example.com/v1"] {
        assert_eq!(client.get(path).await.expect(200)["warning"], json!(null));
        assert_eq!(client.get(path).await.header("warning"), "", "{path}");
    }
}
