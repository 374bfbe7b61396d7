//! The flags that keep the objects in etcd, by kube-apiserver's names.

use std::path::PathBuf;
use std::time::Duration;

use clap::Args;

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
    #[arg(long, value_name = "DURATION", default_value = "5m", value_parser = duration, requires = "etcd_servers")]
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

/// Reads a duration as Go writes it, in hours, minutes, seconds and milliseconds.
fn duration(text: &str) -> Result<Duration, String> {
    if text == "0" {
        return Ok(Duration::ZERO);
    }
    let wrong =
        || format!("{text:?} is no duration: write numbers with their units, as in 5m, 1m30s or 500ms");
    let (mut rest, mut sum) = (text, Duration::ZERO);
    while !rest.is_empty() {
        let digits = rest.find(|c: char| !c.is_ascii_digit()).ok_or_else(wrong)?;
        let number: u32 = rest[..digits].parse().map_err(|_| wrong())?;
        rest = &rest[digits..];
        let unit = rest.find(|c: char| c.is_ascii_digit()).unwrap_or(rest.len());
        let one = match &rest[..unit] {
            "h" => Duration::from_secs(3600),
            "m" => Duration::from_secs(60),
            "s" => Duration::from_secs(1),
            "ms" => Duration::from_millis(1),
            _ => return Err(wrong()),
        };
        rest = &rest[unit..];
        sum += one * number;
    }
    if text.is_empty() { Err(wrong()) } else { Ok(sum) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_are_read_as_go_writes_them() {
        let seconds = |text: &str| duration(text).map(|duration| duration.as_secs_f64());
        for (text, expected) in
            [("0", 0.0), ("5m", 300.0), ("5m0s", 300.0), ("1h1m1s", 3661.0), ("500ms", 0.5), ("90s", 90.0)]
        {
            assert_eq!(seconds(text), Ok(expected), "{text}");
        }
        for text in ["", "5", "m", "5 m", "-5m", "5d", "99999999999s", "1.5h"] {
            assert!(duration(text).is_err(), "{text}");
        }
    }
}
