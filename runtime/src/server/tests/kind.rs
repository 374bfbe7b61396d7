//! Kinds with handlers written by hand, which hold their objects in a map, and a client that calls the API in process.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use http::request::Parts;
use http::{HeaderMap, Request, Response, StatusCode};
use http_body_util::{BodyExt, Full};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use tokio::sync::{mpsc, watch};

use super::super::api::State;
use super::super::authentication::Authenticator;
use super::super::authorization::{AllowAuthenticated, Attributes, Authorizer, Decision};
use super::super::in_flight::InFlight;
use super::super::{Api, Body, ServerOptions};
use crate::context::{RequestContext, UserInfo};
use crate::errors::{Details, Error, Result, Status};
use crate::info::{Column, ResourceInfo};
use crate::meta::ObjectMeta;
use crate::object::{Object, ObjectList};
use crate::options::{CreateOptions, DeleteOptions, GetOptions, ListOptions, UpdateOptions};
use crate::resource::{HasStatus, Resource};
use crate::rest::{self, Deleted, Handlers, UpdatedObjectInfo, ValidateObject, ValidateObjectUpdate};
use crate::watch::{WatchEvent, WatchStream};

pub(super) const WIDGETS: &str = "/apis/demo.example.com/v1/namespaces/ns1/widgets";

#[derive(Clone, Debug, Default, Serialize, Deserialize, JsonSchema)]
pub(super) struct Widget {
    pub(super) metadata: ObjectMeta,
    #[serde(default)]
    pub(super) spec: WidgetSpec,
}

#[derive(Clone, Debug, Default, Serialize, Deserialize, JsonSchema)]
pub(super) struct WidgetSpec {
    #[serde(default)]
    pub(super) size: i64,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub(super) note: String,
}

impl Resource for Widget {
    const INFO: ResourceInfo =
        ResourceInfo::namespaced("demo.example.com", "v1", "Widget", "widgets", "widget").columns(&[
            Column::new("Size", "integer", ".spec.size"),
            Column::new("Age", "date", ".metadata.creationTimestamp"),
        ]);
    type Metadata = ObjectMeta;

    fn metadata(&self) -> &ObjectMeta {
        &self.metadata
    }

    fn metadata_mut(&mut self) -> &mut ObjectMeta {
        &mut self.metadata
    }
}

impl HasStatus for Widget {
    fn copy_status(&mut self, _: &Self) {}
    fn clear_status(&mut self) {}
}

pub(super) fn widget(name: &str, revision: u64) -> Widget {
    let metadata = ObjectMeta {
        resource_version: revision.to_string(),
        uid: format!("uid-{name}"),
        ..ObjectMeta::namespaced("ns1", name)
    };
    Widget { metadata, spec: WidgetSpec { size: 3, note: String::new() } }
}

/// All that the handlers of [`Widget`] know.
#[derive(Default)]
pub(super) struct Shelf {
    pub(super) widgets: Mutex<BTreeMap<String, Widget>>,
    /// The events of the next watch.
    pub(super) events: Mutex<Option<mpsc::UnboundedReceiver<WatchEvent<Widget>>>>,
    /// The options of the last watch.
    pub(super) watched: Mutex<Option<ListOptions>>,
    /// While this is locked, creates wait before they store.
    pub(super) gate: tokio::sync::Mutex<()>,
    pub(super) stored: tokio::sync::Notify,
}

#[derive(Clone)]
pub(super) struct WidgetRest(pub(super) Arc<Shelf>);

impl Shelf {
    pub(super) fn put(&self, widget: Widget) {
        let mut widgets = self.widgets.lock().unwrap_or_else(PoisonError::into_inner);
        widgets.insert(widget.metadata.name.clone(), widget);
    }

    pub(super) fn find(&self, name: &str) -> Option<Widget> {
        self.widgets.lock().unwrap_or_else(PoisonError::into_inner).get(name).cloned()
    }
}

fn missing(name: &str) -> Error {
    Error::not_found(&Widget::INFO.group_resource(), name)
}

impl rest::Storage for WidgetRest {
    type Object = Widget;
}

impl rest::Getter for WidgetRest {
    async fn get(&self, ctx: &RequestContext, name: &str, _: &GetOptions) -> Result<Object<Widget>> {
        match name {
            "panic" => panic!("a handler that panics"),
            "slow" => std::future::pending::<()>().await,
            "warned" => ctx.warn("mind the gap"),
            _ => {}
        }
        Object::new(self.0.find(name).ok_or_else(|| missing(name))?)
    }
}

impl rest::TableConvertor for WidgetRest {}

impl rest::Lister for WidgetRest {
    async fn list(&self, _: &RequestContext, _: &ListOptions) -> Result<ObjectList<Widget>> {
        let widgets: Vec<_> = self.0.widgets.lock().unwrap().values().cloned().collect();
        Ok(ObjectList::new(42, widgets.into_iter().map(Object::new).collect::<Result<Vec<_>>>()?))
    }
}

impl rest::Creater for WidgetRest {
    async fn create(
        &self,
        ctx: &RequestContext,
        mut object: Widget,
        _: &dyn ValidateObject,
        options: &CreateOptions,
    ) -> Result<Object<Widget>> {
        drop(self.0.gate.lock().await);
        assert_eq!(object.metadata.uid, "", "the server wipes what only it sets");
        assert_ne!(object.spec.size, 999, "a create that panics");
        assert_eq!(object.metadata.namespace, ctx.namespace());
        object.metadata.resource_version = "7".into();
        object.metadata.annotations.insert("manager".into(), options.field_manager.clone());
        self.0.put(object.clone());
        self.0.stored.notify_one();
        Object::new(object)
    }
}

impl rest::Updater for WidgetRest {
    async fn update(
        &self,
        ctx: &RequestContext,
        name: &str,
        object_info: &dyn UpdatedObjectInfo,
        create_validation: &dyn ValidateObject,
        _: &dyn ValidateObjectUpdate,
        force_allow_create: bool,
        _: &UpdateOptions,
    ) -> Result<(Object<Widget>, bool)> {
        assert!(!force_allow_create);
        if name == "slow" {
            std::future::pending::<()>().await;
        }
        let old = self.0.find(name);
        if old.is_none() && name != "creatable" {
            return Err(missing(name));
        }
        let old = old.as_ref().map(|old| old as &dyn crate::object::AnyObject);
        let object = object_info.updated_object(ctx, old).await?;
        if old.is_none() {
            create_validation.validate(ctx, &*object).await?;
        }
        let object = *object.downcast::<Widget>().unwrap();
        self.0.put(object.clone());
        Ok((Object::new(object)?, old.is_none()))
    }
}

impl rest::GracefulDeleter for WidgetRest {
    async fn delete(
        &self,
        _: &RequestContext,
        name: &str,
        _: &dyn ValidateObject,
        _: DeleteOptions,
    ) -> Result<Deleted<Widget>> {
        let widget = self.0.find(name).ok_or_else(|| missing(name))?;
        if !widget.metadata.finalizers.is_empty() {
            return Ok(Deleted::Pending(Object::new(widget)?));
        }
        self.0.widgets.lock().unwrap().remove(name);
        let details = Details { name: name.into(), kind: "widgets".into(), ..Details::default() };
        Ok(Deleted::Now(Box::new(Status::success(details))))
    }
}

impl rest::CollectionDeleter for WidgetRest {
    async fn delete_collection(
        &self,
        ctx: &RequestContext,
        _: &dyn ValidateObject,
        _: DeleteOptions,
        list_options: &ListOptions,
    ) -> Result<ObjectList<Widget>> {
        let list = rest::Lister::list(self, ctx, list_options).await?;
        self.0.widgets.lock().unwrap().clear();
        Ok(list)
    }
}

impl rest::Watcher for WidgetRest {
    async fn watch(&self, _: &RequestContext, options: &ListOptions) -> Result<WatchStream<Widget>> {
        *self.0.watched.lock().unwrap() = Some(options.clone());
        let mut events =
            self.0.events.lock().unwrap().take().ok_or_else(|| Error::bad_request("no events"))?;
        Ok(WatchStream::new(futures_util::stream::poll_fn(move |cx| events.poll_recv(cx))))
    }
}

/// A cluster kind that can only be read.
#[derive(Clone, Debug, Default, Serialize, Deserialize, JsonSchema)]
struct Gizmo {
    metadata: ObjectMeta,
}

impl Resource for Gizmo {
    const INFO: ResourceInfo = ResourceInfo::cluster("demo.example.com", "v1", "Gizmo", "gizmos", "gizmo");
    type Metadata = ObjectMeta;

    fn metadata(&self) -> &ObjectMeta {
        &self.metadata
    }

    fn metadata_mut(&mut self) -> &mut ObjectMeta {
        &mut self.metadata
    }
}

struct GizmoRest;

impl rest::Storage for GizmoRest {
    type Object = Gizmo;
}

impl rest::Getter for GizmoRest {
    async fn get(&self, _: &RequestContext, name: &str, _: &GetOptions) -> Result<Object<Gizmo>> {
        Object::new(Gizmo { metadata: ObjectMeta::named(name) })
    }
}

impl rest::TableConvertor for GizmoRest {}

impl rest::Lister for GizmoRest {
    async fn list(&self, _: &RequestContext, _: &ListOptions) -> Result<ObjectList<Gizmo>> {
        Ok(ObjectList::new(42, []))
    }
}

/// Users are named by a header.
struct Named;

impl Authenticator for Named {
    fn authenticate(&self, request: &Parts) -> Result<UserInfo> {
        let name = request.headers.get("user").and_then(|name| name.to_str().ok());
        let name = name.ok_or_else(|| Error::unauthorized("Unauthorized"))?;
        let groups = if name == "admin" { vec!["system:masters".into()] } else { Vec::new() };
        Ok(UserInfo { name: name.into(), groups, ..UserInfo::default() })
    }
}

/// Eve may do nothing, Ute may not create, and nobody knows what Ida may do.
struct Suspicious;

impl Authorizer for Suspicious {
    fn authorize<'a>(
        &'a self,
        attributes: Attributes<'a>,
    ) -> futures_core::future::BoxFuture<'a, Result<Decision, String>> {
        let decision = match (attributes.user.name.as_str(), attributes.verb) {
            ("eve", _) | ("ute", "create") => Ok(Decision::Deny(String::new())),
            ("ida", _) => Err("no answer".to_owned()),
            _ => return AllowAuthenticated.authorize(attributes),
        };
        Box::pin(std::future::ready(decision))
    }
}

/// An API with both kinds, and what is behind it.
pub(super) struct Server {
    pub(super) api: Api,
    pub(super) shelf: Arc<Shelf>,
    pub(super) stop: watch::Sender<bool>,
}

impl Server {
    pub(super) fn new() -> Self {
        Self::limited(&ServerOptions::default().max_requests_inflight(0, 0))
    }

    /// A server with the limits of these options.
    pub(super) fn limited(options: &ServerOptions) -> Self {
        let shelf = Arc::new(Shelf::default());
        let widgets = Handlers::of(WidgetRest(Arc::clone(&shelf)))
            .getter()
            .lister()
            .creater()
            .updater()
            .deleter()
            .collection_deleter()
            .watcher()
            .status(WidgetRest(Arc::clone(&shelf)))
            .build();
        let gizmos = Handlers::of(GizmoRest).getter().lister().build();
        let (stop, stopping) = watch::channel(false);
        let ok: super::super::api::Endpoint = Box::new(|path, _, _: &HeaderMap| {
            matches!(path, "/readyz" | "/version").then(|| Response::new(Body::full("ok")))
        });
        let api = Api::new(State {
            handlers: vec![widgets, gizmos],
            authenticator: Box::new(Named),
            authorizer: Arc::new(Suspicious),
            in_flight: InFlight::new(options),
            min_request_timeout: options.min_request_timeout,
            documents: vec![ok],
            is_public: |path| path == "/readyz",
            stopping,
        });
        Self { api, shelf, stop }
    }

    /// Makes a request as Bob, unless the headers name somebody else.
    pub(super) async fn call(
        &self,
        line: &str,
        headers: &[(&str, &str)],
        body: impl Into<Vec<u8>>,
    ) -> Answer {
        let (parts, body) = self.open(line, headers, body).await.into_parts();
        let body = body.collect().await.unwrap().to_bytes().to_vec();
        Answer { code: parts.status, headers: parts.headers, body }
    }

    /// As [`call`](Self::call), with the body still open.
    pub(super) async fn open(
        &self,
        line: &str,
        headers: &[(&str, &str)],
        body: impl Into<Vec<u8>>,
    ) -> Response<Body> {
        let (method, uri) = line.split_once(' ').unwrap();
        let mut request = Request::builder().method(method).uri(uri);
        if !headers.iter().any(|(name, _)| *name == "user") {
            request = request.header("user", "bob");
        }
        for (name, value) in headers.iter().filter(|(_, value)| !value.is_empty()) {
            request = request.header(*name, *value);
        }
        let body = Full::new(bytes::Bytes::from(body.into()));
        self.api.handle(request.body(body).unwrap()).await
    }

    pub(super) async fn get(&self, uri: &str) -> Answer {
        self.call(&format!("GET {uri}"), &[], "").await
    }
}

/// A whole response.
#[derive(Debug)]
pub(super) struct Answer {
    pub(super) code: StatusCode,
    pub(super) headers: HeaderMap,
    pub(super) body: Vec<u8>,
}

impl Answer {
    pub(super) fn text(&self) -> &str {
        std::str::from_utf8(&self.body).unwrap()
    }

    pub(super) fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|_| panic!("no JSON: {}", self.text()))
    }

    /// Code, reason and message of a failure.
    pub(super) fn failure(&self) -> (u16, String, String) {
        let status = self.json();
        assert_eq!(status["kind"], "Status", "{status}");
        assert_eq!(status["status"], "Failure", "{status}");
        assert_eq!(status["code"], self.code.as_u16(), "{status}");
        let text = |key: &str| status[key].as_str().unwrap_or_default().to_owned();
        (self.code.as_u16(), text("reason"), text("message"))
    }

    pub(super) fn header(&self, name: &str) -> &str {
        self.headers.get(name).map(|value| value.to_str().unwrap()).unwrap_or_default()
    }
}
