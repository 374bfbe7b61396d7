//! POST to a collection, and to a subresource that acts upon an object (contract 0.2, 1.18, 4.A).

use std::sync::Arc;

use http::{Response, StatusCode};

use super::super::body::Body;
use super::super::representation::Representation;
use super::super::{negotiate, options, respond};
use super::checks::{self, Target};
use super::detached::Detached;
use super::{Call, ReadBody};
use crate::errors::Result;
use crate::object::DynObject;
use crate::options::CreateOptions;
use crate::registry::metadata::dedup_owner_references;
use crate::rest::ValidateAllObjects;
use crate::rest::dynamic::{Creater, NamedCreater, StoredCreated};

pub(super) async fn create(
    call: &Call<'_>,
    creater: Arc<dyn Creater>,
    body: &mut dyn ReadBody,
) -> Result<Response<Body>> {
    let (representation, object, options) = read(call, body).await?;
    let ctx = call.ctx.clone();
    let stored =
        Detached::new(async move { creater.create(&ctx, object, &ValidateAllObjects, &options).await })
            .await?;
    Ok(representation.object(StatusCode::CREATED, &stored))
}

/// POST to a subresource (contract 1.18).
pub(super) async fn create_named(
    call: &Call<'_>,
    creater: Arc<dyn NamedCreater>,
    body: &mut dyn ReadBody,
) -> Result<Response<Body>> {
    let (representation, object, options) = read(call, body).await?;
    let (ctx, name) = (call.ctx.clone(), call.path.name.to_owned());
    let creating = async move { creater.create(&ctx, &name, object, &ValidateAllObjects, &options).await };
    Ok(match Detached::new(creating).await? {
        StoredCreated::Object(stored) => representation.object(StatusCode::CREATED, &stored),
        StoredCreated::Status(mut status) => {
            if status.code == 0 {
                status.code = StatusCode::CREATED.as_u16();
            }
            respond::status(StatusCode::CREATED, &status, representation.output())
        }
    })
}

/// The object that a client wants created.
async fn read(
    call: &Call<'_>,
    body: &mut dyn ReadBody,
) -> Result<(Representation, DynObject, CreateOptions)> {
    let representation = call.of_object()?;
    let format = negotiate::body_format(call.headers)?;
    let body = body.read().await?;
    let options = options::create_options(call.query, call.headers)?;
    let mut object = match call.decode(&body, format, options.field_validation)? {
        Ok(object) => object,
        Err(mut refused) => {
            checks::wipe_system_metadata(&mut refused.meta);
            Target::of(call).match_namespace(&mut refused.meta)?;
            return Err(refused.as_new());
        }
    };
    let mut meta = object.take_object_meta();
    checks::wipe_system_metadata(&mut meta);
    Target::of(call).match_namespace(&mut meta)?;
    dedup_owner_references(&call.ctx, &mut meta, "");
    checks::keep_managed_fields(&mut meta, None, false);
    object.set_object_meta(meta);
    Ok((representation, object, options))
}
