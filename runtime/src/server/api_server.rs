//! `ApiServer`: takes kinds, and serves them with a port or without.

use std::fmt;
use std::io::{IsTerminal as _, Write as _};
use std::path::Path;
use std::sync::Arc;

use futures_core::future::BoxFuture;
use tokio::sync::watch;

use super::api::State;
use super::authentication::{Authenticator, InProcessAuthenticator};
use super::authorization::AllowAuthenticated;
use super::check;
use super::commands::{self, Command};
use super::crd;
use super::health::{self, HealthState};
use super::in_flight::InFlight;
use super::shutdown::Signals;
use super::{Api, ApiService, RunningServer, ServerOptions, version};
use crate::admission::{Chain, Plugin};
use crate::errors::{Error, Result};
use crate::inspect;
use crate::registry::Lookups;
use crate::rest::{Handlers, Served};
use crate::storage::Store;

/// Serves kinds.
///
/// ```no_run
/// use resourceful::prelude::*;
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
/// #     fn handlers(_: &Store) -> Handlers { unimplemented!() }
/// # }
///
/// #[tokio::main]
/// async fn main() -> resourceful::Result<()> {
///     ApiServer::from_args().serve::<Disk>().run().await
/// }
/// ```
#[derive(Debug)]
pub struct ApiServer {
    pub(super) options: ServerOptions,
    kinds: Vec<Kind>,
    admission: Chain,
    store: Option<Store>,
    pub(super) hooks: Vec<PostStartHook>,
    /// What [`run`](Self::run) does.
    command: Command,
    /// Whether this is the program, and not a part of one: then it also sets up logging.
    is_program: bool,
}

/// A kind to serve.
#[derive(Debug)]
enum Kind {
    /// Its handlers are made once the store is known.
    OnStore(fn(&Store) -> Handlers),
    Ready(Box<Handlers>),
}

/// What runs beside a server that serves.
pub(super) struct PostStartHook(pub(super) Box<dyn FnOnce(ApiService) -> BoxFuture<'static, ()> + Send>);

impl fmt::Debug for PostStartHook {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("PostStartHook").finish_non_exhaustive()
    }
}

/// The store of a server, and whose it is.
#[derive(Debug)]
pub(super) enum StoreChoice {
    /// In the data directory, or in memory.
    Own(Store),
    /// On a server of its own.
    #[cfg(feature = "etcd")]
    Remote(Store),
    Given(Store),
}

impl ApiServer {
    /// A server that is set up by the flags of this process, which `--help` lists.
    ///
    /// Ends the process with a message on standard error and code 2 when a flag is wrong. The flags may follow the
    /// word `serve`. The data directory is `./<program>-data` unless a flag names another.
    #[cfg(feature = "cli")]
    pub fn from_args() -> Self {
        let (command, options) = super::args::from_command_line();
        Self { is_program: true, command, ..Self::new(options) }
    }

    /// A server that is set up by options.
    pub fn new(options: ServerOptions) -> Self {
        Self {
            options,
            kinds: Vec::new(),
            admission: Chain::new(),
            store: None,
            hooks: Vec::new(),
            command: Command::Serve,
            is_program: false,
        }
    }

    /// A server with the default options: port 6443 of this machine alone, everything in memory.
    pub fn builder() -> Self {
        Self::new(ServerOptions::default())
    }

    /// Adds a kind.
    pub fn serve<T: Served>(mut self) -> Self {
        self.kinds.push(Kind::OnStore(T::handlers));
        self
    }

    /// Adds a kind with handlers that were written by hand.
    pub fn serve_handlers(mut self, handlers: Handlers) -> Self {
        self.kinds.push(Kind::Ready(Box::new(handlers)));
        self
    }

    /// Adds a plug-in that may change or refuse every write to every kind; see [`admission`](crate::admission). Plug-ins
    /// are asked in the order in which they were added.
    pub fn admission(mut self, plugin: impl Plugin) -> Self {
        self.admission = self.admission.with(plugin);
        self
    }

    /// Sets the store of the kinds that were added with [`serve`](Self::serve), whatever the order of the calls.
    ///
    /// Without it, objects are kept by the embedded engine in the data directory, or in memory when there is no such
    /// directory or the feature `embedded` is off.
    pub fn store(mut self, store: Store) -> Self {
        self.store = Some(store);
        self
    }

    /// Adds what runs beside the server, such as a controller, in a task of its own. It begins once connections are
    /// accepted, with the server as a service that can be called in process, and is dropped when the server begins to
    /// stop.
    ///
    /// ```
    /// use http_body_util::{BodyExt, Empty};
    /// use resourceful::ApiServer;
    /// use resourceful::server::ApiService;
    /// use tower_service::Service;
    ///
    /// async fn watch_over(mut service: ApiService) {
    ///     let request = http::Request::get("/healthz").body(Empty::<bytes::Bytes>::new()).unwrap();
    ///     let Ok(answer) = service.call(request).await;
    ///     let body = answer.into_body().collect().await.unwrap();
    ///     assert_eq!(body.to_bytes(), "ok");
    /// }
    ///
    /// let server = ApiServer::builder().post_start_hook(watch_over);
    /// ```
    pub fn post_start_hook<F, R>(mut self, hook: F) -> Self
    where
        F: FnOnce(ApiService) -> R + Send + 'static,
        R: Future<Output = ()> + Send + 'static,
    {
        self.hooks.push(PostStartHook(Box::new(|service| Box::pin(hook(service)))));
        self
    }

    /// Serves until SIGTERM or ctrl-c, then stops gently as [`RunningServer::stop`] does. A second signal ends the
    /// process at once with code 1 (contract 11.39).
    ///
    /// Prints on standard output where it serves, where the data lies and what to try next. The first line is
    /// `serving <url>`.
    ///
    /// When the command line names another command, that is done instead: `export` and `import` move all objects from a
    /// store and into one, as [`backup`](crate::backup) says; `check` prints what the kinds are and what is wrong with
    /// them that only their schemas can show, and fails if anything is; `crd` prints them as CustomResourceDefinitions for
    /// a cluster that serves them itself, and `openapi` prints the OpenAPI documents. All but the first two open no store.
    pub async fn run(self) -> Result<()> {
        if self.is_program {
            log_to_stderr();
        }
        match &self.command {
            Command::Serve => self.serve_until_stopped().await,
            Command::Export(file) => commands::export(&self, file.as_deref()).await,
            Command::Import(file) => commands::import(&self, file.as_deref()).await,
            Command::Check => check::check(&self),
            Command::Crd => crd::crd(&self),
            Command::OpenApi(choice) => commands::openapi(&self, choice),
        }
    }

    async fn serve_until_stopped(self) -> Result<()> {
        let signals = Signals::listen();
        let mut signals =
            signals.map_err(|error| Error::other(format!("cannot listen to signals: {error}")))?;
        let server = tokio::select! {
            server = self.start() => server?,
            () = signals.next() => return Ok(()),
        };
        print(&server.banner());
        signals.next().await;
        tracing::info!("stopping; a second signal ends the server at once");
        tokio::select! {
            stopped = server.stop() => stopped,
            () = signals.next() => std::process::exit(1),
        }
    }

    /// Begins to serve, and returns once connections are accepted. For tests, and for servers within a program.
    ///
    /// Fails when there is nothing to serve, when a file of the options or of the data directory cannot be used, when
    /// a port is in use, and when the store in the data directory cannot be opened.
    pub async fn start(self) -> Result<RunningServer> {
        RunningServer::start(self).await
    }

    /// The server without a port, to be called in process. The options other than the data directory mean nothing to
    /// it, and no hook runs. [`RunningServer::service`] is the service of a server that has a port.
    ///
    /// Fails when there is nothing to serve.
    pub fn into_service(self) -> Result<ApiService> {
        let handlers = self.handlers(self.store_choice().as_ref())?;
        // Nobody ever says that a service stops: it ends with its last clone.
        let (_, stopping) = watch::channel(false);
        let health = HealthState::new(stopping.clone(), None);
        let in_flight = InFlight::default();
        let api = api(handlers, Box::new(InProcessAuthenticator), in_flight, &self.options, stopping, health);
        Ok(ApiService::new(api))
    }

    /// Whether the store is the server's own, in its data directory.
    pub(super) fn has_own_store(&self) -> bool {
        matches!(self.store_choice(), Some(StoreChoice::Own(_)))
    }

    /// The store, if any kind needs one.
    pub(super) fn store_choice(&self) -> Option<StoreChoice> {
        if !self.kinds.iter().any(|kind| matches!(kind, Kind::OnStore(_))) {
            return None;
        }
        if let Some(store) = &self.store {
            return Some(StoreChoice::Given(store.clone()));
        }
        let history = self.options.history.clone();
        #[cfg(feature = "etcd")]
        if let Some(options) = &self.options.etcd {
            return Some(StoreChoice::Remote(Store::etcd(options.clone()).with_history(history)));
        }
        Some(StoreChoice::Own(default_store(self.options.data_dir.as_deref()).with_history(history)))
    }

    /// The handlers of all kinds, in the order in which they were added.
    pub(super) fn handlers(&self, choice: Option<&StoreChoice>) -> Result<Vec<Handlers>> {
        let mut all: Vec<Handlers> = Vec::with_capacity(self.kinds.len());
        let chain = Arc::new(self.admission.clone());
        let lookups = choice.map(|choice| Lookups::new(choice.store()));
        for kind in &self.kinds {
            let handlers = match (kind, choice) {
                (Kind::Ready(handlers), _) => Handlers::clone(handlers),
                (Kind::OnStore(handlers), Some(choice)) => handlers(choice.store()),
                (Kind::OnStore(_), None) => continue,
            };
            let info = handlers.info();
            if !info.served {
                continue;
            }
            let same = |other: &Handlers| {
                let other = other.info();
                (other.group, other.version, other.plural) == (info.group, info.version, info.plural)
            };
            if all.iter().any(same) {
                let name = format!("{}/{}", info.group_resource(), info.version);
                return Err(Error::other(format!("{name} is served twice; every kind needs its own plural")));
            }
            all.push(Handlers { lookups: lookups.clone(), ..handlers.admitted(&chain) });
        }
        if all.is_empty() {
            return Err(Error::other("there is nothing to serve; add a kind with `.serve::<Kind>()`"));
        }
        Ok(all)
    }
}

impl StoreChoice {
    pub(super) fn store(&self) -> &Store {
        match self {
            #[cfg(feature = "etcd")]
            Self::Remote(store) => store,
            Self::Own(store) | Self::Given(store) => store,
        }
    }

    /// The store, if it is the server's own.
    pub(super) fn into_own(self) -> Option<Store> {
        match self {
            #[cfg(feature = "etcd")]
            Self::Remote(store) => Some(store),
            Self::Own(store) => Some(store),
            Self::Given(_) => None,
        }
    }
}

/// The store of a server that was given none.
fn default_store(data_dir: Option<&Path>) -> Store {
    match data_dir {
        #[cfg(feature = "embedded")]
        Some(directory) => Store::embedded(directory),
        _ => Store::memory(),
    }
}

/// The API of these kinds, and the documents besides.
pub(super) fn api(
    handlers: Vec<Handlers>,
    authenticator: Box<dyn Authenticator>,
    in_flight: InFlight,
    options: &ServerOptions,
    stopping: watch::Receiver<bool>,
    health: HealthState,
) -> Api {
    for handlers in &handlers {
        for problem in inspect::problems_of(handlers) {
            tracing::warn!(
                kind = handlers.info().kind,
                "the schema of the type is not what it could be: {problem}"
            );
        }
    }
    Api::new(State {
        handlers,
        authenticator,
        authorizer: Arc::new(AllowAuthenticated),
        in_flight,
        min_request_timeout: options.min_request_timeout,
        documents: vec![
            Box::new(move |path, query, _| health::respond(path, query, &health)),
            Box::new(|path, _, _| version::respond(path)),
        ],
        is_public: health::is_public,
        stopping,
    })
}

/// Shows the log on standard error, unless the program shows it elsewhere.
fn log_to_stderr() {
    // An error says that the program has its own subscriber.
    let _ = tracing_subscriber::fmt()
        .with_writer(std::io::stderr)
        .with_ansi(std::io::stderr().is_terminal())
        .with_max_level(tracing::Level::INFO)
        .try_init();
}

/// Prints, if anybody reads: a server whose output is closed serves all the same.
pub(super) fn print(text: &str) {
    let mut out = std::io::stdout().lock();
    let _ = out.write_all(text.as_bytes()).and_then(|()| out.flush());
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::server::test_kinds::handlers;

    #[tokio::test]
    async fn a_server_of_nothing_is_refused() {
        let error = ApiServer::builder().start().await.unwrap_err();
        assert_eq!(error.message(), "there is nothing to serve; add a kind with `.serve::<Kind>()`");
        assert!(ApiServer::builder().into_service().is_err());
    }

    #[test]
    fn a_kind_is_served_once() {
        let all = handlers().into_iter().chain(handlers());
        let server = all.fold(ApiServer::builder(), ApiServer::serve_handlers);
        let error = server.into_service().unwrap_err();
        assert_eq!(
            error.message(),
            "gadgets.demo.example.com/v1beta1 is served twice; every kind needs its own plural"
        );
    }
}
