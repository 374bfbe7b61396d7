//! The capability traits with the type erased, so that verbs and HTTP are compiled once for all kinds.
//!
//! Nobody implements these by hand: each trait of [`rest`](super) has its twin here, and a blanket impl leads from one
//! to the other. Futures are boxed and objects cross as [`DynObject`] and [`Stored`]; nothing else differs.

use std::sync::Arc;

use futures_core::future::BoxFuture;

use super::{Cell, UpdatedObjectInfo, ValidateObject, ValidateObjectUpdate};
use crate::context::RequestContext;
use crate::errors::{Error, Result, Status};
use crate::info::Column;
use crate::object::{DynObject, Object};
#[cfg(feature = "server")]
use crate::options::ConnectOptions;
use crate::options::{CreateOptions, DeleteOptions, GetOptions, ListOptions, UpdateOptions};
use crate::resource::Resource;
use crate::storage::Stored;
use crate::watch::Watch;

/// One page of a list, as stored objects.
#[derive(Clone, Debug, Default)]
pub(crate) struct StoredList {
    /// The revision at which the list is true.
    pub(crate) revision: u64,
    /// The items in key order.
    pub(crate) items: Vec<Arc<Stored>>,
    /// The token of the next page; empty on the last one.
    pub(crate) continue_token: String,
    /// How many items follow this page, when that is known.
    pub(crate) remaining_item_count: Option<u64>,
}

/// What an action shows, as a stored object.
#[derive(Debug)]
pub(crate) enum StoredCreated {
    /// An object.
    Object(Arc<Stored>),
    /// A status.
    Status(Box<Status>),
}

/// How a delete ended, as stored objects.
#[derive(Debug)]
pub(crate) enum StoredDeleted {
    /// The object is gone.
    Now(Box<Status>),
    /// The object waits.
    Pending(Arc<Stored>),
}

/// [`rest::Getter`](super::Getter), erased.
pub(crate) trait Getter: Send + Sync {
    /// See [`rest::Getter::get`](super::Getter::get).
    fn get<'a>(
        &'a self,
        ctx: &'a RequestContext,
        name: &'a str,
        options: &'a GetOptions,
    ) -> BoxFuture<'a, Result<Arc<Stored>>>;
}

/// [`rest::Lister`](super::Lister), erased.
pub(crate) trait Lister: Send + Sync {
    /// See [`rest::Lister::list`](super::Lister::list).
    fn list<'a>(
        &'a self,
        ctx: &'a RequestContext,
        options: &'a ListOptions,
    ) -> BoxFuture<'a, Result<StoredList>>;
}

/// [`rest::TableConvertor`](super::TableConvertor), erased.
pub(crate) trait TableConvertor: Send + Sync {
    /// See [`rest::TableConvertor::columns`](super::TableConvertor::columns).
    fn columns(&self) -> Vec<Column>;

    /// See [`rest::TableConvertor::cells`](super::TableConvertor::cells).
    fn cells(&self, object: &Arc<Stored>) -> Result<Vec<Cell>>;
}

/// [`rest::Creater`](super::Creater), erased.
pub(crate) trait Creater: Send + Sync {
    /// See [`rest::Creater::create`](super::Creater::create).
    fn create<'a>(
        &'a self,
        ctx: &'a RequestContext,
        object: DynObject,
        create_validation: &'a dyn ValidateObject,
        options: &'a CreateOptions,
    ) -> BoxFuture<'a, Result<Arc<Stored>>>;
}

/// [`rest::NamedCreater`](super::NamedCreater), erased.
pub(crate) trait NamedCreater: Send + Sync {
    /// See [`rest::NamedCreater::create`](super::NamedCreater::create).
    fn create<'a>(
        &'a self,
        ctx: &'a RequestContext,
        name: &'a str,
        object: DynObject,
        create_validation: &'a dyn ValidateObject,
        options: &'a CreateOptions,
    ) -> BoxFuture<'a, Result<StoredCreated>>;
}

/// [`rest::Connecter`](super::Connecter), erased.
#[cfg(feature = "server")]
pub(crate) trait Connecter: Send + Sync {
    /// See [`rest::Connecter::CONNECT_METHODS`](super::Connecter::CONNECT_METHODS).
    fn methods(&self) -> &'static [http::Method];

    /// See [`rest::Connecter::TAKES_PATH`](super::Connecter::TAKES_PATH).
    fn takes_path(&self) -> bool;

    /// See [`rest::Connecter::connect`](super::Connecter::connect).
    fn connect<'a>(
        &'a self,
        ctx: &'a RequestContext,
        name: &'a str,
        options: &'a ConnectOptions,
        request: http::Request<super::ConnectBody>,
    ) -> BoxFuture<'a, Result<http::Response<super::ConnectBody>>>;
}

/// [`rest::Updater`](super::Updater), erased.
pub(crate) trait Updater: Send + Sync {
    /// See [`rest::Updater::update`](super::Updater::update).
    #[allow(clippy::too_many_arguments, reason = "the signature of Go's rest.Updater")]
    fn update<'a>(
        &'a self,
        ctx: &'a RequestContext,
        name: &'a str,
        object_info: &'a dyn UpdatedObjectInfo,
        create_validation: &'a dyn ValidateObject,
        update_validation: &'a dyn ValidateObjectUpdate,
        force_allow_create: bool,
        options: &'a UpdateOptions,
    ) -> BoxFuture<'a, Result<(Arc<Stored>, bool)>>;
}

/// [`rest::GracefulDeleter`](super::GracefulDeleter), erased.
pub(crate) trait GracefulDeleter: Send + Sync {
    /// See [`rest::GracefulDeleter::delete`](super::GracefulDeleter::delete).
    fn delete<'a>(
        &'a self,
        ctx: &'a RequestContext,
        name: &'a str,
        delete_validation: &'a dyn ValidateObject,
        options: DeleteOptions,
    ) -> BoxFuture<'a, Result<StoredDeleted>>;
}

/// [`rest::CollectionDeleter`](super::CollectionDeleter), erased.
pub(crate) trait CollectionDeleter: Send + Sync {
    /// See [`rest::CollectionDeleter::delete_collection`](super::CollectionDeleter::delete_collection).
    fn delete_collection<'a>(
        &'a self,
        ctx: &'a RequestContext,
        delete_validation: &'a dyn ValidateObject,
        options: DeleteOptions,
        list_options: &'a ListOptions,
    ) -> BoxFuture<'a, Result<StoredList>>;
}

/// [`rest::Watcher`](super::Watcher), erased.
pub(crate) trait Watcher: Send + Sync {
    /// See [`rest::Watcher::watch`](super::Watcher::watch).
    fn watch<'a>(&'a self, ctx: &'a RequestContext, options: &'a ListOptions)
    -> BoxFuture<'a, Result<Watch>>;
}

impl<R: super::Getter> Getter for R {
    fn get<'a>(
        &'a self,
        ctx: &'a RequestContext,
        name: &'a str,
        options: &'a GetOptions,
    ) -> BoxFuture<'a, Result<Arc<Stored>>> {
        Box::pin(async move { Ok(super::Getter::get(self, ctx, name, options).await?.into_stored()) })
    }
}

impl<R: super::Lister> Lister for R {
    fn list<'a>(
        &'a self,
        ctx: &'a RequestContext,
        options: &'a ListOptions,
    ) -> BoxFuture<'a, Result<StoredList>> {
        Box::pin(async move { Ok(super::Lister::list(self, ctx, options).await?.list) })
    }
}

impl<R: super::TableConvertor> TableConvertor for R {
    fn columns(&self) -> Vec<Column> {
        super::TableConvertor::columns(self)
    }

    fn cells(&self, object: &Arc<Stored>) -> Result<Vec<Cell>> {
        super::TableConvertor::cells(self, &Object::from_stored(Arc::clone(object)))
    }
}

impl<R: super::Creater> Creater for R {
    fn create<'a>(
        &'a self,
        ctx: &'a RequestContext,
        object: DynObject,
        create_validation: &'a dyn ValidateObject,
        options: &'a CreateOptions,
    ) -> BoxFuture<'a, Result<Arc<Stored>>> {
        Box::pin(async move {
            let object = *downcast::<R::Object>(object)?;
            Ok(super::Creater::create(self, ctx, object, create_validation, options).await?.into_stored())
        })
    }
}

impl<R: super::NamedCreater> NamedCreater for R {
    fn create<'a>(
        &'a self,
        ctx: &'a RequestContext,
        name: &'a str,
        object: DynObject,
        create_validation: &'a dyn ValidateObject,
        options: &'a CreateOptions,
    ) -> BoxFuture<'a, Result<StoredCreated>> {
        Box::pin(async move {
            let object = *downcast::<R::Object>(object)?;
            let creating = super::NamedCreater::create(self, ctx, name, object, create_validation, options);
            Ok(match creating.await? {
                super::Created::Object(object) => StoredCreated::Object(object.into_stored()),
                super::Created::Status(status) => StoredCreated::Status(status),
            })
        })
    }
}

#[cfg(feature = "server")]
impl<R: super::Connecter> Connecter for R {
    fn methods(&self) -> &'static [http::Method] {
        R::CONNECT_METHODS
    }

    fn takes_path(&self) -> bool {
        R::TAKES_PATH
    }

    fn connect<'a>(
        &'a self,
        ctx: &'a RequestContext,
        name: &'a str,
        options: &'a ConnectOptions,
        request: http::Request<super::ConnectBody>,
    ) -> BoxFuture<'a, Result<http::Response<super::ConnectBody>>> {
        Box::pin(super::Connecter::connect(self, ctx, name, options, request))
    }
}

impl<R: super::Updater> Updater for R {
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
            let (object, created) = super::Updater::update(
                self,
                ctx,
                name,
                object_info,
                create_validation,
                update_validation,
                force_allow_create,
                options,
            )
            .await?;
            Ok((object.into_stored(), created))
        })
    }
}

impl<R: super::GracefulDeleter> GracefulDeleter for R {
    fn delete<'a>(
        &'a self,
        ctx: &'a RequestContext,
        name: &'a str,
        delete_validation: &'a dyn ValidateObject,
        options: DeleteOptions,
    ) -> BoxFuture<'a, Result<StoredDeleted>> {
        Box::pin(async move {
            Ok(match super::GracefulDeleter::delete(self, ctx, name, delete_validation, options).await? {
                super::Deleted::Now(status) => StoredDeleted::Now(status),
                super::Deleted::Pending(object) => StoredDeleted::Pending(object.into_stored()),
            })
        })
    }
}

impl<R: super::CollectionDeleter> CollectionDeleter for R {
    fn delete_collection<'a>(
        &'a self,
        ctx: &'a RequestContext,
        delete_validation: &'a dyn ValidateObject,
        options: DeleteOptions,
        list_options: &'a ListOptions,
    ) -> BoxFuture<'a, Result<StoredList>> {
        Box::pin(async move {
            let deleting = super::CollectionDeleter::delete_collection(
                self,
                ctx,
                delete_validation,
                options,
                list_options,
            );
            Ok(deleting.await?.list)
        })
    }
}

impl<R: super::Watcher> Watcher for R {
    fn watch<'a>(
        &'a self,
        ctx: &'a RequestContext,
        options: &'a ListOptions,
    ) -> BoxFuture<'a, Result<Watch>> {
        Box::pin(async move { Ok(super::Watcher::watch(self, ctx, options).await?.into_watch()) })
    }
}

fn downcast<T: Resource>(object: DynObject) -> Result<Box<T>> {
    object.downcast::<T>().ok_or_else(|| Error::internal(format!("the object is not a {}", T::INFO.kind)))
}
