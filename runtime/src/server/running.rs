//! A server that serves: how it comes up, what it knows of itself, how it ends.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::JoinSet;

use super::api_server::{PostStartHook, StoreChoice, api};
use super::authentication::InProcessOr;
use super::banner::Banner;
use super::health::{self, HealthState};
use super::in_flight::InFlight;
use super::kubeconfig::{KUBECONFIG_FILE, Kubeconfig};
use super::serve::{Transport, bind, serve};
use super::tokens::{TokenAuthenticator, admin_token};
use super::{Api, ApiServer, ApiService, ServerOptions, files, shutdown};
use crate::errors::{Error, Result};
use crate::rest::Handlers;
use crate::storage::Store;

/// How long to wait before trying again to open a store that could not be opened.
const REOPEN_PAUSE: Duration = Duration::from_secs(1);
/// How often a store that may be elsewhere is asked whether it still answers.
const CHECK_PAUSE: Duration = Duration::from_secs(5);

/// A server that serves, made by [`ApiServer::start`]. Dropping it ends it at once; [`stop`](Self::stop) is gentler.
#[derive(Debug)]
pub struct RunningServer {
    url: String,
    insecure_url: Option<String>,
    ca_certificate: Option<String>,
    admin_token: String,
    kubeconfig_path: Option<PathBuf>,
    handlers: Vec<Handlers>,
    api: Api,
    /// Where the data lies; `None` when the server has no store.
    data: Option<String>,
    /// The store, if it is to be closed at the end.
    own_store: Option<Store>,
    stopping: watch::Sender<bool>,
    tasks: JoinSet<()>,
}

impl RunningServer {
    /// Brings a server up.
    pub(super) async fn start(server: ApiServer) -> Result<Self> {
        let choice = server.store_choice();
        let handlers = server.handlers(choice.as_ref())?;
        let ApiServer { options, hooks, .. } = server;
        #[cfg(feature = "etcd")]
        if let Some(etcd) = &options.etcd {
            etcd.check().map_err(|error| Error::other(format!("cannot use etcd: {error}")))?;
        }
        if let Some(directory) = &options.data_dir {
            files::create_data_directory(directory)?;
        }
        let (stopping, stop) = watch::channel(false);
        let mut tasks = JoinSet::new();
        // A directory has one store, which one process can open: from here on nobody else writes into it.
        let storage = open(choice.as_ref(), &mut tasks, &stop).await?;
        let health = HealthState::new(stop, storage);
        let data = choice.as_ref().map(|choice| choice.store().location());
        let own_store = choice.and_then(StoreChoice::into_own);
        let parts = Parts { options, handlers, data, own_store: own_store.clone(), stopping, tasks, health };
        let started = parts.listen().await;
        if let (Err(_), Some(store)) = (&started, own_store) {
            // The reason why the start failed says more than a second error.
            let _ = store.close().await;
        }
        let mut running = started?;
        for PostStartHook(hook) in hooks {
            let (service, mut stop) = (running.service(), running.stopping.subscribe());
            running.tasks.spawn(async move {
                tokio::select! {
                    () = hook(service) => {}
                    () = shutdown::stopped(&mut stop) => {}
                }
            });
        }
        Ok(running)
    }

    /// The server as a service that can be called in process, as the admin. It is of use while the server serves.
    pub fn service(&self) -> ApiService {
        ApiService::new(self.api.clone())
    }

    /// Where the server serves, as in `https://127.0.0.1:6443`. A server that listens on every address is named by
    /// its loopback address.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Where the server serves without TLS, if it does.
    pub fn insecure_url(&self) -> Option<&str> {
        self.insecure_url.as_deref()
    }

    /// The bearer token of the admin, a member of `system:masters`.
    pub fn admin_token(&self) -> &str {
        &self.admin_token
    }

    /// The certificates to trust, in PEM: the issuer of the server's own, or those of `--tls-cert-file`. `None` when
    /// the server serves without TLS only.
    pub fn ca_certificate(&self) -> Option<&str> {
        self.ca_certificate.as_deref()
    }

    /// A kubeconfig for the admin, in YAML.
    pub fn kubeconfig(&self) -> String {
        self.kubeconfig_parts().to_string()
    }

    /// The kubeconfig file, if one was written: that of [`ServerOptions::write_kubeconfig`], or the one in the data
    /// directory.
    pub fn kubeconfig_path(&self) -> Option<&Path> {
        self.kubeconfig_path.as_deref()
    }

    /// Stops gently (contract 11.37): readyz fails, watches end, no connection is accepted any more, requests that
    /// have begun are answered within a minute. The store is closed unless it was given by
    /// [`ApiServer::store`], whose giver may still use it.
    pub async fn stop(mut self) -> Result<()> {
        self.stopping.send_replace(true);
        while self.tasks.join_next().await.is_some() {}
        if let Some(store) = &self.own_store {
            let closed = store.close().await;
            closed.map_err(|error| Error::other(format!("cannot close the store: {error}")))?;
        }
        Ok(())
    }

    /// What to print at the start.
    pub(super) fn banner(&self) -> String {
        let banner = Banner {
            url: &self.url,
            insecure_url: self.insecure_url.as_deref().filter(|url| *url != self.url),
            handlers: &self.handlers,
            data: self.data.as_deref(),
            kubeconfig: self.kubeconfig_path.as_deref(),
        };
        banner.to_string()
    }

    fn kubeconfig_parts(&self) -> Kubeconfig<'_> {
        Kubeconfig {
            url: &self.url,
            ca_certificate: self.ca_certificate.as_deref(),
            token: &self.admin_token,
        }
    }

    fn write_kubeconfig(&mut self, options: &ServerOptions) -> Result<()> {
        let in_data_dir = options.data_dir.as_ref().map(|directory| directory.join(KUBECONFIG_FILE));
        for path in in_data_dir.iter().chain(&options.write_kubeconfig) {
            self.kubeconfig_parts().write(path)?;
        }
        self.kubeconfig_path = options.write_kubeconfig.clone().or(in_data_dir);
        Ok(())
    }
}

/// A server that has its store, and no socket yet.
struct Parts {
    options: ServerOptions,
    handlers: Vec<Handlers>,
    data: Option<String>,
    own_store: Option<Store>,
    stopping: watch::Sender<bool>,
    tasks: JoinSet<()>,
    health: HealthState,
}

impl Parts {
    async fn listen(self) -> Result<RunningServer> {
        let Self { options, handlers, health, stopping, .. } = self;
        let admin_token = admin_token(options.data_dir.as_deref())?;
        let mut authenticator = TokenAuthenticator::new(&admin_token);
        if let Some(path) = &options.token_auth_file {
            authenticator.load(path)?;
        }
        let listeners = Listeners::bind(&options).await?;
        let stop = stopping.subscribe();
        let authenticator = Box::new(InProcessOr(authenticator));
        let in_flight = InFlight::new(&options);
        let api = api(handlers.clone(), authenticator, in_flight, &options, stop.clone(), health);
        let mut running = RunningServer {
            url: listeners.url(),
            insecure_url: listeners.insecure_url(),
            ca_certificate: listeners.ca_certificate,
            admin_token,
            kubeconfig_path: None,
            handlers,
            api: api.clone(),
            data: self.data,
            own_store: self.own_store,
            stopping,
            tasks: self.tasks,
        };
        running.write_kubeconfig(&options)?;
        for (listener, transport) in listeners.sockets {
            running.tasks.spawn(serve(listener, transport, api.clone(), stop.clone()));
        }
        Ok(running)
    }
}

/// Opens the store, and returns what the health paths are to read; `None` when there is no store.
///
/// A store of the server's own that cannot be opened ends the start, for what is wrong is in the data directory. One
/// that was given, or lies on a server of its own, is opened in the background until it works: that server may come up
/// later than this one.
async fn open(
    choice: Option<&StoreChoice>,
    tasks: &mut JoinSet<()>,
    stop: &watch::Receiver<bool>,
) -> Result<Option<health::Storage>> {
    match choice {
        None => Ok(None),
        Some(StoreChoice::Own(store)) => match store.open().await {
            Ok(()) => Ok(Some(Arc::new(Mutex::new(Ok(()))))),
            Err(error) => Err(Error::other(format!("cannot open the store ({}): {error}", store.location()))),
        },
        Some(choice) => {
            let store = choice.store();
            let storage: health::Storage = Arc::new(Mutex::new(Err("the store is being opened".into())));
            tasks.spawn(keep_checking(store.clone(), Arc::clone(&storage), stop.clone()));
            Ok(Some(storage))
        }
    }
}

async fn keep_checking(store: Store, storage: health::Storage, mut stop: watch::Receiver<bool>) {
    let mut said = String::new();
    loop {
        // Once it is open, it is asked whether it still answers.
        let opened = tokio::select! {
            opened = store.revision() => opened.map(drop),
            () = shutdown::stopped(&mut stop) => return,
        };
        let opened = opened.map_err(|error| error.to_string());
        match &opened {
            Err(why) if *why != said => {
                tracing::warn!("the store cannot be used: {why}");
                said.clone_from(why);
            }
            Ok(()) if !said.is_empty() => {
                tracing::info!("the store can be used");
                said.clear();
            }
            _ => {}
        }
        let done = opened.is_ok();
        *storage.lock().unwrap_or_else(PoisonError::into_inner) = opened;
        tokio::select! {
            () = tokio::time::sleep(if done { CHECK_PAUSE } else { REOPEN_PAUSE }) => {}
            () = shutdown::stopped(&mut stop) => return,
        }
    }
}

/// The sockets of a server.
struct Listeners {
    sockets: Vec<(TcpListener, Transport)>,
    secure: Option<SocketAddr>,
    insecure: Option<SocketAddr>,
    ca_certificate: Option<String>,
}

impl Listeners {
    async fn bind(options: &ServerOptions) -> Result<Self> {
        let mut listeners = Self { sockets: Vec::new(), secure: None, insecure: None, ca_certificate: None };
        #[cfg(feature = "tls")]
        listeners.bind_secure(options).await?;
        if let Some(port) = options.insecure_port {
            let listener = bind((Ipv4Addr::LOCALHOST, port).into(), "insecure-port").await?;
            listeners.insecure = Some(address(&listener)?);
            listeners.sockets.push((listener, Transport::Plain));
        }
        if listeners.sockets.is_empty() {
            return Err(Error::other(
                "there is nowhere to serve: without the feature `tls` only --insecure-port is there",
            ));
        }
        Ok(listeners)
    }

    #[cfg(feature = "tls")]
    async fn bind_secure(&mut self, options: &ServerOptions) -> Result<()> {
        use super::tls::Identity;

        let identity = match (&options.tls_cert_file, &options.tls_private_key_file) {
            (Some(certificate), Some(key)) => Identity::given(certificate, key)?,
            (None, None) => Identity::own(options.data_dir.as_deref(), &[options.bind_address])?,
            _ => {
                return Err(Error::other(
                    "--tls-cert-file and --tls-private-key-file belong together; give both or neither",
                ));
            }
        };
        let config = Arc::new(identity.server_config()?);
        let listener = bind((options.bind_address, options.secure_port).into(), "secure-port").await?;
        self.secure = Some(address(&listener)?);
        self.ca_certificate = Some(identity.ca_certificate);
        self.sockets.push((listener, Transport::Tls(config.into())));
        Ok(())
    }

    /// The best way to reach the server.
    fn url(&self) -> String {
        match self.secure {
            Some(address) => format!("https://{}", callable(address)),
            None => self.insecure_url().unwrap_or_default(),
        }
    }

    fn insecure_url(&self) -> Option<String> {
        self.insecure.map(|address| format!("http://{address}"))
    }
}

fn address(listener: &TcpListener) -> Result<SocketAddr> {
    listener.local_addr().map_err(|error| Error::other(format!("cannot tell where it is listening: {error}")))
}

/// An address that clients on this machine can call, for one that may stand for all addresses.
fn callable(mut address: SocketAddr) -> SocketAddr {
    if address.ip().is_unspecified() {
        address.set_ip(match address.ip() {
            IpAddr::V4(_) => Ipv4Addr::LOCALHOST.into(),
            IpAddr::V6(_) => Ipv6Addr::LOCALHOST.into(),
        });
    }
    address
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_address_is_named_by_one_that_can_be_called() {
        let callable = |text: &str| callable(text.parse().unwrap()).to_string();
        assert_eq!(callable("0.0.0.0:1"), "127.0.0.1:1");
        assert_eq!(callable("[::]:1"), "[::1]:1");
        assert_eq!(callable("192.0.2.7:1"), "192.0.2.7:1");
    }
}
