//! Watches (contract 5.D, 5.E, 6.G, 14.F).

use http::Method;
use serde_json::{Value, json};

use crate::{W, revision, serve, widget, with};

fn name(object: &Value) -> &str {
    object["metadata"]["name"].as_str().unwrap_or_default()
}

#[tokio::test]
async fn w01_w11_w20_from_a_list_on() {
    let client = serve().await;
    let list = client.get(W).await.expect(200);
    let mut watch = client.watch(&format!("{W}?watch=true&resourceVersion={}", revision(&list))).await;
    // The headers came although nothing has happened (contract 5.47).
    assert_eq!(watch.headers["content-type"], "application/json");
    let created = client.post(W, &widget("x")).await.expect(201);
    let changed = client.merge(&format!("{W}/x"), &json!({ "spec": { "size": 2 } })).await.expect(200);
    client.delete(&format!("{W}/x")).await.expect(200);
    assert_eq!(watch.event().await, ("ADDED".into(), created));
    assert_eq!(watch.event().await, ("MODIFIED".into(), changed.clone()));
    let (kind, gone) = watch.event().await;
    assert_eq!(kind, "DELETED");
    let expected = with(&changed, "/metadata/resourceVersion", gone["metadata"]["resourceVersion"].clone());
    assert_eq!(gone, expected);
    assert!(revision(&gone) > revision(&changed));
}

#[tokio::test]
async fn w02_w12_selectors() {
    let client = serve().await;
    let start = revision(&client.get(W).await.expect(200));
    let path = |selector: &str| format!("{W}?watch=true&resourceVersion={start}&{selector}");
    let mut labelled = client.watch(&path("labelSelector=show%3Dyes")).await;
    let mut named = client.watch(&path("fieldSelector=metadata.name%3Dy")).await;
    let show = |value: Value| json!({ "metadata": { "labels": { "show": value } } });
    let object = client.post(W, &widget("x")).await.expect(201);
    let shown = client.merge(&format!("{W}/x"), &show(json!("yes"))).await.expect(200);
    let hidden = client.merge(&format!("{W}/x"), &show(json!(null))).await.expect(200);
    let other = client.post(W, &widget("y")).await.expect(201);
    assert_eq!(labelled.event().await, ("ADDED".into(), shown.clone()));
    // The old content at the new revision (contract 5.40).
    let gone = with(&shown, "/metadata/resourceVersion", hidden["metadata"]["resourceVersion"].clone());
    assert_eq!(labelled.event().await, ("DELETED".into(), gone));
    assert_eq!(named.event().await, ("ADDED".into(), other));
    assert_eq!(name(&object), "x");
}

#[tokio::test]
async fn w03_without_a_revision_the_state_comes_first() {
    let client = serve().await;
    for name in ["a", "b"] {
        client.post(W, &widget(name)).await.expect(201);
    }
    for query in ["watch=true", "watch=true&resourceVersion=0", "watch", "watch=1"] {
        let mut watch = client.watch(&format!("{W}?{query}")).await;
        let (first, second) = (watch.event().await, watch.event().await);
        assert_eq!((first.0.as_str(), name(&first.1)), ("ADDED", "a"), "{query}");
        assert_eq!((second.0.as_str(), name(&second.1)), ("ADDED", "b"), "{query}");
    }
    for query in ["watch=false", "watch=0", "watch=FALSE"] {
        assert_eq!(client.get(&format!("{W}?{query}")).await.expect(200)["kind"], "WidgetList", "{query}");
    }
}

#[tokio::test]
async fn w05_a_future_revision_waits() {
    let client = serve().await;
    let now = revision(&client.post(W, &widget("x")).await.expect(201));
    let mut watch = client.watch(&format!("{W}?watch=true&resourceVersion={}", now + 1)).await;
    client.merge(&format!("{W}/x"), &json!({ "spec": { "size": 2 } })).await.expect(200);
    let third = client.merge(&format!("{W}/x"), &json!({ "spec": { "size": 3 } })).await.expect(200);
    assert_eq!(watch.event().await, ("MODIFIED".into(), third));
}

#[tokio::test]
async fn w06_w07_timeout_and_bookmark() {
    let client = serve().await;
    let object = client.post(W, &widget("x")).await.expect(201);
    let path =
        |more: &str| format!("{W}?watch=true&timeoutSeconds=1&resourceVersion={}{more}", revision(&object));
    assert_eq!(client.watch(&path("")).await.next().await, None, "it ends cleanly, without an event");
    let mut watch = client.watch(&path("&allowWatchBookmarks=true")).await;
    let mut bookmarks = Vec::new();
    while let Some(event) = watch.next().await {
        assert_eq!(event["type"], "BOOKMARK");
        bookmarks.push(event);
    }
    let last = &bookmarks.last().expect("a bookmark comes before the end")["object"];
    assert_eq!((&last["kind"], &last["apiVersion"]), (&json!("Widget"), &json!("demo.example.com/v1")));
    assert!(revision(last) >= revision(&object));
}

#[tokio::test]
async fn w08_send_initial_events() {
    let client = serve().await;
    for name in ["a", "b"] {
        client.post(W, &widget(name)).await.expect(201);
    }
    let query = "watch=true&sendInitialEvents=true&resourceVersionMatch=NotOlderThan";
    let mut watch = client.watch(&format!("{W}?{query}&allowWatchBookmarks=true")).await;
    assert_eq!((watch.event().await.0, watch.event().await.0), ("ADDED".into(), "ADDED".into()));
    let (kind, end) = watch.event().await;
    assert_eq!(kind, "BOOKMARK");
    assert_eq!(end["metadata"]["annotations"], json!({ "k8s.io/initial-events-end": "true" }));
    let next = client.post(W, &widget("c")).await.expect(201);
    assert!(revision(&next) > revision(&end));
    assert_eq!(watch.event().await, ("ADDED".into(), next));
    let refused = client.get(&format!("{W}?watch=true&sendInitialEvents=true")).await;
    refused.expect_status(
        422,
        "Invalid",
        "ListOptions.meta.k8s.io \"\" is invalid: resourceVersionMatch: Forbidden: sendInitialEvents requires setting \
         resourceVersionMatch to NotOlderThan",
    );
}

#[tokio::test]
async fn w09_w10_tables_and_metadata() {
    let client = serve().await;
    client.post(W, &widget("a")).await.expect(201);
    let watch = |accept: &'static str| {
        client.call(Method::GET, format!("{W}?watch=true")).header("accept", accept).stream()
    };
    let mut tables = watch("application/json;as=Table;v=v1;g=meta.k8s.io,application/json").await;
    let mut metadata = watch("application/json;as=PartialObjectMetadata;v=v1;g=meta.k8s.io").await;
    client.post(W, &widget("b")).await.expect(201);
    let (first, second) = (tables.event().await.1, tables.event().await.1);
    assert_eq!((&first["kind"], &second["kind"]), (&json!("Table"), &json!("Table")));
    assert_eq!(first["columnDefinitions"].as_array().map(Vec::len), Some(4));
    assert!(second["columnDefinitions"].as_array().is_none_or(Vec::is_empty), "contract 6.57");
    assert_eq!(second["rows"][0]["cells"][0], "b");
    let (kind, object) = metadata.event().await;
    assert_eq!((kind.as_str(), &object["kind"]), ("ADDED", &json!("PartialObjectMetadata")));
    assert!(object.get("spec").is_none());
}

#[tokio::test]
async fn w17_there_is_no_stream_of_yaml() {
    let client = serve().await;
    for (accept, types) in [
        ("application/yaml", "application/json;stream=watch"),
        ("application/yaml,application/json", "application/json;stream=watch"),
        ("text/html", "application/json, application/yaml"),
    ] {
        let call = client.call(Method::GET, format!("{W}?watch=true&timeoutSeconds=1"));
        let refused = call.header("accept", accept).send().await;
        assert_eq!(refused.code, 406, "contract 6.48: {accept}");
        let text = format!("only the following media types are accepted: {types}");
        assert!(refused.text().contains(&text), "{accept}: {}", refused.text());
    }
}

#[tokio::test]
async fn w18_watchers_agree() {
    let client = serve().await;
    let start = revision(&client.get(W).await.expect(200));
    let mut watches = Vec::new();
    for _ in 0..8 {
        watches.push(client.watch(&format!("{W}?watch=true&resourceVersion={start}")).await);
    }
    let mut writers = tokio::task::JoinSet::new();
    for n in 0..40 {
        let client = client.clone();
        writers.spawn(async move { client.post(W, &widget(&format!("w{n}"))).await.code });
    }
    assert!(writers.join_all().await.iter().all(|code| *code == 201));
    let mut sequences = Vec::new();
    for watch in &mut watches {
        let mut revisions = Vec::new();
        for _ in 0..40 {
            revisions.push(revision(&watch.event().await.1));
        }
        assert!(revisions.is_sorted(), "contract 5.37");
        sequences.push(revisions);
    }
    assert!(sequences.iter().all(|sequence| *sequence == sequences[0]));
}
