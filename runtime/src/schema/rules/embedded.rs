//! Whole Kubernetes objects inside of others, `x-kubernetes-embedded-resource`: what must be true of their apiVersion, kind
//! and metadata.

use serde::Deserialize;
use serde_json::{Map, Value};

use super::Rules;
use crate::field::{Error, ErrorList, Path};
use crate::meta::names::is_dns1035_label;
use crate::meta::{ObjectMeta, validation};

/// What is wrong with the objects in a value. An update does not excuse what was wrong before.
pub(super) fn problems(rules: &Rules, value: &Value, path: &Path) -> ErrorList {
    let mut errors = ErrorList::new();
    collect(rules, value, path, &mut errors);
    errors
}

fn collect(rules: &Rules, value: &Value, path: &Path, errors: &mut ErrorList) {
    if !rules.has.embedded {
        return;
    }
    match value {
        Value::Object(members) => {
            if rules.is_embedded {
                object(members, path, errors);
            }
            if let Some(additional) = &rules.additional {
                for (name, member) in members {
                    collect(additional, member, &path.key(name), errors);
                }
            }
            for (name, rules) in &rules.properties {
                if let Some(member) = members.get(name) {
                    collect(rules, member, &path.child(name), errors);
                }
            }
        }
        Value::Array(items) => {
            for (index, item) in items.iter().enumerate() {
                if let Some(rules) = &rules.items {
                    collect(rules, item, &path.index(index), errors);
                }
            }
        }
        _ => {}
    }
}

fn object(members: &Map<String, Value>, path: &Path, errors: &mut ErrorList) {
    for (field, check) in [("apiVersion", api_version as fn(&str) -> Option<String>), ("kind", kind)] {
        let place = path.child(field);
        match members.get(field) {
            None => errors.push(Error::required(place, "")),
            Some(Value::String(text)) if text.is_empty() => {
                errors.push(Error::invalid(place, text, "must not be empty"));
            }
            Some(Value::String(text)) => {
                errors.extend(check(text).map(|why| Error::invalid(place, text, why)));
            }
            // Its type is looked at before.
            Some(_) => {}
        }
    }
    let Some(metadata) = members.get("metadata") else { return };
    let place = path.child("metadata");
    match ObjectMeta::deserialize(metadata) {
        Err(why) => errors.push(Error::invalid(place, metadata, why.to_string())),
        Ok(mut meta) => {
            if meta.name.is_empty() {
                // It may be left out, which no other object may.
                "fakename".clone_into(&mut meta.name);
            }
            let namespaced = !meta.namespace.is_empty();
            let rule = validation::path_segment_name;
            errors.extend(validation::validate_object_meta(&meta, namespaced, rule, &place));
        }
    }
}

fn api_version(text: &str) -> Option<String> {
    (text.matches('/').count() > 1).then(|| format!("unexpected GroupVersion string: {text}"))
}

fn kind(text: &str) -> Option<String> {
    let problems = is_dns1035_label(&text.to_lowercase());
    let problems = (!problems.is_empty()).then(|| problems.join(","))?;
    Some(format!("may have mixed case, but should otherwise match: {problems}"))
}
