//! What the runtime's `storage::sync` has, by loom.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::task::{Context, Poll, ready};

pub(super) use loom::sync::atomic::{AtomicU64, AtomicUsize};
pub(super) use loom::sync::{Mutex, MutexGuard};

/// tokio's `Notify`, which loom cannot look into, with what its callers rely on: who is notified, or asks to be after a
/// notification, sees all that was written before it.
#[derive(Debug)]
pub(super) struct Notify {
    inner: Arc<tokio::sync::Notify>,
    notified: AtomicUsize,
}

/// Waits for the next notification.
#[derive(Debug)]
pub(super) struct OwnedNotified {
    inner: Pin<Box<tokio::sync::futures::OwnedNotified>>,
    notify: Arc<Notify>,
}

impl Default for Notify {
    fn default() -> Self {
        Self { inner: Arc::default(), notified: AtomicUsize::new(0) }
    }
}

impl Notify {
    pub(super) fn notify_waiters(&self) {
        self.notified.fetch_add(1, Ordering::AcqRel);
        self.inner.notify_waiters();
    }

    pub(super) fn notified_owned(self: Arc<Self>) -> OwnedNotified {
        let inner = Box::pin(Arc::clone(&self.inner).notified_owned());
        self.see();
        OwnedNotified { inner, notify: self }
    }

    /// Sees what was written before the last notification.
    fn see(&self) {
        self.notified.fetch_add(0, Ordering::AcqRel);
    }
}

impl Future for OwnedNotified {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        ready!(self.inner.as_mut().poll(cx));
        self.notify.see();
        Poll::Ready(())
    }
}
