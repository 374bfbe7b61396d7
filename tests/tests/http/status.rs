//! Who may write what: the main endpoint and `/status` (contract 3, 14 S01 to S08; the audit of the landscape).

use serde_json::json;

use crate::{W, revision, serve, widget, with};

#[tokio::test]
async fn generation_starts_at_one_and_moves_only_with_content() {
    let client = serve().await;
    let path = format!("{W}/x");
    let mut object = client.post(W, &with(&widget("x"), "/metadata/generation", 9)).await.expect(201);
    assert_eq!(object["metadata"]["generation"], 1);
    let steps = [
        ("labels", with(&object, "/metadata/labels", json!({ "a": "b" })), 1),
        ("annotations", with(&object, "/metadata/annotations", json!({ "a": "b" })), 1),
        ("generation itself", with(&object, "/metadata/generation", 50), 1),
        ("status", with(&object, "/status", json!({ "phase": "Ready" })), 1),
        ("spec", with(&object, "/spec/size", 2), 2),
        ("an empty list instead of none", with(&with(&object, "/spec/size", 2), "/spec/parts", json!([])), 2),
        (
            "another part of spec",
            with(&with(&object, "/spec/size", 2), "/spec/parts", json!([{ "name": "p" }])),
            3,
        ),
    ];
    for (what, wanted, generation) in steps {
        let wanted =
            with(&wanted, "/metadata/resourceVersion", object["metadata"]["resourceVersion"].clone());
        object = client.put(&path, &wanted).await.expect(200);
        assert_eq!(object["metadata"]["generation"], generation, "{what}");
    }
}

#[tokio::test]
async fn u03_u14_a_no_op_put_writes_nothing_and_sends_no_event() {
    let client = serve().await;
    let path = format!("{W}/x");
    let object = client.post(W, &widget("x")).await.expect(201);
    let mut watch = client.watch(&format!("{W}?watch=true&resourceVersion={}", revision(&object))).await;
    for same in [object.clone(), with(&object, "/status", json!({ "phase": "Ready" }))] {
        let answer = client.put(&path, &same).await.expect(200);
        assert_eq!(answer, object);
    }
    client.merge(&path, &json!({})).await.expect(200);
    client.put(&format!("{path}/status"), &with(&object, "/spec/size", 9)).await.expect(200);
    let changed = client.merge(&path, &json!({ "spec": { "size": 2 } })).await.expect(200);
    let (kind, seen) = watch.event().await;
    assert_eq!((kind.as_str(), &seen), ("MODIFIED", &changed), "the first event is the first real change");
    assert_eq!(revision(&changed), revision(&object) + 1);
}

#[tokio::test]
async fn s01_status_changes_status_alone() {
    let client = serve().await;
    let object = client.post(W, &widget("x")).await.expect(201);
    let mut wanted = with(&object, "/status", json!({ "phase": "Ready" }));
    wanted["spec"]["size"] = json!(99);
    wanted["metadata"]["labels"] = json!({ "a": "b" });
    wanted["metadata"]["annotations"] = json!({ "a": "b" });
    wanted["metadata"]["finalizers"] = json!(["example.com/f"]);
    let answer = client.put(&format!("{W}/x/status"), &wanted).await.expect(200);
    let mut expected = with(&object, "/status", json!({ "phase": "Ready" }));
    expected["metadata"]["resourceVersion"] = answer["metadata"]["resourceVersion"].clone();
    assert_eq!(answer, expected);
    assert!(revision(&answer) > revision(&object));
    assert_eq!(client.get(&format!("{W}/x/status")).await.expect(200), answer, "contract 3.15");
    let kept = client
        .put(&format!("{W}/x"), &with(&answer, "/status", json!({ "phase": "Failed" })))
        .await
        .expect(200);
    assert_eq!(kept, answer, "contract 3.3");
    let removed = client.merge(&format!("{W}/x/status"), &json!({ "status": null })).await.expect(200);
    assert!(removed.get("status").is_none(), "contract 3.8");
}

#[tokio::test]
async fn s02_s03_revisions_and_missing_objects() {
    let client = serve().await;
    let object = client.post(W, &widget("x")).await.expect(201);
    let path = format!("{W}/x/status");
    let ready = with(&object, "/status", json!({ "phase": "Ready" }));
    client.put(&path, &ready).await.expect(200);
    client.put(&path, &with(&ready, "/status/phase", "Pending")).await.expect_status(
        409,
        "Conflict",
        "Operation cannot be fulfilled on widgets.demo.example.com \"x\": the object has been modified; please apply \
         your changes to the latest version and try again",
    );
    client.put(&path, &with(&ready, "/metadata/resourceVersion", "")).await.expect_status(
        422,
        "Invalid",
        "widgets.demo.example.com \"x\" is invalid: metadata.resourceVersion: Invalid value: 0: must be specified for \
         an update",
    );
    let missing = client.put(&format!("{W}/y/status"), &widget("y")).await;
    missing.expect_status(404, "NotFound", "widgets.demo.example.com \"y\" not found");
    assert_eq!(client.get(&format!("{W}/y/status")).await.code, 404);
}

#[tokio::test]
async fn s04_a_patch_of_spec_through_status_is_no_change() {
    let client = serve().await;
    let object = client.post(W, &widget("x")).await.expect(201);
    let path = format!("{W}/x/status");
    assert_eq!(client.merge(&path, &json!({ "spec": { "size": 9 } })).await.expect(200), object);
    let ready = json!([{ "op": "add", "path": "/status", "value": { "phase": "Ready" } }]);
    let answer = client.json_patch(&path, &ready).await.expect(200);
    assert_eq!((&answer["status"]["phase"], &answer["metadata"]["generation"]), (&json!("Ready"), &json!(1)));
}

#[tokio::test]
async fn s06_s08_status_has_get_put_patch_and_nothing_else() {
    let client = serve().await;
    client.post(W, &widget("x")).await.expect(201);
    let path = format!("{W}/x/status");
    let refused = |verb| format!("{verb} is not supported on resources of kind \"widgets.demo.example.com\"");
    let status = client.post(&path, &widget("x")).await;
    let status = status.expect_status(405, "MethodNotAllowed", &refused("create"));
    assert_eq!(status["details"], json!({ "group": "demo.example.com", "kind": "widgets" }));
    client.delete(&path).await.expect_status(405, "MethodNotAllowed", &refused("delete"));
    let plain = client.get(&format!("{path}?watch=true")).await.expect(200);
    assert_eq!(plain["kind"], "Widget");
}

#[tokio::test]
async fn s07_status_is_validated_old_against_new() {
    let client = serve().await;
    client.post(W, &widget("x")).await.expect(201);
    let path = format!("{W}/x/status");
    let phase = |phase: &str| json!({ "status": { "phase": phase } });
    let refused = client.merge(&path, &phase("Sideways")).await.expect_status(
        422,
        "Invalid",
        "Widget.demo.example.com \"x\" is invalid: status.phase: Unsupported value: \"Sideways\": supported values: \
         \"Pending\", \"Ready\", \"Failed\"",
    );
    assert_eq!(refused["details"]["causes"][0]["reason"], "FieldValueNotSupported");
    client.merge(&path, &phase("Failed")).await.expect(200);
    client.merge(&path, &phase("Ready")).await.expect_status(
        422,
        "Invalid",
        "Widget.demo.example.com \"x\" is invalid: status.phase: Invalid value: \"Ready\": a failed widget stays failed",
    );
}
