//! A request that a subresource answers itself (contract 1.28).

use http::header::{AUTHORIZATION, HeaderName};
use http::{Request, Response};

use super::super::body::Body;
use super::{Call, ReadBody};
use crate::errors::{Error, Result};
use crate::options::ConnectOptions;
use crate::rest::dynamic::Connecter;

pub(super) async fn connect(
    call: &Call<'_>,
    connecter: &dyn Connecter,
    body: &mut dyn ReadBody,
) -> Result<Response<Body>> {
    if call.query.first("dryRun").is_some() {
        return Err(Error::bad_request("dryRun is not supported"));
    }
    let options = ConnectOptions { path: path(call) };
    let mut request = Request::new(body.take());
    *request.method_mut() = call.parts.method.clone();
    *request.uri_mut() = call.parts.uri.clone();
    *request.version_mut() = call.parts.version;
    *request.headers_mut() = call
        .headers
        .iter()
        .filter(|(name, _)| !is_credential(name))
        .map(|(n, v)| (n.clone(), v.clone()))
        .collect();
    *request.extensions_mut() = call.parts.extensions.clone();
    let answer = connecter.connect(&call.ctx, call.path.name, &options, request).await?;
    Ok(answer.map(Body::from))
}

/// What follows the subresource, with a slash before it, and at its end if the client wrote one there.
fn path(call: &Call<'_>) -> String {
    let mut path = String::new();
    if !call.path.rest.is_empty() {
        if !call.path.rest.starts_with('/') {
            path.push('/');
        }
        path.push_str(call.path.rest);
    }
    if call.request_path.ends_with('/') && !path.ends_with('/') {
        path.push('/');
    }
    path
}

/// What proved who the client is (contract 11.6). It is none of the handler's business, and a proxy must not pass it on.
fn is_credential(name: &HeaderName) -> bool {
    *name == AUTHORIZATION || name.as_str().starts_with("x-remote-")
}
