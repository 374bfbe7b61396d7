//! Fields that an update cannot change.

use serde_json::json;

use crate::{WORKERS, serve, with};

#[tokio::test]
async fn an_immutable_field_keeps_its_value() {
    let client = serve().await;
    let engine = json!({ "name": "steam", "parts": [{ "name": "kettle" }] });
    let worker = json!({
        "apiVersion": "demo.example.com/v1", "kind": "Worker", "metadata": { "name": "a" },
        "spec": { "engine": engine, "zone": "north" },
    });
    let created = client.post(WORKERS, &worker).await.expect(201);
    let path = format!("{WORKERS}/a");

    let refused = client.merge(&path, &json!({ "spec": { "plan": "b" } })).await;
    let why = "Worker.demo.example.com \"a\" is invalid: spec.plan: Invalid value: \"b\": field is immutable";
    let status = refused.expect_status(422, "Invalid", why);
    assert_eq!(status["details"]["causes"][0]["field"], "spec.plan");
    for patch in [
        json!({ "spec": { "engine": { "name": "diesel" } } }),
        json!({ "spec": { "engine": { "parts": [] } } }),
        json!({ "spec": { "engine": null } }),
    ] {
        let answer = client.merge(&path, &patch).await;
        let message = answer.expect(422)["message"].to_string();
        assert!(
            message.contains("spec.engine: Invalid value: ") && message.contains("field is immutable"),
            "{message}"
        );
    }
    let put = client.put(&path, &with(&created, "/spec/plan", "c")).await;
    assert_eq!(put.code, 422);

    // Everything else can change, through every endpoint.
    client.put(&path, &with(&created, "/spec/zone", "south")).await.expect(200);
    client.merge(&path, &json!({ "spec": { "engine": engine, "size": 4 } })).await.expect(200);
    client
        .merge(&format!("{path}/status"), &json!({ "spec": { "plan": "b" }, "status": { "ready": true } }))
        .await
        .expect(200);
    client.merge(&path, &json!({ "metadata": { "labels": { "a": "b" } } })).await.expect(200);
    assert_eq!(client.get(&path).await.expect(200)["spec"]["engine"], engine);
}

#[tokio::test]
async fn a_value_that_was_not_set_stays_so() {
    let client = serve().await;
    let worker =
        json!({ "apiVersion": "demo.example.com/v1", "kind": "Worker", "metadata": { "name": "a" } });
    client.post(WORKERS, &worker).await.expect(201);
    let path = format!("{WORKERS}/a");
    assert_eq!(client.merge(&path, &json!({ "spec": { "engine": { "name": "x" } } })).await.code, 422);
    client.merge(&path, &json!({ "spec": { "engine": null, "size": 1 } })).await.expect(200);
}
