//! Values, whatever key they stand behind.

use proc_macro2::TokenStream;
use quote::ToTokens;
use syn::{Error, Lit, Path};

use super::at;
use crate::syntax::typed;

pub(crate) fn literal_for_key(literal: &Lit) -> Error {
    at(literal, "expected a key, such as `group = \"example.com\"`")
}

pub(crate) fn unreadable_value(key: &Path, value: &TokenStream) -> Error {
    if value.is_empty() {
        return needs_value(key);
    }
    at(value, format_args!("the value of `{}` cannot be read", typed(key)))
}

pub(crate) fn not_a_string(key: &str, value: &impl ToTokens) -> Error {
    let typed = typed(value);
    let example = if typed.contains('"') { "…" } else { &typed };
    at(value, format_args!("`{key}` takes a string: `{key} = \"{example}\"`"))
}

pub(crate) fn needs_value(key: &Path) -> Error {
    let name = typed(key);
    at(key, format_args!("`{name}` needs a value: `{name} = \"…\"`"))
}

pub(crate) fn list_for_string(key: &Path) -> Error {
    let name = typed(key);
    at(key, format_args!("`{name}` takes one string: `{name} = \"…\"`"))
}

pub(crate) fn value_for_switch(key: &Path) -> Error {
    at(key, format_args!("`{}` is a switch; write it alone", typed(key)))
}

pub(crate) fn needs_number(key: &Path, value: &impl ToTokens) -> Error {
    let name = typed(key);
    at(value, format_args!("`{name}` takes a whole number from 0 on: `{name} = 1`"))
}

pub(crate) fn needs_path(key: &Path, value: &impl ToTokens, expected: &str) -> Error {
    at(value, format_args!("`{}` takes {expected}", typed(key)))
}

pub(crate) fn relative_crate(path: &Path) -> Error {
    let typed = typed(path);
    at(
        path,
        format_args!(
            "the path must be absolute; write `::{typed}`, or `crate::…` for a module of this crate"
        ),
    )
}

pub(crate) fn needs_boolean(key: &Path, value: &impl ToTokens) -> Error {
    let name = typed(key);
    at(value, format_args!("`{name}` takes `true` or `false`: `{name} = false`"))
}
