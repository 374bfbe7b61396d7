//! Delete, at once or in steps (contract 4.28 to 4.42).

use std::sync::Arc;

use super::before_delete::{Grace, mark_as_deleting};
use super::{Pipelines, codec, metadata};
use crate::context::RequestContext;
use crate::errors::{Details, Result, Status};
use crate::object::{AnyObject, DynObject};
use crate::options::{DeleteOptions, Preconditions};
use crate::rest::ValidateObject;
use crate::rest::dynamic::StoredDeleted;
use crate::storage::{StorageError, Stored};

/// All that a delete is asked to do.
pub(super) struct DeleteRequest<'a> {
    pub(super) ctx: &'a RequestContext,
    pub(super) name: &'a str,
    pub(super) key: &'a str,
    pub(super) delete_validation: &'a dyn ValidateObject,
    pub(super) options: DeleteOptions,
}

/// What became of an object that could not simply be deleted.
enum Marked {
    /// It waits for its finalizers or its grace period.
    Waiting(Arc<Stored>),
    /// It was waiting already.
    Pending(Arc<Stored>),
    /// It was written, and nothing keeps it any more.
    Released(Arc<Stored>),
    /// Nothing was written, since nothing keeps it.
    Free,
}

impl Pipelines {
    pub(super) async fn delete(&self, mut delete: DeleteRequest<'_>) -> Result<StoredDeleted> {
        let ctx = &self.context(delete.ctx);
        delete.ctx = ctx;
        let mut preconditions = delete.options.preconditions.clone().unwrap_or_default();
        let (current, object, grace) = loop {
            let current = self.read_to_delete(&delete).await?;
            let mut object = self.decode(&current)?;
            let grace = self.before_delete(ctx, &mut *object, &mut delete.options);
            if !ctx.load_missing().await? {
                break (current, object, grace?);
            }
        };
        if grace == Grace::Pending {
            return Ok(self.deleted(&current));
        }
        let meta = object.object_meta();
        let steps = grace == Grace::Started
            || !meta.finalizers.is_empty()
            || self.finalizers_for_delete(&meta, &delete.options) != meta.finalizers;
        drop(meta);
        let mut last_seen = None;
        if steps {
            match self.mark(&mut delete, &preconditions).await? {
                Marked::Waiting(stored) => return Ok(StoredDeleted::Pending(stored)),
                Marked::Pending(stored) => return Ok(self.deleted(&stored)),
                Marked::Released(stored) if delete.options.is_dry_run() => {
                    return Ok(StoredDeleted::Pending(stored));
                }
                Marked::Released(stored) => {
                    // The object moved on by this delete's own hand (contract 4.38).
                    if preconditions.resource_version.is_some() {
                        preconditions.resource_version = Some(stored.revision().to_string());
                    }
                    last_seen = Some(stored);
                }
                Marked::Free => {}
            }
        }
        self.remove(&delete, &preconditions, last_seen).await
    }

    /// Writes that the object is being deleted, as often as other writers are faster (contract 4.29).
    async fn mark(&self, delete: &mut DeleteRequest<'_>, preconditions: &Preconditions) -> Result<Marked> {
        loop {
            let current = self.read_to_delete(delete).await?;
            self.check_preconditions(delete.name, delete.key, preconditions, Some(&current))?;
            let mut object = self.decode(&current)?;
            delete.delete_validation.validate(delete.ctx, &*object).await?;
            let grace = self.before_delete(delete.ctx, &mut *object, &mut delete.options);
            if delete.ctx.load_missing().await? {
                continue;
            }
            let grace = grace?;
            if grace == Grace::Pending {
                return Ok(Marked::Pending(current));
            }
            let kept = metadata::change(&mut *object, |meta| {
                meta.finalizers = self.finalizers_for_delete(meta, &delete.options);
                let kept = !meta.finalizers.is_empty();
                if kept && grace == Grace::None {
                    mark_as_deleting(meta);
                }
                kept
            });
            if !kept && grace == Grace::None {
                return Ok(Marked::Free);
            }
            let Some(stored) = self.write_mark(delete, &current, &mut *object).await? else { continue };
            let waits = kept || delete.options.grace_period_seconds.is_some_and(|grace| grace > 0);
            return Ok(if waits { Marked::Waiting(stored) } else { Marked::Released(stored) });
        }
    }

    /// Stores the marked object; `None` when another writer was faster.
    async fn write_mark(
        &self,
        delete: &DeleteRequest<'_>,
        current: &Arc<Stored>,
        object: &mut dyn AnyObject,
    ) -> Result<Option<Arc<Stored>>> {
        let value = codec::encode(object)?;
        if current.equals(&value.bytes) {
            return Ok(Some(Arc::clone(current)));
        }
        if delete.options.is_dry_run() {
            let header = value.header.unwrap_or_default();
            return Ok(Some(Arc::new(Stored::new(delete.key, current.revision(), &value.bytes, header))));
        }
        match self.collection.replace(current, value).await {
            Ok(stored) => Ok(Some(stored)),
            Err(StorageError::Conflict { .. }) => Ok(None),
            Err(error) => Err(self.storage_error("delete", delete.name, error)),
        }
    }

    /// Removes the object. When it is gone already although this delete has just written it, someone else was as quick,
    /// and what was last seen stands for it.
    async fn remove(
        &self,
        delete: &DeleteRequest<'_>,
        preconditions: &Preconditions,
        last_seen: Option<Arc<Stored>>,
    ) -> Result<StoredDeleted> {
        loop {
            let current = match (self.read_to_delete(delete).await, &last_seen) {
                (Err(error), Some(last_seen)) if error.is_not_found() => {
                    let object = self.decode(last_seen)?;
                    return self.finish_delete(delete, object, last_seen);
                }
                (current, _) => current?,
            };
            self.check_preconditions(delete.name, delete.key, preconditions, Some(&current))?;
            let object = self.decode(&current)?;
            delete.delete_validation.validate(delete.ctx, &*object).await?;
            if delete.options.is_dry_run() {
                return self.finish_delete(delete, object, &current);
            }
            match self.collection.delete(&current).await {
                Ok(gone) => return self.finish_delete(delete, object, &gone),
                Err(StorageError::Conflict { .. }) => {}
                Err(error) => return Err(self.storage_error("delete", delete.name, error)),
            }
        }
    }

    async fn read_to_delete(&self, delete: &DeleteRequest<'_>) -> Result<Arc<Stored>> {
        let snapshot = self.collection.snapshot().await;
        let snapshot = snapshot.map_err(|error| self.storage_error("delete", delete.name, error))?;
        snapshot.get(delete.key).cloned().ok_or_else(|| self.not_found(delete.name))
    }

    fn finish_delete(
        &self,
        delete: &DeleteRequest<'_>,
        mut object: DynObject,
        gone: &Stored,
    ) -> Result<StoredDeleted> {
        metadata::set_revision(&mut *object, gone);
        self.strategy.after_delete(delete.ctx, &*object, &delete.options)?;
        Ok(self.deleted(gone))
    }

    /// The answer to a delete (contract 4.34).
    fn deleted(&self, object: &Stored) -> StoredDeleted {
        let info = self.info();
        StoredDeleted::Now(Box::new(Status::success(Details {
            name: object.name().to_owned(),
            group: info.group.to_owned(),
            kind: info.plural.to_owned(),
            uid: object.header().uid.to_string(),
            ..Details::default()
        })))
    }
}
