//! All objects of a store as lines of JSON, and back: for backups, and to move from one engine to another.
//!
//! ```text
//! {"export":"resourceful/v1","revision":"42"}
//! {"key":"/garden.example.com/flowerpots/default/rose","object":{"apiVersion":"garden.example.com/v1",…}}
//! …
//! {"objects":17}
//! ```
//!
//! The objects are as they are stored: whole, with uid, status and managed fields, of every kind that was ever stored,
//! served at present or not. Only the resourceVersion is left out, which a store gives. The last line tells a whole
//! export from one that was cut off.
//!
//! ```
//! use resourceful::{Store, backup};
//!
//! # async fn example() -> resourceful::Result<()> {
//! let (old, new) = (Store::memory(), Store::memory());
//! let mut lines = Vec::new();
//! backup::export(&old, &mut lines).await?;
//! let imported = backup::import(&new, &mut lines.as_slice()).await?;
//! assert_eq!(imported.objects, 0);
//! # Ok(())
//! # }
//! # tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(example()).unwrap();
//! ```

use std::io::{BufRead, Write};

use bytes::Bytes;
use futures_util::stream::{FuturesUnordered, StreamExt as _};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use crate::errors::{Error, Result};
use crate::storage::{self, Engine, Range, StorageError, Store};

/// The format that is written and read.
const FORMAT: &str = "resourceful/v1";
/// How many objects are read at a time.
const PAGE: usize = 500;
/// How many objects are written together.
const TOGETHER: usize = 256;

/// What was exported or imported.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Summary {
    /// How many objects.
    pub objects: u64,
    /// The revision of an export, at which all of its objects were true together; after an import, that of the store.
    pub revision: u64,
}

/// The first line.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Head<'a> {
    #[serde(borrow)]
    export: &'a str,
    #[serde(borrow)]
    revision: &'a str,
}

/// An object.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Line<'a> {
    key: String,
    #[serde(borrow)]
    object: &'a RawValue,
}

/// The last line.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Tail {
    objects: u64,
}

/// Writes all objects of a store, as they are at one revision, one line each. Writing blocks.
///
/// Fails when the store cannot be read, when the engine forgets that revision meanwhile, and when `out` cannot be
/// written. What was written by then lacks the last line, so that [`import`] refuses it.
pub async fn export(store: &Store, out: &mut (dyn Write + Send)) -> Result<Summary> {
    let engine = store.engine().await.map_err(failed)?;
    let mut range = Range { limit: PAGE, ..Range::default() };
    let mut objects = 0;
    loop {
        let page = engine.range(range.clone()).await.map_err(failed)?;
        if range.revision.is_none() {
            write(out, &Head { export: FORMAT, revision: &page.revision.to_string() })?;
        }
        for record in &page.records {
            let damaged = |why: &dyn std::fmt::Display| {
                Error::other(format!("the object stored at {} is damaged: {why}", record.key))
            };
            let text = std::str::from_utf8(&record.bytes).map_err(|error| damaged(&error))?;
            let object: &RawValue = serde_json::from_str(text).map_err(|error| damaged(&error))?;
            write(out, &Line { key: record.key.clone(), object })?;
            objects += 1;
        }
        range.revision = Some(page.revision);
        match page.records.last() {
            Some(last) if page.more => range.after.clone_from(&last.key),
            _ => {
                write(out, &Tail { objects })?;
                out.flush().map_err(|error| unwritable(&error))?;
                return Ok(Summary { objects, revision: page.revision });
            }
        }
    }
}

/// Writes all objects of an export into a store that holds none. Reading blocks.
///
/// The store's revisions go on from those of the export where the engine can do that, so that no client sees them go
/// back; on etcd they cannot, and clients that watched the old store must list anew.
///
/// Fails when the store holds objects or cannot be written, and when a line is not what it should be or is missing. What
/// was imported by then stays: begin again with an empty store.
pub async fn import(store: &Store, lines: &mut (dyn BufRead + Send)) -> Result<Summary> {
    let engine = store.engine().await.map_err(failed)?;
    let found = engine.range(Range { limit: 1, ..Range::default() }).await.map_err(failed)?;
    if let Some(record) = found.records.first() {
        let location = store.location();
        let text = format!("{location} holds objects, such as {}; import into an empty store", record.key);
        return Err(Error::other(text));
    }
    let mut import = Import { engine: &*engine, number: 0, objects: 0, writing: FuturesUnordered::new() };
    let end = import.run(lines).await;
    // What is under way is finished first, so that the count is true.
    let written = import.finish().await;
    let objects = import.objects;
    let revision = match end.and_then(|revision| written.map(|()| revision)) {
        Ok(revision) => revision,
        Err(error) => {
            let text = format!("{}; {objects} objects were imported", error.message());
            return Err(Error::other(text));
        }
    };
    let revision = engine.raise_revision(revision).await.map_err(failed)?;
    Ok(Summary { objects, revision })
}

/// An import on its way.
struct Import<'e> {
    engine: &'e dyn Engine,
    /// The line that was read last, counted from 1.
    number: u64,
    /// How many objects were written.
    objects: u64,
    writing: FuturesUnordered<futures_core::future::BoxFuture<'e, Result<u64, StorageError>>>,
}

impl Import<'_> {
    /// Reads all lines, and returns the revision of the export.
    async fn run(&mut self, lines: &mut (dyn BufRead + Send)) -> Result<u64> {
        let mut line = String::new();
        self.read(lines, &mut line)?;
        let Ok(head) = serde_json::from_str::<Head<'_>>(&line) else {
            return Err(self.wrong("it is not the first line of an export"));
        };
        if head.export != FORMAT {
            return Err(
                self.wrong(&format!("format {} is not known; this version reads {FORMAT}", head.export))
            );
        }
        let Ok(revision) = head.revision.parse() else {
            return Err(self.wrong(&format!("{:?} is no revision", head.revision)));
        };
        let mut begun = 0;
        loop {
            self.read(lines, &mut line)?;
            if let Ok(tail) = serde_json::from_str::<Tail>(&line) {
                if tail.objects != begun {
                    let text = format!("{begun} objects came, but there were {}", tail.objects);
                    return Err(self.wrong(&text));
                }
                return Ok(revision);
            }
            self.begin(&line)?;
            begun += 1;
            if self.writing.len() >= TOGETHER {
                self.finish_one().await?;
            }
        }
    }

    fn read(&mut self, lines: &mut (dyn BufRead + Send), line: &mut String) -> Result<()> {
        line.clear();
        self.number += 1;
        match lines.read_line(line) {
            Ok(0) => Err(self.wrong("the export ends too early")),
            Ok(_) => Ok(()),
            Err(error) => Err(self.wrong(&error.to_string())),
        }
    }

    /// Begins to write the object of a line.
    fn begin(&mut self, line: &str) -> Result<()> {
        let line: Line<'_> = serde_json::from_str(line).map_err(|error| self.wrong(&error.to_string()))?;
        if !is_key(&line.key) {
            return Err(self.wrong(&format!("{:?} is no key of an object", line.key)));
        }
        let object = line.object.get();
        if !object.starts_with('{') {
            return Err(self.wrong("the object is none"));
        }
        let bytes = Bytes::copy_from_slice(object.as_bytes());
        self.writing.push(self.engine.commit(storage::Write::put(line.key, 0, bytes)));
        Ok(())
    }

    async fn finish_one(&mut self) -> Result<()> {
        if let Some(written) = self.writing.next().await {
            written.map_err(failed)?;
            self.objects += 1;
        }
        Ok(())
    }

    async fn finish(&mut self) -> Result<()> {
        let mut outcome = Ok(());
        while !self.writing.is_empty() {
            outcome = outcome.and(self.finish_one().await);
        }
        outcome
    }

    fn wrong(&self, what: &str) -> Error {
        Error::other(format!("line {}: {what}", self.number))
    }
}

/// Whether a key has the parts of one: `/group/plural/name`, or `/group/plural/namespace/name`.
fn is_key(key: &str) -> bool {
    let Some(parts) = key.strip_prefix('/').map(|key| key.split('/')) else { return false };
    matches!(parts.clone().count(), 3 | 4) && parts.clone().all(|part| !part.is_empty())
}

fn write(out: &mut (dyn Write + Send), line: &impl Serialize) -> Result<()> {
    let mut bytes = serde_json::to_vec(line).map_err(|error| Error::internal(error.to_string()))?;
    bytes.push(b'\n');
    out.write_all(&bytes).map_err(|error| unwritable(&error))
}

fn unwritable(error: &std::io::Error) -> Error {
    Error::other(format!("the export cannot be written: {error}"))
}

#[allow(clippy::needless_pass_by_value, reason = "it stands in `map_err`")]
fn failed(error: StorageError) -> Error {
    Error::other(error.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::storage::Write;

    const OBJECT: &str = r#"{"metadata":{"name":"é\u0001","uid":"1"},"n":1.50,"z":1,"a":2}"#;

    async fn filled(count: u32) -> Store {
        let store = Store::memory();
        let engine = store.engine().await.unwrap();
        for number in 0..count {
            let write =
                Write::put(format!("/g/pots/ns/p{number:05}"), 0, Bytes::from_static(OBJECT.as_bytes()));
            engine.commit(write).await.unwrap();
        }
        store
    }

    async fn exported(store: &Store) -> String {
        let mut lines = Vec::new();
        export(store, &mut lines).await.unwrap();
        String::from_utf8(lines).unwrap()
    }

    async fn refused(lines: &str) -> String {
        import(&Store::memory(), &mut lines.as_bytes()).await.unwrap_err().message().to_owned()
    }

    #[tokio::test]
    async fn what_comes_back_is_the_same_to_the_byte() {
        // More than a page, and more than is written together.
        let store = filled(1_234).await;
        let lines = exported(&store).await;
        let copy = Store::memory();
        let summary = import(&copy, &mut lines.as_bytes()).await.unwrap();
        assert_eq!(summary, Summary { objects: 1_234, revision: 1_235 });
        let page = copy.engine().await.unwrap().range(Range::default()).await.unwrap();
        assert_eq!(page.records.len(), 1_234);
        assert!(page.records.iter().all(|record| record.bytes == OBJECT));
        assert_eq!(exported(&copy).await, lines);
    }

    #[tokio::test]
    async fn revisions_go_on_from_those_of_the_export() {
        let lines = exported(&filled(1).await).await.replace(r#""revision":"2""#, r#""revision":"5000""#);
        let store = Store::memory();
        assert_eq!(import(&store, &mut lines.as_bytes()).await.unwrap().revision, 5_000);
        let engine = store.engine().await.unwrap();
        let write = Write::put("/g/pots/ns/new", 0, Bytes::from_static(b"{}"));
        assert_eq!(engine.commit(write).await.unwrap(), 5_001);
    }

    #[tokio::test]
    async fn a_store_with_objects_takes_no_others() {
        let store = filled(1).await;
        let lines = exported(&store).await;
        let error = import(&store, &mut lines.as_bytes()).await.unwrap_err();
        assert_eq!(
            error.message(),
            "memory holds objects, such as /g/pots/ns/p00000; import into an empty store"
        );
    }

    #[tokio::test]
    async fn what_is_no_whole_export_is_refused_with_the_line() {
        let lines = exported(&filled(3).await).await;
        let all: Vec<&str> = lines.lines().collect();
        let cut = |count: usize| all[..count].join("\n");
        let without = |line: usize| {
            let mut left = all.clone();
            left.remove(line);
            left.join("\n")
        };
        let cases = [
            (String::new(), "line 1: the export ends too early; 0 objects"),
            ("{}".to_owned(), "line 1: it is not the first line of an export; 0 objects"),
            (lines.replace("resourceful/v1", "other/v1"), "line 1: format other/v1 is not known"),
            (lines.replace(r#""revision":"4""#, r#""revision":"x""#), "line 1: \"x\" is no revision"),
            (cut(3), "line 4: the export ends too early; 2 objects were imported"),
            (without(2), "line 4: 2 objects came, but there were 3; 2 objects"),
            (lines.replace("/g/pots/ns/p00001", "p00001"), "line 3: \"p00001\" is no key of an object"),
            (lines.replace("/g/pots/ns/p00001", "/g//ns/p00001"), "line 3: \"/g//ns/p00001\" is no key"),
            (lines.replace(OBJECT, "[]"), "line 2: the object is none"),
            (lines.replace(OBJECT, "{"), "line 2: "),
            (lines.replace("p00001", "p00000"), "key exists"),
        ];
        for (lines, expected) in cases {
            let message = refused(&lines).await;
            assert!(message.contains(expected), "{message}: {expected}");
        }
    }
}
