//! Whether stored bytes are of the form that a write of today would give them: no default is missing, and nothing is
//! there that the schema does not know. Read as a stream; nothing is built.

use std::borrow::Cow;
use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, Error, IgnoredAny, MapAccess, SeqAccess, Visitor};

use super::{KindSchema, Known, Structural};

impl KindSchema {
    /// Whether a stored document is as a write would leave it. What cannot be read is not.
    pub(crate) fn is_current(&self, bytes: &[u8]) -> bool {
        let mut reader = serde_json::Deserializer::from_slice(bytes);
        let root = Node { schema: Some(&self.root), is_root: true };
        root.deserialize(&mut reader).is_ok()
    }
}

/// One value held against its schema; fails at the first thing that is not as it should be.
struct Node<'a> {
    /// None where anything goes.
    schema: Option<&'a Structural>,
    is_root: bool,
}

impl<'de> DeserializeSeed<'de> for Node<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        match self.schema {
            // Nothing below it could be missing or unknown.
            None => deserializer.deserialize_ignored_any(IgnoredAny).map(drop),
            Some(_) => deserializer.deserialize_any(self),
        }
    }
}

impl<'de> Visitor<'de> for Node<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("what a write would leave")
    }

    fn visit_bool<E>(self, _: bool) -> Result<(), E> {
        Ok(())
    }

    fn visit_i64<E>(self, _: i64) -> Result<(), E> {
        Ok(())
    }

    fn visit_u64<E>(self, _: u64) -> Result<(), E> {
        Ok(())
    }

    fn visit_f64<E>(self, _: f64) -> Result<(), E> {
        Ok(())
    }

    fn visit_str<E>(self, _: &str) -> Result<(), E> {
        Ok(())
    }

    fn visit_unit<E: Error>(self) -> Result<(), E> {
        match self.schema {
            Some(schema) if schema.kind.is_some() && !schema.nullable => Err(E::custom("null")),
            _ => Ok(()),
        }
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<(), A::Error> {
        let schema = self.schema.and_then(|schema| schema.items.as_deref());
        while items.next_element_seed(Node { schema, is_root: false })?.is_some() {}
        Ok(())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<(), A::Error> {
        let Some(object) = self.schema else { return Ok(()) };
        let mut defaults = object.properties.values().filter(|property| property.default.is_some()).count();
        while let Some(name) = members.next_key::<Cow<'_, str>>()? {
            let schema = match object.field(&name) {
                // What every object has is written by the server itself.
                _ if self.is_root && super::is_common(&name) => None,
                Known::Field(schema) => Some(schema),
                Known::Anything => None,
                Known::Unknown => return Err(A::Error::custom("unknown field")),
            };
            if schema.is_some_and(|schema| schema.default.is_some()) && object.properties.contains_key(&*name)
            {
                defaults = defaults.saturating_sub(1);
            }
            members.next_value_seed(Node { schema, is_root: false })?;
        }
        if defaults == 0 { Ok(()) } else { Err(A::Error::custom("missing default")) }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::info::ResourceInfo;
    use crate::schema::KindSchema;

    #[test]
    fn a_missing_default_and_an_unknown_field_tell_an_old_object() {
        let schema = json!({"type": "object", "properties": {
            "metadata": {"type": "object"},
            "spec": {"type": "object", "properties": {
                "size": {"type": "integer"},
                "mode": {"type": "string", "default": "quiet"},
                "maybe": {"type": ["string", "null"]},
                "list": {"type": "array", "items": {"type": "object", "properties": {"on": {"type": "boolean", "default": true}}}},
                "map": {"type": "object", "additionalProperties": {"type": "integer", "default": 1}},
                "free": {},
            }},
        }});
        let info = ResourceInfo::cluster("example.com", "v1", "Pool", "pools", "pool");
        let schema = KindSchema::new(&info, &schema);
        let is_current = |spec: &str| {
            let bytes = format!(r#"{{"apiVersion":"x","kind":"y","metadata":{{"any":1}},"spec":{spec}}}"#);
            schema.is_current(bytes.as_bytes())
        };
        for spec in [
            r#"{"mode":"loud"}"#,
            r#"{"mode":"","size":1,"maybe":null,"list":[{"on":false}],"map":{"a":2},"free":{"a":[null]}}"#,
        ] {
            assert!(is_current(spec), "{spec}");
        }
        for spec in [
            "{}",
            r#"{"mode":"","more":1}"#,
            r#"{"mode":null}"#,
            r#"{"mode":"","size":null}"#,
            r#"{"mode":"","list":[{"on":true},{}]}"#,
            r#"{"mode":"","map":{"a":null}}"#,
        ] {
            assert!(!is_current(spec), "{spec}");
        }
    }
}
