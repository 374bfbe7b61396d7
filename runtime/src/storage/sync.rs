//! What the event log and its watchers meet at. A test puts loom's types in the place of these, and tries every order in
//! which threads can get there.

pub(super) use std::sync::atomic::{AtomicU64, AtomicUsize};
pub(super) use std::sync::{Mutex, MutexGuard};

pub(super) use tokio::sync::Notify;
pub(super) use tokio::sync::futures::OwnedNotified;
