//! Two kinds, a strategy that records what it is asked, and short ways to call the verbs.

use std::sync::{Arc, Mutex, PoisonError};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::context::RequestContext;
use crate::errors::Result;
use crate::field::{self, ErrorList, Path};
use crate::info::ResourceInfo;
use crate::meta::ObjectMeta;
use crate::object::{Object, ObjectList};
use crate::options::{CreateOptions, DeleteOptions, GetOptions, ListOptions, UpdateOptions};
use crate::registry::names::NameGenerator;
use crate::registry::{Pipelines, Registry, Shared, codec};
use crate::resource::{HasStatus, Resource, StatusOperations};
use crate::rest::{DefaultUpdatedObjectInfo, Deleted, ValidateAllObjects};
use crate::selector::{FieldSelector, LabelSelector};
use crate::storage::Store;
use crate::strategy::{Finish, GarbageCollectionPolicy, NameRule, Strategy};
use crate::watch::{WatchEvent, WatchStream};

pub(super) const ALL: &ValidateAllObjects = &ValidateAllObjects;

/// A namespaced kind with a status.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub(super) struct Widget {
    pub(super) metadata: ObjectMeta,
    #[serde(default)]
    pub(super) spec: WidgetSpec,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) status: Option<WidgetStatus>,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub(super) struct WidgetSpec {
    #[serde(default)]
    pub(super) size: i64,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub(super) color: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) parts: Option<Vec<String>>,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub(super) struct WidgetStatus {
    pub(super) ready: i64,
}

impl Resource for Widget {
    const INFO: ResourceInfo =
        ResourceInfo::namespaced("demo.example.com", "v1", "Widget", "widgets", "widget")
            .status_fields(&["status"]);

    type Metadata = ObjectMeta;

    fn metadata(&self) -> &ObjectMeta {
        &self.metadata
    }

    fn metadata_mut(&mut self) -> &mut ObjectMeta {
        &mut self.metadata
    }

    fn status_operations() -> Option<StatusOperations<Self>> {
        Some(StatusOperations::of())
    }
}

impl HasStatus for Widget {
    fn copy_status(&mut self, from: &Self) {
        self.status.clone_from(&from.status);
    }

    fn clear_status(&mut self) {
        self.status = None;
    }
}

impl Widget {
    pub(super) fn named(name: &str) -> Self {
        Self { metadata: ObjectMeta::named(name), ..Self::default() }
    }

    pub(super) fn generated(prefix: &str) -> Self {
        let metadata = ObjectMeta { generate_name: prefix.into(), ..ObjectMeta::default() };
        Self { metadata, ..Self::default() }
    }

    pub(super) fn size(mut self, size: i64) -> Self {
        self.spec.size = size;
        self
    }

    pub(super) fn color(mut self, color: &str) -> Self {
        self.spec.color = color.into();
        self
    }

    pub(super) fn ready(mut self, ready: i64) -> Self {
        self.status = Some(WidgetStatus { ready });
        self
    }

    pub(super) fn meta(mut self, change: impl FnOnce(&mut ObjectMeta)) -> Self {
        change(&mut self.metadata);
        self
    }

    pub(super) fn label(self, key: &str, value: &str) -> Self {
        self.meta(|meta| drop(meta.labels.insert(key.into(), value.into())))
    }

    pub(super) fn finalizers(self, finalizers: &[&str]) -> Self {
        self.meta(|meta| meta.finalizers = finalizers.iter().map(ToString::to_string).collect())
    }
}

/// A cluster-scoped kind without a status.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub(super) struct Gizmo {
    pub(super) metadata: ObjectMeta,
    #[serde(default)]
    pub(super) phase: String,
}

impl Resource for Gizmo {
    const INFO: ResourceInfo = ResourceInfo::cluster("demo.example.com", "v1", "Gizmo", "gizmos", "gizmo");

    type Metadata = ObjectMeta;

    fn metadata(&self) -> &ObjectMeta {
        &self.metadata
    }

    fn metadata_mut(&mut self) -> &mut ObjectMeta {
        &mut self.metadata
    }
}

pub(super) struct GizmoStrategy;

impl Strategy for GizmoStrategy {
    type Object = Gizmo;

    fn name_rule(&self) -> NameRule {
        NameRule::PathSegment
    }
}

/// Does what a test asks for, and writes down which hooks run.
#[derive(Clone, Default)]
pub(super) struct WidgetStrategy {
    pub(super) calls: Calls,
    pub(super) create_on_update: bool,
    pub(super) unconditional: bool,
    /// The grace period of a delete that does not name one.
    pub(super) grace: Option<i64>,
    pub(super) policy: GarbageCollectionPolicy,
}

#[derive(Clone, Default)]
pub(super) struct Calls(Arc<Mutex<Vec<String>>>);

impl Calls {
    pub(super) fn add(&self, call: impl Into<String>) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).push(call.into());
    }

    pub(super) fn take(&self) -> Vec<String> {
        std::mem::take(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }

    fn finish(&self, name: &'static str) -> Finish {
        let calls = self.clone();
        Finish::with(move |stored| calls.add(format!("{name} {stored}")))
    }
}

fn validate_spec(widget: &Widget) -> ErrorList {
    let path = Path::new("spec");
    let mut errors = ErrorList::new();
    if widget.spec.size < 0 {
        let why = "must be greater than or equal to 0";
        errors.push(field::Error::invalid(path.child("size"), widget.spec.size, why));
    }
    if widget.spec.color == "infrared" {
        errors.push(field::Error::forbidden(path.child("color"), "nobody sees it"));
    }
    errors
}

fn warn_of(widget: &Widget) -> Vec<String> {
    if widget.spec.color == "red" { vec!["red fades".into()] } else { Vec::new() }
}

impl Strategy for WidgetStrategy {
    type Object = Widget;

    fn begin_create(&self, _: &RequestContext, widget: &Widget, _: &CreateOptions) -> Result<Finish> {
        assert!(!widget.metadata.uid.is_empty() && widget.metadata.creation_timestamp.is_some());
        self.calls.add("begin_create");
        Ok(self.calls.finish("finish_create"))
    }

    fn prepare_for_create(&self, _: &RequestContext, _: &mut Widget) {
        self.calls.add("prepare_for_create");
    }

    fn validate(&self, _: &RequestContext, widget: &Widget) -> ErrorList {
        self.calls.add("validate");
        validate_spec(widget)
    }

    fn warnings_on_create(&self, _: &RequestContext, widget: &Widget) -> Vec<String> {
        self.calls.add("warnings_on_create");
        warn_of(widget)
    }

    fn canonicalize(&self, widget: &mut Widget) {
        self.calls.add("canonicalize");
        widget.spec.color = widget.spec.color.to_lowercase();
    }

    fn after_create(&self, _: &RequestContext, widget: &Widget, options: &CreateOptions) {
        let dry_run = if options.dry_run { " dry" } else { "" };
        let revision = if widget.metadata.resource_version.is_empty() { " unstored" } else { "" };
        self.calls.add(format!("after_create{dry_run}{revision}"));
    }

    fn begin_update(&self, _: &RequestContext, _: &Widget, _: &Widget, _: &UpdateOptions) -> Result<Finish> {
        self.calls.add("begin_update");
        Ok(self.calls.finish("finish_update"))
    }

    fn prepare_for_update(&self, _: &RequestContext, _: &mut Widget, _: &Widget) {
        self.calls.add("prepare_for_update");
    }

    fn validate_update(&self, _: &RequestContext, widget: &Widget, old: &Widget) -> ErrorList {
        self.calls.add("validate_update");
        let mut errors = validate_spec(widget);
        if old.spec.color == "black" && widget.spec.color != "black" {
            errors.push(field::Error::immutable(Path::new("spec").child("color"), &widget.spec.color));
        }
        errors
    }

    fn warnings_on_update(&self, _: &RequestContext, widget: &Widget, _: &Widget) -> Vec<String> {
        self.calls.add("warnings_on_update");
        warn_of(widget)
    }

    fn after_update(&self, _: &RequestContext, _: &Widget, _: &UpdateOptions) {
        self.calls.add("after_update");
    }

    fn allow_create_on_update(&self) -> bool {
        self.create_on_update
    }

    fn allow_unconditional_update(&self) -> bool {
        self.unconditional
    }

    fn prepare_for_status_update(&self, _: &RequestContext, _: &mut Widget, _: &Widget) {
        self.calls.add("prepare_for_status_update");
    }

    fn validate_status_update(&self, _: &RequestContext, widget: &Widget, _: &Widget) -> ErrorList {
        self.calls.add("validate_status_update");
        match &widget.status {
            Some(WidgetStatus { ready }) if *ready < 0 => {
                field::Error::invalid(Path::new("status").child("ready"), ready, "must not be negative")
                    .into()
            }
            _ => ErrorList::new(),
        }
    }

    fn warnings_on_status_update(&self, _: &RequestContext, _: &Widget, _: &Widget) -> Vec<String> {
        self.calls.add("warnings_on_status_update");
        Vec::new()
    }

    fn check_graceful_delete(&self, _: &RequestContext, _: &Widget, options: &mut DeleteOptions) -> bool {
        self.calls.add("check_graceful_delete");
        if self.grace.is_some() && options.grace_period_seconds.is_none() {
            options.grace_period_seconds = self.grace;
        }
        self.grace.is_some()
    }

    fn default_garbage_collection_policy(&self) -> GarbageCollectionPolicy {
        self.policy
    }

    fn after_delete(&self, _: &RequestContext, _: &Widget, _: &DeleteOptions) {
        self.calls.add("after_delete");
    }
}

/// Widgets in the namespace `ns1` of a store of their own.
#[derive(Clone)]
pub(super) struct Widgets {
    pub(super) registry: Registry<Widget>,
    pub(super) ctx: RequestContext,
}

impl Widgets {
    pub(super) fn new() -> Self {
        Self::with(WidgetStrategy::default())
    }

    pub(super) fn with(strategy: WidgetStrategy) -> Self {
        Self::on(&Store::memory(), strategy)
    }

    pub(super) fn on(store: &Store, strategy: WidgetStrategy) -> Self {
        Self { registry: Registry::new(store, strategy), ctx: RequestContext::namespaced("ns1") }
    }

    pub(super) fn in_namespace(&self, namespace: &str) -> Self {
        Self { registry: self.registry.clone(), ctx: RequestContext::namespaced(namespace) }
    }

    pub(super) fn set_name_generator(&mut self, generate_name: NameGenerator) {
        let pipelines = Pipelines { generate_name, ..Pipelines::clone(&self.registry.pipelines) };
        self.registry.pipelines = Shared(Arc::new(pipelines));
    }

    pub(super) async fn create(&self, widget: Widget) -> Result<Widget> {
        let created = self.registry.create(&self.ctx, widget, ALL, &CreateOptions::default()).await?;
        created.decode()
    }

    pub(super) async fn get(&self, name: &str) -> Result<Widget> {
        self.registry.get(&self.ctx, name, &GetOptions::default()).await?.decode()
    }

    /// As a PUT does.
    pub(super) async fn put(&self, widget: Widget) -> Result<Widget> {
        self.put_with(widget, &UpdateOptions::default()).await
    }

    pub(super) async fn put_with(&self, widget: Widget, options: &UpdateOptions) -> Result<Widget> {
        let name = widget.metadata.name.clone();
        let replace = DefaultUpdatedObjectInfo::replace(widget);
        let put = self.registry.update(&self.ctx, &name, &replace, ALL, ALL, false, options);
        put.await?.0.decode()
    }

    pub(super) async fn put_status(&self, widget: Widget) -> Result<Widget> {
        let name = widget.metadata.name.clone();
        let replace = DefaultUpdatedObjectInfo::replace(widget);
        let options = UpdateOptions::default();
        self.registry.update_status(&self.ctx, &name, &replace, ALL, &options).await?.0.decode()
    }

    /// Stores an object as it is, past all rules.
    pub(super) async fn force(&self, mut widget: Widget) -> Widget {
        let collection = &self.registry.pipelines.collection;
        let name = widget.metadata.name.clone();
        let current = collection.snapshot().await.unwrap().get(&format!("ns1/{name}")).cloned().unwrap();
        collection.replace(&current, codec::encode(&mut widget).unwrap()).await.unwrap();
        self.get(&name).await.unwrap()
    }

    pub(super) async fn delete(&self, name: &str) -> Result<Deleted<Widget>> {
        self.delete_with(name, DeleteOptions::default()).await
    }

    pub(super) async fn delete_with(&self, name: &str, options: DeleteOptions) -> Result<Deleted<Widget>> {
        self.registry.delete(&self.ctx, name, ALL, options).await
    }

    pub(super) async fn list(&self, options: &ListOptions) -> Result<ObjectList<Widget>> {
        self.registry.list(&self.ctx, options).await
    }

    /// The newest revision.
    pub(super) async fn revision(&self) -> u64 {
        self.list(&ListOptions::default()).await.unwrap().revision()
    }

    /// The changes after a revision.
    pub(super) async fn watch_after(&self, revision: u64) -> WatchStream<Widget> {
        let options = ListOptions { resource_version: revision.to_string(), ..ListOptions::default() };
        self.registry.watch(&self.ctx, &options).await.unwrap()
    }
}

pub(super) fn labels(text: &str) -> ListOptions {
    ListOptions { label_selector: LabelSelector::parse(text).unwrap(), ..ListOptions::default() }
}

pub(super) fn fields(text: &str) -> ListOptions {
    ListOptions { field_selector: FieldSelector::parse(text).unwrap(), ..ListOptions::default() }
}

pub(super) fn names<T>(list: &ObjectList<T>) -> Vec<String> {
    list.iter().map(|object| object.name().to_owned()).collect()
}

/// The object of a delete that waits.
pub(super) fn pending(deleted: Deleted<Widget>) -> Widget {
    match deleted {
        Deleted::Pending(object) => object.decode().unwrap(),
        Deleted::Now(status) => panic!("deleted at once: {status:?}"),
    }
}

/// The type, name and revision of the next event.
pub(super) async fn next(watch: &mut WatchStream<Widget>) -> (&'static str, String, u64) {
    let seen = |kind, object: Object<Widget>| (kind, object.name().to_owned(), object.revision());
    match watch.next().await {
        Some(WatchEvent::Added(object)) => seen("ADDED", object),
        Some(WatchEvent::Modified(object)) => seen("MODIFIED", object),
        Some(WatchEvent::Deleted(object)) => seen("DELETED", object),
        Some(WatchEvent::Bookmark { revision, initial_events_end: false }) => {
            ("BOOKMARK", String::new(), revision)
        }
        Some(WatchEvent::Bookmark { revision, initial_events_end: true }) => ("END", String::new(), revision),
        Some(WatchEvent::Error(status)) => ("ERROR", status.message.clone(), u64::from(status.code)),
        None => ("EOF", String::new(), 0),
    }
}

pub(super) fn revision(widget: &Widget) -> u64 {
    widget.metadata.resource_version.parse().unwrap()
}
