//! Update, where PUT and PATCH both end, on the main endpoint and on `/status` (contract 4.12 to 4.27, 3.8).

use std::sync::Arc;

use super::before_update::Endpoint;
use super::{Pipelines, codec, metadata, revision};
use crate::context::{RequestContext, Revisions};
use crate::errors::{Error, Result};
use crate::field::{self, Path};
use crate::meta::ObjectMeta;
use crate::object::{AnyObject, DynObject};
use crate::options::{CreateOptions, DeleteOptions, UpdateOptions};
use crate::resource::GroupKind;
use crate::rest::{UpdatedObjectInfo, ValidateObject, ValidateObjectUpdate};
use crate::storage::{self, StorageError, Stored};

const MODIFIED: &str =
    "the object has been modified; please apply your changes to the latest version and try again";

/// All that an update is asked to do.
pub(super) struct UpdateRequest<'a> {
    pub(super) ctx: &'a RequestContext,
    pub(super) name: &'a str,
    pub(super) endpoint: Endpoint,
    pub(super) object_info: &'a dyn UpdatedObjectInfo,
    pub(super) create_validation: &'a dyn ValidateObject,
    pub(super) update_validation: &'a dyn ValidateObjectUpdate,
    pub(super) force_allow_create: bool,
    pub(super) options: &'a UpdateOptions,
}

impl Pipelines {
    /// Updates an object, as often as other writers are faster (contract 4.25). Also says whether it was created.
    pub(super) async fn update(&self, update: UpdateRequest<'_>) -> Result<(Arc<Stored>, bool)> {
        let needed = !self.strategy.allow_unconditional_update();
        let revisions = if needed { Revisions::Needed } else { Revisions::Checked };
        let ctx = &self.context(update.ctx).with_revisions(revisions);
        let update = UpdateRequest { ctx, ..update };
        let key = self.key(update.ctx, update.name)?;
        loop {
            let snapshot = self.collection.snapshot().await;
            let snapshot = snapshot.map_err(|error| self.storage_error("update", update.name, error))?;
            let current = snapshot.get(&key).cloned();
            // An old snapshot must not keep its objects in memory while the new one is written.
            drop(snapshot);
            let attempt = match &current {
                Some(current) => self.update_existing(&update, &key, current).await?,
                None => self.create_on_update(&update, &key).await?,
            };
            if let Some(stored) = attempt {
                return Ok((stored, current.is_none()));
            }
        }
    }

    /// One attempt; `None` when another writer was faster, or a hook looked up what was not loaded.
    async fn update_existing(
        &self,
        update: &UpdateRequest<'_>,
        key: &str,
        current: &Arc<Stored>,
    ) -> Result<Option<Arc<Stored>>> {
        let UpdateRequest { ctx, name, options, .. } = *update;
        let preconditions = update.object_info.preconditions().unwrap_or_default();
        self.check_preconditions(name, key, &preconditions, Some(current))?;
        let old = self.decode(current)?;
        let mut sent = update.object_info.updated_object(ctx, Some(&*old)).await?;
        metadata::change(&mut *sent, |meta| {
            metadata::dedup_owner_references(ctx, meta, "");
            self.match_revision(name, meta, current)
        })?;
        let begun = self.strategy.begin_update(ctx, &*sent, &*old, options);
        let prepared = begun
            .and_then(|finish| Ok((finish, self.before_update(ctx, update.endpoint, sent, &*old, current)?)));
        if ctx.load_missing().await? {
            return Ok(None);
        }
        let (finish, mut object) = prepared?;
        update.update_validation.validate_update(ctx, &*object, &*old).await?;
        if was_last_finalizer(&object.object_meta(), &old.object_meta()) {
            return self.delete_emptied(update, key, current, object).await;
        }
        let value = encode_over(&mut *object, &*old, current)?;
        finish.succeed();
        let stored = if current.equals(&value.bytes) {
            Arc::clone(current)
        } else if options.dry_run {
            Arc::new(Stored::new(key, current.revision(), &value.bytes, value.header.unwrap_or_default()))
        } else {
            match self.collection.replace(current, value).await {
                Ok(stored) => stored,
                Err(StorageError::Conflict { .. }) => return Ok(None),
                Err(error) => return Err(self.storage_error("update", name, error)),
            }
        };
        metadata::set_revision(&mut *object, &stored);
        self.strategy.after_update(ctx, &*object, options)?;
        Ok(Some(stored))
    }

    /// Refuses an object that was not made from the current one (contract 4.17).
    fn match_revision(&self, name: &str, meta: &mut ObjectMeta, current: &Stored) -> Result<()> {
        let info = self.info();
        let revision = revision::parse(&meta.resource_version).map_err(Error::bad_request)?;
        if revision == 0 && !self.strategy.allow_unconditional_update() {
            // Upstream names the resource here, not the kind.
            let kind = GroupKind { group: info.group.into(), kind: info.plural.into() };
            let path = Path::new("metadata").child("resourceVersion");
            let error = field::Error::invalid(path, 0, "must be specified for an update");
            return Err(Error::invalid(&kind, name, &error.into()));
        }
        if revision != 0 && revision != current.revision() {
            return Err(Error::conflict(&info.group_resource(), name, MODIFIED));
        }
        meta.resource_version = current.revision().to_string();
        Ok(())
    }

    /// An update of a name that does not exist (contract 4.14); `None` when another writer was faster.
    async fn create_on_update(&self, update: &UpdateRequest<'_>, key: &str) -> Result<Option<Arc<Stored>>> {
        let UpdateRequest { ctx, name, .. } = *update;
        let allowed = update.endpoint == Endpoint::Main
            && (update.force_allow_create || self.strategy.allow_create_on_update());
        if !allowed {
            return Err(self.not_found(name));
        }
        let preconditions = update.object_info.preconditions().unwrap_or_default();
        self.check_preconditions(name, key, &preconditions, None)?;
        let mut object = update.object_info.updated_object(ctx, None).await?;
        metadata::change(&mut *object, |meta| {
            revision::parse(&meta.resource_version).map_err(Error::bad_request)?;
            meta.resource_version.clear();
            metadata::dedup_owner_references(ctx, meta, "");
            match_name(name, meta)
        })?;
        let options = CreateOptions::from(update.options);
        let finish = self.prepare_new(ctx, &mut object, &options).await?;
        update.create_validation.validate(ctx, &*object).await?;
        let value = codec::encode(&mut *object)?;
        finish.succeed();
        match self.store_new(key, value, options.dry_run).await {
            Ok(stored) => {
                metadata::set_revision(&mut *object, &stored);
                self.strategy.after_create(ctx, &*object, &options)?;
                Ok(Some(stored))
            }
            Err(StorageError::KeyExists) => Ok(None),
            Err(error) => Err(self.storage_error("update", name, error)),
        }
    }

    /// Deletes the object whose last finalizer the update took away, and answers with it as it was sent (contract 4.26).
    async fn delete_emptied(
        &self,
        update: &UpdateRequest<'_>,
        key: &str,
        current: &Stored,
        mut object: DynObject,
    ) -> Result<Option<Arc<Stored>>> {
        let value = codec::encode(&mut *object)?;
        if !update.options.dry_run {
            match self.collection.delete(current).await {
                Ok(_) | Err(StorageError::Conflict { actual: 0, .. }) => {}
                Err(StorageError::Conflict { .. }) => return Ok(None),
                Err(error) => return Err(self.storage_error("delete", update.name, error)),
            }
        }
        let options = DeleteOptions::from(update.options);
        self.strategy.after_delete(update.ctx, &*object, &options)?;
        let header = value.header.unwrap_or_default();
        Ok(Some(Arc::new(Stored::new(key, current.revision(), &value.bytes, header))))
    }
}

/// Whether nothing keeps the object any more.
fn was_last_finalizer(meta: &ObjectMeta, old: &ObjectMeta) -> bool {
    meta.finalizers.is_empty()
        && old.deletion_timestamp.is_some()
        && old.deletion_grace_period_seconds.unwrap_or(0) == 0
}

/// Encodes an object to replace another. When nothing but the times of managed fields would change, the old times stay,
/// so that the update is none (contract 4.12, 15.5).
fn encode_over(object: &mut dyn AnyObject, old: &dyn AnyObject, current: &Stored) -> Result<storage::Value> {
    let value = codec::encode(object)?;
    let old_fields = &old.object_meta().managed_fields;
    let fields = &object.object_meta().managed_fields;
    if fields == old_fields || !metadata::same_but_for_time(fields, old_fields) {
        return Ok(value);
    }
    let fields =
        metadata::change(object, |meta| std::mem::replace(&mut meta.managed_fields, old_fields.clone()));
    let timeless = codec::encode(object)?;
    if current.equals(&timeless.bytes) {
        return Ok(timeless);
    }
    metadata::change(object, |meta| meta.managed_fields = fields);
    Ok(value)
}

/// The name that a new object is stored under must be its own (contract 4.21).
fn match_name(name: &str, meta: &ObjectMeta) -> Result<()> {
    if meta.name.is_empty() {
        let why = "was undeterminable: name must be provided";
        return Err(Error::bad_request(format!("the name of the object ({name} based on URL) {why}")));
    }
    if meta.name != name {
        let why = format!("does not match the name on the URL ({name})");
        return Err(Error::bad_request(format!("the name of the object ({}) {why}", meta.name)));
    }
    Ok(())
}
