//! Determines the connection parameters from a URL, the environment and the password file. The names and the precedence
//! are those of PostgreSQL's own library (libpq), so that what works with `psql` works here.

use crate::base::disk;
use crate::base::postgresql::parts::{Environment, Parts, SEVERAL, parse};
use std::io;
use std::path::Path;
use std::time::Duration;

use ::postgres::Config;
use ::postgres::config::{Host, SslMode};

use super::password_file;
use super::password_file::Lookup;
use super::tls::Security;
use crate::base::postgresql::error::DatabaseError;

/// Connection timeout, if neither the URL nor the environment has one.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(30);

/// Idle time after which a connection is probed (TCP keepalive).
const KEEPALIVE_IDLE: Duration = Duration::from_secs(60);

/// Folders of the socket of a server on the same machine: as in Debian's build of PostgreSQL, and PostgreSQL's own
/// default.
const SOCKETS: [&str; 2] = ["/var/run/postgresql", "/tmp"];

const PORT: u16 = 5432;

/// The parameters of a connection.
pub(crate) struct Login {
    pub config: Config,
    pub security: Security,
    /// The database and its server for messages, without a password.
    pub name: String,
    pub warnings: Vec<String>,
}

impl Login {
    /// Reads a URL, and completes it from the environment.
    pub(crate) fn of(url: &str, environment: &Environment<'_>) -> Result<Login, DatabaseError> {
        let parts = Parts::of(url)?;
        let mut config = parse(&parts.plain(environment)?)?;
        let wrong = |problem: &str| Err(DatabaseError::Url(problem.into()));
        let port = match config.get_ports() {
            [] => PORT,
            [port] => *port,
            _ => return wrong(SEVERAL),
        };
        if config.get_hosts().is_empty() {
            let host = match environment("PGHOST") {
                None => socket_folder(&SOCKETS, port)?,
                host => host,
            };
            config.host(host.as_deref().unwrap_or("localhost"));
        }
        let (host, is_socket) = match config.get_hosts() {
            [Host::Tcp(host)] => (host.clone(), false),
            [Host::Unix(folder)] => (folder.display().to_string(), true),
            _ => return wrong(SEVERAL),
        };
        if host.contains('@') {
            return wrong("it has an `@` too many");
        }
        let security = Security::of(&parts, environment, is_socket)?;
        config.ssl_mode(match security {
            Security::None => SslMode::Disable,
            Security::Preferred => SslMode::Prefer,
            Security::Encrypted | Security::Verified(_) => SslMode::Require,
        });
        complete(&mut config, environment)?;
        let database = config.get_dbname().unwrap_or_default();
        let name = match (is_socket, host.contains(':')) {
            (true, _) => format!("PostgreSQL database `{database}` at {host} (port {port})"),
            (false, true) => format!("PostgreSQL database `{database}` at [{host}]:{port}"),
            (false, false) => format!("PostgreSQL database `{database}` at {host}:{port}"),
        };
        let mut warnings = Vec::new();
        if config.get_password().is_none() {
            let is_usual = is_socket && SOCKETS.contains(&host.as_str());
            let wanted = Lookup {
                host: if is_usual { "localhost" } else { &host },
                port: &port.to_string(),
                database,
                user: config.get_user().unwrap_or_default(),
            };
            if let Some(password) = password(&wanted, environment, &mut warnings) {
                config.password(password);
            }
        }
        Ok(Login {
            config,
            security,
            name,
            warnings,
        })
    }
}

/// Returns the first of these folders with the socket of a server at this port.
fn socket_folder(folders: &[&str], port: u16) -> Result<Option<String>, DatabaseError> {
    let socket = format!(".s.PGSQL.{port}");
    for folder in folders {
        let socket = Path::new(folder).join(&socket);
        let is_there = disk::is_there(&socket);
        if is_there.map_err(|error| unreadable(&socket, &error))? {
            return Ok(Some((*folder).to_owned()));
        }
    }
    Ok(None)
}

fn unreadable(path: &Path, error: &io::Error) -> DatabaseError {
    DatabaseError::Url(format!("{}: cannot be read: {error}", path.display()))
}

/// Sets user, database, application name and timeouts if the URL does not.
fn complete(config: &mut Config, environment: &Environment<'_>) -> Result<(), DatabaseError> {
    if config.get_user().is_none() {
        let of_system = || whoami::username().ok();
        if let Some(user) = environment("PGUSER").or_else(of_system) {
            config.user(&user);
        }
    }
    if config.get_dbname().is_none() {
        let user = config.get_user().map(ToOwned::to_owned);
        if let Some(database) = environment("PGDATABASE").or(user) {
            config.dbname(&database);
        }
    }
    if config.get_application_name().is_none() {
        let name = environment("PGAPPNAME");
        config.application_name(name.as_deref().unwrap_or("mailtrack"));
    }
    if config.get_connect_timeout().is_none() {
        let patience = match environment("PGCONNECT_TIMEOUT") {
            None => CONNECT_TIMEOUT,
            Some(text) => match text.parse() {
                Ok(seconds) => Duration::from_secs(seconds),
                Err(_) => {
                    let problem =
                        format!("PGCONNECT_TIMEOUT is `{text}`, which is not a number of seconds");
                    return Err(DatabaseError::Url(problem));
                }
            },
        };
        config.connect_timeout(patience);
    }
    if config.get_keepalives_idle() > KEEPALIVE_IDLE {
        config.keepalives_idle(KEEPALIVE_IDLE);
    }
    Ok(())
}

/// Returns the password from the environment, else from the password file.
fn password(
    wanted: &Lookup<'_>,
    environment: &Environment<'_>,
    warnings: &mut Vec<String>,
) -> Option<String> {
    if let Some(password) = environment("PGPASSWORD") {
        return Some(password);
    }
    let named = environment("PGPASSFILE");
    let usual = || environment("HOME").map(|home| format!("{home}/.pgpass"));
    let path = named.or_else(usual)?;
    match password_file::find(Path::new(&path), wanted) {
        Ok(password) => password,
        Err(warning) => {
            warnings.push(warning.to_string());
            None
        }
    }
}

#[cfg(test)]
mod tests {
    use ::postgres::config::SslMode;

    use super::Login;
    use super::socket_folder;
    use crate::base::postgresql::error::DatabaseError;
    use crate::base::postgresql::tls::Security;

    fn login(url: &str, environment: &[(&str, &str)]) -> Result<Login, DatabaseError> {
        Login::of(url, &|name| {
            let mut all = environment.iter();
            all.find(|(key, _)| *key == name)
                .map(|(_, value)| (*value).to_owned())
        })
    }

    fn said(url: &str, environment: &[(&str, &str)]) -> String {
        match login(url, environment) {
            Ok(login) => {
                let config = &login.config;
                let password = config.get_password().unwrap_or_default();
                format!(
                    "{} {} {}",
                    login.name,
                    config.get_user().unwrap_or_default(),
                    String::from_utf8_lossy(password)
                )
            }
            Err(error) => error.to_string(),
        }
    }

    #[test]
    fn what_the_url_leaves_out_is_in_the_environment() {
        let all = [
            ("PGHOST", "db.example"),
            ("PGPORT", "6000"),
            ("PGUSER", "ann"),
            ("PGDATABASE", "crm"),
            ("PGPASSWORD", "secret"),
        ];
        for (url, want) in [
            ("postgres://", "`crm` at db.example:6000 ann secret"),
            ("postgresql:///x", "`x` at db.example:6000 ann secret"),
            ("postgres://h", "`crm` at h:6000 ann secret"),
            ("postgres://h:7", "`crm` at h:7 ann secret"),
            ("postgres://bo:p%40w@h/x", "`x` at h:6000 bo p@w"),
            (
                "postgres://bo:p/w?x@h/x?application_name=a",
                "`x` at h:6000 bo p/w?x",
            ),
            ("postgres://bo@[::1]/x", "`x` at [::1]:6000 bo secret"),
            ("postgres://bo@[::1]:7/x", "`x` at [::1]:7 bo secret"),
            (
                "postgres://%2Frun%2Fpg/x",
                "`x` at /run/pg (port 6000) ann secret",
            ),
            (
                "postgres:///x?host=/run/pg&port=8",
                "`x` at /run/pg (port 8) ann secret",
            ),
        ] {
            assert_eq!(
                said(url, &all),
                format!("PostgreSQL database {want}"),
                "{url}"
            );
        }
        let alone = said("postgres://bo@h", &[]);
        assert_eq!(alone, "PostgreSQL database `bo` at h:5432 bo ");
    }

    #[test]
    fn the_socket_is_looked_for_at_the_port() {
        let (first, second) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let [one, two] = [&first, &second].map(|it| it.path().to_str().unwrap());
        for (folder, port) in [
            (one, 5432),
            (two, 5432),
            (two, 6000),
            (one, 1),
            (two, 65535),
        ] {
            std::fs::write(format!("{folder}/.s.PGSQL.{port}"), "").unwrap();
        }
        std::fs::write(format!("{one}/.s.PGSQL.60001"), "").unwrap();
        for (port, want) in [
            (5432, Some(one)),
            (6000, Some(two)),
            (1, Some(one)),
            (65535, Some(two)),
            (6001, None),
            (543, None),
        ] {
            let found = socket_folder(&[one, two], port).unwrap();
            assert_eq!(found.as_deref(), want, "{port}");
        }
    }

    #[test]
    fn a_wrong_url_is_reported_without_its_password() {
        for (url, environment, words) in [
            ("mysql://bo:hush@h/x", None, "begins neither with"),
            ("postgres://bo:hu@sh@h/x", None, "has an `@` too many"),
            (
                "postgres://bo:hush@h:port/x",
                None,
                "invalid value for option `port`",
            ),
            ("postgres://bo:hush@h,i/x", None, "names several servers"),
            (
                "postgres://bo:hush@h/x?color=red",
                None,
                "unknown option `color`",
            ),
            (
                "postgres://bo:hush@h/x?sslmode=maybe",
                None,
                "sslmode is `maybe`",
            ),
            (
                "postgres://bo:hush@h/x?sslmode=verify-ca",
                None,
                "sslmode is `verify-ca`",
            ),
            (
                "postgres://bo:hush@h/x?sslrootcert=ca.pem",
                None,
                "goes with `sslmode=verify-full`",
            ),
            (
                "postgres://bo:hush@h/x",
                Some(("PGPORT", "many")),
                "PGPORT is `many`",
            ),
            (
                "postgres://bo:hush@h/x",
                Some(("PGCONNECT_TIMEOUT", "-1")),
                "PGCONNECT_TIMEOUT is `-1`",
            ),
        ] {
            let said = said(url, environment.as_slice());
            assert!(said.starts_with("the URL of the database: "), "{said}");
            assert!(
                said.contains(words) && !said.contains("hu"),
                "{url}: {said}"
            );
        }
    }

    #[test]
    fn security_is_as_the_mode_says() {
        for (url, environment, want, mode) in [
            ("postgres://h", None, Security::Preferred, SslMode::Prefer),
            (
                "postgres://h?sslmode=disable",
                None,
                Security::None,
                SslMode::Disable,
            ),
            (
                "postgres://h?sslmode=require",
                None,
                Security::Encrypted,
                SslMode::Require,
            ),
            (
                "postgres://h",
                Some(("PGSSLMODE", "require")),
                Security::Encrypted,
                SslMode::Require,
            ),
            (
                "postgres:///x?host=/run&sslmode=require",
                None,
                Security::None,
                SslMode::Disable,
            ),
            (
                "postgres://h?sslmode=verify-full",
                None,
                Security::Verified(None),
                SslMode::Require,
            ),
            (
                "postgres://h?sslmode=verify-full&sslrootcert=a%20b.pem",
                Some(("PGSSLROOTCERT", "c.pem")),
                Security::Verified(Some("a b.pem".into())),
                SslMode::Require,
            ),
        ] {
            let login = login(url, environment.as_slice()).unwrap();
            assert_eq!(login.security, want, "{url}");
            assert_eq!(login.config.get_ssl_mode(), mode, "{url}");
        }
    }
}
