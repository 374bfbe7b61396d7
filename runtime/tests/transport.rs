//! Servers on real sockets: TLS, tokens, both versions of HTTP, and the gentle end.
#![cfg(feature = "tls")]

use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;

use bytes::Bytes;
use futures_util::stream::{self, StreamExt as _};
use http::{Request, Response};
use http_body_util::{BodyExt as _, Empty};
use hyper::body::Incoming;
use hyper::client::conn::{http1, http2};
use hyper_util::rt::{TokioExecutor, TokioIo};
use resourceful::object::{Object, ObjectList};
use resourceful::prelude::*;
use resourceful::rest::{self, Handlers};
use resourceful::server::{ApiServer, ApiService, RunningServer, ServerOptions};
use resourceful::storage::{Engine, MemoryEngine, StorageError};
use resourceful::watch::{WatchEvent, WatchStream};
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{ClientConfig, RootCertStore};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::sync::{Semaphore, oneshot};
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;
use tower_service::Service as _;

#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
struct Disk {
    metadata: ObjectMeta,
}

impl Resource for Disk {
    const INFO: ResourceInfo = ResourceInfo::cluster("example.com", "v1", "Disk", "disks", "disk");

    type Metadata = ObjectMeta;

    fn metadata(&self) -> &ObjectMeta {
        &self.metadata
    }

    fn metadata_mut(&mut self) -> &mut ObjectMeta {
        &mut self.metadata
    }
}

/// Disks that are slow: a GET waits until the test lets it go on.
#[derive(Clone)]
struct SlowDisks {
    entered: Arc<Semaphore>,
    go_on: Arc<Semaphore>,
}

impl rest::Storage for SlowDisks {
    type Object = Disk;
}

fn disk(name: &str) -> resourceful::Result<Object<Disk>> {
    let mut metadata = ObjectMeta::named(name);
    metadata.resource_version = "7".into();
    Object::new(Disk { metadata })
}

impl rest::Getter for SlowDisks {
    async fn get(&self, _: &RequestContext, name: &str, _: &GetOptions) -> resourceful::Result<Object<Disk>> {
        self.entered.add_permits(1);
        self.go_on.acquire().await.expect("open").forget();
        disk(name)
    }
}

impl rest::TableConvertor for SlowDisks {}

impl rest::Lister for SlowDisks {
    async fn list(&self, _: &RequestContext, _: &ListOptions) -> resourceful::Result<ObjectList<Disk>> {
        Ok(ObjectList::new(7, [disk("a")?]))
    }
}

impl rest::Watcher for SlowDisks {
    async fn watch(&self, _: &RequestContext, _: &ListOptions) -> resourceful::Result<WatchStream<Disk>> {
        let added = WatchEvent::Added(disk("a")?);
        Ok(WatchStream::new(stream::iter([added]).chain(stream::pending())))
    }
}

const DISKS: &str = "/apis/example.com/v1/disks";

fn slow_disks() -> (SlowDisks, Handlers) {
    let disks = SlowDisks { entered: Arc::new(Semaphore::new(0)), go_on: Arc::new(Semaphore::new(0)) };
    let handlers = Handlers::of(disks.clone()).getter().lister().watcher().build();
    (disks, handlers)
}

fn options() -> ServerOptions {
    ServerOptions::default().secure_port(0)
}

async fn start(options: ServerOptions) -> RunningServer {
    ApiServer::new(options).serve_handlers(slow_disks().1).start().await.expect("a server")
}

/// A connection over TLS that trusts nobody but the server.
async fn connect(server: &RunningServer, protocols: &[&str]) -> TlsStream<TcpStream> {
    let mut roots = RootCertStore::empty();
    let ca = server.ca_certificate().expect("TLS");
    roots.add(CertificateDer::from_pem_slice(ca.as_bytes()).expect("a certificate")).expect("a root");
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions();
    let mut config = config.expect("versions").with_root_certificates(roots).with_no_client_auth();
    config.alpn_protocols = protocols.iter().map(|protocol| protocol.as_bytes().to_vec()).collect();
    let stream = TcpStream::connect(address(server.url())).await.expect("a connection");
    let name = ServerName::try_from("localhost").expect("a name");
    TlsConnector::from(Arc::new(config)).connect(name, stream).await.expect("a handshake")
}

fn address(url: &str) -> SocketAddr {
    url.split("://").nth(1).and_then(|address| address.parse().ok()).expect("a URL with an address")
}

fn request(path: &str, token: Option<&str>) -> Request<Empty<Bytes>> {
    let mut request = Request::get(path).header("host", "localhost");
    if let Some(token) = token {
        request = request.header("authorization", format!("Bearer {token}"));
    }
    request.body(Empty::new()).expect("a request")
}

type Http1 = http1::SendRequest<Empty<Bytes>>;
type Http2 = http2::SendRequest<Empty<Bytes>>;
type Ended = tokio::task::JoinHandle<hyper::Result<()>>;

async fn http_1(server: &RunningServer) -> (Http1, Ended) {
    let stream = connect(server, &["http/1.1"]).await;
    let (sender, connection) = http1::handshake(TokioIo::new(stream)).await.expect("HTTP/1.1");
    (sender, tokio::spawn(connection))
}

async fn http_2(server: &RunningServer) -> (Http2, Ended) {
    let stream = connect(server, &["h2", "http/1.1"]).await;
    assert_eq!(stream.get_ref().1.alpn_protocol(), Some(b"h2".as_slice()), "HTTP/2 is preferred");
    let handshake = http2::handshake(TokioExecutor::new(), TokioIo::new(stream));
    let (sender, connection) = handshake.await.expect("HTTP/2");
    (sender, tokio::spawn(connection))
}

async fn text(response: Response<Incoming>) -> String {
    let body = response.into_body().collect().await.expect("a whole body").to_bytes();
    String::from_utf8(body.to_vec()).expect("UTF-8")
}

async fn get(server: &RunningServer, path: &str, token: Option<&str>) -> (u16, String) {
    let (mut sender, _) = http_1(server).await;
    let response = sender.send_request(request(path, token)).await.expect("a response");
    (response.status().as_u16(), text(response).await)
}

// contract 6.79
#[tokio::test]
async fn whoever_has_no_token_is_refused() {
    let server = start(options()).await;
    let unauthorized = r#"{"kind":"Status","apiVersion":"v1","metadata":{},"status":"Failure","message":"Unauthorized","reason":"Unauthorized","code":401}"#;
    for token in [None, Some("wrong"), Some("")] {
        for path in [DISKS, "/apis/example.com/v1/nothing", "/", "/readyz/ping", "/nowhere"] {
            let (code, body) = get(&server, path, token).await;
            assert_eq!((code, body.trim_end()), (401, unauthorized), "{path} {token:?}");
        }
    }
    let (code, body) = get(&server, DISKS, Some(server.admin_token())).await;
    assert_eq!(code, 200, "{body}");
    server.stop().await.unwrap();
}

// contract 6.88, 6.90
#[tokio::test]
async fn health_and_version_are_for_everyone() {
    let server = start(options()).await;
    for path in ["/healthz", "/livez", "/readyz"] {
        assert_eq!(get(&server, path, None).await, (200, "ok".into()), "{path}");
    }
    let (code, version) = get(&server, "/version", None).await;
    assert_eq!(code, 200);
    let version: serde_json::Value = serde_json::from_str(&version).unwrap();
    assert_eq!(version["major"], "1");
    let (code, body) = get(&server, "/readyz/ping", Some(server.admin_token())).await;
    assert_eq!((code, body.as_str()), (200, "ok"));
    server.stop().await.unwrap();
}

#[tokio::test]
async fn http_2_serves_many_requests_at_a_time() {
    let server = start(options()).await;
    let (sender, _) = http_2(&server).await;
    let token = server.admin_token();
    let requests = (0..100).map(|_| {
        let mut sender = sender.clone();
        async move { sender.send_request(request(DISKS, Some(token))).await.expect("a response").status() }
    });
    let answers = futures_util::future::join_all(requests).await;
    assert_eq!(answers, [http::StatusCode::OK; 100]);
    server.stop().await.unwrap();
}

#[tokio::test]
async fn without_negotiation_http_1_is_spoken() {
    let server = start(options()).await;
    let mut stream = connect(&server, &[]).await;
    stream.write_all(b"GET /readyz HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n").await.unwrap();
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).await.unwrap();
    let answer = String::from_utf8_lossy(&answer);
    assert!(answer.starts_with("HTTP/1.1 200 OK\r\n") && answer.ends_with("\r\n\r\nok"), "{answer}");
    server.stop().await.unwrap();
}

// contract 6.79: over HTTP/2 the server closes the connection on whoever is unauthorized.
#[tokio::test]
async fn a_wrong_token_ends_an_http_2_connection() {
    let server = start(options()).await;
    let (mut sender, ended) = http_2(&server).await;
    let response = sender.send_request(request(DISKS, Some("wrong"))).await.unwrap();
    assert_eq!(response.status(), 401);
    assert!(text(response).await.contains("Unauthorized"));
    ended.await.unwrap().unwrap();
    assert!(sender.send_request(request("/readyz", None)).await.is_err());
    server.stop().await.unwrap();
}

#[tokio::test]
async fn plain_http_is_not_answered_on_the_secure_port() {
    let server = start(options()).await;
    let mut stream = TcpStream::connect(address(server.url())).await.unwrap();
    stream.write_all(b"GET /readyz HTTP/1.1\r\nhost: localhost\r\n\r\n").await.unwrap();
    let mut answer = Vec::new();
    // The connection may be reset instead of closed.
    let _ = stream.read_to_end(&mut answer).await;
    assert!(!answer.starts_with(b"HTTP"), "{answer:?}");
    server.stop().await.unwrap();
}

#[tokio::test]
async fn the_insecure_port_asks_for_tokens_too() {
    let server = start(options().insecure_port(0)).await;
    let url = server.insecure_url().expect("a port without TLS");
    assert!(url.starts_with("http://127.0.0.1:"), "{url}");
    for (path, token, code) in
        [(DISKS, None, 401), (DISKS, Some(server.admin_token()), 200), ("/readyz", None, 200)]
    {
        let stream = TcpStream::connect(address(url)).await.unwrap();
        let (mut sender, connection) = http1::handshake(TokioIo::new(stream)).await.unwrap();
        tokio::spawn(connection);
        let response = sender.send_request(request(path, token)).await.unwrap();
        assert_eq!(response.status(), code, "{path}");
    }
    // HTTP/2 needs no negotiation there.
    let stream = TcpStream::connect(address(url)).await.unwrap();
    let (mut sender, connection) =
        http2::handshake(TokioExecutor::new(), TokioIo::new(stream)).await.unwrap();
    tokio::spawn(connection);
    assert_eq!(sender.send_request(request("/readyz", None)).await.unwrap().status(), 200);
    server.stop().await.unwrap();
}

#[tokio::test]
async fn users_of_the_token_file_are_let_in() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("tokens.csv");
    std::fs::write(&path, "secret,ann,1,\"dev,ops\"\n").unwrap();
    let server = start(options().token_auth_file(&path)).await;
    assert_eq!(get(&server, DISKS, Some("secret")).await.0, 200);
    assert_eq!(get(&server, DISKS, Some("secre")).await.0, 401);
    server.stop().await.unwrap();
}

#[tokio::test]
async fn a_second_start_reuses_certificate_and_token() {
    let parent = tempfile::tempdir().unwrap();
    let data = parent.path().join("data");
    let elsewhere = parent.path().join("config");
    let first = start(options().data_dir(&data)).await;
    let (ca, token) = (first.ca_certificate().unwrap().to_owned(), first.admin_token().to_owned());
    assert_eq!(first.kubeconfig_path(), Some(data.join("kubeconfig").as_path()));
    first.stop().await.unwrap();

    let second = start(options().data_dir(&data).write_kubeconfig(&elsewhere)).await;
    assert_eq!(second.ca_certificate().unwrap(), ca);
    assert_eq!(second.admin_token(), token);
    assert_eq!(second.kubeconfig_path(), Some(elsewhere.as_path()));
    assert_eq!(get(&second, DISKS, Some(&token)).await.0, 200);
    for path in [&elsewhere, &data.join("kubeconfig")] {
        assert_eq!(std::fs::read_to_string(path).unwrap(), second.kubeconfig());
    }
    assert!(second.kubeconfig().contains(second.url()));
    for secret in ["admin-token", "tls/server.key", "kubeconfig"] {
        assert_private(&data.join(secret));
    }
    assert_private(&elsewhere);
    second.stop().await.unwrap();
}

fn assert_private(path: &Path) {
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        let mode = std::fs::metadata(path).expect("a file").permissions().mode();
        assert_eq!(mode & 0o777, 0o600, "{}", path.display());
    }
    assert!(path.exists());
}

impl rest::Served for Disk {
    fn handlers(_: &Store) -> Handlers {
        slow_disks().1
    }
}

#[cfg(feature = "embedded")]
#[tokio::test]
async fn a_data_directory_has_one_server() {
    let parent = tempfile::tempdir().unwrap();
    let data = parent.path().join("data");
    let start = async || ApiServer::new(options().data_dir(&data)).serve::<Disk>().start().await;
    let first = start().await.unwrap();
    let token = first.admin_token().to_owned();
    let error = start().await.unwrap_err();
    assert!(error.message().starts_with("cannot open the store ("), "{error}");
    first.stop().await.unwrap();
    let second = start().await.expect("the first one has let go");
    assert_eq!(second.admin_token(), token);
    assert_eq!(get(&second, "/readyz", None).await, (200, "ok".into()));
    second.stop().await.unwrap();
}

/// A start that fails leaves the data directory to the next one.
#[cfg(feature = "embedded")]
#[tokio::test]
async fn a_failed_start_lets_go_of_the_data() {
    let parent = tempfile::tempdir().unwrap();
    let start = async |options: ServerOptions| {
        ApiServer::new(options.data_dir(parent.path())).serve::<Disk>().start().await
    };
    let error = start(options().token_auth_file("/nowhere")).await.unwrap_err();
    assert!(error.message().starts_with("--token-auth-file /nowhere: "), "{error}");
    start(options()).await.unwrap().stop().await.unwrap();
}

// contract 6.89
#[tokio::test]
async fn a_store_that_does_not_open_leaves_the_server_unready() {
    let works = Arc::new(std::sync::atomic::AtomicBool::new(false));
    let store = Store::lazy({
        let works = Arc::clone(&works);
        move || {
            let works = works.load(std::sync::atomic::Ordering::Relaxed);
            Box::pin(async move {
                if !works {
                    return Err(StorageError::Unreachable("nobody there".into()));
                }
                Ok(Arc::new(MemoryEngine::new()) as Arc<dyn Engine>)
            })
        }
    });
    tokio::time::pause();
    let server = ApiServer::new(options()).store(store).serve::<Disk>().start().await.unwrap();
    let (code, report) = get(&server, "/readyz", None).await;
    assert_eq!(code, 500);
    assert!(report.contains("[-]storage failed: reason withheld\n"), "{report}");
    assert_eq!(get(&server, "/livez", None).await.0, 200);
    works.store(true, std::sync::atomic::Ordering::Relaxed);
    while get(&server, "/readyz", None).await.0 != 200 {
        tokio::time::advance(std::time::Duration::from_secs(1)).await;
    }
    server.stop().await.unwrap();
}

#[tokio::test]
async fn a_port_in_use_is_a_clear_error() {
    let server = start(options()).await;
    let address = address(server.url());
    let second = ApiServer::new(options().secure_port(address.port())).serve_handlers(slow_disks().1);
    let error = second.start().await.unwrap_err();
    let expected = format!(
        "cannot listen on {address}: the port is in use; choose another port with --secure-port, or 0 for a free one"
    );
    assert_eq!(error.message(), expected);
    server.stop().await.unwrap();
}

// contract 6.84, 6.89, 11.37
#[tokio::test]
async fn a_request_that_has_begun_is_answered_before_the_end() {
    let (disks, handlers) = slow_disks();
    let server = ApiServer::new(options()).serve_handlers(handlers).start().await.unwrap();
    let address = address(server.url());
    let token = server.admin_token().to_owned();
    let (mut one, one_ended) = http_1(&server).await;
    let (mut two, two_ended) = http_2(&server).await;
    let (mut idle, idle_ended) = http_1(&server).await;
    assert_eq!(text(idle.send_request(request("/readyz", None)).await.unwrap()).await, "ok");
    let path = format!("{DISKS}/a");
    let one = tokio::spawn({
        let request = request(&path, Some(&token));
        async move { text(one.send_request(request).await.unwrap()).await }
    });
    let two = tokio::spawn({
        let request = request(&path, Some(&token));
        async move { text(two.send_request(request).await.unwrap()).await }
    });
    disks.entered.acquire_many(2).await.unwrap().forget();

    let mut service = server.service();
    let stopping = tokio::spawn(server.stop());
    // The server has begun to stop once it has closed the connection on which nothing happens.
    idle_ended.await.unwrap().unwrap();
    assert!(!stopping.is_finished(), "requests are waited for");
    let mut late = async |path: &str| service.call(request(path, None)).await.unwrap();
    let refused = late(&path).await;
    assert_eq!((refused.status().as_u16(), &refused.headers()["retry-after"]), (503, &"1".parse().unwrap()));
    assert_eq!((late("/readyz").await.status().as_u16(), late("/livez").await.status().as_u16()), (500, 200));
    let mut watch = late(&format!("{DISKS}?watch=true")).await.into_body();
    assert!(watch.frame().await.is_none(), "a watch ends before it begins");
    disks.go_on.add_permits(2);
    for answer in [one.await.unwrap(), two.await.unwrap()] {
        assert!(answer.contains(r#""name":"a""#), "{answer}");
    }
    stopping.await.unwrap().unwrap();
    for ended in [one_ended, two_ended] {
        ended.await.unwrap().unwrap();
    }
    assert!(TcpStream::connect(address).await.is_err(), "nobody listens any more");
}

// contract 11.37
#[tokio::test]
async fn watches_end_cleanly() {
    let server = start(options()).await;
    let token = server.admin_token().to_owned();
    let path = format!("{DISKS}?watch=true&resourceVersion=7");
    let (mut one, _) = http_1(&server).await;
    let (mut two, _) = http_2(&server).await;
    let one = one.send_request(request(&path, Some(&token))).await.unwrap();
    let two = two.send_request(request(&path, Some(&token))).await.unwrap();
    let mut bodies = Vec::new();
    for response in [one, two] {
        assert_eq!(response.status(), 200);
        let mut body = response.into_body();
        let frame = body.frame().await.expect("an event").unwrap().into_data().expect("data");
        assert!(frame.starts_with(br#"{"type":"ADDED""#), "{frame:?}");
        bodies.push(body);
    }
    let (stopped, ends) = tokio::join!(
        server.stop(),
        // A body that was cut off instead of ended is an error.
        futures_util::future::join_all(bodies.into_iter().map(Incoming::collect)),
    );
    stopped.unwrap();
    for end in ends {
        assert_eq!(end.expect("a clean end").to_bytes(), Bytes::new());
    }
}

// On a paused clock the next deadline comes whenever nothing else happens.
#[tokio::test(start_paused = true)]
async fn clients_that_say_nothing_are_let_go() {
    let server = start(options().insecure_port(0)).await;
    let insecure = server.insecure_url().expect("a port without TLS");
    let mut no_handshake = TcpStream::connect(address(server.url())).await.unwrap();
    let mut no_request = TcpStream::connect(address(insecure)).await.unwrap();
    let mut half_a_request = TcpStream::connect(address(insecure)).await.unwrap();
    half_a_request.write_all(b"GET /readyz HTTP/1.1\r\nhost: ").await.unwrap();
    let mut half_a_preface = TcpStream::connect(address(insecure)).await.unwrap();
    half_a_preface.write_all(b"PRI * HTTP/2.0\r\n").await.unwrap();
    for client in [&mut no_handshake, &mut no_request, &mut half_a_request, &mut half_a_preface] {
        let mut answer = Vec::new();
        // The connection may be reset instead of closed.
        let _ = client.read_to_end(&mut answer).await;
        assert!(!answer.starts_with(b"HTTP/1.1 200"), "{answer:?}");
    }
    let (mut sender, ended) = http_1(&server).await;
    let response = sender.send_request(request("/readyz", None)).await.unwrap();
    assert_eq!(text(response).await, "ok", "others are served");
    // They are let go too, once they have been idle for long: without farewell, which some clients call an error.
    let _ = ended.await.unwrap();
    server.stop().await.unwrap();
}

#[tokio::test]
async fn a_dropped_server_is_gone() {
    let server = start(options()).await;
    let (_sender, ended) = http_1(&server).await;
    drop(server);
    // Cut off or closed: either way nobody serves the connection.
    let _ = ended.await.unwrap();
}

#[tokio::test]
async fn the_server_can_be_called_without_a_port() {
    let service = ApiServer::builder().serve_handlers(slow_disks().1).into_service().unwrap();
    let call = async |path: &str| {
        let response = service.clone().call(request(path, Some("not looked at"))).await.unwrap();
        let code = response.status().as_u16();
        (code, response.into_body().collect().await.unwrap().to_bytes())
    };
    assert_eq!(call(DISKS).await.0, 200);
    assert_eq!(call("/readyz").await, (200, "ok".into()));
    assert_eq!(call("/nowhere").await.0, 404);
}

#[tokio::test]
async fn a_server_that_serves_can_be_called_in_process_too() {
    let server = start(options()).await;
    let mut service = server.service();
    assert_eq!(service.call(request(DISKS, None)).await.unwrap().status(), 200);
    assert_eq!(get(&server, DISKS, None).await.0, 401, "over a connection a token is asked for as ever");

    let watch = service.call(request(&format!("{DISKS}?watch=true"), None)).await.unwrap();
    let mut events = watch.into_body();
    assert!(events.frame().await.is_some());
    server.stop().await.unwrap();
    assert!(events.frame().await.is_none(), "the watch ends with the server");
}

#[tokio::test]
async fn a_hook_runs_beside_the_server_and_ends_with_it() {
    let (begun, answered) = oneshot::channel();
    let (kept, ended) = oneshot::channel::<()>();
    let hook = async move |mut service: ApiService| {
        let answer = service.call(request(DISKS, None)).await.unwrap();
        begun.send(answer.status().as_u16()).unwrap();
        std::future::pending::<()>().await;
        drop(kept);
    };
    let server = ApiServer::new(options()).serve_handlers(slow_disks().1).post_start_hook(hook);
    let server = server.start().await.unwrap();
    assert_eq!(answered.await.unwrap(), 200);
    server.stop().await.unwrap();
    assert!(ended.await.is_err(), "it was dropped");
}
