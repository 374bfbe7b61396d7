//! A script as it is written.

use std::path::{Path, PathBuf};

/// A script.
#[derive(Debug)]
pub(crate) struct Script {
    /// The name of the file, without its extension.
    pub(crate) name: String,
    /// Where it lies.
    pub(crate) path: PathBuf,
    /// What it does, in order.
    pub(crate) steps: Vec<Step>,
}

/// One step, with the line that it begins at, and the lines that are indented below it.
#[derive(Debug)]
pub(crate) struct Step {
    /// The number of the line, from 1.
    pub(crate) line: usize,
    /// What to do.
    pub(crate) action: Action,
    /// The indented lines, without their indentation.
    pub(crate) below: Vec<String>,
}

/// What a step does.
#[derive(Debug)]
pub(crate) enum Action {
    /// `file NAME`: writes a file.
    File(String),
    /// `$ COMMAND`: runs a command, which prints the lines below.
    Run(String),
    /// `& NAME COMMAND`: starts a command beside the others.
    Start(String, String),
    /// `> NAME`: the next lines of what was started are those below.
    Next(String),
    /// `. NAME`: what was started ends by itself, and prints the lines below until then.
    End(String),
}

/// All scripts of a directory.
pub(crate) fn load(directory: &Path) -> Vec<Script> {
    let entries = std::fs::read_dir(directory).expect("the scripts are there");
    let mut paths: Vec<_> = entries.map(|entry| entry.expect("an entry").path()).collect();
    paths.retain(|path| path.extension().is_some_and(|extension| extension == "script"));
    paths.sort();
    paths.into_iter().map(read).collect()
}

fn read(path: PathBuf) -> Script {
    let text = std::fs::read_to_string(&path).expect("a script is text");
    let mut steps: Vec<Step> = Vec::new();
    let mut blank = 0;
    for (index, line) in text.lines().enumerate() {
        let below = line.strip_prefix("  ");
        match below.or((line == "  ").then_some("")) {
            _ if line.is_empty() => blank += 1,
            Some(below) => {
                let step = steps
                    .last_mut()
                    .unwrap_or_else(|| panic!("{}: indented before any step", path.display()));
                // Empty lines between indented ones belong to them.
                step.below.extend((0..std::mem::take(&mut blank)).map(|_| String::new()));
                step.below.push(below.to_owned());
            }
            None => {
                blank = 0;
                if !line.starts_with('#') {
                    let action =
                        action(line).unwrap_or_else(|| panic!("{}:{}: {line}", path.display(), index + 1));
                    steps.push(Step { line: index + 1, action, below: Vec::new() });
                }
            }
        }
    }
    let name = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
    Script { name, path, steps }
}

fn action(line: &str) -> Option<Action> {
    let (word, rest) = line.split_once(' ')?;
    let rest = rest.to_owned();
    Some(match word {
        "file" => Action::File(rest),
        "$" => Action::Run(rest),
        "&" => {
            let (name, command) = rest.split_once(' ')?;
            Action::Start(name.to_owned(), command.to_owned())
        }
        ">" => Action::Next(rest),
        "." => Action::End(rest),
        _ => return None,
    })
}

/// Whether a line is as expected: `[..]` stands for anything, and space at the end does not count.
pub(crate) fn matches(expected: &str, actual: &str) -> bool {
    let (expected, actual) = (expected.trim_end(), actual.trim_end());
    let mut parts = expected.split("[..]");
    let Some(mut rest) = parts.next().and_then(|first| actual.strip_prefix(first)) else { return false };
    let mut parts = parts.peekable();
    if parts.peek().is_none() {
        return rest.is_empty();
    }
    while let Some(part) = parts.next() {
        if parts.peek().is_none() {
            return rest.ends_with(part);
        }
        match rest.split_once(part) {
            Some((_, after)) => rest = after,
            None => return false,
        }
    }
    true
}

/// Writes what was printed into a script, below the steps that begin at these lines.
pub(crate) fn bless(script: &Script, printed: &[(usize, Vec<String>)]) {
    let text = std::fs::read_to_string(&script.path).expect("a script is text");
    let lines: Vec<_> = text.lines().collect();
    let mut written = Vec::new();
    let mut index = 0;
    while index < lines.len() {
        written.push(lines[index].to_owned());
        index += 1;
        let Some((_, output)) = printed.iter().find(|(line, _)| *line == index) else { continue };
        written.extend(output.iter().map(|line| format!("  {line}").trim_end().to_owned()));
        let rest = &lines[index..];
        let next = rest.iter().position(|line| !line.is_empty() && !line.starts_with("  "));
        let mut end = next.map_or(lines.len(), |next| index + next);
        while end > index && lines[end - 1].is_empty() {
            end -= 1;
        }
        index = end;
    }
    std::fs::write(&script.path, written.join("\n") + "\n").expect("the script is written");
}
