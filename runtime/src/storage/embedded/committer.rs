//! The one thread that writes: it makes the writes that wait durable together, feeds the sinks, and answers.

use std::sync::atomic::Ordering;
use std::sync::mpsc::{Receiver, TryRecvError};
use std::sync::{Arc, Weak};

use tokio::sync::oneshot;

use super::database::{COMPACTED, Database, INDEX, LOG, META, NEWEST, SWEPT};
use super::directory::Directory;
use super::reserve::{self, Reserve};
use super::{CHUNK, Shared};
use crate::failpoint::failpoint;
use crate::storage::StorageError;
use crate::storage::engine::{Change, ChangeSink, Write};

/// What the committer is asked to do.
pub(super) enum Command {
    Write(Write, Reply<u64>),
    Follow { prefix: String, after: u64, sink: Arc<dyn ChangeSink>, reply: Reply<()> },
    Compact(u64, Reply<()>),
    Raise(u64, Reply<u64>),
    Reopen(Reply<Arc<Database>>),
    Close(Reply<()>),
}

type Reply<T> = oneshot::Sender<Result<T, StorageError>>;
type Request = (Write, Reply<u64>);
type Outcome = Result<u64, StorageError>;

/// The most writes that become durable together.
const BATCH: usize = 256;
/// How many rows of the log are looked at in a sweep beside a small batch of writes, and in one of its own.
const SWEEP: (usize, usize) = (64, 512);

pub(super) struct Committer {
    shared: Arc<Shared>,
    directory: Arc<Directory>,
    queue: Receiver<Command>,
    sinks: Vec<(String, Arc<dyn ChangeSink>)>,
    reserve: Reserve,
    compacted: u64,
    swept: u64,
    /// The database that failed, which must be closed before it can be opened again.
    failed: Weak<Database>,
}

/// What a transaction did.
struct Done {
    outcomes: Vec<Outcome>,
    swept: u64,
}

impl Committer {
    pub(super) fn new(shared: Arc<Shared>, directory: Arc<Directory>, queue: Receiver<Command>) -> Self {
        let start = shared.database().map(|database| database.start()).ok();
        let (compacted, swept) = start.map_or((0, 0), |start| (start.compacted, start.swept));
        let reserve = Reserve::in_directory(directory.path());
        Self { shared, directory, queue, sinks: Vec::new(), reserve, compacted, swept, failed: Weak::new() }
    }

    /// Works until the engine is closed or dropped, and then closes the database.
    pub(super) fn run(mut self) {
        let mut closing = None;
        while closing.is_none() {
            let Some(command) = self.next() else { break };
            let mut writes = Vec::new();
            let mut next = Some(command);
            while let Some(Command::Write(write, reply)) = next {
                writes.push((write, reply));
                next = if writes.len() < BATCH { self.queue.try_recv().ok() } else { None };
            }
            if !writes.is_empty() {
                self.write(writes);
            }
            closing = next.and_then(|command| self.other(command));
        }
        self.shared.set_database(Err(self.shared.closed()));
        drop(self);
        if let Some(reply) = closing {
            let _ = reply.send(Ok(()));
        }
    }

    /// Does what is no write; whoever waits for the engine to be closed is returned.
    fn other(&mut self, command: Command) -> Option<Reply<()>> {
        match command {
            Command::Follow { prefix, after, sink, reply } => {
                let _ = reply.send(self.follow(prefix, after, sink));
            }
            Command::Compact(revision, reply) => {
                let _ = reply.send(self.compact(revision));
            }
            Command::Raise(revision, reply) => {
                let _ = reply.send(self.raise(revision));
            }
            Command::Reopen(reply) => {
                let _ = reply.send(self.database());
            }
            Command::Write(write, reply) => self.write(vec![(write, reply)]),
            Command::Close(reply) => return Some(reply),
        }
        None
    }

    /// The next command. While there is none, sweeps what compaction left.
    fn next(&mut self) -> Option<Command> {
        while self.swept < self.compacted {
            match self.queue.try_recv() {
                Ok(command) => return Some(command),
                Err(TryRecvError::Disconnected) => return None,
                Err(TryRecvError::Empty) => {}
            }
            if self.commit(&[], SWEEP.1).is_err() {
                break;
            }
        }
        self.queue.recv().ok()
    }

    fn write(&mut self, mut writes: Vec<Request>) {
        writes.retain(|(_, reply)| !reply.is_closed());
        if !self.allows_growth() {
            writes = self.refuse_growth(writes);
        }
        // As much is swept as comes in, or the file would grow for as long as writers keep it busy.
        let rows = SWEEP.0.max(2 * writes.len());
        let mut committed = self.commit(&writes, rows);
        if let Err(StorageError::Full(_)) = committed {
            self.reserve.release();
            writes = self.refuse_growth(writes);
            committed = self.commit(&writes, rows);
        }
        let outcomes = committed.unwrap_or_else(|error| vec![Err(error); writes.len()]);
        let (writes, replies): (Vec<_>, Vec<_>) = writes.into_iter().unzip();
        let done = writes.into_iter().zip(&outcomes).filter_map(|(write, outcome)| {
            let revision = *outcome.as_ref().ok()?;
            Some(Change { key: write.key, revision, value: write.value })
        });
        let changes: Vec<_> = done.collect();
        failpoint("write-before-feed");
        if let Some(newest) = changes.last().map(|change| change.revision) {
            self.feed(&changes, newest);
            failpoint("write-before-newest");
            self.shared.newest.store(newest, Ordering::Release);
        }
        failpoint("write-before-replies");
        for (reply, outcome) in replies.into_iter().zip(outcomes) {
            let _ = reply.send(outcome);
            failpoint("write-after-a-reply");
        }
    }

    /// Whether there is room for more than deletes.
    fn allows_growth(&mut self) -> bool {
        let (shared, directory) = (&self.shared, &self.directory);
        self.reserve.allows_growth(|| {
            let Ok(database) = shared.database() else { return false };
            directory
                .guarded(|| database.unused().map_err(|error| directory.failed(error)))
                .is_ok_and(|unused| unused >= reserve::BYTES)
        })
    }

    /// Answers the writes for which a full disk has no room, and returns the deletes and what leads to them.
    fn refuse_growth(&self, writes: Vec<Request>) -> Vec<Request> {
        let is_delete = |(write, _): &Request| write.value.as_ref().is_none_or(|value| value.deleting);
        let (deletes, others): (Vec<_>, Vec<_>) = writes.into_iter().partition(is_delete);
        for (_, reply) in others {
            let _ = reply.send(Err(self.directory.full()));
        }
        deletes
    }

    /// Commits what it can of some writes, and sweeps a few rows on the way.
    fn commit(&mut self, writes: &[Request], rows: usize) -> Result<Vec<Outcome>, StorageError> {
        let newest = self.shared.newest.load(Ordering::Acquire);
        let (swept, compacted) = (self.swept, self.compacted);
        let done = self.transact(|database| transact(database, writes, newest, (swept, compacted, rows)))?;
        self.swept = done.swept;
        Ok(done.outcomes)
    }

    /// Runs a transaction. When it fails nobody knows what is on the disk, so the database is opened anew, the next time
    /// that it is needed.
    fn transact<T>(
        &mut self,
        run: impl FnOnce(&Database) -> Result<T, redb::Error>,
    ) -> Result<T, StorageError> {
        let database = self.database()?;
        let directory = &self.directory;
        let outcome = directory.guarded(|| run(&database).map_err(|error| directory.failed(error)));
        if let Err(error) = &outcome {
            tracing::error!(%error, "a commit failed");
            self.failed = Arc::downgrade(&database);
            self.shared.set_database(Err(error.clone()));
        }
        outcome
    }

    /// The database, opened anew if it failed.
    fn database(&mut self) -> Result<Arc<Database>, StorageError> {
        let error = match self.shared.database() {
            Ok(database) => return Ok(database),
            Err(error) => error,
        };
        if self.failed.strong_count() > 0 {
            return Err(error);
        }
        let database = Arc::new(Database::open(&self.directory)?);
        let start = database.start();
        (self.compacted, self.swept) = (start.compacted, start.swept);
        self.shared.set_database(Ok(Arc::clone(&database)));
        let newest = self.shared.newest.fetch_max(start.newest, Ordering::AcqRel);
        if newest != start.newest {
            // A commit that was answered with an error is there after all, or what was there is gone.
            for (_, sink) in self.sinks.drain(..) {
                sink.lost(error.clone());
            }
        }
        Ok(database)
    }

    /// Hands changes to the sinks, and drops the sinks that nobody needs any more.
    fn feed(&mut self, changes: &[Change], newest: u64) {
        let directory = &self.directory;
        self.sinks.retain(|(prefix, sink)| {
            let fed = directory.guarded(|| {
                let own = changes.iter().filter(|change| change.key.starts_with(prefix.as_str()));
                let own: Vec<_> = own.cloned().collect();
                if !own.is_empty() {
                    sink.apply(own);
                }
                failpoint("feed-before-progress");
                sink.progress(newest);
                Ok(())
            });
            if let Err(error) = fed {
                sink.lost(error);
            }
            !sink.is_closed()
        });
    }

    fn follow(
        &mut self,
        prefix: String,
        mut after: u64,
        sink: Arc<dyn ChangeSink>,
    ) -> Result<(), StorageError> {
        let database = self.database()?;
        loop {
            let missed = self.directory.guarded(|| database.changes(&prefix, after, CHUNK))?;
            if !missed.changes.is_empty() {
                sink.apply(missed.changes);
            }
            after = missed.until;
            if !missed.more {
                break;
            }
        }
        sink.progress(after);
        self.sinks.push((prefix, sink));
        Ok(())
    }

    /// Forgets history at once for readers; the rows are swept when there is time.
    fn compact(&mut self, revision: u64) -> Result<(), StorageError> {
        let newest = self.shared.newest.load(Ordering::Acquire);
        if revision > newest {
            return Err(StorageError::FutureRevision { requested: revision, current: newest });
        }
        if revision <= self.compacted {
            return Ok(());
        }
        self.transact(|database| {
            let transaction = database.begin_write()?;
            transaction.open_table(META)?.insert(COMPACTED, revision)?;
            failpoint("compact-before-commit");
            Ok(transaction.commit()?)
        })?;
        failpoint("compact-after-commit");
        self.compacted = revision;
        Ok(())
    }

    /// Raises the newest revision, as if something had been written and forgotten.
    fn raise(&mut self, revision: u64) -> Result<u64, StorageError> {
        let newest = self.shared.newest.load(Ordering::Acquire);
        if revision <= newest {
            return Ok(newest);
        }
        self.transact(|database| {
            let transaction = database.begin_write()?;
            transaction.open_table(META)?.insert(NEWEST, revision)?;
            Ok(transaction.commit()?)
        })?;
        self.feed(&[], revision);
        self.shared.newest.store(revision, Ordering::Release);
        Ok(revision)
    }
}

/// One transaction: the writes whose expectations hold, each seeing those before it, and a few rows of the sweep.
fn transact(
    database: &Database,
    writes: &[Request],
    mut newest: u64,
    (swept, compacted, rows): (u64, u64, usize),
) -> Result<Done, redb::Error> {
    failpoint("transaction-before-begin");
    let transaction = database.begin_write()?;
    let mut outcomes = Vec::with_capacity(writes.len());
    let before = newest;
    let swept_before = swept;
    let swept;
    {
        let mut index = transaction.open_table(INDEX)?;
        let mut log = transaction.open_table(LOG)?;
        for (write, _) in writes {
            let key = write.key.as_str();
            let actual = redb::ReadableTable::get(&index, key)?.map_or(0, |revision| revision.value());
            if let Err(error) = write.check(actual) {
                outcomes.push(Err(error));
                continue;
            }
            newest += 1;
            let bytes = write.value.as_ref().map(|value| &value.bytes[..]);
            log.insert(newest, (key, actual, bytes))?;
            match bytes {
                Some(_) => drop(index.insert(key, newest)?),
                None => drop(index.remove(key)?),
            }
            outcomes.push(Ok(newest));
            failpoint("transaction-after-a-write");
        }
        failpoint("transaction-before-sweep");
        swept = sweep(&mut log, (swept_before, compacted), rows)?;
        if newest == before && swept == swept_before {
            return Ok(Done { outcomes, swept });
        }
        let mut meta = transaction.open_table(META)?;
        meta.insert(NEWEST, newest)?;
        meta.insert(SWEPT, swept)?;
    }
    failpoint("transaction-before-commit");
    transaction.commit()?;
    failpoint("transaction-after-commit");
    Ok(Done { outcomes, swept })
}

/// Removes from the log what the next rows up to the compacted revision overwrote or deleted, and returns how far it
/// came.
fn sweep(
    log: &mut redb::Table<'_, u64, super::database::Row<'static>>,
    (swept, compacted): (u64, u64),
    rows: usize,
) -> Result<u64, redb::Error> {
    if swept >= compacted {
        return Ok(swept);
    }
    let mut superfluous = Vec::new();
    let mut until = compacted;
    for (looked_at, entry) in redb::ReadableTable::range(log, swept + 1..=compacted)?.enumerate() {
        let (revision, row) = entry?;
        if looked_at == rows {
            until = revision.value() - 1;
            break;
        }
        let (_, before, value) = row.value();
        superfluous.extend((before != 0).then_some(before));
        superfluous.extend(value.is_none().then(|| revision.value()));
    }
    for revision in superfluous {
        log.remove(revision)?;
        failpoint("sweep-after-a-row");
    }
    Ok(until)
}
