//! The way of every request: request info, authentication, authorisation, then a verb or a document.

use std::collections::HashMap;
use std::fmt::Display;
use std::panic::AssertUnwindSafe;
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::time::Duration;

use bytes::{Buf, Bytes};
use futures_core::future::BoxFuture;
use futures_util::FutureExt;
use http::header::USER_AGENT;
use http::request::Parts;
use http::{HeaderMap, HeaderValue, Method, Request, Response, StatusCode};
use http_body_util::{BodyExt, LengthLimitError, Limited};

use super::authentication::Authenticator;
use super::authorization::{Attributes, Authorizer, Decision, escape_html};
use super::body::Body;
use super::discovery::Discovery;
use super::in_flight::{self, InFlight};
use super::index::Index;
use super::openapi::OpenApi;
use super::query::Query;
use super::request_info::{RequestInfo, ResourcePath, decode_path};
use super::verbs::{self, Call, ReadBody, Route};
use super::{options, respond};
use crate::context::{RequestContext, UserInfo};
use crate::errors::{Error, Result};
use crate::quote::quoted;
use crate::rest::{ConnectBody, Handlers};

/// The largest body that is read (contract 6.72).
const BODY_LIMIT: usize = 3 * 1024 * 1024;

/// The API of a set of kinds: from an HTTP request to its response, whatever carries them.
#[derive(Clone)]
pub(crate) struct Api {
    inner: Arc<Inner>,
}

struct Inner {
    state: State,
    /// Which handlers serve a group, version and plural.
    routes: HashMap<(&'static str, &'static str, &'static str), usize>,
    discovery: Discovery,
    openapi: OpenApi,
    index: Index,
}

/// What every request sees; immutable once serving.
pub(crate) struct State {
    /// The kinds, in the order in which they were given.
    pub(crate) handlers: Vec<Handlers>,
    pub(crate) authenticator: Box<dyn Authenticator>,
    pub(crate) authorizer: Arc<dyn Authorizer>,
    pub(crate) in_flight: InFlight,
    /// A watch without a wish lasts between this and twice as long (contract 5.46).
    pub(crate) min_request_timeout: Duration,
    /// What is served besides resources, discovery and OpenAPI, such as health. None of it touches a store.
    pub(crate) documents: Vec<Endpoint>,
    /// Whether a path answers callers who do not say who they are.
    pub(crate) is_public: fn(&str) -> bool,
    /// True when the server begins to stop: watches end (contract 11.37).
    pub(crate) stopping: tokio::sync::watch::Receiver<bool>,
}

/// Answers a path, given the query and the headers; `None` when the path is not its own.
pub(crate) type Endpoint = Box<dyn Fn(&str, &str, &HeaderMap) -> Option<Response<Body>> + Send + Sync>;

impl Api {
    /// The API of these kinds. Of two kinds with the same group, version and plural, the first is served.
    pub(crate) fn new(state: State) -> Self {
        let mut routes = HashMap::with_capacity(state.handlers.len());
        for (index, handlers) in state.handlers.iter().enumerate() {
            let info = handlers.info();
            routes.entry((info.group, info.version, info.plural)).or_insert(index);
        }
        let discovery = Discovery::new(&state.handlers);
        let openapi = OpenApi::new(&state.handlers);
        let index = Index::new(&state.handlers);
        Self { inner: Arc::new(Inner { state, routes, discovery, openapi, index }) }
    }

    /// Answers a request. Never fails: every error is a response.
    pub(crate) async fn handle<B>(&self, request: Request<B>) -> Response<Body>
    where
        B: http_body::Body + Send + 'static,
        B::Data: Send,
        B::Error: Display,
    {
        let (parts, body) = request.into_parts();
        let mut body = RequestBody(Some(body));
        // A panic in a handler is an answer to its request, and nobody else's trouble (contract 6.87).
        let answer = AssertUnwindSafe(self.inner.answer(&parts, &mut body)).catch_unwind().await;
        let mut response = answer.unwrap_or_else(|_| {
            tracing::error!(method = %parts.method, uri = %parts.uri, "a request panicked");
            respond::text(StatusCode::INTERNAL_SERVER_ERROR, respond::PANIC_TEXT)
        });
        if parts.method == Method::HEAD {
            response = respond::without_body(response);
        }
        respond::add_common_headers(&mut response, &parts.headers);
        response
    }
}

impl Inner {
    async fn answer(&self, parts: &Parts, body: &mut dyn ReadBody) -> Response<Body> {
        let path = decode_path(parts.uri.path());
        let query = Query::new(parts.uri.query());
        let info = RequestInfo::new(&parts.method, &path, query);
        let answer = self.admit(parts, query, info, body).await;
        answer.unwrap_or_else(|error| respond::error(&error, &parts.headers, query))
    }

    /// Lets a request in, if it may (contract 0.1).
    async fn admit(
        &self,
        parts: &Parts,
        query: Query<'_>,
        info: RequestInfo<'_>,
        body: &mut dyn ReadBody,
    ) -> Result<Response<Body>> {
        let watch = info.listing.as_ref().is_some_and(|listing| listing.watch);
        let lasting = watch || self.is_connect(&info, &parts.method);
        if !lasting && *self.state.stopping.borrow() && !answers_to_the_end(parts, info.path) {
            return Ok(respond::shutting_down(parts.version));
        }
        let timeout = if lasting { None } else { options::timeout(query)? };
        if (self.state.is_public)(info.path) {
            return self.document(parts, query, info.path);
        }
        let user = self.state.authenticator.authenticate(parts)?;
        let Some(_permit) = self.state.in_flight.enter(&info.verb, lasting, &user) else {
            return Ok(in_flight::too_many_requests());
        };
        let attributes = Attributes::new(&user, &info);
        match self.state.authorizer.authorize(attributes).await {
            Ok(Decision::Allow) => {}
            Ok(Decision::Deny(reason)) => return Err(attributes.forbidden(&reason)),
            // contract 6.81
            Err(why) => {
                let uri = parts.uri.path_and_query().map_or("/", |uri| uri.as_str());
                let text = escape_html(&format!("Internal Server Error: {}: {why}\n", quoted(uri)));
                return Ok(respond::text(StatusCode::INTERNAL_SERVER_ERROR, text));
            }
        }
        let Some(path) = info.resource else { return self.document(parts, query, info.path) };
        let Some(handlers) = self.handlers(&path) else { return self.no_resource(&path) };
        let route = verbs::route(handlers, &path, &parts.method, watch)?;
        let call = Call {
            state: &self.state,
            handlers: verbs::shown(handlers, &path),
            path,
            request_path: info.path,
            query,
            parts,
            headers: &parts.headers,
            ctx: context(handlers, &path, user),
            timeout,
        };
        // contract 6.71
        let deprecation_warning = handlers.info().deprecation_warning;
        if !deprecation_warning.is_empty() {
            call.ctx.warn(deprecation_warning);
        }
        Ok(verbs::serve(&call, route, info.listing, body).await)
    }

    /// Whether a request goes to a connecter, as to a shell or a proxy.
    fn is_connect(&self, info: &RequestInfo<'_>, method: &Method) -> bool {
        let Some(path) = info.resource.as_ref().filter(|path| !path.subresource.is_empty()) else {
            return false;
        };
        let route = self.handlers(path).map(|handlers| verbs::route(handlers, path, method, false));
        matches!(route, Some(Ok(Route::Connect(_))))
    }

    fn handlers(&self, path: &ResourcePath<'_>) -> Option<&Handlers> {
        let routes: &HashMap<(&str, &str, &str), usize> = &self.routes;
        let index = routes.get(&(path.group, path.version, path.resource))?;
        self.state.handlers.get(*index)
    }

    /// contract 6.11
    fn no_resource(&self, path: &ResourcePath<'_>) -> Result<Response<Body>> {
        let known = self.state.handlers.iter().map(Handlers::info);
        if known.into_iter().any(|info| (info.group, info.version) == (path.group, path.version)) {
            return Err(Error::path_not_found());
        }
        Ok(page_not_found())
    }

    /// Answers a path that leads to no resource.
    fn document(&self, parts: &Parts, query: Query<'_>, path: &str) -> Result<Response<Body>> {
        let headers = &parts.headers;
        let mut documents = self.state.documents.iter();
        let found = documents
            .find_map(|endpoint| endpoint(path, query.raw(), headers))
            .or_else(|| self.discovery.respond(path, query, headers))
            .or_else(|| self.openapi.respond(path, parts.uri.query(), headers))
            .or_else(|| self.index.respond(path));
        match (found, &parts.method) {
            (None, _) => Ok(page_not_found()),
            (Some(document), &Method::GET | &Method::HEAD) => Ok(document),
            (Some(_), _) => Err(Error::method_not_allowed()),
        }
    }
}

/// Whether a request is answered also while the server drains (contract 6.83): from health one learns just that.
fn answers_to_the_end(parts: &Parts, path: &str) -> bool {
    let agent = parts.headers.get(USER_AGENT).map_or(&b""[..], HeaderValue::as_bytes);
    agent.starts_with(b"kube-apiserver/")
        || ["/readyz", "/livez", "/healthz", "/metrics"].iter().any(|prefix| path.starts_with(prefix))
}

fn context(handlers: &Handlers, path: &ResourcePath<'_>, user: UserInfo) -> RequestContext {
    let namespace = if path.in_namespace { path.namespace } else { "" };
    let ctx = RequestContext::namespaced(namespace).with_user(user);
    handlers.lookups.as_ref().map(|lookups| ctx.with_lookups(lookups)).unwrap_or(ctx)
}

fn page_not_found() -> Response<Body> {
    respond::text(StatusCode::NOT_FOUND, "404 page not found\n")
}

/// The body of a request as it came from the socket: the last thing that is generic over it.
struct RequestBody<B>(Option<B>);

impl<B> ReadBody for RequestBody<B>
where
    B: http_body::Body + Send + 'static,
    B::Data: Send,
    B::Error: Display,
{
    fn read(&mut self) -> BoxFuture<'_, Result<Bytes>> {
        Box::pin(async move {
            let Some(body) = self.0.take() else { return Ok(Bytes::new()) };
            let mut body = pin!(body.map_err(|error| error.to_string()));
            match Limited::new(body.as_mut(), BODY_LIMIT).collect().await {
                Ok(body) => Ok(body.to_bytes()),
                Err(error) if error.is::<LengthLimitError>() => {
                    pass_over(body).await;
                    Err(too_large())
                }
                Err(error) => Err(Error::bad_request(format!("the body could not be read: {error}"))),
            }
        })
    }

    fn take(&mut self) -> ConnectBody {
        self.0.take().map_or_else(ConnectBody::empty, |body| {
            let bytes = |mut data: B::Data| data.copy_to_bytes(data.remaining());
            ConnectBody::new(
                body.map_frame(move |frame| frame.map_data(bytes)).map_err(|error| error.to_string()),
            )
        })
    }
}

/// Reads some of what is left of a body: a client that is still sending when the connection closes may never see the
/// answer. Go's server does the same.
async fn pass_over<B: http_body::Body>(mut body: Pin<&mut B>) {
    const MOST: usize = 256 * 1024;
    let mut passed = 0;
    while passed < MOST
        && let Some(Ok(frame)) = body.frame().await
    {
        passed += frame.data_ref().map_or(0, Buf::remaining);
    }
}

fn too_large() -> Error {
    Error::request_entity_too_large(&format!("limit is {BODY_LIMIT}"))
}

impl std::fmt::Debug for Api {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Api").field("handlers", &self.inner.state.handlers).finish_non_exhaustive()
    }
}
