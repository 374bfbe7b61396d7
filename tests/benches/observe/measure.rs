//! What is measured here: the best of several rounds, and the CPU time of servers that are processes of their own.

use std::convert::Infallible;
use std::io::{BufRead as _, BufReader, Write as _};
use std::process::{Child, Command, Stdio};
use std::time::Instant;

use bytes::Bytes;
use http_body_util::Full;
use hyper_util::rt::TokioIo;
use resourceful_tests::client::Client;
use resourceful_tests::report::cpu_time;

/// Names the file whose bytes this program shall serve, when it is started as its own bare server.
const BARE_SERVER_BODY: &str = "MEASURE_BARE_SERVER_BODY";

/// The time of one call of each of two functions, in ns: the best of seven rounds, which take turns so that a machine that
/// slows down slows both.
pub(crate) fn beside<A, B>(
    count: u32,
    mut ours: impl FnMut() -> A,
    mut limit: impl FnMut() -> B,
) -> (f64, f64) {
    let (mut best, mut best_limit) = (f64::INFINITY, f64::INFINITY);
    for _ in 0..7 {
        best = best.min(round(count, &mut ours));
        best_limit = best_limit.min(round(count, &mut limit));
    }
    (best, best_limit)
}

fn round<A>(count: u32, call: &mut impl FnMut() -> A) -> f64 {
    let begin = Instant::now();
    for _ in 0..count {
        std::hint::black_box(call());
    }
    begin.elapsed().as_secs_f64() * 1e9 / f64::from(count)
}

/// This program again as another process, which prints where it serves, and a token if one is needed.
#[derive(Debug)]
pub(crate) struct Served {
    child: Child,
    client: Client,
}

impl Served {
    /// Starts this program with a variable that tells it what to serve.
    pub(crate) fn start(name: &str, value: &str) -> Self {
        let mut child = Command::new(std::env::current_exe().expect("a program knows its path"))
            .env(name, value)
            .stdout(Stdio::piped())
            .spawn()
            .expect("the program starts");
        let mut line = String::new();
        let stdout = child.stdout.take().expect("stdout is piped");
        BufReader::new(stdout).read_line(&mut line).expect("it says where it serves");
        let mut words = line.split_whitespace();
        let mut word = || words.next().unwrap_or_default().to_owned();
        Self { child, client: Client::new(word(), word()) }
    }

    /// A server that does nothing but send bytes, as far as hyper alone can.
    pub(crate) fn bare(body: &[u8]) -> Self {
        let mut file = tempfile::NamedTempFile::new().expect("a temporary file");
        file.write_all(body).expect("the body is written");
        // It prints its address once it has read the file.
        Self::start(BARE_SERVER_BODY, &file.path().to_string_lossy())
    }

    /// Speaks to it.
    pub(crate) fn client(&self) -> &Client {
        &self.client
    }

    /// The CPU time in µs that the process spends on one GET.
    pub(crate) async fn cpu_of_a_get(&self, path: &str, header: (&str, &str), count: u32) -> f64 {
        get_often(&self.client, path, header, count / 10).await;
        let cpu = cpu_time(self.child.id());
        get_often(&self.client, path, header, count).await;
        cpu_time(self.child.id()).saturating_sub(cpu).as_secs_f64() * 1e6 / f64::from(count)
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Sends GETs with a header from 16 clients at a time; every one must be answered with 200 or 304.
async fn get_often(client: &Client, path: &str, (name, value): (&str, &str), count: u32) {
    let mut clients = tokio::task::JoinSet::new();
    for _ in 0..16 {
        let (client, path) = (client.clone(), path.to_owned());
        let (name, value) = (name.to_owned(), value.to_owned());
        clients.spawn(async move {
            for _ in 0..count.div_ceil(16) {
                let answer = client.call(http::Method::GET, &path).header(&name, &value).send().await;
                assert!(matches!(answer.code, 200 | 304), "{path}: {}", answer.code);
            }
        });
    }
    clients.join_all().await;
}

/// Serves as [`Served::bare`] asks, if this process was started for that.
pub(crate) async fn serve_if_bare() {
    let Ok(path) = std::env::var(BARE_SERVER_BODY) else { return };
    let body = Bytes::from(std::fs::read(path).expect("the body can be read"));
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    println!("http://{}", listener.local_addr().expect("an address"));
    loop {
        let (stream, _) = listener.accept().await.expect("a connection");
        let _ = stream.set_nodelay(true);
        let body = body.clone();
        tokio::spawn(async move {
            let service = hyper::service::service_fn(move |_| {
                let response = http::Response::builder().header("content-type", "application/json");
                let response = response.body(Full::new(body.clone())).expect("the response is well formed");
                async move { Ok::<_, Infallible>(response) }
            });
            let _ = hyper::server::conn::http1::Builder::new()
                .serve_connection(TokioIo::new(stream), service)
                .await;
        });
    }
}
