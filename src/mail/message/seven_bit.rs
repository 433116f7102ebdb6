//! Charsets of seven bits for Chinese and Korean, which switch between ASCII and sets of two bytes a character. The
//! library for charsets knows their sets, with the eighth bit set, and not the switching: WHATWG has no decoder for them.

use encoding_rs::{EUC_KR, Encoding, GBK};

const ESCAPE: u8 = 0x1B;
const SHIFT_OUT: u8 = 0x0E;
const SHIFT_IN: u8 = 0x0F;

/// Decodes HZ (RFC 1843): `~{` begins Chinese, `~}` ends it, and so does a line's end.
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

/// Decodes ISO-2022-KR (RFC 1557): what stands between the shifts is KS X 1001.
pub(super) fn iso_2022_kr(bytes: &[u8]) -> String {
    shifted(bytes, EUC_KR, b'C')
}

/// Decodes ISO-2022-CN (RFC 1922), of whose sets GB 2312 alone is known; characters of others become U+FFFD.
pub(super) fn iso_2022_cn(bytes: &[u8]) -> String {
    shifted(bytes, GBK, b'A')
}

/// Sets the eighth bit of what is shifted out and in the set that `ESC $ )` and `designator` name.
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
                // 0xFF is not a character of any of these sets.
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

/// ISO-2022-JP without escapes that the next one undoes at once. Words and lines that each end in ASCII, as RFC 1468 asks,
/// have them where they are joined, and the library for charsets takes them for errors, as browsers must.
pub(super) fn without_idle_escapes(bytes: &[u8]) -> Vec<u8> {
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

/// How long the escape is that some bytes begin with; 1 if it is not one of ISO-2022-JP's, 0 if there is none.
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
                without_idle_escapes(bytes),
                want,
                "{}",
                bytes.escape_ascii()
            );
        }
    }
}
