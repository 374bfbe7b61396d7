//! A proxy of bytes whose connections can be cut at any moment, and whose server can be another one later.

use std::net::SocketAddr;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use tokio::io::{AsyncReadExt, AsyncWriteExt, copy_bidirectional};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::JoinSet;

/// Carries connections to a server. It ends when dropped, with all connections.
#[derive(Debug)]
pub struct Proxy {
    address: SocketAddr,
    shared: Arc<Shared>,
    _accepting: JoinSet<()>,
}

#[derive(Debug)]
struct Shared {
    server: Mutex<Option<SocketAddr>>,
    /// Changes whenever all connections are cut.
    cuts: watch::Sender<u64>,
    /// How many bytes of answers a new connection carries before it is cut; 0 for any number.
    limit: AtomicU64,
    connections: AtomicU64,
}

impl Proxy {
    /// A proxy on a free port of loopback.
    ///
    /// # Panics
    ///
    /// When there is no port.
    pub async fn start(server: SocketAddr) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let address = listener.local_addr().expect("the port has an address");
        let shared = Arc::new(Shared {
            server: Mutex::new(Some(server)),
            cuts: watch::Sender::new(0),
            limit: AtomicU64::new(0),
            connections: AtomicU64::new(0),
        });
        let mut accepting = JoinSet::new();
        accepting.spawn(accept(listener, Arc::clone(&shared)));
        Self { address, shared, _accepting: accepting }
    }

    /// Where clients connect to.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Cuts all connections, in the middle of whatever they carry.
    pub fn cut(&self) {
        self.shared.cuts.send_modify(|cuts| *cuts += 1);
    }

    /// Connections from now on lead to this server; to none, they are closed at once.
    pub fn lead_to(&self, server: Option<SocketAddr>) {
        *self.shared.server.lock().unwrap_or_else(PoisonError::into_inner) = server;
    }

    /// Connections from now on are cut after so many bytes of answers; after 0, they are not.
    pub fn limit(&self, bytes: u64) {
        self.shared.limit.store(bytes, Ordering::Relaxed);
    }

    /// How many connections there have been.
    pub fn connections(&self) -> u64 {
        self.shared.connections.load(Ordering::Relaxed)
    }
}

async fn accept(listener: TcpListener, shared: Arc<Shared>) {
    let mut connections = JoinSet::new();
    while let Ok((client, _)) = listener.accept().await {
        while connections.try_join_next().is_some() {}
        shared.connections.fetch_add(1, Ordering::Relaxed);
        let server = *shared.server.lock().unwrap_or_else(PoisonError::into_inner);
        let (limit, cuts) = (shared.limit.load(Ordering::Relaxed), shared.cuts.subscribe());
        if let Some(server) = server {
            connections.spawn(carry(client, server, limit, cuts));
        }
    }
}

/// Carries one connection until an end closes it, the limit is reached or all are cut.
async fn carry(mut client: TcpStream, server: SocketAddr, limit: u64, mut cuts: watch::Receiver<u64>) {
    let Ok(mut server) = TcpStream::connect(server).await else { return };
    let all = async {
        if limit == 0 {
            let _ = copy_bidirectional(&mut client, &mut server).await;
        } else {
            carry_some(&mut client, &mut server, limit).await;
        }
    };
    tokio::select! {
        () = all => {}
        _ = cuts.changed() => {}
    }
}

/// As `copy_bidirectional`, until the answers are as long as the limit; then the rest of what was read is dropped.
async fn carry_some(client: &mut TcpStream, server: &mut TcpStream, limit: u64) {
    let ((mut from_client, mut to_client), (mut from_server, mut to_server)) =
        (client.split(), server.split());
    let questions = tokio::io::copy(&mut from_client, &mut to_server);
    let answers = async {
        let mut answers = (&mut from_server).take(limit);
        let _ = tokio::io::copy(&mut answers, &mut to_client).await;
        let _ = to_client.flush().await;
    };
    tokio::select! {
        _ = questions => {}
        () = answers => {}
    }
}
