//! GET of an object (contract 4.5).

use http::{Response, StatusCode};

use super::super::body::Body;
use super::super::options;
use super::Call;
use crate::errors::Result;
use crate::rest::dynamic::Getter;

pub(super) async fn get(call: &Call<'_>, getter: &dyn Getter) -> Result<Response<Body>> {
    let representation = call.of_object()?;
    let options = options::get_options(call.query)?;
    let stored = getter.get(&call.ctx, call.path.name, &options).await?;
    Ok(representation.object(StatusCode::OK, &stored))
}
