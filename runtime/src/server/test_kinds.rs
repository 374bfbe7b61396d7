//! Two kinds for the tests of documents: `Widget` with every verb and a status, `Gadget` that can only be read.

use std::collections::BTreeMap;
use std::marker::PhantomData;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::context::RequestContext;
use crate::errors::{Error, Result};
use crate::info::ResourceInfo;
use crate::meta::ObjectMeta;
use crate::object::{Object, ObjectList};
use crate::options::{CreateOptions, DeleteOptions, GetOptions, ListOptions, UpdateOptions};
use crate::resource::Resource;
use crate::rest::{self, Deleted, Handlers, UpdatedObjectInfo, ValidateObject, ValidateObjectUpdate};
use crate::watch::WatchStream;

/// A thing that turns.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub(super) struct Widget {
    metadata: ObjectMeta,
    /// What is wanted.
    spec: WidgetSpec,
    /// What is.
    status: Option<WidgetStatus>,
}

#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub(super) struct WidgetSpec {
    /// How large.
    size: u8,
    labels: BTreeMap<String, String>,
    free: serde_json::Value,
    source: Option<Source>,
}

#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
enum Source {
    Git { url: String },
    Path(String),
}

#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub(super) struct WidgetStatus {
    ready: bool,
}

/// A thing that stands.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub(super) struct Gadget {
    metadata: ObjectMeta,
}

macro_rules! resource {
    ($kind:ident, $info:expr) => {
        impl Resource for $kind {
            const INFO: ResourceInfo = $info;
            type Metadata = ObjectMeta;

            fn metadata(&self) -> &ObjectMeta {
                &self.metadata
            }

            fn metadata_mut(&mut self) -> &mut ObjectMeta {
                &mut self.metadata
            }
        }
    };
}

resource!(
    Widget,
    ResourceInfo::namespaced("demo.example.com", "v1", "Widget", "widgets", "widget")
        .short_names(&["wd"])
        .categories(&["all"])
        .status_fields(&["status"])
);
resource!(Gadget, ResourceInfo::cluster("demo.example.com", "v1beta1", "Gadget", "gadgets", "gadget"));

/// Has every capability; nothing of it works.
pub(super) struct Rest<T>(PhantomData<fn() -> T>);

fn nothing<T>() -> Result<T> {
    Err(Error::other("not served"))
}

impl<T: Resource> rest::Storage for Rest<T> {
    type Object = T;
}

impl<T: Resource> rest::TableConvertor for Rest<T> {}

impl<T: Resource> rest::Getter for Rest<T> {
    async fn get(&self, _: &RequestContext, _: &str, _: &GetOptions) -> Result<Object<T>> {
        nothing()
    }
}

impl<T: Resource> rest::Lister for Rest<T> {
    async fn list(&self, _: &RequestContext, _: &ListOptions) -> Result<ObjectList<T>> {
        nothing()
    }
}

impl<T: Resource> rest::Creater for Rest<T> {
    async fn create(
        &self,
        _: &RequestContext,
        _: T,
        _: &dyn ValidateObject,
        _: &CreateOptions,
    ) -> Result<Object<T>> {
        nothing()
    }
}

impl<T: Resource> rest::Updater for Rest<T> {
    async fn update(
        &self,
        _: &RequestContext,
        _: &str,
        _: &dyn UpdatedObjectInfo,
        _: &dyn ValidateObject,
        _: &dyn ValidateObjectUpdate,
        _: bool,
        _: &UpdateOptions,
    ) -> Result<(Object<T>, bool)> {
        nothing()
    }
}

impl<T: Resource> rest::GracefulDeleter for Rest<T> {
    async fn delete(
        &self,
        _: &RequestContext,
        _: &str,
        _: &dyn ValidateObject,
        _: DeleteOptions,
    ) -> Result<Deleted<T>> {
        nothing()
    }
}

impl<T: Resource> rest::CollectionDeleter for Rest<T> {
    async fn delete_collection(
        &self,
        _: &RequestContext,
        _: &dyn ValidateObject,
        _: DeleteOptions,
        _: &ListOptions,
    ) -> Result<ObjectList<T>> {
        nothing()
    }
}

impl<T: Resource> rest::Watcher for Rest<T> {
    async fn watch(&self, _: &RequestContext, _: &ListOptions) -> Result<WatchStream<T>> {
        nothing()
    }
}

/// The handlers of both kinds.
pub(super) fn handlers() -> Vec<Handlers> {
    let widget = Handlers::of(Rest::<Widget>(PhantomData))
        .getter()
        .lister()
        .creater()
        .updater()
        .deleter()
        .collection_deleter()
        .watcher()
        .status(Rest::<Widget>(PhantomData));
    vec![Handlers::of(Rest::<Gadget>(PhantomData)).getter().lister().build(), widget.build()]
}
