//! Texts: the content of fields, bodies and cells, calendars, and the options file.

use crate::base::iso_date::IsoDate;
use crate::base::terminal;
use crate::decide::correlate::conversation_index;
use crate::decide::correlate::conversation_index::ConversationIndex;
use crate::decide::names::{display_name, name};
use crate::fuzz::scratch::{defaults, rules};
use crate::mail::address::Address;
use crate::mail::address::domain;
use crate::mail::message;
use crate::mail::message::{invitation as calendars, message_id};
use crate::options::Options;
use crate::output::lines::Lines;

/// Any text: dates by both parsers, ids, tokens, names, subject prefixes, HTML, JSON.
pub fn text(data: &[u8]) {
    let (short, long) = crate::mail::message::date::time_both_ways(data);
    assert!(short.is_none() || short == long);
    let _ = crate::mail::message::subject::subject(data);
    let Ok(text) = std::str::from_utf8(data) else {
        return;
    };
    let _ = IsoDate::parse(text).map(|it| (it.start(), it.day()));
    let _ = message_id::identity(text);
    message_id::each_of_list(text, |id| assert!(!id.is_empty()));
    tokens(text);
    names(text);
    let _ = rules().subjects.is_reply(text);
    let _ = rules().subjects.is_forward(text);
    let _ = domain::of_website(text);
    let _ = message::plain_text(text);
    assert!(!terminal::plain(text).chars().any(char::is_control));
    json(text);
}

/// Checks that the fast search finds every token, and that a written token is read back.
fn tokens(text: &str) {
    let form = &defaults().correlation.token;
    for token in form.tokens(text) {
        assert!(form.may_be_in(text));
        assert_eq!(form.tokens(&form.written(token)).first(), Some(&token));
    }
}

fn names(text: &str) {
    let address = Address::parse("ann@customer.example").unwrap();
    if let Some(clean) = display_name::clean(text, &address) {
        let split = name::split(&clean, Some(&address), &rules().names);
        assert!(!split.last.is_empty());
    }
}

/// Compares the row writer with the JSON library.
fn json(text: &str) {
    let mut lines = Lines::default();
    lines.push(&text);
    let mut plainly = serde_json::to_vec(text).unwrap();
    plainly.push(b'\n');
    assert_eq!(lines.bytes().unwrap(), plainly);
}

/// A `Thread-Index:` value.
pub fn conversation(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else {
        return;
    };
    let (decoded, parsed) = (
        conversation_index::decode(text),
        ConversationIndex::parse(text),
    );
    if let Some(parsed) = parsed {
        let conversation = parsed.conversation().unwrap();
        assert!(decoded.unwrap().starts_with(conversation));
    }
}

/// An iCalendar object.
pub fn calendar(data: &[u8]) {
    if let Ok(text) = std::str::from_utf8(data) {
        let _ = calendars::invitation(text);
    }
}

/// An options file. Every error must begin with the name of the file.
pub fn options(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else {
        return;
    };
    // The options would name a password file, which may be any file on the machine.
    if text.contains("password") {
        return;
    }
    if let Err(error) = Options::parse("options.toml", text) {
        assert!(error.to_string().starts_with("options.toml"), "{error}");
    }
}
