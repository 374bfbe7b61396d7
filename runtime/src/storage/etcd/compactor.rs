//! Forgets history, by one of the servers that share a cluster at a time.
//!
//! The technique is kube-apiserver's, and its key, so that it and we take turns on a cluster that both use: the version of
//! `compact_rev_key` is a clock. Each interval every server tries to move it; who does compacts what was the newest
//! revision an interval ago, and who does not learns where the clock stands.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use bytes::Bytes;

use super::client::Client;
use super::failure::{Failure, Refusal};
use super::proto::{CompactionRequest, Compare, PutRequest, RangeRequest, Request, TxnRequest};
use super::{Compacted, newest, unsigned};

const KEY: Bytes = Bytes::from_static(b"compact_rev_key");

/// Where the clock stood the last time, and the newest revision then.
#[derive(Default)]
struct Turn {
    version: i64,
    revision: i64,
}

/// Compacts every interval, until the engine is closed.
pub(super) async fn run(client: Arc<Client>, interval: Duration, compacted: Compacted) {
    let mut closed = client.closed();
    let mut turn = Turn::default();
    while tokio::time::timeout(interval, closed.wait_for(|closed| *closed)).await.is_err() {
        match turn.take(&client).await {
            Ok(revision) => drop(compacted.fetch_max(unsigned(revision), Ordering::Relaxed)),
            Err(failure) => {
                let error = failure.into_error(client.location());
                tracing::warn!(%error, "history could not be compacted");
            }
        }
    }
}

impl Turn {
    /// Tries to move the clock, and compacts if it did. Returns the revision that was compacted, by whom ever.
    async fn take(&mut self, client: &Client) -> Result<i64, Failure> {
        let value = self.revision.to_string().into();
        let move_on = TxnRequest {
            compare: vec![Compare::version(KEY, self.version)],
            success: vec![Request::Put(PutRequest { key: KEY, value, lease: 0 }).into()],
            failure: vec![Request::Range(RangeRequest { key: KEY, ..RangeRequest::default() }).into()],
        };
        let answer = client.write(move_on).await?;
        let revision = std::mem::replace(&mut self.revision, super::signed(newest(answer.header.as_ref())));
        if !answer.succeeded {
            let found = answer.found();
            self.version = found.map_or(0, |kv| kv.version);
            let text = found.and_then(|kv| std::str::from_utf8(&kv.value).ok());
            return Ok(text.and_then(|text| text.parse().ok()).unwrap_or(0));
        }
        self.version += 1;
        if revision == 0 {
            return Ok(0);
        }
        match client.read(CompactionRequest { revision }).await {
            Ok(_) | Err(Failure::Refused(Refusal::Compacted)) => Ok(revision),
            Err(failure) => Err(failure),
        }
    }
}
