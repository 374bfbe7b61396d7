//! The data directory: one process at a time, and errors that say what is wrong with it.

use std::fs::{DirBuilder, File, OpenOptions, TryLockError};
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use crate::storage::StorageError;

/// A directory that this process has to itself, until this is dropped.
pub(super) struct Directory {
    path: PathBuf,
    _lock: File,
    create: Create,
}

/// Opens the database file, and creates it if it is not there.
type Create = Box<dyn Fn(&Path) -> Result<redb::Database, redb::DatabaseError> + Send + Sync>;

const DATABASE: &str = "resourceful.redb";
const LOCK: &str = "lock";
/// Reads come from snapshots, so the cache need hold little more than what commits touch.
const CACHE_BYTES: usize = 4 << 20;

impl Directory {
    /// Takes a directory, and creates it if it is not there.
    pub(super) fn lock(path: &Path) -> Result<Self, StorageError> {
        Self::lock_with(path, Box::new(create))
    }

    pub(super) fn lock_with(path: &Path, create: Create) -> Result<Self, StorageError> {
        let refused = |error: &std::io::Error| {
            StorageError::Unreachable(format!(
                "the data directory {} cannot be used: {error}",
                path.display()
            ))
        };
        private_directory().create(path).map_err(|error| refused(&error))?;
        let mut options = OpenOptions::new();
        options.create(true).truncate(false).write(true);
        let lock = options.open(path.join(LOCK)).map_err(|error| refused(&error))?;
        match lock.try_lock() {
            Ok(()) => Ok(Self { path: path.to_owned(), _lock: lock, create }),
            Err(TryLockError::WouldBlock) => Err(StorageError::Unreachable(format!(
                "the data directory {} is served by another process; only one can serve it at a time",
                path.display()
            ))),
            Err(TryLockError::Error(error)) => Err(refused(&error)),
        }
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// Opens the database file. What redb cannot read may make it panic, which is an error like any other here.
    pub(super) fn database(&self) -> Result<redb::Database, StorageError> {
        let file = self.path.join(DATABASE);
        let database = self.guarded(|| (self.create)(&file).map_err(|error| self.failed(error)))?;
        // A new file must be found again after a power cut.
        if let Ok(directory) = File::open(&self.path) {
            let _ = directory.sync_all();
        }
        Ok(database)
    }

    /// How much room the database file takes on the disk, holes left out.
    pub(super) fn room(&self) -> u64 {
        let Ok(metadata) = std::fs::metadata(self.path.join(DATABASE)) else { return 0 };
        #[cfg(unix)]
        let taken = std::os::unix::fs::MetadataExt::blocks(&metadata).saturating_mul(512);
        #[cfg(not(unix))]
        let taken = metadata.len();
        taken
    }

    /// Runs what works with the database, and turns a panic into an error.
    pub(super) fn guarded<T>(
        &self,
        work: impl FnOnce() -> Result<T, StorageError>,
    ) -> Result<T, StorageError> {
        let outcome = std::panic::catch_unwind(std::panic::AssertUnwindSafe(work));
        outcome.unwrap_or_else(|panic| {
            let text = panic.downcast_ref::<String>().map(String::as_str);
            let text = text.or_else(|| panic.downcast_ref::<&str>().copied());
            Err(damaged(&self.path, text.unwrap_or("reading it failed")))
        })
    }

    /// What a failure of the database means.
    pub(super) fn failed(&self, error: impl Into<redb::Error>) -> StorageError {
        let path = self.path.display();
        match error.into() {
            redb::Error::Io(error) => match error.kind() {
                ErrorKind::StorageFull | ErrorKind::QuotaExceeded | ErrorKind::FileTooLarge => self.full(),
                ErrorKind::InvalidData | ErrorKind::UnexpectedEof => damaged(&self.path, &error.to_string()),
                _ => StorageError::Unreachable(format!("the data directory {path} failed: {error}")),
            },
            redb::Error::Corrupted(how) => damaged(&self.path, &how),
            error @ (redb::Error::TableTypeMismatch { .. }
            | redb::Error::TypeDefinitionChanged { .. }
            | redb::Error::TableIsMultimap(_)
            | redb::Error::TableIsNotMultimap(_)) => damaged(&self.path, &error.to_string()),
            redb::Error::UpgradeRequired(version) => self.newer(&format!("redb {version}")),
            error => StorageError::Unreachable(format!("the data directory {path} failed: {error}")),
        }
    }

    /// The disk was full, and there is room for deletes only.
    pub(super) fn full(&self) -> StorageError {
        StorageError::Full(format!(
            "the disk of the data directory {} is full; delete objects or make room on it",
            self.path.display()
        ))
    }

    /// The data is in a format that this version does not know.
    pub(super) fn newer(&self, format: &str) -> StorageError {
        StorageError::Unreachable(format!(
            "the data directory {} is in format {format}, which this version does not know; \
             use the version that wrote it, or a newer one",
            self.path.display()
        ))
    }
}

pub(super) fn damaged(path: &Path, how: &str) -> StorageError {
    StorageError::Corrupt(format!("the database file {} is damaged: {how}", path.join(DATABASE).display()))
}

/// Opens the database file as the engine does. The check reads every page once, as loading the collections will: a
/// damaged file is refused here rather than found out later.
pub(super) fn create(file: &Path) -> Result<redb::Database, redb::DatabaseError> {
    redb::Builder::new().set_cache_size(CACHE_BYTES).set_check_integrity_on_open(true).create(file)
}

/// Objects may be secret, so only the owner may look.
fn private_directory() -> DirBuilder {
    let mut builder = DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder
}
