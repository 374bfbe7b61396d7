//! When a watch sends a bookmark, and when it ends (contract 5.42, 5.46).

use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use tokio::time::{Instant, Sleep, sleep_until};
use uuid::Uuid;

/// About how often a bookmark is sent; up to a quarter longer, so that watches do not beat in time.
const BOOKMARK_PERIOD: Duration = Duration::from_secs(60);

/// How long before the end of a watch its last bookmark is sent.
const LAST_BOOKMARK: Duration = Duration::from_secs(2);

/// The two clocks of a watch.
pub(super) struct Timer {
    deadline: Option<Pin<Box<Sleep>>>,
    bookmark: Option<Pin<Box<Sleep>>>,
    /// When the last bookmark is due; none follows it.
    last_bookmark: Option<Instant>,
}

impl Timer {
    /// Starts the clocks. No timeout means that the watch does not end by itself.
    pub(super) fn new(timeout_seconds: Option<u64>, bookmarks: bool) -> Self {
        let now = Instant::now();
        let timeout = timeout_seconds.filter(|seconds| *seconds > 0).map(Duration::from_secs);
        let deadline = timeout.and_then(|timeout| now.checked_add(timeout));
        let last_bookmark = match (deadline, timeout) {
            (Some(deadline), Some(timeout)) => deadline.checked_sub(LAST_BOOKMARK.min(timeout / 2)),
            _ => None,
        };
        let first = next_bookmark(now);
        let first = last_bookmark.map_or(first, |last| first.min(last));
        Self {
            deadline: deadline.map(|deadline| Box::pin(sleep_until(deadline))),
            bookmark: bookmarks.then(|| Box::pin(sleep_until(first))),
            last_bookmark,
        }
    }

    /// Ready when the watch is to end.
    pub(super) fn poll_deadline(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        self.deadline.as_mut().map_or(Poll::Pending, |deadline| deadline.as_mut().poll(cx))
    }

    /// Ready when a bookmark is due; the clock then runs for the next.
    pub(super) fn poll_bookmark(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        let Some(bookmark) = &mut self.bookmark else { return Poll::Pending };
        ready!(bookmark.as_mut().poll(cx));
        let now = Instant::now();
        if self.last_bookmark.is_some_and(|last| last <= now) {
            self.bookmark = None;
        } else {
            let next = next_bookmark(now);
            bookmark.as_mut().reset(self.last_bookmark.map_or(next, |last| next.min(last)));
        }
        Poll::Ready(())
    }
}

fn next_bookmark(now: Instant) -> Instant {
    let jitter = f64::from(Uuid::new_v4().into_bytes()[0]) / 256.0 / 4.0;
    now + BOOKMARK_PERIOD.mul_f64(1.0 + jitter)
}
