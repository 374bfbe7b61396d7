//! `printcolumn(...)` and JSON paths.

use syn::{Error, LitStr, Path};

use super::at;

pub(crate) fn column_without_list(key: &Path) -> Error {
    at(
        key,
        "`printcolumn` takes a list: `printcolumn(name = \"Ready\", type = \"boolean\", json_path = \".status.ready\")`",
    )
}

pub(crate) fn incomplete_column(column: &Path, key: &str, example: &str) -> Error {
    at(column, format_args!("this column has no `{key}`; add `{key} = \"{example}\"`"))
}

pub(crate) fn nameless_column(name: &LitStr) -> Error {
    at(name, "a column needs a name, such as `Ready`")
}

pub(crate) fn column_twice(name: &LitStr) -> Error {
    at(name, format_args!("the column `{}` is listed twice", name.value()))
}

pub(crate) fn bad_column_type(kind: &LitStr, meant: Option<&str>, known: &[&str]) -> Error {
    let known = known.join(", ");
    let message = match meant {
        Some(meant) => format!("`{}` is not a column type; use `{meant}` (one of {known})", kind.value()),
        None => format!("`{}` is not a column type; use one of {known}", kind.value()),
    };
    at(kind, message)
}

pub(crate) fn bad_column_format(format: &LitStr, known: &[&str]) -> Error {
    at(format, format_args!("`{}` is not a column format; use one of {}", format.value(), known.join(", ")))
}

pub(crate) fn bad_json_path(path: &LitStr, problem: &str) -> Error {
    at(path, format_args!("`{}` is not a JSON path; {problem}", path.value()))
}

pub(crate) fn json_path_leads_nowhere(path: &LitStr, field: &str, known: &[String]) -> Error {
    let known: Vec<_> = known.iter().map(|field| format!("`.{field}`")).collect();
    at(
        path,
        format_args!(
            "`.{field}` is not a field of this resource; the path begins with one of {}",
            known.join(", ")
        ),
    )
}
