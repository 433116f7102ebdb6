//! A connection to PostgreSQL, and its errors in words.

use crate::base::postgresql::error::{DatabaseError, words};
use std::fmt;

use ::postgres::{Client, NoTls};

pub(crate) use ::postgres as library;

use super::tls::{self, Security};
use super::url::Login;

/// What the library says where a server asks for a password and there is none.
const NO_PASSWORD: &str = "password missing";

/// A connection to a database.
pub(crate) struct Database {
    /// What statements are sent by.
    pub client: Client,
    /// What a user should know beside, such as a password file that was left aside.
    pub warnings: Vec<String>,
    name: String,
}

impl fmt::Debug for Database {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "Database({})", self.name)
    }
}

impl Database {
    /// Connects to the database of a URL (`postgres://user@host:port/database?...`; the host may be the folder of a
    /// socket), and logs in.
    ///
    /// # Errors
    /// If the URL is wrong, or the server is not there or refuses.
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

    /// The database and its server, as a message names them.
    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    /// The message for a statement that failed: `what` was not done, and why.
    pub(crate) fn failed(&self, what: &str, error: &::postgres::Error) -> DatabaseError {
        DatabaseError::Failed {
            database: self.name.clone(),
            problem: format!("{what}: {}", words(error)),
        }
    }
}
