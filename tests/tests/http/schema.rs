//! What the schema of a kind does to what clients send: defaults, limits, lists, unknown fields (contract 17).

use resourceful::options::CreateOptions;
use resourceful::rest::ValidateAllObjects;
use resourceful::{Registry, RequestContext, Store};
use resourceful_tests::client::{Answer, Client};
use resourceful_tests::kinds::{Gauge, GaugeStrategy};
use serde_json::{Value, json};

use crate::{revision, serve, with};

/// The gauges of namespace `ns1`.
const U: &str = "/apis/meters.example.com/v1/namespaces/ns1/gauges";

fn gauge(spec: &Value) -> Value {
    json!({ "metadata": { "name": "x" }, "spec": spec })
}

/// The causes of a refusal: their reasons, fields and messages.
#[track_caller]
fn causes(answer: &Answer) -> Vec<[String; 3]> {
    let status = answer.expect(422);
    assert_eq!(status["reason"], "Invalid");
    assert_eq!(status["details"]["kind"], "Gauge");
    assert_eq!(status["details"]["name"], "x");
    let text = |cause: &Value, key: &str| cause[key].as_str().unwrap_or_default().to_owned();
    let causes = status["details"]["causes"].as_array().cloned().unwrap_or_default();
    causes.iter().map(|cause| ["reason", "field", "message"].map(|key| text(cause, key))).collect()
}

async fn refusal(client: &Client, spec: &Value) -> Vec<[String; 3]> {
    causes(&client.post(U, &gauge(spec)).await)
}

#[tokio::test]
async fn values_that_break_the_schema_are_refused_in_the_words_of_custom_resources() {
    let client = serve().await;
    let cases = [
        (json!({}), ["FieldValueRequired", "spec.size", "Required value"]),
        (
            json!({ "size": 101 }),
            [
                "FieldValueInvalid",
                "spec.size",
                "Invalid value: 101: spec.size in body should be less than or equal to 100",
            ],
        ),
        (
            json!({ "size": 1, "mode": "silent" }),
            [
                "FieldValueNotSupported",
                "spec.mode",
                r#"Unsupported value: "silent": supported values: "quiet", "loud""#,
            ],
        ),
        (
            json!({ "size": 1, "unit": "km" }),
            [
                "FieldValueNotSupported",
                "spec.unit",
                r#"Unsupported value: "km": supported values: "mm", "cm""#,
            ],
        ),
        (
            json!({ "size": 1, "label": "far too long" }),
            ["FieldValueTooLong", "spec.label", "Too long: may not be more than 8 bytes"],
        ),
        (
            json!({ "size": 1, "label": "a" }),
            [
                "FieldValueInvalid",
                "spec.label",
                r#"Invalid value: "a": spec.label in body should be at least 2 chars long"#,
            ],
        ),
        (
            json!({ "size": 1, "label": "Upper" }),
            [
                "FieldValueInvalid",
                "spec.label",
                r#"Invalid value: "Upper": spec.label in body should match '^[a-z]\w*$'"#,
            ],
        ),
        (
            json!({ "size": 1, "since": "today" }),
            [
                "FieldValueTypeInvalid",
                "spec.since",
                r#"Invalid value: "today": spec.since in body must be of type date-time: "today""#,
            ],
        ),
        (
            json!({ "size": 1, "ports": [{ "name": "a", "port": 70000 }] }),
            [
                "FieldValueInvalid",
                "spec.ports[0].port",
                "Invalid value: 70000: spec.ports[0].port in body should be less than or equal to 65535",
            ],
        ),
        (
            json!({ "size": 1, "ports": [{ "name": "a", "port": 1 }, { "name": "a", "port": 2 }] }),
            ["FieldValueDuplicate", "spec.ports[1]", r#"Duplicate value: {"name":"a"}"#],
        ),
        (
            json!({ "size": 1, "tags": ["a", "a"] }),
            ["FieldValueDuplicate", "spec.tags[1]", r#"Duplicate value: "a""#],
        ),
        (
            json!({ "size": 1, "tags": ["a", "b", "c", "d"] }),
            ["FieldValueTooMany", "spec.tags", "Too many: 4: must have at most 3 items"],
        ),
        (
            json!({ "size": 1, "limits": { "a": 256 } }),
            [
                "FieldValueInvalid",
                "spec.limits.a",
                "Invalid value: 256: spec.limits.a in body should be less than or equal to 255",
            ],
        ),
        (
            json!({ "size": 1, "limits": { "a": 1, "b": 1, "c": 1 } }),
            ["FieldValueTooMany", "spec.limits", "Too many: 3: must have at most 2 items"],
        ),
        (
            json!({ "size": 1, "source": { "service": { "url": "" } } }),
            [
                "FieldValueInvalid",
                "spec.source.service.url",
                r#"Invalid value: "": spec.source.service.url in body should be at least 1 chars long"#,
            ],
        ),
    ];
    for (spec, cause) in cases {
        assert!(refusal(&client, &spec).await.contains(&cause.map(str::to_owned)), "{spec}: {cause:?}");
    }
    assert_eq!(client.get(U).await.expect(200)["items"], json!([]), "nothing was stored");
}

#[tokio::test]
async fn all_errors_are_told_and_those_of_the_kind_come_after() {
    let client = serve().await;
    let spec = json!({ "size": 101, "mode": "loud", "label": "a" });
    client.post(U, &gauge(&spec)).await.expect_status(
        422,
        "Invalid",
        "Gauge.meters.example.com \"x\" is invalid: [spec.label: Invalid value: \"a\": spec.label in body should be at \
         least 2 chars long, spec.size: Invalid value: 101: spec.size in body should be less than or equal to 100, \
         spec.mode: Forbidden: large gauges are quiet]",
    );
}

#[tokio::test]
async fn a_value_of_the_wrong_type_is_a_bad_request() {
    let client = serve().await;
    for spec in [
        json!({ "size": "1" }),
        json!({ "size": 1, "ports": {} }),
        json!({ "size": "1", "mode": "silent" }),
        json!({ "size": 1, "tags": [null] }),
    ] {
        let status = client.post(U, &gauge(&spec)).await.expect(400);
        let message = status["message"].as_str().unwrap_or_default();
        assert!(
            message.starts_with("Gauge in version \"v1\" cannot be handled as a Gauge: spec."),
            "{message}"
        );
    }
}

#[tokio::test]
async fn defaults_are_stored_and_a_second_write_of_the_same_is_none() {
    let client = serve().await;
    let sent = gauge(
        &json!({ "size": 1, "retries": null, "label": null, "ports": [{ "name": "a", "port": 1 }], "options": {} }),
    );
    let object = client.post(U, &sent).await.expect(201);
    let expected = json!({
        "size": 1, "mode": "quiet", "retries": 3,
        "ports": [{ "name": "a", "port": 1, "protocol": "TCP" }], "options": { "known": false },
    });
    assert_eq!(object["spec"], expected);
    let path = format!("{U}/x");
    let again = with(&sent, "/metadata/resourceVersion", object["metadata"]["resourceVersion"].clone());
    assert_eq!(client.put(&path, &again).await.expect(200), object, "no revision, no generation");
    let patched =
        client.merge(&path, &json!({ "spec": { "mode": null, "retries": null } })).await.expect(200);
    assert_eq!(patched, object);
}

#[tokio::test]
async fn unknown_fields_are_pruned_unless_the_type_keeps_them() {
    let client = serve().await;
    let spec =
        json!({ "size": 1, "unknown": 1, "options": { "known": true, "other": { "deep": [1, null] } } });
    let answer = client.post(U, &gauge(&spec)).await;
    assert_eq!(answer.header("warning"), "299 - \"unknown field \\\"spec.unknown\\\"\"");
    let stored = client.get(&format!("{U}/x")).await.expect(200);
    assert_eq!(stored["spec"]["options"], json!({ "known": true, "other": { "deep": [1, null] } }));
    assert_eq!(stored["spec"].get("unknown"), None);
}

#[tokio::test]
async fn updates_and_patches_are_checked_too() {
    let client = serve().await;
    let path = format!("{U}/x");
    let object = client.post(U, &gauge(&json!({ "size": 1 }))).await.expect(201);
    let too_large = "Invalid value: 101: spec.size in body should be less than or equal to 100";
    let put = client.put(&path, &with(&object, "/spec/size", 101)).await;
    assert_eq!(causes(&put), [["FieldValueInvalid", "spec.size", too_large]]);
    let merge = client.merge(&path, &json!({ "spec": { "size": 101 } })).await;
    assert_eq!(causes(&merge), causes(&put));
    let unsupported = client.merge(&path, &json!({ "spec": { "mode": "silent" } })).await;
    assert_eq!(causes(&unsupported)[0][0], "FieldValueNotSupported");
    let removed = client.json_patch(&path, &json!([{ "op": "remove", "path": "/spec/size" }])).await;
    assert_eq!(causes(&removed), [["FieldValueRequired", "spec.size", "Required value"]]);
    assert_eq!(client.get(&path).await.expect(200), object);
}

#[tokio::test]
async fn a_status_is_checked_on_its_own_endpoint() {
    let client = serve().await;
    let mut sent = gauge(&json!({ "size": 1 }));
    sent["status"] = json!({ "readings": [11] });
    let object = client.post(U, &sent).await.expect(201);
    assert_eq!(object.get("status"), None, "what is dropped is not checked");
    let path = format!("{U}/x/status");
    let refused = client.put(&path, &with(&object, "/status", json!({ "readings": [1, 11] }))).await;
    let text = "Invalid value: 11: readings[1] in body should be less than or equal to 10";
    assert_eq!(causes(&refused), [["FieldValueInvalid", "status.readings[1]", text]]);
    let spec = with(&with(&object, "/status", json!({ "readings": [1] })), "/spec/size", 101);
    let updated = client.put(&path, &spec).await.expect(200);
    assert_eq!((&updated["spec"]["size"], revision(&updated) > revision(&object)), (&json!(1), true));
}

#[tokio::test]
async fn the_schema_binds_those_who_use_the_registry_without_a_server() {
    let registry = Registry::new(&Store::memory(), GaugeStrategy);
    let sent = with(&gauge(&json!({ "size": 101, "retries": 1 })), "/metadata/namespace", "ns1");
    let gauge: Gauge = serde_json::from_value(sent).expect("a gauge");
    let ctx = RequestContext::namespaced("ns1");
    let refused = registry.create(&ctx, gauge, &ValidateAllObjects, &CreateOptions::default()).await;
    assert_eq!(
        refused.err().map(|error| error.message().to_owned()).unwrap_or_default(),
        "Gauge.meters.example.com \"x\" is invalid: spec.size: Invalid value: 101: spec.size in body should be less than \
         or equal to 100",
    );
}

#[tokio::test]
async fn the_schema_that_clients_see_has_the_limits_and_the_defaults() {
    let client = serve().await;
    let document = client.get("/openapi/v3/apis/meters.example.com/v1").await.expect(200);
    let schemas = document["components"]["schemas"].as_object().expect("schemas");
    let gauge = schemas.iter().find(|(name, _)| name.ends_with(".Gauge")).expect("the gauge").1;
    let spec = &gauge["properties"]["spec"]["properties"];
    assert_eq!((&spec["size"]["maximum"], &spec["retries"]["default"]), (&json!(100), &json!(3)));
    assert_eq!(spec["label"]["pattern"], json!(r"^[a-z]\w*$"));
    assert_eq!(spec["ports"]["x-kubernetes-list-map-keys"], json!(["name"]));
    assert_eq!(spec["mode"]["enum"], json!(["quiet", "loud"]));
}
