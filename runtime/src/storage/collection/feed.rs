//! The changes that an engine hands to a collection.

use std::sync::{Arc, Weak};
use std::time::Instant;

use super::State;
use crate::failpoint::failpoint;
use crate::storage::StorageError;
use crate::storage::engine::{Change, ChangeSink};

/// The sink of one load of a collection. It does not keep the collection alive.
pub(super) struct Feed {
    state: Weak<State>,
    generation: u64,
}

impl Feed {
    pub(super) fn new(state: &Arc<State>, generation: u64) -> Self {
        Self { state: Arc::downgrade(state), generation }
    }
}

impl ChangeSink for Feed {
    fn apply(&self, changes: Vec<Change>) {
        let Some(state) = self.state.upgrade() else { return };
        if let Err(error) = state.apply(self.generation, changes) {
            self.lost(error);
        }
    }

    fn progress(&self, revision: u64) {
        let Some(state) = self.state.upgrade() else { return };
        let writer = state.writer();
        if writer.generation == self.generation {
            failpoint("progress");
            state.log.advance(revision);
            state.reached.notify_waiters();
        }
    }

    fn lost(&self, error: StorageError) {
        let Some(state) = self.state.upgrade() else { return };
        if state.unload(self.generation) {
            tracing::warn!(collection = ?state, %error, "the feed of changes broke; loading everything again");
        }
    }

    fn is_closed(&self) -> bool {
        self.state.upgrade().is_none_or(|state| state.writer().generation != self.generation)
    }
}

impl State {
    /// Takes changes in: into the snapshot first, then into the log, so that whoever saw an event finds it in every
    /// snapshot.
    fn apply(&self, generation: u64, changes: Vec<Change>) -> Result<(), StorageError> {
        let mut writer = self.writer();
        if writer.generation != generation {
            return Ok(());
        }
        failpoint("apply-before-snapshot");
        let mut events = Vec::with_capacity(changes.len());
        for change in changes {
            events.extend(self.event(&mut writer.objects, &change)?);
        }
        failpoint("apply-before-publish");
        self.publish(&writer);
        failpoint("apply-between-snapshot-and-log");
        self.log.append(events, Instant::now());
        Ok(())
    }
}
