//! Field selectors over the fields that a kind declares (contract 5.40, 6.31).

use resourceful::server::ServerOptions;
use resourceful::{ApiServer, Store};
use resourceful_tests::client::{Answer, Client};
use resourceful_tests::kinds::Worker;
use serde_json::{Value, json};

use crate::{WORKERS, serve};

fn worker(name: &str, spec: &Value) -> Value {
    json!({ "apiVersion": "demo.example.com/v1", "kind": "Worker", "metadata": { "name": name }, "spec": spec })
}

fn names(answer: &Answer) -> Vec<String> {
    let list = answer.expect(200);
    let items = list["items"].as_array().cloned().unwrap_or_default();
    items.iter().filter_map(|item| item["metadata"]["name"].as_str().map(str::to_owned)).collect()
}

#[tokio::test]
async fn openapi_says_which_fields_there_are() {
    let client = serve().await;
    let document = client.get("/openapi/v3/apis/demo.example.com/v1").await.expect(200);
    let schemas = &document["components"]["schemas"];
    let fields =
        json!([{ "fieldPath": "spec.zone" }, { "fieldPath": "spec.size" }, { "fieldPath": "status.ready" }]);
    for kind in ["Worker", "WorkerList"] {
        let schema = &schemas[format!("com.example.demo.v1.{kind}")];
        assert_eq!(schema["x-kubernetes-selectable-fields"], fields, "{kind}");
    }
    assert!(schemas["com.example.demo.v1.Widget"].get("x-kubernetes-selectable-fields").is_none());
}

#[tokio::test]
async fn the_values_are_known_again_after_a_restart() {
    let directory = tempfile::tempdir().expect("a temporary directory");
    let start = || {
        let options = ServerOptions::default().secure_port(0).insecure_port(0);
        ApiServer::new(options).store(Store::embedded(directory.path())).serve::<Worker>().start()
    };
    let server = start().await.expect("the server starts");
    let client = Client::new(server.insecure_url().expect("a port"), server.admin_token());
    client.post(WORKERS, &worker("a", &json!({ "zone": "north", "size": 7 }))).await.expect(201);
    client.post(WORKERS, &worker("b", &json!({ "zone": "south" }))).await.expect(201);
    server.stop().await.expect("the server stops");

    let server = start().await.expect("the server starts again");
    let client = Client::new(server.insecure_url().expect("a port"), server.admin_token());
    for selector in ["spec.zone%3Dnorth", "spec.size%3D7", "spec.zone!%3Dsouth"] {
        let answer = client.get(&format!("{WORKERS}?fieldSelector={selector}")).await;
        assert_eq!(names(&answer), ["a"], "{selector}");
    }
    server.stop().await.expect("the server stops");
}
