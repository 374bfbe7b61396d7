//! Documents held against a structural schema: fields that it does not know, and the value that does not fit.

use std::collections::HashSet;

use serde_json::Value;

use super::{KindSchema, Steps, Structural, Type};

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
    collect(schema, document, Steps::Root, &mut found);
    sort_unknown(&mut found);
    found
}

/// Puts unknown fields into the order of custom resources: those of the metadata first, all by name.
pub(crate) fn sort_unknown(problems: &mut [String]) {
    let in_metadata = |problem: &String| problem.starts_with("unknown field \"metadata.");
    problems.sort_by(|one, other| (!in_metadata(one), one).cmp(&(!in_metadata(other), other)));
}

fn collect(schema: &Structural, value: &Value, at: Steps<'_>, found: &mut Vec<String>) {
    match value {
        Value::Object(members) => {
            for (name, member) in members {
                if found.len() >= MAX_PROBLEMS {
                    return;
                }
                let at = Steps::Field(&at, name);
                match schema.field(name) {
                    Known::Field(schema) => collect(schema, member, at, found),
                    Known::Anything => {}
                    Known::Unknown => found.push(format!("unknown field \"{at}\"")),
                }
            }
        }
        Value::Array(items) => {
            let Some(schema) = schema.items.as_deref() else { return };
            for (index, item) in items.iter().enumerate() {
                collect(schema, item, Steps::Item(&at, index), found);
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
    find(schema, document, Steps::Root).unwrap_or_default()
}

fn find(schema: &Structural, value: &Value, at: Steps<'_>) -> Option<String> {
    if value.is_null() {
        let path = at.to_string();
        // Null reads as not set throughout metadata.
        let in_metadata = path.split('.').next() == Some("metadata");
        let wrong = !path.is_empty() && !in_metadata && schema.kind.is_some() && !schema.nullable;
        return wrong.then_some(path);
    }
    let wrong = match (schema.kind, Type::of_value(value)) {
        (Some(Type::Number), Some(Type::Integer)) | (None, _) => false,
        (expected, actual) => expected != actual,
    };
    if wrong {
        return Some(at.to_string());
    }
    within(schema, value, at, find)
}

/// What of a document serde might take although its schema does not: a list where an object belongs, which serde would
/// read as the fields in order, an item that is twice in a set, which would be forgotten, and whatever a Rust type lets pass that is wider than its schema, as `serde_json::Value` is.
/// Metadata and a `Scale` are read by types of our own, which are not wider, and whose texts are better.
pub(crate) fn misfit(schema: &KindSchema, document: &Value) -> Option<String> {
    let search = if schema.is_go_type { find_list } else { find_misfit };
    search(&schema.root, document, Steps::Root)
}

fn find_misfit(schema: &Structural, value: &Value, at: Steps<'_>) -> Option<String> {
    let in_metadata = matches!(at, Steps::Field(Steps::Root, "metadata"));
    if schema.is_set && repeats(value) {
        return Some(format!("{at}: an item of a set is there twice"));
    }
    if overflows(schema, value) {
        return Some(format!("{at}: a number is too large for 32 bits"));
    }
    if fits(schema, value) {
        return within(schema, value, at, if in_metadata { find_list } else { find_misfit });
    }
    let actual = Type::of_value(value).map_or("null", Type::name);
    let expected = schema.kind.map_or("integer or string", Type::name);
    Some(format!("{at}: invalid type: {actual}, expected {expected}"))
}

fn find_list(schema: &Structural, value: &Value, at: Steps<'_>) -> Option<String> {
    if value.is_array() && schema.kind == Some(Type::Object) {
        return Some(format!("{at}: invalid type: array, expected object"));
    }
    within(schema, value, at, find_list)
}

/// Whether a value is of the type that its schema names. What may be null is left to serde.
fn fits(schema: &Structural, value: &Value) -> bool {
    let Some(actual) = Type::of_value(value) else { return true };
    let is_whole = || value.as_f64().is_some_and(|number| number.fract() == 0.0);
    match schema.kind {
        None if schema.int_or_string => actual == Type::String || is_whole(),
        None => true,
        Some(Type::Integer) => is_whole(),
        Some(Type::Number) => value.is_number(),
        Some(kind) => kind == actual,
    }
}

/// Whether a number is too large for the 32 bits of its field: serde would make it infinite, which no JSON is.
fn overflows(schema: &Structural, value: &Value) -> bool {
    let Value::Number(number) = value else { return false };
    schema.format.as_deref() == Some("float")
        && number.as_f64().is_some_and(|number| number.abs() > f64::from(f32::MAX))
}

fn repeats(list: &Value) -> bool {
    let mut seen = HashSet::new();
    list.as_array().is_some_and(|items| !items.iter().all(|item| seen.insert(item)))
}

/// The first that a search finds in the parts of a value that a schema knows.
fn within(
    schema: &Structural,
    value: &Value,
    at: Steps<'_>,
    search: fn(&Structural, &Value, Steps<'_>) -> Option<String>,
) -> Option<String> {
    match value {
        Value::Array(items) => {
            let schema = schema.items.as_deref()?;
            items.iter().enumerate().find_map(|(index, item)| search(schema, item, Steps::Item(&at, index)))
        }
        Value::Object(members) => members.iter().find_map(|(name, member)| {
            let Known::Field(schema) = schema.field(name) else { return None };
            search(schema, member, Steps::Field(&at, name))
        }),
        _ => None,
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

pub(crate) fn push_field(path: &mut String, name: &str) {
    if !path.is_empty() {
        path.push('.');
    }
    path.push_str(name);
}

pub(crate) fn push_index(path: &mut String, index: usize) {
    use std::fmt::Write;
    // Nearly all lists are short, and formatting is not.
    if let Some(digit) = u8::try_from(index).ok().filter(|index| *index < 10) {
        path.extend(['[', char::from(b'0' + digit), ']']);
        return;
    }
    // Writing to a String cannot fail.
    let _ = write!(path, "[{index}]");
}
