//! What a check works with: the handlers of the kind, and objects to put through them.

use std::fmt;
use std::sync::Arc;

use serde_json::{Map, Value};

use crate::context::RequestContext;
use crate::errors::Error;
use crate::meta::ObjectMeta;
use crate::object::{AnyObject, DynObject};
use crate::options::{CreateOptions, DeleteOptions, GetOptions, ListOptions, UpdateOptions};
use crate::rest::dynamic::{Creater, GracefulDeleter, Lister, StoredDeleted, StoredList, Updater};
use crate::rest::{DefaultUpdatedObjectInfo, Handlers, UpdatedObjectInfo, ValidateAllObjects};
use crate::storage::{Store, Stored};

/// The namespace of the checks.
pub(super) const NAMESPACE: &str = "resttest";
const ALL: &ValidateAllObjects = &ValidateAllObjects;

/// Why a check did not pass.
#[derive(Debug)]
pub(super) enum Broken {
    /// It does not concern the kind.
    Skipped(&'static str),
    /// It failed.
    Failed(String),
}

pub(super) type Outcome<T = ()> = Result<T, Broken>;

/// Fails a check.
pub(super) fn fail<T>(why: impl fmt::Display) -> Outcome<T> {
    Err(Broken::Failed(why.to_string()))
}

/// Fails a check unless something is so.
pub(super) fn ensure(so: bool, why: impl FnOnce() -> String) -> Outcome {
    if so { Ok(()) } else { fail(why()) }
}

/// What the checks are given.
pub(super) struct Parts {
    pub(super) handlers: fn(&Store) -> Handlers,
    pub(super) valid: DynObject,
    pub(super) names: Arc<dyn Fn(usize) -> String + Send + Sync>,
    pub(super) invalid: Vec<DynObject>,
    pub(super) invalid_updates: Vec<Change>,
}

/// What makes an object invalid.
pub(super) type Change = Box<dyn Fn(&mut dyn AnyObject) + Send + Sync>;

/// The kind on a store of its own.
pub(super) struct Bench<'p> {
    pub(super) parts: &'p Parts,
    pub(super) handlers: Handlers,
}

impl<'p> Bench<'p> {
    pub(super) fn new(parts: &'p Parts, handlers: Handlers) -> Self {
        Self { parts, handlers }
    }

    pub(super) fn is_namespaced(&self) -> bool {
        self.handlers.info().is_namespaced()
    }

    /// The namespace that objects are in; empty for a kind of the cluster.
    pub(super) fn namespace(&self) -> &'static str {
        if self.is_namespaced() { NAMESPACE } else { "" }
    }

    pub(super) fn ctx(&self) -> RequestContext {
        RequestContext::namespaced(self.namespace())
    }

    pub(super) fn name(&self, number: usize) -> String {
        (self.parts.names)(number)
    }

    /// A valid object of that number, in the namespace of the checks.
    pub(super) fn object(&self, number: usize) -> DynObject {
        let name = self.name(number);
        with_meta(&*self.parts.valid, |meta| {
            meta.name = name;
            self.namespace().clone_into(&mut meta.namespace);
            meta.generate_name = String::new();
        })
    }

    pub(super) fn creater(&self) -> Outcome<&dyn Creater> {
        self.handlers.creater.as_deref().ok_or(Broken::Skipped("the kind has no `create`"))
    }

    pub(super) fn updater(&self) -> Outcome<&dyn Updater> {
        self.handlers.updater.as_deref().ok_or(Broken::Skipped("the kind has no `update`"))
    }

    pub(super) fn deleter(&self) -> Outcome<&dyn GracefulDeleter> {
        self.handlers.deleter.as_deref().ok_or(Broken::Skipped("the kind has no `delete`"))
    }

    pub(super) fn lister(&self) -> Outcome<&dyn Lister> {
        self.handlers.lister.as_deref().ok_or(Broken::Skipped("the kind has no `list`"))
    }

    /// Creates an object. The outer result is of the check, the inner one of the handler.
    pub(super) async fn try_create(
        &self,
        ctx: &RequestContext,
        object: DynObject,
        dry_run: bool,
    ) -> Outcome<Result<Arc<Stored>, Error>> {
        let options = CreateOptions { dry_run, ..CreateOptions::default() };
        Ok(self.creater()?.create(ctx, object, ALL, &options).await)
    }

    /// Creates an object, which must succeed.
    pub(super) async fn create(&self, object: DynObject) -> Outcome<Arc<Stored>> {
        must("create", self.try_create(&self.ctx(), object, false).await?)
    }

    pub(super) async fn try_get(
        &self,
        ctx: &RequestContext,
        name: &str,
    ) -> Outcome<Result<Arc<Stored>, Error>> {
        let getter = self.handlers.getter.as_deref().ok_or(Broken::Skipped("the kind has no `get`"))?;
        Ok(getter.get(ctx, name, &GetOptions::default()).await)
    }

    /// Gets an object, which must be there.
    pub(super) async fn get(&self, name: &str) -> Outcome<Arc<Stored>> {
        must("get", self.try_get(&self.ctx(), name).await?)
    }

    /// Makes sure that an object is not there.
    pub(super) async fn ensure_gone(&self, name: &str) -> Outcome {
        refused("a get of what is gone", self.try_get(&self.ctx(), name).await?, &[404]).map(drop)
    }

    pub(super) async fn try_update(
        &self,
        name: &str,
        info: &dyn UpdatedObjectInfo,
        dry_run: bool,
    ) -> Outcome<Result<(Arc<Stored>, bool), Error>> {
        let options = UpdateOptions { dry_run, ..UpdateOptions::default() };
        Ok(self.updater()?.update(&self.ctx(), name, info, ALL, ALL, false, &options).await)
    }

    /// Replaces an object by another, as a PUT does.
    pub(super) async fn try_replace(
        &self,
        name: &str,
        object: DynObject,
        dry_run: bool,
    ) -> Outcome<Result<(Arc<Stored>, bool), Error>> {
        self.try_update(name, &DefaultUpdatedObjectInfo::replace_object(object), dry_run).await
    }

    pub(super) async fn try_delete(
        &self,
        name: &str,
        options: DeleteOptions,
    ) -> Outcome<Result<StoredDeleted, Error>> {
        Ok(self.deleter()?.delete(&self.ctx(), name, ALL, options).await)
    }

    pub(super) async fn list(&self, options: &ListOptions) -> Outcome<StoredList> {
        must("list", self.lister()?.list(&self.ctx(), options).await)
    }

    /// An object as it is stored, to change and to send back.
    pub(super) fn decode(&self, stored: &Stored) -> Outcome<DynObject> {
        let mut document: Map<String, Value> = serde_json::from_slice(stored.wire())
            .map_err(|error| Broken::Failed(format!("the answer is no JSON object: {error}")))?;
        document.remove("apiVersion");
        document.remove("kind");
        let decoded = self.handlers.kind.decode(Value::Object(document));
        decoded.map_err(|error| Broken::Failed(format!("the answer does not fit the type: {error}")))
    }

    /// The metadata of what is stored.
    pub(super) fn meta(&self, stored: &Stored) -> Outcome<ObjectMeta> {
        Ok(self.decode(stored)?.object_meta().into_owned())
    }
}

/// A copy with other metadata.
pub(super) fn with_meta(object: &dyn AnyObject, change: impl FnOnce(&mut ObjectMeta)) -> DynObject {
    let mut object = object.clone_object();
    let mut meta = object.take_object_meta();
    change(&mut meta);
    object.set_object_meta(meta);
    object
}

/// What a handler returned, which must not be an error.
pub(super) fn must<T>(what: &str, result: Result<T, Error>) -> Outcome<T> {
    result.map_err(|error| {
        Broken::Failed(format!("{what} must succeed, and failed with {}: {error}", error.code()))
    })
}

/// The error of a handler, which must have one of these codes.
pub(super) fn refused<T>(what: &str, result: Result<T, Error>, codes: &[u16]) -> Outcome<Error> {
    match result {
        Ok(_) => fail(format!("{what} must be refused with {codes:?}, and succeeded")),
        Err(error) if codes.contains(&error.code()) => Ok(error),
        Err(error) => {
            fail(format!("{what} must be refused with {codes:?}, and not with {}: {error}", error.code()))
        }
    }
}

/// Makes sure that two answers are the same but for what is told.
pub(super) fn same(what: &str, expected: &Stored, actual: &Stored, but: &[&str]) -> Outcome {
    let read = |stored: &Stored| -> Value {
        let mut value: Value = serde_json::from_slice(stored.wire()).unwrap_or_default();
        if let Some(meta) = value.get_mut("metadata").and_then(Value::as_object_mut) {
            for field in but {
                meta.remove(*field);
            }
        }
        value
    };
    let (expected, actual) = (read(expected), read(actual));
    ensure(expected == actual, || format!("{what}:\n    {expected}\n    {actual}"))
}
