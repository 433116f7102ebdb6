//! An email address in normal form (`addr-spec` of RFC 5322).

use crate::mail::address::invisible::is_invisible;
use crate::mail::address::invisible::visible;
use std::borrow::Cow;

use super::lex::{Token, TokenKind, tokens, unescape};
use unicode_normalization::UnicodeNormalization;

/// Maximum length of an address in bytes. RFC 5321 (section 4.5.3.1) allows 320, but real mail contains longer ones.
const LENGTH_MAX: usize = 1_000;

/// The bytes that most addresses consist of and that have no special meaning in them.
const USUAL: [bool; 256] = {
    let mut usual = [false; 256];
    let mut byte = 0;
    while byte < 256 {
        usual[byte] = matches!(byte as u8, b'a'..=b'z' | b'0'..=b'9' | b'_');
        byte += 1;
    }
    usual
};

/// Characters that separate tokens in a header field (RFC 5322, section 3.2.3).
const SPECIALS: &str = "()<>[],;:@\\\"";

/// An address in its normal form, `local@domain` (rule R7).
///
/// Equality, order and hash are those of the normal form.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub struct Address {
    text: Box<str>,
    at: usize,
}

impl Address {
    /// Parses a bare address, such as a CSV cell or the value of an option (rule R7).
    ///
    /// White space, `,` and `;` around it, `<...>`, a leading `mailto:`, single quotes and comments are dropped.
    /// Returns `None` if the text is not `local@domain`, if the local part needs quotes and has none, or if it is
    /// longer than 1,000 bytes.
    pub fn parse(text: &str) -> Option<Address> {
        let text = text.trim_matches(|c: char| c.is_whitespace() || matches!(c, ',' | ';'));
        if text.len() > LENGTH_MAX {
            return None;
        }
        if let Some(address) = Self::simple(text) {
            return Some(address);
        }
        let inner = text.strip_prefix('<').and_then(|t| t.strip_suffix('>'));
        let inner = inner.unwrap_or(text).trim();
        let bare = match inner.split_at_checked(7) {
            Some((scheme, rest)) if scheme.eq_ignore_ascii_case("mailto:") => rest,
            _ => inner,
        };
        addr_spec(&tokens(bare, false)).map(|(_, address)| address)
    }

    /// Fast path for nearly all addresses: plain ASCII on both sides, no quotes, no comments.
    fn simple(text: &str) -> Option<Address> {
        let (local, domain) = text.split_once('@')?;
        let plain = |b: u8| b.is_ascii_alphanumeric() || b"-._".contains(&b);
        let atext = |b: u8| plain(b) || b"!#$%&'*+/=?^`{|}~".contains(&b);
        if local.is_empty() || !local.bytes().all(atext) || !domain.bytes().all(plain) {
            return None;
        }
        Self::new(local, domain)
    }

    /// Returns whether a text is certain to be an address whose normal form differs at most in case. Other texts may be
    /// addresses too.
    pub fn is_plain(text: &str) -> bool {
        let usual = |b: u8| b.is_ascii_alphanumeric() || b"-._".contains(&b);
        let is_label = |label: &str| {
            let start = label.as_bytes().get(..4);
            !label.is_empty() && start.is_none_or(|start| !start.eq_ignore_ascii_case(b"xn--"))
        };
        text.split_once('@').is_some_and(|(local, domain)| {
            !local.is_empty()
                && text.len() <= LENGTH_MAX
                && local.bytes().all(|b| usual(b) || b == b'+')
                && domain.bytes().all(usual)
                && domain.split('.').all(is_label)
        })
    }

    /// Parses a text that [is plain](Address::is_plain) and has no empty parts between dots, in one pass; `None` for
    /// any other text, which may still be an address.
    pub(super) fn plain(text: &str) -> Option<Normal<'_>> {
        let bytes = text.as_bytes();
        let (mut at, mut has_capitals) = (None, false);
        // Whether a dot here would leave an empty part.
        let mut is_edge = true;
        let mut place = 0;
        loop {
            let usual = bytes[place..]
                .iter()
                .take_while(|&&it| USUAL[usize::from(it)]);
            let count = usual.count();
            place += count;
            is_edge &= count == 0;
            let Some(byte) = bytes.get(place) else {
                break;
            };
            match byte {
                b'A'..=b'Z' => {
                    is_edge = false;
                    has_capitals = true;
                }
                // Two hyphens in a domain may belong to an encoded label (`xn--`).
                b'-' if at.is_none() || bytes[place - 1] != b'-' => is_edge = false,
                b'+' if at.is_none() => is_edge = false,
                b'.' if !is_edge => is_edge = true,
                b'@' if !is_edge && at.is_none() => {
                    at = Some(place);
                    is_edge = true;
                }
                _ => return None,
            }
            place += 1;
        }
        let at = at.filter(|_| !is_edge && text.len() <= LENGTH_MAX)?;
        let text = match has_capitals {
            true => text.to_ascii_lowercase().into(),
            false => text.into(),
        };
        Some(Normal { text, at })
    }

    /// Creates an address from the value of a local part (without quotes and escapes) and a domain.
    fn new(local: &str, domain: &str) -> Option<Address> {
        if local.chars().any(char::is_control) {
            return None;
        }
        let local = lower(&visible(local));
        let domain = normal_domain(domain)?;
        let mut text = String::with_capacity(local.len() + domain.len() + 1);
        if !local.is_empty() && is_atom(&local) {
            text.push_str(&local);
        } else {
            push_quoted(&mut text, &local);
        }
        let at = text.len();
        text.push('@');
        text.push_str(&domain);
        (text.len() <= LENGTH_MAX).then(|| Address {
            text: text.into(),
            at,
        })
    }

    /// Returns the normal form, `local@domain`.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// Returns the local part of the normal form, in quotes if it needs them (RFC 5322, section 3.4.1).
    pub fn local(&self) -> &str {
        self.text.get(..self.at).unwrap_or_default()
    }

    /// Returns the domain of the normal form: in ASCII if IDNA has such a form, without a trailing dot.
    pub fn domain(&self) -> &str {
        self.text.get(self.at + 1..).unwrap_or_default()
    }

    /// Returns the key of the address under an equivalence: two addresses are equivalent if their keys are equal (rule
    /// R7).
    ///
    /// A local part that would become empty, or that needs quotes, is not changed.
    pub fn equivalence_key(&self, by: Equivalence) -> Cow<'_, str> {
        let (local, domain) = (self.local(), self.domain());
        let base = match local.find('+') {
            Some(plus) if plus > 0 && !local.starts_with('"') => plus,
            _ => local.len(),
        };
        let (user, tag) = local.split_at_checked(base).unwrap_or((local, ""));
        let tag = if by.plus_tag { "" } else { tag };
        if by.gmail_dots && matches!(domain, "gmail.com" | "googlemail.com") {
            // Dots within the tag are kept: Gmail, too, distinguishes tags by them.
            let dotless = user.replace('.', "");
            let keep = local.starts_with('"') || dotless.is_empty();
            let user = if keep { user } else { &dotless };
            Cow::Owned(format!("{user}{tag}@gmail.com"))
        } else if user.len() + tag.len() == local.len() {
            Cow::Borrowed(&self.text)
        } else {
            Cow::Owned(format!("{user}{tag}@{domain}"))
        }
    }

    /// Returns the smallest set of equivalences under which both addresses are the same (rule R7): `EXACT` if they are
    /// equal, `None` if there is no such set.
    pub fn equivalence_with(&self, other: &Address) -> Option<Equivalence> {
        [(false, false), (true, false), (false, true), (true, true)]
            .into_iter()
            .map(|(plus_tag, gmail_dots)| Equivalence {
                plus_tag,
                gmail_dots,
            })
            .find(|&by| self.equivalence_key(by) == other.equivalence_key(by))
    }
}

/// The normal form of an address. It borrows the text that it was parsed from if that is already in normal form.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Normal<'t> {
    text: Cow<'t, str>,
    at: usize,
}

impl<'t> Normal<'t> {
    /// Recreates the value from a text that [`as_str`](Normal::as_str) returned.
    pub(crate) fn again(text: &'t str) -> Normal<'t> {
        // A domain does not contain `@`.
        let at = memchr::memrchr(b'@', text.as_bytes()).unwrap_or(text.len());
        let text = text.into();
        Normal { text, at }
    }

    /// Returns the normal form, `local@domain`.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// Converts it into an address that owns its text.
    pub fn into_address(self) -> Address {
        Address {
            text: self.text.into(),
            at: self.at,
        }
    }
}

impl From<Address> for Normal<'static> {
    fn from(address: Address) -> Self {
        Normal {
            text: address.text.into_string().into(),
            at: address.at,
        }
    }
}

impl<'t> From<&'t Address> for Normal<'t> {
    fn from(address: &'t Address) -> Self {
        Normal {
            text: Cow::Borrowed(&address.text),
            at: address.at,
        }
    }
}

/// The address equivalences that are allowed, or that a match needs (rule R7). All are off by default.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug, Hash, PartialOrd, Ord)]
pub struct Equivalence {
    /// `a+x@d` is the same as `a@d`.
    pub plus_tag: bool,
    /// Dots in the local part are ignored in gmail.com and googlemail.com, which are the same domain.
    pub gmail_dots: bool,
}

impl Equivalence {
    /// No equivalence: normal forms must be equal.
    pub const EXACT: Equivalence = Equivalence {
        plus_tag: false,
        gmail_dots: false,
    };

    /// All equivalences.
    pub const WIDEST: Equivalence = Equivalence {
        plus_tag: true,
        gmail_dots: true,
    };

    /// Returns the union of sets of equivalences.
    pub fn any(all: impl IntoIterator<Item = Equivalence>) -> Equivalence {
        all.into_iter()
            .fold(Equivalence::EXACT, |any, it| Equivalence {
                plus_tag: any.plus_tag || it.plus_tag,
                gmail_dots: any.gmail_dots || it.gmail_dots,
            })
    }

    /// Returns how output names the equivalence that a match needed (rule R7); `None` for an exact match.
    pub fn label(self) -> Option<&'static str> {
        match (self.plus_tag, self.gmail_dots) {
            (false, false) => None,
            (true, false) => Some("plus-tag"),
            (false, true) => Some("gmail-dots"),
            (true, true) => Some("plus-tag+gmail-dots"),
        }
    }

    /// Returns whether a match that needs `needed` is allowed under `self`.
    pub fn allows(self, needed: Equivalence) -> bool {
        (self.plus_tag || !needed.plus_tag) && (self.gmail_dots || !needed.gmail_dots)
    }

    /// Returns whether the set is empty.
    pub fn is_exact(self) -> bool {
        self == Self::EXACT
    }
}

/// Returns the normal form of a domain (rule R7): its ASCII form under UTS 46 (non-transitional), in lower case,
/// without a trailing dot. A domain that IDNA rejects is kept in lower case and NFC.
///
/// Returns `None` if the text is empty, has an empty label, or contains white space, a control character, `'`, or one
/// of `()<>[],;:@\"`, unless it is a literal in brackets (RFC 5322, section 3.4.1).
pub(crate) fn normal_domain(text: &str) -> Option<String> {
    let text = visible(text);
    let text = text.trim().trim_end_matches('.');
    let puny = |label: &str| {
        let start = label.as_bytes().get(..4);
        start.is_some_and(|s| s.eq_ignore_ascii_case(b"xn--"))
    };
    if let Some(literal) = text.strip_prefix('[').and_then(|t| t.strip_suffix(']')) {
        return literal_domain(literal);
    }
    let domain = if text.is_ascii() && !text.split('.').any(puny) {
        text.to_ascii_lowercase()
    } else {
        match idna::domain_to_ascii_cow(text.as_bytes(), idna::AsciiDenyList::EMPTY) {
            Ok(ascii) => ascii.trim_end_matches('.').to_owned(),
            Err(_) => lower(text).trim_end_matches('.').to_owned(),
        }
    };
    let bad = |c: char| c.is_whitespace() || c.is_control() || c == '\'' || SPECIALS.contains(c);
    let good = !domain.contains(bad) && domain.split('.').all(|label| !label.is_empty());
    good.then_some(domain)
}

/// Returns the normal form of a domain literal, given without its brackets. White space in it is ignored.
fn literal_domain(literal: &str) -> Option<String> {
    let text: String = literal.chars().filter(|c| !c.is_whitespace()).collect();
    let bad = |c: char| c.is_control() || "[]@\\<>\"".contains(c);
    let good = !text.is_empty() && !text.contains(bad);
    good.then(|| format!("[{}]", lower(&text)))
}

/// Converts to NFC, lower case, and NFC again, because a lower-case letter may compose with a mark when its capital
/// does not (`J` with caron).
fn lower(text: &str) -> String {
    if text.is_ascii() {
        return text.to_ascii_lowercase();
    }
    let folded = text.nfc().collect::<String>().to_lowercase();
    folded.nfc().collect()
}

/// Returns whether a local part needs no quotes. Dots may be anywhere, as in real mail.
fn is_atom(text: &str) -> bool {
    !text.contains(|c: char| c.is_whitespace() || c.is_control() || SPECIALS.contains(c))
}

fn push_quoted(out: &mut String, text: &str) {
    out.push('"');
    for c in text.chars() {
        if matches!(c, '"' | '\\') {
            out.push('\\');
        }
        out.push(c);
    }
    out.push('"');
}

/// Parses tokens that are exactly one addr-spec (RFC 5322, section 3.4.1, with the obsolete forms of 4.4). Returns it
/// as written, without comments and folding, and in normal form.
pub(super) fn addr_spec(tokens: &[Token]) -> Option<(String, Address)> {
    let at = tokens.iter().position(|t| t.kind == TokenKind::At)?;
    let (before, after) = (tokens.get(..at)?, tokens.get(at + 1..)?);
    let (mut local, mut value) = join(before, TokenKind::Quoted)?;
    let (mut domain, _) = join(after, TokenKind::Literal)?;
    for text in [&mut local, &mut value, &mut domain] {
        if !text.is_ascii() {
            text.retain(|c| !is_invisible(c));
        }
    }
    if local.is_empty() || local.len() + domain.len() >= LENGTH_MAX {
        return None;
    }
    // Outlook encloses whole addresses in single quotes; a domain never ends in one.
    let bare = domain.trim_end_matches(['\'', '.']);
    if domain.get(bare.len()..).is_some_and(|s| s.contains('\'')) {
        domain.truncate(bare.len());
        local = local.trim_start_matches('\'').to_owned();
        value = value.trim_start_matches('\'').to_owned();
    }
    let quoted_empty = value.is_empty() && local.starts_with('"');
    if value.is_empty() && !quoted_empty {
        return None;
    }
    let address = Address::new(&value, &domain)?;
    Some((format!("{local}@{domain}"), address))
}

/// Joins the tokens of one side of the `@`. Returns them as written, and their value. White space and comments are
/// allowed only next to a dot (RFC 5322, section 4.4). Besides words, tokens of the kind `also` are allowed.
fn join(tokens: &[Token], also: TokenKind) -> Option<(String, String)> {
    let (mut written, mut value) = (String::new(), String::new());
    let mut before: Option<&Token> = None;
    for token in tokens {
        match token.kind {
            TokenKind::Comment | TokenKind::Dropped => continue,
            TokenKind::Word if !is_atom(token.text) => return None,
            TokenKind::Word => value.push_str(token.text),
            TokenKind::Quoted if also == TokenKind::Quoted => value.push_str(&unescape(token.text)),
            TokenKind::Literal if also == TokenKind::Literal => value.push_str(token.text),
            _ => return None,
        }
        if before.is_some_and(|b| !b.text.ends_with('.') && !token.text.starts_with('.')) {
            return None;
        }
        written.extend(token.text.chars().filter(|c| !matches!(c, '\r' | '\n')));
        before = Some(token);
    }
    Some((written, value))
}

#[cfg(test)]
#[path = "address_tests.rs"]
pub(super) mod tests;
