//! The append-only log of a kind's changes, with a cursor per watcher.

use std::sync::{Arc, OnceLock};
use std::task::{Context, Poll};

use bytes::Bytes;

use super::{StorageError, Stored};

/// One change of one object.
#[derive(Debug)]
pub struct Event {
    /// The revision of the write.
    pub revision: u64,
    /// The object after the write; `None` when it was deleted.
    pub current: Option<Arc<Stored>>,
    /// The object before the write; `None` when it was created.
    pub previous: Option<Arc<Stored>>,
    gone: OnceLock<Arc<Stored>>,
    frames: [OnceLock<Bytes>; 3],
}

impl Event {
    /// A change; one of the two objects must be there.
    pub fn new(revision: u64, current: Option<Arc<Stored>>, previous: Option<Arc<Stored>>) -> Self {
        Self { revision, current, previous, gone: OnceLock::new(), frames: Default::default() }
    }

    /// The old object at the revision of this change: what a DELETED event shows (contract 5.40).
    pub fn gone(&self) -> Option<&Arc<Stored>> {
        let previous = self.previous.as_ref()?;
        Some(self.gone.get_or_init(|| Arc::new(previous.at_revision(self.revision))))
    }

    /// Bytes made once for all watchers, one slot per event type.
    pub fn frame(&self, slot: usize, make: impl FnOnce() -> Bytes) -> &Bytes {
        self.frames[slot].get_or_init(make)
    }
}

/// Which changes a watcher wants to be woken for; it may still see others.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Interest {
    /// All of the kind.
    All,
    /// Those in a namespace.
    Namespace(String),
    /// Those of one object, by its key.
    Object(String),
}

/// A place in the log. Costs the writer nothing.
#[derive(Debug)]
pub struct Cursor {}

impl Cursor {
    /// Moves up to `most` events into `events`; none when the cursor has caught up.
    ///
    /// Fails with [`StorageError::Compacted`] when the log no longer holds what comes next.
    pub fn read(&mut self, _events: &mut Vec<Arc<Event>>, _most: usize) -> Result<(), StorageError> {
        Ok(())
    }

    /// Ready when there may be more to read. Wakes the task otherwise.
    pub fn poll_changed(&mut self, _: &mut Context<'_>) -> Poll<()> {
        Poll::Pending
    }

    /// Everything up to this revision has been read, once [`read`](Self::read) returned nothing.
    pub fn revision(&self) -> u64 {
        0
    }
}
