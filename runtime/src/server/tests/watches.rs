//! Watches: frames, forms, ends.

use std::sync::Arc;

use bytes::Bytes;
use futures_util::FutureExt;
use http_body_util::BodyExt;
use serde_json::{Value, json};
use tokio::sync::{mpsc, watch};
use tokio::time::{Duration, Instant};

use super::super::representation::Form;
use super::super::watch_body::WatchBody;
use super::super::{Body, ServerOptions};
use super::kind::{Server, WIDGETS, Widget, widget};
use crate::errors::Error;
use crate::object::Object;
use crate::resource::Resource;
use crate::storage::Event;
use crate::watch::{WatchEvent, WatchItem};

type Events = mpsc::UnboundedSender<WatchEvent<Widget>>;

async fn watching(query: &str, accept: &str) -> (Server, Events, http::Response<Body>) {
    watching_on(Server::new(), query, accept).await
}

async fn watching_on(server: Server, query: &str, accept: &str) -> (Server, Events, http::Response<Body>) {
    let (events, receiver) = mpsc::unbounded_channel();
    *server.shelf.events.lock().unwrap() = Some(receiver);
    let line = format!("GET {WIDGETS}?watch=1{query}");
    let response = server.open(&line, &[("accept", accept)], "").await;
    (server, events, response)
}

fn object(name: &str, revision: u64) -> Object<Widget> {
    Object::new(widget(name, revision)).unwrap()
}

async fn frame(body: &mut Body) -> Option<Bytes> {
    Some(body.frame().await?.unwrap().into_data().unwrap())
}

async fn events(body: &mut Body) -> Vec<Value> {
    let text = frame(body).await.expect("the watch goes on");
    assert!(text.ends_with(b"\n"));
    let lines = text.split(|byte| *byte == b'\n').filter(|line| !line.is_empty());
    lines.map(|line| serde_json::from_slice(line).unwrap()).collect()
}

// contract 5.47, 6.47, 13.3, 13.4
#[tokio::test]
async fn frames() {
    let (_server, sender, response) = watching("", "application/json;stream=watch").await;
    assert_eq!(response.status(), 200);
    assert_eq!(response.headers()["content-type"], "application/json");
    let mut body = response.into_body();
    assert!(body.frame().now_or_never().is_none(), "headers go out before any event");

    sender.send(WatchEvent::Added(object("x", 5))).unwrap();
    let added = frame(&mut body).await.unwrap();
    let expected = format!(
        "{{\"type\":\"ADDED\",\"object\":{}}}\n",
        String::from_utf8_lossy(&object("x", 5).to_bytes())
    );
    assert_eq!(String::from_utf8_lossy(&added), expected);

    sender.send(WatchEvent::Modified(object("x", 6))).unwrap();
    sender.send(WatchEvent::Deleted(object("x", 7))).unwrap();
    sender.send(WatchEvent::Bookmark { revision: 8, initial_events_end: false }).unwrap();
    sender.send(WatchEvent::Bookmark { revision: 9, initial_events_end: true }).unwrap();
    let together = events(&mut body).await;
    let types: Vec<_> = together.iter().map(|event| &event["type"]).collect();
    assert_eq!(types, ["MODIFIED", "DELETED", "BOOKMARK", "BOOKMARK"]);
    let bookmark = |metadata: Value| json!({ "kind": "Widget", "apiVersion": "demo.example.com/v1", "metadata": metadata });
    assert_eq!(together[2]["object"], bookmark(json!({ "resourceVersion": "8" })));
    let annotations = json!({ "k8s.io/initial-events-end": "true" });
    assert_eq!(
        together[3]["object"],
        bookmark(json!({ "resourceVersion": "9", "annotations": annotations }))
    );

    drop(sender);
    assert_eq!(frame(&mut body).await, None);
}

// contract 5.44, 13.5
#[tokio::test]
async fn an_error_is_the_last_event() {
    let (_server, sender, response) = watching("", "*/*").await;
    let mut body = response.into_body();
    let status = Error::expired("too old resource version: 5 (101)").into_status();
    sender.send(WatchEvent::Error(Box::new(status))).unwrap();
    sender.send(WatchEvent::Added(object("x", 5))).unwrap();
    let last = events(&mut body).await;
    let expected = json!({
        "kind": "Status", "apiVersion": "v1", "metadata": {}, "status": "Failure",
        "message": "too old resource version: 5 (101)", "reason": "Expired", "code": 410
    });
    assert_eq!(last, [json!({ "type": "ERROR", "object": expected })]);
    assert_eq!(frame(&mut body).await, None);
}

// contract 6.50
#[tokio::test]
async fn errors_before_the_first_event_are_answers() {
    let server = Server::new();
    let refused = server.get(&format!("{WIDGETS}?watch=1")).await;
    assert_eq!(refused.failure().2, "no events");
    let line = format!("GET {WIDGETS}?watch=1");
    assert_eq!(server.call(&line, &[("accept", "application/yaml")], "").await.code, 406);
}

// contract 6.57, 6.54
#[tokio::test]
async fn tables_have_columns_once() {
    let accept = "application/json;as=Table;v=v1;g=meta.k8s.io";
    let (_server, sender, response) = watching("&includeObject=None", accept).await;
    let mut body = response.into_body();
    sender.send(WatchEvent::Added(object("x", 5))).unwrap();
    sender.send(WatchEvent::Modified(object("x", 6))).unwrap();
    sender.send(WatchEvent::Bookmark { revision: 7, initial_events_end: true }).unwrap();
    sender.send(WatchEvent::Error(Box::new(Error::expired("old").into_status()))).unwrap();
    let sent = events(&mut body).await;
    let tables: Vec<_> = sent.iter().map(|event| &event["object"]).collect();
    assert_eq!(tables[0]["columnDefinitions"].as_array().unwrap().len(), 3);
    assert_eq!(tables[0]["rows"], json!([{ "cells": ["x", 3, null], "object": null }]));
    assert_eq!(
        (&tables[1]["kind"], tables[1].get("columnDefinitions")),
        (&json!("Table"), Some(&json!(null)))
    );
    assert_eq!(tables[1]["metadata"]["resourceVersion"], "6");
    assert_eq!(tables[2]["rows"][0]["cells"], json!(["", null, null]));
    let annotations = &tables[2]["rows"][0]["object"]["metadata"]["annotations"];
    assert_eq!(annotations["k8s.io/initial-events-end"], "true");
    assert_eq!(tables[3]["kind"], "Status");
}

// contract 6.60
#[tokio::test]
async fn metadata_alone() {
    let accept = "application/vnd.kubernetes.protobuf;as=PartialObjectMetadata;g=meta.k8s.io;v=v1,\
                  application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1,application/json";
    let (_server, sender, response) = watching("", accept).await;
    let mut body = response.into_body();
    sender.send(WatchEvent::Added(object("x", 5))).unwrap();
    sender.send(WatchEvent::Bookmark { revision: 7, initial_events_end: false }).unwrap();
    let sent = events(&mut body).await;
    assert_eq!(sent[0]["object"]["kind"], "PartialObjectMetadata");
    assert_eq!(
        (&sent[0]["object"]["metadata"]["uid"], sent[0]["object"].get("spec")),
        (&json!("uid-x"), None)
    );
    assert_eq!(sent[1]["object"]["metadata"], json!({ "resourceVersion": "7" }));
}

// contract 5.46
#[tokio::test(start_paused = true)]
async fn a_watch_ends_at_its_deadline() {
    let start = Instant::now();
    let (_server, _sender, response) = watching("&timeoutSeconds=20&timeout=1s", "").await;
    assert_eq!(frame(&mut response.into_body()).await, None);
    assert_eq!(start.elapsed().as_secs(), 20);

    let (server, _sender, response) = watching("", "").await;
    let seconds = server.shelf.watched.lock().unwrap().as_ref().unwrap().timeout_seconds.unwrap();
    assert!((1800..3600).contains(&seconds), "{seconds}");
    let start = Instant::now();
    assert_eq!(frame(&mut response.into_body()).await, None);
    assert_eq!(start.elapsed().as_secs(), seconds);

    let options = ServerOptions::default().min_request_timeout(Duration::from_secs(7));
    let mut lengths = std::collections::HashSet::new();
    for _ in 0..100 {
        let (server, ..) = watching_on(Server::limited(&options), "", "").await;
        lengths.insert(server.shelf.watched.lock().unwrap().as_ref().unwrap().timeout_seconds.unwrap());
    }
    assert!(lengths.iter().all(|seconds| (7..14).contains(seconds)) && lengths.len() > 1, "{lengths:?}");
}

// contract 5.49, W15
#[tokio::test]
async fn a_watch_ends_with_the_server() {
    let (server, _sender, response) = watching("", "").await;
    let mut body = response.into_body();
    assert!(body.frame().now_or_never().is_none());
    server.stop.send(true).unwrap();
    assert_eq!(frame(&mut body).await, None);
}

#[tokio::test]
async fn watchers_share_the_frame_of_an_event() {
    let stored = object("x", 5).into_stored();
    let event = Arc::new(Event::new(5, Some(Arc::clone(&stored)), None));
    let (_stop, stopping) = watch::channel(false);
    let deadline = Instant::now() + Duration::from_secs(60);
    let mut frames = Vec::new();
    for _ in 0..2 {
        let item = WatchItem::Added(Arc::clone(&stored), Some(Arc::clone(&event)));
        let items = Box::pin(futures_util::stream::iter([item]));
        let body = WatchBody::new(&Widget::INFO, Form::Object, items, deadline, stopping.clone());
        frames.push(frame(&mut Body::frames(body)).await.unwrap());
    }
    assert_eq!(frames[0].as_ptr(), frames[1].as_ptr(), "encoded once, sent twice");
}

// A watch that is far behind sends in pieces, so that one client cannot fill the memory.
#[tokio::test]
async fn what_is_sent_at_once_is_bounded() {
    let (_server, sender, response) = watching("", "").await;
    for revision in 1..=1000 {
        let mut widget = widget("x", revision);
        widget.spec.note = "n".repeat(1000);
        sender.send(WatchEvent::Modified(Object::new(widget).unwrap())).unwrap();
    }
    drop(sender);
    let mut body = response.into_body();
    let mut seen = 0;
    while let Some(frame) = frame(&mut body).await {
        assert!(frame.len() < 2 * 64 * 1024, "{}", frame.len());
        seen += frame.split(|byte| *byte == b'\n').count() - 1;
    }
    assert_eq!(seen, 1000);
}
