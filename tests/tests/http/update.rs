//! PUT (contract 4.C, 14.C).

use serde_json::{Value, json};

use crate::{G, W, gizmo, revision, serve, widget, with};

const MODIFIED: &str = "Operation cannot be fulfilled on widgets.demo.example.com \"x\": the object has been modified; \
                        please apply your changes to the latest version and try again";

#[tokio::test]
async fn u01_u02_u05_current_and_stale_revisions() {
    let client = serve().await;
    let path = format!("{W}/x");
    let object = client.post(W, &widget("x")).await.expect(201);
    let changed = client.put(&path, &with(&object, "/spec/size", 2)).await.expect(200);
    assert!(revision(&changed) > revision(&object));
    client.put(&path, &with(&object, "/spec/size", 3)).await.expect_status(409, "Conflict", MODIFIED);
    let future = with(&changed, "/metadata/resourceVersion", "999999");
    client.put(&path, &future).await.expect_status(409, "Conflict", MODIFIED);
    let zeros = format!("00{}", revision(&changed));
    client.put(&path, &with(&changed, "/metadata/resourceVersion", zeros)).await.expect(200);
}

#[tokio::test]
async fn u04_u06_u07_missing_and_unreadable_revisions() {
    let client = serve().await;
    let path = format!("{W}/x");
    let object = client.post(W, &widget("x")).await.expect(201);
    for missing in ["", "0"] {
        let status = client.put(&path, &with(&object, "/metadata/resourceVersion", missing)).await.expect_status(
            422,
            "Invalid",
            "widgets.demo.example.com \"x\" is invalid: metadata.resourceVersion: Invalid value: 0: must be specified \
             for an update",
        );
        assert_eq!(status["details"]["kind"], "widgets");
    }
    let unreadable = client.put(&path, &with(&object, "/metadata/resourceVersion", "abc")).await;
    assert_eq!(unreadable.expect(400)["reason"], "BadRequest");
    client.post(G, &gizmo("g", "a")).await.expect(201);
    let overwritten = client.put(&format!("{G}/g"), &gizmo("g", "b")).await.expect(200);
    assert_eq!(overwritten["text"], "b");
}

#[tokio::test]
async fn u08_u09_create_on_update() {
    let client = serve().await;
    client.put(&format!("{W}/x"), &widget("x")).await.expect_status(
        404,
        "NotFound",
        "widgets.demo.example.com \"x\" not found",
    );
    let uid = with(&gizmo("g", ""), "/metadata/uid", "11111111-1111-1111-1111-111111111111");
    assert_eq!(client.put(&format!("{G}/g"), &uid).await.expect(409)["reason"], "Conflict");
    let stale = with(&gizmo("g", ""), "/metadata/resourceVersion", "5");
    let created = client.put(&format!("{G}/g"), &stale).await.expect(201);
    assert_eq!(created["metadata"]["generation"], 1);
    assert!(created["metadata"]["uid"].is_string());
}

#[tokio::test]
async fn u10_uid_is_a_precondition() {
    let client = serve().await;
    let object = client.post(W, &widget("x")).await.expect(201);
    let refused = client.put(&format!("{W}/x"), &with(&object, "/metadata/uid", "other")).await.expect(409);
    let message = refused["message"].as_str().expect("a message");
    let uid = object["metadata"]["uid"].as_str().expect("a uid");
    assert!(
        message
            .starts_with("Operation cannot be fulfilled on widgets.demo.example.com \"x\": StorageError: ")
    );
    let end = format!("Precondition failed: UID in precondition: other, UID in object meta: {uid}");
    assert!(message.ends_with(&end), "{message}");
}

#[tokio::test]
async fn u11_u12_names_and_namespaces() {
    let client = serve().await;
    let object = client.post(W, &widget("x")).await.expect(201);
    let put = |pointer: &'static str, value: &'static str| {
        let (client, body) = (client.clone(), with(&object, pointer, value));
        async move { client.put(&format!("{W}/x"), &body).await }
    };
    put("/metadata/name", "y").await.expect_status(
        400,
        "BadRequest",
        "the name of the object (y) does not match the name on the URL (x)",
    );
    put("/metadata/name", "").await.expect_status(
        400,
        "BadRequest",
        "the name of the object (x based on URL) was undeterminable: name must be provided",
    );
    put("/metadata/namespace", "ns2").await.expect_status(
        400,
        "BadRequest",
        "the namespace of the provided object does not match the namespace sent on the request",
    );
}

#[tokio::test]
async fn u13_what_clients_may_not_change() {
    let client = serve().await;
    let object = client.post(W, &widget("x")).await.expect(201);
    let path = format!("{W}/x");
    let created = with(&object, "/metadata/creationTimestamp", "2001-01-01T00:00:00Z");
    assert_eq!(client.put(&path, &created).await.expect(200), object);
    let deletion = with(&object, "/metadata/deletionTimestamp", "2001-01-01T00:00:00Z");
    let refused = client.put(&path, &deletion).await.expect(422);
    let message = refused["message"].as_str().expect("a message");
    assert!(message.contains("metadata.deletionTimestamp: Invalid value:"), "{message}");
    assert!(message.ends_with("field is immutable"), "{message}");
}

#[tokio::test]
async fn a17_managed_fields_are_kept_mended_and_reset() {
    let client = serve().await;
    let entry = |manager: &str, operation: &str| {
        json!([{
            "manager": manager, "operation": operation, "apiVersion": "demo.example.com/v1",
            "time": "2020-01-01T00:00:00Z", "fieldsType": "FieldsV1", "fieldsV1": { "f:spec": {} },
        }])
    };
    let fields = |object: &Value| object["metadata"]["managedFields"].clone();
    let path = format!("{W}/x");
    let unreadable = with(&widget("y"), "/metadata/managedFields", entry("m", "Guess"));
    assert_eq!(fields(&client.post(W, &unreadable).await.expect(201)), Value::Null, "contract 7.6.8");
    let object = with(&widget("x"), "/metadata/managedFields", entry("m", "Update"));
    let object = client.post(W, &object).await.expect(201);
    assert_eq!(fields(&object), entry("m", "Update"), "contract 2.22");
    // A client that does not know of them, or that spoils them, changes nothing.
    for kept in [Value::Null, entry("m", "Guess"), json!([{ "manager": "m" }])] {
        let same = client.put(&path, &with(&object, "/metadata/managedFields", kept)).await.expect(200);
        assert_eq!(same, object);
    }
    let emptied = with(&object, "/metadata/managedFields", json!([{}]));
    let status = client.put(&format!("{path}/status"), &emptied).await.expect(200);
    assert_eq!(status, object, "not through a subresource");
    let patch = json!({ "metadata": { "managedFields": entry("n", "Apply") } });
    let mended = client.merge(&path, &patch).await.expect(200);
    assert_eq!(fields(&mended), entry("n", "Apply"));
    for reset in [json!([]), json!([{}])] {
        let now = client.get(&path).await.expect(200);
        let now = with(&now, "/metadata/managedFields", entry("m", "Update"));
        let now = client.put(&path, &now).await.expect(200);
        let empty = client.put(&path, &with(&now, "/metadata/managedFields", reset)).await.expect(200);
        assert_eq!(fields(&empty), Value::Null);
    }
}

#[tokio::test]
async fn u15_u16_u17_finalizers_of_an_object_that_is_being_deleted() {
    let client = serve().await;
    let path = format!("{W}/x");
    let finalizers = json!(["example.com/a", "example.com/b"]);
    let object = client.post(W, &with(&widget("x"), "/metadata/finalizers", finalizers)).await.expect(201);
    let mut watch = client.watch(&format!("{W}?watch=true&resourceVersion={}", revision(&object))).await;
    let deleting = client.delete(&path).await.expect(200);
    assert_eq!(watch.event().await, ("MODIFIED".to_owned(), deleting.clone()));
    let more =
        with(&deleting, "/metadata/finalizers", json!(["example.com/a", "example.com/b", "example.com/c"]));
    let refused = client.put(&path, &more).await.expect(422);
    let message = refused["message"].as_str().expect("a message");
    assert!(
        message.ends_with(
            "metadata.finalizers: Forbidden: no new finalizers can be added if the object is being deleted, found new \
             finalizers []string{\"example.com/c\"}"
        ),
        "{message}"
    );
    let one = client
        .put(&path, &with(&deleting, "/metadata/finalizers", json!(["example.com/b"])))
        .await
        .expect(200);
    assert_eq!(watch.event().await, ("MODIFIED".to_owned(), one.clone()));
    let last = client.put(&path, &with(&one, "/metadata/finalizers", json!([]))).await.expect(200);
    assert_eq!(last["kind"], "Widget");
    let (kind, gone) = watch.event().await;
    assert_eq!(kind, "DELETED");
    assert!(revision(&gone) > revision(&one));
    assert_eq!(client.get(&path).await.code, 404);
}

#[tokio::test]
async fn u18_an_immutable_field() {
    let client = serve().await;
    let object = client.post(W, &with(&widget("x"), "/spec/color", "red")).await.expect(201);
    client.put(&format!("{W}/x"), &with(&object, "/spec/color", "blue")).await.expect_status(
        422,
        "Invalid",
        "Widget.demo.example.com \"x\" is invalid: spec.color: Invalid value: \"blue\": field is immutable",
    );
}

#[tokio::test]
async fn u19_concurrent_writers() {
    let client = serve().await;
    client.post(G, &gizmo("g", "")).await.expect(201);
    let object = client.post(W, &widget("x")).await.expect(201);
    let mut blind = tokio::task::JoinSet::new();
    let mut careful = tokio::task::JoinSet::new();
    for n in 0..50 {
        let (first, second) = (client.clone(), client.clone());
        blind.spawn(async move { first.put(&format!("{G}/g"), &gizmo("g", &n.to_string())).await.code });
        let body = with(&object, "/spec/size", n + 10);
        careful.spawn(async move { second.put(&format!("{W}/x"), &body).await.code });
    }
    assert!(blind.join_all().await.iter().all(|code| *code == 200));
    let codes = careful.join_all().await;
    assert_eq!(codes.iter().filter(|code| **code == 200).count(), 1, "{codes:?}");
    assert_eq!(codes.iter().filter(|code| **code == 409).count(), 49, "{codes:?}");
}

#[tokio::test]
async fn u20_dry_run() {
    let client = serve().await;
    let object = client.post(W, &widget("x")).await.expect(201);
    let changed = client.put(&format!("{W}/x?dryRun=All"), &with(&object, "/spec/size", 2)).await.expect(200);
    assert_eq!((&changed["spec"]["size"], &changed["metadata"]["generation"]), (&json!(2), &json!(2)));
    assert_eq!(client.get(&format!("{W}/x")).await.expect(200), object);
}
