//! Delivery to an SMTP server (RFC 5321); the only file that names the SMTP library. Each step is made separately,
//! because the meaning of an error depends on it: before the end of the message nothing is accepted, and after it the
//! outcome is unknown.

use std::error::Error as _;
use std::fmt;
use std::io;

use lettre::Address;
use lettre::transport::smtp::Error;
use lettre::transport::smtp::authentication::{Credentials, Mechanism};
use lettre::transport::smtp::client::{Certificate, SmtpConnection, TlsParameters};
use lettre::transport::smtp::commands::{Data, Mail, Rcpt, Rset};
use lettre::transport::smtp::extension::{ClientId, Extension, MailBodyParameter, MailParameter};

use super::compose::Composed;
use super::unreachable::Unreachable;
use crate::base::disk;
use crate::options;
use crate::options::{Login, Security, Smtp};
use crate::send::not_accepted::NotAccepted;

/// Reply codes that concern the client and not the message: any other message would get the same reply.
const ABOUT_CLIENT: [u16; 6] = [421, 454, 530, 534, 535, 538];

/// The password for the login. `Debug` does not show it.
#[derive(Clone)]
pub(crate) struct Password(Option<String>);

impl fmt::Debug for Password {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("Password")
    }
}

/// The password cannot be read as the options specify.
#[derive(Debug, thiserror::Error)]
#[error("the password of `{user}` cannot be read: {problem}")]
pub(crate) struct PasswordError {
    user: String,
    problem: String,
}

impl Password {
    /// Reads the password as the options specify.
    ///
    /// # Errors
    /// If there is none.
    pub(crate) fn read(login: Option<&Login>) -> Result<Password, PasswordError> {
        let Some(login) = login else {
            return Ok(Password(None));
        };
        let read = match &login.password {
            options::Password::File(path) => match disk::read_text(path, disk::TEXT_BYTES_MAX) {
                Ok(text) => Ok(text.lines().next().unwrap_or_default().to_owned()),
                Err(error) => Err(format!("{} (password_file): {error}", path.display())),
            },
            options::Password::Environment(name) => std::env::var(name)
                .map_err(|_| format!("the environment has no variable {name} (password_env)")),
        };
        let problem = match read {
            Ok(password) if !password.is_empty() => return Ok(Password(Some(password))),
            Ok(_) => "it is empty".into(),
            Err(problem) => problem,
        };
        Err(PasswordError {
            user: login.user.clone(),
            problem,
        })
    }
}

/// An open connection.
pub(crate) struct Connection {
    smtp: SmtpConnection,
    server: Smtp,
}

impl fmt::Debug for Connection {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "Connection to {}", name(&self.server))
    }
}

impl Connection {
    /// Connects, secures the connection and logs in, as the options specify.
    pub(super) fn open(server: &Smtp, password: &Password) -> Result<Connection, Unreachable> {
        let tls = match server.security {
            Security::None => None,
            _ => Some(tls(server)?),
        };
        let from_the_start = tls.as_ref().filter(|_| server.security == Security::Tls);
        let us = client_id();
        let refused = |error| Unreachable::Server(describe(server, &error));
        let mut smtp = SmtpConnection::connect(
            (server.host.as_str(), server.port),
            Some(server.timeout),
            &us,
            from_the_start,
            None,
        )
        .map_err(refused)?;
        if let Some(tls) = tls.filter(|_| server.security == Security::Starttls) {
            if !smtp.can_starttls() {
                return Err(Unreachable::NoStarttls(name(server)));
            }
            smtp.starttls(&tls, &us).map_err(refused)?;
        }
        if let (Some(login), Password(Some(password))) = (&server.login, password) {
            let credentials = Credentials::new(login.user.clone(), password.clone());
            let mechanisms = [Mechanism::Plain, Mechanism::Login];
            smtp.auth(&mechanisms, &credentials).map_err(|error| {
                let words = describe(server, &error);
                Unreachable::Server(format!("{words}, when `{}` logs in", login.user))
            })?;
        }
        Ok(Connection {
            smtp,
            server: server.clone(),
        })
    }

    /// Hands a message over. If one recipient is refused, the message is sent to nobody: a partly sent message could
    /// not be corrected.
    pub(super) fn hand_over(&mut self, message: &Composed) -> Result<(), NotAccepted> {
        let prepared = self.prepare(message);
        if let Err(not_accepted) = prepared {
            let is_over = matches!(not_accepted, NotAccepted::Unreachable(_));
            if !is_over && self.smtp.command(Rset).is_err() {
                return Err(match not_accepted {
                    NotAccepted::Temporary(why) => NotAccepted::Unreachable(why),
                    other => other,
                });
            }
            return Err(not_accepted);
        }
        // The library adds the last line break.
        let wire = message.wire.strip_suffix(b"\r\n").unwrap_or(&message.wire);
        match self.smtp.message(wire) {
            Ok(_) => Ok(()),
            Err(error) => Err(match error.status() {
                Some(_) => self.refused(&error, ""),
                None => NotAccepted::Unknown(format!(
                    "{} after the whole message was handed over",
                    describe(&self.server, &error)
                )),
            }),
        }
    }

    /// Sends all commands that precede the message.
    fn prepare(&mut self, message: &Composed) -> Result<(), NotAccepted> {
        let from = self.address(&message.from)?;
        let mut recipients = Vec::new();
        for email in &message.recipients {
            recipients.push(self.address(email)?);
        }
        let mut parameters = Vec::new();
        let offers = |extension| self.smtp.server_info().supports_feature(extension);
        let all = || message.recipients.iter().chain([&message.from]);
        if let Some(beyond) = all().find(|email| !email.is_ascii()) {
            if !offers(Extension::SmtpUtfEight) {
                return Err(NotAccepted::Permanent(format!(
                    "{}: does not take `{beyond}`, which is not ASCII (SMTPUTF8)",
                    name(&self.server)
                )));
            }
            parameters.push(MailParameter::SmtpUtfEight);
        }
        if !message.wire.is_ascii() && offers(Extension::EightBitMime) {
            parameters.push(MailParameter::Body(MailBodyParameter::EightBitMime));
        }
        self.step(Mail::new(Some(from), parameters), &message.from)?;
        for (recipient, email) in recipients.into_iter().zip(&message.recipients) {
            self.step(Rcpt::new(recipient, Vec::new()), email)?;
        }
        self.step(Data, "")
    }

    fn address(&self, email: &str) -> Result<Address, NotAccepted> {
        let parts = email.rsplit_once('@');
        let address = parts.and_then(|(local, domain)| Address::new(local, domain).ok());
        address.ok_or_else(|| {
            NotAccepted::Permanent(format!(
                "`{email}` is not an address that a mail server accepts"
            ))
        })
    }

    fn step(&mut self, command: impl fmt::Display, about: &str) -> Result<(), NotAccepted> {
        match self.smtp.command(command) {
            Ok(_) => Ok(()),
            Err(error) => Err(self.refused(&error, about)),
        }
    }

    /// Returns what an error before the end of the message means.
    fn refused(&self, error: &Error, about: &str) -> NotAccepted {
        let mut why = describe(&self.server, error);
        if !about.is_empty() {
            why = format!("{why}, for `{about}`");
        }
        let code = error.status().map(u16::from);
        match code {
            None => NotAccepted::Unreachable(why),
            Some(code) if ABOUT_CLIENT.contains(&code) => NotAccepted::Unreachable(why),
            Some(_) if error.is_permanent() => NotAccepted::Permanent(why),
            Some(_) => NotAccepted::Temporary(why),
        }
    }

    pub(super) fn close(mut self) {
        // What was sent is already accepted, whatever the server answers.
        let _ = self.smtp.quit();
    }
}

fn name(server: &Smtp) -> String {
    format!("{}:{}", server.host, server.port)
}

/// Returns the client's name: the host's name if it has a valid form.
fn client_id() -> ClientId {
    let host = rustix::system::uname()
        .nodename()
        .to_string_lossy()
        .into_owned();
    let is_name = |c: char| c.is_ascii_alphanumeric() || ".-".contains(c);
    match !host.is_empty() && host.chars().all(is_name) {
        true => ClientId::Domain(host),
        false => ClientId::default(),
    }
}

fn tls(server: &Smtp) -> Result<TlsParameters, Unreachable> {
    let mut builder = TlsParameters::builder(server.host.clone());
    if let Some(path) = &server.ca_file {
        let wrong = |problem: String| Unreachable::Authorities {
            path: path.clone(),
            problem,
        };
        let pem = disk::read(path, disk::TEXT_BYTES_MAX);
        let pem = pem.map_err(|error| wrong(format!("cannot be read: {error}")))?;
        let is_pem = memchr::memmem::find(&pem, b"-----BEGIN CERTIFICATE-----").is_some();
        let certificate = Certificate::from_pem(&pem).ok().filter(|_| is_pem);
        let certificate = certificate
            .ok_or_else(|| wrong("does not contain a certificate in PEM form".into()))?;
        builder = builder.add_root_certificate(certificate);
    }
    let built = builder.build();
    built.map_err(|error| Unreachable::Server(describe(server, &error)))
}

/// Describes an error in one line that names the server.
fn describe(server: &Smtp, error: &Error) -> String {
    let name = name(server);
    let cause = || match error.source() {
        Some(cause) => cause.to_string(),
        None => error.to_string(),
    };
    if let Some(code) = error.status() {
        return format!("{name}: refuses with {code} {}", cause().trim());
    }
    let system = std::iter::successors(error.source(), |cause| (*cause).source())
        .find_map(|cause| cause.downcast_ref::<io::Error>());
    let is_timeout = |error: &io::Error| {
        matches!(
            error.kind(),
            io::ErrorKind::TimedOut | io::ErrorKind::WouldBlock
        )
    };
    let is_gone = |error: &io::Error| {
        matches!(
            error.kind(),
            io::ErrorKind::ConnectionReset
                | io::ErrorKind::BrokenPipe
                | io::ErrorKind::UnexpectedEof
                | io::ErrorKind::ConnectionAborted
        )
    };
    let is_insecure = |error: &io::Error| error.kind() == io::ErrorKind::InvalidData;
    if system.is_some_and(is_timeout) {
        format!(
            "{name}: did not answer within {} seconds",
            server.timeout.as_secs()
        )
    } else if system.is_some_and(is_gone) || cause() == "incomplete response" {
        format!("{name}: closed the connection")
    } else if error.is_response() {
        format!("{name}: does not answer as a mail server does: {}", cause())
    } else if error.is_tls() || system.is_some_and(is_insecure) {
        format!("{name}: no secure connection: {}", cause())
    } else {
        format!("{name}: cannot be reached: {}", cause())
    }
}
