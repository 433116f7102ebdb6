//! `[send]`: whether messages are sent, and by which way they go.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

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

/// `[send]`: whether and how outgoing messages are sent.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct SendSection {
    /// Whether `send` sends anything.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub allow: Option<bool>,
    /// Maildir into which messages are put, for another program to send them.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub outbox: Option<String>,
    /// SMTP server to which messages are submitted.
    #[serde(skip_serializing_if = "SmtpSection::is_empty")]
    pub smtp: SmtpSection,
}

/// `[send.smtp]`: the SMTP server.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default, expecting = "a table: `[send.smtp]`")]
pub struct SmtpSection {
    /// Name of the server.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub host: Option<String>,
    /// Port of the server.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 1, max = 65535))]
    pub port: Option<i64>,
    /// How the connection is secured.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub security: Option<Security>,
    /// User name; empty for no login.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub user: Option<String>,
    /// File whose first line is the password.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub password_file: Option<String>,
    /// Environment variable that holds the password.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub password_env: Option<String>,
    /// File of certificates (PEM) that are trusted besides those of the system.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ca_file: Option<String>,
    /// Timeout for one answer of the server, in seconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 1, max = 3600))]
    pub timeout_seconds: Option<i64>,
}

impl SendSection {
    /// This section with `base` where it says nothing.
    pub fn over(self, base: &SendSection) -> SendSection {
        SendSection {
            allow: self.allow.or(base.allow),
            outbox: self.outbox.or_else(|| base.outbox.clone()),
            smtp: self.smtp.over(&base.smtp),
        }
    }

    /// The defaults that ship.
    pub fn defaults() -> SendSection {
        SendSection {
            allow: Some(false),
            outbox: Some(String::new()),
            smtp: SmtpSection::defaults(),
        }
    }

    pub(super) fn is_empty(&self) -> bool {
        *self == SendSection::default()
    }
}

impl SmtpSection {
    /// This section with `base` where it says nothing.
    pub fn over(self, base: &SmtpSection) -> SmtpSection {
        SmtpSection {
            host: self.host.or_else(|| base.host.clone()),
            port: self.port.or(base.port),
            security: self.security.or(base.security),
            user: self.user.or_else(|| base.user.clone()),
            password_file: self.password_file.or_else(|| base.password_file.clone()),
            password_env: self.password_env.or_else(|| base.password_env.clone()),
            ca_file: self.ca_file.or_else(|| base.ca_file.clone()),
            timeout_seconds: self.timeout_seconds.or(base.timeout_seconds),
        }
    }

    /// The defaults that ship.
    pub fn defaults() -> SmtpSection {
        SmtpSection {
            host: Some(String::new()),
            port: Some(587),
            security: Some(Security::Starttls),
            user: Some(String::new()),
            password_file: Some(String::new()),
            password_env: Some(String::new()),
            ca_file: Some(String::new()),
            timeout_seconds: Some(60),
        }
    }

    fn is_empty(&self) -> bool {
        *self == SmtpSection::default()
    }
}
