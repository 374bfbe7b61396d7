//! The engine that keeps everything in one directory, for one process.
//!
//! The directory holds three files:
//!
//! | file | what it is |
//! |---|---|
//! | `resourceful.redb` | a [redb](https://docs.rs/redb) database; its tables are described in `database.rs` |
//! | `lock` | empty; locked by the process that serves the directory |
//! | `reserve` | zeros, or nothing while the disk is full: room that only deletes get |
//!
//! Rows that are overwritten or deleted are swept after a compaction, and their room is used again; so the file stays as
//! large as the objects and the history that is kept. It shrinks when the directory is opened, if more than half of it is
//! empty.
//!
//! All writes go through one thread, the committer, which makes those that wait together durable together. A commit is
//! one `fsync`: redb tells a torn commit from a whole one by a checksum, which guards against failing disks, not against
//! someone who can both forge checksums in his objects and cut the power at will.

mod committer;
mod database;
mod directory;
mod reserve;
#[cfg(test)]
mod tests;

use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::mpsc::{Sender, channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;

use futures_core::future::BoxFuture;
use tokio::sync::oneshot;

use self::committer::{Command, Committer};
use self::database::Database;
use self::directory::Directory;
use super::StorageError;
use super::engine::{ChangeSink, Engine, Page, Range, Write};

/// An engine on a directory. Dropping it closes the directory.
pub struct EmbeddedEngine {
    shared: Arc<Shared>,
    commands: Mutex<Option<Sender<Command>>>,
    thread: Mutex<Option<JoinHandle<()>>>,
}

/// What the committer shares with readers.
struct Shared {
    path: PathBuf,
    newest: AtomicU64,
    is_closed: AtomicBool,
    database: Mutex<Result<Arc<Database>, StorageError>>,
}

/// How many changes a new follower is sent at a time.
const CHUNK: usize = 500;

impl EmbeddedEngine {
    /// Opens a directory, and creates it if it is not there. Blocks while it reads what the last process left.
    ///
    /// Fails with [`StorageError::Unreachable`] when the directory cannot be used, as when another process serves it or a
    /// newer version wrote it, and with [`StorageError::Corrupt`] when the data is damaged.
    pub fn open(path: impl AsRef<Path>) -> Result<Self, StorageError> {
        Self::open_directory(Directory::lock(path.as_ref())?)
    }

    fn open_directory(directory: Directory) -> Result<Self, StorageError> {
        let path = directory.path().to_owned();
        let directory = Arc::new(directory);
        let database = open_small(&directory)?;
        let shared = Arc::new(Shared {
            path,
            newest: AtomicU64::new(database.start().newest),
            is_closed: AtomicBool::new(false),
            database: Mutex::new(Ok(Arc::new(database))),
        });
        let (commands, queue) = channel();
        let committer = Committer::new(Arc::clone(&shared), directory, queue);
        let thread = std::thread::Builder::new()
            .name("resourceful-commit".to_owned())
            .spawn(move || committer.run())
            .map_err(|error| {
                StorageError::Unreachable(format!("the committer could not be started: {error}"))
            })?;
        Ok(Self { shared, commands: Mutex::new(Some(commands)), thread: Mutex::new(Some(thread)) })
    }

    /// Has the committer do something and answer.
    async fn ask<T>(
        &self,
        command: impl FnOnce(oneshot::Sender<Result<T, StorageError>>) -> Command,
    ) -> Result<T, StorageError> {
        let (reply, answer) = oneshot::channel();
        let sent = match &*self.commands.lock().unwrap_or_else(PoisonError::into_inner) {
            Some(commands) => commands.send(command(reply)).is_ok(),
            None => false,
        };
        if !sent {
            return Err(self.shared.closed());
        }
        answer.await.unwrap_or_else(|_| Err(self.shared.closed()))
    }

    /// Reads where blocking is fine.
    async fn read<T: Send + 'static>(
        &self,
        read: impl FnOnce(&Database) -> Result<T, StorageError> + Send + 'static,
    ) -> Result<T, StorageError> {
        let database = match self.shared.database() {
            Ok(database) => database,
            Err(_) => self.ask(Command::Reopen).await?,
        };
        let reading = tokio::task::spawn_blocking(move || read(&database));
        reading.await.unwrap_or_else(|error| Err(self.shared.damaged(&error.to_string())))
    }
}

/// Opens the database, in a file that is not much larger than it must be.
fn open_small(directory: &Arc<Directory>) -> Result<Database, StorageError> {
    let mut database = Database::open(directory)?;
    match directory.guarded(|| database.shrink().map_err(|error| directory.failed(error))) {
        Ok(false) => Ok(database),
        Ok(true) => {
            tracing::info!(directory = %directory.path().display(), room = directory.room(), "the database file shrank");
            Ok(database)
        }
        Err(error) => {
            // A large file is as good as a small one; but this database cannot be used any more.
            tracing::warn!(%error, "the database file could not be made smaller");
            drop(database);
            Database::open(directory)
        }
    }
}

impl Engine for EmbeddedEngine {
    fn revision(&self) -> BoxFuture<'_, Result<u64, StorageError>> {
        Box::pin(async {
            if self.shared.is_closed.load(Ordering::Acquire) {
                return Err(self.shared.closed());
            }
            Ok(self.shared.newest.load(Ordering::Acquire))
        })
    }

    fn range(&self, range: Range) -> BoxFuture<'_, Result<Page, StorageError>> {
        Box::pin(self.read(move |database| database.range(&range)))
    }

    fn commit(&self, write: Write) -> BoxFuture<'_, Result<u64, StorageError>> {
        Box::pin(async {
            if write.value.as_ref().is_some_and(|value| value.ttl.is_some()) {
                let why =
                    "the embedded engine keeps objects until they are deleted; it knows no time to live";
                return Err(StorageError::Unsupported(why.to_owned()));
            }
            self.ask(|reply| Command::Write(write, reply)).await
        })
    }

    fn follow(
        &self,
        prefix: String,
        mut after: u64,
        sink: Arc<dyn ChangeSink>,
    ) -> BoxFuture<'_, Result<(), StorageError>> {
        Box::pin(async move {
            // What is far behind is read here. The committer, for which writers wait, adds only the rest.
            loop {
                let of = prefix.clone();
                let missed = self.read(move |database| database.changes(&of, after, CHUNK)).await?;
                if !missed.changes.is_empty() {
                    sink.apply(missed.changes);
                }
                after = missed.until;
                if !missed.more {
                    break;
                }
            }
            self.ask(|reply| Command::Follow { prefix, after, sink, reply }).await
        })
    }

    fn compact(&self, revision: u64) -> BoxFuture<'_, Result<(), StorageError>> {
        Box::pin(self.ask(move |reply| Command::Compact(revision, reply)))
    }

    fn raise_revision(&self, revision: u64) -> BoxFuture<'_, Result<u64, StorageError>> {
        Box::pin(self.ask(move |reply| Command::Raise(revision, reply)))
    }

    fn location(&self) -> String {
        self.shared.path.display().to_string()
    }

    fn close(&self) -> BoxFuture<'_, Result<(), StorageError>> {
        Box::pin(async {
            self.shared.is_closed.store(true, Ordering::Release);
            let closed = self.ask(Command::Close).await;
            self.commands.lock().unwrap_or_else(PoisonError::into_inner).take();
            closed
        })
    }
}

impl Shared {
    fn database(&self) -> Result<Arc<Database>, StorageError> {
        self.database.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Puts another database, or the reason why there is none, in the place of the one that readers use.
    fn set_database(&self, database: Result<Arc<Database>, StorageError>) {
        *self.database.lock().unwrap_or_else(PoisonError::into_inner) = database;
    }

    fn closed(&self) -> StorageError {
        StorageError::Unreachable(format!("the data directory {} is closed", self.path.display()))
    }

    fn damaged(&self, how: &str) -> StorageError {
        directory::damaged(&self.path, how)
    }
}

impl Drop for EmbeddedEngine {
    fn drop(&mut self) {
        self.commands.lock().unwrap_or_else(PoisonError::into_inner).take();
        let thread = self.thread.lock().unwrap_or_else(PoisonError::into_inner).take();
        // The committer itself may be the last one to let go of a collection, and of this with it.
        if let Some(thread) = thread.filter(|thread| thread.thread().id() != std::thread::current().id()) {
            let _ = thread.join();
        }
    }
}

impl fmt::Debug for EmbeddedEngine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("EmbeddedEngine").field(&self.shared.path).finish()
    }
}
