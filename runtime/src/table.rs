//! Printer columns and their cells (contract 10).

use crate::errors::Result;
use crate::info::{Column, ResourceInfo};
use crate::object::Object;
use crate::rest::Cell;

/// The columns after Name: the declared ones, or Age.
pub(crate) fn columns(info: &ResourceInfo) -> Vec<Column> {
    if info.columns.is_empty() {
        vec![Column::new("Age", "date", ".metadata.creationTimestamp")]
    } else {
        info.columns.to_vec()
    }
}

/// The cells of an object, read by the JSON paths of the columns.
pub(crate) fn cells<T>(_info: &ResourceInfo, _object: &Object<T>) -> Result<Vec<Cell>> {
    Ok(Vec::new())
}
