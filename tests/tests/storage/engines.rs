//! The engines that the cases run on.

use std::any::Any;
use std::sync::Arc;
use std::time::Duration;

use resourceful::storage::{EmbeddedEngine, Engine, EtcdEngine, EtcdOptions, MemoryEngine};
use resourceful_tests::etcd::Cluster;

/// An engine, empty, and what it lives on.
pub(crate) struct Started {
    pub(crate) engine: Arc<dyn Engine>,
    /// How many writes it takes in a few seconds.
    pub(crate) writes: usize,
    _lives_on: Box<dyn Any + Send>,
}

pub(crate) async fn memory() -> Started {
    Started { engine: Arc::new(MemoryEngine::new()), writes: 4_000, _lives_on: Box::new(()) }
}

pub(crate) async fn embedded() -> Started {
    let directory = tempfile::tempdir().expect("a temporary directory");
    let engine = EmbeddedEngine::open(directory.path()).expect("the directory can be opened");
    Started { engine: Arc::new(engine), writes: 4_000, _lives_on: Box::new(directory) }
}

/// A cluster for each case: what is asserted of revisions and of compaction holds for a store that nobody else uses.
pub(crate) async fn etcd() -> Started {
    let cluster = Cluster::single();
    let options = EtcdOptions::new(cluster.urls()).compaction_interval(Duration::ZERO);
    let engine = EtcdEngine::connect(options).await.expect("the cluster can be reached");
    Started { engine: Arc::new(engine), writes: 1_000, _lives_on: Box::new(cluster) }
}
