//! Pods, hosts, and short ways to store and watch them.

use std::sync::Arc;

use resourceful::errors::{CauseType, Error};
use resourceful::options::ResourceVersionMatch;
use resourceful::prelude::*;
use resourceful::rest::{DefaultUpdatedObjectInfo, Deleted, UpdatedObjectInfo, ValidateAllObjects};
use resourceful::selector::{FieldSelector, LabelSelector};
use resourceful::storage::{Engine, Range, Record, StorageError, Value, Write};
use resourceful::watch::{WatchEvent, WatchStream};
use resourceful::{Registry, Result};

pub(crate) const ALL: &ValidateAllObjects = &ValidateAllObjects;

/// A namespaced kind.
#[derive(Resource, Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[resource(group = "storage.example.com", version = "v1", namespaced, selectable = ".spec.nodeName")]
#[resource(strategy = PodStrategy)]
pub(crate) struct Pod {
    pub(crate) metadata: ObjectMeta,
    #[serde(default)]
    pub(crate) spec: Spec,
}

/// A cluster-scoped kind.
#[derive(Resource, Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[resource(group = "storage.example.com", version = "v1", selectable = ".spec.nodeName")]
#[resource(strategy = HostStrategy)]
pub(crate) struct Host {
    pub(crate) metadata: ObjectMeta,
    #[serde(default)]
    pub(crate) spec: Spec,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Spec {
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub(crate) node_name: String,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub(crate) note: String,
}

/// As upstream's storage: an update creates what is not there, and needs no revision.
#[derive(Debug, Default)]
pub(crate) struct PodStrategy;

impl Strategy for PodStrategy {
    type Object = Pod;

    fn allow_create_on_update(&self) -> bool {
        true
    }

    fn allow_unconditional_update(&self) -> bool {
        true
    }
}

#[derive(Debug, Default)]
pub(crate) struct HostStrategy;

impl Strategy for HostStrategy {
    type Object = Host;

    fn allow_create_on_update(&self) -> bool {
        true
    }

    fn allow_unconditional_update(&self) -> bool {
        true
    }
}

/// What both kinds have.
pub(crate) trait Sample:
    Resource<Metadata = ObjectMeta> + Clone + PartialEq + std::fmt::Debug
{
    fn named(name: &str) -> Self;
    fn spec(&mut self) -> &mut Spec;

    fn on_node(mut self, node: &str) -> Self {
        node.clone_into(&mut self.spec().node_name);
        self
    }

    fn note(mut self, note: &str) -> Self {
        note.clone_into(&mut self.spec().note);
        self
    }

    fn label(mut self, key: &str, value: &str) -> Self {
        self.metadata_mut().labels.insert(key.to_owned(), value.to_owned());
        self
    }

    fn revision(&self) -> u64 {
        self.metadata().resource_version.parse().expect("a stored object has a revision")
    }

    fn name(&self) -> String {
        self.metadata().name.clone()
    }
}

impl Sample for Pod {
    fn named(name: &str) -> Self {
        Self { metadata: ObjectMeta::named(name), ..Self::default() }
    }

    fn spec(&mut self) -> &mut Spec {
        &mut self.spec
    }
}

impl Sample for Host {
    fn named(name: &str) -> Self {
        Self { metadata: ObjectMeta::named(name), ..Self::default() }
    }

    fn spec(&mut self) -> &mut Spec {
        &mut self.spec
    }
}

/// A store on an engine, and its kinds.
#[derive(Clone)]
pub(crate) struct World {
    pub(crate) engine: Arc<dyn Engine>,
    pub(crate) store: Store,
    pub(crate) pods: Objects<Pod>,
    pub(crate) hosts: Objects<Host>,
}

impl World {
    pub(crate) fn on(engine: Arc<dyn Engine>) -> Self {
        let opened = Arc::clone(&engine);
        let store = Store::lazy(move || {
            let engine = Arc::clone(&opened);
            Box::pin(async { Ok(engine) })
        });
        Self::with(engine, store)
    }

    fn with(engine: Arc<dyn Engine>, store: Store) -> Self {
        let ctx = RequestContext::cluster;
        let pods = Objects { registry: Registry::new(&store, PodStrategy), ctx: ctx() };
        let hosts = Objects { registry: Registry::new(&store, HostStrategy), ctx: ctx() };
        Self { engine, store, pods, hosts }
    }

    /// The same, with logs that keep less or more.
    pub(crate) fn with_history(self, history: resourceful::storage::History) -> Self {
        let Self { engine, store, pods, hosts } = self;
        // The collections that know the old history must be gone.
        drop((pods, hosts));
        Self::with(engine, store.with_history(history))
    }

    /// Moves the store's revision ahead by a write of another kind, and returns it.
    pub(crate) async fn bump(&self) -> u64 {
        let note = format!("after {}", self.revision().await);
        self.hosts.put(Host::named("bump").note(&note)).await.revision()
    }

    pub(crate) async fn revision(&self) -> u64 {
        self.store.revision().await.expect("revision")
    }

    pub(crate) async fn compact(&self, revision: u64) {
        self.store.compact(revision).await.expect("compact");
    }

    /// What the engine holds.
    pub(crate) async fn records(&self) -> Vec<Record> {
        self.engine.range(Range::default()).await.expect("range").records
    }

    /// Writes bytes at the place of a pod, past everything above the engine. `None` removes what is there.
    pub(crate) async fn write_bytes(&self, key: &str, value: Option<Value>) -> Result<u64, StorageError> {
        let key = format!("/storage.example.com/pods/{key}");
        let records = self.records().await;
        let expected = records.iter().find(|record| record.key == key).map_or(0, |record| record.revision);
        let write = match value {
            Some(value) => Write::put(key, expected, value),
            None => Write::delete(key, expected),
        };
        self.engine.commit(write).await
    }
}

/// The objects of a kind, in a namespace or in all of them.
#[derive(Clone)]
pub(crate) struct Objects<T> {
    pub(crate) registry: Registry<T>,
    pub(crate) ctx: RequestContext,
}

impl<T: Sample> Objects<T> {
    pub(crate) fn in_namespace(&self, namespace: &str) -> Self {
        let ctx = if namespace.is_empty() {
            RequestContext::cluster()
        } else {
            RequestContext::namespaced(namespace)
        };
        Self { registry: self.registry.clone(), ctx }
    }

    pub(crate) async fn try_create(&self, object: T) -> Result<T> {
        self.registry.create(&self.ctx, object, ALL, &CreateOptions::default()).await?.decode()
    }

    pub(crate) async fn create(&self, object: T) -> T {
        self.try_create(object).await.expect("create")
    }

    pub(crate) async fn try_get(&self, name: &str, revision: &str) -> Result<T> {
        let options = GetOptions { resource_version: revision.to_owned() };
        self.registry.get(&self.ctx, name, &options).await?.decode()
    }

    pub(crate) async fn get(&self, name: &str) -> T {
        self.try_get(name, "").await.expect("get")
    }

    pub(crate) async fn try_update(&self, name: &str, info: &dyn UpdatedObjectInfo) -> Result<T> {
        let options = UpdateOptions::default();
        self.registry.update(&self.ctx, name, info, ALL, ALL, false, &options).await?.0.decode()
    }

    /// Stores an object whether or not it is there.
    pub(crate) async fn put(&self, object: T) -> T {
        let name = object.name();
        self.try_update(&name, &DefaultUpdatedObjectInfo::replace(object)).await.expect("put")
    }

    pub(crate) async fn change(&self, name: &str, change: impl Fn(T) -> T + Send + Sync + 'static) -> T {
        let change = DefaultUpdatedObjectInfo::change(move |object| Ok(change(object)));
        self.try_update(name, &change).await.expect("update")
    }

    pub(crate) async fn try_delete(&self, name: &str, options: DeleteOptions) -> Result<Deleted<T>> {
        self.registry.delete(&self.ctx, name, ALL, options).await
    }

    pub(crate) async fn delete(&self, name: &str) {
        self.try_delete(name, DeleteOptions::default()).await.expect("delete");
    }

    pub(crate) async fn list(&self, options: &ListOptions) -> Result<ObjectList<T>> {
        self.registry.list(&self.ctx, options).await
    }

    pub(crate) async fn watch(&self, options: ListOptions) -> Events<T> {
        let options = ListOptions { watch: true, ..options };
        Events { stream: self.registry.watch(&self.ctx, &options).await.expect("the watch opens") }
    }

    pub(crate) async fn watch_from(&self, revision: u64) -> Events<T> {
        self.watch(at(revision)).await
    }
}

/// Options with a revision.
#[allow(clippy::needless_pass_by_value, reason = "a number or a text")]
pub(crate) fn at(revision: impl ToString) -> ListOptions {
    ListOptions { resource_version: revision.to_string(), ..ListOptions::default() }
}

/// Options with a revision that is meant exactly.
pub(crate) fn exactly(revision: u64) -> ListOptions {
    ListOptions { resource_version_match: Some(ResourceVersionMatch::Exact), ..at(revision) }
}

/// Options with the least revision.
pub(crate) fn not_older_than(revision: impl ToString) -> ListOptions {
    ListOptions { resource_version_match: Some(ResourceVersionMatch::NotOlderThan), ..at(revision) }
}

/// A watch that begins with the current objects.
pub(crate) fn initial(revision: &str) -> ListOptions {
    ListOptions { send_initial_events: Some(true), ..not_older_than(revision) }
}

pub(crate) fn fields(text: &str) -> ListOptions {
    let field_selector = FieldSelector::parse(text).expect("a good selector");
    ListOptions { field_selector, ..ListOptions::default() }
}

pub(crate) fn labels(text: &str) -> ListOptions {
    let label_selector = LabelSelector::parse(text).expect("a good selector");
    ListOptions { label_selector, ..ListOptions::default() }
}

/// The `namespace/name` of each object of a list.
pub(crate) fn keys<T: Sample>(list: &ObjectList<T>) -> Vec<String> {
    list.iter().map(|object| format!("{}/{}", object.namespace(), object.name())).collect()
}

pub(crate) fn objects<T: Sample>(list: &ObjectList<T>) -> Vec<T> {
    list.iter().map(|object| object.decode().expect("it decodes")).collect()
}

/// Whether an error is that of a revision of the future (contract 5.17).
pub(crate) fn is_too_large(error: &Error) -> bool {
    let causes = error.status().details.as_ref().map(|details| details.causes.as_slice()).unwrap_or_default();
    error.code() == 504 && causes.iter().any(|cause| cause.reason == Some(CauseType::ResourceVersionTooLarge))
}

/// What a watch shows.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Seen<T> {
    Added(T),
    Modified(T),
    Deleted(T),
    /// The revision, and whether it ends the initial events.
    Bookmark(u64, bool),
    /// The code and the message.
    Error(u16, String),
    End,
}

/// The events of a watch.
pub(crate) struct Events<T> {
    pub(crate) stream: WatchStream<T>,
}

impl<T: Sample> Events<T> {
    pub(crate) async fn next(&mut self) -> Seen<T> {
        match self.stream.next().await {
            Some(WatchEvent::Added(object)) => Seen::Added(object.decode().expect("it decodes")),
            Some(WatchEvent::Modified(object)) => Seen::Modified(object.decode().expect("it decodes")),
            Some(WatchEvent::Deleted(object)) => Seen::Deleted(object.decode().expect("it decodes")),
            Some(WatchEvent::Bookmark { revision, initial_events_end }) => {
                Seen::Bookmark(revision, initial_events_end)
            }
            Some(WatchEvent::Error(status)) => Seen::Error(status.code, status.message.clone()),
            None => Seen::End,
        }
    }
}

/// An object at another revision, as a DELETED event shows it.
pub(crate) fn at_revision<T: Sample>(mut object: T, revision: u64) -> T {
    object.metadata_mut().resource_version = revision.to_string();
    object
}
