//! Cases of watches.

use std::time::Duration;

use futures_util::FutureExt as _;
use resourceful::prelude::*;
use resourceful::storage::Value;

use crate::fixture::{
    Events, Host, Objects, Pod, Sample, Seen, World, at, at_revision, fields, initial, labels,
};

/// Nothing is there to read: what was written before was all.
fn assert_quiet<T: Sample>(events: &mut Events<T>) {
    let next = events.next().now_or_never();
    assert!(next.is_none(), "{next:?}");
}

/// Waits until a watch has nothing more to say of what was written so far: the next event is that of one more write,
/// which it selects.
async fn assert_nothing_before<T: Sample>(events: &mut Events<T>, written: &T) {
    assert_eq!(events.next().await, Seen::Added(written.clone()));
}

/// A write, and what a watch shows of it: `+`, `~`, `-` or nothing.
type Step = (&'static str, &'static str, &'static str);

/// Takes steps and checks the watch after each. A step's object is `namespace/name`, or `name`; its content is `node`,
/// `node updated`, or `updated`.
async fn follow<T: Sample>(objects: &Objects<T>, mut events: Events<T>, steps: &[Step], what: &str) {
    let mut shown: std::collections::BTreeMap<&str, T> = std::collections::BTreeMap::new();
    for (key, content, expected) in steps {
        let (namespace, name) = key.split_once('/').unwrap_or(("", key));
        let (node, note) = match content.split_once("updated") {
            Some((node, _)) => (node.trim(), "updated"),
            None => (*content, ""),
        };
        let stored = objects.in_namespace(namespace).put(T::named(name).on_node(node).note(note)).await;
        let gone = || {
            let old = shown.get(key).expect("it was shown").clone();
            Seen::Deleted(at_revision(old, stored.revision()))
        };
        match *expected {
            "+" => assert_eq!(events.next().await, Seen::Added(stored.clone()), "{what}: {key}"),
            "~" => assert_eq!(events.next().await, Seen::Modified(stored.clone()), "{what}: {key}"),
            "-" => assert_eq!(events.next().await, gone(), "{what}: {key}"),
            _ => {}
        }
        if !expected.is_empty() {
            shown.insert(key, stored);
        }
    }
    assert_quiet(&mut events);
}

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

/// A watch tells that it is past its initial phase: by the bookmark that ends it.
pub(crate) async fn watch_initialization_signal(world: World) {
    let options = ListOptions { allow_watch_bookmarks: true, ..initial("") };
    let mut watch = world.pods.in_namespace("ns").watch(options).await;
    assert_eq!(watch.next().await, Seen::Bookmark(world.revision().await, true));
}

/// A watch that ends soon sends its last bookmark before (contract 5.42).
fn bookmarked(options: ListOptions, seconds: u64) -> ListOptions {
    ListOptions { allow_watch_bookmarks: true, timeout_seconds: Some(seconds), ..options }
}

pub(crate) async fn progress_notify(world: World) {
    let created = world.pods.in_namespace("ns").create(Pod::named("foo")).await;
    let mut watch = world.pods.watch(bookmarked(at(created.revision()), 1)).await;
    let bumped = world.bump().await;
    assert_eq!(watch.next().await, Seen::Bookmark(bumped, false));
    assert_eq!(watch.next().await, Seen::End);
}

pub(crate) async fn cluster_scoped_watch(world: World) {
    let scripts: &[(&str, &[Step])] = &[
        ("", &[("foo1", "", "+"), ("foo1", "updated", "~"), ("foo2", "bar1", "+")]),
        ("spec.nodeName=bar1", &[("foo1", "", ""), ("foo1", "bar1", "+")]),
        (
            "spec.nodeName!=bar1",
            &[("foo1", "", "+"), ("foo2", "", "+"), ("foo1", "updated", "~"), ("foo1", "bar1", "-")],
        ),
        (
            "metadata.name=foo1",
            &[("foo1", "", "+"), ("foo2", "", ""), ("foo1", "updated", "~"), ("foo2", "updated", "")],
        ),
        (
            "metadata.name=foo1,spec.nodeName=bar1",
            &[
                ("foo1", "", ""),
                ("foo2", "", ""),
                ("foo1", "updated", ""),
                ("foo2", "updated", ""),
                ("foo1", "bar1", "+"),
            ],
        ),
        (
            "metadata.name=foo1,spec.nodeName!=bar1",
            &[
                ("foo1", "", "+"),
                ("foo2", "", ""),
                ("foo1", "updated", "~"),
                ("foo1", "bar1", "-"),
                ("foo2", "bar1", ""),
            ],
        ),
    ];
    for (selector, steps) in scripts {
        for host in world.hosts.list(&ListOptions::default()).await.expect("list").iter() {
            world.hosts.delete(host.name()).await;
        }
        let options =
            ListOptions { resource_version: world.revision().await.to_string(), ..fields(selector) };
        let events: Events<Host> = world.hosts.watch(options).await;
        follow(&world.hosts, events, steps, selector).await;
    }
}

pub(crate) async fn namespace_scoped_watch(world: World) {
    let scripts: &[(&str, &str, &[Step])] = &[
        (
            "",
            "",
            &[("n1/f1", "", "+"), ("n2/f2", "", "+"), ("n1/f1", "updated", "~"), ("n2/f2", "updated", "~")],
        ),
        (
            "",
            "metadata.namespace=n1",
            &[("n1/f1", "", "+"), ("n2/f1", "", ""), ("n1/f1", "updated", "~"), ("n2/f1", "updated", "")],
        ),
        (
            "",
            "spec.nodeName=b1",
            &[("n1/f1", "", ""), ("n2/f2", "", ""), ("n1/f1", "b1", "+"), ("n2/f2", "b1", "+")],
        ),
        (
            "",
            "spec.nodeName!=b1",
            &[("n1/f1", "", "+"), ("n1/f2", "", "+"), ("n1/f1", "updated", "~"), ("n1/f1", "b1", "-")],
        ),
        (
            "n1",
            "",
            &[
                ("n1/f1", "", "+"),
                ("n2/f1", "", ""),
                ("n1/f2", "", "+"),
                ("n1/f1", "updated", "~"),
                ("n2/f1", "updated", ""),
            ],
        ),
        ("n1", "metadata.namespace=n1", &[("n1/f1", "", "+"), ("n2/f1", "", ""), ("n1/f1", "updated", "~")]),
        (
            "n1",
            "metadata.namespace=n2",
            &[("n1/f1", "", ""), ("n2/f1", "", ""), ("n1/f1", "updated", ""), ("n2/f1", "updated", "")],
        ),
        (
            "n1",
            "spec.nodeName=b2",
            &[("n1/f1", "", ""), ("n1/f1", "b1", ""), ("n2/f1", "b2", ""), ("n1/f1", "b2", "+")],
        ),
        (
            "n2",
            "spec.nodeName!=b1",
            &[("n1/f1", "", ""), ("n2/f1", "", "+"), ("n2/f1", "b1", "-"), ("n2/f1", "b2", "+")],
        ),
        (
            "",
            "metadata.name=f1",
            &[
                ("n1/f1", "", "+"),
                ("n2/f1", "", "+"),
                ("n1/f2", "", ""),
                ("n1/f1", "updated", "~"),
                ("n1/f1", "b1", "~"),
            ],
        ),
        (
            "",
            "metadata.name=f1,metadata.namespace=n1",
            &[
                ("n1/f1", "", "+"),
                ("n1/f2", "", ""),
                ("n2/f1", "", ""),
                ("n1/f1", "updated", "~"),
                ("n1/f1", "b1", "~"),
            ],
        ),
        (
            "",
            "metadata.name=f1,spec.nodeName=b1",
            &[("n1/f1", "", ""), ("n1/f1", "updated", ""), ("n1/f1", "b1", "+")],
        ),
        (
            "",
            "metadata.name=f1,spec.nodeName!=b1",
            &[
                ("n1/f1", "", "+"),
                ("n1/f2", "", ""),
                ("n1/f1", "updated", "~"),
                ("n1/f1", "b1", "-"),
                ("n1/f1", "b2", "+"),
            ],
        ),
        (
            "n1",
            "metadata.name=f1",
            &[("n1/f1", "", "+"), ("n1/f2", "", ""), ("n1/f1", "updated", "~"), ("n1/f1", "b1", "~")],
        ),
        (
            "n1",
            "metadata.name=f2,metadata.namespace=n1",
            &[("n1/f1", "", ""), ("n1/f2", "", "+"), ("n1/f1", "updated", ""), ("n1/f2", "b1", "~")],
        ),
        (
            "n1",
            "metadata.name=f1,metadata.namespace=n1,spec.nodeName=b1",
            &[
                ("n1/f1", "", ""),
                ("n1/f2", "", ""),
                ("n2/f1", "", ""),
                ("n1/f1", "updated", ""),
                ("n1/f1", "b1", "+"),
            ],
        ),
        (
            "n1",
            "metadata.name=f2,metadata.namespace=n1,spec.nodeName!=b1",
            &[
                ("n1/f1", "", ""),
                ("n2/f2", "", ""),
                ("n1/f2", "", "+"),
                ("n1/f2", "updated", "~"),
                ("n1/f2", "b1", "-"),
            ],
        ),
    ];
    for (namespace, selector, steps) in scripts {
        for pod in world.pods.list(&ListOptions::default()).await.expect("list").iter() {
            world.pods.in_namespace(pod.namespace()).delete(pod.name()).await;
        }
        let options =
            ListOptions { resource_version: world.revision().await.to_string(), ..fields(selector) };
        let events = world.pods.in_namespace(namespace).watch(options).await;
        follow(&world.pods, events, steps, &format!("{selector} in {namespace:?}")).await;
    }
}

pub(crate) async fn watch_dispatch_bookmark_events(world: World) {
    let created = world.pods.in_namespace("ns").create(Pod::named("foo")).await;
    for allowed in [false, true] {
        let options = ListOptions { allow_watch_bookmarks: allowed, ..bookmarked(at(created.revision()), 1) };
        let mut watch = world.pods.in_namespace("ns").watch(options).await;
        let elsewhere = world.pods.in_namespace("other").create(Pod::named(&format!("bar-{allowed}"))).await;
        if allowed {
            assert_eq!(watch.next().await, Seen::Bookmark(elsewhere.revision(), false));
        }
        assert_eq!(watch.next().await, Seen::End, "bookmarks {allowed}");
    }
}

pub(crate) async fn bookmarks_with_correct_revision(world: World) {
    let pods = world.pods.in_namespace("ns");
    let mut watch = pods.watch(bookmarked(at(world.revision().await), 2)).await;
    let writing = tokio::spawn(async move {
        for number in 0..100 {
            pods.create(Pod::named(&format!("pod-{number}"))).await;
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    });
    let (mut last, mut bookmarks) = (0, 0);
    loop {
        match watch.next().await {
            Seen::Added(pod) => {
                assert!(pod.revision() > last, "an event at {} came after {last}", pod.revision());
                last = pod.revision();
            }
            Seen::Bookmark(revision, false) => {
                assert!(revision >= last);
                (last, bookmarks) = (revision, bookmarks + 1);
            }
            Seen::End => break,
            other => panic!("{other:?}"),
        }
    }
    assert!(bookmarks > 0);
    writing.await.expect("the writer writes");
}

pub(crate) async fn initial_events_without_bookmarks(world: World) {
    let pods = world.pods.in_namespace("ns");
    let created = pods.create(Pod::named("foo")).await;
    let mut watch = pods.watch(initial("")).await;
    assert_eq!(watch.next().await, Seen::Added(created));
    assert_quiet(&mut watch);
}

/// Every choice of revision, bookmarks and initial events. Where upstream's storage sends no end bookmark to a client
/// that does not ask for initial events, its API server asks for them in the client's name (contract 5.28), and so the
/// bookmark comes.
pub(crate) async fn watch_semantics(world: World) {
    let mut number = 0;
    for revision in ["", "0", "1", "current"] {
        for bookmarks in [true, false] {
            for initial_events in [None, Some(true), Some(false)] {
                if initial_events.is_none() && !matches!(revision, "" | "0") {
                    continue;
                }
                number += 1;
                semantics(&world, number, revision, bookmarks, initial_events).await;
            }
        }
    }
}

async fn semantics(
    world: &World,
    number: u32,
    revision: &str,
    bookmarks: bool,
    initial_events: Option<bool>,
) {
    let what = format!("revision {revision:?}, bookmarks {bookmarks}, initial events {initial_events:?}");
    let namespace = format!("ns{number}");
    let pods = world.pods.in_namespace(&namespace);
    let create = async |name: &str| pods.create(Pod::named(name)).await;
    let before = [create("1").await, create("2").await, create("3").await];
    let current = world.revision().await.to_string();
    let revision = if revision == "current" { current.as_str() } else { revision };
    let matches =
        initial_events.is_some().then_some(resourceful::options::ResourceVersionMatch::NotOlderThan);
    let options = ListOptions {
        allow_watch_bookmarks: bookmarks,
        send_initial_events: initial_events,
        resource_version_match: matches,
        ..at(revision)
    };
    let mut watch = pods.watch(options).await;
    let shows_initial = initial_events.unwrap_or(true);
    // From revision 1 on, what was created is no initial event, and is seen all the same.
    if shows_initial || revision == "1" {
        for pod in &before {
            assert_eq!(watch.next().await, Seen::Added(pod.clone()), "{what}");
        }
    }
    if shows_initial && bookmarks {
        let Seen::Bookmark(end, true) = watch.next().await else { panic!("{what}: no bookmark") };
        assert!(end >= before[2].revision(), "{what}");
    }
    for name in ["4", "5"] {
        let created = create(name).await;
        assert_eq!(watch.next().await, Seen::Added(created), "{what}");
    }
    assert_quiet(&mut watch);
}

pub(crate) async fn initial_events_end_at_the_global_revision(world: World) {
    let pods = world.pods.in_namespace("ns");
    let mut created = Vec::new();
    for number in 1..=5 {
        created.push(pods.create(Pod::named(&number.to_string())).await);
    }
    let elsewhere = world.pods.in_namespace("other-ns").create(Pod::named("1")).await;
    let options = ListOptions { allow_watch_bookmarks: true, ..initial("") };
    let mut watch = pods.watch(options).await;
    for pod in created {
        assert_eq!(watch.next().await, Seen::Added(pod));
    }
    assert_eq!(watch.next().await, Seen::Bookmark(elsewhere.revision(), true));
    assert_quiet(&mut watch);
}

pub(crate) async fn watch_list_match_single(world: World) {
    let pods = world.pods.in_namespace("ns");
    let mut created = Vec::new();
    for number in 1..=5 {
        created.push(pods.create(Pod::named(&format!("pod-{number}"))).await);
    }
    let selector = fields("metadata.name=pod-1").field_selector;
    let options = ListOptions { allow_watch_bookmarks: true, field_selector: selector, ..initial("") };
    let mut watch = pods.watch(options).await;
    assert_eq!(watch.next().await, Seen::Added(created[0].clone()));
    assert_eq!(watch.next().await, Seen::Bookmark(created[4].revision(), true));
    assert_quiet(&mut watch);
    pods.delete("pod-2").await;
    pods.delete("pod-1").await;
    assert!(matches!(watch.next().await, Seen::Deleted(_)));
    assert_nothing_before(&mut watch, &pods.create(Pod::named("pod-1")).await).await;
}
