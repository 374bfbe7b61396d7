//! An object in its two forms: [`Object`], at rest and known by its bytes, and [`DynObject`], in flight through a write.

use std::any::Any;
use std::borrow::Cow;
use std::fmt;
use std::marker::PhantomData;
use std::sync::Arc;

use bytes::Bytes;
use serde::Serialize as _;
use serde_json::Value;

use crate::errors::{Error, Result};
use crate::golang::number::GoFormatter;
use crate::info::ResourceInfo;
use crate::meta::{Metadata, ObjectMeta};
use crate::omit_none::OmitNone;
use crate::registry::codec;
use crate::resource::Resource;
use crate::storage::Stored;

/// An object as a handler returns it: the bytes that go on the wire, decoded only when asked.
///
/// A read at the storage version therefore runs no serde at all.
pub struct Object<T> {
    stored: Arc<Stored>,
    kind: PhantomData<fn() -> T>,
}

impl<T: Resource> Object<T> {
    /// Encodes an object that no store holds, for a handler written by hand.
    pub fn new(object: T) -> Result<Self> {
        Ok(Self::from_stored(codec::stored_from(object)?))
    }

    /// Decodes the object.
    ///
    /// Fails with 500 when the stored bytes do not fit the type, as after an incompatible change of the struct.
    pub fn decode(&self) -> Result<T> {
        codec::decode_stored(&self.stored)
    }
}

impl<T> Object<T> {
    pub(crate) fn from_stored(stored: Arc<Stored>) -> Self {
        Self { stored, kind: PhantomData }
    }

    pub(crate) fn into_stored(self) -> Arc<Stored> {
        self.stored
    }

    /// The object's name.
    pub fn name(&self) -> &str {
        self.stored.name()
    }

    /// The object's namespace; empty for a cluster-scoped kind.
    pub fn namespace(&self) -> &str {
        self.stored.namespace()
    }

    /// The object's uid.
    pub fn uid(&self) -> &str {
        &self.stored.header().uid
    }

    /// The revision of the last write; 0 for an object that was not stored.
    pub fn revision(&self) -> u64 {
        self.stored.revision()
    }

    /// The JSON document, with apiVersion, kind and resourceVersion.
    pub fn to_bytes(&self) -> Bytes {
        self.stored.wire().clone()
    }
}

impl<T> Clone for Object<T> {
    fn clone(&self) -> Self {
        Self::from_stored(Arc::clone(&self.stored))
    }
}

impl<T> fmt::Debug for Object<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&String::from_utf8_lossy(self.stored.wire()))
    }
}

/// One page of a list.
pub struct ObjectList<T> {
    pub(crate) list: crate::rest::dynamic::StoredList,
    kind: PhantomData<fn() -> T>,
}

impl<T> ObjectList<T> {
    pub(crate) fn from_list(list: crate::rest::dynamic::StoredList) -> Self {
        Self { list, kind: PhantomData }
    }

    /// A whole list that no store holds, for a handler written by hand. The revision must not be 0 (contract 4.9).
    pub fn new(revision: u64, items: impl IntoIterator<Item = Object<T>>) -> Self {
        let items = items.into_iter().map(Object::into_stored).collect();
        Self::from_list(crate::rest::dynamic::StoredList { revision, items, ..Default::default() })
    }

    /// The revision at which the list is true.
    pub fn revision(&self) -> u64 {
        self.list.revision
    }

    /// The token of the next page; empty on the last one.
    pub fn continue_token(&self) -> &str {
        &self.list.continue_token
    }

    /// How many items follow this page, when that is known (contract 5.19).
    pub fn remaining_item_count(&self) -> Option<u64> {
        self.list.remaining_item_count
    }

    /// How many items this page has.
    pub fn len(&self) -> usize {
        self.list.items.len()
    }

    /// Whether this page has no item.
    pub fn is_empty(&self) -> bool {
        self.list.items.is_empty()
    }

    /// The items in order: namespace, then name.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = Object<T>> + '_ {
        self.list.items.iter().map(|stored| Object::from_stored(Arc::clone(stored)))
    }
}

impl<T> fmt::Debug for ObjectList<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.iter()).finish()
    }
}

/// An object in flight through a write, its type erased: what Go calls `runtime.Object`.
pub type DynObject = Box<dyn AnyObject>;

/// The parts of a resource that the pipelines use without knowing its type. Implemented for every [`Resource`].
pub trait AnyObject: Any + Send + Sync {
    /// All that is constant about the kind.
    fn info(&self) -> &'static ResourceInfo;

    /// The metadata.
    fn object_meta(&self) -> Cow<'_, ObjectMeta>;

    /// Takes the metadata out, to be put back with [`set_object_meta`](Self::set_object_meta).
    fn take_object_meta(&mut self) -> ObjectMeta;

    /// Puts the metadata in.
    fn set_object_meta(&mut self, meta: ObjectMeta);

    /// A deep copy.
    fn clone_object(&self) -> DynObject;

    /// The object as JSON, without apiVersion and kind.
    fn to_value(&self) -> Result<Value>;

    /// Appends the object as JSON, without apiVersion and kind.
    fn write_json(&self, buffer: &mut Vec<u8>) -> Result<()>;

    /// For `downcast_ref`.
    fn as_any(&self) -> &dyn Any;

    /// For `downcast_mut`.
    fn as_any_mut(&mut self) -> &mut dyn Any;

    /// For `downcast`.
    fn into_any(self: Box<Self>) -> Box<dyn Any>;
}

impl<T: Resource> AnyObject for T {
    fn info(&self) -> &'static ResourceInfo {
        const { &T::INFO }
    }

    fn object_meta(&self) -> Cow<'_, ObjectMeta> {
        self.metadata().as_object_meta()
    }

    fn take_object_meta(&mut self) -> ObjectMeta {
        self.metadata_mut().take_object_meta()
    }

    fn set_object_meta(&mut self, meta: ObjectMeta) {
        self.metadata_mut().set_object_meta(meta);
    }

    fn clone_object(&self) -> DynObject {
        Box::new(self.clone())
    }

    fn to_value(&self) -> Result<Value> {
        serde_json::to_value(OmitNone(self)).map_err(|error| Error::internal(error.to_string()))
    }

    fn write_json(&self, buffer: &mut Vec<u8>) -> Result<()> {
        let mut serializer = serde_json::Serializer::with_formatter(buffer, GoFormatter);
        OmitNone(self).serialize(&mut serializer).map_err(|error| Error::internal(error.to_string()))
    }

    fn as_any(&self) -> &dyn Any {
        self
    }

    fn as_any_mut(&mut self) -> &mut dyn Any {
        self
    }

    fn into_any(self: Box<Self>) -> Box<dyn Any> {
        self
    }
}

impl dyn AnyObject {
    /// The object as its type.
    pub fn downcast_ref<T: Resource>(&self) -> Option<&T> {
        self.as_any().downcast_ref()
    }

    /// The object as its type, to change.
    pub fn downcast_mut<T: Resource>(&mut self) -> Option<&mut T> {
        self.as_any_mut().downcast_mut()
    }

    /// Takes the object as its type.
    pub fn downcast<T: Resource>(self: Box<Self>) -> Option<Box<T>> {
        self.into_any().downcast().ok()
    }
}

impl fmt::Debug for dyn AnyObject {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {:?}", self.info().kind, self.object_meta().name)
    }
}
