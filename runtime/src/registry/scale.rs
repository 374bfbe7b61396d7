//! `/scale`: the replicas of an object as a `Scale`, and a `Scale` as an update of the object (contract 3.24).
//!
//! A scale is read from the object's JSON by the paths of its kind. Writing one is an update through the main endpoint,
//! so that validation, generation and conflicts are those of any other.

use std::sync::Arc;

use futures_core::future::BoxFuture;
use serde_json::{Map, Value};

use super::{DynKind, Pipelines, Registry, codec, metadata};
use crate::context::RequestContext;
use crate::errors::{Error, Result};
use crate::field::{self, ErrorList, Path};
use crate::info::{ResourceInfo, ScalePaths};
use crate::meta::ObjectMeta;
use crate::object::{AnyObject, DynObject, Object};
use crate::options::{GetOptions, Preconditions, UpdateOptions};
use crate::quote::float;
use crate::resource::Resource;
use crate::rest::{
    Scale, ScaleSpec, ScaleStatus, UpdatedObjectInfo, ValidateAllObjects, ValidateObjectUpdate,
};
use crate::storage::Stored;

/// The replicas of a scale whose object has none, so that a patch which brings none can be told.
const NO_REPLICAS: i32 = i32::MIN;

impl<T: Resource> Registry<T> {
    /// Gets the scale of an object.
    pub async fn get_scale(
        &self,
        ctx: &RequestContext,
        name: &str,
        options: &GetOptions,
    ) -> Result<Object<Scale>> {
        let paths = paths(&T::INFO)?;
        let stored = self.pipelines.get(ctx, name, options).await?;
        let scale = read_stored(paths, &stored)?;
        if scale.spec.replicas == NO_REPLICAS {
            let path = paths.spec_replicas_path;
            return Err(Error::internal(format!("the spec replicas field {path:?} does not exist")));
        }
        Object::new(scale)
    }

    /// Scales an object. Never creates (contract 1.41).
    pub async fn update_scale(
        &self,
        ctx: &RequestContext,
        name: &str,
        object_info: &dyn UpdatedObjectInfo,
        update_validation: &dyn ValidateObjectUpdate,
        options: &UpdateOptions,
    ) -> Result<Object<Scale>> {
        let paths = paths(&T::INFO)?;
        let kind = Arc::clone(&self.pipelines.kind);
        let scaled = ScaledObjectInfo { scale_info: object_info, paths, kind, name };
        let validation = ScaleValidation { of_scale: update_validation, paths };
        let all = &ValidateAllObjects;
        let (object, _) = self.update(ctx, name, &scaled, all, &validation, false, options).await?;
        let stored = object.into_stored();
        let mut scale = read_stored(paths, &stored)?;
        scale.spec.replicas = scale.spec.replicas.max(0);
        Object::new(scale)
    }
}

impl Pipelines {
    /// What is wrong with the numbers that `/scale` would show, in upstream's words. `with_spec` says whether what is
    /// wanted can have changed.
    pub(super) fn validate_scale(&self, object: &dyn AnyObject, with_spec: bool) -> Result<ErrorList> {
        match &self.info().scale {
            Some(paths) => Ok(scale_errors(paths, &object.to_value()?, with_spec)),
            None => Ok(ErrorList::new()),
        }
    }
}

/// The same of an object's JSON.
pub(crate) fn scale_errors(paths: &ScalePaths, document: &Value, with_spec: bool) -> ErrorList {
    let mut errors = ErrorList::new();
    if with_spec {
        errors.extend(validate_replicas(document, paths.spec_replicas_path));
    }
    errors.extend(validate_replicas(document, paths.status_replicas_path));
    if let Err(why) = text(document, paths.label_selector_path) {
        errors.push(field::Error::invalid(Path::new(paths.label_selector_path), "", why));
    }
    errors
}

fn paths(info: &'static ResourceInfo) -> Result<&'static ScalePaths> {
    info.scale.as_ref().ok_or_else(|| Error::internal(format!("{} cannot be scaled", info.kind)))
}

fn validate_replicas(document: &Value, path: &str) -> Option<field::Error> {
    let invalid = |value: i64, why: &str| field::Error::invalid(Path::new(path), value, why);
    match integer(document, path) {
        Err(why) => Some(invalid(0, &why)),
        Ok(Some(replicas)) if replicas < 0 => Some(invalid(replicas, "should be a non-negative integer")),
        Ok(Some(replicas)) if replicas > i64::from(i32::MAX) => {
            Some(invalid(replicas, &format!("should be less than or equal to {}", i32::MAX)))
        }
        Ok(_) => None,
    }
}

/// The scale of an object, given as its metadata and its JSON.
fn read(paths: &ScalePaths, meta: &ObjectMeta, document: &Value) -> Result<Scale> {
    let replicas = |path| integer(document, path).map_err(Error::other);
    let wanted = replicas(paths.spec_replicas_path)?.map_or(NO_REPLICAS, narrow);
    let actual = replicas(paths.status_replicas_path)?.map_or(0, narrow);
    let selector = text(document, paths.label_selector_path).map_err(Error::other)?;
    Ok(Scale {
        metadata: ObjectMeta {
            name: meta.name.clone(),
            namespace: meta.namespace.clone(),
            uid: meta.uid.clone(),
            resource_version: meta.resource_version.clone(),
            creation_timestamp: meta.creation_timestamp,
            ..ObjectMeta::default()
        },
        spec: ScaleSpec { replicas: wanted },
        status: ScaleStatus { replicas: actual, selector: selector.to_owned() },
    })
}

fn read_stored(paths: &ScalePaths, stored: &Stored) -> Result<Scale> {
    let document =
        serde_json::from_slice(stored.wire()).map_err(|error| codec::undecodable(stored, &error))?;
    read(paths, &codec::metadata(stored)?, &document)
}

fn read_object(paths: &ScalePaths, object: &dyn AnyObject) -> Result<Scale> {
    read(paths, &object.object_meta(), &object.to_value()?)
}

/// Validation keeps the number of replicas within an `i32`.
fn narrow(replicas: i64) -> i32 {
    i32::try_from(replicas).unwrap_or(if replicas < 0 { 0 } else { i32::MAX })
}

/// An update of a scale as an update of the object that is scaled.
struct ScaledObjectInfo<'a> {
    scale_info: &'a dyn UpdatedObjectInfo,
    paths: &'static ScalePaths,
    kind: Arc<dyn DynKind>,
    name: &'a str,
}

impl UpdatedObjectInfo for ScaledObjectInfo<'_> {
    fn preconditions(&self) -> Option<Preconditions> {
        self.scale_info.preconditions()
    }

    fn updated_object<'a>(
        &'a self,
        ctx: &'a RequestContext,
        old: Option<&'a dyn AnyObject>,
    ) -> BoxFuture<'a, Result<DynObject>> {
        Box::pin(async move {
            let info = self.kind.info();
            let old = old.ok_or_else(|| Error::not_found(&info.group_resource(), self.name))?;
            let mut document = old.to_value()?;
            let scale = read(self.paths, &old.object_meta(), &document)?;
            let scale = self.scale_info.updated_object(ctx, Some(&scale)).await?;
            let scale =
                scale.downcast::<Scale>().ok_or_else(|| Error::internal("the object is not a Scale"))?;
            let (path, replicas) = (self.paths.spec_replicas_path, scale.spec.replicas);
            if replicas == NO_REPLICAS {
                let why = format!("the spec replicas field {path:?} cannot be empty");
                return Err(Error::bad_request(why));
            }
            set(&mut document, path, replicas.into())?;
            // The type of the field may have no negative numbers.
            if let Some(error) = validate_replicas(&document, path) {
                return Err(Error::invalid(&info.group_kind(), self.name, &error.into()));
            }
            let object = self.kind.decode(document);
            let mut object = object.map_err(|error| Error::bad_request(error.to_string()))?;
            if !scale.metadata.resource_version.is_empty() {
                let revision = scale.metadata.resource_version;
                metadata::change(&mut *object, |meta| meta.resource_version = revision);
            }
            Ok(object)
        })
    }
}

/// Shows to whoever validates an update of a scale the scales, not the objects.
struct ScaleValidation<'a> {
    of_scale: &'a dyn ValidateObjectUpdate,
    paths: &'static ScalePaths,
}

impl ValidateObjectUpdate for ScaleValidation<'_> {
    fn validate_update<'a>(
        &'a self,
        ctx: &'a RequestContext,
        object: &'a dyn AnyObject,
        old: &'a dyn AnyObject,
    ) -> BoxFuture<'a, Result<()>> {
        Box::pin(async move {
            let (scale, mut old) = (read_object(self.paths, object)?, read_object(self.paths, old)?);
            old.spec.replicas = old.spec.replicas.max(0);
            self.of_scale.validate_update(ctx, &scale, &old).await
        })
    }
}

fn integer(document: &Value, path: &str) -> Result<Option<i64>, String> {
    let Some(value) = find(document, path)? else { return Ok(None) };
    value.as_i64().map(Some).ok_or_else(|| unexpected(path, value, "int64"))
}

fn text<'v>(document: &'v Value, path: &str) -> Result<&'v str, String> {
    let Some(value) = find(document, path)? else { return Ok("") };
    value.as_str().ok_or_else(|| unexpected(path, value, "string"))
}

/// What lies at a path of plain names. An optional field of a Rust type may be `null`, which is as good as absent.
fn find<'v>(document: &'v Value, path: &str) -> Result<Option<&'v Value>, String> {
    let mut value = document;
    let mut end = 0;
    for name in names(path) {
        end += 1 + name.len();
        let members = value.as_object();
        let members = members.ok_or_else(|| unexpected(&path[..end], value, "map[string]interface{}"))?;
        let Some(member) = members.get(name).filter(|member| !member.is_null()) else { return Ok(None) };
        value = member;
    }
    Ok(Some(value).filter(|_| !path.is_empty()))
}

fn names(path: &str) -> impl Iterator<Item = &str> {
    path.split('.').skip(1)
}

/// The words of Go's `unstructured`.
fn unexpected(path: &str, value: &Value, expected: &str) -> String {
    let actual = match value {
        Value::Null => "<nil>",
        Value::Bool(_) => "bool",
        Value::Number(number) if number.as_i64().is_some() => "int64",
        Value::Number(_) => "float64",
        Value::String(_) => "string",
        Value::Array(_) => "[]interface {}",
        Value::Object(_) => "map[string]interface {}",
    };
    let value = match value {
        Value::String(text) => text.clone(),
        Value::Number(number) if number.as_i64().is_none() => float(number.as_f64().unwrap_or_default()),
        value => value.to_string(),
    };
    format!("{path} accessor error: {value} is of the type {actual}, expected {expected}")
}

/// Sets what lies at a path of plain names; objects on the way are made where there are none.
fn set(document: &mut Value, path: &str, wanted: Value) -> Result<()> {
    let mut value = document;
    for name in names(path) {
        if value.is_null() {
            *value = Map::new().into();
        }
        let members = value.as_object_mut().ok_or_else(|| {
            Error::other(format!("value cannot be set because {path} does not lie in objects alone"))
        })?;
        value = members.entry(name).or_insert(Value::Null);
    }
    *value = wanted;
    Ok(())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn numbers_are_found_or_refused_in_the_words_of_upstream() {
        let document = json!({"spec": {"replicas": 3, "text": "x", "none": null, "half": 0.5}, "list": []});
        assert_eq!(integer(&document, ".spec.replicas"), Ok(Some(3)));
        for absent in [".spec.absent", ".spec.none", ".spec.none.deeper", ".absent.replicas", ""] {
            assert_eq!(integer(&document, absent), Ok(None), "{absent}");
        }
        let refused = [
            (".spec.text", ".spec.text accessor error: x is of the type string, expected int64"),
            (".spec.half", ".spec.half accessor error: 0.5 is of the type float64, expected int64"),
            (
                ".list.a",
                ".list.a accessor error: [] is of the type []interface {}, expected map[string]interface{}",
            ),
        ];
        for (path, why) in refused {
            assert_eq!(integer(&document, path), Err(why.to_owned()));
        }
    }

    #[test]
    fn numbers_are_set_where_there_was_nothing() {
        let mut document = json!({"spec": null});
        set(&mut document, ".spec.pool.replicas", 2.into()).unwrap();
        assert_eq!(document, json!({"spec": {"pool": {"replicas": 2}}}));
        assert_eq!(set(&mut document, ".spec.pool.replicas.x", 2.into()).unwrap_err().code(), 500);
    }
}
