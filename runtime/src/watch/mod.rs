//! Watches: what a client sees of the event log (contract 5.D, 5.E).
//!
//! [`WatchStream`] is what a typed handler returns; inside, the type is erased, and so the server pulls it.

use std::fmt;
use std::marker::PhantomData;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use futures_core::Stream;

use crate::errors::Status;
use crate::object::Object;
use crate::storage::{Event, Stored};

/// What a watch yields, with the type erased.
#[derive(Clone, Debug)]
pub(crate) enum WatchItem {
    /// An object came into view.
    Added(Arc<Stored>, Option<Arc<Event>>),
    /// An object changed within view.
    Modified(Arc<Stored>, Option<Arc<Event>>),
    /// An object left view: its old content at the revision of the change (contract 5.40).
    Deleted(Arc<Stored>, Option<Arc<Event>>),
    /// Everything up to a revision has been delivered (contract 5.42).
    Bookmark {
        /// The revision.
        revision: u64,
        /// Whether this ends the initial events (contract 5.34).
        initial_events_end: bool,
    },
    /// The watch failed, and ends with this (contract 5.44).
    Error(Box<Status>),
}

/// A watch with the type erased. The `Event` of an item is there when the item may share its encoded frame.
pub(crate) type Watch = Pin<Box<dyn Stream<Item = WatchItem> + Send>>;

/// A watch on one kind: a stream of [`WatchEvent`].
pub struct WatchStream<T> {
    watch: Watch,
    kind: PhantomData<fn() -> T>,
}

/// What a watch yields.
#[derive(Clone, Debug)]
pub enum WatchEvent<T> {
    /// An object came into view.
    Added(Object<T>),
    /// An object changed within view.
    Modified(Object<T>),
    /// An object left view.
    Deleted(Object<T>),
    /// Everything up to a revision has been delivered.
    Bookmark {
        /// The revision.
        revision: u64,
        /// Whether this ends the initial events.
        initial_events_end: bool,
    },
    /// The watch failed, and ends with this.
    Error(Box<Status>),
}

impl<T: 'static> WatchStream<T> {
    pub(crate) fn from_watch(watch: Watch) -> Self {
        Self { watch, kind: PhantomData }
    }

    pub(crate) fn into_watch(self) -> Watch {
        self.watch
    }

    /// A watch made by hand, for a kind that no store holds.
    pub fn new(events: impl Stream<Item = WatchEvent<T>> + Send + 'static) -> Self {
        use futures_util::StreamExt;
        Self::from_watch(Box::pin(events.map(|event| match event {
            WatchEvent::Added(object) => WatchItem::Added(object.into_stored(), None),
            WatchEvent::Modified(object) => WatchItem::Modified(object.into_stored(), None),
            WatchEvent::Deleted(object) => WatchItem::Deleted(object.into_stored(), None),
            WatchEvent::Bookmark { revision, initial_events_end } => {
                WatchItem::Bookmark { revision, initial_events_end }
            }
            WatchEvent::Error(status) => WatchItem::Error(status),
        })))
    }

    /// The next event; `None` when the watch has ended.
    pub async fn next(&mut self) -> Option<WatchEvent<T>> {
        futures_util::StreamExt::next(&mut self.watch).await.map(typed)
    }
}

impl<T> Stream for WatchStream<T> {
    type Item = WatchEvent<T>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.watch.as_mut().poll_next(cx).map(|item| item.map(typed))
    }
}

fn typed<T>(item: WatchItem) -> WatchEvent<T> {
    match item {
        WatchItem::Added(object, _) => WatchEvent::Added(Object::from_stored(object)),
        WatchItem::Modified(object, _) => WatchEvent::Modified(Object::from_stored(object)),
        WatchItem::Deleted(object, _) => WatchEvent::Deleted(Object::from_stored(object)),
        WatchItem::Bookmark { revision, initial_events_end } => {
            WatchEvent::Bookmark { revision, initial_events_end }
        }
        WatchItem::Error(status) => WatchEvent::Error(status),
    }
}

impl<T> fmt::Debug for WatchStream<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("WatchStream").finish_non_exhaustive()
    }
}
