//! The rules of the schema for subresources that are written by hand: no pipeline stands behind them that would ask.
//! Admission is asked before, as everywhere.

use std::sync::Arc;

use futures_core::future::BoxFuture;

use super::dynamic::{NamedCreater, StoredCreated, Updater};
use super::{Handlers, UpdatedObjectInfo, ValidateObject, ValidateObjectUpdate};
use crate::context::RequestContext;
use crate::errors::Result;
use crate::object::{AnyObject, DynObject};
use crate::options::{CreateOptions, Preconditions, UpdateOptions};
use crate::registry::{DynKind, refuse_invalid};
use crate::storage::Stored;

impl Handlers {
    /// The same handlers, which are given nothing that is against the rules of their kind.
    pub(super) fn checked(mut self) -> Self {
        let kind = &self.kind;
        self.named_creater =
            self.named_creater.map(|inner| -> Arc<dyn NamedCreater> { Checked::new(inner, kind) });
        self.updater = self.updater.map(|inner| -> Arc<dyn Updater> { Checked::new(inner, kind) });
        self
    }
}

/// A handler behind the rules of a kind.
struct Checked<H: ?Sized> {
    inner: Arc<H>,
    kind: Arc<dyn DynKind>,
}

impl<H: ?Sized> Checked<H> {
    fn new(inner: Arc<H>, kind: &Arc<dyn DynKind>) -> Arc<Self> {
        Arc::new(Self { inner, kind: Arc::clone(kind) })
    }
}

impl NamedCreater for Checked<dyn NamedCreater> {
    fn create<'a>(
        &'a self,
        ctx: &'a RequestContext,
        name: &'a str,
        mut object: DynObject,
        create_validation: &'a dyn ValidateObject,
        options: &'a CreateOptions,
    ) -> BoxFuture<'a, Result<StoredCreated>> {
        Box::pin(async move {
            refuse_invalid(&*self.kind, &mut *object, None)?;
            self.inner.create(ctx, name, object, create_validation, options).await
        })
    }
}

impl Updater for Checked<dyn Updater> {
    fn update<'a>(
        &'a self,
        ctx: &'a RequestContext,
        name: &'a str,
        object_info: &'a dyn UpdatedObjectInfo,
        create_validation: &'a dyn ValidateObject,
        update_validation: &'a dyn ValidateObjectUpdate,
        force_allow_create: bool,
        options: &'a UpdateOptions,
    ) -> BoxFuture<'a, Result<(Arc<Stored>, bool)>> {
        Box::pin(async move {
            let wanted = CheckedObjectInfo { inner: object_info, kind: &*self.kind };
            let updating = self.inner.update(
                ctx,
                name,
                &wanted,
                create_validation,
                update_validation,
                force_allow_create,
                options,
            );
            updating.await
        })
    }
}

/// What an update makes of an object, if that is within the rules.
struct CheckedObjectInfo<'a> {
    inner: &'a dyn UpdatedObjectInfo,
    kind: &'a dyn DynKind,
}

impl UpdatedObjectInfo for CheckedObjectInfo<'_> {
    fn preconditions(&self) -> Option<Preconditions> {
        self.inner.preconditions()
    }

    fn updated_object<'a>(
        &'a self,
        ctx: &'a RequestContext,
        old: Option<&'a dyn AnyObject>,
    ) -> BoxFuture<'a, Result<DynObject>> {
        Box::pin(async move {
            let mut object = self.inner.updated_object(ctx, old).await?;
            refuse_invalid(self.kind, &mut *object, old)?;
            Ok(object)
        })
    }
}
