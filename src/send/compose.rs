//! Composes a message (RFC 5322): header section and body, with the tracking token at the end of its subject (R9).

use jiff::Timestamp;
use mail_builder::MessageBuilder;
use mail_builder::headers::address::Address as Mailbox;
use mail_builder::headers::date::Date;
use uuid::Uuid;

use super::outbox::{Pending, Person};
use crate::output::state::Outgoing;
use crate::output::state::stored::MessageKey;

/// Maximum length in characters of a subject with its token (R9).
pub(crate) const SUBJECT_CHARS_MAX: usize = 255;

/// A message that is ready to be sent.
#[derive(Debug)]
pub(crate) struct Composed {
    /// Its Message-ID without `<>`. It is derived from the key of the line, so that it is the same each time the line
    /// is composed.
    pub message_id: String,
    /// The bytes to send, without the Bcc field.
    pub wire: Vec<u8>,
    /// The bytes with the Bcc field, for the activity.
    pub whole: Vec<u8>,
    /// The sender's address.
    pub from: String,
    /// The addresses of all recipients.
    pub recipients: Vec<String>,
    /// The name of its file in a Maildir.
    pub file: String,
}

/// Composes the message of a line.
///
/// # Errors
/// None in practice, because writing to memory does not fail.
pub(crate) fn compose(
    pending: &Pending,
    key: MessageKey,
    token: &str,
    now: Timestamp,
) -> std::io::Result<Composed> {
    let id = Uuid::from_bytes(Outgoing::name_of(&key));
    let message_id = format!("{id}@{}", pending.from.address.domain());
    let subject = subject(&pending.subject, token);
    let mut body = pending.body.clone();
    if !body.ends_with('\n') {
        // The last line of a message must end in a line break (RFC 5322, 2.1).
        body.push('\n');
    }
    let build = |with_bcc: bool| {
        let mut message = MessageBuilder::new()
            .message_id(message_id.clone())
            .date(Date::new(now.as_second()))
            .from(mailbox(&pending.from));
        for (name, people) in [
            ("To", &pending.to),
            ("Cc", &pending.cc),
            ("Bcc", &pending.bcc),
        ] {
            if !people.is_empty() && (name != "Bcc" || with_bcc) {
                let all = people.iter().map(mailbox).collect();
                message = message.header(name, Mailbox::new_list(all));
            }
        }
        message
            .subject(subject.as_str())
            .text_body(body.as_str())
            .write_to_vec()
    };
    Ok(Composed {
        wire: build(false)?,
        whole: build(true)?,
        from: pending.from.email.clone(),
        recipients: pending
            .recipients()
            .into_iter()
            .map(|person| person.email.clone())
            .collect(),
        file: format!("{}.{id}.mailtrack", now.as_second()),
        message_id,
    })
}

fn mailbox(person: &Person) -> Mailbox<'_> {
    Mailbox::new_address(person.name.as_deref(), person.email.as_str())
}

/// Returns the subject with its token after a space. If both are too long, the subject is shortened, never the token.
pub(crate) fn subject(text: &str, token: &str) -> String {
    let clean: String = text
        .chars()
        .map(|c| if c.is_control() { ' ' } else { c })
        .collect();
    let clean = clean.split_whitespace().collect::<Vec<&str>>().join(" ");
    let room = SUBJECT_CHARS_MAX.saturating_sub(token.chars().count() + 1);
    let kept: String = clean.chars().take(room).collect();
    format!("{} {token}", kept.trim_end()).trim_start().into()
}

#[cfg(test)]
#[path = "compose_tests.rs"]
mod tests;
