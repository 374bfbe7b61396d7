//! The part of the log that is in memory: chunks of neighbouring events.

use std::collections::VecDeque;
use std::sync::{Arc, OnceLock};

use super::Event;

/// The chunks that the log holds.
#[derive(Clone, Debug)]
pub(super) struct Window {
    /// The sequence number of the oldest event.
    pub(super) first: u64,
    /// Every event after this revision is here.
    pub(super) floor: u64,
    /// Cursors below this sequence number missed something for good.
    pub(super) broken: u64,
    pub(super) chunks: VecDeque<Arc<Chunk>>,
}

/// Neighbouring events. A chunk is sealed when it is full or heavy; the next one then begins where it ends.
#[derive(Debug)]
pub(super) struct Chunk {
    pub(super) first: u64,
    slots: Box<[OnceLock<Arc<Event>>]>,
}

/// Sequence numbers are left free below the first event of a log, for what is read from the engine later.
pub(super) const ROOM: u64 = 1 << 40;
/// A chunk with this many bytes is sealed, so that retention need not be coarse.
pub(super) const WEIGHT: usize = 1 << 20;
/// The first chunk of a log is small, since most logs stay short; the next ones grow up to the second size.
const SLOTS: std::ops::RangeInclusive<usize> = 16..=256;

impl Window {
    /// The event with a sequence number.
    pub(super) fn event(&self, sequence: u64) -> Option<&Arc<Event>> {
        let after = self.chunks.partition_point(|chunk| chunk.first <= sequence);
        self.chunks.get(after.checked_sub(1)?)?.event(sequence)
    }

    /// The sequence number of the first event after a revision, among those up to a tail.
    pub(super) fn position_after(&self, revision: u64, tail: u64) -> u64 {
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
    pub(super) fn grown(&self, sequence: u64, event: &Arc<Event>) -> Self {
        let last = self.chunks.back().map_or(0, |chunk| chunk.slots.len());
        let slots = (last * 4).clamp(*SLOTS.start(), *SLOTS.end());
        let chunk = Chunk { first: sequence, slots: (0..slots).map(|_| OnceLock::new()).collect() };
        chunk.set(sequence, event);
        let mut grown = self.clone();
        grown.chunks.push_back(Arc::new(chunk));
        grown
    }

    /// A window that begins with the next event of a log, whose floor is known.
    pub(super) fn empty(first: u64, floor: u64, broken: u64) -> Self {
        Self { first, floor, broken, chunks: VecDeque::new() }
    }

    /// This with older events before its own, down to another floor; and how many chunks they are.
    pub(super) fn deepened(&self, floor: u64, older: &[Arc<Event>]) -> (Self, usize) {
        let mut deepened = self.clone();
        deepened.floor = floor;
        deepened.first -= older.len() as u64;
        let (mut first, mut rest, mut chunks) = (deepened.first, older, VecDeque::new());
        while !rest.is_empty() {
            let mut weight = 0;
            let light = rest.iter().take_while(|event| {
                let fits = weight < WEIGHT;
                weight += event.held();
                fits
            });
            let (own, others) = rest.split_at(light.take(*SLOTS.end()).count());
            let slots = own.iter().map(|event| OnceLock::from(Arc::clone(event))).collect();
            chunks.push_back(Arc::new(Chunk { first, slots }));
            first += own.len() as u64;
            rest = others;
        }
        let added = chunks.len();
        chunks.append(&mut deepened.chunks);
        deepened.chunks = chunks;
        (deepened, added)
    }

    /// This without its oldest chunks, and without what is left of the last revision of those: nothing of a floor's own
    /// revision is here, or it would come twice when older events are read again.
    pub(super) fn without(&self, chunks: usize) -> Self {
        let mut kept: VecDeque<_> = self.chunks.iter().skip(chunks).cloned().collect();
        let first = kept.front().map_or(self.first, |chunk| chunk.first);
        let last = first.checked_sub(1).and_then(|sequence| self.event(sequence));
        let floor = last.map_or(self.floor, |event| event.revision);
        while let Some(rest) = kept.front().and_then(|chunk| chunk.above(floor)) {
            kept.pop_front();
            if !rest.slots.is_empty() || kept.is_empty() {
                kept.push_front(Arc::new(rest));
                break;
            }
        }
        let first = kept.front().map_or(self.first, |chunk| chunk.first);
        Self { first, floor, broken: self.broken, chunks: kept }
    }
}

impl Chunk {
    fn slot(&self, sequence: u64) -> Option<&OnceLock<Arc<Event>>> {
        self.slots.get(usize::try_from(sequence.checked_sub(self.first)?).ok()?)
    }

    pub(super) fn event(&self, sequence: u64) -> Option<&Arc<Event>> {
        self.slot(sequence)?.get()
    }

    /// What is left without the events up to a revision; `None` when there are none.
    fn above(&self, floor: u64) -> Option<Self> {
        let below = |slot: &&OnceLock<Arc<Event>>| slot.get().is_some_and(|event| event.revision <= floor);
        let gone = self.slots.iter().take_while(below).count();
        let slots = self.slots[gone..].iter().cloned().collect();
        (gone > 0).then(|| Self { first: self.first + gone as u64, slots })
    }

    /// Puts an event in, if there is room for it.
    pub(super) fn set(&self, sequence: u64, event: &Arc<Event>) -> bool {
        self.slot(sequence).is_some_and(|slot| slot.set(Arc::clone(event)).is_ok())
    }

    /// The bytes that its events keep alive, up to where the next chunk begins.
    pub(super) fn held(&self, end: u64) -> usize {
        (self.first..end).filter_map(|sequence| self.event(sequence)).map(|event| event.held()).sum()
    }
}
