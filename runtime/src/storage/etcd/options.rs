//! How to reach a cluster, and where in it the objects lie.

use std::path::PathBuf;
use std::time::Duration;

#[cfg(feature = "server")]
use super::client::Client;
#[cfg(feature = "server")]
use crate::storage::StorageError;

/// How to reach a cluster, and where in it the objects lie. The names are those of kube-apiserver's flags.
///
/// ```
/// use resourceful::storage::EtcdOptions;
///
/// let options = EtcdOptions::new(["https://10.0.0.1:2379", "https://10.0.0.2:2379"])
///     .prefix("/garden")
///     .ca_file("ca.crt")
///     .client_certificate("client.crt", "client.key");
/// assert_eq!(options.servers.len(), 2);
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct EtcdOptions {
    /// The client URLs of the members, `https://host:port`. One is used at a time, the next one when it fails.
    pub servers: Vec<String>,
    /// What all keys begin with; `/registry` by default.
    pub prefix: String,
    /// The certificates of those who may have issued etcd's own, in PEM. Needed for https.
    pub ca_file: Option<PathBuf>,
    /// A certificate that says to etcd who we are, in PEM.
    pub cert_file: Option<PathBuf>,
    /// The key of the certificate, in PEM.
    pub key_file: Option<PathBuf>,
    /// How often old revisions are compacted, by one of the servers that share the cluster: five minutes by default.
    /// What is younger than this stays. Zero leaves it to others, as when etcd compacts by itself.
    pub compaction_interval: Duration,
}

impl EtcdOptions {
    /// The prefix of kube-apiserver.
    pub const PREFIX: &'static str = "/registry";
    /// The interval of kube-apiserver.
    pub const COMPACTION_INTERVAL: Duration = Duration::from_secs(5 * 60);

    /// A cluster with these members.
    pub fn new<S: Into<String>>(servers: impl IntoIterator<Item = S>) -> Self {
        Self {
            servers: servers.into_iter().map(Into::into).collect(),
            prefix: Self::PREFIX.to_owned(),
            ca_file: None,
            cert_file: None,
            key_file: None,
            compaction_interval: Self::COMPACTION_INTERVAL,
        }
    }

    /// Sets what all keys begin with.
    pub fn prefix(mut self, prefix: impl Into<String>) -> Self {
        self.prefix = prefix.into();
        self
    }

    /// Sets the file with the issuers of etcd's certificates.
    pub fn ca_file(mut self, path: impl Into<PathBuf>) -> Self {
        self.ca_file = Some(path.into());
        self
    }

    /// Sets the certificate to show to etcd and its key.
    pub fn client_certificate(mut self, certificate: impl Into<PathBuf>, key: impl Into<PathBuf>) -> Self {
        self.cert_file = Some(certificate.into());
        self.key_file = Some(key.into());
        self
    }

    /// Sets how often old revisions are compacted; zero leaves it to others.
    pub fn compaction_interval(mut self, interval: Duration) -> Self {
        self.compaction_interval = interval;
        self
    }

    /// Whether the servers' addresses and the files can be used. Connects to nothing; needs a tokio runtime.
    #[cfg(feature = "server")]
    pub(crate) fn check(&self) -> Result<(), StorageError> {
        Client::new(self, self.location()).map(drop)
    }

    /// Where the data lies, for people.
    pub(in crate::storage) fn location(&self) -> String {
        format!("etcd at {} under {}", self.servers.join(","), self.prefix)
    }
}
