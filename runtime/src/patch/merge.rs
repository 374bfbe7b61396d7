//! Merge patches, RFC 7396 (contract 7.2).

use serde_json::Value;

use crate::errors::{Error, Result};
use crate::golang::unmarshal;
use crate::options::FieldValidation;

/// A merge patch: an object; or a list, which takes the place of the document and then is no object.
#[derive(Clone, Debug)]
pub(crate) struct MergePatch(Value);

impl MergePatch {
    pub(super) fn from_document(document: Value, validation: FieldValidation) -> Result<Self> {
        let ignore = validation == FieldValidation::Ignore;
        match document {
            Value::Object(_) => Ok(Self(document)),
            Value::Array(_) if ignore => Ok(Self(document)),
            other if ignore || other.is_null() => Err(Error::bad_request("Invalid JSON Patch")),
            other => Err(Error::bad_request(format!(
                "error decoding patch: json: cannot unmarshal {} into Go value of type map[string]interface {{}}",
                unmarshal::kind(&other)
            ))),
        }
    }

    pub(super) fn apply(&self, mut document: Value) -> Value {
        json_patch::merge(&mut document, &self.0);
        document
    }
}
