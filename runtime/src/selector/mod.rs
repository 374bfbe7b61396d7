//! Label and field selectors: their grammar, their errors, and what they match (contract 6.31 to 6.34).

mod field;
mod label;

pub use self::field::FieldSelector;
pub use self::label::LabelSelector;
