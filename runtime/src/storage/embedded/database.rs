//! The tables of the database, and how they are read.
//!
//! Values are stored once, in the log; everything else is small. The log is also the history: each row says which
//! revision of its key came before, so that the keys as they were at a revision are those of the index with the rows
//! after that revision undone.

use std::collections::BTreeMap;
use std::ops::Bound;
use std::sync::Arc;

use bytes::Bytes;
use redb::{ReadableDatabase, ReadableTable, TableDefinition};

use super::directory::Directory;
use crate::storage::StorageError;
use crate::storage::engine::{Change, Page, Range, Record, Value};

/// Key -> the revision of the last write, for every key that exists.
pub(super) const INDEX: TableDefinition<'_, &str, u64> = TableDefinition::new("index");
/// Revision -> what was written: the key, the revision of the key before (0 if it did not exist), and the value; none
/// for a delete.
pub(super) const LOG: TableDefinition<'_, u64, Row<'_>> = TableDefinition::new("log");
/// The numbers below.
pub(super) const META: TableDefinition<'_, &str, u64> = TableDefinition::new("meta");

/// A row of the log.
pub(super) type Row<'a> = (&'a str, u64, Option<&'a [u8]>);

/// The format of the tables.
const FORMAT: &str = "format";
/// The newest revision.
pub(super) const NEWEST: &str = "newest";
/// History before this revision is gone.
pub(super) const COMPACTED: &str = "compacted";
/// Up to this revision, the log was rid of rows that compaction made superfluous.
pub(super) const SWEPT: &str = "swept";

/// The format that this version writes, and the newest one that it reads.
const CURRENT_FORMAT: u64 = 1;

/// A file that takes less than this is never too large.
const SHRINKS_FROM: u64 = 16 << 20;

/// An open database.
pub(super) struct Database {
    // Dropped before the directory, whose lock must outlive it.
    redb: redb::Database,
    directory: Arc<Directory>,
    start: Start,
}

/// The numbers that a database was opened with.
#[derive(Clone, Copy, Debug)]
pub(super) struct Start {
    pub(super) newest: u64,
    pub(super) compacted: u64,
    pub(super) swept: u64,
}

/// Some changes, and how far they reach.
pub(super) struct Missed {
    pub(super) changes: Vec<Change>,
    pub(super) until: u64,
    pub(super) more: bool,
}

/// The tables as they are at one moment.
struct Reading {
    index: redb::ReadOnlyTable<&'static str, u64>,
    log: redb::ReadOnlyTable<u64, Row<'static>>,
    newest: u64,
    compacted: u64,
}

impl Database {
    pub(super) fn open(directory: &Arc<Directory>) -> Result<Self, StorageError> {
        let redb = directory.database()?;
        let start = directory.guarded(|| prepare(&redb, directory))?;
        Ok(Self { redb, directory: Arc::clone(directory), start })
    }

    pub(super) fn start(&self) -> Start {
        self.start
    }

    pub(super) fn begin_write(&self) -> Result<redb::WriteTransaction, redb::Error> {
        Ok(self.redb.begin_write()?)
    }

    /// How much room the file takes that it does not use. Looks at all of it.
    pub(super) fn unused(&self) -> Result<u64, redb::Error> {
        let transaction = self.redb.begin_write()?;
        let stats = transaction.stats()?;
        transaction.abort()?;
        let used = stats.allocated_pages().saturating_mul(stats.page_size() as u64);
        Ok(self.directory.room().saturating_sub(used))
    }

    /// Gives room back to the file system, if the file takes much that it does not use. Says whether it did.
    ///
    /// Looks at all of a large file, and copies what is in use of one that is mostly empty; what happens to the process
    /// meanwhile, the next one finds everything. Nobody may be reading.
    pub(super) fn shrink(&mut self) -> Result<bool, redb::Error> {
        let room = self.directory.room();
        if room < SHRINKS_FROM || self.unused()? < room / 2 {
            return Ok(false);
        }
        tracing::info!(room, "the database file is mostly empty and is made smaller");
        Ok(self.redb.compact()?)
    }

    /// Reads a part of a prefix.
    pub(super) fn range(&self, range: &Range) -> Result<Page, StorageError> {
        let reading = self.reading()?;
        let revision = range.revision.unwrap_or(reading.newest);
        if revision < reading.compacted {
            return Err(StorageError::Compacted { requested: revision, oldest: reading.compacted });
        }
        if revision > reading.newest {
            return Err(StorageError::FutureRevision { requested: revision, current: reading.newest });
        }
        reading.page(range, revision).map_err(|error| self.directory.failed(error))
    }

    /// Reads the changes of a prefix after a revision, about so many.
    pub(super) fn changes(&self, prefix: &str, after: u64, limit: usize) -> Result<Missed, StorageError> {
        let reading = self.reading()?;
        if after < reading.compacted {
            return Err(StorageError::Compacted { requested: after, oldest: reading.compacted });
        }
        reading.changes(prefix, after, limit).map_err(|error| self.directory.failed(error))
    }

    /// How many rows the log has.
    #[cfg(test)]
    pub(super) fn rows(&self) -> u64 {
        redb::ReadableTableMetadata::len(&self.reading().expect("read").log).expect("len")
    }

    fn reading(&self) -> Result<Reading, StorageError> {
        let read = || -> Result<Reading, redb::Error> {
            let transaction = self.redb.begin_read()?;
            let meta = transaction.open_table(META)?;
            Ok(Reading {
                newest: number(&meta, NEWEST)?,
                compacted: number(&meta, COMPACTED)?,
                index: transaction.open_table(INDEX)?,
                log: transaction.open_table(LOG)?,
            })
        };
        read().map_err(|error| self.directory.failed(error))
    }
}

impl Reading {
    fn page(&self, range: &Range, revision: u64) -> Result<Page, redb::Error> {
        let undone = self.undone(range, revision)?;
        let mut undone = undone.iter().peekable();
        let mut page = Page { records: Vec::new(), revision, more: false };
        for entry in self.index.range::<&str>((start(range), Bound::Unbounded))? {
            let (key, at) = entry?;
            let key = key.value();
            if !key.starts_with(&range.prefix) {
                break;
            }
            while let Some((gone, before)) = undone.next_if(|(gone, _)| gone.as_str() < key) {
                if self.add(&mut page, range.limit, gone, *before)? {
                    return Ok(page);
                }
            }
            let before = undone.next_if(|(written, _)| written.as_str() == key);
            if self.add(&mut page, range.limit, key, before.map_or(at.value(), |(_, before)| *before))? {
                return Ok(page);
            }
        }
        for (gone, before) in undone {
            if self.add(&mut page, range.limit, gone, *before)? {
                break;
            }
        }
        Ok(page)
    }

    /// Of every key of the range that was written after a revision, the revision that it was at then.
    fn undone(&self, range: &Range, revision: u64) -> Result<BTreeMap<String, u64>, redb::Error> {
        let mut undone = BTreeMap::new();
        if revision == self.newest {
            return Ok(undone);
        }
        for entry in self.log.range(revision + 1..)? {
            let (_, row) = entry?;
            let (key, before, _) = row.value();
            if key.starts_with(&range.prefix) && key > range.after.as_str() && !undone.contains_key(key) {
                undone.insert(key.to_owned(), before);
            }
        }
        Ok(undone)
    }

    /// Adds a key at a revision, and says whether the page was full before.
    fn add(&self, page: &mut Page, limit: usize, key: &str, revision: u64) -> Result<bool, redb::Error> {
        if revision == 0 {
            return Ok(false);
        }
        if limit != 0 && page.records.len() == limit {
            page.more = true;
            return Ok(true);
        }
        let row = self.log.get(revision)?;
        let Some((_, _, Some(value))) = row.as_ref().map(redb::AccessGuard::value) else {
            return Err(redb::Error::Corrupted(format!(
                "the log has no value for {key} at revision {revision}"
            )));
        };
        let bytes = Bytes::copy_from_slice(value);
        page.records.push(Record { key: key.to_owned(), revision, bytes });
        Ok(false)
    }

    fn changes(&self, prefix: &str, after: u64, limit: usize) -> Result<Missed, redb::Error> {
        let mut missed = Missed { changes: Vec::new(), until: self.newest, more: false };
        for entry in self.log.range(after.saturating_add(1)..)? {
            let (revision, row) = entry?;
            let (key, _, value) = row.value();
            if !key.starts_with(prefix) {
                continue;
            }
            let value = value.map(|bytes| Value::from(Bytes::copy_from_slice(bytes)));
            missed.changes.push(Change { key: key.to_owned(), revision: revision.value(), value });
            if missed.changes.len() == limit {
                missed.until = revision.value();
                missed.more = true;
                break;
            }
        }
        Ok(missed)
    }
}

fn start(range: &Range) -> Bound<&str> {
    if range.after < range.prefix {
        Bound::Included(range.prefix.as_str())
    } else {
        Bound::Excluded(range.after.as_str())
    }
}

/// Creates the tables of a new database, and reads the numbers of an old one.
fn prepare(redb: &redb::Database, directory: &Directory) -> Result<Start, StorageError> {
    let failed = |error: redb::Error| directory.failed(error);
    let start = read_start(redb).map_err(failed)?;
    if let Some((format, start)) = start {
        return match format {
            CURRENT_FORMAT => Ok(start),
            _ => Err(directory.newer(&format.to_string())),
        };
    }
    create_tables(redb).map_err(failed)?;
    Ok(Start { newest: 1, compacted: 0, swept: 0 })
}

fn read_start(redb: &redb::Database) -> Result<Option<(u64, Start)>, redb::Error> {
    let transaction = redb.begin_read()?;
    let meta = match transaction.open_table(META) {
        Ok(meta) => meta,
        Err(redb::TableError::TableDoesNotExist(_)) => return Ok(None),
        Err(error) => return Err(error.into()),
    };
    let format = number(&meta, FORMAT)?;
    if format == CURRENT_FORMAT {
        transaction.open_table(INDEX)?;
        transaction.open_table(LOG)?;
    }
    let [newest, compacted, swept] = [NEWEST, COMPACTED, SWEPT].map(|name| number(&meta, name));
    Ok(Some((format, Start { newest: newest?, compacted: compacted?, swept: swept? })))
}

fn create_tables(redb: &redb::Database) -> Result<(), redb::Error> {
    let transaction = redb.begin_write()?;
    {
        let mut meta = transaction.open_table(META)?;
        for (name, number) in [(FORMAT, CURRENT_FORMAT), (NEWEST, 1), (COMPACTED, 0), (SWEPT, 0)] {
            meta.insert(name, number)?;
        }
        transaction.open_table(INDEX)?;
        transaction.open_table(LOG)?;
    }
    Ok(transaction.commit()?)
}

fn number(meta: &impl ReadableTable<&'static str, u64>, name: &str) -> Result<u64, redb::Error> {
    let number = meta.get(name)?.map(|number| number.value());
    number.ok_or_else(|| redb::Error::Corrupted(format!("the table \"meta\" has no row \"{name}\"")))
}
