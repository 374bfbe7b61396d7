//! Other kinds of the same store, looked up by typed code: what client-go calls a lister.
//!
//! A hook is not async and cannot wait until a collection is loaded, which happens once. So a lookup that comes too early
//! is noted in the request's context; the pipeline then loads what was missing and runs the hooks again.

use std::any::{Any, TypeId};
use std::collections::HashMap;
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use super::codec::{self, JsonHeader};
use super::errors::storage_error;
use super::{DynKind, Kind, prefix};
use crate::context::RequestContext;
use crate::errors::{Error, Result};
use crate::resource::Resource;
use crate::selector::LabelSelector;
use crate::storage::{Collection, Snapshot, Store, Stored};

/// The objects of a kind as the store holds them, decoded once for each time they are written.
///
/// A hook of a [`Strategy`](crate::Strategy) and an admission plug-in get one from
/// [`RequestContext::lister`]; other code makes one with [`Lister::new`]. A lookup reads memory: it
/// waits for nothing, sees every write that the embedded engine and the memory engine have acknowledged, and decodes an
/// object only the first time. On an engine that others write to as well it may lag behind them, as an informer does.
///
/// The kind's objects are loaded into memory by the first request for them, or the first lookup. A hook or a plug-in that
/// comes before that gets an error, and is run again once they are there, so that its answer counts only when the lookup
/// had one. When they cannot be loaded, as from a dead store, the request fails with the status that a list would get.
/// An `after_*` hook is not run again; there the error stays.
///
/// ```
/// use resourceful::prelude::*;
/// use resourceful::selector::LabelSelector;
/// # use resourceful::Registry;
/// # use resourceful::rest::ValidateAllObjects;
/// # #[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
/// # struct Disk { metadata: ObjectMeta }
/// # impl Resource for Disk {
/// #     const INFO: ResourceInfo = ResourceInfo::cluster("example.com", "v1", "Disk", "disks", "disk");
/// #     type Metadata = ObjectMeta;
/// #     fn metadata(&self) -> &ObjectMeta { &self.metadata }
/// #     fn metadata_mut(&mut self) -> &mut ObjectMeta { &mut self.metadata }
/// # }
/// # #[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
/// # struct Volume { metadata: ObjectMeta, disk: String }
/// # impl Resource for Volume {
/// #     const INFO: ResourceInfo = ResourceInfo::cluster("example.com", "v1", "Volume", "volumes", "volume");
/// #     type Metadata = ObjectMeta;
/// #     fn metadata(&self) -> &ObjectMeta { &self.metadata }
/// #     fn metadata_mut(&mut self) -> &mut ObjectMeta { &mut self.metadata }
/// # }
/// struct VolumeStrategy;
///
/// impl Strategy for VolumeStrategy {
///     type Object = Volume;
///
///     fn validate(&self, ctx: &RequestContext, volume: &Volume) -> ErrorList {
///         let path = field::Path::new("disk");
///         match ctx.lister::<Disk>().get("", &volume.disk) {
///             Ok(Some(_)) => ErrorList::new(),
///             Ok(None) => field::Error::not_found(path, &volume.disk).into(),
///             Err(error) => field::Error::internal(path, error).into(),
///         }
///     }
/// }
/// # async fn example() -> resourceful::Result<()> {
/// # let store = Store::memory();
/// # let volumes = Registry::new(&store, VolumeStrategy);
/// # let volume = Volume { metadata: ObjectMeta::named("v"), disk: "sda".into() };
/// # let (ctx, all, options) = (RequestContext::cluster(), &ValidateAllObjects, CreateOptions::default());
/// # let error = volumes.create(&ctx, volume, all, &options).await.unwrap_err();
/// # assert_eq!(error.message(), "Volume.example.com \"v\" is invalid: disk: Not found: \"sda\"");
/// # Ok(())
/// # }
/// # tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(example()).unwrap();
/// ```
pub struct Lister<T> {
    objects: Option<Arc<Objects<T>>>,
    /// The request that looks things up, when hooks do.
    ctx: Option<RequestContext>,
}

/// The objects of a kind, as bytes and decoded.
struct Objects<T> {
    kind: Arc<Kind<T>>,
    collection: Collection,
}

impl<T: Resource> Lister<T> {
    /// The objects of a kind on a store. Await [`load`](Self::load) before the first lookup.
    pub fn new(store: &Store) -> Self {
        Self { objects: Some(Arc::new(Objects::new(store))), ctx: None }
    }

    /// Loads the objects into memory, if they are not there; 500 when the store cannot be reached.
    pub async fn load(&self) -> Result<()> {
        let loaded = self.objects()?.collection.load().await;
        loaded.map_err(|error| storage_error(&T::INFO, "list", "", error))
    }

    /// The object of that name; the namespace of a cluster-scoped kind means nothing.
    ///
    /// Fails with 500 when the objects are not loaded, and when the stored bytes do not fit the type.
    pub fn get(&self, namespace: &str, name: &str) -> Result<Option<Arc<T>>> {
        let objects = self.objects()?;
        let found = self.snapshot(objects)?.get(&codec::key(scoped::<T>(namespace), name)).cloned();
        found.map(|stored| objects.decode(&stored)).transpose()
    }

    /// The objects in a namespace, or in all of them when that is empty, whose labels match; sorted by namespace and name.
    ///
    /// Fails as [`get`](Self::get) does.
    pub fn list(&self, namespace: &str, labels: &LabelSelector) -> Result<Vec<Arc<T>>> {
        let objects = self.objects()?;
        let snapshot = self.snapshot(objects)?;
        let prefix = match scoped::<T>(namespace) {
            "" => String::new(),
            namespace => format!("{namespace}/"),
        };
        let selected = snapshot.range(&prefix, "").filter(|stored| labels.matches(stored.header()));
        selected.map(|stored| objects.decode(stored)).collect()
    }

    fn objects(&self) -> Result<&Arc<Objects<T>>> {
        self.objects.as_ref().ok_or_else(|| {
            Error::internal(format!("{} cannot be looked up: the request has no store", T::INFO.plural))
        })
    }

    fn snapshot(&self, objects: &Objects<T>) -> Result<Snapshot> {
        objects.collection.current().ok_or_else(|| {
            if let Some(ctx) = &self.ctx {
                ctx.note_missing((objects.kind.info(), objects.collection.clone()));
            }
            Error::internal(format!("{} are not loaded yet", T::INFO.plural))
        })
    }
}

impl<T: Resource> Objects<T> {
    fn new(store: &Store) -> Self {
        let kind = Arc::new(Kind::<T>::new());
        let header = JsonHeader(Arc::<Kind<T>>::clone(&kind));
        let collection = store.collection(&prefix(kind.info()), Arc::new(header));
        Self { kind, collection }
    }

    /// The object in its type, decoded the first time.
    fn decode(&self, stored: &Stored) -> Result<Arc<T>> {
        let decode = || -> Result<Arc<T>> {
            let object = codec::decode(&*self.kind, stored)?.downcast();
            object
                .map(Arc::from)
                .ok_or_else(|| Error::internal(format!("the object is not a {}", T::INFO.kind)))
        };
        Result::clone(&*stored.memo(decode))
    }
}

fn scoped<T: Resource>(namespace: &str) -> &str {
    if T::INFO.is_namespaced() { namespace } else { "" }
}

impl<T> Clone for Lister<T> {
    fn clone(&self) -> Self {
        Self { objects: self.objects.clone(), ctx: self.ctx.clone() }
    }
}

impl<T: Resource> fmt::Debug for Lister<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Lister").field(&T::INFO.kind).finish()
    }
}

/// The kinds that were looked up in a store. They stay loaded for as long as this lives.
pub(crate) struct Lookups {
    store: Store,
    kinds: Mutex<HashMap<TypeId, Arc<dyn Any + Send + Sync>>>,
}

impl Lookups {
    pub(crate) fn new(store: &Store) -> Arc<Self> {
        Arc::new(Self { store: store.clone(), kinds: Mutex::default() })
    }

    fn objects<T: Resource>(&self) -> Option<Arc<Objects<T>>> {
        let mut kinds = self.kinds.lock().unwrap_or_else(PoisonError::into_inner);
        let objects =
            kinds.entry(TypeId::of::<T>()).or_insert_with(|| Arc::new(Objects::<T>::new(&self.store)));
        Arc::clone(objects).downcast().ok()
    }
}

impl fmt::Debug for Lookups {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Lookups").field(&self.store).finish()
    }
}

impl RequestContext {
    /// Looks up objects of a kind, its own or another, in the store of the request.
    ///
    /// Inside of hooks and plug-ins, and of handlers that a server calls. A context that was just made has no store, so
    /// that every lookup fails.
    pub fn lister<T: Resource>(&self) -> Lister<T> {
        Lister { objects: self.lookups().and_then(|lookups| lookups.objects()), ctx: Some(self.clone()) }
    }

    /// Loads what hooks looked up in vain, and says whether there was anything: then they are to be run again.
    pub(crate) async fn load_missing(&self) -> Result<bool> {
        let missing = self.take_missing();
        for (info, collection) in &missing {
            collection.load().await.map_err(|error| storage_error(info, "list", "", error))?;
        }
        Ok(!missing.is_empty())
    }
}
