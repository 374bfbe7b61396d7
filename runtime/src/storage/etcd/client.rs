//! Calls to a cluster: which member, how long, and what is tried again.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use http::uri::PathAndQuery;
use tokio::sync::watch;
use tokio::time::{Instant, sleep, timeout_at};
use tonic::client::Grpc;
use tonic::metadata::MetadataValue;
use tonic::transport::{Channel, ClientTlsConfig, Endpoint};
use tonic::{Request, Streaming};
use tonic_prost::ProstCodec;

use super::failure::Failure;
use super::options::EtcdOptions;
use super::proto::{
    CompactionRequest, CompactionResponse, LeaseGrantRequest, LeaseGrantResponse, RangeRequest,
    RangeResponse, StatusRequest, StatusResponse, TxnRequest, TxnResponse, WatchRequest, WatchResponse,
};
use super::tls;
use crate::storage::StorageError;

/// How long one member may take to answer a read before another one is asked. Longer than an election takes.
const READ_PATIENCE: Duration = Duration::from_secs(3);
/// How long a read is tried, and how long the answer to a write is waited for.
const DEADLINE: Duration = Duration::from_secs(10);
/// How long to wait when no member could be reached, before the next round.
const PAUSE: Duration = Duration::from_millis(50);
/// How long a connection may take, and how long it may be silent: asked after the first time, given up after both.
pub(super) const CONNECT: Duration = Duration::from_secs(3);
const KEEP_ALIVE: (Duration, Duration) = (Duration::from_secs(2), Duration::from_secs(3));
/// The largest answer that is read. Pages are much smaller; a single object may be large.
const LARGEST: usize = 64 << 20;
/// The bytes that may be under way to us, for each stream and for each connection.
const WINDOW: (u32, u32) = (1 << 20, 8 << 20);

/// The members of a cluster, one of which is asked until it fails.
pub(super) struct Client {
    members: Vec<Channel>,
    current: AtomicUsize,
    closed: watch::Sender<bool>,
    location: String,
}

/// One member; calls go to it alone.
#[derive(Clone)]
pub(super) struct Member {
    grpc: Grpc<Channel>,
    number: usize,
}

/// A call whose request and answer are whole messages.
pub(super) trait Call: prost::Message + Clone + 'static {
    const PATH: &'static str;
    type Answer: prost::Message + Default + 'static;
}

macro_rules! calls {
    ($($request:ty => $path:literal => $answer:ty;)*) => {
        $(impl Call for $request {
            const PATH: &'static str = $path;
            type Answer = $answer;
        })*
    };
}

calls! {
    RangeRequest => "/etcdserverpb.KV/Range" => RangeResponse;
    TxnRequest => "/etcdserverpb.KV/Txn" => TxnResponse;
    CompactionRequest => "/etcdserverpb.KV/Compact" => CompactionResponse;
    LeaseGrantRequest => "/etcdserverpb.Lease/LeaseGrant" => LeaseGrantResponse;
    StatusRequest => "/etcdserverpb.Maintenance/Status" => StatusResponse;
}

impl Client {
    /// A client of a cluster; it connects when it is used. Fails when the options are wrong or a file cannot be read.
    pub(super) fn new(options: &EtcdOptions, location: String) -> Result<Self, StorageError> {
        let tls = tls::config(options)?;
        let members = options.servers.iter().map(|server| member(server, tls.as_ref()));
        let members = members.collect::<Result<Vec<_>, _>>()?;
        if members.is_empty() {
            return Err(unusable("no etcd server is named"));
        }
        Ok(Self { members, current: AtomicUsize::new(0), closed: watch::Sender::new(false), location })
    }

    /// Where the cluster is, for people.
    pub(super) fn location(&self) -> &str {
        &self.location
    }

    /// The member that is asked now.
    pub(super) fn member(&self) -> Member {
        let number = self.current.load(Ordering::Relaxed) % self.members.len();
        let grpc = Grpc::new(self.members[number].clone()).max_decoding_message_size(LARGEST);
        Member { grpc: grpc.max_encoding_message_size(usize::MAX), number }
    }

    /// Asks the next member from now on, unless that was decided already.
    pub(super) fn avoid(&self, member: &Member) {
        let next = (member.number + 1) % self.members.len();
        let _ = self.current.compare_exchange(member.number, next, Ordering::Relaxed, Ordering::Relaxed);
    }

    /// Calls something that may be called again: a member that does not answer is left for the next.
    pub(super) async fn read<R: Call>(&self, request: R) -> Result<R::Answer, Failure> {
        let deadline = Instant::now() + DEADLINE;
        self.until_closed(async {
            let mut failures = 0;
            loop {
                let mut member = self.member();
                let patience = deadline.min(Instant::now() + READ_PATIENCE);
                let failure = match member.call(request.clone(), patience).await {
                    Err(failure @ (Failure::Unsent(_) | Failure::Untrusted(_) | Failure::Unknown(_))) => {
                        failure
                    }
                    settled => return settled,
                };
                failures += 1;
                self.next(&member, failures, deadline, failure).await?;
            }
        })
        .await
    }

    /// Calls something that may be called once only: it is sent again only if it was not sent.
    pub(super) async fn write<R: Call>(&self, request: R) -> Result<R::Answer, Failure> {
        let deadline = Instant::now() + DEADLINE;
        self.until_closed(async {
            let mut failures = 0;
            loop {
                let mut member = self.member();
                let failure = match member.call(request.clone(), deadline).await {
                    Err(failure @ (Failure::Unsent(_) | Failure::Untrusted(_))) => failure,
                    Err(failure @ Failure::Unknown(_)) => {
                        self.avoid(&member);
                        return Err(failure);
                    }
                    settled => return settled,
                };
                failures += 1;
                self.next(&member, failures, deadline, failure).await?;
            }
        })
        .await
    }

    /// Turns to the next member, after a pause when all have failed. Fails when it is too late, or of no use.
    async fn next(
        &self,
        member: &Member,
        failures: usize,
        deadline: Instant,
        why: Failure,
    ) -> Result<(), Failure> {
        self.avoid(member);
        let all = failures.is_multiple_of(self.members.len());
        let pause = if all { PAUSE } else { Duration::ZERO };
        if Instant::now() + pause >= deadline || (all && matches!(why, Failure::Untrusted(_))) {
            return Err(why);
        }
        sleep(pause).await;
        Ok(())
    }

    async fn until_closed<T>(&self, call: impl Future<Output = Result<T, Failure>>) -> Result<T, Failure> {
        if *self.closed.borrow() {
            return Err(Failure::Unsent("the store is closed".to_owned()));
        }
        call.await
    }

    /// Ends it: nothing is asked any more.
    pub(super) fn close(&self) {
        self.closed.send_replace(true);
    }

    /// Tells when it has ended.
    pub(super) fn closed(&self) -> watch::Receiver<bool> {
        self.closed.subscribe()
    }
}

impl Member {
    /// Calls this member, until a deadline.
    pub(super) async fn call<R: Call>(
        &mut self,
        request: R,
        deadline: Instant,
    ) -> Result<R::Answer, Failure> {
        if timeout_at(deadline, self.ready()).await.map_err(|_| silent("it takes no request"))?.is_err() {
            return Err(silent("the connection cannot be used"));
        }
        let codec = ProstCodec::<R, R::Answer>::default();
        let call = self.grpc.unary(Request::new(request), PathAndQuery::from_static(R::PATH), codec);
        match timeout_at(deadline, call).await {
            Ok(answer) => Ok(answer?.into_inner()),
            Err(_) => Err(Failure::Unknown("no answer in time".to_owned())),
        }
    }

    /// Opens a watch, which this member ends when it has no leader.
    pub(super) async fn watch(
        &mut self,
        requests: impl futures_core::Stream<Item = WatchRequest> + Send + 'static,
    ) -> Result<Streaming<WatchResponse>, Failure> {
        let deadline = Instant::now() + CONNECT;
        if timeout_at(deadline, self.ready()).await.map_err(|_| silent("it takes no request"))?.is_err() {
            return Err(silent("the connection cannot be used"));
        }
        let mut request = Request::new(requests);
        request.metadata_mut().insert("hasleader", MetadataValue::from_static("true"));
        let codec = ProstCodec::<WatchRequest, WatchResponse>::default();
        let path = PathAndQuery::from_static("/etcdserverpb.Watch/Watch");
        match timeout_at(deadline, self.grpc.streaming(request, path, codec)).await {
            Ok(answers) => Ok(answers?.into_inner()),
            Err(_) => Err(silent("no answer in time")),
        }
    }

    async fn ready(&mut self) -> Result<(), tonic::transport::Error> {
        self.grpc.ready().await
    }
}

fn silent(why: &str) -> Failure {
    Failure::Unsent(why.to_owned())
}

pub(super) fn unusable(why: &str) -> StorageError {
    StorageError::Unreachable(why.to_owned())
}

/// A channel to one member, not yet connected.
fn member(server: &str, tls: Option<&ClientTlsConfig>) -> Result<Channel, StorageError> {
    let address = match (server.contains("://"), tls) {
        (true, _) => server.to_owned(),
        (false, Some(_)) => format!("https://{server}"),
        (false, None) => format!("http://{server}"),
    };
    let wrong =
        |why: &dyn std::fmt::Display| unusable(&format!("the etcd server {server:?} cannot be used: {why}"));
    let endpoint = Endpoint::from_shared(address).map_err(|error| wrong(&error))?;
    let is_secure = match endpoint.uri().scheme_str() {
        Some("https") => true,
        Some("http") => false,
        _ => return Err(wrong(&"its address must begin with http:// or https://")),
    };
    let mut endpoint = endpoint
        .connect_timeout(CONNECT)
        .tcp_nodelay(true)
        .http2_keep_alive_interval(KEEP_ALIVE.0)
        .keep_alive_timeout(KEEP_ALIVE.1)
        .keep_alive_while_idle(true)
        .initial_stream_window_size(WINDOW.0)
        .initial_connection_window_size(WINDOW.1);
    if is_secure {
        let tls = tls
            .cloned()
            .ok_or_else(|| wrong(&"https needs the certificate of its issuer (--etcd-cafile)"))?;
        endpoint = endpoint.tls_config(tls).map_err(|error| tls::refused(&error))?;
    }
    Ok(endpoint.connect_lazy())
}
