//! What the schema of a kind does to what clients send: defaults, limits, lists, unknown fields (contract 17).

use resourceful::options::{CreateOptions, GetOptions, ListOptions, UpdateOptions};
use resourceful::rest::{Creater, DefaultUpdatedObjectInfo, Getter, Lister, Updater, ValidateAllObjects};
use resourceful::{ObjectMeta, Registry, RequestContext, Store};
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

/// A whole object inside of another: its apiVersion and kind, and the rules of all metadata.
#[tokio::test]
async fn embedded_objects_are_held_to_the_rules_of_objects() {
    let client = serve().await;
    let pot =
        json!({ "apiVersion": "v1", "kind": "Pot", "metadata": { "labels": { "a": "b" } }, "any": [null] });
    let made = client.post(U, &gauge(&json!({ "size": 1, "template": pot }))).await.expect(201);
    assert_eq!(made["spec"]["template"], pot);
    let wrong = |template: Value| json!({ "size": 1, "template": template });
    let kinds = "a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with an alphabetic \
        character, and end with an alphanumeric character (e.g. 'my-name',  or 'abc-123', regex used for validation is \
        '[a-z]([-a-z0-9]*[a-z0-9])?')";
    let no_pot = format!("Invalid value: \"1\": may have mixed case, but should otherwise match: {kinds}");
    let cases = [
        (json!({ "kind": "Pot" }), ["FieldValueRequired", "spec.template.apiVersion", "Required value"]),
        (json!({ "apiVersion": "v1" }), ["FieldValueRequired", "spec.template.kind", "Required value"]),
        (
            with(&pot, "/apiVersion", ""),
            ["FieldValueInvalid", "spec.template.apiVersion", "Invalid value: \"\": must not be empty"],
        ),
        (
            with(&pot, "/apiVersion", "a/b/c"),
            [
                "FieldValueInvalid",
                "spec.template.apiVersion",
                "Invalid value: \"a/b/c\": unexpected GroupVersion string: a/b/c",
            ],
        ),
        (with(&pot, "/kind", "1"), ["FieldValueInvalid", "spec.template.kind", &no_pot]),
        (
            with(&pot, "/kind", 1),
            [
                "FieldValueTypeInvalid",
                "spec.template.kind",
                "Invalid value: \"integer\": spec.template.kind in body must be of type string: \"integer\"",
            ],
        ),
        (
            with(&pot, "/metadata/name", "a/b"),
            [
                "FieldValueInvalid",
                "spec.template.metadata.name",
                "Invalid value: \"a/b\": may not contain '/'",
            ],
        ),
        (
            json!("pot"),
            [
                "FieldValueTypeInvalid",
                "spec.template",
                "Invalid value: \"string\": spec.template in body must be of type object: \"string\"",
            ],
        ),
    ];
    for (template, expected) in cases {
        assert_eq!(refusal(&client, &wrong(template.clone())).await, [expected], "{template}");
    }
    let label = refusal(&client, &wrong(with(&pot, "/metadata/labels/a", "-"))).await;
    assert_eq!(label[0][1], "spec.template.metadata.labels");
    // An update does not excuse what a label breaks, and is not asked about what is in order.
    let update = with(&made, "/spec/template/metadata/labels/a", "-");
    assert_eq!(causes(&client.put(&format!("{U}/x"), &update).await)[0][1], "spec.template.metadata.labels");
    client.put(&format!("{U}/x"), &with(&made, "/spec/size", 2)).await.expect(200);
}

/// A Rust type may be wider than its schema, as `serde_json::Value` is: the schema counts.
#[tokio::test]
async fn the_type_of_the_schema_counts_where_the_rust_type_takes_anything() {
    let client = serve().await;
    for (sent, kept) in [(json!(5), json!(5)), (json!("5%"), json!("5%")), (json!(5.0), json!(5))] {
        let gauge = gauge(&json!({ "size": 1, "share": sent }));
        let path = format!("{U}?dryRun=All");
        assert_eq!(client.post(&path, &gauge).await.expect(201)["spec"]["share"], kept);
    }
    for (share, actual) in
        [(json!(true), "boolean"), (json!([5]), "array"), (json!({}), "object"), (json!(0.5), "number")]
    {
        let refused = refusal(&client, &json!({ "size": 1, "share": share })).await;
        let message = format!(
            "Invalid value: \"{actual}\": spec.share in body must be of type integer,string: \"{actual}\""
        );
        assert_eq!(refused, [["FieldValueTypeInvalid", "spec.share", &message]], "{share}");
    }
    let made = client.post(U, &gauge(&json!({ "size": 1, "share": 5 }))).await.expect(201);
    let update = with(&made, "/spec/share", true);
    assert_eq!(causes(&client.put(&format!("{U}/x"), &update).await)[0][1], "spec.share");
    let patched = client.merge(&format!("{U}/x"), &json!({ "spec": { "share": [] } })).await;
    assert_eq!(causes(&patched)[0][1], "spec.share");
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
async fn a_value_of_the_wrong_type_is_told_like_any_other() {
    let client = serve().await;
    let wrong = |field: &str, expected: &str, actual: &str| {
        let text =
            format!("Invalid value: {actual:?}: {field} in body must be of type {expected}: {actual:?}");
        ["FieldValueTypeInvalid".to_owned(), field.to_owned(), text]
    };
    let cases = [
        (json!({ "size": "1" }), vec![wrong("spec.size", "integer", "string")]),
        (json!({ "size": true }), vec![wrong("spec.size", "int32", "")]),
        (json!({ "size": 1, "ports": {} }), vec![wrong("spec.ports", "array", "object")]),
        (json!({ "size": 1, "since": 5 }), vec![wrong("spec.since", "date-time", "int64")]),
        (json!({ "size": 1, "tags": [null] }), vec![wrong("spec.tags[0]", "string", "null")]),
        (
            json!({ "size": 1, "mode": {} }),
            vec![
                wrong("spec.mode", "string", "object"),
                [
                    "FieldValueNotSupported".to_owned(),
                    "spec.mode".to_owned(),
                    r#"Unsupported value: {}: supported values: "quiet", "loud""#.to_owned(),
                ],
            ],
        ),
        (
            json!({ "size": "1", "label": "a", "limits": { "a": 256 } }),
            vec![
                [
                    "FieldValueInvalid".to_owned(),
                    "spec.label".to_owned(),
                    r#"Invalid value: "a": spec.label in body should be at least 2 chars long"#.to_owned(),
                ],
                [
                    "FieldValueInvalid".to_owned(),
                    "spec.limits.a".to_owned(),
                    "Invalid value: 256: spec.limits.a in body should be less than or equal to 255"
                        .to_owned(),
                ],
                wrong("spec.size", "integer", "string"),
            ],
        ),
    ];
    for (spec, expected) in cases {
        assert_eq!(refusal(&client, &spec).await, expected, "{spec}");
    }
    let whole = client.post(U, &gauge(&json!({ "size": 2.0 }))).await.expect(201);
    assert_eq!(whole["spec"]["size"], 2, "a whole number is an integer");
}

#[tokio::test]
async fn whatever_else_is_wrong_with_a_request_is_told_before_its_types() {
    let client = serve().await;
    let path = format!("{U}/x");
    let wrong = gauge(&json!({ "size": "1" }));
    assert_eq!(client.put(&path, &with(&wrong, "/metadata/resourceVersion", "5")).await.code, 404);
    assert_eq!(client.post(U, &with(&wrong, "/metadata/namespace", "ns2")).await.code, 400);
    assert_eq!(client.post(U, &with(&wrong, "/metadata/labels", json!([]))).await.code, 400);
    let object = client.post(U, &gauge(&json!({ "size": 1 }))).await.expect(201);
    let wrong = with(&object, "/spec/size", "1");
    let causes_of_put = causes(&client.put(&path, &wrong).await);
    assert_eq!(causes_of_put[0][0], "FieldValueTypeInvalid");
    assert_eq!(causes(&client.merge(&path, &json!({ "spec": { "size": "1" } })).await), causes_of_put);
    let labelled = client.merge(&path, &json!({ "metadata": { "labels": { "a": "b" } } })).await.expect(200);
    assert_eq!(client.put(&path, &wrong).await.code, 409);
    let stale = json!({ "metadata": { "resourceVersion": "1" }, "spec": { "size": "1" } });
    assert_eq!(client.merge(&path, &stale).await.code, 409);
    assert_eq!(client.put(&format!("{U}/y"), &wrong).await.code, 400, "the name on the URL");
    assert_eq!(client.put(&path, &with(&wrong, "/metadata/uid", "other")).await.code, 409);
    assert_eq!(client.get(&path).await.expect(200), labelled);
}

#[tokio::test]
async fn a_status_that_nobody_looks_at_may_be_anything() {
    let client = serve().await;
    let sent = with(&gauge(&json!({ "size": 1 })), "/status", json!({ "readings": "many" }));
    let object = client.post(U, &sent).await.expect(201);
    assert_eq!(object.get("status"), None);
    let put = with(&with(&object, "/status", json!([])), "/spec/size", 2);
    let updated = client.put(&format!("{U}/x"), &put).await.expect(200);
    assert_eq!((&updated["spec"]["size"], updated.get("status")), (&json!(2), None));
    let refused = client.put(&format!("{U}/x/status"), &with(&updated, "/status", json!("good"))).await;
    let text = "Invalid value: \"string\":  in body must be of type object: \"string\"";
    assert_eq!(causes(&refused), [["FieldValueTypeInvalid", "status", text]]);
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

/// A kind in two releases of a program: the second has a limit and a default more.
#[allow(unreachable_pub, reason = "the derive writes what is as public as the kind")]
mod releases {
    pub mod old {
        use resourceful::prelude::*;

        #[derive(Resource, Clone, Debug, Serialize, Deserialize, JsonSchema)]
        #[resource(group = "meters.example.com", version = "v1", namespaced)]
        pub struct Meter {
            pub metadata: ObjectMeta,
            pub size: i32,
            pub colour: String,
        }
    }

    pub mod new {
        use resourceful::prelude::*;

        #[derive(Resource, Clone, Debug, Serialize, Deserialize, JsonSchema)]
        #[resource(group = "meters.example.com", version = "v1", namespaced)]
        pub struct Meter {
            pub metadata: ObjectMeta,
            #[schemars(range(max = 100))]
            pub size: i32,
            #[schemars(extend("default" = 7))]
            pub limit: i32,
        }
    }
}

#[tokio::test]
async fn an_object_that_is_older_than_a_limit_and_a_default() {
    let store = Store::memory();
    let ctx = RequestContext::namespaced("ns1");
    let old = releases::old::Meter { metadata: ObjectMeta::named("x"), size: 500, colour: "red".into() };
    releases::old::Meter::rest(&store)
        .create(&ctx, old, &ValidateAllObjects, &CreateOptions::default())
        .await
        .expect("an object");
    let meters = releases::new::Meter::rest(&store);
    let read = meters.get(&ctx, "x", &GetOptions::default()).await.expect("an object");
    let shown: Value = serde_json::from_slice(&read.to_bytes()).expect("JSON");
    assert_eq!((&shown["limit"], shown.get("colour")), (&json!(7), None), "a read shows today's form");
    let listed = meters.list(&ctx, &ListOptions::default()).await.expect("a list");
    assert_eq!(listed.iter().next().map(|meter| meter.to_bytes()), Some(read.to_bytes()));
    let update = async |change: fn(&mut releases::new::Meter)| {
        let wanted = DefaultUpdatedObjectInfo::change(move |mut meter| {
            change(&mut meter);
            Ok(meter)
        });
        let all = &ValidateAllObjects;
        let options = UpdateOptions::default();
        meters.update(&ctx, "x", &wanted, all, all, false, &options).await.map(|(meter, _)| meter)
    };
    let written = update(|_| {}).await.expect("an object");
    assert!(
        written.revision() > read.revision(),
        "a write stores today's form, even when it changes nothing else"
    );
    assert_eq!(written.decode().expect("a meter").metadata.generation, 1);
    assert_eq!(update(|_| {}).await.expect("an object").revision(), written.revision());
    let labelled = update(|meter| drop(meter.metadata.labels.insert("a".into(), "b".into()))).await;
    let meter = labelled.expect("what did not change is not held against it").decode().expect("a meter");
    assert_eq!((meter.size, meter.limit), (500, 7));
    let refused = update(|meter| meter.size = 501).await.expect_err("a change is checked");
    assert_eq!(refused.code(), 422);
}
