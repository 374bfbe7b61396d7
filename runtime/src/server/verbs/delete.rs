//! DELETE of an object (contract 0.5, 4.D).

use std::sync::Arc;

use http::{Response, StatusCode};

use super::super::body::Body;
use super::super::respond;
use super::detached::Detached;
use super::{Call, ReadBody};
use crate::errors::Result;
use crate::rest::ValidateAllObjects;
use crate::rest::dynamic::{GracefulDeleter, StoredDeleted};

pub(super) async fn delete(
    call: &Call<'_>,
    deleter: Arc<dyn GracefulDeleter>,
    body: &mut dyn ReadBody,
) -> Result<Response<Body>> {
    let representation = call.of_object()?;
    let options = call.delete_options(body, false).await?;
    // contract 4.35
    let orphans_refused = options.orphan_dependents == Some(false);
    let (ctx, name) = (call.ctx.clone(), call.path.name.to_owned());
    let result =
        Detached::new(async move { deleter.delete(&ctx, &name, &ValidateAllObjects, options).await }).await?;
    Ok(match result {
        StoredDeleted::Now(status) => respond::status(StatusCode::OK, &status, representation.output()),
        StoredDeleted::Pending(stored) => {
            let code = if orphans_refused { StatusCode::ACCEPTED } else { StatusCode::OK };
            representation.object(code, &stored)
        }
    })
}
