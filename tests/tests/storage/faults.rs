//! The n-th call to the engine fails, before it did anything or after: no acknowledged write is lost, no half write is
//! seen, watches are ordered and complete, and the store goes on (reliability B, SQLite's loop over the n-th call).
//!
//! `STORAGE_FAULTS=all` lets every call of the script fail in its turn; without it, some do.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use futures_util::future::BoxFuture;
use resourceful::Result;
use resourceful::prelude::*;
use resourceful::rest::DefaultUpdatedObjectInfo;
use resourceful::storage::{Change, ChangeSink, EmbeddedEngine, Engine, Page, Range, StorageError, Write};
use resourceful_tests::watch_check::Session;

use crate::fixture::{Objects, Pod, Sample, World, at, keys, objects};
use crate::recording::{Numbers, Recording, Written, content, shown, take};

/// How many operations the script has.
const OPERATIONS: usize = 500;
/// How many places are tried without `STORAGE_FAULTS=all`.
const SAMPLES: u64 = 8;

/// Which call fails, and when.
#[derive(Clone, Copy, Debug)]
struct Fault {
    call: u64,
    /// Whether the call is done all the same, and only its answer is lost.
    after: bool,
}

/// Counts calls, of which one fails.
#[derive(Debug)]
struct Counter {
    fault: Fault,
    calls: AtomicU64,
}

impl Counter {
    fn fails(&self) -> bool {
        self.calls.fetch_add(1, Ordering::SeqCst) + 1 == self.fault.call
    }
}

/// An engine of which one call fails.
struct Faulty {
    inner: Arc<dyn Engine>,
    counter: Arc<Counter>,
}

impl Faulty {
    async fn call<T>(&self, call: BoxFuture<'_, Result<T, StorageError>>) -> Result<T, StorageError> {
        if !self.counter.fails() {
            return call.await;
        }
        if self.counter.fault.after {
            let _ = call.await;
            return Err(StorageError::Uncertain("the answer was lost".to_owned()));
        }
        Err(StorageError::Unreachable("the call was lost".to_owned()))
    }
}

impl Engine for Faulty {
    fn revision(&self) -> BoxFuture<'_, Result<u64, StorageError>> {
        Box::pin(self.call(self.inner.revision()))
    }

    fn range(&self, range: Range) -> BoxFuture<'_, Result<Page, StorageError>> {
        Box::pin(self.call(self.inner.range(range)))
    }

    fn commit(&self, write: Write) -> BoxFuture<'_, Result<u64, StorageError>> {
        Box::pin(self.call(self.inner.commit(write)))
    }

    fn follow(
        &self,
        prefix: String,
        after: u64,
        sink: Arc<dyn ChangeSink>,
    ) -> BoxFuture<'_, Result<(), StorageError>> {
        let counter = Arc::clone(&self.counter);
        let sink = Arc::new(FaultySink { inner: sink, counter, is_broken: AtomicBool::new(false) });
        Box::pin(self.call(self.inner.follow(prefix, after, sink)))
    }

    fn compact(&self, revision: u64) -> BoxFuture<'_, Result<(), StorageError>> {
        Box::pin(self.call(self.inner.compact(revision)))
    }

    fn location(&self) -> String {
        self.inner.location()
    }
}

/// A sink whose feed breaks when its call is to fail.
struct FaultySink {
    inner: Arc<dyn ChangeSink>,
    counter: Arc<Counter>,
    is_broken: AtomicBool,
}

impl ChangeSink for FaultySink {
    fn apply(&self, changes: Vec<Change>) {
        if self.is_broken.load(Ordering::SeqCst) {
            return;
        }
        let fails = self.counter.fails();
        if !fails || self.counter.fault.after {
            self.inner.apply(changes);
        }
        if fails {
            self.is_broken.store(true, Ordering::SeqCst);
            self.inner.lost(StorageError::Unreachable("the feed broke".to_owned()));
        }
    }

    fn progress(&self, revision: u64) {
        if !self.is_broken.load(Ordering::SeqCst) {
            self.inner.progress(revision);
        }
    }

    fn lost(&self, error: StorageError) {
        self.inner.lost(error);
    }

    fn is_closed(&self) -> bool {
        self.is_broken.load(Ordering::SeqCst) || self.inner.is_closed()
    }
}

/// What is known to be stored: revision and content, or that nothing is. What is not in here nobody knows.
type Known = BTreeMap<String, Option<(u64, String)>>;

/// The one client.
struct Script {
    pods: Objects<Pod>,
    known: Known,
    newest: u64,
    failed: Vec<String>,
}

impl Script {
    /// Does so many operations, and compares every answer with what is known.
    async fn run(&mut self, operations: usize) {
        let mut numbers = Numbers(0x9e37_79b9_7f4a_7c15);
        for number in 0..operations {
            let name = format!("p{}", numbers.below(12));
            let pod = Pod::named(&name).on_node(&format!("n{}", numbers.below(3))).note(&number.to_string());
            let pod = if numbers.below(2) == 0 { pod.label("show", "yes") } else { pod };
            match numbers.below(10) {
                0 => self.list().await,
                1 => self.get(&name).await,
                2 | 3 => self.delete(&name).await,
                4 => self.create(pod).await,
                _ => self.put(pod).await,
            }
            // Watchers get their turn.
            tokio::task::yield_now().await;
        }
    }

    /// Takes note of a failure: from now on nobody knows what is stored there.
    fn failed(&mut self, name: &str, error: &resourceful::errors::Error) {
        self.failed.push(format!("{name}: {error}"));
        self.known.remove(name);
    }

    fn stored(&mut self, pod: &Pod) {
        assert!(
            pod.revision() > self.newest || self.known.get(&pod.name()) == Some(&Some(seen(pod))),
            "{pod:?}"
        );
        self.newest = self.newest.max(pod.revision());
        self.known.insert(pod.name(), Some(seen(pod)));
    }

    async fn list(&mut self) {
        match self.pods.list(&ListOptions::default()).await {
            Ok(list) => {
                assert!(list.revision() >= self.newest, "an acknowledged write is missing");
                self.newest = list.revision();
                let mut found: Known =
                    objects(&list).iter().map(|pod| (pod.name(), Some(seen(pod)))).collect();
                for (name, known) in &self.known {
                    assert_eq!(found.get(name).cloned().flatten(), *known, "{name}");
                }
                for number in 0..12 {
                    found.entry(format!("p{number}")).or_insert(None);
                }
                self.known = found;
            }
            Err(error) => self.failed("the list", &error),
        }
    }

    async fn get(&mut self, name: &str) {
        let found = match self.pods.try_get(name, "").await {
            Ok(pod) => Some(seen(&pod)),
            Err(error) if error.is_not_found() => None,
            Err(error) => return self.failed(name, &error),
        };
        let known = self.known.entry(name.to_owned()).or_insert_with(|| found.clone());
        assert_eq!(*known, found, "{name}");
    }

    async fn create(&mut self, pod: Pod) {
        let name = pod.name();
        match self.pods.try_create(pod).await {
            Ok(pod) => self.stored(&pod),
            Err(error) if error.is_already_exists() => {
                assert_ne!(self.known.get(&name), Some(&None), "{name} is not there");
            }
            Err(error) => self.failed(&name, &error),
        }
    }

    async fn put(&mut self, pod: Pod) {
        let name = pod.name();
        match self.pods.try_update(&name, &DefaultUpdatedObjectInfo::replace(pod)).await {
            Ok(pod) => self.stored(&pod),
            Err(error) => self.failed(&name, &error),
        }
    }

    async fn delete(&mut self, name: &str) {
        match self.pods.try_delete(name, DeleteOptions::default()).await {
            Ok(_) => drop(self.known.insert(name.to_owned(), None)),
            Err(error) if error.is_not_found() => {
                let known = self.known.entry(name.to_owned()).or_insert(None);
                assert_eq!(*known, None, "{name} is there");
            }
            Err(error) => self.failed(name, &error),
        }
    }
}

fn seen(pod: &Pod) -> (u64, String) {
    (pod.revision(), content(pod))
}

/// Watches until the last pod is created, over whatever breaks, and returns what was shown.
async fn watch(pods: Objects<Pod>) -> Vec<Session> {
    let mut sessions = Vec::new();
    'list: loop {
        let Ok(list) = pods.list(&ListOptions::default()).await else { continue };
        if keys(&list).iter().any(|key| key == "ns/last") {
            return sessions;
        }
        let mut after = list.revision();
        loop {
            let options = ListOptions { watch: true, ..at(after) };
            let Ok(mut events) = pods.registry.watch(&pods.ctx, &options).await else { continue };
            sessions.push(Session { after, ..Session::default() });
            let session = sessions.last_mut().expect("it was just begun");
            while let Some(event) = events.next().await {
                let Ok(shown) = shown(&event) else { continue 'list };
                session.shown.push(shown);
                if matches!(&event, resourceful::watch::WatchEvent::Added(pod) if pod.name() == "last") {
                    return sessions;
                }
            }
            after = session.end();
        }
    }
}

/// Runs the script with a fault, checks everything, and returns how many calls there were.
async fn run(fault: Fault) -> u64 {
    // What is on the disk is not the question here.
    let directory = tempfile::tempdir_in("/dev/shm").or_else(|_| tempfile::tempdir());
    let directory = directory.expect("a temporary directory");
    let engine: Arc<dyn Engine> =
        Arc::new(EmbeddedEngine::open(directory.path()).expect("the directory can be opened"));
    let written = Arc::new(Written::default());
    let recording = Arc::new(Recording::new(Arc::clone(&engine), &written));
    let counter = Arc::new(Counter { fault, calls: AtomicU64::new(0) });
    let world = World::on(Arc::new(Faulty { inner: recording, counter: Arc::clone(&counter) }));
    let pods = world.pods.in_namespace("ns");
    let watchers: Vec<_> = (0..2).map(|_| tokio::spawn(watch(pods.clone()))).collect();

    let mut script = Script { pods: pods.clone(), known: Known::new(), newest: 0, failed: Vec::new() };
    script.run(OPERATIONS).await;
    let calls = counter.calls.load(Ordering::SeqCst);
    script.get("usable").await;
    while script.known.get("usable").is_none_or(Option::is_none) {
        script.create(Pod::named("usable")).await;
        script.get("usable").await;
    }
    script.put(Pod::named("usable").note("still")).await;
    script.delete("usable").await;
    script.list().await;
    while pods.try_get("last", "").await.is_err() {
        let _ = pods.try_create(Pod::named("last")).await;
    }
    assert!(script.failed.len() <= 1, "one call failed, and with it {:?}", script.failed);

    // Somebody who comes later sees the same, and so did the watchers.
    let truth = take(&written);
    let fresh = World::on(engine).pods.in_namespace("ns");
    let [ours, theirs] = [&pods, &fresh].map(|pods| async { pods.list(&at("")).await.expect("list") });
    assert_eq!(objects(&ours.await), objects(&theirs.await));
    for watcher in watchers {
        for session in watcher.await.expect("a watcher watches") {
            truth.check(&session, |_, _| true).unwrap_or_else(|fault| panic!("{fault}"));
        }
    }
    calls
}

#[tokio::test]
async fn the_nth_storage_call_fails() {
    let all = std::env::var("STORAGE_FAULTS").is_ok_and(|value| value == "all");
    let calls = run(Fault { call: u64::MAX, after: false }).await;
    assert!(calls > OPERATIONS as u64, "{calls} calls");
    let step = if all { 1 } else { calls.div_ceil(SAMPLES) };
    let mut runs = 0;
    for after in [false, true] {
        // The first calls, which load, and then some or all of the others.
        for call in (1..=4).chain((5..=calls).step_by(usize::try_from(step).expect("few calls"))) {
            println!("call {call} of {calls} fails, {}", if after { "after it was done" } else { "undone" });
            run(Fault { call, after }).await;
            runs += 1;
        }
    }
    println!("{runs} runs of {OPERATIONS} operations, in each of which one of {calls} calls failed");
}
