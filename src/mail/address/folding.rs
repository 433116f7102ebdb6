//! Removes folding from within addresses in angle brackets.
//!
//! RFC 5322 (section 2.2.3) folds only at white space, and an address contains none. But some programs break every line
//! at a fixed length. Such white space is recognizable as folding only in the raw field.

use std::borrow::Cow;

/// Returns the value of an address field, which is still folded, without the white space that folding put into
/// addresses in `<>`.
pub(crate) fn without_folds_in_brackets(value: &[u8]) -> Cow<'_, [u8]> {
    let value = value.trim_ascii();
    if !folds_within_brackets(value) {
        return value.into();
    }
    let mut out = Vec::new();
    let (mut taken, mut open) = (0, None);
    for at in memchr::memchr2_iter(b'<', b'>', value) {
        if value[at] == b'<' {
            open = Some(at);
        } else if let Some(start) = open.take()
            && is_folded_address(&value[start + 1..at])
        {
            out.extend_from_slice(&value[taken..=start]);
            out.extend(unfolded(&value[start + 1..at]));
            taken = at;
        }
    }
    if taken == 0 {
        return value.into();
    }
    out.extend_from_slice(&value[taken..]);
    out.into()
}

/// Returns whether the last bracket before any line break is an opening one.
fn folds_within_brackets(value: &[u8]) -> bool {
    let (mut start, mut is_open) = (0, false);
    for end in memchr::memchr_iter(b'\n', value) {
        if let Some(at) = memchr::memrchr2(b'<', b'>', &value[start..end]) {
            is_open = value[start + at] == b'<';
        }
        if is_open {
            return true;
        }
        start = end;
    }
    false
}

/// Returns whether the text between two brackets is one address with a line break in it.
fn is_folded_address(inner: &[u8]) -> bool {
    let has = |byte| memchr::memchr(byte, inner).is_some();
    has(b'\n') && !has(b'"') && memchr::memchr_iter(b'@', inner).count() == 1
}

/// Returns the bytes without line breaks and the white space around them.
fn unfolded(inner: &[u8]) -> impl Iterator<Item = u8> {
    inner
        .split(|&byte| byte == b'\n')
        .flat_map(|line| line.trim_ascii().iter().copied())
}

#[cfg(test)]
mod tests {
    use super::without_folds_in_brackets;

    #[test]
    fn only_folding_within_an_address_is_dropped() {
        for (value, want) in [
            (" Ann <ann@x.exam\r\n ple>\r\n", "Ann <ann@x.example>"),
            (
                "<ann\n\t@x.example>, B <b@\n x>",
                "<ann@x.example>, B <b@x>",
            ),
            ("<a\r\n nn.be\r\n ck@x>", "<ann.beck@x>"),
            ("Ann\r\n Beck\r\n <ann@x>", "Ann\r\n Beck\r\n <ann@x>"),
            ("<ann@x>,\n <bob@y>", "<ann@x>,\n <bob@y>"),
            // Plain white space stays, and so do brackets that hold no address or two.
            ("<ann beck@x>", "<ann beck@x>"),
            ("<Ann\n Beck> <a@x>", "<Ann\n Beck> <a@x>"),
            ("<a@x\n b@y>", "<a@x\n b@y>"),
            ("<\"ann\n beck\"@x>", "<\"ann\n beck\"@x>"),
            ("a < b\n c", "a < b\n c"),
            ("<a@\n <b@\n x>", "<a@\n <b@x>"),
            ("\n", ""),
        ] {
            let found = without_folds_in_brackets(value.as_bytes());
            assert_eq!(String::from_utf8_lossy(&found), want, "{value:?}");
        }
    }
}
