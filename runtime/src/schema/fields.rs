//! Documents held against a structural schema: fields that it does not know, and the value that does not fit.

use serde_json::Value;

use super::{Structural, Type};

/// How many problems of a document are told (contract 6.63).
pub(crate) const MAX_PROBLEMS: usize = 100;

/// What a schema knows of one field.
pub(crate) enum Known<'a> {
    /// Its schema.
    Field(&'a Structural),
    /// It may be there, and nothing is known of it.
    Anything,
    /// It is not declared.
    Unknown,
}

impl Structural {
    /// What is known of a field of this object.
    pub(crate) fn field(&self, name: &str) -> Known<'_> {
        if let Some(property) = self.properties.get(name) {
            Known::Field(property)
        } else if let Some(additional) = &self.additional {
            Known::Field(additional)
        } else if self.preserve_unknown || self.kind != Some(Type::Object) {
            // What is no object by its schema fails to decode, which says more than its fields could.
            Known::Anything
        } else {
            Known::Unknown
        }
    }

    /// What a step of a path leads to: what is no object has no members.
    pub(crate) fn member(&self, name: &str) -> Known<'_> {
        match self.kind {
            None | Some(Type::Object) => self.field(name),
            Some(_) => Known::Unknown,
        }
    }
}

/// The fields that a document has and its schema does not, as `unknown field "spec.list[1].foo"` (contract 6.63).
pub(crate) fn unknown_fields(schema: &Structural, document: &Value) -> Vec<String> {
    let mut found = Vec::new();
    collect(schema, document, &mut String::new(), &mut found);
    sort_unknown(&mut found);
    found
}

/// Puts unknown fields into the order of custom resources: those of the metadata first, all by name.
pub(crate) fn sort_unknown(problems: &mut [String]) {
    let in_metadata = |problem: &String| problem.starts_with("unknown field \"metadata.");
    problems.sort_by(|one, other| (!in_metadata(one), one).cmp(&(!in_metadata(other), other)));
}

fn collect(schema: &Structural, value: &Value, path: &mut String, found: &mut Vec<String>) {
    let length = path.len();
    match value {
        Value::Object(members) => {
            for (name, member) in members {
                if found.len() >= MAX_PROBLEMS {
                    return;
                }
                push_field(path, name);
                match schema.field(name) {
                    Known::Field(schema) => collect(schema, member, path, found),
                    Known::Anything => {}
                    Known::Unknown => found.push(format!("unknown field \"{path}\"")),
                }
                path.truncate(length);
            }
        }
        Value::Array(items) => {
            let Some(schema) = schema.items.as_deref() else { return };
            for (index, item) in items.iter().enumerate() {
                push_index(path, index);
                collect(schema, item, path, found);
                path.truncate(length);
            }
        }
        _ => {}
    }
}

/// Where a document first has a value of another type than its schema says, as in `spec.list[1].size`. Empty when it
/// does not.
///
/// Serde says what is wrong with a value but not where it is; asking afterwards costs nothing while all is well.
pub(crate) fn mismatch(schema: &Structural, document: &Value) -> String {
    let mut path = String::new();
    if find(schema, document, &mut path) { path } else { String::new() }
}

fn find(schema: &Structural, value: &Value, path: &mut String) -> bool {
    if value.is_null() {
        // Null reads as not set throughout metadata.
        let in_metadata = path.split('.').next() == Some("metadata");
        return !path.is_empty() && !in_metadata && schema.kind.is_some() && !schema.nullable;
    }
    let wrong = match (schema.kind, Type::of_value(value)) {
        (Some(Type::Number), Some(Type::Integer)) | (None, _) => false,
        (expected, actual) => expected != actual,
    };
    if wrong {
        return true;
    }
    let length = path.len();
    match value {
        Value::Object(members) => {
            for (name, member) in members {
                if let Known::Field(schema) = schema.field(name) {
                    push_field(path, name);
                    if find(schema, member, path) {
                        return true;
                    }
                    path.truncate(length);
                }
            }
            false
        }
        Value::Array(items) => {
            let Some(schema) = schema.items.as_deref() else { return false };
            for (index, item) in items.iter().enumerate() {
                push_index(path, index);
                if find(schema, item, path) {
                    return true;
                }
                path.truncate(length);
            }
            false
        }
        _ => false,
    }
}

/// Where a document has a list although its schema wants an object. Serde would read the list as the fields in order.
pub(crate) fn list_for_object(schema: &Structural, document: &Value) -> Option<String> {
    let mut path = String::new();
    find_list(schema, document, &mut path).then_some(path)
}

fn find_list(schema: &Structural, value: &Value, path: &mut String) -> bool {
    let length = path.len();
    match value {
        Value::Array(_) if schema.kind == Some(Type::Object) => true,
        Value::Array(items) => schema.items.as_deref().is_some_and(|schema| {
            items.iter().enumerate().any(|(index, item)| {
                path.truncate(length);
                push_index(path, index);
                find_list(schema, item, path)
            })
        }),
        Value::Object(members) => members.iter().any(|(name, member)| {
            path.truncate(length);
            push_field(path, name);
            matches!(schema.field(name), Known::Field(schema) if find_list(schema, member, path))
        }),
        _ => false,
    }
}

/// Writes whole numbers without a fraction where the schema says integer: for custom resources `1.0` is one. Says whether
/// there were any.
pub(crate) fn whole_numbers(schema: &Structural, value: &mut Value) -> bool {
    match value {
        Value::Number(number) if schema.kind == Some(Type::Integer) && number.is_f64() => {
            // Beyond this a float does not tell whole numbers apart.
            const EXACT: f64 = 9_007_199_254_740_992.0;
            let float = number.as_f64().filter(|float| float.fract() == 0.0 && float.abs() <= EXACT);
            #[allow(clippy::cast_possible_truncation, reason = "it is whole and small enough")]
            let whole = float.map(|float| float as i64);
            if let Some(whole) = whole {
                *value = whole.into();
            }
            whole.is_some()
        }
        Value::Array(items) => match schema.items.as_deref() {
            // Not `any`, which would stop at the first.
            Some(schema) => {
                items.iter_mut().map(|item| whole_numbers(schema, item)).filter(|any| *any).count() > 0
            }
            None => false,
        },
        Value::Object(members) => members.iter_mut().fold(false, |any, (name, member)| {
            matches!(schema.field(name), Known::Field(schema) if whole_numbers(schema, member)) || any
        }),
        _ => false,
    }
}

/// Whether a schema has numbers of 32 bits, here or below.
pub(super) fn has_floats(schema: &Structural) -> bool {
    schema.format.as_deref() == Some("float")
        || schema.properties.values().any(has_floats)
        || [&schema.additional, &schema.items].into_iter().flatten().any(|part| has_floats(part))
}

/// Whether a document has a number that is too large for the 32 bits of its field. Serde would make it infinite, which no
/// JSON is.
pub(crate) fn overflows(schema: &Structural, value: &Value) -> bool {
    match value {
        Value::Number(number) => {
            schema.format.as_deref() == Some("float")
                && number.as_f64().is_some_and(|number| number.abs() > f64::from(f32::MAX))
        }
        Value::Array(items) => {
            schema.items.as_deref().is_some_and(|schema| items.iter().any(|item| overflows(schema, item)))
        }
        Value::Object(members) => members.iter().any(
            |(name, member)| matches!(schema.field(name), Known::Field(schema) if overflows(schema, member)),
        ),
        _ => false,
    }
}

pub(crate) fn push_field(path: &mut String, name: &str) {
    if !path.is_empty() {
        path.push('.');
    }
    path.push_str(name);
}

pub(crate) fn push_index(path: &mut String, index: usize) {
    use std::fmt::Write;
    // Writing to a String cannot fail.
    let _ = write!(path, "[{index}]");
}
