//! A connection to PostgreSQL, with errors as messages for users.

use crate::base::postgresql::error::{DatabaseError, words};
use std::fmt;

use ::postgres::{Client, NoTls};

pub(crate) use ::postgres as library;

use super::tls::{self, Security};
use super::url::Login;

/// The library's message if a server requires a password and there is none.
const NO_PASSWORD: &str = "password missing";

/// A connection to a database.
pub(crate) struct Database {
    /// The client that sends statements.
    pub client: Client,
    /// Warnings for the user, for example about a password file that was ignored.
    pub warnings: Vec<String>,
    name: String,
}

impl fmt::Debug for Database {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "Database({})", self.name)
    }
}

impl Database {
    /// Connects and logs in to the database of a URL: `postgres://user@host:port/database?...`, where the host may be
    /// the folder of a socket.
    ///
    /// # Errors
    /// If the URL is invalid, or the server cannot be reached or refuses the login.
    pub(crate) fn connect(url: &str) -> Result<Database, DatabaseError> {
        let environment = |name: &str| std::env::var(name).ok().filter(|it| !it.is_empty());
        let login = Login::of(url, &environment)?;
        let Login {
            config,
            security,
            name,
            warnings,
        } = login;
        let failed = |problem| DatabaseError::Failed {
            database: name.clone(),
            problem,
        };
        let client = match security {
            Security::None => config.connect(NoTls),
            _ => config
                .connect(tls::connector(&security).map_err(|error| failed(error.to_string()))?),
        };
        let client = client.map_err(|error| {
            let mut problem = format!("cannot be connected to: {}", words(&error));
            if problem.ends_with(NO_PASSWORD) {
                problem += "; give it in PGPASSWORD, or in a password file (~/.pgpass)";
            }
            if !warnings.is_empty() {
                problem = format!("{problem} ({})", warnings.join("; "));
            }
            failed(problem)
        })?;
        Ok(Database {
            client,
            warnings,
            name,
        })
    }

    /// Returns the name of the database and its server for messages.
    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    /// Creates the error for a failed statement: `what` could not be done, and the reason.
    pub(crate) fn failed(&self, what: &str, error: &::postgres::Error) -> DatabaseError {
        DatabaseError::Failed {
            database: self.name.clone(),
            problem: format!("{what}: {}", words(error)),
        }
    }
}
