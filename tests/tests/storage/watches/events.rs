//! Which events a watch shows, when, and what ends it.

use resourceful::prelude::*;
use resourceful::storage::Value;

use super::assert_quiet;
use crate::fixture::{Events, Pod, Sample, Seen, World, at, at_revision, fields, labels, objects};

pub(crate) async fn watch(world: World) {
    let pods = world.pods.in_namespace("ns");
    let neighbours = world.pods.in_namespace("ns-bad");
    for recursive in [true, false] {
        let scope = if recursive { "" } else { "metadata.name=foo" };
        let selected = |selector: ListOptions, revision: u64| ListOptions {
            field_selector: if scope.is_empty() {
                selector.field_selector.clone()
            } else {
                fields(scope).field_selector
            },
            resource_version: revision.to_string(),
            ..selector
        };
        neighbours.put(Pod::named("foo").label("show", "yes")).await;
        let start = world.revision().await;
        let mut all = pods.watch(selected(ListOptions::default(), start)).await;
        let mut labelled = pods.watch(selected(labels("show=yes"), start)).await;
        neighbours.put(Pod::named("foo").label("show", "no").note(&start.to_string())).await;
        let created = pods.create(Pod::named("foo")).await;
        assert_eq!(all.next().await, Seen::Added(created.clone()));
        let shown = pods.change("foo", |pod| pod.label("show", "yes")).await;
        assert_eq!(all.next().await, Seen::Modified(shown.clone()));
        assert_eq!(labelled.next().await, Seen::Added(shown.clone()));
        // Out of the selector, into it, within it, and out again.
        let hidden = pods.change("foo", |pod| pod.label("show", "no").note("hidden")).await;
        assert_eq!(labelled.next().await, Seen::Deleted(at_revision(shown, hidden.revision())));
        let shown = pods.change("foo", |pod| pod.label("show", "yes")).await;
        assert_eq!(labelled.next().await, Seen::Added(shown));
        let shown = pods.change("foo", |pod| pod.note("again")).await;
        assert_eq!(labelled.next().await, Seen::Modified(shown.clone()));
        pods.delete("foo").await;
        let gone = at_revision(shown, world.revision().await);
        assert_eq!(labelled.next().await, Seen::Deleted(gone.clone()));
        assert_quiet(&mut labelled);
        let mut last = all.next().await;
        while !matches!(last, Seen::Deleted(_)) {
            last = all.next().await;
        }
        assert_eq!(last, Seen::Deleted(gone));
        assert_quiet(&mut all);
    }
}

pub(crate) async fn watch_from_zero(world: World) {
    let pods = world.pods.in_namespace("ns");
    let created = pods.create(Pod::named("foo")).await;
    let mut zero = pods.watch(at(0)).await;
    assert_eq!(zero.next().await, Seen::Added(created.clone()));
    let updated = pods.change("foo", |pod| pod.note("updated")).await;
    assert_eq!(zero.next().await, Seen::Modified(updated.clone()));
    let mut again = pods.watch(at(0)).await;
    assert_eq!(again.next().await, Seen::Added(updated.clone()));
    let latest = pods.change("foo", |pod| pod.note("again")).await;
    world.compact(latest.revision()).await;
    let mut compacted = pods.watch(at(0)).await;
    assert_eq!(compacted.next().await, Seen::Added(latest.clone()));
    let mut too_old = pods.watch_from(created.revision()).await;
    let text = format!("too old resource version: {} ({})", created.revision(), latest.revision());
    assert_eq!(too_old.next().await, Seen::Error(410, text), "contract 5.31");
    assert_eq!(too_old.next().await, Seen::End);
    // Who was watching before misses nothing.
    assert_eq!(again.next().await, Seen::Modified(latest));
}

pub(crate) async fn delete_trigger_watch(world: World) {
    let pods = world.pods.in_namespace("ns");
    let created = pods.create(Pod::named("foo")).await;
    let mut watch = pods.watch_from(created.revision()).await;
    pods.delete("foo").await;
    assert!(matches!(watch.next().await, Seen::Deleted(_)));
}

pub(crate) async fn watch_from_non_zero(world: World) {
    let pods = world.pods.in_namespace("ns");
    let created = pods.create(Pod::named("foo")).await;
    let mut watch = pods.watch_from(created.revision()).await;
    let updated = pods.change("foo", |pod| pod.note("updated")).await;
    assert_eq!(watch.next().await, Seen::Modified(updated));
    assert_quiet(&mut watch);
}

pub(crate) async fn delayed_watch_delivery(world: World) {
    let pods = world.pods.in_namespace("ns");
    let mut watch = pods.watch_from(world.revision().await).await;
    let mut written = vec![pods.create(Pod::named("foo")).await];
    assert_eq!(watch.next().await, Seen::Added(written.remove(0)));
    for number in 0..20 {
        written.push(pods.change("foo", move |pod| pod.note(&number.to_string())).await);
    }
    for pod in written {
        assert_eq!(watch.next().await, Seen::Modified(pod));
    }
}

const RUBBISH: &[u8] = b"rubbish";

pub(crate) async fn watch_error(world: World) {
    let pods = world.pods.in_namespace("ns");
    let created = pods.create(Pod::named("foo")).await;
    let mut watch = pods.watch_from(created.revision()).await;
    let rubbish = Value::from(bytes::Bytes::from_static(RUBBISH));
    world.write_bytes("ns/foo", Some(rubbish)).await.expect("write");
    let Seen::Error(code, text) = watch.next().await else { panic!("there is no error") };
    assert_eq!(code, 500);
    assert!(text.contains("/storage.example.com/pods/ns/foo"), "{text}");
    assert_eq!(watch.next().await, Seen::End);
}

/// Upstream removes what cannot be read by an unsafe delete, and tells watchers that it cannot say what was deleted. Here it
/// is removed from the engine, and watchers are told the same.
pub(crate) async fn watch_over_damage(world: World) {
    let pods = world.pods.in_namespace("ns");
    let good = pods.create(Pod::named("good")).await;
    let foo = pods.create(Pod::named("foo")).await;
    let mut watch = pods.watch_from(foo.revision()).await;
    let rubbish = Value::from(bytes::Bytes::from_static(RUBBISH));
    world.write_bytes("ns/foo", Some(rubbish)).await.expect("write");
    assert!(matches!(watch.next().await, Seen::Error(500, _)));
    assert_eq!(watch.next().await, Seen::End);
    let refused = pods.try_delete("foo", DeleteOptions::default()).await.map(drop);
    assert_eq!(refused.expect_err("it cannot be read").code(), 500);
    let removed = world.write_bytes("ns/foo", None).await.expect("remove");
    let list = pods.list(&ListOptions::default()).await.expect("list");
    assert_eq!((objects(&list), list.revision()), (vec![good], removed));
    // From before the damage there is no way on.
    let options = ListOptions { watch: true, ..at(foo.revision()) };
    match pods.registry.watch(&pods.ctx, &options).await {
        Err(error) => assert_eq!(error.code(), 500, "{error}"),
        Ok(stream) => assert!(matches!(Events { stream }.next().await, Seen::Error(500, _))),
    }
    let mut watch = pods.watch_from(removed).await;
    let created = pods.create(Pod::named("bar")).await;
    assert_eq!(watch.next().await, Seen::Added(created));
}

pub(crate) async fn nothing_comes_after_an_error(world: World) {
    let pods = world.pods.in_namespace("ns");
    let foo = pods.create(Pod::named("foo")).await;
    let mut watches = Vec::new();
    for _ in 0..10 {
        watches.push(pods.watch_from(foo.revision()).await);
    }
    let reading = watches.into_iter().map(|mut watch| {
        tokio::spawn(async move {
            let (first, second) = (watch.next().await, watch.next().await);
            assert!(matches!(first, Seen::Error(500, _)), "{first:?}");
            assert_eq!(second, Seen::End);
        })
    });
    let reading: Vec<_> = reading.collect();
    let rubbish = Value::from(bytes::Bytes::from_static(RUBBISH));
    world.write_bytes("ns/bar", Some(rubbish)).await.expect("write");
    let baz =
        Value::from(bytes::Bytes::from_static(b"{\"metadata\":{\"name\":\"baz\",\"namespace\":\"ns\"}}"));
    world.write_bytes("ns/baz", Some(baz)).await.expect("write");
    for watch in reading {
        watch.await.expect("it sees the error, and nothing after it");
    }
}

pub(crate) async fn watch_context_cancel(world: World) {
    let watch = world.pods.in_namespace("ns").watch_from(world.revision().await).await;
    drop(watch);
    world.pods.in_namespace("ns").create(Pod::named("foo")).await;
}

pub(crate) async fn watcher_timeout(world: World) {
    let pods = world.pods.in_namespace("ns");
    let start = world.revision().await;
    let mut idle = Vec::new();
    for _ in 0..50 {
        idle.push(pods.watch_from(start).await);
    }
    let mut reader = pods.watch_from(start).await;
    for number in 0..22 {
        let created = pods.create(Pod::named(&format!("pod-{number}"))).await;
        assert_eq!(reader.next().await, Seen::Added(created));
    }
    // Who did not read has lost nothing either.
    for mut watch in idle {
        for _ in 0..22 {
            assert!(matches!(watch.next().await, Seen::Added(_)));
        }
    }
}

pub(crate) async fn delete_event_has_latest_rv(world: World) {
    let pods = world.pods.in_namespace("ns");
    let created = pods.create(Pod::named("foo")).await;
    let mut watch = pods.watch_from(created.revision()).await;
    pods.delete("foo").await;
    let Seen::Deleted(gone) = watch.next().await else { panic!("it is not deleted") };
    assert!(gone.revision() > created.revision());
    assert_eq!(gone.revision(), world.revision().await);
}
