//! What the clauses do to an engine, and how they say what they miss.

use std::fmt::Debug;
use std::sync::Arc;

use bytes::Bytes;

use super::recorder::Recorder;
use super::{Miss, Opening};
use crate::storage::{ChangeSink, Engine, Page, Range, StorageError, Write};

/// An engine on a store that nobody else uses.
pub(super) struct Probe<'a> {
    pub(super) engine: Arc<dyn Engine>,
    pub(super) open: &'a (dyn Fn() -> Opening + Sync),
}

/// Says what was expected, unless it is there.
macro_rules! require_same {
    ($found:expr, $expected:expr, $($what:tt)+) => {
        crate::testing::engine_contract::probe::same(&$found, &$expected, || format!($($what)+))?
    };
}

/// Says what is missed, unless it holds.
macro_rules! require {
    ($holds:expr, $($what:tt)+) => {
        if !$holds {
            return Err(crate::testing::engine_contract::Miss::Broken(format!($($what)+)));
        }
    };
}

pub(super) use {require, require_same};

pub(super) fn same<T: PartialEq<U> + Debug + ?Sized, U: Debug>(
    found: &T,
    expected: &U,
    what: impl FnOnce() -> String,
) -> Result<(), Miss> {
    if found == expected {
        return Ok(());
    }
    Err(Miss::Broken(format!("{}: expected {expected:?}, found {found:?}", what())))
}

/// The object that a text stands for: engines may rely on values being JSON documents.
pub(super) fn bytes(text: &str) -> Bytes {
    Bytes::from(format!("{{\"text\":\"{text}\"}}"))
}

/// Keys and revisions of a range.
pub(super) type Keys = Vec<(String, u64)>;

impl Probe<'_> {
    /// A write that may be refused.
    pub(super) async fn try_put(&self, key: &str, expected: u64, text: &str) -> Result<u64, StorageError> {
        self.engine.commit(Write::put(key, expected, bytes(text))).await
    }

    /// A write that must be done.
    pub(super) async fn put(&self, key: &str, expected: u64, text: &str) -> Result<u64, String> {
        let done = self.try_put(key, expected, text).await;
        done.map_err(|error| format!("writing {key}, expected at revision {expected}, failed: {error}"))
    }

    /// A delete that may be refused.
    pub(super) async fn try_delete(&self, key: &str, expected: u64) -> Result<u64, StorageError> {
        self.engine.commit(Write::delete(key, expected)).await
    }

    /// A delete that must be done.
    pub(super) async fn delete(&self, key: &str, expected: u64) -> Result<u64, String> {
        let done = self.try_delete(key, expected).await;
        done.map_err(|error| format!("deleting {key}, expected at revision {expected}, failed: {error}"))
    }

    pub(super) async fn revision(&self) -> Result<u64, String> {
        self.engine.revision().await.map_err(|error| format!("the newest revision cannot be read: {error}"))
    }

    /// A whole range, however many pages the engine makes of it.
    pub(super) async fn try_range(&self, prefix: &str, revision: Option<u64>) -> Result<Page, StorageError> {
        self.try_pages(Range { prefix: prefix.to_owned(), revision, ..Range::default() }).await
    }

    /// A range in pages of a size, put together.
    pub(super) async fn try_pages(&self, mut range: Range) -> Result<Page, StorageError> {
        let mut whole = self.engine.range(range.clone()).await?;
        while let Some(last) = whole.records.last().filter(|_| whole.more) {
            range.after.clone_from(&last.key);
            range.revision = Some(whole.revision);
            let page = self.engine.range(range.clone()).await?;
            // An engine that does not go on would be read for ever.
            if let Some(first) = page.records.iter().find(|record| record.key <= range.after) {
                let (key, after) = (&first.key, &range.after);
                return Err(StorageError::Corrupt(format!("the page after {after:?} has the key {key}")));
            }
            whole.more = page.more && !page.records.is_empty();
            whole.records.extend(page.records);
        }
        Ok(whole)
    }

    /// The keys of a range that must be readable.
    pub(super) async fn keys(&self, prefix: &str, revision: Option<u64>) -> Result<Keys, String> {
        let page = self
            .try_range(prefix, revision)
            .await
            .map_err(|error| format!("the range of {prefix} at {} failed: {error}", at(revision)))?;
        Ok(page.records.into_iter().map(|record| (record.key, record.revision)).collect())
    }

    /// What is stored at a key.
    pub(super) async fn stored(&self, key: &str) -> Result<Option<Bytes>, String> {
        let page = self.try_range(key, None).await;
        let page = page.map_err(|error| format!("the range of {key} failed: {error}"))?;
        Ok(page.records.into_iter().find(|record| record.key == key).map(|record| record.bytes))
    }

    /// A follower that may be refused.
    pub(super) async fn try_follow(&self, prefix: &str, after: u64) -> Result<Arc<Recorder>, StorageError> {
        let recorder = Arc::new(Recorder::new(prefix, after));
        let sink: Arc<dyn ChangeSink> = Arc::<Recorder>::clone(&recorder);
        self.engine.follow(prefix.to_owned(), after, sink).await?;
        Ok(recorder)
    }

    /// A follower that must be taken.
    pub(super) async fn follow(&self, prefix: &str, after: u64) -> Result<Arc<Recorder>, String> {
        let followed = self.try_follow(prefix, after).await;
        followed.map_err(|error| format!("following {prefix} after revision {after} failed: {error}"))
    }
}

pub(super) fn at(revision: Option<u64>) -> String {
    revision.map_or_else(|| "the newest revision".to_owned(), |revision| format!("revision {revision}"))
}

/// Keys with their revisions, as a range names them.
pub(super) fn named(keys: &[(&str, u64)]) -> Keys {
    keys.iter().map(|(key, revision)| ((*key).to_owned(), *revision)).collect()
}
