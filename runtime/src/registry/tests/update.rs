//! Update through the main endpoint: U01 to U20 as far as they are not about HTTP.

use std::collections::BTreeSet;
use std::sync::Arc;

use serde_json::json;
use tokio::sync::Barrier;
use tokio::task::JoinSet;

use super::fixture::{ALL, Gizmo, GizmoStrategy, Widget, WidgetStrategy, Widgets, next, revision};
use crate::context::RequestContext;
use crate::errors::{Error, Reason};
use crate::meta::{ManagedFieldsEntry, ObjectMeta, Time};
use crate::object::AnyObject;
use crate::options::{CreateOptions, Preconditions, UpdateOptions};
use crate::registry::Registry;
use crate::rest::DefaultUpdatedObjectInfo;
use crate::storage::Store;
use crate::strategy::Strategy;

#[tokio::test]
async fn u01_u02_u03_what_moves_the_generation_and_the_revision() {
    let widgets = Widgets::new();
    let created = widgets.create(Widget::named("a").size(1)).await.unwrap();
    let start = revision(&created);

    let grown = widgets.put(created.size(2)).await.unwrap();
    assert!(grown.metadata.generation == 2 && revision(&grown) > start, "U01");

    let labelled = widgets.put(grown.clone().label("app", "x")).await.unwrap();
    assert!(labelled.metadata.generation == 2 && revision(&labelled) > revision(&grown), "U02");

    let mut watch = widgets.watch_after(revision(&labelled)).await;
    let same = widgets.put(labelled.clone().ready(5)).await.unwrap();
    assert_eq!(same, labelled, "U03: status is not the main endpoint's");
    widgets.create(Widget::named("b")).await.unwrap();
    assert_eq!(next(&mut watch).await.1, "b", "U03: no event");
}

#[tokio::test]
async fn empty_and_absent_fields_do_not_move_the_generation() {
    let widgets = Widgets::new();
    let created = widgets.create(Widget::named("a")).await.unwrap();
    let mut sent = created.clone();
    sent.spec.parts = Some(Vec::new());
    let updated = widgets.put(sent).await.unwrap();
    assert_eq!(updated.spec.parts, Some(Vec::new()), "it is stored as it was sent");
    assert!(revision(&updated) > revision(&created));
    assert_eq!(updated.metadata.generation, 1, "contract 3.6");
    let mut sent = updated.clone();
    sent.spec.parts = Some(vec!["lid".into()]);
    assert_eq!(widgets.put(sent).await.unwrap().metadata.generation, 2);
}

#[tokio::test]
async fn without_status_everything_but_metadata_counts() {
    let gizmos = Registry::new(&Store::memory(), GizmoStrategy);
    let ctx = RequestContext::cluster();
    let gizmo = Gizmo { metadata: ObjectMeta::named("g"), phase: "new".into() };
    gizmos.create(&ctx, gizmo, ALL, &CreateOptions::default()).await.unwrap();
    let info = DefaultUpdatedObjectInfo::change(|gizmo: Gizmo| Ok(Gizmo { phase: "old".into(), ..gizmo }));
    let options = UpdateOptions::default();
    let (gizmo, created) = gizmos.update(&ctx, "g", &info, ALL, ALL, false, &options).await.unwrap();
    let gizmo = gizmo.decode().unwrap();
    assert_eq!((gizmo.metadata.generation, gizmo.phase.as_str(), created), (2, "old", false), "contract 3.7");
}

#[tokio::test]
async fn u04_u06_a_revision_is_required_unless_the_strategy_says_otherwise() {
    for sent_revision in ["", "0"] {
        let widgets = Widgets::new();
        let widget = widgets.create(Widget::named("a")).await.unwrap();
        let sent = widget.size(2).meta(|meta| meta.resource_version = sent_revision.into());
        let error = widgets.put(sent.clone()).await.unwrap_err();
        assert_eq!((error.code(), error.reason()), (422, Reason::Invalid));
        assert_eq!(
            error.message(),
            "widgets.demo.example.com \"a\" is invalid: metadata.resourceVersion: Invalid value: 0: must be \
             specified for an update"
        );
        let details = error.status().details.as_ref().unwrap();
        assert_eq!((details.kind.as_str(), details.causes.len()), ("widgets", 1), "contract 15.1");

        let widgets = Widgets::with(WidgetStrategy { unconditional: true, ..WidgetStrategy::default() });
        let widget = widgets.create(Widget::named("a")).await.unwrap();
        let sent = widget.size(2).meta(|meta| meta.resource_version = sent_revision.into());
        assert_eq!(widgets.put(sent).await.unwrap().spec.size, 2);
    }
}

#[tokio::test]
async fn u05_u07_the_revision_must_be_the_stored_one() {
    let widgets = Widgets::new();
    let old = widgets.create(Widget::named("a")).await.unwrap();
    let current = widgets.put(old.clone().size(2)).await.unwrap();
    let at = |revision: &str| old.clone().size(3).meta(|meta| meta.resource_version = revision.into());
    for stale in [&old.metadata.resource_version, "999999"] {
        let error = widgets.put(at(stale)).await.unwrap_err();
        assert_eq!((error.code(), error.reason()), (409, Reason::Conflict));
        assert_eq!(
            error.message(),
            "Operation cannot be fulfilled on widgets.demo.example.com \"a\": the object has been modified; please \
             apply your changes to the latest version and try again"
        );
        assert_eq!(error.status().details.as_ref().unwrap().kind, "widgets");
    }
    let error = widgets.put(at("abc")).await.unwrap_err();
    assert_eq!(error.code(), 400, "contract 17");
    let text = "resourceVersion: Invalid value: \"abc\": strconv.ParseUint: parsing \"abc\": invalid syntax";
    assert_eq!(error.message(), text);
    let padded = format!("00{}", current.metadata.resource_version);
    assert_eq!(widgets.put(at(&padded)).await.unwrap().spec.size, 3, "contract 4.18");
}

#[tokio::test]
async fn u08_a_missing_object_is_not_found_unless_an_update_may_create() {
    let widgets = Widgets::new();
    let error = widgets.put(Widget::named("a")).await.unwrap_err();
    assert_eq!((error.code(), error.message()), (404, "widgets.demo.example.com \"a\" not found"));

    let widgets = Widgets::with(WidgetStrategy { create_on_update: true, ..WidgetStrategy::default() });
    let sent = Widget::named("a").size(2).ready(1).meta(|meta| {
        meta.resource_version = "77".into();
        meta.generation = 9;
    });
    let replace = DefaultUpdatedObjectInfo::replace(sent.clone());
    let options = UpdateOptions::default();
    let update = widgets.registry.update(&widgets.ctx, "a", &replace, ALL, ALL, false, &options);
    let (object, created) = update.await.unwrap();
    let widget = object.decode().unwrap();
    assert!(created && !widget.metadata.uid.is_empty());
    assert_eq!((widget.metadata.generation, widget.status, widget.spec.size), (1, None, 2), "contract 4.14");

    let update = widgets.registry.update(&widgets.ctx, "b", &replace, ALL, ALL, false, &options);
    let text = "the name of the object (a) does not match the name on the URL (b)";
    assert_eq!(update.await.unwrap_err().message(), text, "contract 4.21");
}

#[tokio::test]
async fn u08_an_apply_may_force_the_creation() {
    let widgets = Widgets::new();
    let replace = DefaultUpdatedObjectInfo::replace(Widget::named("a"));
    let refuse = |_: &RequestContext, _: &dyn AnyObject| Err(Error::bad_request("no"));
    let options = UpdateOptions::default();
    let update = widgets.registry.update(&widgets.ctx, "a", &replace, &refuse, ALL, true, &options);
    assert_eq!(update.await.unwrap_err().message(), "no", "the creation is checked as one");
    let update = widgets.registry.update(&widgets.ctx, "a", &replace, ALL, ALL, true, &options);
    assert!(update.await.unwrap().1);
}

#[tokio::test]
async fn u09_u10_a_uid_is_a_precondition_and_comes_before_the_revision() {
    let widgets = Widgets::with(WidgetStrategy { create_on_update: true, ..WidgetStrategy::default() });
    let other = Widget::named("a").meta(|meta| meta.uid = "A".into());
    let error = widgets.put(other.clone()).await.unwrap_err();
    assert_eq!(
        error.message(),
        "Operation cannot be fulfilled on widgets.demo.example.com \"a\": StorageError: invalid object, Code: 4, \
         Key: /registry/demo.example.com/widgets/ns1/a, ResourceVersion: 0, AdditionalErrorMsg: Precondition failed: UID in \
         precondition: A, UID in object meta: "
    );
    assert_eq!((error.code(), error.reason()), (409, Reason::Conflict), "U09");

    let widget = widgets.create(Widget::named("a")).await.unwrap();
    for revision in [widget.metadata.resource_version.as_str(), "1", ""] {
        let sent = other.clone().meta(|meta| meta.resource_version = revision.into());
        let error = widgets.put(sent).await.unwrap_err();
        let text = format!("UID in precondition: A, UID in object meta: {}", widget.metadata.uid);
        assert!(error.is_conflict() && error.message().ends_with(&text), "U10: {error}");
    }
}

#[tokio::test]
async fn a_revision_may_be_a_precondition_too() {
    let widgets = Widgets::new();
    widgets.create(Widget::named("a")).await.unwrap();
    let preconditions = Preconditions { resource_version: Some("1".into()), ..Preconditions::default() };
    let info = DefaultUpdatedObjectInfo::change(|widget: Widget| Ok(widget.size(2)))
        .with_preconditions(preconditions);
    let options = UpdateOptions::default();
    let update = widgets.registry.update(&widgets.ctx, "a", &info, ALL, ALL, false, &options);
    let error = update.await.unwrap_err();
    assert!(error.message().contains("ResourceVersion in precondition: 1, ResourceVersion in object meta: "));
}

#[tokio::test]
async fn u12_u13_system_metadata_is_kept_or_refused() {
    let widgets = Widgets::new();
    let widget = widgets.create(Widget::named("a").finalizers(&["example.com/f"])).await.unwrap();
    let elsewhere = widget.clone().meta(|meta| meta.namespace = "ns2".into());
    assert_eq!(widgets.put(elsewhere).await.unwrap_err().code(), 400, "U12");

    let kept = widget.clone().meta(|meta| {
        meta.generation = 99;
        meta.creation_timestamp = None;
        meta.uid.clear();
        meta.namespace.clear();
    });
    assert_eq!(widgets.put(kept).await.unwrap(), widget, "contract 2.10");

    let refused = widget.clone().meta(|meta| meta.deletion_timestamp = Some(Time::now()));
    let error = widgets.put(refused).await.unwrap_err();
    assert_eq!(error.code(), 422);
    assert!(error.message().contains("metadata.deletionTimestamp: Invalid value: "), "{error}");
    assert!(error.message().ends_with("field is immutable"), "contract 2.12");

    widgets.delete("a").await.unwrap();
    let doomed = widgets.get("a").await.unwrap();
    let refused = doomed.clone().meta(|meta| meta.deletion_grace_period_seconds = Some(9));
    let error = widgets.put(refused).await.unwrap_err();
    assert!(
        error.message().contains("metadata.deletionGracePeriodSeconds: Invalid value: 9: field is immutable")
    );
    let omitted = doomed.clone().meta(|meta| {
        meta.deletion_timestamp = None;
        meta.deletion_grace_period_seconds = None;
    });
    assert_eq!(widgets.put(omitted).await.unwrap(), doomed, "contract 2.10");
}

#[tokio::test]
async fn u14_an_identical_update_writes_nothing_and_runs_everything() {
    let strategy = WidgetStrategy::default();
    let widgets = Widgets::with(strategy.clone());
    let widget = widgets.create(Widget::named("a").size(1)).await.unwrap();
    let mut watch = widgets.watch_after(revision(&widget)).await;
    strategy.calls.take();
    let calls = strategy.calls.clone();
    let admission = move |_: &RequestContext, _: &dyn AnyObject, _: &dyn AnyObject| {
        calls.add("admission");
        Ok(())
    };
    let replace = DefaultUpdatedObjectInfo::replace(widget.clone());
    let options = UpdateOptions::default();
    let update = widgets.registry.update(&widgets.ctx, "a", &replace, ALL, &admission, false, &options);
    assert_eq!(update.await.unwrap().0.decode().unwrap(), widget);
    assert!(strategy.calls.take().contains(&"admission".to_owned()), "contract 4.24");
    widgets.create(Widget::named("b")).await.unwrap();
    assert_eq!(next(&mut watch).await.1, "b", "contract 5.41");
}

#[tokio::test]
async fn behaviour_15_05_times_of_managed_fields_alone_are_no_change() {
    let widgets = Widgets::new();
    let fields = |time: i64, field: &str| {
        vec![ManagedFieldsEntry {
            manager: "me".into(),
            operation: "Update".into(),
            time: Some(Time::now().plus_seconds(time)),
            fields_v1: Some(json!({ field: {} })),
            ..ManagedFieldsEntry::default()
        }]
    };
    let first = fields(0, "f:spec");
    let widget = widgets.create(Widget::named("a").meta(|meta| meta.managed_fields = first)).await.unwrap();
    let later = widget.clone().meta(|meta| meta.managed_fields = fields(60, "f:spec"));
    assert_eq!(widgets.put(later.clone()).await.unwrap(), widget, "contract 15.5");
    let changed = widgets.put(later.clone().size(2)).await.unwrap();
    assert_eq!(changed.metadata.managed_fields, later.metadata.managed_fields);
    let other = changed.clone().meta(|meta| meta.managed_fields = fields(60, "f:status"));
    assert!(revision(&widgets.put(other).await.unwrap()) > revision(&changed));
}

#[tokio::test]
async fn u15_u16_u17_finalizers_of_an_object_that_is_being_deleted() {
    let strategy = WidgetStrategy::default();
    let widgets = Widgets::with(strategy.clone());
    let finalizers = ["example.com/f", "example.com/g"];
    widgets.create(Widget::named("a").finalizers(&finalizers)).await.unwrap();
    widgets.delete("a").await.unwrap();
    let doomed = widgets.get("a").await.unwrap();
    let mut watch = widgets.watch_after(revision(&doomed)).await;

    let error =
        widgets.put(doomed.clone().finalizers(&["example.com/f", "example.com/x"])).await.unwrap_err();
    assert_eq!(error.code(), 422, "U16");
    assert!(
        error.message().ends_with(
            "metadata.finalizers: Forbidden: no new finalizers can be added if the object is being deleted, found \
             new finalizers []string{\"example.com/x\"}"
        ),
        "{error}"
    );

    let one_left = widgets.put(doomed.finalizers(&["example.com/g"])).await.unwrap();
    assert_eq!(next(&mut watch).await, ("MODIFIED", "a".into(), revision(&one_left)), "U17");

    strategy.calls.take();
    let answer = widgets.put(one_left.clone().finalizers(&[]).size(7)).await.unwrap();
    assert_eq!((answer.spec.size, revision(&answer)), (7, revision(&one_left)), "U15: as it was sent");
    let calls = strategy.calls.take();
    assert!(calls.contains(&"after_delete".to_owned()) && !calls.contains(&"after_update".to_owned()));
    assert!(widgets.get("a").await.unwrap_err().is_not_found());
    let (kind, name, gone_at) = next(&mut watch).await;
    assert_eq!((kind, name.as_str()), ("DELETED", "a"));
    assert!(gone_at > revision(&one_left), "contract 4.36");
}

#[tokio::test]
async fn u15_a_grace_period_outlasts_the_last_finalizer() {
    let widgets = Widgets::with(WidgetStrategy { grace: Some(30), ..WidgetStrategy::default() });
    widgets.create(Widget::named("a").finalizers(&["example.com/f"])).await.unwrap();
    widgets.delete("a").await.unwrap();
    let doomed = widgets.get("a").await.unwrap();
    let kept = widgets.put(doomed.finalizers(&[])).await.unwrap();
    assert_eq!(widgets.get("a").await.unwrap(), kept, "contract 4.26");
}

/// Counts main updates in the status, which is its own affair.
struct Counting;

impl Strategy for Counting {
    type Object = Widget;

    fn prepare_for_update(&self, _: &RequestContext, widget: &mut Widget, _: &Widget) {
        widget.status.get_or_insert_default().ready += 1;
    }
}

#[tokio::test]
async fn a_status_that_the_strategy_changes_does_not_move_the_generation() {
    let ctx = RequestContext::namespaced("ns1");
    let widgets = Registry::new(&Store::memory(), Counting);
    widgets.create(&ctx, Widget::named("a"), ALL, &CreateOptions::default()).await.unwrap();
    let label = DefaultUpdatedObjectInfo::change(|widget: Widget| Ok(widget.label("app", "x")));
    let options = UpdateOptions::default();
    for count in 1..=2 {
        let (widget, _) = widgets.update(&ctx, "a", &label, ALL, ALL, false, &options).await.unwrap();
        let widget = widget.decode().unwrap();
        assert_eq!((widget.status.unwrap().ready, widget.metadata.generation), (count, 1));
    }
}

#[tokio::test]
async fn u18_a_strategy_may_freeze_a_field() {
    let widgets = Widgets::new();
    let widget = widgets.create(Widget::named("a").color("black")).await.unwrap();
    let error = widgets.put(widget.color("white").label("a b", "")).await.unwrap_err();
    let details = error.status().details.as_ref().unwrap();
    let fields: Vec<_> = details.causes.iter().map(|cause| cause.field.as_str()).collect();
    assert_eq!(fields, ["metadata.labels", "metadata.labels", "spec.color"], "contract 2.11: all are told");
    assert!(
        error.message().ends_with("spec.color: Invalid value: \"white\": field is immutable]"),
        "{error}"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn u19_fifty_unconditional_updates_all_succeed() {
    let widgets = Widgets::with(WidgetStrategy { unconditional: true, ..WidgetStrategy::default() });
    widgets.create(Widget::named("a")).await.unwrap();
    let results = race(&widgets, |size| Widget::named("a").size(size)).await;
    let revisions: BTreeSet<u64> = results.iter().map(|result| revision(result.as_ref().unwrap())).collect();
    assert_eq!(revisions.len(), 50, "every update was a write of its own");
    assert_eq!(widgets.get("a").await.unwrap().metadata.generation, 51);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn u19_of_fifty_updates_at_one_revision_one_succeeds() {
    let widgets = Widgets::new();
    let widget = widgets.create(Widget::named("a")).await.unwrap();
    let results = race(&widgets, |size| widget.clone().size(size)).await;
    let (won, lost): (Vec<_>, Vec<_>) = results.into_iter().partition(Result::is_ok);
    assert_eq!((won.len(), lost.len()), (1, 49));
    assert!(lost.into_iter().all(|result| result.unwrap_err().is_conflict()));
    assert_eq!(widgets.get("a").await.unwrap(), *won[0].as_ref().unwrap());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_fifty_updates_of_a_missing_object_one_creates_it() {
    let strategy =
        WidgetStrategy { create_on_update: true, unconditional: true, ..WidgetStrategy::default() };
    let widgets = Widgets::with(strategy.clone());
    let results = race(&widgets, |size| Widget::named("a").size(size)).await;
    let uids: BTreeSet<String> = results.into_iter().map(|result| result.unwrap().metadata.uid).collect();
    assert_eq!(uids.len(), 1, "the others found it");
    let calls = strategy.calls.take();
    assert_eq!(calls.iter().filter(|call| *call == "after_create").count(), 1);
    assert_eq!(calls.iter().filter(|call| *call == "after_update").count(), 49);
}

/// Fifty tasks that put at the same time.
async fn race(widgets: &Widgets, widget: impl Fn(i64) -> Widget) -> Vec<crate::Result<Widget>> {
    let start = Arc::new(Barrier::new(50));
    let mut tasks = JoinSet::new();
    for size in 1..=50 {
        let (widgets, widget, start) = (widgets.clone(), widget(size), Arc::clone(&start));
        tasks.spawn(async move {
            start.wait().await;
            widgets.put(widget).await
        });
    }
    tasks.join_all().await
}

#[tokio::test]
async fn u20_a_dry_run_checks_everything_and_stores_nothing() {
    let widgets = Widgets::new();
    let widget = widgets.create(Widget::named("a").size(1)).await.unwrap();
    let dry_run = UpdateOptions { dry_run: true, ..UpdateOptions::default() };
    let dry = widgets.put_with(widget.clone().size(2), &dry_run).await.unwrap();
    assert_eq!((dry.spec.size, dry.metadata.generation), (2, 2));
    assert_eq!(dry.metadata.resource_version, widget.metadata.resource_version, "contract 4.52");
    assert_eq!(widgets.get("a").await.unwrap(), widget);
    let stale = widget.clone().meta(|meta| meta.resource_version = "1".into());
    assert!(widgets.put_with(stale, &dry_run).await.unwrap_err().is_conflict());
    assert!(widgets.put_with(widget.size(-1), &dry_run).await.unwrap_err().is_invalid());
}
