//! What was derived upon, and the attribute itself.

use syn::{Error, Generics, Ident, Path, Token};

use super::at;
use crate::syntax::typed;

pub(crate) fn is_enum(keyword: Token![enum]) -> Error {
    at(
        &keyword,
        "`Resource` can only be derived for a struct with named fields; put the enum in a field, such as `spec`",
    )
}

pub(crate) fn is_union(keyword: Token![union]) -> Error {
    at(&keyword, "`Resource` can only be derived for a struct with named fields")
}

pub(crate) fn unnamed_fields(ident: &Ident) -> Error {
    at(ident, format_args!("`{ident}` needs named fields: `metadata` at least"))
}

pub(crate) fn generic(ident: &Ident, generics: &Generics) -> Error {
    let typed = typed(&generics.split_for_impl().1);
    at(
        generics,
        format_args!(
            "a resource has one shape on the wire, so `{ident}{typed}` cannot be generic; write a struct per type"
        ),
    )
}

pub(crate) fn no_attribute(ident: &Ident) -> Error {
    at(
        ident,
        format_args!(
            "`{ident}` derives `Resource` but has no `#[resource(...)]`; it needs at least `group` and `version`"
        ),
    )
}

pub(crate) fn missing_group(attribute: &Path) -> Error {
    at(attribute, "missing `group`; write `#[resource(group = \"example.com\", version = \"v1\")]`")
}

pub(crate) fn missing_version(attribute: &Path) -> Error {
    at(attribute, "missing `version`; write `#[resource(group = \"example.com\", version = \"v1\")]`")
}

pub(crate) fn empty_attribute(attribute: &Path) -> Error {
    at(
        attribute,
        "`#[resource]` says nothing; write `#[resource(group = \"example.com\", version = \"v1\")]`",
    )
}

pub(crate) fn attribute_without_parentheses(attribute: &Path) -> Error {
    at(
        attribute,
        "`#[resource]` takes its keys in parentheses: `#[resource(group = \"example.com\", version = \"v1\")]`",
    )
}

pub(crate) fn resource_on_field(attribute: &Path) -> Error {
    at(
        attribute,
        "`#[resource(...)]` belongs on the struct; a field takes `#[metadata]`, `#[spec]` or `#[status]`",
    )
}
