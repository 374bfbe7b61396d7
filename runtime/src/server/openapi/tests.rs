//! What kubectl and the aggregator look for in the documents, looked for in the same way.

use http::header::{ACCEPT, CONTENT_TYPE, ETAG, VARY};
use http_body_util::BodyExt;

use super::*;
use crate::server::test_kinds;

fn get(path: &str, query: Option<&str>, accept: &'static str) -> Option<Response<Body>> {
    let headers = HeaderMap::from_iter([(ACCEPT, HeaderValue::from_static(accept))]);
    OpenApi::new(&test_kinds::handlers()).respond(path, query, &headers)
}

async fn document(path: &str) -> Value {
    let response = get(path, None, JSON).unwrap();
    assert_eq!(
        (response.status(), &response.headers()[CONTENT_TYPE]),
        (StatusCode::OK, &HeaderValue::from_static(JSON))
    );
    serde_json::from_slice(&response.into_body().collect().await.unwrap().to_bytes()).unwrap()
}

const GROUP: &str = "/openapi/v3/apis/demo.example.com/v1";
const COLLECTION: &str = "/apis/demo.example.com/v1/namespaces/{namespace}/widgets";
const ITEM: &str = "/apis/demo.example.com/v1/namespaces/{namespace}/widgets/{name}";

#[tokio::test]
async fn the_root_names_the_documents_by_their_hash() {
    // contract 6.24
    let root = document("/openapi/v3").await;
    let paths = root["paths"].as_object().unwrap();
    assert_eq!(
        paths.keys().collect::<Vec<_>>(),
        ["apis/demo.example.com/v1", "apis/demo.example.com/v1beta1"]
    );
    let url = paths["apis/demo.example.com/v1"]["serverRelativeURL"].as_str().unwrap();
    let (path, query) = url.split_once('?').unwrap();
    assert_eq!(path, GROUP);

    // contract 6.25
    let known = get(path, Some(query), JSON).unwrap();
    assert_eq!(known.status(), 200);
    assert_eq!(format!("hash={}", known.headers()[ETAG].to_str().unwrap().trim_matches('"')), query);
    assert_eq!(known.headers()[CACHE_CONTROL], "public, immutable");
    assert_eq!(known.headers()[VARY], "Accept");
    assert!(known.headers()[EXPIRES].to_str().unwrap().ends_with(" GMT"));
    let outdated = get(path, Some("hash=ABC"), JSON).unwrap();
    assert_eq!(
        (outdated.status(), outdated.headers()[LOCATION].to_str().unwrap()),
        (StatusCode::MOVED_PERMANENTLY, url)
    );
    assert!(!get(path, None, JSON).unwrap().headers().contains_key(CACHE_CONTROL));
    for path in ["/openapi/v3/apis/other/v1", "/openapi/v4", "/openapi", "/openapi/v3/"] {
        assert_eq!(get(path, None, JSON).is_some(), path == "/openapi/v3/", "{path}");
    }
}

#[tokio::test]
async fn protobuf_there_is_of_version_2_alone() {
    // contract 6.25, 6.26
    let protobuf = "application/com.github.proto-openapi.spec.v3.v1.0+protobuf";
    for (path, accept) in [(GROUP, protobuf), ("/openapi/v2", "text/html"), ("/openapi/v2", protobuf)] {
        let response = get(path, None, accept).unwrap();
        assert_eq!(response.status(), 406);
        assert!(response.into_body().collect().await.unwrap().to_bytes().is_empty());
        assert_eq!(get(path, None, "*/*").unwrap().status(), 200);
    }
    let v2 = "application/com.github.proto-openapi.spec.v2.v1.0+protobuf";
    let old = "application/com.github.proto-openapi.spec.v2@v1.0+protobuf";
    for (accept, content_type) in [
        (v2, v2),
        (old, v2),
        ("application/com.github.proto-openapi.spec.v2@v1.0+protobuf,application/json;q=0.9", v2),
        ("application/json,application/com.github.proto-openapi.spec.v2@v1.0+protobuf;q=0.9", JSON),
        ("*/*", JSON),
    ] {
        let response = get("/openapi/v2", None, accept).unwrap();
        assert_eq!(response.status(), 200);
        assert_eq!(response.headers()[CONTENT_TYPE], content_type, "{accept}");
    }
}

#[tokio::test]
async fn kubectl_finds_what_it_decides_by() {
    let document = document(GROUP).await;
    let paths = &document["paths"];
    let kind = json!({"group": "demo.example.com", "version": "v1", "kind": "Widget"});

    // Server-side validation and dry run: looked for on the PATCH operation of the kind (contract 6.27).
    let patch = &paths[ITEM]["patch"];
    assert_eq!((&patch[schemas::TYPES], &patch["x-kubernetes-action"]), (&kind, &json!("patch")));
    let parameters: Vec<_> =
        patch["parameters"].as_array().unwrap().iter().map(|it| it["name"].as_str().unwrap()).collect();
    assert_eq!(parameters, ["dryRun", "fieldManager", "fieldValidation", "force"]);
    let types: Vec<_> = patch["requestBody"]["content"].as_object().unwrap().keys().collect();
    assert_eq!(
        types,
        ["application/apply-patch+yaml", "application/json-patch+json", "application/merge-patch+json"]
    );

    // Explain: the operation's kind is one of those of a schema.
    let schemas = document["components"]["schemas"].as_object().unwrap();
    let found: Vec<_> = schemas
        .iter()
        .filter(|(_, schema)| schema[schemas::TYPES].as_array().is_some_and(|kinds| kinds.contains(&kind)))
        .collect();
    assert_eq!(found.len(), 1);
    let (name, widget) = found[0];
    assert_eq!(name, "com.example.demo.v1.Widget");
    assert_eq!(widget["description"], "A thing that turns.");
    assert_eq!(widget["required"], json!(["spec"]));
    assert_eq!(widget["properties"]["spec"]["properties"]["size"]["description"], "How large.");
    let reference = "#/components/schemas/io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta";
    assert_eq!(widget["properties"]["metadata"]["allOf"], json!([{"$ref": reference}]));
    let list = &schemas["com.example.demo.v1.WidgetList"];
    assert_eq!(
        (&list["required"], &list[schemas::TYPES][0]["kind"]),
        (&json!(["items"]), &json!("WidgetList"))
    );
}

#[tokio::test]
async fn every_operation_is_there_and_told_apart() {
    // contract 6.27, 6.28
    let document = document(GROUP).await;
    let mut found = Vec::new();
    for (path, item) in document["paths"].as_object().unwrap() {
        for (method, operation) in item.as_object().unwrap().iter().filter(|(name, _)| *name != "parameters")
        {
            assert_eq!(operation[schemas::TYPES]["kind"], "Widget");
            assert_eq!(operation["tags"], json!(["demoExampleCom_v1"]));
            let path = path.strip_prefix("/apis/demo.example.com/v1/").unwrap();
            let (action, id) = (&operation["x-kubernetes-action"], &operation["operationId"]);
            found.push(format!("{method} {path}: {} {}", action.as_str().unwrap(), id.as_str().unwrap()));
        }
    }
    found.sort_unstable();
    assert_eq!(
        found,
        [
            "delete namespaces/{namespace}/widgets/{name}: delete deleteDemoExampleComV1NamespacedWidget",
            "delete namespaces/{namespace}/widgets: deletecollection deleteDemoExampleComV1CollectionNamespacedWidget",
            "get namespaces/{namespace}/widgets/{name}/status: get readDemoExampleComV1NamespacedWidgetStatus",
            "get namespaces/{namespace}/widgets/{name}: get readDemoExampleComV1NamespacedWidget",
            "get namespaces/{namespace}/widgets: list listDemoExampleComV1NamespacedWidget",
            "get widgets: list listDemoExampleComV1WidgetForAllNamespaces",
            "patch namespaces/{namespace}/widgets/{name}/status: patch patchDemoExampleComV1NamespacedWidgetStatus",
            "patch namespaces/{namespace}/widgets/{name}: patch patchDemoExampleComV1NamespacedWidget",
            "post namespaces/{namespace}/widgets: post createDemoExampleComV1NamespacedWidget",
            "put namespaces/{namespace}/widgets/{name}/status: put replaceDemoExampleComV1NamespacedWidgetStatus",
            "put namespaces/{namespace}/widgets/{name}: put replaceDemoExampleComV1NamespacedWidget",
        ]
    );
    let names: Vec<_> =
        document["paths"][ITEM]["parameters"].as_array().unwrap().iter().map(|it| &it["name"]).collect();
    assert_eq!(names, ["namespace", "name", "pretty"]);
}

/// Calls back for every object within a document.
fn walk(value: &Value, visit: &mut impl FnMut(&Map<String, Value>)) {
    match value {
        Value::Object(members) => {
            visit(members);
            members.values().for_each(|member| walk(member, visit));
        }
        Value::Array(items) => items.iter().for_each(|item| walk(item, visit)),
        _ => {}
    }
}

fn assert_references(document: &Value, prefix: &str, names: &Map<String, Value>) {
    walk(document, &mut |members| {
        if let Some(reference) = members.get("$ref").and_then(Value::as_str) {
            let name = reference.strip_prefix(prefix).unwrap_or_else(|| panic!("{reference}"));
            assert!(names.contains_key(name), "{name}");
        }
    });
}

#[tokio::test]
async fn kinds_that_can_do_less_have_fewer_paths() {
    let document = document("/openapi/v3/apis/demo.example.com/v1beta1").await;
    let operations: Vec<_> = document["paths"]
        .as_object()
        .unwrap()
        .iter()
        .flat_map(|(path, item)| {
            item.as_object().unwrap().keys().map(move |method| format!("{method} {path}"))
        })
        .filter(|operation| !operation.starts_with("parameters"))
        .collect();
    let root = "/apis/demo.example.com/v1beta1/gadgets";
    assert_eq!(operations, [format!("get {root}"), format!("get {root}/{{name}}")]);
    assert_references(
        &document,
        "#/components/schemas/",
        document["components"]["schemas"].as_object().unwrap(),
    );
}

/// The rules of kubectl's reader, which refuses the whole document over one schema that breaks them.
fn assert_readable(schema: &Value, path: &str) {
    let members = schema.as_object().unwrap_or_else(|| panic!("{path} is no schema"));
    if members.contains_key("$ref") {
        assert!(members.keys().all(|key| key == "$ref" || key == "description"), "{path}: {schema}");
        return;
    }
    for word in ["allOf", "anyOf", "oneOf", "not", "nullable", "default"] {
        assert!(!members.contains_key(word), "{path}: {word}");
    }
    match members.get("type") {
        None => assert!(!members.contains_key("items"), "{path}: items without a type"),
        Some(Value::String(kind)) if kind == "array" => {
            assert_readable(&schema["items"], &format!("{path}[]"));
        }
        Some(kind) => assert!(kind.is_string(), "{path}: several types"),
    }
    if let Some(additional) = members.get("additionalProperties") {
        assert_readable(additional, &format!("{path}[*]"));
    }
    for (name, property) in members.get("properties").and_then(Value::as_object).into_iter().flatten() {
        assert_readable(property, &format!("{path}.{name}"));
    }
}

#[tokio::test]
async fn version_2_says_only_what_kubectl_can_read() {
    // contract 6.26
    let document = document("/openapi/v2").await;
    assert_eq!(document["swagger"], "2.0");
    let definitions = document["definitions"].as_object().unwrap();
    assert_references(&document, "#/definitions/", definitions);
    for (name, schema) in definitions {
        assert_readable(schema, name);
    }
    let spec = &definitions["com.example.demo.v1.Widget"]["properties"]["spec"];
    assert_eq!(spec["required"], json!(["size", "labels", "free"]));
    assert_eq!(spec["properties"]["source"].get("type"), None);
    assert!(definitions.contains_key("com.example.demo.v1beta1.Gadget"));
    let types = definitions[&crate::schema::meta::name("DeleteOptions")][schemas::TYPES].as_array().unwrap();
    assert_eq!(types.len(), 4, "{types:?}");

    let post = &document["paths"][COLLECTION]["post"];
    let body = post["parameters"].as_array().unwrap().last().unwrap();
    assert_eq!(
        *body,
        json!({
            "name": "body", "in": "body", "required": true,
            "schema": {"$ref": "#/definitions/com.example.demo.v1.Widget"},
        })
    );
    assert_eq!(post["parameters"][0]["type"], "string");
    assert_eq!(post["responses"]["201"]["schema"]["$ref"], "#/definitions/com.example.demo.v1.Widget");
    assert_eq!(
        (&post["consumes"], &post["produces"]),
        (&json!(["application/json", "application/yaml"]), &json!(["application/json", "application/yaml"]))
    );
    assert_eq!(document["paths"][ITEM]["patch"]["consumes"].as_array().unwrap().len(), 3);
}
