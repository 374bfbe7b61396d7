//! Serve Kubernetes-style APIs from Rust: annotate a struct, and kubectl, client-go and kube-rs work with it.
//!
//! ```no_run
//! use resourceful::prelude::*;
//!
//! /// A flower pot that waters itself.
//! #[derive(Resource, Clone, Debug, Serialize, Deserialize, JsonSchema)]
//! #[resource(group = "garden.example.com", version = "v1alpha1", namespaced, shortname = "fp")]
//! #[resource(printcolumn(name = "Moisture", type = "integer", json_path = ".status.moisture"))]
//! pub struct FlowerPot {
//!     pub metadata: ObjectMeta,
//!     pub spec: FlowerPotSpec,
//!     #[status]
//!     pub status: Option<FlowerPotStatus>,
//! }
//! # #[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
//! # pub struct FlowerPotSpec {}
//! # #[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
//! # pub struct FlowerPotStatus { moisture: u8 }
//!
//! #[tokio::main]
//! async fn main() -> resourceful::Result<()> {
//!     ApiServer::from_args().serve::<FlowerPot>().run().await
//! }
//! ```
//!
//! # A tour
//!
//! 1. The derive, `#[derive(Resource)]`, writes what a kind is ([`Resource`], [`HasStatus`], a constant [`ResourceInfo`])
//!    and its storage handlers, `FlowerPotRest` and `FlowerPotStatusRest`.
//! 2. The handlers implement the capability traits of [`rest`], which carry the names of Go's `k8s.io/apiserver`:
//!    [`Creater`](rest::Creater), [`GracefulDeleter`](rest::GracefulDeleter) and so on. What is implemented is served.
//! 3. Behind each verb stands a pipeline of [`Registry`]. It runs the hooks of your [`Strategy`] in upstream's order,
//!    keeps status and generation right, and reports what is wrong as a [`Status`](errors::Status) with
//!    [field errors](field).
//! 4. A [`Store`] holds the objects of all kinds: in memory, in a directory, or on your own
//!    [`Engine`](storage::Engine). Above every engine stand the same snapshots and the same event log.
#![cfg_attr(
    feature = "server",
    doc = "5. [`ApiServer`] serves it all over HTTP. It is not needed: the handlers work without it."
)]
//!
//! # Features
//!
//! | Feature | Default | What it brings |
//! |---|---|---|
//! | `derive` | yes | `#[derive(Resource)]` |
//! | `embedded` | yes | the embedded engine: one directory, one process, durable |
//! | `etcd` | no | the etcd engine: any cluster of version 3.4 or newer, shared by any number of servers |
//! | `server` | yes | the HTTP server |
//! | `tls` | yes | HTTPS, with a self-signed certificate when none is given |
//! | `cli` | yes | command-line flags for `ApiServer::from_args` |
//! | `kube` | no | kube-rs: `kube::Api` on the very struct that is served; see the key `kube` of the derive |
//! | `testing` | no | checks for your own tests: kinds, engines, a server on a free port |
//!
//! Without default features the crate has the types, the traits, the pipelines and the memory engine, and no network.
//!
//! # Numbers in these docs
//!
//! "Contract 4.20" and the like number the behaviours of `k8s.io/apiserver` that this crate keeps; the tests carry the
//! same numbers.

#![cfg_attr(docsrs, feature(doc_cfg))]
#![cfg_attr(
    not(feature = "server"),
    allow(
        dead_code,
        unused_imports,
        reason = "what only the server calls; with it, the lints find what nobody calls"
    )
)]

pub mod admission;
pub mod backup;
pub mod context;
#[cfg(feature = "server")]
pub(crate) mod decode;
pub mod errors;
mod failpoint;
pub mod field;
mod golang;
pub mod guide;
pub mod info;
#[cfg(any(feature = "server", feature = "testing"))]
mod inspect;
pub mod meta;
pub mod object;
mod omit_none;
pub mod options;
#[cfg(feature = "server")]
pub(crate) mod patch;
#[doc(hidden)]
pub mod proofs;
mod quote;
mod registry;
pub mod resource;
pub mod rest;
pub(crate) mod schema;
pub mod selector;
#[cfg(feature = "server")]
pub mod server;
pub mod storage;
pub mod strategy;
pub(crate) mod table;
#[cfg(feature = "testing")]
pub mod testing;
pub mod watch;

/// kube-rs' types without its client, in the version that `#[resource(kube)]` implements [`Resource`](kube_core::Resource)
/// of. `kube::core` is this crate when their versions agree.
#[cfg(feature = "kube")]
pub use kube_core;

pub use crate::context::{RequestContext, UserInfo};
pub use crate::errors::{Error, Result};
pub use crate::info::ResourceInfo;
pub use crate::meta::ObjectMeta;
pub use crate::object::{Object, ObjectList};
pub use crate::registry::{Lister, Registry, RegistryFuture};
pub use crate::resource::{HasStatus, Resource};
#[cfg(feature = "server")]
pub use crate::server::ApiServer;
pub use crate::storage::Store;
pub use crate::strategy::Strategy;
#[cfg(feature = "derive")]
pub use resourceful_macros::Resource;

/// Everything that a program which serves a kind names.
pub mod prelude {
    pub use schemars::JsonSchema;
    pub use serde::{Deserialize, Serialize};

    pub use crate::context::RequestContext;
    pub use crate::field::{self, ErrorList};
    pub use crate::info::ResourceInfo;
    pub use crate::meta::ObjectMeta;
    pub use crate::object::{Object, ObjectList};
    pub use crate::options::{
        ConnectOptions, CreateOptions, DeleteOptions, GetOptions, ListOptions, UpdateOptions,
    };
    pub use crate::resource::{HasStatus, Resource};
    #[cfg(feature = "server")]
    pub use crate::server::ApiServer;
    pub use crate::storage::Store;
    pub use crate::strategy::Strategy;
    #[cfg(feature = "derive")]
    pub use resourceful_macros::Resource;
}
