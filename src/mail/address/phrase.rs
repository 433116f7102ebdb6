//! The text of phrases and comments (RFC 5322, section 3.2.5), as it is displayed.

use super::invisible::visible_name;
use super::lex::{Token, TokenKind, unescape};

/// Returns the text of a phrase as its author meant it, including comments after the first word, as in
/// `Ann (Anni) Beck`. Encoded words are left as they are; a `>` without a `<` is dropped.
pub(super) fn text(tokens: &[Token]) -> String {
    let mut text = String::new();
    let mut before = TokenKind::Dropped;
    let mut opened = false;
    for token in tokens {
        opened |= token.kind == TokenKind::Less;
        let apart = |kind| matches!(kind, TokenKind::Quoted | TokenKind::Comment);
        let word = |kind| apart(kind) || kind == TokenKind::Word;
        let touching = (apart(before) && word(token.kind)) || (word(before) && apart(token.kind));
        match token.kind {
            TokenKind::Dropped => continue,
            TokenKind::Comment if text.is_empty() => continue,
            TokenKind::Greater if !opened => continue,
            _ if !text.is_empty() && (token.spaced || touching) => text.push(' '),
            _ => {}
        }
        match token.kind {
            TokenKind::Quoted => text.push_str(&unescape(token.text)),
            TokenKind::Word => push_word(&mut text, token.text),
            _ => text.push_str(token.text),
        }
        before = token.kind;
    }
    text
}

/// Returns the value of the last comment, where old mail has the name (RFC 822: `a@x (Ann Beck)`).
pub(super) fn last_comment(tokens: &[Token]) -> Option<String> {
    let mut comments = tokens.iter().rev();
    let last = comments.find(|t| t.kind == TokenKind::Comment)?;
    Some(unescape(last.text))
}

/// Appends a word, and removes escapes outside quotes (`\"Ann\"`), the same ones that the lexer recognizes.
fn push_word(text: &mut String, word: &str) {
    let mut chars = word.chars().peekable();
    while let Some(c) = chars.next() {
        match chars.peek() {
            Some(&next @ ('"' | '(' | ')' | '\\')) if c == '\\' => {
                text.push(next);
                chars.next();
            }
            _ => text.push(c),
        }
    }
}

/// Returns the text with each run of white space as one space, and none at the ends.
pub(super) fn single_spaced(text: &str) -> String {
    let mut spaced = String::with_capacity(text.len());
    for word in text.split_whitespace() {
        if !spaced.is_empty() {
            spaced.push(' ');
        }
        spaced.push_str(word);
    }
    spaced
}

/// Returns a name with single spaces, without invisible characters and outer quotes; `None` if nothing is left.
pub(super) fn tidy(text: &str) -> Option<String> {
    let text = single_spaced(&visible_name(text));
    let mut name = text.as_str();
    // `"'Ann'"` and `''Ann''` also occur.
    while let Some(inner) = unquoted(name) {
        name = inner.trim();
    }
    (!name.is_empty()).then(|| name.to_owned())
}

fn unquoted(name: &str) -> Option<&str> {
    let inner = |quote| name.strip_prefix(quote)?.strip_suffix(quote);
    inner('"').or_else(|| inner('\''))
}
