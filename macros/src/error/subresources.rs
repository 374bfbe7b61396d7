//! `subresource(...)`.

use syn::{Error, LitStr, Path};

use super::{at, listed};
use crate::syntax::typed;

pub(crate) fn subresource_without_list(key: &Path) -> Error {
    at(key, "`subresource` takes a list: `subresource(name = \"water\", kind = Watering, verbs(create))`")
}

pub(crate) fn incomplete_subresource(key: &Path, missing: &str) -> Error {
    let name = missing.split([' ', '(']).next().unwrap_or_default();
    at(key, format_args!("this subresource has no `{name}`; add `{missing}`"))
}

pub(crate) fn subresource_twice(name: &LitStr) -> Error {
    at(name, format_args!("the subresource `{}` is listed twice", name.value()))
}

pub(crate) fn subresource_like_another(name: &LitStr, other: &str) -> Error {
    let text = name.value();
    at(name, format_args!("the handlers of `{text}` and `{other}` would have one name; choose another"))
}

pub(crate) fn reserved_subresource(name: &LitStr, advice: &str) -> Error {
    at(name, format_args!("`/{}` is not written by hand; {advice}", name.value()))
}

pub(crate) fn unknown_subresource_verb(verb: &Path, known: &[&str]) -> Error {
    let name = typed(verb);
    at(verb, format_args!("a subresource has no verb `{name}`; its verbs are {}", listed(known)))
}

pub(crate) fn custom_subresource_verb(verb: &Path) -> Error {
    let name = typed(verb);
    at(verb, format_args!("every verb of a subresource is written by hand; write `{name}` alone"))
}
