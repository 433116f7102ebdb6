//! A connection to PostgreSQL, and its errors in words.

use std::error::Error as _;
use std::fmt;
use std::io;

use ::postgres::{Client, NoTls};

pub use ::postgres as library;

use super::tls::Security;
use super::url::Login;

/// What the library says where a server asks for a password and there is none.
const NO_PASSWORD: &str = "password missing";

/// What the library puts before every reason of a kind, and what adds nothing to it.
const EMPTY_WORDS: [&str; 3] = [
    "error connecting to server",
    "invalid configuration",
    "invalid connection string",
];

/// What a database cannot be used for.
#[derive(Debug, thiserror::Error)]
pub enum DatabaseError {
    /// The URL, or what completes it, is wrong. It is not repeated, as a password may stand in it.
    #[error(
        "the URL of the database: {0}; one is written `postgres://user@host:5432/database`, and a password in it with %40 for `@`"
    )]
    Url(String),
    /// What the server or the way to it refuses.
    #[error("{database}: {problem}")]
    Failed {
        /// The database and its server, without a password.
        database: String,
        /// What went wrong.
        problem: String,
    },
}

/// A connection to a database.
pub struct Database {
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
    /// Where the URL is wrong, or the server is not there or refuses.
    pub fn connect(url: &str) -> Result<Database, DatabaseError> {
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
            _ => config.connect(super::tls::connector(&security).map_err(failed)?),
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
    pub fn name(&self) -> &str {
        &self.name
    }

    /// What a user is told of a statement that failed: `what` was not done, and why.
    pub fn failed(&self, what: &str, error: &::postgres::Error) -> DatabaseError {
        DatabaseError::Failed {
            database: self.name.clone(),
            problem: format!("{what}: {}", words(error)),
        }
    }
}

/// What an error says, in one line: of the server its own words, else every reason down to the system's.
pub fn words(error: &::postgres::Error) -> String {
    let mut words = match error.as_db_error() {
        Some(it) => {
            let further = [it.detail(), it.hint()];
            let all = std::iter::once(it.message()).chain(further.into_iter().flatten());
            all.collect::<Vec<&str>>().join("; ")
        }
        None if is_lost(error) => "the connection to the server was lost".into(),
        None => {
            let mut all = vec![error.to_string()];
            let mut cause = error.source();
            while let Some(reason) = cause {
                all.push(reason.to_string());
                cause = reason.source();
            }
            if all.len() > 1 && EMPTY_WORDS.contains(&&*all[0]) {
                all.remove(0);
            }
            all.join(": ")
        }
    };
    // A server's message may have several lines.
    if words.contains(['\n', '\r', '\t']) {
        words = words.split_whitespace().collect::<Vec<&str>>().join(" ");
    }
    words
}

/// Whether the other end has gone.
fn is_lost(error: &::postgres::Error) -> bool {
    let of_system = error.source().and_then(|it| it.downcast_ref::<io::Error>());
    let kinds = [
        io::ErrorKind::UnexpectedEof,
        io::ErrorKind::ConnectionReset,
        io::ErrorKind::BrokenPipe,
    ];
    error.is_closed() || of_system.is_some_and(|it| kinds.contains(&it.kind()))
}
