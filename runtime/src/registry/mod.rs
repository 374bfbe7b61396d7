//! The pipelines behind the capability traits: what Go calls `registry.Store`, compiled once for all kinds.
//!
//! **Architecture invariant:** nothing in here knows HTTP. A [`Registry`] works with no server at all.

mod before_create;
mod before_delete;
mod before_update;
mod boxed;
pub(crate) mod codec;
mod continue_token;
mod create;
mod delete;
mod delete_collection;
mod errors;
mod event_stream;
mod future;
mod generation;
mod get;
mod hooks;
mod immutable;
mod kind;
pub(crate) mod layout;
mod list;
mod lister;
pub(crate) mod metadata;
mod names;
pub(crate) mod options;
mod predicate;
mod revision;
mod scale;
mod schema_validation;
mod selectable;
#[cfg(test)]
mod tests;
mod update;
mod upgrade;
mod watch;
mod watch_timer;

use std::fmt;
use std::marker::PhantomData;
use std::ops::Deref;
use std::sync::Arc;

pub(crate) use self::before_create::refuse_new;
use self::before_update::Endpoint;
pub(crate) use self::before_update::refuse_changed;
use self::codec::JsonHeader;
pub use self::future::RegistryFuture;
pub(crate) use self::hooks::DynStrategy;
pub(crate) use self::kind::{DynKind, Kind};
pub use self::lister::Lister;
pub(crate) use self::lister::Lookups;
use self::names::NameGenerator;
#[cfg(feature = "server")]
pub(crate) use self::scale::scale_errors;
pub(crate) use self::schema_validation::refuse_invalid;
use self::update::UpdateRequest;
use crate::context::RequestContext;
use crate::errors::{Error, Result};
use crate::info::ResourceInfo;
use crate::meta::validation;
use crate::object::{DynObject, Object, ObjectList};
use crate::options::{CreateOptions, DeleteOptions, GetOptions, ListOptions, UpdateOptions};
use crate::resource::Resource;
use crate::rest::{Deleted, UpdatedObjectInfo, ValidateAllObjects, ValidateObject, ValidateObjectUpdate};
use crate::storage::{Collection, Store, Stored};
use crate::strategy::Strategy;
use crate::watch::WatchStream;

/// The storage pipelines of one kind. Cheap to clone.
///
/// Every method fails with the [`Status`](crate::errors::Status) that a client would get. Besides what its own docs say:
/// 400 for a request without the namespace or the name that it needs, 504 for a revision of the future (contract 5.17),
/// 500 for a store that cannot be reached or does not hold what it should (contract 4.6, 5.12), and whatever a hook or a
/// validation callback refuses with.
///
/// This is all that a handler needs, with or without a server:
///
/// ```
/// use resourceful::prelude::*;
/// use resourceful::rest::{DefaultUpdatedObjectInfo, ValidateAllObjects};
/// use resourceful::Registry;
/// # #[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
/// # struct Disk { metadata: ObjectMeta, size: u32 }
/// # impl Resource for Disk {
/// #     const INFO: ResourceInfo = ResourceInfo::cluster("example.com", "v1", "Disk", "disks", "disk");
/// #     type Metadata = ObjectMeta;
/// #     fn metadata(&self) -> &ObjectMeta { &self.metadata }
/// #     fn metadata_mut(&mut self) -> &mut ObjectMeta { &mut self.metadata }
/// # }
/// struct DiskStrategy;
///
/// impl Strategy for DiskStrategy {
///     type Object = Disk;
/// }
///
/// # async fn example() -> resourceful::Result<()> {
/// let disks = Registry::new(&Store::memory(), DiskStrategy);
/// let ctx = RequestContext::cluster();
/// let disk = Disk { metadata: ObjectMeta::named("a"), size: 1 };
/// let disk = disks.create(&ctx, disk, &ValidateAllObjects, &CreateOptions::default()).await?;
/// assert_eq!(disk.decode()?.metadata.generation, 1);
///
/// let grow = DefaultUpdatedObjectInfo::change(|disk: Disk| Ok(Disk { size: 2, ..disk }));
/// let all = &ValidateAllObjects;
/// let (disk, created) = disks.update(&ctx, "a", &grow, all, all, false, &UpdateOptions::default()).await?;
/// assert_eq!((disk.decode()?.metadata.generation, created), (2, false));
/// # Ok(())
/// # }
/// # tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(example()).unwrap();
/// ```
pub struct Registry<T> {
    pipelines: Shared,
    kind: PhantomData<fn() -> T>,
}

/// The pipelines, shared, and behind a type that the compiler knows to be `Send` without looking inside: it would, for
/// every verb of every kind.
#[derive(Clone)]
struct Shared(Arc<dyn AsRef<Pipelines> + Send + Sync>);

impl Shared {
    fn new(store: &Store, kind: Arc<dyn DynKind>, strategy: Arc<dyn DynStrategy>) -> Self {
        Self(Arc::new(Pipelines::new(store, kind, strategy)))
    }
}

impl Deref for Shared {
    type Target = Pipelines;

    fn deref(&self) -> &Pipelines {
        (*self.0).as_ref()
    }
}

/// What the pipelines work with; nothing here is generic.
#[derive(Clone)]
pub(crate) struct Pipelines {
    kind: Arc<dyn DynKind>,
    strategy: Arc<dyn DynStrategy>,
    store: Store,
    lookups: Arc<Lookups>,
    collection: Collection,
    /// What all keys of the kind begin with in the store.
    prefix: Arc<str>,
    generate_name: NameGenerator,
}

impl AsRef<Self> for Pipelines {
    fn as_ref(&self) -> &Self {
        self
    }
}

impl Pipelines {
    fn new(store: &Store, kind: Arc<dyn DynKind>, strategy: Arc<dyn DynStrategy>) -> Self {
        let prefix = prefix(kind.info());
        Self {
            collection: store.collection(&prefix, Arc::new(JsonHeader(Arc::clone(&kind)))),
            kind,
            strategy,
            store: store.clone(),
            lookups: Lookups::new(store),
            prefix: prefix.into(),
            generate_name: names::generate,
        }
    }

    fn info(&self) -> &'static ResourceInfo {
        self.kind.info()
    }

    /// The namespace that objects of a request are in; empty for a cluster-scoped kind.
    fn namespace<'a>(&self, ctx: &'a RequestContext) -> &'a str {
        if self.info().is_namespaced() { ctx.namespace() } else { "" }
    }

    /// The key of a name, below the kind's prefix (contract 2.33).
    fn key(&self, ctx: &RequestContext, name: &str) -> Result<String> {
        let namespace = self.namespace(ctx);
        if self.info().is_namespaced() && namespace.is_empty() {
            return Err(Error::bad_request("Namespace parameter required."));
        }
        if name.is_empty() {
            return Err(Error::bad_request("Name parameter required."));
        }
        let problems = validation::path_segment_name(name, false);
        if !problems.is_empty() {
            let problems = problems.join(";");
            return Err(Error::bad_request(format!("Name parameter invalid: {name:?}: {problems}")));
        }
        Ok(codec::key(namespace, name))
    }

    /// A stored object in flight.
    fn decode(&self, stored: &Stored) -> Result<DynObject> {
        codec::decode(&*self.kind, stored)
    }

    /// The request, for hooks that look up other kinds.
    fn context(&self, ctx: &RequestContext) -> RequestContext {
        ctx.with_lookups(&self.lookups)
    }
}

/// What all keys of a kind begin with in a store.
fn prefix(info: &ResourceInfo) -> String {
    format!("/{}/{}/", info.group, info.plural)
}

impl<T: Resource> Registry<T> {
    /// The pipelines of a kind on a store, with a strategy.
    pub fn new(store: &Store, strategy: impl Strategy<Object = T>) -> Self {
        let pipelines = Shared::new(store, Arc::new(Kind::<T>::new()), Arc::new(strategy));
        Self { pipelines, kind: PhantomData }
    }

    /// The store that holds the objects, to reach other kinds in it.
    pub fn store(&self) -> &Store {
        &self.pipelines.store
    }

    /// Gets an object (contract 4.5); 404 when there is none.
    pub fn get<'a>(
        &'a self,
        ctx: &'a RequestContext,
        name: &'a str,
        options: &'a GetOptions,
    ) -> RegistryFuture<'a, Object<T>> {
        RegistryFuture::new(self.pipelines.get_boxed(ctx, name, options))
    }

    /// Lists objects (contract 4.8); 410 when the revision or the page is too old (contract 5.20 to 5.24), 422 for options
    /// that contradict each other (contract 5.15).
    pub fn list<'a>(
        &'a self,
        ctx: &'a RequestContext,
        options: &'a ListOptions,
    ) -> RegistryFuture<'a, ObjectList<T>> {
        RegistryFuture::new(self.pipelines.list_boxed(ctx, options))
    }

    /// Creates an object (contract 4.1); 409 when the name is taken, 422 when the object is invalid.
    pub fn create<'a>(
        &'a self,
        ctx: &'a RequestContext,
        object: T,
        create_validation: &'a dyn ValidateObject,
        options: &'a CreateOptions,
    ) -> RegistryFuture<'a, Object<T>> {
        RegistryFuture::new(self.pipelines.create_boxed(ctx, Box::new(object), create_validation, options))
    }

    /// Updates an object through the main endpoint, and says whether it was created (contract 4.12); 404 when there is none
    /// and the kind does not create on update, 409 when the object is no longer as the update expects it, 422 when the
    /// result is invalid.
    #[allow(clippy::too_many_arguments, reason = "the signature of Go's rest.Updater")]
    pub fn update<'a>(
        &'a self,
        ctx: &'a RequestContext,
        name: &'a str,
        object_info: &'a dyn UpdatedObjectInfo,
        create_validation: &'a dyn ValidateObject,
        update_validation: &'a dyn ValidateObjectUpdate,
        force_allow_create: bool,
        options: &'a UpdateOptions,
    ) -> RegistryFuture<'a, (Object<T>, bool)> {
        RegistryFuture::new(self.pipelines.update_boxed(UpdateRequest {
            ctx,
            name,
            endpoint: Endpoint::Main,
            object_info,
            create_validation,
            update_validation,
            force_allow_create,
            options,
        }))
    }

    /// Updates an object's status, and nothing else (contract 3.8). Never creates (contract 1.41). Fails as
    /// [`update`](Self::update) does.
    pub fn update_status<'a>(
        &'a self,
        ctx: &'a RequestContext,
        name: &'a str,
        object_info: &'a dyn UpdatedObjectInfo,
        update_validation: &'a dyn ValidateObjectUpdate,
        options: &'a UpdateOptions,
    ) -> RegistryFuture<'a, (Object<T>, bool)> {
        RegistryFuture::new(self.pipelines.update_boxed(UpdateRequest {
            ctx,
            name,
            endpoint: Endpoint::Status,
            object_info,
            create_validation: &ValidateAllObjects,
            update_validation,
            force_allow_create: false,
            options,
        }))
    }

    /// Deletes an object, at once or in steps (contract 4.28); 404 when there is none, 409 when a precondition does not hold
    /// (contract 4.39), 422 for options that contradict each other (contract 4.33).
    pub fn delete<'a>(
        &'a self,
        ctx: &'a RequestContext,
        name: &'a str,
        delete_validation: &'a dyn ValidateObject,
        options: DeleteOptions,
    ) -> RegistryFuture<'a, Deleted<T>> {
        RegistryFuture::new(self.pipelines.delete_boxed(ctx, name, delete_validation, options))
    }

    /// Deletes what a list selects, and returns what was listed (contract 4.43). Fails as [`list`](Self::list) and
    /// [`delete`](Self::delete) do; what was deleted until then stays deleted.
    pub fn delete_collection<'a>(
        &'a self,
        ctx: &'a RequestContext,
        delete_validation: &'a dyn ValidateObject,
        options: DeleteOptions,
        list_options: &'a ListOptions,
    ) -> RegistryFuture<'a, ObjectList<T>> {
        RegistryFuture::new(self.pipelines.delete_collection_boxed(
            ctx,
            delete_validation,
            options,
            list_options,
        ))
    }

    /// Watches what the options select (contract 5.D); 422 for options that contradict each other (contract 5.33). Once the
    /// watch is open, what fails is its last event, as 410 is for a revision that is too old (contract 5.31, 5.44). The
    /// watch needs a tokio runtime with time.
    pub fn watch<'a>(
        &'a self,
        ctx: &'a RequestContext,
        options: &'a ListOptions,
    ) -> RegistryFuture<'a, WatchStream<T>> {
        RegistryFuture::new(self.pipelines.watch_boxed(ctx, options))
    }
}

impl<T> Clone for Registry<T> {
    fn clone(&self) -> Self {
        Self { pipelines: self.pipelines.clone(), kind: PhantomData }
    }
}

impl<T> fmt::Debug for Registry<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Registry").field(&self.pipelines.kind.info().kind).finish()
    }
}
