//! Objects that an older release of the program stored, as today's would store them: a read shows defaults that are
//! newer than the object, and no fields that are no more, as with custom resources (contract 17).
//!
//! It happens once, when an engine brings the bytes; reads send what it made of them.

use serde_json::Value;

use super::{DynKind, codec};
use crate::schema::drop_nulls;
use crate::storage;

/// The stored object in today's form; `None` when it has that form, or when its type cannot read it.
pub(super) fn upgrade(kind: &dyn DynKind, bytes: &[u8]) -> Option<storage::Value> {
    let schema = kind.schema();
    if schema.is_current(bytes) {
        return None;
    }
    let mut document: Value = serde_json::from_slice(bytes).ok()?;
    let members = document.as_object_mut()?;
    members.remove("apiVersion");
    members.remove("kind");
    drop_nulls(&schema.root, &mut document);
    if let Some(defaults) = &schema.defaults {
        defaults.fill(&mut document);
    }
    let mut object = kind.decode(document).ok()?;
    let value = codec::encode(&mut *object).ok()?;
    (value.bytes != bytes).then_some(value)
}
