//! Connections to a server, as clients hold them: HTTP/1.1 or HTTP/2, over TLS or without.

use std::path::Path;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http::{Method, Request, Uri};
use http_body_util::{BodyExt, Full};
use hyper::body::Incoming;
use hyper::client::conn::{http1, http2};
use hyper_util::rt::{TokioExecutor, TokioIo};
use resourceful_tests::server::Server;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::pem::PemObject;
use tokio_rustls::rustls::pki_types::{CertificateDer, ServerName};
use tokio_rustls::rustls::{ClientConfig, RootCertStore};

/// What is spoken on a connection. client-go and kubectl speak HTTP/2, most other clients HTTP/1.1.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Protocol {
    Http1,
    Http2,
}

/// Where a server is, whom to trust to be it, and who calls.
#[derive(Clone)]
pub(crate) struct Address {
    /// Host and port.
    authority: String,
    roots: Arc<RootCertStore>,
    token: String,
}

/// A connection of one client.
pub(crate) struct Link {
    sender: Sender,
    base: String,
    authorization: String,
}

enum Sender {
    Http1(http1::SendRequest<Full<Bytes>>),
    Http2(http2::SendRequest<Full<Bytes>>),
}

/// A request, and the code that answers it.
pub(crate) struct Call {
    pub(crate) method: Method,
    pub(crate) path: String,
    pub(crate) body: Bytes,
    pub(crate) content_type: &'static str,
    pub(crate) accept: &'static str,
    pub(crate) code: u16,
}

impl Call {
    pub(crate) fn get(path: &str) -> Self {
        let (method, path, body) = (Method::GET, path.to_owned(), Bytes::new());
        Self { method, path, body, content_type: "application/json", accept: "application/json", code: 200 }
    }

    pub(crate) fn post(path: &str, body: Bytes) -> Self {
        Self { method: Method::POST, body, code: 201, ..Self::get(path) }
    }
}

impl Protocol {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Http1 => "HTTP/1.1",
            Self::Http2 => "HTTP/2",
        }
    }
}

impl Address {
    /// The secure port of a server.
    pub(crate) fn of(server: &Server) -> Self {
        Self::new(&server.secure_url(), &server.certificates(), server.token())
    }

    /// A server that shows a certificate of the issuer in a directory.
    pub(crate) fn new(url: &str, certificates: &Path, token: String) -> Self {
        let mut roots = RootCertStore::empty();
        let issuers =
            CertificateDer::pem_file_iter(certificates.join("ca.crt")).expect("the issuer is there");
        for issuer in issuers {
            roots.add(issuer.expect("the issuer is PEM")).expect("the issuer can be trusted");
        }
        let authority = url.trim_start_matches("https://").trim_end_matches('/').to_owned();
        Self { authority, roots: Arc::new(roots), token }
    }

    /// Opens a connection and spawns what drives it.
    pub(crate) async fn connect(&self, protocol: Protocol) -> Link {
        let stream = self.stream(protocol).await;
        let sender = match protocol {
            Protocol::Http1 => {
                let (sender, connection) = http1::handshake(TokioIo::new(stream)).await.expect("HTTP/1.1");
                tokio::spawn(connection);
                Sender::Http1(sender)
            }
            Protocol::Http2 => {
                let handshake = http2::handshake(TokioExecutor::new(), TokioIo::new(stream)).await;
                let (sender, connection) = handshake.expect("HTTP/2");
                tokio::spawn(connection);
                Sender::Http2(sender)
            }
        };
        Link { sender, base: self.base(), authorization: self.authorization() }
    }

    /// As many connections as there are clients.
    pub(crate) async fn connect_all(&self, protocol: Protocol, clients: usize) -> Vec<Link> {
        let mut links = Vec::with_capacity(clients);
        for _ in 0..clients {
            links.push(self.connect(protocol).await);
        }
        links
    }

    /// Sends a GET over a connection of its own, whose answer nobody ever reads beyond its head.
    pub(crate) async fn get_and_stall(&self, path: &str) -> Stalled {
        let stream = self.stream(Protocol::Http1).await;
        let (mut sender, connection) = http1::handshake(TokioIo::new(stream)).await.expect("HTTP/1.1");
        let mut connection = Box::pin(connection);
        let request = request(&self.base(), &self.authorization(), Call::get(path));
        let head = pin!(sender.send_request(request));
        let response = tokio::select! {
            response = head => response.expect("the server answers"),
            _ = &mut connection => panic!("the connection ended"),
        };
        assert_eq!(response.status(), 200);
        Stalled(Box::new((connection, sender, response)))
    }

    async fn stream(&self, protocol: Protocol) -> impl AsyncRead + AsyncWrite + Unpin + Send + 'static {
        let stream = TcpStream::connect(&self.authority).await.expect("the server listens");
        stream.set_nodelay(true).expect("a socket");
        let mut config = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_safe_default_protocol_versions()
            .expect("the provider knows TLS")
            .with_root_certificates(Arc::clone(&self.roots))
            .with_no_client_auth();
        config.alpn_protocols = vec![match protocol {
            Protocol::Http1 => b"http/1.1".to_vec(),
            Protocol::Http2 => b"h2".to_vec(),
        }];
        let name = ServerName::try_from("127.0.0.1").expect("an address");
        TlsConnector::from(Arc::new(config)).connect(name, stream).await.expect("TLS")
    }

    fn base(&self) -> String {
        format!("https://{}", self.authority)
    }

    fn authorization(&self) -> String {
        format!("Bearer {}", self.token)
    }
}

/// A connection that nobody drives any more, kept open.
pub(crate) struct Stalled(#[allow(dead_code, reason = "it is held, not used")] Box<dyn std::any::Any + Send>);

impl Link {
    /// Sends a request and reads the whole answer, which must have the expected code.
    pub(crate) async fn send(&mut self, call: Call) -> Bytes {
        let (code, what) = (call.code, format!("{} {}", call.method, call.path));
        let (parts, body) = self.begin(call).await.into_parts();
        let body = body.collect().await.unwrap_or_else(|error| panic!("{what}: {error}")).to_bytes();
        assert_eq!(parts.status.as_u16(), code, "{what}: {}", String::from_utf8_lossy(&body));
        body
    }

    /// GET of a JSON document.
    pub(crate) async fn json(&mut self, path: &str) -> serde_json::Value {
        serde_json::from_slice(&self.send(Call::get(path)).await).expect("JSON")
    }

    /// Sends a request and returns its answer when the head has come.
    pub(crate) async fn begin(&mut self, call: Call) -> http::Response<Incoming> {
        let request = request(&self.base, &self.authorization, call);
        let response = match &mut self.sender {
            Sender::Http1(sender) => {
                sender.ready().await.expect("the connection lives");
                sender.send_request(request).await
            }
            Sender::Http2(sender) => sender.send_request(request).await,
        };
        response.expect("the server answers")
    }

    /// Begins a watch.
    pub(crate) async fn watch(&mut self, path: &str) -> Incoming {
        let response = self.begin(Call::get(path)).await;
        assert_eq!(response.status(), 200);
        response.into_body()
    }

    /// Waits until a path answers 200.
    pub(crate) async fn wait_for(&mut self, path: &str) {
        loop {
            let (parts, body) = self.begin(Call::get(path)).await.into_parts();
            body.collect().await.expect("the answer is whole");
            if parts.status == 200 {
                return;
            }
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
    }
}

fn request(base: &str, authorization: &str, call: Call) -> Request<Full<Bytes>> {
    let uri: Uri = format!("{base}{}", call.path).parse().expect("a path");
    let mut request = Request::new(Full::new(call.body));
    *request.method_mut() = call.method;
    *request.uri_mut() = uri.clone();
    let headers = request.headers_mut();
    headers.insert("host", uri.authority().expect("a host").as_str().parse().expect("a header"));
    headers.insert("authorization", authorization.parse().expect("a header"));
    headers.insert("content-type", http::HeaderValue::from_static(call.content_type));
    headers.insert("accept", http::HeaderValue::from_static(call.accept));
    request
}
