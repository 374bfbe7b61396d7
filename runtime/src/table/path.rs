//! The JSON paths of printer columns: the part of client-go's JSONPath that leads to one value (contract 10.5, 10.7).
//!
//! ```text
//! .spec.replicas                                    a member
//! .metadata.labels['example.com/tier']              a member with a name that needs quotes
//! .spec.hosts[0]   .spec.hosts[-1]   .spec.hosts[*] an item, the last item, all items
//! .status.conditions[?(@.type=="Ready")].status     the items for which something holds
//! ```
//!
//! Of several results the first counts.

use std::cmp::Ordering;

use serde_json::Value;

use crate::registry::layout;
use crate::schema::{Known, Structural, Type};

/// A JSON path that was understood.
#[derive(Debug, PartialEq)]
pub(super) struct JsonPath(Vec<Step>);

#[derive(Debug, PartialEq)]
enum Step {
    Member(String),
    Item(i64),
    All,
    Filter(Filter),
}

/// `[?(@.path)]` or `[?(@.path == literal)]`.
#[derive(Debug, PartialEq)]
struct Filter {
    path: JsonPath,
    /// When there is none, the path must lead somewhere.
    comparison: Option<(Comparison, Value)>,
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Comparison {
    Equal,
    NotEqual,
    LessOrEqual,
    GreaterOrEqual,
    Less,
    Greater,
}

impl JsonPath {
    /// Understands a path; `None` when it is none.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let mut rest = text.strip_prefix('$').unwrap_or(text);
        let mut steps = Vec::new();
        while !rest.is_empty() {
            let (step, after) = step(rest)?;
            steps.push(step);
            rest = after;
        }
        Some(Self(steps))
    }

    /// The first value that the path leads to in a document. Of the document, only what is on the way is parsed.
    pub(super) fn first(&self, json: &[u8]) -> Option<Value> {
        let mut json = json;
        let mut steps = self.0.as_slice();
        while let [Step::Member(name), rest @ ..] = steps {
            json = layout::member(json, name)?;
            steps = rest;
        }
        let value = serde_json::from_slice(json).ok()?;
        if steps.is_empty() { Some(value) } else { first(&value, steps).cloned() }
    }

    /// What the path leads to in any document of a schema.
    pub(super) fn lead<'s>(&self, root: &'s Structural) -> Known<'s> {
        self.0.iter().fold(Known::Field(root), |known, step| match known {
            Known::Field(schema) => step.lead(schema),
            other => other,
        })
    }
}

impl Step {
    fn lead<'s>(&self, schema: &'s Structural) -> Known<'s> {
        match (self, schema.kind) {
            (Self::Member(name), _) => schema.member(name),
            (_, None) => Known::Anything,
            (_, Some(Type::Array)) => match (self, schema.items.as_deref()) {
                (_, None) => Known::Anything,
                (Self::Filter(filter), Some(item)) if matches!(filter.path.lead(item), Known::Unknown) => {
                    Known::Unknown
                }
                (_, Some(item)) => Known::Field(item),
            },
            // The values may be of any type, so that one of them may fit.
            (Self::All, Some(Type::Object)) => match schema.additional.as_deref() {
                Some(value) => Known::Field(value),
                None => Known::Anything,
            },
            _ => Known::Unknown,
        }
    }
}

/// Depth first, so that the first result is found before any other.
fn first<'v>(value: &'v Value, steps: &[Step]) -> Option<&'v Value> {
    let Some((step, rest)) = steps.split_first() else { return Some(value) };
    match (step, value) {
        (Step::Member(name), Value::Object(members)) => first(members.get(name)?, rest),
        (Step::Item(index), Value::Array(items)) => first(items.get(position(*index, items.len())?)?, rest),
        (Step::All, Value::Array(items)) => items.iter().find_map(|item| first(item, rest)),
        (Step::All, Value::Object(members)) => members.values().find_map(|member| first(member, rest)),
        (Step::Filter(filter), Value::Array(items)) => {
            items.iter().filter(|item| filter.holds(item)).find_map(|item| first(item, rest))
        }
        _ => None,
    }
}

fn position(index: i64, length: usize) -> Option<usize> {
    let index = if index < 0 { index.checked_add(i64::try_from(length).ok()?)? } else { index };
    usize::try_from(index).ok()
}

impl Filter {
    fn holds(&self, item: &Value) -> bool {
        let Some(value) = first(item, &self.path.0) else { return false };
        let Some((comparison, literal)) = &self.comparison else { return true };
        let Some(order) = order(value, literal) else { return false };
        match comparison {
            Comparison::Equal => order.is_eq(),
            Comparison::NotEqual => order.is_ne(),
            Comparison::LessOrEqual => order.is_le(),
            Comparison::GreaterOrEqual => order.is_ge(),
            Comparison::Less => order.is_lt(),
            Comparison::Greater => order.is_gt(),
        }
    }
}

/// How two values compare; values of different types do not.
fn order(a: &Value, b: &Value) -> Option<Ordering> {
    match (a, b) {
        (Value::String(a), Value::String(b)) => Some(a.cmp(b)),
        (Value::Bool(a), Value::Bool(b)) => Some(a.cmp(b)),
        (Value::Number(a), Value::Number(b)) => a.as_f64()?.partial_cmp(&b.as_f64()?),
        _ => None,
    }
}

/// The first step of a path, and what follows it.
fn step(text: &str) -> Option<(Step, &str)> {
    if let Some(filter) = text.strip_prefix("[?(") {
        let end = find_unquoted(filter, ")]")?;
        return Some((Step::Filter(parse_filter(&filter[..end])?), &filter[end + 2..]));
    }
    if let Some(subscript) = text.strip_prefix('[') {
        let end = find_unquoted(subscript, "]")?;
        return Some((parse_subscript(&subscript[..end])?, &subscript[end + 1..]));
    }
    let (name, rest) = take_name(text.strip_prefix('.')?);
    let step = match name.as_str() {
        "" => return None,
        "*" => Step::All,
        _ => Step::Member(name),
    };
    Some((step, rest))
}

/// A name up to the next step; a backslash takes the dot or bracket that follows it into the name.
fn take_name(text: &str) -> (String, &str) {
    let mut name = String::new();
    let mut chars = text.char_indices();
    while let Some((at, c)) = chars.next() {
        match c {
            '\\' => name.extend(chars.next().map(|(_, escaped)| escaped)),
            '.' | '[' | ']' | ' ' | '\t' | '\r' | '\n' | ',' | '$' | '@' | '{' | '}' => {
                return (name, &text[at..]);
            }
            c => name.push(c),
        }
    }
    (name, "")
}

fn parse_subscript(text: &str) -> Option<Step> {
    if text == "*" {
        return Some(Step::All);
    }
    if let Some(Value::String(name)) = literal(text) {
        return Some(Step::Member(name));
    }
    text.parse().ok().map(Step::Item)
}

fn parse_filter(text: &str) -> Option<Filter> {
    const COMPARISONS: [(&str, Comparison); 6] = [
        ("==", Comparison::Equal),
        ("!=", Comparison::NotEqual),
        ("<=", Comparison::LessOrEqual),
        (">=", Comparison::GreaterOrEqual),
        ("<", Comparison::Less),
        (">", Comparison::Greater),
    ];
    let path = |text: &str| JsonPath::parse(text.trim().strip_prefix('@')?);
    let found = COMPARISONS
        .iter()
        .filter_map(|(symbol, comparison)| Some((find_unquoted(text, symbol)?, symbol, comparison)))
        .min_by_key(|(at, symbol, _)| (*at, std::cmp::Reverse(symbol.len())));
    let Some((at, symbol, comparison)) = found else {
        return Some(Filter { path: path(text)?, comparison: None });
    };
    let literal = literal(text[at + symbol.len()..].trim())?;
    Some(Filter { path: path(&text[..at])?, comparison: Some((*comparison, literal)) })
}

/// A quoted text, a number, `true` or `false`.
fn literal(text: &str) -> Option<Value> {
    for quote in ['"', '\''] {
        if let Some(inner) = text.strip_prefix(quote) {
            return Some(Value::String(unescape(inner.strip_suffix(quote)?)));
        }
    }
    serde_json::from_str(text).ok().filter(|value: &Value| value.is_number() || value.is_boolean())
}

fn unescape(text: &str) -> String {
    let mut chars = text.chars();
    std::iter::from_fn(|| match chars.next()? {
        '\\' => chars.next(),
        c => Some(c),
    })
    .collect()
}

/// Where a text begins that stands outside of quotes.
fn find_unquoted(text: &str, wanted: &str) -> Option<usize> {
    let mut open = None;
    let mut chars = text.char_indices();
    while let Some((at, c)) = chars.next() {
        if c == '\\' {
            chars.next();
        } else if open.is_some() {
            open = open.filter(|quote| *quote != c);
        } else if text[at..].starts_with(wanted) {
            return Some(at);
        } else if matches!(c, '"' | '\'') {
            open = Some(c);
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::JsonPath;

    fn first(path: &str, document: &Value) -> Option<Value> {
        JsonPath::parse(path).expect(path).first(document.to_string().as_bytes())
    }

    #[test]
    fn paths_lead_to_values() {
        let document = json!({
            "metadata": {"labels": {"example.com/tier": "front", "a\"b": "quoted"}},
            "spec": {"replicas": 3, "hosts": ["a", "b", "c"], "empty": [], "none": null, "grid": [[1], [2, 3]]},
            "status": {"conditions": [
                {"type": "Progressing", "status": "False", "rank": 1},
                {"type": "Ready", "status": "True", "rank": 2, "message": "up] )and \"fine\""},
            ]},
        });
        let found = [
            (".spec.replicas", json!(3)),
            ("$.spec.replicas", json!(3)),
            (".metadata.labels['example.com/tier']", json!("front")),
            (".metadata.labels[\"example.com/tier\"]", json!("front")),
            (r".metadata.labels['example\.com/tier']", json!("front")),
            (r".metadata.labels.example\.com/tier", json!("front")),
            (r#".metadata.labels['a"b']"#, json!("quoted")),
            ("['spec']['replicas']", json!(3)),
            (".spec.hosts", json!(["a", "b", "c"])),
            (".spec.hosts[0]", json!("a")),
            (".spec.hosts[-1]", json!("c")),
            (".spec.hosts[*]", json!("a")),
            (".spec.grid[*][1]", json!(3)),
            (".spec.none", json!(null)),
            (".metadata.labels.*", json!("quoted")),
            (r#".status.conditions[?(@.type=="Ready")].status"#, json!("True")),
            (".status.conditions[?(@.type == 'Ready')].status", json!("True")),
            (r#".status.conditions[?(@.type!="Ready")].status"#, json!("False")),
            (".status.conditions[?(@.rank>1)].type", json!("Ready")),
            (".status.conditions[?(@.rank<2)].type", json!("Progressing")),
            (".status.conditions[?(@.rank>=2)].type", json!("Ready")),
            (".status.conditions[?(@.rank<=1.5)].type", json!("Progressing")),
            (".status.conditions[?(@.message)].type", json!("Ready")),
            (r#".status.conditions[?(@.message=="up] )and \"fine\"")].rank"#, json!(2)),
            ("", document.clone()),
        ];
        for (path, value) in found {
            assert_eq!(first(path, &document), Some(value), "{path}");
        }
        let missing = [
            ".spec.absent",
            ".spec.absent.deeper",
            ".spec.replicas.deeper",
            ".spec.none.deeper",
            ".spec.hosts.name",
            ".spec.hosts[3]",
            ".spec.hosts[-4]",
            ".spec.empty[*]",
            ".spec[0]",
            r#".status.conditions[?(@.type=="Other")].status"#,
            ".status.conditions[?(@.rank=='1')].type",
            ".spec[?(@.a)]",
        ];
        for path in missing {
            assert_eq!(first(path, &document), None, "{path}");
        }
    }

    // contract 10.7
    #[test]
    fn what_is_no_path_is_not_understood() {
        for path in [
            "spec",
            ".",
            "..name",
            ".spec.",
            ".spec[",
            ".spec[]",
            ".spec[x]",
            ".spec['x]",
            ".spec[?(@.a)",
            ".spec[?(a==1)]",
            ".spec[?(@.a==)]",
            ".spec[?(@.a==b)]",
            ".spec .x",
            ".spec}",
        ] {
            assert_eq!(JsonPath::parse(path), None, "{path}");
        }
    }

    proptest::proptest! {
        #[test]
        fn no_path_and_no_bytes_make_it_panic(
            path in r#"(\.?(a|\*|b\\.c|é|\[(0|-1|\*|'a'|\?\(@\.a(==|<|!)?(1|'x'|"é)?\))\]|["'\[\]()?@\\]){0,3}){0,4}"#,
            json in r#"[{}\[\]",:a0\\ ]{0,24}"#,
        ) {
            if let Some(path) = JsonPath::parse(&path) {
                let _ = path.first(json.as_bytes());
                let _ = path.first(br#"{"a":[{"a":1},"x"],"b.c":{"a":null}}"#);
            }
        }
    }
}
