//! The past of a collection: while its log reaches back, the present with the events undone; beyond, what the engine
//! still holds.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::time::{Duration, Instant};

use tokio::sync::Notify;

use super::state::{ATTEMPTS, PATIENCE, State};
use crate::failpoint::failpoint;
use crate::storage::engine::{Change, ChangeSink};
use crate::storage::{Cursor, Event, Interest, Snapshot, StorageError};

/// What a collection knows of its past beside the log.
#[derive(Default)]
pub(super) struct Past {
    /// The last few snapshots of the past that were asked for: the pages of a list all want the same one.
    snapshots: Mutex<VecDeque<Snapshot>>,
    /// One task at a time reads the engine's history: most of those that wait want what it reads.
    reading: tokio::sync::Mutex<()>,
    /// What lies before this revision is forgotten, whoever may still hold it.
    forgotten: AtomicU64,
    /// The events since this revision were too many to be held, a short while ago.
    too_far: AtomicU64,
}

/// How many snapshots of the past are kept.
const SNAPSHOTS: usize = 4;
/// How many events are undone, or made, before other tasks get a turn.
const SLICE: usize = 512;

impl State {
    /// The objects at a revision that has been reached. Fails with [`StorageError::Compacted`].
    pub(super) async fn at(self: &Arc<Self>, revision: u64) -> Result<Snapshot, StorageError> {
        self.past.check(revision)?;
        if let Some(snapshot) = self.past.get(revision) {
            return Ok(snapshot);
        }
        if self.log.progress() < revision {
            // The feed of an engine that others write to is behind.
            return self.read_past(revision).await;
        }
        match self.rewind(revision).await {
            Err(StorageError::Compacted { .. }) => self.read_past(revision).await,
            outcome => outcome,
        }
    }

    /// Undoes what came after a revision, as far as the log reaches back.
    async fn rewind(self: &Arc<Self>, revision: u64) -> Result<Snapshot, StorageError> {
        let (mut objects, tail) = self.live().await?;
        let events = self.log.back_to(revision, tail)?;
        for slice in events.chunks(SLICE) {
            for event in slice {
                match &event.previous {
                    Some(previous) => drop(objects.insert(previous)),
                    None => drop(objects.remove(event.key())),
                }
            }
            tokio::task::yield_now().await;
        }
        let snapshot = objects.at(revision);
        if !events.is_empty() {
            self.past.put(snapshot.clone());
        }
        Ok(snapshot)
    }

    /// Reads the objects at a revision from the engine.
    async fn read_past(self: &Arc<Self>, revision: u64) -> Result<Snapshot, StorageError> {
        let _reading = self.past.reading.lock().await;
        if let Some(snapshot) = self.past.get(revision) {
            return Ok(snapshot);
        }
        let engine = self.engine().await?;
        let snapshot = self.read_at(&*engine, Some(revision)).await?;
        self.past.put(snapshot.clone());
        Ok(snapshot)
    }

    /// A cursor just after a revision. The log is made to reach back that far, if the engine's history does.
    pub(super) async fn cursor(
        self: &Arc<Self>,
        after: u64,
        interest: Interest,
    ) -> Result<Cursor, StorageError> {
        self.past.check(after)?;
        let mut attempt = 1;
        loop {
            let feed: Arc<Self> = Arc::clone(self);
            match self.log.cursor(after, interest.clone(), feed) {
                Err(StorageError::Compacted { .. }) if attempt < ATTEMPTS => attempt += 1,
                outcome => return outcome,
            }
            self.deepen(after).await?;
        }
    }

    /// Reads the events after a revision from the engine's history into the log.
    async fn deepen(self: &Arc<Self>, after: u64) -> Result<(), StorageError> {
        let _reading = self.past.reading.lock().await;
        let floor = self.log.floor();
        if after >= floor {
            return Ok(());
        }
        let too_far = StorageError::Compacted { requested: after, oldest: floor };
        if after <= self.past.too_far.load(Ordering::Relaxed) {
            return Err(too_far);
        }
        failpoint("deepen-before-follow");
        let engine = self.engine().await?;
        let catch_up = CatchUp::new(self.log.room());
        let sink = Arc::new(WeakSink(Arc::downgrade(&catch_up)));
        engine.follow(self.prefix().to_owned(), after, sink).await?;
        let ask = || engine.request_progress(self.prefix(), floor);
        let Some((changes, until)) = catch_up.until(floor, ask).await? else {
            self.past.too_far.fetch_max(after, Ordering::Relaxed);
            return Err(too_far);
        };
        let objects = self.read_at(&*engine, Some(after)).await?;
        let events = self.replay(objects, changes).await?;
        failpoint("deepen-before-join");
        self.log.deepen(after, events, until, Instant::now());
        Ok(())
    }

    /// Makes events of changes, given the objects before the first of them.
    async fn replay(&self, mut objects: Snapshot, changes: Vec<Change>) -> Result<Vec<Event>, StorageError> {
        let mut events = Vec::with_capacity(changes.len());
        for (number, change) in (1..).zip(changes) {
            events.extend(self.event(&mut objects, &change)?);
            if number % SLICE == 0 {
                tokio::task::yield_now().await;
            }
        }
        Ok(events)
    }
}

impl Past {
    fn check(&self, revision: u64) -> Result<(), StorageError> {
        let oldest = self.forgotten.load(Ordering::Acquire);
        if revision < oldest {
            return Err(StorageError::Compacted { requested: revision, oldest });
        }
        Ok(())
    }

    fn get(&self, revision: u64) -> Option<Snapshot> {
        let snapshots = self.snapshots.lock().unwrap_or_else(PoisonError::into_inner);
        snapshots.iter().find(|snapshot| snapshot.revision() == revision).cloned()
    }

    fn put(&self, snapshot: Snapshot) {
        let mut snapshots = self.snapshots.lock().unwrap_or_else(PoisonError::into_inner);
        snapshots.truncate(SNAPSHOTS - 1);
        snapshots.push_front(snapshot);
    }

    /// Lets go of what is kept for a while only.
    pub(super) fn clear(&self) {
        self.snapshots.lock().unwrap_or_else(PoisonError::into_inner).clear();
        self.too_far.store(0, Ordering::Relaxed);
    }

    /// Forgets what lies before a revision.
    pub(super) fn forget(&self, revision: u64) {
        self.forgotten.fetch_max(revision, Ordering::AcqRel);
        self.clear();
    }
}

/// Takes in the changes since some revision, as long as there is room.
struct CatchUp {
    caught: Mutex<Caught>,
    more: Notify,
}

struct Caught {
    changes: Vec<Change>,
    until: u64,
    room: usize,
    is_full: bool,
    error: Option<StorageError>,
}

/// How often the engine is asked how far its feed has come.
const IMPATIENCE: Duration = Duration::from_millis(50);
/// What an event costs beside its objects, about.
const OVERHEAD: usize = 512;

impl CatchUp {
    fn new(room: usize) -> Arc<Self> {
        let caught = Caught { changes: Vec::new(), until: 0, room, is_full: false, error: None };
        Arc::new(Self { caught: Mutex::new(caught), more: Notify::new() })
    }

    fn update(&self, change: impl FnOnce(&mut Caught)) {
        change(&mut self.caught.lock().unwrap_or_else(PoisonError::into_inner));
        self.more.notify_one();
    }

    /// Waits until everything up to a revision has come in, and says how far it reaches. Nothing when it is too much, or
    /// when the engine, asked for progress, cannot tell.
    async fn until(
        &self,
        revision: u64,
        ask: impl Fn() -> bool,
    ) -> Result<Option<(Vec<Change>, u64)>, StorageError> {
        let waiting = async {
            loop {
                {
                    let mut caught = self.caught.lock().unwrap_or_else(PoisonError::into_inner);
                    if let Some(error) = caught.error.take() {
                        return Err(error);
                    }
                    if caught.is_full {
                        return Ok(None);
                    }
                    if caught.until >= revision {
                        return Ok(Some((std::mem::take(&mut caught.changes), caught.until)));
                    }
                }
                if !ask() {
                    return Ok(None);
                }
                let _ = tokio::time::timeout(IMPATIENCE, self.more.notified()).await;
            }
        };
        tokio::time::timeout(PATIENCE, waiting).await.unwrap_or_else(|_| {
            Err(StorageError::Unreachable("the history could not be read in time".to_owned()))
        })
    }
}

/// The sink of a [`CatchUp`], which does not keep it: when nobody waits any more, the engine lets go of the sink.
struct WeakSink(Weak<CatchUp>);

impl ChangeSink for WeakSink {
    fn apply(&self, changes: Vec<Change>) {
        let Some(catch_up) = self.0.upgrade() else { return };
        catch_up.update(|caught| {
            let bytes =
                |change: &Change| change.value.as_ref().map_or(0, |value| value.bytes.len()) + OVERHEAD;
            let bytes: usize = changes.iter().map(bytes).sum();
            match caught.room.checked_sub(bytes) {
                Some(room) if !caught.is_full => {
                    caught.room = room;
                    caught.changes.extend(changes);
                }
                _ => {
                    caught.is_full = true;
                    caught.changes = Vec::new();
                }
            }
        });
    }

    fn progress(&self, revision: u64) {
        let Some(catch_up) = self.0.upgrade() else { return };
        catch_up.update(|caught| caught.until = caught.until.max(revision));
    }

    fn lost(&self, error: StorageError) {
        let Some(catch_up) = self.0.upgrade() else { return };
        catch_up.update(|caught| caught.error = Some(error));
    }

    fn is_closed(&self) -> bool {
        self.0.strong_count() == 0
    }
}
