//! Keys, whatever list they stand in.

use syn::{Error, Path};

use super::{at, listed};
use crate::syntax::typed;

pub(crate) fn unknown_key(key: &Path, known: &[&str]) -> Error {
    at(key, format_args!("unknown key `{}`; the keys are {}", typed(key), listed(known)))
}

pub(crate) fn misspelt_key(key: &Path, meant: &str) -> Error {
    at(key, format_args!("unknown key `{}`; did you mean `{meant}`?", typed(key)))
}

/// A key that belongs to another tool's grammar, with what is written here instead.
pub(crate) fn foreign_key(key: &Path, advice: &str) -> Error {
    at(key, format_args!("unknown key `{}`; {advice}", typed(key)))
}

/// A key for what a marker on a field says here.
pub(crate) fn role_as_key(key: &Path, advice: &str) -> Error {
    at(key, format_args!("`{}` is not a key here; {advice}", typed(key)))
}

pub(crate) fn given_twice(key: &Path) -> Error {
    at(key, format_args!("`{}` is given twice; keep one", typed(key)))
}

/// A hook of the strategy, written beside the keys.
pub(crate) fn hook_as_key(key: &Path) -> Error {
    let name = typed(key);
    at(key, format_args!("unknown key `{name}`; a hook stands in `strategy(...)`: `strategy({name} = …)`"))
}

pub(crate) fn kube_without_feature(key: &Path) -> Error {
    at(
        key,
        "`kube` needs the feature `kube` of `resourceful`; write `resourceful = { version = \"…\", features = [\"kube\"] }`",
    )
}

pub(crate) fn kube_denies_unknown_fields(words: &Path) -> Error {
    at(
        words,
        "kube-rs reads objects with `apiVersion` and `kind`, which are no fields of the struct; remove `deny_unknown_fields`",
    )
}
