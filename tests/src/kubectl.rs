//! The real kubectl, with a home of its own.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

/// kubectl against one server.
#[derive(Debug)]
pub struct Kubectl {
    kubeconfig: PathBuf,
    home: PathBuf,
}

/// What a run of kubectl printed.
#[derive(Debug)]
pub struct Output {
    /// Whether it exited with 0.
    pub success: bool,
    /// Its standard output.
    pub stdout: String,
    /// Its standard error.
    pub stderr: String,
}

impl Kubectl {
    /// kubectl with a kubeconfig; its caches go to `home`.
    ///
    /// # Panics
    ///
    /// When there is no kubectl of version 1.32 or newer: a test that cannot run must not pass.
    pub fn new(kubeconfig: &Path, home: &Path) -> Self {
        let version = Command::new("kubectl").args(["version", "--client", "-o", "json"]).output();
        let version = version.unwrap_or_else(|error| {
            panic!("kubectl is missing ({error}); install version 1.32 or newer, or run .ci/run, which does")
        });
        let version: serde_json::Value =
            serde_json::from_slice(&version.stdout).expect("kubectl prints JSON");
        let minor = version["clientVersion"]["minor"].as_str().unwrap_or_default().trim_end_matches('+');
        let minor: u32 = minor.parse().unwrap_or_default();
        assert!(minor >= 32, "kubectl 1.{minor} is too old; install version 1.32 or newer, or run .ci/run");
        Self { kubeconfig: kubeconfig.to_owned(), home: home.to_owned() }
    }

    /// A command, not yet run.
    pub fn command<S: AsRef<OsStr>>(&self, arguments: impl IntoIterator<Item = S>) -> Command {
        let mut command = self.dress(Command::new("kubectl"));
        command.args(arguments);
        command
    }

    /// Another command, in which kubectl finds its kubeconfig and its home.
    pub fn dress(&self, mut command: Command) -> Command {
        command.env("KUBECONFIG", &self.kubeconfig).env("HOME", &self.home).stdin(Stdio::null());
        command
    }

    /// Runs kubectl with words separated by spaces.
    pub fn run(&self, arguments: &str) -> Output {
        self.run_command(self.command(arguments.split_whitespace()))
    }

    /// Runs a prepared command.
    pub fn run_command(&self, mut command: Command) -> Output {
        let output = command.output().expect("kubectl runs");
        Output {
            success: output.status.success(),
            stdout: String::from_utf8_lossy(&output.stdout).into_owned(),
            stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
        }
    }

    /// Runs kubectl, which must succeed, and returns its standard output.
    ///
    /// # Panics
    ///
    /// When kubectl fails.
    pub fn ok(&self, arguments: &str) -> String {
        let output = self.run(arguments);
        assert!(output.success, "kubectl {arguments} failed:\n{}{}", output.stdout, output.stderr);
        output.stdout
    }

    /// Runs kubectl, which must fail, and returns its standard error.
    ///
    /// # Panics
    ///
    /// When kubectl succeeds.
    pub fn err(&self, arguments: &str) -> String {
        let output = self.run(arguments);
        assert!(!output.success, "kubectl {arguments} should fail, and printed:\n{}", output.stdout);
        output.stderr
    }

    /// Starts kubectl in the background with its output piped.
    pub fn spawn(&self, arguments: &str) -> Child {
        let mut command = self.command(arguments.split_whitespace());
        command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("kubectl runs")
    }
}
