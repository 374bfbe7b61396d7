//! The append-only log of a kind's changes, with a cursor per watcher.
//!
//! The one writer fills slots of chunks and then moves the tail; readers look at the tail and then at the slots, and
//! nobody waits for anybody. A cursor is a number, so what the log keeps is the log's decision alone: see
//! [`Retention`].

mod cursor;
mod event;
mod interest;
#[cfg(test)]
mod tests;

use std::collections::VecDeque;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::time::{Duration, Instant};

use arc_swap::ArcSwap;

pub use self::cursor::Cursor;
pub use self::event::Event;
use self::event::Ledger;
use self::interest::Buckets;
pub use self::interest::Interest;
use super::StorageError;

/// How long a log keeps what.
#[derive(Clone, Debug)]
pub(super) struct Retention {
    /// Younger events stay, so that a client that got a bookmark can resume (contract 5.52).
    pub(super) fresh: Duration,
    /// Older events stay while the log keeps no more bytes alive than this.
    pub(super) soft_bytes: usize,
    /// No event stays beyond this, however young.
    pub(super) hard_bytes: usize,
    /// The most events, of which older ones go first (contract 5.52).
    pub(super) events: u64,
}

impl Default for Retention {
    fn default() -> Self {
        Self { fresh: Duration::from_secs(75), soft_bytes: 32 << 20, hard_bytes: 256 << 20, events: 102_400 }
    }
}

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
    retention: Retention,
}

/// The chunks that the log holds.
#[derive(Clone, Debug)]
struct Window {
    /// The sequence number of the oldest event.
    first: u64,
    /// Every event after this revision is here.
    floor: u64,
    /// Cursors below this sequence number missed something for good.
    broken: u64,
    chunks: VecDeque<Arc<Chunk>>,
}

/// Neighbouring events. A chunk is sealed when it is full or heavy; the next one then begins where it ends.
#[derive(Debug)]
struct Chunk {
    first: u64,
    slots: Box<[OnceLock<Arc<Event>>]>,
}

/// What only the writer knows.
#[derive(Debug)]
struct Writer {
    /// Of each chunk, when it got its last event.
    written: VecDeque<Instant>,
    /// The bytes of objects in the last chunk.
    weight: usize,
}

/// The first chunk of a log is small, since most logs stay short; the next ones grow up to the second size.
const SLOTS: std::ops::RangeInclusive<usize> = 16..=256;
/// A chunk with this many bytes is sealed, so that retention need not be coarse.
const WEIGHT: usize = 1 << 20;

impl EventLog {
    pub(super) fn new(retention: Retention) -> Self {
        let window = Window { first: 0, floor: 0, broken: 0, chunks: VecDeque::new() };
        Self {
            window: ArcSwap::from_pointee(window),
            tail: AtomicU64::new(0),
            progress: AtomicU64::new(0),
            buckets: Buckets::new(),
            ledger: Arc::default(),
            writer: Mutex::new(Writer { written: VecDeque::new(), weight: 0 }),
            retention,
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
        let tail = self.tail() + 1;
        self.buckets.wake_all(tail, || {
            self.window.store(Arc::new(Window { first: tail, floor, broken: tail, chunks: VecDeque::new() }));
            self.tail.store(tail, Ordering::Release);
        });
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
        let retention = &self.retention;
        let mut held = self.ledger.held();
        let mut gone = 0;
        for (chunks, written) in window.chunks.iter().zip(window.chunks.iter().skip(1)).zip(&writer.written) {
            let (chunk, next) = chunks;
            let old = now.saturating_duration_since(*written) > retention.fresh;
            let heavy = held > if old { retention.soft_bytes } else { retention.hard_bytes };
            let many = old && tail - chunk.first > retention.events;
            if !heavy && !many {
                break;
            }
            held = held.saturating_sub(chunk.held(next.first));
            gone += 1;
        }
        if gone == 0 {
            return window;
        }
        writer.written.drain(..gone);
        Arc::new(window.without(gone))
    }
}

impl Window {
    /// The event with a sequence number.
    fn event(&self, sequence: u64) -> Option<&Arc<Event>> {
        let after = self.chunks.partition_point(|chunk| chunk.first <= sequence);
        self.chunks.get(after.checked_sub(1)?)?.event(sequence)
    }

    /// The sequence number of the first event after a revision, among those up to a tail.
    fn position_after(&self, revision: u64, tail: u64) -> u64 {
        let (mut low, mut high) = (self.first.min(tail), tail);
        while low < high {
            let middle = low + (high - low) / 2;
            if self.event(middle).is_some_and(|event| event.revision <= revision) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        low
    }

    /// This and a new chunk that begins with an event.
    fn grown(&self, sequence: u64, event: &Arc<Event>) -> Self {
        let last = self.chunks.back().map_or(0, |chunk| chunk.slots.len());
        let slots = (last * 4).clamp(*SLOTS.start(), *SLOTS.end());
        let chunk = Chunk { first: sequence, slots: (0..slots).map(|_| OnceLock::new()).collect() };
        chunk.set(sequence, event);
        let mut grown = self.clone();
        grown.chunks.push_back(Arc::new(chunk));
        grown
    }

    /// This without its oldest chunks.
    fn without(&self, chunks: usize) -> Self {
        let kept: VecDeque<_> = self.chunks.iter().skip(chunks).cloned().collect();
        let first = kept.front().map_or(self.first, |chunk| chunk.first);
        let last = first.checked_sub(1).and_then(|sequence| self.event(sequence));
        let floor = last.map_or(self.floor, |event| event.revision);
        Self { first, floor, broken: self.broken, chunks: kept }
    }
}

impl Chunk {
    fn slot(&self, sequence: u64) -> Option<&OnceLock<Arc<Event>>> {
        self.slots.get(usize::try_from(sequence.checked_sub(self.first)?).ok()?)
    }

    fn event(&self, sequence: u64) -> Option<&Arc<Event>> {
        self.slot(sequence)?.get()
    }

    /// Puts an event in, if there is room for it.
    fn set(&self, sequence: u64, event: &Arc<Event>) -> bool {
        self.slot(sequence).is_some_and(|slot| slot.set(Arc::clone(event)).is_ok())
    }

    /// The bytes that its events keep alive, up to where the next chunk begins.
    fn held(&self, end: u64) -> usize {
        (self.first..end).filter_map(|sequence| self.event(sequence)).map(|event| event.held()).sum()
    }
}
