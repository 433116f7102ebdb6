//! Splits a PostgreSQL URL into its parts.

use crate::base::postgresql::error::DatabaseError;
use postgres::Config;

pub(super) const SEVERAL: &str = "it names several servers, and one is used; name that";

/// Returns the value of an environment variable; `None` if it is not set or empty.
pub(crate) type Environment<'e> = dyn Fn(&str) -> Option<String> + 'e;

/// The parts of a URL that the library does not expose or does not support.
pub(crate) struct Parts<'u> {
    /// User and password, with the `@` after them.
    login: &'u str,
    /// The host, with a port if there is one.
    server: &'u str,
    /// The database, with the `/` before it.
    path: &'u str,
    /// The parameters that the library supports.
    pairs: Vec<&'u str>,
    /// `sslmode`.
    pub mode: Option<String>,
    /// `sslrootcert`.
    pub authorities: Option<String>,
}

impl<'u> Parts<'u> {
    pub(super) fn of(url: &'u str) -> Result<Parts<'u>, DatabaseError> {
        let schemes = ["postgres://", "postgresql://"];
        let rest = schemes.into_iter().find_map(|it| url.strip_prefix(it));
        let Some(rest) = rest else {
            let problem = "it begins neither with `postgres://` nor with `postgresql://`";
            return Err(DatabaseError::Url(problem.into()));
        };
        // A password may contain any character but `@`, as in the library and in libpq.
        let (login, place) = rest.split_at(rest.find('@').map_or(0, |at| at + 1));
        let (place, query) = place.split_once('?').unwrap_or((place, ""));
        let (server, path) = place.split_at(place.find('/').unwrap_or(place.len()));
        let mut parts = Parts {
            login,
            server,
            path,
            pairs: Vec::new(),
            mode: None,
            authorities: None,
        };
        for pair in query.split('&').filter(|pair| !pair.is_empty()) {
            match pair.split_once('=') {
                Some(("sslmode", value)) => parts.mode = Some(value.into()),
                Some(("sslrootcert", value)) => parts.authorities = Some(decoded(value)?),
                _ => parts.pairs.push(pair),
            }
        }
        Ok(parts)
    }

    /// Returns the URL in the form that the library supports. If it has no port, the port of the environment is
    /// inserted, because the library would use the default.
    pub(super) fn plain(&self, environment: &Environment<'_>) -> Result<String, DatabaseError> {
        let after_address = self.server.rsplit(']').next().unwrap_or_default();
        let names_port =
            after_address.contains(':') || self.pairs.iter().any(|pair| pair.starts_with("port="));
        let port = environment("PGPORT").filter(|_| !names_port);
        if let Some(text) = port.as_ref().filter(|it| it.parse::<u16>().is_err()) {
            let problem = format!("PGPORT is `{text}`, which is not a port");
            return Err(DatabaseError::Url(problem));
        }
        let (mut server, mut pairs) = (self.server.to_owned(), self.pairs.join("&"));
        match port {
            Some(port) if server.is_empty() => pairs = format!("{pairs}&port={port}"),
            Some(port) => server = format!("{server}:{port}"),
            None => {}
        }
        let pairs = pairs.trim_start_matches('&');
        Ok(format!(
            "postgres://{}{server}{}?{pairs}",
            self.login, self.path
        ))
    }
}

/// Decodes the `%` escapes of a value with the library's parser.
fn decoded(value: &str) -> Result<String, DatabaseError> {
    let config = parse(&format!("postgres:///?application_name={value}"))?;
    Ok(config.get_application_name().unwrap_or_default().into())
}

pub(super) fn parse(url: &str) -> Result<Config, DatabaseError> {
    url.parse()
        .map_err(|error| DatabaseError::Url(crate::base::postgresql::error::words(&error)))
}
