//! From the bytes of a request to an object in flight: strict where asked, and in upstream's words where not
//! (contract 4.22, 4.23, 4.41, 6.41, 6.42, 6.62 to 6.68, 7.2.4, 7.5.1).

mod json;
mod misfit;
mod yaml;

use std::fmt;

use serde::Deserialize;
use serde_json::{Map, Value};

pub(crate) use self::misfit::{Part, Refused};
use crate::errors::{Error, Result};
use crate::field::{self, ErrorList, Path};
use crate::golang::unmarshal;
use crate::info::ResourceInfo;
use crate::meta::ObjectMeta;
use crate::object::{AnyObject, DynObject};
use crate::options::{DeleteOptions, FieldValidation};
use crate::quote::quoted;
use crate::registry::DynKind;
use crate::resource::GroupKind;
use crate::schema::{KindSchema, MAX_PROBLEMS, Structural, drop_nulls, unknown_fields};

/// How a body is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum BodyFormat {
    Json,
    Yaml,
}

/// An object read from a request.
#[derive(Debug)]
pub(crate) struct Decoded {
    /// The object; or 422, when what it would be is against the rules of its schema.
    pub(crate) object: Result<DynObject, Refused>,
    /// What the client should hear of besides the answer (contract 6.66).
    pub(crate) warnings: Vec<String>,
}

/// Decodes the body of a create or an update; 400 when it does not fit.
pub(crate) fn decode_body(
    kind: &dyn DynKind,
    part: Part,
    body: &[u8],
    format: BodyFormat,
    validation: FieldValidation,
) -> Result<Decoded> {
    let (document, problems) = read_body(kind, body, format, validation)?;
    let (info, schema) = (kind.info(), kind.schema());
    let again = || {
        let document = Read::document(body, format, None).map(|read| read.document);
        prepare(schema, document.unwrap_or_default())
    };
    let object =
        misfit::decode(kind, part, prepare(schema, document), again).map_err(|why| misfit_of(info, &why))?;
    match validation {
        FieldValidation::Strict if !problems.is_empty() => Err(misfit_of(info, &strict(&problems))),
        _ => Ok(Decoded { object, warnings: warnings(problems) }),
    }
}

/// What an update of a status heeds of its body.
#[derive(Debug)]
pub(crate) struct StatusPart {
    pub(crate) meta: ObjectMeta,
    /// The fields that belong to the status.
    status: Map<String, Value>,
    /// What the client should hear of besides the answer.
    pub(crate) warnings: Vec<String>,
}

/// Reads the body of an update of a status, in which the other fields may be missing or wrong: nobody looks at them
/// (contract 3.8).
pub(crate) fn decode_status_part(
    kind: &dyn DynKind,
    body: &[u8],
    format: BodyFormat,
    validation: FieldValidation,
) -> Result<StatusPart> {
    let (document, problems) = read_body(kind, body, format, validation)?;
    let info = kind.info();
    if validation == FieldValidation::Strict && !problems.is_empty() {
        return Err(misfit_of(info, &strict(&problems)));
    }
    StatusPart::of(kind, prepare(kind.schema(), document), warnings(problems))
        .map_err(|why| misfit_of(info, &why))
}

impl StatusPart {
    /// The part of a document that an update of a status heeds. Fails when its metadata cannot be read.
    fn of(kind: &dyn DynKind, document: Value, warnings: Vec<String>) -> Result<Self, String> {
        let meta = misfit::metadata(&kind.schema().root, &document)?;
        let Value::Object(mut status) = document else {
            return Err("the document is not an object".to_owned());
        };
        status.retain(|field, _| kind.info().status_fields.contains(&field.as_str()));
        Ok(Self { meta, status, warnings })
    }

    /// The stored object with this metadata and this status; 422 when the status does not fit.
    pub(crate) fn over(&self, kind: &dyn DynKind, old: &dyn AnyObject) -> Result<DynObject> {
        let info = kind.info();
        let mut document = old.to_value()?;
        if let Some(members) = document.as_object_mut() {
            members.retain(|field, _| !info.status_fields.contains(&field.as_str()));
            members.extend(self.status.clone());
        }
        let mut object = misfit::decode_status(kind, document).map_err(|why| misfit_of(info, &why))??;
        object.set_object_meta(self.meta.clone());
        Ok(object)
    }
}

/// Reads a body that says, or leaves open, that it is of the kind.
fn read_body(
    kind: &dyn DynKind,
    body: &[u8],
    format: BodyFormat,
    validation: FieldValidation,
) -> Result<(Map<String, Value>, Vec<String>)> {
    let info = kind.info();
    let schema = Some(&kind.schema().root).filter(|_| validation != FieldValidation::Ignore);
    let read = Read::document(body, format, schema).map_err(|why| match why {
        Unreadable::Value(why) => misfit_of(info, &why),
        why => unrecognized(info, body, &why.text(body)),
    })?;
    let header = Header::read(&read.document).map_err(|why| unrecognized(info, body, &why.text(body)))?;
    header.check(info, body)?;
    Ok((read.document, read.problems))
}

/// 400 for a body that is of the kind and does not fit its type.
fn misfit_of(info: &ResourceInfo, error: &dyn fmt::Display) -> Error {
    Error::bad_request(cannot_be_handled(info, info.kind, info.version, error))
}

/// Decodes the result of a patch; 422 when it does not fit. `problems` are those of the patch itself, and come first.
/// `status_of` is the stored object where the patch is one of its status.
pub(crate) fn decode_patched(
    kind: &dyn DynKind,
    document: Value,
    mut problems: Vec<String>,
    validation: FieldValidation,
    status_of: Option<&dyn AnyObject>,
) -> Result<Decoded> {
    let info = kind.info();
    let root = &kind.schema().root;
    let text = document.to_string();
    let refuse = |error: &dyn fmt::Display| {
        let error = field::Error::invalid(Path::new("patch"), &text, error.to_string());
        Error::invalid(&GroupKind { group: "".into(), kind: "".into() }, "", &ErrorList::from(error))
    };
    match validation {
        FieldValidation::Ignore => problems.clear(),
        FieldValidation::Warn | FieldValidation::Strict => {
            add(&mut problems, unknown_fields(root, &document));
        }
    }
    let Value::Object(document) = document else {
        return Err(refuse(&Unreadable::of(&document).text(text.as_bytes())));
    };
    let header = Header::read(&document).map_err(|why| refuse(&why.text(text.as_bytes())))?;
    // Of an update of the status only the status counts.
    if status_of.is_none() {
        header.check_patched(info, &document)?;
    }
    let again = || prepare(kind.schema(), serde_json::from_str(&text).unwrap_or_default());
    let part = if status_of.is_some() { Part::Status } else { Part::Object };
    let decoded = misfit::decode(kind, part, prepare(kind.schema(), document), again);
    let object = match (decoded, status_of) {
        (Ok(Ok(object)), _) => Ok(object),
        (_, Some(old)) => {
            let part = StatusPart::of(kind, again(), Vec::new()).map_err(|why| refuse(&why))?;
            Ok(part.over(kind, old)?)
        }
        (decoded, None) => decoded.map_err(|why| refuse(&why))?,
    };
    match validation {
        FieldValidation::Strict if !problems.is_empty() => Err(refuse(&strict(&problems))),
        _ => Ok(Decoded { object, warnings: problems }),
    }
}

/// Decodes the `DeleteOptions` of a body; 400 when they do not fit. Fields that are not known are passed over, and the
/// version may be any (contract 4.41).
pub(crate) fn decode_delete_options(body: &[u8], format: BodyFormat) -> Result<DeleteOptions> {
    let unreadable = |why: Unreadable| Error::bad_request(why.text(body));
    let document = match Read::document(body, format, None) {
        Ok(read) => read.document,
        Err(Unreadable::NoKind) => Map::new(),
        Err(why) => return Err(unreadable(why)),
    };
    let header = Header::read(&document).map_err(unreadable)?;
    if let Some(why) = header.malformed_version() {
        return Err(Error::bad_request(why));
    }
    if !matches!(header.kind, "" | "DeleteOptions") {
        let version = if header.api_version.is_empty() { "meta.k8s.io/v1" } else { header.api_version };
        return Err(Error::bad_request(format!(
            "no kind {} is registered for version {} in scheme {}",
            quoted(header.kind),
            quoted(version),
            "\"k8s.io/apimachinery/pkg/apis/meta/internalversion/scheme/register.go:27\""
        )));
    }
    let document = Value::Object(document);
    if let Some(why) = unmarshal::complaint(&unmarshal::DELETE_OPTIONS, &document) {
        return Err(Error::bad_request(why));
    }
    DeleteOptions::deserialize(document).map_err(|error| Error::bad_request(error.to_string()))
}

/// Why a body is no document of any kind.
enum Unreadable {
    /// Not even apiVersion and kind can be read.
    NoType(String),
    /// It does not say its kind.
    NoKind,
    /// It is no document at all, as the reader of YAML says it.
    NoDocument(String),
    /// It has a value that nothing can be.
    Value(String),
}

impl Unreadable {
    /// What a document is that has no fields.
    fn of(document: &Value) -> Self {
        unmarshal::complaint(&unmarshal::HEADER, document).map_or(Self::NoKind, Self::NoType)
    }

    fn text(&self, body: &[u8]) -> String {
        match self {
            Self::NoType(why) => format!("couldn't get version/kind; json parse error: {why}"),
            Self::NoKind => format!("Object 'Kind' is missing in '{}'", String::from_utf8_lossy(body)),
            Self::NoDocument(why) | Self::Value(why) => why.clone(),
        }
    }
}

/// A document and what is strictly wrong with it.
struct Read {
    document: Map<String, Value>,
    problems: Vec<String>,
}

impl Read {
    /// Reads a document, and looks for duplicate and unknown fields when there is a schema.
    fn document(body: &[u8], format: BodyFormat, schema: Option<&Structural>) -> Result<Self, Unreadable> {
        let (document, mut problems) = match format {
            BodyFormat::Json => json::read(body, schema)?,
            BodyFormat::Yaml => {
                let (document, duplicates) = yaml::read(body).map_err(Unreadable::NoDocument)?;
                // Upstream's reader tells all duplicates in one error, before the unknown fields (contract 6.64).
                let mut problems = yaml::problem(&duplicates);
                if let Some(schema) = schema {
                    add(&mut problems, unknown_fields(schema, &document));
                }
                (document, problems)
            }
        };
        if schema.is_none() {
            problems.clear();
        }
        match document {
            Value::Object(document) => Ok(Self { document, problems }),
            other => Err(Unreadable::of(&other)),
        }
    }
}

/// The two words that say what a document is.
struct Header<'a> {
    api_version: &'a str,
    kind: &'a str,
}

impl<'a> Header<'a> {
    fn read(document: &'a Map<String, Value>) -> Result<Self, Unreadable> {
        let word = |field: &str| match document.get(field) {
            None | Some(Value::Null) => Ok(""),
            Some(Value::String(word)) => Ok(word.as_str()),
            Some(other) => {
                let only = Map::from_iter([(field.to_owned(), other.clone())]);
                Err(Unreadable::of(&only.into()))
            }
        };
        Ok(Self { api_version: word("apiVersion")?, kind: word("kind")? })
    }

    /// Absent words are those of the endpoint (contract 4.22); 400 for others.
    fn check(&self, info: &ResourceInfo, body: &[u8]) -> Result<()> {
        if let Some(why) = self.malformed_version() {
            return Err(unrecognized(info, body, &why));
        }
        let expected = info.api_version();
        let version = self.api_version.strip_prefix('/').unwrap_or(self.api_version);
        if !version.is_empty() && version != expected {
            return Err(Error::bad_request(format!(
                "the API version in the data ({version}) does not match the expected API version ({expected})"
            )));
        }
        if !self.kind.is_empty() && self.kind != info.kind {
            let why = format!(
                "the kind in the data ({}) does not match the expected kind ({})",
                self.kind, info.kind
            );
            return Err(Error::bad_request(cannot_be_handled(info, self.kind, info.version, &why)));
        }
        Ok(())
    }

    /// What a patch made of the two words; 422 when they are others, as of a custom resource.
    fn check_patched(&self, info: &ResourceInfo, document: &Map<String, Value>) -> Result<()> {
        let expected = info.api_version();
        let mut errors = ErrorList::new();
        for (field, word, expected) in
            [("kind", self.kind, info.kind), ("apiVersion", self.api_version, &*expected)]
        {
            if !word.is_empty() && word != expected {
                errors.push(field::Error::invalid(Path::new(field), word, format!("must be {expected}")));
            }
        }
        if errors.is_empty() {
            return Ok(());
        }
        let group = match self.api_version {
            "" => info.group,
            version => version.split_once('/').map_or("", |(group, _)| group),
        };
        let kind = if self.kind.is_empty() { info.kind } else { self.kind };
        let kind = GroupKind { group: group.to_owned().into(), kind: kind.to_owned().into() };
        let name = document.get("metadata").and_then(|meta| meta.get("name")).and_then(Value::as_str);
        Err(Error::invalid(&kind, name.unwrap_or_default(), &errors))
    }

    /// What upstream says of an apiVersion that is none.
    fn malformed_version(&self) -> Option<String> {
        let slashes = self.api_version.matches('/').count();
        (slashes > 1).then(|| format!("unexpected GroupVersion string: {}", self.api_version))
    }
}

/// The document as the type wants it: without the words that it has no fields for, with metadata, which a body may leave
/// out, and with the defaults of the schema.
fn prepare(schema: &KindSchema, mut document: Map<String, Value>) -> Value {
    document.remove("apiVersion");
    document.remove("kind");
    let metadata = document.entry("metadata").or_insert(Value::Null);
    if metadata.is_null() {
        *metadata = Value::Object(Map::new());
    }
    let mut document = Value::Object(document);
    drop_nulls(&schema.root, &mut document);
    if let Some(defaults) = &schema.defaults {
        defaults.fill(&mut document);
    }
    document
}

/// Contract 6.42, when the kind is known.
fn cannot_be_handled(info: &ResourceInfo, kind: &str, version: &str, error: &dyn fmt::Display) -> String {
    format!("{kind} in version {version:?} cannot be handled as a {}: {error}", info.kind)
}

/// Contract 6.42, when not even the kind can be read.
fn unrecognized(info: &ResourceInfo, body: &[u8], error: &str) -> Error {
    let summary = summarize(body);
    Error::bad_request(format!(
        "the object provided is unrecognized (must be of type {}): {error} ({summary})",
        info.kind
    ))
}

/// The first 30 bytes of a body, readable when it looks like JSON.
fn summarize(body: &[u8]) -> String {
    if body.is_empty() {
        return "<empty>".to_owned();
    }
    let (start, more) =
        body.get(..30).map_or((body, ""), |start| (start, if body.len() > 30 { " ..." } else { "" }));
    let text = if start.first() == Some(&b'{') {
        String::from_utf8_lossy(start).into_owned()
    } else {
        start.iter().fold(String::new(), |text, byte| text + &format!("{byte:02x}"))
    };
    text + more
}

/// Contract 6.65.
fn strict(problems: &[String]) -> String {
    format!("strict decoding error: {}", problems.join(", "))
}

/// One warning per problem; the reader's joint text for YAML is taken apart (contract 6.64, 6.66).
fn warnings(problems: Vec<String>) -> Vec<String> {
    problems
        .into_iter()
        .flat_map(|problem| match problem.strip_prefix(yaml::PREFIX) {
            Some(lines) => lines.lines().map(|line| line.trim().to_owned()).collect(),
            None => vec![problem],
        })
        .filter(|warning| !warning.is_empty())
        .collect()
}

/// Adds problems that are not told yet, as long as there is room (contract 6.63).
fn add(problems: &mut Vec<String>, more: Vec<String>) {
    for problem in more {
        if problems.len() >= MAX_PROBLEMS {
            return;
        }
        if !problems.contains(&problem) {
            problems.push(problem);
        }
    }
}

#[cfg(test)]
mod tests;
