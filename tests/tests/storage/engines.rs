//! The engines that the cases run on.

use std::any::Any;
use std::sync::Arc;

use resourceful::storage::{EmbeddedEngine, Engine, MemoryEngine};

/// An engine, empty, and what it lives on.
pub(crate) struct Started {
    pub(crate) engine: Arc<dyn Engine>,
    _lives_on: Box<dyn Any + Send>,
}

pub(crate) async fn memory() -> Started {
    Started { engine: Arc::new(MemoryEngine::new()), _lives_on: Box::new(()) }
}

pub(crate) async fn embedded() -> Started {
    let directory = tempfile::tempdir().expect("a temporary directory");
    let engine = EmbeddedEngine::open(directory.path()).expect("the directory can be opened");
    Started { engine: Arc::new(engine), _lives_on: Box::new(directory) }
}
