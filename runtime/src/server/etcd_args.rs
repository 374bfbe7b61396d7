//! The flags that keep the objects in etcd, by kube-apiserver's names.

use std::path::PathBuf;
use std::time::Duration;

use clap::Args;

use super::units;
use crate::storage::EtcdOptions;

#[allow(clippy::struct_field_names, reason = "the flags are called so")]
#[derive(Args, Debug)]
pub(super) struct Etcd {
    /// Keep the objects in etcd, at these client URLs, separated by commas; any number of servers may share it. The data
    /// directory then holds the certificate, the token and the kubeconfig
    #[arg(long, value_name = "URLS", value_delimiter = ',')]
    etcd_servers: Vec<String>,

    /// What all keys in etcd begin with
    #[arg(long, value_name = "PREFIX", default_value = EtcdOptions::PREFIX, requires = "etcd_servers")]
    etcd_prefix: String,

    /// The certificates of those who may have issued etcd's own, in PEM; needed for https
    #[arg(long, value_name = "FILE", requires = "etcd_servers")]
    etcd_cafile: Option<PathBuf>,

    /// The certificate to show to etcd, in PEM
    #[arg(long, value_name = "FILE", requires_all = ["etcd_keyfile", "etcd_cafile"])]
    etcd_certfile: Option<PathBuf>,

    /// The private key of the certificate to show to etcd, in PEM
    #[arg(long, value_name = "FILE", requires = "etcd_certfile")]
    etcd_keyfile: Option<PathBuf>,

    /// How often old revisions are compacted, as in 5m or 1m30s; 0 leaves it to others
    #[arg(long, value_name = "DURATION", default_value = "5m", value_parser = units::duration, requires = "etcd_servers")]
    etcd_compaction_interval: Duration,
}

impl Etcd {
    /// What was said of etcd, if it is to be used.
    pub(super) fn into_options(self) -> Option<EtcdOptions> {
        if self.etcd_servers.is_empty() {
            return None;
        }
        let mut options = EtcdOptions::new(self.etcd_servers)
            .prefix(self.etcd_prefix)
            .compaction_interval(self.etcd_compaction_interval);
        options.ca_file = self.etcd_cafile;
        (options.cert_file, options.key_file) = (self.etcd_certfile, self.etcd_keyfile);
        Some(options)
    }
}
