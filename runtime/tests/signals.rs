//! A server that is a process of its own: what it prints, and how signals end it.
//!
//! The process is this very test program, told by its arguments to run nothing but [`serve_in_a_process`].
#![cfg(all(unix, feature = "server"))]

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, ChildStdout, Command, Stdio};

use resourceful::object::Object;
use resourceful::prelude::*;
use resourceful::rest::{self, Handlers};
use resourceful::server::{ApiServer, ServerOptions};

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

/// Disks that nobody ever gets; each GET prints a line, so that the test sees it has begun.
struct StuckDisks;

impl rest::Storage for StuckDisks {
    type Object = Disk;
}

impl rest::Getter for StuckDisks {
    async fn get(&self, _: &RequestContext, name: &str, _: &GetOptions) -> resourceful::Result<Object<Disk>> {
        println!("stuck on {name}");
        std::future::pending().await
    }
}

const DATA_DIR: &str = "SIGNALS_TEST_DATA_DIR";

#[tokio::test]
#[ignore = "the server of the other tests, which they run in a process of its own"]
async fn serve_in_a_process() {
    let data_dir = std::env::var_os(DATA_DIR).expect("run by the other tests");
    let options = ServerOptions::default().secure_port(0).insecure_port(0).data_dir(data_dir);
    let handlers = Handlers::of(StuckDisks).getter().build();
    ApiServer::new(options).serve_handlers(handlers).run().await.expect("a clean end");
}

/// A server in a process of its own, ended with the test.
struct Process {
    child: Child,
    output: BufReader<ChildStdout>,
    address: String,
}

impl Process {
    fn start(data_dir: &Path) -> Self {
        let mut child = Command::new(std::env::current_exe().expect("a program"))
            .args(["serve_in_a_process", "--exact", "--ignored", "--nocapture"])
            .env(DATA_DIR, data_dir)
            .stdout(Stdio::piped())
            .spawn()
            .expect("a process");
        let output = BufReader::new(child.stdout.take().expect("an output"));
        let mut process = Self { child, output, address: String::new() };
        let line = process.line_with("http://");
        let address = line.split("http://").nth(1).and_then(|rest| rest.split(' ').next());
        process.address = address.expect("an address").trim_end().to_owned();
        process
    }

    /// Reads the output up to a line that holds a text.
    fn line_with(&mut self, text: &str) -> String {
        let mut line = String::new();
        while !line.contains(text) {
            line.clear();
            assert_ne!(self.output.read_line(&mut line).expect("output"), 0, "no line holds {text:?}");
        }
        line
    }

    fn signal(&self, name: &str) {
        let id = self.child.id().to_string();
        let sent = Command::new("kill").args(["-s", name, &id]).status().expect("kill");
        assert!(sent.success());
    }

    fn request(&self, path: &str, token: &str) -> TcpStream {
        let mut stream = TcpStream::connect(&self.address).expect("a connection");
        let head = format!("GET {path} HTTP/1.1\r\nhost: localhost\r\nauthorization: Bearer {token}\r\n\r\n");
        stream.write_all(head.as_bytes()).expect("a request");
        stream
    }

    fn code(&mut self) -> Option<i32> {
        self.child.wait().expect("an end").code()
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        // An error says that it has ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn token(data_dir: &Path) -> String {
    std::fs::read_to_string(data_dir.join("admin-token")).expect("a token").trim().to_owned()
}

// contract 11.37
#[test]
fn sigterm_and_ctrl_c_end_the_process_well() {
    for signal in ["TERM", "INT"] {
        let directory = tempfile::tempdir().expect("a directory");
        let mut process = Process::start(directory.path());
        process.signal(signal);
        assert_eq!(process.code(), Some(0), "{signal}");
    }
}

// contract 11.39
#[test]
fn a_second_signal_ends_it_at_once_with_code_1() {
    let directory = tempfile::tempdir().expect("a directory");
    let mut process = Process::start(directory.path());
    let mut stuck = process.request("/apis/example.com/v1/disks/a", &token(directory.path()));
    process.line_with("stuck on a");
    process.signal("TERM");
    // The server has begun to stop when nobody listens any more.
    while TcpStream::connect(&process.address).is_ok() {
        std::thread::yield_now();
    }
    assert!(process.child.try_wait().expect("a process").is_none(), "the request is waited for");
    process.signal("TERM");
    assert_eq!(process.code(), Some(1));
    let mut answer = Vec::new();
    // The connection may be reset instead of closed.
    let _ = stuck.read_to_end(&mut answer);
    assert_eq!(answer, b"");
}

#[test]
fn the_process_prints_where_it_serves_and_what_to_try() {
    let directory = tempfile::tempdir().expect("a directory");
    let mut process = Process::start(directory.path());
    process.signal("TERM");
    let mut rest = String::new();
    process.output.read_to_string(&mut rest).expect("output");
    let kubeconfig = directory.path().join("kubeconfig");
    let expected = format!(
        "kinds   disks.example.com/v1\ntry     kubectl --kubeconfig {} api-resources\n",
        kubeconfig.display()
    );
    assert!(rest.starts_with(&expected), "{rest}");
}
