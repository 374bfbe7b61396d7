//! What an update costs. Each changes something, and no object is updated twice at a time.

use std::sync::Arc;

use bytes::Bytes;
use http::Method;
use serde_json::{Value, json};

use crate::fixture::{CLIENTS, FLUNDERS, Fixture};
use crate::link::{Call, Protocol};
use crate::run::requests;
use resourceful_tests::report::{self, cpu_time, micros_each};

pub(crate) async fn updates() {
    let fixture = Fixture::loaded().await;
    let mut list = fixture.address.connect(Protocol::Http2).await.json(FLUNDERS).await;
    let objects: Arc<[Value]> = list["items"].as_array_mut().expect("a list has items").drain(..).collect();
    let count = objects.len();
    let path = |object: &Value| {
        format!("{FLUNDERS}/{}", object["metadata"]["name"].as_str().expect("an object has a name"))
    };
    let measured = async |what: &str, make: Box<dyn Fn(usize) -> Call + Send + Sync>| {
        let links = fixture.address.connect_all(Protocol::Http2, CLIENTS).await;
        let cpu = cpu_time(fixture.server.id());
        requests(count, links, make).await;
        report::alone(what, "µs", micros_each(cpu_time(fixture.server.id()).saturating_sub(cpu), count));
    };

    let old = Arc::clone(&objects);
    let put = move |number: usize| {
        let mut object = old[number].clone();
        object["spec"]["reference"] = json!(format!("put-{number}"));
        let body = Bytes::from(object.to_string());
        Call { method: Method::PUT, body, ..Call::get(&path(&object)) }
    };
    measured("CPU of a PUT of 2 KiB", Box::new(put)).await;

    let merge = move |number: usize| {
        let patch = json!({ "spec": { "reference": format!("patched-{number}") } });
        let (body, content_type) = (Bytes::from(patch.to_string()), "application/merge-patch+json");
        Call { method: Method::PATCH, body, content_type, ..Call::get(&path(&objects[number])) }
    };
    measured("CPU of a merge patch of an object of 2 KiB", Box::new(merge)).await;
}
