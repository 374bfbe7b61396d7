//! Whether an update counts: the generation moves when something outside metadata and status differs (contract 3.4 to
//! 3.7).

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use super::{codec, layout};
use crate::errors::{Error, Result};
use crate::info::ResourceInfo;
use crate::object::AnyObject;
use crate::storage::Stored;

/// Whether the object means something else than the stored one, which is given as bytes and decoded.
///
/// Equal bytes settle it, for the whole and for each member. Of what is left the values are compared, which forgives what
/// a client leaves out or writes as empty.
pub(super) fn differs(object: &mut dyn AnyObject, old: &dyn AnyObject, stored: &Stored) -> Result<bool> {
    let meta = object.take_object_meta();
    let body = codec::encode_body(object);
    object.set_object_meta(meta);
    let body = body?;
    if body == stored.after_metadata() {
        return Ok(false);
    }
    // The bytes at rest may be those of an older struct, whose new fields would then seem to be the client's doing.
    let mut old_json = Vec::with_capacity(stored.wire().len());
    old.write_json(&mut old_json)?;
    let info = object.info();
    let (new, old) = (desired(&body, info), desired(&old_json, info));
    Ok(!(covers(&new, &old)? && covers(&old, &new)?))
}

/// Members by their names, both as they are written.
type Members<'j> = BTreeMap<&'j [u8], &'j [u8]>;

/// What the main endpoint owns of an object.
fn desired<'j>(json: &'j [u8], info: &ResourceInfo) -> Members<'j> {
    let is_status = |key: &[u8]| info.status_fields.iter().any(|field| field.as_bytes() == key);
    let members = layout::members(json).filter(|(key, _)| !codec::is_common(key) && !is_status(key));
    members.map(|(key, value)| (key, &json[value])).collect()
}

/// Whether every member of `a` means the same in `b`.
fn covers(a: &Members<'_>, b: &Members<'_>) -> Result<bool> {
    for (key, value) in a {
        let other = b.get(key).copied().unwrap_or(b"null");
        if *value != other && !same(&parse(value)?, &parse(other)?) {
            return Ok(false);
        }
    }
    Ok(true)
}

fn parse(json: &[u8]) -> Result<Value> {
    serde_json::from_slice(json).map_err(|error| Error::internal(error.to_string()))
}

fn same_object(a: &Map<String, Value>, b: &Map<String, Value>) -> bool {
    let in_b = |key| b.get(key).unwrap_or(&Value::Null);
    a.iter().all(|(key, value)| same(value, in_b(key)))
        && b.iter().all(|(key, value)| a.contains_key(key) || is_empty(value))
}

/// Whether two values mean the same: absent, null, `[]` and `{}` do (contract 3.6).
pub(super) fn same(a: &Value, b: &Value) -> bool {
    match (a, b) {
        (Value::Object(a), Value::Object(b)) => same_object(a, b),
        (Value::Array(a), Value::Array(b)) => a.len() == b.len() && a.iter().zip(b).all(|(a, b)| same(a, b)),
        (a, b) => a == b || (is_empty(a) && is_empty(b)),
    }
}

fn is_empty(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::Array(items) => items.is_empty(),
        Value::Object(members) => members.values().all(is_empty),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::same;

    #[test]
    fn empty_and_absent_mean_the_same() {
        let equal = [
            (json!({}), json!({"a": null})),
            (json!({"a": []}), json!({"a": {}})),
            (json!({"a": {"b": []}}), json!({})),
            (json!({"a": [1, {"x": null}]}), json!({"a": [1, {}]})),
        ];
        for (a, b) in equal {
            assert!(same(&a, &b) && same(&b, &a), "{a} {b}");
        }
        let different = [
            (json!({"a": 0}), json!({})),
            (json!({"a": ""}), json!({"a": null})),
            (json!({"a": false}), json!({})),
            (json!({"a": [1]}), json!({"a": [1, 1]})),
            (json!({"a": [null]}), json!({"a": []})),
            (json!([1, 2]), json!([2, 1])),
        ];
        for (a, b) in different {
            assert!(!same(&a, &b) && !same(&b, &a), "{a} {b}");
        }
    }
}
