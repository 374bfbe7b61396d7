//! What a store does from time to time: it forgets history.

use std::collections::VecDeque;
use std::sync::Weak;
use std::time::Duration;

use tokio::time::Instant;

use super::store::Opener;

/// How often.
const PERIOD: Duration = Duration::from_secs(30);

/// Runs until the store is gone.
pub(super) async fn run(opener: Weak<Opener>) {
    let mut seen = VecDeque::new();
    loop {
        tokio::time::sleep(PERIOD).await;
        let Some(opener) = opener.upgrade() else { return };
        if let Err(error) = forget(&opener, &mut seen).await {
            tracing::warn!(%error, store = opener.location(), "history could not be compacted");
        }
        for collection in opener.collections() {
            collection.trim();
        }
    }
}

/// Compacts the engine up to the revision that was the newest one before the history to keep began (contract 5.26).
async fn forget(opener: &Opener, seen: &mut VecDeque<(Instant, u64)>) -> Result<(), super::StorageError> {
    let Some(engine) = opener.opened().filter(|engine| !engine.compacts_itself()) else { return Ok(()) };
    let age = opener.history().age;
    if age.is_zero() {
        return Ok(());
    }
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
