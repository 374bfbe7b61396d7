//! The handle on a store: opened on first use, shared by all kinds.

use std::collections::HashMap;
use std::fmt;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, OnceLock, PoisonError, Weak};

use futures_core::future::BoxFuture;
use tokio::sync::Notify;

use super::collection::State;
use super::flight::SingleFlight;
use super::memory::MemoryEngine;
use super::{Collection, Describe, Engine, History, StorageError, maintenance};

/// A store that holds the objects of any number of kinds. Cheap to clone; every clone is the same store.
///
/// It opens on first use, once, however many tasks race; a failure is reported to each of them and tried again by the
/// next. It needs a tokio runtime with time enabled. While it is open, what is older than its [`History`] is forgotten
/// regularly (contract 5.26).
#[derive(Clone)]
pub struct Store {
    opener: Arc<Opener>,
}

/// An engine on its way.
type Opening = BoxFuture<'static, Result<Arc<dyn Engine>, StorageError>>;

/// Opens the engine on first use, and knows the collections.
pub(super) struct Opener {
    location: String,
    open: Box<dyn Fn() -> Opening + Send + Sync>,
    engine: OnceLock<Arc<dyn Engine>>,
    opening: Arc<SingleFlight<Arc<dyn Engine>>>,
    collections: Mutex<HashMap<String, Weak<State>>>,
    /// How many collections are not loaded.
    pub(super) cold: AtomicUsize,
    history: Mutex<History>,
    /// Rung when a write found no room.
    pub(super) full: Arc<Notify>,
}

impl Store {
    /// A store in memory, gone with the process.
    pub fn memory() -> Self {
        Self::new(MemoryEngine::new())
    }

    /// A store in a directory, which is opened, and created if need be, on first use. One process can serve it.
    #[cfg(feature = "embedded")]
    pub fn embedded(directory: impl Into<std::path::PathBuf>) -> Self {
        let directory = directory.into();
        Self::located(directory.display().to_string(), move || {
            let directory = directory.clone();
            Box::pin(async move {
                let opening = tokio::task::spawn_blocking(move || super::EmbeddedEngine::open(directory));
                let opened = opening.await.map_err(|error| StorageError::Unreachable(error.to_string()))?;
                opened.map(|engine| -> Arc<dyn Engine> { Arc::new(engine) })
            })
        })
    }

    /// A store on an etcd cluster, which other servers may use at the same time; connected on first use.
    #[cfg(feature = "etcd")]
    pub fn etcd(options: super::EtcdOptions) -> Self {
        Self::located(options.location(), move || {
            let options = options.clone();
            Box::pin(async move {
                let engine = super::EtcdEngine::connect(options).await?;
                Ok(Arc::new(engine) as Arc<dyn Engine>)
            })
        })
    }

    /// A store on an engine that is already open.
    pub fn new(engine: impl Engine) -> Self {
        let engine: Arc<dyn Engine> = Arc::new(engine);
        let location = engine.location();
        Self::located(location, move || {
            let engine = Arc::clone(&engine);
            Box::pin(async { Ok(engine) })
        })
    }

    /// A store whose engine is opened on first use.
    pub fn lazy<F>(open: F) -> Self
    where
        F: Fn() -> BoxFuture<'static, Result<Arc<dyn Engine>, StorageError>> + Send + Sync + 'static,
    {
        Self::located("a store that was not opened yet".to_owned(), open)
    }

    fn located<F>(location: String, open: F) -> Self
    where
        F: Fn() -> BoxFuture<'static, Result<Arc<dyn Engine>, StorageError>> + Send + Sync + 'static,
    {
        let opener = Opener {
            location,
            open: Box::new(open),
            engine: OnceLock::new(),
            opening: SingleFlight::new(),
            collections: Mutex::default(),
            cold: AtomicUsize::new(0),
            history: Mutex::default(),
            full: Arc::default(),
        };
        Self { opener: Arc::new(opener) }
    }

    /// Sets how long the store keeps the past. Kinds that use the store already keep their events as before.
    pub fn with_history(self, history: History) -> Self {
        *self.opener.history.lock().unwrap_or_else(PoisonError::into_inner) = history;
        self
    }

    /// The objects of one kind, whose keys in the engine begin with `prefix` and a slash. Every call with the same
    /// prefix returns the same collection for as long as anyone holds it; `describe` is the first caller's.
    pub fn collection(&self, prefix: &str, describe: Arc<dyn Describe>) -> Collection {
        let prefix = format!("{}/", prefix.trim_end_matches('/'));
        let mut collections = self.opener.collections.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(state) = collections.get(&prefix).and_then(Weak::upgrade) {
            return Collection::new(state);
        }
        let state =
            Arc::new(State::new(prefix.clone(), describe, Arc::clone(&self.opener), self.opener.history()));
        collections.insert(prefix, Arc::downgrade(&state));
        Collection::new(state)
    }

    /// Whether any collection of the store is not loaded.
    pub(crate) fn is_cold(&self) -> bool {
        self.opener.cold.load(Ordering::Relaxed) > 0
    }

    /// Opens the store now, to learn early whether it can be.
    pub async fn open(&self) -> Result<(), StorageError> {
        self.opener.engine().await.map(drop)
    }

    /// The newest revision.
    pub async fn revision(&self) -> Result<u64, StorageError> {
        self.opener.engine().await?.revision().await
    }

    /// Forgets what was overwritten or deleted at or before a revision, now and for everybody: lists and watches from
    /// earlier revisions are answered by 410 (contract 5.16, 5.31). A store does this by itself, see [`History`]; this is
    /// for whoever wants to see how clients take it.
    ///
    /// Fails with [`StorageError::FutureRevision`].
    pub async fn compact(&self, revision: u64) -> Result<(), StorageError> {
        self.opener.engine().await?.compact(revision).await?;
        self.opener.collections().iter().for_each(|collection| collection.forget(revision));
        Ok(())
    }

    /// The engine, opened if it is not.
    pub(crate) async fn engine(&self) -> Result<Arc<dyn Engine>, StorageError> {
        self.opener.engine().await
    }

    /// Where the data lies, for people.
    pub fn location(&self) -> String {
        self.opener.location()
    }

    /// Finishes what was begun and lets go of the data, so that another process may open it. What comes later fails.
    ///
    /// A store that was never opened has nothing to close.
    pub async fn close(&self) -> Result<(), StorageError> {
        match self.opener.engine.get() {
            Some(engine) => engine.close().await,
            None => Ok(()),
        }
    }
}

impl Opener {
    /// The engine, opened if it is not.
    pub(super) async fn engine(self: &Arc<Self>) -> Result<Arc<dyn Engine>, StorageError> {
        if let Some(engine) = self.engine.get() {
            return Ok(Arc::clone(engine));
        }
        self.opening.run(|| Arc::clone(self).open_now()).await
    }

    async fn open_now(self: Arc<Self>) -> Result<Arc<dyn Engine>, StorageError> {
        if let Some(engine) = self.engine.get() {
            return Ok(Arc::clone(engine));
        }
        let engine = (self.open)().await?;
        tokio::spawn(maintenance::run(Arc::downgrade(&self)));
        Ok(Arc::clone(self.engine.get_or_init(|| engine)))
    }

    pub(super) fn location(&self) -> String {
        self.engine.get().map_or_else(|| self.location.clone(), |engine| engine.location())
    }

    pub(super) fn history(&self) -> History {
        self.history.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// The engine, if it is open.
    pub(super) fn opened(&self) -> Option<Arc<dyn Engine>> {
        self.engine.get().cloned()
    }

    /// The collections that anyone holds.
    pub(super) fn collections(&self) -> Vec<Arc<State>> {
        let mut collections = self.collections.lock().unwrap_or_else(PoisonError::into_inner);
        collections.retain(|_, state| state.strong_count() > 0);
        collections.values().filter_map(Weak::upgrade).collect()
    }
}

impl fmt::Debug for Store {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Store").field(&self.location()).finish()
    }
}
