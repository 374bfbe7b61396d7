//! Columns and cells, by contract number.

use std::sync::Arc;

use bytes::Bytes;
use serde_json::{Value, json};

use super::*;
use crate::storage::Header;

fn stored(document: &Value) -> Stored {
    Stored::new("ns1/x", 0, &Bytes::from(document.to_string()), Arc::new(Header::default()))
}

fn cell_of(kind: &'static str, value: &Value) -> Cell {
    let column = Column::new("Column", kind, ".value");
    stored_cells(&[column], &stored(&json!({ "value": value }))).expect("the path is sound").remove(0)
}

fn info(columns: &'static [Column]) -> ResourceInfo {
    ResourceInfo::namespaced("example.com", "v1", "Widget", "widgets", "widget").columns(columns)
}

// contract 10.2
#[test]
fn age_is_the_column_of_a_kind_without_columns() {
    const SIZE: Column = Column::new("Size", "integer", ".spec.size");
    let names = |info| columns(&info).iter().map(|column| column.name).collect::<Vec<_>>();
    assert_eq!(names(info(&[])), ["Age"]);
    assert_eq!(names(info(&[SIZE])), ["Size"]);
}

// contract 10.3, 13.9
#[test]
fn definitions_have_all_members() {
    let declared = [
        Column::new("Size", "integer", ".spec.size").format("int32").priority(1),
        Column::new("Phase", "string", ".status.phase").description("How it goes."),
    ];
    let definitions = serde_json::to_value(column_definitions(&declared)).expect("plain data");
    assert_eq!(
        definitions,
        json!([
            {"name": "Name", "type": "string", "format": "name", "description": NAME_DESCRIPTION, "priority": 0},
            {
                "name": "Size", "type": "integer", "format": "int32", "priority": 1,
                "description": "Custom resource definition column (in JSONPath format): .spec.size",
            },
            {"name": "Phase", "type": "string", "format": "", "description": "How it goes.", "priority": 0},
        ])
    );
    let age = serde_json::to_string(&column_definitions(&columns(&info(&[])))[1]).expect("plain data");
    assert!(age.starts_with(
        r#"{"name":"Age","type":"date","format":"","description":"CreationTimestamp is a timestamp representing the server time"#
    ));
    assert!(age.ends_with(r#"#metadata","priority":0}"#));
}

// contract 10.5
#[test]
fn cells_have_the_type_of_their_column() {
    let cases = [
        ("integer", json!(3), json!(3)),
        ("integer", json!(-3.9), json!(-3)),
        ("integer", json!(1e300), json!(i64::MAX)),
        ("integer", json!("3"), json!(null)),
        ("number", json!(3), json!(3)),
        ("number", json!(3.0), json!(3)),
        ("number", json!(1.5), json!(1.5)),
        ("number", json!(true), json!(null)),
        ("boolean", json!(true), json!(true)),
        ("boolean", json!("true"), json!(null)),
        ("string", json!("text"), json!("text")),
        ("string", json!(3), json!("3")),
        ("string", json!(3.0), json!("3")),
        ("string", json!(1.5), json!("1.5")),
        ("string", json!(false), json!("false")),
        ("string", json!(["a", {"b": 1}]), json!(r#"["a",{"b":1}]"#)),
        ("string", json!({"b": "c"}), json!(r#"{"b":"c"}"#)),
        ("date", json!("yesterday"), json!("<invalid>")),
        ("date", json!(5), json!(null)),
    ];
    for (kind, value, expected) in cases {
        assert_eq!(cell_of(kind, &value), Cell::Value(expected), "{kind} of {value}");
    }
    for kind in ["integer", "number", "boolean", "string", "date"] {
        assert_eq!(cell_of(kind, &Value::Null), Cell::Value(Value::Null), "{kind}");
        let absent = Column::new("Absent", kind, ".spec.absent[0].name");
        assert_eq!(stored_cells(&[absent], &stored(&json!({}))).expect("sound"), [Cell::Value(Value::Null)]);
    }
    let time = Time::from_timestamp("2026-01-02T03:04:05Z".parse().expect("a time"));
    assert_eq!(cell_of("date", &json!("2026-01-02T04:04:05.9+01:00")), Cell::Age(Some(time)));
    assert_eq!(cell_of("date", &json!("")), Cell::Age(None));
}

#[test]
fn cells_are_computed_once_per_write() {
    let object = stored(&json!({"metadata": {"creationTimestamp": "2026-01-02T03:04:05Z"}}));
    let first = stored_cells(&[AGE], &object).expect("sound");
    assert!(matches!(first[..], [Cell::Age(Some(_))]));
    // The answer stays, so nothing was read again.
    assert_eq!(stored_cells(&[], &object).expect("sound"), first);
    // Somebody else's memo does not hinder.
    let object = stored(&json!({"metadata": {}}));
    assert_eq!(*object.memo(|| 5_u8), 5);
    assert_eq!(stored_cells(&[AGE], &object).expect("sound"), [Cell::Value(Value::Null)]);
    assert_eq!(*object.memo(|| 6_u8), 5);
    assert_eq!(stored_cells(&[], &object).expect("sound"), [Cell::Value(Value::Null)]);
}

// contract 10.7
#[test]
fn a_path_that_cannot_be_read_is_told() {
    let error =
        stored_cells(&[Column::new("Bad", "string", "spec")], &stored(&json!({}))).expect_err("no path");
    assert_eq!(
        (error.code(), error.message()),
        (500, r#"Internal error occurred: column "Bad" has a JSON path that cannot be read: spec"#)
    );
}
