//! What is particular to the directory: one process, damage, faults of the disk.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use redb::backends::FileBackend;

use super::directory::{Directory, create};
use super::*;
use crate::storage::engine::Value;
use crate::storage::testing::{Plain, text, value};
use crate::storage::{Interest, Store};

async fn put(
    engine: &EmbeddedEngine,
    key: &str,
    expected: u64,
    value: Option<Value>,
) -> Result<u64, StorageError> {
    engine.commit(Write { key: key.to_owned(), expected, value }).await
}

fn directory() -> tempfile::TempDir {
    tempfile::tempdir().expect("a temporary directory")
}

#[tokio::test]
async fn one_process_serves_a_directory_at_a_time() {
    let directory = directory();
    let first = EmbeddedEngine::open(directory.path()).expect("open");
    let refused = EmbeddedEngine::open(directory.path()).expect_err("the directory is taken");
    let path = directory.path().display();
    let sentence =
        format!("the data directory {path} is served by another process; only one can serve it at a time");
    assert_eq!(refused, StorageError::Unreachable(sentence));
    put(&first, "/a", 0, Some(value("a"))).await.expect("create");
    drop(first);
    let second = EmbeddedEngine::open(directory.path()).expect("the directory is free again");
    assert_eq!(second.range(Range::default()).await.expect("range").records.len(), 1);
    second.close().await.expect("close");
    assert!(matches!(put(&second, "/b", 0, Some(value("b"))).await, Err(StorageError::Unreachable(_))));
    EmbeddedEngine::open(directory.path()).expect("a closed directory is free");
}

#[tokio::test]
async fn a_damaged_file_is_refused() {
    let directory = directory();
    let file = directory.path().join("resourceful.redb");
    let engine = EmbeddedEngine::open(directory.path()).expect("open");
    for number in 0..50 {
        put(&engine, &format!("/{number}"), 0, Some(value("flowers"))).await.expect("create");
    }
    drop(engine);
    let good = std::fs::read(&file).expect("read");
    let step = good.len() / 23;
    let mut refused = 0;
    for damage in (0..good.len()).step_by(step.max(1)) {
        let mut bad = good.clone();
        for byte in bad.iter_mut().skip(damage).take(512) {
            *byte ^= 0x5a;
        }
        std::fs::write(&file, &bad).expect("write");
        match opens(directory.path()).await {
            Ok(objects) => assert_eq!(objects, 50, "damage at {damage} is served"),
            Err(_) => refused += 1,
        }
    }
    assert!(refused > 0, "no damage was found");
    for bad in [&b"not a database"[..], &good[..good.len() / 2], &good[..100]] {
        std::fs::write(&file, bad).expect("write");
        let error = opens(directory.path()).await.expect_err("the file is damaged");
        assert!(
            matches!(&error, StorageError::Corrupt(text) if text.contains("resourceful.redb")),
            "{error:?}"
        );
    }
    std::fs::write(&file, &good).expect("write");
    assert_eq!(opens(directory.path()).await, Ok(50));
}

async fn opens(path: &Path) -> Result<usize, StorageError> {
    let engine = EmbeddedEngine::open(path)?;
    let page = engine.range(Range::default()).await?;
    Ok(page.records.iter().filter(|record| record.bytes == value("flowers").bytes).count())
}

#[tokio::test]
async fn a_newer_format_is_refused() {
    let directory = directory();
    drop(EmbeddedEngine::open(directory.path()).expect("open"));
    let file = directory.path().join("resourceful.redb");
    let database = create(&file).expect("open the file");
    let transaction = database.begin_write().expect("begin");
    transaction.open_table(database::META).expect("meta").insert("format", 2).expect("insert");
    transaction.commit().expect("commit");
    drop(database);
    let error = EmbeddedEngine::open(directory.path()).expect_err("the format is newer").to_string();
    assert!(error.contains("is in format 2, which this version does not know"), "{error}");
}

/// How many rows the log has.
async fn rows(engine: &EmbeddedEngine) -> u64 {
    engine.read(|database| Ok(database.rows())).await.expect("read")
}

#[tokio::test]
async fn compaction_removes_rows_while_writes_go_on() {
    let directory = directory();
    let engine = EmbeddedEngine::open(directory.path()).expect("open");
    let mut last = 0;
    for number in 0..300 {
        last = put(&engine, "/a", last, Some(value(&number.to_string()))).await.expect("replace");
        let gone = put(&engine, "/gone", 0, Some(value("gone"))).await.expect("create");
        put(&engine, "/gone", gone, None).await.expect("delete");
    }
    assert_eq!(rows(&engine).await, 900);
    engine.compact(engine.revision().await.expect("revision")).await.expect("compact");
    // What is left when the process ends is swept by the next one.
    drop(engine);
    let engine = EmbeddedEngine::open(directory.path()).expect("reopen");
    let mut written = 0;
    while rows(&engine).await > 1 + written {
        put(&engine, &format!("/b{written}"), 0, Some(value("b"))).await.expect("create");
        written += 1;
        assert!(written < 100, "the sweep does not get on");
    }
    let page = engine.range(Range::default()).await.expect("range");
    assert_eq!(page.records[0].revision, last);
    assert_eq!(page.records[0].bytes, value("299").bytes);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn writers_share_commits_and_lose_nothing() {
    let directory = directory();
    let store = Store::embedded(directory.path());
    let pots = store.collection("pots", Arc::new(Plain));
    let writing = (0..32).map(|writer| {
        let pots = pots.clone();
        tokio::spawn(async move {
            let mut last = pots.create(&format!("w{writer}"), value("0")).await.expect("create");
            for number in 1..20 {
                last = pots.replace(&last, value(&number.to_string())).await.expect("replace");
                let read = pots.snapshot().await.expect("snapshot");
                let own = read.get(last.key()).map(|object| object.revision());
                assert_eq!(own, Some(last.revision()), "a writer reads its own write");
            }
        })
    });
    for outcome in futures_util::future::join_all(writing).await {
        outcome.expect("no panic");
    }
    drop((pots, store));
    let store = Store::embedded(directory.path());
    let pots = store.collection("pots", Arc::new(Plain));
    let read = pots.snapshot().await.expect("snapshot");
    assert_eq!((read.len(), read.revision()), (32, 1 + 32 * 20));
    assert!(read.range("", "").all(|object| text(object) == "19"));
}

/// A file that fails when a countdown ends, and works again when it is wound up.
#[derive(Debug)]
struct Failing {
    file: FileBackend,
    left: Arc<AtomicI64>,
    error: fn() -> std::io::Error,
}

impl Failing {
    fn count(&self) -> std::io::Result<()> {
        if self.left.fetch_sub(1, Ordering::Relaxed) > 0 { Ok(()) } else { Err((self.error)()) }
    }
}

impl redb::StorageBackend for Failing {
    fn len(&self) -> std::io::Result<u64> {
        self.file.len()
    }

    fn read(&self, offset: u64, out: &mut [u8]) -> std::io::Result<()> {
        self.file.read(offset, out)
    }

    fn set_len(&self, len: u64) -> std::io::Result<()> {
        self.count()?;
        self.file.set_len(len)
    }

    fn sync_data(&self) -> std::io::Result<()> {
        self.count()?;
        self.file.sync_data()
    }

    fn write(&self, offset: u64, data: &[u8]) -> std::io::Result<()> {
        self.count()?;
        self.file.write(offset, data)
    }

    fn close(&self) -> std::io::Result<()> {
        self.file.close()
    }
}

fn failing(path: &Path, left: &Arc<AtomicI64>, error: fn() -> std::io::Error) -> EmbeddedEngine {
    try_failing(path, left, error).expect("open")
}

fn try_failing(
    path: &Path,
    left: &Arc<AtomicI64>,
    error: fn() -> std::io::Error,
) -> Result<EmbeddedEngine, StorageError> {
    let left = Arc::clone(left);
    let create = move |file: &Path| {
        let file =
            std::fs::OpenOptions::new().read(true).write(true).create(true).truncate(false).open(file)?;
        let backend = Failing { file: FileBackend::new(file)?, left: Arc::clone(&left), error };
        redb::Builder::new().set_cache_size(1 << 20).create_with_backend(backend)
    };
    EmbeddedEngine::open_directory(Directory::lock_with(path, Box::new(create))?)
}

/// Lets the n-th call to the disk fail, for every n until all of it works: what was acknowledged is there after the
/// disk has recovered, revisions never go back, and collections show what the disk has.
#[tokio::test]
async fn the_nth_call_to_the_disk_fails() {
    for n in 0.. {
        let directory = directory();
        let left = Arc::new(AtomicI64::new(i64::MAX));
        let store = Store::new(failing(directory.path(), &left, || std::io::Error::other("the disk broke")));
        let pots = store.collection("pots", Arc::new(Plain));
        let mut newest = pots.create("first", value("first")).await.expect("create").revision();
        left.store(n, Ordering::Relaxed);
        let mut acknowledged = vec!["first".to_owned()];
        let mut failures = 0;
        for number in 0..4 {
            let name = format!("n{number}");
            match pots.create(&name, value(&name)).await {
                Ok(stored) => {
                    assert!(stored.revision() > newest, "revisions went back");
                    newest = stored.revision();
                    acknowledged.push(name);
                }
                Err(_) => failures += 1,
            }
        }
        left.store(i64::MAX, Ordering::Relaxed);
        let last = pots.create("last", value("last")).await.expect("the disk has recovered");
        assert!(last.revision() > newest);
        acknowledged.push("last".to_owned());
        let seen = pots.snapshot().await.expect("snapshot");
        drop((pots, store));
        let reopened = EmbeddedEngine::open(directory.path()).expect("reopen");
        let page = reopened.range(Range::default()).await.expect("range");
        let keys: Vec<_> = page.records.iter().map(|record| record.key.trim_start_matches("pots/")).collect();
        for name in &acknowledged {
            assert!(keys.contains(&name.as_str()), "{name} was lost when call {n} failed");
        }
        let shown: Vec<_> = seen.range("", "").map(|object| object.key()).collect();
        assert_eq!(shown, keys, "after call {n} failed");
        if failures == 0 {
            assert!(n > 4, "no call failed");
            return;
        }
    }
}

#[tokio::test]
async fn a_full_disk_says_so_and_reads_go_on() {
    let directory = directory();
    let left = Arc::new(AtomicI64::new(i64::MAX));
    let full = || std::io::Error::from(std::io::ErrorKind::StorageFull);
    let store = Store::new(failing(directory.path(), &left, full));
    let pots = store.collection("pots", Arc::new(Plain));
    let first = pots.create("a", value("one")).await.expect("create");
    let mut cursor = pots.watch(first.revision(), Interest::All).await.expect("watch");
    left.store(0, Ordering::Relaxed);
    for _ in 0..3 {
        let error = pots.replace(&first, value("two")).await.expect_err("the disk is full");
        assert!(matches!(error, StorageError::Full(_)), "{error:?}");
    }
    let read = pots.snapshot().await.expect("reads go on");
    assert_eq!(read.get("a").map(|object| text(object)), Some("one".to_owned()));
    left.store(i64::MAX, Ordering::Relaxed);
    // Whether there is room is not asked at every write.
    let second = loop {
        match pots.replace(&first, value("two")).await {
            Err(StorageError::Full(_)) => tokio::time::sleep(std::time::Duration::from_millis(10)).await,
            outcome => break outcome.expect("there is room again"),
        }
    };
    let mut events = Vec::new();
    cursor.read(&mut events, 10).expect("read");
    let revisions: Vec<_> = events.iter().map(|event| event.revision).collect();
    assert_eq!(revisions, [second.revision()]);
}

/// A disk that fails while the file is made smaller costs nothing but the attempt.
#[tokio::test]
async fn a_file_that_could_not_shrink_holds_what_it_held() {
    let directory = directory();
    let file = directory.path().join("resourceful.redb");
    let engine = EmbeddedEngine::open(directory.path()).expect("open");
    let large = value(&"x".repeat(200_000));
    for number in 0..110 {
        let at = put(&engine, &format!("/{number:03}"), 0, Some(large.clone())).await.expect("create");
        if number % 30 != 0 && number < 105 {
            put(&engine, &format!("/{number:03}"), at, None).await.expect("delete");
        }
    }
    engine.compact(engine.revision().await.expect("revision")).await.expect("compact");
    for number in 0..10 {
        put(&engine, &format!("/sweep/{number}"), 0, Some(value("sweep"))).await.expect("create");
    }
    let before = engine.range(Range::default()).await.expect("range").records;
    drop(engine);
    let large = std::fs::read(&file).expect("read");
    let mut failed = 0;
    for n in (0..).map(|power| 1_i64 << power) {
        std::fs::write(&file, &large).expect("write");
        let left = Arc::new(AtomicI64::new(n));
        let opened = try_failing(directory.path(), &left, || std::io::Error::other("the disk broke"));
        drop(opened);
        let engine = EmbeddedEngine::open(directory.path()).expect("the disk works again");
        assert_eq!(engine.range(Range::default()).await.expect("range").records, before, "after {n} calls");
        put(&engine, "/more", 0, Some(value("more"))).await.expect("it is written to");
        if left.load(Ordering::Relaxed) > 0 {
            break;
        }
        failed += 1;
    }
    let small = std::fs::metadata(&file).expect("there is a file").len();
    assert!(failed > 3 && small < large.len() as u64 / 2, "{failed} failed, {} became {small}", large.len());
}
