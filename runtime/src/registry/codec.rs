//! Between an object in flight and its bytes at rest.
//!
//! At rest an object is `{"apiVersion":…,"kind":…,"metadata":{…},` and then its other fields as serde writes them. The
//! resourceVersion is left out; [`Stored`] splices it in at the end of the metadata.

use std::collections::BTreeMap;
use std::sync::Arc;

use bytes::Bytes;

use super::upgrade::upgrade;
use super::{DynKind, layout, selectable};
use crate::errors::{Error, Result};
use crate::info::ResourceInfo;
use crate::meta::{ObjectMeta, Selected};
use crate::object::{AnyObject, DynObject};
use crate::resource::Resource;
use crate::storage::{self, Describe, Header, Stored};

/// Encodes an object for storage. The metadata leaves the object for a moment and is back when this returns.
pub(crate) fn encode(object: &mut dyn AnyObject) -> Result<storage::Value> {
    let mut meta = object.take_object_meta();
    let resource_version = std::mem::take(&mut meta.resource_version);
    let self_link = std::mem::take(&mut meta.self_link);
    let encoded = encode_parts(object, &meta);
    meta.resource_version = resource_version;
    meta.self_link = self_link;
    object.set_object_meta(meta);
    encoded
}

fn encode_parts(object: &dyn AnyObject, meta: &ObjectMeta) -> Result<storage::Value> {
    let body = encode_body(object)?;
    let mut bytes = Vec::with_capacity(body.len() + 512);
    write_type(&mut bytes, object.info());
    let metadata = bytes.len();
    serde_json::to_writer(&mut bytes, meta).map_err(|error| Error::internal(error.to_string()))?;
    let splice = bytes.len() - 1;
    bytes.extend_from_slice(&body);
    let fields = selectable::values(object.info(), &bytes);
    let header = header(&meta.uid, &meta.labels, fields, metadata, splice);
    let mut value = storage::Value::from(Bytes::from(bytes));
    value.header = Some(Arc::new(header));
    value.deleting = meta.deletion_timestamp.is_some();
    Ok(value)
}

/// What follows the metadata: `,"spec":{…}}`, or just the closing brace. Needs an object whose metadata was taken out.
pub(crate) fn encode_body(object: &dyn AnyObject) -> Result<Vec<u8>> {
    let mut json = Vec::with_capacity(1024);
    object.write_json(&mut json)?;
    let mut body = Vec::with_capacity(json.len());
    for (key, value) in layout::members(&json) {
        if !is_common(key) {
            body.extend_from_slice(b",\"");
            body.extend_from_slice(key);
            body.extend_from_slice(b"\":");
            body.extend_from_slice(&json[value]);
        }
    }
    body.push(b'}');
    Ok(body)
}

/// Whether a member is one that every object has, whatever its type.
pub(crate) fn is_common(key: &[u8]) -> bool {
    matches!(key, b"metadata" | b"apiVersion" | b"kind")
}

fn write_type(bytes: &mut Vec<u8>, info: &ResourceInfo) {
    bytes.extend_from_slice(b"{\"apiVersion\":\"");
    bytes.extend_from_slice(info.api_version().as_bytes());
    bytes.extend_from_slice(b"\",\"kind\":\"");
    bytes.extend_from_slice(info.kind.as_bytes());
    bytes.extend_from_slice(b"\",\"metadata\":");
}

fn header(
    uid: &str,
    labels: &BTreeMap<String, String>,
    fields: Box<[Box<str>]>,
    metadata: usize,
    splice: usize,
) -> Header {
    Header {
        uid: uid.into(),
        labels: labels.iter().map(|(key, value)| (key.as_str().into(), value.as_str().into())).collect(),
        fields,
        metadata: u32::try_from(metadata).unwrap_or(u32::MAX),
        splice: u32::try_from(splice).unwrap_or(u32::MAX),
    }
}

/// Reads a kind's stored bytes, as at start.
pub(crate) struct JsonHeader(pub(crate) Arc<dyn DynKind>);

impl Describe for JsonHeader {
    fn describe(&self, bytes: &[u8]) -> Result<Header, String> {
        let (_, metadata) = layout::members(bytes)
            .find(|(key, _)| *key == b"metadata")
            .ok_or("the document has no metadata")?;
        let meta: Selected =
            serde_json::from_slice(&bytes[metadata.clone()]).map_err(|error| error.to_string())?;
        let fields = selectable::values(self.0.info(), bytes);
        Ok(header(&meta.uid, &meta.labels, fields, metadata.start, metadata.end - 1))
    }

    fn upgrade(&self, bytes: &[u8]) -> Option<storage::Value> {
        upgrade(&*self.0, bytes)
    }
}

/// Wraps an object that no store holds.
pub(crate) fn stored_from<T: Resource>(mut object: T) -> Result<Arc<Stored>> {
    let meta = object.object_meta();
    let key = key(&meta.namespace, &meta.name);
    let revision = meta.resource_version.parse().unwrap_or(0);
    let value = encode(&mut object)?;
    Ok(Arc::new(Stored::new(&key, revision, &value.bytes, value.header.unwrap_or_default())))
}

/// A stored object in flight.
pub(crate) fn decode(kind: &dyn DynKind, stored: &Stored) -> Result<DynObject> {
    kind.decode_json(&document(stored)).map_err(|error| undecodable(stored, &error))
}

/// Decodes stored bytes into their type.
pub(crate) fn decode_stored<T: Resource>(stored: &Stored) -> Result<T> {
    serde_json::from_slice(&document(stored)).map_err(|error| undecodable(stored, &error))
}

/// A stored object as JSON without apiVersion and kind, which types do not have as fields: all from its metadata on.
pub(crate) fn document(stored: &Stored) -> Vec<u8> {
    let rest = stored.wire().get(stored.header().metadata as usize..).unwrap_or_default();
    [b"{\"metadata\":", rest].concat()
}

/// The metadata of a stored object.
pub(crate) fn metadata(stored: &Stored) -> Result<ObjectMeta> {
    serde_json::from_slice(stored.metadata()).map_err(|error| undecodable(stored, &error))
}

pub(crate) fn undecodable(stored: &Stored, error: &serde_json::Error) -> Error {
    Error::internal(format!("the stored object {:?} does not fit its type: {error}", stored.key()))
}

/// `namespace/name`, or just the name in a cluster-scoped kind.
pub(crate) fn key(namespace: &str, name: &str) -> String {
    if namespace.is_empty() { name.to_owned() } else { format!("{namespace}/{name}") }
}
