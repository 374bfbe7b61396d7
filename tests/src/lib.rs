//! Shared harness of the tests: servers, an HTTP client, kubectl.

pub mod client;
pub mod kinds;
pub mod kubectl;
pub mod server;
