//! POST (contract 2, 4.A, 14.A).

use serde_json::{Value, json};

use crate::{G, W, gizmo, serve, widget, with};

#[tokio::test]
async fn c01_valid() {
    let client = serve().await;
    let answer = client.post(W, &widget("x")).await;
    let object = answer.expect(201);
    let metadata = &object["metadata"];
    assert_eq!(metadata["namespace"], "ns1");
    assert_eq!(metadata["generation"], 1);
    assert_eq!(metadata["uid"].as_str().map(str::len), Some(36));
    let created = metadata["creationTimestamp"].as_str().expect("a time");
    assert!(created.len() == 20 && created.ends_with('Z'), "{created}");
    assert!(
        metadata["resourceVersion"].as_str().is_some_and(|text| text.parse::<u64>().is_ok_and(|rv| rv > 0))
    );
    assert_eq!((&object["apiVersion"], &object["kind"]), (&json!("demo.example.com/v1"), &json!("Widget")));
    assert!(object.get("status").is_none());
    assert_eq!(object["spec"], json!({ "size": 1, "mode": "quiet" }), "what is not set is not shown");
    assert_eq!(client.get(&format!("{W}/x")).await.body, answer.body, "a read returns the same bytes");
}

#[tokio::test]
async fn c02_taken_name() {
    let client = serve().await;
    client.post(W, &widget("x")).await.expect(201);
    let status = client.post(W, &widget("x")).await.expect_status(
        409,
        "AlreadyExists",
        "widgets.demo.example.com \"x\" already exists",
    );
    assert_eq!(status["details"], json!({ "name": "x", "group": "demo.example.com", "kind": "widgets" }));
}

#[tokio::test]
async fn c03_taken_by_an_object_that_is_being_deleted() {
    let client = serve().await;
    client
        .post(W, &with(&widget("x"), "/metadata/finalizers", json!(["example.com/wait"])))
        .await
        .expect(201);
    client.delete(&format!("{W}/x")).await.expect(200);
    client.post(W, &widget("x")).await.expect_status(
        409,
        "AlreadyExists",
        "object is being deleted: widgets.demo.example.com \"x\" already exists",
    );
}

#[tokio::test]
async fn c04_c05_c06_what_clients_may_not_set_is_dropped() {
    let client = serve().await;
    let mut body = widget("x");
    body["status"] = json!({ "phase": "Ready" });
    body["metadata"]["generation"] = json!(7);
    body["metadata"]["uid"] = json!("mine");
    body["metadata"]["creationTimestamp"] = json!("2001-01-01T00:00:00Z");
    body["metadata"]["deletionTimestamp"] = json!("2001-01-01T00:00:00Z");
    body["metadata"]["deletionGracePeriodSeconds"] = json!(5);
    body["metadata"]["selfLink"] = json!("/x");
    let answer = client.post(W, &body).await;
    let object = answer.expect(201);
    assert!(object.get("status").is_none());
    let metadata = &object["metadata"];
    assert_eq!(metadata["generation"], 1);
    assert_ne!(metadata["uid"], "mine");
    assert_ne!(metadata["creationTimestamp"], "2001-01-01T00:00:00Z");
    for gone in ["deletionTimestamp", "deletionGracePeriodSeconds", "selfLink"] {
        assert!(metadata.get(gone).is_none(), "{gone}");
    }
    assert_eq!(answer.header("warning"), "");
}

#[tokio::test]
async fn c07_resource_version() {
    let client = serve().await;
    let refused = client.post(W, &with(&widget("x"), "/metadata/resourceVersion", "5")).await;
    refused.expect_status(400, "BadRequest", "resourceVersion should not be set on objects to be created");
    client.post(W, &with(&widget("x"), "/metadata/resourceVersion", "0")).await.expect(201);
}

#[tokio::test]
async fn c08_c09_c10_generated_names() {
    let client = serve().await;
    let generate = |prefix: &str| json!({ "metadata": { "generateName": prefix }, "spec": {} });
    let object = client.post(W, &generate("w-")).await.expect(201);
    let name = object["metadata"]["name"].as_str().expect("a name");
    let suffix = name.strip_prefix("w-").expect("the prefix stays");
    assert!(suffix.len() == 5 && suffix.chars().all(|c| "bcdfghjklmnpqrstvwxz2456789".contains(c)), "{name}");
    let long = "a".repeat(70);
    let object = client.post(W, &generate(&long)).await.expect(201);
    let name = object["metadata"]["name"].as_str().expect("a name");
    assert!(name.len() == 63 && name.starts_with(&long[..58]), "{name}");
    let object = client.post(W, &with(&widget("mine"), "/metadata/generateName", "w-")).await.expect(201);
    assert_eq!(
        (&object["metadata"]["name"], &object["metadata"]["generateName"]),
        (&json!("mine"), &json!("w-"))
    );
}

#[tokio::test]
async fn c12_c13_names_that_are_refused() {
    let client = serve().await;
    let nameless = client.post(W, &json!({ "metadata": {}, "spec": {} })).await;
    let status = nameless.expect_status(
        422,
        "Invalid",
        "Widget.demo.example.com \"\" is invalid: metadata.name: Required value: name or generateName is required",
    );
    assert_eq!(status["details"]["kind"], "Widget");
    for name in ["a/b", "a%b", ".", "..", "Upper", "-x", "x_y", ""] {
        let refused = client.post(W, &widget(name)).await.expect(422);
        assert_eq!(refused["reason"], "Invalid", "{name}");
        assert_eq!(refused["details"]["causes"][0]["field"], "metadata.name", "{name}: {refused}");
    }
}

#[tokio::test]
async fn c14_namespaces() {
    let client = serve().await;
    client.post(W, &with(&widget("x"), "/metadata/namespace", "ns2")).await.expect_status(
        400,
        "BadRequest",
        "the namespace of the provided object does not match the namespace sent on the request",
    );
    client.post(W, &with(&widget("x"), "/metadata/namespace", "ns1")).await.expect(201);
    let object = client.post(G, &with(&gizmo("g", ""), "/metadata/namespace", "ns2")).await.expect(201);
    assert!(object["metadata"].get("namespace").is_none());
}

#[tokio::test]
async fn c17_c18_c19_unknown_and_duplicate_fields() {
    let client = serve().await;
    let body = r#"{"metadata":{"name":"x","foo":1},"spec":{"size":1,"size":2,"mode":"quiet","nope":true}}"#;
    let post = |mode: &str| client.call(http::Method::POST, format!("{W}?fieldValidation={mode}")).body(body);
    let refused = post("Strict").send().await.expect(400);
    let message = refused["message"].as_str().expect("a message");
    assert!(
        message
            .starts_with("Widget in version \"v1\" cannot be handled as a Widget: strict decoding error: ")
    );
    let problems =
        "duplicate field \"spec.size\", unknown field \"metadata.foo\", unknown field \"spec.nope\"";
    assert!(message.ends_with(problems), "6.63, as custom resources tell it: {message}");
    assert_eq!(client.get(&format!("{W}/x")).await.code, 404);
    let warned = post("Warn").send().await;
    assert_eq!(warned.expect(201)["spec"]["size"], 2, "the last duplicate wins");
    let warnings: Vec<_> = warned.headers.get_all("warning").iter().collect();
    assert_eq!(warnings.len(), 3);
    assert!(
        warnings.iter().any(|warning| *warning == "299 - \"unknown field \\\"spec.nope\\\"\""),
        "{warnings:?}"
    );
    client.delete(&format!("{W}/x")).await.expect(200);
    let ignored = post("Ignore").send().await;
    assert!(ignored.expect(201)["spec"].get("nope").is_none());
    assert!(ignored.headers.get("warning").is_none());
}

#[tokio::test]
async fn c20_content_types() {
    let client = serve().await;
    let post = |content_type: &str, body: String| {
        client.call(http::Method::POST, W).header("content-type", content_type).body(body).send()
    };
    let refused = post("text/plain", widget("a").to_string()).await.expect(415);
    assert_eq!(refused["reason"], "UnsupportedMediaType");
    post("", widget("a").to_string()).await.expect(201);
    post("application/json; charset=utf-8", widget("b").to_string()).await.expect(201);
    let yaml = "apiVersion: demo.example.com/v1\nkind: Widget\nmetadata:\n  name: c\nspec:\n  size: 1\n  mode: quiet\n";
    assert_eq!(post("application/yaml", yaml.into()).await.expect(201)["spec"]["size"], 1);
}

#[tokio::test]
async fn c22_dry_run() {
    let client = serve().await;
    let object = client.post(&format!("{W}?dryRun=All"), &widget("x")).await.expect(201);
    assert!(object["metadata"].get("resourceVersion").is_none());
    assert!(object["metadata"]["uid"].is_string());
    assert_eq!(client.get(&format!("{W}/x")).await.code, 404);
    client.post(&format!("{W}?dryRun=All&dryRun=All"), &widget("x")).await.expect(201);
    client.post(&format!("{W}?dryRun=None"), &widget("x")).await.expect_status(
        422,
        "Invalid",
        "CreateOptions.meta.k8s.io \"\" is invalid: dryRun: Unsupported value: [\"None\"]: supported values: \"All\"",
    );
}

#[tokio::test]
async fn c24_c25_labels_and_annotations() {
    let client = serve().await;
    let post = |pointer: &'static str, value: Value| {
        let body = with(&widget("x"), pointer, value);
        let client = client.clone();
        async move { client.post(&format!("{W}?dryRun=All"), &body).await }
    };
    let refused = post("/metadata/labels", json!({ "a b": "v" })).await.expect(422);
    assert_eq!(refused["details"]["causes"][0]["field"], "metadata.labels");
    let refused = post("/metadata/labels", json!({ "a": "v".repeat(64) })).await.expect(422);
    assert_eq!(refused["details"]["causes"][0]["field"], "metadata.labels");
    assert_eq!(post("/metadata/labels", json!({ "a": 1 })).await.code, 400, "contract 9.14");
    post("/metadata/annotations", json!({ "a": "v".repeat(262_143) })).await.expect(201);
    let refused = post("/metadata/annotations", json!({ "a": "v".repeat(262_144) })).await.expect(422);
    let message = "metadata.annotations: Too long: may not be more than 262144 bytes";
    assert!(refused["message"].as_str().is_some_and(|text| text.ends_with(message)), "{refused}");
}

#[tokio::test]
async fn c26_c27_owners_and_finalizers() {
    let client = serve().await;
    let owner = json!({ "apiVersion": "v1", "kind": "Pod", "name": "p", "uid": "u", "controller": true });
    let other = json!({ "apiVersion": "v1", "kind": "Pod", "name": "q", "uid": "w", "controller": true });
    let two = with(&widget("x"), "/metadata/ownerReferences", json!([owner, other]));
    assert_eq!(client.post(W, &two).await.code, 422);
    let twice = client.post(W, &with(&widget("x"), "/metadata/ownerReferences", json!([owner, owner]))).await;
    assert_eq!(twice.expect(201)["metadata"]["ownerReferences"].as_array().map(Vec::len), Some(1));
    assert!(twice.header("warning").contains(".metadata.ownerReferences contains duplicate entries"));
    let both = json!(["orphan", "foregroundDeletion"]);
    let refused = client.post(W, &with(&widget("y"), "/metadata/finalizers", both)).await.expect(422);
    let message = refused["message"].as_str().expect("a message");
    assert!(message.contains("finalizer orphan and foregroundDeletion cannot be both set"), "{message}");
}

#[tokio::test]
async fn c28_c29_validation_and_warnings() {
    let client = serve().await;
    let status = client.post(W, &with(&widget("x"), "/spec", json!({ "size": -1, "mode": "loud" }))).await;
    assert!(status.headers.get("warning").is_none(), "an invalid object is not warned about");
    status.expect_status(
        422,
        "Invalid",
        "Widget.demo.example.com \"x\" is invalid: spec.size: Invalid value: -1: must be greater than or equal to 0",
    );
    let status = client.post(W, &with(&widget("x"), "/spec", json!({ "size": 1 }))).await.expect_status(
        422,
        "Invalid",
        "Widget.demo.example.com \"x\" is invalid: spec.mode: Required value",
    );
    let cause = json!({ "reason": "FieldValueRequired", "message": "Required value", "field": "spec.mode" });
    assert_eq!(status["details"]["causes"], json!([cause]));
    let both =
        with(&with(&widget("x"), "/spec", json!({ "size": 1 })), "/metadata/labels", json!({ "a": "-" }));
    let both = client.post(W, &both).await.expect(422);
    let fields: Vec<_> =
        both["details"]["causes"].as_array().expect("causes").iter().map(|cause| &cause["field"]).collect();
    assert_eq!(fields, ["metadata.labels", "spec.mode"], "metadata and content are told together");
    let warned = client.post(W, &with(&widget("x"), "/spec/mode", "loud")).await;
    warned.expect(201);
    assert_eq!(warned.header("warning"), "299 - \"spec.mode: loud widgets wake the neighbours\"");
}

#[tokio::test]
async fn c33_pretty() {
    let client = serve().await;
    let compact = client.post(W, &widget("x")).await;
    assert_eq!(compact.text().matches('\n').count(), 1);
    let pretty = client.get(&format!("{W}/x?pretty=true")).await;
    assert!(pretty.text().starts_with("{\n  \"") && pretty.text().ends_with("\n}"), "{}", pretty.text());
    assert_eq!(pretty.json(), compact.json());
    let curl = client.call(http::Method::GET, format!("{W}/x")).header("user-agent", "curl/8").send().await;
    assert_eq!(curl.body, pretty.body);
}
