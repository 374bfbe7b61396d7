//! What a store does from time to time: it forgets history.

use std::collections::VecDeque;
use std::sync::{Arc, Weak};
use std::time::Duration;

use tokio::time::Instant;

use super::store::Opener;
use super::{Engine, StorageError};

/// How often, at least and at most; a short history is looked at more often.
const PERIOD: (Duration, Duration) = (Duration::from_millis(100), Duration::from_secs(30));
/// How long history may grow again before more of it is given up for room.
const PAUSE: Duration = Duration::from_secs(1);

/// Runs until the store is gone.
pub(super) async fn run(opener: Weak<Opener>) {
    let Some(full) = opener.upgrade().map(|opener| Arc::clone(&opener.full)) else { return };
    let mut seen = VecDeque::new();
    loop {
        let Some(period) = opener.upgrade().map(|opener| period(&opener)) else { return };
        let is_full = tokio::time::timeout(period, full.notified()).await.is_ok();
        let Some(opener) = opener.upgrade() else { return };
        let forgotten = if is_full { make_room(&opener).await } else { forget(&opener, &mut seen).await };
        if let Err(error) = forgotten {
            tracing::warn!(%error, store = opener.location(), "history could not be compacted");
        }
        for collection in opener.collections() {
            collection.trim();
        }
        drop(opener);
        if is_full {
            tokio::time::sleep(PAUSE).await;
        }
    }
}

fn period(opener: &Opener) -> Duration {
    let age = opener.history().age;
    if age.is_zero() { PERIOD.1 } else { (age / 4).clamp(PERIOD.0, PERIOD.1) }
}

/// The engine, if it is open and its history is ours to forget.
fn ours(opener: &Opener) -> Option<Arc<dyn Engine>> {
    opener.opened().filter(|engine| !engine.compacts_itself() && !opener.history().age.is_zero())
}

/// Gives up all history: what was deleted takes room until then, and there is none.
async fn make_room(opener: &Opener) -> Result<(), StorageError> {
    let Some(engine) = ours(opener) else { return Ok(()) };
    let newest = engine.revision().await?;
    engine.compact(newest).await
}

/// Compacts the engine up to the revision that was the newest one before the history to keep began (contract 5.26).
async fn forget(opener: &Opener, seen: &mut VecDeque<(Instant, u64)>) -> Result<(), StorageError> {
    let Some(engine) = ours(opener) else { return Ok(()) };
    let age = opener.history().age;
    let now = Instant::now();
    let newest = engine.revision().await?;
    if seen.back().is_none_or(|(_, revision)| *revision < newest) {
        seen.push_back((now, newest));
    }
    let old = seen.iter().take_while(|(at, _)| now.duration_since(*at) >= age).count();
    match seen.drain(..old).next_back() {
        Some((_, revision)) => engine.compact(revision).await,
        None => Ok(()),
    }
}
