//! One change of one object, and what it costs to keep it.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, OnceLock};

use bytes::Bytes;

use crate::storage::Stored;

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
    ledger: Option<Arc<Ledger>>,
}

/// What the events of one log keep alive, in bytes, with the frames and copies that are made later.
#[derive(Debug, Default)]
pub(super) struct Ledger(AtomicUsize);

/// What an event costs beside the objects.
const OVERHEAD: usize = 256;

impl Event {
    /// A change; one of the two objects must be there.
    pub fn new(revision: u64, current: Option<Arc<Stored>>, previous: Option<Arc<Stored>>) -> Self {
        Self { revision, current, previous, gone: OnceLock::new(), frames: Default::default(), ledger: None }
    }

    /// Books the event, until it is dropped.
    pub(super) fn booked(mut self, ledger: &Arc<Ledger>) -> Self {
        ledger.add(self.held());
        self.ledger = Some(Arc::clone(ledger));
        self
    }

    /// The key of the object.
    pub fn key(&self) -> &str {
        self.current.as_ref().or(self.previous.as_ref()).map_or("", |object| object.key())
    }

    /// The old object at the revision of this change: what a DELETED event shows (contract 5.40).
    pub fn gone(&self) -> Option<&Arc<Stored>> {
        let previous = self.previous.as_ref()?;
        Some(self.gone.get_or_init(|| {
            self.book(previous.wire().len());
            Arc::new(previous.at_revision(self.revision))
        }))
    }

    /// Bytes made once for all watchers, one slot per event type.
    pub fn frame(&self, slot: usize, make: impl FnOnce() -> Bytes) -> &Bytes {
        self.frames[slot].get_or_init(|| {
            let frame = make();
            self.book(frame.len());
            frame
        })
    }

    /// The bytes that would be free if this event were.
    pub(super) fn held(&self) -> usize {
        let objects = [self.previous.as_ref(), self.gone.get()];
        let objects: usize = objects.into_iter().flatten().map(|object| object.wire().len()).sum();
        let frames: usize = self.frames.iter().filter_map(OnceLock::get).map(Bytes::len).sum();
        OVERHEAD + objects + frames
    }

    fn book(&self, bytes: usize) {
        if let Some(ledger) = &self.ledger {
            ledger.add(bytes);
        }
    }
}

impl Drop for Event {
    fn drop(&mut self) {
        if let Some(ledger) = &self.ledger {
            ledger.0.fetch_sub(self.held(), Ordering::Relaxed);
        }
    }
}

impl Ledger {
    pub(super) fn held(&self) -> usize {
        self.0.load(Ordering::Relaxed)
    }

    fn add(&self, bytes: usize) {
        self.0.fetch_add(bytes, Ordering::Relaxed);
    }
}
