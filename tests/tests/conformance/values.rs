//! What a case remembers of earlier answers, and how its lines refer to it.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use regex::{Captures, Regex};
use serde_json::{Value, json};

/// Answers and words by name.
#[derive(Clone, Debug, Default)]
pub(crate) struct Values(BTreeMap<String, Value>);

impl Values {
    pub(crate) fn new() -> Self {
        let group = "/apis/demo.example.com/v1";
        let words = [
            ("W", format!("{group}/namespaces/ns1/widgets")),
            ("ALL", format!("{group}/widgets")),
            ("G", format!("{group}/gizmos")),
            ("WORKERS", format!("{group}/namespaces/ns1/workers")),
            ("GAUGES", "/apis/meters.example.com/v1/namespaces/ns1/gauges".to_owned()),
            ("GROUP", group.to_owned()),
            ("UUID", "11111111-1111-1111-1111-111111111111".to_owned()),
        ];
        Self(words.into_iter().map(|(name, word)| (name.to_owned(), word.into())).collect())
    }

    pub(crate) fn set(&mut self, name: impl Into<String>, value: impl Into<Value>) {
        self.0.insert(name.into(), value.into());
    }

    /// Puts in place of `$a.metadata.name`, `$a.rv` or `$a.rv+1` what they stand for.
    pub(crate) fn fill(&self, text: &str) -> Result<String, String> {
        static PLACE: LazyLock<Regex> = LazyLock::new(|| {
            Regex::new(r"\$([A-Za-z]\w*)((?:\.[A-Za-z]\w*)*)([+-]\d+\b)?").expect("it is valid")
        });
        let mut unknown = None;
        let filled = PLACE.replace_all(text, |places: &Captures<'_>| {
            let found = self.0.get(&places[1]).map(|value| (value, &places[2]));
            let Some((value, path)) = found else {
                unknown = Some(places[0].to_owned());
                return String::new();
            };
            if let Value::String(word) = value {
                // A word has nothing in it, so what follows is text.
                return word.clone() + path + places.get(3).map_or("", |offset| offset.as_str());
            }
            let path = match path {
                ".rv" => ".metadata.resourceVersion",
                ".uid" => ".metadata.uid",
                path => path,
            };
            let text = match at(value, path) {
                Some(Value::String(text)) => text.clone(),
                Some(value) => value.to_string(),
                None => {
                    unknown = Some(places[0].to_owned());
                    return String::new();
                }
            };
            let Some(offset) = places.get(3) else { return text };
            match (text.parse::<i64>(), offset.as_str().parse::<i64>()) {
                (Ok(number), Ok(offset)) => (number + offset).to_string(),
                _ => text + offset.as_str(),
            }
        });
        match unknown {
            None => Ok(filled.into_owned()),
            Some(place) => Err(format!("nothing is known as {place}")),
        }
    }

    /// The bytes of a body: `raw "…" * 3 + "…"`, `widget x {changes}`, `$a {changes}` or the document itself.
    pub(crate) fn body(&self, text: &str) -> Result<Vec<u8>, String> {
        if text.contains('\n') {
            return Ok(self.fill(text)?.into_bytes());
        }
        if let Some(parts) = text.strip_prefix("raw ") {
            return raw(&self.fill(parts)?);
        }
        let (word, rest) = text.split_once(' ').unwrap_or((text, ""));
        let known = word.strip_prefix('$').and_then(|name| self.0.get(name));
        let (base, changes) = if let Some(Value::String(cell)) = known {
            return self.body(cell);
        } else if let Some(object) = known {
            (object.clone(), rest)
        } else {
            let (name, changes) = rest.split_once(' ').unwrap_or((rest, ""));
            match template(word, &self.fill(name)?) {
                Some(object) => (object, changes),
                None => return Ok(flow(&self.fill(text)?)?.to_string().into_bytes()),
            }
        };
        let mut object = base;
        if !changes.is_empty() {
            merge(&mut object, flow(&self.fill(changes)?)?);
        }
        Ok(object.to_string().into_bytes())
    }
}

/// A valid object of each kind; `-` has no name.
fn template(kind: &str, name: &str) -> Option<Value> {
    let mut object = match kind {
        "widget" => json!({ "kind": "Widget", "spec": { "size": 1, "mode": "quiet" } }),
        "gizmo" => json!({ "kind": "Gizmo", "text": "" }),
        "gauge" => json!({ "kind": "Gauge", "spec": { "size": 1 } }),
        "worker" => json!({ "kind": "Worker", "spec": {} }),
        _ => return None,
    };
    let group = if kind == "gauge" { "meters" } else { "demo" };
    object["apiVersion"] = format!("{group}.example.com/v1").into();
    object["metadata"] = if name == "-" { json!({}) } else { json!({ "name": name }) };
    Some(object)
}

/// Strings, repeated and joined.
fn raw(parts: &str) -> Result<Vec<u8>, String> {
    let mut bytes = Vec::new();
    let mut rest = parts.trim();
    while !rest.is_empty() {
        let mut strings = serde_json::Deserializer::from_str(rest).into_iter::<String>();
        let text =
            strings.next().ok_or("a string is missing")?.map_err(|error| format!("{rest}: {error}"))?;
        rest = rest[strings.byte_offset()..].trim_start();
        let mut times = 1;
        if let Some(after) = rest.strip_prefix('*') {
            let after = after.trim_start();
            let end = after.find(|c: char| !c.is_ascii_digit()).unwrap_or(after.len());
            times = after[..end].parse().map_err(|error| format!("{after}: {error}"))?;
            rest = after[end..].trim_start();
        }
        bytes.extend(text.repeat(times).into_bytes());
        rest = rest.strip_prefix('+').unwrap_or(rest).trim_start();
    }
    Ok(bytes)
}

/// A value in YAML's one-line form, which JSON is too.
pub(crate) fn flow(text: &str) -> Result<Value, String> {
    serde_saphyr::from_str(text).map_err(|error| format!("{text}: {error}"))
}

/// JSON merge patch.
fn merge(object: &mut Value, changes: Value) {
    let Value::Object(changes) = changes else {
        *object = changes;
        return;
    };
    if !object.is_object() {
        *object = json!({});
    }
    let fields = object.as_object_mut().expect("it is an object");
    for (key, change) in changes {
        if change.is_null() {
            fields.remove(&key);
        } else {
            merge(fields.entry(key).or_insert(Value::Null), change);
        }
    }
}

/// The value at a path as in `.items[0].metadata.annotations["a/b"]`; the whole at `.`.
pub(crate) fn at<'v>(value: &'v Value, path: &str) -> Option<&'v Value> {
    let mut value = value;
    let mut rest = path;
    while !rest.is_empty() && rest != "." {
        if let Some(after) = rest.strip_prefix("[\"") {
            let (key, after) = after.split_once("\"]")?;
            value = value.get(key)?;
            rest = after;
        } else if let Some(after) = rest.strip_prefix('[') {
            let (index, after) = after.split_once(']')?;
            value = value.get(index.parse::<usize>().ok()?)?;
            rest = after;
        } else {
            let after = rest.strip_prefix('.')?;
            let end = after.find(['.', '[']).unwrap_or(after.len());
            value = value.get(&after[..end])?;
            rest = &after[end..];
        }
    }
    Some(value)
}
