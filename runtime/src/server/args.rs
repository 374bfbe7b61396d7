//! The command line, by the names that operators of API servers know.

use std::ffi::{OsStr, OsString};
use std::net::IpAddr;
use std::path::{Path, PathBuf};
use std::time::Duration;

use clap::{Args, CommandFactory as _, FromArgMatches as _, Parser, Subcommand};

use super::commands::{Command, OpenApiChoice};
use super::{ServerOptions, units};
use crate::storage::History;

/// Means, in place of a directory, to keep everything in memory.
const IN_MEMORY: &str = ":memory:";

/// Serves a Kubernetes-style API: kubectl, client-go and kube-rs can use it.
#[derive(Parser, Debug)]
#[command(args_conflicts_with_subcommands = true, disable_help_subcommand = true, max_term_width = 100)]
struct CommandLine {
    #[command(subcommand)]
    command: Option<Word>,
    #[command(flatten)]
    serve: Serve,
}

#[derive(Subcommand, Debug)]
enum Word {
    /// Serve the API; this is what happens without a command, too
    Serve(Serve),
    /// Write all objects as lines of JSON, for a backup or another store. The server must not be running on the
    /// directory
    Export(Move),
    /// Take the objects of an export into an empty store
    Import(Move),
    /// Say of each kind what it is and what is wrong with it, without serving. Code 1 when anything is wrong
    Check,
    /// Print the kinds as CustomResourceDefinitions in YAML, for a cluster that serves them itself. Comments tell what
    /// such a definition cannot say
    Crd,
    /// Print the OpenAPI documents of version 3, one after the other, in JSON
    #[command(name = "openapi")]
    OpenApi(Documents),
}

/// Which documents to print.
#[derive(Args, Debug)]
struct Documents {
    /// Only the document of this group and version, as in garden.example.com/v1
    #[arg(value_name = "GROUP/VERSION")]
    group_version: Option<String>,

    /// The document of version 2 instead, which holds all groups
    #[arg(long, conflicts_with = "group_version")]
    v2: bool,
}

/// Where the objects are.
#[derive(Args, Debug)]
struct Storage {
    /// The directory of the objects, the server's own certificate, the admin's token and a kubeconfig; made if it is
    /// not there. ":memory:" keeps everything in memory, gone when the server stops
    #[arg(long, value_name = "DIRECTORY", default_value_os_t = default_data_dir(std::env::args_os().next()))]
    data_dir: PathBuf,

    #[cfg(feature = "etcd")]
    #[command(flatten)]
    etcd: super::etcd_args::Etcd,
}

/// What goes from a store to a file, or back.
#[derive(Args, Debug)]
struct Move {
    #[command(flatten)]
    storage: Storage,

    /// The file; standard output or input without one
    #[arg(value_name = "FILE")]
    file: Option<PathBuf>,
}

#[derive(Args, Debug)]
struct Serve {
    /// The address to listen on for HTTPS; 0.0.0.0 or :: for all addresses of this machine
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1")]
    bind_address: IpAddr,

    /// The port for HTTPS; 0 picks a free one and prints it
    #[arg(long, value_name = "PORT", default_value_t = ServerOptions::SECURE_PORT)]
    secure_port: u16,

    /// Also serve HTTP without TLS on this port of 127.0.0.1; 0 picks a free one and prints it. Tokens are asked for
    /// there, too
    #[arg(long, value_name = "PORT")]
    insecure_port: Option<u16>,

    #[command(flatten)]
    storage: Storage,

    /// Write a kubeconfig for the admin to this file, besides the one in the data directory
    #[arg(long, value_name = "FILE")]
    write_kubeconfig: Option<PathBuf>,

    /// The certificate to serve with, followed by those that lead to its issuer, in PEM. Without one the server makes
    /// its own
    #[arg(long, value_name = "FILE", requires = "tls_private_key_file")]
    tls_cert_file: Option<PathBuf>,

    /// The private key of the certificate, in PEM
    #[arg(long, value_name = "FILE", requires = "tls_cert_file")]
    tls_private_key_file: Option<PathBuf>,

    /// Users besides the admin, one on each line: token,user,uid,"group1,group2"
    #[arg(long, value_name = "FILE")]
    token_auth_file: Option<PathBuf>,

    /// The most requests that read and are handled at a time; one more is answered with 429. 0 means any number. Watches
    /// do not count, and members of system:masters are never refused
    #[arg(long, value_name = "NUMBER", default_value_t = ServerOptions::MAX_REQUESTS_INFLIGHT)]
    max_requests_inflight: usize,

    /// The same for requests that write
    #[arg(long, value_name = "NUMBER", default_value_t = ServerOptions::MAX_MUTATING_REQUESTS_INFLIGHT)]
    max_mutating_requests_inflight: usize,

    /// The least seconds that a watch is kept open for whose client does not say how long; each gets a time of its own
    /// between this and twice as much, so that they do not all come back at once
    #[arg(
        long,
        value_name = "SECONDS",
        default_value_t = ServerOptions::MIN_REQUEST_TIMEOUT.as_secs(),
        value_parser = clap::value_parser!(u64).range(1..=u64::from(u32::MAX)),
    )]
    min_request_timeout: u64,

    /// How long the store remembers what was overwritten or deleted, as in 5m or 1h30m: for lists at an exact revision,
    /// the further pages of a list, and watches that resume. 0 never forgets. Objects in etcd are forgotten at
    /// --etcd-compaction-interval instead
    #[arg(long, value_name = "DURATION", default_value = "5m", value_parser = units::duration)]
    history_age: Duration,

    /// The most memory for the latest events of each kind, as in 64Mi or 1Gi: from there watches resume without reading
    /// the store
    #[arg(long, value_name = "BYTES", default_value = "256Mi", value_parser = units::bytes)]
    watch_history_bytes: usize,
}

impl Serve {
    fn history(&self) -> History {
        let history = History { age: self.history_age, ..History::default() };
        let most = self.watch_history_bytes;
        History { watch_bytes: history.watch_bytes.min(most), watch_bytes_max: most, ..history }
    }
}

/// Reads the command line of this process. A wrong one, and `--help`, end the process with clap's message.
pub(crate) fn from_command_line() -> (Command, ServerOptions) {
    parse(std::env::args_os()).unwrap_or_else(|error| error.exit())
}

fn parse(args: impl IntoIterator<Item = OsString>) -> Result<(Command, ServerOptions), clap::Error> {
    let mut command = CommandLine::command();
    let matches = command.try_get_matches_from_mut(args)?;
    let line = CommandLine::from_arg_matches(&matches).map_err(|error| error.format(&mut command))?;
    Ok(match line.command.unwrap_or(Word::Serve(line.serve)) {
        Word::Serve(serve) => (Command::Serve, serve.into()),
        Word::Export(Move { storage, file }) => (Command::Export(file), storage.into()),
        Word::Import(Move { storage, file }) => (Command::Import(file), storage.into()),
        Word::Check => (Command::Check, ServerOptions::default()),
        Word::Crd => (Command::Crd, ServerOptions::default()),
        Word::OpenApi(documents) => (Command::OpenApi(documents.into()), ServerOptions::default()),
    })
}

impl From<Documents> for OpenApiChoice {
    fn from(Documents { group_version, v2 }: Documents) -> Self {
        match group_version {
            Some(name) => Self::GroupVersion(name),
            None if v2 => Self::V2,
            None => Self::V3,
        }
    }
}

impl From<Storage> for ServerOptions {
    fn from(storage: Storage) -> Self {
        let data_dir = storage.data_dir;
        Self {
            data_dir: (data_dir.as_os_str() != IN_MEMORY).then_some(data_dir),
            #[cfg(feature = "etcd")]
            etcd: storage.etcd.into_options(),
            ..Self::default()
        }
    }
}

impl From<Serve> for ServerOptions {
    fn from(serve: Serve) -> Self {
        let history = serve.history();
        let Serve { bind_address, secure_port, insecure_port, storage, write_kubeconfig, .. } = serve;
        Self {
            bind_address,
            secure_port,
            insecure_port,
            write_kubeconfig,
            tls_cert_file: serve.tls_cert_file,
            tls_private_key_file: serve.tls_private_key_file,
            token_auth_file: serve.token_auth_file,
            max_requests_inflight: serve.max_requests_inflight,
            max_mutating_requests_inflight: serve.max_mutating_requests_inflight,
            min_request_timeout: Duration::from_secs(serve.min_request_timeout),
            history,
            ..storage.into()
        }
    }
}

/// A directory for each program: two that are tried in one place do not get into each other's way.
fn default_data_dir(program_path: Option<OsString>) -> PathBuf {
    let path = program_path.map(PathBuf::from);
    let mut name = path.as_deref().and_then(Path::file_stem).unwrap_or(OsStr::new("resourceful")).to_owned();
    name.push("-data");
    name.into()
}

#[cfg(test)]
mod tests {
    use clap::error::ErrorKind;

    use super::*;

    fn parsed(line: &str) -> Result<ServerOptions, clap::Error> {
        let (command, options) = parse(line.split(' ').map(OsString::from))?;
        assert_eq!(command, Command::Serve);
        Ok(options)
    }

    #[test]
    fn the_definition_is_sound() {
        CommandLine::command().debug_assert();
    }

    #[test]
    fn without_flags_the_server_is_for_this_machine_alone() {
        let options = parsed("/usr/bin/flower-pot").unwrap();
        let data_dir = options.data_dir.clone().unwrap();
        assert!(data_dir.to_string_lossy().ends_with("-data"), "{}", data_dir.display());
        assert_eq!(options, ServerOptions::default().data_dir(data_dir));
    }

    #[test]
    fn every_flag_is_heard_with_and_without_the_command() {
        let flags = "--bind-address :: --secure-port 0 --insecure-port 8080 --data-dir d --write-kubeconfig k \
                     --tls-cert-file c.pem --tls-private-key-file k.pem --token-auth-file t.csv";
        let expected = ServerOptions::default()
            .bind_address(std::net::Ipv6Addr::UNSPECIFIED)
            .secure_port(0)
            .insecure_port(8080)
            .data_dir("d")
            .write_kubeconfig("k")
            .certificate("c.pem", "k.pem")
            .token_auth_file("t.csv");
        assert_eq!(parsed(&format!("pot {flags}")).unwrap(), expected);
        assert_eq!(parsed(&format!("pot serve {flags}")).unwrap(), expected);
    }

    #[test]
    fn an_export_knows_where_from_and_where_to() {
        let parsed = |line: &str| parse(line.split(' ').map(OsString::from)).unwrap();
        let options = ServerOptions::default().data_dir("d");
        assert_eq!(parsed("pot export --data-dir d f"), (Command::Export(Some("f".into())), options.clone()));
        assert_eq!(parsed("pot import --data-dir d"), (Command::Import(None), options));
    }

    #[test]
    fn a_check_needs_no_store() {
        let parsed = |line: &str| parse(line.split(' ').map(OsString::from));
        assert_eq!(parsed("pot check").unwrap(), (Command::Check, ServerOptions::default()));
        assert_eq!(parsed("pot check --data-dir d").unwrap_err().exit_code(), 2);
    }

    #[test]
    fn watches_and_history_have_limits() {
        let history = History {
            age: Duration::from_secs(90),
            watch_bytes: 1 << 20,
            watch_bytes_max: 1 << 20,
            ..History::default()
        };
        let options =
            parsed("pot --min-request-timeout 60 --history-age 1m30s --watch-history-bytes 1Mi").unwrap();
        assert_eq!((options.min_request_timeout.as_secs(), options.history), (60, history));
        let more = parsed("pot --watch-history-bytes 1Gi").unwrap().history;
        assert_eq!((more.watch_bytes, more.watch_bytes_max), (History::default().watch_bytes, 1 << 30));
        for line in ["pot --min-request-timeout 0", "pot --min-request-timeout 5m", "pot --history-age 5"] {
            assert_eq!(parsed(line).unwrap_err().exit_code(), 2, "{line}");
        }
    }

    #[test]
    fn documents_need_no_store() {
        let parsed = |line: &str| parse(line.split(' ').map(OsString::from)).map(|(command, _)| command);
        assert_eq!(parsed("pot crd").unwrap(), Command::Crd);
        assert_eq!(parsed("pot openapi").unwrap(), Command::OpenApi(OpenApiChoice::V3));
        assert_eq!(parsed("pot openapi --v2").unwrap(), Command::OpenApi(OpenApiChoice::V2));
        let one = OpenApiChoice::GroupVersion("example.com/v1".into());
        assert_eq!(parsed("pot openapi example.com/v1").unwrap(), Command::OpenApi(one));
        assert_eq!(parsed("pot openapi example.com/v1 --v2").unwrap_err().exit_code(), 2);
    }

    #[test]
    fn memory_is_chosen_by_name() {
        assert_eq!(parsed("pot --data-dir :memory:").unwrap().data_dir, None);
    }

    #[cfg(feature = "etcd")]
    #[test]
    fn etcd_is_chosen_by_its_servers() {
        use crate::storage::EtcdOptions;

        let etcd = |line: &str| parse(line.split(' ').map(OsString::from)).map(|(_, options)| options.etcd);
        assert_eq!(etcd("pot").unwrap(), None);
        let two = EtcdOptions::new(["http://a:2379", "http://b:2379"]);
        assert_eq!(etcd("pot --etcd-servers http://a:2379,http://b:2379").unwrap(), Some(two));
        let line = "pot export --etcd-servers https://a:2379 --etcd-prefix /garden --etcd-cafile ca --etcd-certfile c \
                    --etcd-keyfile k --etcd-compaction-interval 1m30s";
        let all = EtcdOptions::new(["https://a:2379"]).prefix("/garden").ca_file("ca");
        let all = all.client_certificate("c", "k").compaction_interval(Duration::from_secs(90));
        assert_eq!(etcd(line).unwrap(), Some(all));
        for line in [
            "pot --etcd-cafile ca",
            "pot --etcd-prefix /garden",
            "pot --etcd-servers https://a:2379 --etcd-cafile ca --etcd-certfile c",
            "pot --etcd-servers https://a:2379 --etcd-certfile c --etcd-keyfile k",
            "pot --etcd-servers http://a:2379 --etcd-compaction-interval soon",
        ] {
            assert_eq!(parsed(line).unwrap_err().exit_code(), 2, "{line}");
        }
    }

    #[test]
    fn a_data_directory_is_named_after_the_program() {
        assert_eq!(default_data_dir(Some("/usr/bin/flower-pot".into())), Path::new("flower-pot-data"));
        assert_eq!(default_data_dir(None), Path::new("resourceful-data"));
    }

    #[test]
    fn a_wrong_line_is_an_error_with_code_2() {
        for line in [
            "pot --secure-port 65536",
            "pot --tls-cert-file c.pem",
            "pot --nope",
            "pot water",
            "pot --bind-address here",
        ] {
            assert_eq!(parsed(line).unwrap_err().exit_code(), 2, "{line}");
        }
    }

    #[test]
    fn help_names_the_program_and_every_flag() {
        let error = parsed("/usr/bin/flower-pot --help").unwrap_err();
        assert_eq!((error.kind(), error.exit_code()), (ErrorKind::DisplayHelp, 0));
        let help = error.to_string();
        assert!(help.contains("Usage: flower-pot [OPTIONS]"), "{help}");
        for flag in [
            "bind-address",
            "secure-port",
            "insecure-port",
            "data-dir",
            "write-kubeconfig",
            "tls-cert-file",
            "tls-private-key-file",
            "token-auth-file",
            "min-request-timeout",
            "history-age",
            "watch-history-bytes",
        ] {
            assert!(help.contains(&format!("--{flag} <")), "{flag}: {help}");
        }
    }
}
