//! Bytes, keys and revisions: the engine trait, its engines, and above them, once for all, snapshots and the event log.
//!
//! **Architecture invariant:** nothing in here knows a user's type, serde or HTTP. What storage must know of an object
//! (its [`Header`]) is told by the registry.

mod collection;
#[cfg(feature = "embedded")]
mod embedded;
mod engine;
mod error;
#[cfg(feature = "etcd")]
mod etcd;
mod field_index;
mod fingerprint;
mod flight;
mod history;
mod log;
mod maintenance;
mod memory;
mod snapshot;
mod store;
mod stored;
mod sync;
#[cfg(test)]
mod testing;
#[cfg(test)]
mod tests;

/// The future that an [`Engine`]'s methods return.
pub use futures_core::future::BoxFuture;

pub use self::collection::{Collection, Describe};
#[cfg(feature = "embedded")]
pub use self::embedded::EmbeddedEngine;
pub use self::engine::{Change, ChangeSink, Engine, Page, Range, Record, Value, Write};
pub use self::error::StorageError;
#[cfg(feature = "etcd")]
pub use self::etcd::{EtcdEngine, EtcdOptions};
pub(crate) use self::fingerprint::Screen;
pub use self::history::History;
pub use self::log::{Cursor, Event, Interest};
pub use self::memory::MemoryEngine;
pub use self::snapshot::Snapshot;
pub use self::store::Store;
pub use self::stored::{Header, Stored};
