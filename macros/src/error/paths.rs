//! Keys that lead to a field: `selectable`, `immutable`, `scale(...)`.

use syn::{Error, LitStr, Path};

use super::at;

pub(crate) fn selectable_twice(path: &LitStr) -> Error {
    at(path, format_args!("the selectable field `{}` is listed twice", path.value()))
}

pub(crate) fn selectable_metadata(path: &LitStr) -> Error {
    at(path, format_args!("`{}` cannot be selectable; only fields of your own can be", path.value()))
}

pub(crate) fn too_many_selectable(key: &Path, most: usize) -> Error {
    at(key, format_args!("a kind has at most {most} selectable fields; leave one out"))
}

pub(crate) fn immutable_twice(path: &LitStr) -> Error {
    at(path, format_args!("the immutable field `{}` is listed twice", path.value()))
}

pub(crate) fn immutable_elsewhere(path: &LitStr) -> Error {
    at(
        path,
        format_args!(
            "`{}` cannot be immutable; name a field that is neither metadata nor status, such as `.spec.zone`",
            path.value()
        ),
    )
}

pub(crate) fn scale_without_list(key: &Path) -> Error {
    at(
        key,
        "`scale` takes a list: `scale(spec_replicas_path = \".spec.replicas\", status_replicas_path = \".status.replicas\")`",
    )
}

pub(crate) fn scale_without_status(key: &Path) -> Error {
    at(key, "`scale` needs a status: `status_replicas_path` must lie under `.status.`")
}

pub(crate) fn incomplete_scale(scale: &Path, key: &str, example: &str) -> Error {
    at(scale, format_args!("this scale has no `{key}`; add `{key} = \"{example}\"`"))
}

pub(crate) fn scale_path_elsewhere(path: &LitStr, key: &str, roots: &[&str]) -> Error {
    let roots: Vec<_> = roots.iter().map(|root| format!("`.{root}.`")).collect();
    at(path, format_args!("`{key}` must lie under {}", roots.join(" or ")))
}
