//! How a server is set up: what the flags say, for those who have no flags.

use std::net::{IpAddr, Ipv4Addr};
use std::path::PathBuf;
use std::time::Duration;

use crate::storage::History;

/// How a server is set up. The default listens on port 6443 of this machine alone and keeps everything in memory.
///
/// ```
/// use resourceful::server::ServerOptions;
///
/// let options = ServerOptions::default().secure_port(0).data_dir("garden-data");
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct ServerOptions {
    /// The address to listen on for HTTPS.
    pub bind_address: IpAddr,
    /// The port for HTTPS; 0 picks a free one.
    pub secure_port: u16,
    /// The port for HTTP without TLS, on loopback only; 0 picks a free one, `None` serves none.
    pub insecure_port: Option<u16>,
    /// The directory of the objects, the certificate and the admin's token; `None` keeps all of them in memory.
    pub data_dir: Option<PathBuf>,
    /// The cluster that keeps the objects in place of the data directory, for any number of servers.
    #[cfg(feature = "etcd")]
    pub etcd: Option<crate::storage::EtcdOptions>,
    /// Where to write a kubeconfig, besides the one in the data directory.
    pub write_kubeconfig: Option<PathBuf>,
    /// The certificate to serve with, in PEM; without one the server makes its own.
    pub tls_cert_file: Option<PathBuf>,
    /// The key of the certificate, in PEM.
    pub tls_private_key_file: Option<PathBuf>,
    /// More users, by their tokens: lines of `token,user,uid,"group1,group2"`.
    pub token_auth_file: Option<PathBuf>,
    /// The most requests that read and are handled at a time; 0 means any number. Watches do not count, and members of
    /// `system:masters` are never refused.
    pub max_requests_inflight: usize,
    /// The most requests that write and are handled at a time; 0 means any number.
    pub max_mutating_requests_inflight: usize,
    /// How long a watch is kept open at least when its client does not say how long. Each gets a time of its own, in whole
    /// seconds, between this and twice as much (contract 5.46); half an hour by default, as in kube-apiserver.
    pub min_request_timeout: Duration,
    /// How long the server's own store keeps the past. A store that is given to the server has its own.
    pub history: History,
}

impl Default for ServerOptions {
    fn default() -> Self {
        Self {
            bind_address: Ipv4Addr::LOCALHOST.into(),
            secure_port: Self::SECURE_PORT,
            insecure_port: None,
            data_dir: None,
            #[cfg(feature = "etcd")]
            etcd: None,
            write_kubeconfig: None,
            tls_cert_file: None,
            tls_private_key_file: None,
            token_auth_file: None,
            max_requests_inflight: Self::MAX_REQUESTS_INFLIGHT,
            max_mutating_requests_inflight: Self::MAX_MUTATING_REQUESTS_INFLIGHT,
            min_request_timeout: Self::MIN_REQUEST_TIMEOUT,
            history: History::default(),
        }
    }
}

impl ServerOptions {
    /// The port of kube-apiserver.
    pub(crate) const SECURE_PORT: u16 = 6443;

    /// The limits of kube-apiserver.
    pub(crate) const MAX_REQUESTS_INFLIGHT: usize = 400;
    pub(crate) const MAX_MUTATING_REQUESTS_INFLIGHT: usize = 200;

    /// The least time of a watch in kube-apiserver.
    pub(crate) const MIN_REQUEST_TIMEOUT: Duration = Duration::from_secs(1800);

    /// Sets the address to listen on for HTTPS.
    pub fn bind_address(mut self, address: impl Into<IpAddr>) -> Self {
        self.bind_address = address.into();
        self
    }

    /// Sets the port for HTTPS; 0 picks a free one.
    pub fn secure_port(mut self, port: u16) -> Self {
        self.secure_port = port;
        self
    }

    /// Serves HTTP without TLS too, on loopback only; 0 picks a free port. Bearer tokens are asked for all the same.
    pub fn insecure_port(mut self, port: u16) -> Self {
        self.insecure_port = Some(port);
        self
    }

    /// Sets the directory of the objects, the certificate and the admin's token.
    pub fn data_dir(mut self, directory: impl Into<PathBuf>) -> Self {
        self.data_dir = Some(directory.into());
        self
    }

    /// Keeps the objects in an etcd cluster, which other servers may share.
    ///
    /// The server comes up without it, and is ready once the cluster answers. What else it keeps, a certificate, a token
    /// and a kubeconfig, stays in the data directory.
    #[cfg(feature = "etcd")]
    pub fn etcd(mut self, options: crate::storage::EtcdOptions) -> Self {
        self.etcd = Some(options);
        self
    }

    /// Sets where to write a kubeconfig, besides the one in the data directory.
    pub fn write_kubeconfig(mut self, path: impl Into<PathBuf>) -> Self {
        self.write_kubeconfig = Some(path.into());
        self
    }

    /// Sets the certificate to serve with and its key, both in PEM.
    pub fn certificate(mut self, certificate: impl Into<PathBuf>, key: impl Into<PathBuf>) -> Self {
        self.tls_cert_file = Some(certificate.into());
        self.tls_private_key_file = Some(key.into());
        self
    }

    /// Sets a file with more users, by their tokens.
    pub fn token_auth_file(mut self, path: impl Into<PathBuf>) -> Self {
        self.token_auth_file = Some(path.into());
        self
    }

    /// Sets how many requests may be handled at a time, those that read and those that write; 0 means any number. One more
    /// is answered with 429 (contract 6.82).
    pub fn max_requests_inflight(mut self, reads: usize, writes: usize) -> Self {
        self.max_requests_inflight = reads;
        self.max_mutating_requests_inflight = writes;
        self
    }

    /// Sets how long a watch is kept open at least when its client does not say how long.
    pub fn min_request_timeout(mut self, least: Duration) -> Self {
        self.min_request_timeout = least;
        self
    }

    /// Sets how long the server's own store keeps the past.
    ///
    /// ```
    /// use std::time::Duration;
    ///
    /// use resourceful::server::ServerOptions;
    /// use resourceful::storage::History;
    ///
    /// let hour = History { age: Duration::from_secs(3600), ..History::default() };
    /// let options = ServerOptions::default().history(hour);
    /// ```
    pub fn history(mut self, history: History) -> Self {
        self.history = history;
        self
    }
}
