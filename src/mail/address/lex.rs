//! Splits an address field into tokens (RFC 5322, section 3.2), in one pass and in linear time.
//!
//! A delimiter that is opened and never closed (`"`, `(`, `[`) is plain text, so that a stray character does not
//! swallow the recipients after it.

use memchr::{memchr2, memchr3};

use super::invisible::is_invisible;

/// Maximum length of a charset name in an encoded word.
const LONGEST_CHARSET: usize = 64;

/// The kind of a token.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum TokenKind {
    /// Plain text, including dots and unclosed delimiters, or an encoded word (RFC 2047).
    Word,
    /// `"..."`
    Quoted,
    /// `(...)`
    Comment,
    /// `[...]` after an `@`
    Literal,
    Less,
    Greater,
    At,
    Comma,
    Semicolon,
    Colon,
    /// Ignored: `mailto:`, and words of only invisible characters.
    Dropped,
}

/// A token: its text including delimiters, and its start.
#[derive(Clone, Copy, Debug)]
pub(super) struct Token<'a> {
    pub kind: TokenKind,
    pub text: &'a str,
    pub start: usize,
    /// Whether white space precedes it.
    pub spaced: bool,
}

/// Returns the tokens of `text`. With `encoded`, an encoded word (RFC 2047) is one token, whatever it contains.
pub(super) fn tokens(text: &str, encoded: bool) -> Vec<Token<'_>> {
    let mut lexer = Lexer {
        text,
        encoded_from: if encoded { 0 } else { text.len() },
        unclosed_quote: text.len(),
        unclosed_comments: Vec::new(),
    };
    let mut found: Vec<Token> = Vec::new();
    let mut at = 0;
    let mut after_at = false;
    loop {
        let rest = text.get(at..).unwrap_or_default();
        let start = at + (rest.len() - rest.trim_start().len());
        let Some((kind, end)) = lexer.token(start, after_at) else {
            return found;
        };
        // A comment may come between `@` and a literal.
        after_at = kind == TokenKind::At || (after_at && kind == TokenKind::Comment);
        let token = text.get(start..end).unwrap_or_default();
        let is_invisible = kind == TokenKind::Word && token.chars().all(is_invisible);
        found.push(Token {
            kind: if is_invisible {
                TokenKind::Dropped
            } else {
                kind
            },
            text: token,
            start,
            spaced: start > at,
        });
        at = end;
    }
}

/// Returns the value of a quoted string or comment, given with its delimiters: without escapes and folding.
pub(super) fn unescape(text: &str) -> String {
    let mut value = String::with_capacity(text.len());
    let inner = text.get(1..text.len().saturating_sub(1));
    let mut chars = inner.unwrap_or_default().chars();
    while let Some(c) = chars.next() {
        match c {
            '\r' | '\n' => {}
            '\t' => value.push(' '),
            '\\' => value.extend(chars.next()),
            c => value.push(c),
        }
    }
    value
}

struct Lexer<'a> {
    text: &'a str,
    /// No encoded word starts before this offset.
    encoded_from: usize,
    /// No quoted string starts at or after this offset.
    unclosed_quote: usize,
    /// The offsets of `(` that are never closed, in order. Kept so that `((((` is scanned only once.
    unclosed_comments: Vec<usize>,
}

impl Lexer<'_> {
    /// Returns the kind and the end of the token at `at`; `None` at the end of the text.
    fn token(&mut self, at: usize, after_at: bool) -> Option<(TokenKind, usize)> {
        let single = |kind| Some((kind, at + 1));
        let delimited = match self.text.as_bytes().get(at)? {
            b'<' => return single(TokenKind::Less),
            b'>' => return single(TokenKind::Greater),
            b'@' => return single(TokenKind::At),
            b',' => return single(TokenKind::Comma),
            b';' => return single(TokenKind::Semicolon),
            b':' => return single(TokenKind::Colon),
            b'"' => self.quoted_end(at).map(|end| (TokenKind::Quoted, end)),
            b'(' => self.comment_end(at).map(|end| (TokenKind::Comment, end)),
            b'[' if after_at => self.literal_end(at).map(|end| (TokenKind::Literal, end)),
            _ => None,
        };
        delimited.or_else(|| Some((TokenKind::Word, self.word_end(at))))
    }

    fn word_end(&mut self, start: usize) -> usize {
        let mut at = start;
        while let Some(c) = self.text.get(at..).and_then(|t| t.chars().next()) {
            at = match c {
                '<' | '>' | '@' | ',' | ';' | ':' => break,
                '"' if self.quoted_end(at).is_some() => break,
                '(' if self.comment_end(at).is_some() => break,
                '=' => self.encoded_end(at).unwrap_or(at + 1),
                // The same pairs as within quotes and comments; otherwise `(\(\(\(` would take quadratic time.
                '\\' => match self.text.as_bytes().get(at + 1) {
                    Some(b'"' | b'(' | b')' | b'\\') => at + 2,
                    _ => at + 1,
                },
                c if c.is_whitespace() => break,
                c => at + c.len_utf8(),
            };
        }
        at
    }

    /// Returns the end of the quoted string that starts at `at`, if it is one.
    fn quoted_end(&mut self, at: usize) -> Option<usize> {
        if at >= self.unclosed_quote {
            return None;
        }
        let bytes = self.text.as_bytes();
        let mut next = at + 1;
        while let Some(found) = bytes.get(next..).and_then(|b| memchr2(b'"', b'\\', b)) {
            next += found + 1;
            if bytes.get(next - 1) == Some(&b'"') {
                return (!self.swallows(at, next)).then_some(next);
            }
            next += 1;
        }
        self.unclosed_quote = at;
        None
    }

    /// Returns whether an apparent quoted string begins at a stray quote and extends over other recipients to the next
    /// quote, as in `"Ann <a@x>, "Bob" <b@x>`. Then it contains the end of a mailbox and touches a word.
    fn swallows(&self, start: usize, end: usize) -> bool {
        let inner = self.text.get(start + 1..end - 1).unwrap_or_default();
        let before = self.text.get(..start).and_then(|t| t.chars().next_back());
        let after = self.text.get(end..).and_then(|t| t.chars().next());
        let touches = |c: Option<char>| c.is_some_and(char::is_alphanumeric);
        (touches(before) || touches(after))
            && inner
                .split('>')
                .skip(1)
                .any(|t| t.trim_start().starts_with([',', ';']))
    }

    /// Returns the end of the comment that starts at `at`, if it is closed. Comments nest.
    fn comment_end(&mut self, at: usize) -> Option<usize> {
        if self.unclosed_comments.binary_search(&at).is_ok() {
            return None;
        }
        let bytes = self.text.as_bytes();
        let mut open = vec![at];
        let mut next = at + 1;
        while let Some(found) = bytes
            .get(next..)
            .and_then(|b| memchr3(b'(', b')', b'\\', b))
        {
            next += found + 1;
            match bytes.get(next - 1) {
                Some(b'(') => open.push(next - 1),
                Some(b')') => {
                    open.pop();
                    if open.is_empty() {
                        return Some(next);
                    }
                }
                _ => next += 1,
            }
        }
        self.unclosed_comments = open;
        None
    }

    fn literal_end(&self, at: usize) -> Option<usize> {
        let rest = self.text.get(at + 1..)?;
        let end = rest.find(['[', ']', '<', '>', '@', ',', '"'])?;
        (rest.as_bytes().get(end) == Some(&b']')).then_some(at + end + 2)
    }

    /// Returns the end of the encoded word (RFC 2047, section 2) that starts at `at`, if it is one. Against the RFC,
    /// some mail programs leave commas, brackets and similar characters in encoded words.
    fn encoded_end(&mut self, at: usize) -> Option<usize> {
        if at < self.encoded_from {
            return None;
        }
        let rest = self.text.get(at..)?.strip_prefix("=?")?;
        let mark = rest.bytes().take(LONGEST_CHARSET).position(|b| b == b'?')?;
        let payload = match rest.as_bytes().get(mark + 1..mark + 3) {
            Some([b'b' | b'B' | b'q' | b'Q', b'?']) => rest.get(mark + 3..)?,
            _ => return None,
        };
        let start = at + mark + 5;
        let mut last = ' ';
        for (place, c) in payload.char_indices() {
            if c.is_whitespace() {
                self.encoded_from = start + place;
                return None;
            }
            if last == '?' && c == '=' {
                return Some(start + place + 1);
            }
            last = c;
        }
        self.encoded_from = self.text.len();
        None
    }
}
