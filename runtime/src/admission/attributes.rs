//! What a plug-in is told about a request: Go's `admission.Attributes`.

use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;

use serde_json::Value;

use crate::context::{RequestContext, UserInfo};
use crate::errors::{Error, Result};
use crate::info::ResourceInfo;
use crate::meta::ObjectMeta;
use crate::object::AnyObject;
use crate::options::{CreateOptions, DeleteOptions, UpdateOptions};
use crate::registry::metadata::change;
use crate::registry::{DynKind, Kind, Lister};
use crate::resource::Resource;

/// What a request does to an object.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Operation {
    /// A POST, or an update of a name that does not exist.
    Create,
    /// A PUT or a PATCH of an object that exists.
    Update,
    /// A DELETE, also of each object of a collection.
    Delete,
    /// A request to a subresource that streams.
    Connect,
}

impl fmt::Display for Operation {
    /// The word that policies use, as in `CREATE`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Create => "CREATE",
            Self::Update => "UPDATE",
            Self::Delete => "DELETE",
            Self::Connect => "CONNECT",
        })
    }
}

/// The options of the operation. Those of a patch are those of the update or the create that it is.
#[derive(Clone, Copy, Debug)]
pub enum OperationOptions<'a> {
    /// Of a create.
    Create(&'a CreateOptions),
    /// Of an update.
    Update(&'a UpdateOptions),
    /// Of a delete.
    Delete(&'a DeleteOptions),
    /// A connection has none.
    Connect,
}

impl OperationOptions<'_> {
    fn operation(&self) -> Operation {
        match self {
            Self::Create(_) => Operation::Create,
            Self::Update(_) => Operation::Update,
            Self::Delete(_) => Operation::Delete,
            Self::Connect => Operation::Connect,
        }
    }

    fn is_dry_run(&self) -> bool {
        match self {
            Self::Create(options) => options.dry_run,
            Self::Update(options) => options.dry_run,
            Self::Delete(options) => options.is_dry_run(),
            Self::Connect => false,
        }
    }
}

/// What a request leads to: the same for all requests of one endpoint.
pub(crate) struct Endpoint {
    /// The kind of the objects that cross it.
    pub(crate) kind: Arc<dyn DynKind>,
    /// The kind whose path it is.
    pub(crate) resource: &'static ResourceInfo,
    /// Empty for the main endpoint.
    pub(crate) subresource: Cow<'static, str>,
}

/// What a plug-in is told about a request, and where it changes the request's object.
pub struct Attributes<'a> {
    ctx: Cow<'a, RequestContext>,
    endpoint: Cow<'a, Arc<Endpoint>>,
    name: Cow<'a, str>,
    options: OperationOptions<'a>,
    object: Option<ObjectSlot<'a>>,
    old_object: Option<&'a dyn AnyObject>,
    /// What to call an object that has no name yet, while a plug-in holds the object.
    stand_in: Option<String>,
}

/// The object of a request: to change in `admit`, to look at in `validate`.
pub(super) enum ObjectSlot<'a> {
    Mutable(&'a mut dyn AnyObject),
    Shared(&'a dyn AnyObject),
}

impl ObjectSlot<'_> {
    pub(super) fn get(&self) -> &dyn AnyObject {
        match self {
            Self::Mutable(object) => &**object,
            Self::Shared(object) => *object,
        }
    }

    pub(super) fn get_mut(&mut self) -> Option<&mut dyn AnyObject> {
        match self {
            Self::Mutable(object) => Some(&mut **object),
            Self::Shared(_) => None,
        }
    }
}

impl<'a> Attributes<'a> {
    /// A create of this object on the main endpoint of its kind.
    pub fn create<T: Resource>(
        ctx: &'a RequestContext,
        object: &'a mut T,
        options: &'a CreateOptions,
    ) -> Self {
        let name = Cow::Owned(object.object_meta().name.clone());
        let options = OperationOptions::Create(options);
        Self::main::<T>(ctx, name, options).with_object(ObjectSlot::Mutable(object))
    }

    /// An update of a stored object to another, on the main endpoint of its kind.
    pub fn update<T: Resource>(
        ctx: &'a RequestContext,
        object: &'a mut T,
        old: &'a T,
        options: &'a UpdateOptions,
    ) -> Self {
        let name = Cow::Owned(old.object_meta().name.clone());
        let options = OperationOptions::Update(options);
        Self::main::<T>(ctx, name, options).with_object(ObjectSlot::Mutable(object)).with_old_object(old)
    }

    /// A delete of a stored object.
    pub fn delete<T: Resource>(ctx: &'a RequestContext, old: &'a T, options: &'a DeleteOptions) -> Self {
        let name = Cow::Owned(old.object_meta().name.clone());
        Self::main::<T>(ctx, name, OperationOptions::Delete(options)).with_old_object(old)
    }

    /// The same through a subresource of the kind, such as `status`.
    pub fn with_subresource(mut self, subresource: impl Into<String>) -> Self {
        let Endpoint { kind, resource, .. } = &**self.endpoint;
        let subresource = Cow::Owned(subresource.into());
        self.endpoint = Cow::Owned(Arc::new(Endpoint { kind: Arc::clone(kind), resource, subresource }));
        self
    }

    fn main<T: Resource>(ctx: &'a RequestContext, name: Cow<'a, str>, options: OperationOptions<'a>) -> Self {
        let kind = Arc::new(Kind::<T>::new());
        let endpoint = Endpoint { resource: kind.info(), kind, subresource: Cow::Borrowed("") };
        Self {
            ctx: Cow::Borrowed(ctx),
            endpoint: Cow::Owned(Arc::new(endpoint)),
            name,
            options,
            object: None,
            old_object: None,
            stand_in: None,
        }
    }

    pub(super) fn of(
        ctx: &'a RequestContext,
        endpoint: &'a Arc<Endpoint>,
        name: &'a str,
        options: OperationOptions<'a>,
    ) -> Self {
        Self {
            // Several deletes of a collection ask their plug-ins at the same time.
            ctx: Cow::Owned(ctx.with_own_lookups()),
            endpoint: Cow::Borrowed(endpoint),
            name: Cow::Borrowed(name),
            options,
            object: None,
            old_object: None,
            stand_in: None,
        }
    }

    pub(super) fn with_object(self, object: ObjectSlot<'a>) -> Self {
        Self { object: Some(object), ..self }
    }

    pub(super) fn with_old_object(self, old: &'a dyn AnyObject) -> Self {
        Self { old_object: Some(old), ..self }
    }

    /// Takes the object out, to be put back with [`put_object`](Self::put_object).
    pub(super) fn take_object(&mut self) -> Option<ObjectSlot<'a>> {
        self.stand_in = self.name.is_empty().then(|| self.shown_name());
        self.object.take()
    }

    pub(super) fn put_object(&mut self, object: ObjectSlot<'a>) {
        self.object = Some(object);
    }
}

impl Attributes<'_> {
    /// The object's name in the request: empty when it is to be generated, and for the objects of a collection.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The namespace of the request; empty for a cluster-scoped kind.
    pub fn namespace(&self) -> &str {
        self.ctx.namespace()
    }

    /// The kind whose path the request is to: for `/scale` the kind that is scaled.
    pub fn resource(&self) -> &'static ResourceInfo {
        self.endpoint.resource
    }

    /// The subresource, such as `status`; empty for the main endpoint.
    pub fn subresource(&self) -> &str {
        &self.endpoint.subresource
    }

    /// The kind of the object: for `/scale` it is `Scale`.
    pub fn kind(&self) -> &'static ResourceInfo {
        self.endpoint.kind.info()
    }

    /// What the request does.
    pub fn operation(&self) -> Operation {
        self.options.operation()
    }

    /// The options of the operation.
    pub fn operation_options(&self) -> OperationOptions<'_> {
        self.options
    }

    /// Whether nothing will be stored, whatever comes of the request.
    pub fn is_dry_run(&self) -> bool {
        self.options.is_dry_run()
    }

    /// Who makes the request.
    pub fn user_info(&self) -> &UserInfo {
        self.ctx.user()
    }

    /// The request.
    pub fn context(&self) -> &RequestContext {
        &self.ctx
    }

    /// The object that the request wants; none for a delete.
    pub fn object(&self) -> Option<&dyn AnyObject> {
        self.object.as_ref().map(ObjectSlot::get)
    }

    /// The object that the request wants, to change; none for a delete, and none while it is only validated.
    pub fn object_mut(&mut self) -> Option<&mut dyn AnyObject> {
        self.object.as_mut().and_then(ObjectSlot::get_mut)
    }

    /// The object that the request wants, if there is one and it is of this type.
    pub fn object_as<T: Resource>(&self) -> Option<&T> {
        self.object()?.downcast_ref()
    }

    /// The object that the request wants, to change, if there is one and it is of this type.
    pub fn object_as_mut<T: Resource>(&mut self) -> Option<&mut T> {
        self.object_mut()?.downcast_mut()
    }

    /// The stored object; none for a create.
    pub fn old_object(&self) -> Option<&dyn AnyObject> {
        self.old_object
    }

    /// The stored object, if there is one and it is of this type.
    pub fn old_object_as<T: Resource>(&self) -> Option<&T> {
        self.old_object?.downcast_ref()
    }

    /// Changes the metadata of the object that the request wants, whatever its type. Does nothing where
    /// [`object_mut`](Self::object_mut) has none.
    pub fn change_metadata(&mut self, function: impl FnOnce(&mut ObjectMeta)) {
        if let Some(object) = self.object_mut() {
            change(object, function);
        }
    }

    /// Puts an object in the place of the one that the request wants, as JSON without apiVersion and kind. Together with
    /// [`AnyObject::to_value`] this changes objects whose type a plug-in does not know.
    ///
    /// Fails with 500 when the document does not fit the kind, and where [`object_mut`](Self::object_mut) has none.
    pub fn replace_object(&mut self, document: Value) -> Result<()> {
        let kind = Arc::clone(&self.endpoint.kind);
        let object =
            self.object_mut().ok_or_else(|| Error::internal("the request has no object to change"))?;
        kind.replace(object, document).map_err(|error| {
            Error::internal(format!("admission made what is not a {}: {error}", kind.info().kind))
        })
    }

    /// Looks up objects of any kind in the server's store.
    pub fn lister<T: Resource>(&self) -> Lister<T> {
        self.ctx.lister()
    }

    /// Adds a warning to the answer (contract 6.69).
    pub fn warn(&self, text: impl Into<String>) {
        self.ctx.warn(text);
    }

    /// Notes something for whoever audits the request, under a key as in `plugin.example.com/decision`. Fails as
    /// [`RequestContext::annotate`] does.
    pub fn add_annotation(&self, key: &str, value: &str) -> Result<()> {
        self.ctx.annotate(key, value)
    }

    /// 403: `widgets.example.com "x" is forbidden: why`, as Go's `admission.NewForbidden` says it (contract 11.23).
    pub fn forbidden(&self, why: impl fmt::Display) -> Error {
        Error::forbidden(&self.resource().group_resource(), &self.shown_name(), &why.to_string())
    }

    /// 404 for the object of the request: Go's `admission.NewNotFound`.
    pub fn not_found(&self) -> Error {
        Error::not_found(&self.resource().group_resource(), &self.shown_name())
    }

    /// The best name that there is.
    fn shown_name(&self) -> String {
        if !self.name.is_empty() {
            return self.name.clone().into_owned();
        }
        let named = self.object().and_then(|object| {
            let meta = object.object_meta();
            [&meta.name, &meta.generate_name].into_iter().find(|name| !name.is_empty()).cloned()
        });
        named.or_else(|| self.stand_in.clone()).unwrap_or_else(|| "Unknown".to_owned())
    }
}

impl fmt::Debug for Attributes<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Attributes")
            .field("operation", &self.operation())
            .field("resource", &self.resource().plural)
            .field("subresource", &self.subresource())
            .field("namespace", &self.namespace())
            .field("name", &self.name)
            .finish_non_exhaustive()
    }
}
