//! A URL of PostgreSQL, taken apart.

use crate::base::postgresql::error::DatabaseError;
use postgres::Config;

pub(super) const SEVERAL: &str = "it names several servers, and one is used; name that";

/// A variable of the environment, where it is set and not empty.
pub(crate) type Environment<'e> = dyn Fn(&str) -> Option<String> + 'e;

/// A URL, taken apart as far as the library does not tell what stands in it, or does not know it.
pub(crate) struct Parts<'u> {
    /// User and password, with their `@`.
    login: &'u str,
    /// The host, and the port where it says one.
    server: &'u str,
    /// The database, with its `/`.
    path: &'u str,
    /// What the library knows of the rest.
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
        // A password may hold any sign but `@`, which is how the library and libpq read it.
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

    /// The URL as the library knows it, with the environment's port where it says none: a server without one would get
    /// the usual.
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

/// A value without its `%` escapes, by the way that the library reads them.
fn decoded(value: &str) -> Result<String, DatabaseError> {
    let config = parse(&format!("postgres:///?application_name={value}"))?;
    Ok(config.get_application_name().unwrap_or_default().into())
}

pub(super) fn parse(url: &str) -> Result<Config, DatabaseError> {
    url.parse()
        .map_err(|error| DatabaseError::Url(crate::base::postgresql::error::words(&error)))
}
