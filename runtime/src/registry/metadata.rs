//! What the server itself does to metadata in a write (contract 2.D).

use uuid::Uuid;

use crate::context::RequestContext;
use crate::errors::{Error, Result};
use crate::meta::{ManagedFieldsEntry, ObjectMeta, OwnerReference, Time};
use crate::object::AnyObject;
use crate::storage::Stored;

/// Lets a function change an object's metadata.
pub(crate) fn change<R>(object: &mut dyn AnyObject, change: impl FnOnce(&mut ObjectMeta) -> R) -> R {
    let mut meta = object.take_object_meta();
    let result = change(&mut meta);
    object.set_object_meta(meta);
    result
}

/// Drops what only the server may set (contract 2.14).
pub(super) fn wipe_system_fields(meta: &mut ObjectMeta) {
    meta.uid.clear();
    meta.creation_timestamp = None;
    meta.deletion_timestamp = None;
    meta.deletion_grace_period_seconds = None;
    meta.self_link.clear();
}

/// Sets what only the server may set (contract 2.15).
pub(super) fn fill_system_fields(meta: &mut ObjectMeta) {
    meta.uid = Uuid::new_v4().to_string();
    meta.creation_timestamp = Some(Time::now());
}

/// Tells an object the revision at which it was stored.
pub(super) fn set_revision(object: &mut dyn AnyObject, stored: &Stored) {
    let revision = if stored.revision() == 0 { String::new() } else { stored.revision().to_string() };
    change(object, |meta| meta.resource_version = revision);
}

/// Reconciles an object's namespace with the one that the kind and the request expect (contract 2.20).
pub(super) fn match_namespace(expected: &str, meta: &mut ObjectMeta) -> Result<()> {
    if meta.namespace == expected {
        return Ok(());
    }
    if !meta.namespace.is_empty() && !expected.is_empty() {
        return Err(Error::bad_request(
            "the namespace of the provided object does not match the namespace sent on the request",
        ));
    }
    expected.clone_into(&mut meta.namespace);
    Ok(())
}

/// When owners that are named twice are looked for, for the warning about them.
pub(crate) const AFTER_ADMISSION: &str = " after mutating admission happens";

/// Drops owners that are named twice, with a warning that says when they were found (contract 2.25).
pub(crate) fn dedup_owner_references(ctx: &RequestContext, meta: &mut ObjectMeta, when: &str) {
    let mut kept: Vec<OwnerReference> = Vec::with_capacity(meta.owner_references.len());
    let mut dropped = Vec::new();
    for owner in meta.owner_references.drain(..) {
        if kept.contains(&owner) {
            dropped.push(owner.uid);
        } else {
            kept.push(owner);
        }
    }
    meta.owner_references = kept;
    if !dropped.is_empty() {
        ctx.warn(format!(
            ".metadata.ownerReferences contains duplicate entries{when}; API server dedups owner references in 1.20+, and \
             may reject such requests as early as 1.24; please fix your requests; duplicate UID(s) observed: {}",
            dropped.join(", ")
        ));
    }
}

/// Whether two sets of managed fields differ at most in their times (contract 4.12).
pub(super) fn same_but_for_time(new: &[ManagedFieldsEntry], old: &[ManagedFieldsEntry]) -> bool {
    new.len() == old.len()
        && new.iter().zip(old).all(|(new, old)| {
            (&new.manager, &new.operation, &new.api_version, &new.fields_v1, &new.subresource)
                == (&old.manager, &old.operation, &old.api_version, &old.fields_v1, &old.subresource)
        })
}
