//! The trait behind which any store fits: a key-value map with one revision counter and an ordered feed of changes.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use futures_core::future::BoxFuture;

use super::{Header, StorageError};

/// A key-value store with compare-and-swap, one revision counter for all keys, and an ordered feed of changes.
///
/// Small on purpose: snapshots, watches, paging, bookmarks and `410 Gone` are supplied above it, once for all engines.
/// `examples/engine/journal.rs` is a whole engine in less than 200 lines, and
/// `resourceful::testing::engine_contract`, with the feature `testing`, tells whether an engine keeps what is promised here.
///
/// # What every engine keeps
///
/// **Revisions.**
/// - There is one counter for all keys. It starts above 0 and grows with every write, over restarts too; others may
///   write in between, so it need not grow by one. What fails leaves it alone.
/// - A key's revision is that of the last write to it, and a deleted key has none: it is created anew.
///
/// **Writes.**
/// - [`commit`](Self::commit) compares and writes in one step: of the writers that expect the same revision of a key, one
///   succeeds, however many there are and wherever they run.
/// - A write that was acknowledged is durable, to the degree that the engine promises at all, and every range read that
///   begins later sees it.
/// - A write whose outcome is not known, as when the connection broke while it was under way, is never tried again by
///   the engine, and never told as refused. It fails with [`StorageError::Uncertain`].
///
/// **Reads.**
/// - [`revision`](Self::revision) and a range at no revision are linearizable: they see every write that was acknowledged,
///   by anybody, before they began.
/// - A range at a revision is exactly what was true then. It fails with [`StorageError::Compacted`] when the engine no
///   longer knows, and with [`StorageError::FutureRevision`] when that revision has not happened; it never answers with
///   something near.
///
/// **The feed.** A [`ChangeSink`] that follows a prefix after a revision is fed
/// - every later change of a key with that prefix, deletes too: none is left out, none comes twice, and no other key's;
/// - in the order of their revisions; changes of one revision come in one call;
/// - with [`progress`](ChangeSink::progress) after that, which never goes back, and never ahead of a change that is still to
///   come;
/// - until [`is_closed`](ChangeSink::is_closed) says so, after which the engine drops it soon. Breaks of a connection are the
///   engine's to mend; if changes are gone for good, it calls [`lost`](ChangeSink::lost), and nothing after that.
///
/// **The end.** After [`close`](Self::close) everything fails with [`StorageError::Unreachable`], the sinks are dropped, and
/// what was acknowledged is there when the store is opened again. What is kept only while the engine lives has no end to
/// keep, and works on.
///
/// The futures may be dropped at any time, and calls may run at the same time from any number of tasks.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a storage engine",
    label = "does not implement `storage::Engine`",
    note = "`Store::memory()` and `Store::embedded(directory)` bring engines along"
)]
pub trait Engine: Send + Sync + 'static {
    /// The newest revision; at least 1. Linearizable.
    fn revision(&self) -> BoxFuture<'_, Result<u64, StorageError>>;

    /// Reads a part of a prefix, in key order.
    fn range(&self, range: Range) -> BoxFuture<'_, Result<Page, StorageError>>;

    /// Writes one key if it is at the expected revision, and returns the write's revision. [`Write::check`] says how a
    /// write is refused.
    ///
    /// An engine that feeds its own changes in process hands them to the sinks before this returns, so that a reader sees
    /// what a writer was told. One that others write to, too, does not wait for its feed.
    fn commit(&self, write: Write) -> BoxFuture<'_, Result<u64, StorageError>>;

    /// Feeds every change of a prefix after a revision to a sink. Returns once the feed has begun, at the latest when
    /// what is held has been fed.
    ///
    /// Fails with [`StorageError::Compacted`] when the changes after that revision are no longer held.
    fn follow(
        &self,
        prefix: String,
        after: u64,
        sink: Arc<dyn ChangeSink>,
    ) -> BoxFuture<'_, Result<(), StorageError>>;

    /// Forgets what was overwritten or deleted at or before a revision. Reads at this revision and later ones stay
    /// possible, and so does following after it.
    ///
    /// A revision that is compacted already does nothing; one that has not happened fails with
    /// [`StorageError::FutureRevision`].
    fn compact(&self, revision: u64) -> BoxFuture<'_, Result<(), StorageError>>;

    /// Raises the revision counter to at least this, so that what is written next lies above it, and returns the newest
    /// revision. Called after an import, so that clients do not see revisions go back.
    ///
    /// An engine that cannot do that need not write this.
    fn raise_revision(&self, _revision: u64) -> BoxFuture<'_, Result<u64, StorageError>> {
        self.revision()
    }

    /// Where the data lies, for people.
    fn location(&self) -> String;

    /// A reader waits until the sinks of a prefix have come to a revision: the engine tells them
    /// [`progress`](ChangeSink::progress) as soon as it can. Called again and again while the reader waits.
    ///
    /// Returns `false` when the engine cannot promise that; the reader then reads the range. An engine that tells its
    /// progress with every write need not write this.
    fn request_progress(&self, _prefix: &str, _revision: u64) -> bool {
        true
    }

    /// Whether the engine calls for its own compaction, as one that several servers share does. If not, the store calls
    /// [`compact`](Self::compact) from time to time.
    fn compacts_itself(&self) -> bool {
        false
    }

    /// Finishes what was begun and lets go of the data, so that another process may open it. What comes later fails.
    ///
    /// An engine with nothing to let go of need not write this, and then works on.
    fn close(&self) -> BoxFuture<'_, Result<(), StorageError>> {
        Box::pin(async { Ok(()) })
    }
}

/// A part of a prefix.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Range {
    /// All keys begin with this.
    pub prefix: String,
    /// Only keys after this one, which need not be there; empty for all.
    pub after: String,
    /// At this revision; `None` for the newest.
    pub revision: Option<u64>,
    /// The most records to return; 0 leaves it to the engine. An engine may always return fewer, with [`Page::more`].
    pub limit: usize,
}

/// What a range read found.
#[derive(Clone, Debug, Default)]
pub struct Page {
    /// The records in key order.
    pub records: Vec<Record>,
    /// The revision at which the page is true.
    pub revision: u64,
    /// Whether more records follow the last one. A page without records has none.
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
///
/// ```
/// use resourceful::storage::Write;
///
/// let create = Write::put("/pots/a", 0, bytes::Bytes::from("{}"));
/// let delete = Write::delete("/pots/a", 7);
/// assert!(create.check(0).is_ok() && delete.check(7).is_ok());
/// assert!(create.check(7).is_err() && delete.check(8).is_err());
/// ```
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Write {
    /// The key.
    pub key: String,
    /// The revision at which the key must be; 0 when it must not exist.
    pub expected: u64,
    /// What to store; `None` deletes.
    pub value: Option<Value>,
}

impl Write {
    /// Stores a value.
    pub fn put(key: impl Into<String>, expected: u64, value: impl Into<Value>) -> Self {
        Self { key: key.into(), expected, value: Some(value.into()) }
    }

    /// Deletes a key.
    pub fn delete(key: impl Into<String>, expected: u64) -> Self {
        Self { key: key.into(), expected, value: None }
    }

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
#[non_exhaustive]
pub struct Value {
    /// The bytes.
    pub bytes: Bytes,
    /// What the writer knows of them. An engine carries it along to the sinks where it can, so that they need not read
    /// the bytes again, and may drop it.
    pub header: Option<Arc<Header>>,
    /// After which time the key is to be deleted, unless it is written again before. An engine that cannot do this
    /// refuses the write with [`StorageError::Unsupported`]; one that can may round up to seconds. Sinks ignore it.
    pub ttl: Option<Duration>,
    /// Whether the object is on its way to be deleted. An engine that keeps room for deletes may use it for this, too.
    pub deleting: bool,
}

impl Value {
    /// The same bytes, to be deleted after a time.
    pub fn expiring(mut self, ttl: Duration) -> Self {
        self.ttl = Some(ttl);
        self
    }
}

impl From<Bytes> for Value {
    fn from(bytes: Bytes) -> Self {
        Self { bytes, header: None, ttl: None, deleting: false }
    }
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

    /// Every change up to this revision has been applied.
    fn progress(&self, revision: u64);

    /// The feed broke for good, as after a compaction: the sink must load everything again.
    fn lost(&self, error: StorageError);

    /// Whether nobody is listening any more.
    fn is_closed(&self) -> bool;
}
