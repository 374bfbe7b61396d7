//! Listeners and connections: from a socket to the API, over TLS or without.

use std::convert::Infallible;
use std::io::{Error as IoError, ErrorKind};
use std::net::SocketAddr;
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use futures_core::future::BoxFuture;
use http::{Request, StatusCode, Version};
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::server::conn::auto::Builder;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Notify, watch};
use tokio::task::JoinSet;
use tokio::time::sleep;
#[cfg(feature = "tls")]
use tokio_rustls::TlsAcceptor;

use super::{Api, shutdown};
use crate::errors::{Error, Result};

/// How long a client may take for the TLS handshake.
#[cfg(feature = "tls")]
const HANDSHAKE_TIMEOUT: Duration = Duration::from_secs(10);

/// How long a client may take from then on until its first request is complete but for the body.
const FIRST_REQUEST_TIMEOUT: Duration = Duration::from_secs(32);

/// How long an HTTP/1.1 connection may be idle, or a further request's head take.
const IDLE_TIMEOUT: Duration = Duration::from_secs(90);

/// How long to wait before accepting again when the machine has no room for another connection.
const ACCEPT_PAUSE: Duration = Duration::from_millis(100);

/// The streams of one HTTP/2 connection. client-go multiplexes all watches of a process on one.
const MAX_STREAMS: u32 = 250;

/// The most bytes of a request's head.
const MAX_HEAD: u32 = 64 * 1024;

/// What carries HTTP.
#[derive(Clone)]
pub(crate) enum Transport {
    Plain,
    #[cfg(feature = "tls")]
    Tls(TlsAcceptor),
}

/// Begins to listen. An error says which flag, named here without its dashes, helps.
pub(crate) async fn bind(address: SocketAddr, port_flag: &str) -> Result<TcpListener> {
    TcpListener::bind(address).await.map_err(|error| {
        let remedy = match error.kind() {
            ErrorKind::AddrInUse => format!("; choose another port with --{port_flag}, or 0 for a free one"),
            ErrorKind::PermissionDenied => format!("; choose a port above 1023 with --{port_flag}"),
            ErrorKind::AddrNotAvailable => "; choose an address of this machine with --bind-address".into(),
            _ => String::new(),
        };
        Error::other(format!("cannot listen on {address}: {}{remedy}", plain(&error)))
    })
}

/// An error in plain words, where the system's are not.
fn plain(error: &IoError) -> String {
    match error.kind() {
        ErrorKind::AddrInUse => "the port is in use".into(),
        ErrorKind::AddrNotAvailable => "this machine does not have the address".into(),
        _ => error.to_string(),
    }
}

/// Serves the connections of a listener until the flag is up, and returns when the last one has ended.
pub(crate) async fn serve(
    listener: TcpListener,
    transport: Transport,
    api: Api,
    mut stopping: watch::Receiver<bool>,
) {
    let server = Arc::new(Server::new(api, stopping.clone()));
    let mut connections = JoinSet::new();
    loop {
        tokio::select! {
            accepted = listener.accept() => match accepted {
                Ok((stream, _)) => {
                    connections.spawn(Arc::clone(&server).connection(stream, transport.clone()));
                }
                Err(error) if concerns_one_connection(&error) => {}
                Err(error) => {
                    tracing::warn!("cannot accept connections: {error}");
                    tokio::select! {
                        () = sleep(ACCEPT_PAUSE) => {}
                        () = shutdown::stopped(&mut stopping) => break,
                    }
                }
            },
            Some(_) = connections.join_next() => {}
            () = shutdown::stopped(&mut stopping) => break,
        }
    }
    drop(listener);
    shutdown::drain(&server.handling, connections).await;
}

/// Whether a failed accept was the fault of the connection, so that the next one may be accepted at once.
fn concerns_one_connection(error: &IoError) -> bool {
    use ErrorKind::{ConnectionAborted, ConnectionRefused, ConnectionReset, Interrupted};
    matches!(error.kind(), ConnectionAborted | ConnectionRefused | ConnectionReset | Interrupted)
}

/// What all connections of a listener share.
struct Server {
    api: Api,
    stopping: watch::Receiver<bool>,
    /// Every request that is being handled holds a receiver.
    handling: watch::Sender<()>,
    builder: Builder<TokioExecutor>,
}

/// What a connection and its requests tell each other.
#[derive(Default)]
struct Progress {
    has_begun: AtomicBool,
    hang_up: Notify,
}

impl Server {
    fn new(api: Api, stopping: watch::Receiver<bool>) -> Self {
        Self { api, stopping, handling: watch::Sender::new(()), builder: builder() }
    }

    async fn connection(self: Arc<Self>, stream: TcpStream, transport: Transport) {
        // Without it small writes wait for acknowledgements; an error here shows again at the first read.
        let _ = stream.set_nodelay(true);
        match transport {
            // A client of plain HTTP may open with HTTP/2, without negotiation.
            Transport::Plain => self.http(stream, self.builder.clone()).await,
            #[cfg(feature = "tls")]
            Transport::Tls(acceptor) => {
                match tokio::time::timeout(HANDSHAKE_TIMEOUT, acceptor.accept(stream)).await {
                    Ok(Ok(stream)) => {
                        let http_2 = stream.get_ref().1.alpn_protocol() == Some(super::tls::HTTP_2);
                        let builder = self.builder.clone();
                        let builder = if http_2 { builder.http2_only() } else { builder.http1_only() };
                        self.http(stream, builder).await;
                    }
                    Ok(Err(error)) => tracing::debug!("TLS handshake failed: {error}"),
                    Err(_) => tracing::debug!("TLS handshake took too long"),
                }
            }
        }
    }

    async fn http<I>(&self, io: I, builder: Builder<TokioExecutor>)
    where
        I: AsyncRead + AsyncWrite + Unpin + Send + 'static,
    {
        let progress = Arc::<Progress>::default();
        let service = service_fn(|request| self.request(request, Arc::clone(&progress)));
        let mut connection = pin!(builder.serve_connection_with_upgrades(TokioIo::new(io), service));
        let mut stopping = self.stopping.clone();
        let mut too_late = pin!(sleep(FIRST_REQUEST_TIMEOUT));
        let mut timed = true;
        let mut ending = false;
        loop {
            tokio::select! {
                biased;
                ended = connection.as_mut() => {
                    if let Err(error) = ended {
                        tracing::debug!("connection failed: {error}");
                    }
                    return;
                }
                () = progress.hang_up.notified(), if !ending => ending = true,
                () = shutdown::stopped(&mut stopping), if !ending => ending = true,
                () = &mut too_late, if timed => {
                    timed = false;
                    if !progress.has_begun.load(Ordering::Relaxed) {
                        tracing::debug!("connection closed: no request came");
                        return;
                    }
                    continue;
                }
            }
            connection.as_mut().graceful_shutdown();
        }
    }

    /// Handles a request on its connection. The future is large, and is moved many times on its way to where it runs, and
    /// from there: so it is in a box.
    fn request(
        &self,
        request: Request<Incoming>,
        progress: Arc<Progress>,
    ) -> BoxFuture<'static, Result<http::Response<super::Body>, Infallible>> {
        progress.has_begun.store(true, Ordering::Relaxed);
        let api = self.api.clone();
        let handling = self.handling.subscribe();
        Box::pin(async move {
            let version = request.version();
            let response = api.handle(request).await;
            // One guess per connection: many at a time would cost the guesser next to nothing (contract 6.79).
            if version == Version::HTTP_2 && response.status() == StatusCode::UNAUTHORIZED {
                progress.hang_up.notify_one();
            }
            drop(handling);
            Ok(response)
        })
    }
}

/// The limits of a connection. Buffers grow as they are needed.
fn builder() -> Builder<TokioExecutor> {
    let mut builder = Builder::new(TokioExecutor::new());
    builder
        .http1()
        .timer(TokioTimer::new())
        .header_read_timeout(IDLE_TIMEOUT)
        .max_buf_size(MAX_HEAD as usize);
    builder
        .http2()
        .timer(TokioTimer::new())
        .keep_alive_interval(Duration::from_secs(30))
        .keep_alive_timeout(Duration::from_secs(20))
        .max_concurrent_streams(MAX_STREAMS)
        .max_header_list_size(MAX_HEAD)
        // The two guard against floods of reset streams; said here so that no update changes them.
        .max_pending_accept_reset_streams(20)
        .max_local_error_reset_streams(1024);
    builder
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_port_in_use_is_named_with_its_remedy() {
        let first = bind(([127, 0, 0, 1], 0).into(), "secure-port").await.unwrap();
        let address = first.local_addr().unwrap();
        let error = bind(address, "secure-port").await.unwrap_err();
        let expected = format!(
            "cannot listen on {address}: the port is in use; choose another port with --secure-port, or 0 for a free one"
        );
        assert_eq!(error.message(), expected);
    }

    #[tokio::test]
    async fn an_address_of_another_machine_is_named_with_its_remedy() {
        let error = bind(([192, 0, 2, 1], 0).into(), "secure-port").await.unwrap_err();
        assert!(
            error.message().ends_with("choose an address of this machine with --bind-address"),
            "{error}"
        );
    }

    #[test]
    fn only_the_machines_own_trouble_makes_a_pause() {
        assert!(concerns_one_connection(&ErrorKind::ConnectionAborted.into()));
        // EMFILE: too many open files.
        assert!(!concerns_one_connection(&IoError::from_raw_os_error(24)));
    }
}
