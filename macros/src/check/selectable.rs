//! `selectable = ".spec.zone"`, by the rules that kube-apiserver has for CustomResourceDefinitions.

use super::json_path;
use crate::error::{self, Errors};
use crate::syntax::{Field, Given, Text};

/// How many there may be.
const MOST: usize = 8;

/// Checks the selectable fields. One that has a mistake is left out.
pub(super) fn check(given: &[Given<Text>], fields: &[Field], errors: &mut Errors) -> Vec<String> {
    let mut paths = Vec::new();
    for (index, given) in given.iter().enumerate() {
        let Some(text) = errors.read(given) else { continue };
        let path = text.value();
        match json_path::check_simple(&path) {
            Err(problem) => errors.push(error::bad_json_path(&text.0, problem)),
            Ok(_) if paths.contains(&path) => errors.push(error::selectable_twice(&text.0)),
            Ok(_) if index >= MOST => errors.push(error::too_many_selectable(&given.key, MOST)),
            Ok(first) if matches!(first.as_str(), "metadata" | "apiVersion" | "kind") => {
                errors.push(error::selectable_metadata(&text.0));
            }
            Ok(first) => {
                json_path::leads_somewhere(text, &first, fields, errors);
                paths.push(path);
            }
        }
    }
    paths
}
