//! Where a server asks its plug-ins: around the handlers of every kind, so that neither the handlers nor HTTP know of
//! them, and a server without plug-ins pays nothing (contract 0.2 to 0.5).

use std::borrow::Cow;
use std::sync::Arc;

use futures_core::future::BoxFuture;

use super::attributes::{Endpoint, ObjectSlot};
use super::{Attributes, Chain, OperationOptions, Plugin as _};
use crate::context::RequestContext;
use crate::errors::Result;
use crate::info::ResourceInfo;
use crate::meta::ManagedFieldsEntry;
use crate::object::{AnyObject, DynObject};
#[cfg(feature = "server")]
use crate::options::ConnectOptions;
use crate::options::{CreateOptions, DeleteOptions, ListOptions, Preconditions, UpdateOptions};
use crate::registry::metadata;
#[cfg(feature = "server")]
use crate::rest::ConnectBody;
#[cfg(feature = "server")]
use crate::rest::dynamic::Connecter;
use crate::rest::dynamic::{
    CollectionDeleter, Creater, GracefulDeleter, NamedCreater, StoredCreated, StoredDeleted, StoredList,
    Updater,
};
use crate::rest::{Handlers, StatusHandlers, UpdatedObjectInfo, ValidateObject, ValidateObjectUpdate};
use crate::storage::Stored;

impl Handlers {
    /// The same handlers with plug-ins before them.
    pub(crate) fn admitted(self, chain: &Arc<Chain>) -> Self {
        let resource = self.info();
        if chain.is_empty() { self } else { self.behind(chain, resource, "") }
    }

    /// The handlers of a path of a kind, behind plug-ins.
    fn behind(
        mut self,
        chain: &Arc<Chain>,
        resource: &'static ResourceInfo,
        subresource: &'static str,
    ) -> Self {
        let endpoint = |subresource| {
            let subresource = Cow::Borrowed(subresource);
            Arc::new(Endpoint { kind: Arc::clone(&self.kind), resource, subresource })
        };
        let (here, status) = (&endpoint(subresource), &endpoint("status"));
        self.creater = self.creater.map(|inner| -> Arc<dyn Creater> { Admitted::new(inner, chain, here) });
        self.named_creater =
            self.named_creater.map(|inner| -> Arc<dyn NamedCreater> { Admitted::new(inner, chain, here) });
        #[cfg(feature = "server")]
        {
            self.connecter =
                self.connecter.map(|inner| -> Arc<dyn Connecter> { Admitted::new(inner, chain, here) });
        }
        self.updater = self.updater.map(|inner| -> Arc<dyn Updater> { Admitted::new(inner, chain, here) });
        self.deleter =
            self.deleter.map(|inner| -> Arc<dyn GracefulDeleter> { Admitted::new(inner, chain, here) });
        self.collection_deleter = self
            .collection_deleter
            .map(|inner| -> Arc<dyn CollectionDeleter> { Admitted::new(inner, chain, here) });
        self.status = self.status.map(|StatusHandlers { getter, updater }| StatusHandlers {
            getter,
            updater: Admitted::new(updater, chain, status),
        });
        self.scale = self.scale.map(|scale| Arc::new(Self::clone(&scale).behind(chain, resource, "scale")));
        let subresources = std::mem::take(&mut self.subresources);
        self.subresources = subresources
            .into_iter()
            .map(|(name, handlers)| (name, handlers.behind(chain, resource, name)))
            .collect();
        self
    }
}

/// A handler behind plug-ins.
struct Admitted<H: ?Sized> {
    inner: Arc<H>,
    admission: Admission,
}

/// The plug-ins of an endpoint.
struct Admission {
    chain: Arc<Chain>,
    endpoint: Arc<Endpoint>,
}

impl<H: ?Sized> Admitted<H> {
    fn new(inner: Arc<H>, chain: &Arc<Chain>, endpoint: &Arc<Endpoint>) -> Arc<Self> {
        let admission = Admission { chain: Arc::clone(chain), endpoint: Arc::clone(endpoint) };
        Arc::new(Self { inner, admission })
    }
}

impl Admission {
    /// Lets the plug-ins change an object, and repairs what they must not break.
    async fn admit(
        &self,
        ctx: &RequestContext,
        name: &str,
        options: OperationOptions<'_>,
        object: &mut dyn AnyObject,
        old: Option<&dyn AnyObject>,
    ) -> Result<()> {
        let sent = object.object_meta().managed_fields.clone();
        let attributes = Attributes::of(ctx, &self.endpoint, name, options);
        let attributes = old.into_iter().fold(attributes, Attributes::with_old_object);
        self.chain.admit(&mut attributes.with_object(ObjectSlot::Mutable(object))).await?;
        metadata::change(object, |meta| {
            if let Some(problem) = meta.managed_fields.iter().enumerate().find_map(unreadable) {
                ctx.warn(format!(
                    ".metadata.managedFields was in an invalid state after admission; this could be caused by an \
                     outdated mutating admission controller; please fix your requests: {problem}"
                ));
                meta.managed_fields = sent;
            }
            metadata::dedup_owner_references(ctx, meta, metadata::AFTER_ADMISSION);
        });
        Ok(())
    }

    fn validation<'a>(
        &'a self,
        ctx: &'a RequestContext,
        name: &'a str,
        options: OperationOptions<'a>,
    ) -> Validation<'a> {
        Validation { admission: self, ctx, name, options, first: None }
    }
}

/// What upstream's field manager says of an entry that it cannot read.
fn unreadable((index, entry): (usize, &ManagedFieldsEntry)) -> Option<String> {
    if !matches!(entry.operation.as_str(), "Apply" | "Update") {
        return Some("operation must be `Apply` or `Update`".to_owned());
    }
    if entry.api_version.is_empty() {
        return Some("apiVersion must not be empty".to_owned());
    }
    match entry.fields_type.as_str() {
        "FieldsV1" => None,
        "" => Some(format!("missing fieldsType in managed fields entry {index}")),
        other => Some(format!("invalid fieldsType {other:?} in managed fields entry {index}")),
    }
}

/// Lets the plug-ins validate what is to be written, after whoever was to validate it anyway.
struct Validation<'a> {
    admission: &'a Admission,
    ctx: &'a RequestContext,
    name: &'a str,
    options: OperationOptions<'a>,
    first: Option<&'a dyn ValidateObject>,
}

impl Validation<'_> {
    fn is_delete(&self) -> bool {
        matches!(self.options, OperationOptions::Delete(_))
    }

    async fn run(&self, object: Option<&dyn AnyObject>, old: Option<&dyn AnyObject>) -> Result<()> {
        let generated =
            object.filter(|_| self.name.is_empty()).map(|object| object.object_meta().name.clone());
        let name = generated.as_deref().unwrap_or(self.name);
        let mut attributes = Attributes::of(self.ctx, &self.admission.endpoint, name, self.options);
        if let Some(old) = old {
            attributes = attributes.with_old_object(old);
        }
        if let Some(object) = object {
            attributes = attributes.with_object(ObjectSlot::Shared(object));
        }
        if self.is_delete() {
            self.admission.chain.admit(&mut attributes).await?;
        }
        self.admission.chain.validate(&attributes).await
    }
}

impl ValidateObject for Validation<'_> {
    fn validate<'a>(
        &'a self,
        ctx: &'a RequestContext,
        object: &'a dyn AnyObject,
    ) -> BoxFuture<'a, Result<()>> {
        Box::pin(async move {
            if let Some(first) = self.first {
                first.validate(ctx, object).await?;
            }
            if self.is_delete() {
                self.run(None, Some(object)).await
            } else {
                self.run(Some(object), None).await
            }
        })
    }
}

/// The same for an update.
struct UpdateValidation<'a> {
    first: &'a dyn ValidateObjectUpdate,
    then: Validation<'a>,
}

impl ValidateObjectUpdate for UpdateValidation<'_> {
    fn validate_update<'a>(
        &'a self,
        ctx: &'a RequestContext,
        object: &'a dyn AnyObject,
        old: &'a dyn AnyObject,
    ) -> BoxFuture<'a, Result<()>> {
        Box::pin(async move {
            self.first.validate_update(ctx, object, old).await?;
            self.then.run(Some(object), Some(old)).await
        })
    }
}

/// What an update makes of the stored object, changed by the plug-ins. Runs once per attempt.
struct AdmittedObjectInfo<'a> {
    inner: &'a dyn UpdatedObjectInfo,
    admission: &'a Admission,
    ctx: &'a RequestContext,
    name: &'a str,
    create_options: &'a CreateOptions,
    options: &'a UpdateOptions,
}

impl UpdatedObjectInfo for AdmittedObjectInfo<'_> {
    fn preconditions(&self) -> Option<Preconditions> {
        self.inner.preconditions()
    }

    fn updated_object<'a>(
        &'a self,
        ctx: &'a RequestContext,
        old: Option<&'a dyn AnyObject>,
    ) -> BoxFuture<'a, Result<DynObject>> {
        Box::pin(async move {
            let mut object = self.inner.updated_object(ctx, old).await?;
            let options = match old {
                Some(_) => OperationOptions::Update(self.options),
                None => OperationOptions::Create(self.create_options),
            };
            self.admission.admit(self.ctx, self.name, options, &mut *object, old).await?;
            Ok(object)
        })
    }
}

impl Creater for Admitted<dyn Creater> {
    fn create<'a>(
        &'a self,
        ctx: &'a RequestContext,
        mut object: DynObject,
        create_validation: &'a dyn ValidateObject,
        options: &'a CreateOptions,
    ) -> BoxFuture<'a, Result<Arc<Stored>>> {
        Box::pin(async move {
            let name = object.object_meta().name.clone();
            let operation = OperationOptions::Create(options);
            self.admission.admit(ctx, &name, operation, &mut *object, None).await?;
            let validation = self.admission.validation(ctx, &name, operation);
            let validation = Validation { first: Some(create_validation), ..validation };
            self.inner.create(ctx, object, &validation, options).await
        })
    }
}

impl NamedCreater for Admitted<dyn NamedCreater> {
    fn create<'a>(
        &'a self,
        ctx: &'a RequestContext,
        name: &'a str,
        mut object: DynObject,
        create_validation: &'a dyn ValidateObject,
        options: &'a CreateOptions,
    ) -> BoxFuture<'a, Result<StoredCreated>> {
        Box::pin(async move {
            let operation = OperationOptions::Create(options);
            self.admission.admit(ctx, name, operation, &mut *object, None).await?;
            let validation = self.admission.validation(ctx, name, operation);
            let validation = Validation { first: Some(create_validation), ..validation };
            self.inner.create(ctx, name, object, &validation, options).await
        })
    }
}

/// A connection has no object: plug-ins see who wants it, and with what (contract 1.28).
#[cfg(feature = "server")]
impl Connecter for Admitted<dyn Connecter> {
    fn methods(&self) -> &'static [http::Method] {
        self.inner.methods()
    }

    fn takes_path(&self) -> bool {
        self.inner.takes_path()
    }

    fn connect<'a>(
        &'a self,
        ctx: &'a RequestContext,
        name: &'a str,
        options: &'a ConnectOptions,
        request: http::Request<ConnectBody>,
    ) -> BoxFuture<'a, Result<http::Response<ConnectBody>>> {
        Box::pin(async move {
            let Admission { chain, endpoint } = &self.admission;
            let mut attributes = Attributes::of(ctx, endpoint, name, OperationOptions::Connect);
            chain.admit(&mut attributes).await?;
            chain.validate(&attributes).await?;
            self.inner.connect(ctx, name, options, request).await
        })
    }
}

impl Updater for Admitted<dyn Updater> {
    fn update<'a>(
        &'a self,
        ctx: &'a RequestContext,
        name: &'a str,
        object_info: &'a dyn UpdatedObjectInfo,
        create_validation: &'a dyn ValidateObject,
        update_validation: &'a dyn ValidateObjectUpdate,
        force_allow_create: bool,
        options: &'a UpdateOptions,
    ) -> BoxFuture<'a, Result<(Arc<Stored>, bool)>> {
        Box::pin(async move {
            let Self { inner, admission } = self;
            let create_options = &CreateOptions::from(options);
            let wanted =
                AdmittedObjectInfo { inner: object_info, admission, ctx, name, create_options, options };
            let create = Validation {
                first: Some(create_validation),
                ..admission.validation(ctx, name, OperationOptions::Create(create_options))
            };
            let update = UpdateValidation {
                first: update_validation,
                then: admission.validation(ctx, name, OperationOptions::Update(options)),
            };
            inner.update(ctx, name, &wanted, &create, &update, force_allow_create, options).await
        })
    }
}

impl GracefulDeleter for Admitted<dyn GracefulDeleter> {
    fn delete<'a>(
        &'a self,
        ctx: &'a RequestContext,
        name: &'a str,
        delete_validation: &'a dyn ValidateObject,
        options: DeleteOptions,
    ) -> BoxFuture<'a, Result<StoredDeleted>> {
        Box::pin(async move {
            let asked = options.clone();
            let validation = self.admission.validation(ctx, name, OperationOptions::Delete(&asked));
            let validation = Validation { first: Some(delete_validation), ..validation };
            self.inner.delete(ctx, name, &validation, options).await
        })
    }
}

impl CollectionDeleter for Admitted<dyn CollectionDeleter> {
    fn delete_collection<'a>(
        &'a self,
        ctx: &'a RequestContext,
        delete_validation: &'a dyn ValidateObject,
        options: DeleteOptions,
        list_options: &'a ListOptions,
    ) -> BoxFuture<'a, Result<StoredList>> {
        Box::pin(async move {
            let asked = options.clone();
            let validation = self.admission.validation(ctx, "", OperationOptions::Delete(&asked));
            let validation = Validation { first: Some(delete_validation), ..validation };
            self.inner.delete_collection(ctx, &validation, options, list_options).await
        })
    }
}
