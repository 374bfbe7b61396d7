//! From the bytes of a request to an object in flight: strict where asked, and in upstream's words where not
//! (contract 4.22, 4.23, 4.41, 6.41, 6.42, 6.62 to 6.68, 7.2.4, 7.5.1).

mod json;
mod misfit;
mod yaml;

use std::fmt;

use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

pub(crate) use self::misfit::{Part, Refused};
use crate::errors::{Error, Result};
use crate::field::{self, ErrorList, Path};
use crate::info::ResourceInfo;
use crate::meta::ObjectMeta;
use crate::object::{AnyObject, DynObject};
use crate::options::FieldValidation;
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
        let Value::Object(mut status) = document else { return Err(NOT_AN_OBJECT.to_owned()) };
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
    let read = Read::document(body, format, schema).map_err(|error| unrecognized(info, body, &error))?;
    Header::read(&read.document).map_err(|error| unrecognized(info, body, &error))?.check(info)?;
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
    let Value::Object(document) = document else { return Err(refuse(&NOT_AN_OBJECT)) };
    let header = Header::read(&document).map_err(|error| refuse(&error))?;
    header.check(info).map_err(|error| refuse(&error))?;
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

/// Decodes options that stand in a body, such as `DeleteOptions`; 400 when they do not fit. Fields that are not known
/// are passed over, and the version may be that of the group or of `meta.k8s.io` (contract 4.41).
pub(crate) fn decode_options<T: DeserializeOwned>(
    info: &ResourceInfo,
    options_kind: &str,
    body: &[u8],
    format: BodyFormat,
) -> Result<T> {
    let unreadable = |error: String| Error::bad_request(format!("{NO_TYPE} {error}"));
    let document = Read::document(body, format, None).map_err(unreadable)?.document;
    let header = Header::read(&document).map_err(unreadable)?;
    let known_version = match header.api_version {
        "" | "v1" | "meta.k8s.io/v1" => true,
        version => version == info.api_version(),
    };
    if !known_version || (!header.kind.is_empty() && header.kind != options_kind) {
        return Err(Error::bad_request(format!("decoded object cannot be converted to {options_kind}")));
    }
    let version = if header.api_version == info.api_version() { info.version } else { "v1" };
    T::deserialize(Value::Object(document)).map_err(|error| {
        Error::bad_request(format!(
            "{options_kind} in version {version:?} cannot be handled as a {options_kind}: {error}"
        ))
    })
}

/// What upstream says before the parser's text when even apiVersion and kind cannot be read.
const NO_TYPE: &str = "couldn't get version/kind; json parse error:";

const NOT_AN_OBJECT: &str = "the document is not an object";

/// A document and what is strictly wrong with it.
struct Read {
    document: Map<String, Value>,
    problems: Vec<String>,
}

impl Read {
    /// Reads a document, and looks for duplicate and unknown fields when there is a schema.
    fn document(body: &[u8], format: BodyFormat, schema: Option<&Structural>) -> Result<Self, String> {
        let (document, mut problems) = match format {
            BodyFormat::Json => json::read(body, schema)?,
            BodyFormat::Yaml => {
                let (document, duplicates) = yaml::read(body)?;
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
            _ => Err(NOT_AN_OBJECT.to_owned()),
        }
    }
}

/// The two words that say what a document is.
struct Header<'a> {
    api_version: &'a str,
    kind: &'a str,
}

impl<'a> Header<'a> {
    fn read(document: &'a Map<String, Value>) -> Result<Self, String> {
        let word = |field| match document.get(field) {
            None | Some(Value::Null) => Ok(""),
            Some(Value::String(word)) => Ok(word.as_str()),
            Some(_) => Err(format!("{field} must be a string")),
        };
        Ok(Self { api_version: word("apiVersion")?, kind: word("kind")? })
    }

    /// Absent words are those of the endpoint (contract 4.22); 400 for others.
    fn check(&self, info: &ResourceInfo) -> Result<()> {
        let expected = info.api_version();
        if !self.kind.is_empty() && self.kind != info.kind {
            let version = match self.api_version {
                "" => info.version,
                version => version.rsplit_once('/').map_or(version, |(_, version)| version),
            };
            let why = format!(
                "the kind in the data ({}) does not match the expected kind ({})",
                self.kind, info.kind
            );
            return Err(Error::bad_request(cannot_be_handled(info, self.kind, version, &why)));
        }
        if !self.api_version.is_empty() && self.api_version != expected {
            return Err(Error::bad_request(format!(
                "the API version in the data ({}) does not match the expected API version ({expected})",
                self.api_version
            )));
        }
        Ok(())
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
        "the object provided is unrecognized (must be of type {}): {NO_TYPE} {error} ({summary})",
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
