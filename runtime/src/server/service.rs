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

/// The whole server as a service, made by [`ApiServer::into_service`](super::ApiServer::into_service), by
/// [`RunningServer::service`](super::RunningServer::service), and for
/// [hooks](super::ApiServer::post_start_hook).
///
/// It takes requests and gives answers with any `http_body::Body`, watches included, and never fails. So clients that
/// are generic over a service can call it with no port, as kube-rs' does: `kube::Client::new(service, "default")`.
///
/// ```
/// use http::{Request, StatusCode};
/// use http_body_util::{BodyExt, Empty};
/// use resourceful::prelude::*;
/// use tower_service::Service;
/// # use resourceful::rest::{Handlers, Served};
/// # #[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
/// # struct Disk { metadata: ObjectMeta }
/// # impl Resource for Disk {
/// #     const INFO: ResourceInfo = ResourceInfo::cluster("example.com", "v1", "Disk", "disks", "disk");
/// #     type Metadata = ObjectMeta;
/// #     fn metadata(&self) -> &ObjectMeta { &self.metadata }
/// #     fn metadata_mut(&mut self) -> &mut ObjectMeta { &mut self.metadata }
/// # }
/// # impl Served for Disk {
/// #     fn handlers(_: &Store) -> Handlers {
/// #         Handlers::of(DiskRest).table_convertor().build()
/// #     }
/// # }
/// # struct DiskRest;
/// # impl resourceful::rest::Storage for DiskRest { type Object = Disk; }
/// # impl resourceful::rest::Scoper for DiskRest {}
/// # impl resourceful::rest::TableConvertor for DiskRest {}
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> resourceful::Result<()> {
/// let mut service = ApiServer::builder().serve::<Disk>().into_service()?;
/// let request = Request::get("/apis/example.com/v1").body(Empty::<bytes::Bytes>::new()).unwrap();
/// let Ok(answer) = service.call(request).await;
/// assert_eq!(answer.status(), StatusCode::OK);
/// let body = answer.into_body().collect().await.unwrap();
/// let document: serde_json::Value = serde_json::from_slice(&body.to_bytes()).unwrap();
/// assert_eq!(document["kind"], "APIResourceList");
/// # Ok(())
/// # }
/// ```
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
