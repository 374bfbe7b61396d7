//! PUT to an object or its status (contract 0.3, 4.C).

use std::sync::Arc;

use futures_core::future::BoxFuture;
use http::{Response, StatusCode};

use super::super::authorization::CreateAuthorization;
use super::super::body::Body;
use super::super::{negotiate, options};
use super::checks::{self, Target};
use super::detached::Detached;
use super::{Call, ReadBody};
use crate::context::RequestContext;
use crate::decode::{self, BodyFormat, Refused, StatusPart};
use crate::errors::{Error, Result};
use crate::object::{AnyObject, DynObject};
use crate::options::{Preconditions, UpdateOptions};
use crate::registry::DynKind;
use crate::registry::metadata::dedup_owner_references;
use crate::rest::dynamic::Updater;
use crate::rest::{DefaultUpdatedObjectInfo, UpdatedObjectInfo, ValidateAllObjects};
use crate::storage::Stored;

pub(super) async fn update(
    call: &Call<'_>,
    updater: Arc<dyn Updater>,
    body: &mut dyn ReadBody,
) -> Result<Response<Body>> {
    let representation = call.of_object()?;
    let body = body.read().await?;
    let options = options::update_options(call.query, call.headers)?;
    let format = negotiate::body_format(call.headers)?;
    let subresource = !call.path.subresource.is_empty();
    let target = Target::of(call);
    let mut object = match call.decode(&body, format, options.field_validation) {
        Ok(Ok(object)) => object,
        Err(_) if call.path.subresource == "status" => {
            return update_status(call, updater, &body, format, options).await;
        }
        Ok(Err(mut refused)) => {
            target.match_namespace(&mut refused.meta)?;
            target.match_name(&refused.meta)?;
            let (stored, created) = run(call, updater, RefusedUpdate(refused), options).await?;
            return Ok(representation.object(code(created), &stored));
        }
        Err(error) => return Err(error),
    };
    let mut meta = object.take_object_meta();
    target.match_namespace(&mut meta)?;
    target.match_name(&meta)?;
    dedup_owner_references(&call.ctx, &mut meta, "");
    object.set_object_meta(meta);
    let wanted = DefaultUpdatedObjectInfo::replace_object(object).transformed(move |object, old| {
        let mut meta = object.take_object_meta();
        checks::keep_managed_fields(&mut meta, old, subresource);
        object.set_object_meta(meta);
    });
    let (stored, created) = run(call, updater, wanted, options).await?;
    Ok(representation.object(code(created), &stored))
}

/// An update of the status whose body is not a whole object, and need not be one.
async fn update_status(
    call: &Call<'_>,
    updater: Arc<dyn Updater>,
    body: &[u8],
    format: BodyFormat,
    options: UpdateOptions,
) -> Result<Response<Body>> {
    let representation = call.of_object()?;
    let kind = Arc::clone(&call.handlers.kind);
    let mut part = decode::decode_status_part(&*kind, body, format, options.field_validation)?;
    for warning in std::mem::take(&mut part.warnings) {
        call.ctx.warn(warning);
    }
    let target = Target::of(call);
    target.match_namespace(&mut part.meta)?;
    target.match_name(&part.meta)?;
    let (stored, created) = run(call, updater, UpdatedStatus { kind, part }, options).await?;
    Ok(representation.object(code(created), &stored))
}

/// An update with an object that its schema refuses, which is told when nothing else is wrong.
struct RefusedUpdate(Refused);

impl UpdatedObjectInfo for RefusedUpdate {
    fn preconditions(&self) -> Option<Preconditions> {
        of_uid(&self.0.meta.uid)
    }

    fn updated_object<'a>(
        &'a self,
        ctx: &'a RequestContext,
        old: Option<&'a dyn AnyObject>,
    ) -> BoxFuture<'a, Result<DynObject>> {
        let object = old.map_or_else(|| Err(self.0.as_new()), |old| self.0.against(ctx, old));
        Box::pin(std::future::ready(object))
    }
}

/// The stored object with another status.
struct UpdatedStatus {
    kind: Arc<dyn DynKind>,
    part: StatusPart,
}

impl UpdatedObjectInfo for UpdatedStatus {
    fn preconditions(&self) -> Option<Preconditions> {
        of_uid(&self.part.meta.uid)
    }

    fn updated_object<'a>(
        &'a self,
        _: &'a RequestContext,
        old: Option<&'a dyn AnyObject>,
    ) -> BoxFuture<'a, Result<DynObject>> {
        let object = old.map(|old| {
            let mut object = self.part.over(&*self.kind, old)?;
            let mut meta = object.take_object_meta();
            checks::keep_managed_fields(&mut meta, Some(old), true);
            object.set_object_meta(meta);
            Ok(object)
        });
        let missing = || Err(Error::not_found(&self.kind.info().group_resource(), &self.part.meta.name));
        Box::pin(std::future::ready(object.unwrap_or_else(missing)))
    }
}

/// The object that is meant, where its uid was sent.
fn of_uid(uid: &str) -> Option<Preconditions> {
    (!uid.is_empty()).then(|| Preconditions { uid: Some(uid.to_owned()), ..Preconditions::default() })
}

/// Runs an update on its own.
pub(super) async fn run(
    call: &Call<'_>,
    updater: Arc<dyn Updater>,
    wanted: impl UpdatedObjectInfo + 'static,
    options: UpdateOptions,
) -> Result<(Arc<Stored>, bool)> {
    let may_create = CreateAuthorization::new(&call.state.authorizer, call.request_path, &call.path);
    let (ctx, name) = (call.ctx.clone(), call.path.name.to_owned());
    Detached::new(async move {
        updater.update(&ctx, &name, &wanted, &may_create, &ValidateAllObjects, false, &options).await
    })
    .await
}

/// contract 4.13
pub(super) fn code(created: bool) -> StatusCode {
    if created { StatusCode::CREATED } else { StatusCode::OK }
}
