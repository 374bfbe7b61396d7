//! Objects as rows of a `meta.k8s.io` Table (contract 6.52 to 6.57, 10).

use std::sync::Arc;

use super::negotiate::MetaVersion;
use super::query::Query;
use super::representation::{ListHead, write_json, write_partial};
use crate::errors::{Error, Result};
use crate::meta::ListMeta;
use crate::rest::{Cell, dynamic};
use crate::storage::Stored;
use crate::table;

/// How objects become rows.
pub(crate) struct TableForm {
    convertor: Arc<dyn dynamic::TableConvertor>,
    version: MetaVersion,
    include: IncludeObject,
    /// The column definitions as JSON.
    definitions: Vec<u8>,
    /// How many cells follow the name.
    width: usize,
}

/// What a row tells of its object besides the cells (contract 6.54).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum IncludeObject {
    None,
    Metadata,
    Object,
}

impl TableForm {
    /// The form that a request wants; 400 when it wants an unknown one (contract 6.53).
    pub(crate) fn new(
        convertor: Arc<dyn dynamic::TableConvertor>,
        version: MetaVersion,
        query: Query<'_>,
    ) -> Result<Self> {
        let include = match query.first("includeObject").as_deref() {
            None | Some("" | "Metadata") => IncludeObject::Metadata,
            Some("None") => IncludeObject::None,
            Some("Object") => IncludeObject::Object,
            Some(other) => {
                return Err(Error::bad_request(format!(
                    "Unable to convert to Table as requested: includeObject: Invalid value: {other:?}: \
                     must be 'Metadata', 'Object', 'None', or empty"
                )));
            }
        };
        let columns = convertor.columns();
        let mut definitions = Vec::with_capacity(1024);
        write_json(&table::column_definitions(&columns), &mut definitions);
        Ok(Self { convertor, version, include, definitions, width: columns.len() })
    }

    /// The beginning of a table, up to the bracket that opens the rows. Later events of a watch have no columns.
    pub(crate) fn write_head(&self, meta: &ListMeta, with_columns: bool, out: &mut Vec<u8>) {
        ListHead { kind: "Table", suffix: "", api_version: self.version.api_version(), meta }.write(out);
        out.extend_from_slice(b",\"columnDefinitions\":");
        out.extend_from_slice(if with_columns { &self.definitions } else { b"null" });
        out.extend_from_slice(b",\"rows\":[");
    }

    /// The row of an object.
    pub(crate) fn write_row(&self, stored: &Arc<Stored>, out: &mut Vec<u8>) {
        out.extend_from_slice(b"{\"cells\":[");
        write_json(stored.name(), out);
        match self.convertor.cells(stored) {
            Ok(cells) => {
                for cell in &cells {
                    out.push(b',');
                    write_cell(cell, out);
                }
            }
            Err(error) => {
                // The table is on its way already; the row says that nothing is known.
                tracing::warn!(object = stored.key(), %error, "an object has no cells");
                self.write_empty_cells(out);
            }
        }
        out.extend_from_slice(b"],\"object\":");
        match self.include {
            IncludeObject::None => out.extend_from_slice(b"null"),
            IncludeObject::Metadata => write_partial(self.version, stored.metadata(), out),
            IncludeObject::Object => out.extend_from_slice(stored.wire()),
        }
        out.push(b'}');
    }

    /// The row of a bookmark, whose object is nothing but metadata.
    pub(crate) fn write_bookmark_row(
        &self,
        metadata: &[u8],
        initial_events_end: bool,
        object: impl FnOnce(&mut Vec<u8>),
        out: &mut Vec<u8>,
    ) {
        out.extend_from_slice(b"{\"cells\":[\"\"");
        self.write_empty_cells(out);
        out.extend_from_slice(b"],\"object\":");
        match self.include {
            // Without its annotation the end of the initial events could not be told (contract 6.54).
            IncludeObject::None if !initial_events_end => out.extend_from_slice(b"null"),
            IncludeObject::None | IncludeObject::Metadata => write_partial(self.version, metadata, out),
            IncludeObject::Object => object(out),
        }
        out.push(b'}');
    }

    fn write_empty_cells(&self, out: &mut Vec<u8>) {
        for _ in 0..self.width {
            out.extend_from_slice(b",null");
        }
    }
}

fn write_cell(cell: &Cell, out: &mut Vec<u8>) {
    match cell {
        Cell::Value(value) => write_json(value, out),
        Cell::Age(time) => write_json(&table::age(*time, jiff::Timestamp::now()), out),
    }
}
