//! Values of another type than the schema says, in the words of custom resources (contract 17).

use serde_json::Value;

use super::super::{Structural, Type};
use super::format;
use crate::golang::number::{GoNumber, is_whole};

/// The type that a value must be of.
#[derive(Debug)]
pub(super) struct TypeRule {
    kinds: &'static [Type],
    format: Option<String>,
    nullable: bool,
}

impl TypeRule {
    /// The type of a schema, where it names one.
    pub(super) fn of(schema: &Structural) -> Option<Self> {
        let kinds: &[Type] = if schema.int_or_string {
            &[Type::Integer, Type::String]
        } else {
            match schema.kind? {
                Type::Array => &[Type::Array],
                Type::Boolean => &[Type::Boolean],
                Type::Integer => &[Type::Integer],
                Type::Number => &[Type::Number],
                Type::Object => &[Type::Object],
                Type::String => &[Type::String],
            }
        };
        let known = |format: &&String| match kinds {
            [Type::Integer] => matches!(format.as_str(), "int32" | "int64"),
            [Type::Number] => matches!(format.as_str(), "float" | "double"),
            [Type::String] => *format == "password" || format::named(format).is_some(),
            _ => false,
        };
        Some(Self { kinds, format: schema.format.as_ref().filter(known).cloned(), nullable: schema.nullable })
    }

    /// What a value should be and what it is instead; `None` for a value of the type.
    ///
    /// Upstream names the format where there is one, unless the value is a text or a list.
    pub(super) fn mismatch(&self, value: &Value) -> Option<(String, &'static str)> {
        let has = |kind| self.kinds.contains(&kind);
        let Some(kind) = Type::of_value(value) else {
            return (!self.nullable).then(|| (self.names(), "null"));
        };
        let number = value.as_number().map(GoNumber::of);
        let kind = match number {
            Some(GoNumber::Float(_)) => Type::Number,
            _ => kind,
        };
        let whole = || number.is_some_and(|number| is_whole(number.as_f64()));
        let fits = match kind {
            Type::Integer => has(Type::Integer) || has(Type::Number),
            Type::Number => has(Type::Number) || (has(Type::Integer) && whole()),
            kind => has(kind),
        };
        if fits {
            return None;
        }
        Some(match &self.format {
            Some(format) if !matches!(kind, Type::String | Type::Array) => (format.clone(), go_format(kind)),
            _ => (self.names(), kind.name()),
        })
    }

    fn names(&self) -> String {
        self.kinds.iter().map(|kind| kind.name()).collect::<Vec<_>>().join(",")
    }
}

/// What Go's decoder makes of a value.
fn go_format(kind: Type) -> &'static str {
    match kind {
        Type::Integer => "int64",
        Type::Number => "float64",
        _ => "",
    }
}
