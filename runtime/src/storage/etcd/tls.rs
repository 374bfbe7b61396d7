//! TLS to the members: the files, and which of them to look at when it fails.

use std::error::Error;
use std::path::Path;

use rustls::{AlertDescription, CertificateError};
use tonic::transport::{Certificate, ClientTlsConfig, Identity};

use super::client::{CONNECT, unusable};
use super::options::EtcdOptions;
use crate::storage::StorageError;

/// How to speak TLS; `None` when no file is named.
pub(super) fn config(options: &EtcdOptions) -> Result<Option<ClientTlsConfig>, StorageError> {
    let mut tls = ClientTlsConfig::new().timeout(CONNECT);
    match (&options.cert_file, &options.key_file) {
        (Some(cert), Some(key)) => {
            let cert = read(cert, "--etcd-certfile", "CERTIFICATE")?;
            tls = tls.identity(Identity::from_pem(cert, read(key, "--etcd-keyfile", "PRIVATE KEY")?));
        }
        (None, None) => {}
        _ => return Err(unusable("a client certificate and its key go together")),
    }
    match &options.ca_file {
        Some(file) => {
            let issuers = read(file, "--etcd-cafile", "CERTIFICATE")?;
            Ok(Some(tls.ca_certificate(Certificate::from_pem(issuers))))
        }
        None if options.cert_file.is_some() => {
            Err(unusable("a client certificate needs the issuer of etcd's own"))
        }
        None => Ok(None),
    }
}

/// Reads a file in PEM in which something must be.
fn read(path: &Path, flag: &str, what: &str) -> Result<String, StorageError> {
    let path_and_flag = format!("{} ({flag})", path.display());
    let text = std::fs::read_to_string(path)
        .map_err(|error| unusable(&format!("cannot read {path_and_flag}: {error}")))?;
    // A private key has its algorithm before these words, or nothing.
    let found = text
        .lines()
        .map(str::trim)
        .any(|line| line.starts_with("-----BEGIN ") && line.ends_with(&format!("{what}-----")));
    if found {
        Ok(text)
    } else {
        Err(unusable(&format!("{path_and_flag} has no {} in PEM", what.to_lowercase())))
    }
}

/// What is said when the files cannot be used together.
pub(super) fn refused(error: &(dyn Error + 'static)) -> StorageError {
    let why = chain(error).last().map_or_else(|| error.to_string(), ToString::to_string);
    unusable(&format!("the files of --etcd-cafile, --etcd-certfile and --etcd-keyfile cannot be used: {why}"))
}

/// Which flag to look at, if it was TLS that failed.
pub(super) fn advice(error: &(dyn Error + 'static)) -> Option<&'static str> {
    for error in chain(error) {
        let io = error.downcast_ref::<std::io::Error>().and_then(std::io::Error::get_ref);
        let inner = io.and_then(|inner| inner.downcast_ref::<rustls::Error>());
        match inner.or_else(|| error.downcast_ref()) {
            Some(rustls::Error::InvalidCertificate(why)) => return Some(certificate_advice(why)),
            Some(rustls::Error::AlertReceived(AlertDescription::CertificateRequired)) => {
                return Some("etcd wants a certificate; give one with --etcd-certfile and --etcd-keyfile");
            }
            Some(rustls::Error::AlertReceived(_)) => {
                return Some("etcd refuses our certificate; look at --etcd-certfile and --etcd-keyfile");
            }
            Some(rustls::Error::InvalidMessage(_)) => {
                return Some("there is no TLS at this address; --etcd-servers may have to say http://");
            }
            _ => {}
        }
    }
    None
}

fn certificate_advice(why: &CertificateError) -> &'static str {
    match why {
        // An issuer of the same name has another key.
        CertificateError::UnknownIssuer | CertificateError::BadSignature => {
            "etcd's certificate is of an issuer that is not in --etcd-cafile"
        }
        CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. } => {
            "etcd's certificate is for another host than the one in --etcd-servers"
        }
        CertificateError::Expired | CertificateError::ExpiredContext { .. } => {
            "the certificate of a member in --etcd-servers has expired"
        }
        _ => "etcd's certificate cannot be believed; look at --etcd-cafile",
    }
}

/// An error and what it comes from.
fn chain<'a>(error: &'a (dyn Error + 'static)) -> impl Iterator<Item = &'a (dyn Error + 'static)> {
    std::iter::successors(Some(error), |error| (*error).source())
}
