//! A watch on its way out: frames pulled from the event log by the socket, without a task or a channel in between
//! (contract 6.G, 5.E).

use std::convert::Infallible;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use bytes::{Bytes, BytesMut};
use futures_core::future::BoxFuture;
use http_body::Frame;
use tokio::sync::watch;
use tokio::time::Instant;

use super::list_body::CHUNK;
use super::representation::{Form, write_json};
use crate::info::ResourceInfo;
use crate::storage::{Event, Stored};
use crate::watch::{Watch, WatchItem};

/// The frames of a watch.
pub(crate) struct WatchBody {
    info: &'static ResourceInfo,
    form: Form,
    events: Watch,
    /// Whether the columns of a table have been sent (contract 6.57).
    columns_sent: bool,
    /// The deadline of the watch, or the end of the server.
    end: BoxFuture<'static, ()>,
    ended: bool,
}

/// The type of an event, with the slot of the frame that all watchers share.
#[derive(Clone, Copy)]
enum EventType {
    Added = 0,
    Modified = 1,
    Deleted = 2,
}

impl EventType {
    fn head(self) -> &'static [u8] {
        match self {
            Self::Added => b"{\"type\":\"ADDED\",\"object\":",
            Self::Modified => b"{\"type\":\"MODIFIED\",\"object\":",
            Self::Deleted => b"{\"type\":\"DELETED\",\"object\":",
        }
    }
}

impl WatchBody {
    /// The frames of some events until the deadline, or until the server stops.
    pub(crate) fn new(
        info: &'static ResourceInfo,
        form: Form,
        events: Watch,
        deadline: Instant,
        mut stopping: watch::Receiver<bool>,
    ) -> Self {
        let end = async move {
            let stopped = async {
                // A server whose handle is gone will not say that it stops.
                if stopping.wait_for(|stopping| *stopping).await.is_err() {
                    std::future::pending::<()>().await;
                }
            };
            tokio::select! {
                () = tokio::time::sleep_until(deadline) => {}
                () = stopped => {}
            }
        };
        Self { info, form, events, columns_sent: false, end: Box::pin(end), ended: false }
    }

    fn frame(&mut self, item: WatchItem) -> Bytes {
        match item {
            WatchItem::Added(stored, event) => self.object(EventType::Added, &stored, event.as_deref()),
            WatchItem::Modified(stored, event) => self.object(EventType::Modified, &stored, event.as_deref()),
            WatchItem::Deleted(stored, event) => self.object(EventType::Deleted, &stored, event.as_deref()),
            WatchItem::Bookmark { revision, initial_events_end } => {
                let with_columns = self.first_with_columns();
                framed(b"{\"type\":\"BOOKMARK\",\"object\":", 256, |out| {
                    self.form.write_bookmark(self.info, revision, initial_events_end, with_columns, out);
                })
            }
            WatchItem::Error(status) => {
                self.ended = true;
                framed(b"{\"type\":\"ERROR\",\"object\":", 512, |out| write_json(&*status, out))
            }
        }
    }

    fn object(&mut self, event_type: EventType, stored: &Arc<Stored>, event: Option<&Event>) -> Bytes {
        let size = stored.wire().len();
        if let (Form::Object, Some(event)) = (&self.form, event) {
            let make = || framed(event_type.head(), size, |out| out.extend_from_slice(stored.wire()));
            return event.frame(event_type as usize, make).clone();
        }
        let with_columns = self.first_with_columns();
        framed(event_type.head(), size + 1024, |out| self.form.write_object(stored, with_columns, out))
    }

    fn first_with_columns(&mut self) -> bool {
        !std::mem::replace(&mut self.columns_sent, true)
    }
}

fn framed(head: &[u8], size: usize, write: impl FnOnce(&mut Vec<u8>)) -> Bytes {
    let mut frame = Vec::with_capacity(head.len() + size + 2);
    frame.extend_from_slice(head);
    write(&mut frame);
    frame.extend_from_slice(b"}\n");
    Bytes::from(frame)
}

impl http_body::Body for WatchBody {
    type Data = Bytes;
    type Error = Infallible;

    /// One event goes out as the bytes that all watchers share; several that are ready are sent together.
    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        if !self.ended && self.end.as_mut().poll(cx).is_ready() {
            self.ended = true;
            self.events = Box::pin(futures_util::stream::empty());
        }
        let mut only = Bytes::new();
        let mut several = BytesMut::new();
        while !self.ended && several.len() + only.len() < CHUNK {
            match self.events.as_mut().poll_next(cx) {
                Poll::Ready(Some(item)) => {
                    let frame = self.frame(item);
                    if only.is_empty() && several.is_empty() {
                        only = frame;
                        continue;
                    }
                    several.extend_from_slice(&std::mem::take(&mut only));
                    several.extend_from_slice(&frame);
                }
                Poll::Ready(None) => self.ended = true,
                Poll::Pending => break,
            }
        }
        let ready = if several.is_empty() { only } else { several.freeze() };
        if !ready.is_empty() {
            Poll::Ready(Some(Ok(Frame::data(ready))))
        } else if self.ended {
            Poll::Ready(None)
        } else {
            Poll::Pending
        }
    }
}
