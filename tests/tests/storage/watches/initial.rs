//! Watches that begin with the objects that are there.

use resourceful::prelude::*;

use super::{assert_nothing_before, assert_quiet};
use crate::fixture::{Pod, Sample, Seen, World, at, fields, initial, labels};

pub(crate) async fn initial_events_without_bookmarks(world: World) {
    let pods = world.pods.in_namespace("ns");
    // More than are taken out of a snapshot at a time.
    let creating = (0..300).map(|number| {
        let pod = Pod::named(&format!("pod-{number:03}")).on_node(&format!("n{}", number % 2));
        pods.create(if number % 3 == 0 { pod.label("show", "yes") } else { pod })
    });
    let created = futures_util::future::join_all(creating).await;
    let on_one = |pod: &&Pod| pod.spec.node_name == "n1";
    let shown = |pod: &&Pod| !pod.metadata.labels.is_empty();
    for (selector, expected) in [
        (ListOptions::default(), created.iter().collect::<Vec<_>>()),
        (fields("spec.nodeName=n1"), created.iter().filter(on_one).collect()),
        (labels("show"), created.iter().filter(shown).collect()),
        (fields("metadata.name=pod-200"), vec![&created[200]]),
    ] {
        let ListOptions { field_selector, label_selector, .. } = selector;
        let mut watch = pods.watch(ListOptions { field_selector, label_selector, ..initial("") }).await;
        for pod in expected {
            assert_eq!(watch.next().await, Seen::Added(pod.clone()));
        }
        assert_quiet(&mut watch);
    }
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
    // A watch from 0 may begin with what was there a moment ago; but not after somebody has seen more.
    let current = pods.list(&ListOptions::default()).await.expect("list").revision().to_string();
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
