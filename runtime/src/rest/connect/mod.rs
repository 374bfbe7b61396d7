//! Requests that a handler answers itself, byte by byte: what Go calls `rest.Connecter` (contract 1.28).

mod body;

use std::future::Future;

use http::{Method, Request, Response};

pub use self::body::ConnectBody;
use super::Storage;
use crate::context::RequestContext;
use crate::errors::Result;
use crate::options::ConnectOptions;

/// Answers requests to a subresource as it likes: proxies, shells, logs, streams (contract 1.28).
///
/// There is no deadline, no limit on the body, and no form that the answer must have; an error becomes a
/// [`Status`](crate::errors::Status) as everywhere. A request with `?dryRun` is refused before the handler sees it. The
/// headers `Authorization` and `X-Remote-*` are taken out: who asks is in the context.
///
/// `subresource(name = "shell", verbs(connect))` leaves the impl to you:
///
/// ```
/// use resourceful::prelude::*;
/// use resourceful::rest::http::{Method, Request, Response};
/// use resourceful::rest::{ConnectBody, Connecter};
/// # #[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
/// # struct Robot { metadata: ObjectMeta }
/// # impl Resource for Robot {
/// #     const INFO: ResourceInfo = ResourceInfo::cluster("example.com", "v1", "Robot", "robots", "robot");
/// #     type Metadata = ObjectMeta;
/// #     fn metadata(&self) -> &ObjectMeta { &self.metadata }
/// #     fn metadata_mut(&mut self) -> &mut ObjectMeta { &mut self.metadata }
/// # }
/// # struct RobotShellRest;
/// # impl resourceful::rest::Storage for RobotShellRest { type Object = Robot; }
///
/// /// Says what it hears.
/// impl Connecter for RobotShellRest {
///     const CONNECT_METHODS: &'static [Method] = &[Method::POST];
///
///     async fn connect(
///         &self,
///         _: &RequestContext,
///         _: &str,
///         _: &ConnectOptions,
///         request: Request<ConnectBody>,
///     ) -> resourceful::Result<Response<ConnectBody>> {
///         Ok(Response::new(request.into_body()))
///     }
/// }
/// ```
///
/// A request that asks for another protocol can be answered with 101: `hyper::upgrade::on(request)` gives the
/// connection once the answer is sent. HTTP/2 has no such thing.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be connected to",
    label = "does not implement `rest::Connecter`",
    note = "`verbs(connect)` of a subresource leaves the impl to you"
)]
pub trait Connecter: Storage {
    /// The methods that are answered. Each is a route; those that have a word in the API are discovery verbs as well.
    const CONNECT_METHODS: &'static [Method];

    /// Whether paths below the subresource are answered, too, as in `robots/r2/shell/home`.
    const TAKES_PATH: bool = false;

    /// Answers a request about the object of that name in the context's namespace, whether there is such an object or
    /// not. What the request asks for stands in it as the client sent it.
    fn connect(
        &self,
        ctx: &RequestContext,
        name: &str,
        options: &ConnectOptions,
        request: Request<ConnectBody>,
    ) -> impl Future<Output = Result<Response<ConnectBody>>> + Send;
}
