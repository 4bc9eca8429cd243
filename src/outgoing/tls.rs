//! Whom to trust over TLS: whom the machine trusts, by the provider that tokens use already.

use std::sync::Arc;

use ureq::tls::{Certificate, RootCerts, TlsConfig};

pub fn config() -> TlsConfig {
    let roots = rustls_native_certs::load_native_certs().certs;
    let roots = roots.iter().map(|it| Certificate::from_der(it.as_ref()).to_owned());
    TlsConfig::builder()
        .unversioned_rustls_crypto_provider(Arc::new(rustls::crypto::aws_lc_rs::default_provider()))
        .root_certs(RootCerts::Specific(Arc::new(roots.collect())))
        .build()
}

/// A certificate at fault in words; anything else as the library has it.
pub fn cause_of(error: &ureq::Error) -> String {
    use rustls::CertificateError as Fault;
    let tls = match error {
        ureq::Error::Rustls(error) => Some(error),
        ureq::Error::Io(error) => error.get_ref().and_then(|inner| inner.downcast_ref::<rustls::Error>()),
        _ => None,
    };
    let Some(rustls::Error::InvalidCertificate(fault)) = tls else { return error.to_string() };
    match fault {
        Fault::UnknownIssuer => "its certificate comes from no authority that this machine trusts; one that it shall \
                                 trust belongs among the machine's own, or into the file that SSL_CERT_FILE names"
            .into(),
        Fault::Expired | Fault::ExpiredContext { .. } => format!("its certificate has expired ({fault})"),
        Fault::NotValidYet | Fault::NotValidYetContext { .. } => {
            format!("its certificate is not valid yet, or the clock of this machine is wrong ({fault})")
        }
        Fault::NotValidForName | Fault::NotValidForNameContext { .. } => {
            format!("its certificate is for another host ({fault})")
        }
        other => format!("its certificate cannot be trusted ({other})"),
    }
}
