//! Decodes 7-bit charsets for Chinese and Korean, which switch between ASCII and two-byte character sets. The charset
//! library has these sets with the eighth bit set, but no decoder for the switching, because WHATWG has none.

use encoding_rs::{EUC_KR, Encoding, GBK};

const ESCAPE: u8 = 0x1B;
const SHIFT_OUT: u8 = 0x0E;
const SHIFT_IN: u8 = 0x0F;

/// Decodes HZ (RFC 1843): `~{` begins Chinese; `~}` or the end of the line ends it.
pub(super) fn hz(bytes: &[u8]) -> String {
    let mut out = Vec::with_capacity(bytes.len());
    let mut is_chinese = false;
    let mut rest = bytes;
    while let Some((&byte, after)) = rest.split_first() {
        rest = after;
        match (byte, after.first()) {
            (b'~', Some(b'{')) => is_chinese = true,
            (b'~', Some(b'}')) => is_chinese = false,
            (b'~', Some(b'~')) if !is_chinese => out.push(b'~'),
            (b'~', Some(b'\n')) if !is_chinese => (),
            (0x21..=0x7E, Some(&second @ 0x21..=0x7E)) if is_chinese => {
                out.extend_from_slice(&[byte | 0x80, second | 0x80]);
            }
            _ => {
                is_chinese &= byte != b'\n';
                out.push(byte);
                continue;
            }
        }
        rest = &after[1..];
    }
    decoded(GBK, &out)
}

/// Decodes ISO-2022-KR (RFC 1557): text between the shifts is KS X 1001.
pub(super) fn iso_2022_kr(bytes: &[u8]) -> String {
    shifted(bytes, EUC_KR, b'C')
}

/// Decodes ISO-2022-CN (RFC 1922). Of its sets only GB 2312 is supported; characters of other sets become U+FFFD.
pub(super) fn iso_2022_cn(bytes: &[u8]) -> String {
    shifted(bytes, GBK, b'A')
}

/// Sets the eighth bit of shifted characters if they are in the set that `ESC $ )` and `designator` select.
fn shifted(bytes: &[u8], encoding: &'static Encoding, designator: u8) -> String {
    let mut out = Vec::with_capacity(bytes.len());
    let (mut is_out, mut is_known) = (false, true);
    let mut rest = bytes;
    while let Some((&byte, after)) = rest.split_first() {
        rest = after;
        match (byte, after) {
            (ESCAPE, [b'$', b')', set, tail @ ..]) => {
                is_known = *set == designator;
                rest = tail;
            }
            (SHIFT_OUT, _) => is_out = true,
            (SHIFT_IN, _) => is_out = false,
            (0x21..=0x7E, [second @ 0x21..=0x7E, tail @ ..]) if is_out => {
                // 0xFF is not a character in any of these sets.
                let pair: &[u8] = match is_known {
                    true => &[byte | 0x80, second | 0x80],
                    false => &[0xFF],
                };
                out.extend_from_slice(pair);
                rest = tail;
            }
            _ => {
                is_out &= byte != b'\n';
                out.push(byte);
            }
        }
    }
    decoded(encoding, &out)
}

fn decoded(encoding: &'static Encoding, bytes: &[u8]) -> String {
    encoding.decode_without_bom_handling(bytes).0.into_owned()
}

/// Removes escape sequences of ISO-2022-JP that the next one directly undoes. They occur where words or lines are
/// joined that each end in ASCII, as RFC 1468 requires, and the charset library reports them as errors, as browsers
/// must.
pub(super) fn without_redundant_escapes(bytes: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(bytes.len());
    let mut rest = bytes;
    while let Some(at) = memchr::memchr(ESCAPE, rest) {
        let (before, from) = rest.split_at(at);
        out.extend_from_slice(before);
        let (escape, after) = from.split_at(escape_length(from));
        let is_idle = escape.len() > 1 && escape_length(after) > 1;
        if !is_idle {
            out.extend_from_slice(escape);
        }
        rest = after;
    }
    out.extend_from_slice(rest);
    out
}

/// Returns the length of the escape sequence at the start of the bytes; 1 for one that is not in ISO-2022-JP, 0 for
/// none.
fn escape_length(bytes: &[u8]) -> usize {
    match bytes {
        [ESCAPE, b'(', b'B' | b'J' | b'I', ..] | [ESCAPE, b'$', b'@' | b'B', ..] => 3,
        [ESCAPE, b'$', b'(', b'D', ..] => 4,
        [ESCAPE, ..] => 1,
        _ => 0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    type Decode = fn(&[u8]) -> String;

    #[test]
    fn sets_are_switched() {
        let kr: Decode = iso_2022_kr;
        let cases: [(Decode, &[u8], &str); 13] = [
            (hz, b"a ~{VPND~} b", "a 中文 b"),
            (hz, b"~{VP~}~{ND~}", "中文"),
            (hz, b"~~ ~", "~ ~"),
            (hz, b"a~\nb", "ab"),
            (hz, b"~{VP\nND", "中\nND"),
            (hz, b"~{V", "V"),
            (kr, b"\x1b$)C\x0eGQ1[\x0f ok", "한글 ok"),
            (kr, b"\x1b$)C\x0eGQ\x0f\x1b$)C\x0e1[\x0f", "한글"),
            (kr, b"\x0eGQ\n1[", "한\n1["),
            (kr, b"\x1b$)", "\u{1b}$)"),
            (iso_2022_cn, b"\x1b$)A\x0eVPND\x0f!", "中文!"),
            (iso_2022_cn, b"\x1b$)G\x0eVPND\x0f!", "\u{fffd}\u{fffd}!"),
            (iso_2022_cn, b"", ""),
        ];
        for (decode, bytes, want) in cases {
            assert_eq!(decode(bytes), want, "{}", bytes.escape_ascii());
        }
    }

    #[test]
    fn idle_escapes_are_left_out() {
        for (bytes, want) in [
            (
                &b"\x1b$BF|\x1b(B\x1b$BK\\\x1b(B"[..],
                &b"\x1b$BF|\x1b$BK\\\x1b(B"[..],
            ),
            (b"\x1b(B\x1b(J\x1b$@F|", b"\x1b$@F|"),
            (b"a\x1b\x1b$BF|", b"a\x1b\x1b$BF|"),
            (b"\x1b(B\x1b", b"\x1b(B\x1b"),
            (b"\x1b$B", b"\x1b$B"),
        ] {
            assert_eq!(
                without_redundant_escapes(bytes),
                want,
                "{}",
                bytes.escape_ascii()
            );
        }
    }
}
