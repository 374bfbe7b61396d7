//! Work that is done once however many tasks ask for it at the same time.

use std::future::Future;
use std::sync::{Arc, Mutex, PoisonError};

use futures_core::future::BoxFuture;
use futures_util::future::{FutureExt, Shared};

use super::StorageError;

/// Lets tasks that ask at the same time share one run of the work, and its outcome.
///
/// Nothing is remembered: who asks after a run has ended starts the next one. The work runs in a task of its own, so
/// that it goes on when those who wait for it give up.
pub(super) struct SingleFlight<T> {
    running: Mutex<Option<Running<T>>>,
}

type Running<T> = Shared<BoxFuture<'static, Result<T, StorageError>>>;

impl<T: Clone + Send + Sync + 'static> SingleFlight<T> {
    pub(super) fn new() -> Arc<Self> {
        Arc::new(Self { running: Mutex::new(None) })
    }

    /// Joins the run that is under way, or starts one.
    pub(super) async fn run<W>(self: &Arc<Self>, work: impl FnOnce() -> W) -> Result<T, StorageError>
    where
        W: Future<Output = Result<T, StorageError>> + Send + 'static,
    {
        self.join(work).await
    }

    fn join<W>(self: &Arc<Self>, work: impl FnOnce() -> W) -> Running<T>
    where
        W: Future<Output = Result<T, StorageError>> + Send + 'static,
    {
        let mut running = self.running.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(running) = &*running {
            return running.clone();
        }
        let landing = Landing(Arc::clone(self));
        let work = work();
        let task = tokio::spawn(async move {
            let outcome = work.await;
            drop(landing);
            outcome
        });
        let outcome = async move {
            task.await
                .unwrap_or_else(|error| Err(StorageError::Unreachable(format!("opening failed: {error}"))))
        };
        let shared = outcome.boxed().shared();
        *running = Some(shared.clone());
        shared
    }
}

/// Ends a run, also when the work panics: from here on, whoever asks starts anew.
struct Landing<T>(Arc<SingleFlight<T>>);

impl<T> Drop for Landing<T> {
    fn drop(&mut self) {
        self.0.running.lock().unwrap_or_else(PoisonError::into_inner).take();
    }
}
