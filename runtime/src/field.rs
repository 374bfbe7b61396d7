//! Field paths and field errors, as validation reports them (contract 8.B).
//!
//! ```
//! use resourceful::field::{self, ErrorList, Path};
//!
//! let spec = Path::new("spec");
//! let mut errors = ErrorList::new();
//! errors.push(field::Error::invalid(spec.child("size"), -1, "must be greater than or equal to 0"));
//! errors.push(field::Error::required(spec.child("mode"), ""));
//! assert_eq!(
//!     errors.aggregate(),
//!     "[spec.size: Invalid value: -1: must be greater than or equal to 0, spec.mode: Required value]"
//! );
//! ```

use std::fmt;

use serde::Serialize;
use serde_json::Value;

use crate::errors::{Cause, CauseType};
use crate::quote::{float, quoted};

/// A path to a field, as in `spec.containers[0].name` or `metadata.annotations[foo]` (contract 8.10).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Path(String);

impl Path {
    /// The path of a field of the object itself.
    pub fn new(field: &str) -> Self {
        Self(field.to_owned())
    }

    /// No path at all; printed as `<nil>`.
    pub fn root() -> Self {
        Self::default()
    }

    /// The path of a field of this one.
    pub fn child(&self, field: &str) -> Self {
        if self.0.is_empty() { Self::new(field) } else { Self(format!("{}.{field}", self.0)) }
    }

    /// The path of an item of this list.
    pub fn index(&self, index: usize) -> Self {
        Self(format!("{}[{index}]", self.0))
    }

    /// The path of an entry of this map.
    pub fn key(&self, key: &str) -> Self {
        Self(format!("{}[{key}]", self.0))
    }
}

impl fmt::Display for Path {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.0.is_empty() { "<nil>" } else { &self.0 })
    }
}

/// What is wrong with one field.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Error {
    cause: CauseType,
    path: Path,
    value: Option<String>,
    detail: String,
}

impl Error {
    fn new(cause: CauseType, path: Path, value: Option<String>, detail: impl Into<String>) -> Self {
        Self { cause, path, value, detail: detail.into() }
    }

    /// `Required value`, with a detail that may be empty.
    pub fn required(path: Path, detail: impl Into<String>) -> Self {
        Self::new(CauseType::FieldValueRequired, path, None, detail)
    }

    /// `Invalid value: <value>: <detail>`.
    pub fn invalid(path: Path, value: impl Serialize, detail: impl Into<String>) -> Self {
        Self::new(CauseType::FieldValueInvalid, path, Some(print(&value)), detail)
    }

    /// `Invalid value`, for a value of the wrong type.
    pub fn type_invalid(path: Path, value: impl Serialize, detail: impl Into<String>) -> Self {
        Self::new(CauseType::FieldValueTypeInvalid, path, Some(print(&value)), detail)
    }

    /// `Invalid value: <new value>: field is immutable`.
    pub fn immutable(path: Path, value: impl Serialize) -> Self {
        Self::invalid(path, value, "field is immutable")
    }

    /// `Unsupported value: <value>: supported values: "a", "b"`.
    pub fn not_supported(path: Path, value: impl Serialize, supported: &[&str]) -> Self {
        let names: Vec<_> = supported.iter().map(|name| quoted(name)).collect();
        let detail =
            if names.is_empty() { String::new() } else { format!("supported values: {}", names.join(", ")) };
        Self::new(CauseType::FieldValueNotSupported, path, Some(print(&value)), detail)
    }

    /// `Duplicate value: <value>`.
    pub fn duplicate(path: Path, value: impl Serialize) -> Self {
        Self::new(CauseType::FieldValueDuplicate, path, Some(print(&value)), "")
    }

    /// `Not found: <value>`.
    pub fn not_found(path: Path, value: impl Serialize) -> Self {
        Self::new(CauseType::FieldValueNotFound, path, Some(print(&value)), "")
    }

    /// `Forbidden: <detail>`.
    pub fn forbidden(path: Path, detail: impl Into<String>) -> Self {
        Self::new(CauseType::FieldValueForbidden, path, None, detail)
    }

    /// `Too long: may not be more than <max> bytes`.
    pub fn too_long(path: Path, max: usize) -> Self {
        let unit = if max == 1 { "byte" } else { "bytes" };
        Self::new(CauseType::FieldValueTooLong, path, None, format!("may not be more than {max} {unit}"))
    }

    /// `Too long: may not be more than <max> characters`.
    pub fn too_long_characters(path: Path, max: usize) -> Self {
        let unit = if max == 1 { "character" } else { "characters" };
        Self::new(CauseType::FieldValueTooLong, path, None, format!("may not be more than {max} {unit}"))
    }

    /// `Too short: must be at least <min> characters`.
    pub fn too_short(path: Path, min: usize) -> Self {
        let unit = if min == 1 { "character" } else { "characters" };
        Self::new(CauseType::FieldValueTooShort, path, None, format!("must be at least {min} {unit}"))
    }

    /// `Too many: <actual>: must have at most <max> items`.
    pub fn too_many(path: Path, actual: usize, max: usize) -> Self {
        let unit = if max == 1 { "item" } else { "items" };
        let detail = format!("must have at most {max} {unit}");
        Self::new(CauseType::FieldValueTooMany, path, Some(actual.to_string()), detail)
    }

    /// `Too few: <actual>: must have at least <min> items`.
    pub fn too_few(path: Path, actual: usize, min: usize) -> Self {
        let unit = if min == 1 { "item" } else { "items" };
        let detail = format!("must have at least {min} {unit}");
        Self::new(CauseType::FieldValueTooFew, path, Some(actual.to_string()), detail)
    }

    /// `Internal error: <why>`.
    pub fn internal(path: Path, why: impl fmt::Display) -> Self {
        Self::new(CauseType::InternalError, path, None, why.to_string())
    }

    /// The kind of problem.
    pub fn cause_type(&self) -> CauseType {
        self.cause
    }

    /// Where the problem is.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The text without the path: `<title>[: <value>][: <detail>]` (contract 8.7).
    pub fn body(&self) -> String {
        let title = match self.cause {
            CauseType::FieldValueRequired => "Required value",
            CauseType::FieldValueNotSupported => "Unsupported value",
            CauseType::FieldValueDuplicate => "Duplicate value",
            CauseType::FieldValueNotFound => "Not found",
            CauseType::FieldValueForbidden => "Forbidden",
            CauseType::FieldValueTooLong => "Too long",
            CauseType::FieldValueTooShort => "Too short",
            CauseType::FieldValueTooMany => "Too many",
            CauseType::FieldValueTooFew => "Too few",
            CauseType::InternalError => "Internal error",
            _ => "Invalid value",
        };
        let parts =
            [Some(title), self.value.as_deref(), Some(self.detail.as_str()).filter(|d| !d.is_empty())];
        parts.into_iter().flatten().collect::<Vec<_>>().join(": ")
    }

    /// The entry of `details.causes`.
    pub(crate) fn cause(&self) -> Cause {
        Cause { reason: Some(self.cause), message: self.body(), field: self.path.to_string() }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.path, self.body())
    }
}

impl std::error::Error for Error {}

/// All that is wrong with an object, in the order in which it was found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ErrorList(Vec<Error>);

impl ErrorList {
    /// Nothing wrong.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds one error.
    pub fn push(&mut self, error: Error) {
        self.0.push(error);
    }

    /// Whether nothing is wrong.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// How much is wrong.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// The errors in order.
    pub fn iter(&self) -> std::slice::Iter<'_, Error> {
        self.0.iter()
    }

    /// One text for all: equal texts once, several in brackets (contract 8.11).
    pub fn aggregate(&self) -> String {
        let mut texts: Vec<String> = Vec::new();
        for error in &self.0 {
            let text = error.to_string();
            if !texts.contains(&text) {
                texts.push(text);
            }
        }
        if texts.len() == 1 { texts.remove(0) } else { format!("[{}]", texts.join(", ")) }
    }
}

impl From<Error> for ErrorList {
    fn from(error: Error) -> Self {
        Self(vec![error])
    }
}

impl FromIterator<Error> for ErrorList {
    fn from_iter<I: IntoIterator<Item = Error>>(errors: I) -> Self {
        Self(errors.into_iter().collect())
    }
}

impl Extend<Error> for ErrorList {
    fn extend<I: IntoIterator<Item = Error>>(&mut self, errors: I) {
        self.0.extend(errors);
    }
}

impl IntoIterator for ErrorList {
    type Item = Error;
    type IntoIter = std::vec::IntoIter<Error>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.into_iter()
    }
}

impl<'a> IntoIterator for &'a ErrorList {
    type Item = &'a Error;
    type IntoIter = std::slice::Iter<'a, Error>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.iter()
    }
}

/// Values print as JSON; a string prints quoted and a number plain, both as Go does it (contract 8.9).
fn print(value: &impl Serialize) -> String {
    match serde_json::to_value(value) {
        Ok(Value::String(text)) => quoted(&text),
        Ok(Value::Number(number)) => {
            number.as_f64().filter(|_| number.is_f64()).map_or(number.to_string(), float)
        }
        Ok(_) => serde_json::to_string(value).unwrap_or_default(),
        Err(_) => "<unprintable>".into(),
    }
}

#[cfg(test)]
mod tests;
