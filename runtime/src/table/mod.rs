//! Printer columns and their cells (contract 10).

mod age;
mod leads;
mod path;

use std::borrow::Cow;

use serde::Serialize;
use serde_json::Value;

pub(crate) use self::age::age;
pub(crate) use self::leads::problems;
use self::path::JsonPath;
use crate::errors::{Error, Result};
use crate::info::{Column, ResourceInfo};
use crate::meta::Time;
use crate::object::Object;
use crate::rest::Cell;
use crate::storage::Stored;

/// The description of the first column: what upstream says of `metadata.name`.
const NAME_DESCRIPTION: &str = "Name must be unique within a namespace. Is required when creating resources, although some resources may allow a client to request the generation of an appropriate name automatically. Name is primarily intended for creation idempotence and configuration definition. Cannot be updated. More info: https://kubernetes.io/docs/concepts/overview/working-with-objects/names#names";

/// The description of the default column: what upstream says of `metadata.creationTimestamp`.
const AGE_DESCRIPTION: &str = "CreationTimestamp is a timestamp representing the server time when this object was created. It is not guaranteed to be set in happens-before order across separate operations. Clients may not set this value. It is represented in RFC3339 form and is in UTC.\n\nPopulated by the system. Read-only. Null for lists. More info: https://git.k8s.io/community/contributors/devel/sig-architecture/api-conventions.md#metadata";

const AGE: Column = Column::new("Age", "date", ".metadata.creationTimestamp").description(AGE_DESCRIPTION);

/// The columns after Name: the declared ones, or Age (contract 10.2).
pub(crate) fn columns(info: &ResourceInfo) -> Vec<Column> {
    declared(info).to_vec()
}

fn declared(info: &ResourceInfo) -> &'static [Column] {
    if info.columns.is_empty() { &[AGE] } else { info.columns }
}

/// A column as a Table describes it; all members are always there (contract 10.3, 13.9).
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(crate) struct ColumnDefinition {
    name: &'static str,
    #[serde(rename = "type")]
    kind: &'static str,
    format: &'static str,
    description: Cow<'static, str>,
    priority: i32,
}

/// The `columnDefinitions` of a Table: Name and then these.
pub(crate) fn column_definitions(columns: &[Column]) -> Vec<ColumnDefinition> {
    let name = Column::new("Name", "string", "").format("name").description(NAME_DESCRIPTION);
    [name].iter().chain(columns).map(definition).collect()
}

fn definition(column: &Column) -> ColumnDefinition {
    let description = if column.description.is_empty() {
        format!("Custom resource definition column (in JSONPath format): {}", column.json_path).into()
    } else {
        column.description.into()
    };
    let Column { name, kind, format, priority, .. } = *column;
    ColumnDefinition { name, kind, format, description, priority }
}

/// The cells of an object after its name, read by the JSON paths of the columns. Computed once per write.
///
/// Fails with 500 when a path cannot be read.
pub(crate) fn cells<T>(info: &ResourceInfo, object: &Object<T>) -> Result<Vec<Cell>> {
    stored_cells(declared(info), &object.clone().into_stored())
}

fn stored_cells(columns: &[Column], stored: &Stored) -> Result<Vec<Cell>> {
    let compute = || columns.iter().map(|column| cell(column, stored.wire())).collect();
    Result::clone(&*stored.memo::<Result<Vec<Cell>>>(compute))
}

fn cell(column: &Column, json: &[u8]) -> Result<Cell> {
    let path = JsonPath::parse(column.json_path).ok_or_else(|| {
        let Column { name, json_path, .. } = column;
        Error::internal(format!("column {name:?} has a JSON path that cannot be read: {json_path}"))
    })?;
    let value = path.first(json).unwrap_or_default();
    Ok(match column.kind {
        "date" => date(&value),
        "integer" => Cell::Value(integer(&value)),
        "number" => Cell::Value(number(value)),
        "boolean" => Cell::Value(if value.is_boolean() { value } else { Value::Null }),
        _ => Cell::Value(text(value)),
    })
}

/// A value of the wrong type shows as nothing; a text that is no time shows so (contract 10.5).
fn date(value: &Value) -> Cell {
    match value.as_str() {
        None => Cell::Value(Value::Null),
        Some("" | "null") => Cell::Age(None),
        Some(text) => match text.parse() {
            Ok(timestamp) => Cell::Age(Some(Time::from_timestamp(timestamp))),
            Err(_) => Cell::Value("<invalid>".into()),
        },
    }
}

fn integer(value: &Value) -> Value {
    #[allow(
        clippy::cast_possible_truncation,
        reason = "a number that is too large stops at the largest integer"
    )]
    let integer = || value.as_i64().or_else(|| value.as_f64().map(|number| number as i64));
    integer().into()
}

/// A whole number is written without a fraction, as Go writes it.
fn number(value: Value) -> Value {
    match value.as_f64() {
        None => Value::Null,
        Some(number) if number.fract() == 0.0 && number.abs() < 1e15 => integer(&value),
        Some(_) => value,
    }
}

/// What Go prints: text as it is, lists and maps as JSON.
fn text(value: Value) -> Value {
    match value {
        Value::Null | Value::String(_) => value,
        // A float prints without an empty fraction.
        Value::Number(number) if number.is_f64() => number.as_f64().map(|number| number.to_string()).into(),
        Value::Number(number) => number.to_string().into(),
        Value::Bool(_) | Value::Array(_) | Value::Object(_) => value.to_string().into(),
    }
}

#[cfg(test)]
mod tests;
