//! A script run against a server of its own.

use std::collections::HashMap;
use std::io::{BufRead, BufReader, Lines, Read};
use std::path::Path;
use std::process::{Child, ChildStdout, Command, Output, Stdio};

use resourceful::ApiServer;
use resourceful::server::{RunningServer, ServerOptions};
use resourceful_tests::kubectl::Kubectl;
use resourceful_tests::plots::{Climate, Plot};
use tokio::runtime::Runtime;

use crate::script::{Action, Script, bless, matches};

/// Runs a script; fails with the first step that goes otherwise.
pub(crate) fn run(runtime: &Runtime, script: &Script) -> Result<(), String> {
    let directory = tempfile::tempdir().expect("a temporary directory");
    let server = runtime.block_on(serve(directory.path()));
    let kubectl = Kubectl::new(&directory.path().join("kubeconfig"), directory.path());
    let outcome = steps(script, &kubectl, directory.path());
    runtime.block_on(server.stop()).expect("the server stops");
    outcome
}

async fn serve(directory: &Path) -> RunningServer {
    let options = ServerOptions::default()
        .secure_port(0)
        .insecure_port(0)
        .write_kubeconfig(directory.join("kubeconfig"));
    let server = ApiServer::new(options).store(resourceful::Store::memory());
    server.serve::<Plot>().serve::<Climate>().start().await.expect("the server starts")
}

/// What was started, killed when the script ends.
struct Background {
    child: Child,
    lines: Lines<BufReader<ChildStdout>>,
}

impl Drop for Background {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn steps(script: &Script, kubectl: &Kubectl, directory: &Path) -> Result<(), String> {
    let blessing = std::env::var_os("BLESS").is_some();
    let mut blessed = Vec::new();
    let mut background: HashMap<&str, Background> = HashMap::new();
    for step in &script.steps {
        let (what, printed) = match &step.action {
            Action::File(name) => {
                let path = directory.join(name);
                std::fs::create_dir_all(path.parent().expect("a file in a directory")).expect("a directory");
                std::fs::write(path, step.below.join("\n") + "\n").expect("the file is written");
                continue;
            }
            Action::Start(name, command) => {
                let mut child = shell(kubectl, directory, command).spawn().expect("a shell runs");
                let stdout = child.stdout.take().expect("stdout is piped");
                let lines = BufReader::new(stdout).lines();
                background.insert(name, Background { child, lines });
                continue;
            }
            Action::Run(command) => {
                let output = shell(kubectl, directory, command).output().expect("a shell runs");
                (command.as_str(), told(&output, directory))
            }
            Action::Next(name) => {
                let lines = &mut background.get_mut(name.as_str()).expect("it was started").lines;
                let lines = lines.by_ref().take(step.below.len());
                (name.as_str(), lines.map(|line| line.expect("a line")).collect())
            }
            Action::End(name) => {
                let mut ended = background.remove(name.as_str()).expect("it was started");
                let stdout: Vec<_> = ended.lines.by_ref().map(|line| line.expect("a line") + "\n").collect();
                let mut stderr = Vec::new();
                let mut pipe = ended.child.stderr.take().expect("stderr is piped");
                pipe.read_to_end(&mut stderr).expect("stderr is read");
                let status = ended.child.wait().expect("it ends");
                let output = Output { status, stdout: stdout.concat().into(), stderr };
                (name.as_str(), told(&output, directory))
            }
        };
        let same = printed.len() == step.below.len()
            && step.below.iter().zip(&printed).all(|(expected, line)| matches(expected, line));
        if same {
            continue;
        }
        if !blessing || matches!(step.action, Action::Next(_)) {
            let (expected, printed) = (step.below.join("\n"), printed.join("\n"));
            let place = format!("{}.script:{}", script.name, step.line);
            return Err(format!("{place}: {what}\n--- expected\n{expected}\n--- printed\n{printed}\n---"));
        }
        blessed.push((step.line, printed));
    }
    if !blessed.is_empty() {
        bless(script, &blessed);
    }
    Ok(())
}

/// A command in the directory of the script, with its own kubectl. It ends after a minute, whatever it waits for.
fn shell(kubectl: &Kubectl, directory: &Path, command: &str) -> Command {
    let mut shell = kubectl.dress(Command::new("timeout"));
    shell
        .args(["60", "sh", "-c", command])
        .current_dir(directory)
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    shell
}

/// What a command printed: its output, its errors after `! `, and its exit code unless it is 0.
fn told(output: &Output, directory: &Path) -> Vec<String> {
    let text = |bytes: &[u8]| {
        String::from_utf8_lossy(bytes).replace(&directory.display().to_string(), "$DIR").trim_end().to_owned()
    };
    let mut lines: Vec<_> = text(&output.stdout).lines().map(|line| plain(line).to_owned()).collect();
    lines.extend(text(&output.stderr).lines().map(|line| format!("! {line}").trim_end().to_owned()));
    match output.status.code() {
        Some(0) => {}
        code => lines.push(format!("? {}", code.unwrap_or(-1))),
    }
    lines
}

/// A line without what only newer versions of kubectl say.
fn plain(line: &str) -> &str {
    match line.split_once(" from ") {
        Some((deleted, namespace)) if deleted.contains("\" ") && namespace.ends_with(" namespace") => deleted,
        _ => line.trim_end(),
    }
}
