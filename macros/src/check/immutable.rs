//! `immutable = ".spec.zone"`

use super::json_path;
use crate::error::{self, Errors};
use crate::syntax::{Field, Given, Role, Text};

/// Checks the immutable fields. One that has a mistake is left out.
pub(super) fn check(given: &[Given<Text>], fields: &[Field], errors: &mut Errors) -> Vec<String> {
    let mut paths = Vec::new();
    for given in given {
        let Some(text) = errors.read(given) else { continue };
        let path = text.value();
        match json_path::check_simple(&path) {
            Err(problem) => errors.push(error::bad_json_path(&text.0, problem)),
            Ok(_) if paths.contains(&path) => errors.push(error::immutable_twice(&text.0)),
            Ok(first) if !is_content(&first, fields) => errors.push(error::immutable_elsewhere(&text.0)),
            Ok(first) => {
                json_path::leads_somewhere(text, &first, fields, errors);
                paths.push(path);
            }
        }
    }
    paths
}

/// Whether an update through the main endpoint could change the field at all.
fn is_content(name: &str, fields: &[Field]) -> bool {
    let is_status = |field: &Field| field.roles.iter().any(|role| matches!(role, Role::Status(_)));
    !matches!(name, "metadata" | "apiVersion" | "kind")
        && !fields.iter().any(|field| field.name() == Some(name) && is_status(field))
}
