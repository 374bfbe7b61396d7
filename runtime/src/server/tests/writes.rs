//! POST, PUT, PATCH and DELETE.

use futures_util::FutureExt;
use serde_json::json;

use super::kind::{Answer, Server, WIDGETS, widget};

const MERGE: (&str, &str) = ("content-type", "application/merge-patch+json");
const JSON_PATCH: (&str, &str) = ("content-type", "application/json-patch+json");

fn with_x() -> Server {
    let server = Server::new();
    server.shelf.put(widget("x", 5));
    server
}

async fn patch(server: &Server, kind: (&str, &str), body: &str) -> Answer {
    server.call(&format!("PATCH {WIDGETS}/x"), &[kind], body).await
}

// contract 2.14, 2.20, 4.3, 7.6.1
#[tokio::test]
async fn create() {
    let server = Server::new();
    let body = r#"{"metadata":{"name":"x","uid":"mine"},"spec":{"size":4}}"#;
    let answer = server.call(&format!("POST {WIDGETS}"), &[("user-agent", "kubectl/v1")], body).await;
    assert_eq!(answer.code, 201);
    let object = answer.json();
    assert_eq!(object["metadata"]["namespace"], "ns1");
    assert_eq!(object["metadata"]["annotations"], json!({ "manager": "kubectl" }));
    let yaml = [("content-type", "application/yaml")];
    let answer =
        server.call(&format!("POST {WIDGETS}"), &yaml, "metadata:\n  name: z\nspec:\n  size: 6\n").await;
    assert_eq!((answer.code.as_u16(), &answer.json()["spec"]["size"]), (201, &json!(6)));
    let other = r#"{"metadata":{"name":"x","namespace":"ns2"}}"#;
    let refused = server.call(&format!("POST {WIDGETS}"), &[], other).await.failure();
    let message = "the namespace of the provided object does not match the namespace sent on the request";
    assert_eq!(refused, (400, "BadRequest".into(), message.into()));
}

// contract 6.65, 6.66, 6.67
#[tokio::test]
async fn unknown_fields() {
    let server = Server::new();
    let body = r#"{"metadata":{"name":"x"},"spec":{"foo":1,"bar":2}}"#;
    let answer = server.call(&format!("POST {WIDGETS}"), &[], body).await;
    let warnings: Vec<_> = answer.headers.get_all("warning").iter().collect();
    assert_eq!(
        warnings,
        ["299 - \"unknown field \\\"spec.bar\\\"\"", "299 - \"unknown field \\\"spec.foo\\\"\""]
    );
    let strict = server.call(&format!("POST {WIDGETS}?fieldValidation=Strict"), &[], body).await;
    assert_eq!(strict.failure().0, 400);
    assert_eq!(strict.header("warning"), "");
    let ignored = server.call(&format!("POST {WIDGETS}?fieldValidation=Ignore"), &[], body).await;
    assert_eq!((ignored.code.as_u16(), ignored.header("warning")), (201, ""));
}

// contract 4.13, 4.21
#[tokio::test]
async fn update() {
    let server = with_x();
    let put = async |name: &str, user: &str, body: &str| {
        server.call(&format!("PUT {WIDGETS}/{name}"), &[("user", user)], body).await
    };
    let answer = put("x", "bob", r#"{"metadata":{"name":"x"},"spec":{"size":9}}"#).await;
    assert_eq!((answer.code.as_u16(), &answer.json()["spec"]["size"]), (200, &json!(9)));
    let refused = put("x", "bob", r#"{"metadata":{"name":"y"}}"#).await.failure();
    let message = "the name of the object (y) does not match the name on the URL (x)";
    assert_eq!(refused, (400, "BadRequest".into(), message.into()));
    let refused = put("x", "bob", "{}").await.failure();
    assert_eq!(
        refused.2,
        "the name of the object (x based on URL) was undeterminable: name must be provided"
    );
    assert_eq!(put("x/status", "bob", r#"{"metadata":{"name":"x"}}"#).await.code, 200);
}

// contract 4.15
#[tokio::test]
async fn behaviour_15_33_who_creates_by_an_update_must_have_the_right_to_create() {
    let server = with_x();
    let put = async |name: &str, user: &str, body: &str| {
        server.call(&format!("PUT {WIDGETS}/{name}"), &[("user", user)], body).await
    };
    assert_eq!(put("x", "ute", r#"{"metadata":{"name":"x"}}"#).await.code, 200, "an update is none");
    let creatable = r#"{"metadata":{"name":"creatable"}}"#;
    let refused = put("creatable", "ute", creatable).await.failure();
    let message = "widgets.demo.example.com \"creatable\" is forbidden: User \"ute\" cannot create resource \
                   \"widgets\" in API group \"demo.example.com\" in the namespace \"ns1\"";
    assert_eq!(refused, (403, "Forbidden".into(), message.into()));
    assert_eq!(put("creatable", "bob", creatable).await.code, 201);
}

// contract 2.25
#[tokio::test]
async fn owners_named_twice() {
    let server = with_x();
    let owner = r#"{"apiVersion":"v1","kind":"Pod","name":"p","uid":"u1"}"#;
    let owners = format!(r#"{{"metadata":{{"name":"x","ownerReferences":[{owner},{owner}]}}}}"#);
    let put = server.call(&format!("PUT {WIDGETS}/x"), &[], owners.as_str()).await;
    assert_eq!(put.json()["metadata"]["ownerReferences"].as_array().unwrap().len(), 1);
    assert!(put.header("warning").contains("contains duplicate entries; API server dedups"));
    let patched = patch(&server, MERGE, &owners).await;
    assert_eq!(patched.json()["metadata"]["ownerReferences"].as_array().unwrap().len(), 1);
    assert!(patched.header("warning").contains("duplicate entries after mutating admission happens;"));
}

// contract 7.1, 7.2, 7.3
#[tokio::test]
async fn patches() {
    let server = with_x();
    let merged = patch(&server, MERGE, r#"{"spec":{"size":8,"note":"hello"}}"#).await;
    assert_eq!((merged.code.as_u16(), &merged.json()["spec"]["size"]), (200, &json!(8)));
    let versioned = r#"[{"op":"test","path":"/apiVersion","value":"demo.example.com/v1"},
        {"op":"test","path":"/metadata/resourceVersion","value":"5"},{"op":"remove","path":"/spec/note"}]"#;
    let patched = patch(&server, JSON_PATCH, versioned).await;
    assert_eq!((patched.code.as_u16(), &patched.json()["spec"]), (200, &json!({ "size": 8 })));

    let refused = patch(&server, JSON_PATCH, r#"[{"op":"test","path":"/spec/size","value":1}]"#).await;
    let message = "the server rejected our request due to an error in our request";
    assert_eq!(refused.failure(), (422, "Invalid".into(), message.into()));
    let renamed = patch(&server, MERGE, r#"{"metadata":{"name":"y"}}"#).await.failure();
    assert_eq!(renamed.2, "the name of the object (y) does not match the name on the URL (x)");
    assert_eq!(patch(&server, MERGE, r#"{"metadata":null}"#).await.failure().0, 400);
    assert_eq!(patch(&server, MERGE, r#"{"spec":{"size":"large"}}"#).await.failure().0, 422);
    assert_eq!(server.shelf.find("x").unwrap().spec.size, 8, "a refused patch stores nothing");
}

// contract 7.5
#[tokio::test]
async fn unknown_fields_of_patches() {
    let server = with_x();
    let body = r#"{"spec":{"foo":1}}"#;
    let warned = patch(&server, MERGE, body).await;
    assert_eq!(
        (warned.code.as_u16(), warned.header("warning")),
        (200, "299 - \"unknown field \\\"spec.foo\\\"\"")
    );
    let strict = format!("PATCH {WIDGETS}/x?fieldValidation=Strict");
    assert_eq!(server.call(&strict, &[MERGE], body).await.failure().0, 422);
    let status = server.call(&format!("PATCH {WIDGETS}/x/status"), &[MERGE], "{}").await;
    assert_eq!(status.code, 200);
}

// contract 4.34, 4.35, 4.41, 6.56
#[tokio::test]
async fn delete() {
    let server = with_x();
    let mut pending = widget("p", 6);
    pending.metadata.finalizers = vec!["a/b".into()];
    server.shelf.put(pending);
    let delete =
        async |name: &str, body: &str| server.call(&format!("DELETE {WIDGETS}/{name}"), &[], body).await;

    let waiting = delete("p", "").await;
    assert_eq!((waiting.code.as_u16(), &waiting.json()["kind"]), (200, &json!("Widget")));
    assert_eq!(delete("p?orphanDependents=false", "").await.code, 202);
    assert_eq!(delete("p", r#"{"orphanDependents":false}"#).await.code, 202);
    let body = r#"{"kind":"DeleteOptions","apiVersion":"v1","propagationPolicy":"Background"}"#;
    assert_eq!(delete("p?orphanDependents=false", body).await.code, 200, "a body silences the query");
    assert_eq!(delete("p", r#"{"propagationPolicy":"Foo"}"#).await.failure().0, 422);
    assert_eq!(delete("p", "garbage").await.failure().0, 400);
    let line = format!("DELETE {WIDGETS}/p");
    assert_eq!(server.call(&line, &[("content-type", "text/plain")], "{}").await.failure().0, 415);

    let table = [("accept", "application/json;as=Table;v=v1;g=meta.k8s.io,application/json")];
    let gone = server.call(&format!("DELETE {WIDGETS}/x"), &table, "").await;
    assert_eq!(gone.code, 200);
    let expected = json!({
        "kind": "Status", "apiVersion": "v1", "metadata": {}, "status": "Success",
        "details": { "name": "x", "kind": "widgets" }
    });
    assert_eq!(gone.json(), expected);
}

// contract 4.44, 4.48, 4.49
#[tokio::test]
async fn delete_collection() {
    let server = with_x();
    let line = |query: &str| format!("DELETE {WIDGETS}{query}");
    assert_eq!(server.call(&line("?limit=x"), &[], "").await.failure().0, 400);
    let unsafe_delete = "?ignoreStoreReadErrorWithClusterBreakingPotential=true";
    assert_eq!(server.call(&line(unsafe_delete), &[], "").await.failure().0, 422);
    let list = server.call(&line(""), &[], "").await.json();
    assert_eq!((&list["kind"], &list["items"][0]["metadata"]["name"]), (&json!("WidgetList"), &json!("x")));
    assert!(server.shelf.find("x").is_none());
}

// contract 0.7
#[tokio::test]
async fn a_client_that_leaves_does_not_stop_its_write() {
    let server = Server::new();
    let gate = server.shelf.gate.lock().await;
    {
        let line = format!("POST {WIDGETS}");
        let mut call = Box::pin(server.call(&line, &[], r#"{"metadata":{"name":"x"}}"#));
        assert!(call.as_mut().now_or_never().is_none());
    }
    assert!(server.shelf.find("x").is_none());
    drop(gate);
    server.shelf.stored.notified().await;
    assert!(server.shelf.find("x").is_some());
}

// contract 0.7, 6.85
#[tokio::test(start_paused = true)]
async fn a_write_may_succeed_after_its_deadline() {
    let server = Server::new();
    let gate = server.shelf.gate.lock().await;
    let line = format!("POST {WIDGETS}?timeout=1s");
    assert_eq!(server.call(&line, &[], r#"{"metadata":{"name":"x"}}"#).await.failure().0, 504);
    drop(gate);
    server.shelf.stored.notified().await;
    assert!(server.shelf.find("x").is_some());
}

// contract 6.87
#[tokio::test]
async fn a_write_that_panics_is_an_answer() {
    let body = r#"{"metadata":{"name":"x"},"spec":{"size":999}}"#;
    let answer = Server::new().call(&format!("POST {WIDGETS}"), &[], body).await;
    let text = "This request caused apiserver to panic. Look in the logs for details.";
    assert_eq!((answer.code.as_u16(), answer.text()), (500, text));
}
