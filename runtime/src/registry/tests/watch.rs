//! Watch: W01 to W18 as far as they are not about HTTP.

use std::sync::Arc;

use futures_util::FutureExt as _;

use super::fixture::{Widget, WidgetStrategy, Widgets, fields, labels, next, revision};
use crate::options::{ListOptions, ResourceVersionMatch};
use crate::storage::{Engine, MemoryEngine, Store};
use crate::watch::{WatchEvent, WatchStream};

async fn watch(widgets: &Widgets, options: &ListOptions) -> WatchStream<Widget> {
    widgets.registry.watch(&widgets.ctx, options).await.unwrap()
}

/// Nothing is there to read, now.
fn assert_quiet(watch: &mut WatchStream<Widget>) {
    assert!(watch.next().now_or_never().is_none());
}

fn initial(resource_version: &str) -> ListOptions {
    ListOptions {
        send_initial_events: Some(true),
        resource_version_match: Some(ResourceVersionMatch::NotOlderThan),
        resource_version: resource_version.into(),
        allow_watch_bookmarks: true,
        ..ListOptions::default()
    }
}

#[tokio::test]
async fn w01_changes_after_a_revision() {
    let widgets = Widgets::new();
    widgets.create(Widget::named("before")).await.unwrap();
    let mut watch = widgets.watch_after(widgets.revision().await).await;
    assert_quiet(&mut watch);
    let created = widgets.create(Widget::named("a")).await.unwrap();
    let updated = widgets.put(created.clone().size(2)).await.unwrap();
    widgets.delete("a").await.unwrap();
    let gone_at = widgets.revision().await;
    assert_eq!(next(&mut watch).await, ("ADDED", "a".into(), revision(&created)));
    assert_eq!(next(&mut watch).await, ("MODIFIED", "a".into(), revision(&updated)));
    assert_eq!(next(&mut watch).await, ("DELETED", "a".into(), gone_at));
    assert!(revision(&created) < revision(&updated) && revision(&updated) < gone_at);
    assert_quiet(&mut watch);
}

#[tokio::test]
async fn w01_a_reader_that_waits_is_woken() {
    let widgets = Widgets::new();
    let mut watch = widgets.watch_after(widgets.revision().await).await;
    let reader = tokio::spawn(async move { next(&mut watch).await });
    tokio::task::yield_now().await;
    let created = widgets.create(Widget::named("a")).await.unwrap();
    assert_eq!(reader.await.unwrap(), ("ADDED", "a".into(), revision(&created)));
}

#[tokio::test]
async fn w02_objects_come_into_view_and_leave_it() {
    let widgets = Widgets::new();
    let start = widgets.revision().await;
    let options = ListOptions { resource_version: start.to_string(), ..labels("app=x") };
    let mut watch = watch(&widgets, &options).await;
    let hidden = widgets.create(Widget::named("a").size(1)).await.unwrap();
    let shown = widgets.put(hidden.label("app", "x").size(2)).await.unwrap();
    assert_eq!(next(&mut watch).await, ("ADDED", "a".into(), revision(&shown)));
    let hidden = widgets.put(shown.clone().label("app", "y").size(3)).await.unwrap();
    let Some(WatchEvent::Deleted(left)) = watch.next().await else { panic!("it did not leave") };
    assert_eq!(left.revision(), revision(&hidden), "contract 5.40: the new revision");
    let left = left.decode().unwrap();
    assert_eq!((left.spec.size, &left.metadata.labels["app"]), (2, &"x".to_owned()), "and the old content");
    assert_eq!(left.metadata.resource_version, hidden.metadata.resource_version);

    widgets.put(hidden.size(4)).await.unwrap();
    widgets.delete("a").await.unwrap();
    assert_quiet(&mut watch);
}

#[tokio::test]
async fn w03_without_a_revision_the_current_objects_come_first() {
    let widgets = Widgets::new();
    let a = widgets.create(Widget::named("a").label("app", "x")).await.unwrap();
    widgets.create(Widget::named("b")).await.unwrap();
    for resource_version in ["", "0"] {
        let options = ListOptions { resource_version: resource_version.into(), ..labels("app=x") };
        let mut watch = watch(&widgets, &options).await;
        assert_eq!(next(&mut watch).await, ("ADDED", "a".into(), revision(&a)), "contract 5.37");
        assert_quiet(&mut watch);
    }
}

#[tokio::test]
async fn w04_15_18_a_revision_that_is_too_old_is_an_event() {
    let engine = Arc::new(MemoryEngine::new());
    let opened = Arc::clone(&engine);
    let store = Store::lazy(move || {
        let engine: Arc<dyn Engine> = opened.clone();
        Box::pin(async { Ok(engine) })
    });
    let widgets = Widgets::on(&store, WidgetStrategy::default());
    for name in ["a", "b", "c"] {
        widgets.create(Widget::named(name)).await.unwrap();
    }
    let now = widgets.revision().await;
    engine.compact(now).await.unwrap();
    drop(widgets);
    let widgets = Widgets::on(&store, WidgetStrategy::default());
    let mut watch = widgets.watch_after(1).await;
    let text = format!("too old resource version: 1 ({now})");
    assert_eq!(next(&mut watch).await, ("ERROR", text, 410), "contract 5.31");
    assert_eq!(next(&mut watch).await.0, "EOF");
}

#[tokio::test]
async fn w05_a_future_revision_waits() {
    let widgets = Widgets::new();
    let start = widgets.revision().await;
    let mut watch = widgets.watch_after(start + 2).await;
    for name in ["a", "b", "c"] {
        widgets.create(Widget::named(name)).await.unwrap();
    }
    assert_eq!(next(&mut watch).await, ("ADDED", "c".into(), start + 3), "contract 5.30");
}

#[tokio::test(start_paused = true)]
async fn w06_bookmarks_come_about_every_minute_when_allowed() {
    let widgets = Widgets::new();
    let start = widgets.revision().await;
    let options =
        ListOptions { resource_version: start.to_string(), allow_watch_bookmarks: true, ..labels("app=x") };
    let mut allowed = watch(&widgets, &options).await;
    widgets.create(Widget::named("hidden")).await.unwrap();
    let now = widgets.revision().await;
    let began = tokio::time::Instant::now();
    for minute in 1..=3 {
        assert_eq!(next(&mut allowed).await, ("BOOKMARK", String::new(), now), "contract 5.43");
        let passed = began.elapsed().as_secs();
        assert!((60 * minute..=76 * minute).contains(&passed), "{passed} s");
    }
    let mut silent = watch(&widgets, &ListOptions { allow_watch_bookmarks: false, ..options }).await;
    let hour = std::time::Duration::from_secs(3600);
    assert!(tokio::time::timeout(hour, next(&mut silent)).await.is_err());
}

#[tokio::test(start_paused = true)]
async fn w07_a_watch_ends_at_its_deadline_after_a_bookmark() {
    let widgets = Widgets::new();
    let start = widgets.revision().await;
    for (seconds, bookmark_at) in [(30, 28_000), (2, 1_000), (1, 500)] {
        let options = ListOptions {
            resource_version: start.to_string(),
            allow_watch_bookmarks: true,
            timeout_seconds: Some(seconds),
            ..ListOptions::default()
        };
        let mut watch = watch(&widgets, &options).await;
        let began = tokio::time::Instant::now();
        assert_eq!(next(&mut watch).await, ("BOOKMARK", String::new(), start), "contract 5.42");
        assert_eq!(began.elapsed().as_millis(), bookmark_at);
        assert_eq!(next(&mut watch).await.0, "EOF", "contract 5.46");
        assert_eq!(began.elapsed().as_secs(), seconds);
        assert_eq!(next(&mut watch).await.0, "EOF");
    }
}

#[tokio::test]
async fn w08_the_current_objects_on_request() {
    let widgets = Widgets::new();
    let a = widgets.create(Widget::named("a")).await.unwrap();
    let b = widgets.create(Widget::named("b")).await.unwrap();
    let now = widgets.revision().await;
    for resource_version in ["", "0", &a.metadata.resource_version] {
        let mut watch = watch(&widgets, &initial(resource_version)).await;
        assert_eq!(next(&mut watch).await, ("ADDED", "a".into(), revision(&a)));
        assert_eq!(next(&mut watch).await, ("ADDED", "b".into(), revision(&b)));
        assert_eq!(next(&mut watch).await, ("END", String::new(), now), "contract 5.34");
        assert_quiet(&mut watch);
    }
    let silent = ListOptions { allow_watch_bookmarks: false, ..initial("") };
    let mut silent = watch(&widgets, &silent).await;
    next(&mut silent).await;
    next(&mut silent).await;
    assert_quiet(&mut silent);

    let none = ListOptions { send_initial_events: Some(false), ..initial("") };
    for resource_version in ["", "0"] {
        let options = ListOptions { resource_version: resource_version.into(), ..none.clone() };
        let mut watch = watch(&widgets, &options).await;
        assert_quiet(&mut watch);
        let c = widgets.create(Widget::generated("c-")).await.unwrap();
        assert_eq!(next(&mut watch).await.2, revision(&c), "contract 5.35");
    }
}

#[tokio::test(start_paused = true)]
async fn w08_the_current_objects_of_a_future_revision() {
    let widgets = Widgets::new();
    let now = widgets.revision().await;
    let mut late = watch(&widgets, &initial(&(now + 5).to_string())).await;
    let text = format!("Timeout: Too large resource version: {}, current: {now}", now + 5);
    assert_eq!(next(&mut late).await, ("ERROR", text, 504), "contract 5.34");
    assert_eq!(next(&mut late).await.0, "EOF");

    let mut soon = watch(&widgets, &initial(&(now + 1).to_string())).await;
    assert_quiet(&mut soon);
    widgets.create(Widget::named("a")).await.unwrap();
    assert_eq!(next(&mut soon).await.1, "a");
    assert_eq!(next(&mut soon).await.0, "END");
}

#[tokio::test]
async fn w08_options_that_mean_nothing() {
    let widgets = Widgets::new();
    let cases = [
        (
            ListOptions { resource_version_match: None, ..initial("") },
            "resourceVersionMatch: Forbidden: sendInitialEvents requires setting resourceVersionMatch to NotOlderThan",
        ),
        (
            ListOptions { send_initial_events: None, ..initial("") },
            "resourceVersionMatch: Forbidden: resourceVersionMatch is forbidden for watch unless sendInitialEvents is \
             provided",
        ),
        (
            ListOptions { continue_token: "x".into(), ..initial("") },
            "resourceVersionMatch: Forbidden: resourceVersionMatch is forbidden when continue is provided",
        ),
    ];
    for (options, text) in cases {
        let error = widgets.registry.watch(&widgets.ctx, &options).await.unwrap_err();
        let expected = format!("ListOptions.meta.k8s.io \"\" is invalid: {text}");
        assert_eq!((error.code(), error.message()), (422, expected.as_str()), "contract 5.33");
    }
    let options = ListOptions { resource_version: "abc".into(), ..ListOptions::default() };
    let error = widgets.registry.watch(&widgets.ctx, &options).await.unwrap_err();
    assert_eq!(error.code(), 400, "contract 5.32");
    assert!(error.message().starts_with("resourceVersion: Invalid value: \"abc\""));
    let error = widgets.registry.watch(&widgets.ctx, &fields("spec.foo=x")).await.unwrap_err();
    assert_eq!(error.message(), "field label not supported: spec.foo");
}

#[tokio::test]
async fn w12_one_object_or_one_namespace() {
    let widgets = Widgets::new();
    let start = widgets.revision().await;
    let at = |options: ListOptions| ListOptions { resource_version: start.to_string(), ..options };
    let everywhere = widgets.in_namespace("");
    let mut one = watch(&widgets, &at(fields("metadata.name=b"))).await;
    let mut named = watch(&everywhere, &at(fields("metadata.name=b"))).await;
    let mut elsewhere = watch(&everywhere, &at(fields("metadata.namespace=ns2"))).await;
    let mut all = watch(&everywhere, &at(ListOptions::default())).await;
    widgets.create(Widget::named("a")).await.unwrap();
    let b = widgets.create(Widget::named("b")).await.unwrap();
    let other = widgets.in_namespace("ns2").create(Widget::named("b")).await.unwrap();
    assert_eq!(next(&mut one).await, ("ADDED", "b".into(), revision(&b)));
    assert_quiet(&mut one);
    for expected in [&b, &other] {
        assert_eq!(next(&mut named).await.2, revision(expected));
    }
    assert_eq!(next(&mut elsewhere).await, ("ADDED", "b".into(), revision(&other)));
    assert_quiet(&mut elsewhere);
    for name in ["a", "b", "b"] {
        assert_eq!(next(&mut all).await.1, name);
    }
}

#[tokio::test]
async fn w14_an_update_of_nothing_is_no_event() {
    let widgets = Widgets::new();
    let widget = widgets.create(Widget::named("a")).await.unwrap();
    let ready = widgets.put_status(widget.ready(1)).await.unwrap();
    let mut watch = widgets.watch_after(revision(&ready)).await;
    widgets.put_status(ready).await.unwrap();
    assert_quiet(&mut watch);
}

#[tokio::test]
async fn w18_all_watchers_share_one_order_and_one_encoding() {
    let widgets = Widgets::new();
    let start = widgets.revision().await;
    let options = ListOptions { resource_version: start.to_string(), ..ListOptions::default() };
    let mut first = watch(&widgets, &options).await.into_watch();
    let mut second = watch(&widgets, &options).await.into_watch();
    for name in ["c", "a", "b"] {
        widgets.create(Widget::named(name)).await.unwrap();
    }
    widgets.delete("a").await.unwrap();
    for expected in ["c", "a", "b", "a"] {
        use crate::watch::WatchItem::{Added, Deleted};
        use futures_util::StreamExt as _;
        let items = (first.next().await.unwrap(), second.next().await.unwrap());
        match items {
            (Added(one, Some(event)), Added(two, Some(same)))
            | (Deleted(one, Some(event)), Deleted(two, Some(same))) => {
                assert_eq!(one.name(), expected);
                assert!(Arc::ptr_eq(&one, &two) && Arc::ptr_eq(&event, &same));
            }
            other => panic!("{other:?}"),
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_watch_gives_the_thread_back_while_it_skips() {
    let widgets = Widgets::new();
    let start = widgets.revision().await;
    let options = ListOptions { resource_version: start.to_string(), ..labels("app=x") };
    let mut watch = watch(&widgets, &options).await;
    for index in 0..600 {
        widgets.create(Widget::named(&format!("hidden-{index}"))).await.unwrap();
    }
    let shown = widgets.create(Widget::named("shown").label("app", "x")).await.unwrap();
    assert_quiet(&mut watch);
    // It asks to be polled again by itself: nothing else wakes it.
    let rest = tokio::time::timeout(std::time::Duration::from_secs(60), next(&mut watch));
    assert_eq!(rest.await.unwrap(), ("ADDED", "shown".into(), revision(&shown)));
}
