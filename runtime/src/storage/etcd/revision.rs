//! The newest revision of a cluster, read once for all who ask at the same time.

use std::sync::Arc;

use bytes::Bytes;
use tokio::sync::{mpsc, oneshot};

use super::client::Client;
use super::newest;
use super::proto::RangeRequest;
use crate::storage::StorageError;

/// Who asks for the newest revision.
type Ask = oneshot::Sender<Result<u64, StorageError>>;

/// The most who share one read.
const SHARED: usize = 1024;

/// Reads of the newest revision. A read answers those who asked before it began, so each is linearizable.
pub(super) struct Revisions {
    asks: mpsc::UnboundedSender<Ask>,
}

impl Revisions {
    /// Starts the task that reads. It ends with this.
    pub(super) fn read_by(client: Arc<Client>, key: Bytes) -> Self {
        let (asks, mut queue) = mpsc::unbounded_channel();
        tokio::spawn(async move {
            let mut asking = Vec::new();
            while queue.recv_many(&mut asking, SHARED).await > 0 {
                asking.retain(|ask: &Ask| !ask.is_closed());
                let request = RangeRequest { key: key.clone(), keys_only: true, ..RangeRequest::default() };
                let answer = client.read(request).await;
                let revision = answer
                    .map(|answer| newest(answer.header.as_ref()))
                    .map_err(|failure| failure.into_error(client.location()));
                for ask in asking.drain(..) {
                    let _ = ask.send(revision.clone());
                }
            }
        });
        Self { asks }
    }

    /// The newest revision.
    pub(super) async fn newest(&self) -> Result<u64, StorageError> {
        let (ask, answer) = oneshot::channel();
        let _ = self.asks.send(ask);
        answer.await.unwrap_or_else(|_| Err(StorageError::Unreachable("the store is closed".to_owned())))
    }
}
