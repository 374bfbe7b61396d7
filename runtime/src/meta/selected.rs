//! Metadata as it is read of every stored object at start: what selection needs, and no copy of the rest.

use std::collections::BTreeMap;
use std::fmt;

use serde::de::{IgnoredAny, MapAccess, Visitor};
use serde::{Deserialize, Deserializer};

/// What storage must know of an object's metadata. Annotations may be large: they are checked, and not kept.
#[derive(Debug, Deserialize)]
pub(crate) struct Selected {
    /// Set by the server.
    #[serde(default, deserialize_with = "super::or_default")]
    pub(crate) uid: String,
    /// What selectors match.
    #[serde(default, deserialize_with = "super::texts")]
    pub(crate) labels: BTreeMap<String, String>,
    #[serde(default)]
    #[allow(dead_code, reason = "it is checked, not kept")]
    annotations: Option<CheckedTexts>,
}

/// Texts by their keys, of which nothing is kept.
#[derive(Debug)]
struct CheckedTexts;

/// A text, or nothing, of which nothing is kept.
#[derive(Debug)]
struct CheckedText;

impl<'de> Deserialize<'de> for CheckedTexts {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Texts;
        impl<'de> Visitor<'de> for Texts {
            type Value = CheckedTexts;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a map")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<CheckedTexts, A::Error> {
                while map.next_entry::<IgnoredAny, Option<CheckedText>>()?.is_some() {}
                Ok(CheckedTexts)
            }
        }
        deserializer.deserialize_map(Texts)
    }
}

impl<'de> Deserialize<'de> for CheckedText {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Text;
        impl Visitor<'_> for Text {
            type Value = CheckedText;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a string")
            }

            fn visit_str<E>(self, _: &str) -> Result<CheckedText, E> {
                Ok(CheckedText)
            }
        }
        deserializer.deserialize_str(Text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(json: &str) -> Result<Selected, serde_json::Error> {
        serde_json::from_str(json)
    }

    #[test]
    fn what_selection_needs_is_read_and_the_rest_is_checked() {
        let json = r#"{"annotations":{"a":"x\ny","b":null},"labels":{"app":"web","bare":null},"name":"n","uid":"u"}"#;
        let selected = read(json).unwrap();
        assert_eq!((selected.uid.as_str(), selected.labels.len()), ("u", 2));
        assert_eq!((&*selected.labels["app"], &*selected.labels["bare"]), ("web", ""));
        let nothing = read(r#"{"annotations":null,"labels":null,"uid":null}"#).unwrap();
        assert!(nothing.uid.is_empty() && nothing.labels.is_empty() && read("{}").is_ok());
        for broken in
            [r#"{"annotations":{"a":1}}"#, r#"{"annotations":"a"}"#, r#"{"labels":{"a":[]}}"#, r#"{"uid":"u"#]
        {
            assert!(read(broken).is_err(), "{broken}");
        }
    }
}
