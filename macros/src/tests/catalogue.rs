//! Every message of the catalogue is shown by a case in `tests/ui`, as rustc prints it.

use std::fs;
use std::path::{Path, PathBuf};

use syn::visit::{self, Visit};
use syn::{Item, ItemFn, LitStr, Macro};

fn directory(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(path)
}

/// The texts of the files below a directory that have this ending.
fn texts(directory: &Path, ending: &str) -> Vec<String> {
    let mut texts = Vec::new();
    for entry in fs::read_dir(directory).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            texts.extend(self::texts(&path, ending));
        } else if path.extension().is_some_and(|extension| extension == ending) {
            texts.push(fs::read_to_string(path).unwrap());
        }
    }
    texts
}

/// The string literals of a function, those in macros among them.
#[derive(Default)]
struct Literals(Vec<String>);

impl<'ast> Visit<'ast> for Literals {
    /// Doc comments are no messages.
    fn visit_attribute(&mut self, _: &'ast syn::Attribute) {}

    fn visit_lit_str(&mut self, literal: &'ast LitStr) {
        self.0.push(literal.value());
    }

    fn visit_macro(&mut self, item: &'ast Macro) {
        for token in item.tokens.clone() {
            if let Ok(literal) = syn::parse2::<LitStr>(token.into()) {
                self.visit_lit_str(&literal);
            }
        }
        visit::visit_macro(self, item);
    }
}

/// The longest part of a text that stands in it whatever is filled in.
fn constant_part(text: &str) -> String {
    let parts = text.split(['{', '}']).step_by(2);
    parts.max_by_key(|part| part.len()).unwrap_or_default().to_owned()
}

#[test]
fn every_message_has_a_case() {
    let shown = [texts(&directory("../tests/ui"), "stderr"), texts(&directory("../tests/kube/ui"), "stderr")];
    let shown = shown.concat().concat();
    let mut unseen = Vec::new();
    let mut messages = 0;
    for source in texts(&directory("src/error"), "rs") {
        let functions = syn::parse_file(&source).unwrap().items.into_iter().filter_map(|item| match item {
            Item::Fn(function) => Some(function),
            _ => None,
        });
        for function in functions {
            let ItemFn { sig, .. } = &function;
            let mut literals = Literals::default();
            literals.visit_item_fn(&function);
            // Short ones are glue, such as separators.
            for part in literals.0.iter().map(|text| constant_part(text)).filter(|part| part.len() > 8) {
                messages += 1;
                if !shown.contains(&part) {
                    unseen.push(format!("{}: {part}", sig.ident));
                }
            }
        }
    }
    assert!(messages > 90, "only {messages} messages were found");
    assert!(unseen.is_empty(), "messages that no case in tests/ui shows:\n{}", unseen.join("\n"));
}

/// Words of other tools that are answered with advice are words that a case in `tests/ui` writes.
#[test]
fn every_habit_has_a_case() {
    let written = texts(&directory("../tests/ui"), "rs").concat();
    let unseen: Vec<_> = crate::check::habits().filter(|habit| !written.contains(habit)).collect();
    assert!(unseen.is_empty(), "words that no case in tests/ui writes: {unseen:?}");
}
