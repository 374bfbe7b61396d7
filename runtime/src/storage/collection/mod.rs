//! The objects of one kind: snapshot, event log and writes, above any engine.

mod feed;
mod history;
mod state;
#[cfg(test)]
mod tests;

use std::fmt;
use std::sync::Arc;

pub(super) use self::state::State;
use super::{Cursor, Header, Interest, Snapshot, StorageError, Stored, Value, Write};

/// Reads from an object's bytes what storage must know of it.
pub trait Describe: Send + Sync {
    /// The header of an object; an error says how the bytes are damaged.
    fn describe(&self, bytes: &[u8]) -> Result<Header, String>;

    /// The object as it would be written today, where an older program wrote these bytes otherwise. Reads show that form;
    /// the engine keeps its bytes until the object is written again. Asked once, when an engine brings the bytes.
    fn upgrade(&self, _bytes: &[u8]) -> Option<Value> {
        None
    }
}

/// The objects of one kind. Cheap to clone; every clone is the same collection.
///
/// It is loaded on first use, once, however many tasks race; a failure is reported to each of them and tried again by
/// the next. It is loaded again when the engine's feed breaks.
#[derive(Clone)]
pub struct Collection {
    state: Arc<State>,
}

impl Collection {
    pub(super) fn new(state: Arc<State>) -> Self {
        Self { state }
    }

    /// All objects as they are now: consistent, and true at the store's newest revision.
    pub async fn snapshot(&self) -> Result<Snapshot, StorageError> {
        let newest = self.state.engine().await?.revision().await?;
        match self.state.reach(newest).await {
            Err(StorageError::FutureRevision { .. }) => self.state.read(newest).await,
            reached => reached,
        }
    }

    /// All objects as far as they are known here, without waiting: on an engine that feeds its own changes in process that
    /// is every write that was acknowledged. `None` until the collection is loaded.
    pub fn current(&self) -> Option<Snapshot> {
        self.state.current()
    }

    /// Loads the collection unless it is loaded.
    pub async fn load(&self) -> Result<(), StorageError> {
        self.state.load().await
    }

    /// All objects at a revision or a later one. Waits up to three seconds for a revision of the future, then fails with
    /// [`StorageError::FutureRevision`].
    pub async fn snapshot_not_older_than(&self, revision: u64) -> Result<Snapshot, StorageError> {
        self.state.reach(revision).await
    }

    /// All objects at exactly this revision. Fails with [`StorageError::Compacted`] or
    /// [`StorageError::FutureRevision`].
    pub async fn snapshot_at(&self, revision: u64) -> Result<Snapshot, StorageError> {
        let newest = self.snapshot().await?.revision();
        if revision > newest {
            return Err(StorageError::FutureRevision { requested: revision, current: newest });
        }
        self.state.at(revision).await
    }

    /// Stores a new object. Fails with [`StorageError::KeyExists`].
    pub async fn create(&self, key: &str, value: Value) -> Result<Arc<Stored>, StorageError> {
        self.put(key, 0, value).await
    }

    /// Replaces an object that is still as it was read. Fails with [`StorageError::Conflict`].
    pub async fn replace(&self, current: &Stored, value: Value) -> Result<Arc<Stored>, StorageError> {
        require_stored(current)?;
        self.put(current.key(), current.revision(), value).await
    }

    /// Deletes an object that is still as it was read, and returns it at the revision of the delete. Fails with
    /// [`StorageError::Conflict`].
    pub async fn delete(&self, current: &Stored) -> Result<Arc<Stored>, StorageError> {
        require_stored(current)?;
        let revision = self.commit(current.key(), current.revision(), None).await?;
        Ok(Arc::new(current.at_revision(revision)))
    }

    /// A place in the log just after a revision. Fails with [`StorageError::Compacted`] when the log no longer goes back
    /// that far; a revision of the future waits for its turn.
    pub async fn watch(&self, after: u64, interest: Interest) -> Result<Cursor, StorageError> {
        self.state.load().await?;
        self.state.cursor(after, interest).await
    }

    async fn put(&self, key: &str, expected: u64, value: Value) -> Result<Arc<Stored>, StorageError> {
        let header = self.state.header(key, &value)?;
        let bytes = value.bytes.clone();
        let value = Value { header: Some(Arc::clone(&header)), ..value };
        let revision = self.commit(key, expected, Some(value)).await?;
        // The write is done whether or not it can be seen: an engine that others write to feeds it in a moment.
        let snapshot = self.state.current();
        let seen = snapshot.as_ref().and_then(|snapshot| snapshot.get(key));
        let seen = seen.filter(|stored| stored.revision() == revision).cloned();
        Ok(seen.unwrap_or_else(|| Arc::new(Stored::new(key, revision, &bytes, header))))
    }

    async fn commit(&self, key: &str, expected: u64, value: Option<Value>) -> Result<u64, StorageError> {
        self.state.load().await?;
        let key = self.state.full_key(key);
        let committed = self.state.engine().await?.commit(Write { key, expected, value }).await;
        if let Err(StorageError::Full(_)) = committed {
            self.state.note_full();
        }
        committed
    }
}

/// Refuses an object that no store holds, whose revision 0 would mean a create.
fn require_stored(current: &Stored) -> Result<(), StorageError> {
    match current.revision() {
        0 => Err(StorageError::Conflict { expected: 0, actual: 0 }),
        _ => Ok(()),
    }
}

impl fmt::Debug for Collection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.state.fmt(f)
    }
}
