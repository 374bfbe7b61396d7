//! Nothing of the catalogues is forgotten: every ID has a case here, a test elsewhere, or a reason why it is skipped.

use std::collections::BTreeSet;
use std::path::Path;

/// Compares what is shown with the catalogue.
pub(crate) fn check(directory: &Path, shown: &BTreeSet<String>) -> Result<(), String> {
    let read = |name: &str| {
        std::fs::read_to_string(directory.join(name)).map_err(|error| format!("{name}: {error}"))
    };
    let catalogue: BTreeSet<String> = entries(&read("catalogue.txt")?).map(|(id, _)| id).collect();
    let mut problems = Vec::new();
    let mut covered = shown.clone();
    for (ids, test) in entries(&read("elsewhere.txt")?) {
        let (file, function) = test.split_once(' ').unwrap_or((&test, ""));
        let source = std::fs::read_to_string(directory.join("../../..").join(file)).unwrap_or_default();
        if !source.contains(&format!("fn {}(", function.trim())) {
            problems.push(format!("elsewhere.txt: {file} has no test {function}"));
        }
        // The behaviours of the contract's section 15 are named after their numbers, as those that are cases.
        for id in ids.split(',').filter(|id| id.starts_with("15.")) {
            if !function.contains(&id.replace('.', "_")) {
                problems.push(format!("elsewhere.txt: the name of {function} does not say {id}"));
            }
        }
        covered.extend(ids.split(',').map(str::to_owned));
    }
    for (id, reason) in entries(&read("skipped.txt")?) {
        // What is skipped in part is shown in part.
        let part = reason.starts_with('(');
        if !part && covered.contains(&id) {
            problems.push(format!("skipped.txt: {id} is shown, so there is nothing to skip"));
        }
        if reason.len() < 20 {
            problems.push(format!("skipped.txt: {id} needs a reason"));
        }
        if !catalogue.contains(&id) {
            problems.push(format!("skipped.txt: the catalogue has no {id}"));
        }
        if !part {
            covered.insert(id);
        }
    }
    problems.extend(
        catalogue.difference(&covered).map(|id| format!("{id} has neither a case nor a reason to skip it")),
    );
    problems.extend(covered.difference(&catalogue).map(|id| format!("the catalogue has no {id}")));
    if problems.is_empty() { Ok(()) } else { Err(problems.join("\n")) }
}

/// The lines of a table: the first word, and the rest.
fn entries(text: &str) -> impl Iterator<Item = (String, String)> {
    let lines = text.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#'));
    lines.map(|line| {
        let (first, rest) = line.split_once(' ').unwrap_or((line, ""));
        (first.to_owned(), rest.trim().to_owned())
    })
}
