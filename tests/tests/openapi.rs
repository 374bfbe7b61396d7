//! The OpenAPI documents as they are served, held against their specifications, and against discovery.
//!
//! `OPENAPI_DIRECTORY=/tmp/openapi` writes them there, for the validators of others.

#[allow(
    dead_code,
    unreachable_pub,
    unused_qualifications,
    missing_docs,
    reason = "the source of an expansion, read whole"
)]
#[path = "../expand/source/everything.rs"]
mod everything;

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use resourceful::ApiServer;
use resourceful::server::ServerOptions;
use resourceful_tests::client::Client;
use resourceful_tests::kinds::{Gauge, Gizmo, Widget, Worker};
use resourceful_tests::openapi::problems;
use resourceful_tests::plots::Plot;
use resourceful_tests::robots::Robot;
use resourceful_tests::server::Server;
use serde_json::{Value, json};

/// The kinds of the tests: every key of the derive, every word of a schema, every form of subresource.
async fn kinds() -> Client {
    let options = ServerOptions::default().secure_port(0).insecure_port(0);
    let server = ApiServer::new(options)
        .store(resourceful::Store::memory())
        .serve::<everything::Pool>()
        .serve::<Widget>()
        .serve::<Gizmo>()
        .serve::<Gauge>()
        .serve::<Worker>()
        .serve::<Plot>()
        .serve::<Robot>();
    let server = server.start().await.expect("the server starts");
    let base = server.insecure_url().expect("there is an insecure port").to_owned();
    let client = Client::new(base, server.admin_token());
    // The server lives as long as the test's runtime.
    std::mem::forget(server);
    client
}

/// All documents of a server by a name for each.
async fn documents(client: &Client) -> BTreeMap<String, Value> {
    let mut documents = BTreeMap::from([("v2".to_owned(), client.get("/openapi/v2").await.expect(200))]);
    let root = client.get("/openapi/v3").await.expect(200);
    for (name, of) in root["paths"].as_object().expect("the root lists documents") {
        let url = of["serverRelativeURL"].as_str().expect("a document has an address");
        documents.insert(format!("v3 {name}"), client.get(url).await.expect(200));
    }
    documents
}

fn assert_sound(server: &str, documents: &BTreeMap<String, Value>) {
    assert!(documents.len() > 1, "{server} has documents of both versions");
    if let Some(directory) = std::env::var_os("OPENAPI_DIRECTORY") {
        let directory = PathBuf::from(directory);
        std::fs::create_dir_all(&directory).expect("the directory is made");
        for (name, document) in documents {
            let file = format!("{server}-{}.json", name.replace([' ', '/'], "-"));
            let document = without_empty_defaults(document).to_string();
            std::fs::write(directory.join(file), document).expect("the document is written");
        }
    }
    let problems: Vec<_> = documents
        .iter()
        .flat_map(|(name, document)| {
            problems(document).into_iter().map(move |problem| format!("{name}: {problem}"))
        })
        .collect();
    assert!(problems.is_empty(), "{server}:\n{}", problems.join("\n"));
}

/// Kubernetes' own definitions have `{}` for the default of a struct, whatever fields the struct requires; kubectl and
/// client-go know what that means. A validator holds it against the struct, and is not shown it.
fn without_empty_defaults(document: &Value) -> Value {
    match document {
        Value::Object(members) => members
            .iter()
            .filter(|(name, value)| *name != "default" || **value != json!({}))
            .map(|(name, value)| (name.clone(), without_empty_defaults(value)))
            .collect(),
        Value::Array(items) => items.iter().map(without_empty_defaults).collect(),
        other => other.clone(),
    }
}

/// Contract 6.24 to 6.28.
#[tokio::test]
async fn the_documents_of_kinds_with_everything_are_sound() {
    let documents = documents(&kinds().await).await;
    assert_sound("kinds", &documents);
    let robots = &documents["v3 apis/robots.example.com/v1"]["paths"];
    let shell = "/apis/robots.example.com/v1/namespaces/{namespace}/robots/{name}/shell/{path}";
    assert_eq!(robots[shell]["get"]["x-kubernetes-action"], "connect", "the harshest kinds are among them");
    let pools = &documents["v3 apis/compute.example.com/v1beta1"]["components"]["schemas"];
    assert!(pools["com.example.compute.v1beta1.WorkerPool"]["x-kubernetes-validations"].is_array());
}

#[tokio::test]
async fn the_documents_of_wardle_are_sound() {
    let directory = tempfile::tempdir().expect("a temporary directory");
    let server = Server::start("wardle", directory.path());
    let client = Client::new(server.insecure_url(), server.token());
    assert_sound("wardle", &documents(&client).await);
}

/// Every verb of discovery is an operation, and every operation a verb of discovery.
#[tokio::test]
async fn openapi_and_discovery_say_the_same() {
    let client = kinds().await;
    let documents = documents(&client).await;
    let groups = client.get("/apis").await.expect(200);
    let mut discovered = BTreeSet::new();
    for group in groups["groups"].as_array().expect("groups") {
        for version in group["versions"].as_array().expect("versions") {
            let name = version["groupVersion"].as_str().expect("a version");
            let resources = client.get(&format!("/apis/{name}")).await.expect(200);
            for resource in resources["resources"].as_array().expect("resources") {
                let resource_name = resource["name"].as_str().expect("a name");
                for verb in resource["verbs"].as_array().expect("verbs") {
                    discovered.insert(format!("{name} {resource_name} {}", verb.as_str().expect("a verb")));
                }
            }
        }
    }
    // A watch is a list with a parameter, and no operation of its own.
    discovered.retain(|entry| !entry.ends_with(" watch"));
    assert!(discovered.len() > 40, "{discovered:?}");
    for version in ["v2", "v3"] {
        let of_version = documents.iter().filter(|(name, _)| name.starts_with(version));
        let told: BTreeSet<_> = of_version.flat_map(|(_, document)| operations(document)).collect();
        assert_eq!(told, discovered, "{version}");
    }
}

/// The operations of a document as discovery would tell of them.
fn operations(document: &Value) -> BTreeSet<String> {
    let mut told = BTreeSet::new();
    for (path, item) in document["paths"].as_object().expect("paths") {
        let parts: Vec<_> = path.trim_start_matches("/apis/").split('/').collect();
        let (version, rest) = parts.split_at(2);
        let rest = rest.strip_prefix(&["namespaces", "{namespace}"]).unwrap_or(rest);
        let resource = match rest {
            [plural] | [plural, "{name}"] => (*plural).to_owned(),
            [plural, "{name}", subresource, ..] => format!("{plural}/{subresource}"),
            _ => panic!("{path} is no path of a resource"),
        };
        for (method, operation) in
            item.as_object().expect("operations").iter().filter(|(name, _)| *name != "parameters")
        {
            let verb = match (operation["x-kubernetes-action"].as_str(), method.as_str()) {
                (Some("post"), _) | (Some("connect"), "post") => "create",
                (Some("put"), _) | (Some("connect"), "put") => "update",
                // Discovery has no verbs for these.
                (Some("connect"), "head" | "options") => continue,
                (Some("connect"), method) => method,
                (Some(action), _) => action,
                (None, _) => panic!("{method} {path} has no action"),
            };
            told.insert(format!("{} {resource} {verb}", version.join("/")));
        }
    }
    told
}

/// The checks above find what they are there for.
#[tokio::test]
async fn each_fault_would_be_found() {
    let documents = documents(&kinds().await).await;
    let v3 = &documents["v3 apis/meters.example.com/v1"];
    let gauges = "/paths/~1apis~1meters.example.com~1v1~1namespaces~1{namespace}~1gauges";
    let gauge = "/components/schemas/com.example.meters.v1.Gauge";
    let faults = [
        (
            format!("{gauges}/get/operationId"),
            json!("createMetersExampleComV1NamespacedGauge"),
            "is the operationId of",
        ),
        (format!("{gauges}/get/x-kubernetes-action"), json!("look"), "has no x-kubernetes-action"),
        (format!("{gauges}/get/x-kubernetes-group-version-kind"), json!({"kind": "Gauge"}), "of which group"),
        (format!("{gauges}/parameters"), json!([]), "the path has"),
        (format!("{gauges}/parameters/0/in"), json!("query"), "the path has"),
        (format!("{gauges}/parameters/0/required"), json!(false), "not required"),
        (format!("{gauges}/get/responses"), json!({}), "has no responses"),
        (format!("{gauges}/get/responses/200/description"), Value::Null, "has no description"),
        (format!("{gauges}/get/produces"), json!([]), "nobody knows produces"),
        (format!("{gauge}/type"), json!("struct"), "has no type that there is"),
        (format!("{gauge}/required"), json!([]), "required cannot be []"),
        (format!("{gauge}/$ref"), json!("#/components/schemas/Nowhere"), "leads nowhere"),
        (format!("{gauge}/properties/spec/properties/size/minimum"), json!("1"), "minimum cannot be"),
        (
            format!("{gauge}/properties/spec/properties/size/maxLength"),
            json!(1),
            "maxLength is not for its type",
        ),
        (format!("{gauge}/properties/spec/properties/size/default"), json!("x"), "default cannot be"),
        (format!("{gauge}/properties/spec/properties/size/const"), json!(1), "nobody knows const"),
        (
            format!("{gauge}/properties/spec/properties/size/x-kubernetes-lists"),
            json!(1),
            "nobody knows x-kubernetes-lists",
        ),
        (format!("{gauge}/properties/spec/properties/tags/items"), Value::Null, "is no schema"),
    ];
    assert_eq!(problems(v3), Vec::<String>::new());
    for (pointer, value, expected) in faults {
        let mut broken = v3.clone();
        let (parent, key) = pointer.rsplit_once('/').expect("a JSON pointer");
        let parent = broken.pointer_mut(parent).unwrap_or_else(|| panic!("{parent} is there"));
        match parent {
            Value::Array(items) => items[key.parse::<usize>().expect("an index")] = value,
            other => other[key] = value,
        }
        let found = problems(&broken);
        assert!(found.iter().any(|problem| problem.contains(expected)), "{pointer}: {found:?}");
    }
    let mut broken = documents["v2"].clone();
    broken["definitions"]["com.example.meters.v1.Gauge"]["properties"]["spec"]["nullable"] = json!(true);
    assert_eq!(problems(&broken), ["com.example.meters.v1.Gauge.spec: nobody knows nullable"]);
}
