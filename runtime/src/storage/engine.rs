//! The trait behind which any store fits: a key-value map with one revision counter and an ordered feed of changes.

use std::sync::Arc;

use bytes::Bytes;
use futures_core::future::BoxFuture;

use super::{Header, StorageError};

/// A key-value store with compare-and-swap, one revision counter for all keys, and an ordered feed of changes.
///
/// Small on purpose: snapshots, watches, paging, bookmarks and `410 Gone` are supplied above it, once for all engines.
///
/// What every engine promises:
///
/// - Revisions start above 0 and grow by at least one with every write, over restarts too.
/// - A write that was acknowledged is durable, to the degree that the engine promises at all.
/// - A [`ChangeSink`] gets every change of its prefix once, in revision order, without gaps.
pub trait Engine: Send + Sync + 'static {
    /// The newest revision that is durable; at least 1.
    fn revision(&self) -> BoxFuture<'_, Result<u64, StorageError>>;

    /// Reads a part of a prefix, in key order.
    fn range(&self, range: Range) -> BoxFuture<'_, Result<Page, StorageError>>;

    /// Writes one key if it is at the expected revision, and returns the write's revision.
    ///
    /// When this returns, the write is durable. An engine that feeds its own changes in process has by then handed the
    /// change to the sinks, so that a reader sees what a writer was told.
    fn commit(&self, write: Write) -> BoxFuture<'_, Result<u64, StorageError>>;

    /// Feeds every change of a prefix after a revision to a sink, from now until the sink is dropped elsewhere.
    ///
    /// The engine holds the sink weakly or drops it when [`ChangeSink::is_closed`] says so. Fails with
    /// [`StorageError::Compacted`] when the changes after that revision are no longer held.
    fn follow(
        &self,
        prefix: String,
        after: u64,
        sink: Arc<dyn ChangeSink>,
    ) -> BoxFuture<'_, Result<(), StorageError>>;

    /// Forgets what was overwritten or deleted at or before a revision.
    fn compact(&self, revision: u64) -> BoxFuture<'_, Result<(), StorageError>>;

    /// Where the data lies, for people.
    fn location(&self) -> String;

    /// Finishes what was begun and lets go of the data, so that another process may open it. What comes later fails.
    ///
    /// An engine with nothing to let go of need not write this.
    fn close(&self) -> BoxFuture<'_, Result<(), StorageError>> {
        Box::pin(async { Ok(()) })
    }
}

/// A part of a prefix.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Range {
    /// All keys begin with this.
    pub prefix: String,
    /// Only keys after this one; empty for all.
    pub after: String,
    /// At this revision; `None` for the newest.
    pub revision: Option<u64>,
    /// The most records to return; 0 for all.
    pub limit: usize,
}

/// What a range read found.
#[derive(Clone, Debug, Default)]
pub struct Page {
    /// The records in key order.
    pub records: Vec<Record>,
    /// The revision at which the page is true.
    pub revision: u64,
    /// Whether more records follow the last one.
    pub more: bool,
}

/// A key as it is stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Record {
    /// The key.
    pub key: String,
    /// The revision of the last write to it.
    pub revision: u64,
    /// The bytes.
    pub bytes: Bytes,
}

/// A write of one key, provided that it is at the expected revision.
#[derive(Clone, Debug)]
pub struct Write {
    /// The key.
    pub key: String,
    /// The revision at which the key must be; 0 when it must not exist.
    pub expected: u64,
    /// What to store; `None` deletes.
    pub value: Option<Value>,
}

impl Write {
    /// Whether this may happen to a key that is at revision `actual`; 0 when there is no such key.
    ///
    /// Fails with [`StorageError::KeyExists`] or [`StorageError::Conflict`].
    pub fn check(&self, actual: u64) -> Result<(), StorageError> {
        let expected = self.expected;
        match (expected, actual) {
            (0, 0) if self.value.is_none() => Err(StorageError::Conflict { expected, actual }),
            (expected, actual) if expected == actual => Ok(()),
            (0, _) if self.value.is_some() => Err(StorageError::KeyExists),
            _ => Err(StorageError::Conflict { expected, actual }),
        }
    }
}

/// Bytes to store.
#[derive(Clone, Debug)]
pub struct Value {
    /// The bytes.
    pub bytes: Bytes,
    /// What the writer knows of them. An engine carries it along to the sinks where it can, so that they need not read
    /// the bytes again, and may drop it.
    pub header: Option<Arc<Header>>,
}

/// A write that happened.
#[derive(Clone, Debug)]
pub struct Change {
    /// The key.
    pub key: String,
    /// The revision of the write.
    pub revision: u64,
    /// What was stored; `None` for a delete.
    pub value: Option<Value>,
}

/// Where changes go.
pub trait ChangeSink: Send + Sync {
    /// Takes changes in revision order. Must be quick: writers wait.
    fn apply(&self, changes: Vec<Change>);

    /// Every change up to this revision has been applied, and none of this prefix lies between.
    fn progress(&self, revision: u64);

    /// The feed broke, as after a compaction: the sink must load everything again.
    fn lost(&self, error: StorageError);

    /// Whether nobody is listening any more.
    fn is_closed(&self) -> bool;
}
