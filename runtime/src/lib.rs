//! Serve Kubernetes-style APIs from Rust.

#![cfg_attr(docsrs, feature(doc_cfg))]

pub mod context;
#[cfg(feature = "server")]
pub(crate) mod decode;
pub mod errors;
pub mod field;
pub mod info;
pub mod meta;
pub mod object;
pub mod options;
pub(crate) mod patch;
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
pub mod watch;

pub use crate::context::{RequestContext, UserInfo};
pub use crate::errors::{Error, Result};
pub use crate::info::ResourceInfo;
pub use crate::meta::ObjectMeta;
pub use crate::object::{Object, ObjectList};
pub use crate::registry::Registry;
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
    pub use crate::options::{CreateOptions, DeleteOptions, GetOptions, ListOptions, UpdateOptions};
    pub use crate::resource::{HasStatus, Resource};
    #[cfg(feature = "server")]
    pub use crate::server::ApiServer;
    pub use crate::storage::Store;
    pub use crate::strategy::Strategy;
    #[cfg(feature = "derive")]
    pub use resourceful_macros::Resource;
}
