//! The kubeconfig with which kubectl, client-go and kube-rs reach the server as its admin.

use std::fmt;
use std::path::Path;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::files;
use crate::errors::{Error, Result};

/// Its name in the data directory.
pub(crate) const KUBECONFIG_FILE: &str = "kubeconfig";

/// The first line, by which a file of ours is known.
const MARK: &str = "# Written by resourceful at every start: how to reach the server as its admin.";

/// Where the server is and how to prove to it who calls. `Display` is the file.
#[derive(Clone)]
pub(crate) struct Kubeconfig<'a> {
    pub(crate) url: &'a str,
    /// The certificates to trust, in PEM; `None` for plain HTTP.
    pub(crate) ca_certificate: Option<&'a str>,
    pub(crate) token: &'a str,
}

impl fmt::Display for Kubeconfig<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{MARK}")?;
        writeln!(f, "apiVersion: v1\nkind: Config")?;
        writeln!(f, "clusters:\n- name: resourceful\n  cluster:")?;
        writeln!(f, "    server: {}", quoted(self.url))?;
        if let Some(certificate) = self.ca_certificate {
            writeln!(f, "    certificate-authority-data: {}", STANDARD.encode(certificate))?;
        }
        writeln!(f, "users:\n- name: admin\n  user:")?;
        writeln!(f, "    token: {}", quoted(self.token))?;
        writeln!(f, "contexts:\n- name: resourceful\n  context:\n    cluster: resourceful\n    user: admin")?;
        writeln!(f, "current-context: resourceful")
    }
}

/// A string of YAML, whatever it holds: a JSON string is one.
fn quoted(text: &str) -> serde_json::Value {
    text.into()
}

impl Kubeconfig<'_> {
    /// Writes the file, readable by its owner alone.
    ///
    /// Never over a file that another program wrote: whoever names `~/.kube/config` would lose every other cluster.
    pub(crate) fn write(&self, path: &Path) -> Result<()> {
        if files::read(path)?.is_some_and(|text| !text.is_empty() && !text.starts_with(MARK)) {
            let path = path.display();
            return Err(Error::other(format!(
                "the kubeconfig {path} was not written by this server and is left alone; name another file"
            )));
        }
        files::write_private(path, &self.to_string())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const KUBECONFIG: Kubeconfig<'_> =
        Kubeconfig { url: "https://127.0.0.1:6443", ca_certificate: Some("PEM\n"), token: "a\"b" };

    #[test]
    fn the_file_is_plain_yaml() {
        let expected = r#"# Written by resourceful at every start: how to reach the server as its admin.
apiVersion: v1
kind: Config
clusters:
- name: resourceful
  cluster:
    server: "https://127.0.0.1:6443"
    certificate-authority-data: UEVNCg==
users:
- name: admin
  user:
    token: "a\"b"
contexts:
- name: resourceful
  context:
    cluster: resourceful
    user: admin
current-context: resourceful
"#;
        assert_eq!(KUBECONFIG.to_string(), expected);
        let plain = Kubeconfig { ca_certificate: None, ..KUBECONFIG }.to_string();
        assert!(!plain.contains("certificate"), "{plain}");
    }

    #[test]
    fn only_files_of_ours_are_replaced() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("config");
        KUBECONFIG.write(&path).unwrap();
        KUBECONFIG.write(&path).unwrap();
        std::fs::write(&path, "").unwrap();
        KUBECONFIG.write(&path).unwrap();
        std::fs::write(&path, "apiVersion: v1\n").unwrap();
        let error = KUBECONFIG.write(&path).unwrap_err();
        assert!(error.message().ends_with("is left alone; name another file"), "{error}");
        assert_eq!(std::fs::read_to_string(&path).unwrap(), "apiVersion: v1\n");
    }
}
