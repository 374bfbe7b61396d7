//! The server without a port: a `tower_service::Service` for calls in process.

use std::convert::Infallible;
use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};

use http::{Request, Response};
use tower_service::Service;

use super::authentication::{InProcess, admin, authenticated};
use super::{Api, Body};
use crate::context::UserInfo;

/// The whole server as a service, made by [`ApiServer::into_service`](super::ApiServer::into_service).
///
/// Whoever holds it is believed: calls are made by the admin, or by the user of [`as_user`](Self::as_user), whatever
/// their `Authorization` header says. Cheap to clone; every clone is the same server.
#[derive(Clone)]
pub struct ApiService {
    api: Api,
    user: UserInfo,
}

impl ApiService {
    pub(crate) fn new(api: Api) -> Self {
        Self { api, user: admin() }
    }

    /// The same server, called by another user. The group `system:authenticated` is added to the user's.
    pub fn as_user(&self, user: UserInfo) -> Self {
        Self { user: authenticated(user), ..self.clone() }
    }
}

impl<B> Service<Request<B>> for ApiService
where
    B: http_body::Body + Send + 'static,
    B::Data: Send,
    B::Error: fmt::Display,
{
    type Response = Response<Body>;
    type Error = Infallible;
    type Future = Pin<Box<dyn Future<Output = Result<Response<Body>, Infallible>> + Send>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, mut request: Request<B>) -> Self::Future {
        request.extensions_mut().insert(InProcess(self.user.clone()));
        let api = self.api.clone();
        Box::pin(async move { Ok(api.handle(request).await) })
    }
}

impl fmt::Debug for ApiService {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ApiService").field("api", &self.api).field("user", &self.user).finish()
    }
}
