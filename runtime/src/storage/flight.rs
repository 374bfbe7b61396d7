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
        let (work, flight) = (work(), Arc::clone(self));
        let task = tokio::spawn(async move {
            let outcome = work.await;
            flight.land();
            outcome
        });
        let flight = Arc::clone(self);
        let outcome = async move {
            task.await.unwrap_or_else(|error| {
                // The work panicked, or its runtime ended.
                flight.land();
                Err(StorageError::Unreachable(format!("opening failed: {error}")))
            })
        };
        let shared = outcome.boxed().shared();
        *running = Some(shared.clone());
        shared
    }

    /// Ends the run: from here on, whoever asks starts anew.
    fn land(&self) {
        self.running.lock().unwrap_or_else(PoisonError::into_inner).take();
    }
}
