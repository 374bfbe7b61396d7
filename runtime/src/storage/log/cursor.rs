//! A watcher's place in the log.

use std::any::Any;
use std::fmt;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use super::interest::Bucket;
use super::{Event, EventLog, Interest};
use crate::failpoint::failpoint;
use crate::storage::StorageError;
use crate::storage::sync::OwnedNotified;

/// A place in the log. Costs the writer nothing.
///
/// It is a number and pins no memory: how far back the log reaches is the log's decision, and a cursor that fell behind
/// that learns so when it next reads.
pub struct Cursor {
    log: Arc<EventLog>,
    interest: Interest,
    bucket: Arc<Bucket>,
    /// The sequence number of the next event to read.
    position: u64,
    /// Events up to this revision are not shown.
    after: u64,
    revision: u64,
    waiting: Option<Pin<Box<OwnedNotified>>>,
    /// What feeds the log, and must live as long as anyone watches.
    _feed: Arc<dyn Any + Send + Sync>,
}

/// Events with so many bytes are enough to read at a time: whoever then stops reading keeps them alive.
const HEAVY: usize = 1 << 20;

impl EventLog {
    /// A cursor just after a revision. Fails with [`StorageError::Compacted`] when the log does not go back that far.
    pub(in crate::storage) fn cursor(
        self: &Arc<Self>,
        after: u64,
        interest: Interest,
        feed: Arc<dyn Any + Send + Sync>,
    ) -> Result<Cursor, StorageError> {
        let tail = self.tail();
        let window = self.window.load();
        if after < window.floor {
            return Err(StorageError::Compacted { requested: after, oldest: window.floor });
        }
        failpoint("cursor-before-bucket");
        let position = window.position_after(after, tail);
        let bucket = self.buckets.enter(&interest, || self.tail());
        let log = Arc::clone(self);
        Ok(Cursor { log, interest, bucket, position, after, revision: after, waiting: None, _feed: feed })
    }
}

impl Cursor {
    /// Moves up to `most` events into `events`, fewer when they are large, and what else happened at the revision of the
    /// last one; none when the cursor has caught up.
    ///
    /// Fails with [`StorageError::Compacted`] when the log no longer holds what comes next.
    pub fn read(&mut self, events: &mut Vec<Arc<Event>>, most: usize) -> Result<(), StorageError> {
        // The order of these loads matters: what progress speaks of lies below the tail, and what lies below the tail is
        // in the window unless it was let go.
        let progress = self.log.progress();
        failpoint("cursor-between-progress-and-tail");
        let tail = self.log.tail();
        if self.position < tail {
            let log = Arc::clone(&self.log);
            let window = log.window.load();
            let quiet = self.bucket.end() <= self.position;
            if self.position < window.broken || (self.position < window.first && !quiet) {
                return Err(StorageError::Compacted { requested: self.revision, oldest: window.floor });
            }
            if quiet {
                self.position = tail;
            }
            let wanted = events.len().saturating_add(most);
            let mut weight = 0;
            while self.position < tail {
                let Some(event) = window.event(self.position) else {
                    return Err(StorageError::Compacted { requested: self.revision, oldest: window.floor });
                };
                // Whoever resumes after a revision must have seen all of it.
                let enough = events.len() >= wanted || weight >= HEAVY;
                if enough && event.revision > self.revision {
                    break;
                }
                self.position += 1;
                self.revision = self.revision.max(event.revision);
                if event.revision > self.after {
                    weight += event.held();
                    events.push(Arc::clone(event));
                }
            }
        }
        if self.position == tail {
            self.revision = self.revision.max(progress);
        }
        Ok(())
    }

    /// Ready when there may be more to read. Wakes the task otherwise.
    pub fn poll_changed(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        let (log, bucket, position) = (&self.log, &self.bucket, self.position);
        let changed = || log.tail() > position && bucket.end() > position;
        let notified = || Arc::clone(&bucket.wake).notified_owned();
        if changed() {
            return Poll::Ready(());
        }
        let waiting = self.waiting.get_or_insert_with(|| Box::pin(notified()));
        loop {
            // A wake-up counts from when `waiting` was made, so this look misses nothing that came before.
            if changed() {
                return Poll::Ready(());
            }
            if waiting.as_mut().poll(cx).is_pending() {
                return Poll::Pending;
            }
            waiting.set(notified());
        }
    }

    /// Everything up to this revision has been read, once [`read`](Self::read) returned nothing.
    pub fn revision(&self) -> u64 {
        self.revision
    }
}

impl Drop for Cursor {
    fn drop(&mut self) {
        self.log.buckets.leave(&self.interest, &self.bucket);
    }
}

impl fmt::Debug for Cursor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Cursor")
            .field("interest", &self.interest)
            .field("position", &self.position)
            .field("revision", &self.revision)
            .finish_non_exhaustive()
    }
}
