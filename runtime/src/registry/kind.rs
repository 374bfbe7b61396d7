//! What the pipelines and the server need of a type, with the type erased: where generics end.

use std::any::TypeId;
use std::marker::PhantomData;
use std::sync::OnceLock;

use serde::Deserialize;
use serde_json::Value;

use crate::info::ResourceInfo;
use crate::meta::{Metadata, ObjectMeta};
use crate::object::{AnyObject, DynObject};
use crate::resource::Resource;
use crate::schema::KindSchema;

/// A kind with its type erased.
pub(crate) trait DynKind: Send + Sync {
    /// All that is constant about the kind.
    fn info(&self) -> &'static ResourceInfo;

    /// Decodes a JSON document that has no apiVersion and kind.
    fn decode(&self, document: Value) -> Result<DynObject, serde_json::Error>;

    /// Decodes a JSON text that has no apiVersion and kind.
    fn decode_json(&self, json: &[u8]) -> Result<DynObject, serde_json::Error>;

    /// Puts what a JSON document says in the place of an object.
    fn replace(&self, object: &mut dyn AnyObject, document: Value) -> Result<(), serde_json::Error>;

    /// Copies the status; does nothing for a kind without one.
    fn copy_status(&self, to: &mut dyn AnyObject, from: &dyn AnyObject);

    /// Empties the status; does nothing for a kind without one.
    fn clear_status(&self, object: &mut dyn AnyObject);

    /// The structural schema, made at the first call.
    fn schema(&self) -> &KindSchema;
}

/// The only [`DynKind`].
pub(crate) struct Kind<T> {
    schema: OnceLock<KindSchema>,
    kind: PhantomData<fn() -> T>,
}

impl<T: Resource> Kind<T> {
    pub(crate) const fn new() -> Self {
        Self { schema: OnceLock::new(), kind: PhantomData }
    }
}

impl<T: Resource> DynKind for Kind<T> {
    fn info(&self) -> &'static ResourceInfo {
        const { &T::INFO }
    }

    fn decode(&self, mut document: Value) -> Result<DynObject, serde_json::Error> {
        let meta = foreign_metadata::<T>(&mut document)?;
        let mut object = T::deserialize(document)?;
        if let Some(meta) = meta {
            object.metadata_mut().set_object_meta(meta);
        }
        Ok(Box::new(object))
    }

    fn decode_json(&self, json: &[u8]) -> Result<DynObject, serde_json::Error> {
        Ok(Box::new(serde_json::from_slice::<T>(json)?))
    }

    fn replace(&self, object: &mut dyn AnyObject, document: Value) -> Result<(), serde_json::Error> {
        let replacement = T::deserialize(document)?;
        if let Some(object) = object.downcast_mut::<T>() {
            *object = replacement;
        }
        Ok(())
    }

    fn copy_status(&self, to: &mut dyn AnyObject, from: &dyn AnyObject) {
        if let (Some(status), Some(to), Some(from)) =
            (T::status_operations(), to.downcast_mut::<T>(), from.downcast_ref::<T>())
        {
            (status.copy)(to, from);
        }
    }

    fn clear_status(&self, object: &mut dyn AnyObject) {
        if let (Some(status), Some(object)) = (T::status_operations(), object.downcast_mut::<T>()) {
            (status.clear)(object);
        }
    }

    fn schema(&self) -> &KindSchema {
        self.schema.get_or_init(|| KindSchema::of::<T>(self.info()))
    }
}

/// Takes the metadata out of a client's document, when the type has metadata that is not ours: what a client may leave out
/// or write as `null` does not depend on the type.
fn foreign_metadata<T: Resource>(document: &mut Value) -> Result<Option<ObjectMeta>, serde_json::Error> {
    if TypeId::of::<T::Metadata>() == TypeId::of::<ObjectMeta>() {
        return Ok(None);
    }
    let metadata = document.get_mut("metadata").map(|metadata| {
        let empty = Value::Object(serde_json::Map::new());
        std::mem::replace(metadata, empty)
    });
    metadata.map(ObjectMeta::deserialize).transpose()
}
