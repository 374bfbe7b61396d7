//! DELETE of an object and of a collection (contract 4.D, 4.E, 14.E).

use http::Method;
use serde_json::{Value, json};

use crate::{G, W, gizmo, revision, serve, widget, with};

#[tokio::test]
async fn d01_d02_plain() {
    let client = serve().await;
    let object = client.post(W, &widget("x")).await.expect(201);
    let answer = client.delete(&format!("{W}/x")).await;
    let expected = json!({
        "kind": "Status", "apiVersion": "v1", "metadata": {}, "status": "Success",
        "details": { "name": "x", "group": "demo.example.com", "kind": "widgets", "uid": object["metadata"]["uid"] },
    });
    assert_eq!(answer.expect(200), expected);
    client.delete(&format!("{W}/x")).await.expect_status(
        404,
        "NotFound",
        "widgets.demo.example.com \"x\" not found",
    );
}

#[tokio::test]
async fn d03_d10_finalizers_and_revisions() {
    let client = serve().await;
    let path = format!("{W}/x");
    let object = client
        .post(W, &with(&widget("x"), "/metadata/finalizers", json!(["example.com/f"])))
        .await
        .expect(201);
    let mut watch = client.watch(&format!("{W}?watch=true&resourceVersion={}", revision(&object))).await;
    let deleting = client.delete(&path).await.expect(200);
    assert_eq!(deleting["kind"], "Widget");
    assert!(deleting["metadata"]["deletionTimestamp"].is_string());
    assert_eq!(deleting["metadata"]["deletionGracePeriodSeconds"], 0);
    assert_eq!(deleting["metadata"]["generation"], 2);
    assert_eq!(
        client.delete(&path).await.expect(200),
        deleting,
        "contract 4.37: the second delete is no write"
    );
    client.merge(&path, &json!({ "metadata": { "finalizers": null } })).await.expect(200);
    assert_eq!(watch.event().await.1, deleting);
    let (kind, gone) = watch.event().await;
    assert_eq!(kind, "DELETED");
    assert!(revision(&gone) > revision(&deleting), "contract 4.36");
    let list = client.get(W).await.expect(200);
    assert_eq!(revision(&list), revision(&gone), "the delete is the store's newest write");
}

#[tokio::test]
async fn d04_d05_propagation() {
    let client = serve().await;
    let cases = [
        (json!({ "propagationPolicy": "Foreground" }), Some("foregroundDeletion")),
        (json!({ "propagationPolicy": "Orphan" }), Some("orphan")),
        (json!({ "propagationPolicy": "Background" }), None),
        (json!({ "orphanDependents": true }), Some("orphan")),
        (json!({}), None),
    ];
    for (number, (options, finalizer)) in cases.into_iter().enumerate() {
        let path = format!("{W}/x{number}");
        client.post(W, &widget(&format!("x{number}"))).await.expect(201);
        let answer = client.call(Method::DELETE, path.as_str()).json(&options).send().await.expect(200);
        match finalizer {
            Some(finalizer) => assert_eq!(answer["metadata"]["finalizers"], json!([finalizer]), "{options}"),
            None => assert_eq!(answer["kind"], "Status", "{options}"),
        }
    }
    client.post(W, &with(&widget("y"), "/metadata/finalizers", json!(["example.com/f"]))).await.expect(201);
    let options = json!({ "orphanDependents": false });
    client.call(Method::DELETE, format!("{W}/y")).json(&options).send().await.expect(202);
}

#[tokio::test]
async fn d06_d13_d14_options_that_are_refused() {
    let client = serve().await;
    client.post(W, &widget("x")).await.expect(201);
    let delete = |options: Value| client.call(Method::DELETE, format!("{W}/x")).json(&options).send();
    delete(json!({ "orphanDependents": true, "propagationPolicy": "Foreground" })).await.expect_status(
        422,
        "Invalid",
        "DeleteOptions.meta.k8s.io \"\" is invalid: propagationPolicy: Invalid value: \"Foreground\": orphanDependents \
         and deletionPropagation cannot be both set",
    );
    delete(json!({ "propagationPolicy": "Foo" })).await.expect_status(
        422,
        "Invalid",
        "DeleteOptions.meta.k8s.io \"\" is invalid: propagationPolicy: Unsupported value: \"Foo\": supported values: \
         \"Foreground\", \"Background\", \"Orphan\", \"nil\"",
    );
    let garbage = client.call(Method::DELETE, format!("{W}/x")).body("{nope").send().await;
    assert_eq!(garbage.expect(400)["reason"], "BadRequest");
    let yaml = client.call(Method::DELETE, format!("{W}/x")).header("content-type", "application/yaml");
    yaml.body("kind: DeleteOptions\napiVersion: v1\npropagationPolicy: Background\n")
        .send()
        .await
        .expect(200);
}

#[tokio::test]
async fn d07_preconditions() {
    let client = serve().await;
    let object = client.post(W, &widget("x")).await.expect(201);
    let uid = object["metadata"]["uid"].as_str().expect("a uid");
    let delete = |preconditions: Value| {
        client.call(Method::DELETE, format!("{W}/x")).json(&json!({ "preconditions": preconditions })).send()
    };
    let status = delete(json!({ "uid": "other" })).await.expect_status(
        409,
        "Conflict",
        &format!(
            "Operation cannot be fulfilled on Widget.demo.example.com \"x\": the UID in the precondition (other) does \
             not match the UID in record ({uid}). The object might have been deleted and then recreated"
        ),
    );
    assert_eq!(status["details"]["kind"], "Widget");
    delete(json!({ "resourceVersion": "1" })).await.expect_status(
        409,
        "Conflict",
        &format!(
            "Operation cannot be fulfilled on Widget.demo.example.com \"x\": the ResourceVersion in the precondition (1) \
             does not match the ResourceVersion in record ({}). The object might have been modified",
            revision(&object)
        ),
    );
    delete(json!({ "uid": uid, "resourceVersion": object["metadata"]["resourceVersion"] })).await.expect(200);
}

#[tokio::test]
async fn d08_d09_d11_body_query_and_dry_run() {
    let client = serve().await;
    client.post(W, &widget("x")).await.expect(201);
    let path = format!("{W}/x?dryRun=All");
    client.delete(&path).await.expect(200);
    client.get(&format!("{W}/x")).await.expect(200);
    let grace = client.delete(&format!("{W}/x?gracePeriodSeconds=30")).await.expect(200);
    assert_eq!(grace["kind"], "Status", "contract 4.40: not graceful");
    client.post(W, &widget("x")).await.expect(201);
    // Contract 4.41: a body disables the query, so this is no dry run.
    client.call(Method::DELETE, path.as_str()).json(&json!({})).send().await.expect(200);
    assert_eq!(client.get(&format!("{W}/x")).await.code, 404);
}

#[tokio::test]
async fn d12_grace() {
    let client = serve().await;
    let path = format!("{G}/g");
    client.post(G, &gizmo("g", "graceful")).await.expect(201);
    let grace = |answer: &Value| answer["metadata"]["deletionGracePeriodSeconds"].as_i64();
    assert_eq!(grace(&client.delete(&path).await.expect(200)), Some(30), "the strategy's default");
    let delete = |seconds: i64| {
        let client = client.clone();
        async move { client.delete(&format!("{G}/g?gracePeriodSeconds={seconds}")).await.expect(200) }
    };
    delete(60).await;
    assert_eq!(grace(&client.get(&path).await.expect(200)), Some(30), "contract 2.28: never longer");
    delete(10).await;
    assert_eq!(grace(&client.get(&path).await.expect(200)), Some(10));
    delete(0).await;
    assert_eq!(client.get(&path).await.code, 404);
}

#[tokio::test]
async fn dc01_to_dc06_collections() {
    let client = serve().await;
    let empty = client.delete(W).await.expect(200);
    assert_eq!((&empty["kind"], &empty["items"]), (&json!("WidgetList"), &json!([])));
    for name in ["a", "b", "c"] {
        let body = with(&widget(name), "/metadata/labels", json!({ "keep": (name == "c").to_string() }));
        client.post(W, &body).await.expect(201);
    }
    let finalized = json!({ "metadata": { "finalizers": ["example.com/f"] } });
    client.merge(&format!("{W}/b"), &finalized).await.expect(200);
    let deleted = client.delete(&format!("{W}?labelSelector=keep%3Dfalse")).await.expect(200);
    let names: Vec<_> =
        deleted["items"].as_array().expect("items").iter().map(|item| &item["metadata"]["name"]).collect();
    assert_eq!(names, ["a", "b"]);
    assert_eq!(client.get(&format!("{W}/a")).await.code, 404);
    assert!(client.get(&format!("{W}/b")).await.expect(200)["metadata"]["deletionTimestamp"].is_string());
    client.get(&format!("{W}/c")).await.expect(200);
    let one = client.delete(&format!("{W}?limit=1")).await.expect(200);
    assert_eq!(one["items"].as_array().map(Vec::len), Some(1));
    let message = "the server does not allow this method on the requested resource";
    let all = client.delete("/apis/demo.example.com/v1/widgets").await;
    all.expect_status(405, "MethodNotAllowed", message);
    assert_eq!(client.delete(&format!("{W}?labelSelector=%3D%3D")).await.code, 400);
}
