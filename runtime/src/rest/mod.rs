//! The capability traits of a kind's storage handlers, by the names of Go's `k8s.io/apiserver/pkg/registry/rest`
//! (contract 1). What a handler implements is what is served: no impl, no route, no discovery verb.
//!
//! The derive implements them for the handlers it writes, one line a verb, each a call into [`Registry`](crate::Registry).
//! Whoever writes one by hand writes `async fn`:
//!
//! ```
//! use resourceful::prelude::*;
//! use resourceful::rest;
//! # #[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
//! # struct Disk { metadata: ObjectMeta }
//! # impl Resource for Disk {
//! #     const INFO: ResourceInfo = ResourceInfo::cluster("example.com", "v1", "Disk", "disks", "disk");
//! #     type Metadata = ObjectMeta;
//! #     fn metadata(&self) -> &ObjectMeta { &self.metadata }
//! #     fn metadata_mut(&mut self) -> &mut ObjectMeta { &mut self.metadata }
//! # }
//! struct DiskRest;
//!
//! impl rest::Storage for DiskRest {
//!     type Object = Disk;
//! }
//!
//! impl rest::Getter for DiskRest {
//!     async fn get(&self, _: &RequestContext, name: &str, _: &GetOptions) -> resourceful::Result<Object<Disk>> {
//!         Object::new(Disk { metadata: ObjectMeta::named(name) })
//!     }
//! }
//! ```

mod checked;
#[cfg(feature = "server")]
mod connect;
pub(crate) mod dynamic;
mod handlers;
mod scale;
mod update;
mod validation;

use std::future::Future;

#[cfg(feature = "server")]
#[doc(no_inline)]
pub use ::http;

#[cfg(feature = "server")]
pub use self::connect::{ConnectBody, Connecter};
pub(crate) use self::handlers::StatusHandlers;
pub use self::handlers::{Handlers, HandlersBuilder, Served};
pub use self::scale::{Scale, ScaleRest, ScaleSpec, ScaleStatus};
pub use self::update::{DefaultUpdatedObjectInfo, UpdatedObjectInfo};
pub use self::validation::{ValidateAllObjects, ValidateObject, ValidateObjectUpdate};
use crate::context::RequestContext;
use crate::errors::{Result, Status};
use crate::info::Column;
use crate::object::{Object, ObjectList};
use crate::options::{CreateOptions, DeleteOptions, GetOptions, ListOptions, UpdateOptions};
use crate::resource::Resource;
use crate::watch::WatchStream;

/// Every handler: names the type it serves (contract 1.1).
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no storage handler",
    label = "does not implement `rest::Storage`",
    note = "a handler names its kind: `impl rest::Storage for {Self} {{ type Object = …; }}`"
)]
pub trait Storage: Send + Sync + 'static {
    /// The kind that the handler serves.
    type Object: Resource;
}

/// Says whether objects live in namespaces (contract 1.3).
#[diagnostic::on_unimplemented(
    message = "`{Self}` does not say whether objects live in namespaces",
    label = "does not implement `rest::Scoper`",
    note = "`impl rest::Scoper for {Self} {{}}` says what the kind says"
)]
pub trait Scoper: Storage {
    /// Whether objects live in namespaces.
    fn namespace_scoped(&self) -> bool {
        Self::Object::INFO.is_namespaced()
    }
}

/// Gets one object (contract 1.11, 4.5).
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot get objects",
    label = "does not implement `rest::Getter`",
    note = "the derive writes the impl for `get`, and leaves `get = custom` and `get` of a subresource to you"
)]
pub trait Getter: Storage {
    /// Gets the object of that name in the context's namespace; 404 when there is none.
    fn get<'a>(
        &'a self,
        ctx: &'a RequestContext,
        name: &'a str,
        options: &'a GetOptions,
    ) -> impl Future<Output = Result<Object<Self::Object>>> + Send + 'a;
}

/// Lists objects (contract 1.10, 4.8).
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot list objects",
    label = "does not implement `rest::Lister`",
    note = "the derive writes the impl for `list`, and leaves `list = custom` to you"
)]
pub trait Lister: TableConvertor {
    /// Lists what the options select in the context's namespace, or in all of them when that is empty.
    fn list<'a>(
        &'a self,
        ctx: &'a RequestContext,
        options: &'a ListOptions,
    ) -> impl Future<Output = Result<ObjectList<Self::Object>>> + Send + 'a;
}

/// Shows an object as a row of a table (contract 1.13, 10).
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot show objects as rows of a table",
    label = "does not implement `rest::TableConvertor`",
    note = "`impl rest::TableConvertor for {Self} {{}}` shows the columns of the kind"
)]
pub trait TableConvertor: Storage {
    /// The columns after Name. The default takes those of `printcolumn`, or Age when there are none.
    fn columns(&self) -> Vec<Column> {
        crate::table::columns(&Self::Object::INFO)
    }

    /// The cells of an object, one per column. The default reads each column's JSON path.
    fn cells(&self, object: &Object<Self::Object>) -> Result<Vec<Cell>> {
        crate::table::cells(&Self::Object::INFO, object)
    }
}

/// A cell of a table.
#[derive(Clone, Debug, PartialEq)]
pub enum Cell {
    /// A JSON value; `null` shows as `<none>`.
    Value(serde_json::Value),
    /// A point in time, shown as an age at the moment of the answer (contract 10.5, 10.6).
    Age(Option<crate::meta::Time>),
}

/// Creates an object (contract 1.17, 4.1).
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot create objects",
    label = "does not implement `rest::Creater`",
    note = "the derive writes the impl for `create`, and leaves `create = custom` to you"
)]
pub trait Creater: Storage {
    /// Stores a new object. `create_validation` runs last before the write, as validating admission does.
    fn create<'a>(
        &'a self,
        ctx: &'a RequestContext,
        object: Self::Object,
        create_validation: &'a dyn ValidateObject,
        options: &'a CreateOptions,
    ) -> impl Future<Output = Result<Object<Self::Object>>> + Send + 'a;
}

/// Creates by name, through a subresource: an action upon the object that the path names (contract 1.18).
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot create objects by name",
    label = "does not implement `rest::NamedCreater`",
    note = "`verbs(create)` of a subresource leaves the impl to you"
)]
pub trait NamedCreater: Storage {
    /// Does what the object says to the object of that name in the context's namespace. `create_validation` runs last
    /// before a write, as validating admission does. The answer has code 201.
    fn create(
        &self,
        ctx: &RequestContext,
        name: &str,
        object: Self::Object,
        create_validation: &dyn ValidateObject,
        options: &CreateOptions,
    ) -> impl Future<Output = Result<Created<Self::Object>>> + Send;
}

/// What an action has to show for itself. Both are made with `into`:
///
/// ```
/// # use resourceful::errors::{Details, Status};
/// # use resourceful::prelude::*;
/// use resourceful::rest::Created;
///
/// fn watered<T: Resource>(watering: T) -> resourceful::Result<Created<T>> {
///     Ok(Object::new(watering)?.into())
/// }
///
/// fn evicted<T>() -> Created<T> {
///     Status::success(Details::default()).into()
/// }
/// ```
#[derive(Debug)]
pub enum Created<T> {
    /// The object that was sent, or what became of it.
    Object(Object<T>),
    /// That it was done, as an eviction says in Kubernetes. A code of 0 becomes 201.
    Status(Box<Status>),
}

impl<T> From<Object<T>> for Created<T> {
    fn from(object: Object<T>) -> Self {
        Self::Object(object)
    }
}

impl<T> From<Status> for Created<T> {
    fn from(status: Status) -> Self {
        Self::Status(Box::new(status))
    }
}

/// Updates an object (contract 1.21, 4.12).
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot update objects",
    label = "does not implement `rest::Updater`",
    note = "the derive writes the impl for `update`, and leaves `update = custom` and `update` of a subresource to you"
)]
pub trait Updater: Storage {
    /// Replaces the object of that name by what `object_info` makes of the stored one, as often as other writers are
    /// faster. Returns the result and whether it was created.
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
    ) -> impl Future<Output = Result<(Object<Self::Object>, bool)>> + Send + 'a;
}

/// Deletes an object, at once or in steps (contract 1.14, 4.28).
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot delete objects",
    label = "does not implement `rest::GracefulDeleter`",
    note = "the derive writes the impl for `delete`, and leaves `delete = custom` to you"
)]
pub trait GracefulDeleter: Storage {
    /// Deletes the object of that name. `delete_validation` sees the object as it is stored.
    fn delete<'a>(
        &'a self,
        ctx: &'a RequestContext,
        name: &'a str,
        delete_validation: &'a dyn ValidateObject,
        options: DeleteOptions,
    ) -> impl Future<Output = Result<Deleted<Self::Object>>> + Send + 'a;
}

/// How a delete ended.
#[derive(Debug)]
pub enum Deleted<T> {
    /// The object is gone; the answer is this status (contract 4.34).
    Now(Box<Status>),
    /// The object waits for its finalizers or its grace period; the answer is the object.
    Pending(Object<T>),
}

/// Deletes all objects that a list selects (contract 1.16, 4.43).
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot delete collections",
    label = "does not implement `rest::CollectionDeleter`",
    note = "the derive writes the impl for `deletecollection`, and leaves `deletecollection = custom` to you"
)]
pub trait CollectionDeleter: Storage {
    /// Deletes what the list options select, each with a copy of the delete options, and returns what was listed.
    fn delete_collection<'a>(
        &'a self,
        ctx: &'a RequestContext,
        delete_validation: &'a dyn ValidateObject,
        options: DeleteOptions,
        list_options: &'a ListOptions,
    ) -> impl Future<Output = Result<ObjectList<Self::Object>>> + Send + 'a;
}

/// Streams changes (contract 1.24, 5.D).
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot watch objects",
    label = "does not implement `rest::Watcher`",
    note = "the derive writes the impl for `watch`, and leaves `watch = custom` to you"
)]
pub trait Watcher: Storage {
    /// Watches what the options select. An error here is an HTTP error; later ones are events (contract 6.50).
    fn watch<'a>(
        &'a self,
        ctx: &'a RequestContext,
        options: &'a ListOptions,
    ) -> impl Future<Output = Result<WatchStream<Self::Object>>> + Send + 'a;
}

/// Creates and updates (contract 1.22).
pub trait CreaterUpdater: Creater + Updater {}
impl<R: Creater + Updater> CreaterUpdater for R {}

/// Can be patched: a patch has no storage method of its own (contract 1.23).
pub trait Patcher: Getter + Updater {}
impl<R: Getter + Updater> Patcher for R {}

/// Everything that a stored kind offers (contract 1.25).
pub trait StandardStorage:
    Scoper + Getter + Lister + CreaterUpdater + GracefulDeleter + CollectionDeleter + Watcher
{
}
impl<R: Scoper + Getter + Lister + CreaterUpdater + GracefulDeleter + CollectionDeleter + Watcher>
    StandardStorage for R
{
}
