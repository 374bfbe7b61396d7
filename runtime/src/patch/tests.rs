//! Patches, by contract number.

use proptest::prelude::*;
use serde_json::{Value, json};

use super::{Patch, PatchType};
use crate::errors::Error;
use crate::options::FieldValidation;

fn parse(kind: PatchType, body: &str) -> (Patch, Vec<String>) {
    Patch::parse(kind, body.as_bytes(), FieldValidation::Warn).expect("the patch is well-formed")
}

fn refused(kind: PatchType, body: &str) -> Error {
    Patch::parse(kind, body.as_bytes(), FieldValidation::Warn).expect_err("the patch is malformed")
}

fn json_patch(document: Value, operations: &Value) -> Result<Value, Error> {
    parse(PatchType::Json, &operations.to_string()).0.apply(document)
}

fn merge_patch(document: Value, patch: &str) -> Value {
    parse(PatchType::Merge, patch).0.apply(document).expect("a merge patch always applies")
}

// contract 7.1.4, 14.D P04
#[test]
fn what_is_not_json_is_refused() {
    let deep = "[".repeat(200);
    for kind in [PatchType::Json, PatchType::Merge] {
        for body in ["", "{", "[} ", "{} {}", "nul", "\u{feff}{}", &deep] {
            let error = refused(kind, body);
            assert_eq!((error.code(), error.message()), (400, "invalid JSON patch"), "{body}");
        }
    }
}

// encoding/json, decode.go
#[test]
fn what_go_reads_and_serde_does_not() {
    let (patch, _) =
        Patch::parse(PatchType::Merge, b"{\"a\":\"\xff\"}", FieldValidation::Warn).expect("it is replaced");
    assert_eq!(patch.apply(json!({})).expect("it applies"), json!({"a": "\u{fffd}"}));
    let number = "error decoding patch: json: cannot unmarshal number 1e400 into Go";
    assert_eq!(
        refused(PatchType::Merge, r#"{"a":1e400}"#).message(),
        format!("{number} value of type float64")
    );
    assert_eq!(
        refused(PatchType::Json, r#"[{"op":"add","path":"/a","value":1e400}]"#).message(),
        format!("{number} struct field jsonPatchOp.value of type float64")
    );
}

// contract 7.2.1, the examples of RFC 7396
#[test]
fn merge_patches_merge() {
    let cases = [
        (json!({"a": "b"}), r#"{"a":"c"}"#, json!({"a": "c"})),
        (json!({"a": "b"}), r#"{"b":"c"}"#, json!({"a": "b", "b": "c"})),
        (json!({"a": "b", "b": "c"}), r#"{"a":null}"#, json!({"b": "c"})),
        (json!({"a": ["b"]}), r#"{"a":"c"}"#, json!({"a": "c"})),
        (json!({"a": "c"}), r#"{"a":["b"]}"#, json!({"a": ["b"]})),
        (json!({"a": {"b": "c"}}), r#"{"a":{"b":"d","c":null}}"#, json!({"a": {"b": "d"}})),
        (json!({"a": [{"b": "c"}]}), r#"{"a":[1]}"#, json!({"a": [1]})),
        (json!({"e": null}), r#"{"a":1}"#, json!({"e": null, "a": 1})),
        (json!({}), r#"{"a":{"bb":{"ccc":null}}}"#, json!({"a": {"bb": {}}})),
        (json!({"a": 1}), "{}", json!({"a": 1})),
    ];
    for (document, patch, expected) in cases {
        assert_eq!(merge_patch(document, patch), expected, "{patch}");
    }
}

// contract 7.2.2
#[test]
fn a_merge_patch_is_an_object() {
    let go = "error decoding patch: json: cannot unmarshal";
    let cases = [
        ("[]", format!("{go} array into Go value of type map[string]interface {{}}")),
        ("\"a\"", format!("{go} string into Go value of type map[string]interface {{}}")),
        ("1", format!("{go} number into Go value of type map[string]interface {{}}")),
        ("true", format!("{go} bool into Go value of type map[string]interface {{}}")),
        ("null", "Invalid JSON Patch".to_owned()),
    ];
    for (body, text) in cases {
        let error = refused(PatchType::Merge, body);
        assert_eq!((error.code(), error.message()), (400, text.as_str()), "{body}");
    }
}

// contract 7.2.3, 6.63
#[test]
fn duplicate_fields_of_a_merge_patch_are_told() {
    let body = r#"{"spec":{"x":1,"x":2,"x":3,"l":[{},{"y":0,"y":1}]},"a\"b":1,"a\"b":2,"spec":{"z":1}}"#;
    let (patch, problems) = parse(PatchType::Merge, body);
    assert_eq!(
        problems,
        [
            r#"duplicate field "spec.x""#,
            r#"duplicate field "spec.l[1].y""#,
            r#"duplicate field "a\"b""#,
            r#"duplicate field "spec""#,
        ]
    );
    // The last one counts.
    let patched = patch.apply(json!({})).expect("it applies");
    assert_eq!(patched, json!({"spec": {"z": 1}, "a\"b": 2}));
    let many: Vec<_> = (0..150).map(|n| format!(r#""{n}":1,"{n}":2"#)).collect();
    assert_eq!(parse(PatchType::Merge, &format!("{{{}}}", many.join(","))).1.len(), 100);
}

// contract 7.3.1
#[test]
fn a_json_patch_is_a_list_of_operations() {
    let cases = [
        (
            "{}",
            "error decoding patch: json: cannot unmarshal object into Go value of type []handlers.jsonPatchOp",
        ),
        (
            "\"a\"",
            "error decoding patch: json: cannot unmarshal string into Go value of type []handlers.jsonPatchOp",
        ),
        (
            "[1]",
            "error decoding patch: json: cannot unmarshal number into Go value of type handlers.jsonPatchOp",
        ),
        (
            "[[]]",
            "error decoding patch: json: cannot unmarshal array into Go value of type handlers.jsonPatchOp",
        ),
        (
            r#"[{"op":1}]"#,
            "error decoding patch: json: cannot unmarshal number into Go struct field jsonPatchOp.op of type string",
        ),
        (
            r#"[{"op":"add","path":{}}]"#,
            "error decoding patch: json: cannot unmarshal object into Go struct field jsonPatchOp.path of type string",
        ),
        (
            r#"[{"op":"move","path":"/a","from":true}]"#,
            "error decoding patch: json: cannot unmarshal bool into Go struct field jsonPatchOp.from of type string",
        ),
    ];
    for (body, text) in cases {
        let error = refused(PatchType::Json, body);
        assert_eq!((error.code(), error.message()), (400, text), "{body}");
    }
    // Who does not look for unknown members reads it as the library does, which looks later.
    let ignored = |kind, body: &str| Patch::parse(kind, body.as_bytes(), FieldValidation::Ignore);
    for (body, text) in [
        ("{}", "json: cannot unmarshal object into Go value of type jsonpatch.Patch"),
        ("[1]", "json: cannot unmarshal number into Go value of type jsonpatch.Operation"),
    ] {
        assert_eq!(ignored(PatchType::Json, body).expect_err(body).message(), text);
    }
    let (patch, _) = ignored(PatchType::Json, r#"[{"op":1}]"#).expect("it is read");
    assert_eq!(patch.apply(json!({})).expect_err("and fails then").code(), 422);
    for body in ["1", "true", "\"a\""] {
        assert_eq!(ignored(PatchType::Merge, body).expect_err(body).message(), "Invalid JSON Patch");
    }
    let (patch, _) = ignored(PatchType::Merge, "[1]").expect("a list takes the place of the document");
    assert_eq!(patch.apply(json!({"a": 1})).expect("it applies"), json!([1]));
    // contract 7.1.10
    for body in ["[]", "null"] {
        assert_eq!(
            parse(PatchType::Json, body).0.apply(json!({"a": 1})).expect("nothing to do"),
            json!({"a": 1})
        );
    }
}

// contract 6.73, 7.3.2, 14.D P05
#[test]
fn a_json_patch_has_at_most_ten_thousand_operations() {
    let operations = |count| Value::from(vec![json!({"op": "add", "path": "/a", "value": 1}); count]);
    assert_eq!(json_patch(json!({}), &operations(10_000)).expect("just fits"), json!({"a": 1}));
    let error = refused(PatchType::Json, &operations(10_001).to_string());
    let text = "Request entity too large: The allowed maximum operations in a JSON patch is 10000, got 10001";
    assert_eq!((error.code(), error.message()), (413, text));
}

// contract 7.3.5
#[test]
fn operations_apply() {
    let cases = [
        (json!([1, 2]), json!([{"op": "add", "path": "/1", "value": 9}]), json!([1, 9, 2])),
        (json!([1]), json!([{"op": "add", "path": "/-", "value": 9}]), json!([1, 9])),
        (json!([1]), json!([{"op": "add", "path": "/1", "value": 9}]), json!([1, 9])),
        (json!({"a": 1}), json!([{"op": "add", "path": "/a", "value": 9}]), json!({"a": 9})),
        (json!({}), json!([{"op": "add", "path": "/a"}]), json!({"a": null})),
        (json!({}), json!([{"op": "replace", "path": "", "value": {"b": 1}}]), json!({"b": 1})),
        // What stands before the first slash does not count, nor a tilde that escapes nothing.
        (json!({}), json!([{"op": "add", "path": "x/a", "value": 1}]), json!({"a": 1})),
        (json!({}), json!([{"op": "add", "path": "/~2~", "value": 1}]), json!({"~2~": 1})),
        (json!({}), json!([{"op": "copy", "from": "/a", "path": "/b"}]), json!({"b": null})),
        (
            json!({"a/b~c": 1}),
            json!([{"op": "replace", "path": "/a~1b~0c", "value": 2}]),
            json!({"a/b~c": 2}),
        ),
        // Upstream's library replaces what is not there.
        (json!({}), json!([{"op": "replace", "path": "/a", "value": 1}]), json!({"a": 1})),
        (json!({"a": [1, 2]}), json!([{"op": "remove", "path": "/a/0"}]), json!({"a": [2]})),
        (
            json!({"a": {"b": 1}}),
            json!([{"op": "move", "from": "/a/b", "path": "/c"}]),
            json!({"a": {}, "c": 1}),
        ),
        (json!([1, 2, 3]), json!([{"op": "move", "from": "/0", "path": "/2"}]), json!([2, 3, 1])),
        (json!({"a": [1]}), json!([{"op": "copy", "from": "/a", "path": "/b"}]), json!({"a": [1], "b": [1]})),
        // Negative indexes count from the end, and where something is inserted -1 is after the last.
        (json!([1, 2, 3]), json!([{"op": "remove", "path": "/-1"}]), json!([1, 2])),
        (json!([1, 2, 3]), json!([{"op": "replace", "path": "/-3", "value": 9}]), json!([9, 2, 3])),
        (json!([1, 2]), json!([{"op": "add", "path": "/-1", "value": 9}]), json!([1, 2, 9])),
        (json!([1, 2]), json!([{"op": "add", "path": "/-3", "value": 9}]), json!([9, 1, 2])),
        (json!([[1], [2]]), json!([{"op": "add", "path": "/-1/-", "value": 9}]), json!([[1], [2, 9]])),
        (json!({"-1": 1}), json!([{"op": "remove", "path": "/-1"}]), json!({})),
    ];
    for (document, operations, expected) in cases {
        assert_eq!(json_patch(document, &operations).expect("it applies"), expected, "{operations}");
    }
}

// contract 7.3.5
#[test]
fn tests_compare_values() {
    let document = json!({"n": 1, "l": [{"f": 1.5, "s": "x"}], "z": null});
    let passing = [
        json!({"path": "/n", "value": 1.0}),
        json!({"path": "/l", "value": [{"s": "x", "f": 1.5}]}),
        json!({"path": "/z", "value": null}),
        json!({"path": "/absent", "value": null}),
        json!({"path": "/absent"}),
        json!({"path": "/l/-1/s", "value": "x"}),
        json!({"path": "", "value": document.clone()}),
    ];
    let failing = [
        json!({"path": "/n", "value": "1"}),
        json!({"path": "/n", "value": 2}),
        json!({"path": "/n"}),
        json!({"path": "/absent", "value": 1}),
        json!({"path": "/absent/deeper", "value": null}),
        json!({"path": "/l/7", "value": null}),
        json!({"path": "/l", "value": []}),
        json!({"path": "/l/0", "value": {"s": "x"}}),
    ];
    for (cases, passes) in [(&passing[..], true), (&failing[..], false)] {
        for case in cases {
            let mut operation = case.clone();
            operation["op"] = json!("test");
            assert_eq!(json_patch(document.clone(), &json!([operation])).is_ok(), passes, "{case}");
        }
    }
}

// contract 7.3.3, 7.3.6, 14.D P02, P03
#[test]
fn what_does_not_apply_fails_without_a_reason() {
    let cases = [
        json!({"op": "remove", "path": "/b"}),
        json!({"op": "remove", "path": ""}),
        json!({"op": "remove", "path": "/l/-"}),
        json!({"op": "replace", "path": "/b/c", "value": 1}),
        json!({"op": "replace", "path": "/l/1", "value": 1}),
        json!({"op": "add", "path": "/b/c", "value": 1}),
        json!({"op": "add", "path": "/a/c", "value": 1}),
        json!({"op": "add", "path": "/l/2", "value": 1}),
        json!({"op": "add", "path": "/l/-3", "value": 1}),
        json!({"op": "add", "path": "/l/x", "value": 1}),
        json!({"op": "add", "path": "no slash", "value": 1}),
        json!({"op": "add", "path": "", "value": {}}),
        json!({"op": "copy", "from": "/b/c", "path": "/c"}),
        json!({"op": "add", "value": 1}),
        json!({"op": "move", "path": "/a"}),
        json!({"op": "move", "from": "/l", "path": "/l/0"}),
        json!({"op": "test", "path": "/a", "value": 2}),
        json!({"op": "increment", "path": "/a"}),
        json!({"op": null, "path": "/a"}),
        json!({}),
        json!(null),
    ];
    for operation in cases {
        let operations = json!([{"op": "add", "path": "/new", "value": 1}, operation]);
        let error = json_patch(json!({"a": 1, "l": [1]}), &operations).expect_err("it must not apply");
        assert_eq!(error.code(), 422, "{operation}");
        assert_eq!(error.message(), "the server rejected our request due to an error in our request");
    }
}

// contract 7.3.4
#[test]
fn unknown_members_of_operations_are_told_and_ignored() {
    let body = r#"[
        {"op":"add","path":"/a","value":{"x":1,"x":2},"foo":{"y":1,"y":2},"Op":1},
        {"op":"test","op":"add","path":"/b","value":1}
    ]"#;
    let (patch, problems) = parse(PatchType::Json, body);
    assert_eq!(
        problems,
        [
            r#"json patch duplicate field "[0].value.x""#,
            r#"json patch unknown field "[0].foo""#,
            r#"json patch unknown field "[0].Op""#,
            r#"json patch duplicate field "[1].op""#,
        ]
    );
    assert_eq!(patch.apply(json!({})).expect("it applies"), json!({"a": {"x": 2}, "b": 1}));
}

// contract 6.73
#[test]
fn copies_may_add_three_mebibytes() {
    let text = |bytes: usize| json!({"a": "x".repeat(bytes - 2)});
    let copy = json!({"op": "copy", "from": "/a", "path": "/b"});
    assert!(json_patch(text(3 << 20), &json!([copy])).is_ok());
    assert!(json_patch(text((3 << 20) + 1), &json!([copy])).is_err());
    assert!(json_patch(text((3 << 19) + 1), &json!([copy, copy])).is_err());
    // Each copy doubles the document.
    let doubling: Vec<_> =
        (0..64).map(|n| json!({"op": "copy", "from": "", "path": format!("/{n}")})).collect();
    assert_eq!(json_patch(json!({"b": 1}), &doubling.into()).expect_err("too large").code(), 422);
}

#[test]
fn a_patch_cannot_build_what_cannot_be_read_again() {
    let nested = |levels: usize| format!("{}{}", "[".repeat(levels), "]".repeat(levels));
    let add = |levels: usize| {
        let body = format!(r#"[{{"op":"add","path":"/a","value":{}}}]"#, nested(levels));
        parse(PatchType::Json, &body).0.apply(json!({}))
    };
    let deepest = add(125).expect("this can be read").to_string();
    assert!(serde_json::from_str::<Value>(&deepest).is_ok());

    // Moving a deep value to a deep place, over and over.
    let deep = |length: usize| "/a".repeat(length);
    let mut operations = vec![json!({"op": "add", "path": "/a", "value": {}})];
    for length in 2..300 {
        operations.push(json!({"op": "add", "path": deep(length), "value": {}}));
    }
    assert_eq!(json_patch(json!({}), &operations.into()).expect_err("too deep in the end").code(), 422);
    let tower: Vec<_> = (0..2000)
        .flat_map(|_| {
            [
                json!({"op": "add", "path": "/b", "value": {}}),
                json!({"op": "move", "from": "/a", "path": "/b/a"}),
                json!({"op": "move", "from": "/b", "path": "/a"}),
            ]
        })
        .collect();
    assert_eq!(json_patch(json!({"a": 1}), &tower.into()).expect_err("too deep on the way").code(), 422);
}

fn any_json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        "[a-c]{0,2}".prop_map(Value::from),
    ];
    leaf.prop_recursive(4, 24, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::btree_map("[a-c]", inner, 0..4)
                .prop_map(|members| Value::Object(members.into_iter().collect())),
        ]
    })
}

fn any_operation() -> impl Strategy<Value = Value> {
    let name = prop::sample::select(vec!["add", "remove", "replace", "move", "copy", "test", "?"]);
    let path = || "(/(a|b|c|0|1|-1|-|~1|é)){0,3}";
    (name, path(), path(), any_json())
        .prop_map(|(op, path, from, value)| json!({"op": op, "path": path, "from": from, "value": value}))
}

proptest! {
    #[test]
    fn no_bytes_make_it_panic(body in prop::collection::vec(any::<u8>(), 0..200), document in any_json()) {
        for kind in [PatchType::Json, PatchType::Merge] {
            if let Ok((patch, _)) = Patch::parse(kind, &body, FieldValidation::Warn) {
                let _ = patch.apply(document.clone());
            }
        }
    }

    #[test]
    fn no_patch_makes_it_panic(
        operations in prop::collection::vec(any_operation(), 0..12),
        merge in any_json(),
        document in any_json(),
    ) {
        let operations = Value::from(operations);
        let (patch, problems) = Patch::parse(PatchType::Json, operations.to_string().as_bytes(), FieldValidation::Warn)?;
        prop_assert!(problems.is_empty());
        if let Err(error) = patch.apply(document.clone()) {
            prop_assert_eq!(error.code(), 422);
        }
        if merge.is_object() {
            let (patch, _) = Patch::parse(PatchType::Merge, merge.to_string().as_bytes(), FieldValidation::Warn)?;
            prop_assert!(patch.apply(document)?.is_object());
        }
    }

    /// The strict reader reads what serde_json reads.
    #[test]
    fn the_strict_reader_reads_json(document in any_json()) {
        let (read, problems) = super::strict::read(document.to_string().as_bytes())?;
        prop_assert_eq!(read, serde_json::from_str::<Value>(&document.to_string())?);
        prop_assert!(problems.is_empty());
    }
}
