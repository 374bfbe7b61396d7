//! Real etcd clusters on loopback, whose members can be killed, paused and brought back.

use std::fs::File;
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// A cluster with its data in a directory of its own; its members are killed when it is dropped.
#[derive(Debug)]
pub struct Cluster {
    members: Vec<Member>,
    directory: tempfile::TempDir,
}

#[derive(Debug)]
struct Member {
    process: Option<Child>,
    arguments: Vec<String>,
    client_url: String,
    log: PathBuf,
}

/// How a cluster says who it is and whom it believes.
#[derive(Clone, Debug)]
pub struct Certificates {
    /// The issuer of both sides' certificates.
    pub ca: PathBuf,
    /// The members' certificate.
    pub cert: PathBuf,
    /// Its key.
    pub key: PathBuf,
}

impl Cluster {
    /// A cluster of one.
    pub fn single() -> Self {
        Self::start(1, None)
    }

    /// A cluster of some members, which is ready.
    pub fn of(members: usize) -> Self {
        Self::start(members, None)
    }

    /// A cluster of one that speaks TLS and asks for client certificates.
    pub fn secure(certificates: &Certificates) -> Self {
        Self::start(1, Some(certificates))
    }

    fn start(size: usize, certificates: Option<&Certificates>) -> Self {
        let directory = tempfile::tempdir().expect("a temporary directory");
        // Held until all are found, so that none is found twice.
        let sockets: Vec<_> =
            (0..2 * size).map(|_| TcpListener::bind("127.0.0.1:0").expect("a free port")).collect();
        let ports: Vec<_> =
            sockets.iter().map(|socket| socket.local_addr().expect("an address").port()).collect();
        drop(sockets);
        let peer = |number: usize| format!("http://127.0.0.1:{}", ports[2 * number + 1]);
        let peers: Vec<_> = (0..size).map(|number| format!("m{number}={}", peer(number))).collect();
        let scheme = if certificates.is_some() { "https" } else { "http" };
        let members = (0..size).map(|number| {
            let client_url = format!("{scheme}://127.0.0.1:{}", ports[2 * number]);
            let data = directory.path().join(format!("m{number}"));
            let mut arguments: Vec<String> = [
                ("--name", format!("m{number}")),
                ("--data-dir", data.display().to_string()),
                ("--listen-client-urls", client_url.clone()),
                ("--advertise-client-urls", client_url.clone()),
                ("--listen-peer-urls", peer(number)),
                ("--initial-advertise-peer-urls", peer(number)),
                ("--initial-cluster", peers.join(",")),
                // A member that is alone elects itself after this time.
                ("--heartbeat-interval", if size == 1 { "10" } else { "50" }.to_owned()),
                ("--election-timeout", if size == 1 { "50" } else { "500" }.to_owned()),
                ("--log-level", "error".to_owned()),
                // It maps a little more than this, and 10 GiB otherwise.
                ("--quota-backend-bytes", (1_u64 << 30).to_string()),
            ]
            .into_iter()
            .flat_map(|(flag, value)| [flag.to_owned(), value])
            .collect();
            if let Some(Certificates { ca, cert, key }) = certificates {
                for (flag, path) in [("trusted-ca-file", ca), ("cert-file", cert), ("key-file", key)] {
                    arguments.extend([format!("--{flag}"), path.display().to_string()]);
                }
                arguments.push("--client-cert-auth".to_owned());
            }
            let log = directory.path().join(format!("m{number}.log"));
            Member { process: None, arguments, client_url, log }
        });
        let mut cluster = Self { members: members.collect(), directory };
        for member in &mut cluster.members {
            member.start();
        }
        if certificates.is_none() {
            cluster.wait_until_ready();
        }
        cluster
    }

    /// The client URLs of all members.
    pub fn urls(&self) -> Vec<String> {
        self.members.iter().map(|member| member.client_url.clone()).collect()
    }

    /// The client URL of one member.
    pub fn url(&self, member: usize) -> &str {
        &self.members[member].client_url
    }

    /// How many members there are.
    pub fn size(&self) -> usize {
        self.members.len()
    }

    /// Where the members' files lie.
    pub fn directory(&self) -> &Path {
        self.directory.path()
    }

    /// The member that leads, if there is one now.
    pub fn leader(&self) -> Option<usize> {
        self.members.iter().position(|member| {
            let status = member.post("/v3/maintenance/status", "{}");
            status.is_some_and(|status| {
                status["leader"] == status["header"]["member_id"] && status["leader"].is_string()
            })
        })
    }

    /// The version of the first member.
    pub fn version(&self) -> (u32, u32, u32) {
        let status = self.members[0].post("/v3/maintenance/status", "{}").expect("the member answers");
        let version = status["version"].as_str().unwrap_or_default();
        let mut numbers = version.split(['.', '-']).map(|number| number.parse().unwrap_or(0));
        let mut next = || numbers.next().unwrap_or(0);
        (next(), next(), next())
    }

    /// Writes keys in one transaction, so that they share a revision, and returns it. No value deletes the key.
    ///
    /// # Panics
    ///
    /// When the first member does not answer.
    pub fn write_together(&self, writes: &[(&str, Option<&str>)]) -> u64 {
        use base64::Engine as _;
        use base64::engine::general_purpose::STANDARD;
        let operations: Vec<_> = writes
            .iter()
            .map(|(key, value)| match value {
                Some(value) => serde_json::json!({
                    "requestPut": { "key": STANDARD.encode(key), "value": STANDARD.encode(value) }
                }),
                None => serde_json::json!({ "requestDeleteRange": { "key": STANDARD.encode(key) } }),
            })
            .collect();
        let transaction = serde_json::json!({ "success": operations }).to_string();
        let answer = self.members[0].post("/v3/kv/txn", &transaction).expect("the member answers");
        assert_eq!(answer["succeeded"], true, "{answer}");
        let revision = answer["header"]["revision"].as_str().and_then(|text| text.parse().ok());
        revision.unwrap_or_else(|| panic!("there is no revision: {answer}"))
    }

    /// Waits until a member leads.
    pub fn wait_until_ready(&self) -> usize {
        let begin = Instant::now();
        loop {
            if let Some(leader) = self.leader() {
                return leader;
            }
            assert!(
                begin.elapsed() < Duration::from_secs(30),
                "the etcd cluster has no leader:\n{}",
                self.logs()
            );
            std::thread::sleep(Duration::from_millis(5));
        }
    }

    /// Kills a member as `kill -9` does, and waits until it is gone.
    pub fn kill(&mut self, member: usize) {
        let mut process = self.members[member].process.take().expect("the member runs");
        process.kill().expect("etcd can be killed");
        process.wait().expect("etcd ends");
    }

    /// Brings a killed member back.
    pub fn restart(&mut self, member: usize) {
        self.members[member].start();
    }

    /// Stops a member where it stands, as `kill -STOP` does.
    pub fn pause(&self, member: usize) {
        self.members[member].signal("STOP");
    }

    /// Lets a paused member go on.
    pub fn resume(&self, member: usize) {
        self.members[member].signal("CONT");
    }

    fn logs(&self) -> String {
        let log = |member: &Member| std::fs::read_to_string(&member.log).unwrap_or_default();
        self.members.iter().map(log).collect()
    }
}

impl Member {
    fn start(&mut self) {
        let log = File::options().create(true).append(true).open(&self.log).expect("the log can be written");
        let started = Command::new("etcd")
            .args(&self.arguments)
            .stdin(Stdio::null())
            .stdout(log.try_clone().expect("the log can be shared"))
            .stderr(log)
            .spawn();
        let process = started.unwrap_or_else(|error| {
            panic!("etcd is missing ({error}); install Debian's etcd-server, or run .ci/run, which does")
        });
        self.process = Some(process);
    }

    fn signal(&self, signal: &str) {
        let id = self.process.as_ref().expect("the member runs").id().to_string();
        let status = Command::new("kill").args(["-s", signal, &id]).status().expect("kill runs");
        assert!(status.success(), "kill -s {signal} {id}");
    }

    /// Asks the member over its JSON gateway, without a client of ours.
    fn post(&self, path: &str, body: &str) -> Option<serde_json::Value> {
        use std::io::{Read as _, Write as _};
        let address = self.client_url.strip_prefix("http://")?;
        let mut stream = std::net::TcpStream::connect(address).ok()?;
        stream.set_read_timeout(Some(Duration::from_millis(500))).ok()?;
        let length = body.len();
        let head = format!("POST {path} HTTP/1.0\r\nHost: {address}\r\nContent-Length: {length}\r\n\r\n");
        stream.write_all(head.as_bytes()).ok()?;
        stream.write_all(body.as_bytes()).ok()?;
        let mut answer = String::new();
        stream.read_to_string(&mut answer).ok()?;
        serde_json::from_str(answer.split_once("\r\n\r\n")?.1).ok()
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        for process in self.members.iter_mut().filter_map(|member| member.process.as_mut()) {
            let _ = process.kill();
            let _ = process.wait();
        }
    }
}
