//! Encryption of the connection to the server, according to `sslmode`.

use std::fmt::Display;
use std::path::PathBuf;
use std::sync::Arc;

use rustls::{ClientConfig, RootCertStore};
use rustls_tokio_postgres::{MakeRustlsConnect, config_from_ca_cert, config_no_verify};

use crate::base::disk;
use crate::base::postgresql::error::DatabaseError;
use crate::base::postgresql::parts::{Environment, Parts};

/// The required security of the connection.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Security {
    /// Not encrypted: `disable`, and every socket on the same machine.
    None,
    /// Encrypted if the server supports it: `prefer`, the default.
    Preferred,
    /// Encrypted, without verifying the server: `require`.
    Encrypted,
    /// Encrypted, with verification of the server's certificate and name: `verify-full`. The trusted authorities are
    /// those in the file, or else the system's.
    Verified(Option<PathBuf>),
}

impl Security {
    /// Returns the security that a URL or the environment requires.
    pub(crate) fn of(
        parts: &Parts<'_>,
        environment: &Environment<'_>,
        is_socket: bool,
    ) -> Result<Security, DatabaseError> {
        let mode = parts.mode.clone().or_else(|| environment("PGSSLMODE"));
        let named = parts.authorities.clone();
        let authorities = named.or_else(|| environment("PGSSLROOTCERT"));
        let security = match mode.as_deref() {
            None | Some("prefer") => Security::Preferred,
            Some("disable") => Security::None,
            Some("require") => Security::Encrypted,
            Some("verify-full") => {
                let file = authorities.filter(|it| it != "system");
                return Ok(match is_socket {
                    true => Security::None,
                    false => Security::Verified(file.map(PathBuf::from)),
                });
            }
            Some(other) => {
                return Err(DatabaseError::Url(format!(
                    "sslmode is `{other}`, and may be disable, prefer, require or verify-full"
                )));
            }
        };
        // In other modes libpq would verify only partially, which is not what a user who names the file expects.
        if parts.authorities.is_some() {
            let problem = "sslrootcert goes with `sslmode=verify-full`";
            return Err(DatabaseError::Url(problem.into()));
        }
        Ok(if is_socket { Security::None } else { security })
    }
}

/// Why a connection cannot be encrypted.
#[derive(Debug, thiserror::Error)]
pub(crate) enum TlsError {
    /// The file of authorities cannot be used.
    #[error("{} (sslrootcert): {problem}", file.display())]
    Authorities {
        /// The file.
        file: PathBuf,
        /// The reason.
        problem: String,
    },
    /// There is nothing to verify a server with.
    #[error(
        "the system has no certificates to verify the server with; name a file with sslrootcert"
    )]
    NoAuthorities,
    /// The library has no protocol in common with itself.
    #[error(transparent)]
    Library(#[from] rustls::Error),
}

/// Returns the connector for encrypted connections.
pub(crate) fn connector(security: &Security) -> Result<MakeRustlsConnect, TlsError> {
    let config = match security {
        Security::Verified(Some(file)) => {
            let wrong = |error: &dyn Display| TlsError::Authorities {
                file: file.clone(),
                problem: error.to_string(),
            };
            // The library would wait for a FIFO.
            disk::open_file(file).map_err(|error| wrong(&error))?;
            config_from_ca_cert(file).map_err(|error| wrong(&error))?
        }
        Security::Verified(None) => of_system()?,
        _ => config_no_verify(),
    };
    Ok(MakeRustlsConnect::new(config))
}

/// Returns a configuration that trusts the system's authorities.
fn of_system() -> Result<ClientConfig, TlsError> {
    let mut roots = RootCertStore::empty();
    roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
    if roots.is_empty() {
        return Err(TlsError::NoAuthorities);
    }
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let builder =
        ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions();
    Ok(builder?.with_root_certificates(roots).with_no_client_auth())
}
