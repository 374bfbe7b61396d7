//! One watch stream for each follower, resumed from the last revision after any break.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::time::Duration;

use bytes::Bytes;
use tokio::sync::{Notify, mpsc};
use tokio::time::{Instant, MissedTickBehavior};

use super::client::{Client, Member};
use super::failure::Failure;
use super::proto::{
    Event, StatusRequest, WatchCreateRequest, WatchProgressRequest, WatchRequest, WatchResponse, WatchUnion,
};
use super::{Compacted, newest, record, signed, unsigned};
use crate::storage::StorageError;
use crate::storage::engine::{Change, ChangeSink, Value};

/// How often a stream looks whether anybody listens, and asks how far it has come: a bookmark lags no more than this.
const TICK: Duration = Duration::from_secs(1);
/// How long an answer to that may take before it is asked again.
const REPEAT: Duration = Duration::from_millis(50);
/// How long to wait before a stream is opened again, at first and at most.
const PAUSE: (Duration, Duration) = (Duration::from_millis(20), Duration::from_secs(1));
/// How long a member may take to say its version.
const PATIENCE: Duration = Duration::from_secs(2);

/// What readers wait for, by prefix.
#[derive(Default)]
pub(super) struct Wishes(Mutex<Vec<Weak<Wish>>>);

/// What the readers of one feed wait for.
pub(super) struct Wish {
    prefix: String,
    revision: AtomicU64,
    /// Whether the member says reliably how far the stream has come.
    reliable: AtomicBool,
    bell: Notify,
}

impl Wishes {
    pub(super) fn add(&self, prefix: String) -> Arc<Wish> {
        let (revision, reliable) = (AtomicU64::new(0), AtomicBool::new(true));
        let wish = Arc::new(Wish { prefix, revision, reliable, bell: Notify::new() });
        let mut wishes = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        wishes.retain(|wish| wish.strong_count() > 0);
        wishes.push(Arc::downgrade(&wish));
        wish
    }

    /// Asks the feeds of a prefix to come to a revision, and says whether they can tell when they have.
    pub(super) fn wish(&self, prefix: &str, revision: u64) -> bool {
        let wishes = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let mut reliable = true;
        for wish in wishes.iter().filter_map(Weak::upgrade).filter(|wish| wish.prefix == prefix) {
            wish.revision.fetch_max(revision, Ordering::Relaxed);
            wish.bell.notify_one();
            reliable &= wish.reliable.load(Ordering::Relaxed);
        }
        reliable
    }
}

/// Feeds one sink, as a task of its own.
pub(super) struct Feed {
    pub(super) client: Arc<Client>,
    /// What all our keys begin with.
    pub(super) own: String,
    /// The first key, and the first one after all.
    pub(super) range: (Bytes, Bytes),
    /// Everything up to this revision was fed.
    pub(super) position: u64,
    pub(super) sink: Arc<dyn ChangeSink>,
    pub(super) wish: Arc<Wish>,
    pub(super) compacted: Compacted,
}

/// Why a stream ended.
enum End {
    /// Nobody listens any more.
    Closed,
    /// What comes next is no longer held; the oldest revision that is.
    Compacted(u64),
    Broken(String),
}

/// A stream that is open.
struct Stream {
    requests: mpsc::UnboundedSender<WatchRequest>,
    /// The pieces of an answer of which another one follows.
    pieces: Vec<Event>,
    /// When it was last asked how far it has come, if it did not answer yet.
    asked: Option<Instant>,
    reliable: bool,
}

impl Feed {
    /// Runs until nobody listens, or changes are gone for good.
    pub(super) async fn run(mut self) {
        let mut pause = PAUSE.0;
        loop {
            let before = self.position;
            match self.stream().await {
                End::Closed => return,
                End::Compacted(oldest) => {
                    self.compacted.fetch_max(oldest, Ordering::Relaxed);
                    self.sink.lost(StorageError::Compacted { requested: self.position, oldest });
                    return;
                }
                End::Broken(why) => tracing::debug!(why, feed = self.wish.prefix, "a watch broke"),
            }
            pause = if self.position > before { PAUSE.0 } else { PAUSE.1.min(pause * 2) };
            tokio::time::sleep(pause).await;
            if self.sink.is_closed() || *self.client.closed().borrow() {
                return;
            }
        }
    }

    /// Opens a stream and feeds what it brings, until it ends.
    async fn stream(&mut self) -> End {
        let mut member = self.client.member();
        let end = match self.stream_from(&mut member).await {
            Ok(end) => end,
            Err(failure) => End::Broken(format!("{:?}", failure.into_error("etcd"))),
        };
        if matches!(end, End::Broken(_)) {
            self.client.avoid(&member);
        }
        end
    }

    async fn stream_from(&mut self, member: &mut Member) -> Result<End, Failure> {
        let status = member.call(StatusRequest {}, Instant::now() + PATIENCE).await?;
        let reliable = tells_progress_reliably(&status.version);
        self.wish.reliable.store(reliable, Ordering::Relaxed);
        let (requests, mut queue) = mpsc::unbounded_channel();
        let mut stream = Stream { requests, pieces: Vec::new(), asked: None, reliable };
        stream.request(WatchUnion::Create(WatchCreateRequest {
            key: self.range.0.clone(),
            range_end: self.range.1.clone(),
            start_revision: signed(self.position + 1),
            progress_notify: reliable,
            fragment: true,
        }));
        let queue = futures_util::stream::poll_fn(move |context| queue.poll_recv(context));
        let mut answers = member.watch(queue).await?;
        let mut closed = self.client.closed();
        let mut ticks = tokio::time::interval(TICK);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            tokio::select! {
                answer = answers.message() => match answer? {
                    Some(answer) => if let Some(end) = self.take(answer, &mut stream) { return Ok(end) },
                    None => return Ok(End::Broken("the member ended it".to_owned())),
                },
                () = self.wish.bell.notified() => stream.seek(self.position, &self.wish),
                _ = ticks.tick() => {
                    if self.sink.is_closed() {
                        return Ok(End::Closed);
                    }
                    stream.ask();
                }
                _ = closed.wait_for(|closed| *closed) => return Ok(End::Closed),
            }
        }
    }

    /// Takes an answer of the stream, and says whether it was the last one.
    fn take(&mut self, answer: WatchResponse, stream: &mut Stream) -> Option<End> {
        if answer.canceled {
            return Some(match answer.compact_revision {
                0 => End::Broken(answer.cancel_reason),
                oldest => End::Compacted(unsigned(oldest)),
            });
        }
        if answer.created {
            return None;
        }
        if answer.events.is_empty() && stream.pieces.is_empty() {
            stream.asked = None;
            if stream.reliable {
                self.advance(newest(answer.header.as_ref()));
            }
            return None;
        }
        stream.pieces.extend(answer.events);
        if answer.fragment {
            // The changes of one revision go on together.
            return None;
        }
        let changes: Vec<_> = stream.pieces.iter().filter_map(|event| self.change(event)).collect();
        stream.pieces.clear();
        if let Some(newest) = changes.last().map(|change| change.revision) {
            self.sink.apply(changes);
            self.advance(newest);
        }
        None
    }

    fn change(&self, event: &Event) -> Option<Change> {
        let record = record(event.kv.as_ref()?, &self.own)?;
        if record.revision <= self.position {
            return None;
        }
        let value = (event.kind == 0).then(|| Value::from(record.bytes));
        Some(Change { key: record.key, revision: record.revision, value })
    }

    fn advance(&mut self, revision: u64) {
        if revision > self.position {
            self.position = revision;
            self.sink.progress(revision);
        }
    }
}

impl Stream {
    fn request(&self, union: WatchUnion) {
        // Who ended the stream tells it on the other side.
        let _ = self.requests.send(union.into());
    }

    /// Asks how far the stream has come, if a reader waits for more than it knows and did not ask just now.
    fn seek(&mut self, position: u64, wish: &Wish) {
        let waiting = self.asked.is_some_and(|asked| asked.elapsed() < REPEAT);
        if !waiting && wish.revision.load(Ordering::Relaxed) > position {
            self.ask();
        }
    }

    fn ask(&mut self) {
        if self.reliable {
            self.asked = Some(Instant::now());
            self.request(WatchUnion::Progress(WatchProgressRequest {}));
        }
    }
}

/// Whether a member of this version never says that a stream has come further than it has: from 3.4.31 and 3.5.13 on,
/// as kube-apiserver has it.
fn tells_progress_reliably(version: &str) -> bool {
    let mut numbers = version.split(|c: char| !c.is_ascii_digit()).map(|number| number.parse().unwrap_or(0));
    let mut next = || numbers.next().unwrap_or(0_u32);
    match (next(), next(), next()) {
        (3, 4, patch) => patch >= 31,
        (3, 5, patch) => patch >= 13,
        version => version >= (3, 6, 0),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn progress_is_believed_from_the_versions_on_that_tell_it_right() {
        for version in ["3.4.31", "3.4.40", "3.5.13", "3.5.16", "3.6.0", "3.6.0-rc.1", "3.10.0", "4.0.0"] {
            assert!(tells_progress_reliably(version), "{version}");
        }
        for version in ["", "unknown", "3.3.99", "3.4.23", "3.4.30", "3.5.0", "3.5.12"] {
            assert!(!tells_progress_reliably(version), "{version}");
        }
    }
}
