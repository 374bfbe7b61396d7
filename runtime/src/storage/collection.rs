//! The objects of one kind: snapshot, event log and writes, above any engine.

use std::sync::Arc;

use super::{Cursor, Header, Interest, Snapshot, StorageError, Stored, Value};

/// Reads from an object's bytes what storage must know of it.
pub trait Describe: Send + Sync {
    /// The header of an object; an error says how the bytes are damaged.
    fn describe(&self, bytes: &[u8]) -> Result<Header, String>;
}

/// The objects of one kind.
#[derive(Clone, Debug)]
pub struct Collection {}

impl Collection {
    /// All objects as they are now: consistent, and true at the store's newest revision.
    pub async fn snapshot(&self) -> Result<Snapshot, StorageError> {
        Ok(Snapshot::default())
    }

    /// All objects at a revision or a later one. Waits up to three seconds for a revision of the future, then fails with
    /// [`StorageError::FutureRevision`].
    pub async fn snapshot_not_older_than(&self, _revision: u64) -> Result<Snapshot, StorageError> {
        Ok(Snapshot::default())
    }

    /// All objects at exactly this revision. Fails with [`StorageError::Compacted`] or
    /// [`StorageError::FutureRevision`].
    pub async fn snapshot_at(&self, _revision: u64) -> Result<Snapshot, StorageError> {
        Ok(Snapshot::default())
    }

    /// Stores a new object. Fails with [`StorageError::KeyExists`].
    pub async fn create(&self, _key: &str, _value: Value) -> Result<Arc<Stored>, StorageError> {
        Err(StorageError::KeyExists)
    }

    /// Replaces an object that is still as it was read. Fails with [`StorageError::Conflict`].
    pub async fn replace(&self, _current: &Stored, _value: Value) -> Result<Arc<Stored>, StorageError> {
        Err(StorageError::KeyExists)
    }

    /// Deletes an object that is still as it was read, and returns it at the revision of the delete. Fails with
    /// [`StorageError::Conflict`].
    pub async fn delete(&self, _current: &Stored) -> Result<Arc<Stored>, StorageError> {
        Err(StorageError::KeyExists)
    }

    /// A place in the log just after a revision. Fails with [`StorageError::Compacted`] when the log no longer goes back
    /// that far; a revision of the future waits for its turn.
    pub async fn watch(&self, _after: u64, _interest: Interest) -> Result<Cursor, StorageError> {
        Err(StorageError::KeyExists)
    }
}
