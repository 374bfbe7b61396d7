//! The append-only log of a kind's changes, with a cursor per watcher.
//!
//! The one writer fills slots of chunks and then moves the tail; readers look at the tail and then at the slots, and
//! nobody waits for anybody. A cursor is a number, so what the log keeps is the log's decision alone: see
//! [`History`].

mod cursor;
mod event;
mod interest;
mod window;

use std::collections::VecDeque;
use std::sync::atomic::Ordering;
use std::sync::{Arc, PoisonError};
use std::time::Instant;

use arc_swap::ArcSwap;

pub use self::cursor::Cursor;
pub use self::event::Event;
use self::event::Ledger;
use self::interest::Buckets;
pub use self::interest::Interest;
use self::window::{ROOM, WEIGHT, Window};
use super::sync::{AtomicU64, Mutex};
use super::{History, StorageError};
use crate::failpoint::failpoint;

/// The changes of one kind, from a floor on.
#[derive(Debug)]
pub(super) struct EventLog {
    window: ArcSwap<Window>,
    /// The sequence number that the next event gets.
    tail: AtomicU64,
    /// Everything up to this revision has happened here.
    progress: AtomicU64,
    buckets: Buckets,
    ledger: Arc<Ledger>,
    writer: Mutex<Writer>,
    history: History,
}

/// What only the writer knows.
#[derive(Debug)]
struct Writer {
    /// Of each chunk, when it got its last event.
    written: VecDeque<Instant>,
    /// The bytes of objects in the last chunk.
    weight: usize,
}

impl EventLog {
    pub(super) fn new(history: History) -> Self {
        Self {
            window: ArcSwap::from_pointee(Window::empty(ROOM, 0, ROOM)),
            tail: AtomicU64::new(ROOM),
            progress: AtomicU64::new(0),
            buckets: Buckets::new(),
            ledger: Arc::default(),
            writer: Mutex::new(Writer { written: VecDeque::new(), weight: 0 }),
            history,
        }
    }

    /// Everything up to this revision has happened and been appended.
    pub(super) fn progress(&self) -> u64 {
        self.progress.load(Ordering::Acquire)
    }

    /// Moves [`progress`](Self::progress) ahead.
    pub(super) fn advance(&self, revision: u64) {
        self.progress.fetch_max(revision, Ordering::AcqRel);
    }

    /// The sequence number that the next event gets.
    pub(super) fn tail(&self) -> u64 {
        self.tail.load(Ordering::Acquire)
    }

    /// Appends changes in the order of their revisions and wakes who may care.
    pub(super) fn append(&self, events: Vec<Event>, now: Instant) {
        let events: Vec<_> = events.into_iter().map(|event| Arc::new(event.booked(&self.ledger))).collect();
        if events.is_empty() {
            return;
        }
        let mut writer = self.writer.lock().unwrap_or_else(PoisonError::into_inner);
        failpoint("append-before-window");
        let first = self.tail();
        let mut window = self.window.load_full();
        for (sequence, event) in (first..).zip(&events) {
            let last = window.chunks.back().filter(|_| writer.weight < WEIGHT);
            if !last.is_some_and(|chunk| chunk.set(sequence, event)) {
                window = Arc::new(window.grown(sequence, event));
                writer.written.push_back(now);
                writer.weight = 0;
            }
            writer.weight += event.held();
        }
        if let Some(written) = writer.written.back_mut() {
            *written = now;
        }
        let tail = first + events.len() as u64;
        let window = self.retained(window, &mut writer, tail, now);
        self.window.store(window);
        failpoint("append-before-tail");
        self.buckets.publish(first, &events, || self.tail.store(tail, Ordering::Release));
    }

    /// Lets go of what is too old by now.
    pub(super) fn trim(&self, now: Instant) {
        let mut writer = self.writer.lock().unwrap_or_else(PoisonError::into_inner);
        let window = self.retained(self.window.load_full(), &mut writer, self.tail(), now);
        self.window.store(window);
    }

    /// Starts again after a gap, above a floor: who has not read everything until now never will.
    pub(super) fn reset(&self, floor: u64) {
        let mut writer = self.writer.lock().unwrap_or_else(PoisonError::into_inner);
        writer.written.clear();
        let broken = self.tail() + 1;
        let tail = broken + ROOM;
        self.buckets.wake_all(tail, || {
            self.window.store(Arc::new(Window::empty(tail, floor, broken)));
            self.tail.store(tail, Ordering::Release);
        });
    }

    /// The revision after which every event is here.
    pub(super) fn floor(&self) -> u64 {
        self.window.load().floor
    }

    /// How many bytes of events may be added before young ones have to go.
    pub(super) fn room(&self) -> usize {
        self.history.watch_bytes_max.saturating_sub(self.ledger.held())
    }

    /// How many bytes its events keep alive.
    #[cfg(test)]
    pub(super) fn held(&self) -> usize {
        self.ledger.held()
    }

    /// How many interests have a bucket of their own.
    #[cfg(test)]
    pub(super) fn named_buckets(&self) -> usize {
        self.buckets.named_len()
    }

    /// Puts older events before those that are here: all that happened after a revision, until another one at least.
    ///
    /// Says whether they joined: not when the log has meanwhile let go of more than they make good.
    pub(super) fn deepen(&self, after: u64, events: Vec<Event>, until: u64, now: Instant) -> bool {
        let mut writer = self.writer.lock().unwrap_or_else(PoisonError::into_inner);
        let window = self.window.load_full();
        if until < window.floor {
            return false;
        }
        if after < window.floor {
            let older = events.into_iter().take_while(|event| event.revision <= window.floor);
            let older: Vec<_> = older.map(|event| Arc::new(event.booked(&self.ledger))).collect();
            let (window, chunks) = window.deepened(after, &older);
            (0..chunks).for_each(|_| writer.written.push_front(now));
            self.window.store(Arc::new(window));
        }
        true
    }

    /// The events after a revision, newest first, up to a tail. Fails with [`StorageError::Compacted`].
    pub(super) fn back_to(&self, revision: u64, tail: u64) -> Result<Vec<Arc<Event>>, StorageError> {
        let window = self.window.load();
        if revision < window.floor {
            return Err(StorageError::Compacted { requested: revision, oldest: window.floor });
        }
        let newest_first = (window.first..tail).rev().map_while(|sequence| window.event(sequence));
        Ok(newest_first.take_while(|event| event.revision > revision).cloned().collect())
    }

    /// The window without what need not be kept. The chunk that is being filled stays.
    fn retained(&self, window: Arc<Window>, writer: &mut Writer, tail: u64, now: Instant) -> Arc<Window> {
        let history = &self.history;
        let mut held = self.ledger.held();
        let mut gone = 0;
        for (chunks, written) in window.chunks.iter().zip(window.chunks.iter().skip(1)).zip(&writer.written) {
            let (chunk, next) = chunks;
            let old = now.saturating_duration_since(*written) > history.watch_age;
            let heavy = held > if old { history.watch_bytes } else { history.watch_bytes_max };
            let many = old && tail - chunk.first > history.watch_events;
            if !heavy && !many {
                break;
            }
            held = held.saturating_sub(chunk.held(next.first));
            gone += 1;
        }
        if gone == 0 {
            return window;
        }
        let kept = window.without(gone);
        writer.written.drain(..window.chunks.len() - kept.chunks.len());
        Arc::new(kept)
    }
}
