//! The handle on a store: opened on first use, shared by all kinds.

use std::sync::Arc;

use futures_core::future::BoxFuture;

use super::{Collection, Describe, Engine, StorageError};

/// A store that holds the objects of any number of kinds. Cheap to clone; every clone is the same store.
///
/// It opens on first use, once, however many tasks race; a failure is reported to each of them and tried again by the
/// next.
#[derive(Clone, Debug)]
pub struct Store {}

impl Store {
    /// A store in memory, gone with the process.
    pub fn memory() -> Self {
        Self {}
    }

    /// A store on an engine that is already open.
    pub fn new(_engine: impl Engine) -> Self {
        Self {}
    }

    /// A store whose engine is opened on first use.
    pub fn lazy<F>(_open: F) -> Self
    where
        F: Fn() -> BoxFuture<'static, Result<Arc<dyn Engine>, StorageError>> + Send + Sync + 'static,
    {
        Self {}
    }

    /// The objects of one kind. Every call with the same prefix returns the same collection.
    pub fn collection(&self, _prefix: &str, _describe: Arc<dyn Describe>) -> Collection {
        Collection {}
    }

    /// Opens the store now, to learn early whether it can be.
    pub async fn open(&self) -> Result<(), StorageError> {
        Ok(())
    }
}
