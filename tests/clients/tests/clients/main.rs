//! kube-rs and kubectl, unmodified, against a server of kinds that the derive made.

#![allow(clippy::unwrap_used, reason = "every function here is part of a test")]

mod api;
mod controllers;
mod copies;
mod crd;
mod discovery;
mod upstream;
mod watching;

/// Runs each function with a client twice: over HTTPS with the kubeconfig that the server wrote, and in process with no
/// port in between.
macro_rules! both_ways {
    ($($name:ident),* $(,)?) => {
        mod over_https {
            $(#[tokio::test]
            async fn $name() {
                let (server, client) = resourceful_tests_clients::serving::over_https().await;
                super::$name(client).await;
                drop(server);
            })*
        }

        mod in_process {
            $(#[tokio::test]
            async fn $name() {
                super::$name(resourceful_tests_clients::serving::in_process()).await;
            })*
        }
    };
}
pub(crate) use both_ways;

/// The `Status` in an error.
#[track_caller]
pub(crate) fn status<T: std::fmt::Debug>(result: kube::Result<T>) -> kube::core::Status {
    match result {
        Err(kube::Error::Api(status)) => *status,
        other => panic!("a status was expected, not {other:?}"),
    }
}
