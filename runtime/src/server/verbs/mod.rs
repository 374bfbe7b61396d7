//! The verbs, one file each: from a request to a kind's handlers and back (contract 0.2 to 0.7, 6.B).

mod checks;
mod connect;
mod create;
mod delete;
mod delete_collection;
mod detached;
mod get;
mod list;
mod patch;
mod update;
mod watch;

use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use futures_core::future::BoxFuture;
use http::request::Parts;
use http::{HeaderMap, Method, Response};

use super::api::State;
use super::body::Body;
use super::negotiate;
use super::options;
use super::query::Query;
use super::representation::Representation;
use super::request_info::{Listing, ResourcePath};
use super::respond;
use crate::context::RequestContext;
use crate::decode::{self, BodyFormat, Part, Refused};
use crate::errors::{Error, Result};
use crate::info::ResourceInfo;
use crate::object::DynObject;
use crate::options::{DeleteOptions, FieldValidation, ListOptions};
use crate::registry::options::check_delete;
use crate::rest::{ConnectBody, Handlers, dynamic};

/// How long one object may take, and how long anything but a watch may take (contract 0.6).
const OBJECT_DEADLINE: Duration = Duration::from_secs(34);
const DEADLINE: Duration = Duration::from_secs(60);

/// The body of a request, read when a verb asks for it.
pub(crate) trait ReadBody: Send {
    /// Reads all of it; 413 when it is larger than 3 MiB (contract 6.72).
    fn read(&mut self) -> BoxFuture<'_, Result<Bytes>>;

    /// Takes it unread, whatever its size.
    fn take(&mut self) -> ConnectBody;
}

/// A request to one kind.
pub(crate) struct Call<'r> {
    pub(crate) state: &'r State,
    pub(crate) handlers: &'r Handlers,
    pub(crate) path: ResourcePath<'r>,
    /// The whole path, for authorisation.
    pub(crate) request_path: &'r str,
    pub(crate) query: Query<'r>,
    /// The request but for its body, for whoever answers it by hand.
    pub(crate) parts: &'r Parts,
    pub(crate) headers: &'r HeaderMap,
    pub(crate) ctx: RequestContext,
    /// What the client asks for by `?timeout=`.
    pub(crate) timeout: Option<Duration>,
}

/// What serves a subresource.
type Subresource = (Arc<dyn dynamic::Getter>, Arc<dyn dynamic::Updater>);

/// What a method on a path leads to.
pub(crate) enum Route {
    Get(Arc<dyn dynamic::Getter>),
    List(Arc<dyn dynamic::Lister>),
    Watch(Arc<dyn dynamic::Watcher>),
    Create(Arc<dyn dynamic::Creater>),
    CreateNamed(Arc<dyn dynamic::NamedCreater>),
    Update(Arc<dyn dynamic::Updater>),
    Patch(Arc<dyn dynamic::Updater>),
    Delete(Arc<dyn dynamic::GracefulDeleter>),
    DeleteCollection(Arc<dyn dynamic::CollectionDeleter>),
    Connect(Arc<dyn dynamic::Connecter>),
}

/// Finds what a method on a path leads to: 404 for a path that does not exist, 405 for a method that does not
/// (contract 1.35, 1.37, 1.41, 6.9, 17).
pub(crate) fn route(
    handlers: &Handlers,
    path: &ResourcePath<'_>,
    method: &Method,
    watch: bool,
) -> Result<Route> {
    let everywhere = handlers.info().is_namespaced() && !path.in_namespace;
    let fits = path.in_namespace == handlers.info().is_namespaced() || (everywhere && path.name.is_empty());
    if !fits || (path.in_namespace && path.namespace.is_empty()) {
        return Err(Error::path_not_found());
    }
    let route = match (path.name.is_empty(), path.subresource) {
        (true, "") => collection_route(handlers, method, watch, everywhere)?,
        (false, "") => object_route(handlers, method),
        (true, _) => return Err(Error::path_not_found()),
        (false, name) if handlers.subresources.contains_key(name) => {
            custom_route(shown(handlers, path), method, path.more)?
        }
        (false, _) if path.more => return Err(Error::path_not_found()),
        (false, name) => {
            // Custom resources say so of the object, whether there is one or not.
            let missing = || Error::not_found(&handlers.info().group_resource(), path.name);
            subresource_route(handlers.info(), subresource(handlers, name).ok_or_else(missing)?, method)?
        }
    };
    route.ok_or_else(Error::method_not_allowed)
}

/// The handlers of the kind that a path shows: a subresource may show another than its parent (contract 1.8).
pub(crate) fn shown<'h>(handlers: &'h Handlers, path: &ResourcePath<'_>) -> &'h Handlers {
    match (&handlers.scale, path.subresource) {
        (Some(scale), "scale") => scale,
        (_, name) => handlers.subresources.get(name).unwrap_or(handlers),
    }
}

/// The handlers of a subresource, if the kind has it.
fn subresource(handlers: &Handlers, name: &str) -> Option<Subresource> {
    match name {
        "status" => handlers.status.clone().map(|status| (status.getter, status.updater)),
        "scale" => handlers.scale.as_ref().and_then(|scale| scale.getter.clone().zip(scale.updater.clone())),
        _ => None,
    }
}

/// What a method leads to on a subresource that is written by hand. `more` says whether the path goes on below it.
fn custom_route(handlers: &Handlers, method: &Method, more: bool) -> Result<Option<Route>> {
    let connecter = handlers.connecter.as_ref().filter(|connecter| connecter.takes_path() || !more);
    if more && connecter.is_none() {
        return Err(Error::path_not_found());
    }
    let typed = match *method {
        _ if more => None,
        Method::POST => handlers.named_creater.clone().map(Route::CreateNamed),
        _ => object_route(handlers, method),
    };
    let connected = || {
        // A client that asks for the head of an answer wants that of a GET.
        let method = if *method == Method::HEAD { &Method::GET } else { method };
        connecter.filter(|connecter| connecter.methods().contains(method)).cloned().map(Route::Connect)
    };
    Ok(typed.or_else(connected))
}

/// Custom resources name the verb that a subresource does not have.
fn subresource_route(
    info: &ResourceInfo,
    (getter, updater): Subresource,
    method: &Method,
) -> Result<Option<Route>> {
    let unsupported = |action| Err(Error::method_not_supported(&info.group_resource(), action));
    Ok(Some(match *method {
        Method::GET | Method::HEAD => Route::Get(getter),
        Method::PUT => Route::Update(updater),
        Method::PATCH => Route::Patch(updater),
        Method::POST => return unsupported("create"),
        Method::DELETE => return unsupported("delete"),
        _ => return Ok(None),
    }))
}

fn collection_route(
    handlers: &Handlers,
    method: &Method,
    watch: bool,
    everywhere: bool,
) -> Result<Option<Route>> {
    let unsupported = |action| Error::method_not_supported(&handlers.info().group_resource(), action);
    Ok(match *method {
        Method::GET | Method::HEAD if handlers.lister.is_none() && handlers.watcher.is_none() => None,
        // contract 5.51
        Method::GET | Method::HEAD if watch => {
            Some(Route::Watch(handlers.watcher.clone().ok_or_else(|| unsupported("watch"))?))
        }
        Method::GET | Method::HEAD => {
            Some(Route::List(handlers.lister.clone().ok_or_else(|| unsupported("list"))?))
        }
        _ if everywhere => None,
        Method::POST => handlers.creater.clone().map(Route::Create),
        Method::DELETE => handlers.collection_deleter.clone().map(Route::DeleteCollection),
        _ => None,
    })
}

fn object_route(handlers: &Handlers, method: &Method) -> Option<Route> {
    match *method {
        Method::GET | Method::HEAD => handlers.getter.clone().map(Route::Get),
        Method::PUT => handlers.updater.clone().map(Route::Update),
        // contract 1.23
        Method::PATCH if handlers.getter.is_some() => handlers.updater.clone().map(Route::Patch),
        Method::DELETE => handlers.deleter.clone().map(Route::Delete),
        _ => None,
    }
}

/// Serves a request within its deadline, and adds the warnings to the answer whatever it is (contract 6.70).
pub(crate) async fn serve(
    call: &Call<'_>,
    route: Route,
    listing: Option<Listing>,
    body: &mut dyn ReadBody,
) -> Response<Body> {
    let result = match route {
        Route::Watch(watcher) => watch::watch(call, &*watcher, listing).await,
        Route::Get(getter) => read_within(call, OBJECT_DEADLINE, get::get(call, &*getter)).await,
        Route::List(lister) => read_within(call, DEADLINE, list::list(call, &*lister, listing)).await,
        Route::Create(creater) => {
            write_within(call, OBJECT_DEADLINE, create::create(call, creater, body)).await
        }
        Route::Update(updater) => {
            write_within(call, OBJECT_DEADLINE, update::update(call, updater, body)).await
        }
        Route::Patch(updater) => write_within(call, OBJECT_DEADLINE, patch::patch(call, updater, body)).await,
        Route::Delete(deleter) => {
            write_within(call, OBJECT_DEADLINE, delete::delete(call, deleter, body)).await
        }
        Route::CreateNamed(creater) => {
            write_within(call, OBJECT_DEADLINE, create::create_named(call, creater, body)).await
        }
        Route::Connect(connecter) => connect::connect(call, &*connecter, body).await,
        Route::DeleteCollection(deleter) => {
            write_within(call, DEADLINE, delete_collection::delete_collection(call, deleter, body)).await
        }
    };
    let mut response = result.unwrap_or_else(|error| respond::error(&error, call.headers, call.query));
    respond::add_warnings(&mut response, &call.ctx.take_warnings());
    response
}

/// Gives up on a verb that writes at its deadline (contract 6.85, 6.86).
async fn write_within(
    call: &Call<'_>,
    most: Duration,
    verb: impl Future<Output = Result<Response<Body>>>,
) -> Result<Response<Body>> {
    tokio::time::timeout(call.deadline(most), verb).await.unwrap_or_else(|_| {
        let why = "request did not complete within requested timeout - context deadline exceeded";
        Err(Error::timeout(why, 0))
    })
}

/// Gives up on a verb that reads. Upstream's handlers leave this to whoever minds the time of all requests, who has another
/// way to say it.
async fn read_within(
    call: &Call<'_>,
    most: Duration,
    verb: impl Future<Output = Result<Response<Body>>>,
) -> Result<Response<Body>> {
    tokio::time::timeout(call.deadline(most), verb).await.unwrap_or_else(|_| Ok(respond::timed_out()))
}

impl Call<'_> {
    fn deadline(&self, most: Duration) -> Duration {
        self.timeout.map_or(most, |timeout| timeout.min(most))
    }

    fn of_object(&self) -> Result<Representation> {
        Representation::of_object(self.handlers, self.headers, self.query)
    }

    fn of_list(&self) -> Result<Representation> {
        Representation::of_list(self.handlers, self.headers, self.query)
    }

    /// Decodes the object in a body; what the client should know becomes a warning.
    fn decode(
        &self,
        body: &[u8],
        format: BodyFormat,
        validation: FieldValidation,
    ) -> Result<Result<DynObject, Refused>> {
        let part = if self.path.subresource == "status" { Part::Status } else { Part::Object };
        let decoded = decode::decode_body(&*self.handlers.kind, part, body, format, validation)?;
        for warning in decoded.warnings {
            self.ctx.warn(warning);
        }
        Ok(decoded.object)
    }

    /// The options of a delete: those of the body, or those of the query when there is no body (contract 4.41).
    async fn delete_options(&self, body: &mut dyn ReadBody, collection: bool) -> Result<DeleteOptions> {
        let body = body.read().await?;
        let mut options: DeleteOptions = if body.is_empty() {
            options::delete_options(self.query)?
        } else {
            let format = negotiate::body_format(self.headers)?;
            decode::decode_delete_options(&body, format)?
        };
        check_delete(&options, collection)?;
        // What is stored here can always be read, so there is nothing to ignore.
        options.ignore_store_read_error_with_cluster_breaking_potential = None;
        Ok(options)
    }
}

/// The options of a GET of a collection, which were read for its verb.
fn listed(listing: Option<Listing>, query: Query<'_>) -> Result<ListOptions> {
    listing.map_or_else(|| options::list_options(query), |listing| listing.options)
}
