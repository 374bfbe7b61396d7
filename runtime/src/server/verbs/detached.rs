//! Writes that a client cannot cut in half (contract 0.7).

use std::pin::Pin;
use std::task::{Context, Poll};

use futures_core::future::BoxFuture;
use tokio::runtime::Handle;

/// A future that goes on in a task of its own when whoever waits for it gives up, as when a client goes away or its
/// time is up. Most never need the task.
pub(super) struct Detached<T: Send + 'static> {
    write: Option<BoxFuture<'static, T>>,
    /// Where the task would run: whoever gives up may do so outside of any runtime.
    runtime: Option<Handle>,
}

impl<T: Send + 'static> Detached<T> {
    pub(super) fn new(write: impl Future<Output = T> + Send + 'static) -> Self {
        Self { write: Some(Box::pin(write)), runtime: Handle::try_current().ok() }
    }
}

impl<T: Send + 'static> Future for Detached<T> {
    type Output = T;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<T> {
        // Taken out while it runs, so that what panics does not go on.
        let Some(mut write) = self.write.take() else { return Poll::Pending };
        let polled = write.as_mut().poll(cx);
        if polled.is_pending() {
            self.write = Some(write);
        }
        polled
    }
}

impl<T: Send + 'static> Drop for Detached<T> {
    fn drop(&mut self) {
        if let (Some(write), Some(runtime)) = (self.write.take(), &self.runtime) {
            runtime.spawn(write);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::panic::AssertUnwindSafe;

    use futures_util::FutureExt;
    use tokio::sync::oneshot;

    use super::*;

    #[tokio::test]
    async fn what_nobody_waits_for_any_more_goes_on() {
        let (go, gate) = oneshot::channel::<()>();
        let (done, outcome) = oneshot::channel();
        let mut write = Detached::new(async move {
            gate.await.unwrap();
            done.send(5).unwrap();
        });
        assert!((&mut write).now_or_never().is_none());
        drop(write);
        go.send(()).unwrap();
        assert_eq!(outcome.await, Ok(5));
    }

    #[tokio::test]
    async fn what_panics_does_not_go_on() {
        let mut write = Detached::new(async { panic!("a bug") });
        assert!(AssertUnwindSafe(&mut write).catch_unwind().await.is_err());
        assert!(write.write.is_none());
    }
}
