//! The engine that keeps everything in memory, gone with the process.

use std::collections::BTreeMap;
use std::fmt;
use std::ops::Bound;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use futures_core::future::BoxFuture;

use super::StorageError;
use super::engine::{Change, ChangeSink, Engine, Page, Range, Record, Value, Write};

/// A store in memory: for tests, and for what may be lost.
#[derive(Default)]
pub struct MemoryEngine {
    data: Arc<Mutex<Data>>,
}

impl MemoryEngine {
    /// An empty store.
    pub fn new() -> Self {
        Self::default()
    }

    fn data(&self) -> MutexGuard<'_, Data> {
        lock(&self.data)
    }

    /// Deletes a key after a time, if it was not written again.
    fn expire(&self, key: String, revision: u64, ttl: Duration) {
        let data = Arc::downgrade(&self.data);
        tokio::spawn(async move {
            tokio::time::sleep(ttl).await;
            if let Some(data) = data.upgrade() {
                let _ = lock(&data).commit(&Write::delete(key, revision));
            }
        });
    }
}

fn lock(data: &Mutex<Data>) -> MutexGuard<'_, Data> {
    data.lock().unwrap_or_else(PoisonError::into_inner)
}

struct Data {
    /// Of each key the versions that are still held, oldest first.
    keys: BTreeMap<Arc<str>, Vec<Version>>,
    /// Which key each revision wrote, above `compacted`.
    log: BTreeMap<u64, Arc<str>>,
    newest: u64,
    compacted: u64,
    sinks: Vec<(String, Arc<dyn ChangeSink>)>,
}

/// What one write left at a key.
struct Version {
    revision: u64,
    value: Option<Value>,
}

impl Default for Data {
    fn default() -> Self {
        Self { keys: BTreeMap::new(), log: BTreeMap::new(), newest: 1, compacted: 0, sinks: Vec::new() }
    }
}

impl Engine for MemoryEngine {
    fn revision(&self) -> BoxFuture<'_, Result<u64, StorageError>> {
        Box::pin(async { Ok(self.data().newest) })
    }

    fn range(&self, range: Range) -> BoxFuture<'_, Result<Page, StorageError>> {
        Box::pin(async move { self.data().range(&range) })
    }

    fn commit(&self, write: Write) -> BoxFuture<'_, Result<u64, StorageError>> {
        Box::pin(async move {
            let revision = self.data().commit(&write)?;
            if let Some(ttl) = write.value.and_then(|value| value.ttl) {
                self.expire(write.key, revision, ttl);
            }
            Ok(revision)
        })
    }

    fn follow(
        &self,
        prefix: String,
        after: u64,
        sink: Arc<dyn ChangeSink>,
    ) -> BoxFuture<'_, Result<(), StorageError>> {
        Box::pin(async move { self.data().follow(prefix, after, sink) })
    }

    fn compact(&self, revision: u64) -> BoxFuture<'_, Result<(), StorageError>> {
        Box::pin(async move { self.data().compact(revision) })
    }

    fn raise_revision(&self, revision: u64) -> BoxFuture<'_, Result<u64, StorageError>> {
        Box::pin(async move { Ok(self.data().raise(revision)) })
    }

    fn location(&self) -> String {
        "memory".to_owned()
    }
}

impl Data {
    fn commit(&mut self, write: &Write) -> Result<u64, StorageError> {
        let versions = self.keys.get(write.key.as_str());
        let last = versions.and_then(|versions| versions.last()).filter(|version| version.value.is_some());
        write.check(last.map_or(0, |version| version.revision))?;
        let revision = self.newest + 1;
        let key: Arc<str> = write.key.as_str().into();
        let version = Version { revision, value: write.value.clone() };
        self.keys.entry(Arc::clone(&key)).or_default().push(version);
        self.log.insert(revision, key);
        self.newest = revision;
        self.sinks.retain(|(_, sink)| !sink.is_closed());
        for (prefix, sink) in &self.sinks {
            if write.key.starts_with(prefix.as_str()) {
                let change = Change { key: write.key.clone(), revision, value: write.value.clone() };
                sink.apply(vec![change]);
            }
            sink.progress(revision);
        }
        Ok(revision)
    }

    fn raise(&mut self, revision: u64) -> u64 {
        self.newest = self.newest.max(revision);
        for (_, sink) in &self.sinks {
            sink.progress(self.newest);
        }
        self.newest
    }

    fn range(&self, range: &Range) -> Result<Page, StorageError> {
        let revision = range.revision.unwrap_or(self.newest);
        self.check_held(revision)?;
        let mut page = Page { records: Vec::new(), revision, more: false };
        for (key, versions) in self.keys_from(range) {
            let version = versions.iter().rfind(|version| version.revision <= revision);
            let Some(Version { revision, value: Some(value) }) = version else { continue };
            if range.limit != 0 && page.records.len() == range.limit {
                page.more = true;
                break;
            }
            let bytes = value.bytes.clone();
            page.records.push(Record { key: key.to_string(), revision: *revision, bytes });
        }
        Ok(page)
    }

    fn keys_from<'a>(
        &'a self,
        range: &'a Range,
    ) -> impl Iterator<Item = (&'a Arc<str>, &'a Vec<Version>)> + 'a {
        let start = if range.after < range.prefix {
            Bound::Included(range.prefix.as_str())
        } else {
            Bound::Excluded(range.after.as_str())
        };
        self.keys
            .range::<str, _>((start, Bound::Unbounded))
            .take_while(|(key, _)| key.starts_with(&range.prefix))
    }

    fn follow(&mut self, prefix: String, after: u64, sink: Arc<dyn ChangeSink>) -> Result<(), StorageError> {
        if after < self.compacted {
            return Err(StorageError::Compacted { requested: after, oldest: self.compacted });
        }
        let missed: Vec<Change> = self
            .log
            .range((Bound::Excluded(after), Bound::Unbounded))
            .filter(|(_, key)| key.starts_with(&prefix))
            .filter_map(|(revision, key)| self.change(*revision, key))
            .collect();
        if !missed.is_empty() {
            sink.apply(missed);
        }
        sink.progress(self.newest);
        self.sinks.push((prefix, sink));
        Ok(())
    }

    fn change(&self, revision: u64, key: &str) -> Option<Change> {
        let version = self.keys.get(key)?.iter().find(|version| version.revision == revision)?;
        Some(Change { key: key.to_owned(), revision, value: version.value.clone() })
    }

    fn compact(&mut self, revision: u64) -> Result<(), StorageError> {
        if revision > self.newest {
            return Err(StorageError::FutureRevision { requested: revision, current: self.newest });
        }
        if revision <= self.compacted {
            return Ok(());
        }
        self.compacted = revision;
        let kept = self.log.split_off(&(revision + 1));
        for key in std::mem::replace(&mut self.log, kept).into_values() {
            let Some(versions) = self.keys.get_mut(&key) else { continue };
            let newest = versions.iter().rposition(|version| version.revision <= revision).unwrap_or(0);
            versions.drain(..newest);
            versions.retain(|version| version.value.is_some() || version.revision > revision);
            versions.shrink_to(1);
            if versions.is_empty() {
                self.keys.remove(&key);
            }
        }
        Ok(())
    }

    fn check_held(&self, revision: u64) -> Result<(), StorageError> {
        if revision < self.compacted {
            return Err(StorageError::Compacted { requested: revision, oldest: self.compacted });
        }
        if revision > self.newest {
            return Err(StorageError::FutureRevision { requested: revision, current: self.newest });
        }
        Ok(())
    }
}

impl fmt::Debug for MemoryEngine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MemoryEngine").field("revision", &self.data().newest).finish_non_exhaustive()
    }
}
