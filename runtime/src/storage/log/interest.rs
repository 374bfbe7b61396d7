//! Who is woken by which change.

use std::collections::HashMap;
use std::sync::atomic::Ordering;
use std::sync::{Arc, PoisonError};

use tokio::runtime::Handle;

use super::Event;
use crate::storage::sync::{AtomicU64, AtomicUsize, Mutex, MutexGuard, Notify};

/// Which changes a watcher wants to be woken for; it may still see others.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Interest {
    /// All of the kind.
    All,
    /// Those in a namespace.
    Namespace(String),
    /// Those of one object, by its key.
    Object(String),
}

/// The watchers that share an interest.
#[derive(Debug)]
pub(super) struct Bucket {
    pub(super) wake: Arc<Notify>,
    /// One more than the sequence number of the newest event that is of interest, or may be.
    end: AtomicU64,
    watchers: AtomicUsize,
}

impl Bucket {
    fn new(end: u64) -> Arc<Self> {
        Arc::new(Self { wake: Arc::default(), end: AtomicU64::new(end), watchers: AtomicUsize::new(0) })
    }

    /// Where the events end that are of interest. Beyond, up to the tail that was read before, is nothing to see.
    pub(super) fn end(&self) -> u64 {
        self.end.load(Ordering::Acquire)
    }
}

/// All buckets of a log. One for all changes is always there; the others come and go with their watchers.
#[derive(Debug)]
pub(super) struct Buckets {
    all: Arc<Bucket>,
    named: Mutex<Named>,
}

#[derive(Debug, Default)]
struct Named {
    namespaces: HashMap<String, Arc<Bucket>>,
    objects: HashMap<String, Arc<Bucket>>,
    runtime: Option<Handle>,
}

/// Wakes up to this many watchers at once; more are left to a task, so that the writer need not wait for them.
const AT_ONCE: usize = 16;

impl Buckets {
    pub(super) fn new() -> Self {
        Self { all: Bucket::new(0), named: Mutex::default() }
    }

    fn named(&self) -> MutexGuard<'_, Named> {
        self.named.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// How many buckets there are beside the one for all changes.
    #[cfg(test)]
    pub(super) fn named_len(&self) -> usize {
        let named = self.named();
        named.namespaces.len() + named.objects.len()
    }

    /// The bucket of an interest, for one more watcher. `tail` reads where the log ends: what lies before may be of
    /// interest.
    pub(super) fn enter(&self, interest: &Interest, tail: impl FnOnce() -> u64) -> Arc<Bucket> {
        let mut named = self.named();
        if let Ok(runtime) = Handle::try_current() {
            named.runtime = Some(runtime);
        }
        let bucket = match interest {
            Interest::All => &self.all,
            Interest::Namespace(name) => {
                named.namespaces.entry(name.clone()).or_insert_with(|| Bucket::new(tail()))
            }
            Interest::Object(key) => named.objects.entry(key.clone()).or_insert_with(|| Bucket::new(tail())),
        };
        bucket.watchers.fetch_add(1, Ordering::Relaxed);
        Arc::clone(bucket)
    }

    /// A watcher leaves; the last one of a bucket takes it away.
    pub(super) fn leave(&self, interest: &Interest, bucket: &Bucket) {
        let mut named = self.named();
        if bucket.watchers.fetch_sub(1, Ordering::Relaxed) > 1 {
            return;
        }
        match interest {
            Interest::All => None,
            Interest::Namespace(name) => named.namespaces.remove(name),
            Interest::Object(key) => named.objects.remove(key),
        };
    }

    /// Notes events in the buckets that they are of interest to, publishes them, and wakes the watchers.
    ///
    /// No bucket can come up in between, so none misses an event.
    pub(super) fn publish(&self, first: u64, events: &[Arc<Event>], publish: impl FnOnce()) {
        let mut woken = Vec::new();
        let named = self.named();
        let watched = !named.namespaces.is_empty() || !named.objects.is_empty();
        for (sequence, event) in (first..).zip(events).filter(|_| watched) {
            let key = event.key();
            let namespace = key.rsplit_once('/').map_or("", |(namespace, _)| namespace);
            let buckets = [named.namespaces.get(namespace), named.objects.get(key)];
            for bucket in buckets.into_iter().flatten() {
                if bucket.end.swap(sequence + 1, Ordering::Release) <= first {
                    woken.push(Arc::clone(bucket));
                }
            }
        }
        self.all.end.store(first + events.len() as u64, Ordering::Release);
        woken.push(Arc::clone(&self.all));
        publish();
        let runtime = named.runtime.clone();
        drop(named);
        wake(Waking(woken), runtime.as_ref());
    }

    /// Wakes everyone, after `change`, which no bucket can come up during.
    pub(super) fn wake_all(&self, end: u64, change: impl FnOnce()) {
        let named = self.named();
        let buckets = named.namespaces.values().chain(named.objects.values()).chain([&self.all]);
        let woken: Vec<_> = buckets.cloned().collect();
        for bucket in &woken {
            bucket.end.store(end, Ordering::Release);
        }
        change();
        let runtime = named.runtime.clone();
        drop(named);
        wake(Waking(woken), runtime.as_ref());
    }
}

fn wake(waking: Waking, runtime: Option<&Handle>) {
    match runtime {
        Some(runtime) if waking.watchers() > AT_ONCE => {
            runtime.spawn(async move { drop(waking) });
        }
        _ => drop(waking),
    }
}

/// Watchers to be woken when this is dropped: wherever the task that holds it ends, nobody is forgotten.
struct Waking(Vec<Arc<Bucket>>);

impl Waking {
    fn watchers(&self) -> usize {
        self.0.iter().map(|bucket| bucket.watchers.load(Ordering::Relaxed)).sum()
    }
}

impl Drop for Waking {
    fn drop(&mut self) {
        for bucket in &self.0 {
            bucket.wake.notify_waiters();
        }
    }
}
