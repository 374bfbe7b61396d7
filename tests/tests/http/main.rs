//! Over real HTTP, what a case of `conformance` cannot say in a few lines.

mod admission;
mod bad_input;
mod errors;
mod scale;
mod schema;
mod selectable;
mod subresources;

use resourceful::ApiServer;
use resourceful::admission::{Chain, Plugin};
use resourceful::server::ServerOptions;
use resourceful_tests::client::Client;
use resourceful_tests::kinds::{Gauge, Gizmo, Widget, Worker};
use serde_json::{Value, json};

/// The widgets of namespace `ns1`: the path W of the contract.
const W: &str = "/apis/demo.example.com/v1/namespaces/ns1/widgets";
/// The workers of namespace `ns1`.
const WORKERS: &str = "/apis/demo.example.com/v1/namespaces/ns1/workers";

/// The gizmos.
const G: &str = "/apis/demo.example.com/v1/gizmos";

/// A server of the test kinds in memory, and a client of it.
async fn serve() -> Client {
    serve_with(Chain::new()).await
}

/// The same with an admission plug-in.
async fn serve_with(plugin: impl Plugin) -> Client {
    let options = ServerOptions::default().secure_port(0).insecure_port(0);
    let server = ApiServer::new(options)
        .store(resourceful::Store::memory())
        .serve::<Widget>()
        .serve::<Gizmo>()
        .serve::<Gauge>()
        .serve::<Worker>()
        .admission(plugin)
        .start()
        .await
        .expect("the server starts");
    let base = server.insecure_url().expect("there is an insecure port").to_owned();
    let client = Client::new(base, server.admin_token());
    // The server lives as long as the test's runtime.
    std::mem::forget(server);
    client
}

fn widget(name: &str) -> Value {
    json!({
        "apiVersion": "demo.example.com/v1",
        "kind": "Widget",
        "metadata": { "name": name },
        "spec": { "size": 1, "mode": "quiet" },
    })
}

fn gizmo(name: &str, text: &str) -> Value {
    json!({ "apiVersion": "demo.example.com/v1", "kind": "Gizmo", "metadata": { "name": name }, "text": text })
}

/// An object as it was returned, with one value changed.
fn with(object: &Value, pointer: &str, value: impl Into<Value>) -> Value {
    let mut object = object.clone();
    let (parent, key) = pointer.rsplit_once('/').expect("a JSON pointer");
    object.pointer_mut(parent).expect("the parent is there")[key] = value.into();
    object
}

fn revision(object: &Value) -> u64 {
    object["metadata"]["resourceVersion"]
        .as_str()
        .and_then(|text| text.parse().ok())
        .expect("a resourceVersion")
}
