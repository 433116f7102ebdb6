//! Why messages cannot be handed over at present.

use std::io;
use std::path::PathBuf;

/// The transport cannot take messages: whichever message is next would have the same answer.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Unreachable {
    /// A folder of the Maildir cannot be created.
    #[error("{}: cannot be written to: {error}", folder.display())]
    Maildir {
        /// The Maildir.
        folder: PathBuf,
        /// The system's reason.
        error: io::Error,
    },
    /// The server does not answer, or refuses the connection or the login; the text names it.
    #[error("{0}")]
    Server(String),
    /// The server cannot encrypt, and the options ask for that.
    #[error(
        "{0}: does not offer STARTTLS, and nothing is sent in the clear; `send.smtp.security` says otherwise"
    )]
    NoStarttls(String),
    /// The file of authorities cannot be used.
    #[error("{} (send.smtp.ca_file): {problem}", path.display())]
    Authorities {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        problem: String,
    },
}
