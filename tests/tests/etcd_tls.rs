//! etcd over TLS: both sides show their certificates, and whatever is wrong with them is told with the flag to look at.

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use bytes::Bytes;
use rcgen::{CertificateParams, CertifiedIssuer, ExtendedKeyUsagePurpose, KeyPair};
use resourceful::storage::{Engine, EtcdEngine, EtcdOptions, StorageError, Write};
use resourceful_tests::etcd::{Certificates, Cluster};
use resourceful_tests::server::Server;

type Issuer = CertifiedIssuer<'static, KeyPair>;

/// A secure cluster, and the files that fit it.
struct Secure {
    cluster: Cluster,
    issuer: Issuer,
    directory: tempfile::TempDir,
}

impl Secure {
    fn start() -> Self {
        let directory = tempfile::tempdir().expect("a temporary directory");
        let issuer = issuer();
        let (cert, key) = certificate(directory.path(), "etcd", &issuer, |_| {});
        let ca = write(directory.path(), "ca.crt", &issuer.pem());
        let cluster = Cluster::secure(&Certificates { ca, cert, key });
        Self { cluster, issuer, directory }
    }

    fn path(&self) -> &Path {
        self.directory.path()
    }

    fn options(&self) -> EtcdOptions {
        EtcdOptions::new([self.cluster.url(0)]).compaction_interval(Duration::ZERO)
    }

    /// With everything that is needed.
    fn trusted(&self) -> EtcdOptions {
        let (cert, key) = certificate(self.path(), "client", &self.issuer, |_| {});
        self.options().ca_file(self.path().join("ca.crt")).client_certificate(cert, key)
    }

    async fn connected(&self) -> EtcdEngine {
        let (options, begin) = (self.trusted(), Instant::now());
        loop {
            match EtcdEngine::connect(options.clone()).await {
                Ok(engine) => return engine,
                Err(error) => assert!(begin.elapsed() < Duration::from_secs(60), "etcd is not up: {error}"),
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }
}

fn issuer() -> Issuer {
    let mut params = CertificateParams::default();
    params.is_ca = rcgen::IsCa::Ca(rcgen::BasicConstraints::Unconstrained);
    params.distinguished_name.push(rcgen::DnType::CommonName, "etcd-ca");
    CertifiedIssuer::self_signed(params, KeyPair::generate().expect("a key")).expect("a certificate")
}

/// A certificate for 127.0.0.1 and its key, as files.
fn certificate(
    directory: &Path,
    name: &str,
    issuer: &Issuer,
    change: impl FnOnce(&mut CertificateParams),
) -> (PathBuf, PathBuf) {
    let key = KeyPair::generate().expect("a key");
    let mut params = CertificateParams::new(vec!["127.0.0.1".to_owned()]).expect("a name");
    params.extended_key_usages =
        vec![ExtendedKeyUsagePurpose::ServerAuth, ExtendedKeyUsagePurpose::ClientAuth];
    change(&mut params);
    let certificate = params.signed_by(&key, issuer).expect("a certificate");
    let cert = write(directory, &format!("{name}.crt"), &certificate.pem());
    (cert, write(directory, &format!("{name}.key"), &key.serialize_pem()))
}

fn write(directory: &Path, name: &str, text: &str) -> PathBuf {
    let path = directory.join(name);
    std::fs::write(&path, text).expect("the file is written");
    path
}

/// Why it cannot be connected, which must hold these words.
async fn refused(what: &str, options: EtcdOptions, words: &[&str]) {
    let error = EtcdEngine::connect(options).await.map(drop).expect_err(what);
    assert!(matches!(&error, StorageError::Unreachable(_)), "{what}: {error:?}");
    let text = error.to_string();
    println!("{what}: {text}");
    for word in words {
        assert!(text.contains(word), "{what}: {text}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_wrong_with_a_certificate_is_told_with_its_flag() {
    let secure = Secure::start();
    let engine = secure.connected().await;
    engine.commit(Write::put("/a", 0, Bytes::from_static(b"{}"))).await.expect("commit");

    let options = || secure.options().ca_file(secure.path().join("ca.crt"));
    let at = |servers: String| {
        let mut options = secure.trusted();
        options.servers = vec![servers];
        options
    };
    let url = secure.cluster.url(0);
    let (elsewhere, open) = (issuer(), Cluster::single());
    let (cert, key) = certificate(secure.path(), "stranger", &elsewhere, |_| {});
    let stranger = options().client_certificate(cert, key);
    let other = secure.trusted().ca_file(write(secure.path(), "other.crt", &elsewhere.pem()));
    let (localhost, plain) = (at(url.replace("127.0.0.1", "localhost")), at(url.replace("https", "http")));
    let no_tls = at(open.url(0).replace("http", "https"));
    let nobody = EtcdOptions::new(["http://127.0.0.1:1"]);
    // Those that may only be slow are given some time.
    tokio::join!(
        refused("no certificate of ours", options(), &["--etcd-certfile", "--etcd-keyfile"]),
        refused("a certificate of another issuer", stranger, &["--etcd-certfile"]),
        refused("another issuer is believed", other, &["an issuer that is not in --etcd-cafile"]),
        refused("another host", localhost, &["another host than the one in --etcd-servers"]),
        refused("no TLS where TLS is spoken", plain, &["https://", "--etcd-cafile"]),
        refused("https without an issuer", secure.options(), &["--etcd-cafile"]),
        refused("TLS where none is spoken", no_tls, &["no TLS", "--etcd-servers", "http://"]),
        refused("nobody is there", nobody, &["http://127.0.0.1:1"]),
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_expired_certificate_is_told_as_such() {
    let directory = tempfile::tempdir().expect("a temporary directory");
    let issuer = issuer();
    let (cert, key) = certificate(directory.path(), "etcd", &issuer, |params| {
        params.not_before = rcgen::date_time_ymd(2020, 1, 1);
        params.not_after = rcgen::date_time_ymd(2021, 1, 1);
    });
    let ca = write(directory.path(), "ca.crt", &issuer.pem());
    let cluster = Cluster::secure(&Certificates { ca: ca.clone(), cert, key });
    let options = EtcdOptions::new([cluster.url(0)]).ca_file(ca);
    let begin = Instant::now();
    while std::net::TcpStream::connect(cluster.url(0).trim_start_matches("https://")).is_err() {
        assert!(begin.elapsed() < Duration::from_secs(60), "etcd does not listen");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    refused("an expired certificate", options, &["--etcd-servers has expired"]).await;
}

/// Files that cannot be used end the start of a server, which says which one.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn files_that_cannot_be_used_end_the_start() {
    let directory = tempfile::tempdir().expect("a temporary directory");
    let issuer = issuer();
    let ca = write(directory.path(), "ca.crt", &issuer.pem());
    let (cert, key) = certificate(directory.path(), "client", &issuer, |_| {});
    let (_, other_key) = certificate(directory.path(), "other", &issuer, |_| {});
    let rubbish = write(directory.path(), "rubbish", "rubbish");
    let missing = directory.path().join("missing");
    for (what, ca, cert, key, words) in [
        ("a missing issuer", &missing, &cert, &key, ["cannot read", "missing (--etcd-cafile)"]),
        ("no issuer in the file", &rubbish, &cert, &key, ["has no certificate in PEM", "(--etcd-cafile)"]),
        (
            "no certificate in the file",
            &ca,
            &rubbish,
            &key,
            ["has no certificate in PEM", "(--etcd-certfile)"],
        ),
        ("a certificate for a key", &ca, &cert, &cert, ["has no private key in PEM", "(--etcd-keyfile)"]),
        ("another key", &ca, &cert, &other_key, ["cannot be used", "--etcd-keyfile"]),
    ] {
        let options = EtcdOptions::new(["https://127.0.0.1:1"]).ca_file(ca).client_certificate(cert, key);
        refused(what, options, &words).await;
        let paths = [ca, cert, key].map(|path| path.display().to_string());
        let flags = [
            "--etcd-servers",
            "https://127.0.0.1:1",
            "--etcd-cafile",
            &paths[0],
            "--etcd-certfile",
            &paths[1],
            "--etcd-keyfile",
            &paths[2],
        ];
        let said = Server::try_start_with("wardle", directory.path(), &flags).expect_err(what);
        assert!(
            said.contains("cannot use etcd") && words.iter().all(|word| said.contains(word)),
            "{what}: {said}"
        );
    }
}
