//! What an engine was told, and what a watch showed, in the words of the check that compares them.

use std::sync::{Arc, Mutex, PoisonError};

use futures_util::future::BoxFuture;
use resourceful::prelude::*;
use resourceful::storage::{ChangeSink, Engine, Page, Range, StorageError, Write};
use resourceful::watch::WatchEvent;
use resourceful_tests::watch_check::{Object as ShownObject, Shown, Writes};

use crate::fixture::Pod;

/// Every write that an engine acknowledged: its revision, key and content.
pub(crate) type Written = Mutex<Vec<(u64, String, Option<String>)>>;

/// An engine that remembers what it acknowledged.
pub(crate) struct Recording {
    inner: Arc<dyn Engine>,
    written: Arc<Written>,
}

impl Recording {
    pub(crate) fn new(inner: Arc<dyn Engine>, written: &Arc<Written>) -> Self {
        Self { inner, written: Arc::clone(written) }
    }
}

/// Takes out what was remembered.
pub(crate) fn take(written: &Written) -> Writes {
    Writes::new(std::mem::take(&mut *written.lock().unwrap_or_else(PoisonError::into_inner)))
}

impl Engine for Recording {
    fn revision(&self) -> BoxFuture<'_, Result<u64, StorageError>> {
        self.inner.revision()
    }

    fn range(&self, range: Range) -> BoxFuture<'_, Result<Page, StorageError>> {
        self.inner.range(range)
    }

    fn commit(&self, write: Write) -> BoxFuture<'_, Result<u64, StorageError>> {
        let key = write.key.trim_start_matches("/storage.example.com/pods/").to_owned();
        let content = write.value.as_ref().map(|value| {
            let pod: Pod = serde_json::from_slice(&value.bytes).expect("pods are written");
            content(&pod)
        });
        Box::pin(async move {
            let revision = self.inner.commit(write).await?;
            self.written.lock().unwrap_or_else(PoisonError::into_inner).push((revision, key, content));
            Ok(revision)
        })
    }

    fn follow(
        &self,
        prefix: String,
        after: u64,
        sink: Arc<dyn ChangeSink>,
    ) -> BoxFuture<'_, Result<(), StorageError>> {
        self.inner.follow(prefix, after, sink)
    }

    fn compact(&self, revision: u64) -> BoxFuture<'_, Result<(), StorageError>> {
        self.inner.compact(revision)
    }

    fn location(&self) -> String {
        self.inner.location()
    }

    fn request_progress(&self, prefix: &str, revision: u64) -> bool {
        self.inner.request_progress(prefix, revision)
    }
}

/// What of a pod is compared: whether it is shown, where it runs, and what it says.
pub(crate) fn content(pod: &Pod) -> String {
    let show = pod.metadata.labels.get("show").map_or("", String::as_str);
    format!("{show} {} {}", pod.spec.node_name, pod.spec.note)
}

/// A pod as a watch shows it.
fn object(object: &Object<Pod>) -> ShownObject {
    ShownObject {
        key: format!("{}/{}", object.namespace(), object.name()),
        revision: object.revision(),
        content: content(&object.decode().expect("it decodes")),
    }
}

/// What a watch shows with an event; the code of an error.
pub(crate) fn shown(event: &WatchEvent<Pod>) -> Result<Shown, u16> {
    Ok(match event {
        WatchEvent::Added(shown) => Shown::Added(object(shown)),
        WatchEvent::Modified(shown) => Shown::Modified(object(shown)),
        WatchEvent::Deleted(shown) => Shown::Deleted(object(shown)),
        WatchEvent::Bookmark { revision, .. } => Shown::Bookmark(*revision),
        WatchEvent::Error(status) => return Err(status.code),
    })
}

/// A small generator of numbers: the same ones for the same seed.
pub(crate) struct Numbers(pub(crate) u64);

impl Numbers {
    pub(crate) fn below(&mut self, limit: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % limit
    }
}
