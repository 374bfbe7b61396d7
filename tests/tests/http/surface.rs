//! Discovery, health, authentication: what stands around the objects (contract 6.C, 6.K, 6.L, 14.G).

use http::Method;
use serde_json::json;

use crate::{W, serve, widget};

#[tokio::test]
async fn h01_discovery() {
    let client = serve().await;
    let list = client.get("/apis/demo.example.com/v1").await.expect(200);
    assert_eq!(
        (&list["kind"], &list["groupVersion"]),
        (&json!("APIResourceList"), &json!("demo.example.com/v1"))
    );
    let names: Vec<_> =
        list["resources"].as_array().expect("resources").iter().map(|entry| &entry["name"]).collect();
    assert_eq!(names, ["gizmos", "widgets", "widgets/status", "workers", "workers/status"]);
    let widgets = &list["resources"][1];
    assert_eq!(
        widgets["verbs"],
        json!(["create", "delete", "deletecollection", "get", "list", "patch", "update", "watch"])
    );
    assert_eq!((&widgets["singularName"], &widgets["shortNames"]), (&json!("widget"), &json!(["wd"])));
    assert_eq!((&widgets["categories"], &widgets["namespaced"]), (&json!(["all"]), &json!(true)));
    assert_eq!(list["resources"][2]["verbs"], json!(["get", "patch", "update"]));
    let group = client.get("/apis/demo.example.com").await.expect(200);
    assert_eq!(group["preferredVersion"]["groupVersion"], "demo.example.com/v1");
    assert_eq!(client.get("/apis").await.expect(200)["groups"][0]["name"], "demo.example.com");

    let aggregated = "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList";
    let call =
        || client.call(Method::GET, "/apis").header("accept", format!("{aggregated},application/json"));
    let answer = call().send().await;
    assert_eq!(answer.header("content-type"), aggregated, "contract 6.18");
    let version = &answer.expect(200)["items"][0]["versions"][0];
    assert_eq!((&version["version"], &version["freshness"]), (&json!("v1"), &json!("Current")));
    assert_eq!(version["resources"][1]["subresources"][0]["subresource"], "status");
    let again = call().header("if-none-match", answer.header("etag")).send().await;
    assert_eq!((again.code, again.body.len()), (304, 0));
}

#[tokio::test]
async fn h01_discovery_for_people() {
    let client = serve().await;
    for path in ["/apis", "/apis/demo.example.com", "/apis/demo.example.com/v1"] {
        let plain = client.get(path).await;
        let call = |header, value: &str| client.call(Method::GET, path).header(header, value).send();
        let curl = call("user-agent", "curl/8").await;
        assert!(curl.text().starts_with("{\n  \""), "contract 6.43: {}", curl.text());
        assert_eq!(
            (curl.json(), client.get(&format!("{path}?pretty=1")).await.body),
            (plain.json(), curl.body)
        );
        let yaml = call("accept", "application/yaml").await;
        assert_eq!((yaml.code, yaml.header("content-type")), (200, "application/yaml"), "contract 6.36");
        assert!(yaml.text().starts_with("apiVersion: v1\n"), "{}", yaml.text());
        assert_eq!(call("accept", "text/html").await.code, 406);
    }
}

#[tokio::test]
async fn h05_strangers_are_refused() {
    let client = serve().await;
    for authorization in ["", "Bearer nope", "Bearer ", "Basic YTpi", "nonsense"] {
        let call = client.call(Method::GET, W).header("authorization", authorization);
        let answer = call.send().await;
        answer.expect_status(401, "Unauthorized", "Unauthorized");
    }
    let unknown = client.call(Method::GET, "/nope").header("authorization", "").send().await;
    assert_eq!(unknown.code, 401, "contract 0.1: authentication comes before routing");
}

#[tokio::test]
async fn h07_health_and_version() {
    let client = serve().await;
    for path in ["/livez", "/readyz", "/healthz"] {
        let answer = client.call(Method::GET, path).header("authorization", "").send().await;
        assert_eq!((answer.code, answer.text().as_str()), (200, "ok"), "{path}");
    }
    let verbose = client.get("/readyz?verbose").await.text();
    assert!(verbose.starts_with("[+]ping ok\n") && verbose.ends_with("readyz check passed\n"), "{verbose}");
    assert!(client.get("/readyz?verbose&exclude=ping").await.text().contains("[+]ping excluded: ok\n"));
    let version = client.get("/version").await.expect(200);
    assert_eq!(version["major"], "1");
    assert!(version["gitVersion"].as_str().is_some_and(|text| text.starts_with("v1.")), "{version}");
}

#[tokio::test]
async fn every_answer_has_its_headers() {
    let client = serve().await;
    client.post(W, &widget("x")).await.expect(201);
    for path in [W.to_owned(), format!("{W}/x"), format!("{W}/nope"), "/apis/demo.example.com/v1".into()] {
        let answer = client.get(&path).await;
        assert_eq!(answer.header("audit-id").len(), 36, "contract 6.46: {path}");
        assert!(answer.headers.contains_key("cache-control"), "{path}");
        assert_eq!(answer.header("content-type"), "application/json", "{path}");
    }
}

#[tokio::test]
async fn openapi_has_what_kubectl_looks_for() {
    let client = serve().await;
    let root = client.get("/openapi/v3").await.expect(200);
    let url = root["paths"]["apis/demo.example.com/v1"]["serverRelativeURL"]
        .as_str()
        .expect("the group's document");
    let document = client.get(url).await;
    assert!(document.header("cache-control").contains("immutable"));
    let document = document.expect(200);
    let patch =
        &document["paths"]["/apis/demo.example.com/v1/namespaces/{namespace}/widgets/{name}"]["patch"];
    let parameters: Vec<_> =
        patch["parameters"].as_array().expect("parameters").iter().map(|p| &p["name"]).collect();
    assert!(parameters.contains(&&json!("fieldValidation")), "{parameters:?}");
    assert_eq!(patch["x-kubernetes-group-version-kind"]["kind"], "Widget");
    let types = patch["requestBody"]["content"].as_object().expect("media types");
    assert!(types.contains_key("application/merge-patch+json"));
    assert!(!types.contains_key("application/strategic-merge-patch+json"));
    let protobuf = "application/com.github.proto-openapi.spec.v2@v1.0+protobuf";
    assert_eq!(client.call(Method::GET, "/openapi/v2").header("accept", protobuf).send().await.code, 406);
    assert_eq!(client.get("/openapi/v2").await.expect(200)["swagger"], "2.0");
}
