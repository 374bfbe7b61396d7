//! The pipelines in boxes: what a [`Registry`](super::Registry) calls, whatever its kind.
//!
//! The boxes are made here and not in the generic methods, so that the pipelines are compiled with this crate and not
//! again in the program of whoever serves a kind.

use std::sync::Arc;

use futures_core::future::BoxFuture;

use super::Pipelines;
use super::delete::DeleteRequest;
use super::update::UpdateRequest;
use crate::context::RequestContext;
use crate::errors::Result;
use crate::object::DynObject;
use crate::options::{CreateOptions, DeleteOptions, GetOptions, ListOptions};
use crate::rest::ValidateObject;
use crate::rest::dynamic::{StoredDeleted, StoredList};
use crate::storage::Stored;
use crate::watch::Watch;

type Boxed<'a, T> = BoxFuture<'a, Result<T>>;

impl Pipelines {
    pub(super) fn get_boxed<'a>(
        &'a self,
        ctx: &'a RequestContext,
        name: &'a str,
        options: &'a GetOptions,
    ) -> Boxed<'a, Arc<Stored>> {
        Box::pin(self.get(ctx, name, options))
    }

    pub(super) fn list_boxed<'a>(
        &'a self,
        ctx: &'a RequestContext,
        options: &'a ListOptions,
    ) -> Boxed<'a, StoredList> {
        Box::pin(self.list(ctx, options))
    }

    pub(super) fn create_boxed<'a>(
        &'a self,
        ctx: &'a RequestContext,
        object: DynObject,
        create_validation: &'a dyn ValidateObject,
        options: &'a CreateOptions,
    ) -> Boxed<'a, Arc<Stored>> {
        Box::pin(self.create(ctx, object, create_validation, options))
    }

    pub(super) fn update_boxed<'a>(&'a self, update: UpdateRequest<'a>) -> Boxed<'a, (Arc<Stored>, bool)> {
        Box::pin(self.update(update))
    }

    pub(super) fn delete_boxed<'a>(
        &'a self,
        ctx: &'a RequestContext,
        name: &'a str,
        delete_validation: &'a dyn ValidateObject,
        options: DeleteOptions,
    ) -> Boxed<'a, StoredDeleted> {
        Box::pin(async move {
            let key = &self.key(ctx, name)?;
            self.delete(DeleteRequest { ctx, name, key, delete_validation, options }).await
        })
    }

    pub(super) fn delete_collection_boxed<'a>(
        &'a self,
        ctx: &'a RequestContext,
        delete_validation: &'a dyn ValidateObject,
        options: DeleteOptions,
        list_options: &'a ListOptions,
    ) -> Boxed<'a, StoredList> {
        Box::pin(self.delete_collection(ctx, delete_validation, options, list_options))
    }

    pub(super) fn watch_boxed<'a>(
        &'a self,
        ctx: &'a RequestContext,
        options: &'a ListOptions,
    ) -> Boxed<'a, Watch> {
        Box::pin(self.watch(ctx, options))
    }
}
