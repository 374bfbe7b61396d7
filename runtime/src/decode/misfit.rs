//! Documents that no value of the type can be made of, and what to answer to them: 422 as a custom resource does, where
//! its schema says what is wrong, and 400 with the decoder's text otherwise (contract 6.68, 17).

use serde::Deserialize;
use serde_json::{Map, Value};

use crate::errors::Error;
use crate::field::ErrorList;
use crate::golang::unmarshal;
use crate::meta::ObjectMeta;
use crate::object::{AnyObject, DynObject};
use crate::registry::{DynKind, scale_errors};
use crate::schema::{Check, Structural, list_for_object, mismatch, overflows, whole_numbers};

/// An object that its schema refuses. Whoever asks for one that does not exist, or that was changed meanwhile, hears of
/// that first.
#[derive(Debug)]
pub(crate) struct Refused {
    /// Its metadata, which can be read.
    pub(crate) meta: ObjectMeta,
    /// Why: 422.
    pub(crate) error: Error,
}

impl Refused {
    /// What an update of this object comes to: the refusal; but an object of another revision than the stored one goes
    /// on, to be refused for that.
    pub(crate) fn against(&self, old: &dyn AnyObject) -> Result<DynObject, Error> {
        let revision = self.meta.resource_version.as_str();
        if matches!(revision, "" | "0") || revision == old.object_meta().resource_version {
            return Err(self.error.clone());
        }
        let mut object = old.clone_object();
        object.set_object_meta(self.meta.clone());
        Ok(object)
    }
}

/// Which part of an object a write is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Part {
    /// All but the status: nobody looks at that one.
    Object,
    /// The status alone.
    Status,
}

/// Makes an object of a document. Fails with the decoder's text when even the schema does not know what is wrong.
/// `again` makes the same document once more: that a document fits is the rule, and then no copy is needed.
pub(super) fn decode(
    kind: &dyn DynKind,
    part: Part,
    document: Value,
    again: impl FnOnce() -> Value,
) -> Result<Result<DynObject, Refused>, String> {
    match try_decode(kind, document) {
        Ok(object) => Ok(Ok(object)),
        Err(why) if part == Part::Status => Err(why),
        Err(why) => forgive(kind, again(), &why),
    }
}

/// Makes an object of a document as it is.
fn try_decode(kind: &dyn DynKind, document: Value) -> Result<DynObject, String> {
    // Serde would take a list for a struct, and the API must not.
    if let Some(path) = list_for_object(&kind.schema().root, &document) {
        return Err(format!("{path}: invalid type: sequence, expected an object"));
    }
    if kind.schema().has_floats && overflows(&kind.schema().root, &document) {
        return Err("a number is too large for its field".to_owned());
    }
    kind.decode(document).map_err(|error| error.to_string())
}

/// A document that did not fit: it is let off what custom resources let it off, and refused for the rest.
fn forgive(kind: &dyn DynKind, document: Value, why: &str) -> Result<Result<DynObject, Refused>, String> {
    let (info, schema) = (kind.info(), kind.schema());
    if schema.is_go_type {
        let complaint = unmarshal::complaint(&unmarshal::SCALE, &document);
        return Err(complaint.unwrap_or_else(|| why.to_owned()));
    }
    let meta = metadata(&schema.root, &document)?;
    let mut forgiven = document;
    let had_status = forgiven.as_object_mut().is_some_and(|members| {
        let before = members.len();
        members.retain(|field, _| !info.status_fields.contains(&field.as_str()));
        members.len() < before
    });
    // Upstream's scale takes no whole number with a fraction.
    let scale = info.scale.as_ref().map(|paths| scale_errors(paths, &forgiven, true)).unwrap_or_default();
    let original = forgiven.clone();
    if (whole_numbers(&schema.root, &mut forgiven) || had_status)
        && scale.is_empty()
        && let Ok(object) = try_decode(kind, forgiven)
    {
        return Ok(Ok(object));
    }
    let rules = schema.rules_with_types();
    let mut errors = rules.map(|rules| Check::new("").value(rules, &original, None)).unwrap_or_default();
    let forgiven = original;
    errors.extend(scale);
    if errors.is_empty() {
        return Err(placed(&schema.root, &forgiven, why));
    }
    let error = Error::invalid(&info.group_kind(), &meta.name, &errors);
    Ok(Err(Refused { meta, error }))
}

/// Makes an object of a document whose status alone is a client's. The status is told of as upstream does: its texts
/// begin below it.
pub(super) fn decode_status(
    kind: &dyn DynKind,
    mut document: Value,
) -> Result<Result<DynObject, Error>, String> {
    let (info, schema) = (kind.info(), kind.schema());
    let why = match try_decode(kind, document.clone()) {
        Ok(object) => return Ok(Ok(object)),
        Err(why) => why,
    };
    if whole_numbers(&schema.root, &mut document)
        && let Ok(object) = try_decode(kind, document.clone())
    {
        return Ok(Ok(object));
    }
    let mut errors = ErrorList::new();
    for field in info.status_fields {
        let rules = schema.rules_with_types().and_then(|rules| rules.property(field));
        if let (Some(rules), Some(status)) = (rules, document.get(field)) {
            errors.extend(Check::new(field).value(rules, status, None));
        }
    }
    errors.extend(info.scale.iter().flat_map(|paths| scale_errors(paths, &document, false)));
    if errors.is_empty() {
        return Err(placed(&schema.root, &document, &why));
    }
    let name = document.pointer("/metadata/name").and_then(Value::as_str).unwrap_or_default();
    Ok(Err(Error::invalid(&info.group_kind(), name, &errors)))
}

/// The metadata of a document, which must be readable whatever else is wrong.
pub(super) fn metadata(root: &Structural, document: &Value) -> Result<ObjectMeta, String> {
    let Some(meta) = document.get("metadata").filter(|meta| !meta.is_null()) else {
        return Ok(ObjectMeta::default());
    };
    ObjectMeta::deserialize(meta).map_err(|error| {
        let only = Map::from_iter([("metadata".to_owned(), meta.clone())]);
        placed(root, &only.into(), &error.to_string())
    })
}

/// The decoder's text with the place that it speaks of, where that can be found.
///
/// Metadata is a Go type upstream, whatever the kind is, and is told of in Go's words.
fn placed(root: &Structural, document: &Value, why: &str) -> String {
    let meta = document.get("metadata");
    if let Some(why) = meta.and_then(|meta| unmarshal::complaint(&unmarshal::OBJECT_META, meta)) {
        return why;
    }
    match mismatch(root, document) {
        path if path.is_empty() || why.starts_with(&path) => why.to_owned(),
        path => format!("{path}: {why}"),
    }
}
