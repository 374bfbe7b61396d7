//! Reads JSON into a value while noting fields that are given twice, and then those that are not declared.

use std::collections::HashSet;
use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_json::map::Entry;
use serde_json::{Map, Number, Value};

use super::Unreadable;
use crate::golang::syntax;
use crate::schema::{Known, MAX_PROBLEMS, Steps, Structural, sort_unknown};

/// The document and its problems. Without a schema nothing is unknown.
pub(super) fn read(body: &[u8], schema: Option<&Structural>) -> Result<(Value, Vec<String>), Unreadable> {
    let error = match try_read(body, schema) {
        Ok(read) => return Ok(read),
        Err(error) => error,
    };
    if let Some(complaint) = syntax::complaint(body) {
        return Err(Unreadable::NoType(complaint));
    }
    if let Some(number) = syntax::number_out_of_range(body) {
        let why = format!("json: cannot unmarshal number {number} into Go value of type float64");
        return Err(Unreadable::Value(why));
    }
    // Go takes what is no Unicode, and replaces it.
    let repaired = syntax::repaired(body).ok_or(error)?;
    Ok(try_read(&repaired, schema)?)
}

impl From<serde_json::Error> for Unreadable {
    fn from(error: serde_json::Error) -> Self {
        Self::NoType(error.to_string())
    }
}

fn try_read(body: &[u8], schema: Option<&Structural>) -> serde_json::Result<(Value, Vec<String>)> {
    let mut notes = Notes::default();
    let mut deserializer = serde_json::Deserializer::from_slice(body);
    let seed = Node { schema, silent: false, at: Steps::Root, notes: &mut notes };
    let document = seed.deserialize(&mut deserializer).and_then(|document| {
        deserializer.end()?;
        Ok(document)
    });
    let document = document?;
    sort_unknown(&mut notes.unknown);
    let mut problems = notes.duplicates;
    problems.append(&mut notes.unknown);
    problems.truncate(MAX_PROBLEMS);
    Ok((document, problems))
}

/// What is noted on the way.
#[derive(Default)]
struct Notes {
    duplicates: Vec<String>,
    unknown: Vec<String>,
    told: HashSet<String>,
}

impl Notes {
    fn add_unknown(&mut self, at: Steps<'_>) {
        let problem = format!("unknown field \"{at}\"");
        let place = self.unknown.len();
        add(&mut self.unknown, place, &mut self.told, problem);
    }

    /// Tells of a field before those that are told of its second value, which began at a place in the list.
    fn add_duplicate(&mut self, place: usize, at: Steps<'_>) {
        let problem = format!("duplicate field \"{at}\"");
        add(&mut self.duplicates, place, &mut self.told, problem);
    }
}

fn add(problems: &mut Vec<String>, place: usize, told: &mut HashSet<String>, problem: String) {
    if problems.len() < MAX_PROBLEMS && told.insert(problem.clone()) {
        problems.insert(place, problem);
    }
}

/// One value to be read.
struct Node<'a> {
    schema: Option<&'a Structural>,
    /// Set within a field that is not declared: it was told, and so its parts are not.
    silent: bool,
    at: Steps<'a>,
    notes: &'a mut Notes,
}

impl<'de> DeserializeSeed<'de> for Node<'_> {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Node<'_> {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("any value")
    }

    fn visit_bool<E>(self, value: bool) -> Result<Value, E> {
        Ok(Value::Bool(value))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_u64<E>(self, value: u64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_f64<E: serde::de::Error>(self, value: f64) -> Result<Value, E> {
        Number::from_f64(value)
            .map(Value::Number)
            .ok_or_else(|| E::custom("a number that JSON does not have"))
    }

    fn visit_str<E>(self, value: &str) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_string<E>(self, value: String) -> Result<Value, E> {
        Ok(Value::String(value))
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Value, A::Error> {
        let schema = self.schema.and_then(|schema| schema.items.as_deref());
        let mut list = Vec::new();
        loop {
            let at = Steps::Item(&self.at, list.len());
            let node = Node { schema, silent: self.silent, at, notes: &mut *self.notes };
            match items.next_element_seed(node)? {
                Some(item) => list.push(item),
                None => return Ok(Value::Array(list)),
            }
        }
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Value, A::Error> {
        let mut map = Map::new();
        while let Some(name) = members.next_key::<String>()? {
            let known = self.schema.map_or(Known::Anything, |schema| schema.field(&name));
            let (schema, unknown) = match known {
                Known::Field(schema) => (Some(schema), false),
                Known::Anything => (None, false),
                Known::Unknown => (None, true),
            };
            let at = Steps::Field(&self.at, &name);
            if unknown && !self.silent {
                self.notes.add_unknown(at);
            }
            let silent = self.silent || unknown;
            let before = self.notes.duplicates.len();
            let value = members.next_value_seed(Node { schema, silent, at, notes: &mut *self.notes })?;
            match map.entry(name) {
                Entry::Vacant(entry) => drop(entry.insert(value)),
                Entry::Occupied(mut entry) => {
                    entry.insert(value);
                    self.notes.add_duplicate(before, Steps::Field(&self.at, entry.key()));
                }
            }
        }
        Ok(Value::Object(map))
    }
}
