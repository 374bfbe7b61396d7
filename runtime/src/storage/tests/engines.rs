//! The contract of [`Engine`], run over each of them.

use std::sync::{Arc, Mutex, PoisonError};

use crate::storage::engine::{Change, ChangeSink, Engine, Range, Write};
use crate::storage::testing::value;
use crate::storage::{MemoryEngine, StorageError};

/// Runs each test on each engine.
macro_rules! every_engine {
    ($($test:ident),* $(,)?) => {
        mod memory {
            $(#[tokio::test]
            async fn $test() {
                super::$test(&super::MemoryEngine::new()).await;
            })*
        }

        #[cfg(feature = "embedded")]
        mod embedded {
            $(#[tokio::test]
            async fn $test() {
                let directory = tempfile::tempdir().expect("a temporary directory");
                super::$test(&crate::storage::EmbeddedEngine::open(directory.path()).expect("open")).await;
            })*
        }
    };
}

every_engine!(
    a_write_happens_only_at_the_expected_revision,
    writes_that_race_for_a_key_happen_once,
    a_range_is_read_in_pages_at_one_revision,
    a_follower_misses_nothing_and_sees_nothing_twice,
    a_follower_joins_while_others_write,
    a_closed_sink_is_let_go,
    compaction_forgets_what_was_overwritten,
);

async fn put(engine: &dyn Engine, key: &str, expected: u64, text: &str) -> Result<u64, StorageError> {
    engine.commit(Write { key: key.to_owned(), expected, value: Some(value(text)) }).await
}

async fn delete(engine: &dyn Engine, key: &str, expected: u64) -> Result<u64, StorageError> {
    engine.commit(Write { key: key.to_owned(), expected, value: None }).await
}

async fn keys(engine: &dyn Engine, prefix: &str, revision: Option<u64>) -> Vec<(String, u64)> {
    let range = Range { prefix: prefix.to_owned(), revision, ..Range::default() };
    let page = engine.range(range).await.expect("range");
    assert!(!page.more);
    page.records.into_iter().map(|record| (record.key, record.revision)).collect()
}

fn named(keys: &[(&str, u64)]) -> Vec<(String, u64)> {
    keys.iter().map(|(key, revision)| ((*key).to_owned(), *revision)).collect()
}

/// Remembers what it is fed.
#[derive(Default)]
struct Recorder {
    fed: Mutex<Fed>,
}

#[derive(Default)]
struct Fed {
    changes: Vec<Change>,
    progress: u64,
    closed: bool,
}

impl Recorder {
    fn fed<T>(&self, look: impl FnOnce(&mut Fed) -> T) -> T {
        look(&mut self.fed.lock().unwrap_or_else(PoisonError::into_inner))
    }

    fn seen(&self) -> Vec<(String, u64)> {
        self.fed(|fed| fed.changes.iter().map(|change| (change.key.clone(), change.revision)).collect())
    }
}

impl ChangeSink for Recorder {
    fn apply(&self, changes: Vec<Change>) {
        self.fed(|fed| fed.changes.extend(changes));
    }

    fn progress(&self, revision: u64) {
        self.fed(|fed| {
            assert!(revision >= fed.progress, "progress went back");
            fed.progress = revision;
        });
    }

    fn lost(&self, error: StorageError) {
        panic!("the feed broke: {error}");
    }

    fn is_closed(&self) -> bool {
        self.fed(|fed| fed.closed)
    }
}

async fn follow(engine: &dyn Engine, prefix: &str, after: u64) -> Result<Arc<Recorder>, StorageError> {
    let recorder = Arc::new(Recorder::default());
    let sink: Arc<dyn ChangeSink> = Arc::<Recorder>::clone(&recorder);
    engine.follow(prefix.to_owned(), after, sink).await?;
    Ok(recorder)
}

async fn a_write_happens_only_at_the_expected_revision(engine: &dyn Engine) {
    let empty = engine.revision().await.expect("revision");
    assert!(empty > 0, "contract 5.2: revisions start above 0");
    let created = put(engine, "/a", 0, "one").await.expect("create");
    assert!(created > empty);
    assert_eq!(put(engine, "/a", 0, "again").await, Err(StorageError::KeyExists));
    let replaced = put(engine, "/a", created, "two").await.expect("replace");
    assert!(replaced > created);
    let late = StorageError::Conflict { expected: created, actual: replaced };
    assert_eq!(put(engine, "/a", created, "late").await, Err(late.clone()));
    assert_eq!(delete(engine, "/a", created).await, Err(late));
    let deleted = delete(engine, "/a", replaced).await.expect("delete");
    assert!(deleted > replaced);
    let gone = StorageError::Conflict { expected: replaced, actual: 0 };
    assert_eq!(put(engine, "/a", replaced, "gone").await, Err(gone.clone()));
    assert_eq!(delete(engine, "/a", replaced).await, Err(gone));
    let nothing = StorageError::Conflict { expected: 0, actual: 0 };
    assert_eq!(delete(engine, "/a", 0).await, Err(nothing));
    let recreated = put(engine, "/a", 0, "new").await.expect("recreate");
    assert!(recreated > deleted);
    assert_eq!(engine.revision().await, Ok(recreated));
    assert_eq!(keys(engine, "/", None).await, named(&[("/a", recreated)]));
}

async fn writes_that_race_for_a_key_happen_once(engine: &dyn Engine) {
    let mut last = put(engine, "/a", 0, "start").await.expect("create");
    for round in 0..8 {
        let text = format!("round {round}");
        let racing = (0..16).map(|_| put(engine, "/a", last, &text));
        let outcomes = futures_util::future::join_all(racing).await;
        let won: Vec<_> = outcomes.iter().filter_map(|outcome| outcome.as_ref().ok()).copied().collect();
        assert_eq!(won.len(), 1, "{outcomes:?}");
        for lost in outcomes.into_iter().filter_map(Result::err) {
            assert_eq!(lost, StorageError::Conflict { expected: last, actual: won[0] });
        }
        last = won[0];
    }
}

async fn a_range_is_read_in_pages_at_one_revision(engine: &dyn Engine) {
    for name in ["/p/a", "/p/b", "/p/c", "/p/d", "/p0/z", "/o/z"] {
        put(engine, name, 0, name).await.expect("create");
    }
    let mut range = Range { prefix: "/p/".to_owned(), limit: 2, ..Range::default() };
    let first = engine.range(range.clone()).await.expect("range");
    assert!(first.more && first.revision == engine.revision().await.expect("revision"));
    let b = first.records[1].clone();
    assert_eq!((&*b.key, &b.bytes), ("/p/b", &value("/p/b").bytes));
    // None of this shows in the pages that follow.
    delete(engine, "/p/c", first.records[1].revision + 1).await.expect("delete");
    put(engine, "/p/cc", 0, "new").await.expect("create");
    put(engine, "/p/d", first.records[1].revision + 2, "new").await.expect("replace");
    put(engine, "/p/c", 0, "again").await.expect("recreate");
    (range.after, range.revision) = (b.key, Some(first.revision));
    let second = engine.range(range.clone()).await.expect("range");
    assert_eq!((second.more, second.revision), (false, first.revision));
    let found: Vec<_> = second.records.iter().map(|record| (&*record.key, record.bytes.clone())).collect();
    assert_eq!(found, [("/p/c", value("/p/c").bytes), ("/p/d", value("/p/d").bytes)]);
    range.limit = 1;
    let one = engine.range(range.clone()).await.expect("range");
    assert_eq!((one.more, one.records.len()), (true, 1));
    range.revision = Some(first.revision + 100);
    assert!(matches!(engine.range(range).await, Err(StorageError::FutureRevision { .. })));
}

async fn a_follower_misses_nothing_and_sees_nothing_twice(engine: &dyn Engine) {
    let a = put(engine, "/p/a", 0, "a").await.expect("create");
    let other = put(engine, "/o/a", 0, "a").await.expect("create");
    let b = put(engine, "/p/b", 0, "b").await.expect("create");
    let recorder = follow(engine, "/p/", a).await.expect("follow");
    assert_eq!(recorder.seen(), named(&[("/p/b", b)]));
    assert_eq!(recorder.fed(|fed| fed.progress), b);
    let gone = delete(engine, "/p/a", a).await.expect("delete");
    assert_eq!(recorder.seen(), named(&[("/p/b", b), ("/p/a", gone)]));
    assert!(recorder.fed(|fed| fed.changes[0].value.is_some() && fed.changes[1].value.is_none()));
    let elsewhere = put(engine, "/o/a", other, "b").await.expect("replace");
    assert_eq!(recorder.fed(|fed| (fed.changes.len(), fed.progress)), (2, elsewhere));
}

async fn a_follower_joins_while_others_write(engine: &dyn Engine) {
    let start = engine.revision().await.expect("revision");
    let writing = async {
        for number in 0..200 {
            put(engine, &format!("/p/{number:03}"), 0, "x").await.expect("create");
            tokio::task::yield_now().await;
        }
    };
    let following = async {
        let mut recorders = Vec::new();
        for _ in 0..10 {
            recorders.push(follow(engine, "/p/", start).await.expect("follow"));
            tokio::task::yield_now().await;
        }
        recorders
    };
    let ((), recorders) = tokio::join!(writing, following);
    let everything = keys(engine, "/p/", None).await;
    assert_eq!(everything.len(), 200);
    for recorder in recorders {
        assert_eq!(recorder.seen(), everything);
    }
}

async fn a_closed_sink_is_let_go(engine: &dyn Engine) {
    let recorder = follow(engine, "/", 1).await.expect("follow");
    recorder.fed(|fed| fed.closed = true);
    for name in ["/a", "/b"] {
        put(engine, name, 0, "x").await.expect("create");
    }
    assert_eq!(Arc::strong_count(&recorder), 1);
}

async fn compaction_forgets_what_was_overwritten(engine: &dyn Engine) {
    let kept = put(engine, "/kept", 0, "kept").await.expect("create");
    let gone = put(engine, "/gone", 0, "gone").await.expect("create");
    let deleted = delete(engine, "/gone", gone).await.expect("delete");
    let old = put(engine, "/a", 0, "old").await.expect("create");
    let new = put(engine, "/a", old, "new").await.expect("replace");
    let newest = put(engine, "/a", new, "newest").await.expect("replace");
    assert_eq!(keys(engine, "/", Some(old)).await, named(&[("/a", old), ("/kept", kept)]));
    engine.compact(new).await.expect("compact");
    engine.compact(old).await.expect("compacting less again does nothing");
    let past = |revision| Range { revision: Some(revision), ..Range::default() };
    for revision in [gone, deleted, old] {
        let compacted = StorageError::Compacted { requested: revision, oldest: new };
        assert_eq!(engine.range(past(revision)).await.map(|_| ()), Err(compacted.clone()));
        assert_eq!(follow(engine, "/", revision).await.map(|_| ()), Err(compacted));
    }
    assert_eq!(keys(engine, "/", Some(new)).await, named(&[("/a", new), ("/kept", kept)]));
    assert_eq!(keys(engine, "/", None).await, named(&[("/a", newest), ("/kept", kept)]));
    let recorder = follow(engine, "/", new).await.expect("follow");
    assert_eq!(recorder.seen(), named(&[("/a", newest)]));
    let future = StorageError::FutureRevision { requested: newest + 1, current: newest };
    assert_eq!(engine.compact(newest + 1).await, Err(future));
    assert!(put(engine, "/gone", 0, "back").await.expect("recreate") > newest);
}
