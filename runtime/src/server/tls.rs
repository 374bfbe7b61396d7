//! TLS: the certificate that was given, or one that the server makes for itself (contract 11.41).

use std::net::IpAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan as _};
use rcgen::{
    BasicConstraints, CertificateParams, CertifiedIssuer, DistinguishedName, DnType, ExtendedKeyUsagePurpose,
    IsCa, KeyPair, KeyUsagePurpose, PKCS_ECDSA_P256_SHA256,
};
use rustls::client::WebPkiServerVerifier;
use rustls::client::danger::ServerCertVerifier as _;
use rustls::crypto::{CryptoProvider, ring};
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName, UnixTime};
use rustls::server::ServerConfig;
use rustls::{ConfigBuilder, RootCertStore};

use super::files;
use crate::errors::{Error, Result};

/// HTTP/2 first, as kube-apiserver offers it.
pub(crate) const HTTP_2: &[u8] = b"h2";
const HTTP_1_1: &[u8] = b"http/1.1";

/// How long a certificate of our own is valid. Copies of the kubeconfig hold its issuer, so it lives long.
const YEARS: i16 = 10;

/// A certificate of our own that ends within this time is replaced at the next start.
const RENEW_BEFORE: Duration = Duration::from_secs(30 * 24 * 60 * 60);

/// A certificate, its key, and whom a client must trust to believe it; all in PEM.
#[derive(Clone)]
pub(crate) struct Identity {
    /// The server's certificate, then those that lead to its issuer.
    chain: String,
    key: String,
    /// For people: where the two come from.
    origin: String,
    /// What clients trust.
    pub(crate) ca_certificate: String,
}

impl Identity {
    /// The certificate and key of `--tls-cert-file` and `--tls-private-key-file`.
    ///
    /// Clients are told to trust the certificates in the file: who issued them is not known here.
    pub(crate) fn given(certificate: &Path, key: &Path) -> Result<Self> {
        let read = |flag: &str, path: &Path| {
            std::fs::read_to_string(path)
                .map_err(|error| Error::other(format!("cannot read --{flag} {}: {error}", path.display())))
        };
        let chain = read("tls-cert-file", certificate)?;
        let key_text = read("tls-private-key-file", key)?;
        let origin = format!(
            "--tls-cert-file {} with --tls-private-key-file {}",
            certificate.display(),
            key.display()
        );
        Ok(Self { ca_certificate: chain.clone(), chain, key: key_text, origin })
    }

    /// A certificate of our own, kept in the directory if there is one, and made if none is kept there that a client
    /// would accept for every address it may call.
    pub(crate) fn own(directory: Option<&Path>, addresses: &[IpAddr]) -> Result<Self> {
        let Some(directory) = directory else { return Self::generate(addresses, today()) };
        let kept = Kept::in_directory(directory);
        match kept.read(addresses) {
            Ok(identity) => return Ok(identity),
            Err(why) => tracing::debug!("making a certificate: {why}"),
        }
        let identity = Self::generate(addresses, today())?;
        kept.write(&identity)?;
        Ok(identity)
    }

    /// Makes a certificate and the issuer that signs it. The issuer's key is forgotten: nobody can sign with it again.
    fn generate(addresses: &[IpAddr], today: Date) -> Result<Self> {
        let attempt = || -> Result<Self, rcgen::Error> {
            let mut ca = CertificateParams::default();
            ca.distinguished_name = name(&format!("resourceful-ca@{}", Timestamp::now().as_second()));
            ca.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
            ca.key_usages = vec![KeyUsagePurpose::KeyCertSign];
            set_validity(&mut ca, today);
            let ca = CertifiedIssuer::self_signed(ca, KeyPair::generate_for(&PKCS_ECDSA_P256_SHA256)?)?;

            let mut leaf = CertificateParams::new(names(addresses))?;
            leaf.distinguished_name = name("resourceful");
            leaf.key_usages = vec![KeyUsagePurpose::DigitalSignature];
            leaf.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
            leaf.use_authority_key_identifier_extension = true;
            set_validity(&mut leaf, today);
            let key = KeyPair::generate_for(&PKCS_ECDSA_P256_SHA256)?;
            let leaf = leaf.signed_by(&key, &ca)?;
            Ok(Self {
                chain: leaf.pem(),
                key: key.serialize_pem(),
                origin: "the server's own certificate".into(),
                ca_certificate: ca.pem(),
            })
        };
        attempt().map_err(|error| Error::other(format!("cannot make a certificate: {error}")))
    }

    /// What the server needs to serve with this certificate.
    pub(crate) fn server_config(&self) -> Result<ServerConfig> {
        let fail = |what: String| Error::other(format!("{}: {what}", self.origin));
        let chain = certificates(&self.chain).map_err(|error| fail(error.to_string()))?;
        if chain.is_empty() {
            return Err(fail("the certificate file holds no certificate in PEM".into()));
        }
        let key = PrivateKeyDer::from_pem_slice(self.key.as_bytes())
            .map_err(|error| fail(format!("the key file holds no private key in PEM: {error}")))?;
        let mut config = ServerConfig::builder_with_provider(provider())
            .with_safe_default_protocol_versions()
            .map(ConfigBuilder::<ServerConfig, _>::with_no_client_auth)
            .and_then(|config| config.with_single_cert(chain, key))
            .map_err(|error| match error {
                rustls::Error::InconsistentKeys(_) => {
                    fail("the key does not belong to the certificate".into())
                }
                error => fail(error.to_string()),
            })?;
        config.alpn_protocols = vec![HTTP_2.to_vec(), HTTP_1_1.to_vec()];
        Ok(config)
    }

    /// Whether clients would accept the certificate for every address, now and for a while.
    fn accepted(&self, addresses: &[IpAddr]) -> Result<(), rustls::Error> {
        let general = |error: &dyn std::fmt::Display| rustls::Error::General(error.to_string());
        let mut roots = RootCertStore::empty();
        for root in certificates(&self.ca_certificate).map_err(|error| general(&error))? {
            roots.add(root)?;
        }
        let verifier = WebPkiServerVerifier::builder_with_provider(Arc::new(roots), provider()).build();
        let verifier = verifier.map_err(|error| general(&error))?;
        let chain = certificates(&self.chain).map_err(|error| general(&error))?;
        let (leaf, intermediates) = chain.split_first().ok_or_else(|| general(&"there is no certificate"))?;
        let until = UnixTime::since_unix_epoch(Duration::from_secs(UnixTime::now().as_secs()) + RENEW_BEFORE);
        for name in required_names(addresses) {
            verifier.verify_server_cert(leaf, intermediates, &name, &[], until)?;
        }
        Ok(())
    }
}

/// The files of a certificate of our own.
struct Kept {
    directory: PathBuf,
    ca: PathBuf,
    chain: PathBuf,
    key: PathBuf,
}

impl Kept {
    fn in_directory(data: &Path) -> Self {
        let directory = data.join("tls");
        let file = |name| directory.join(name);
        Self { ca: file("ca.crt"), chain: file("server.crt"), key: file("server.key"), directory }
    }

    /// Reads the files; the error says why they cannot be used.
    fn read(&self, addresses: &[IpAddr]) -> Result<Identity> {
        let read = |path: &Path| {
            files::read(path)?.ok_or_else(|| Error::other(format!("there is no {}", path.display())))
        };
        let identity = Identity {
            chain: read(&self.chain)?,
            key: read(&self.key)?,
            origin: self.chain.display().to_string(),
            ca_certificate: read(&self.ca)?,
        };
        let why = |error: rustls::Error| Error::other(format!("{}: {error}", identity.origin));
        identity.accepted(addresses).map_err(why)?;
        identity.server_config()?;
        Ok(identity)
    }

    fn write(&self, identity: &Identity) -> Result<()> {
        files::create_directory(&self.directory)?;
        files::write_private(&self.key, &identity.key)?;
        files::write_public(&self.chain, &identity.chain)?;
        files::write_public(&self.ca, &identity.ca_certificate)
    }
}

/// The names that a certificate of our own must be good for.
fn required_names(addresses: &[IpAddr]) -> Vec<ServerName<'static>> {
    let hosts = HOSTS.iter().filter_map(|&host| ServerName::try_from(host).ok());
    hosts.chain(every_address(addresses).into_iter().map(ServerName::from)).collect()
}

/// The names that a new certificate is made for: besides those required, the machine's, which may change.
fn names(addresses: &[IpAddr]) -> Vec<String> {
    let mut names: Vec<String> = HOSTS.iter().map(|&host| host.to_owned()).collect();
    let machine = gethostname::gethostname().to_string_lossy().to_ascii_lowercase();
    if ServerName::try_from(machine.as_str()).is_ok() && !names.contains(&machine) {
        names.push(machine);
    }
    names.extend(every_address(addresses).iter().map(ToString::to_string));
    names
}

/// The second one is by what the server is called behind the aggregator and from inside a cluster.
const HOSTS: [&str; 2] = ["localhost", "kubernetes.default.svc"];

/// Loopback, and every given address that a client can call.
fn every_address(addresses: &[IpAddr]) -> Vec<IpAddr> {
    let mut all = vec![IpAddr::from([127, 0, 0, 1]), IpAddr::from(std::net::Ipv6Addr::LOCALHOST)];
    for address in addresses {
        if !address.is_unspecified() && !all.contains(address) {
            all.push(*address);
        }
    }
    all
}

fn name(common_name: &str) -> DistinguishedName {
    let mut name = DistinguishedName::new();
    name.push(DnType::CommonName, common_name);
    name
}

/// From yesterday on, for clients whose clock is behind.
fn set_validity(params: &mut CertificateParams, today: Date) {
    let midnight = |date: Date| {
        rcgen::date_time_ymd(date.year().into(), date.month().unsigned_abs(), date.day().unsigned_abs())
    };
    params.not_before = midnight(today.yesterday().unwrap_or(today));
    params.not_after = midnight(today.checked_add(YEARS.years()).unwrap_or(today));
}

fn today() -> Date {
    Timestamp::now().to_zoned_datetime(TimeZone::UTC).date()
}

fn certificates(pem: &str) -> Result<Vec<CertificateDer<'static>>, rustls::pki_types::pem::Error> {
    CertificateDer::pem_slice_iter(pem.as_bytes()).collect()
}

/// Named here, since rustls panics when several providers are compiled in and none is named.
fn provider() -> Arc<CryptoProvider> {
    Arc::new(ring::default_provider())
}

#[cfg(test)]
mod tests {
    use super::*;

    const ADDRESS: IpAddr = IpAddr::V4(std::net::Ipv4Addr::new(192, 0, 2, 7));

    #[test]
    fn a_certificate_of_our_own_is_made_once() {
        let directory = tempfile::tempdir().unwrap();
        let first = Identity::own(Some(directory.path()), &[ADDRESS]).unwrap();
        let second = Identity::own(Some(directory.path()), &[ADDRESS]).unwrap();
        assert_eq!(second.chain, first.chain);
        assert_eq!(second.key, first.key);
        assert_eq!(second.ca_certificate, first.ca_certificate);
        assert_ne!(first.chain, first.ca_certificate);
    }

    #[test]
    fn it_is_good_for_the_address_that_is_served() {
        let identity = Identity::generate(&[], today()).unwrap();
        identity.accepted(&[]).unwrap();
        identity.accepted(&[IpAddr::from([0, 0, 0, 0])]).unwrap();
        let error = identity.accepted(&[ADDRESS]).unwrap_err();
        assert!(error.to_string().contains("not valid for name"), "{error}");

        let directory = tempfile::tempdir().unwrap();
        let first = Identity::own(Some(directory.path()), &[]).unwrap();
        let second = Identity::own(Some(directory.path()), &[ADDRESS]).unwrap();
        assert_ne!(second.chain, first.chain, "another address needs another certificate");
        second.accepted(&[ADDRESS]).unwrap();
    }

    #[test]
    fn one_that_ends_soon_is_replaced() {
        let long_ago = today().checked_sub(YEARS.years()).unwrap();
        let ends_in = |days: i64| {
            let directory = tempfile::tempdir().unwrap();
            let old = Identity::generate(&[], long_ago.checked_add(days.days()).unwrap()).unwrap();
            Kept::in_directory(directory.path()).write(&old).unwrap();
            Identity::own(Some(directory.path()), &[]).unwrap().chain == old.chain
        };
        assert!(ends_in(40), "in 40 days there is time");
        assert!(!ends_in(20), "in 20 days there is not");
    }

    #[test]
    fn files_that_do_not_fit_together_are_replaced() {
        let directory = tempfile::tempdir().unwrap();
        let first = Identity::own(Some(directory.path()), &[]).unwrap();
        let other = Identity::generate(&[], today()).unwrap();
        let kept = Kept::in_directory(directory.path());
        for (path, text) in
            [(&kept.key, &other.key), (&kept.ca, &other.ca_certificate), (&kept.chain, &String::new())]
        {
            kept.write(&first).unwrap();
            std::fs::write(path, text).unwrap();
            let second = Identity::own(Some(directory.path()), &[]).unwrap();
            assert_ne!(second.chain, first.chain, "{}", path.display());
            second.server_config().unwrap();
        }
    }

    #[test]
    fn a_given_certificate_is_served_and_trusted() {
        let directory = tempfile::tempdir().unwrap();
        let path = |name| directory.path().join(name);
        let own = Identity::generate(&[], today()).unwrap();
        std::fs::write(path("c.pem"), &own.chain).unwrap();
        std::fs::write(path("k.pem"), &own.key).unwrap();
        let given = Identity::given(&path("c.pem"), &path("k.pem")).unwrap();
        assert_eq!(given.ca_certificate, own.chain);
        assert_eq!(given.server_config().unwrap().alpn_protocols, [b"h2".to_vec(), b"http/1.1".to_vec()]);
    }

    #[test]
    fn a_bad_given_certificate_is_refused_by_name() {
        let directory = tempfile::tempdir().unwrap();
        let path = |name| directory.path().join(name);
        let (one, other) =
            (Identity::generate(&[], today()).unwrap(), Identity::generate(&[], today()).unwrap());
        std::fs::write(path("c.pem"), &one.chain).unwrap();
        std::fs::write(path("k.pem"), &other.key).unwrap();
        std::fs::write(path("empty.pem"), "").unwrap();
        let refused = |certificate, key| {
            let identity = Identity::given(&path(certificate), &path(key));
            identity.and_then(|identity| identity.server_config().map(drop)).unwrap_err().to_string()
        };
        assert!(refused("none.pem", "k.pem").starts_with("cannot read --tls-cert-file /"));
        assert!(refused("c.pem", "none.pem").starts_with("cannot read --tls-private-key-file /"));
        assert!(refused("c.pem", "k.pem").ends_with("the key does not belong to the certificate"));
        assert!(refused("empty.pem", "k.pem").ends_with("holds no certificate in PEM"));
        assert!(refused("c.pem", "empty.pem").contains("the key file holds no private key in PEM: "));
    }
}
