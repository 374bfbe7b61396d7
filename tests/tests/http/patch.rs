//! PATCH (contract 7.1 to 7.3, 7.5, 14.D).

use http::Method;
use serde_json::{Value, json};

use crate::{W, revision, serve, widget, with};

#[tokio::test]
async fn p01_p12_merge() {
    let client = serve().await;
    let path = format!("{W}/x");
    let object = client
        .post(W, &with(&widget("x"), "/metadata/labels", json!({ "a": "1", "b": "2" })))
        .await
        .expect(201);
    let patch =
        json!({ "metadata": { "labels": { "a": null, "c": "3" } }, "spec": { "parts": [{ "name": "p" }] } });
    let patched = client.merge(&path, &patch).await.expect(200);
    assert_eq!(patched["metadata"]["labels"], json!({ "b": "2", "c": "3" }));
    assert_eq!(patched["spec"], json!({ "size": 1, "mode": "quiet", "parts": [{ "name": "p" }] }));
    assert_eq!(patched["metadata"]["generation"], 2);
    assert!(revision(&patched) > revision(&object));
    assert_eq!(client.merge(&path, &json!({})).await.expect(200), patched);
    assert_eq!(client.json_patch(&path, &json!([])).await.expect(200), patched);
}

#[tokio::test]
async fn p02_p03_json_patch() {
    let client = serve().await;
    let path = format!("{W}/x");
    client.post(W, &widget("x")).await.expect(201);
    let all = json!([
        { "op": "test", "path": "/spec/size", "value": 1 },
        { "op": "add", "path": "/spec/parts", "value": [{ "name": "b" }] },
        { "op": "add", "path": "/spec/parts/0", "value": { "name": "a" } },
        { "op": "copy", "from": "/spec/parts/0", "path": "/spec/parts/-" },
        { "op": "replace", "path": "/spec/size", "value": 2 },
        { "op": "move", "from": "/spec/mode", "path": "/spec/color" },
        { "op": "add", "path": "/spec/mode", "value": "loud" },
        { "op": "remove", "path": "/spec/parts/1" },
    ]);
    let patched = client.json_patch(&path, &all).await.expect(200);
    let expected =
        json!({ "size": 2, "mode": "loud", "color": "quiet", "parts": [{ "name": "a" }, { "name": "a" }] });
    assert_eq!(patched["spec"], expected);
    for failing in [
        json!([{ "op": "test", "path": "/spec/size", "value": 9 }]),
        json!([{ "op": "remove", "path": "/spec/nope" }]),
        json!([{ "op": "replace", "path": "/nope/nope", "value": 1 }]),
    ] {
        let status = client.json_patch(&path, &failing).await.expect_status(
            422,
            "Invalid",
            "the server rejected our request due to an error in our request",
        );
        assert_eq!(status["details"], json!({}), "contract 7.3.3");
    }
    assert_eq!(client.get(&path).await.expect(200), patched, "nothing was changed");
}

#[tokio::test]
async fn p04_p05_p13_patches_that_are_refused() {
    let client = serve().await;
    let path = format!("{W}/x");
    client.post(W, &widget("x")).await.expect(201);
    let patch = |content_type: &str, body: String| {
        client.call(Method::PATCH, path.as_str()).header("content-type", content_type).body(body).send()
    };
    for content_type in ["application/json-patch+json", "application/merge-patch+json"] {
        let refused = patch(content_type, "{nope".into()).await.expect(400);
        assert_eq!(refused["reason"], "BadRequest", "{content_type}");
    }
    let operation = json!({ "op": "test", "path": "/kind", "value": "Widget" });
    let many = |count: usize| Value::from(vec![operation.clone(); count]).to_string();
    patch("application/json-patch+json", many(10_000)).await.expect(200);
    patch("application/json-patch+json", many(10_001)).await.expect_status(
        413,
        "RequestEntityTooLarge",
        "Request entity too large: The allowed maximum operations in a JSON patch is 10000, got 10001",
    );
    let wrong = client.merge(&path, &json!({ "spec": { "size": "large" } })).await.expect(422);
    assert!(
        wrong["message"]
            .as_str()
            .is_some_and(|text| text.starts_with(" \"\" is invalid: patch: Invalid value: ")),
        "{wrong}"
    );
    assert_eq!(wrong["details"]["causes"][0]["field"], "patch");
}

#[tokio::test]
async fn p06_optimistic_locking() {
    let client = serve().await;
    let path = format!("{W}/x");
    let object = client.post(W, &widget("x")).await.expect(201);
    let locked =
        |revision: &str| json!({ "metadata": { "resourceVersion": revision }, "spec": { "size": 5 } });
    let current = object["metadata"]["resourceVersion"].as_str().expect("a revision");
    client.merge(&path, &locked(current)).await.expect(200);
    let stale = client.merge(&path, &locked(current)).await.expect(409);
    assert_eq!(stale["reason"], "Conflict");
}

#[tokio::test]
async fn p07_p08_missing_objects_and_media_types() {
    let client = serve().await;
    let missing = "widgets.demo.example.com \"x\" not found";
    let path = format!("{W}/x");
    client.merge(&path, &json!({})).await.expect_status(404, "NotFound", missing);
    client.json_patch(&path, &json!([])).await.expect_status(404, "NotFound", missing);
    for patch in [json!([]), json!("x"), json!(null)] {
        client.merge(&path, &patch).await.expect_status(404, "NotFound", missing);
    }
    client.json_patch(&path, &json!({})).await.expect_status(404, "NotFound", missing);
    for content_type in ["application/json", "application/strategic-merge-patch+json", "text/plain"] {
        let call = client.call(Method::PATCH, path.as_str()).header("content-type", content_type).body("{}");
        let status = call.send().await.expect(415);
        assert_eq!(status["reason"], "UnsupportedMediaType");
        let message = status["message"].as_str().expect("a message");
        assert!(message.contains("application/json-patch+json, application/merge-patch+json"), "{message}");
    }
}

#[tokio::test]
async fn p09_p10_p11_options_and_strictness() {
    let client = serve().await;
    let path = format!("{W}/x");
    let object = client.post(W, &widget("x")).await.expect(201);
    client.merge(&format!("{path}?force=true"), &json!({})).await.expect_status(
        422,
        "Invalid",
        "PatchOptions.meta.k8s.io \"\" is invalid: force: Forbidden: may not be specified for non-apply patch",
    );
    let unknown = json!({ "spec": { "nope": 1 } });
    let strict = client.merge(&format!("{path}?fieldValidation=Strict"), &unknown).await.expect(422);
    let message = strict["message"].as_str().expect("a message");
    assert!(message.starts_with(" \"\" is invalid: patch: Invalid value: "), "{message}");
    assert!(message.ends_with("strict decoding error: unknown field \"spec.nope\""), "{message}");
    let warned = client.merge(&path, &unknown).await;
    assert_eq!(warned.expect(200), object);
    assert_eq!(warned.header("warning"), "299 - \"unknown field \\\"spec.nope\\\"\"");
    let renamed = client.merge(&path, &json!({ "metadata": { "name": "y" } })).await;
    renamed.expect_status(
        400,
        "BadRequest",
        "the name of the object (y) does not match the name on the URL (x)",
    );
    let uid = client.merge(&path, &json!({ "metadata": { "uid": "other" } })).await.expect(422);
    assert!(
        uid["message"]
            .as_str()
            .is_some_and(|text| text.contains("metadata.uid: Invalid value: \"other\": field is immutable")),
        "contract 7.1.12: {uid}"
    );
}

#[tokio::test]
async fn p14_concurrent_patches_all_land() {
    let client = serve().await;
    client.post(W, &widget("x")).await.expect(201);
    let mut patches = tokio::task::JoinSet::new();
    for n in 0..100 {
        let client = client.clone();
        patches.spawn(async move {
            let patch = json!({ "metadata": { "annotations": { (format!("k{n}")): "v" } } });
            client.merge(&format!("{W}/x"), &patch).await.code
        });
    }
    assert!(patches.join_all().await.iter().all(|code| *code == 200));
    let object = client.get(&format!("{W}/x")).await.expect(200);
    assert_eq!(object["metadata"]["annotations"].as_object().map(serde_json::Map::len), Some(100));
}
