//! The transport by which mail is handed over: a Maildir or an SMTP server.

use crate::options::{HandOver, Smtp};
use crate::send::not_taken::NotTaken;
use crate::send::smtp::Password;
use crate::send::smtp::PasswordError;

use super::compose::Composed;
use super::maildir::Maildir;
use super::smtp::Connection;
use super::unreachable::Unreachable;

/// The way that messages go.
#[derive(Debug)]
pub(crate) enum Transport {
    /// Into a Maildir.
    Maildir(Maildir),
    /// To an SMTP server, once the first message wants to go.
    Smtp {
        /// The server.
        server: Smtp,
        /// The password of who logs in.
        password: Password,
        /// The connection, as long as it is good.
        connection: Option<Box<Connection>>,
    },
}

impl Transport {
    /// The way that the options name.
    ///
    /// # Errors
    /// If the password is not where the options say.
    pub(crate) fn new(options: &HandOver) -> Result<Transport, PasswordError> {
        Ok(match options {
            HandOver::Maildir(folder) => Transport::Maildir(Maildir::new(folder)),
            HandOver::Smtp(server) => Transport::Smtp {
                password: Password::read(server.login.as_ref())?,
                server: server.clone(),
                connection: None,
            },
        })
    }

    /// Sees that somebody is there to take messages, before one is begun.
    ///
    /// # Errors
    /// If nobody is, and why.
    pub(crate) fn open(&mut self) -> Result<(), Unreachable> {
        match self {
            Transport::Maildir(maildir) => maildir.open(),
            Transport::Smtp {
                server,
                password,
                connection,
            } => {
                if connection.is_none() {
                    *connection = Some(Connection::open(server, password)?.into());
                }
                Ok(())
            }
        }
    }

    /// Hands a message over.
    ///
    /// # Errors
    /// If it was not taken.
    pub(crate) fn hand_over(&mut self, message: &Composed) -> Result<(), NotTaken> {
        match self {
            Transport::Maildir(maildir) => maildir.put(message),
            Transport::Smtp { connection, .. } => {
                let Some(mut open) = connection.take() else {
                    return Err(NotTaken::Nobody("there is no connection".into()));
                };
                let handed = open.hand_over(message);
                // A connection on which nobody answers is of no more use.
                if !matches!(handed, Err(NotTaken::Nobody(_) | NotTaken::Unsaid(_))) {
                    *connection = Some(open);
                }
                handed
            }
        }
    }

    /// Whether it passes on who gets a blind copy, which the message itself does not say.
    pub(crate) fn tells_blind_copies(&self) -> bool {
        matches!(self, Transport::Smtp { .. })
    }

    /// Takes leave.
    pub(crate) fn close(self) {
        if let Transport::Smtp {
            connection: Some(open),
            ..
        } = self
        {
            open.close();
        }
    }
}
