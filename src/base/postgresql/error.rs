//! Errors of databases.

use std::error::Error as _;
use std::io;

/// Prefixes of the library's messages that add no information.
const EMPTY_WORDS: [&str; 3] = [
    "error connecting to server",
    "invalid configuration",
    "invalid connection string",
];

/// The reason that a database cannot be used.
#[derive(Debug, thiserror::Error)]
pub(crate) enum DatabaseError {
    /// The URL, or what completes it, is invalid. It is not repeated, because it may contain a password.
    #[error(
        "the URL of the database: {0}; one is written `postgres://user@host:5432/database`, and a password in it with %40 for `@`"
    )]
    Url(String),
    /// The server, or the connection to it, failed.
    #[error("{database}: {problem}")]
    Failed {
        /// The database and its server, without a password.
        database: String,
        /// The problem.
        problem: String,
    },
}

/// Returns the message of an error in one line: for an error of the server its own message, else all causes down to
/// that of the system.
pub(crate) fn words(error: &::postgres::Error) -> String {
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

/// Returns whether the connection was lost.
fn is_lost(error: &::postgres::Error) -> bool {
    let of_system = error.source().and_then(|it| it.downcast_ref::<io::Error>());
    let kinds = [
        io::ErrorKind::UnexpectedEof,
        io::ErrorKind::ConnectionReset,
        io::ErrorKind::BrokenPipe,
    ];
    error.is_closed() || of_system.is_some_and(|it| kinds.contains(&it.kind()))
}
