//! The sections `[send]` and `[send.smtp]`.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::section::section;

/// How the connection to an SMTP server is secured.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Security {
    /// By STARTTLS (RFC 3207); without it nothing is sent.
    Starttls,
    /// By TLS from the first byte (RFC 8314).
    Tls,
    /// Not at all: for a server on this host or in a trusted network.
    None,
}

section! {
    /// `[send]`: whether and how outgoing messages are sent.
    SendSection => SendValues {
        /// Whether `send` sends anything.
        allow: bool = false,
        /// Maildir into which messages are put, for another program to send them.
        outbox: String = String::new(),
    } tables {
        /// SMTP server to which messages are submitted.
        #[serde(skip_serializing_if = "SmtpSection::is_empty")]
        smtp: SmtpSection => SmtpValues,
    }
}

section! {
    /// `[send.smtp]`: the SMTP server.
    #[serde(expecting = "a table: `[send.smtp]`")]
    SmtpSection => SmtpValues {
        /// Name of the server.
        host: String = String::new(),
        /// Port of the server.
        #[schemars(range(min = 1, max = 65535))]
        port: i64 = 587,
        /// How the connection is secured.
        security: Security = Security::Starttls,
        /// User name; empty for no login.
        user: String = String::new(),
        /// File whose first line is the password.
        password_file: String = String::new(),
        /// Environment variable that holds the password.
        password_env: String = String::new(),
        /// File of certificates (PEM) that are trusted besides those of the system.
        ca_file: String = String::new(),
        /// Timeout for one answer of the server, in seconds.
        #[schemars(range(min = 1, max = 3600))]
        timeout_seconds: i64 = 60,
    }
}

impl SendSection {
    pub(super) fn is_empty(&self) -> bool {
        *self == SendSection::default()
    }
}

impl SmtpSection {
    fn is_empty(&self) -> bool {
        *self == SmtpSection::default()
    }
}
