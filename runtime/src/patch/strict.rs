//! Reading JSON while noting what Go's strict decoder complains of (contract 6.63).

use std::fmt::{self, Write as _};

use serde::de::{DeserializeSeed, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Number, Value};

use crate::golang::syntax;
use crate::quote::quoted;

/// The most problems that are noted, as upstream (contract 6.63).
const MAX_PROBLEMS: usize = 100;

/// The members of an operation of a JSON patch.
const OPERATION_MEMBERS: [&str; 4] = ["op", "path", "from", "value"];

/// A JSON document, and the fields that it has twice; of those the last counts.
pub(super) fn read(json: &[u8]) -> serde_json::Result<(Value, Vec<String>)> {
    read_as(json, Place::Anywhere)
}

/// The same for the operations of a JSON patch, whose unknown members are problems too and are left out.
pub(super) fn read_operations(json: &[u8]) -> serde_json::Result<(Value, Vec<String>)> {
    read_as(json, Place::Patch)
}

/// What is no Unicode is replaced, as in Go.
fn read_as(json: &[u8], place: Place) -> serde_json::Result<(Value, Vec<String>)> {
    match try_read(json, place) {
        Err(error) => syntax::repaired(json).map_or(Err(error), |json| try_read(&json, place)),
        read => read,
    }
}

fn try_read(json: &[u8], place: Place) -> serde_json::Result<(Value, Vec<String>)> {
    let mut notes = Notes::default();
    let mut deserializer = serde_json::Deserializer::from_slice(json);
    let value = Reader { notes: &mut notes, place }.deserialize(&mut deserializer)?;
    deserializer.end()?;
    Ok((value, notes.problems))
}

/// Where in the document a value stands.
#[derive(Clone, Copy, PartialEq)]
enum Place {
    Patch,
    Operation,
    Anywhere,
}

impl Place {
    fn of_items(self) -> Self {
        if self == Self::Patch { Self::Operation } else { Self::Anywhere }
    }
}

#[derive(Default)]
struct Notes {
    /// Of the value being read, as in `spec.list[1]`.
    path: String,
    problems: Vec<String>,
}

impl Notes {
    fn add(&mut self, what: &str, field: &str) {
        if self.problems.len() < MAX_PROBLEMS {
            let dot = if self.path.is_empty() { "" } else { "." };
            let problem = format!("{what} {}", quoted(&format!("{}{dot}{field}", self.path)));
            if !self.problems.contains(&problem) {
                self.problems.push(problem);
            }
        }
    }
}

/// Reads one value into a [`Value`]. Nesting is bounded by the deserializer.
struct Reader<'n> {
    notes: &'n mut Notes,
    place: Place,
}

impl<'de> DeserializeSeed<'de> for Reader<'_> {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Reader<'_> {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
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

    fn visit_f64<E>(self, value: f64) -> Result<Value, E> {
        Ok(Number::from_f64(value).map_or(Value::Null, Value::Number))
    }

    fn visit_str<E>(self, value: &str) -> Result<Value, E> {
        Ok(Value::String(value.to_owned()))
    }

    fn visit_string<E>(self, value: String) -> Result<Value, E> {
        Ok(Value::String(value))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Value, A::Error> {
        let mut array = Vec::new();
        let here = self.notes.path.len();
        loop {
            // Writing into a String cannot fail.
            let _ = write!(self.notes.path, "[{}]", array.len());
            let item = Reader { notes: self.notes, place: self.place.of_items() };
            let item = items.next_element_seed(item)?;
            self.notes.path.truncate(here);
            match item {
                Some(item) => array.push(item),
                None => return Ok(Value::Array(array)),
            }
        }
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Value, A::Error> {
        let mut object = Map::new();
        let here = self.notes.path.len();
        while let Some(key) = members.next_key::<String>()? {
            if self.place == Place::Operation && !OPERATION_MEMBERS.contains(&key.as_str()) {
                self.notes.add("unknown field", &key);
                members.next_value::<IgnoredAny>()?;
                continue;
            }
            if object.contains_key(&key) {
                self.notes.add("duplicate field", &key);
            }
            if here > 0 {
                self.notes.path.push('.');
            }
            self.notes.path.push_str(&key);
            let value = members.next_value_seed(Reader { notes: self.notes, place: Place::Anywhere })?;
            self.notes.path.truncate(here);
            object.insert(key, value);
        }
        Ok(Value::Object(object))
    }
}
