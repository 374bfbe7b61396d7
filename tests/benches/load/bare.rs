//! The limit of what goes over a connection: a server that does nothing but send bytes. It is this program again.

use std::convert::Infallible;
use std::io::BufRead;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;

use bytes::Bytes;
use http::{Method, Request, Response, StatusCode};
use http_body_util::combinators::UnsyncBoxBody;
use http_body_util::{BodyExt, Full, StreamBody};
use hyper::body::{Frame, Incoming};
use hyper_util::rt::{TokioExecutor, TokioIo};
use hyper_util::server::conn::auto::Builder;
use resourceful_tests::server::Server;
use tokio::sync::broadcast;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::pem::PemObject;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer};

use crate::link::Address;

const BODY: &str = "BARE_SERVER_BODY";
const CERTIFICATES: &str = "BARE_SERVER_CERTIFICATES";

/// The path of an answer that never ends, and gets whatever is sent to the server by POST from then on.
pub(crate) const STREAM: &str = "/stream";

/// A process that answers every GET and every POST with the same body.
pub(crate) struct BareServer {
    child: Child,
    url: String,
    certificates: PathBuf,
}

impl BareServer {
    /// Starts one behind the same certificate as a server.
    pub(crate) fn beside(server: &Server, body: &[u8]) -> Self {
        let certificates = server.certificates();
        let mut file = tempfile::NamedTempFile::new().expect("a temporary file");
        std::io::Write::write_all(&mut file, body).expect("the body is written");
        let mut child = Command::new(std::env::current_exe().expect("a program knows its path"))
            .env(BODY, file.path())
            .env(CERTIFICATES, &certificates)
            .stdout(Stdio::piped())
            .spawn()
            .expect("the bare server starts");
        let mut url = String::new();
        let stdout = child.stdout.take().expect("stdout is piped");
        std::io::BufReader::new(stdout).read_line(&mut url).expect("it says where it serves");
        Self { child, url: url.trim().to_owned(), certificates }
    }

    pub(crate) fn address(&self) -> Address {
        Address::new(&self.url, &self.certificates, "none".to_owned())
    }

    pub(crate) fn id(&self) -> u32 {
        self.child.id()
    }
}

impl Drop for BareServer {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Whether this process is to be the bare server.
pub(crate) fn is_wanted() -> bool {
    std::env::var_os(BODY).is_some()
}

type Body = UnsyncBoxBody<Bytes, Infallible>;

pub(crate) async fn serve() {
    let body = std::fs::read(std::env::var_os(BODY).expect("a body")).expect("the body can be read");
    let body = Bytes::from(body);
    let certificates = std::env::var_os(CERTIFICATES).expect("certificates");
    let acceptor = acceptor(Path::new(&certificates));
    let (publish, _) = broadcast::channel::<Bytes>(4096);
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    println!("https://{}", listener.local_addr().expect("an address"));
    loop {
        let (stream, _) = listener.accept().await.expect("a connection");
        let _ = stream.set_nodelay(true);
        let (acceptor, body, publish) = (acceptor.clone(), body.clone(), publish.clone());
        tokio::spawn(async move {
            let Ok(stream) = acceptor.accept(stream).await else { return };
            let service =
                hyper::service::service_fn(move |request| answer(request, body.clone(), publish.clone()));
            let _ = Builder::new(TokioExecutor::new()).serve_connection(TokioIo::new(stream), service).await;
        });
    }
}

async fn answer(
    request: Request<Incoming>,
    body: Bytes,
    publish: broadcast::Sender<Bytes>,
) -> Result<Response<Body>, Infallible> {
    let response = Response::builder().header("content-type", "application/json");
    let is_stream = request.uri().path() == STREAM;
    let response = if request.method() == Method::POST {
        let sent = request.into_body().collect().await.map(http_body_util::Collected::to_bytes);
        if is_stream {
            let _ = publish.send(sent.unwrap_or_default());
        }
        response.status(StatusCode::CREATED).body(Full::new(body).boxed_unsync())
    } else if is_stream {
        let published = futures_util::stream::unfold(publish.subscribe(), |mut published| async {
            let next = published.recv().await.ok()?;
            Some((Ok(Frame::data(next)), published))
        });
        response.body(StreamBody::new(published).boxed_unsync())
    } else {
        response.body(Full::new(body).boxed_unsync())
    };
    Ok(response.expect("the response is well formed"))
}

fn acceptor(certificates: &Path) -> TlsAcceptor {
    let chain = CertificateDer::pem_file_iter(certificates.join("server.crt")).expect("a certificate");
    let chain = chain.map(|certificate| certificate.expect("PEM")).collect();
    let key = PrivateKeyDer::from_pem_file(certificates.join("server.key")).expect("a key");
    let mut config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .expect("the provider knows TLS")
        .with_no_client_auth()
        .with_single_cert(chain, key)
        .expect("the key belongs to the certificate");
    config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    TlsAcceptor::from(Arc::new(config))
}
