//! GET of a collection (contract 4.8).

use http::Response;

use super::super::body::Body;
use super::super::request_info::Listing;
use super::Call;
use crate::errors::Result;
use crate::rest::dynamic::Lister;

pub(super) async fn list(
    call: &Call<'_>,
    lister: &dyn Lister,
    listing: Option<Listing>,
) -> Result<Response<Body>> {
    let representation = call.of_list()?;
    let options = super::listed(listing, call.query)?;
    let list = lister.list(&call.ctx, &options).await?;
    Ok(representation.list(list))
}
