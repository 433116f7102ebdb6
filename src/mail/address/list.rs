//! Parses the mailboxes of address fields, as RFC 5322 (section 3.4) defines them and as they occur in real mail (rule
//! R7).
//!
//! A text that is not an address list according to the RFC is interpreted as follows:
//! - Text without an `@` before a comma belongs to the name of the next mailbox if that is in angle brackets
//!   (`Doe, John <j@x>` and `Ann Beck, <a@x>` are one person each), up to `MOST_JOINED` pieces; of a longer sequence
//!   only the last piece does. Before a bare address it is an entry without an address.
//! - `;` separates mailboxes everywhere. A colon removes what precedes it (the name of a group, `SMTP:`, `Re:`), so a
//!   group stands for its members, whether it is ended or not.
//! - Text with several addresses and no commas yields all of them.
//! - Words before a bare address are its name (`Ann Beck a@b`), unless its local part contains a `/`: that is a Lotus
//!   Notes name (`Ann Beck/Sales/Acme@ACME`), which is not an address.
//! - A quoted string, an encoded word (RFC 2047) and the text around brackets are never an address, whatever they look
//!   like, even if nothing else in the entry is one: mail programs display them, and forgers rely on that.
//! - An address with white space within angle brackets is not valid; white space from folding was removed before
//!   (`folding.rs`).

use crate::mail::address::mailbox::{Mailbox, Mailboxes};
use std::borrow::Cow;
use std::ops::Range;

use super::lex::{Token, TokenKind, tokens};

use super::addr_spec::{Address, Normal, addr_spec};
use super::{phrase, plain};

/// Maximum number of pieces separated by commas that belong to one name (`Doe, John, PhD`), not counting the piece
/// directly before the address.
const MOST_JOINED: usize = 3;

/// Parses the value of an address field (RFC 5322, section 3.4; rule R7), which may be folded, and in which RFC 2047
/// words are still encoded.
///
/// `decode` decodes a phrase with encoded words; it is called only if a phrase contains `=?`. Any text is parsed in
/// linear time. Text that is not an address yields an entry without one; an empty group yields no entry.
pub(crate) fn parse_list<'a>(field: &'a str, decode: &impl Fn(&str) -> String) -> Mailboxes<'a> {
    plain::list(field).unwrap_or_else(|| List::read(field, decode).into_iter().collect())
}

/// Like [`parse_list`], without the fast path, and with encoded words left as they are.
#[cfg(any(test, fuzzing))]
pub(super) fn read_all_forms(field: &str) -> Vec<Mailbox<'static>> {
    List::read(field, &|words: &str| words.to_owned())
}

type Span = Range<usize>;

impl Address {
    /// Parses a cell of a book: a bare address, or one mailbox with a name (`Ann Beck <ann@x.example>`).
    ///
    /// Returns `None` if the text is neither, or contains several mailboxes.
    pub fn of_cell(text: &str) -> Option<Address> {
        Self::parse(text).or_else(|| {
            let all = parse_list(text, &|words| words.to_owned());
            let mut all = all.into_iter();
            let one = all.next().filter(|_| all.next().is_none())?;
            one.address.map(Normal::into_address)
        })
    }
}

struct List<'a, D> {
    field: &'a str,
    tokens: Vec<Token<'a>>,
    decode: &'a D,
    /// The index of the current token.
    at: usize,
    /// The index of the first token of the current phrase.
    start: usize,
    /// Whether the current phrase has an `@`. Searching for it at each colon would take quadratic time.
    seen_at: bool,
    /// Pieces without an `@` that may belong to the name of the next mailbox.
    held: Vec<Span>,
    found: Vec<Mailbox<'static>>,
}

impl<'a, D: Fn(&str) -> String> List<'a, D> {
    fn read(field: &'a str, decode: &'a D) -> Vec<Mailbox<'static>> {
        let mut list = List {
            field,
            tokens: tokens(field, true),
            decode,
            at: 0,
            start: 0,
            seen_at: false,
            held: Vec::new(),
            found: Vec::new(),
        };
        while let Some(kind) = list.kind(list.at) {
            match kind {
                TokenKind::Comma => list.close(true),
                TokenKind::Semicolon => list.close(false),
                TokenKind::Colon => list.colon(),
                TokenKind::Less => list.angle(),
                _ => {
                    list.seen_at |= kind == TokenKind::At;
                    list.at += 1;
                }
            }
        }
        list.close(false);
        list.found
    }

    fn kind(&self, at: usize) -> Option<TokenKind> {
        self.tokens.get(at).map(|t| t.kind)
    }

    fn span(&self, span: &Span) -> &[Token<'a>] {
        self.tokens.get(span.clone()).unwrap_or_default()
    }

    fn holds(&self, span: &Span, kinds: &[TokenKind]) -> bool {
        self.span(span).iter().any(|t| kinds.contains(&t.kind))
    }

    /// Returns whether there is anything but comments and stray brackets.
    fn has_text(&self, span: &Span) -> bool {
        self.holds(
            span,
            &[
                TokenKind::Word,
                TokenKind::Quoted,
                TokenKind::At,
                TokenKind::Literal,
            ],
        )
    }

    /// Ends an entry without angle brackets at the current token.
    fn close(&mut self, comma: bool) {
        let (entry, seen_at) = (self.start..self.at, self.seen_at);
        self.start_phrase(self.at + 1);
        if seen_at {
            self.flush();
            if !self.is_group_host(&entry) {
                self.bare(entry);
            }
        } else if self.has_text(&entry) {
            self.held.push(entry);
        }
        if !comma {
            self.flush();
        }
    }

    /// Returns whether the entry is a host that some servers append to an empty group: `undisclosed:;@host`.
    fn is_group_host(&self, entry: &Span) -> bool {
        let group = entry.start.checked_sub(1).and_then(|i| self.kind(i));
        let at = self.tokens.get(entry.start);
        let stuck = at.is_some_and(|t| t.kind == TokenKind::At && !t.spaced);
        stuck && entry.len() == 2 && group == Some(TokenKind::Semicolon)
    }

    /// Starts a phrase at a token.
    fn start_phrase(&mut self, at: usize) {
        self.at = at;
        self.start = at;
        self.seen_at = false;
    }

    /// Adds the held pieces as entries without an address.
    fn flush(&mut self) {
        for piece in std::mem::take(&mut self.held) {
            self.without_address(piece);
        }
    }

    fn colon(&mut self) {
        let at = self.at;
        if self.seen_at {
            return self.close(false);
        }
        let scheme = at > self.start
            && self.tokens.get(at - 1).is_some_and(|t| {
                let word = t.text.trim_start_matches(['[', '(']);
                word.eq_ignore_ascii_case("mailto") || word.eq_ignore_ascii_case("smtp")
            });
        if scheme {
            self.at += 1;
            for token in self.tokens.iter_mut().take(at + 1).skip(at - 1) {
                token.kind = TokenKind::Dropped;
            }
        } else {
            self.flush();
            self.start_phrase(at + 1);
        }
    }

    /// Parses the mailbox whose `<` is the current token.
    fn angle(&mut self) {
        let (content, closed, end) = self.angle_content();
        let address = self.angle_address(&content, closed);
        if address.is_none() && !self.holds(&content, &[TokenKind::At, TokenKind::Quoted]) {
            let more = (end..).find(|&i| !self.is_text(i));
            if more.and_then(|i| self.kind(i)) == Some(TokenKind::Less) {
                // `Ann <Beck> <a@x>`: the brackets belong to the name.
                self.at = end;
                return;
            }
        }
        let phrase = self.start..self.at;
        let Some((written, address)) = address else {
            return self.no_angle_address(phrase, content, end);
        };
        let tail = self.tail(end);
        let phrase = self.join_held(phrase);
        let name = self
            .name(&phrase)
            .or_else(|| self.name(&tail))
            .or_else(|| self.comment(&(phrase.start..tail.end)));
        self.push(name, written, Some(address));
    }

    /// Adds a mailbox whose brackets contain no address. Nothing else in the entry is taken as one.
    fn no_angle_address(&mut self, phrase: Span, content: Span, end: usize) {
        let ends = |&i: &usize| {
            let kind = self.kind(i);
            matches!(
                kind,
                None | Some(TokenKind::Comma | TokenKind::Semicolon | TokenKind::Less)
            )
        };
        let to = (end..).find(ends).unwrap_or(end);
        let tail = match self.kind(to) {
            // Another mailbox with its name follows without a comma.
            Some(TokenKind::Less) => end..end,
            _ => end..to,
        };
        self.start_phrase(tail.end + usize::from(tail.end == to));
        let phrase = self.join_held(phrase);
        if !self.has_text(&content) {
            let entry = if self.has_text(&phrase) { phrase } else { tail };
            return self.without_address(entry);
        }
        let name = self.name(&phrase).or_else(|| self.name(&tail));
        let written = self.raw(&content);
        self.push(name, written, None);
    }

    /// Returns the tokens within the angle brackets that open at the current token, whether the brackets are closed,
    /// and the index of the token after them.
    fn angle_content(&self) -> (Span, bool, usize) {
        let skip = |kind, from| (from..).find(|&i| self.kind(i) != Some(kind));
        let from = skip(TokenKind::Less, self.at).unwrap_or(self.at);
        let ends = |&i: &usize| {
            matches!(
                self.kind(i),
                None | Some(TokenKind::Less | TokenKind::Greater)
            )
        };
        let to = (from..).find(ends).unwrap_or(from);
        let closed = self.kind(to) == Some(TokenKind::Greater);
        let route = self.kind(from) == Some(TokenKind::At);
        let inner = self.span(&(from..to));
        let cut = inner
            .iter()
            .position(|t| matches!(t.kind, TokenKind::Comma | TokenKind::Semicolon));
        let several = inner.iter().filter(|t| t.kind == TokenKind::At).count() > 1 && !route;
        match cut {
            // The bracket is never closed, or only by that of another mailbox.
            Some(cut) if !closed || several => (from..from + cut, false, from + cut),
            _ => (from..to, closed, skip(TokenKind::Greater, to).unwrap_or(to)),
        }
    }

    fn angle_address(&self, content: &Span, closed: bool) -> Option<(String, Address)> {
        let inner = self.span(content);
        // Skips a source route (RFC 5322, section 4.4) or `mailto:`.
        let colon = inner.iter().rposition(|t| t.kind == TokenKind::Colon);
        let from = content.start + colon.map_or(0, |c| c + 1);
        let spec = from..content.end;
        let read = addr_spec(self.span(&spec));
        if read.is_some() {
            return read;
        }
        let mut loose = self.loose(&spec).into_iter();
        match (loose.next(), loose.next()) {
            // An address with white space within brackets is invalid, one with extra punctuation is not.
            (Some(one), None) if !closed || one.span == self.without_commas(spec) => {
                Some((one.written, one.address))
            }
            _ => None,
        }
    }

    fn without_commas(&self, span: Span) -> Span {
        let comma = |t: &&Token| matches!(t.kind, TokenKind::Comma | TokenKind::Semicolon);
        let stuck = self.span(&span).iter().rev().take_while(comma).count();
        span.start..span.end - stuck
    }

    fn is_text(&self, at: usize) -> bool {
        let kind = self.kind(at);
        matches!(
            kind,
            Some(TokenKind::Word | TokenKind::Quoted | TokenKind::Comment | TokenKind::Greater)
        )
    }

    /// Returns the text between the angle brackets and the end of the entry; empty if another mailbox follows without a
    /// comma. Moves the parser behind that text.
    fn tail(&mut self, from: usize) -> Span {
        let to = (from..).find(|&i| !self.is_text(i)).unwrap_or(from);
        match self.kind(to) {
            None | Some(TokenKind::Comma | TokenKind::Semicolon | TokenKind::Colon) => {
                self.start_phrase(to + 1);
                from..to
            }
            _ => {
                self.start_phrase(from);
                from..from
            }
        }
    }

    /// Returns the phrase together with the held pieces that belong to it (see the module documentation).
    fn join_held(&mut self, phrase: Span) -> Span {
        let mut held = std::mem::take(&mut self.held);
        let joined = if held.len() > MOST_JOINED {
            held.pop().into_iter().collect()
        } else {
            std::mem::take(&mut held)
        };
        self.held = held;
        self.flush();
        let (Some(first), Some(last)) = (joined.first(), joined.last()) else {
            return phrase;
        };
        // A comma directly before the bracket is not part of the name.
        let end = if self.has_text(&phrase) {
            phrase.end
        } else {
            last.end
        };
        first.start..end
    }

    /// Adds an entry without angle brackets that contains an `@`.
    fn bare(&mut self, entry: Span) {
        if let Some((written, address)) = addr_spec(self.span(&entry)) {
            let name = self.comment(&entry);
            return self.push(name, written, Some(address));
        }
        let loose = self.loose(&entry);
        let last = loose.len().saturating_sub(1);
        let mut from = entry.start;
        for (place, one) in loose.into_iter().enumerate() {
            let behind = one.span.end..if place == last {
                entry.end
            } else {
                one.span.end
            };
            let name = self
                .name(&(from..one.span.start))
                .or_else(|| self.name(&behind))
                .or_else(|| self.comment(&(from..behind.end)));
            from = one.span.end;
            self.push(name, one.written, Some(one.address));
        }
        if from == entry.start {
            self.without_address(entry);
        }
    }

    /// Returns the addresses in free text: the tokens that touch an `@` on both sides, without brackets and quotes
    /// around them.
    fn loose(&self, entry: &Span) -> Vec<Loose> {
        let mut found: Vec<Loose> = Vec::new();
        for at in entry.clone() {
            if self.kind(at) != Some(TokenKind::At) {
                continue;
            }
            let least = found.last().map_or(entry.start, |l| l.span.end);
            let parts =
                |i: usize| matches!(self.kind(i), Some(TokenKind::Word | TokenKind::Quoted));
            let touches = |i: usize| self.tokens.get(i).is_some_and(|t| !t.spaced);
            let mut from = at;
            while from > least && touches(from) && parts(from - 1) {
                from -= 1;
            }
            let chained =
                (from > least && touches(from) && self.kind(from - 1) == Some(TokenKind::At))
                    || (self.kind(at + 2) == Some(TokenKind::At) && touches(at + 2));
            if chained || from == at || !touches(at + 1) || at + 1 >= entry.end {
                continue;
            }
            let span = from..at + 2;
            let notes = from > least
                && parts(from - 1)
                && self.span(&(from..at)).iter().any(|t| t.text.contains('/'));
            if let (false, Some((written, address))) = (notes, self.trimmed(&span)) {
                found.push(Loose {
                    span,
                    written,
                    address,
                });
            }
        }
        found
    }

    /// Parses an addr-spec that may have brackets and quotes around it.
    fn trimmed(&self, span: &Span) -> Option<(String, Address)> {
        let mut spec = self.span(span).to_vec();
        if let Some(first) = spec.first_mut().filter(|t| t.kind == TokenKind::Word) {
            first.text = first.text.trim_start_matches(['[', '(', '{', '"', '`']);
        }
        if let Some(last) = spec.last_mut().filter(|t| t.kind == TokenKind::Word) {
            let junk = [']', ')', '}', '"', '.', '!', '?', '*'];
            last.text = last.text.trim_end_matches(junk);
        }
        addr_spec(&spec)
    }

    /// Adds an entry without an address.
    fn without_address(&mut self, entry: Span) {
        if self.has_text(&entry) {
            let (name, written) = (self.name(&entry), self.raw(&entry));
            self.push(name, written, None);
        }
    }

    fn push(&mut self, name: Option<String>, written: String, address: Option<Address>) {
        self.found.push(Mailbox {
            name: name.map(Cow::Owned),
            written: written.chars().filter(|c| !c.is_control()).collect(),
            address: address.map(Normal::from),
        });
    }

    fn raw(&self, span: &Span) -> String {
        let tokens = self.span(span);
        let start = tokens.first().map_or(0, |t| t.start);
        let end = tokens.last().map_or(0, |t| t.start + t.text.len());
        phrase::single_spaced(self.field.get(start..end).unwrap_or_default())
    }

    fn decoded(&self, span: &Span) -> String {
        self.decode_words(phrase::text(self.span(span)))
    }

    fn decode_words(&self, text: String) -> String {
        match text.contains("=?") {
            true => (self.decode)(&text),
            false => text,
        }
    }

    fn name(&self, span: &Span) -> Option<String> {
        phrase::tidy(&self.decoded(span))
    }

    fn comment(&self, span: &Span) -> Option<String> {
        let text = phrase::last_comment(self.span(span))?;
        phrase::tidy(&self.decode_words(text))
    }
}

/// An address in free text, and its tokens.
struct Loose {
    span: Span,
    written: String,
    address: Address,
}

/// Parses a list with the fast path, if that accepts it, and with the general parser, so that tests can compare them.
#[cfg(any(test, fuzzing))]
pub(crate) fn list_both_ways(
    field: &str,
) -> (
    Option<Vec<crate::mail::address::mailbox::Mailbox<'_>>>,
    Vec<crate::mail::address::mailbox::Mailbox<'_>>,
) {
    let short = super::plain::list(field).map(crate::mail::address::mailbox::Mailboxes::into_vec);
    (short, super::list::read_all_forms(field))
}

#[cfg(test)]
#[path = "list_tests.rs"]
mod tests;
