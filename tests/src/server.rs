//! An example program run as a real process.

use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::OnceLock;

/// An example that serves, killed when dropped.
#[derive(Debug)]
pub struct Server {
    child: Child,
    directory: PathBuf,
    insecure: String,
}

impl Server {
    /// Starts an example on free ports with its data in a directory, and waits until it serves.
    pub fn start(example: &str, directory: &Path) -> Self {
        Self::try_start(example, directory)
            .unwrap_or_else(|output| panic!("{example} did not start:\n{output}"))
    }

    /// As [`start`](Self::start); fails with what the process said before it ended.
    pub fn try_start(example: &str, directory: &Path) -> Result<Self, String> {
        Self::try_run(Command::new(executable(example)), directory)
    }

    /// As [`start`](Self::start), with more flags. An example that was built without the feature `etcd` is built again if a
    /// flag needs it.
    pub fn start_with(example: &str, directory: &Path, flags: &[&str]) -> Self {
        Self::try_start_with(example, directory, flags)
            .unwrap_or_else(|output| panic!("{example} did not start:\n{output}"))
    }

    /// As [`start_with`](Self::start_with); fails with what the process said before it ended.
    pub fn try_start_with(example: &str, directory: &Path, flags: &[&str]) -> Result<Self, String> {
        static CHECKED: std::sync::Once = std::sync::Once::new();
        CHECKED.call_once(|| {
            let help = Command::new(executable(example)).arg("--help").output().expect("the example runs");
            if !String::from_utf8_lossy(&help.stdout).contains("--etcd-servers") {
                std::fs::remove_file(executable(example)).expect("the example can be built again");
            }
        });
        let mut command = Command::new(executable(example));
        command.args(flags);
        Self::try_run(command, directory)
    }

    /// As [`start`](Self::start), with the data on a disk of its own of so many MiB: a file system in memory that only
    /// the process sees, and that is gone with it.
    pub fn start_on_disk(example: &str, directory: &Path, mebibytes: u32) -> Self {
        std::fs::create_dir_all(directory.join("data")).expect("the place of the disk is made");
        let mut command = Command::new("unshare");
        let script = format!("mount -t tmpfs -o size={mebibytes}m none data && exec \"$0\" \"$@\"");
        command.args(["--user", "--map-root-user", "--mount", "sh", "-c", &script]);
        command.arg(executable(example)).current_dir(directory);
        Self::try_run(command, directory).unwrap_or_else(|output| {
            panic!("{example} has no disk of its own; this needs `unshare` and user namespaces:\n{output}")
        })
    }

    fn try_run(mut command: Command, directory: &Path) -> Result<Self, String> {
        let mut child = command
            .args(["--secure-port", "0", "--insecure-port", "0"])
            .arg("--data-dir")
            .arg(directory.join("data"))
            .arg("--write-kubeconfig")
            .arg(directory.join("kubeconfig"))
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("the example runs");
        let mut errors = child.stderr.take().expect("stderr is piped");
        let errors = std::thread::spawn(move || {
            let mut text = String::new();
            let _ = std::io::Read::read_to_string(&mut errors, &mut text);
            text
        });
        let mut said = String::new();
        let mut lines = BufReader::new(child.stdout.take().expect("stdout is piped")).lines();
        while let Some(Ok(line)) = lines.next() {
            if let Some(url) = line.split_whitespace().find(|word| word.starts_with("http://")) {
                let insecure = url.to_owned();
                // Keep reading, so that the process never blocks on a full pipe.
                std::thread::spawn(move || lines.for_each(drop));
                return Ok(Self { child, directory: directory.to_owned(), insecure });
            }
            said.push_str(&line);
            said.push('\n');
        }
        let _ = child.wait();
        said.push_str(&errors.join().unwrap_or_default());
        Err(said)
    }

    /// The address of the plain HTTP port.
    pub fn insecure_url(&self) -> &str {
        &self.insecure
    }

    /// The address of the secure port, as the kubeconfig has it.
    pub fn secure_url(&self) -> String {
        self.in_kubeconfig("server")
    }

    /// The directory of the certificate that the server made for itself, its key and its issuer.
    pub fn certificates(&self) -> PathBuf {
        self.directory.join("data/tls")
    }

    /// The kubeconfig that the server wrote.
    pub fn kubeconfig(&self) -> PathBuf {
        self.directory.join("kubeconfig")
    }

    /// The admin's token, as the kubeconfig has it.
    pub fn token(&self) -> String {
        self.in_kubeconfig("token")
    }

    fn in_kubeconfig(&self, field: &str) -> String {
        let kubeconfig = std::fs::read_to_string(self.kubeconfig()).expect("the kubeconfig is written");
        let prefix = format!("{field}: ");
        let value = kubeconfig.lines().find_map(|line| line.trim().strip_prefix(prefix.as_str()));
        value.expect("the kubeconfig has the field").trim_matches('"').to_owned()
    }

    /// The process id.
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// Stops the process where it stands, as `kill -STOP` does.
    pub fn pause(&self) {
        self.signal("STOP");
    }

    /// Lets a paused process go on.
    pub fn resume(&self) {
        self.signal("CONT");
    }

    fn signal(&self, signal: &str) {
        let id = self.child.id().to_string();
        let status = Command::new("kill").args(["-s", signal, &id]).status().expect("kill runs");
        assert!(status.success(), "kill -s {signal} {id}");
    }

    /// Kills the process as `kill -9` does, and waits until it is gone.
    pub fn kill(mut self) {
        self.child.kill().expect("the process can be killed");
        self.child.wait().expect("the process ends");
    }

    /// Asks the process to stop, as `kill` does, and returns its exit code.
    pub fn terminate(mut self) -> Option<i32> {
        let status = Command::new("kill").arg(self.child.id().to_string()).status().expect("kill runs");
        assert!(status.success());
        self.child.wait().expect("the process ends").code()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The built program of an example. `cargo test --workspace` builds all of them; a narrower call does not, so then they
/// are built here.
pub fn executable(example: &str) -> PathBuf {
    static DIRECTORY: OnceLock<PathBuf> = OnceLock::new();
    let directory = DIRECTORY.get_or_init(|| {
        let test = std::env::current_exe().expect("a test knows its path");
        test.parent().and_then(Path::parent).expect("tests lie in target/<profile>/deps").join("examples")
    });
    let path = directory.join(example);
    if !path.exists() {
        let mut build = Command::new(env!("CARGO"));
        build.args(["build", "--workspace", "--examples"]);
        if directory.to_string_lossy().contains("release") {
            build.arg("--release");
        }
        assert!(build.status().expect("cargo runs").success(), "the examples must build");
    }
    path
}
