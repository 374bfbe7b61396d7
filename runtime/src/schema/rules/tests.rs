//! One table per group of rules, with upstream's texts and causes.

use schemars::JsonSchema;
use serde_json::{Map, Value, json};

use super::{Check, Rules};
use crate::field::ErrorList;
use crate::info::ResourceInfo;
use crate::schema::KindSchema;
use crate::schema::import::Import;

/// The rules of an object with the field `x`.
fn rules(x: &Value) -> Rules {
    let schema = json!({"type": "object", "properties": {"x": x}});
    let mut problems = Vec::new();
    let rules = Rules::of(&Import::default().root(&schema), &mut problems).expect("there are rules");
    assert_eq!(problems, []);
    rules
}

fn texts(errors: &ErrorList) -> Vec<String> {
    errors.iter().map(ToString::to_string).collect()
}

#[track_caller]
fn assert_errors(x: &Value, value: &Value, expected: &[&str]) {
    let errors = Check::new("").value(&rules(x), &json!({"x": value}), None);
    assert_eq!(texts(&errors), expected, "{x} {value}");
}

#[test]
fn numbers() {
    let int = |key: &str, limit: Value| json!({"type": "integer", key: limit});
    let cases = [
        (int("maximum", json!(10)), json!(11), "11: x in body should be less than or equal to 10"),
        (int("exclusiveMaximum", json!(10)), json!(10), "10: x in body should be less than 10"),
        (int("minimum", json!(-1)), json!(-2), "-2: x in body should be greater than or equal to -1"),
        (int("exclusiveMinimum", json!(5)), json!(5), "5: x in body should be greater than 5"),
        (int("multipleOf", json!(3)), json!(10), "10: x in body should be a multiple of 3"),
        (
            int("maximum", json!(i64::MAX - 1)),
            json!(i64::MAX),
            "9223372036854775807: x in body should be less than or equal to 9223372036854775806",
        ),
        (
            json!({"type": "number", "maximum": 1_000_000}),
            json!(1_000_000.5),
            "1.0000005e+06: x in body should be less than or equal to 1e+06",
        ),
        (
            json!({"type": "number", "minimum": 0.5}),
            json!(0.25),
            "0.25: x in body should be greater than or equal to 0.5",
        ),
        (
            json!({"type": "number", "multipleOf": 0.1}),
            json!(0.25),
            "0.25: x in body should be a multiple of 0.1",
        ),
    ];
    for (schema, value, text) in cases {
        assert_errors(&schema, &value, &[&format!("x: Invalid value: {text}")]);
    }
    for (schema, value) in [
        (int("maximum", json!(10)), json!(10)),
        (int("minimum", json!(0)), json!(i64::MAX)),
        (json!({"type": "number", "multipleOf": 0.1}), json!(0.3)),
        (json!({"type": "number", "minimum": 0}), json!(0)),
        // An integer meets bounds without their fraction, and upstream takes what is written so for one.
        (json!({"type": "number", "minimum": 0.5}), json!(0)),
        (json!({"type": "number", "minimum": 0.5}), json!(0.0)),
    ] {
        assert_errors(&schema, &value, &[]);
    }
    for (factor, value) in [(json!(0), json!(5)), (json!(0.5), json!(3.0))] {
        assert_errors(
            &json!({"type": "number", "multipleOf": factor}),
            &value,
            &["x: Invalid value: 0: factor MultipleOf declared for x must be positive: 0"],
        );
    }
    assert_errors(
        &json!({"type": "number", "maximum": 2.5}),
        &json!(3.0),
        &["x: Invalid value: 3: x in body should be less than or equal to 2"],
    );
    let of_type =
        |name: &str| format!(r#"x: Invalid value: "float64": x in body must be of type {name}: "float64""#);
    // What fits no 64-bit integer is a float for Go's decoder, and beyond 2^53 no whole one.
    assert_errors(
        &json!({"type": "integer", "format": "int64"}),
        &json!(u64::MAX),
        &[
            &of_type("int64"),
            r#"<nil>: Invalid value: "": Checked value must be of type integer with format int64 in x"#,
        ],
    );
    assert_errors(
        &json!({"type": "integer", "format": "int64", "maximum": 9}),
        &json!(1e18),
        &[&of_type("int64"), "x: Invalid value: 1e+18: x in body should be less than or equal to 9"],
    );
    let several = json!({"type": "integer", "multipleOf": 2, "maximum": 1, "minimum": 10});
    assert_eq!(
        texts(&Check::new("").value(&rules(&several), &json!({"x": 5}), None)).len(),
        3,
        "all are told"
    );
    assert_errors(
        &json!({"type": "integer", "format": "int32"}),
        &json!(1_u64 << 40),
        &[r#"<nil>: Invalid value: "": Checked value must be of type integer with format int32 in x"#],
    );
}

#[test]
fn strings() {
    let string = |key: &str, limit: Value| json!({"type": "string", key: limit});
    assert_errors(
        &string("maxLength", json!(2)),
        &json!("ééé"),
        &["x: Too long: may not be more than 2 bytes"],
    );
    assert_errors(&string("maxLength", json!(2)), &json!("éé"), &[]);
    assert_errors(
        &string("minLength", json!(2)),
        &json!("é"),
        &[r#"x: Invalid value: "é": x in body should be at least 2 chars long"#],
    );
    assert_errors(
        &string("pattern", json!(r"^a\d$")),
        &json!("b\""),
        &[r#"x: Invalid value: "b\"": x in body should match '^a\d$'"#],
    );
    assert_errors(
        &string("format", json!("date-time")),
        &json!("today"),
        &[r#"x: Invalid value: "today": x in body must be of type date-time: "today""#],
    );
    assert_errors(
        &json!({"type": "string", "enum": ["b", "a"]}),
        &json!("c"),
        &[r#"x: Unsupported value: "c": supported values: "b", "a""#],
    );
    assert_errors(
        &json!({"type": "integer", "enum": [1, 2]}),
        &json!(3),
        &[r#"x: Unsupported value: 3: supported values: "1", "2""#],
    );
    assert_errors(&json!({"type": "number", "enum": [1]}), &json!(1.0), &[]);
    assert_errors(&json!({"type": ["string", "null"], "enum": ["a"]}), &Value::Null, &[]);
    // Only the first of these is told; the list of values is told besides.
    assert_errors(
        &json!({"type": "string", "maxLength": 1, "pattern": "^a", "enum": ["a"]}),
        &json!("bb"),
        &["x: Too long: may not be more than 1 byte", r#"x: Unsupported value: "bb": supported values: "a""#],
    );
}

#[test]
fn lists_and_maps() {
    let list =
        json!({"type": "array", "minItems": 1, "maxItems": 2, "items": {"type": "integer", "minimum": 0}});
    assert_errors(&list, &json!([]), &["x: Invalid value: 0: x in body should have at least 1 items"]);
    assert_errors(
        &list,
        &json!([1, -1, 1]),
        &[
            "x[1]: Invalid value: -1: x[1] in body should be greater than or equal to 0",
            "x: Too many: 3: must have at most 2 items",
        ],
    );
    let map = json!({"type": "object", "minProperties": 1, "maxProperties": 1, "additionalProperties": {"type": "string", "maxLength": 1}});
    assert_errors(&map, &json!({}), &["x: Invalid value: 0: x in body should have at least 1 properties"]);
    assert_errors(
        &map,
        &json!({"a": "aa", "b": ""}),
        &["x: Too many: 2: must have at most 1 item", "x.a: Too long: may not be more than 1 byte"],
    );
    let object = json!({"type": "object", "required": ["a", "b", "c"], "properties": {
        "a": {"type": "string"}, "b": {"type": ["string", "null"]}, "c": {},
    }});
    assert_errors(&object, &json!({"a": null, "b": null}), &["x.a: Required value", "x.c: Required value"]);
}

#[test]
fn items_that_must_differ() {
    let set = json!({"type": "array", "items": {"type": "string"}, "x-kubernetes-list-type": "set"});
    assert_errors(
        &set,
        &json!(["a", "b", "a", "b", "a"]),
        &[r#"x[2]: Duplicate value: "a""#, r#"x[3]: Duplicate value: "b""#],
    );
    let map = |keys: Value| {
        json!({"type": "array", "items": {"type": "object", "properties": {"k": {"type": "string"}, "p": {"type": "integer"}}},
            "x-kubernetes-list-type": "map", "x-kubernetes-list-map-keys": keys})
    };
    let items = json!([{"k": "a", "p": 1}, {"k": "a", "p": 2}, {}, {"k": "a", "p": 1}, {}]);
    assert_errors(
        &map(json!(["k"])),
        &items,
        &[r#"x[1]: Duplicate value: {"k":"a"}"#, "x[4]: Duplicate value: {}"],
    );
    assert_errors(
        &map(json!(["k", "p"])),
        &items,
        &[r#"x[3]: Duplicate value: {"k":"a","p":1}"#, "x[4]: Duplicate value: {}"],
    );
    assert_errors(
        &json!({"type": "object", "additionalProperties": set}),
        &json!({"m.n": ["a", "a"]}),
        &[r#"x[m.n][1]: Duplicate value: "a""#],
    );
}

#[test]
fn variants() {
    let source = json!({"type": "object", "oneOf": [
        {"type": "object", "required": ["git"], "properties": {"git": {"type": "object", "required": ["url"], "properties": {"url": {"type": "string", "minLength": 1}}}}},
        {"type": "object", "required": ["path"], "properties": {"path": {"type": "string"}}},
    ]});
    assert_errors(&source, &json!({"path": "a"}), &[]);
    assert_errors(
        &source,
        &json!({"git": {}}),
        &[
            r#"<nil>: Invalid value: "": "x" must validate one and only one schema (oneOf). Found none valid"#,
            "x.git.url: Required value",
        ],
    );
    assert_errors(
        &source,
        &json!({"git": {"url": "u"}, "path": "a"}),
        &[
            r#"<nil>: Invalid value: "": "x" must validate one and only one schema (oneOf). Found 2 valid alternatives"#,
        ],
    );
    let either = json!({"type": "string", "anyOf": [{"type": "string", "pattern": "^a"}, {"type": "string", "maxLength": 1}]});
    assert_errors(&either, &json!("b"), &[]);
    assert_errors(
        &either,
        &json!("bb"),
        &[
            r#"<nil>: Invalid value: "": "x" must validate at least one schema (anyOf)"#,
            r#"x: Invalid value: "bb": x in body should match '^a'"#,
        ],
    );
    let both = json!({"type": "integer", "minimum": 1, "allOf": [{"maximum": 3}, {"multipleOf": 2}]});
    assert_errors(&both, &json!(2), &[]);
    assert_errors(
        &both,
        &json!(5),
        &[
            "x: Invalid value: 5: x in body should be less than or equal to 3",
            "x: Invalid value: 5: x in body should be a multiple of 2",
            r#"<nil>: Invalid value: "": "x" must validate all the schemas (allOf). None validated"#,
        ],
    );
}

#[test]
fn what_did_not_change_is_not_held_against_an_update() {
    let rules = rules(&json!({"type": "object", "properties": {
        "a": {"type": "integer", "maximum": 1},
        "list": {"type": "array", "items": {"type": "object", "properties": {"k": {"type": "string"}, "v": {"type": "integer", "maximum": 1}}},
            "x-kubernetes-list-type": "map", "x-kubernetes-list-map-keys": ["k"]},
        "plain": {"type": "array", "items": {"type": "integer", "maximum": 1}},
    }}));
    let old = json!({"x": {"a": 5, "list": [{"k": "a", "v": 5}], "plain": [5]}});
    let check = |x: Value| texts(&Check::new("").value(&rules, &json!({"x": x}), Some(&old)));
    assert_eq!(check(old["x"].clone()), [""; 0]);
    assert_eq!(
        check(json!({"a": 5, "list": [{"k": "b", "v": 1}, {"k": "a", "v": 5}], "plain": [5]})),
        [""; 0]
    );
    assert_eq!(
        check(json!({"a": 6})),
        ["x.a: Invalid value: 6: x.a in body should be less than or equal to 1"]
    );
    assert_eq!(check(json!({"list": [{"k": "a", "v": 6}], "plain": [5, 0]})).len(), 2);
    let twice = json!({"x": {"list": [{"k": "a"}, {"k": "a"}]}});
    assert_eq!(texts(&Check::new("").value(&rules, &twice, Some(&twice))), [""; 0]);
    assert_eq!(texts(&Check::new("").value(&rules, &twice, Some(&old))).len(), 1);
}

#[test]
fn a_status_is_named_by_its_field_and_told_of_from_below() {
    let rules = rules(&json!({"type": "object", "required": ["b"], "properties": {
        "a": {"type": "array", "items": {"type": "integer", "maximum": 1}},
        "b": {"type": "array", "items": {"type": "string"}, "x-kubernetes-list-type": "set"},
    }}));
    let check = |value: Value| texts(&Check::new("x").value(rules.property("x").unwrap(), &value, None));
    assert_eq!(
        check(json!({"a": [2]})),
        ["x.a[0]: Invalid value: 2: a[0] in body should be less than or equal to 1", "x.b: Required value"]
    );
    assert_eq!(check(json!({"b": ["q", "q"]})), [r#"x.b[1]: Duplicate value: "q""#]);
}

#[test]
fn hostile_documents_have_bounded_answers() {
    let rules = rules(&json!({"type": "array", "items": {"type": "integer", "maximum": 0}}));
    let items: Vec<i32> = (1..100_000).collect();
    assert_eq!(Check::new("").value(&rules, &json!({"x": items}), None).len(), 1000);
}

const INFO: ResourceInfo = ResourceInfo::namespaced("example.com", "v1", "Widget", "widgets", "widget");

#[derive(JsonSchema)]
#[allow(dead_code)]
struct Odd {
    #[schemars(regex(pattern = "(?=a)"))]
    pattern: String,
    #[schemars(range(min = 1))]
    #[serde(default)]
    size: i32,
    #[schemars(extend("x-kubernetes-list-type" = "map"))]
    list: Vec<Map<String, Value>>,
    #[schemars(extend("x-kubernetes-validations" = [{"rule": "self > 0"}]))]
    rule: i32,
}

#[derive(JsonSchema)]
#[allow(dead_code)]
struct Plain {
    #[serde(default)]
    text: String,
    size: Option<i32>,
}

#[test]
fn what_cannot_be_checked_is_a_problem_and_what_need_not_be_is_skipped() {
    let problems = KindSchema::of::<Odd>(&INFO).problems;
    assert!(problems.iter().all(|problem| !problem.remedy.is_empty()));
    let told: Vec<_> = problems.iter().map(|it| format!("{}: {}", it.path, it.message)).collect();
    assert_eq!(
        told,
        [
            ".list: a list of type map needs x-kubernetes-list-map-keys",
            ".pattern: the pattern \"(?=a)\" is not checked: look-around, including look-ahead and look-behind, is \
             not supported",
            ".rule: the rules of x-kubernetes-validations are not checked",
            ".size: the default is not allowed: default: Invalid value: 0:  in body should be greater than or equal to 1",
        ]
    );
    let plain = KindSchema::of::<Plain>(&INFO);
    assert!(!plain.checks_values && plain.rules.is_some(), "only the width of a number is left to check");
}

#[test]
fn allowed_values_of_a_variant_and_of_the_whole_are_both_told() {
    let tagged = json!({"type": "object", "properties": {"type": {"type": "string", "enum": ["foo", "bar"]}}, "oneOf": [
        {"properties": {"type": {"enum": ["foo"]}}},
        {"properties": {"type": {"enum": ["bar"]}}},
    ]});
    assert_errors(
        &tagged,
        &json!({"type": "baz"}),
        &[
            r#"<nil>: Invalid value: "": "x" must validate one and only one schema (oneOf). Found none valid"#,
            r#"x.type: Unsupported value: "baz": supported values: "foo""#,
            r#"x.type: Unsupported value: "baz": supported values: "foo", "bar""#,
        ],
    );
    // Upstream looks at 1.5 as a whole number where whole numbers are allowed.
    let number = json!({"type": "number", "enum": [1, 5]});
    assert_errors(&number, &json!(1.5), &[]);
    assert_errors(&number, &json!(2.5), &[r#"x: Unsupported value: 2.5: supported values: "1", "5""#]);
}
