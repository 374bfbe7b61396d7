//! `strategy(...)`.

use quote::ToTokens;
use syn::{Error, Lit, Path};

use super::{at, listed};
use crate::syntax::typed;

pub(crate) fn no_hooks(key: &Path) -> Error {
    at(key, "`strategy()` names no hook; write one, such as `validate = check_pot`, or leave `strategy` out")
}

pub(crate) fn literal_for_hook(literal: &Lit) -> Error {
    at(literal, "expected a hook, such as `validate = check_pot`")
}

pub(crate) fn unknown_hook(hook: &Path, known: &[&str]) -> Error {
    at(hook, format_args!("unknown hook `{}`; the hooks are {}", typed(hook), listed(known)))
}

pub(crate) fn misspelt_hook(hook: &Path, meant: &str) -> Error {
    at(hook, format_args!("unknown hook `{}`; did you mean `{meant}`?", typed(hook)))
}

pub(crate) fn hook_without_value(hook: &Path, example: &str) -> Error {
    let name = typed(hook);
    at(hook, format_args!("the hook `{name}` needs a value: `{name} = {example}`"))
}

pub(crate) fn hook_without_function(hook: &Path, value: &impl ToTokens) -> Error {
    let name = typed(hook);
    at(value, format_args!("the hook `{name}` takes the path of a function: `{name} = my_hook`"))
}
