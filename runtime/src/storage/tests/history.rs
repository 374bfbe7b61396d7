//! The past: lists and watches beyond what the log holds in memory, over everything that the engine holds.

use std::future::poll_fn;
use std::sync::Arc;
use std::time::Duration;

use crate::storage::testing::{Plain, forgetful, text, value};
use crate::storage::{
    Collection, Cursor, Event, History, Interest, MemoryEngine, Snapshot, StorageError, Store,
};

fn pots(store: &Store) -> Collection {
    store.collection("pots", Arc::new(Plain))
}

fn contents(snapshot: &Snapshot) -> Vec<String> {
    snapshot.range("", "").map(|object| format!("{}={}", object.key(), text(object))).collect()
}

/// What a cursor reads until a revision, as text: the new value and the old one.
async fn read_until(cursor: &mut Cursor, revision: u64) -> Vec<String> {
    let show = |event: &Arc<Event>| {
        let text = |object: &Option<Arc<_>>| object.as_deref().map_or("-".to_owned(), text);
        format!("{}@{}:{}<{}", event.key(), event.revision, text(&event.current), text(&event.previous))
    };
    let mut seen = Vec::new();
    while cursor.revision() < revision {
        let mut events = Vec::new();
        cursor.read(&mut events, 7).expect("the log holds it");
        seen.extend(events.iter().map(show));
        if events.is_empty() && cursor.revision() < revision {
            poll_fn(|cx| cursor.poll_changed(cx)).await;
        }
    }
    seen
}

/// Writes enough for the log to let go of the first of it, and returns the revisions of a few of the writes.
async fn write(pots: &Collection) -> (u64, u64, u64) {
    let a = pots.create("a", value("1")).await.expect("create");
    let b = pots.create("b", value("1")).await.expect("create");
    let mut last = pots.replace(&a, value("2")).await.expect("replace");
    let early = last.revision();
    pots.delete(&b).await.expect("delete");
    for number in 0..600 {
        last = pots.replace(&last, value(&format!("n{number}"))).await.expect("replace");
    }
    (a.revision(), early, last.revision())
}

async fn the_past_is_that_of_the_engine(store: Store) {
    let pots = pots(&store);
    let (first, early, last) = write(&pots).await;
    let then = pots.snapshot_at(early).await.expect("the engine holds it");
    assert_eq!((contents(&then), then.revision()), (vec!["a=2".to_owned(), "b=1".to_owned()], early));
    assert_eq!(contents(&pots.snapshot_at(first).await.expect("held")), ["a=1"]);
    assert!(pots.snapshot_at(first - 1).await.expect("held").is_empty());

    let mut cursor = pots.watch(first, Interest::All).await.expect("the engine holds it");
    let seen = read_until(&mut cursor, last).await;
    assert_eq!(seen.len() as u64, last - first);
    assert_eq!(
        seen[..3],
        [format!("b@{}:1<-", first + 1), format!("a@{early}:2<1"), format!("b@{}:-<1", early + 1),]
    );
    assert_eq!(seen[3], format!("a@{}:n0<2", early + 2));
    assert_eq!(seen.last().cloned(), Some(format!("a@{last}:n599<n598")));

    store.compact(early).await.expect("compact");
    let gone = StorageError::Compacted { requested: first, oldest: early };
    assert_eq!(pots.snapshot_at(first).await.unwrap_err(), gone, "contract 5.16");
    assert_eq!(pots.watch(first, Interest::All).await.unwrap_err(), gone, "contract 5.31");
    assert_eq!(contents(&pots.snapshot_at(early).await.expect("held")), ["a=2", "b=1"]);
    let mut cursor = pots.watch(early, Interest::All).await.expect("held");
    assert_eq!(read_until(&mut cursor, last).await.len() as u64, last - early);
}

#[tokio::test]
async fn in_memory() {
    the_past_is_that_of_the_engine(forgetful(Store::new(MemoryEngine::new()))).await;
}

#[cfg(feature = "embedded")]
#[tokio::test]
async fn in_a_directory() {
    let directory = tempfile::tempdir().expect("a temporary directory");
    the_past_is_that_of_the_engine(forgetful(Store::embedded(directory.path()))).await;
}

#[cfg(feature = "embedded")]
#[tokio::test]
async fn a_watch_resumes_after_a_restart() {
    let directory = tempfile::tempdir().expect("a temporary directory");
    let store = Store::embedded(directory.path());
    let (first, _, last) = write(&pots(&store)).await;
    let mut before = pots(&store).watch(first, Interest::All).await.expect("watch");
    let expected = read_until(&mut before, last).await;
    drop(before);
    store.close().await.expect("close");
    drop(store);
    let store = Store::embedded(directory.path());
    let pots = pots(&store);
    // Events that come meanwhile come once.
    let mut now = pots.watch(last, Interest::All).await.expect("watch");
    let c = pots.create("c", value("c")).await.expect("create").revision();
    let mut after = pots.watch(first, Interest::All).await.expect("the directory holds it");
    let seen = read_until(&mut after, c).await;
    assert_eq!(seen[..expected.len()], expected);
    assert_eq!(seen[expected.len()..], [format!("c@{c}:c<-")]);
    assert_eq!(read_until(&mut now, c).await, [format!("c@{c}:c<-")]);
    store.compact(c).await.expect("compact");
    store.close().await.expect("close");
    drop((after, now, pots, store));
    let store = Store::embedded(directory.path());
    let gone = StorageError::Compacted { requested: first, oldest: c };
    let error = self::pots(&store).watch(first, Interest::All).await.expect_err("it is gone");
    assert_eq!(error, gone, "contract 5.31");
}

#[tokio::test]
async fn a_past_that_does_not_fit_is_refused() {
    let history =
        History { watch_age: Duration::ZERO, watch_bytes: 0, watch_bytes_max: 100_000, ..History::default() };
    let store = Store::memory().with_history(history);
    let pots = pots(&store);
    let (first, _, last) = write(&pots).await;
    for _ in 0..2 {
        let error = pots.watch(first, Interest::All).await.expect_err("six hundred events are too many");
        assert!(
            matches!(error, StorageError::Compacted { requested, oldest } if requested == first && oldest > first)
        );
    }
    let mut cursor = pots.watch(last - 100, Interest::All).await.expect("a hundred are not");
    assert_eq!(read_until(&mut cursor, last).await.len(), 100);
}
