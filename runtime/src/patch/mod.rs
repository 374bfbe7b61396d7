//! JSON patch and merge patch: pure functions over JSON (contract 7.2, 7.3).
//!
//! ```text
//! body -> Patch::parse -> Patch, strict problems        once per request
//! stored document -> Patch::apply -> patched document   once per attempt, as other writers may be faster
//! ```

mod json;
mod merge;
mod strict;

use serde_json::Value;

use self::json::JsonPatch;
use self::merge::MergePatch;
use crate::errors::{Error, Result};
use crate::golang::syntax;
use crate::options::FieldValidation;

/// Which patch a request carries, as its Content-Type says (contract 7.1.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum PatchType {
    /// `application/json-patch+json`, RFC 6902.
    Json,
    /// `application/merge-patch+json`, RFC 7396.
    Merge,
}

/// A patch that is ready to be applied, as often as it takes.
#[derive(Clone, Debug)]
pub(crate) enum Patch {
    /// RFC 6902.
    Json(JsonPatch),
    /// RFC 7396.
    Merge(MergePatch),
}

impl Patch {
    /// Reads a patch, and what a strict reader finds in it: `duplicate field "spec.x"` and
    /// `json patch unknown field "[0].foo"`, in the order of the document (contract 7.2.3, 7.3.4).
    ///
    /// Fails with 400 when the body is not JSON (contract 7.1.4) or no patch of its kind (7.2.2, 7.3.1), and with 413 when it
    /// has too many operations (7.3.2).
    ///
    /// Only who looks for such fields is told first what is no patch of its kind.
    pub(crate) fn parse(
        kind: PatchType,
        body: &[u8],
        validation: FieldValidation,
    ) -> Result<(Self, Vec<String>)> {
        Ok(match kind {
            PatchType::Json => {
                let (document, problems) = strict::read_operations(body)
                    .map_err(|_| unreadable(body, validation, "struct field jsonPatchOp.value"))?;
                let problems = problems.iter().map(|problem| format!("json patch {problem}")).collect();
                (Self::Json(JsonPatch::from_document(document, validation)?), problems)
            }
            PatchType::Merge => {
                let (document, problems) =
                    strict::read(body).map_err(|_| unreadable(body, validation, "value"))?;
                (Self::Merge(MergePatch::from_document(document, validation)?), problems)
            }
        })
    }

    /// Whether a body is JSON at all: whatever else is wrong with a patch is told only when there is something to patch.
    pub(crate) fn is_json(body: &[u8]) -> bool {
        syntax::complaint(body).is_none()
    }

    /// The document with the patch applied, all of it or nothing.
    ///
    /// Fails with 422 when a JSON patch does not fit the document (contract 7.3.3).
    pub(crate) fn apply(&self, document: Value) -> Result<Value> {
        match self {
            Self::Json(patch) => patch.apply(document),
            Self::Merge(patch) => Ok(patch.apply(document)),
        }
    }
}

/// 400 for a body that is no JSON, or that has a number which is none.
fn unreadable(body: &[u8], validation: FieldValidation, place: &str) -> Error {
    let number = syntax::number_out_of_range(body).filter(|_| validation != FieldValidation::Ignore);
    match number.filter(|_| Patch::is_json(body)) {
        Some(number) => Error::bad_request(format!(
            "error decoding patch: json: cannot unmarshal number {number} into Go {place} of type float64"
        )),
        None => Error::bad_request("invalid JSON patch"),
    }
}

#[cfg(test)]
mod tests;
