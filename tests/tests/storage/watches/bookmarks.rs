//! Bookmarks: that they come, and what they promise.

use std::time::Duration;

use resourceful::prelude::*;

use crate::fixture::{Pod, Sample, Seen, World, at, initial};

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

/// Nothing of the kind changes any more, and its watchers still learn how far they are. An engine that others write to
/// says so in a moment; a watch that ends before then is followed by another one.
pub(crate) async fn progress_notify(world: World) {
    let created = world.pods.in_namespace("ns").create(Pod::named("foo")).await;
    let bumped = world.bump().await;
    let mut last = created.revision();
    for _ in 0..20 {
        let mut watch = world.pods.watch(bookmarked(at(last), 1)).await;
        let Seen::Bookmark(revision, false) = watch.next().await else { panic!("there is no bookmark") };
        assert!((last..=bumped).contains(&revision), "{revision}");
        assert_eq!(watch.next().await, Seen::End);
        last = revision;
        if last == bumped {
            return;
        }
    }
    panic!("no bookmark comes further than {last}");
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
