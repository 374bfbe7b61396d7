//! The log's surroundings, as in the runtime.

#![allow(
    dead_code,
    unreachable_pub,
    missing_docs,
    unused_imports,
    reason = "most of the log is not for this test"
)]

pub use resourceful::storage::{History, StorageError, Stored};

#[path = "../../../runtime/src/storage/log/mod.rs"]
mod log;

mod sync;

#[cfg(test)]
mod checks;
