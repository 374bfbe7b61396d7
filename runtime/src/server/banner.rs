//! What a server prints when it starts: where it serves, where the data lies, what to try next.

use std::fmt;
use std::path::Path;

use crate::rest::Handlers;

/// What to tell. `Display` is the text; its first line, `serving https://…`, is stable for programs that read it.
pub(crate) struct Banner<'a> {
    pub(crate) url: &'a str,
    /// The address without TLS, unless it is the first one.
    pub(crate) insecure_url: Option<&'a str>,
    pub(crate) handlers: &'a [Handlers],
    /// Where the data lies, if the server has a store.
    pub(crate) data: Option<&'a str>,
    /// The kubeconfig, if one was written.
    pub(crate) kubeconfig: Option<&'a Path>,
}

impl fmt::Display for Banner<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "serving {}", self.url)?;
        if let Some(url) = self.insecure_url {
            writeln!(f, "        {url} (without TLS, for this machine alone)")?;
        }
        for (index, handlers) in self.handlers.iter().enumerate() {
            let info = handlers.info();
            let label = if index == 0 { "kinds" } else { "" };
            writeln!(f, "{label:7} {}/{}", info.group_resource(), info.version)?;
        }
        if let Some(data) = self.data {
            writeln!(f, "data    {data}")?;
        }
        match self.kubeconfig {
            Some(path) => {
                let path = shell_word(&path.to_string_lossy());
                writeln!(f, "try     kubectl --kubeconfig {path} {}", self.command())
            }
            None => writeln!(f, "try     --write-kubeconfig FILE, to use kubectl with this server"),
        }
    }
}

impl Banner<'_> {
    /// A kubectl command that this server can answer.
    fn command(&self) -> String {
        let listed = self.handlers.iter().find(|handlers| handlers.verbs().contains(&"list"));
        match listed {
            Some(handlers) => format!("get {}", handlers.info().plural),
            None => "api-resources".to_owned(),
        }
    }
}

/// A word as a shell reads it back.
fn shell_word(word: &str) -> String {
    let safe = |c: char| c.is_ascii_alphanumeric() || "/._-+:@%,=".contains(c);
    if !word.is_empty() && word.chars().all(safe) {
        return word.to_owned();
    }
    format!("'{}'", word.replace('\'', r"'\''"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::server::testing::{readable, silent};

    #[test]
    fn the_banner_says_where_and_what_next() {
        let banner = Banner {
            url: "https://127.0.0.1:6443",
            insecure_url: Some("http://127.0.0.1:8080"),
            handlers: &[silent(), readable()],
            data: Some("/srv/pots"),
            kubeconfig: Some(Path::new("my pots/kubeconfig")),
        };
        let expected = "\
serving https://127.0.0.1:6443
        http://127.0.0.1:8080 (without TLS, for this machine alone)
kinds   disks.example.com/v1
        disks.example.com/v1
data    /srv/pots
try     kubectl --kubeconfig 'my pots/kubeconfig' get disks
";
        assert_eq!(banner.to_string(), expected);
    }

    #[test]
    fn without_a_kubeconfig_it_says_how_to_get_one() {
        let banner = Banner {
            url: "https://[::1]:6443",
            insecure_url: None,
            handlers: &[silent()],
            data: None,
            kubeconfig: None,
        };
        let expected = "\
serving https://[::1]:6443
kinds   disks.example.com/v1
try     --write-kubeconfig FILE, to use kubectl with this server
";
        assert_eq!(banner.to_string(), expected);
        let banner = Banner { kubeconfig: Some(Path::new("k")), ..banner };
        assert!(banner.to_string().ends_with("try     kubectl --kubeconfig k api-resources\n"), "{banner}");
    }

    #[test]
    fn words_reach_the_shell_as_they_are() {
        assert_eq!(shell_word("garden-data/kubeconfig"), "garden-data/kubeconfig");
        assert_eq!(shell_word("it's"), r"'it'\''s'");
        assert_eq!(shell_word(""), "''");
    }
}
