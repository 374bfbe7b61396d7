//! The ways in which kube-rs reaches a server.

use std::time::Duration;

use kube::config::{KubeConfigOptions, Kubeconfig};
use kube::{Client, Config};
use resourceful::ApiServer;
use resourceful::server::{RunningServer, ServerOptions};

use crate::kinds::{FlowerPot, Garden};

/// A server of the [`kinds`](crate::kinds) on a free port, everything in memory.
pub fn server() -> ApiServer {
    let options = ServerOptions::default().secure_port(0);
    ApiServer::new(options).serve::<FlowerPot>().serve::<Garden>()
}

/// A server with a port, and a client with the kubeconfig that it wrote, over HTTPS.
///
/// # Panics
///
/// When the server does not start.
pub async fn over_https() -> (RunningServer, Client) {
    let server = server().start().await.expect("the server starts");
    let client = client(&server.kubeconfig()).await;
    (server, client)
}

/// A client that calls a server in this process, which has no port.
///
/// # Panics
///
/// When the server does not start.
pub fn in_process() -> Client {
    Client::new(server().into_service().expect("the server starts"), "default")
}

/// A client with a kubeconfig, which waits for no answer for long.
///
/// # Panics
///
/// When the kubeconfig is none.
pub async fn client(kubeconfig: &str) -> Client {
    let kubeconfig = Kubeconfig::from_yaml(kubeconfig).expect("the kubeconfig is one");
    let config = Config::from_custom_kubeconfig(kubeconfig, &KubeConfigOptions::default()).await;
    let mut config = config.expect("the kubeconfig names a server and a user");
    config.connect_timeout = Some(Duration::from_secs(10));
    Client::try_from(config).expect("the client is set up")
}
