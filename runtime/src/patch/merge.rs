//! Merge patches, RFC 7396 (contract 7.2).

use serde_json::Value;

use super::go_kind;
use crate::errors::{Error, Result};

/// A merge patch: an object.
#[derive(Clone, Debug)]
pub(crate) struct MergePatch(Value);

impl MergePatch {
    pub(super) fn from_document(document: Value) -> Result<Self> {
        match document {
            Value::Object(_) => Ok(Self(document)),
            Value::Null => Err(Error::bad_request("Invalid JSON Patch")),
            other => Err(Error::bad_request(format!(
                "error decoding patch: json: cannot unmarshal {} into Go value of type map[string]interface {{}}",
                go_kind(&other)
            ))),
        }
    }

    pub(super) fn apply(&self, mut document: Value) -> Value {
        json_patch::merge(&mut document, &self.0);
        document
    }
}
