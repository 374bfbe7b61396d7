//! What can go wrong with storage; the registry turns it into a `Status` (contract 5.12).

use thiserror::Error;

/// A failed storage operation.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum StorageError {
    /// A create found the key taken.
    #[error("key exists")]
    KeyExists,
    /// A write expected another revision of the key than the one stored (0: the key is gone).
    #[error("the key is at revision {actual}, not {expected}")]
    Conflict {
        /// What the writer had read.
        expected: u64,
        /// What is stored.
        actual: u64,
    },
    /// The revision asked for is no longer held.
    #[error("revision {requested} is no longer held; the oldest is {oldest}")]
    Compacted {
        /// What was asked for.
        requested: u64,
        /// The oldest revision that can be served.
        oldest: u64,
    },
    /// The revision asked for has not happened yet.
    #[error("revision {requested} is in the future; the current one is {current}")]
    FutureRevision {
        /// What was asked for.
        requested: u64,
        /// The newest revision.
        current: u64,
    },
    /// The store could not be opened or reached; the request may be tried again.
    #[error("{0}")]
    Unreachable(String),
    /// The write may have happened, and may still happen: nobody knows. Only reading the key can tell.
    #[error("the outcome of the write is not known: {0}")]
    Uncertain(String),
    /// The store does not take an object of this size.
    #[error("{0}")]
    TooLarge(String),
    /// The engine cannot do this at all.
    #[error("{0}")]
    Unsupported(String),
    /// The store cannot take more.
    #[error("{0}")]
    Full(String),
    /// Stored bytes are damaged.
    #[error("{0}")]
    Corrupt(String),
}
