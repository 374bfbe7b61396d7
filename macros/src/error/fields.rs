//! The fields and their roles.

use syn::{Error, Ident, Path};

use super::at;
use crate::syntax::typed;

pub(crate) fn no_metadata(ident: &Ident) -> Error {
    at(ident, format_args!("`{ident}` has no `metadata` field; add `pub metadata: ObjectMeta`"))
}

pub(crate) fn role_twice(role: &Path, first: &Ident) -> Error {
    let role_name = typed(role);
    at(role, format_args!("a resource has one {role_name}; `{first}` is already marked `#[{role_name}]`"))
}

pub(crate) fn two_roles(role: &Path, first: &Path) -> Error {
    let (role_name, first) = (typed(role), typed(first));
    let message = if role_name == first {
        format!("`#[{role_name}]` is given twice; keep one")
    } else {
        format!("a field has one role; this one is already marked `#[{first}]`")
    };
    at(role, message)
}

pub(crate) fn marker_with_arguments(role: &Path) -> Error {
    at(role, format_args!("`#[{}]` is a marker; write it alone", typed(role)))
}

pub(crate) fn unmarked_status(field: &Ident) -> Error {
    at(
        field,
        "the field `status` is not marked `#[status]`, so every writer could set it; mark it, or rename the field",
    )
}

pub(crate) fn wrong_wire_name(field: &Ident, actual: &str, expected: &str) -> Error {
    at(
        field,
        format_args!(
            "this field is serialised as `{actual}`, but clients expect `{expected}`; add `#[serde(rename = \"{expected}\")]`"
        ),
    )
}

pub(crate) fn nameless(field: &Ident, role: &str, word: &str) -> Error {
    at(field, format_args!("the {role} must be serialised under its own name; remove `#[serde({word})]`"))
}

pub(crate) fn reserved_field(field: &Ident, name: &str) -> Error {
    at(field, format_args!("the server writes `{name}` itself, from `#[resource(...)]`; remove the field"))
}
