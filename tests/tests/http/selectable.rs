//! Field selectors over the fields that a kind declares (contract 5.40, 6.31).

use resourceful_tests::client::{Answer, Client};
use serde_json::{Value, json};

use crate::{WORKERS, serve, with};

fn worker(name: &str, spec: &Value) -> Value {
    json!({ "apiVersion": "demo.example.com/v1", "kind": "Worker", "metadata": { "name": name }, "spec": spec })
}

/// Two workers in the north, one in the south, one nowhere.
async fn workers() -> Client {
    let client = serve().await;
    for (name, spec) in [
        ("a", json!({ "zone": "north", "size": 1 })),
        ("b", json!({ "zone": "north", "size": 2 })),
        ("c", json!({ "zone": "south", "size": 2 })),
        ("d", json!({})),
    ] {
        client.post(WORKERS, &worker(name, &spec)).await.expect(201);
    }
    client
}

fn names(answer: &Answer) -> Vec<String> {
    let list = answer.expect(200);
    let items = list["items"].as_array().cloned().unwrap_or_default();
    items.iter().filter_map(|item| item["metadata"]["name"].as_str().map(str::to_owned)).collect()
}

#[tokio::test]
async fn lists_are_selected_by_declared_fields() {
    let client = workers().await;
    client.merge(&format!("{WORKERS}/b/status"), &json!({ "status": { "ready": true } })).await.expect(200);
    let table: [(&str, &[&str]); 9] = [
        ("spec.zone=north", &["a", "b"]),
        ("spec.zone==south", &["c"]),
        ("spec.zone!=north", &["c", "d"]),
        ("spec.zone=", &["d"]),
        ("spec.size=2", &["b", "c"]),
        ("spec.size=2,spec.zone=north", &["b"]),
        ("status.ready=true", &["b"]),
        ("status.ready=false,metadata.name!=a", &["c", "d"]),
        ("metadata.name=a,spec.zone=south", &[]),
    ];
    for (selector, expected) in table {
        let selector = selector.replace('=', "%3D");
        let answer = client.get(&format!("{WORKERS}?fieldSelector={selector}")).await;
        assert_eq!(names(&answer), expected, "{selector}");
        let everywhere = format!("/apis/demo.example.com/v1/workers?limit=1&fieldSelector={selector}");
        let first = names(&client.get(&everywhere).await);
        assert_eq!(first, expected.iter().take(1).copied().collect::<Vec<_>>(), "{selector}");
    }
}

#[tokio::test]
async fn other_fields_are_refused() {
    let client = workers().await;
    for (field, path) in
        [("spec", WORKERS), (".spec.zone", WORKERS), ("spec.zone.x", WORKERS), ("spec.size", crate::W)]
    {
        for extra in ["", "&watch=1"] {
            let answer = client.get(&format!("{path}?fieldSelector={field}%3Dx{extra}")).await;
            answer.expect_status(400, "BadRequest", &format!("field label not supported: {field}"));
        }
        let answer = client.delete(&format!("{path}?fieldSelector={field}%3Dx")).await;
        answer.expect_status(400, "BadRequest", &format!("field label not supported: {field}"));
    }
}

#[tokio::test]
async fn collections_are_deleted_by_declared_fields() {
    let client = workers().await;
    client.delete(&format!("{WORKERS}?fieldSelector=spec.zone%3Dnorth")).await.expect(200);
    assert_eq!(names(&client.get(WORKERS).await), ["c", "d"]);
}

// contract 5.40
#[tokio::test]
async fn objects_come_into_view_of_a_watch_and_leave_it() {
    let client = workers().await;
    let mut watch = client.watch(&format!("{WORKERS}?watch=1&fieldSelector=spec.zone%3Dsouth")).await;
    let seen = |event: &(String, Value)| {
        let object = &event.1;
        (event.0.clone(), object["metadata"]["name"].clone(), object["spec"]["zone"].clone())
    };
    let told = |kind: &str, name: &str, zone: &str| (kind.to_owned(), Value::from(name), Value::from(zone));
    assert_eq!(seen(&watch.event().await), told("ADDED", "c", "south"));

    let path = format!("{WORKERS}/a");
    client.merge(&path, &json!({ "spec": { "size": 7 } })).await.expect(200);
    client.merge(&path, &json!({ "spec": { "zone": "south" } })).await.expect(200);
    assert_eq!(seen(&watch.event().await), told("ADDED", "a", "south"));
    client.merge(&path, &json!({ "spec": { "size": 8 } })).await.expect(200);
    assert_eq!(seen(&watch.event().await), told("MODIFIED", "a", "south"));
    let left = client.merge(&path, &json!({ "spec": { "zone": "west", "size": 9 } })).await.expect(200);
    let event = watch.event().await;
    assert_eq!(seen(&event), told("DELETED", "a", "south"));
    assert_eq!(event.1["spec"]["size"], 8);
    assert_eq!(event.1["metadata"]["resourceVersion"], left["metadata"]["resourceVersion"]);
    client.delete(&format!("{WORKERS}/c")).await.expect(200);
    assert_eq!(seen(&watch.event().await), told("DELETED", "c", "south"));
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
async fn a_put_moves_an_object_between_selections() {
    let client = workers().await;
    let object = client.get(&format!("{WORKERS}/a")).await.expect(200);
    client.put(&format!("{WORKERS}/a"), &with(&object, "/spec/zone", "south")).await.expect(200);
    let south = client.get(&format!("{WORKERS}?fieldSelector=spec.zone%3Dsouth")).await;
    assert_eq!(names(&south), ["a", "c"]);
}
