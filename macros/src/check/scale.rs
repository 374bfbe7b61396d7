//! `scale(spec_replicas_path = ".spec.replicas", status_replicas_path = ".status.replicas")`, by the rules that
//! kube-apiserver has for CustomResourceDefinitions.

use syn::Path;

use super::keys::{self, SCALE_HABITS};
use super::{Single, json_path, single};
use crate::error::{self, Errors};
use crate::model::Scale;
use crate::syntax::{self, Field, Given, SCALE_KEYS, Text};

/// Checks the scale; `None` when there is none or it lacks a path.
pub(super) fn check(
    given: &[Given<syntax::Scale>],
    fields: &[Field],
    has_status: bool,
    errors: &mut Errors,
) -> Option<Scale> {
    let scale = single(given, errors).value()?;
    let key = &given.first()?.key;
    if !has_status {
        errors.push(error::scale_without_status(key));
    }
    keys::unknown(&scale.unknown, SCALE_KEYS, SCALE_HABITS, errors);
    let spec = required(&scale.spec_replicas_path, key, "spec_replicas_path", ".spec.replicas", errors);
    let status =
        required(&scale.status_replicas_path, key, "status_replicas_path", ".status.replicas", errors);
    let selector = single(&scale.label_selector_path, errors).value();
    // Without a status, its path leads nowhere for a reason that is told already.
    let status_fields = if has_status { fields } else { &[] };
    for (path, name, roots, fields) in [
        (spec, "spec_replicas_path", &["spec"] as &[_], fields),
        (status, "status_replicas_path", &["status"], status_fields),
        (selector, "label_selector_path", &["spec", "status"], status_fields),
    ] {
        if let Some(path) = path {
            check_path(path, name, roots, fields, errors);
        }
    }
    Some(Scale {
        spec_replicas: spec?.value(),
        status_replicas: status?.value(),
        label_selector: selector.map(Text::value).unwrap_or_default(),
    })
}

fn required<'a>(
    given: &'a [Given<Text>],
    scale: &Path,
    key: &str,
    example: &str,
    errors: &mut Errors,
) -> Option<&'a Text> {
    let single = single(given, errors);
    if let Single::Absent = single {
        errors.push(error::incomplete_scale(scale, key, example));
    }
    single.value()
}

/// `status_replicas_path = ".spec.replicas"`, or `".status"`
fn check_path(path: &Text, key: &str, roots: &[&str], fields: &[Field], errors: &mut Errors) {
    let text = path.value();
    match json_path::check_simple(&text) {
        Err(problem) => errors.push(error::bad_json_path(&path.0, problem)),
        Ok(first) if roots.contains(&first.as_str()) && text.len() > first.len() + 1 => {
            json_path::leads_somewhere(path, &first, fields, errors);
        }
        Ok(_) => errors.push(error::scale_path_elsewhere(&path.0, key, roots)),
    }
}
