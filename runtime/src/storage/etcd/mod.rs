//! The engine on an etcd cluster, which any number of servers share.
//!
//! Keys are `<prefix>/<group>/<plural>/<namespace>/<name>`, values the objects' JSON; a key's revision is etcd's
//! `mod_revision`. Objects and revisions are what other clients of etcd see, and what they write is served, too.
//!
//! | file | what it does |
//! |---|---|
//! | `client` | calls: which member, how long, what is tried again |
//! | `failure` | what a failed call means |
//! | `feed` | one watch stream for each follower, resumed after any break |
//! | `revision` | the newest revision, read once for all who ask at the same time |
//! | `lease` | time to live |
//! | `compactor` | forgets history, by one of the servers at a time |
//! | `tls` | certificates, and which flag to look at |
//! | `proto` | the messages |

mod client;
mod compactor;
mod failure;
mod feed;
mod lease;
mod options;
mod proto;
mod revision;
mod tls;

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};

use bytes::Bytes;
use futures_core::future::BoxFuture;

use self::client::Client;
use self::failure::{Failure, Refusal};
use self::feed::{Feed, Wishes};
use self::lease::Leases;
pub use self::options::EtcdOptions;
use self::proto::{
    CompactionRequest, Compare, DeleteRangeRequest, KeyValue, PutRequest, RangeRequest, Request,
    ResponseHeader, TxnRequest,
};
use self::revision::Revisions;
use super::StorageError;
use super::engine::{ChangeSink, Engine, Page, Range, Record, Write};

/// An engine on an etcd cluster, version 3.4 or newer. Dropping it ends its watches.
///
/// Consistent reads from memory need etcd to say how far a watch has come. It does so reliably from 3.4.31 and 3.5.13 on;
/// with older members a list that meets writes of other kinds reads its range from etcd.
pub struct EtcdEngine {
    client: Arc<Client>,
    prefix: String,
    revisions: Revisions,
    leases: Leases,
    wishes: Wishes,
    compacted: Compacted,
    /// The bytes of a record, as the last page had them.
    average: AtomicUsize,
}

/// The highest revision that is known to be compacted.
type Compacted = Arc<AtomicU64>;

/// How many bytes a page should have.
const PAGE: usize = 4 << 20;
/// What a record is taken to have before one was seen.
const RECORD: usize = 8 << 10;

impl EtcdEngine {
    /// Connects to a cluster.
    ///
    /// Fails with [`StorageError::Unreachable`] when the options are wrong, a file cannot be read, or no member answers.
    pub async fn connect(options: EtcdOptions) -> Result<Self, StorageError> {
        let client = Arc::new(Client::new(&options, options.location())?);
        let prefix = format!("/{}", options.prefix.trim_matches('/'));
        let prefix = prefix.trim_end_matches('/').to_owned();
        let revisions = Revisions::read_by(Arc::clone(&client), format!("{prefix}/").into());
        revisions.newest().await.map_err(|error| advised(error, &options))?;
        let compacted = Compacted::default();
        let interval = options.compaction_interval;
        if !interval.is_zero() {
            tokio::spawn(compactor::run(Arc::clone(&client), interval, Arc::clone(&compacted)));
        }
        Ok(Self {
            leases: Leases::new(Arc::clone(&client)),
            client,
            prefix,
            revisions,
            wishes: Wishes::default(),
            compacted,
            average: AtomicUsize::new(RECORD),
        })
    }

    fn key(&self, key: &str) -> Bytes {
        [&self.prefix, key].concat().into()
    }

    async fn read_range(&self, range: Range) -> Result<Page, StorageError> {
        let prefix = self.key(&range.prefix);
        let start = if range.after < range.prefix { prefix.clone() } else { after(&self.key(&range.after)) };
        let mut request = RangeRequest {
            key: start,
            range_end: end(&prefix),
            revision: signed(range.revision.unwrap_or(0)),
            ..RangeRequest::default()
        };
        loop {
            let limit = self.page_limit(range.limit);
            request.limit = i64::try_from(limit).unwrap_or(i64::MAX);
            let answer = match self.client.read(request.clone()).await {
                Ok(answer) => answer,
                Err(Failure::Refused(Refusal::AnswerTooLarge)) if limit > 1 => {
                    self.average.store(PAGE / (limit / 2), Ordering::Relaxed);
                    continue;
                }
                Err(failure) => return Err(self.read_error(failure, range.revision).await),
            };
            let revision = range.revision.unwrap_or_else(|| newest(answer.header.as_ref()));
            let bytes: usize = answer.kvs.iter().map(|kv| kv.value.len()).sum();
            if let Some(average) = bytes.checked_div(answer.kvs.len()) {
                self.average.store(average, Ordering::Relaxed);
            }
            let Some(last) = answer.kvs.last() else { return Ok(Page { revision, ..Page::default() }) };
            request.key = after(&last.key);
            request.revision = signed(revision);
            let records: Vec<_> = answer.kvs.iter().filter_map(|kv| record(kv, &self.prefix)).collect();
            if !records.is_empty() || !answer.more {
                return Ok(Page { records, revision, more: answer.more });
            }
        }
    }

    /// How many records to ask for.
    fn page_limit(&self, wanted: usize) -> usize {
        let limit = (PAGE / self.average.load(Ordering::Relaxed).max(1)).clamp(1, 10_000);
        if wanted == 0 { limit } else { limit.min(wanted) }
    }

    /// The error of a read at a revision.
    async fn read_error(&self, failure: Failure, revision: Option<u64>) -> StorageError {
        let requested = revision.unwrap_or(0);
        match failure {
            Failure::Refused(Refusal::Compacted) => {
                let known = self.compacted.load(Ordering::Relaxed);
                StorageError::Compacted { requested, oldest: known.max(requested + 1) }
            }
            Failure::Refused(Refusal::Future) => match self.revisions.newest().await {
                Ok(current) => StorageError::FutureRevision { requested, current },
                Err(error) => error,
            },
            failure => failure.into_error(self.client.location()),
        }
    }

    async fn write(&self, write: Write) -> Result<u64, StorageError> {
        let key = self.key(&write.key);
        if write.value.is_none() && write.expected == 0 {
            // Nothing is never deleted, but the writer is told what is there.
            let request = RangeRequest { key, keys_only: true, ..RangeRequest::default() };
            let found = self.client.read(request).await;
            let found = found.map_err(|failure| failure.into_error(self.client.location()))?;
            return refused(&write, found.kvs.first());
        }
        let lease = match write.value.as_ref().and_then(|value| value.ttl) {
            Some(ttl) => self.leases.lease(ttl).await?,
            None => 0,
        };
        let done = match &write.value {
            Some(value) => Request::Put(PutRequest { key: key.clone(), value: value.bytes.clone(), lease }),
            None => Request::DeleteRange(DeleteRangeRequest { key: key.clone() }),
        };
        let instead = RangeRequest { key: key.clone(), keys_only: true, ..RangeRequest::default() };
        let transaction = TxnRequest {
            compare: vec![Compare::mod_revision(key, signed(write.expected))],
            success: vec![done.into()],
            failure: vec![Request::Range(instead).into()],
        };
        match self.client.write(transaction).await {
            Ok(answer) if answer.succeeded => Ok(newest(answer.header.as_ref())),
            Ok(answer) => refused(&write, answer.found()),
            Err(Failure::Unknown(why)) => {
                Err(StorageError::Uncertain(format!("{}: {why}", self.client.location())))
            }
            Err(failure) => Err(failure.into_error(self.client.location())),
        }
    }

    async fn feed(
        &self,
        prefix: String,
        revision: u64,
        sink: Arc<dyn ChangeSink>,
    ) -> Result<(), StorageError> {
        // A watch would be told of a compaction later only.
        let held = RangeRequest {
            key: self.key(&prefix),
            revision: signed(revision.max(1)),
            keys_only: true,
            ..RangeRequest::default()
        };
        match self.client.read(held).await {
            Ok(_) | Err(Failure::Refused(Refusal::Future)) => {}
            Err(failure) => return Err(self.read_error(failure, Some(revision)).await),
        }
        let range = (self.key(&prefix), end(&self.key(&prefix)));
        let feed = Feed {
            client: Arc::clone(&self.client),
            own: self.prefix.clone(),
            range,
            position: revision,
            sink,
            wish: self.wishes.add(prefix),
            compacted: Arc::clone(&self.compacted),
        };
        tokio::spawn(feed.run());
        Ok(())
    }

    async fn forget(&self, revision: u64) -> Result<(), StorageError> {
        match self.client.read(CompactionRequest { revision: signed(revision) }).await {
            Ok(_) => {
                self.compacted.fetch_max(revision, Ordering::Relaxed);
                Ok(())
            }
            Err(Failure::Refused(Refusal::Compacted)) => Ok(()),
            Err(failure) => Err(self.read_error(failure, Some(revision)).await),
        }
    }
}

impl Engine for EtcdEngine {
    fn revision(&self) -> BoxFuture<'_, Result<u64, StorageError>> {
        Box::pin(self.revisions.newest())
    }

    fn range(&self, range: Range) -> BoxFuture<'_, Result<Page, StorageError>> {
        Box::pin(self.read_range(range))
    }

    fn commit(&self, write: Write) -> BoxFuture<'_, Result<u64, StorageError>> {
        Box::pin(self.write(write))
    }

    fn follow(
        &self,
        prefix: String,
        after: u64,
        sink: Arc<dyn ChangeSink>,
    ) -> BoxFuture<'_, Result<(), StorageError>> {
        Box::pin(self.feed(prefix, after, sink))
    }

    fn compact(&self, revision: u64) -> BoxFuture<'_, Result<(), StorageError>> {
        Box::pin(self.forget(revision))
    }

    fn location(&self) -> String {
        self.client.location().to_owned()
    }

    fn request_progress(&self, prefix: &str, revision: u64) -> bool {
        self.wishes.wish(prefix, revision)
    }

    fn compacts_itself(&self) -> bool {
        true
    }

    fn close(&self) -> BoxFuture<'_, Result<(), StorageError>> {
        Box::pin(async {
            self.client.close();
            Ok(())
        })
    }
}

impl Drop for EtcdEngine {
    fn drop(&mut self) {
        self.client.close();
    }
}

impl fmt::Debug for EtcdEngine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("EtcdEngine").field(&self.client.location()).finish()
    }
}

/// Says what may be wrong when members hang up on us: who has no certificate learns no more than that.
fn advised(error: StorageError, options: &EtcdOptions) -> StorageError {
    let StorageError::Unreachable(why) = error else { return error };
    if why.contains("--etcd-") || why.contains("onnection refused") {
        return StorageError::Unreachable(why);
    }
    let plain = options.servers.iter().any(|server| server.starts_with("http://"));
    let hint = match (options.ca_file.is_some() && !plain, &options.cert_file) {
        (true, Some(_)) => {
            "; if etcd refuses the certificate of --etcd-certfile, its own log says so; if it speaks no TLS, \
             --etcd-servers must say http://"
        }
        (true, None) => {
            "; if etcd asks its clients for a certificate, give one with --etcd-certfile and --etcd-keyfile; if it speaks \
             no TLS, --etcd-servers must say http://"
        }
        (false, _) => {
            "; if etcd speaks TLS, --etcd-servers must say https:// and --etcd-cafile name its issuer"
        }
    };
    StorageError::Unreachable(why + hint)
}

/// The refusal of a write that found a key as it is.
fn refused(write: &Write, found: Option<&KeyValue>) -> Result<u64, StorageError> {
    let actual = found.map_or(0, |kv| unsigned(kv.mod_revision));
    write.check(actual)?;
    Err(StorageError::Conflict { expected: write.expected, actual })
}

/// A record below our prefix; what has no text for a key is none of ours.
fn record(kv: &KeyValue, prefix: &str) -> Option<Record> {
    let key = std::str::from_utf8(&kv.key).ok()?.strip_prefix(prefix)?;
    Some(Record { key: key.to_owned(), revision: unsigned(kv.mod_revision), bytes: kv.value.clone() })
}

fn newest(header: Option<&ResponseHeader>) -> u64 {
    header.map_or(0, |header| unsigned(header.revision))
}

/// The first key after this one.
fn after(key: &[u8]) -> Bytes {
    [key, b"\0"].concat().into()
}

/// The first key after all that begin with a prefix. Ours are text, and never end with the highest byte.
fn end(prefix: &[u8]) -> Bytes {
    let mut end = prefix.to_vec();
    if let Some(last) = end.last_mut() {
        *last = last.saturating_add(1);
    }
    end.into()
}

/// etcd's revisions are signed, and never below 0.
fn signed(revision: u64) -> i64 {
    i64::try_from(revision).unwrap_or(i64::MAX)
}

fn unsigned(revision: i64) -> u64 {
    u64::try_from(revision).unwrap_or(0)
}
