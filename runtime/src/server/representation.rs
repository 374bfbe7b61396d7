//! The body of an answer that shows objects: as they are, as their metadata, or as a table (contract 6.H).

use std::sync::Arc;

use bytes::Bytes;
use http::{Response, StatusCode};
use serde::Serialize;

use super::body::Body;
use super::list_body::ListBody;
use super::negotiate::{MetaVersion, Offer, Output, Transform, output};
use super::query::Query;
use super::respond;
use super::table::TableForm;
use crate::errors::{Error, Result};
use crate::info::ResourceInfo;
use crate::meta::ListMeta;
use crate::rest::Handlers;
use crate::rest::dynamic::StoredList;
use crate::storage::Stored;

/// How a request wants to see objects.
pub(crate) struct Representation {
    info: &'static ResourceInfo,
    output: Output,
    form: Form,
}

/// What an object becomes.
pub(crate) enum Form {
    /// Itself.
    Object,
    /// A `PartialObjectMetadata`.
    Metadata(MetaVersion),
    /// A row of a table.
    Table(TableForm),
}

impl Representation {
    /// How a request wants to see one object; 406 when it cannot be shown so.
    pub(crate) fn of_object(
        handlers: &Handlers,
        headers: &http::HeaderMap,
        query: Query<'_>,
    ) -> Result<Self> {
        let this = Self::new(handlers, headers, query, Offer::resource)?;
        if let Some(Transform::PartialObjectMetadataList(_)) = this.output.transform {
            return Err(Error::not_acceptable(format!(
                "you requested PartialObjectMetadataList, but the requested object is not a list (*{}.{})",
                this.info.version, this.info.kind
            )));
        }
        Ok(this)
    }

    /// How a request wants to see a list; 406 when it cannot be shown so (contract 6.59).
    pub(crate) fn of_list(handlers: &Handlers, headers: &http::HeaderMap, query: Query<'_>) -> Result<Self> {
        let this = Self::new(handlers, headers, query, Offer::resource)?;
        if let Some(Transform::PartialObjectMetadata(_)) = this.output.transform {
            return Err(Error::not_acceptable(format!(
                "you requested PartialObjectMetadata, but the requested object is a list (*{}.{}List)",
                this.info.version, this.info.kind
            )));
        }
        Ok(this)
    }

    /// How a request wants to see the objects of events; 406 when they cannot be shown so.
    pub(crate) fn of_watch(handlers: &Handlers, headers: &http::HeaderMap, query: Query<'_>) -> Result<Form> {
        Ok(Self::new(handlers, headers, query, Offer::watch)?.form)
    }

    fn new(
        handlers: &Handlers,
        headers: &http::HeaderMap,
        query: Query<'_>,
        offer: impl FnOnce(bool) -> Offer,
    ) -> Result<Self> {
        let output = output(headers, query, offer(handlers.table_convertor.is_some()))?;
        let form = match (output.transform, &handlers.table_convertor) {
            (Some(Transform::Table(version)), Some(convertor)) => {
                Form::Table(TableForm::new(Arc::clone(convertor), version, query)?)
            }
            (
                Some(
                    Transform::PartialObjectMetadata(version) | Transform::PartialObjectMetadataList(version),
                ),
                _,
            ) => Form::Metadata(version),
            _ => Form::Object,
        };
        Ok(Self { info: handlers.info(), output, form })
    }

    /// The encoding of the answer.
    pub(crate) fn output(&self) -> Output {
        self.output
    }

    /// Answers with an object.
    pub(crate) fn object(&self, code: StatusCode, stored: &Arc<Stored>) -> Response<Body> {
        if let Form::Object = self.form {
            return respond::document(code, stored.wire(), self.output);
        }
        let mut document = Vec::with_capacity(stored.wire().len() + 1024);
        self.form.write_object(stored, true, &mut document);
        respond::document(code, &Bytes::from(document), self.output)
    }

    /// Answers with a list.
    pub(crate) fn list(self, list: StoredList) -> Response<Body> {
        let meta = ListMeta {
            resource_version: revision_text(list.revision),
            continue_token: list.continue_token,
            remaining_item_count: list.remaining_item_count.and_then(|count| i64::try_from(count).ok()),
        };
        let mut head = Vec::with_capacity(256);
        self.form.write_list_head(self.info, &meta, &mut head);
        respond::list(ListBody::new(head, list.items, self.form), self.output)
    }
}

impl Form {
    /// An object as an item of a list, or as a row of a table.
    pub(crate) fn write_item(&self, stored: &Arc<Stored>, out: &mut Vec<u8>) {
        match self {
            Self::Object => out.extend_from_slice(stored.wire()),
            Self::Metadata(version) => write_partial(*version, stored.metadata(), out),
            Self::Table(table) => table.write_row(stored, out),
        }
    }

    /// An object on its own.
    pub(crate) fn write_object(&self, stored: &Arc<Stored>, with_columns: bool, out: &mut Vec<u8>) {
        if let Self::Table(table) = self {
            table.write_head(&list_meta(stored.revision()), with_columns, out);
            table.write_row(stored, out);
            out.extend_from_slice(b"]}");
        } else {
            self.write_item(stored, out);
        }
    }

    /// The object of a bookmark: a revision, and perhaps the end of the initial events (contract 5.34, 5.42).
    pub(crate) fn write_bookmark(
        &self,
        info: &ResourceInfo,
        revision: u64,
        initial_events_end: bool,
        with_columns: bool,
        out: &mut Vec<u8>,
    ) {
        let annotations =
            if initial_events_end { r#","annotations":{"k8s.io/initial-events-end":"true"}"# } else { "" };
        let metadata = format!(r#"{{"resourceVersion":"{revision}"{annotations}}}"#);
        let object = |out: &mut Vec<u8>| {
            write_object_head(info.kind, &info.api_version(), out);
            out.extend_from_slice(metadata.as_bytes());
            out.push(b'}');
        };
        match self {
            Self::Object => object(out),
            Self::Metadata(version) => write_partial(*version, metadata.as_bytes(), out),
            Self::Table(table) => {
                table.write_head(&list_meta(revision), with_columns, out);
                table.write_bookmark_row(metadata.as_bytes(), initial_events_end, object, out);
                out.extend_from_slice(b"]}");
            }
        }
    }

    fn write_list_head(&self, info: &ResourceInfo, meta: &ListMeta, out: &mut Vec<u8>) {
        let api_version = info.api_version();
        let head = match self {
            Self::Table(table) => return table.write_head(meta, true, out),
            Self::Object => ListHead { kind: info.kind, suffix: "List", api_version: &api_version, meta },
            Self::Metadata(version) => ListHead {
                kind: "PartialObjectMetadata",
                suffix: "List",
                api_version: version.api_version(),
                meta,
            },
        };
        head.write(out);
        out.extend_from_slice(b",\"items\":[");
    }
}

/// What a list begins with.
pub(crate) struct ListHead<'a> {
    /// The kind, without its suffix.
    pub(crate) kind: &'a str,
    /// `List`, where that belongs to the kind.
    pub(crate) suffix: &'a str,
    /// The apiVersion.
    pub(crate) api_version: &'a str,
    /// The metadata.
    pub(crate) meta: &'a ListMeta,
}

impl ListHead<'_> {
    /// Writes kind, apiVersion and metadata, and leaves the document open.
    pub(crate) fn write(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(b"{\"kind\":\"");
        out.extend_from_slice(self.kind.as_bytes());
        out.extend_from_slice(self.suffix.as_bytes());
        out.extend_from_slice(b"\",\"apiVersion\":\"");
        out.extend_from_slice(self.api_version.as_bytes());
        out.extend_from_slice(b"\",\"metadata\":");
        write_json(self.meta, out);
    }
}

/// A `PartialObjectMetadata` with the given metadata document.
pub(crate) fn write_partial(version: MetaVersion, metadata: &[u8], out: &mut Vec<u8>) {
    write_object_head("PartialObjectMetadata", version.api_version(), out);
    out.extend_from_slice(metadata);
    out.push(b'}');
}

fn write_object_head(kind: &str, api_version: &str, out: &mut Vec<u8>) {
    for part in ["{\"kind\":\"", kind, "\",\"apiVersion\":\"", api_version, "\",\"metadata\":"] {
        out.extend_from_slice(part.as_bytes());
    }
}

/// Appends a value as JSON.
pub(crate) fn write_json<T: Serialize + ?Sized>(value: &T, out: &mut Vec<u8>) {
    let start = out.len();
    if serde_json::to_writer(&mut *out, value).is_err() {
        // Plain strings, numbers and lists always encode; the document stays JSON whatever happens.
        out.truncate(start);
        out.extend_from_slice(b"null");
    }
}

fn list_meta(revision: u64) -> ListMeta {
    ListMeta { resource_version: revision_text(revision), ..ListMeta::default() }
}

/// The answer to a dry run has no revision (contract 4.51).
fn revision_text(revision: u64) -> String {
    if revision == 0 { String::new() } else { revision.to_string() }
}
