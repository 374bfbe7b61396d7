//! DELETE of a collection (contract 4.E).

use std::sync::Arc;

use http::Response;

use super::super::body::Body;
use super::super::options;
use super::detached::Detached;
use super::{Call, ReadBody};
use crate::errors::Result;
use crate::rest::ValidateAllObjects;
use crate::rest::dynamic::CollectionDeleter;

pub(super) async fn delete_collection(
    call: &Call<'_>,
    deleter: Arc<dyn CollectionDeleter>,
    body: &mut dyn ReadBody,
) -> Result<Response<Body>> {
    let representation = call.of_list()?;
    let list_options = options::list_options(call.query)?;
    let options = call.delete_options(body, true).await?;
    let ctx = call.ctx.clone();
    let deleting =
        async move { deleter.delete_collection(&ctx, &ValidateAllObjects, options, &list_options).await };
    Ok(representation.list(Detached::new(deleting).await?))
}
