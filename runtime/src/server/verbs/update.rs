//! PUT to an object or its status (contract 0.3, 4.C).

use std::sync::Arc;

use http::{Response, StatusCode};

use super::super::authorization::CreateAuthorization;
use super::super::body::Body;
use super::super::{negotiate, options};
use super::checks::{self, Target};
use super::detached::Detached;
use super::{Call, ReadBody};
use crate::errors::Result;
use crate::options::UpdateOptions;
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
    let mut object = call.decode(&body, format, options.field_validation)?;
    let mut meta = object.take_object_meta();
    let target = Target::of(call);
    target.match_namespace(&mut meta)?;
    target.match_name(&meta)?;
    if let Some(warning) = checks::dedup_owner_references(&mut meta, "") {
        call.ctx.warn(warning);
    }
    object.set_object_meta(meta);
    let subresource = !call.path.subresource.is_empty();
    let wanted = DefaultUpdatedObjectInfo::replace_object(object).transformed(move |object, old| {
        let mut meta = object.take_object_meta();
        checks::keep_managed_fields(&mut meta, old, subresource);
        object.set_object_meta(meta);
    });
    let (stored, created) = run(call, updater, wanted, options).await?;
    Ok(representation.object(code(created), &stored))
}

/// Runs an update on its own.
pub(super) async fn run(
    call: &Call<'_>,
    updater: Arc<dyn Updater>,
    wanted: impl UpdatedObjectInfo + 'static,
    options: UpdateOptions,
) -> Result<(Arc<Stored>, bool)> {
    let may_create =
        CreateAuthorization::new(&call.state.authorizer, call.handlers.info(), call.request_path, &call.path);
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
