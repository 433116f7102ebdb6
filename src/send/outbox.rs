//! Reads an *outbox*: a file of pending messages, one JSON object per line.

use super::unsendable::Unsendable;
use std::path::Path;

use serde::{Deserialize, Serialize};

use crate::base::disk;
use crate::base::reference::Reference;
use crate::mail::address::Address;
use crate::mail::address::{Normal, parse_list};
use crate::mail::identity::outgoing_id;
use crate::mail::message::decode_words;
use crate::output::state::stored::MessageKey;

/// A sender or recipient.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Person {
    /// The display name.
    pub name: Option<String>,
    /// The address as written, with the domain in ASCII form.
    pub email: String,
    /// The address in normal form.
    pub address: Address,
}

/// A valid message of an outbox.
#[derive(Clone, Debug)]
#[allow(missing_docs, reason = "the fields are the line's keys")]
pub(crate) struct Pending {
    pub from: Person,
    pub to: Vec<Person>,
    pub cc: Vec<Person>,
    pub bcc: Vec<Person>,
    pub subject: String,
    pub body: String,
    pub regarding: Option<Reference>,
}

impl Pending {
    /// Returns all recipients without repetition.
    pub(crate) fn recipients(&self) -> Vec<&Person> {
        let mut all: Vec<&Person> = Vec::new();
        for person in self.to.iter().chain(&self.cc).chain(&self.bcc) {
            if all.iter().all(|it| it.address != person.address) {
                all.push(person);
            }
        }
        all
    }
}

/// A line of an outbox.
#[derive(Clone, Debug)]
pub(crate) struct OutboxLine {
    /// The line as shown in output: `outbox.jsonl#3`.
    pub source: String,
    /// The line as shown in errors: `outbox.jsonl:3`.
    pub place: String,
    /// Its `id`.
    pub id: Option<String>,
    /// Identifies the message across runs: a hash of its `id`, else of its content.
    pub key: MessageKey,
    /// A hash of the content.
    pub content: MessageKey,
    /// The message, or why it cannot be sent.
    pub message: Result<Pending, Unsendable>,
}

/// A line as written.
#[derive(Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
struct Written {
    #[serde(default, skip_serializing)]
    id: Option<String>,
    from: String,
    #[serde(default)]
    to: Addresses,
    #[serde(default)]
    cc: Addresses,
    #[serde(default)]
    bcc: Addresses,
    #[serde(default)]
    subject: Option<String>,
    #[serde(default)]
    body: Option<String>,
    #[serde(default)]
    regarding: Option<String>,
}

/// One text or a list of texts; each may contain several addresses, like a header field.
#[derive(Debug, Default, Deserialize, Serialize)]
#[serde(
    untagged,
    expecting = "expected addresses: a text such as \"Ann <ann@contoso.example>\", or a list of texts"
)]
enum Addresses {
    #[default]
    None,
    One(String),
    Many(Vec<String>),
}

impl Addresses {
    fn texts(&self) -> &[String] {
        match self {
            Addresses::None => &[],
            Addresses::One(text) => std::slice::from_ref(text),
            Addresses::Many(texts) => texts,
        }
    }
}

/// Reads the lines of an outbox, without empty lines.
///
/// # Errors
/// If the file cannot be read.
pub(crate) fn read(path: &Path) -> std::io::Result<Vec<OutboxLine>> {
    let bytes = disk::read(path, disk::LIST_BYTES_MAX)?;
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&bytes);
    let shown = path.display().to_string();
    let lines = bytes.split(|&byte| byte == b'\n').map(<[u8]>::trim_ascii);
    let numbered = (1..).zip(lines).filter(|(_, line)| !line.is_empty());
    Ok(numbered
        .map(|(number, bytes)| line(&shown, number, bytes))
        .collect())
}

fn line(file: &str, number: usize, bytes: &[u8]) -> OutboxLine {
    let content_of = |bytes: &[u8]| outgoing_id(&[b"content", bytes]).into_bytes();
    let mut line = OutboxLine {
        source: format!("{file}#{number}"),
        place: format!("{file}:{number}"),
        id: None,
        key: content_of(bytes),
        content: content_of(bytes),
        message: Err(Unsendable::NoRecipient),
    };
    let written: Written = match serde_json::from_slice(bytes) {
        Ok(written) => written,
        Err(error) => {
            line.message = Err(no_message(&error));
            return line;
        }
    };
    // Hashed key by key, so that white space and the order of keys do not matter.
    if let Ok(said) = serde_json::to_vec(&written) {
        line.content = content_of(&said);
        line.key = line.content;
    }
    if let Some(id) = &written.id {
        line.key = outgoing_id(&[b"id", id.as_bytes()]).into_bytes();
    }
    line.message = check(&written);
    line.id = written.id;
    line
}

/// The message of the JSON parser without its line number, which is always 1.
fn no_message(error: &serde_json::Error) -> Unsendable {
    let words = error.to_string();
    Unsendable::NotAMessage {
        words: words.split(" at line ").next().unwrap_or_default().into(),
        column: error.column(),
    }
}

fn check(written: &Written) -> Result<Pending, Unsendable> {
    if written.id.as_deref().is_some_and(|id| id.trim().is_empty()) {
        return Err(Unsendable::EmptyId);
    }
    let from = people("from", std::slice::from_ref(&written.from))?;
    let [from] =
        <[Person; 1]>::try_from(from).map_err(|all| Unsendable::NotOneSender(all.len()))?;
    let regarding = match written.regarding.as_deref().map(str::trim) {
        None | Some("") => None,
        Some(text) => {
            Some(Reference::parse(text).ok_or_else(|| Unsendable::Regarding(text.into()))?)
        }
    };
    let pending = Pending {
        from,
        to: people("to", written.to.texts())?,
        cc: people("cc", written.cc.texts())?,
        bcc: people("bcc", written.bcc.texts())?,
        subject: written.subject.clone().unwrap_or_default(),
        body: written.body.clone().unwrap_or_default(),
        regarding,
    };
    match pending.recipients().is_empty() {
        true => Err(Unsendable::NoRecipient),
        false => Ok(pending),
    }
}

fn people(key: &'static str, texts: &[String]) -> Result<Vec<Person>, Unsendable> {
    let mut people = Vec::new();
    for text in texts {
        for mailbox in parse_list(text, &|words| decode_words(words).into_owned()) {
            let local = mailbox.written.rsplit_once('@').map(|(local, _)| local);
            let address = mailbox.address.map(Normal::into_address);
            let (Some(address), Some(local)) = (address, local) else {
                let written = mailbox.written.into_owned();
                return Err(Unsendable::Address { key, written });
            };
            people.push(Person {
                email: format!("{local}@{}", address.domain()),
                name: mailbox.name.map(Into::into),
                address,
            });
        }
    }
    Ok(people)
}
