//! One Rust type per form that schemars writes, and the structural schema that it must become.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use proptest::prelude::*;
use schemars::JsonSchema;
use serde_json::{Value, json};

use super::{KindSchema, Structural, Type, meta, mismatch, unknown_fields};
use crate::info::ResourceInfo;
use crate::meta::ObjectMeta;

const INFO: ResourceInfo =
    ResourceInfo::namespaced("example.com", "v1", "Widget", "widgets", "widget").status_fields(&["status"]);

fn kind_schema<T: JsonSchema>() -> KindSchema {
    KindSchema::of::<T>(&INFO)
}

/// The schema of a type as the field `it` of a kind, and the problems.
fn field<T: JsonSchema>() -> (Value, Vec<String>) {
    #[derive(JsonSchema)]
    #[allow(dead_code)]
    struct Holder<T> {
        it: T,
    }
    let schema = kind_schema::<Holder<T>>();
    let told = schema.problems.iter().map(|problem| format!("{}: {}", problem.path, problem.message));
    (schema.root.properties["it"].to_openapi(), told.collect())
}

#[track_caller]
fn assert_field<T: JsonSchema>(expected: Value) {
    assert_eq!(field::<T>(), (expected, Vec::new()));
}

#[test]
fn plain_types() {
    assert_field::<String>(json!({"type": "string"}));
    assert_field::<bool>(json!({"type": "boolean"}));
    assert_field::<char>(json!({"type": "string", "minLength": 1, "maxLength": 1}));
    assert_field::<f64>(json!({"type": "number", "format": "double"}));
    assert_field::<Vec<String>>(json!({"type": "array", "items": {"type": "string"}}));
    assert_field::<[u8; 2]>(json!({
        "type": "array", "minItems": 2, "maxItems": 2,
        "items": {"type": "integer", "format": "int32", "minimum": 0, "maximum": 255},
    }));
}

#[test]
fn integers_are_32_or_64_bits_and_unsigned_ones_not_negative() {
    assert_field::<i8>(json!({"type": "integer", "format": "int32", "minimum": -128, "maximum": 127}));
    assert_field::<i32>(json!({"type": "integer", "format": "int32"}));
    assert_field::<i64>(json!({"type": "integer", "format": "int64"}));
    assert_field::<u16>(json!({"type": "integer", "format": "int32", "minimum": 0, "maximum": 65535}));
    assert_field::<u32>(json!({"type": "integer", "format": "int64", "minimum": 0}));
    assert_field::<usize>(json!({"type": "integer", "format": "int64", "minimum": 0}));
    assert_field::<std::num::NonZeroU32>(json!({"type": "integer", "format": "int64", "minimum": 1}));
}

#[test]
fn maps_and_free_values() {
    let free = json!({"x-kubernetes-preserve-unknown-fields": true});
    assert_field::<Value>(free.clone());
    assert_field::<BTreeMap<String, i32>>(
        json!({"type": "object", "additionalProperties": {"type": "integer", "format": "int32"}}),
    );
    assert_field::<HashMap<String, Value>>(json!({"type": "object", "additionalProperties": free}));
    assert_field::<BTreeMap<u8, String>>(
        json!({"type": "object", "additionalProperties": {"type": "string"}}),
    );
    assert_field::<(String, i32)>(json!({"type": "array", "items": free, "minItems": 2, "maxItems": 2}));
    assert_field::<()>(json!({"nullable": true, "x-kubernetes-preserve-unknown-fields": true}));
}

/// How hard.
#[derive(JsonSchema)]
#[allow(dead_code)]
enum Mode {
    /// Not very.
    Soft,
    /// Very.
    Hard,
    Other,
}

#[test]
fn unit_enums_with_and_without_docs_are_one_list() {
    let mode = json!({"type": "string", "description": "How hard.", "enum": ["Other", "Soft", "Hard"]});
    let optional = json!({"type": "string", "description": "How hard.", "nullable": true, "enum": ["Other", "Soft", "Hard"]});
    assert_field::<Mode>(mode);
    assert_field::<Option<Mode>>(optional);
}

/// `uniqueItems` is no word of structural schemas; a set of plain values is one in Kubernetes, too.
#[test]
fn sets_are_told_of_in_kubernetes_words() {
    let set = json!({"type": "array", "items": {"type": "string"}, "x-kubernetes-list-type": "set"});
    assert_field::<HashSet<String>>(set);
    let (schema, problems) = field::<BTreeSet<Vec<String>>>();
    assert_eq!(schema.get("x-kubernetes-list-type"), None);
    assert_eq!(
        problems,
        [".it: Kubernetes has no sets of objects or lists; that items differ is not checked"]
    );
    let (schema, problems) = field::<Tags>();
    assert_eq!(schema["properties"]["tags"]["x-kubernetes-list-type"], "set");
    assert_eq!(schema["properties"]["tags"].get("uniqueItems"), None);
    assert_eq!(problems, [""; 0]);
}

#[derive(JsonSchema)]
#[allow(dead_code)]
struct Tags {
    #[schemars(extend("x-kubernetes-list-type" = "set"))]
    tags: HashSet<String>,
}

#[test]
fn options_are_nullable() {
    assert_field::<Option<String>>(json!({"type": "string", "nullable": true}));
    assert_field::<Option<Vec<i32>>>(
        json!({"type": "array", "nullable": true, "items": {"type": "integer", "format": "int32"}}),
    );
    assert_field::<Option<Value>>(json!({"x-kubernetes-preserve-unknown-fields": true}));
}

#[derive(JsonSchema)]
#[allow(dead_code)]
enum Source {
    /// From git.
    Git {
        url: String,
    },
    Path(String),
}

#[test]
fn externally_tagged_enums_hoist_their_variants() {
    assert_field::<Source>(json!({
        "type": "object",
        "properties": {
            "Git": {
                "type": "object", "description": "From git.",
                "properties": {"url": {"type": "string"}}, "required": ["url"],
            },
            "Path": {"type": "string"},
        },
        "oneOf": [
            {"required": ["Git"], "properties": {"Git": {"required": ["url"]}}},
            {"required": ["Path"]},
        ],
    }));
}

#[derive(JsonSchema)]
#[serde(tag = "type", rename_all = "lowercase")]
#[allow(dead_code)]
enum Tagged {
    Disk { size: i64 },
    Net { size: i64, host: String },
}

#[test]
fn internally_tagged_enums_list_their_tags() {
    assert_field::<Tagged>(json!({
        "type": "object",
        "properties": {
            "type": {"type": "string", "enum": ["disk", "net"]},
            "size": {"type": "integer", "format": "int64"},
            "host": {"type": "string"},
        },
        "oneOf": [
            {"required": ["type", "size"], "properties": {"type": {"enum": ["disk"]}}},
            {"required": ["type", "size", "host"], "properties": {"type": {"enum": ["net"]}}},
        ],
    }));
}

#[derive(JsonSchema)]
#[serde(untagged)]
#[allow(dead_code)]
enum Port {
    Number(i32),
    Name(String),
}

#[derive(JsonSchema)]
#[serde(untagged)]
#[allow(dead_code)]
enum Either {
    One { one: bool },
    Two { two: bool },
}

#[derive(JsonSchema)]
#[serde(untagged)]
#[allow(dead_code)]
enum Mixed {
    Flag(bool),
    Text(String),
}

#[test]
fn untagged_enums() {
    assert_field::<Port>(json!({"x-kubernetes-int-or-string": true}));
    assert_field::<Either>(json!({
        "type": "object",
        "properties": {"one": {"type": "boolean"}, "two": {"type": "boolean"}},
        "anyOf": [{"required": ["one"]}, {"required": ["two"]}],
    }));
    let (schema, problems) = field::<Mixed>();
    assert_eq!(schema, json!({"x-kubernetes-preserve-unknown-fields": true}));
    assert_eq!(problems, [".it: the variants are of different types; the value is not checked"]);
}

#[derive(JsonSchema)]
#[allow(dead_code)]
struct Limited {
    #[schemars(range(min = 1, max = 10))]
    count: i32,
    #[schemars(extend("exclusiveMinimum" = 5))]
    more: f64,
    #[schemars(length(max = 8), regex(pattern = "^a"))]
    name: String,
    #[schemars(extend("x-kubernetes-list-type" = "set"))]
    tags: Vec<String>,
    /// A title
    /// that wraps.
    ///
    /// Then text
    /// - and a list.
    #[serde(default)]
    documented: Option<bool>,
}

#[test]
fn limits_extensions_and_texts() {
    assert_field::<Limited>(json!({
        "type": "object",
        "required": ["count", "more", "name", "tags"],
        "properties": {
            "count": {"type": "integer", "format": "int32", "minimum": 1, "maximum": 10},
            "more": {"type": "number", "format": "double", "minimum": 5, "exclusiveMinimum": true},
            "name": {"type": "string", "maxLength": 8, "pattern": "^a"},
            "tags": {"type": "array", "items": {"type": "string"}, "x-kubernetes-list-type": "set"},
            "documented": {
                "type": "boolean", "nullable": true,
                "description": "A title that wraps.\n\nThen text\n- and a list.",
            },
        },
    }));
}

#[derive(JsonSchema)]
#[allow(dead_code)]
struct Flattened {
    name: String,
    #[serde(flatten)]
    inner: Inner,
    #[serde(flatten)]
    source: Source,
    #[serde(flatten)]
    rest: BTreeMap<String, Value>,
}

#[derive(JsonSchema)]
#[serde(deny_unknown_fields)]
#[allow(dead_code)]
struct Inner {
    size: i64,
}

#[test]
fn flattened_fields_stand_beside_the_others() {
    let (schema, problems) = field::<Flattened>();
    assert_eq!(problems, [""; 0]);
    let names: Vec<_> = schema["properties"].as_object().unwrap().keys().collect();
    assert_eq!(names, ["Git", "Path", "name", "size"]);
    assert_eq!(schema["x-kubernetes-preserve-unknown-fields"], true);
    assert_eq!(schema.get("additionalProperties"), None);
    assert_eq!(schema["oneOf"].as_array().unwrap().len(), 2);
    // A struct that refuses unknown fields says nothing that structural schemas have a word for.
    assert_field::<Inner>(json!({
        "type": "object", "required": ["size"], "properties": {"size": {"type": "integer", "format": "int64"}},
    }));
}

#[derive(JsonSchema)]
#[allow(dead_code)]
struct Tree {
    label: String,
    left: Option<Box<Self>>,
    others: Vec<Forest>,
}

#[derive(JsonSchema)]
#[allow(dead_code)]
struct Forest {
    trees: Vec<Tree>,
}

#[test]
fn recursion_ends_where_it_begins_again() {
    let free = json!({"x-kubernetes-preserve-unknown-fields": true});
    let (schema, problems) = field::<Tree>();
    assert_eq!(problems, [""; 0]);
    assert_eq!(schema["properties"]["label"], json!({"type": "string"}));
    assert_eq!(
        schema["properties"]["left"],
        json!({"x-kubernetes-preserve-unknown-fields": true, "nullable": true})
    );
    assert_eq!(schema["properties"]["others"]["items"]["properties"]["trees"]["items"], free);
}

/// Turns.
#[derive(JsonSchema)]
#[allow(dead_code)]
struct Widget {
    metadata: ObjectMeta,
    spec: Spec,
    status: Status,
}

#[derive(JsonSchema)]
#[allow(dead_code)]
struct Spec {
    size: u8,
    #[serde(default)]
    list: Vec<Inner>,
    #[serde(default)]
    free: Value,
    #[serde(default)]
    map: BTreeMap<String, Inner>,
}

#[derive(JsonSchema)]
#[allow(dead_code)]
struct Status {
    phase: String,
}

#[test]
fn the_root_gets_what_every_object_has() {
    let KindSchema { root, problems, .. } = kind_schema::<Widget>();
    assert_eq!((root.description.as_str(), problems), ("Turns.", Vec::new()));
    assert_eq!(root.required, ["spec"]);
    assert_eq!(root.properties["kind"].description, meta::KIND);
    assert_eq!(&root.properties["metadata"], meta::object_meta());
    assert!(kind_schema::<String>().root.preserve_unknown);
    assert_eq!(kind_schema::<String>().problems[0].message, "a kind must be an object");
}

#[test]
fn unknown_fields_are_named_by_their_paths() {
    // contract 6.63
    let root = kind_schema::<Widget>().root;
    let document = json!({
        "apiVersion": "example.com/v1", "kind": "Widget", "foo": {"inner": 1},
        "metadata": {"name": "x", "foo": 1, "labels": {"any": "y"}, "ownerReferences": [{"bar": 1}],
            "managedFields": [{"fieldsV1": {"f:spec": {}}}]},
        "spec": {"size": 1, "list": [{"size": 1}, {"foo": 2}], "free": {"all": {"of": "it"}}, "map": {"a": {"b": 1}}},
    });
    let expected =
        ["foo", "metadata.foo", "metadata.ownerReferences[0].bar", "spec.list[1].foo", "spec.map.a.b"];
    let mut found = unknown_fields(&root, &document);
    found.sort_unstable();
    assert_eq!(found, expected.map(|path| format!("unknown field \"{path}\"")));

    let many: Value =
        (0..200).map(|n| (format!("f{n}"), Value::Null)).collect::<serde_json::Map<_, _>>().into();
    assert_eq!(unknown_fields(&root, &many).len(), 100);
    assert_eq!(unknown_fields(&root, &Value::Null), [""; 0]);
}

#[test]
fn the_value_that_does_not_fit_is_found() {
    let root = kind_schema::<Widget>().root;
    let cases = [
        (json!({"spec": {"size": 1, "list": [{"size": 1}]}}), ""),
        (json!({"spec": {"size": "1"}}), "spec.size"),
        (json!({"spec": {"size": null}}), "spec.size"),
        (json!({"spec": {"size": 1, "list": [{"size": 1}, {}, []]}}), "spec.list[2]"),
        (json!({"metadata": {"labels": {"a": 1}}, "spec": {"size": 1}}), "metadata.labels.a"),
        (json!({}), ""),
    ];
    for (document, path) in cases {
        assert_eq!(mismatch(&root, &document), path, "{document}");
    }
    assert_eq!(mismatch(&Structural::anything(), &json!([1])), "");
}

#[test]
fn what_is_forbidden_and_what_is_a_whole_object() {
    #[derive(JsonSchema)]
    #[allow(dead_code)]
    struct Spec {
        #[schemars(extend("not" = {"enum": ["root"]}))]
        user: String,
        #[schemars(extend("x-kubernetes-embedded-resource" = true))]
        template: BTreeMap<String, Value>,
    }
    let (schema, problems) = field::<Spec>();
    assert_eq!(problems, [""; 0]);
    assert_eq!(schema["properties"]["user"]["not"], json!({"enum": ["root"]}));
    let template = &schema["properties"]["template"];
    assert_eq!(template["required"], json!(["apiVersion", "kind"]));
    assert_eq!(template["x-kubernetes-preserve-unknown-fields"], true);
    assert_eq!(template["properties"]["metadata"]["properties"]["name"]["type"], "string");
    assert_eq!(template.get("additionalProperties"), None);
}

/// Any schema, with the words of JSON Schema more often than others.
fn any_schema() -> impl Strategy<Value = Value> {
    let word = prop::sample::select(vec![
        "type",
        "properties",
        "items",
        "additionalProperties",
        "required",
        "enum",
        "const",
        "default",
        "nullable",
        "anyOf",
        "oneOf",
        "allOf",
        "not",
        "$ref",
        "format",
        "pattern",
        "minimum",
        "exclusiveMaximum",
        "multipleOf",
        "minLength",
        "maxItems",
        "minProperties",
        "prefixItems",
        "patternProperties",
        "if",
        "title",
        "description",
        "x-kubernetes-list-type",
        "x-kubernetes-list-map-keys",
        "x-kubernetes-int-or-string",
        "x-kubernetes-preserve-unknown-fields",
        "a",
        "metadata",
        "status",
        "spec",
    ]);
    let leaf = prop_oneof![
        prop::sample::select(vec![
            json!("object"),
            json!("string"),
            json!("integer"),
            json!("array"),
            json!("null"),
            json!("map"),
            json!("int32"),
            json!("date-time"),
            json!("#/$defs/a"),
            json!(["string", "null"]),
            json!("("),
        ]),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        Just(Value::Null),
        "[a-z]{0,3}".prop_map(Value::from),
    ];
    leaf.prop_recursive(6, 96, 6, move |inner| {
        let members = prop::collection::btree_map(word.clone().prop_map(str::to_owned), inner.clone(), 0..6);
        prop_oneof![
            3 => members.prop_map(|members| Value::Object(members.into_iter().collect())),
            1 => prop::collection::vec(inner, 0..4).prop_map(Value::Array),
        ]
    })
}

/// What Kubernetes demands of a structural schema.
fn assert_structural(node: &Structural, path: &str) {
    assert!(node.kind.is_some() || node.preserve_unknown || node.int_or_string, "{path}: no type");
    assert!(node.kind != Some(Type::Array) || node.items.is_some(), "{path}: no items");
    assert!(node.properties.is_empty() || node.additional.is_none(), "{path}: properties and others");
    for (name, property) in &node.properties {
        assert_structural(property, &format!("{path}.{name}"));
    }
    for part in [&node.items, &node.additional].into_iter().flatten() {
        assert_structural(part, &format!("{path}[]"));
    }
    for part in node.all_of.iter().chain(&node.any_of).chain(&node.one_of).chain(node.not.as_deref()) {
        assert_restricts(part, node, path);
    }
}

/// A value validation declares nothing.
fn assert_restricts(node: &Structural, outer: &Structural, path: &str) {
    assert!(node.kind.is_none() && node.default.is_none() && !node.nullable, "{path}: {node:?}");
    assert!(node.description.is_empty() && node.additional.is_none(), "{path}: {node:?}");
    for name in node.properties.keys() {
        assert!(outer.properties.contains_key(name), "{path}: {name} is not declared");
    }
    let parts = node.all_of.iter().chain(&node.any_of).chain(&node.one_of).chain(node.not.as_deref());
    for part in parts {
        assert_restricts(part, outer, path);
    }
}

proptest! {
    /// Whatever a type says of itself, the import makes a structural schema of it, and holds any document against it.
    #[test]
    fn any_schema_becomes_structural(schema in any_schema(), document in any_schema()) {
        let schema = KindSchema::new(&INFO, &json!({"type": "object", "properties": {"spec": schema}}));
        assert_structural(&schema.root, "");
        prop_assert!(schema.root.to_openapi().is_object());
        let mut document = json!({"spec": document});
        super::drop_nulls(&schema.root, &mut document);
        if let Some(defaults) = &schema.defaults {
            defaults.fill(&mut document);
        }
        for rules in schema.rules.iter().chain(schema.rules_with_types()) {
            super::Check::new("").value(rules, &document, None);
            super::Check::new("").value(rules, &document, Some(&document));
        }
        schema.is_current(document.to_string().as_bytes());
    }
}

#[test]
fn conditions_beside_a_type_leave_it_as_it_is() {
    #[derive(JsonSchema)]
    #[allow(dead_code, reason = "only its schema is looked at")]
    struct Either {
        a: Option<i32>,
        b: Option<i32>,
    }
    #[derive(JsonSchema)]
    #[allow(dead_code, reason = "only its schema is looked at")]
    struct Choice {
        #[schemars(extend("oneOf" = [{"required": ["a"]}, {"required": ["b"]}]))]
        either: Option<Either>,
    }
    let (schema, problems) = field::<Choice>();
    let either = &schema["properties"]["either"];
    let integer = json!({"type": "integer", "format": "int32", "nullable": true});
    assert_eq!(either["properties"], json!({"a": integer, "b": integer}));
    assert_eq!(either["oneOf"], json!([{"required": ["a"]}, {"required": ["b"]}]));
    assert_eq!((either.get("x-kubernetes-preserve-unknown-fields"), problems.len()), (None, 0));
}
