//! `printcolumn(name = "Ready", type = "boolean", json_path = ".status.ready")`

use syn::Path;

use super::keys::{self, COLUMN_HABITS, nearest};
use super::{Single, json_path, single};
use crate::error::{self, Errors};
use crate::model::Column;
use crate::syntax::{self, COLUMN_KEYS, Field, Given, Text};

const TYPES: &[&str] = &["boolean", "date", "integer", "number", "string"];
const FORMATS: &[&str] = &["int32", "int64", "float", "double", "byte", "date", "date-time", "password"];

/// Types of other languages, and the column type that shows them.
const FOREIGN_TYPES: &[(&str, &str)] = &[
    ("bool", "boolean"),
    ("int", "integer"),
    ("int32", "integer"),
    ("int64", "integer"),
    ("float", "number"),
    ("double", "number"),
    ("str", "string"),
    ("String", "string"),
    ("time", "date"),
    ("date-time", "date"),
];

/// Checks the columns. One that has a mistake is left out.
pub(super) fn check(given: &[Given<syntax::Column>], fields: &[Field], errors: &mut Errors) -> Vec<Column> {
    let mut columns: Vec<Column> = Vec::new();
    for given in given {
        let Some(column) = errors.read(given) else { continue };
        keys::unknown(&column.unknown, COLUMN_KEYS, COLUMN_HABITS, errors);
        let name = required(&column.name, &given.key, "name", "Ready", errors);
        if let Some(name) = name {
            if name.value().trim().is_empty() {
                errors.push(error::nameless_column(&name.0));
            } else if columns.iter().any(|column| column.name == name.value()) {
                errors.push(error::column_twice(&name.0));
            }
        }
        let kind = required(&column.kind, &given.key, "type", "string", errors);
        if let Some(kind) = kind {
            check_type(kind, errors);
        }
        let json_path = required(&column.json_path, &given.key, "json_path", ".status.ready", errors);
        if let Some(path) = json_path {
            check_path(path, fields, errors);
        }
        let format = single(&column.format, errors).value();
        if let Some(format) = format.filter(|format| !FORMATS.contains(&format.value().as_str())) {
            errors.push(error::bad_column_format(&format.0, FORMATS));
        }
        let description = single(&column.description, errors).value();
        let priority = single(&column.priority, errors).value();
        if let (Some(name), Some(kind), Some(json_path)) = (name, kind, json_path) {
            columns.push(Column {
                name: name.value(),
                kind: kind.value(),
                json_path: json_path.value(),
                description: description.map(Text::value).unwrap_or_default(),
                format: format.map(Text::value).unwrap_or_default(),
                priority: priority.map(|priority| priority.0).unwrap_or_default(),
            });
        }
    }
    columns
}

fn required<'a>(
    given: &'a [Given<Text>],
    column: &Path,
    key: &str,
    example: &str,
    errors: &mut Errors,
) -> Option<&'a Text> {
    let single = single(given, errors);
    if let Single::Absent = single {
        errors.push(error::incomplete_column(column, key, example));
    }
    single.value()
}

/// `type = "int"`
fn check_type(kind: &Text, errors: &mut Errors) {
    let name = kind.value();
    if !TYPES.contains(&name.as_str()) {
        let foreign = FOREIGN_TYPES.iter().find(|(foreign, _)| *foreign == name).map(|(_, meant)| *meant);
        errors.push(error::bad_column_type(&kind.0, foreign.or_else(|| nearest(&name, TYPES)), TYPES));
    }
}

/// `json_path = "status.ready"`, or `".staus.ready"`
fn check_path(path: &Text, fields: &[Field], errors: &mut Errors) {
    match json_path::check(&path.value()) {
        Ok(first) => json_path::leads_somewhere(path, &first, fields, errors),
        Err(problem) => errors.push(error::bad_json_path(&path.0, problem)),
    }
}
