//! Selectable fields: the values by which field selectors choose, read from an object's bytes once per write (contract
//! 6.31).

use serde_json::Value;

use super::layout;
use crate::info::ResourceInfo;

/// The values of the kind's selectable fields in an object's JSON.
pub(super) fn values(info: &ResourceInfo, json: &[u8]) -> Box<[Box<str>]> {
    info.selectable_fields.iter().map(|path| value(json, path)).collect()
}

/// Which selectable field a selector names: `spec.zone` is the one at `.spec.zone`.
pub(super) fn position(info: &ResourceInfo, name: &str) -> Option<usize> {
    info.selectable_fields.iter().position(|path| path.strip_prefix('.') == Some(name))
}

/// The scalar at a path as text; empty when there is none.
fn value(json: &[u8], path: &str) -> Box<str> {
    let Some(found) = find(json, path) else { return Box::default() };
    match serde_json::from_slice(found) {
        Ok(Value::String(text)) => text.into(),
        Ok(Value::Bool(flag)) => flag.to_string().into(),
        Ok(Value::Number(number)) if !number.is_f64() => number.to_string().into(),
        _ => Box::default(),
    }
}

/// What lies at a path of plain names, as in `.spec.zone`, unparsed.
fn find<'j>(json: &'j [u8], path: &str) -> Option<&'j [u8]> {
    path.strip_prefix('.')?.split('.').try_fold(json, layout::member)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scalars_are_read_as_text() {
        const INFO: ResourceInfo = ResourceInfo::cluster("example.com", "v1", "Pot", "pots", "pot")
            .selectable_fields(&[".spec.zone", ".spec.size", ".spec.open", ".text"]);
        let values = |json: &str| values(&INFO, json.as_bytes()).join("|");
        assert_eq!(values(r#"{"spec":{"open":true,"size":-3,"zone":"a\"b"},"text":"x"}"#), "a\"b|-3|true|x");
        assert_eq!(values(r#"{"spec":{"zone":null,"size":1.5,"open":{}},"text":["x"]}"#), "|||");
        assert_eq!(values(r#"{"spec":"zone"}"#), "|||");
        assert_eq!(values(r#"{"#), "|||");
    }

    #[test]
    fn selectors_name_fields_without_the_first_dot() {
        const INFO: ResourceInfo = ResourceInfo::cluster("example.com", "v1", "Pot", "pots", "pot")
            .selectable_fields(&[".spec.zone", ".text"]);
        assert_eq!(["spec.zone", "text"].map(|name| position(&INFO, name)), [Some(0), Some(1)]);
        assert_eq!([".text", "spec", ""].map(|name| position(&INFO, name)), [None; 3]);
    }
}
