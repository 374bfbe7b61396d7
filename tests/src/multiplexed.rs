//! HTTP/2 connections that many requests share, so that ten thousand watches need not be ten thousand sockets.

use std::sync::atomic::{AtomicUsize, Ordering};

use bytes::Bytes;
use http::Request;
use http_body_util::Empty;
use hyper::client::conn::http2::{SendRequest, handshake};
use hyper_util::rt::{TokioExecutor, TokioIo};
use tokio::net::TcpStream;

use crate::client::Lines;

/// Some connections to one server.
#[derive(Debug)]
pub struct Multiplexed {
    connections: Vec<SendRequest<Empty<Bytes>>>,
    next: AtomicUsize,
    base: String,
    token: String,
}

impl Multiplexed {
    /// Opens so many connections to the server at `base`, which begins with `http://`.
    ///
    /// # Panics
    ///
    /// When the server does not take them.
    pub async fn connect(base: &str, token: impl Into<String>, connections: usize) -> Self {
        let address = base.strip_prefix("http://").expect("the address of the plain port");
        let mut all = Vec::with_capacity(connections);
        for _ in 0..connections {
            let stream = TcpStream::connect(address).await.expect("the server listens");
            let connected = handshake(TokioExecutor::new(), TokioIo::new(stream)).await;
            let (sender, connection) = connected.expect("the server speaks HTTP/2");
            tokio::spawn(connection);
            all.push(sender);
        }
        Self { connections: all, next: AtomicUsize::new(0), base: base.to_owned(), token: token.into() }
    }

    /// A watch, whose headers have come, on the next connection in turn.
    ///
    /// # Panics
    ///
    /// When the answer is not 200.
    pub async fn watch(&self, path: &str) -> Lines {
        let next = self.next.fetch_add(1, Ordering::Relaxed) % self.connections.len();
        let request = Request::get(format!("{}{path}", self.base))
            .header("authorization", format!("Bearer {}", self.token))
            .body(Empty::new())
            .expect("the request is well formed");
        let mut connection = self.connections[next].clone();
        connection.ready().await.expect("the connection is up");
        let answer = connection.send_request(request).await.expect("the server answers");
        assert_eq!(answer.status(), 200, "{path}");
        Lines::new(answer)
    }
}
