//! Every trait that a program may implement says in its own words what is missing where it is not.

use std::fs;
use std::path::Path;

/// Traits that nobody implements by hand: they follow from others, or are the runtime's own.
const OTHERS: &[&str] =
    &["AnyObject", "CreaterUpdater", "Patcher", "StandardStorage", "Describe", "ChangeSink"];

/// The public traits of the files below a directory, and whether they have words of their own.
fn traits(directory: &Path, found: &mut Vec<(String, bool)>) {
    for entry in fs::read_dir(directory).expect("the sources are there") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            traits(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            let source = fs::read_to_string(&path).expect("text");
            let mut attributes = String::new();
            for line in source.lines() {
                if let Some(rest) = line.strip_prefix("pub trait ") {
                    let name = rest.split([':', '<', ' ']).next().unwrap_or_default();
                    found.push((name.to_owned(), attributes.contains("#[diagnostic::on_unimplemented(")));
                }
                // Attributes end where a line stands that is none, and no part of one.
                if line.is_empty() || line == "}" {
                    attributes.clear();
                } else {
                    attributes.push_str(line);
                }
            }
        }
    }
}

#[test]
fn missing_impls_are_told_in_our_words() {
    let mut found = Vec::new();
    traits(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../runtime/src"), &mut found);
    assert!(found.len() > 20, "{found:?}");
    let silent: Vec<_> =
        found.iter().filter(|(name, told)| !told && !OTHERS.contains(&name.as_str())).collect();
    assert!(silent.is_empty(), "without `#[diagnostic::on_unimplemented]`: {silent:?}");
    for other in OTHERS {
        assert!(found.iter().any(|(name, told)| name == other && !told), "{other} needs no exception");
    }
}
