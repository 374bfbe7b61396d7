//! An engine in one file: each write is a line of JSON, and opening the file reads them all.
//!
//! It keeps the whole contract of [`Engine`] in the simplest way. Memory and start-up grow with the history, so it is for
//! notes; put your database in the place of the `Vec`.

use std::collections::BTreeMap;
use std::fs::{File, OpenOptions};
use std::io::{BufRead, BufReader, Write as _};
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};

use bytes::Bytes;
use resourceful::storage::{BoxFuture, Change, ChangeSink, Engine, StorageError, Value, Write};
use resourceful::storage::{Page, Range, Record};

/// The engine. Its journal is gone once it is closed.
pub struct JournalEngine {
    path: PathBuf,
    journal: Mutex<Option<Journal>>,
}

struct Journal {
    path: PathBuf,
    file: File,
    /// What happened, oldest first.
    changes: Vec<Change>,
    newest: u64,
    compacted: u64,
    sinks: Vec<(String, Arc<dyn ChangeSink>)>,
}

/// A line of the file: revision, key and value. Without a value it is a delete, without a key it says how far the journal
/// was compacted.
type Line = (u64, Option<String>, Option<String>);

type Done<'a> = BoxFuture<'a, Result<(), StorageError>>;

impl JournalEngine {
    pub fn open(path: impl Into<PathBuf>) -> Result<Self, StorageError> {
        let path = path.into();
        let file = OpenOptions::new().read(true).append(true).create(true).open(&path).map_err(failed)?;
        let lines = BufReader::new(file.try_clone().map_err(failed)?).lines();
        let mut journal =
            Journal { path: path.clone(), file, changes: vec![], newest: 1, compacted: 0, sinks: vec![] };
        for line in lines {
            // A crash may have torn the last line, which was then not acknowledged.
            let Ok((revision, key, value)) = serde_json::from_str::<Line>(&line.map_err(failed)?) else {
                break;
            };
            journal.newest = journal.newest.max(revision);
            match key {
                Some(key) => journal.changes.push(change(key, revision, value.map(Bytes::from))),
                None => journal.compacted = revision,
            }
        }
        journal.rewrite()?;
        Ok(Self { path, journal: Mutex::new(Some(journal)) })
    }

    /// Does something to the journal, one after the other: an engine need not be asynchronous inside.
    fn with<'a, T: Send + 'a>(
        &'a self,
        run: impl FnOnce(&mut Journal) -> Result<T, StorageError> + Send + 'a,
    ) -> BoxFuture<'a, Result<T, StorageError>> {
        Box::pin(async move {
            let mut journal = self.journal.lock().unwrap_or_else(PoisonError::into_inner);
            let closed = || StorageError::Unreachable(format!("{} is closed", self.path.display()));
            let outcome = run(journal.as_mut().ok_or_else(closed)?);
            if matches!(outcome, Err(StorageError::Uncertain(_))) {
                // Only reading the file again can tell what is in it.
                *journal = None;
            }
            outcome
        })
    }
}

impl Engine for JournalEngine {
    fn revision(&self) -> BoxFuture<'_, Result<u64, StorageError>> {
        self.with(|journal| Ok(journal.newest))
    }

    fn range(&self, range: Range) -> BoxFuture<'_, Result<Page, StorageError>> {
        self.with(move |journal| {
            let revision = range.revision.unwrap_or(journal.newest);
            journal.check_held(revision)?;
            let mut records = journal.at(revision);
            records.retain(|key, _| key.starts_with(&range.prefix) && *key > range.after.as_str());
            let limit = if range.limit == 0 { records.len() } else { range.limit };
            let more = records.len() > limit;
            Ok(Page { records: records.into_values().take(limit).collect(), revision, more })
        })
    }

    fn commit(&self, write: Write) -> BoxFuture<'_, Result<u64, StorageError>> {
        self.with(|journal| {
            if write.value.as_ref().is_some_and(|value| value.ttl.is_some()) {
                return Err(StorageError::Unsupported("a journal keeps everything".to_owned()));
            }
            let found = journal.at(journal.newest).get(write.key.as_str()).map_or(0, |found| found.revision);
            write.check(found)?;
            let change = change(write.key, journal.newest + 1, write.value.map(|value| value.bytes));
            let written = journal.file.write_all(line(&change).as_bytes());
            let synced = written.and_then(|()| journal.file.sync_data());
            synced.map_err(|error| StorageError::Uncertain(error.to_string()))?;
            journal.newest = change.revision;
            journal.sinks.retain(|(prefix, sink)| {
                if change.key.starts_with(prefix) {
                    sink.apply(vec![change.clone()]);
                }
                sink.progress(change.revision);
                !sink.is_closed()
            });
            journal.changes.push(change);
            Ok(journal.newest)
        })
    }

    fn follow(&self, prefix: String, after: u64, sink: Arc<dyn ChangeSink>) -> Done<'_> {
        self.with(move |journal| {
            journal.check_held(after)?;
            let missed = journal.changes.iter().filter(|change| change.revision > after);
            sink.apply(missed.filter(|change| change.key.starts_with(&prefix)).cloned().collect());
            sink.progress(journal.newest);
            journal.sinks.push((prefix, sink));
            Ok(())
        })
    }

    fn compact(&self, revision: u64) -> Done<'_> {
        self.with(move |journal| {
            if revision <= journal.compacted {
                return Ok(());
            }
            journal.check_held(revision)?;
            let kept: Vec<_> = journal.at(revision).into_values().map(|record| record.revision).collect();
            journal.changes.retain(|change| change.revision > revision || kept.contains(&change.revision));
            journal.compacted = revision;
            journal.rewrite()
        })
    }

    fn location(&self) -> String {
        self.path.display().to_string()
    }

    fn close(&self) -> Done<'_> {
        self.journal.lock().unwrap_or_else(PoisonError::into_inner).take();
        Box::pin(async { Ok(()) })
    }
}

impl Journal {
    /// The records as they were at a revision.
    fn at(&self, revision: u64) -> BTreeMap<&str, Record> {
        let mut records = BTreeMap::new();
        for Change { key, revision, value } in self.changes.iter().take_while(|c| c.revision <= revision) {
            records.remove(key.as_str());
            if let Some(Value { bytes, .. }) = value {
                let record = Record { key: key.clone(), revision: *revision, bytes: bytes.clone() };
                records.insert(key.as_str(), record);
            }
        }
        records
    }

    fn check_held(&self, requested: u64) -> Result<(), StorageError> {
        let (oldest, current) = (self.compacted, self.newest);
        match requested {
            _ if requested < oldest => Err(StorageError::Compacted { requested, oldest }),
            _ if requested > current => Err(StorageError::FutureRevision { requested, current }),
            _ => Ok(()),
        }
    }

    /// Writes the file anew, as a whole or not at all.
    fn rewrite(&mut self) -> Result<(), StorageError> {
        let new = self.path.with_extension("new");
        let mut text: String = self.changes.iter().map(line).collect();
        text.extend([self.newest, self.compacted].map(|number| format!("[{number},null,null]\n")));
        std::fs::write(&new, text).and_then(|()| File::open(&new)?.sync_all()).map_err(failed)?;
        std::fs::rename(&new, &self.path).map_err(failed)?;
        self.file = OpenOptions::new().append(true).open(&self.path).map_err(failed)?;
        Ok(())
    }
}

fn change(key: String, revision: u64, bytes: Option<Bytes>) -> Change {
    Change { key, revision, value: bytes.map(Value::from) }
}

fn line(change: &Change) -> String {
    let value = change.value.as_ref().map(|value| String::from_utf8_lossy(&value.bytes));
    format!("{}\n", serde_json::json!([change.revision, change.key, value]))
}

fn failed(error: impl std::fmt::Display) -> StorageError {
    StorageError::Unreachable(error.to_string())
}
