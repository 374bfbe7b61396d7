//! What must hold in every order.

use std::future::poll_fn;
use std::sync::{Arc, OnceLock};
use std::time::{Duration, Instant};

use bytes::Bytes;
use resourceful::storage::{Header, History, StorageError, Stored};

use super::log::{Cursor, Event, EventLog, Interest};

/// Tries all orders with up to three preemptions of a thread, which is what bugs of this sort take.
fn model(check: impl Fn() + Sync + Send + 'static) {
    let mut builder = loom::model::Builder::new();
    builder.preemption_bound = Some(3);
    builder.max_duration = Some(Duration::from_secs(15));
    builder.check(check);
}

fn stored(key: &str, revision: u64, bytes: &Bytes) -> Arc<Stored> {
    let header = Header { metadata: 12, splice: 13, ..Header::default() };
    Arc::new(Stored::new(key, revision, bytes, Arc::new(header)))
}

fn created(revision: u64, key: &str) -> Event {
    Event::new(revision, Some(stored(key, revision, &Bytes::from_static(b"{\"metadata\":{}}"))), None)
}

/// An event that fills a chunk of its own.
fn heavy(revision: u64, key: &str) -> Event {
    static HEAVY: OnceLock<Arc<Stored>> = OnceLock::new();
    let heavy = HEAVY.get_or_init(|| {
        let bytes = format!("{{\"metadata\":{{}},\"x\":\"{}\"}}", "x".repeat(1 << 20));
        stored("heavy", 1, &Bytes::from(bytes))
    });
    let current = stored(key, revision, &Bytes::from_static(b"{\"metadata\":{}}"));
    Event::new(revision, Some(current), Some(Arc::clone(heavy)))
}

fn log(history: History) -> Arc<EventLog> {
    let log = Arc::new(EventLog::new(history));
    log.reset(1);
    log.advance(1);
    log
}

fn watch(log: &Arc<EventLog>, after: u64, interest: Interest) -> Result<Cursor, StorageError> {
    log.cursor(after, interest, Arc::new(()))
}

/// Reads what is there, and checks what a bookmark would promise: everything up to its revision has been read
/// (contract 5.43).
fn read(cursor: &mut Cursor, wanted: &[u64], seen: &mut Vec<u64>) -> Result<(), StorageError> {
    let mut events = Vec::new();
    cursor.read(&mut events, 8)?;
    seen.extend(events.iter().map(|event| event.revision).filter(|revision| wanted.contains(revision)));
    let promised = wanted.iter().filter(|revision| **revision <= cursor.revision());
    assert!(promised.count() <= seen.len(), "at {}, only {seen:?} were seen", cursor.revision());
    Ok(())
}

/// Reads until all is seen that is wanted, sleeping in between.
fn read_all(cursor: &mut Cursor, wanted: &[u64]) -> Result<(), StorageError> {
    let mut seen = Vec::new();
    read(cursor, wanted, &mut seen)?;
    while seen.len() < wanted.len() {
        loom::future::block_on(poll_fn(|cx| cursor.poll_changed(cx)));
        read(cursor, wanted, &mut seen)?;
    }
    assert_eq!(seen, wanted, "in order, each once");
    Ok(())
}

/// As a feed does: events, then progress.
fn write(log: &EventLog, events: Vec<Event>) {
    let newest = events.last().map_or(0, |event| event.revision);
    log.append(events, Instant::now());
    log.advance(newest);
}

fn sleeps_through_nothing(interest: &Interest, wanted: &'static [u64]) {
    let interest = interest.clone();
    model(move || {
        let log = log(History::default());
        let mut cursor = watch(&log, 1, interest.clone()).expect("watch");
        let writer = loom::thread::spawn({
            let log = Arc::clone(&log);
            move || {
                write(&log, vec![created(2, "a/y")]);
                write(&log, vec![created(3, "a/x")]);
            }
        });
        read_all(&mut cursor, wanted).expect("the log holds it");
        writer.join().expect("no panic");
    });
}

#[test]
fn a_watcher_of_all_sleeps_through_nothing() {
    sleeps_through_nothing(&Interest::All, &[2, 3]);
}

#[test]
fn a_watcher_of_a_namespace_sleeps_through_nothing() {
    sleeps_through_nothing(&Interest::Namespace("a".into()), &[2, 3]);
}

#[test]
fn a_watcher_of_an_object_sleeps_through_nothing() {
    sleeps_through_nothing(&Interest::Object("a/x".into()), &[3]);
}

#[test]
fn a_watcher_that_comes_while_a_writer_writes_misses_nothing() {
    model(|| {
        let log = log(History::default());
        let writer = loom::thread::spawn({
            let log = Arc::clone(&log);
            move || write(&log, vec![created(2, "a/x"), created(3, "b/x")])
        });
        let mut cursor = watch(&log, 1, Interest::Namespace("a".into())).expect("watch");
        read_all(&mut cursor, &[2]).expect("the log holds it");
        writer.join().expect("no panic");
    });
}

#[test]
fn what_is_let_go_is_told() {
    model(|| {
        let nothing =
            History { watch_age: Duration::ZERO, watch_bytes: 0, watch_bytes_max: 0, ..History::default() };
        let log = log(nothing);
        let mut cursor = watch(&log, 1, Interest::All).expect("watch");
        let writer = loom::thread::spawn({
            let log = Arc::clone(&log);
            move || {
                write(&log, vec![heavy(2, "a/x")]);
                write(&log, vec![heavy(3, "a/x")]);
            }
        });
        // All of it, or the news that some is gone; never a part of it.
        if let Err(error) = read_all(&mut cursor, &[2, 3]) {
            assert!(matches!(error, StorageError::Compacted { requested, oldest } if requested < oldest));
        }
        writer.join().expect("no panic");
    });
}

#[test]
fn a_log_that_is_made_to_reach_back_is_whole() {
    model(|| {
        let log = log(History::default());
        log.reset(3);
        log.advance(3);
        let deepens = loom::thread::spawn({
            let log = Arc::clone(&log);
            move || assert!(log.deepen(1, vec![created(2, "a/x"), created(3, "a/x")], 3, Instant::now()))
        });
        let writer = loom::thread::spawn({
            let log = Arc::clone(&log);
            move || write(&log, vec![created(4, "a/x")])
        });
        let early = watch(&log, 1, Interest::All);
        deepens.join().expect("no panic");
        let mut cursor = match early {
            Ok(cursor) => cursor,
            Err(error) => {
                assert_eq!(error, StorageError::Compacted { requested: 1, oldest: 3 });
                watch(&log, 1, Interest::All).expect("now it reaches back")
            }
        };
        read_all(&mut cursor, &[2, 3, 4]).expect("the log holds it");
        writer.join().expect("no panic");
    });
}

#[test]
fn a_gap_wakes_and_is_told() {
    model(|| {
        let log = log(History::default());
        let mut cursor = watch(&log, 1, Interest::Object("a/x".into())).expect("watch");
        let feed = loom::thread::spawn({
            let log = Arc::clone(&log);
            move || log.reset(5)
        });
        loom::future::block_on(poll_fn(|cx| cursor.poll_changed(cx)));
        let told = cursor.read(&mut Vec::new(), 8);
        assert!(matches!(told, Err(StorageError::Compacted { requested: 1, .. })), "{told:?}");
        feed.join().expect("no panic");
    });
}
