//! Every text that a body can be answered with.

use std::collections::BTreeSet;

use proptest::prelude::*;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::{BodyFormat, Decoded, Part, Refused, decode_body, decode_delete_options, decode_patched};
use crate::errors::{Error, Reason};
use crate::info::ResourceInfo;
use crate::meta::ObjectMeta;
use crate::options::FieldValidation;
use crate::registry::Kind;
use crate::resource::Resource;

#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
struct Widget {
    metadata: ObjectMeta,
    #[serde(default)]
    spec: Spec,
}

#[derive(Clone, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
struct Spec {
    size: i32,
    mode: String,
    ratio: f32,
    list: Vec<Item>,
    marks: Option<BTreeSet<String>>,
    free: Value,
}

#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
struct Item {
    name: String,
}

impl Resource for Widget {
    const INFO: ResourceInfo =
        ResourceInfo::namespaced("demo.example.com", "v1", "Widget", "widgets", "widget");
    type Metadata = ObjectMeta;

    fn metadata(&self) -> &ObjectMeta {
        &self.metadata
    }

    fn metadata_mut(&mut self) -> &mut ObjectMeta {
        &mut self.metadata
    }
}

fn json(body: &str, validation: FieldValidation) -> Result<Decoded, Error> {
    decode_body(&Kind::<Widget>::new(), Part::Object, body.as_bytes(), BodyFormat::Json, validation)
}

fn yaml(body: &str, validation: FieldValidation) -> Result<Decoded, Error> {
    decode_body(&Kind::<Widget>::new(), Part::Object, body.as_bytes(), BodyFormat::Yaml, validation)
}

#[track_caller]
fn assert_refused(result: Result<Decoded, Error>, message: &str) {
    let error = result.unwrap_err();
    assert_eq!(error.message(), message);
    assert_eq!((error.code(), error.reason()), (400, Reason::BadRequest));
}

/// What the schema alone refuses a document for.
fn refusal(refused: &Refused) -> Error {
    Error::invalid(&refused.info.group_kind(), &refused.meta.name, &refused.errors)
}

fn widget(decoded: &Decoded) -> &Widget {
    decoded.object.as_ref().unwrap().downcast_ref().unwrap()
}

const HANDLED: &str = "Widget in version \"v1\" cannot be handled as a Widget: ";

#[test]
fn a_body_with_and_without_its_type_is_taken() {
    // contract 4.22, 17
    for header in ["", r#""apiVersion":"demo.example.com/v1","#, r#""kind":"Widget","#, r#""kind":null,"#] {
        let body = format!(r#"{{{header}"metadata":{{"name":"x"}},"spec":{{"size":3}}}}"#);
        let decoded = json(&body, FieldValidation::Strict).unwrap();
        assert_eq!((widget(&decoded).metadata.name.as_str(), widget(&decoded).spec.size), ("x", 3));
        assert_eq!(decoded.warnings, [""; 0]);
    }
    for body in ["{}", r#"{"metadata":null}"#] {
        assert_eq!(widget(&json(body, FieldValidation::Strict).unwrap()).metadata, ObjectMeta::default());
    }
}

#[test]
fn another_kind_or_version_is_refused() {
    // contract 4.22, 4.23
    assert_refused(
        json(r#"{"apiVersion":"demo.example.com/v2","kind":"Widget"}"#, FieldValidation::Warn),
        "the API version in the data (demo.example.com/v2) does not match the expected API version (demo.example.com/v1)",
    );
    assert_refused(
        json(r#"{"kind":"Gadget"}"#, FieldValidation::Warn),
        "Gadget in version \"v1\" cannot be handled as a Widget: the kind in the data (Gadget) does not match the expected kind (Widget)",
    );
    assert_refused(
        json(r#"{"apiVersion":"apps/v1beta1","kind":"Gadget"}"#, FieldValidation::Warn),
        "the API version in the data (apps/v1beta1) does not match the expected API version (demo.example.com/v1)",
    );
}

#[test]
fn what_cannot_be_read_is_summed_up() {
    // contract 6.42
    let text = "the object provided is unrecognized (must be of type Widget): ";
    let parse = "couldn't get version/kind; json parse error: ";
    let header = r#"struct { APIVersion string "json:\"apiVersion,omitempty\""; Kind string "json:\"kind,omitempty\"" }"#;
    let list = format!("json: cannot unmarshal array into Go value of type {header} (5b5d)");
    let cases = [
        ("", "unexpected end of JSON input (<empty>)"),
        ("{", "unexpected end of JSON input ({)"),
        ("[]", &list),
        (
            r#"{"kind":1}"#,
            r#"json: cannot unmarshal number into Go struct field .kind of type string ({"kind":1})"#,
        ),
        (
            r#"{"metadata":{"name":"a-long-name-for-a-widget"},}"#,
            r#"invalid character '}' looking for beginning of object key string ({"metadata":{"name":"a-long-na ...)"#,
        ),
        (
            "this is not JSON in any way at all",
            "invalid character 'h' in literal true (expecting 'r') (74686973206973206e6f74204a534f4e20696e20616e7920776179206174 ...)",
        ),
        ("{} {}", "invalid character '{' after top-level value ({} {})"),
    ];
    for (body, rest) in cases {
        assert_refused(json(body, FieldValidation::Warn), &format!("{text}{parse}{rest}"));
    }
    let cases = [
        ("null", "Object 'Kind' is missing in 'null' (6e756c6c)"),
        (r#"{"apiVersion":"a/b/c"}"#, r#"unexpected GroupVersion string: a/b/c ({"apiVersion":"a/b/c"})"#),
    ];
    for (body, rest) in cases {
        assert_refused(json(body, FieldValidation::Warn), &format!("{text}{rest}"));
    }
    assert_refused(
        yaml("a: b: c", FieldValidation::Warn),
        &format!("{text}yaml: mapping values are not allowed in this context (613a20623a2063)"),
    );
    assert_refused(
        json(r#"{"spec":{"size":-1e400}}"#, FieldValidation::Warn),
        "Widget in version \"v1\" cannot be handled as a Widget: \
         json: cannot unmarshal number -1e400 into Go value of type float64",
    );
    let refused = json(r#"{"spec":{"ratio":1e39}}"#, FieldValidation::Warn).unwrap().object.unwrap_err();
    assert_eq!(
        refusal(&refused).message(),
        "Widget.demo.example.com \"\" is invalid: <nil>: Invalid value: \"\": \
         Checked value must be of type number with format float in spec.ratio"
    );
    let read = json(r#"{"spec":{"mode":"\ud800"}}"#, FieldValidation::Warn).unwrap();
    assert_eq!(widget(&read).spec.mode, "\u{fffd}");
    let deep = "[".repeat(100_000);
    assert_eq!(json(&format!(r#"{{"spec":{{"free":{deep}"#), FieldValidation::Warn).unwrap_err().code(), 400);
}

#[test]
fn a_value_of_the_wrong_type_is_refused_as_in_a_custom_resource() {
    // contract 17
    let invalid = |body: &str| {
        let refused = json(body, FieldValidation::Warn).unwrap().object.unwrap_err();
        let message = refusal(&refused).message().to_owned();
        message.strip_prefix("Widget.demo.example.com \"x\" is invalid: ").unwrap().to_owned()
    };
    let spec = |spec: &str| format!(r#"{{"metadata":{{"name":"x"}},"spec":{spec}}}"#);
    let cases = [
        (
            r#"{"size":"big"}"#,
            r#"spec.size: Invalid value: "string": spec.size in body must be of type integer: "string""#,
        ),
        // Upstream speaks of the format where there is one, but not of texts and lists.
        (r#"{"size":true}"#, r#"spec.size: Invalid value: "": spec.size in body must be of type int32: """#),
        (
            r#"{"size":1.5}"#,
            "[spec.size: Invalid value: \"float64\": spec.size in body must be of type int32: \"float64\", \
             <nil>: Invalid value: \"\": Checked value must be of type integer with format int32 in spec.size]",
        ),
        (
            r#"{"size":[]}"#,
            r#"spec.size: Invalid value: "array": spec.size in body must be of type integer: "array""#,
        ),
        (
            r#"{"mode":7}"#,
            r#"spec.mode: Invalid value: "integer": spec.mode in body must be of type string: "integer""#,
        ),
        (
            r#"{"list":[{"name":{}},null]}"#,
            "[spec.list[0].name: Invalid value: \"object\": spec.list[0].name in body must be of type string: \"object\", \
             spec.list[1]: Invalid value: \"null\": spec.list[1] in body must be of type object: \"null\"]",
        ),
        ("[]", r#"spec: Invalid value: "array": spec in body must be of type object: "array""#),
    ];
    for (sent, text) in cases {
        assert_eq!(invalid(&spec(sent)), text, "{sent}");
    }
    let decoded = json(&spec(r#"{"size":3.0}"#), FieldValidation::Strict).unwrap();
    assert_eq!(widget(&decoded).spec.size, 3, "a whole number is an integer");
    let strict = FieldValidation::Strict;
    assert_refused(
        json(r#"{"spec":{"size":"big","foo":1}}"#, strict),
        &format!("{HANDLED}strict decoding error: unknown field \"spec.foo\""),
    );
    // contract 6.68, 9.14: metadata is a Go type there too.
    assert_refused(
        json(r#"{"metadata":{"labels":{"a":1}}}"#, strict),
        &format!(
            "{HANDLED}json: cannot unmarshal number into Go struct field ObjectMeta.labels of type string"
        ),
    );
}

#[test]
fn a_value_that_breaks_the_schema_is_invalid_and_loses_to_strict_errors() {
    // contract 17
    let body = r#"{"metadata":{"name":"x"},"spec":{"size":3000000000,"list":[{"name":"a"},{}]}}"#;
    let text = "Widget.demo.example.com \"x\" is invalid: [spec.list[1].name: Required value, <nil>: Invalid value: \"\": \
                Checked value must be of type integer with format int32 in spec.size]";
    let refused = json(body, FieldValidation::Strict).unwrap().object.unwrap_err();
    assert_eq!((refusal(&refused).message(), refusal(&refused).code()), (text, 422));
    let patched = decode_patched(
        &Kind::<Widget>::new(),
        serde_json::from_str(body).unwrap(),
        Vec::new(),
        FieldValidation::Strict,
        None,
    );
    assert_eq!(refusal(&patched.unwrap().object.unwrap_err()).message(), text);

    let body = r#"{"spec":{"list":[{"foo":1}]}}"#;
    let problem = "unknown field \"spec.list[0].foo\"";
    assert_refused(
        json(body, FieldValidation::Strict),
        &format!("{HANDLED}strict decoding error: {problem}"),
    );
    let decoded = json(body, FieldValidation::Warn).unwrap();
    assert!(decoded.object.is_err());
    assert_eq!(decoded.warnings, [problem]);
}

#[test]
fn nulls_are_left_out_where_they_are_not_allowed() {
    let body = r#"{"metadata":{"name":"x","creationTimestamp":null,"labels":null},"spec":{"size":null,"list":null,"free":null}}"#;
    let decoded = json(body, FieldValidation::Strict).unwrap();
    let spec = &widget(&decoded).spec;
    assert_eq!((spec.size, spec.list.len(), &spec.free), (0, 0, &Value::Null));
}

const MESSY: &str = r#"{"kind":"Widget","foo":{"a":1,"a":2},"metadata":{"name":"x","foo":1},
    "spec":{"size":1,"size":2,"list":[{"name":"a"},{"name":"b","foo":1,"foo":2}],"free":{"b":1,"b":2}},"foo":3}"#;

const MESS: [&str; 8] = [
    "duplicate field \"foo.a\"",
    "duplicate field \"spec.size\"",
    "duplicate field \"spec.list[1].foo\"",
    "duplicate field \"spec.free.b\"",
    "duplicate field \"foo\"",
    "unknown field \"metadata.foo\"",
    "unknown field \"foo\"",
    "unknown field \"spec.list[1].foo\"",
];

#[test]
fn duplicate_fields_are_told_in_document_order_and_then_the_unknown_by_name() {
    // contract 6.63, 6.65 to 6.67
    assert_refused(
        json(MESSY, FieldValidation::Strict),
        &format!("{HANDLED}strict decoding error: {}", MESS.join(", ")),
    );
    let decoded = json(MESSY, FieldValidation::Warn).unwrap();
    assert_eq!(decoded.warnings, MESS);
    assert_eq!(widget(&decoded).spec.size, 2, "the last one wins");
    let decoded = json(MESSY, FieldValidation::Ignore).unwrap();
    assert_eq!(
        (decoded.warnings, decoded.object.unwrap().to_value().unwrap().get("foo")),
        (Vec::new(), None)
    );

    let many = (0..300).map(|n| format!("\"f{n}\":0")).collect::<Vec<_>>().join(",");
    let decoded = json(&format!("{{{many}}}"), FieldValidation::Warn).unwrap();
    assert_eq!(decoded.warnings.len(), 100);
}

#[test]
fn yaml_is_read_as_its_json_form() {
    // contract 6.41, 6.64
    let decoded = yaml(
        "kind: Widget\nmetadata:\n  name: x\nspec:\n  size: 3\n  mode: \"5\"\n",
        FieldValidation::Strict,
    );
    let decoded = decoded.unwrap();
    assert_eq!((widget(&decoded).spec.size, widget(&decoded).spec.mode.as_str()), (3, "5"));
    assert_eq!(widget(&yaml(MESSY, FieldValidation::Ignore).unwrap()).spec.size, 2);

    let decoded =
        yaml("spec:\n  free: {1: a, true: b, x: null, y: 1.5, z: [-1, no]}\n", FieldValidation::Strict)
            .unwrap();
    let free = &widget(&decoded).spec.free;
    assert_eq!(
        (&free["1"], &free["true"], &free["y"], &free["z"][0]),
        (&json!("a"), &json!("b"), &json!(1.5), &json!(-1))
    );
    assert_eq!(free["z"][1], false, "the words of YAML 1.1, as upstream reads them");

    let messy = "spec:\n  size: 1\n  foo: 1\n  size: 2\nmetadata:\n  name: x\n  name: z\n";
    assert_refused(
        yaml(messy, FieldValidation::Strict),
        &format!(
            "{HANDLED}strict decoding error: yaml: unmarshal errors:\n  line 4: key \"size\" already set in map\n  \
             line 7: key \"name\" already set in map, unknown field \"spec.foo\""
        ),
    );
    let decoded = yaml(messy, FieldValidation::Warn).unwrap();
    let expected = [
        "line 4: key \"size\" already set in map",
        "line 7: key \"name\" already set in map",
        "unknown field \"spec.foo\"",
    ];
    assert_eq!(decoded.warnings, expected);
    assert_eq!((widget(&decoded).spec.size, widget(&decoded).metadata.name.as_str()), (2, "z"));
    assert_eq!(yaml("a: [", FieldValidation::Warn).unwrap_err().code(), 400);
    assert_eq!(yaml("", FieldValidation::Warn).unwrap_err().code(), 400);
}

#[test]
fn yaml_bombs_are_refused() {
    // Nine levels of nine aliases: 9^9 values, and a text that is repeated until it fills the memory.
    let level =
        |level: i32| format!("a{level}: &a{level} [{}]\n", vec![format!("*a{}", level - 1); 9].join(","));
    let laughs = "a0: &a0 [x,x,x,x,x,x,x,x,x]\n".to_owned() + &(1..9).map(level).collect::<Vec<_>>().concat();
    let text = format!("t: &t \"{}\"\nl: [{}]\n", "x".repeat(1 << 20), ["*t"; 64].join(","));
    let deep = format!("a: {}", "[".repeat(5_000));
    let merges = format!("a: &a {{{}}}\nb: [{}]\n", "k: 1, ".repeat(500), vec!["{<<: *a}"; 5_000].join(","));
    let itself = "a: &a [*a]\n".to_owned();
    for bomb in [laughs, text, deep, merges, itself] {
        assert_eq!(yaml(&bomb, FieldValidation::Warn).unwrap_err().code(), 400, "{bomb:.60}");
    }
}

fn patched(document: Value, problems: &[&str], validation: FieldValidation) -> Result<Decoded, Error> {
    let problems = problems.iter().map(|&problem| problem.to_owned()).collect();
    decode_patched(&Kind::<Widget>::new(), document, problems, validation, None)
}

/// A set in Rust would forget the second of two equal items, and the client would never hear of it.
#[test]
fn a_set_takes_no_item_twice() {
    let marks = |marks: &str| {
        let body = format!(r#"{{"metadata":{{"name":"x"}},"spec":{{"marks":{marks}}}}}"#);
        let object = json(&body, FieldValidation::Strict).unwrap().object;
        object.map(drop).map_err(|refused| refusal(&refused).message().to_owned())
    };
    assert_eq!(marks(r#"["b","a"]"#), Ok(()));
    let text = r#"Widget.demo.example.com "x" is invalid: spec.marks[2]: Duplicate value: "a""#;
    assert_eq!(marks(r#"["a","b","a"]"#), Err(text.to_owned()));
}

#[test]
fn the_result_of_a_patch_is_refused_with_422() {
    // contract 7.2.4, 7.5.1
    let error = patched(json!({"metadata": {"labels": []}}), &[], FieldValidation::Ignore).unwrap_err();
    let value = r#""{\"metadata\":{\"labels\":[]}}""#;
    let why = "json: cannot unmarshal array into Go struct field ObjectMeta.labels of type map[string]string";
    assert_eq!(error.message(), format!(" \"\" is invalid: patch: Invalid value: {value}: {why}"));
    assert_eq!(error.code(), 422);
    assert_eq!(error.status().details.as_ref().unwrap().causes[0].field, "patch");

    let unknown = || json!({"spec": {"foo": 1}});
    let problems = ["duplicate field \"spec.x\""];
    let error = patched(unknown(), &problems, FieldValidation::Strict).unwrap_err();
    assert_eq!(
        error.message(),
        " \"\" is invalid: patch: Invalid value: \"{\\\"spec\\\":{\\\"foo\\\":1}}\": \
         strict decoding error: duplicate field \"spec.x\", unknown field \"spec.foo\""
    );
    let decoded = patched(unknown(), &problems, FieldValidation::Warn).unwrap();
    assert_eq!(decoded.warnings, ["duplicate field \"spec.x\"", "unknown field \"spec.foo\""]);
    assert_eq!(patched(unknown(), &problems, FieldValidation::Ignore).unwrap().warnings, [""; 0]);

    let refused = patched(json!({"spec": {"size": "big"}}), &[], FieldValidation::Strict).unwrap().object;
    assert!(refusal(&refused.unwrap_err()).message().contains("must be of type integer"));

    // contract 7.1.12
    for document in [json!([]), json!({"kind": "Gadget"}), json!({"apiVersion": "demo.example.com/v2"})] {
        assert_eq!(patched(document, &[], FieldValidation::Warn).unwrap_err().code(), 422);
    }
}

#[test]
fn options_are_read_with_and_without_their_kind() {
    // contract 4.41
    let read = |body: &str, format| decode_delete_options(body.as_bytes(), format);
    for version in ["v1", "meta.k8s.io/v1", "demo.example.com/v1", "other/v2"] {
        let body =
            format!(r#"{{"kind":"DeleteOptions","apiVersion":"{version}","foo":1,"gracePeriodSeconds":0}}"#);
        assert_eq!(read(&body, BodyFormat::Json).unwrap().grace_period_seconds, Some(0));
    }
    let options = read("propagationPolicy: Orphan\n", BodyFormat::Yaml).unwrap();
    assert_eq!(options.propagation_policy.as_deref(), Some("Orphan"));
    assert_eq!(read("null", BodyFormat::Json).unwrap(), read("{}", BodyFormat::Json).unwrap());
    let refused = [
        ("{", "couldn't get version/kind; json parse error: unexpected end of JSON input"),
        (
            r#"{"kind":"Widget","apiVersion":"demo.example.com/v1"}"#,
            "no kind \"Widget\" is registered for version \"demo.example.com/v1\" in scheme \
             \"k8s.io/apimachinery/pkg/apis/meta/internalversion/scheme/register.go:27\"",
        ),
        (r#"{"apiVersion":"a/b/c"}"#, "unexpected GroupVersion string: a/b/c"),
        (
            r#"{"gracePeriodSeconds":"x"}"#,
            "json: cannot unmarshal string into Go struct field DeleteOptions.gracePeriodSeconds of type int64",
        ),
    ];
    for (body, message) in refused {
        let error = read(body, BodyFormat::Json).unwrap_err();
        assert_eq!((error.code(), error.message()), (400, message));
    }
}

fn any_json() -> impl Strategy<Value = Value> {
    let name = prop_oneof![
        Just("metadata".to_owned()),
        Just("spec".to_owned()),
        Just("list".to_owned()),
        Just("labels".to_owned()),
        ".{0,6}"
    ];
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        // In YAML 1.0 is 1, in JSON it is not.
        any::<f64>().prop_filter("a fraction", |number| number.fract() != 0.0).prop_map(Value::from),
        ".{0,8}".prop_map(Value::from),
    ];
    leaf.prop_recursive(5, 40, 6, move |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..6).prop_map(Value::from),
            prop::collection::btree_map(name.clone(), inner, 0..6)
                .prop_map(|members| Value::Object(members.into_iter().collect())),
        ]
    })
}

proptest! {
    /// Whatever the bytes, the answer is an object or a 400.
    #[test]
    fn any_bytes_are_answered(body in prop::collection::vec(any::<u8>(), 0..200)) {
        for format in [BodyFormat::Json, BodyFormat::Yaml] {
            if let Err(error) = decode_body(&Kind::<Widget>::new(), Part::Object, &body, format, FieldValidation::Strict) {
                prop_assert_eq!(error.code(), 400);
            }
        }
    }

    /// The same for any JSON, and both formats read it alike.
    #[test]
    fn any_json_is_answered(document in any_json()) {
        let body = document.to_string();
        let one = json(&body, FieldValidation::Warn);
        if let (Ok(one), Ok(other)) = (&one, &yaml(&body, FieldValidation::Warn)) {
            match (&one.object, &other.object) {
                (Ok(one), Ok(other)) => prop_assert_eq!(one.to_value()?, other.to_value()?),
                (Err(one), Err(other)) => {
                    let (one, other) = (refusal(one), refusal(other));
                    prop_assert_eq!(one.message(), other.message());
                }
                _ => prop_assert!(false, "{one:?} {other:?}"),
            }
        }
        let other = patched(document, &[], FieldValidation::Warn);
        prop_assert_eq!(one.is_ok(), other.is_ok());
        if let Err(error) = other {
            prop_assert_eq!(error.code(), 422);
        }
    }
}
