//! Create (contract 4.1 to 4.3).

use std::sync::Arc;

use super::{Pipelines, codec, metadata, names, revision};
use crate::context::RequestContext;
use crate::errors::{Error, Result};
use crate::meta::ObjectMeta;
use crate::object::{AnyObject, DynObject};
use crate::options::CreateOptions;
use crate::rest::ValidateObject;
use crate::storage::{self, StorageError, Stored};
use crate::strategy::Finish;

impl Pipelines {
    /// Creates an object; one whose name is generated as often as the name turns out to be taken (contract 2.23).
    pub(super) async fn create(
        &self,
        ctx: &RequestContext,
        mut object: DynObject,
        create_validation: &dyn ValidateObject,
        options: &CreateOptions,
    ) -> Result<Arc<Stored>> {
        let ctx = &self.context(ctx);
        let generated = metadata::change(&mut *object, |meta| {
            metadata::match_namespace(self.namespace(ctx), meta)?;
            metadata::dedup_owner_references(ctx, meta, "");
            Ok::<_, Error>(meta.name.is_empty() && !meta.generate_name.is_empty())
        })?;
        if generated {
            for _ in 1..names::ATTEMPTS {
                let attempt = self.create_once(ctx, object.clone_object(), create_validation, options).await;
                match attempt {
                    Err(error) if error.is_already_exists() => {}
                    result => return result,
                }
            }
        }
        self.create_once(ctx, object, create_validation, options).await
    }

    async fn create_once(
        &self,
        ctx: &RequestContext,
        mut object: DynObject,
        create_validation: &dyn ValidateObject,
        options: &CreateOptions,
    ) -> Result<Arc<Stored>> {
        let finish = self.prepare_new(ctx, &mut object, options).await?;
        create_validation.validate(ctx, &*object).await?;
        refuse_revision(&*object)?;
        let name = object.object_meta().name.clone();
        let key = self.key(ctx, &name)?;
        let value = codec::encode(&mut *object)?;
        let stored = match self.store_new(&key, value, options.dry_run).await {
            Ok(stored) => stored,
            Err(StorageError::KeyExists) => {
                return Err(self.name_is_taken(&object.object_meta(), &key).await);
            }
            Err(error) => return Err(self.storage_error("create", &name, error)),
        };
        finish.succeed();
        metadata::set_revision(&mut *object, &stored);
        self.strategy.after_create(ctx, &*object, options)?;
        Ok(stored)
    }

    /// Completes, prepares and checks a new object; once more when a hook looked up what was not loaded.
    pub(super) async fn prepare_new(
        &self,
        ctx: &RequestContext,
        object: &mut DynObject,
        options: &CreateOptions,
    ) -> Result<Finish> {
        // Once everything is loaded no lookup fails for that, and nobody needs to begin again.
        let sent = self.store.is_cold().then(|| object.clone_object());
        loop {
            let prepared = self.before_create(ctx, &mut **object, options);
            if !ctx.load_missing().await? {
                return prepared;
            }
            // A kind that nobody serves is not loaded although all others are.
            let Some(sent) = &sent else {
                return Err(Error::server_timeout(&self.info().group_resource(), "create", 1));
            };
            *object = sent.clone_object();
        }
    }

    /// Stores a new object; a dry run only looks whether it could (contract 4.51).
    pub(super) async fn store_new(
        &self,
        key: &str,
        value: storage::Value,
        dry_run: bool,
    ) -> Result<Arc<Stored>, StorageError> {
        if !dry_run {
            return self.collection.create(key, value).await;
        }
        if self.collection.snapshot().await?.get(key).is_some() {
            return Err(StorageError::KeyExists);
        }
        Ok(Arc::new(Stored::new(key, 0, &value.bytes, value.header.unwrap_or_default())))
    }

    /// 409, which says when the object that has the name is on its way out (contract 2.24).
    async fn name_is_taken(&self, meta: &ObjectMeta, key: &str) -> Error {
        let (resource, name) = (self.info().group_resource(), &meta.name);
        // Upstream takes a name for a generated one whenever it could have been.
        let mut error = if meta.generate_name.is_empty() {
            Error::already_exists(&resource, name)
        } else {
            Error::generate_name_conflict(&resource, name)
        };
        let snapshot = self.collection.snapshot().await;
        let leaving = snapshot.ok().and_then(|snapshot| {
            let meta = codec::metadata(snapshot.get(key)?).ok()?;
            meta.deletion_timestamp
        });
        if leaving.is_some() {
            let message = format!("object is being deleted: {}", error.message());
            error.status_mut().message = message;
        }
        error
    }
}

/// A new object has no revision yet (contract 2.17, 17). What is no number is ignored, as upstream does.
fn refuse_revision(object: &dyn AnyObject) -> Result<()> {
    if revision::parse(&object.object_meta().resource_version).is_ok_and(|revision| revision > 0) {
        return Err(Error::bad_request("resourceVersion should not be set on objects to be created"));
    }
    Ok(())
}
