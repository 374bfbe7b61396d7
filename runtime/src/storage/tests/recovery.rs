//! What a collection does when its feed breaks, lags or brings rubbish.

use std::sync::{Arc, Mutex, PoisonError};

use bytes::Bytes;
use futures_core::future::BoxFuture;

use crate::storage::engine::{ChangeSink, Engine, Page, Range, Write};
use crate::storage::testing::{Plain, value};
use crate::storage::{Interest, MemoryEngine, StorageError, Store, Value};

/// The engine in memory, whose feeds the test can break.
#[derive(Clone, Default)]
struct Breakable {
    inner: Arc<MemoryEngine>,
    sinks: Arc<Mutex<Vec<Arc<dyn ChangeSink>>>>,
}

impl Breakable {
    fn break_feeds(&self) {
        for sink in self.sinks.lock().unwrap_or_else(PoisonError::into_inner).drain(..) {
            sink.lost(StorageError::Unreachable("the feed broke".to_owned()));
        }
    }
}

impl Engine for Breakable {
    fn revision(&self) -> BoxFuture<'_, Result<u64, StorageError>> {
        self.inner.revision()
    }

    fn range(&self, range: Range) -> BoxFuture<'_, Result<Page, StorageError>> {
        self.inner.range(range)
    }

    fn commit(&self, write: Write) -> BoxFuture<'_, Result<u64, StorageError>> {
        self.inner.commit(write)
    }

    fn follow(
        &self,
        prefix: String,
        after: u64,
        sink: Arc<dyn ChangeSink>,
    ) -> BoxFuture<'_, Result<(), StorageError>> {
        self.sinks.lock().unwrap_or_else(PoisonError::into_inner).push(Arc::clone(&sink));
        self.inner.follow(prefix, after, sink)
    }

    fn compact(&self, revision: u64) -> BoxFuture<'_, Result<(), StorageError>> {
        self.inner.compact(revision)
    }

    fn location(&self) -> String {
        self.inner.location()
    }
}

#[tokio::test]
async fn a_broken_feed_is_loaded_again_and_old_cursors_learn_of_the_gap() {
    let engine = Breakable::default();
    let store = Store::new(engine.clone());
    let pots = store.collection("pots", Arc::new(Plain));
    let a = pots.create("a", value("a")).await.expect("create");
    let b = pots.create("b", value("b")).await.expect("create");
    let mut caught_up = pots.watch(b.revision(), Interest::All).await.expect("watch");
    let mut quiet = pots.watch(b.revision(), Interest::Object("z".to_owned())).await.expect("watch");
    let mut waiting = tokio::spawn(async move {
        std::future::poll_fn(|cx| caught_up.poll_changed(cx)).await;
        caught_up.read(&mut Vec::new(), 10)
    });
    tokio::task::yield_now().await;
    engine.break_feeds();
    let compacted = StorageError::Compacted { requested: b.revision(), oldest: b.revision() };
    assert_eq!((&mut waiting).await.expect("no panic"), Err(compacted.clone()));
    assert_eq!(quiet.read(&mut Vec::new(), 10), Err(compacted));
    let c = pots.create("c", value("c")).await.expect("create");
    let now = pots.snapshot().await.expect("snapshot");
    let revisions: Vec<_> = now.range("", "").map(|object| object.revision()).collect();
    assert_eq!(revisions, [a.revision(), b.revision(), c.revision()]);
    assert_eq!(now.revision(), c.revision());
    // The log begins at the reload; the engine tells what was before.
    for (after, expected) in [(&b, vec![c.revision()]), (&a, vec![b.revision(), c.revision()])] {
        let mut after = pots.watch(after.revision(), Interest::All).await.expect("the engine holds it");
        let mut events = Vec::new();
        after.read(&mut events, 10).expect("read");
        assert_eq!(events.iter().map(|event| event.revision).collect::<Vec<_>>(), expected);
    }
}

#[tokio::test]
async fn bytes_that_are_no_object_are_never_served() {
    let engine = Breakable::default();
    let store = Store::new(engine.clone());
    let pots = store.collection("pots", Arc::new(Plain));
    let rubbish = || Value::from(Bytes::from_static(b"rubbish"));
    let refused = pots.create("bad", rubbish()).await.expect_err("it is no object");
    let named =
        |error: &StorageError| matches!(error, StorageError::Corrupt(text) if text.contains("pots/bad"));
    assert!(named(&refused), "{refused:?}");
    pots.create("good", value("good")).await.expect("nothing bad was stored");
    // Someone else writes it past the collection.
    let bad = Write::put("pots/bad", 0, rubbish());
    let revision = engine.commit(bad).await.expect("commit");
    for _ in 0..2 {
        let error = pots.snapshot().await.expect_err("it is damaged");
        assert!(named(&error), "{error:?}");
    }
    let gone = Write::delete("pots/bad", revision);
    engine.commit(gone).await.expect("commit");
    assert_eq!(pots.snapshot().await.expect("it is well again").len(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_revision_of_the_future_is_waited_for() {
    let store = Store::memory();
    let pots = store.collection("pots", Arc::new(Plain));
    let first = pots.create("a", value("a")).await.expect("create");
    let next = first.revision() + 1;
    let reading = tokio::spawn({
        let pots = pots.clone();
        async move { pots.snapshot_not_older_than(next).await }
    });
    tokio::task::yield_now().await;
    // The write is one of another kind: the revision counts all of them (contract 5.2).
    store.collection("cans", Arc::new(Plain)).create("b", value("b")).await.expect("create");
    assert_eq!(reading.await.expect("no panic").expect("snapshot").revision(), next);
    let too_large = StorageError::FutureRevision { requested: next + 1, current: next };
    assert_eq!(pots.snapshot_not_older_than(next + 1).await.unwrap_err(), too_large);
    assert_eq!(pots.snapshot_at(next + 1).await.unwrap_err(), too_large);
}
