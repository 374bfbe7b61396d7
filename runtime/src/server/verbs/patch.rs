//! PATCH of an object or its status (contract 0.4, 7.1 to 7.3, 7.5).

use std::sync::Arc;

use futures_core::future::BoxFuture;
use http::Response;
use serde_json::Value;

use super::super::body::Body;
use super::super::{negotiate, options};
use super::checks::{self, Target};
use super::{Call, ReadBody, update};
use crate::context::RequestContext;
use crate::decode;
use crate::errors::{Error, Result};
use crate::object::{AnyObject, DynObject};
use crate::options::FieldValidation;
use crate::patch::Patch;
use crate::registry::DynKind;
use crate::registry::metadata::{AFTER_ADMISSION, dedup_owner_references};
use crate::rest::UpdatedObjectInfo;
use crate::rest::dynamic::Updater;

pub(super) async fn patch(
    call: &Call<'_>,
    updater: Arc<dyn Updater>,
    body: &mut dyn ReadBody,
) -> Result<Response<Body>> {
    let patch_type = negotiate::patch_type(call.headers)?;
    let representation = call.of_object()?;
    let body = body.read().await?;
    let options = options::patch_options(call.query, call.headers)?;
    let patch = match Patch::parse(patch_type, &body, options.field_validation) {
        Err(error) if !Patch::is_json(&body) => return Err(error),
        patch => patch,
    };
    let wanted = PatchedObjectInfo {
        kind: Arc::clone(&call.handlers.kind),
        patch,
        validation: options.field_validation,
        target: Target::of(call),
        name: call.path.name.to_owned(),
        subresource: !call.path.subresource.is_empty(),
        status: call.path.subresource == "status",
    };
    let (stored, created) = update::run(call, updater, wanted, options).await?;
    Ok(representation.object(update::code(created), &stored))
}

/// What a patch makes of the stored object. It has no preconditions: a patch is applied to whatever is there
/// (contract 7.1.6).
struct PatchedObjectInfo {
    kind: Arc<dyn DynKind>,
    /// The patch, and what is odd about it; or why it is none.
    patch: Result<(Patch, Vec<String>)>,
    validation: FieldValidation,
    target: Target,
    name: String,
    subresource: bool,
    status: bool,
}

impl UpdatedObjectInfo for PatchedObjectInfo {
    fn updated_object<'a>(
        &'a self,
        ctx: &'a RequestContext,
        old: Option<&'a dyn AnyObject>,
    ) -> BoxFuture<'a, Result<DynObject>> {
        Box::pin(std::future::ready(self.apply(ctx, old)))
    }
}

impl PatchedObjectInfo {
    /// The order of contract 7.1.5.
    fn apply(&self, ctx: &RequestContext, old: Option<&dyn AnyObject>) -> Result<DynObject> {
        let info = self.kind.info();
        let old = old.ok_or_else(|| Error::not_found(&info.group_resource(), &self.name))?;
        let (patch, problems) = self.patch.as_ref().map_err(Error::clone)?;
        let patched = patch.apply(served(old)?)?;
        let status_of = Some(old).filter(|_| self.status);
        let decoded =
            decode::decode_patched(&*self.kind, patched, problems.clone(), self.validation, status_of)?;
        for warning in decoded.warnings {
            ctx.warn(warning);
        }
        let mut object = match decoded.object {
            Ok(object) => object,
            Err(refused) => refused.against(ctx, old)?,
        };
        let mut meta = object.take_object_meta();
        checks::keep_managed_fields(&mut meta, Some(old), self.subresource);
        self.target.match_namespace(&mut meta)?;
        self.target.match_name(&meta)?;
        dedup_owner_references(ctx, &mut meta, AFTER_ADMISSION);
        object.set_object_meta(meta);
        Ok(object)
    }
}

/// An object as a client sees it, with the words that say what it is.
fn served(object: &dyn AnyObject) -> Result<Value> {
    let info = object.info();
    let mut document = object.to_value()?;
    let members =
        document.as_object_mut().ok_or_else(|| Error::internal("a stored object is not a JSON object"))?;
    members.insert("apiVersion".into(), info.api_version().into());
    members.insert("kind".into(), info.kind.into());
    Ok(document)
}
