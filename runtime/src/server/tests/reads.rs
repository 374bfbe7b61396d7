//! GET of objects and collections: forms, encodings, deadlines.

use std::io::Read;

use futures_util::FutureExt;
use serde_json::{Value, json};

use super::kind::{Server, WIDGETS, widget};
use crate::server::ServerOptions;

const TABLE: &str = "application/json;as=Table;v=v1;g=meta.k8s.io,application/json";

fn with(names: &[&str]) -> Server {
    let server = Server::new();
    for (name, revision) in names.iter().zip(5..) {
        server.shelf.put(widget(name, revision));
    }
    server
}

async fn accepting(server: &Server, path: &str, accept: &str) -> super::kind::Answer {
    server.call(&format!("GET {path}"), &[("accept", accept)], "").await
}

// contract 6.43, 13.1
#[tokio::test]
async fn an_object() {
    let server = with(&["x"]);
    let answer = server.get(&format!("{WIDGETS}/x")).await;
    assert_eq!(
        answer.text(),
        "{\"apiVersion\":\"demo.example.com/v1\",\"kind\":\"Widget\",\"metadata\":{\"name\":\"x\",\"namespace\":\"ns1\",\
         \"uid\":\"uid-x\",\"resourceVersion\":\"5\"},\"spec\":{\"size\":3}}\n"
    );
    assert_eq!(answer.header("content-type"), "application/json");
    let pretty = server.get(&format!("{WIDGETS}/x?pretty=1")).await;
    assert!(
        pretty.text().starts_with("{\n  \"apiVersion\": \"demo.example.com/v1\",\n  \"kind\": \"Widget\",\n")
    );
    assert!(pretty.text().ends_with("\n}"), "no newline at the end");
    assert_eq!(pretty.json(), answer.json());
    let yaml = accepting(&server, &format!("{WIDGETS}/x"), "application/yaml").await;
    assert_eq!(yaml.header("content-type"), "application/yaml");
    assert_eq!(serde_saphyr::from_str::<Value>(yaml.text()).unwrap(), answer.json());
}

// contract 17
#[tokio::test]
async fn head_is_get_without_a_body() {
    let server = with(&["x"]);
    let get = server.get(&format!("{WIDGETS}/x")).await;
    let head = server.call(&format!("HEAD {WIDGETS}/x"), &[], "").await;
    assert_eq!((head.code.as_u16(), head.text()), (200, ""));
    assert_eq!(head.header("content-length"), get.body.len().to_string());
}

// contract 6.39, 13.6, G05
#[tokio::test]
async fn a_missing_object() {
    let server = Server::new();
    let message = "widgets.demo.example.com \"x\" not found";
    let expected = json!({
        "kind": "Status", "apiVersion": "v1", "metadata": {}, "status": "Failure", "message": message,
        "reason": "NotFound", "details": { "name": "x", "group": "demo.example.com", "kind": "widgets" }, "code": 404
    });
    let plain = server.get(&format!("{WIDGETS}/x")).await;
    assert_eq!(plain.json(), expected);
    assert!(plain.text().ends_with("}\n"));
    let only_table = "application/json;as=Table;v=v1;g=meta.k8s.io";
    let table = accepting(&server, &format!("{WIDGETS}/x"), only_table).await;
    assert_eq!((table.code.as_u16(), table.json()), (404, expected));
    assert!(table.text().starts_with("{\n  \"kind\": \"Status\""));
}

// contract 4.9, 13.2
#[tokio::test]
async fn a_list() {
    let empty = Server::new().get(WIDGETS).await;
    assert_eq!(
        empty.text(),
        "{\"kind\":\"WidgetList\",\"apiVersion\":\"demo.example.com/v1\",\"metadata\":{\"resourceVersion\":\"42\"},\"items\":[]}\n"
    );
    let server = with(&["a", "b", "c"]);
    let mut items = Vec::new();
    for name in ["a", "b", "c"] {
        items.push(server.get(&format!("{WIDGETS}/{name}")).await.text().trim_end().to_owned());
    }
    let list = server.get(WIDGETS).await;
    let head = empty.text().trim_end_matches("]}\n");
    assert_eq!(list.text(), format!("{head}{}]}}\n", items.join(",")));
    let yaml = accepting(&server, WIDGETS, "application/yaml").await;
    assert_eq!(serde_saphyr::from_str::<Value>(yaml.text()).unwrap(), list.json());
}

fn large() -> Server {
    let server = Server::new();
    for number in 0..300 {
        let mut widget = widget(&format!("w{number}"), 5);
        widget.spec.note = "n".repeat(1000);
        server.shelf.put(widget);
    }
    server
}

// contract 6.45, L16
#[tokio::test]
async fn large_lists_are_compressed_for_who_wants_it() {
    let server = large();
    let plain = server.get(WIDGETS).await;
    assert_eq!(plain.json()["items"].as_array().unwrap().len(), 300);
    assert_eq!((plain.header("content-encoding"), plain.header("vary")), ("", ""));
    for query in ["", "?pretty=true"] {
        let uri = format!("{WIDGETS}{query}");
        let plain = server.get(&uri).await;
        let packed = server.call(&format!("GET {uri}"), &[("accept-encoding", "gzip")], "").await;
        assert_eq!((packed.header("content-encoding"), packed.header("vary")), ("gzip", "Accept-Encoding"));
        let mut unpacked = Vec::new();
        flate2::read::GzDecoder::new(packed.body.as_slice()).read_to_end(&mut unpacked).unwrap();
        assert!(unpacked == plain.body, "{uri}");
    }
    let item = server.call(&format!("GET {WIDGETS}/w1"), &[("accept-encoding", "gzip")], "").await;
    assert_eq!(item.header("content-encoding"), "");
}

// contract 6.52 to 6.56, 10.2, 13.9
#[tokio::test]
async fn a_table() {
    let server = with(&["a", "b"]);
    let table = accepting(&server, WIDGETS, TABLE).await.json();
    assert_eq!((&table["kind"], &table["apiVersion"]), (&json!("Table"), &json!("meta.k8s.io/v1")));
    assert_eq!(table["metadata"], json!({ "resourceVersion": "42" }));
    let names: Vec<_> = table["columnDefinitions"].as_array().unwrap().iter().map(|c| &c["name"]).collect();
    assert_eq!(names, ["Name", "Size", "Age"]);
    let rows = table["rows"].as_array().unwrap();
    assert_eq!(rows.len(), 2);
    assert_eq!(rows[0]["cells"], json!(["a", 3, null]));
    let metadata = json!({ "name": "a", "namespace": "ns1", "uid": "uid-a", "resourceVersion": "5" });
    let partial =
        json!({ "kind": "PartialObjectMetadata", "apiVersion": "meta.k8s.io/v1", "metadata": metadata });
    assert_eq!(rows[0]["object"], partial);

    let one = accepting(&server, &format!("{WIDGETS}/b"), TABLE).await.json();
    assert_eq!(one["metadata"], json!({ "resourceVersion": "6" }));
    assert_eq!(one["rows"].as_array().unwrap().len(), 1);
    let whole = accepting(&server, &format!("{WIDGETS}?includeObject=Object"), TABLE).await.json();
    assert_eq!(whole["rows"][0]["object"]["spec"], json!({ "size": 3 }));
    let none = accepting(&server, &format!("{WIDGETS}?includeObject=None"), TABLE).await.json();
    assert_eq!(none["rows"][0]["object"], Value::Null);
    let empty = accepting(&Server::new(), WIDGETS, TABLE).await.json();
    assert_eq!(empty["rows"], json!([]));

    let refused = accepting(&server, &format!("{WIDGETS}?includeObject=X"), TABLE).await.failure();
    let message = "Unable to convert to Table as requested: includeObject: Invalid value: \"X\": must be 'Metadata', \
                   'Object', 'None', or empty";
    assert_eq!((refused.0, refused.2.as_str()), (400, message));
    assert_eq!(server.get(&format!("{WIDGETS}?includeObject=X")).await.code, 200, "only tables read it");
}

// contract 6.59, L17, 17
#[tokio::test]
async fn metadata_alone() {
    let server = with(&["a"]);
    let one = "application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1";
    let many = "application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1";
    let item = format!("{WIDGETS}/a");
    let object = accepting(&server, &item, one).await.json();
    assert_eq!(object["kind"], "PartialObjectMetadata");
    assert_eq!((&object["metadata"]["uid"], &object["spec"]), (&json!("uid-a"), &Value::Null));
    let list = accepting(&server, WIDGETS, many).await.json();
    assert_eq!((&list["kind"], &list["items"][0]), (&json!("PartialObjectMetadataList"), &object));
    let refused = accepting(&server, WIDGETS, one).await.failure();
    let message = "you requested PartialObjectMetadata, but the requested object is a list (*v1.WidgetList)";
    assert_eq!((refused.0, refused.2.as_str()), (406, message));
    let refused = accepting(&server, &item, many).await.failure();
    let message =
        "you requested PartialObjectMetadataList, but the requested object is not a list (*v1.Widget)";
    assert_eq!((refused.0, refused.2.as_str()), (406, message));
}

// contract 6.30
#[tokio::test]
async fn bad_options() {
    let server = Server::new();
    assert_eq!(server.get(&format!("{WIDGETS}?limit=x")).await.failure().0, 400);
    assert_eq!(server.get(&format!("{WIDGETS}?watch=1&limit=x")).await.failure().0, 400);
    assert_eq!(server.get(&format!("{WIDGETS}?labelSelector=a,,b")).await.failure().0, 400);
    assert_eq!(server.get(&format!("{WIDGETS}/x?export=1")).await.failure().0, 400);
}

// contract 6.70
#[tokio::test]
async fn failures_carry_warnings_too() {
    let answer = Server::new().get(&format!("{WIDGETS}/warned")).await;
    assert_eq!((answer.code.as_u16(), answer.header("warning")), (404, "299 - \"mind the gap\""));
}

// contract 6.85, 6.86
#[tokio::test(start_paused = true)]
async fn a_slow_answer_ends_at_its_deadline() {
    let server = Server::new();
    let start = tokio::time::Instant::now();
    let body = r#"{"metadata":{},"status":"Failure","message":"Timeout: request did not complete within the allotted timeout","reason":"Timeout","details":{},"code":504}"#;
    for (uri, seconds) in [("slow?timeout=10s", 10), ("slow?timeout=40s", 34), ("slow", 34)] {
        let before = start.elapsed().as_secs();
        let answer = server.get(&format!("{WIDGETS}/{uri}")).await;
        assert_eq!((answer.code.as_u16(), answer.text().trim_end()), (504, body), "contract 6.85");
        assert_eq!(answer.header("content-type"), "text/plain; charset=utf-8");
        assert_eq!(start.elapsed().as_secs() - before, seconds, "{uri}");
    }
    let slow = server.call(&format!("PUT {WIDGETS}/slow"), &[], r#"{"metadata":{"name":"slow"}}"#).await;
    let message = "Timeout: request did not complete within requested timeout - context deadline exceeded";
    assert_eq!(slow.failure(), (504, "Timeout".into(), message.into()));
    assert_eq!(slow.json()["details"], json!({}));
}

// contract 6.87
#[tokio::test]
async fn a_panic_is_an_answer() {
    let server = Server::new();
    let answer = server.get(&format!("{WIDGETS}/panic")).await;
    let text = "This request caused apiserver to panic. Look in the logs for details.";
    assert_eq!((answer.code.as_u16(), answer.text()), (500, text));
    assert_eq!(server.get(WIDGETS).await.code, 200);
}

// contract 6.83, 6.84
#[tokio::test]
async fn a_server_that_stops_takes_no_more_requests() {
    let server = with(&["x"]);
    server.stop.send(true).unwrap();
    let text = "{\"metadata\":{},\"status\":\"Failure\",\"message\":\"apiserver is shutting down\",\
        \"reason\":\"ServiceUnavailable\",\"code\":503}";
    for line in [
        format!("GET {WIDGETS}/x"),
        format!("POST {WIDGETS}"),
        "GET /apis".to_owned(),
        "GET /version".to_owned(),
    ] {
        let answer = server.call(&line, &[], "{}").await;
        assert_eq!(
            (answer.code.as_u16(), answer.text().replace(r#""kind":"Status","apiVersion":"v1","#, "")),
            (503, format!("{text}\n\n")),
            "{line}"
        );
        assert_eq!((answer.header("retry-after"), answer.header("connection")), ("1", "close"));
        assert_eq!(answer.header("content-type"), "application/json");
        assert!(!answer.header("audit-id").is_empty());
    }
    assert_eq!(server.get("/readyz").await.code, 200, "health says by itself what it has to say");
    let own = server.call(&format!("GET {WIDGETS}/x"), &[("user-agent", "kube-apiserver/v1.34")], "").await;
    assert_eq!(own.code, 200);
    let watch = server.get(&format!("{WIDGETS}?watch=1&timeoutSeconds=1")).await;
    assert_ne!(watch.code, 503, "a watch ends by itself");
}

// contract 6.82
#[tokio::test(start_paused = true)]
async fn too_many_requests_at_a_time_are_told_to_come_back() {
    let server = Server::limited(&ServerOptions::default().max_requests_inflight(1, 0));
    let slow = format!("{WIDGETS}/slow");
    let mut first = std::pin::pin!(server.get(&slow));
    assert!((&mut first).now_or_never().is_none());
    let second = server.get(WIDGETS).await;
    assert_eq!((second.code.as_u16(), second.text()), (429, "Too many requests, please try again later.\n"));
    assert_eq!(
        (second.header("retry-after"), second.header("content-type")),
        ("1", "text/plain; charset=utf-8")
    );
    // Nobody prepared a watch, but nobody turned it away either.
    assert_eq!(server.get(&format!("{WIDGETS}?watch=1")).await.code, 400);
    assert_eq!(server.call(&format!("GET {WIDGETS}"), &[("user", "admin")], "").await.code, 200);
    assert_eq!(
        server.call(&format!("DELETE {WIDGETS}"), &[], "").await.code,
        200,
        "writes have no limit here"
    );
    assert_eq!(first.await.code, 504);
    assert_eq!(server.get(WIDGETS).await.code, 200);
}
