//! The event log of the storage layer, with loom's atomics and locks in the place of the real ones: every order in which
//! a writer and its watchers can meet, and every stale value that the memory model lets a thread see.
//!
//! What is compiled here is the very source of the runtime; its `storage::sync` is the only thing that differs.

mod failpoint {
    /// Nobody dies here.
    pub(crate) const fn failpoint(_: &'static str) {}
}
mod storage;
