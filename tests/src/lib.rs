//! Shared harness of the tests: servers, an HTTP client, kubectl.

#![allow(clippy::missing_panics_doc, reason = "a harness panics when what it drives does not do as it must")]

pub mod client;
pub mod etcd;
pub mod history;
pub mod kinds;
pub mod kubectl;
pub mod multiplexed;
pub mod openapi;
pub mod plots;
pub mod report;
pub mod robots;
pub mod server;
pub mod watch_check;
pub mod workload;
