//! The pipelines behind the capability traits: what Go calls `registry.Store`, compiled once for all kinds.
//!
//! **Architecture invariant:** nothing in here knows HTTP. A [`Registry`] works with no server at all.

pub(crate) mod codec;
mod hooks;
mod kind;
pub(crate) mod layout;

use std::fmt;
use std::marker::PhantomData;
use std::sync::Arc;

pub(crate) use self::hooks::DynStrategy;
pub(crate) use self::kind::{DynKind, Kind};
use crate::context::RequestContext;
use crate::errors::{Error, Result};
use crate::object::{Object, ObjectList};
use crate::options::{CreateOptions, DeleteOptions, GetOptions, ListOptions, UpdateOptions};
use crate::resource::Resource;
use crate::rest::{Deleted, UpdatedObjectInfo, ValidateObject, ValidateObjectUpdate};
use crate::storage::{Collection, Store};
use crate::strategy::Strategy;
use crate::watch::WatchStream;

/// The storage pipelines of one kind. Cheap to clone.
pub struct Registry<T> {
    pipelines: Arc<Pipelines>,
    kind: PhantomData<fn() -> T>,
}

/// What the pipelines work with; nothing here is generic.
#[allow(dead_code)]
pub(crate) struct Pipelines {
    kind: Arc<dyn DynKind>,
    strategy: Arc<dyn DynStrategy>,
    store: Store,
    collection: Collection,
}

impl<T: Resource> Registry<T> {
    /// The pipelines of a kind on a store, with a strategy.
    pub fn new(_store: &Store, _strategy: impl Strategy<Object = T>) -> Self {
        unimplemented!()
    }

    /// The store that holds the objects, to reach other kinds in it.
    pub fn store(&self) -> &Store {
        &self.pipelines.store
    }

    /// Gets an object (contract 4.5).
    pub async fn get(&self, _ctx: &RequestContext, _name: &str, _options: &GetOptions) -> Result<Object<T>> {
        Err(Error::other("not yet"))
    }

    /// Lists objects (contract 4.8).
    pub async fn list(&self, _ctx: &RequestContext, _options: &ListOptions) -> Result<ObjectList<T>> {
        Err(Error::other("not yet"))
    }

    /// Creates an object (contract 4.1).
    pub async fn create(
        &self,
        _ctx: &RequestContext,
        _object: T,
        _create_validation: &dyn ValidateObject,
        _options: &CreateOptions,
    ) -> Result<Object<T>> {
        Err(Error::other("not yet"))
    }

    /// Updates an object through the main endpoint (contract 4.12).
    #[allow(clippy::too_many_arguments, reason = "the signature of Go's rest.Updater")]
    pub async fn update(
        &self,
        _ctx: &RequestContext,
        _name: &str,
        _object_info: &dyn UpdatedObjectInfo,
        _create_validation: &dyn ValidateObject,
        _update_validation: &dyn ValidateObjectUpdate,
        _force_allow_create: bool,
        _options: &UpdateOptions,
    ) -> Result<(Object<T>, bool)> {
        Err(Error::other("not yet"))
    }

    /// Updates an object's status, and nothing else (contract 3.8). Never creates (contract 1.41).
    pub async fn update_status(
        &self,
        _ctx: &RequestContext,
        _name: &str,
        _object_info: &dyn UpdatedObjectInfo,
        _update_validation: &dyn ValidateObjectUpdate,
        _options: &UpdateOptions,
    ) -> Result<(Object<T>, bool)> {
        Err(Error::other("not yet"))
    }

    /// Deletes an object (contract 4.28).
    pub async fn delete(
        &self,
        _ctx: &RequestContext,
        _name: &str,
        _delete_validation: &dyn ValidateObject,
        _options: DeleteOptions,
    ) -> Result<Deleted<T>> {
        Err(Error::other("not yet"))
    }

    /// Deletes what a list selects (contract 4.43).
    pub async fn delete_collection(
        &self,
        _ctx: &RequestContext,
        _delete_validation: &dyn ValidateObject,
        _options: DeleteOptions,
        _list_options: &ListOptions,
    ) -> Result<ObjectList<T>> {
        Err(Error::other("not yet"))
    }

    /// Watches what the options select (contract 5.D).
    pub async fn watch(&self, _ctx: &RequestContext, _options: &ListOptions) -> Result<WatchStream<T>> {
        Err(Error::other("not yet"))
    }
}

impl<T> Clone for Registry<T> {
    fn clone(&self) -> Self {
        Self { pipelines: Arc::clone(&self.pipelines), kind: PhantomData }
    }
}

impl<T> fmt::Debug for Registry<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Registry").field(&self.pipelines.kind.info().kind).finish()
    }
}
