//! Mailboxes in address headers, as RFC 5322 (section 3.4) has them and as they are in wild mail
//! (rule R7).
//!
//! The choices made where the text is no address list by the RFC:
//! - Text without an `@` before a comma joins the phrase of the next mailbox when that one is in angle
//!   brackets (`Doe, John <j@x>` and `Ann Beck, <a@x>` are one person each), up to `MOST_JOINED` pieces; in a
//!   longer run only the last piece does. Before a bare address it is an entry without an address.
//! - `;` parts mailboxes everywhere, and a colon takes away what stands before it (the name of a group,
//!   `SMTP:`, `Re:`), so a group is its members, ended or not.
//! - Text with several addresses and no commas gives all of them.
//! - Words before a bare address are its name (`Ann Beck a@b`), unless its local part holds a `/`: that is
//!   a Lotus Notes name (`Ann Beck/Sales/Acme@ACME`), which is no address.
//! - A quoted string, an encoded word (RFC 2047) and the text around brackets are never an address, whatever they
//!   look like, also if nothing else in the entry is one: mail programs show them, and forgers rely on that.
//! - White space within angle brackets unmakes the address; what folding put there is gone before (`folding.rs`).

use crate::mail::address::mailbox::{Mailbox, Mailboxes};
use std::borrow::Cow;
use std::ops::Range;

use super::lex::{Kind, Token, tokens};

use super::addr_spec::{Address, Normal, addr_spec};
use super::{phrase, plain};

/// Most pieces separated by commas that are taken for one name (`Doe, John, PhD`) with the one in front of
/// the address itself not counted.
const MOST_JOINED: usize = 3;

/// Reads the value of an address header (RFC 5322, section 3.4; rule R7), folded or not, its bytes
/// already text but RFC 2047 words still encoded.
///
/// `decode` turns a phrase with encoded words into text; it is called only where a phrase holds `=?`.
/// Any text is read in linear time; what is no address gives an entry without one, an empty group none.
pub(crate) fn parse_list<'a>(field: &'a str, decode: &impl Fn(&str) -> String) -> Mailboxes<'a> {
    plain::list(field).unwrap_or_else(|| List::read(field, decode).into_iter().collect())
}

/// As [`parse_list`], without the short way for the usual, and with encoded words left as they are.
#[cfg(any(test, fuzzing))]
pub(super) fn read_all_forms(field: &str) -> Vec<Mailbox<'static>> {
    List::read(field, &|words: &str| words.to_owned())
}

type Span = Range<usize>;

impl Address {
    /// Reads a cell of a book: a bare address, or one mailbox with its name (`Ann Beck <ann@x.example>`).
    ///
    /// `None` if the text is neither, or holds several mailboxes.
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
    /// The token looked at.
    at: usize,
    /// Where the phrase at hand starts.
    start: usize,
    /// An `@` is in the phrase at hand. Kept as looking for it at each colon would be quadratic.
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
                Kind::Comma => list.close(true),
                Kind::Semicolon => list.close(false),
                Kind::Colon => list.colon(),
                Kind::Less => list.angle(),
                _ => {
                    list.seen_at |= kind == Kind::At;
                    list.at += 1;
                }
            }
        }
        list.close(false);
        list.found
    }

    fn kind(&self, at: usize) -> Option<Kind> {
        self.tokens.get(at).map(|t| t.kind)
    }

    fn span(&self, span: &Span) -> &[Token<'a>] {
        self.tokens.get(span.clone()).unwrap_or_default()
    }

    fn holds(&self, span: &Span, kinds: &[Kind]) -> bool {
        self.span(span).iter().any(|t| kinds.contains(&t.kind))
    }

    /// Whether anything but comments and stray brackets is there.
    fn has_text(&self, span: &Span) -> bool {
        self.holds(span, &[Kind::Word, Kind::Quoted, Kind::At, Kind::Literal])
    }

    /// Ends an entry without angle brackets, at the token looked at.
    fn close(&mut self, comma: bool) {
        let (entry, seen_at) = (self.start..self.at, self.seen_at);
        self.go_on(self.at + 1);
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

    /// Whether the entry is the host that some servers stick to an empty group: `undisclosed:;@host`.
    fn is_group_host(&self, entry: &Span) -> bool {
        let group = entry.start.checked_sub(1).and_then(|i| self.kind(i));
        let at = self.tokens.get(entry.start);
        let stuck = at.is_some_and(|t| t.kind == Kind::At && !t.spaced);
        stuck && entry.len() == 2 && group == Some(Kind::Semicolon)
    }

    /// Starts a phrase at a token.
    fn go_on(&mut self, at: usize) {
        self.at = at;
        self.start = at;
        self.seen_at = false;
    }

    /// Gives up on joining: what was held has no address.
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
                token.kind = Kind::Dropped;
            }
        } else {
            self.flush();
            self.go_on(at + 1);
        }
    }

    /// Reads the mailbox whose `<` is looked at.
    fn angle(&mut self) {
        let (content, closed, end) = self.angle_content();
        let address = self.angle_address(&content, closed);
        if address.is_none() && !self.holds(&content, &[Kind::At, Kind::Quoted]) {
            let more = (end..).find(|&i| !self.is_text(i));
            if more.and_then(|i| self.kind(i)) == Some(Kind::Less) {
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

    /// A mailbox whose brackets hold no address. Nothing else in the entry is one either.
    fn no_angle_address(&mut self, phrase: Span, content: Span, end: usize) {
        let ends = |&i: &usize| {
            let kind = self.kind(i);
            matches!(
                kind,
                None | Some(Kind::Comma | Kind::Semicolon | Kind::Less)
            )
        };
        let to = (end..).find(ends).unwrap_or(end);
        let tail = match self.kind(to) {
            // Another mailbox follows without a comma, its name included.
            Some(Kind::Less) => end..end,
            _ => end..to,
        };
        self.go_on(tail.end + usize::from(tail.end == to));
        let phrase = self.join_held(phrase);
        if !self.has_text(&content) {
            let entry = if self.has_text(&phrase) { phrase } else { tail };
            return self.without_address(entry);
        }
        let name = self.name(&phrase).or_else(|| self.name(&tail));
        let written = self.raw(&content);
        self.push(name, written, None);
    }

    /// The tokens within the angle brackets that open at the token looked at, whether they are closed,
    /// and where the text goes on.
    fn angle_content(&self) -> (Span, bool, usize) {
        let skip = |kind, from| (from..).find(|&i| self.kind(i) != Some(kind));
        let from = skip(Kind::Less, self.at).unwrap_or(self.at);
        let ends = |&i: &usize| matches!(self.kind(i), None | Some(Kind::Less | Kind::Greater));
        let to = (from..).find(ends).unwrap_or(from);
        let closed = self.kind(to) == Some(Kind::Greater);
        let route = self.kind(from) == Some(Kind::At);
        let inner = self.span(&(from..to));
        let cut = inner
            .iter()
            .position(|t| matches!(t.kind, Kind::Comma | Kind::Semicolon));
        let several = inner.iter().filter(|t| t.kind == Kind::At).count() > 1 && !route;
        match cut {
            // The bracket was never closed, or is closed by that of another mailbox.
            Some(cut) if !closed || several => (from..from + cut, false, from + cut),
            _ => (from..to, closed, skip(Kind::Greater, to).unwrap_or(to)),
        }
    }

    fn angle_address(&self, content: &Span, closed: bool) -> Option<(String, Address)> {
        let inner = self.span(content);
        // A source route or `mailto:` (RFC 5322, section 4.4).
        let colon = inner.iter().rposition(|t| t.kind == Kind::Colon);
        let from = content.start + colon.map_or(0, |c| c + 1);
        let spec = from..content.end;
        let read = addr_spec(self.span(&spec));
        if read.is_some() {
            return read;
        }
        let mut loose = self.loose(&spec).into_iter();
        match (loose.next(), loose.next()) {
            // White space within brackets makes no address, stuck punctuation does not unmake one.
            (Some(one), None) if !closed || one.span == self.without_commas(spec) => {
                Some((one.written, one.address))
            }
            _ => None,
        }
    }

    fn without_commas(&self, span: Span) -> Span {
        let comma = |t: &&Token| matches!(t.kind, Kind::Comma | Kind::Semicolon);
        let stuck = self.span(&span).iter().rev().take_while(comma).count();
        span.start..span.end - stuck
    }

    fn is_text(&self, at: usize) -> bool {
        let kind = self.kind(at);
        matches!(
            kind,
            Some(Kind::Word | Kind::Quoted | Kind::Comment | Kind::Greater)
        )
    }

    /// What follows the angle brackets up to the end of the entry; empty where another mailbox follows
    /// without a comma. Leaves the parser behind it.
    fn tail(&mut self, from: usize) -> Span {
        let to = (from..).find(|&i| !self.is_text(i)).unwrap_or(from);
        match self.kind(to) {
            None | Some(Kind::Comma | Kind::Semicolon | Kind::Colon) => {
                self.go_on(to + 1);
                from..to
            }
            _ => {
                self.go_on(from);
                from..from
            }
        }
    }

    /// The phrase together with the pieces held that belong to it (see the module's docs).
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
        // A comma right before the bracket is not part of the name.
        let end = if self.has_text(&phrase) {
            phrase.end
        } else {
            last.end
        };
        first.start..end
    }

    /// An entry without angle brackets, but with an `@` in it.
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

    /// The addresses in free text: what touches an `@` on both sides, without brackets and quotes that are
    /// stuck to it.
    fn loose(&self, entry: &Span) -> Vec<Loose> {
        let mut found: Vec<Loose> = Vec::new();
        for at in entry.clone() {
            if self.kind(at) != Some(Kind::At) {
                continue;
            }
            let least = found.last().map_or(entry.start, |l| l.span.end);
            let parts = |i: usize| matches!(self.kind(i), Some(Kind::Word | Kind::Quoted));
            let touches = |i: usize| self.tokens.get(i).is_some_and(|t| !t.spaced);
            let mut from = at;
            while from > least && touches(from) && parts(from - 1) {
                from -= 1;
            }
            let chained = (from > least && touches(from) && self.kind(from - 1) == Some(Kind::At))
                || (self.kind(at + 2) == Some(Kind::At) && touches(at + 2));
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

    /// Reads an addr-spec that may have brackets and quotes stuck to it.
    fn trimmed(&self, span: &Span) -> Option<(String, Address)> {
        let mut spec = self.span(span).to_vec();
        if let Some(first) = spec.first_mut().filter(|t| t.kind == Kind::Word) {
            first.text = first.text.trim_start_matches(['[', '(', '{', '"', '`']);
        }
        if let Some(last) = spec.last_mut().filter(|t| t.kind == Kind::Word) {
            let junk = [']', ')', '}', '"', '.', '!', '?', '*'];
            last.text = last.text.trim_end_matches(junk);
        }
        addr_spec(&spec)
    }

    /// An entry that holds no address.
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

/// An address found in free text, and its tokens.
struct Loose {
    span: Span,
    written: String,
    address: Address,
}

/// A list as the short way reads it, if it can, and as the long way does: the two are held equal.
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
