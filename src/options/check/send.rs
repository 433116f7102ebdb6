//! The checks of `[send]`.

use std::net::IpAddr;
use std::path::PathBuf;
use std::time::Duration;

use super::checker::Checker;
use crate::options::error::OptionsError;
use crate::options::file::{Security, SendValues, SmtpValues};
use crate::options::validated::{Login, Password, Send, SendMethod, Smtp};

impl Checker<'_> {
    pub(super) fn send(&self, read: &SendValues) -> Result<Send, OptionsError> {
        let outbox = filled(&read.outbox).map(PathBuf::from);
        let smtp = self.smtp(&read.smtp)?;
        let method = match (outbox, smtp) {
            (Some(_), Some(_)) => {
                let message = "both `send.outbox` and `send.smtp.host` are set: remove one of them";
                return self.error(self.at.place("send.outbox"), message.into());
            }
            (Some(outbox), None) => Some(SendMethod::Maildir(outbox)),
            (None, smtp) => smtp.map(SendMethod::Smtp),
        };
        Ok(Send {
            allow: read.allow,
            method,
        })
    }

    /// Refuses a password in the file: everyone who may read the options would read it.
    pub(super) fn has_no_password(&self) -> Result<(), OptionsError> {
        match self.at.key("send.smtp.password") {
            Some(place) => self.error(
                Some(place),
                "a password cannot be an option: use `password_file` or `password_env`".into(),
            ),
            None => Ok(()),
        }
    }

    fn smtp(&self, read: &SmtpValues) -> Result<Option<Smtp>, OptionsError> {
        let key = |name: &str| format!("send.smtp.{name}");
        let port = self.number(&key("port"), read.port, 1..=u16::MAX)?;
        let seconds = self.number(&key("timeout_seconds"), read.timeout_seconds, 1..=3600u64)?;
        let security = read.security;
        let user = filled(&read.user);
        let password = match (filled(&read.password_file), filled(&read.password_env)) {
            (Some(_), Some(_)) => {
                let message = "both `password_file` and `password_env` are set: remove one of them";
                return self.error(self.at.place(&key("password_env")), message.into());
            }
            (Some(file), None) => Some(Password::File(file.into())),
            (None, name) => name.map(|name| Password::Environment(name.into())),
        };
        let login = match (user, password) {
            (None, None) => None,
            (Some(user), Some(password)) => Some(Login {
                user: user.into(),
                password,
            }),
            (Some(user), None) => {
                let message = format!(
                    "the password of `{user}` is missing: set `password_file` or `password_env`"
                );
                return self.error(self.at.place(&key("user")), message);
            }
            (None, Some(_)) => {
                let message = "a password without a user name: set `user`";
                return self.error(self.at.place("send.smtp"), message.into());
            }
        };
        let Some(host) = filled(&read.host) else {
            return Ok(None);
        };
        if host.contains(|c: char| c.is_whitespace() || c.is_control() || "/@".contains(c)) {
            let message = format!(
                "`{host}` is not a valid host name (expected one such as mail.contoso.example)"
            );
            return self.error(self.at.place(&key("host")), message);
        }
        if security == Security::None && login.is_some() && !is_this_host(host) {
            let message = "a password is not sent unencrypted to another host: use `security = \"starttls\"` or `\"tls\"`";
            return self.error(self.at.place(&key("security")), message.into());
        }
        Ok(Some(Smtp {
            host: host.into(),
            port,
            security,
            login,
            ca_file: filled(&read.ca_file).map(PathBuf::from),
            timeout: Duration::from_secs(seconds),
        }))
    }
}

/// Returns the text without white space around it; `None` if nothing is left.
fn filled(text: &str) -> Option<&str> {
    Some(text.trim()).filter(|text| !text.is_empty())
}

fn is_this_host(host: &str) -> bool {
    host.eq_ignore_ascii_case("localhost")
        || host.parse::<IpAddr>().is_ok_and(|ip| ip.is_loopback())
}
