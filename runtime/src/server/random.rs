//! Random numbers that no secret depends on: ids of requests and lengths of watches, without a system call each.

use std::hash::{BuildHasher, RandomState};
use std::sync::LazyLock;
use std::sync::atomic::{AtomicU64, Ordering};

use uuid::{Builder, Uuid};

/// A keyed hash of a counter: the keys come from the system once.
static KEYS: LazyLock<[RandomState; 2]> = LazyLock::new(|| [RandomState::new(), RandomState::new()]);
static COUNTER: AtomicU64 = AtomicU64::new(0);

/// A number that cannot be foreseen.
pub(crate) fn number() -> u64 {
    KEYS[0].hash_one(COUNTER.fetch_add(1, Ordering::Relaxed))
}

/// A version 4 uuid.
pub(crate) fn uuid() -> Uuid {
    let count = COUNTER.fetch_add(1, Ordering::Relaxed);
    let high = u128::from(KEYS[0].hash_one(count));
    let low = u128::from(KEYS[1].hash_one(count));
    Builder::from_random_bytes((high << 64 | low).to_be_bytes()).into_uuid()
}
