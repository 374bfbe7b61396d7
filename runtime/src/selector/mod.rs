//! Label and field selectors: their grammar, their errors, and what they match (contract 6.31 to 6.34).
//!
//! A selector is compiled when it is parsed: matching an object allocates nothing and reads no bytes but its header's.

mod field;
mod label;
mod lexer;

pub use self::field::FieldSelector;
pub use self::label::LabelSelector;
