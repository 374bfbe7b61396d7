//! What the log promises its watchers.

use std::future::poll_fn;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::{Context, Poll, Wake, Waker};
use std::time::{Duration, Instant};

use crate::storage::log::{Cursor, Event, EventLog, Interest};
use crate::storage::testing::stored;
use crate::storage::{History, StorageError};

fn log(history: History) -> Arc<EventLog> {
    Arc::new(EventLog::new(history))
}

/// An event that makes about `bytes` superfluous.
fn heavy(revision: u64, key: &str, bytes: usize) -> Event {
    let previous = stored(&format!("{key}{}", "x".repeat(bytes)), revision - 1);
    Event::new(revision, Some(stored(key, revision)), Some(previous))
}

fn created(revision: u64, key: &str) -> Event {
    Event::new(revision, Some(stored(key, revision)), None)
}

fn watch(log: &Arc<EventLog>, after: u64, interest: Interest) -> Cursor {
    log.cursor(after, interest, Arc::new(())).expect("the log goes back that far")
}

fn read(cursor: &mut Cursor) -> Result<Vec<u64>, StorageError> {
    let mut events = Vec::new();
    let mut before = None;
    while before.replace(events.len()) != Some(events.len()) {
        cursor.read(&mut events, usize::MAX)?;
    }
    Ok(events.iter().map(|event| event.revision).collect())
}

fn namespace(name: &str) -> Interest {
    Interest::Namespace(name.to_owned())
}

/// Counts how often it is woken.
#[derive(Default)]
struct Bell(AtomicUsize);

impl Bell {
    fn rung(&self) -> usize {
        self.0.load(Ordering::SeqCst)
    }
}

impl Wake for Bell {
    fn wake(self: Arc<Self>) {
        self.0.fetch_add(1, Ordering::SeqCst);
    }
}

fn poll(cursor: &mut Cursor, bell: &Arc<Bell>) -> Poll<()> {
    cursor.poll_changed(&mut Context::from_waker(&Waker::from(Arc::clone(bell))))
}

#[test]
fn a_cursor_begins_after_its_revision() {
    let log = log(History::default());
    log.reset(4);
    // Enough for chunks of every size.
    for revision in 5..2000 {
        log.append(vec![created(revision * 2, "ns/a")], Instant::now());
    }
    for after in [4, 5, 9, 10, 11, 41, 42, 43, 2000, 3997, 3998, 5000] {
        let expected: Vec<_> = (5..2000).map(|revision| revision * 2).filter(|at| *at > after).collect();
        assert_eq!(
            read(&mut watch(&log, after, Interest::All)).as_deref(),
            Ok(&expected[..]),
            "after {after}"
        );
    }
    let too_old = log.cursor(3, Interest::All, Arc::new(())).expect_err("contract 5.31: it is too old");
    assert_eq!(too_old, StorageError::Compacted { requested: 3, oldest: 4 });
}

#[test]
fn a_revision_of_the_future_waits_its_turn() {
    let log = log(History::default());
    let mut cursor = watch(&log, 7, Interest::All);
    log.append(vec![created(6, "a"), created(7, "b")], Instant::now());
    assert_eq!(read(&mut cursor), Ok(vec![]));
    log.append(vec![created(8, "c")], Instant::now());
    assert_eq!(read(&mut cursor), Ok(vec![8]));
}

#[test]
fn a_cursor_says_what_it_has_read() {
    let log = log(History::default());
    let mut cursor = watch(&log, 1, Interest::All);
    log.append((2..=5).map(|revision| created(revision, "a")).collect(), Instant::now());
    log.advance(9);
    let mut events = Vec::new();
    cursor.read(&mut events, 3).expect("read");
    assert_eq!((events.len(), cursor.revision()), (3, 4), "contract 5.43: one event is not read yet");
    cursor.read(&mut events, 3).expect("read");
    assert_eq!((events.len(), cursor.revision()), (4, 9), "nothing lies between 5 and 9");
}

/// Others may write several keys at one revision, and no revision is half read: a watch resumes after one.
#[test]
fn a_cursor_stops_between_revisions() {
    let log = log(History::default());
    let mut cursor = watch(&log, 1, Interest::All);
    let together = [(2, "a"), (3, "a"), (3, "b"), (3, "c"), (4, "a")];
    log.append(together.map(|(revision, key)| created(revision, key)).into(), Instant::now());
    let mut steps = Vec::new();
    for most in [2, 1, 1] {
        let mut events = Vec::new();
        cursor.read(&mut events, most).expect("read");
        steps.push((events.len(), cursor.revision()));
    }
    assert_eq!(steps, [(4, 3), (1, 4), (0, 4)]);
}

/// A watcher that stops to read keeps no more alive than it took.
#[test]
fn large_events_are_read_a_few_at_a_time() {
    let log = log(History::default());
    let mut cursor = watch(&log, 1, Interest::All);
    log.append((2..34).map(|revision| heavy(revision, "a", 300_000)).collect(), Instant::now());
    let mut sizes = Vec::new();
    for revision in [5, 9] {
        let mut events = Vec::new();
        cursor.read(&mut events, 128).expect("read");
        sizes.push(events.len());
        assert_eq!(cursor.revision(), revision);
    }
    assert_eq!(sizes, [4, 4]);
}

#[test]
fn the_events_of_a_revision_are_held_together() {
    let log = log(History { watch_age: Duration::ZERO, watch_bytes: 0, ..History::default() });
    log.reset(1);
    let start = Instant::now();
    let later = start + Duration::from_secs(1);
    // More than the first chunk takes.
    let batch = || (0..40).map(|number| created(3, &format!("k{number}")));
    log.append([created(2, "a")].into_iter().chain(batch()).collect(), start);
    log.trim(later);
    log.deepen(1, [created(2, "a")].into_iter().chain(batch()).collect(), 3, later);
    let all = read(&mut watch(&log, 1, Interest::All)).expect("it is read again");
    assert_eq!((all.len(), all[0], all[40]), (41, 2, 3), "each event is there once");
    assert_eq!(read(&mut watch(&log, 2, Interest::All)).map(|all| all.len()), Ok(40));
    // Nothing is ever at a chunk's beginning, and still old events go.
    let mut cursor = watch(&log, 3, Interest::All);
    for revision in 4..40 {
        let batch = (0..97).map(|number| created(revision, &format!("k{number}")));
        log.append(batch.collect(), later);
        assert_eq!(read(&mut cursor).map(|all| all.len()), Ok(97));
        log.trim(later + Duration::from_secs(1));
        let floor = log.floor();
        let held = read(&mut watch(&log, floor, Interest::All)).expect("it begins at the floor").len() as u64;
        assert_eq!(held, (revision - floor) * 97, "all of a revision, or nothing");
        assert!(revision - floor < 8, "{floor} is far behind {revision}");
    }
    // A transaction that fills whole chunks goes as one.
    log.append((0..1000).map(|number| created(40, &format!("k{number}"))).collect(), later);
    log.trim(later + Duration::from_secs(1));
    assert_eq!((log.floor(), read(&mut watch(&log, 40, Interest::All))), (40, Ok(vec![])));
    log.append(vec![created(41, "a")], later);
    assert_eq!(read(&mut watch(&log, 40, Interest::All)), Ok(vec![41]));
}

#[test]
fn only_who_may_care_is_woken() {
    let log = log(History::default());
    let interests = [
        Interest::All,
        namespace("one"),
        namespace("two"),
        Interest::Object("one/a".to_owned()),
        namespace(""),
    ];
    let mut watchers = interests.map(|interest| (watch(&log, 1, interest), Arc::new(Bell::default())));
    for (cursor, bell) in &mut watchers {
        assert!(poll(cursor, bell).is_pending() && poll(cursor, bell).is_pending());
    }
    log.append(vec![created(2, "one/a")], Instant::now());
    assert_eq!(watchers.each_ref().map(|(_, bell)| bell.rung()), [1, 1, 0, 1, 0]);
    let ready = watchers.each_mut().map(|(cursor, bell)| poll(cursor, bell).is_ready());
    assert_eq!(ready, [true, true, false, true, false]);
    let counts = watchers.each_mut().map(|(cursor, _)| read(cursor).expect("read").len());
    assert_eq!(counts, [1, 1, 0, 1, 0]);
    for (cursor, bell) in &mut watchers {
        assert!(poll(cursor, bell).is_pending());
    }
    log.append(vec![created(3, "cluster-scoped"), created(4, "one/b")], Instant::now());
    assert_eq!(watchers.each_ref().map(|(_, bell)| bell.rung()), [2, 2, 0, 1, 1]);
}

#[test]
fn a_task_that_changes_its_waker_is_still_woken() {
    let log = log(History::default());
    let (old, new) = (Arc::new(Bell::default()), Arc::new(Bell::default()));
    let mut cursor = watch(&log, 1, Interest::All);
    assert!(poll(&mut cursor, &old).is_pending());
    assert!(poll(&mut cursor, &new).is_pending());
    log.append(vec![created(2, "a")], Instant::now());
    assert_eq!((old.rung(), new.rung()), (0, 1));
}

#[test]
fn watchers_that_leave_take_their_bucket_away() {
    let log = log(History::default());
    let (first, second) = (watch(&log, 1, namespace("a")), watch(&log, 1, namespace("a")));
    log.append(vec![created(2, "a/b")], Instant::now());
    assert_eq!(log.named_buckets(), 1);
    drop(first);
    assert_eq!(log.named_buckets(), 1);
    drop(second);
    assert_eq!(log.named_buckets(), 0);
}

/// A log in which each chunk is sealed by one heavy event.
fn small(age: u64, watch_bytes: usize, watch_bytes_max: usize, watch_events: u64) -> Arc<EventLog> {
    let watch_age = Duration::from_secs(age);
    log(History { watch_age, watch_bytes, watch_bytes_max, watch_events, ..History::default() })
}

const MIB: usize = 1 << 20;

#[test]
fn fresh_events_stay_up_to_the_hard_limit_and_old_ones_up_to_the_soft() {
    let log = small(75, 3 * MIB, 8 * MIB, 1000);
    let start = Instant::now();
    let mut slow = watch(&log, 1, Interest::All);
    for revision in 2..8 {
        log.append(vec![heavy(revision, "a", MIB)], start);
    }
    assert_eq!(
        read(&mut watch(&log, 1, Interest::All)),
        Ok((2..8).collect()),
        "contract 5.52: they are fresh"
    );
    for revision in 8..12 {
        log.append(vec![heavy(revision, "a", MIB)], start);
    }
    let kept = read(&mut watch(&log, 4, Interest::All)).expect("read");
    assert_eq!(kept, (5..12).collect::<Vec<_>>(), "eight MiB are too much, even if fresh");
    assert_eq!(read(&mut slow), Err(StorageError::Compacted { requested: 1, oldest: 4 }));
    log.trim(start + Duration::from_secs(75));
    assert_eq!(read(&mut watch(&log, 4, Interest::All)), Ok(kept));
    log.trim(start + Duration::from_secs(76));
    assert_eq!(read(&mut watch(&log, 9, Interest::All)), Ok(vec![10, 11]));
    assert!(log.cursor(8, Interest::All, Arc::new(())).is_err());
    assert!(log.held() < 3 * MIB, "{} bytes are held", log.held());
}

#[test]
fn old_events_go_when_there_are_many() {
    let log = small(75, 64 * MIB, 64 * MIB, 1000);
    let start = Instant::now();
    for revision in 2..3002 {
        log.append(vec![created(revision, "a")], start);
    }
    assert_eq!(read(&mut watch(&log, 1, Interest::All)).map(|read| read.len()), Ok(3000));
    log.append(vec![created(3002, "a")], start + Duration::from_secs(100));
    let floor = log.floor();
    assert!((2002..2258).contains(&floor), "{floor}: up to a chunk less than a thousand stay");
    let left = read(&mut watch(&log, floor, Interest::All)).expect("read");
    assert_eq!(left, (floor + 1..=3002).collect::<Vec<_>>());
}

#[test]
fn frames_and_copies_are_booked() {
    let log = log(History::default());
    let mut cursor = watch(&log, 1, Interest::All);
    log.append(vec![heavy(2, "a", 1000)], Instant::now());
    let before = log.held();
    let mut events = Vec::new();
    cursor.read(&mut events, 1).expect("read");
    events[0].frame(0, || vec![0; 5000].into());
    events[0].frame(0, || unreachable!("a frame is made once"));
    assert_eq!(log.held(), before + 5000);
    let gone = events[0].gone().expect("there was an object").wire().len();
    assert_eq!(log.held(), before + 5000 + gone);
    drop(events);
    log.reset(2);
    assert_eq!(log.held(), 0);
}

#[test]
fn a_quiet_cursor_survives_what_it_does_not_care_for() {
    let log = small(0, MIB, MIB, 1000);
    let mut quiet = watch(&log, 1, namespace("quiet"));
    let mut loud = watch(&log, 1, namespace("loud"));
    for revision in 2..20 {
        log.append(vec![heavy(revision, "loud/a", MIB)], Instant::now());
        log.advance(revision);
    }
    assert!(matches!(read(&mut loud), Err(StorageError::Compacted { requested: 1, .. })));
    assert_eq!((read(&mut quiet), quiet.revision()), (Ok(vec![]), 19));
    log.append(vec![created(20, "quiet/a"), heavy(21, "loud/a", 1)], Instant::now());
    assert!(read(&mut quiet).expect("read").contains(&20));
}

#[test]
fn after_a_gap_every_cursor_is_told() {
    let log = log(History::default());
    let mut cursors = [watch(&log, 1, Interest::All), watch(&log, 1, namespace("quiet"))];
    let bell = Arc::new(Bell::default());
    for cursor in &mut cursors {
        assert!(poll(cursor, &bell).is_pending());
    }
    log.reset(9);
    assert_eq!(bell.rung(), 2);
    for cursor in &mut cursors {
        assert!(poll(cursor, &bell).is_ready());
        assert_eq!(read(cursor), Err(StorageError::Compacted { requested: 1, oldest: 9 }));
    }
    let mut new = watch(&log, 9, Interest::All);
    assert!(poll(&mut new, &bell).is_pending());
    log.append(vec![created(10, "a")], Instant::now());
    assert_eq!(read(&mut new), Ok(vec![10]));
}

/// Watchers of every sort wait while a writer writes: each reads what it wants, once and in order, and none sleeps
/// through a change.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn no_wake_up_is_lost() {
    const LAST: u64 = 5001;
    let log = log(History::default());
    let key = |revision: u64| format!("ns{}/n{}", revision % 3, revision % 7);
    let mut watching = Vec::new();
    for number in 0..60_u64 {
        let interest = match number % 3 {
            0 => Interest::All,
            1 => namespace("ns1"),
            _ => Interest::Object("ns2/n3".to_owned()),
        };
        let wanted: fn(&str) -> bool = match number % 3 {
            0 => |_| true,
            1 => |key| key.starts_with("ns1/"),
            _ => |key| key == "ns2/n3",
        };
        let expected: Vec<_> = (2..=LAST).filter(|revision| wanted(&key(*revision))).collect();
        let mut cursor = watch(&log, 1, interest);
        watching.push(tokio::spawn(async move {
            let (mut seen, mut events) = (Vec::new(), Vec::new());
            while seen.len() < expected.len() {
                poll_fn(|cx| cursor.poll_changed(cx)).await;
                cursor.read(&mut events, 64).expect("read");
                let own = events.drain(..).filter(|event| wanted(event.key()));
                seen.extend(own.map(|event| event.revision));
            }
            assert_eq!(seen, expected);
        }));
    }
    let writing = std::thread::spawn(move || {
        let mut revision = 2;
        while revision <= LAST {
            let batch = (revision..=LAST).take(1 + usize::try_from(revision % 5).unwrap_or(0));
            let events: Vec<_> = batch.map(|revision| created(revision, &key(revision))).collect();
            revision += events.len() as u64;
            log.append(events, Instant::now());
            std::thread::yield_now();
        }
    });
    for watcher in watching {
        let waited = tokio::time::timeout(Duration::from_secs(60), watcher).await;
        waited.expect("a watcher sleeps through a change").expect("no panic");
    }
    writing.join().expect("no panic");
}
