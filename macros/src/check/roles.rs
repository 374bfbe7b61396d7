//! Which field is what: metadata and spec by name or marker, status by marker only.

use syn::Ident;

use crate::error::{self, Errors};
use crate::model::{Metadata, StatusField};
use crate::syntax::{Field, Role};

/// The fields that have a role. A missing metadata field is reported already.
pub(super) struct Roles {
    pub(super) metadata: Option<Metadata>,
    pub(super) status: Vec<StatusField>,
}

/// Finds the role of every field.
pub(super) fn check(ident: &Ident, fields: &[Field], errors: &mut Errors) -> Roles {
    let marked = |is_role: fn(&Role) -> bool| {
        fields.iter().filter_map(move |field| Some((field, field.roles.iter().find(|role| is_role(role))?)))
    };
    for field in fields {
        one_role(field, errors);
        not_reserved(field, errors);
        status_is_marked(field, errors);
    }
    let metadata =
        sole(marked(|role| matches!(role, Role::Metadata(_))), errors).or_else(|| named(fields, "metadata"));
    let spec = sole(marked(|role| matches!(role, Role::Spec(_))), errors);
    let status: Vec<_> = marked(|role| matches!(role, Role::Status(_))).map(|(field, _)| field).collect();

    match metadata {
        Some(metadata) => written_as(metadata, "metadata", errors),
        None => errors.push(error::no_metadata(ident)),
    }
    if let Some(spec) = spec {
        written_as(spec, "spec", errors);
    }
    match status.as_slice() {
        // Clients expect the one status under its usual name. Several status fields have names of their own.
        [status] => written_as(status, "status", errors),
        several => several.iter().for_each(|field| has_name(field, "status", errors)),
    }
    Roles {
        metadata: metadata.map(|field| Metadata { ident: field.ident.clone(), ty: field.ty.clone() }),
        status: status.into_iter().map(status_field).collect(),
    }
}

/// `#[spec] #[status] field: …`
fn one_role(field: &Field, errors: &mut Errors) {
    if let [first, others @ ..] = field.roles.as_slice() {
        for other in others {
            errors.push(error::two_roles(other.path(), first.path()));
        }
    }
}

/// `kind: String`
fn not_reserved(field: &Field, errors: &mut Errors) {
    if let Some(name @ ("apiVersion" | "kind")) = field.name() {
        errors.push(error::reserved_field(&field.ident, name));
    }
}

/// `status: PotStatus`, without `#[status]`
fn status_is_marked(field: &Field, errors: &mut Errors) {
    if field.roles.is_empty() && field.name() == Some("status") {
        errors.push(error::unmarked_status(&field.ident));
    }
}

/// The first field with a role that only one may have.
fn sole<'a>(marked: impl Iterator<Item = (&'a Field, &'a Role)>, errors: &mut Errors) -> Option<&'a Field> {
    let mut first: Option<&Field> = None;
    for (field, role) in marked {
        match first {
            Some(first) => errors.push(error::role_twice(role.path(), &first.ident)),
            None => first = Some(field),
        }
    }
    first
}

/// The unmarked field of that name.
fn named<'a>(fields: &'a [Field], name: &str) -> Option<&'a Field> {
    fields.iter().find(|field| field.roles.is_empty() && (field.ident == name || field.name() == Some(name)))
}

/// `#[metadata] meta: ObjectMeta`, without the rename that clients need
fn written_as(field: &Field, expected: &str, errors: &mut Errors) {
    match field.name() {
        Some(actual) if actual != expected => {
            errors.push(error::wrong_wire_name(&field.ident, actual, expected));
        }
        _ => has_name(field, expected, errors),
    }
}

/// `#[status] #[serde(flatten)] status: PotStatus`
fn has_name(field: &Field, role: &str, errors: &mut Errors) {
    if let Some(word) = field.nameless() {
        errors.push(error::nameless(&field.ident, role, word));
    }
}

fn status_field(field: &Field) -> StatusField {
    StatusField {
        ident: field.ident.clone(),
        ty: field.ty.clone(),
        name: field.name().unwrap_or_default().to_owned(),
    }
}
