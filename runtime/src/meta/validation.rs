//! The rules that hold for the metadata of every kind (contract 9).

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use super::names::{self, is_qualified_name};
use super::{ManagedFieldsEntry, ObjectMeta, OwnerReference};
use crate::field::{self, Error, ErrorList};
use crate::quote::{is_printable, quoted};

/// The most that the keys and values of all annotations may take together (contract 9.13).
const ANNOTATIONS_MAX_BYTES: usize = 256 * 1024;

/// The longest name of a field manager (contract 6.74).
pub(crate) const FIELD_MANAGER_MAX_BYTES: usize = 128;
const SUBRESOURCE_MAX_BYTES: usize = 256;

/// The finalizers that need no domain.
const STANDARD_FINALIZERS: [&str; 3] = ["orphan", "foregroundDeletion", "kubernetes"];

/// What is wrong with the metadata of an object that is complete: names are generated, the namespace is set.
///
/// `name_rule` is asked about the name, and with `true` about the prefix of a generated name (contract 9.5).
pub(crate) fn validate_object_meta(
    meta: &ObjectMeta,
    namespaced: bool,
    name_rule: fn(&str, bool) -> Vec<String>,
    path: &field::Path,
) -> ErrorList {
    let mut errors = ErrorList::new();
    if !meta.generate_name.is_empty() {
        let texts = name_rule(&meta.generate_name, true);
        push_all(&mut errors, &path.child("generateName"), &meta.generate_name, texts);
    }
    let name = path.child("name");
    if meta.name.is_empty() {
        errors.push(Error::required(name, "name or generateName is required"));
    } else {
        push_all(&mut errors, &name, &meta.name, name_rule(&meta.name, false));
    }
    let namespace = path.child("namespace");
    match (namespaced, meta.namespace.is_empty()) {
        (true, true) => errors.push(Error::required(namespace, "")),
        (true, false) => {
            push_all(&mut errors, &namespace, &meta.namespace, dns_label_name(&meta.namespace, false));
        }
        (false, true) => {}
        (false, false) => errors.push(Error::forbidden(namespace, "not allowed on this type")),
    }
    errors.extend(validate_generation(meta.generation, path));
    errors.extend(validate_labels(&meta.labels, &path.child("labels")));
    errors.extend(validate_annotations(&meta.annotations, &path.child("annotations")));
    errors.extend(validate_owner_references(&meta.owner_references, &path.child("ownerReferences")));
    errors.extend(validate_finalizers(&meta.finalizers, &path.child("finalizers")));
    errors.extend(validate_managed_fields(&meta.managed_fields, &path.child("managedFields")));
    errors
}

/// What is wrong with the change from one metadata to another (contract 9.4).
pub(crate) fn validate_object_meta_update(
    new: &ObjectMeta,
    old: &ObjectMeta,
    path: &field::Path,
) -> ErrorList {
    let mut errors = ErrorList::new();
    if old.deletion_timestamp.is_some() {
        errors.extend(no_new_finalizers(new, old, path.child("finalizers")));
    }
    if new.resource_version.is_empty() {
        let detail = "must be specified for an update";
        errors.push(Error::invalid(path.child("resourceVersion"), &new.resource_version, detail));
    }
    errors.extend(validate_generation(new.generation, path));
    if new.generation < old.generation {
        errors.push(Error::invalid(path.child("generation"), new.generation, "must not be decremented"));
    }
    let mut immutable = Immutable { errors: &mut errors, path };
    immutable.check("name", &new.name, &old.name);
    immutable.check("namespace", &new.namespace, &old.namespace);
    immutable.check("uid", &new.uid, &old.uid);
    immutable.check("creationTimestamp", &new.creation_timestamp, &old.creation_timestamp);
    immutable.check("deletionTimestamp", &new.deletion_timestamp, &old.deletion_timestamp);
    immutable.check(
        "deletionGracePeriodSeconds",
        &new.deletion_grace_period_seconds,
        &old.deletion_grace_period_seconds,
    );
    errors.extend(validate_labels(&new.labels, &path.child("labels")));
    errors.extend(validate_annotations(&new.annotations, &path.child("annotations")));
    errors.extend(validate_owner_references(&new.owner_references, &path.child("ownerReferences")));
    errors.extend(validate_managed_fields(&new.managed_fields, &path.child("managedFields")));
    errors
}

/// Warnings about finalizers that others may use too, by what an update adds; a create has no `old` (contract 9.15).
///
/// For finalizers that are valid.
pub(crate) fn finalizer_warnings(new: &[String], old: &[String]) -> Vec<String> {
    let added: BTreeSet<_> = new.iter().filter(|finalizer| !old.contains(finalizer)).collect();
    let common =
        |finalizer: &&&String| !finalizer.contains('/') && !STANDARD_FINALIZERS.contains(&finalizer.as_str());
    let warning = |finalizer: &String| {
        let path = if finalizer.contains('.') { " including a path (/)" } else { "" };
        format!(
            "metadata.finalizers: {}: prefer a domain-qualified finalizer name{path} to avoid accidental conflicts \
             with other finalizer writers",
            quoted(finalizer)
        )
    };
    added.iter().filter(common).map(|finalizer| warning(finalizer)).collect()
}

/// The rule of most kinds: names are DNS subdomains (contract 9.7, 17).
pub(crate) fn dns_subdomain_name(name: &str, prefix: bool) -> Vec<String> {
    names::is_dns1123_subdomain(&mask_trailing_dash(name, prefix))
}

/// The rule of namespaces: names are DNS labels (contract 9.6).
pub(crate) fn dns_label_name(name: &str, prefix: bool) -> Vec<String> {
    names::is_dns1123_label(&mask_trailing_dash(name, prefix))
}

/// The rule that holds for every kind: names are segments of a path (contract 9.1).
pub(crate) fn path_segment_name(name: &str, prefix: bool) -> Vec<String> {
    if prefix { names::is_path_segment_prefix(name) } else { names::is_path_segment_name(name) }
}

/// What is wrong with the name of a field manager (contract 6.74).
pub(crate) fn validate_field_manager(text: &str, path: &field::Path) -> ErrorList {
    let mut errors = ErrorList::new();
    if text.len() > FIELD_MANAGER_MAX_BYTES {
        errors.push(Error::too_long(path.clone(), FIELD_MANAGER_MAX_BYTES));
    }
    for (position, c) in text.char_indices().filter(|(_, c)| !is_printable(*c)) {
        let detail = format!("invalid character U+{:04X} (at position {position})", u32::from(c));
        errors.push(Error::invalid(path.clone(), text, detail));
    }
    errors
}

/// A generated name goes on after its prefix, which may therefore end in a dash. The last *two* bytes are replaced, as
/// upstream does (contract 9.8).
fn mask_trailing_dash(name: &str, prefix: bool) -> Cow<'_, str> {
    match name.len().checked_sub(2).and_then(|end| name.get(..end)) {
        Some(rest) if prefix && name.ends_with('-') => Cow::Owned(format!("{rest}a")),
        _ => Cow::Borrowed(name),
    }
}

fn push_all(errors: &mut ErrorList, path: &field::Path, value: &str, texts: Vec<String>) {
    errors.extend(texts.into_iter().map(|text| Error::invalid(path.clone(), value, text)));
}

fn validate_generation(generation: i64, path: &field::Path) -> Option<Error> {
    (generation < 0)
        .then(|| Error::invalid(path.child("generation"), generation, "must be greater than or equal to 0"))
}

fn validate_labels(labels: &BTreeMap<String, String>, path: &field::Path) -> ErrorList {
    let mut errors = ErrorList::new();
    for (key, value) in labels {
        push_all(&mut errors, path, key, is_qualified_name(key));
        push_all(&mut errors, path, value, names::is_valid_label_value(value));
    }
    errors
}

fn validate_annotations(annotations: &BTreeMap<String, String>, path: &field::Path) -> ErrorList {
    let mut errors = ErrorList::new();
    for key in annotations.keys() {
        push_all(&mut errors, path, key, is_qualified_name(&key.to_lowercase()));
    }
    let size: usize = annotations.iter().map(|(key, value)| key.len() + value.len()).sum();
    if size > ANNOTATIONS_MAX_BYTES {
        errors.push(Error::too_long(path.clone(), ANNOTATIONS_MAX_BYTES));
    }
    errors
}

fn validate_owner_references(references: &[OwnerReference], path: &field::Path) -> ErrorList {
    let mut errors = ErrorList::new();
    let mut controller: Option<String> = None;
    for (index, reference) in references.iter().enumerate() {
        errors.extend(validate_owner_reference(reference, &path.index(index)));
        if reference.controller == Some(true) {
            let this = format!("{}/{}", reference.kind, reference.name);
            match &controller {
                None => controller = Some(this),
                Some(first) => {
                    let detail = format!(
                        "Only one reference can have Controller set to true. Found \"true\" in references for \
                         {first} and {this}"
                    );
                    errors.push(Error::invalid(path.clone(), references, detail));
                }
            }
        }
    }
    errors
}

fn validate_owner_reference(reference: &OwnerReference, path: &field::Path) -> ErrorList {
    let mut errors = ErrorList::new();
    let (group, version) = match reference.api_version.split_once('/') {
        None => ("", reference.api_version.as_str()),
        Some((_, rest)) if rest.contains('/') => ("", ""),
        Some(parts) => parts,
    };
    if !reference.api_version.is_empty() && version.is_empty() {
        let detail = "must be <group>/<version> or <version>";
        errors.push(Error::invalid(path.child("apiVersion"), &reference.api_version, detail));
    }
    let required = [
        ("apiVersion", &reference.api_version),
        ("kind", &reference.kind),
        ("name", &reference.name),
        ("uid", &reference.uid),
    ];
    for (field, value) in required {
        if value.is_empty() {
            errors.push(Error::required(path.child(field), "must not be empty"));
        }
    }
    if (group, version, reference.kind.as_str()) == ("", "v1", "Event") {
        let detail = "/v1, Kind=Event is disallowed from being an owner";
        errors.push(Error::invalid(path.clone(), reference, detail));
    }
    errors
}

fn validate_finalizers(finalizers: &[String], path: &field::Path) -> ErrorList {
    let mut errors = ErrorList::new();
    for finalizer in finalizers {
        push_all(&mut errors, path, finalizer, is_qualified_name(finalizer));
    }
    let has = |name: &str| finalizers.iter().any(|finalizer| finalizer == name);
    if has("orphan") && has("foregroundDeletion") {
        let detail = "finalizer orphan and foregroundDeletion cannot be both set";
        errors.push(Error::invalid(path.clone(), finalizers, detail));
    }
    errors
}

fn no_new_finalizers(new: &ObjectMeta, old: &ObjectMeta, path: field::Path) -> Option<Error> {
    let added: BTreeSet<_> =
        new.finalizers.iter().filter(|finalizer| !old.finalizers.contains(finalizer)).collect();
    if added.is_empty() {
        return None;
    }
    let added: Vec<_> = added.into_iter().map(|finalizer| quoted(finalizer)).collect();
    let detail = format!(
        "no new finalizers can be added if the object is being deleted, found new finalizers []string{{{}}}",
        added.join(", ")
    );
    Some(Error::forbidden(path, detail))
}

fn validate_managed_fields(entries: &[ManagedFieldsEntry], path: &field::Path) -> ErrorList {
    let mut errors = ErrorList::new();
    for (index, entry) in entries.iter().enumerate() {
        let path = path.index(index);
        match entry.operation.as_str() {
            "Apply" | "Update" => {}
            "" => errors.push(Error::required(path.child("operation"), "must not be empty")),
            other => {
                errors.push(Error::not_supported(path.child("operation"), other, &["Apply", "Update"]));
            }
        }
        if !matches!(entry.fields_type.as_str(), "" | "FieldsV1") {
            errors.push(Error::invalid(path.child("fieldsType"), &entry.fields_type, "must be `FieldsV1`"));
        }
        errors.extend(validate_field_manager(&entry.manager, &path.child("manager")));
        if entry.subresource.len() > SUBRESOURCE_MAX_BYTES {
            errors.push(Error::too_long(path.child("subresource"), SUBRESOURCE_MAX_BYTES));
        }
    }
    errors
}

/// Collects the fields of the metadata that changed and may not.
struct Immutable<'a> {
    errors: &'a mut ErrorList,
    path: &'a field::Path,
}

impl Immutable<'_> {
    fn check<V: PartialEq + Serialize>(&mut self, field: &str, new: &V, old: &V) {
        if new != old {
            self.errors.push(Error::immutable(self.path.child(field), new));
        }
    }
}

#[cfg(test)]
mod tests;
