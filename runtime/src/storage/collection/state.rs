//! What a collection holds, and how it comes to hold it.

use std::fmt;
use std::sync::atomic::Ordering;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use arc_swap::ArcSwapOption;
use futures_util::future::try_join;
use tokio::sync::Notify;

use super::Describe;
use super::feed::Feed;
use super::history::Past;
use crate::failpoint::failpoint;
use crate::storage::engine::{Change, Engine, Range, Record};
use crate::storage::flight::SingleFlight;
use crate::storage::log::EventLog;
use crate::storage::store::Opener;
use crate::storage::{Event, Header, History, Snapshot, StorageError, Stored, Value};

/// The shared state of a collection.
pub(in crate::storage) struct State {
    prefix: String,
    describe: Arc<dyn Describe>,
    opener: Arc<Opener>,
    /// What readers see; nothing until the collection is loaded, and after its feed broke.
    published: ArcSwapOption<Snapshot>,
    pub(super) writer: Mutex<Writer>,
    pub(super) log: Arc<EventLog>,
    loading: Arc<SingleFlight<()>>,
    reading: Arc<SingleFlight<Snapshot>>,
    /// Called whenever the collection has reached a revision.
    pub(super) reached: Notify,
    pub(super) past: Past,
}

/// The objects as the feed left them.
#[derive(Default)]
pub(super) struct Writer {
    /// Which load this is: feeds of earlier ones are not listened to.
    pub(super) generation: u64,
    /// Whether readers may see it.
    live: bool,
    pub(super) objects: Snapshot,
}

/// How long a reader waits for a revision of the future (contract 5.13).
pub(super) const PATIENCE: Duration = Duration::from_secs(3);
/// How long a reader that waits leaves the engine before it asks again for progress, at first and at most.
const IMPATIENCE: (Duration, Duration) = (Duration::from_millis(5), Duration::from_millis(100));
/// How many objects are read at a time when loading.
const PAGE: usize = 500;
/// How many objects of the past are read at a time: an engine may have to undo what came later for every page.
const PAST_PAGE: usize = 10_000;
/// How often a load begins again when the engine forgets what it was reading.
pub(super) const ATTEMPTS: usize = 5;

impl State {
    pub(in crate::storage) fn new(
        prefix: String,
        describe: Arc<dyn Describe>,
        opener: Arc<Opener>,
        history: History,
    ) -> Self {
        opener.cold.fetch_add(1, Ordering::Relaxed);
        Self {
            prefix,
            describe,
            opener,
            published: ArcSwapOption::empty(),
            writer: Mutex::default(),
            log: Arc::new(EventLog::new(history)),
            loading: SingleFlight::new(),
            reading: SingleFlight::new(),
            reached: Notify::new(),
            past: Past::default(),
        }
    }

    pub(super) async fn engine(&self) -> Result<Arc<dyn Engine>, StorageError> {
        self.opener.engine().await
    }

    /// A write found no room: history may have to go.
    pub(super) fn note_full(&self) {
        self.opener.full.notify_one();
    }

    pub(super) fn prefix(&self) -> &str {
        &self.prefix
    }

    pub(super) fn full_key(&self, key: &str) -> String {
        [&self.prefix, key].concat()
    }

    /// The key within the collection.
    pub(super) fn own_key<'a>(&self, key: &'a str) -> Option<&'a str> {
        key.strip_prefix(self.prefix.as_str())
    }

    /// What is known of some bytes. Fails with [`StorageError::Corrupt`] when they are no object.
    pub(super) fn header(&self, key: &str, value: &Value) -> Result<Arc<Header>, StorageError> {
        if let Some(header) = &value.header {
            return Ok(Arc::clone(header));
        }
        let header = self.describe.describe(&value.bytes).map_err(|error| {
            StorageError::Corrupt(format!("the object stored at {}{key} is damaged: {error}", self.prefix))
        })?;
        Ok(Arc::new(header))
    }

    /// Loads the collection unless it is loaded.
    pub(super) async fn load(self: &Arc<Self>) -> Result<(), StorageError> {
        if self.published.load().is_some() {
            return Ok(());
        }
        self.loading.run(|| Arc::clone(self).load_now()).await
    }

    async fn load_now(self: Arc<Self>) -> Result<(), StorageError> {
        if self.published.load().is_some() {
            return Ok(());
        }
        let engine = self.engine().await?;
        let mut attempt = 1;
        loop {
            match self.try_load(&*engine).await {
                Err(StorageError::Compacted { .. }) if attempt < ATTEMPTS => attempt += 1,
                outcome => return outcome,
            }
        }
    }

    /// Reads everything at one revision, and follows from there.
    async fn try_load(self: &Arc<Self>, engine: &dyn Engine) -> Result<(), StorageError> {
        failpoint("load-before-read");
        let objects = self.read_at(engine, None).await?;
        let revision = objects.revision();
        let generation = self.install(objects, revision);
        failpoint("load-before-follow");
        engine.follow(self.prefix.clone(), revision, Arc::new(Feed::new(self, generation))).await?;
        failpoint("load-before-live");
        self.go_live(generation)
    }

    /// The objects at a revision that has happened or a later one, from the engine: for the feed is behind, and cannot
    /// say how far. Those who ask at the same time share one read.
    pub(super) async fn read(self: &Arc<Self>, revision: u64) -> Result<Snapshot, StorageError> {
        loop {
            let state = Arc::clone(self);
            let reading = || async move {
                let engine = state.engine().await?;
                state.read_at(&*engine, None).await
            };
            // One that had begun before may be too old.
            let snapshot = self.reading.run(reading).await?;
            if snapshot.revision() >= revision {
                return Ok(snapshot);
            }
        }
    }

    /// Reads everything at one revision, the newest one if none is given. What is the same now is not held twice.
    pub(super) async fn read_at(
        &self,
        engine: &dyn Engine,
        revision: Option<u64>,
    ) -> Result<Snapshot, StorageError> {
        let current = self.published.load_full();
        let (mut objects, limit) = (Snapshot::default(), if revision.is_some() { PAST_PAGE } else { PAGE });
        let mut range = Range { prefix: self.prefix.clone(), limit, revision, ..Range::default() };
        let mut page = engine.range(range.clone()).await?;
        loop {
            let more = page.records.last().filter(|_| page.more).map(|last| last.key.clone());
            let is_last = more.is_none();
            range.after = more.unwrap_or_default();
            range.revision = Some(page.revision);
            // The engine reads the next page while this one is looked at.
            let next = async { if is_last { Ok(None) } else { engine.range(range.clone()).await.map(Some) } };
            let insert = async {
                failpoint("load-after-a-page");
                for record in &page.records {
                    objects.insert(&self.stored(record, current.as_deref())?);
                }
                Ok(())
            };
            let (next, ()) = try_join(next, insert).await?;
            match next {
                Some(next) => page = next,
                None => return Ok(objects.at(page.revision)),
            }
        }
    }

    fn stored(&self, record: &Record, current: Option<&Snapshot>) -> Result<Arc<Stored>, StorageError> {
        let key = self.own_key(&record.key).unwrap_or(&record.key);
        let same = current.and_then(|current| current.get(key));
        if let Some(same) = same.filter(|stored| stored.revision() == record.revision) {
            return Ok(Arc::clone(same));
        }
        self.brought(key, record.revision, &Value::from(record.bytes.clone()))
    }

    /// An object that an engine brings, in today's form.
    fn brought(&self, key: &str, revision: u64, value: &Value) -> Result<Arc<Stored>, StorageError> {
        let upgraded = match value.header {
            Some(_) => None,
            None => self.describe.upgrade(&value.bytes),
        };
        let header = self.header(key, upgraded.as_ref().unwrap_or(value))?;
        Ok(Arc::new(match upgraded {
            Some(value) => Stored::new(key, revision, &value.bytes, header).outdated(),
            None => Stored::new(key, revision, &value.bytes, header),
        }))
    }

    /// Puts a change into some objects; the event of it, unless it changes nothing.
    pub(super) fn event(
        &self,
        objects: &mut Snapshot,
        change: &Change,
    ) -> Result<Option<Event>, StorageError> {
        let Some(key) = self.own_key(&change.key) else { return Ok(None) };
        let (current, previous) = match &change.value {
            Some(value) => {
                let stored = self.brought(key, change.revision, value)?;
                let previous = objects.insert(&stored);
                (Some(stored), previous)
            }
            None => (None, objects.remove(key)),
        };
        objects.set_revision(change.revision);
        let changed = current.is_some() || previous.is_some();
        Ok(changed.then(|| Event::new(change.revision, current, previous)))
    }

    fn install(&self, objects: Snapshot, revision: u64) -> u64 {
        let mut writer = self.writer();
        let generation = writer.generation + 1;
        *writer = Writer { generation, live: false, objects };
        self.log.reset(revision);
        self.log.advance(revision);
        generation
    }

    fn go_live(&self, generation: u64) -> Result<(), StorageError> {
        let mut writer = self.writer();
        if writer.generation != generation {
            let revision = self.log.progress();
            return Err(StorageError::Compacted { requested: revision, oldest: revision });
        }
        writer.live = true;
        self.publish(&writer);
        Ok(())
    }

    /// Lets readers see what the writer has, if they may.
    pub(super) fn publish(&self, writer: &Writer) {
        if writer.live {
            if self.published.swap(Some(Arc::new(writer.objects.clone()))).is_none() {
                self.opener.cold.fetch_sub(1, Ordering::Relaxed);
            }
            self.reached.notify_waiters();
        }
    }

    /// Takes everything from the readers: it has a gap. The next one who asks loads it again.
    pub(super) fn unload(&self, generation: u64) -> bool {
        let mut writer = self.writer();
        if writer.generation != generation {
            return false;
        }
        *writer = Writer { generation: generation + 1, ..Writer::default() };
        if self.published.swap(None).is_some() {
            self.opener.cold.fetch_add(1, Ordering::Relaxed);
        }
        self.log.reset(self.log.progress());
        self.past.clear();
        self.reached.notify_waiters();
        true
    }

    pub(super) fn writer(&self) -> MutexGuard<'_, Writer> {
        self.writer.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The objects as readers see them. What has happened may lie beyond the last change: whatever progress spoke of
    /// before the objects were looked at is in them.
    pub(super) fn current(&self) -> Option<Snapshot> {
        let progress = self.log.progress();
        let published = self.published.load();
        let snapshot = published.as_deref()?;
        Some(snapshot.clone().at(progress.max(snapshot.revision())))
    }

    /// The objects once they have reached a revision.
    pub(super) async fn reach(self: &Arc<Self>, revision: u64) -> Result<Snapshot, StorageError> {
        if let Some(snapshot) = self.current().filter(|snapshot| snapshot.revision() >= revision) {
            return Ok(snapshot);
        }
        self.load().await?;
        let engine = self.engine().await?;
        let waiting = async {
            let mut impatience = IMPATIENCE.0;
            loop {
                let reached = self.reached.notified();
                self.load().await?;
                if let Some(snapshot) = self.current().filter(|snapshot| snapshot.revision() >= revision) {
                    return Ok(snapshot);
                }
                let told = engine.request_progress(&self.prefix, revision);
                if !told && engine.revision().await? >= revision {
                    return self.read(revision).await;
                }
                let _ = tokio::time::timeout(impatience, reached).await;
                impatience = IMPATIENCE.1.min(impatience * 2);
            }
        };
        tokio::time::timeout(PATIENCE, waiting).await.unwrap_or_else(|_| {
            Err(StorageError::FutureRevision { requested: revision, current: self.log.progress() })
        })
    }

    /// The objects as the feed left them, and where the log ended then.
    pub(super) async fn live(self: &Arc<Self>) -> Result<(Snapshot, u64), StorageError> {
        loop {
            self.load().await?;
            let writer = self.writer();
            if writer.live {
                return Ok((writer.objects.clone(), self.log.tail()));
            }
        }
    }

    /// Lets go of what is kept for a while only.
    pub(in crate::storage) fn trim(&self) {
        self.log.trim(Instant::now());
        self.past.clear();
    }

    /// Forgets what lies before a revision, whoever may still hold it.
    pub(in crate::storage) fn forget(&self, revision: u64) {
        self.past.forget(revision);
    }
}

impl Drop for State {
    fn drop(&mut self) {
        if self.published.load().is_none() {
            self.opener.cold.fetch_sub(1, Ordering::Relaxed);
        }
    }
}

impl fmt::Debug for State {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Collection")
            .field("prefix", &self.prefix)
            .field("objects", &self.current())
            .finish_non_exhaustive()
    }
}
