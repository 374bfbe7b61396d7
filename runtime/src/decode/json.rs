//! Reads JSON into a value while noting fields that are given twice, and then those that are not declared.

use std::borrow::Cow;
use std::collections::HashSet;
use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Number, Value};

use super::Unreadable;
use crate::golang::syntax;
use crate::schema::{Known, MAX_PROBLEMS, Structural, push_field, push_index, sort_unknown};

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
    let seed = Node { schema, silent: false, notes: &mut notes };
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

/// What is noted on the way, and where the way is.
#[derive(Default)]
struct Notes {
    path: String,
    duplicates: Vec<String>,
    unknown: Vec<String>,
    told: HashSet<String>,
}

impl Notes {
    fn add_unknown(&mut self) {
        let problem = format!("unknown field \"{}\"", self.path);
        add(&mut self.unknown, &mut self.told, problem);
    }

    fn add_duplicate(&mut self) {
        let problem = format!("duplicate field \"{}\"", self.path);
        add(&mut self.duplicates, &mut self.told, problem);
    }
}

fn add(problems: &mut Vec<String>, told: &mut HashSet<String>, problem: String) {
    if problems.len() < MAX_PROBLEMS && told.insert(problem.clone()) {
        problems.push(problem);
    }
}

/// One value to be read.
struct Node<'a> {
    schema: Option<&'a Structural>,
    /// Set within a field that is not declared: it was told, and so its parts are not.
    silent: bool,
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
        let length = self.notes.path.len();
        loop {
            push_index(&mut self.notes.path, list.len());
            let item =
                items.next_element_seed(Node { schema, silent: self.silent, notes: &mut *self.notes })?;
            self.notes.path.truncate(length);
            match item {
                Some(item) => list.push(item),
                None => return Ok(Value::Array(list)),
            }
        }
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Value, A::Error> {
        let mut map = Map::new();
        let length = self.notes.path.len();
        while let Some(name) = members.next_key::<Cow<'_, str>>()? {
            push_field(&mut self.notes.path, &name);
            let known = self.schema.map_or(Known::Anything, |schema| schema.field(&name));
            let (schema, unknown) = match known {
                Known::Field(schema) => (Some(schema), false),
                Known::Anything => (None, false),
                Known::Unknown => (None, true),
            };
            if map.contains_key(&*name) {
                self.notes.add_duplicate();
            }
            if unknown && !self.silent {
                self.notes.add_unknown();
            }
            let silent = self.silent || unknown;
            let value = members.next_value_seed(Node { schema, silent, notes: &mut *self.notes })?;
            self.notes.path.truncate(length);
            map.insert(name.into_owned(), value);
        }
        Ok(Value::Object(map))
    }
}
