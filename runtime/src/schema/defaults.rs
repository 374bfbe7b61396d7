//! Defaulting, as CustomResources do it: the defaults of the schema are filled into a document before it is decoded.
//!
//! Serde fills most of them by itself, and with the same values, since schemars takes them from `#[serde(default)]`.
//! What filling them in the document adds: a default that only the schema knows (`#[schemars(extend("default" = …))]`)
//! counts, and so does a `null` where the field has a default or may be left out. A default that serde does not write
//! (`skip_serializing_if`) is none of the schema's, so that an object is stored in one form whoever wrote its defaults
//! out: writing the same object twice stays no write.
//!
//! Defaults are filled into what clients send, and into what an engine brings that is older than a default.

use serde_json::Value;

use super::{Known, Structural};

/// The defaults of one value. Only what leads to a default is in the tree.
#[derive(Debug, Default)]
pub(crate) struct Defaults {
    value: Option<Value>,
    nullable: bool,
    fields: Vec<(String, Self)>,
    additional: Option<Box<Self>>,
    items: Option<Box<Self>>,
}

impl Defaults {
    /// The defaults of a schema, if there are any.
    pub(super) fn of(schema: &Structural) -> Option<Self> {
        let fields = schema.properties.iter();
        let defaults = Self {
            value: schema.default.clone(),
            nullable: schema.nullable,
            fields: fields.filter_map(|(name, field)| Some((name.clone(), Self::of(field)?))).collect(),
            additional: schema.additional.as_deref().and_then(Self::of).map(Box::new),
            items: schema.items.as_deref().and_then(Self::of).map(Box::new),
        };
        let any = defaults.value.is_some()
            || !defaults.fields.is_empty()
            || defaults.additional.is_some()
            || defaults.items.is_some();
        any.then_some(defaults)
    }

    /// Fills a document in: fields that are missing, and nulls that the schema does not allow.
    pub(crate) fn fill(&self, document: &mut Value) {
        match document {
            Value::Object(members) => {
                for (name, defaults) in &self.fields {
                    let member = members.get_mut(name);
                    match (member, &defaults.value) {
                        (Some(member), _) => defaults.complete(member),
                        (None, None) => {}
                        (None, Some(value)) => {
                            let mut value = value.clone();
                            defaults.fill(&mut value);
                            members.insert(name.clone(), value);
                        }
                    }
                }
                if let Some(defaults) = &self.additional {
                    for member in members.values_mut() {
                        defaults.complete(member);
                    }
                }
            }
            Value::Array(items) => {
                if let Some(defaults) = &self.items {
                    for item in items {
                        defaults.complete(item);
                    }
                }
            }
            _ => {}
        }
    }

    fn complete(&self, member: &mut Value) {
        if let Some(value) = self.value.as_ref().filter(|_| member.is_null() && !self.nullable) {
            member.clone_from(value);
        }
        self.fill(member);
    }
}

/// Drops the fields that are null where the schema allows no null and has no default instead: as if they were not
/// there.
pub(crate) fn drop_nulls(schema: &Structural, document: &mut Value) {
    // Nearly no document has a null, and looking for one is cheaper than walking two trees.
    if has_null(document) {
        drop_nulls_of(schema, document);
    }
}

fn has_null(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::Array(items) => items.iter().any(has_null),
        Value::Object(members) => members.values().any(has_null),
        _ => false,
    }
}

fn drop_nulls_of(schema: &Structural, value: &mut Value) {
    match value {
        Value::Object(members) => members.retain(|name, member| {
            let Known::Field(schema) = schema.field(name) else { return true };
            if member.is_null() {
                return schema.nullable || schema.default.is_some() || schema.kind.is_none();
            }
            drop_nulls_of(schema, member);
            true
        }),
        Value::Array(items) => {
            if let Some(schema) = schema.items.as_deref() {
                for item in items {
                    drop_nulls_of(schema, item);
                }
            }
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::{Defaults, drop_nulls};
    use crate::schema::Structural;
    use crate::schema::import::Import;

    fn schema() -> Structural {
        Import::default().root(&json!({"type": "object", "properties": {
            "size": {"type": "integer", "default": 3},
            "text": {"type": "string"},
            "maybe": {"type": ["string", "null"], "default": "x"},
            "inner": {"type": "object", "default": {"a": 1}, "properties": {
                "a": {"type": "integer"}, "b": {"type": "integer", "default": 2},
            }},
            "outer": {"type": "object", "properties": {"c": {"type": "integer", "default": 4}}},
            "list": {"type": "array", "items": {"type": "object", "properties": {"d": {"type": "integer", "default": 5}}}},
            "map": {"type": "object", "additionalProperties": {"type": "integer", "default": 6}},
            "free": {},
        }}))
    }

    #[test]
    fn missing_fields_and_forbidden_nulls_are_filled() {
        let cases = [
            (json!({}), json!({"size": 3, "maybe": "x", "inner": {"a": 1, "b": 2}})),
            (
                json!({"size": null, "maybe": null, "inner": {}, "text": null, "free": null}),
                json!({"size": 3, "maybe": null, "inner": {"b": 2}, "free": null}),
            ),
            (
                json!({"size": 0, "maybe": "", "inner": {"b": 0}, "outer": {}, "list": [{}, {"d": 0}, 1], "map": {"k": null, "l": 0}}),
                json!({"size": 0, "maybe": "", "inner": {"b": 0}, "outer": {"c": 4}, "list": [{"d": 5}, {"d": 0}, 1], "map": {"k": 6, "l": 0}}),
            ),
            (json!("not an object"), json!("not an object")),
        ];
        let schema = schema();
        let defaults = Defaults::of(&schema).expect("there are defaults");
        for (mut document, expected) in cases {
            let sent = document.clone();
            drop_nulls(&schema, &mut document);
            defaults.fill(&mut document);
            assert_eq!(document, expected, "{sent}");
            let filled: Value = document.clone();
            defaults.fill(&mut document);
            assert_eq!(document, filled, "a second time changes nothing");
        }
        assert!(Defaults::of(&Structural::anything()).is_none());
    }
}
