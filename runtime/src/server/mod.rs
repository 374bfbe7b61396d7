//! The HTTP server: one API for kubectl, client-go and kube-rs.
//!
//! **Architecture invariant:** the server reaches storage only through [`rest`](crate::rest), and is compiled once for
//! all kinds.

mod api;
mod authentication;
mod authorization;
mod body;
mod encode;
mod files;
mod health;
mod index;
mod kubeconfig;
mod list_body;
mod negotiate;
mod options;
mod query;
mod random;
mod representation;
mod request_info;
mod respond;
mod table;
#[cfg(test)]
mod tests;
#[cfg(feature = "tls")]
mod tls;
mod tokens;
mod verbs;
mod version;
mod watch_body;

pub use self::api::Api;
pub use self::body::Body;
