//! Reads YAML into the value that its JSON form would have, within limits that stop alias bombs (contract 6.41, 6.64).

use std::fmt;

use serde::de::{Deserialize, DeserializeSeed, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Number, Value};
use serde_saphyr::{DuplicateKeyPolicy, Spanned};

use crate::golang::number::GoNumber;

/// How many values a document may have, aliases counted as often as they are used.
const MAX_VALUES: usize = 500_000;

/// How deep a document may be. A level takes 25 KiB of stack in a debug build, and the thread of a request has 2 MiB.
const MAX_DEPTH: usize = 50;

/// How many bytes of text a document may have, counted in the same way.
const MAX_TEXT: usize = 16 * 1024 * 1024;

/// How upstream's reader begins the text that names all duplicates.
pub(super) const PREFIX: &str = "yaml: unmarshal errors:";

/// The document, and for every key given twice one line that says where.
pub(super) fn read(body: &[u8]) -> Result<(Value, Vec<String>), String> {
    let options = serde_saphyr::options! {
        duplicate_keys: DuplicateKeyPolicy::PassThrough,
        with_snippet: false,
        budget: serde_saphyr::budget! {
            max_depth: MAX_DEPTH,
            max_documents: 1,
            max_events: 2 * MAX_VALUES,
            max_nodes: MAX_VALUES,
            max_total_scalar_bytes: MAX_TEXT,
        },
        alias_limits: serde_saphyr::alias_limits! {
            max_total_replayed_events: MAX_VALUES,
            max_replay_stack_depth: 32,
        },
    };
    let mut notes = Notes::default();
    let document = serde_saphyr::with_deserializer_from_slice_with_options(body, options, |deserializer| {
        Node(&mut notes).deserialize(deserializer)
    });
    Ok((document.map_err(|error| in_upstreams_words(&error.to_string()))?, notes.duplicates))
}

/// Upstream's reader counts the lines before the one that it speaks of, and not what it was about to read.
fn in_upstreams_words(why: &str) -> String {
    let Some((why, place)) = why.rsplit_once(" at line ") else { return format!("yaml: {why}") };
    let why =
        why.split_once(", ").filter(|(context, _)| context.starts_with("while ")).map_or(why, |(_, why)| why);
    match place.split(',').next().and_then(|line| line.parse::<u32>().ok()) {
        Some(line @ 2..) => format!("yaml: line {}: {why}", line - 1),
        _ => format!("yaml: {why}"),
    }
}

/// All duplicates in one text; none for none.
pub(super) fn problem(duplicates: &[String]) -> Vec<String> {
    if duplicates.is_empty() { Vec::new() } else { vec![format!("{PREFIX}\n  {}", duplicates.join("\n  "))] }
}

/// What is noted on the way, and how long the way was.
#[derive(Default)]
struct Notes {
    duplicates: Vec<String>,
    values: usize,
    text: usize,
}

impl Notes {
    fn spend<E: Error>(&mut self, text: usize) -> Result<(), E> {
        self.values += 1;
        self.text += text;
        if self.values > MAX_VALUES || self.text > MAX_TEXT {
            return Err(E::custom("the document is too large once its aliases are expanded"));
        }
        Ok(())
    }
}

/// One value to be read.
struct Node<'a>(&'a mut Notes);

impl<'de> DeserializeSeed<'de> for Node<'_> {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Node<'_> {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value that JSON has")
    }

    fn visit_bool<E: Error>(self, value: bool) -> Result<Value, E> {
        self.0.spend(0)?;
        Ok(Value::Bool(value))
    }

    fn visit_i64<E: Error>(self, value: i64) -> Result<Value, E> {
        self.0.spend(0)?;
        Ok(value.into())
    }

    fn visit_u64<E: Error>(self, value: u64) -> Result<Value, E> {
        self.0.spend(0)?;
        Ok(value.into())
    }

    fn visit_f64<E: Error>(self, value: f64) -> Result<Value, E> {
        self.0.spend(0)?;
        // Upstream reads the JSON form, in which a whole number has no point.
        if let GoNumber::Integer(whole) =
            Number::from_f64(value).map_or(GoNumber::Float(value), |number| GoNumber::written(&number))
        {
            return Ok(whole.into());
        }
        Number::from_f64(value)
            .map(Value::Number)
            .ok_or_else(|| E::custom("a number that JSON does not have"))
    }

    fn visit_str<E: Error>(self, value: &str) -> Result<Value, E> {
        self.0.spend(value.len())?;
        Ok(value.into())
    }

    fn visit_unit<E: Error>(self) -> Result<Value, E> {
        self.0.spend(0)?;
        Ok(Value::Null)
    }

    fn visit_none<E: Error>(self) -> Result<Value, E> {
        self.visit_unit()
    }

    fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        self.deserialize(deserializer)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Value, A::Error> {
        self.0.spend(0)?;
        let mut list = Vec::new();
        while let Some(item) = items.next_element_seed(Node(&mut *self.0))? {
            list.push(item);
        }
        Ok(Value::Array(list))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Value, A::Error> {
        self.0.spend(0)?;
        let mut map = Map::new();
        while let Some(key) = members.next_key::<Spanned<Key>>()? {
            let (Key(name), line) = (key.value, key.referenced.line());
            self.0.spend(name.len())?;
            let value = members.next_value_seed(Node(&mut *self.0))?;
            // Told after the value, as upstream does: a duplicate inside it comes first.
            if map.contains_key(&name) && self.0.duplicates.len() < crate::schema::MAX_PROBLEMS {
                self.0.duplicates.push(format!("line {line}: key {name:?} already set in map"));
            }
            map.insert(name, value);
        }
        Ok(Value::Object(map))
    }
}

/// A key: JSON has only texts, so `1` is `"1"`.
struct Key(String);

impl<'de> Deserialize<'de> for Key {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer).map(Self)
    }
}
