//! Updates of `/status`: S01 to S07 as far as they are not about HTTP.

use super::fixture::{ALL, Widget, WidgetStatus, WidgetStrategy, Widgets, revision};
use crate::meta::{ManagedFieldsEntry, Time};
use crate::options::UpdateOptions;
use crate::registry::codec;
use crate::rest::DefaultUpdatedObjectInfo;

#[tokio::test]
async fn s01_nothing_but_status_and_managed_fields_changes() {
    let widgets = Widgets::new();
    let created = widgets.create(Widget::named("a").size(1).label("app", "x")).await.unwrap();
    let sent =
        created.clone().ready(3).size(9).color("blue").label("more", "y").finalizers(&["example.com/f"]);
    let entry = ManagedFieldsEntry { manager: "me".into(), operation: "Update".into(), ..Default::default() };
    let sent = sent.meta(|meta| {
        meta.generation = 9;
        meta.annotations.insert("k".into(), "v".into());
        meta.managed_fields = vec![entry.clone()];
    });
    let updated = widgets.put_status(sent).await.unwrap();
    let expected = created.clone().ready(3).meta(|meta| {
        meta.managed_fields = vec![entry];
        meta.resource_version.clone_from(&updated.metadata.resource_version);
    });
    assert_eq!(updated, expected, "contract 3.8, 3.10");
    assert!(revision(&updated) > revision(&created));
    assert_eq!(widgets.get("a").await.unwrap(), updated);
}

#[tokio::test]
async fn the_main_endpoint_keeps_the_status() {
    let widgets = Widgets::new();
    let created = widgets.create(Widget::named("a")).await.unwrap();
    let ready = widgets.put_status(created.ready(3)).await.unwrap();
    let mut sent = ready.clone().size(4);
    sent.status = None;
    let updated = widgets.put(sent).await.unwrap();
    assert_eq!(updated.status, Some(WidgetStatus { ready: 3 }), "contract 3.3");
    assert_eq!(updated.metadata.generation, 2);
}

#[tokio::test]
async fn s02_the_revision_rules_are_those_of_the_main_endpoint() {
    let widgets = Widgets::new();
    let created = widgets.create(Widget::named("a")).await.unwrap();
    let ready = widgets.put_status(created.clone().ready(1)).await.unwrap();
    let error = widgets.put_status(created.ready(2)).await.unwrap_err();
    assert!(error.is_conflict(), "{error}");
    let error = widgets.put_status(ready.meta(|meta| meta.resource_version.clear())).await.unwrap_err();
    assert!(error.is_invalid() && error.message().contains("metadata.resourceVersion"), "{error}");
}

#[tokio::test]
async fn s03_status_never_creates() {
    let widgets = Widgets::with(WidgetStrategy { create_on_update: true, ..WidgetStrategy::default() });
    let error = widgets.put_status(Widget::named("a").ready(1)).await.unwrap_err();
    assert_eq!(error.message(), "widgets.demo.example.com \"a\" not found", "contract 1.41, 3.13");
}

#[tokio::test]
async fn s04_a_patch_of_the_spec_is_none() {
    let widgets = Widgets::new();
    let created = widgets.create(Widget::named("a")).await.unwrap();
    let patch = DefaultUpdatedObjectInfo::change(|widget: Widget| Ok(widget.size(9)));
    let options = UpdateOptions::default();
    let update = widgets.registry.update_status(&widgets.ctx, "a", &patch, ALL, &options);
    assert_eq!(update.await.unwrap().0.decode().unwrap(), created, "contract 3.16");
}

#[tokio::test]
async fn s07_the_status_has_its_own_validation() {
    let strategy = WidgetStrategy::default();
    let widgets = Widgets::with(strategy.clone());
    let created = widgets.create(Widget::named("a")).await.unwrap();
    strategy.calls.take();
    let error = widgets.put_status(created.ready(-1)).await.unwrap_err();
    assert_eq!(
        error.message(),
        "Widget.demo.example.com \"a\" is invalid: status.ready: Invalid value: -1: must not be negative"
    );
    let calls = strategy.calls.take();
    assert!(!calls.contains(&"validate_update".to_owned()), "{calls:?}");
}

#[tokio::test]
async fn the_status_of_an_object_that_is_being_deleted_can_change() {
    let widgets = Widgets::new();
    widgets.create(Widget::named("a").finalizers(&["example.com/f"])).await.unwrap();
    widgets.delete("a").await.unwrap();
    let doomed = widgets.get("a").await.unwrap();
    let ready = widgets.put_status(doomed.ready(1).finalizers(&[])).await.unwrap();
    assert_eq!(ready.status, Some(WidgetStatus { ready: 1 }), "contract 3.22");
    assert_eq!(ready.metadata.finalizers, ["example.com/f"], "contract 3.21");
    assert_eq!(widgets.get("a").await.unwrap(), ready);
}

#[tokio::test]
async fn a_status_update_deletes_what_nothing_keeps() {
    let widgets = Widgets::new();
    widgets.create(Widget::named("a")).await.unwrap();
    let pipelines = &widgets.registry.pipelines;
    // As a delete leaves it that was cut short between its two writes.
    let current = pipelines.collection.snapshot().await.unwrap().get("ns1/a").cloned().unwrap();
    let mut doomed = widgets.get("a").await.unwrap().meta(|meta| {
        meta.deletion_timestamp = Some(Time::now());
        meta.deletion_grace_period_seconds = Some(0);
    });
    pipelines.collection.replace(&current, codec::encode(&mut doomed).unwrap()).await.unwrap();

    let doomed = widgets.get("a").await.unwrap();
    let answer = widgets.put_status(doomed.ready(1)).await.unwrap();
    assert_eq!(answer.status, Some(WidgetStatus { ready: 1 }));
    assert!(widgets.get("a").await.unwrap_err().is_not_found(), "contract 3.21");
}
