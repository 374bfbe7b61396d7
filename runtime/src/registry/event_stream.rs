//! The stream behind every watch (contract 5.37 to 5.49).
//!
//! There is no task and no channel: whoever reads the watch pulls events out of the kind's log, as fast as it can send
//! them. What is slow to read costs nobody else anything.

use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};
use std::vec;

use futures_core::Stream;
use futures_core::future::BoxFuture;

use super::Pipelines;
use super::predicate::Predicate;
use super::watch_timer::Timer;
use crate::errors::{Error, Result};
use crate::options::ListOptions;
use crate::storage::{Cursor, Event, Snapshot, StorageError, Stored};
use crate::watch::WatchItem;

/// How many events are taken out of the log at a time, and how many objects out of a snapshot.
const BATCH: usize = 128;

/// Where a watch begins.
pub(super) enum Start {
    /// With the objects of a snapshot, then the changes.
    With(Snapshot, Cursor),
    /// As `With`, once the revision asked for is there.
    Later(BoxFuture<'static, Result<(Snapshot, Cursor)>>),
    /// With the changes.
    After(Cursor),
    /// It does not: it only says why.
    Failed(Error),
}

/// The events of one watch.
pub(super) struct EventStream {
    pipelines: Pipelines,
    predicate: Predicate,
    bookmarks: bool,
    timer: Timer,
    state: State,
    /// Read from the log and not yet looked at.
    events: vec::IntoIter<Arc<Event>>,
    /// The revision up to which it had read when it last fell out of the log.
    fell_out: u64,
}

enum State {
    Opening(BoxFuture<'static, Result<(Snapshot, Cursor)>>),
    Initial {
        snapshot: Snapshot,
        /// Taken out of the snapshot and not yet shown.
        objects: vec::IntoIter<Arc<Stored>>,
        /// The last of them, if more may follow.
        last: Option<Arc<Stored>>,
        cursor: Cursor,
    },
    Live(Cursor),
    /// It fell out of the log, and looks for its place in what the store still holds.
    Resuming(BoxFuture<'static, Result<Cursor, StorageError>>),
    Failed(Error),
    Ended,
}

impl EventStream {
    pub(super) fn new(
        pipelines: Pipelines,
        predicate: Predicate,
        start: Start,
        options: &ListOptions,
    ) -> Self {
        let state = match start {
            Start::With(snapshot, cursor) => initial(snapshot, &predicate, cursor),
            Start::Later(opening) => State::Opening(opening),
            Start::After(cursor) => State::Live(cursor),
            Start::Failed(error) => State::Failed(error),
        };
        let bookmarks = options.allow_watch_bookmarks;
        let timer = Timer::new(options.timeout_seconds, bookmarks);
        Self { pipelines, predicate, bookmarks, timer, state, events: Vec::new().into_iter(), fell_out: 0 }
    }

    /// What to do when the log no longer holds what comes after a revision: the store may, unless it was asked just now.
    fn fallen_out(&mut self, revision: u64, error: StorageError) -> State {
        let again = std::mem::replace(&mut self.fell_out, revision) == revision;
        if again || !matches!(error, StorageError::Compacted { .. }) {
            return State::Failed(self.pipelines.watch_error(error));
        }
        let (collection, scope) = (self.pipelines.collection.clone(), self.predicate.scope().clone());
        State::Resuming(Box::pin(async move { collection.watch(revision, scope).await }))
    }

    /// The next event of the log that this watch shows. Gives the thread back after a batch without one.
    fn poll_live(&mut self, cx: &mut Context<'_>) -> Poll<Option<WatchItem>> {
        let State::Live(cursor) = &mut self.state else { return Poll::Ready(None) };
        while self.events.len() == 0 {
            let mut batch = Vec::new();
            if let Err(error) = cursor.read(&mut batch, BATCH) {
                let revision = cursor.revision();
                self.state = self.fallen_out(revision, error);
                cx.waker().wake_by_ref();
                return Poll::Pending;
            }
            if batch.is_empty() {
                if self.timer.poll_bookmark(cx).is_ready() {
                    let revision = cursor.revision();
                    return Poll::Ready(Some(WatchItem::Bookmark { revision, initial_events_end: false }));
                }
                ready!(cursor.poll_changed(cx));
            }
            self.events = batch.into_iter();
        }
        if let Some(item) = self.events.find_map(|event| show(&self.predicate, event)) {
            return Poll::Ready(Some(item));
        }
        cx.waker().wake_by_ref();
        Poll::Pending
    }
}

impl Stream for EventStream {
    type Item = WatchItem;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<WatchItem>> {
        let this = &mut *self;
        if this.events.len() == 0 && this.timer.poll_deadline(cx).is_ready() {
            this.state = State::Ended;
        }
        loop {
            match &mut this.state {
                State::Opening(opening) => {
                    this.state = match ready!(opening.as_mut().poll(cx)) {
                        Ok((snapshot, cursor)) => initial(snapshot, &this.predicate, cursor),
                        Err(error) => State::Failed(error),
                    };
                }
                State::Initial { snapshot, objects, last, .. } => {
                    if let Some(object) = objects.next() {
                        return Poll::Ready(Some(WatchItem::Added(object, None)));
                    }
                    if let Some(after) = last.take() {
                        (*objects, *last) = batch(snapshot, &this.predicate, Some(&after));
                        continue;
                    }
                    let State::Initial { snapshot, cursor, .. } =
                        std::mem::replace(&mut this.state, State::Ended)
                    else {
                        return Poll::Ready(None);
                    };
                    this.state = State::Live(cursor);
                    if this.bookmarks {
                        let revision = snapshot.revision();
                        let end = WatchItem::Bookmark { revision, initial_events_end: true };
                        return Poll::Ready(Some(end));
                    }
                }
                State::Live(_) => return this.poll_live(cx),
                State::Resuming(resuming) => {
                    this.state = match ready!(resuming.as_mut().poll(cx)) {
                        Ok(cursor) => State::Live(cursor),
                        Err(error) => State::Failed(this.pipelines.watch_error(error)),
                    };
                }
                State::Failed(_) => {
                    if let State::Failed(error) = std::mem::replace(&mut this.state, State::Ended) {
                        return Poll::Ready(Some(failure(error)));
                    }
                }
                State::Ended => return Poll::Ready(None),
            }
        }
    }
}

fn initial(snapshot: Snapshot, predicate: &Predicate, cursor: Cursor) -> State {
    let (objects, last) = batch(&snapshot, predicate, None);
    State::Initial { snapshot, objects, last, cursor }
}

/// Some objects of a snapshot, and the last of them if more may follow: a watch holds no list of all.
fn batch(
    snapshot: &Snapshot,
    predicate: &Predicate,
    after: Option<&Stored>,
) -> (vec::IntoIter<Arc<Stored>>, Option<Arc<Stored>>) {
    let objects = predicate.select(snapshot, after, BATCH);
    let last = objects.last().filter(|_| objects.len() == BATCH).cloned();
    (objects.into_iter(), last)
}

fn failure(error: Error) -> WatchItem {
    WatchItem::Error(Box::new(error.into_status()))
}

/// What a change looks like to a watch: an object may come into view and leave it without being created or deleted
/// (contract 5.40).
fn show(predicate: &Predicate, event: Arc<Event>) -> Option<WatchItem> {
    let selected = |object: &Option<Arc<Stored>>| object.clone().filter(|object| predicate.matches(object));
    match (selected(&event.previous), selected(&event.current)) {
        (None, None) => None,
        (None, Some(object)) => Some(WatchItem::Added(object, Some(event))),
        (Some(_), Some(object)) => Some(WatchItem::Modified(object, Some(event))),
        (Some(_), None) => {
            let gone = Arc::clone(event.gone()?);
            Some(WatchItem::Deleted(gone, Some(event)))
        }
    }
}
