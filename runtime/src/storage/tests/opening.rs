//! Opening: once however many tasks race, and again after a failure.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use futures_util::future::join_all;
use tokio::sync::Semaphore;

use crate::storage::testing::{Plain, value};
use crate::storage::{Collection, Engine, MemoryEngine, Range, StorageError, Store};

fn unreachable() -> StorageError {
    StorageError::Unreachable("not today".to_owned())
}

/// A store whose first opening fails, once the gate lets it.
fn fails_once() -> (Store, Arc<AtomicUsize>, Arc<Semaphore>) {
    let (calls, gate) = (Arc::new(AtomicUsize::new(0)), Arc::new(Semaphore::new(0)));
    let (counted, guarded) = (Arc::clone(&calls), Arc::clone(&gate));
    let store = Store::lazy(move || {
        let (call, gate) = (counted.fetch_add(1, Ordering::SeqCst), Arc::clone(&guarded));
        Box::pin(async move {
            gate.acquire().await.expect("the gate stays").forget();
            match call {
                0 => Err(unreachable()),
                _ => Ok(Arc::new(MemoryEngine::new()) as Arc<dyn Engine>),
            }
        })
    });
    (store, calls, gate)
}

/// Lets every task run until it waits.
async fn settle() {
    for _ in 0..100 {
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
async fn a_failed_opening_is_reported_to_all_and_tried_again_by_the_next() {
    let (store, calls, gate) = fails_once();
    for expected in [Err(unreachable()), Ok(())] {
        let waiting: Vec<_> = (0..64)
            .map(|_| {
                let store = store.clone();
                tokio::spawn(async move { store.open().await })
            })
            .collect();
        settle().await;
        gate.add_permits(1);
        for outcome in join_all(waiting).await {
            assert_eq!(outcome.expect("no panic"), expected);
        }
    }
    store.open().await.expect("it stays open");
    assert_eq!(calls.load(Ordering::SeqCst), 2);
}

#[tokio::test]
async fn a_collection_that_cannot_load_is_tried_again_by_the_next() {
    let (store, calls, gate) = fails_once();
    let pots = store.collection("pots", Arc::new(Plain));
    gate.add_permits(1);
    assert_eq!(pots.create("a", value("a")).await.unwrap_err(), unreachable());
    gate.add_permits(1);
    pots.create("a", value("a")).await.expect("create");
    assert_eq!(pots.snapshot().await.expect("snapshot").len(), 1);
    assert_eq!(calls.load(Ordering::SeqCst), 2);
}

#[tokio::test]
async fn an_opening_that_panics_is_a_failure_like_any_other() {
    let store = Store::lazy(|| Box::pin(async { panic!("a bug in the engine") }));
    for _ in 0..2 {
        let error = store.open().await.expect_err("opening panics");
        assert!(matches!(&error, StorageError::Unreachable(text) if text.contains("panic")), "{error:?}");
    }
}

#[tokio::test]
async fn an_opening_goes_on_when_who_asked_gives_up() {
    let (store, calls, gate) = fails_once();
    let asking = tokio::spawn({
        let store = store.clone();
        async move { store.open().await }
    });
    settle().await;
    asking.abort();
    assert!(asking.await.expect_err("aborted").is_cancelled());
    gate.add_permits(1);
    assert_eq!(store.open().await, Err(unreachable()));
    assert_eq!(calls.load(Ordering::SeqCst), 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn tasks_that_race_share_one_store_and_one_collection() {
    let (store, calls, gate) = fails_once();
    gate.add_permits(64);
    assert_eq!(store.open().await, Err(unreachable()));
    let writing = (0..64).map(|number| {
        let store = store.clone();
        tokio::spawn(async move {
            let pots: Collection = store.collection("pots/", Arc::new(Plain));
            pots.create(&format!("n{number}"), value("x")).await.map(|_| pots)
        })
    });
    let mut last = None;
    for outcome in join_all(writing).await {
        last = Some(outcome.expect("no panic").expect("create"));
    }
    let pots = last.expect("a collection");
    assert_eq!(pots.snapshot().await.expect("snapshot").len(), 64);
    assert_eq!(calls.load(Ordering::SeqCst), 2);
}

#[tokio::test(start_paused = true)]
async fn history_is_forgotten_after_five_minutes() {
    let engine: Arc<dyn Engine> = Arc::new(MemoryEngine::new());
    let opened = Arc::clone(&engine);
    let store = Store::lazy(move || {
        let engine = Arc::clone(&opened);
        Box::pin(async { Ok(engine) })
    });
    let pots = store.collection("pots", Arc::new(Plain));
    let old = pots.create("a", value("old")).await.expect("create");
    pots.replace(&old, value("new")).await.expect("replace");
    let past = || engine.range(Range { revision: Some(old.revision()), ..Range::default() });
    tokio::time::sleep(Duration::from_secs(4 * 60)).await;
    assert!(past().await.is_ok(), "contract 5.26: history is kept for five minutes");
    tokio::time::sleep(Duration::from_secs(2 * 60)).await;
    assert!(matches!(past().await, Err(StorageError::Compacted { .. })));
    drop((pots, store));
    tokio::time::sleep(Duration::from_secs(60)).await;
    assert_eq!(Arc::strong_count(&engine), 1, "nothing holds the engine any more");
}

#[test]
fn an_opening_may_outlive_its_runtime() {
    let runtime = || tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    let (store, calls, gate) = fails_once();
    let first = runtime();
    let asking = store.clone();
    first.spawn(async move { asking.open().await });
    first.block_on(settle());
    drop(first);
    gate.add_permits(2);
    runtime().block_on(async {
        // What was begun ended with its runtime, and the next one who asks may be told so.
        let _ = store.open().await;
        store.open().await.expect("open");
    });
    assert_eq!(calls.load(Ordering::SeqCst), 2);
}
