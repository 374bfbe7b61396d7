//! What clients see, and what that costs: decoding, OpenAPI, selectors and tables, each row beside a limit or a peer in the
//! same run: `cargo bench -p resourceful-tests --bench observe`.
//!
//! What needs no socket is called in process, on one thread: its time is its CPU time. Words after `--` choose sections:
//! `decode`, `openapi`, `selectors`, `tables`.

use std::collections::BTreeMap;
use std::time::Instant;

use bytes::Bytes;
use http::{Method, Request, Response};
use http_body_util::{BodyExt as _, Full};
use resourceful::prelude::*;
use resourceful::server::{ApiService, Body, ServerOptions};
use resourceful::testing::Decoder;
use resourceful_tests::kinds::{Widget, Worker};
use resourceful_tests::measure::{self, Served, beside, report};
use serde_json::{Value, json};
use tower_service::Service as _;

/// Tells this program to serve fifty kinds.
const SERVE_KINDS: &str = "OBSERVE_SERVE_KINDS";

#[tokio::main(flavor = "current_thread")]
async fn main() {
    measure::serve_if_bare().await;
    if std::env::var(SERVE_KINDS).is_ok() {
        return serve_kinds().await;
    }
    let chosen: Vec<_> = std::env::args().skip(1).filter(|word| !word.starts_with('-')).collect();
    let is_chosen = |section: &str| chosen.is_empty() || chosen.iter().any(|word| word == section);
    measure::report_head();
    if is_chosen("decode") {
        decode();
    }
    if is_chosen("openapi") {
        openapi_at_start().await;
        openapi_served().await;
    }
    if is_chosen("selectors") {
        selectors().await;
    }
    if is_chosen("tables") {
        tables().await;
    }
}

/// An object with defaults and rules at many places.
#[derive(Resource, Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[resource(group = "bench.example.com", version = "v1", namespaced)]
struct Machine {
    metadata: ObjectMeta,
    spec: MachineSpec,
}

#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct MachineSpec {
    #[serde(default = "one")]
    #[schemars(range(min = 0, max = 100))]
    replicas: i32,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    paused: Option<bool>,
    #[serde(default)]
    policy: Policy,
    selector: BTreeMap<String, String>,
    #[schemars(length(max = 16), extend("x-kubernetes-list-type" = "map", "x-kubernetes-list-map-keys" = ["name"]))]
    containers: Vec<Container>,
}

#[derive(Clone, Debug, Default, Serialize, Deserialize, JsonSchema)]
enum Policy {
    #[default]
    Always,
    Never,
}

#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct Container {
    #[schemars(length(min = 1, max = 63), regex(pattern = "^[a-z]([-a-z0-9]*[a-z0-9])?$"))]
    name: String,
    image: String,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    args: Vec<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(extend("x-kubernetes-list-type" = "map", "x-kubernetes-list-map-keys" = ["containerPort", "protocol"]))]
    ports: Vec<Port>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    env: Vec<Variable>,
    #[serde(default)]
    limits: BTreeMap<String, String>,
}

#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct Port {
    #[schemars(range(min = 1, max = 65535))]
    container_port: u16,
    #[serde(default = "tcp")]
    protocol: String,
}

#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
struct Variable {
    name: String,
    #[serde(default)]
    value: String,
}

fn one() -> i32 {
    1
}

fn tcp() -> String {
    "TCP".to_owned()
}

/// A machine of about 2 KiB, in many small fields.
fn machine() -> Value {
    let container = |name: &str| {
        let env: Vec<_> =
            (0..8).map(|n| json!({"name": format!("VARIABLE_{n}"), "value": format!("value-{n}")})).collect();
        json!({
            "name": name, "image": format!("registry.example.com/team/{name}:v1.2.3"),
            "args": ["--verbose", "--listen=0.0.0.0:8080", "--config=/etc/config.yaml"],
            "ports": [{"containerPort": 8080}, {"containerPort": 8443, "protocol": "TCP"}, {"containerPort": 9090}],
            "env": env, "limits": {"cpu": "500m", "memory": "128Mi"},
        })
    };
    json!({
        "apiVersion": "bench.example.com/v1", "kind": "Machine",
        "metadata": {"name": "web", "namespace": "ns1", "labels": {"app": "web", "tier": "front"}},
        "spec": {"selector": {"app": "web"}, "containers": [container("web"), container("proxy"), container("metrics")]},
    })
}

/// What a document costs on its way to an object that may be stored, beside what reading it costs serde_json alone.
fn decode() {
    let text = machine().to_string();
    let document = text.as_bytes();
    let decoder = Decoder::<Machine>::new();
    decoder.json(document).expect("the machine is in order");
    let size = document.len();
    let read = || decoder.json(document).expect("the machine is in order");
    let to_value = || serde_json::from_slice::<Value>(document).expect("JSON");
    let (ours, value) = beside(2_000, read, to_value);
    report(
        &format!("decode, default, validate {size} bytes, and JSON to a Value"),
        "µs",
        ours / 1e3,
        value / 1e3,
    );
    let to_struct = || serde_json::from_slice::<Machine>(document).expect("a machine");
    let (ours, direct) = beside(2_000, read, to_struct);
    report("  the same, and JSON to the struct", "µs", ours / 1e3, direct / 1e3);
}

/// Kinds that differ in nothing but their names.
macro_rules! kinds {
    ($($kind:ident)*) => {
        $(
            #[derive(Resource, Clone, Debug, Serialize, Deserialize, JsonSchema)]
            #[resource(group = "many.example.com", version = "v1", namespaced)]
            struct $kind {
                metadata: ObjectMeta,
                spec: MachineSpec,
                #[status]
                status: Option<MachineSpec>,
            }
        )*

        fn fifty_kinds(server: ApiServer) -> ApiServer {
            server$(.serve::<$kind>())*
        }
    };
}

kinds! {
    Ant Ape Asp Bat Bear Bee Boar Bug Bull Carp Cat Clam Cod Colt Cow Crab Crow Cub Deer Dog Dove Duck Eel Elk Emu Fawn Finch
    Flea Fly Foal Fox Frog Gnat Goat Goose Gull Hare Hawk Hen Hog Ibex Jay Kid Kite Koi Lamb Lark Lion Lynx Mole
}

/// What a server of fifty kinds does before its first answer, beside reading and writing the same documents as JSON.
async fn openapi_at_start() {
    let mut best = [f64::INFINITY; 3];
    for _ in 0..5 {
        let begin = Instant::now();
        let service = fifty_kinds(ApiServer::builder()).into_service().expect("the kinds are in order");
        let start = begin.elapsed().as_secs_f64() * 1e3;
        let begin = Instant::now();
        let v2 = body(&service, "/openapi/v2", "application/json").await;
        let build = begin.elapsed().as_secs_f64() * 1e3;
        let v3 = body(&service, "/openapi/v3/apis/many.example.com/v1", "application/json").await;
        let begin = Instant::now();
        for document in [&v2, &v3] {
            let document: Value = serde_json::from_slice(document).expect("JSON");
            std::hint::black_box(document.to_string());
        }
        let rewrite = begin.elapsed().as_secs_f64() * 1e3;
        for (best, now) in best.iter_mut().zip([start, build, rewrite]) {
            *best = best.min(now);
        }
    }
    let [start, build, rewrite] = best;
    report("the start of 50 kinds, and their OpenAPI read and written as JSON", "ms", start, rewrite);
    report("  OpenAPI of 50 kinds made (v2, its protobuf, v3), and the same", "ms", build, rewrite);
}

/// What a document costs that is made already, beside bare hyper that sends the same bytes.
async fn openapi_served() {
    let server = Served::start(SERVE_KINDS, "1");
    let v3 = "/openapi/v3/apis/many.example.com/v1";
    for (what, path, header, count) in [
        ("CPU a GET of OpenAPI v2", "/openapi/v2", ("accept", "application/json"), 1_600),
        ("CPU a GET of OpenAPI v2 with gzip", "/openapi/v2", ("accept-encoding", "gzip"), 16_000),
        ("CPU a GET of OpenAPI v3", v3, ("accept", "application/json"), 1_600),
        ("CPU a GET of OpenAPI v3 that the client has (304)", v3, ("if-none-match", "*"), 32_000),
    ] {
        let answer = server.client().call(Method::GET, path).header(header.0, header.1).send().await;
        let bare = Served::bare(&answer.body);
        let ours = server.cpu_of_a_get(path, header, count).await;
        let limit = bare.cpu_of_a_get("/", header, count).await;
        report(&format!("{what}, {} KiB, and bare hyper", answer.body.len() / 1024), "µs", ours, limit);
    }
}

async fn serve_kinds() {
    let options = ServerOptions::default().secure_port(0).insecure_port(0);
    let server = fifty_kinds(ApiServer::new(options)).start().await.expect("the server starts");
    println!("{} {}", server.insecure_url().unwrap_or_default(), server.admin_token());
    std::future::pending::<()>().await;
}

/// What a list that finds nothing costs an object, beside a walk over the same labels in a plain list.
async fn selectors() {
    const OBJECTS: u32 = 100_000;
    let service = ApiServer::builder().serve::<Worker>().into_service().expect("the kind is in order");
    let workers = "/apis/demo.example.com/v1/namespaces/ns1/workers";
    let mut labels = Vec::new();
    for number in 0..OBJECTS {
        let worker = json!({
            "metadata": {"name": format!("w-{number}"), "labels": {"app": "web", "tier": "front", "shard": format!("s-{}", number % 97)}},
            "spec": {"zone": format!("zone-{}", number % 3), "plan": "x".repeat(200)},
        });
        labels.push(
            serde_json::from_value::<BTreeMap<String, String>>(worker["metadata"]["labels"].clone())
                .expect("labels"),
        );
        create(&service, workers, &worker).await;
    }
    let walk = || labels.iter().filter(|labels| labels.get("app").is_some_and(|app| app == "none")).count();
    let (_, limit) = beside(1, || (), walk);
    for (what, query) in [
        ("a label that no object has", "labelSelector=app%3Dnone"),
        ("a set of labels that no object has", "labelSelector=app%20in%20(a,b,c),tier%3Dfront"),
        ("a selectable field without it", "fieldSelector=spec.zone%3Dnone"),
        (
            "selectable fields that no object lacks",
            "fieldSelector=spec.zone!%3Dzone-0,spec.zone!%3Dzone-1,spec.zone!%3Dzone-2",
        ),
        ("a namespace and a name that are not there", "fieldSelector=metadata.name%3Dnone"),
    ] {
        let path = format!("{workers}?{query}");
        let mut best = f64::INFINITY;
        for _ in 0..7 {
            let begin = Instant::now();
            let answer = body(&service, &path, "application/json").await;
            best = best.min(begin.elapsed().as_secs_f64() * 1e9);
            assert!(answer.ends_with(b"\"items\":[]}\n"), "{answer:?}");
        }
        let each = |time: f64| time / f64::from(OBJECTS);
        report(&format!("{what}, an object of 100,000, and a walk"), "ns", each(best), each(limit));
    }
}

/// What a table of 10,000 objects of 2 KiB costs, beside the list of the same objects.
async fn tables() {
    let service = ApiServer::builder().serve::<Widget>().into_service().expect("the kind is in order");
    let widgets = "/apis/demo.example.com/v1/namespaces/ns1/widgets";
    for number in 0..10_000 {
        let note = "x".repeat(1_600);
        let widget = json!({
            "metadata": {"name": format!("w-{number}"), "annotations": {"note": note}},
            "spec": {"size": 1, "mode": "quiet", "parts": [{"name": "a"}, {"name": "b"}]},
        });
        create(&service, widgets, &widget).await;
    }
    let table = |include| {
        (format!("{widgets}?includeObject={include}"), "application/json;as=Table;v=v1;g=meta.k8s.io")
    };
    let first = timed(&service, &table("None").0, table("None").1).await;
    let list = best(&service, widgets, "application/json").await;
    report("the first Table of 10,000 without their objects, and the list", "ms", first, list);
    for (what, (path, accept)) in [
        ("a Table of 10,000 without their objects", table("None")),
        ("a Table of 10,000 with their metadata (kubectl get)", table("Metadata")),
        ("a Table of 10,000 with their objects", table("Object")),
        (
            "the metadata of 10,000",
            (widgets.to_owned(), "application/json;as=PartialObjectMetadataList;v=v1;g=meta.k8s.io"),
        ),
    ] {
        let ours = best(&service, &path, accept).await;
        report(&format!("{what}, and the list"), "ms", ours, list);
    }
}

async fn create(service: &ApiService, path: &str, object: &Value) {
    let request = Request::post(path).header("content-type", "application/json");
    let request = request.body(Full::<Bytes>::from(object.to_string())).expect("a request");
    let Ok(answer) = service.clone().call(request).await;
    assert_eq!(answer.status(), 201);
}

/// The shortest of seven times, in ms.
async fn best(service: &ApiService, path: &str, accept: &str) -> f64 {
    let mut best = f64::INFINITY;
    for _ in 0..7 {
        best = best.min(timed(service, path, accept).await);
    }
    best
}

/// How long an answer takes until its last byte, which nobody keeps, in ms.
async fn timed(service: &ApiService, path: &str, accept: &str) -> f64 {
    let begin = Instant::now();
    let mut frames = answer(service, path, accept).await.into_body();
    while let Some(frame) = frames.frame().await {
        std::hint::black_box(frame.expect("a frame"));
    }
    begin.elapsed().as_secs_f64() * 1e3
}

/// The bytes of an answer.
async fn body(service: &ApiService, path: &str, accept: &str) -> Bytes {
    answer(service, path, accept).await.into_body().collect().await.expect("a body").to_bytes()
}

async fn answer(service: &ApiService, path: &str, accept: &str) -> Response<Body> {
    let request =
        Request::get(path).header("accept", accept).body(Full::<Bytes>::default()).expect("a request");
    let Ok(answer) = service.clone().call(request).await;
    assert_eq!(answer.status(), 200, "{path}");
    answer
}
