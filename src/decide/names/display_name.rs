//! Extracts the name from a display name (R11): people and programs add companies, functions, notes and the address.

use std::borrow::Cow;

use crate::mail::address::{Address, visible_name};
use crate::mail::message::decode_references;

/// At most this many layers of quotes and endings are removed: more than occur, and few enough to bound the work on
/// hostile text.
const LAYERS_MAX: usize = 8;

/// Returns the name in a display name of `address` (R11): control and invisible characters are removed, HTML references
/// decoded, white space is reduced to single spaces, and outer quotes, endings (`(Company)`, `[Extern]`, `via X`, ` |
/// Company`, ` - Department`, `/Unit/Company`) and addresses are cut off.
///
/// Returns `None` if what is left has no letter, or is only the address's local part.
pub(crate) fn clean(display: &str, address: &Address) -> Option<String> {
    let text = decode_references(display);
    let text = visible_name(&text);
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let mut name: Cow<'_, str> = text.as_str().into();
    for _ in 0..LAYERS_MAX {
        let before = name.len();
        name = without_layer(name);
        if name.len() == before {
            break;
        }
    }
    let is_name = name.contains(char::is_alphabetic) && !is_local_part(&name, address);
    is_name.then(|| name.into_owned())
}

/// Returns the name without its outermost layer.
fn without_layer(name: Cow<'_, str>) -> Cow<'_, str> {
    let own = without_ending(without_quotes(name.trim()));
    let own = own.trim_end_matches(|c: char| c.is_whitespace() || ",;:|".contains(c));
    let own = own.strip_suffix(" -").unwrap_or(own);
    match without_addresses(own) {
        Some(without) => without.into(),
        None if own.len() == name.len() => name,
        None => own.to_owned().into(),
    }
}

fn is_double_quote(c: char) -> bool {
    "\"“”„‟«»″＂".contains(c)
}

/// Removes one pair of outer quotes, or a double quote that has no partner. A lone apostrophe stays, as in `'t Hooft`.
fn without_quotes(name: &str) -> &str {
    let is_quote = |c: char| is_double_quote(c) || "'`´‘’‚‛‹›＇".contains(c);
    let name = name.trim();
    if name.chars().all(is_quote) {
        return "";
    }
    let inner = name.strip_prefix(is_quote);
    if let Some(inner) = inner.and_then(|n| n.strip_suffix(is_quote)) {
        return inner.trim();
    }
    let lone = name.chars().filter(|&c| is_double_quote(c)).count() == 1;
    if lone {
        name.trim_matches(is_double_quote).trim()
    } else {
        name
    }
}

/// Removes an ending that is not part of the name. If brackets enclose the whole name, only the brackets are removed.
fn without_ending(name: &str) -> &str {
    if let Some(open) = last_bracket(name) {
        let (before, bracket) = name.split_at_checked(open).unwrap_or((name, ""));
        return match before.trim() {
            "" => bracket.trim_matches(is_bracket).trim(),
            before => before,
        };
    }
    // A tag that a mail server puts before the names of external senders.
    if let Some((_, after)) = name.strip_prefix('[').and_then(|it| it.split_once("] ")) {
        return after.trim();
    }
    if name == "via" || name.starts_with("via ") {
        return "";
    }
    let name = name.split_once(" via ").map_or(name, |(before, _)| before);
    without_units(before_separator(name))
}

/// Returns the text before ` | ` or a dash between spaces.
fn before_separator(name: &str) -> &str {
    let is_separator =
        |word: &str| matches!(word, "|" | "｜" | "-" | "--" | "–" | "—" | "―" | "−" | "‐");
    let mut start = 0;
    for word in name.split(' ') {
        if start > 0 && is_separator(word) {
            return name[..start].trim_end();
        }
        if start > 0 && word.starts_with('|') {
            return name[..start].trim_end();
        }
        if word.len() > 1 && word.ends_with('|') {
            return name[..start + word.len()].trim_end_matches('|');
        }
        start += word.len() + 1;
    }
    let first = name.split(' ').next().unwrap_or_default();
    if is_separator(first) {
        return name[first.len()..].trim_start();
    }
    name
}

/// Returns the common name of a Lotus Notes name: `Ann Beck/BER/Fabrikam`, `CN=Ann Beck/OU=BER/O=Fabrikam`.
fn without_units(name: &str) -> &str {
    let common = name
        .split_at_checked(3)
        .filter(|(key, _)| key.eq_ignore_ascii_case("CN="));
    if let Some((_, common)) = common {
        return common.split('/').next().unwrap_or_default().trim();
    }
    let Some((before, units)) = name.split_once('/') else {
        return name;
    };
    let last = before.rsplit(' ').next().unwrap_or_default();
    // `A/S` is a legal form, and `c/o` is not a unit; `HR/Payroll` is two functions.
    let is_word =
        last.chars().count() > 1 && units.chars().next().is_some_and(char::is_alphanumeric);
    let is_notes = is_word && (before.trim().contains(' ') || units.contains('/'));
    if is_notes { before.trim() } else { name }
}

fn is_bracket(c: char) -> bool {
    "()（）[]［］".contains(c)
}

/// Returns the position of the bracket that matches the closing one at the end of the name.
fn last_bracket(name: &str) -> Option<usize> {
    if !name.ends_with([')', '）', ']', '］']) {
        return None;
    }
    let mut depth = 0_usize;
    for (place, c) in name.char_indices().rev() {
        match c {
            ')' | '）' | ']' | '］' => depth += 1,
            '(' | '（' | '[' | '［' => depth = depth.saturating_sub(1),
            _ => {}
        }
        if depth == 0 {
            return Some(place);
        }
    }
    None
}

/// Returns the name without those of its words that are addresses; `None` if there are none.
fn without_addresses(name: &str) -> Option<String> {
    if !name.contains('@') {
        return None;
    }
    let is_address = |word: &&str| {
        let bare = word.trim_matches(|c: char| is_bracket(c) || "<>,;:'\"".contains(c));
        bare.contains('@') && Address::parse(bare).is_some()
    };
    let words = || name.split(' ');
    words().any(|word| is_address(&word)).then(|| {
        let left = words().filter(|word| !is_address(word));
        left.collect::<Vec<_>>().join(" ")
    })
}

/// Returns whether a name is only the local part of its address. `Ann` for `ann@` is not: it is written like a name.
fn is_local_part(name: &str, address: &Address) -> bool {
    let local = address.local();
    if name.to_lowercase() != local && Some(&*name.to_lowercase()) != local.split('+').next() {
        return false;
    }
    let mut letters = name.chars();
    let is_capitalised = letters.next().is_some_and(char::is_uppercase)
        && !letters.as_str().is_empty()
        && letters.all(char::is_lowercase);
    !is_capitalised
}

#[cfg(test)]
#[path = "display_name_tests.rs"]
mod tests;
