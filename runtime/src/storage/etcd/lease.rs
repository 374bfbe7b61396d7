//! Leases, by which etcd deletes keys after a time.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::Mutex;
use tokio::time::Instant;

use super::client::Client;
use super::proto::LeaseGrantRequest;
use crate::storage::StorageError;

/// For how many keys a lease is used, and how much longer than asked for it may live so that others can use it: a
/// twentieth of its time, and no more than this (as in kube-apiserver).
const KEYS: usize = 1000;
const EXTRA: (u32, Duration) = (20, Duration::from_secs(60));

/// Grants leases. Neighbouring writes share one, for each costs the cluster a round of agreement.
pub(super) struct Leases {
    client: Arc<Client>,
    last: Mutex<Option<Lease>>,
}

struct Lease {
    id: i64,
    ends: Instant,
    keys: usize,
}

impl Leases {
    pub(super) fn new(client: Arc<Client>) -> Self {
        Self { client, last: Mutex::new(None) }
    }

    /// A lease that lives at least this long, and hardly longer.
    pub(super) async fn lease(&self, ttl: Duration) -> Result<i64, StorageError> {
        // Held while a lease is granted: those who wait can use it, too.
        let mut last = self.last.lock().await;
        let now = Instant::now();
        let extra = (ttl / EXTRA.0).min(EXTRA.1);
        let fits = |lease: &&mut Lease| {
            lease.keys < KEYS
                && lease.ends >= now + ttl
                && lease.ends <= now + ttl + extra + Duration::from_secs(1)
        };
        if let Some(lease) = last.as_mut().filter(fits) {
            lease.keys += 1;
            return Ok(lease.id);
        }
        let seconds = (ttl + extra).as_secs_f64().ceil().max(1.0);
        #[allow(clippy::cast_possible_truncation, reason = "saturates")]
        let request = LeaseGrantRequest { ttl: seconds as i64 };
        let granted = self.client.read(request).await;
        let granted = granted.map_err(|failure| failure.into_error(self.client.location()))?;
        if granted.id == 0 || !granted.error.is_empty() {
            return Err(StorageError::Unreachable(format!("etcd grants no lease: {}", granted.error)));
        }
        let lives = Duration::from_secs(u64::try_from(granted.ttl).unwrap_or(0));
        *last = Some(Lease { id: granted.id, ends: now + lives, keys: 1 });
        Ok(granted.id)
    }
}
