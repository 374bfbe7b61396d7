//! `verbs(...)`.

use quote::ToTokens;
use syn::{Error, Lit, Path};

use super::{at, listed};
use crate::syntax::typed;

pub(crate) fn verbs_without_list(key: &Path) -> Error {
    at(key, "`verbs` takes a list: `verbs(get, list, watch)`")
}

pub(crate) fn no_verbs(key: &Path) -> Error {
    at(key, "`verbs()` serves nothing; name a verb, or leave `verbs` out for all of them")
}

pub(crate) fn verb_value(verb: &Path, value: &impl ToTokens) -> Error {
    let verb = typed(verb);
    at(
        value,
        format_args!(
            "a verb stands alone, or with `custom` when its impl is yours: `{verb}` or `{verb} = custom`"
        ),
    )
}

pub(crate) fn literal_for_verb(literal: &Lit) -> Error {
    at(literal, "expected a verb, such as `get`")
}

pub(crate) fn unknown_verb(verb: &Path, known: &[&str]) -> Error {
    at(verb, format_args!("unknown verb `{}`; the verbs are {}", typed(verb), listed(known)))
}

pub(crate) fn misspelt_verb(verb: &Path, meant: &str) -> Error {
    at(verb, format_args!("unknown verb `{}`; did you mean `{meant}`?", typed(verb)))
}

pub(crate) fn patch_is_implied(verb: &Path) -> Error {
    at(verb, "`patch` has no handler of its own; it comes with `get` and `update`, so leave it out")
}

pub(crate) fn verb_twice(verb: &Path) -> Error {
    at(verb, format_args!("the verb `{}` is listed twice", typed(verb)))
}

pub(crate) fn nothing_stored(storage: &Path, verb: &str) -> Error {
    at(
        storage,
        format_args!(
            "`storage = false` keeps no objects that `{verb}` could work with; write that impl yourself: `verbs({verb} = custom)`"
        ),
    )
}

pub(crate) fn key_of_served(key: &Path) -> Error {
    let name = typed(key);
    at(key, format_args!("`{name}` says how a kind is served, and `served = false` that it is not; keep one"))
}
