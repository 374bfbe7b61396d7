//! No struct definition makes the derive panic, or write what is not Rust: definitions out of the grammar, whole ones and
//! such in which some tokens were lost, repeated, exchanged or replaced.

use proc_macro2::{Group, TokenStream, TokenTree};
use proptest::prelude::*;

use super::survives;

/// What may stand in `#[resource(…)]`, right and wrong.
const KEYS: &[&str] = &[
    r#"group = "example.com""#,
    r#"version = "v1beta1""#,
    r#"kind = "Memo""#,
    r#"plural = "memos""#,
    r#"singular = "memo""#,
    r#"shortname = "me""#,
    r#"category = "all""#,
    "namespaced",
    r#"printcolumn(name = "A", type = "string", json_path = ".spec.a", format = "int32", priority = 1)"#,
    r#"printcolumn(name = "B", type = "int", json_path = ".spec[?(@.a==\"b]\")]", description = "c")"#,
    r#"selectable = ".spec.zone""#,
    r#"immutable = ".spec.zone""#,
    r#"validation = "self.a > 0""#,
    r#"validation(rule = "self.b", message = "c", reason = "FieldValueInvalid", field_path = ".spec['a']")"#,
    r#"scale(spec_replicas_path = ".spec.a", status_replicas_path = ".status.b", label_selector_path = ".status.c")"#,
    r#"subresource(name = "water", kind = a::Watering, verbs(get, create, update, connect))"#,
    r#"subresource(name = "soil-test", verbs(get))"#,
    "strategy = hooks::Hooks",
    "strategy(validate = check, name_rule = NameRule::DnsLabel, after_delete = a::<B>::c)",
    "verbs(get, list, create = custom)",
    "served = false",
    "storage = false",
    "deprecated",
    r#"deprecated = "use v2""#,
    "kube",
    "crate = ::a::b",
    // Wrong ones.
    r#"group = "Example""#,
    "version = 1",
    "namespaced = true",
    "printcolumn",
    "scale()",
    "subresource(verbs(list, patch))",
    "strategy(1, validate, validate = |a| b)",
    "verbs()",
    "served",
    "status = \"S\"",
    "crate = a",
    "unknown(a, b)",
    "r#type = 3",
    "a::b",
    "\"literal\"",
];

/// The fields that a struct may have.
const FIELDS: &[&str] = &[
    "metadata: ObjectMeta",
    "#[metadata] #[serde(rename = \"metadata\")] meta: ObjectMeta",
    "pub spec: Spec",
    "#[spec] spec: crate::Spec<u8>",
    "#[status] status: Option<Status>",
    "#[status] r#type: [u8; 3]",
    "status: Status",
    "#[serde(flatten)] rest: BTreeMap<String, Value>",
    "#[status] #[serde(skip)] hidden: u8",
    "#[status(a)] #[spec] both: &'static str",
    "#[resource(group = \"a.b\")] kind: String",
    "#[serde(rename_all = 3, rename(serialize = \"x\"))] odd: fn(u8) -> u8",
];

const NAMES: &[&str] = &["Memo", "r#Match", "lower", "Ünder_score", "Status", "Self_"];

const GENERICS: &[&str] = &["", "", "", "<T>", "<'a, const N: usize>"];

fn definition() -> impl Strategy<Value = String> {
    let some =
        |from: &'static [&'static str], most| prop::collection::vec(prop::sample::select(from), 0..most);
    let lists = prop::collection::vec(some(KEYS, 7), 0..3);
    let complete = any::<bool>();
    let form = 0..8_u8;
    let (name, generics) = (prop::sample::select(NAMES), prop::sample::select(GENERICS));
    (complete, lists, some(FIELDS, 5), form, name, generics).prop_map(
        |(complete, lists, fields, form, name, generics)| {
            let lists = lists.iter().map(|keys| format!("#[resource({})]\n", keys.join(", ")));
            let first =
                if complete { "#[resource(group = \"a.example.com\", version = \"v1\")]\n" } else { "" };
            let metadata = if complete { "metadata: ObjectMeta, " } else { "" };
            let body = match form {
                0 => format!("enum {name}{generics} {{ A, B(u8) }}"),
                1 => format!("struct {name}{generics}(u8, #[status] u8);"),
                2 => format!("union {name}{generics} {{ a: u8 }}"),
                _ => format!("pub(crate) struct {name}{generics} {{ {metadata}{} }}", fields.join(", ")),
            };
            format!("/// Docs.\n{first}{}{body}", lists.collect::<String>())
        },
    )
}

/// What becomes of a token.
#[derive(Clone, Copy, Debug)]
enum Mutation {
    Drop,
    Repeat,
    Swap,
    Replace(&'static str),
}

fn mutation() -> impl Strategy<Value = (usize, Mutation)> {
    const WORDS: &[&str] = &[
        "=", ",", "::", "#", "'a", "1.5", "\"ä\"", "true", "verbs", "self", "(a, b)", "{}", "[x = 1]", "<",
        "-", "|",
    ];
    let mutation = prop_oneof![
        Just(Mutation::Drop),
        Just(Mutation::Repeat),
        Just(Mutation::Swap),
        prop::sample::select(WORDS).prop_map(Mutation::Replace),
    ];
    (0..120_usize, mutation)
}

/// Does it to the token of that number, counted in reading order through all groups.
fn mutate(tokens: TokenStream, at: &mut usize, mutation: Mutation) -> TokenStream {
    let mut mutated: Vec<TokenTree> = Vec::new();
    let mut tokens = tokens.into_iter();
    while let Some(token) = tokens.next() {
        let hit = *at == 0;
        *at = at.wrapping_sub(1);
        match (hit, mutation) {
            (true, Mutation::Drop) => {}
            (true, Mutation::Repeat) => mutated.extend([token.clone(), token]),
            (true, Mutation::Swap) => mutated.extend(tokens.next().into_iter().chain([token])),
            (true, Mutation::Replace(word)) => mutated.extend(word.parse::<TokenStream>().unwrap()),
            (false, _) => mutated.push(match token {
                TokenTree::Group(group) => {
                    let inner = mutate(group.stream(), at, mutation);
                    TokenTree::Group(Group::new(group.delimiter(), inner))
                }
                token => token,
            }),
        }
    }
    mutated.into_iter().collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(3000))]

    #[test]
    fn no_definition_makes_the_derive_panic(
        definition in definition(),
        mutations in prop::collection::vec(mutation(), 0..4),
    ) {
        let mut tokens: TokenStream = definition.parse().unwrap();
        for (mut at, mutation) in mutations {
            tokens = mutate(tokens, &mut at, mutation);
        }
        survives(tokens);
    }
}

/// The generator does not miss what it is for: some of its definitions are kinds.
#[test]
fn some_definitions_are_whole() {
    use proptest::strategy::ValueTree as _;

    let mut runner = proptest::test_runner::TestRunner::deterministic();
    let whole = (0..500).filter(|_| {
        let definition = definition().new_tree(&mut runner).unwrap().current();
        !survives(definition.parse().unwrap()).contains("compile_error")
    });
    assert!((10..490).contains(&whole.count()));
}
