//! How long a store keeps the past.

use std::time::Duration;

/// How long a store keeps the past: for lists at an exact revision and the further pages of a list (contract 5.14,
/// 5.22), and for watches that resume where they were (contract 5.30, 5.52).
///
/// A kind's latest events stay in memory. What asks for more is served from the engine's history, which is read into
/// memory for as long as it is asked for; so a watch resumes from any revision of the last [`age`](Self::age), also
/// after a restart, as long as the events since fit into [`watch_bytes_max`](Self::watch_bytes_max). What is older is
/// answered by `410 Expired` (contract 5.16, 5.23, 5.31).
///
/// ```
/// use std::time::Duration;
///
/// use resourceful::Store;
/// use resourceful::storage::History;
///
/// let hour = History { age: Duration::from_secs(3600), ..History::default() };
/// let store = Store::memory().with_history(hour);
/// # drop(store);
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct History {
    /// The engine forgets what was overwritten or deleted longer ago than this, about twice a minute; five minutes by
    /// default (contract 5.26). When a write finds no room, all history is forgotten at once, for what was deleted takes
    /// room until then. Zero leaves it to others to compact the engine, and so does an engine that compacts itself, as
    /// etcd's does.
    pub age: Duration,
    /// Events younger than this stay in memory, so that a client that got a bookmark can resume without the engine; 75
    /// seconds by default (contract 5.52).
    pub watch_age: Duration,
    /// Older events stay in memory while those of their kind keep no more bytes alive than this; 32 MiB by default.
    pub watch_bytes: usize,
    /// The events of a kind never keep more bytes alive than this, however young they are; 256 MiB by default.
    pub watch_bytes_max: usize,
    /// Events older than `watch_age` stay in memory while there are no more of their kind than this; 102,400 by default
    /// (contract 5.52).
    pub watch_events: u64,
}

impl Default for History {
    fn default() -> Self {
        Self {
            age: Duration::from_secs(5 * 60),
            watch_age: Duration::from_secs(75),
            watch_bytes: 32 << 20,
            watch_bytes_max: 256 << 20,
            watch_events: 102_400,
        }
    }
}
