//! Lookups of other kinds: from hooks and from elsewhere.

use std::sync::Arc;

use super::fixture::{ALL, Calls, Gizmo, GizmoStrategy, Widget};
use crate::context::RequestContext;
use crate::errors::{Reason, Result};
use crate::field::{self, ErrorList, Path};
use crate::meta::ObjectMeta;
use crate::object::Object;
use crate::options::{CreateOptions, DeleteOptions, UpdateOptions};
use crate::registry::{Lister, Registry};
use crate::rest::{DefaultUpdatedObjectInfo, Deleted};
use crate::selector::LabelSelector;
use crate::storage::{MemoryEngine, StorageError, Store};
use crate::strategy::{Finish, Strategy};

/// Takes the color of a widget from the gizmo that is named so, in every hook that has a request.
#[derive(Clone, Default)]
struct Painter(Calls);

impl Painter {
    fn look(&self, ctx: &RequestContext, hook: &str) -> Result<()> {
        let found = ctx.lister::<Gizmo>().list("", &LabelSelector::default())?;
        self.0.add(format!("{hook} {}", found.len()));
        Ok(())
    }

    fn check(&self, ctx: &RequestContext, hook: &str) -> ErrorList {
        match self.look(ctx, hook) {
            Ok(()) => ErrorList::new(),
            Err(error) => field::Error::internal(Path::new("spec"), error).into(),
        }
    }
}

fn paint(ctx: &RequestContext, widget: &mut Widget) {
    if let Ok(Some(gizmo)) = ctx.lister::<Gizmo>().get("", &widget.spec.color) {
        widget.spec.color.clone_from(&gizmo.phase);
    }
    widget.spec.size += 1;
}

impl Strategy for Painter {
    type Object = Widget;

    fn begin_create(&self, ctx: &RequestContext, _: &Widget, _: &CreateOptions) -> Result<Finish> {
        self.look(ctx, "begin_create")?;
        let calls = self.0.clone();
        Ok(Finish::with(move |stored| calls.add(format!("finish {stored}"))))
    }

    fn prepare_for_create(&self, ctx: &RequestContext, widget: &mut Widget) {
        paint(ctx, widget);
    }

    fn validate(&self, ctx: &RequestContext, _: &Widget) -> ErrorList {
        self.check(ctx, "validate")
    }

    fn prepare_for_update(&self, ctx: &RequestContext, widget: &mut Widget, _: &Widget) {
        paint(ctx, widget);
    }

    fn validate_update(&self, ctx: &RequestContext, _: &Widget, _: &Widget) -> ErrorList {
        self.check(ctx, "validate_update")
    }

    fn validate_status_update(&self, ctx: &RequestContext, _: &Widget, _: &Widget) -> ErrorList {
        self.check(ctx, "validate_status_update")
    }

    fn check_graceful_delete(&self, ctx: &RequestContext, _: &Widget, options: &mut DeleteOptions) -> bool {
        let graceful = self.look(ctx, "check_graceful_delete").is_ok();
        options.grace_period_seconds.get_or_insert(5);
        graceful
    }
}

/// A store with a gizmo `rose` that is red and a widget `w`, both of which are not loaded.
async fn cold() -> Store {
    let engine: Arc<MemoryEngine> = Arc::new(MemoryEngine::new());
    let store = || {
        let engine = Arc::clone(&engine);
        Store::lazy(move || {
            let engine = Arc::clone(&engine);
            Box::pin(async move { Ok(engine as Arc<dyn crate::storage::Engine>) })
        })
    };
    let first = store();
    let gizmos = Registry::new(&first, GizmoStrategy);
    let rose = Gizmo { metadata: ObjectMeta::named("rose"), phase: "red".into() };
    gizmos.create(&RequestContext::cluster(), rose, ALL, &CreateOptions::default()).await.unwrap();
    let widgets = Registry::new(&first, super::fixture::WidgetStrategy::default());
    let ctx = RequestContext::namespaced("ns1");
    widgets.create(&ctx, Widget::named("w"), ALL, &CreateOptions::default()).await.unwrap();
    store()
}

async fn create(widgets: &Registry<Widget>, widget: Widget) -> Result<Widget> {
    let ctx = RequestContext::namespaced("ns1");
    widgets.create(&ctx, widget, ALL, &CreateOptions::default()).await?.decode()
}

#[tokio::test]
async fn hooks_of_a_create_see_what_was_not_loaded_and_run_once_on_what_was_sent() {
    let store = cold().await;
    let painter = Painter::default();
    let widgets = Registry::new(&store, painter.clone());
    assert!(store.is_cold());
    let widget = create(&widgets, Widget::named("x").color("rose")).await.unwrap();
    assert_eq!((widget.spec.color.as_str(), widget.spec.size), ("red", 1));
    assert_eq!(painter.0.take(), ["begin_create 1", "validate 1", "finish true"]);
    assert!(!store.is_cold(), "both kinds are loaded");
    let widget = create(&widgets, Widget::named("y").color("rose")).await.unwrap();
    assert_eq!((widget.spec.color.as_str(), widget.spec.size), ("red", 1));
}

#[tokio::test]
async fn so_do_hooks_of_updates() {
    let store = cold().await;
    let painter = Painter::default();
    let widgets = Registry::new(&store, painter.clone());
    let ctx = RequestContext::namespaced("ns1");
    let repaint = DefaultUpdatedObjectInfo::change(|widget: Widget| Ok(widget.color("rose")));
    let options = UpdateOptions::default();
    let (widget, _) = widgets.update(&ctx, "w", &repaint, ALL, ALL, false, &options).await.unwrap();
    let widget = widget.decode().unwrap();
    assert_eq!((widget.spec.color.as_str(), widget.spec.size), ("red", 1));
    assert_eq!(painter.0.take(), ["validate_update 1"]);

    let store = cold().await;
    let widgets = Registry::new(&store, painter.clone());
    let ready = DefaultUpdatedObjectInfo::change(|widget: Widget| Ok(widget.ready(1)));
    widgets.update_status(&ctx, "w", &ready, ALL, &options).await.unwrap();
    assert_eq!(painter.0.take(), ["validate_status_update 1"]);
}

#[tokio::test]
async fn so_do_hooks_of_deletes() {
    let store = cold().await;
    let painter = Painter::default();
    let widgets = Registry::new(&store, painter.clone());
    let ctx = RequestContext::namespaced("ns1");
    let deleted = widgets.delete(&ctx, "w", ALL, DeleteOptions::default()).await.unwrap();
    assert!(matches!(deleted, Deleted::Pending(_)));
    assert!(painter.0.take().iter().all(|call| call == "check_graceful_delete 1"));
}

#[tokio::test]
async fn a_lookup_sees_every_acknowledged_write_and_decodes_it_once() {
    let store = Store::memory();
    let gizmos = Registry::new(&store, GizmoStrategy);
    let ctx = RequestContext::cluster();
    let lister = Lister::<Gizmo>::new(&store);
    assert_eq!(
        lister.get("", "a").unwrap_err().message(),
        "Internal error occurred: gizmos are not loaded yet"
    );
    lister.load().await.unwrap();
    assert!(lister.get("", "a").unwrap().is_none());
    let gizmo = |phase: &str| Gizmo { metadata: ObjectMeta::named("a"), phase: phase.into() };
    gizmos.create(&ctx, gizmo("one"), ALL, &CreateOptions::default()).await.unwrap();
    let first = lister.get("ignored", "a").unwrap().unwrap();
    assert_eq!(first.phase, "one");
    assert!(!first.metadata.resource_version.is_empty());
    assert!(Arc::ptr_eq(&first, &lister.clone().get("", "a").unwrap().unwrap()));
    assert!(Arc::ptr_eq(&first, &Lister::new(&store).list("", &LabelSelector::default()).unwrap()[0]));
    for phase in ["two", "three"] {
        let change =
            DefaultUpdatedObjectInfo::change(move |old: Gizmo| Ok(Gizmo { phase: phase.into(), ..old }));
        let options = UpdateOptions::default();
        gizmos.update(&ctx, "a", &change, ALL, ALL, false, &options).await.unwrap();
        assert_eq!(lister.get("", "a").unwrap().unwrap().phase, phase);
    }
    gizmos.delete(&ctx, "a", ALL, DeleteOptions::default()).await.unwrap();
    assert!(lister.get("", "a").unwrap().is_none());
}

#[tokio::test]
async fn lists_select_by_namespace_and_labels() {
    let store = Store::memory();
    let widgets = Registry::new(&store, super::fixture::WidgetStrategy::default());
    for (namespace, name, tier) in [("ns1", "a", "front"), ("ns1", "b", "back"), ("ns10", "c", "back")] {
        let ctx = RequestContext::namespaced(namespace);
        let widget = Widget::named(name).label("tier", tier);
        widgets.create(&ctx, widget, ALL, &CreateOptions::default()).await.unwrap();
    }
    let lister = Lister::<Widget>::new(&store);
    let names = |namespace: &str, labels: &str| -> Vec<String> {
        let list = lister.list(namespace, &LabelSelector::parse(labels).unwrap()).unwrap();
        list.iter().map(|widget| widget.metadata.name.clone()).collect()
    };
    assert_eq!(names("", ""), ["a", "b", "c"]);
    assert_eq!(names("ns1", ""), ["a", "b"]);
    assert_eq!(names("", "tier=back"), ["b", "c"]);
    assert_eq!(names("ns1", "tier!=back"), ["a"]);
    assert!(lister.get("ns1", "c").unwrap().is_none());
    assert!(lister.get("", "a").unwrap().is_none(), "a name alone is no key");
    assert_eq!(lister.get("ns10", "c").unwrap().unwrap().metadata.namespace, "ns10");
}

#[tokio::test]
async fn without_a_store_nothing_is_found() {
    let error = RequestContext::cluster().lister::<Gizmo>().get("", "a").unwrap_err();
    assert_eq!(
        error.message(),
        "Internal error occurred: gizmos cannot be looked up: the request has no store"
    );
    let dead = Store::lazy(|| Box::pin(async { Err(StorageError::Unreachable("it is gone".into())) }));
    let widgets = Registry::new(&dead, Painter::default());
    let error = create(&widgets, Widget::named("x")).await.unwrap_err();
    assert_eq!((error.code(), error.reason()), (500, Reason::ServerTimeout));
    assert!(
        error
            .message()
            .starts_with("The list operation against gizmos.demo.example.com could not be completed"),
        "{error}"
    );
    let error = Lister::<Gizmo>::new(&dead).load().await.unwrap_err();
    assert_eq!(error.reason(), Reason::ServerTimeout);
}

/// A gizmo after its struct became another.
#[derive(Clone, serde::Serialize, serde::Deserialize, schemars::JsonSchema)]
struct Other {
    metadata: ObjectMeta,
    phase: u8,
}

impl crate::Resource for Other {
    const INFO: crate::ResourceInfo = Gizmo::INFO;
    type Metadata = ObjectMeta;
    fn metadata(&self) -> &ObjectMeta {
        &self.metadata
    }
    fn metadata_mut(&mut self) -> &mut ObjectMeta {
        &mut self.metadata
    }
}

#[tokio::test]
async fn what_does_not_fit_its_type_is_told() {
    let store = Store::memory();
    let gizmos = Registry::new(&store, GizmoStrategy);
    let gizmo = Gizmo { metadata: ObjectMeta::named("a"), phase: "x".into() };
    let created: Object<Gizmo> =
        gizmos.create(&RequestContext::cluster(), gizmo, ALL, &CreateOptions::default()).await.unwrap();
    assert_eq!(created.name(), "a");
    let error = Lister::<Other>::new(&store).get("", "a").err().unwrap();
    assert!(error.message().contains("the stored object \"a\" does not fit its type"), "{error}");
    assert_eq!(Lister::<Gizmo>::new(&store).get("", "a").unwrap().unwrap().phase, "x");
}
