//! The handlers of one kind as a server holds them: one slot per capability, filled by what is implemented.

use std::collections::BTreeMap;
use std::fmt;
use std::marker::PhantomData;
use std::sync::Arc;

use super::{Storage, dynamic};
use crate::info::ResourceInfo;
use crate::registry::{DynKind, Kind, Lookups};
use crate::resource::Resource;
use crate::storage::Store;

/// A kind that knows its handlers. Implemented by `#[derive(Resource)]`.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be served",
    label = "has no handlers",
    note = "`#[derive(Resource)]` writes them, but for a kind with `served = false`"
)]
pub trait Served: Resource {
    /// The handlers of the kind on a store.
    fn handlers(store: &Store) -> Handlers;
}

/// The handlers of one kind. An empty slot is a route and a discovery verb that does not exist (contract 1.35).
#[derive(Clone)]
pub struct Handlers {
    pub(crate) kind: Arc<dyn DynKind>,
    pub(crate) getter: Option<Arc<dyn dynamic::Getter>>,
    pub(crate) lister: Option<Arc<dyn dynamic::Lister>>,
    pub(crate) table_convertor: Option<Arc<dyn dynamic::TableConvertor>>,
    pub(crate) creater: Option<Arc<dyn dynamic::Creater>>,
    pub(crate) named_creater: Option<Arc<dyn dynamic::NamedCreater>>,
    #[cfg(feature = "server")]
    pub(crate) connecter: Option<Arc<dyn dynamic::Connecter>>,
    pub(crate) updater: Option<Arc<dyn dynamic::Updater>>,
    pub(crate) deleter: Option<Arc<dyn dynamic::GracefulDeleter>>,
    pub(crate) collection_deleter: Option<Arc<dyn dynamic::CollectionDeleter>>,
    pub(crate) watcher: Option<Arc<dyn dynamic::Watcher>>,
    pub(crate) status: Option<StatusHandlers>,
    /// The handlers of `/scale`, which are of a kind of their own (contract 1.8).
    pub(crate) scale: Option<Arc<Self>>,
    /// The store in which a server lets its handlers look up other kinds.
    pub(crate) lookups: Option<Arc<Lookups>>,
    /// The subresources that are written by hand, by name.
    pub(crate) subresources: BTreeMap<&'static str, Self>,
}

/// The handlers of `/status` (contract 1.41).
#[derive(Clone)]
pub(crate) struct StatusHandlers {
    pub(crate) getter: Arc<dyn dynamic::Getter>,
    pub(crate) updater: Arc<dyn dynamic::Updater>,
}

impl Handlers {
    /// Begins with a handler and no capability; each method below adds one that the handler has.
    pub fn of<R: Storage>(rest: R) -> HandlersBuilder<R> {
        let handlers = Self {
            kind: Arc::new(Kind::<R::Object>::new()),
            getter: None,
            lister: None,
            table_convertor: None,
            creater: None,
            named_creater: None,
            #[cfg(feature = "server")]
            connecter: None,
            updater: None,
            deleter: None,
            collection_deleter: None,
            watcher: None,
            status: None,
            scale: None,
            lookups: None,
            subresources: BTreeMap::new(),
        };
        HandlersBuilder { rest: Arc::new(rest), handlers, object: PhantomData }
    }

    /// All that is constant about the kind.
    pub fn info(&self) -> &'static ResourceInfo {
        self.kind.info()
    }

    /// The discovery verbs of the main endpoint, sorted (contract 1.35, 1.36).
    pub fn verbs(&self) -> Vec<&'static str> {
        let verbs = [
            ("create", self.creater.is_some() || self.named_creater.is_some()),
            ("delete", self.deleter.is_some()),
            ("deletecollection", self.collection_deleter.is_some()),
            ("get", self.getter.is_some()),
            ("list", self.lister.is_some()),
            ("patch", self.getter.is_some() && self.updater.is_some()),
            ("update", self.updater.is_some()),
            ("watch", self.watcher.is_some()),
        ];
        let verbs = verbs.into_iter().filter(|(verb, has)| *has || self.is_connected_by(verb));
        verbs.map(|(verb, _)| verb).collect()
    }

    /// Whether a connecter answers the method of a verb.
    #[cfg(feature = "server")]
    fn is_connected_by(&self, verb: &str) -> bool {
        let method = match verb {
            "create" => http::Method::POST,
            "delete" => http::Method::DELETE,
            "get" => http::Method::GET,
            "patch" => http::Method::PATCH,
            "update" => http::Method::PUT,
            _ => return false,
        };
        self.connecter.as_ref().is_some_and(|connecter| connecter.methods().contains(&method))
    }

    #[cfg(not(feature = "server"))]
    #[allow(clippy::unused_self, reason = "the same signature as with the server")]
    fn is_connected_by(&self, _: &str) -> bool {
        false
    }
}

impl fmt::Debug for Handlers {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Handlers")
            .field("kind", &self.info().kind)
            .field("verbs", &self.verbs())
            .field("status", &self.status.is_some())
            .field("scale", &self.scale.is_some())
            .field("subresources", &self.subresources)
            .finish_non_exhaustive()
    }
}

/// Adds to [`Handlers`] what a handler can do.
pub struct HandlersBuilder<R: Storage> {
    rest: Arc<R>,
    handlers: Handlers,
    object: PhantomData<fn() -> R::Object>,
}

/// One method per capability: fills the slot with the handler, which must therefore have the capability.
macro_rules! capability {
    ($($(#[$docs:meta])* $slot:ident: $capability:ident;)*) => {
        $($(#[$docs])*
        pub fn $slot(mut self) -> Self
        where
            R: super::$capability,
        {
            self.handlers.$slot = Some(self.rest.clone());
            self
        })*
    };
}

impl<R: Storage> fmt::Debug for HandlersBuilder<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.handlers.fmt(f)
    }
}

impl<R: Storage> HandlersBuilder<R> {
    capability! {
        /// GET of an object.
        getter: Getter;
        /// POST.
        creater: Creater;
        /// POST to a subresource.
        named_creater: NamedCreater;
        /// PUT, and PATCH together with `getter`.
        updater: Updater;
        /// DELETE of an object.
        deleter: GracefulDeleter;
        /// DELETE of a collection.
        collection_deleter: CollectionDeleter;
        /// Watches.
        watcher: Watcher;
        /// Tables for other verbs than list.
        table_convertor: TableConvertor;
    }

    /// GET of a collection, and its tables.
    pub fn lister(mut self) -> Self
    where
        R: super::Lister,
    {
        self.handlers.lister = Some(self.rest.clone());
        self.table_convertor()
    }

    /// Every verb.
    pub fn standard(self) -> Self
    where
        R: super::StandardStorage,
    {
        self.getter().lister().creater().updater().deleter().collection_deleter().watcher()
    }

    /// GET, PUT and PATCH of `/status`.
    pub fn status<S>(mut self, status: S) -> Self
    where
        S: super::Getter + super::Updater + Storage<Object = R::Object>,
    {
        let status = Arc::new(status);
        self.handlers.status = Some(StatusHandlers { getter: status.clone(), updater: status });
        self
    }

    /// GET, PUT and PATCH of `/scale`.
    pub fn scale<S>(mut self, scale: S) -> Self
    where
        S: super::Getter + super::Updater + super::TableConvertor + Storage<Object = super::Scale>,
    {
        let scale = Handlers::of(scale).getter().updater().table_convertor().build();
        self.handlers.scale = Some(Arc::new(scale));
        self
    }

    /// Whatever methods the handler answers, of a subresource.
    #[cfg(feature = "server")]
    pub fn connecter(mut self) -> Self
    where
        R: super::Connecter,
    {
        self.handlers.connecter = Some(self.rest.clone());
        self
    }

    /// A subresource with handlers of its own, such as `water` in `flowerpots/rose/water`. Its name is one lower-case
    /// word; its kind may be another than that of the object (contract 1.40). Of two with one name, the last is served.
    ///
    /// What clients send is held to the schema of its kind before the handlers see it; 422.
    ///
    /// What it serves of [`Getter`](super::Getter), [`Updater`](super::Updater), [`NamedCreater`](super::NamedCreater),
    /// `Connecter` and the deleters becomes its verbs; a typed verb comes before what a connecter would answer.
    pub fn subresource(mut self, name: &'static str, handlers: Handlers) -> Self {
        self.handlers.subresources.insert(name, handlers.checked());
        self
    }

    /// The finished handlers.
    pub fn build(self) -> Handlers {
        self.handlers
    }
}
