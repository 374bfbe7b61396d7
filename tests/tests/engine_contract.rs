//! The contract of engines: kept by every engine here, and broken by every mutant, with a reason that names the fault.

use std::fmt::Write as _;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::time::Duration;

use bytes::Bytes;
use resourceful::storage::{
    BoxFuture, Change, ChangeSink, EmbeddedEngine, Engine, EtcdEngine, EtcdOptions, MemoryEngine, Page,
    Range, StorageError, Value, Write,
};
use resourceful::testing::{EngineVerdict, Lasts, engine_contract};
use resourceful_tests::etcd::Cluster;

#[allow(unreachable_pub, reason = "an example is read as a program of its own")]
#[path = "../../examples/engine/journal.rs"]
mod journal;

fn assert_kept(verdict: &EngineVerdict, skipped: &[&str]) {
    assert!(verdict.is_kept(), "{verdict}");
    let skips: Vec<_> = verdict.skipped().map(|(clause, _)| clause).collect();
    assert_eq!(skips, skipped, "{verdict}");
}

const TTL: &str = "a_key_with_a_time_to_live_is_deleted";

#[tokio::test]
async fn memory_keeps_it() {
    let verdict = engine_contract(Lasts::WhileOpen, |_| async { Ok(MemoryEngine::new()) }).await;
    assert_kept(
        &verdict,
        &["what_was_acknowledged_outlives_the_engine", "a_closed_engine_refuses_everything"],
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn embedded_keeps_it() {
    let directory = tempfile::tempdir().expect("a temporary directory");
    let verdict = engine_contract(Lasts::OverRestarts, |store| {
        let path = directory.path().join(store);
        async move { EmbeddedEngine::open(path) }
    });
    assert_kept(&verdict.await, &[TTL]);
}

#[tokio::test]
async fn the_example_keeps_it_in_less_than_200_lines() {
    let directory = tempfile::tempdir().expect("a temporary directory");
    let verdict = engine_contract(Lasts::OverRestarts, |store| {
        let path = directory.path().join(store);
        async move { journal::JournalEngine::open(path) }
    });
    assert_kept(&verdict.await, &[TTL]);
    let lines = include_str!("../../examples/engine/journal.rs").lines().count();
    assert!(lines < 200, "{lines} lines");
}

/// Progress that etcd 3.4 tells is not to be relied on, and the engine says so.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn etcd_keeps_it() {
    let cluster = Cluster::single();
    let verdict = etcd_contract(&cluster).await;
    let reliable =
        if cluster.version() >= (3, 5, 13) { vec![] } else { vec!["progress_comes_when_it_is_asked_for"] };
    assert_kept(&verdict, &reliable);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn etcd_of_three_members_keeps_it() {
    let verdict = etcd_contract(&Cluster::of(3)).await;
    assert!(verdict.is_kept(), "{verdict}");
}

async fn etcd_contract(cluster: &Cluster) -> EngineVerdict {
    engine_contract(Lasts::OverRestarts, |store| {
        let options = EtcdOptions::new(cluster.urls()).prefix(store).compaction_interval(Duration::ZERO);
        EtcdEngine::connect(options)
    })
    .await
}

/// What can be wrong with an engine.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Fault {
    None,
    StartsAtZero,
    RevisionGoesBack,
    RevisionLags,
    AcceptsStaleCompare,
    CreatesOverWhatIsThere,
    DeletesWhatIsNotThere,
    ComparesBeforeItWrites,
    AcknowledgesAndForgets,
    ConflictsTellNothing,
    GivesARevisionTwice,
    CutsBytes,
    MixesBytesUp,
    NeverExpires,
    RangeIsUnordered,
    RangeIncludesAfter,
    RangeTakesNeighbours,
    PagesAreOfTheNewest,
    PagesHaveNoEnd,
    PagesEndTooEarly,
    PastIsTheNewest,
    PastIsOffByOne,
    FutureIsTheNewest,
    ReadsAreStale,
    FeedLosesAChange,
    FeedLosesDeletes,
    FeedRepeats,
    FeedReorders,
    FeedTakesNeighbours,
    FeedBeginsNow,
    FeedIncludesAfter,
    FeedBytesAreWrong,
    ProgressIsEarly,
    ProgressGoesBack,
    ProgressNeverComes,
    SinksAreKept,
    CompactionDoesNothing,
    CompactionTakesTooMuch,
    CompactionEndsFeeds,
    CompactedIsTheNewest,
    FollowHangs,
    RangePanics,
    ForgetsAfterClose,
    RevisionsRestart,
    LivesAfterClose,
}

use Fault as F;

/// Each fault, and words of the reason that must name it.
const MUTANTS: &[(Fault, &str)] = &[
    (F::StartsAtZero, "the revision of an empty store is 0"),
    (F::RevisionGoesBack, "the revision went from"),
    (F::RevisionLags, "the newest revision is"),
    (F::AcceptsStaleCompare, "writing over a revision that was overwritten"),
    (F::CreatesOverWhatIsThere, "creating a key that is there"),
    (F::DeletesWhatIsNotThere, "deleting a key that is gone"),
    (F::ComparesBeforeItWrites, "of 16 writers that expect revision"),
    (F::AcknowledgesAndForgets, "failed: the key is at revision"),
    (F::ConflictsTellNothing, "actual: 0"),
    (F::GivesARevisionTwice, "the revision went from"),
    (F::CutsBytes, "did not come back as they were"),
    (F::MixesBytesUp, "the bytes at"),
    (F::NeverExpires, "waits for the delete of /short"),
    (F::RangeIsUnordered, "the keys of / after"),
    (F::RangeIncludesAfter, "after \"/a/1\""),
    (F::RangeTakesNeighbours, "the keys of /a/ after"),
    (F::PagesAreOfTheNewest, "the revision of a later page"),
    (F::PagesHaveNoEnd, "more: true"),
    (F::PagesEndTooEarly, "more: false"),
    (F::PastIsTheNewest, "the range at revision"),
    (F::PastIsOffByOne, "the range at revision"),
    (F::FutureIsTheNewest, "of the future answered Ok"),
    (F::ReadsAreStale, "the range just after the write"),
    (F::FeedLosesAChange, "waits for"),
    (F::FeedLosesDeletes, "waits for"),
    (F::FeedRepeats, "came after"),
    (F::FeedReorders, "came after revision"),
    (F::FeedTakesNeighbours, "is another's key"),
    (F::FeedBeginsNow, "waits for"),
    (F::FeedIncludesAfter, "came after"),
    (F::FeedBytesAreWrong, "the bytes of"),
    (F::ProgressIsEarly, "came after the progress"),
    (F::ProgressGoesBack, "the progress went back"),
    (F::ProgressNeverComes, "waits for progress"),
    (F::SinksAreKept, "a sink that is closed is still held"),
    (F::CompactionDoesNothing, "which is compacted, answered Ok"),
    (F::CompactionTakesTooMuch, "is no longer held"),
    (F::CompactionEndsFeeds, "it was told as lost"),
    (F::CompactedIsTheNewest, "which is compacted, answered Ok"),
    (F::FollowHangs, "it did not end within 60 seconds"),
    (F::RangePanics, "it panicked: the engine has a bad day"),
    (F::ForgetsAfterClose, "a store that was opened again"),
    (F::RevisionsRestart, "went back"),
    (F::LivesAfterClose, "after closing answered"),
];

/// The clock stands still while anybody works, so that what never comes is missed at once.
#[tokio::test(start_paused = true)]
async fn every_mutant_is_caught_and_told_by_name() {
    let healthy = mutant(F::None).await;
    assert!(healthy.is_kept(), "{healthy}");
    let mut report = String::new();
    for (fault, words) in MUTANTS {
        let verdict = mutant(*fault).await;
        if !verdict.broken().any(|(_, why)| why.contains(words)) {
            let _ = writeln!(report, "{fault:?} is not told by {words:?}:\n{verdict}");
        }
    }
    assert!(report.is_empty(), "{report}");
}

async fn mutant(fault: Fault) -> EngineVerdict {
    let stores: Mutex<std::collections::HashMap<String, Arc<MemoryEngine>>> = Mutex::default();
    let opened = AtomicU64::new(1);
    engine_contract(Lasts::OverRestarts, |store| {
        let opened = opened.fetch_add(1, Ordering::Relaxed);
        let mut stores = stores.lock().unwrap_or_else(PoisonError::into_inner);
        let memory = match fault {
            F::ForgetsAfterClose | F::RevisionsRestart => Arc::new(MemoryEngine::new()),
            _ => Arc::clone(stores.entry(store).or_default()),
        };
        async move {
            if fault == F::ForgetsAfterClose {
                for number in 0..opened * 20 {
                    memory.commit(Write::put(format!("elsewhere/{number}"), 0, Bytes::new())).await?;
                }
            }
            let (writes, closed, sinks) = (Mutex::default(), Arc::default(), Mutex::default());
            Ok(Mutant { memory, fault, writes, closed, sinks })
        }
    })
    .await
}

/// The engine in memory with one fault.
struct Mutant {
    memory: Arc<MemoryEngine>,
    fault: Fault,
    writes: Mutex<u64>,
    closed: Arc<OnceLock<()>>,
    sinks: Mutex<Vec<Arc<dyn ChangeSink>>>,
}

impl Mutant {
    fn is(&self, fault: Fault) -> bool {
        self.fault == fault
    }

    fn check_open(&self) -> Result<(), StorageError> {
        match self.closed.get() {
            Some(()) if !self.is(F::LivesAfterClose) => Err(StorageError::Unreachable("closed".to_owned())),
            _ => Ok(()),
        }
    }

    fn count(&self) -> u64 {
        let mut writes = self.writes.lock().unwrap_or_else(PoisonError::into_inner);
        *writes += 1;
        *writes
    }

    async fn write(&self, mut write: Write) -> Result<u64, StorageError> {
        let number = self.count();
        match self.fault {
            F::AcknowledgesAndForgets if number.is_multiple_of(5) => return self.memory.revision().await,
            F::ComparesBeforeItWrites => {
                write.check(self.actual(&write.key).await)?;
                tokio::task::yield_now().await;
                write.expected = self.actual(&write.key).await;
            }
            F::NeverExpires => {
                if let Some(value) = &mut write.value {
                    value.ttl = None;
                }
            }
            F::CutsBytes => {
                if let Some(value) = &mut write.value {
                    value.bytes.truncate(65_536);
                }
            }
            _ => {}
        }
        let outcome = self.memory.commit(write.clone()).await;
        match (self.fault, outcome) {
            (F::AcceptsStaleCompare, Err(StorageError::Conflict { actual, expected }))
                if actual > expected && expected > 0 =>
            {
                write.expected = actual;
                self.memory.commit(write).await
            }
            (F::CreatesOverWhatIsThere, Err(StorageError::KeyExists)) => {
                write.expected = self.actual(&write.key).await;
                self.memory.commit(write).await
            }
            (F::DeletesWhatIsNotThere, Err(StorageError::Conflict { actual: 0, .. }))
                if write.value.is_none() =>
            {
                self.memory.revision().await
            }
            (F::ConflictsTellNothing, Err(StorageError::Conflict { expected, .. })) => {
                Err(StorageError::Conflict { expected, actual: 0 })
            }
            (F::RevisionGoesBack, Ok(revision)) if number.is_multiple_of(7) => Ok(revision - 3),
            (F::GivesARevisionTwice, Ok(revision)) if number.is_multiple_of(7) => Ok(revision - 1),
            (_, outcome) => outcome,
        }
    }

    async fn actual(&self, key: &str) -> u64 {
        let range = Range { prefix: key.to_owned(), ..Range::default() };
        let page = self.memory.range(range).await.expect("memory can be read");
        page.records.iter().find(|record| record.key == key).map_or(0, |record| record.revision)
    }

    async fn read(&self, mut range: Range) -> Result<Page, StorageError> {
        let newest = self.memory.revision().await?;
        let asked = range.revision;
        match self.fault {
            F::RangePanics => panic!("the engine has a bad day"),
            F::RangeTakesNeighbours => range.prefix = range.prefix.trim_end_matches('/').to_owned(),
            F::PagesAreOfTheNewest | F::PastIsTheNewest => range.revision = None,
            F::PastIsOffByOne => range.revision = asked.map(|revision| (revision + 1).min(newest)),
            F::FutureIsTheNewest if asked.is_some_and(|revision| revision > newest) => range.revision = None,
            F::ReadsAreStale if asked.is_none() => range.revision = Some(newest.saturating_sub(1).max(1)),
            F::RangeIncludesAfter => {
                range.after.pop();
            }
            _ => {}
        }
        let page = self.memory.range(range.clone()).await;
        let mut page = match (self.fault, page) {
            (F::CompactedIsTheNewest, Err(StorageError::Compacted { .. })) => {
                self.memory.range(Range { revision: None, ..range.clone() }).await?
            }
            (_, page) => page?,
        };
        match self.fault {
            F::RangeIsUnordered => page.records.reverse(),
            F::PagesHaveNoEnd => page.more = !page.records.is_empty() && range.limit > 0,
            F::PagesEndTooEarly => page.more = false,
            F::PastIsTheNewest | F::PastIsOffByOne => page.revision = asked.unwrap_or(page.revision),
            F::MixesBytesUp => {
                if let [first, second, ..] = &mut page.records[..] {
                    std::mem::swap(&mut first.bytes, &mut second.bytes);
                }
            }
            _ => {}
        }
        Ok(page)
    }

    async fn feed(
        &self,
        mut prefix: String,
        mut after: u64,
        sink: Arc<dyn ChangeSink>,
    ) -> Result<(), StorageError> {
        match self.fault {
            F::FollowHangs => std::future::pending().await,
            F::FeedTakesNeighbours => prefix = prefix.trim_end_matches('/').to_owned(),
            F::FeedBeginsNow => after = self.memory.revision().await?,
            F::FeedIncludesAfter => after = after.saturating_sub(1),
            _ => {}
        }
        if self.is(F::CompactionEndsFeeds) {
            self.sinks.lock().unwrap_or_else(PoisonError::into_inner).push(Arc::clone(&sink));
        }
        let (applied, held) = (Mutex::default(), Mutex::default());
        let faulty = FaultySink { sink, fault: self.fault, closed: Arc::clone(&self.closed), applied, held };
        self.memory.follow(prefix, after, Arc::new(faulty)).await
    }

    async fn forget(&self, revision: u64) -> Result<(), StorageError> {
        match self.fault {
            F::CompactionDoesNothing => Ok(()),
            F::CompactionEndsFeeds => {
                for sink in self.sinks.lock().unwrap_or_else(PoisonError::into_inner).drain(..) {
                    sink.lost(StorageError::Compacted { requested: 0, oldest: revision });
                }
                self.memory.compact(revision).await
            }
            F::CompactionTakesTooMuch => {
                let newest = self.memory.revision().await?;
                self.memory.compact(if revision > newest { revision } else { newest }).await
            }
            _ => self.memory.compact(revision).await,
        }
    }

    fn open<'a, T: Send + 'a>(
        &'a self,
        run: impl Future<Output = Result<T, StorageError>> + Send + 'a,
    ) -> BoxFuture<'a, Result<T, StorageError>> {
        Box::pin(async {
            self.check_open()?;
            run.await
        })
    }
}

impl Engine for Mutant {
    fn revision(&self) -> BoxFuture<'_, Result<u64, StorageError>> {
        self.open(async {
            let revision = self.memory.revision().await?;
            Ok(match self.fault {
                F::StartsAtZero | F::RevisionLags => revision - 1,
                _ => revision,
            })
        })
    }

    fn range(&self, range: Range) -> BoxFuture<'_, Result<Page, StorageError>> {
        self.open(self.read(range))
    }

    fn commit(&self, write: Write) -> BoxFuture<'_, Result<u64, StorageError>> {
        self.open(self.write(write))
    }

    fn follow(
        &self,
        prefix: String,
        after: u64,
        sink: Arc<dyn ChangeSink>,
    ) -> BoxFuture<'_, Result<(), StorageError>> {
        self.open(self.feed(prefix, after, sink))
    }

    fn compact(&self, revision: u64) -> BoxFuture<'_, Result<(), StorageError>> {
        self.open(self.forget(revision))
    }

    fn location(&self) -> String {
        "a mutant".to_owned()
    }

    fn close(&self) -> BoxFuture<'_, Result<(), StorageError>> {
        let _ = self.closed.set(());
        Box::pin(async { Ok(()) })
    }
}

/// A sink that is fed with a fault.
struct FaultySink {
    sink: Arc<dyn ChangeSink>,
    fault: Fault,
    closed: Arc<OnceLock<()>>,
    applied: Mutex<u64>,
    held: Mutex<Option<Change>>,
}

impl FaultySink {
    fn change(&self, mut change: Change) -> Vec<Change> {
        let number = {
            let mut applied = self.applied.lock().unwrap_or_else(PoisonError::into_inner);
            *applied += 1;
            *applied
        };
        match self.fault {
            F::FeedLosesAChange if number % 4 == 0 => vec![],
            F::FeedLosesDeletes if change.value.is_none() => vec![],
            F::FeedRepeats if number % 4 == 0 => vec![change.clone(), change],
            F::FeedReorders if number % 4 == 1 => {
                *self.held.lock().unwrap_or_else(PoisonError::into_inner) = Some(change);
                vec![]
            }
            F::FeedReorders => {
                let held = self.held.lock().unwrap_or_else(PoisonError::into_inner).take();
                [change].into_iter().chain(held).collect()
            }
            F::FeedBytesAreWrong => {
                change.value = change.value.map(|_| Value::from(Bytes::from_static(b"{}")));
                vec![change]
            }
            _ => vec![change],
        }
    }
}

impl ChangeSink for FaultySink {
    fn apply(&self, changes: Vec<Change>) {
        for change in changes {
            if self.fault == F::ProgressIsEarly {
                self.sink.progress(change.revision);
            }
            let changes = self.change(change);
            if self.fault == F::FeedRepeats {
                for change in changes {
                    self.sink.apply(vec![change]);
                }
            } else if !changes.is_empty() {
                self.sink.apply(changes);
            }
        }
    }

    fn progress(&self, revision: u64) {
        match self.fault {
            F::ProgressNeverComes => {}
            F::ProgressGoesBack => self.sink.progress(1000 - revision),
            _ => self.sink.progress(revision),
        }
    }

    fn lost(&self, error: StorageError) {
        self.sink.lost(error);
    }

    fn is_closed(&self) -> bool {
        self.closed.get().is_some() || self.fault != F::SinksAreKept && self.sink.is_closed()
    }
}
