//! The keywords of JSON Schema that need nothing but themselves, as Kubernetes words them.

use serde_json::{Map, Number, Value};

use super::{Limits, Structural, Type};

/// Title and text in one. A single line break is a space, as in the documentation that it came from.
pub(super) fn describe(schema: &Map<String, Value>) -> String {
    let text = |key| schema.get(key).and_then(Value::as_str).map(str::trim).unwrap_or_default();
    let (title, description) = (text("title"), text("description"));
    let mut joined = String::with_capacity(title.len() + description.len() + 2);
    joined.push_str(title);
    for (index, line) in description.lines().map(str::trim_end).enumerate() {
        let continues = line.starts_with(char::is_alphanumeric) && !joined.ends_with('\n');
        match index {
            0 if joined.is_empty() => {}
            0 => joined.push_str("\n\n"),
            _ if continues => joined.push(' '),
            _ => joined.push('\n'),
        }
        joined.push_str(line);
    }
    joined
}

/// `enum` and `const`; `null` among them means nullable.
pub(super) fn values(schema: &Map<String, Value>, node: &mut Structural) {
    let listed = schema.get("enum").and_then(Value::as_array).into_iter().flatten();
    for value in listed.chain(schema.get("const")) {
        if value.is_null() {
            node.nullable = true;
        } else {
            node.kind = node.kind.or_else(|| Type::of_value(value));
            node.values.push(value.clone());
        }
    }
}

pub(super) fn limits(schema: &Map<String, Value>, limits: &mut Limits) {
    let number = |key| schema.get(key).and_then(Value::as_number).cloned();
    let size = |key| schema.get(key).and_then(Value::as_u64);
    let flag = |key| schema.get(key) == Some(&Value::Bool(true));
    // JSON Schema gives exclusive bounds as numbers, OpenAPI 3.0 as flags beside the bound.
    (limits.minimum, limits.exclusive_minimum) = match number("exclusiveMinimum") {
        Some(bound) => (Some(bound), true),
        None => (number("minimum"), flag("exclusiveMinimum")),
    };
    (limits.maximum, limits.exclusive_maximum) = match number("exclusiveMaximum") {
        Some(bound) => (Some(bound), true),
        None => (number("maximum"), flag("exclusiveMaximum")),
    };
    limits.multiple_of = number("multipleOf");
    limits.min_length = size("minLength");
    limits.max_length = size("maxLength");
    limits.pattern = schema.get("pattern").and_then(Value::as_str).map(str::to_owned);
    limits.min_items = size("minItems");
    limits.max_items = size("maxItems");
    limits.min_properties = size("minProperties");
    limits.max_properties = size("maxProperties");
}

/// The integer formats of Kubernetes are `int32` and `int64`; an unsigned number is not negative.
pub(super) fn format(schema: &Map<String, Value>, node: &mut Structural) {
    let Some(format) = schema.get("format").and_then(Value::as_str) else { return };
    if node.kind != Some(Type::Integer) {
        node.format = Some(format.to_owned());
        return;
    }
    if format.starts_with("uint") {
        node.limits.minimum.get_or_insert_with(|| Number::from(0));
    }
    let narrow = matches!(format, "int8" | "int16" | "int32" | "uint8" | "uint16");
    node.format = Some(if narrow { "int32" } else { "int64" }.to_owned());
}

pub(super) fn extensions(schema: &Map<String, Value>, node: &mut Structural) {
    for (key, value) in schema.iter().filter(|(key, _)| key.starts_with("x-kubernetes-")) {
        match key.as_str() {
            "x-kubernetes-preserve-unknown-fields" => node.preserve_unknown = value == &Value::Bool(true),
            "x-kubernetes-int-or-string" => {
                node.int_or_string = value == &Value::Bool(true);
                node.kind = None;
            }
            _ => {
                node.extensions.insert(key.clone(), value.clone());
            }
        }
    }
}
