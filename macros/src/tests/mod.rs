//! What the derive writes, compared with `tests/expand/*.rs`, and that no input makes it panic.

mod catalogue;
mod fuzz;
mod keys;

use std::fs;
use std::path::PathBuf;

use proc_macro2::TokenStream;
use proptest::prelude::*;
use quote::ToTokens;
use syn::{Item, ItemStruct, parse_quote};

use crate::derive;
use crate::syntax::{COLUMN_KEYS, CONTAINER_KEYS, SCALE_KEYS, SUBRESOURCE_KEYS, VALIDATION_KEYS};

/// The struct of a source file, its expansion, and the file as it is after expansion.
struct Expanded {
    expansion: String,
    file: String,
}

fn expand_file(name: &str) -> Expanded {
    let source = fs::read_to_string(directory().join("source").join(name)).unwrap();
    let mut file = syn::parse_file(&source).unwrap();
    let derives = |item: &Item| matches!(item, Item::Struct(item) if item.attrs.iter().any(|attribute| attribute.path().is_ident("resource")));
    let position = file.items.iter().position(derives).unwrap();
    let Item::Struct(item) = &mut file.items[position] else { unreachable!() };
    let expansion: syn::File = syn::parse2(derive(item.to_token_stream())).unwrap();
    strip(item);
    let after = file.items.split_off(position + 1);
    file.items.extend(expansion.items.iter().cloned().chain(after));
    Expanded { expansion: prettyplease::unparse(&expansion), file: spaced(&prettyplease::unparse(&file)) }
}

/// The struct as the compiler sees it once the derive has run.
fn strip(item: &mut ItemStruct) {
    item.attrs.retain(|attribute| !attribute.path().is_ident("resource"));
    for attribute in &mut item.attrs {
        if attribute.path().is_ident("derive") {
            let tokens = attribute.meta.require_list().unwrap().tokens.to_string();
            let rest: TokenStream = tokens.replace("Resource ,", "").parse().unwrap();
            *attribute = parse_quote!(#[derive(#rest)]);
        }
    }
    for field in &mut item.fields {
        field.attrs.retain(|attribute| {
            !["metadata", "spec", "status"].iter().any(|role| attribute.path().is_ident(role))
        });
    }
}

/// A blank line before each item, for reading.
fn spaced(code: &str) -> String {
    let mut spaced = String::new();
    let mut previous = "{";
    for line in code.lines() {
        let indent = line.len() - line.trim_start().len();
        let begins = line.trim_start().starts_with(['#', '/'])
            || ["impl", "struct", "pub", "const _"].iter().any(|word| line.trim_start().starts_with(word));
        let attached = previous.trim_start().starts_with(['#', '/']) || previous.ends_with(['{', '(', ',']);
        if begins && !attached && indent <= 4 {
            spaced.push('\n');
        }
        spaced.push_str(line);
        spaced.push('\n');
        previous = line;
    }
    spaced
}

fn directory() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../tests/expand")
}

/// Compares with the file of that name; `BLESS=1` writes it instead.
fn assert_expansion(name: &str) {
    let actual = format!(
        "// What `#[derive(Resource)]` makes of source/{name}.\n// Written by `BLESS=1 cargo test -p resourceful-macros`.\n\n{}",
        expand_file(name).file
    );
    let path = directory().join(name);
    if std::env::var_os("BLESS").is_some() {
        fs::write(&path, &actual).unwrap();
    }
    let expected = fs::read_to_string(&path).unwrap_or_default();
    assert!(
        actual == expected,
        "{} is not what the derive writes; see its first lines\n{actual}",
        path.display()
    );
}

#[test]
fn the_minimal_expansion_is_as_written_down() {
    assert_expansion("minimal.rs");
}

#[test]
fn the_typical_expansion_is_as_written_down() {
    assert_expansion("typical.rs");
}

#[test]
fn the_full_expansion_is_as_written_down() {
    assert_expansion("everything.rs");
}

#[test]
fn the_typical_expansion_fits_on_two_hundred_lines() {
    let lines = expand_file("typical.rs").expansion.lines().count();
    assert!((100..=200).contains(&lines), "{lines} lines");
}

/// Runs the derive, and shows that what it writes is Rust.
fn survives(input: TokenStream) -> String {
    let output = derive(input);
    let parsed = syn::parse2::<syn::File>(output.clone());
    assert!(parsed.is_ok(), "{output}");
    output.to_string()
}

#[test]
fn odd_inputs_are_answered_with_errors() {
    for input in [
        "",
        "fn f() {}",
        "struct A;",
        "struct A(u8);",
        "struct A {}",
        "enum A {}",
        "union A { a: u8 }",
        "struct A<T> { metadata: T }",
        "struct A<'a, const N: usize> { metadata: &'a [u8; N] }",
        "#[resource] struct A { metadata: B }",
        "#[resource()] struct A { metadata: B }",
        "#[resource = 1] struct A { metadata: B }",
        "#[resource[]] struct A { metadata: B }",
        "#[resource(,)] struct A { metadata: B }",
        "#[resource(1, 2)] struct A { metadata: B }",
        "#[resource(a::b = 1)] struct A { metadata: B }",
        "#[resource(group =)] struct A { metadata: B }",
        "#[resource(group = pub(crate))] struct A { metadata: B }",
        "#[resource(group = \"\", version = \"\", kind = \"\", plural = \"\")] struct A { metadata: B }",
        "#[resource(verbs(1), verbs(), verbs = 2, verbs)] struct A { metadata: B }",
        "#[resource(printcolumn, printcolumn(), printcolumn(1), printcolumn = 3)] struct A { metadata: B }",
        "#[resource(crate = \"a\", strategy = 1)] struct A { metadata: B }",
        "#[resource(crate = <A as B>::c)] struct A { metadata: B }",
        "#[resource(group = \"a.b\", version = \"v1\")] struct Ä { metadata: B }",
        "#[resource(group = \"a.b\", version = \"v1\")] struct A { #[status(x)] #[status = 1] a: B }",
        "#[resource(group = \"a.b\", version = \"v1\")] struct A { #[metadata] #[serde(flatten)] b: B }",
    ] {
        let output = survives(input.parse().unwrap());
        assert!(output.contains("compile_error"), "{input} gave {output}");
    }
}

#[test]
fn raw_identifiers_lose_their_prefix_in_names() {
    let output = survives(parse_quote! {
        #[resource(group = "a.example.com", version = "v1")]
        struct r#Match { metadata: ObjectMeta, #[status] r#status: Option<S> }
    });
    assert!(!output.contains("compile_error"), "{output}");
    assert!(output.contains("\"Match\"") && output.contains("struct MatchRest"), "{output}");
}

/// The keys of all lists.
fn all_keys() -> impl Iterator<Item = &'static str> {
    let lists = [CONTAINER_KEYS, COLUMN_KEYS, SCALE_KEYS, SUBRESOURCE_KEYS, VALIDATION_KEYS];
    lists.into_iter().flatten().copied()
}

/// A key that is written nowhere is one that nobody knows to work. `kube` needs a feature, and has a package of tests.
#[test]
fn the_full_source_has_every_key() {
    let source = include_str!("../../../tests/expand/source/everything.rs");
    for key in all_keys().filter(|key| *key != "kube") {
        let written = [format!("{key} = "), format!("{key}("), format!("    {key},")];
        assert!(written.iter().any(|key| source.contains(key.as_str())), "{key}");
    }
}

#[test]
fn every_key_is_documented() {
    let reference = include_str!("../../docs/attributes.md");
    for key in all_keys() {
        let rows = [format!("| `{key}`"), format!("| `{key} = "), format!("| `{key}(…)`")];
        assert!(rows.iter().any(|row| reference.contains(row.as_str())), "{key}");
    }
    let fences: Vec<_> = reference.lines().filter(|line| line.starts_with("```")).collect();
    assert!(
        fences.len() > 10 && fences.iter().all(|fence| *fence == "```"),
        "an example is not run: {fences:?}"
    );
}

/// A token stream of words that mean something to the derive, in any order.
fn tokens() -> impl Strategy<Value = String> {
    let word = prop::sample::select(vec![
        "group",
        "version",
        "kind",
        "plural",
        "singular",
        "shortname",
        "category",
        "namespaced",
        "printcolumn",
        "name",
        "type",
        "json_path",
        "priority",
        "selectable",
        "deprecated",
        "kube",
        "immutable",
        "scale",
        "spec_replicas_path",
        "strategy",
        "verbs",
        "crate",
        "get",
        "list",
        "custom",
        "=",
        "=",
        "=",
        ",",
        ",",
        ",",
        "\"\"",
        "\"a.b\"",
        "\"v1\"",
        "\".spec[\"",
        "\"ä\"",
        "1",
        "-1",
        "::",
        "a",
        "self",
        "'a",
        "#",
        "?",
    ])
    .prop_map(str::to_owned);
    let leaf = prop::collection::vec(word, 0..8).prop_map(|words| words.join(" "));
    leaf.prop_recursive(3, 24, 4, |inner| {
        let group = prop::sample::select(vec![
            ("(", ")"),
            ("[", "]"),
            ("{", "}"),
            ("verbs(", ")"),
            ("printcolumn(", ")"),
            ("scale(", ")"),
        ]);
        (group, prop::collection::vec(inner, 0..4))
            .prop_map(|((open, close), parts)| format!("{open}{}{close}", parts.join(", ")))
    })
}

proptest! {
    #[test]
    fn no_attribute_makes_the_derive_panic(resource in tokens(), status in tokens(), serde in tokens()) {
        let input = format!(
            "#[resource({resource})] struct A {{ metadata: M, #[status] #[serde({serde})] status: S, #[status({status})] b: B }}"
        );
        survives(input.parse().unwrap());
    }

    #[test]
    fn no_name_makes_the_derive_panic(name in ".*", path in "[.\\[\\]'\"a-z?()@\\\\ä]*") {
        let input = format!(
            "#[resource(group = {name:?}, version = {name:?}, kind = {name:?}, shortname = {name:?},
              selectable = {path:?}, immutable = {path:?}, deprecated = {name:?}, printcolumn(name = {name:?}, type = {name:?}, json_path = {path:?}))]
            struct A {{ metadata: M }}"
        );
        survives(input.parse().unwrap());
    }
}
