//! A Swagger document as protobuf, the only form of it that kubectl asks for: gnostic's `openapi.v2.Document`.
//!
//! kubectl reads it when it validates by itself, as it does for a `List` of objects.

use serde_json::{Map, Value};

/// Encodes a document that [`v2`](super::v2) made.
pub(super) fn encode(document: &Value) -> Vec<u8> {
    let mut message = Message::default();
    message.text(1, &document["swagger"]);
    let mut info = Message::default();
    info.text(1, &document["info"]["title"]);
    info.text(2, &document["info"]["version"]);
    message.message(2, &info);
    let mut paths = Message::default();
    paths.named(2, &document["paths"], path_item);
    message.message(8, &paths);
    let mut definitions = Message::default();
    definitions.named(1, &document["definitions"], schema);
    message.message(9, &definitions);
    message.0
}

fn path_item(item: &Value) -> Message {
    let mut message = Message::default();
    for (field, method) in [(2, "get"), (3, "put"), (4, "post"), (5, "delete"), (8, "patch")] {
        if let Some(one) = item.get(method) {
            message.message(field, &operation(one));
        }
    }
    message.each(9, &item["parameters"], parameter);
    message
}

fn operation(operation: &Value) -> Message {
    let mut message = Message::default();
    message.texts(1, &operation["tags"]);
    message.text(3, &operation["description"]);
    message.text(5, &operation["operationId"]);
    message.texts(6, &operation["produces"]);
    message.texts(7, &operation["consumes"]);
    message.each(8, &operation["parameters"], parameter);
    let mut responses = Message::default();
    responses.named(1, &operation["responses"], |response| {
        let mut inner = Message::default();
        inner.text(1, &response["description"]);
        if let Some(content) = response.get("schema") {
            inner.message(2, &schema(content).within(1));
        }
        inner.within(1)
    });
    message.message(9, &responses);
    message.extensions(13, operation);
    message
}

/// A parameter, in the three wrappings that tell a body from a query and from a part of the path.
fn parameter(parameter: &Value) -> Message {
    let mut message = Message::default();
    let place = parameter["in"].as_str().unwrap_or_default();
    if place == "body" {
        message.text(2, &parameter["name"]);
        message.text(3, &parameter["in"]);
        message.flag(4, &parameter["required"]);
        message.message(5, &schema(&parameter["schema"]));
        return message.within(1).within(1);
    }
    // The fields of the two are the same, but one apart.
    let (wrapping, shift) = if place == "path" { (4, 0) } else { (3, 1) };
    message.flag(1, &parameter["required"]);
    message.text(2, &parameter["in"]);
    message.text(3, &parameter["description"]);
    message.text(4, &parameter["name"]);
    message.text(5 + shift, &parameter["type"]);
    message.flag(19 + shift, &parameter["uniqueItems"]);
    message.within(wrapping).within(2).within(1)
}

fn schema(schema: &Value) -> Message {
    let mut message = Message::default();
    message.text(1, &schema["$ref"]);
    message.text(2, &schema["format"]);
    message.text(4, &schema["description"]);
    message.number(6, &schema["multipleOf"]);
    message.number(7, &schema["maximum"]);
    message.flag(8, &schema["exclusiveMaximum"]);
    message.number(9, &schema["minimum"]);
    message.flag(10, &schema["exclusiveMinimum"]);
    message.integer(11, &schema["maxLength"]);
    message.integer(12, &schema["minLength"]);
    message.text(13, &schema["pattern"]);
    message.integer(14, &schema["maxItems"]);
    message.integer(15, &schema["minItems"]);
    message.flag(16, &schema["uniqueItems"]);
    message.integer(17, &schema["maxProperties"]);
    message.integer(18, &schema["minProperties"]);
    message.texts(19, &schema["required"]);
    message.each(20, &schema["enum"], any);
    match &schema["additionalProperties"] {
        Value::Null => {}
        Value::Bool(_) => {
            let mut allowed = Message::default();
            allowed.flag(2, &schema["additionalProperties"]);
            message.message(21, &allowed);
        }
        values => message.message(21, &self::schema(values).within(1)),
    }
    if let Value::String(kind) = &schema["type"] {
        let mut types = Message::default();
        types.string(1, kind);
        message.message(22, &types);
    }
    if let Some(items) = schema.get("items") {
        message.message(23, &self::schema(items).within(1));
    }
    if let Some(properties) = schema.get("properties") {
        let mut inner = Message::default();
        inner.named(1, properties, self::schema);
        message.message(25, &inner);
    }
    message.extensions(31, schema);
    message
}

/// A value of any type, as YAML, which JSON is.
fn any(value: &Value) -> Message {
    let mut message = Message::default();
    message.string(2, &value.to_string());
    message
}

/// A protobuf message in the making. What is absent is not written.
#[derive(Default)]
struct Message(Vec<u8>);

impl Message {
    fn varint(&mut self, mut value: u64) {
        while value >= 0x80 {
            self.0.push(value.to_le_bytes()[0] | 0x80);
            value >>= 7;
        }
        self.0.push(value.to_le_bytes()[0]);
    }

    fn tag(&mut self, field: u64, wire_type: u64) {
        self.varint(field << 3 | wire_type);
    }

    fn bytes(&mut self, field: u64, bytes: &[u8]) {
        self.tag(field, 2);
        self.varint(bytes.len() as u64);
        self.0.extend_from_slice(bytes);
    }

    fn string(&mut self, field: u64, text: &str) {
        self.bytes(field, text.as_bytes());
    }

    fn text(&mut self, field: u64, value: &Value) {
        if let Value::String(text) = value {
            self.string(field, text);
        }
    }

    fn texts(&mut self, field: u64, values: &Value) {
        for value in values.as_array().into_iter().flatten() {
            self.text(field, value);
        }
    }

    fn flag(&mut self, field: u64, value: &Value) {
        if value == &Value::Bool(true) {
            self.tag(field, 0);
            self.varint(1);
        }
    }

    fn integer(&mut self, field: u64, value: &Value) {
        if let Some(value) = value.as_u64() {
            self.tag(field, 0);
            self.varint(value);
        }
    }

    fn number(&mut self, field: u64, value: &Value) {
        if let Some(value) = value.as_f64() {
            self.tag(field, 1);
            self.0.extend_from_slice(&value.to_le_bytes());
        }
    }

    fn message(&mut self, field: u64, message: &Self) {
        self.bytes(field, &message.0);
    }

    /// A message that has only this one for a field.
    fn within(self, field: u64) -> Self {
        let mut outer = Self::default();
        outer.message(field, &self);
        outer
    }

    fn each(&mut self, field: u64, values: &Value, encode: fn(&Value) -> Self) {
        for value in values.as_array().into_iter().flatten() {
            self.message(field, &encode(value));
        }
    }

    /// The members of an object, as pairs of a name and a value.
    fn named(&mut self, field: u64, values: &Value, encode: fn(&Value) -> Self) {
        for (name, value) in values.as_object().into_iter().flatten() {
            self.pair(field, name, &encode(value));
        }
    }

    fn pair(&mut self, field: u64, name: &str, value: &Self) {
        let mut pair = Self::default();
        pair.string(1, name);
        pair.message(2, value);
        self.message(field, &pair);
    }

    /// The words that Kubernetes added.
    fn extensions(&mut self, field: u64, of: &Value) {
        let none = Map::new();
        let members = of.as_object().unwrap_or(&none);
        for (name, value) in members.iter().filter(|(name, _)| name.starts_with("x-")) {
            self.pair(field, name, &any(value));
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::encode;

    /// What is in a message: fields by number, with the bytes of those that have a length.
    fn fields(mut bytes: &[u8]) -> Vec<(u64, Vec<u8>)> {
        fn varint(bytes: &mut &[u8]) -> u64 {
            let mut value = 0;
            for shift in (0..).step_by(7) {
                let (first, rest) = bytes.split_first().expect("a varint");
                *bytes = rest;
                value |= u64::from(first & 0x7f) << shift;
                if first & 0x80 == 0 {
                    break;
                }
            }
            value
        }
        let mut found = Vec::new();
        while !bytes.is_empty() {
            let tag = varint(&mut bytes);
            let length = match tag & 7 {
                0 => {
                    found.push((tag >> 3, varint(&mut bytes).to_le_bytes().to_vec()));
                    continue;
                }
                1 => 8,
                _ => usize::try_from(varint(&mut bytes)).unwrap(),
            };
            let (value, rest) = bytes.split_at(length);
            found.push((tag >> 3, value.to_vec()));
            bytes = rest;
        }
        found
    }

    fn of(fields: &[(u64, Vec<u8>)], field: u64) -> &[u8] {
        &fields.iter().find(|(number, _)| *number == field).unwrap_or_else(|| panic!("{field}")).1
    }

    #[test]
    fn a_document_is_written_as_gnostic_reads_it() {
        let description = "x".repeat(300);
        let document = encode(&json!({
            "swagger": "2.0", "info": {"title": "t", "version": "v"},
            "paths": {"/a": {"get": {"operationId": "read", "x-kubernetes-action": "get", "responses": {}}}},
            "definitions": {"A": {
                "type": "object", "description": description, "minProperties": 300, "maximum": 1.5,
                "properties": {"b": {"type": "array", "items": {"$ref": "#/definitions/A"}}},
            }},
        }));
        let document = fields(&document);
        assert_eq!(of(&document, 1), b"2.0");
        assert_eq!(of(&fields(of(&document, 2)), 2), b"v");
        let path = fields(of(&fields(of(&document, 8)), 2));
        assert_eq!(of(&path, 1), b"/a");
        let get = fields(of(&fields(of(&path, 2)), 2));
        assert_eq!(of(&get, 5), b"read");
        let extension = fields(of(&get, 13));
        assert_eq!(
            (of(&extension, 1), of(&fields(of(&extension, 2)), 2)),
            (&b"x-kubernetes-action"[..], &b"\"get\""[..])
        );
        let definition = fields(of(&fields(of(&document, 9)), 1));
        assert_eq!(of(&definition, 1), b"A");
        let schema = fields(of(&definition, 2));
        assert_eq!(of(&schema, 4), description.as_bytes());
        assert_eq!(of(&schema, 18), 300_u64.to_le_bytes());
        assert_eq!(of(&schema, 7), 1.5_f64.to_le_bytes());
        assert_eq!(of(&fields(of(&schema, 22)), 1), b"object");
        let property = fields(of(&fields(of(&schema, 25)), 1));
        let items = fields(of(&fields(of(&property, 2)), 23));
        assert_eq!(of(&fields(of(&items, 1)), 1), b"#/definitions/A");
    }
}
