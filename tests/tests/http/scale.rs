//! `/scale`: the replicas of a kind as `autoscaling/v1` (contract 1.8, 3.24).

use http::Method;
use resourceful_tests::client::Client;
use serde_json::{Value, json};

use crate::{W, WORKERS, serve, with};

/// A worker with a status, and the path of its scale.
async fn worker(spec: Value) -> (Client, Value, String) {
    let client = serve().await;
    let worker = json!({
        "apiVersion": "demo.example.com/v1", "kind": "Worker", "metadata": { "name": "a" }, "spec": spec,
    });
    client.post(WORKERS, &worker).await.expect(201);
    let status = json!({ "status": { "replicas": 2, "selector": "app=a" } });
    let worker = client.merge(&format!("{WORKERS}/a/status"), &status).await.expect(200);
    (client, worker, format!("{WORKERS}/a/scale"))
}

#[tokio::test]
async fn a_scale_shows_the_numbers_of_the_object() {
    let (client, worker, path) = worker(json!({ "replicas": 3 })).await;
    let meta = &worker["metadata"];
    let expected = json!({
        "apiVersion": "autoscaling/v1", "kind": "Scale",
        "metadata": {
            "name": "a", "namespace": "ns1", "uid": meta["uid"], "resourceVersion": meta["resourceVersion"],
            "creationTimestamp": meta["creationTimestamp"],
        },
        "spec": { "replicas": 3 },
        "status": { "replicas": 2, "selector": "app=a" },
    });
    assert_eq!(client.get(&path).await.expect(200), expected);
    let table = client
        .call(Method::GET, path.as_str())
        .header("accept", "application/json;as=Table;g=meta.k8s.io;v=v1")
        .send()
        .await
        .expect(200);
    assert_eq!(
        table["rows"][0]["cells"].as_array().map(|cells| &cells[..3]),
        Some(&[json!("a"), json!(3), json!(2)][..])
    );
    assert_eq!(table["columnDefinitions"][1]["name"], "Desired");
}

#[tokio::test]
async fn to_scale_is_to_update_the_object() {
    let (client, worker, path) = worker(json!({ "replicas": 3, "zone": "north" })).await;
    let scale = client.get(&path).await.expect(200);
    let scaled = client.put(&path, &with(&scale, "/spec/replicas", 5)).await.expect(200);
    assert_eq!((&scaled["kind"], &scaled["spec"]["replicas"]), (&json!("Scale"), &json!(5)));
    let object = client.get(&format!("{WORKERS}/a")).await.expect(200);
    assert_eq!(object["metadata"]["generation"], 2);
    assert_eq!(object["metadata"]["resourceVersion"], scaled["metadata"]["resourceVersion"]);
    assert_eq!(object["spec"], json!({ "plan": "", "replicas": 5, "size": 0, "zone": "north" }));
    assert_eq!(object["status"], worker["status"]);

    // The revision that was read is no longer the current one; without a revision there is nothing to compare.
    let stale = with(&scale, "/spec/replicas", 6);
    let conflict = "Operation cannot be fulfilled on workers.demo.example.com \"a\": the object has been modified; \
        please apply your changes to the latest version and try again";
    client.put(&path, &stale).await.expect_status(409, "Conflict", conflict);
    let mut blind = stale.clone();
    blind["metadata"].as_object_mut().expect("an object").remove("resourceVersion");
    assert_eq!(client.put(&path, &blind).await.expect(200)["spec"]["replicas"], 6);
    let other = with(&blind, "/metadata/uid", "other");
    assert_eq!(client.put(&path, &other).await.expect(409)["reason"], "Conflict");

    // Nothing but the wanted number is taken.
    let patch = json!({ "spec": { "replicas": 7 }, "status": { "replicas": 9 }, "metadata": { "labels": { "a": "b" } } });
    let patched = client.merge(&path, &patch).await.expect(200);
    assert_eq!((&patched["spec"]["replicas"], &patched["status"]["replicas"]), (&json!(7), &json!(2)));
    let patch = json!([{ "op": "replace", "path": "/spec/replicas", "value": 0 }]);
    assert_eq!(client.json_patch(&path, &patch).await.expect(200)["spec"], json!({}));
    let object = client.get(&format!("{WORKERS}/a")).await.expect(200);
    assert_eq!((&object["spec"]["replicas"], &object["metadata"]["generation"]), (&json!(0), &json!(5)));
    assert_eq!(object["metadata"].get("labels"), None);

    // What changes nothing writes nothing.
    let same = client.merge(&path, &json!({ "spec": { "replicas": 0 } })).await.expect(200);
    assert_eq!(same["metadata"]["resourceVersion"], object["metadata"]["resourceVersion"]);
    let dry = client.merge(&format!("{path}?dryRun=All"), &json!({ "spec": { "replicas": 4 } })).await;
    assert_eq!(dry.expect(200)["spec"]["replicas"], 4);
    assert_eq!(client.get(&path).await.expect(200)["spec"], json!({}));
}

#[tokio::test]
async fn bad_numbers_are_refused() {
    let (client, _, path) = worker(json!({ "replicas": 3 })).await;
    let negative = "Worker.demo.example.com \"a\" is invalid: .spec.replicas: Invalid value: -1: \
        should be a non-negative integer";
    let patch = json!({ "spec": { "replicas": -1 } });
    client.merge(&path, &patch).await.expect_status(422, "Invalid", negative);
    client.merge(&format!("{WORKERS}/a"), &patch).await.expect_status(422, "Invalid", negative);
    let large = "Worker.demo.example.com \"a\" is invalid: .spec.replicas: Invalid value: 2147483648: \
        should be less than or equal to 2147483647";
    let patch = json!({ "spec": { "replicas": 2_147_483_648_i64 } });
    client.merge(&format!("{WORKERS}/a"), &patch).await.expect_status(422, "Invalid", large);
    let status = "Worker.demo.example.com \"a\" is invalid: .status.replicas: Invalid value: -2: \
        should be a non-negative integer";
    let patch = json!({ "status": { "replicas": -2 } });
    client.merge(&format!("{WORKERS}/a/status"), &patch).await.expect_status(422, "Invalid", status);
    assert_eq!(client.merge(&path, &json!({ "spec": { "replicas": "many" } })).await.code, 422);
    let wrong = with(&client.get(&path).await.expect(200), "/kind", "Worker");
    assert_eq!(client.put(&path, &wrong).await.code, 400);
    let wrong = with(&client.get(&path).await.expect(200), "/spec/replicas", "many");
    let message = "Scale in version \"v1\" cannot be handled as a Scale: json: cannot unmarshal string into Go \
                   struct field ScaleSpec.spec.replicas of type int32";
    client.put(&path, &wrong).await.expect_status(400, "BadRequest", message);
    let unknown =
        client.merge(&format!("{path}?fieldValidation=Strict"), &json!({ "spec": { "size": 1 } })).await;
    assert!(unknown.code != 200 && unknown.text().contains("unknown field"), "{}", unknown.text());
}

#[tokio::test]
async fn an_object_without_replicas_has_no_scale_until_it_gets_one() {
    let (client, _, path) = worker(json!({})).await;
    let missing = "Internal error occurred: the spec replicas field \".spec.replicas\" does not exist";
    client.get(&path).await.expect_status(500, "InternalError", missing);
    let empty = "the spec replicas field \".spec.replicas\" cannot be empty";
    let patch = json!({ "metadata": { "labels": {} } });
    client.merge(&path, &patch).await.expect_status(400, "BadRequest", empty);
    let scaled = client.merge(&path, &json!({ "spec": { "replicas": 1 } })).await.expect(200);
    assert_eq!(scaled["spec"]["replicas"], 1);
    assert_eq!(client.get(&path).await.expect(200), scaled);
}

#[tokio::test]
async fn what_is_not_there_is_not_found() {
    let (client, worker, path) = worker(json!({ "replicas": 1 })).await;
    let missing = "workers.demo.example.com \"b\" not found";
    let scale = client.get(&path).await.expect(200);
    let other = path.replace("/a/", "/b/");
    client.get(&other).await.expect_status(404, "NotFound", missing);
    client.put(&other, &with(&scale, "/metadata/name", "b")).await.expect_status(404, "NotFound", missing);
    client.merge(&other, &json!({})).await.expect_status(404, "NotFound", missing);
    for method in [Method::DELETE, Method::POST] {
        let answer = client.call(method, path.as_str()).json(&worker).send().await;
        assert_eq!(answer.code, 405);
    }
    assert_eq!(client.get(&format!("{W}/a/scale")).await.code, 404);
}

#[tokio::test]
async fn discovery_and_openapi_show_the_other_kind() {
    let client = serve().await;
    let list = client.get("/apis/demo.example.com/v1").await.expect(200);
    let resources = list["resources"].as_array().expect("a list");
    let expected = json!({
        "name": "workers/scale", "singularName": "", "namespaced": true, "group": "autoscaling", "version": "v1",
        "kind": "Scale", "verbs": ["get", "patch", "update"],
    });
    assert!(resources.contains(&expected), "{resources:?}");
    assert!(!resources.iter().any(|resource| resource["name"] == "widgets/scale"));
    let aggregated = client
        .call(Method::GET, "/apis")
        .header("accept", "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList")
        .send()
        .await
        .expect(200);
    let resources = aggregated["items"][0]["versions"][0]["resources"].as_array().expect("a list");
    let workers = resources.iter().find(|resource| resource["resource"] == "workers").expect("workers");
    assert_eq!(
        workers["subresources"][1],
        json!({
            "subresource": "scale", "responseKind": { "group": "autoscaling", "version": "v1", "kind": "Scale" },
            "verbs": ["get", "patch", "update"],
        })
    );

    let document = client.get("/openapi/v3/apis/demo.example.com/v1").await.expect(200);
    let path = "/apis/demo.example.com/v1/namespaces/{namespace}/workers/{name}/scale";
    let operation = &document["paths"][path]["put"];
    assert_eq!(operation["operationId"], "replaceDemoExampleComV1NamespacedWorkerScale");
    let body = &operation["requestBody"]["content"]["application/json"]["schema"]["$ref"];
    assert_eq!(body, "#/components/schemas/io.k8s.api.autoscaling.v1.Scale");
    let scale = &document["components"]["schemas"]["io.k8s.api.autoscaling.v1.Scale"];
    assert_eq!(scale["properties"]["spec"]["properties"]["replicas"]["type"], "integer");
    assert_eq!(
        scale["x-kubernetes-group-version-kind"],
        json!([{ "group": "autoscaling", "version": "v1", "kind": "Scale" }])
    );
    let v2 = client.get("/openapi/v2").await.expect(200);
    assert!(v2["definitions"].get("io.k8s.api.autoscaling.v1.Scale").is_some());
}
