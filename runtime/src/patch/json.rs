//! JSON patches, RFC 6902, with the additions of the library that upstream uses (contract 7.3).
//!
//! The operations and their paths are those of the `json-patch` crate. They are applied here, because upstream takes
//! liberties (an index may be negative, `test` and `copy` take an absent member for `null`, numbers compare by value, what
//! stands before the first slash of a path does not count) and because a server must bound what a patch may copy, how deep it may build, and what it costs to move a large value ten thousand
//! times.

use std::io;

use json_patch::jsonptr::{Pointer, Token};
use json_patch::{PatchOperation, TestOperation};
use serde_json::{Map, Value};

use crate::errors::{Error, Result};
use crate::golang::unmarshal;
use crate::options::FieldValidation;

/// The most operations of one patch (contract 7.3.2).
const MAX_OPERATIONS: usize = 10_000;

/// The most bytes that all `copy` operations may add (contract 7.3.5).
const MAX_COPIED_BYTES: usize = 3 << 20;

/// The deepest document that can be read again: what serde_json reads.
const MAX_DEPTH: usize = 127;

/// The deepest that a document may become between two operations; bounds the recursion over it.
const MAX_DEPTH_BETWEEN: usize = 512;

/// A JSON patch. An operation that makes no sense is kept as `None`: it fails when its turn comes.
#[derive(Clone, Debug)]
pub(crate) struct JsonPatch(Vec<Option<PatchOperation>>);

impl JsonPatch {
    pub(super) fn from_document(document: Value, validation: FieldValidation) -> Result<Self> {
        let ignore = validation == FieldValidation::Ignore;
        let operations = match document {
            Value::Array(operations) => operations,
            Value::Null => Vec::new(),
            other if ignore => return Err(cannot_unmarshal(&other, "Go value of type jsonpatch.Patch")),
            other => return Err(cannot_decode(&other, "Go value of type []handlers.jsonPatchOp")),
        };
        if operations.len() > MAX_OPERATIONS {
            return Err(Error::request_entity_too_large(&format!(
                "The allowed maximum operations in a JSON patch is {MAX_OPERATIONS}, got {}",
                operations.len()
            )));
        }
        let operations = operations.into_iter().map(|operation| self::operation(operation, ignore));
        Ok(Self(operations.collect::<Result<_>>()?))
    }

    pub(super) fn apply(&self, document: Value) -> Result<Value> {
        let depth = depth(&document, 0);
        let mut application = Application { document, depth, copied: 0 };
        for operation in &self.0 {
            // Why an operation does not fit the document is not told (contract 7.3.3).
            let applied = operation.as_ref().and_then(|operation| application.apply(operation));
            applied.ok_or_else(Error::generic_invalid)?;
        }
        if application.depth > MAX_DEPTH && self::depth(&application.document, 0) > MAX_DEPTH {
            return Err(Error::generic_invalid());
        }
        Ok(application.document)
    }
}

/// Reads one operation. A member of the wrong type is the client's mistake, a missing or senseless one fails later.
fn operation(document: Value, ignore: bool) -> Result<Option<PatchOperation>> {
    let mut members = match document {
        Value::Object(members) => members,
        Value::Null => Map::new(),
        other if ignore => return Err(cannot_unmarshal(&other, "Go value of type jsonpatch.Operation")),
        other => return Err(cannot_decode(&other, "Go value of type handlers.jsonPatchOp")),
    };
    for name in ["op", "path", "from"] {
        match members.get(name).filter(|member| !matches!(member, Value::String(_) | Value::Null)) {
            Some(_) if ignore => return Ok(None),
            Some(other) => {
                return Err(cannot_decode(
                    other,
                    &format!("Go struct field jsonPatchOp.{name} of type string"),
                ));
            }
            None => {}
        }
    }
    let is_whole = matches!(members.get("op").and_then(Value::as_str), Some("replace" | "test"));
    for name in ["path", "from"] {
        if let Some(Value::String(path)) = members.get_mut(name) {
            match pointer(path, is_whole && name == "path") {
                Some(pointer) => *path = pointer,
                None => return Ok(None),
            }
        }
    }
    members.entry("value").or_insert(Value::Null);
    Ok(serde_json::from_value(Value::Object(members)).ok())
}

/// A path as a pointer. Upstream does not look at what stands before the first slash, nor at a tilde that escapes nothing.
fn pointer(path: &str, whole: bool) -> Option<String> {
    if path.is_empty() && whole {
        return Some(String::new());
    }
    let (_, path) = path.split_once('/')?;
    let mut parts = path.split('~');
    let mut pointer = format!("/{}", parts.next().unwrap_or_default());
    for part in parts {
        pointer.push_str(if part.starts_with(['0', '1']) { "~" } else { "~0" });
        pointer.push_str(part);
    }
    Some(pointer)
}

fn cannot_decode(value: &Value, target: &str) -> Error {
    let kind = unmarshal::kind(value);
    Error::bad_request(format!("error decoding patch: json: cannot unmarshal {kind} into {target}"))
}

fn cannot_unmarshal(value: &Value, target: &str) -> Error {
    Error::bad_request(format!("json: cannot unmarshal {} into {target}", unmarshal::kind(value)))
}

/// A document on its way through a patch.
struct Application {
    document: Value,
    /// At least as deep as the document is.
    depth: usize,
    copied: usize,
}

impl Application {
    fn apply(&mut self, operation: &PatchOperation) -> Option<()> {
        match operation {
            PatchOperation::Test(test) => test_value(&self.document, test),
            PatchOperation::Add(add) => {
                self.deepen(add.path.count() + depth(&add.value, 0))?;
                insert(&mut self.document, &add.path, add.value.clone())
            }
            PatchOperation::Replace(replace) => {
                self.deepen(replace.path.count() + depth(&replace.value, 0))?;
                put(&mut self.document, &replace.path, replace.value.clone())
            }
            PatchOperation::Remove(remove) => take(&mut self.document, &remove.path).map(drop),
            PatchOperation::Move(mov) => {
                self.deepen((self.depth + mov.path.count()).saturating_sub(mov.from.count()))?;
                let value = take(&mut self.document, &mov.from)?;
                insert(&mut self.document, &mov.path, value)
            }
            PatchOperation::Copy(copy) => {
                let value = get_or_null(&self.document, &copy.from)?;
                self.copied += encoded_len(value);
                if self.copied > MAX_COPIED_BYTES {
                    return None;
                }
                let value = value.clone();
                self.deepen(copy.path.count() + depth(&value, 0))?;
                insert(&mut self.document, &copy.path, value)
            }
        }
    }

    fn deepen(&mut self, depth: usize) -> Option<()> {
        self.depth = self.depth.max(depth);
        (self.depth <= MAX_DEPTH_BETWEEN).then_some(())
    }
}

/// Passes when the value at the path is the given one; a member that is not there passes for `null`.
fn test_value(document: &Value, test: &TestOperation) -> Option<()> {
    same(get_or_null(document, &test.path)?, &test.value).then_some(())
}

/// The value at a path, which is `null` for a member that an object does not have.
fn get_or_null<'v>(document: &'v Value, path: &Pointer) -> Option<&'v Value> {
    match get(document, path) {
        None => get(document, path.parent()?)?.is_object().then_some(&Value::Null),
        value => value,
    }
}

fn get<'v>(document: &'v Value, path: &Pointer) -> Option<&'v Value> {
    path.tokens().try_fold(document, |value, token| match value {
        Value::Object(members) => members.get(token.decoded().as_ref()),
        Value::Array(items) => items.get(index(&token, items.len())?),
        _ => None,
    })
}

fn get_mut<'v>(document: &'v mut Value, path: &Pointer) -> Option<&'v mut Value> {
    path.tokens().try_fold(document, |value, token| match value {
        Value::Object(members) => members.get_mut(token.decoded().as_ref()),
        Value::Array(items) => {
            let index = index(&token, items.len())?;
            items.get_mut(index)
        }
        _ => None,
    })
}

fn insert(document: &mut Value, path: &Pointer, value: Value) -> Option<()> {
    let (parent, last) = path.split_back()?;
    match get_mut(document, parent)? {
        Value::Object(members) => drop(members.insert(last.decoded().into_owned(), value)),
        Value::Array(items) if last.is_next() => items.push(value),
        // One more place than items: after the last.
        Value::Array(items) => items.insert(index(&last, items.len() + 1)?, value),
        _ => return None,
    }
    Some(())
}

/// Replaces the value at the path. Upstream's library also takes a member that is not there yet, so this does.
fn put(document: &mut Value, path: &Pointer, value: Value) -> Option<()> {
    if let Some(place) = get_mut(document, path) {
        *place = value;
        return Some(());
    }
    let (parent, last) = path.split_back()?;
    let members = get_mut(document, parent)?.as_object_mut()?;
    members.insert(last.decoded().into_owned(), value);
    Some(())
}

fn take(document: &mut Value, path: &Pointer) -> Option<Value> {
    let (parent, last) = path.split_back()?;
    match get_mut(document, parent)? {
        Value::Object(members) => members.remove(last.decoded().as_ref()),
        Value::Array(items) => Some(items.remove(index(&last, items.len())?)),
        _ => None,
    }
}

/// The index that a token means among so many places; a negative one counts from the end.
fn index(token: &Token<'_>, places: usize) -> Option<usize> {
    let index: i64 = token.encoded().parse().ok()?;
    let index = if index < 0 { index.checked_add(i64::try_from(places).ok()?)? } else { index };
    usize::try_from(index).ok().filter(|index| *index < places)
}

/// How many containers stand within each other, as far as that matters.
fn depth(value: &Value, above: usize) -> usize {
    let below = |depth: usize, value: &Value| depth.max(self::depth(value, above + 1));
    match value {
        _ if above > MAX_DEPTH_BETWEEN => above,
        Value::Array(items) => items.iter().fold(above + 1, below),
        Value::Object(members) => members.values().fold(above + 1, below),
        _ => above,
    }
}

/// Whether two values are the same; 1 and 1.0 are.
fn same(a: &Value, b: &Value) -> bool {
    match (a, b) {
        (Value::Number(a), Value::Number(b)) => a == b || a.as_f64() == b.as_f64(),
        (Value::Array(a), Value::Array(b)) => a.len() == b.len() && a.iter().zip(b).all(|(a, b)| same(a, b)),
        (Value::Object(a), Value::Object(b)) => {
            a.len() == b.len() && a.iter().all(|(key, a)| b.get(key).is_some_and(|b| same(a, b)))
        }
        _ => a == b,
    }
}

/// The bytes that a value takes when written.
fn encoded_len(value: &Value) -> usize {
    struct Counter(usize);
    impl io::Write for Counter {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0 += bytes.len();
            Ok(bytes.len())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }
    let mut counter = Counter(0);
    // Counting cannot fail, and a `Value` is always JSON.
    drop(serde_json::to_writer(&mut counter, value));
    counter.0
}
