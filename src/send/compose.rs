//! A message as it goes out (RFC 5322): head and body, the tracking token at the end of its subject (R9).

use jiff::Timestamp;
use mail_builder::MessageBuilder;
use mail_builder::headers::address::Address as Mailbox;
use mail_builder::headers::date::Date;
use uuid::Uuid;

use super::outbox::{Pending, Person};
use crate::output::state::Outgoing;
use crate::output::state::stored::Key;

/// The longest subject with its token, in characters (R9).
pub(crate) const SUBJECT_CHARS_MAX: usize = 255;

/// A message that can be handed over.
#[derive(Debug)]
pub(crate) struct Composed {
    /// Its id, without `<` and `>`. It is made of what its line is known by, so that it is the same however often it is
    /// composed.
    pub message_id: String,
    /// Its bytes as they go out: nobody reads in them who got a blind copy.
    pub wire: Vec<u8>,
    /// Its bytes with the blind copies, for its activity.
    pub whole: Vec<u8>,
    /// Who sends it.
    pub from: String,
    /// Whom it goes to.
    pub recipients: Vec<String>,
    /// What its file in a Maildir is called.
    pub file: String,
}

/// Composes the message of a line.
///
/// # Errors
/// None in practice: memory takes all bytes.
pub(crate) fn compose(
    pending: &Pending,
    key: Key,
    token: &str,
    now: Timestamp,
) -> std::io::Result<Composed> {
    let id = Uuid::from_bytes(Outgoing::name_of(&key));
    let message_id = format!("{id}@{}", pending.from.address.domain());
    let subject = subject(&pending.subject, token);
    let mut body = pending.body.clone();
    if !body.ends_with('\n') {
        // A message's last line is a line (RFC 5322, section 2.1).
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

/// The subject with its token after a space. It is shortened where both are too long; the token never is.
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
