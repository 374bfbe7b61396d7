//! Field errors, by contract number.

use serde::Serialize;
use serde_json::json;

use super::{Error, ErrorList, Path};

// contract 8.10
#[test]
fn paths_print_as_upstream_prints_them() {
    let spec = Path::new("spec");
    let cases = [
        (Path::root(), "<nil>"),
        (Path::root().child("spec"), "spec"),
        (spec.clone(), "spec"),
        (spec.child("containers").index(0).child("name"), "spec.containers[0].name"),
        (Path::new("metadata").child("annotations").key("foo"), "metadata.annotations[foo]"),
        (Path::new("values").index(0).key("k"), "values[0][k]"),
    ];
    for (path, text) in cases {
        assert_eq!(path.to_string(), text);
    }
}

// contract 8.7, 8.8
#[test]
fn every_error_has_its_text_and_its_cause() {
    let p = || Path::new("p");
    let cases = [
        (Error::required(p(), ""), "FieldValueRequired", "Required value"),
        (Error::required(p(), "why"), "FieldValueRequired", "Required value: why"),
        (Error::invalid(p(), -1, "why"), "FieldValueInvalid", "Invalid value: -1: why"),
        (Error::invalid(p(), "", ""), "FieldValueInvalid", r#"Invalid value: """#),
        (Error::type_invalid(p(), "x", "why"), "FieldValueTypeInvalid", r#"Invalid value: "x": why"#),
        (Error::immutable(p(), 1), "FieldValueInvalid", "Invalid value: 1: field is immutable"),
        (
            Error::not_supported(p(), "x", &["b", "a"]),
            "FieldValueNotSupported",
            r#"Unsupported value: "x": supported values: "b", "a""#,
        ),
        (Error::not_supported(p(), "x", &[]), "FieldValueNotSupported", r#"Unsupported value: "x""#),
        (Error::duplicate(p(), "x"), "FieldValueDuplicate", r#"Duplicate value: "x""#),
        (Error::not_found(p(), "x"), "FieldValueNotFound", r#"Not found: "x""#),
        (Error::forbidden(p(), "why"), "FieldValueForbidden", "Forbidden: why"),
        (Error::too_long(p(), 2), "FieldValueTooLong", "Too long: may not be more than 2 bytes"),
        (Error::too_long(p(), 1), "FieldValueTooLong", "Too long: may not be more than 1 byte"),
        (
            Error::too_long_characters(p(), 2),
            "FieldValueTooLong",
            "Too long: may not be more than 2 characters",
        ),
        (Error::too_short(p(), 2), "FieldValueTooShort", "Too short: must be at least 2 characters"),
        (Error::too_many(p(), 3, 2), "FieldValueTooMany", "Too many: 3: must have at most 2 items"),
        (Error::too_many(p(), 3, 1), "FieldValueTooMany", "Too many: 3: must have at most 1 item"),
        (Error::internal(p(), "why"), "InternalError", "Internal error: why"),
    ];
    for (error, cause, body) in cases {
        assert_eq!(error.to_string(), format!("p: {body}"));
        assert_eq!(
            serde_json::to_value(error.cause()).expect("plain data"),
            json!({"reason": cause, "message": body, "field": "p"})
        );
    }
}

// contract 8.9
#[test]
fn values_print_as_go_prints_them() {
    #[derive(Serialize)]
    struct Port {
        name: &'static str,
        number: u16,
    }
    let print = |error: Error| error.body();
    assert_eq!(
        print(Error::duplicate(Path::root(), "a \"b\"\n\u{1}é")),
        r#"Duplicate value: "a \"b\"\n\x01é""#
    );
    assert_eq!(print(Error::duplicate(Path::root(), 1.5)), "Duplicate value: 1.5");
    assert_eq!(print(Error::duplicate(Path::root(), true)), "Duplicate value: true");
    assert_eq!(print(Error::duplicate(Path::root(), None::<&str>)), "Duplicate value: null");
    assert_eq!(print(Error::duplicate(Path::root(), ["a", "b"])), r#"Duplicate value: ["a","b"]"#);
    assert_eq!(
        print(Error::duplicate(Path::root(), Port { name: "http", number: 80 })),
        r#"Duplicate value: {"name":"http","number":80}"#
    );
}

// contract 8.11, 8.12
#[test]
fn equal_texts_are_told_once() {
    let size = || Error::invalid(Path::new("spec").child("size"), -1, "must be greater than or equal to 0");
    let mode = || Error::required(Path::new("spec").child("mode"), "");
    assert_eq!(
        ErrorList::from(size()).aggregate(),
        "spec.size: Invalid value: -1: must be greater than or equal to 0"
    );
    assert_eq!(ErrorList::from_iter([mode(), mode()]).aggregate(), "spec.mode: Required value");
    assert_eq!(
        ErrorList::from_iter([size(), mode(), size()]).aggregate(),
        "[spec.size: Invalid value: -1: must be greater than or equal to 0, spec.mode: Required value]"
    );
    assert_eq!(ErrorList::from_iter([size(), mode(), size()]).len(), 3);
}
