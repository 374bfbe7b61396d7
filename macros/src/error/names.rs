//! Group, version, kind and the other names.

use syn::{Error, Ident, LitStr};

use super::at;

pub(crate) fn bad_group(group: &LitStr) -> Error {
    let group_name = group.value();
    at(
        group,
        format_args!(
            "`{group_name}` is not a group name; it must be a lower-case domain with a dot, such as `example.com`"
        ),
    )
}

pub(crate) fn bad_version(version: &LitStr) -> Error {
    at(
        version,
        format_args!("`{}` is not an API version; write `v1`, `v1beta1` or `v1alpha1`", version.value()),
    )
}

pub(crate) fn misspelt_version(version: &LitStr, meant: &str) -> Error {
    at(version, format_args!("`{}` is an odd API version; did you mean `{meant}`?", version.value()))
}

pub(crate) fn group_too_long(group: &LitStr, plural: &str) -> Error {
    at(
        group,
        format_args!(
            "the group and the plural `{plural}` are more than 252 bytes together; choose a shorter group"
        ),
    )
}

pub(crate) fn bad_kind(kind: &LitStr) -> Error {
    at(
        kind,
        format_args!(
            "`{}` is not a kind; it must be one word of at most 59 ASCII letters and digits, such as `FlowerPot`",
            kind.value()
        ),
    )
}

pub(crate) fn struct_is_no_kind(ident: &Ident) -> Error {
    at(
        ident,
        format_args!(
            "`{ident}` is not a kind; name one of at most 59 ASCII letters and digits: `kind = \"FlowerPot\"`"
        ),
    )
}

pub(crate) fn bad_label(value: &LitStr, what: &str) -> Error {
    at(
        value,
        format_args!(
            "`{}` is not {what}; it must be lower-case letters, digits and `-`, beginning with a letter, at most 63 in all",
            value.value()
        ),
    )
}

pub(crate) fn short_name_twice(value: &LitStr) -> Error {
    at(value, format_args!("the short name `{}` is listed twice", value.value()))
}

pub(crate) fn category_twice(value: &LitStr) -> Error {
    at(value, format_args!("the category `{}` is listed twice", value.value()))
}

pub(crate) fn short_name_taken(value: &LitStr, by: &str) -> Error {
    at(value, format_args!("`{}` is already the {by} name; a short name must differ", value.value()))
}

pub(crate) fn empty_warning(text: &LitStr) -> Error {
    at(text, "the warning is empty; write `deprecated` alone for the usual one")
}

pub(crate) fn bad_warning(text: &LitStr) -> Error {
    at(text, "a warning is one line of at most 256 bytes; shorten it")
}
