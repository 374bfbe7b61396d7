//! The HTTP server: one API for kubectl, client-go and kube-rs.
//!
//! [`ApiServer`] takes kinds and serves them: over HTTPS with [`run`](ApiServer::run), on a port of a test's own with
//! [`start`](ApiServer::start), or without any port with [`into_service`](ApiServer::into_service).
//!
//! **Architecture invariant:** the server reaches storage only through [`rest`](crate::rest), and is compiled once for
//! all kinds.

mod api;
mod api_server;
#[cfg(feature = "cli")]
mod args;
mod authentication;
mod authorization;
mod banner;
mod body;
mod check;
mod commands;
mod crd;
mod discovery;
mod discovery_types;
mod document;
mod encode;
#[cfg(all(feature = "etcd", feature = "cli"))]
mod etcd_args;
mod files;
mod health;
mod in_flight;
mod index;
mod kubeconfig;
mod list_body;
mod media_range;
mod negotiate;
mod openapi;
mod options;
mod query;
mod random;
mod representation;
mod request_info;
mod respond;
mod running;
mod serve;
mod server_options;
mod service;
mod shutdown;
mod table;
#[cfg(test)]
mod test_kinds;
#[cfg(test)]
mod tests;
#[cfg(feature = "tls")]
mod tls;
mod tokens;
#[cfg(feature = "cli")]
mod units;
mod verbs;
mod version;
mod watch_body;

pub(crate) use self::api::Api;
pub use self::api_server::ApiServer;
pub use self::body::Body;
pub use self::running::RunningServer;
pub use self::server_options::ServerOptions;
pub use self::service::ApiService;
