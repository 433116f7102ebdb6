//! The transport of mail: a Maildir or an SMTP server.

use crate::options::{SendMethod, Smtp};
use crate::send::not_accepted::NotAccepted;
use crate::send::smtp::Password;
use crate::send::smtp::PasswordError;

use super::compose::Composed;
use super::maildir::Maildir;
use super::smtp::Connection;
use super::unreachable::Unreachable;

/// The transport of messages.
#[derive(Debug)]
pub(crate) enum Transport {
    /// Writes to a Maildir.
    Maildir(Maildir),
    /// Sends to an SMTP server; the connection is made for the first message.
    Smtp {
        /// The server.
        server: Smtp,
        /// The password for the login.
        password: Password,
        /// The connection, while it is usable.
        connection: Option<Box<Connection>>,
    },
}

impl Transport {
    /// Creates the transport that the options name.
    ///
    /// # Errors
    /// If the password cannot be read as the options specify.
    pub(crate) fn new(options: &SendMethod) -> Result<Transport, PasswordError> {
        Ok(match options {
            SendMethod::Maildir(folder) => Transport::Maildir(Maildir::new(folder)),
            SendMethod::Smtp(server) => Transport::Smtp {
                password: Password::read(server.login.as_ref())?,
                server: server.clone(),
                connection: None,
            },
        })
    }

    /// Makes sure that messages can be handed over, before one is begun.
    ///
    /// # Errors
    /// If they cannot, with the reason.
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
    /// If it was not accepted.
    pub(crate) fn hand_over(&mut self, message: &Composed) -> Result<(), NotAccepted> {
        match self {
            Transport::Maildir(maildir) => maildir.put(message),
            Transport::Smtp { connection, .. } => {
                let Some(mut open) = connection.take() else {
                    return Err(NotAccepted::Unreachable("there is no connection".into()));
                };
                let handed = open.hand_over(message);
                // A connection that failed is not used again.
                if !matches!(
                    handed,
                    Err(NotAccepted::Unreachable(_) | NotAccepted::Unknown(_))
                ) {
                    *connection = Some(open);
                }
                handed
            }
        }
    }

    /// Returns whether it passes on the Bcc recipients, which the message itself does not contain.
    pub(crate) fn passes_on_bcc(&self) -> bool {
        matches!(self, Transport::Smtp { .. })
    }

    /// Closes the connection.
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
