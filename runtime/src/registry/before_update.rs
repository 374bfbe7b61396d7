//! What happens to an updated object before it is stored: Go's `rest.BeforeUpdate` (contract 2.C).

use super::{Pipelines, generation, metadata};
use crate::context::RequestContext;
use crate::errors::{Error, Result};
use crate::field::{ErrorList, Path};
use crate::info::ResourceInfo;
use crate::meta::ObjectMeta;
use crate::meta::validation;
use crate::object::{AnyObject, DynObject};
use crate::storage::Stored;

/// Which endpoint an update came through.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Endpoint {
    /// Everything but status changes.
    Main,
    /// Nothing but status changes.
    Status,
}

impl Pipelines {
    /// Makes of the object that was sent the one to store. `old` is `stored`, decoded.
    pub(super) fn before_update(
        &self,
        ctx: &RequestContext,
        endpoint: Endpoint,
        mut sent: DynObject,
        old: &dyn AnyObject,
        stored: &Stored,
    ) -> Result<DynObject> {
        let old_meta = old.object_meta();
        metadata::change(&mut *sent, |meta| {
            metadata::match_namespace(self.namespace(ctx), meta)?;
            meta.generation = old_meta.generation;
            Ok::<_, Error>(())
        })?;
        let mut object = match endpoint {
            Endpoint::Main => {
                self.kind.copy_status(&mut *sent, old);
                self.strategy.prepare_for_update(ctx, &mut *sent, old)?;
                sent
            }
            Endpoint::Status => {
                let mut object = self.only_status(&mut *sent, old);
                self.strategy.prepare_for_status_update(ctx, &mut *object, old)?;
                object
            }
        };
        metadata::change(&mut *object, |meta| keep_system_fields(meta, &old_meta));
        self.validate_changed(ctx, endpoint, &mut *object, old)?;
        for warning in validation::finalizer_warnings(&object.object_meta().finalizers, &old_meta.finalizers)
        {
            ctx.warn(warning);
        }
        let warnings = match endpoint {
            Endpoint::Main => self.strategy.warnings_on_update(ctx, &*object, old)?,
            Endpoint::Status => self.strategy.warnings_on_status_update(ctx, &*object, old)?,
        };
        for warning in warnings {
            ctx.warn(warning);
        }
        self.strategy.canonicalize(&mut *object)?;
        if endpoint == Endpoint::Main && generation::differs(&mut *object, old, stored)? {
            // A strategy may have moved the generation itself.
            metadata::change(&mut *object, |meta| {
                meta.generation = meta.generation.max(old_meta.generation.saturating_add(1));
            });
        }
        Ok(object)
    }

    /// The stored object with the status, the managed fields and the revision of the one that was sent (contract 3.8).
    fn only_status(&self, sent: &mut dyn AnyObject, old: &dyn AnyObject) -> DynObject {
        let mut object = old.clone_object();
        self.kind.copy_status(&mut *object, sent);
        let sent = sent.take_object_meta();
        metadata::change(&mut *object, |meta| {
            meta.managed_fields = sent.managed_fields;
            meta.resource_version = sent.resource_version;
        });
        object
    }

    /// The rules of all kinds, the schema's and the kind's own, joined (contract 2.11).
    fn validate_changed(
        &self,
        ctx: &RequestContext,
        endpoint: Endpoint,
        object: &mut dyn AnyObject,
        old: &dyn AnyObject,
    ) -> Result<()> {
        let schema_errors = self.check_changed(endpoint, object, old)?;
        let (meta, old_meta) = (object.object_meta(), old.object_meta());
        let mut errors = check_metadata(self.info(), &meta, &old_meta);
        errors.extend(schema_errors);
        errors.extend(self.validate_scale(object, endpoint == Endpoint::Main)?);
        if endpoint == Endpoint::Main {
            errors.extend(self.validate_immutable(object, old)?);
        }
        errors.extend(match endpoint {
            Endpoint::Main => self.strategy.validate_update(ctx, object, old)?,
            Endpoint::Status => self.strategy.validate_status_update(ctx, object, old)?,
        });
        if errors.is_empty() {
            Ok(())
        } else {
            Err(Error::invalid(&self.info().group_kind(), &meta.name, &errors))
        }
    }
}

/// What is wrong with the metadata of a changed object.
fn check_metadata(info: &ResourceInfo, meta: &ObjectMeta, old_meta: &ObjectMeta) -> ErrorList {
    let path = Path::new("metadata");
    // The name cannot change, so that a rule which became stricter must not lock objects up.
    let name_rule = validation::path_segment_name;
    let mut errors = validation::validate_object_meta(meta, info.is_namespaced(), name_rule, &path);
    errors.extend(validation::validate_object_meta_update(meta, old_meta, &path));
    errors
}

/// The refusal of an update with an object that its schema does not let become a value, with what is wrong with its
/// metadata.
pub(crate) fn refuse_changed(
    info: &ResourceInfo,
    meta: &ObjectMeta,
    old_meta: &ObjectMeta,
    by_schema: &ErrorList,
) -> Error {
    let mut meta = meta.clone();
    meta.resource_version.clone_from(&old_meta.resource_version);
    meta.generation = old_meta.generation;
    keep_system_fields(&mut meta, old_meta);
    let mut errors = check_metadata(info, &meta, old_meta);
    errors.extend(by_schema.clone());
    Error::invalid(&info.group_kind(), &meta.name, &errors)
}

/// What a client cannot change is kept in silence (contract 2.10).
fn keep_system_fields(meta: &mut ObjectMeta, old: &ObjectMeta) {
    if meta.uid.is_empty() {
        meta.uid.clone_from(&old.uid);
    }
    if old.creation_timestamp.is_some() {
        meta.creation_timestamp = old.creation_timestamp;
    }
    if old.deletion_timestamp.is_some() {
        meta.deletion_timestamp = old.deletion_timestamp;
    }
    if meta.deletion_grace_period_seconds.is_none() {
        meta.deletion_grace_period_seconds = old.deletion_grace_period_seconds;
    }
}
