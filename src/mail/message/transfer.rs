//! Decodes transfer encodings (RFC 2045, section 6).

use crate::mail::message::comment::without_comment;
use std::borrow::Cow;

use mail_parser::decoders::base64::base64_decode;
use mail_parser::decoders::quoted_printable::quoted_printable_decode;

use super::lines::with_single_returns;

/// Minimum length of a line of one repeated character that counts as a rule, which begins the footer of a mailing list.
const RULE_BYTES_MIN: usize = 20;

/// The transfer encoding of a part (RFC 2045, section 6).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Encoding {
    /// None.
    None,
    /// Base64.
    Base64,
    /// Quoted-printable.
    QuotedPrintable,
}

impl Encoding {
    /// Returns the encoding that a `Content-Transfer-Encoding` names. Comments, quotes and text after the name are
    /// ignored.
    pub(super) fn named(value: &str) -> Encoding {
        let is_of_name = |c: char| c.is_ascii_alphanumeric() || c == '-';
        let value = without_comment(value);
        let value = value.trim_start_matches(|c: char| !is_of_name(c));
        let end = value.find(|c| !is_of_name(c)).unwrap_or(value.len());
        let name = &value[..end];
        if name.eq_ignore_ascii_case("base64") {
            Encoding::Base64
        } else if name.eq_ignore_ascii_case("quoted-printable") {
            Encoding::QuotedPrintable
        } else {
            Encoding::None
        }
    }
}

/// Decodes a part's transfer encoding. Malformed content is decoded as far as possible.
pub(crate) fn transfer_decoded(content: &[u8], encoding: Encoding) -> Cow<'_, [u8]> {
    match encoding {
        Encoding::None => content.into(),
        Encoding::Base64 => base64(content).into(),
        Encoding::QuotedPrintable => quoted_printable(&with_single_returns(content)).into(),
    }
}

fn quoted_printable(content: &[u8]) -> Vec<u8> {
    quoted_printable_decode(content).unwrap_or_else(|| decode_q(content, false))
}

/// Decodes base64, with the library if it is well-formed.
fn base64(content: &[u8]) -> Vec<u8> {
    let padding = memchr::memchr(b'=', content).unwrap_or(content.len());
    let ends_with_padding = content[padding..]
        .iter()
        .all(|byte| matches!(byte, b'=' | b'\r' | b'\n' | b' ' | b'\t'));
    let decoded = ends_with_padding.then(|| base64_decode(content)).flatten();
    decoded.unwrap_or_else(|| lenient_base64(content))
}

/// Decodes base64 that may contain anything. Characters outside the alphabet are ignored (RFC 2045, section 6.8). It
/// ends with its padding, or before a line that clearly begins the footer of a mailing list, because base64 without
/// padding does not mark its end.
pub(super) fn lenient_base64(content: &[u8]) -> Vec<u8> {
    let mut kept = Vec::with_capacity(content.len());
    let mut padding = 0;
    'lines: for line in content.split_inclusive(|&byte| byte == b'\n') {
        if begins_footer(line) {
            break;
        }
        for &byte in line {
            match byte {
                b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'+' | b'/' => {
                    kept.push(byte);
                    padding = 0;
                }
                // Padding fills the last group of four, which has at least two other characters. Any other `=` is
                // stray.
                b'=' if kept.len() % 4 >= 2 => {
                    padding += 1;
                    if kept.len() % 4 + padding == 4 {
                        break 'lines;
                    }
                }
                _ => (),
            }
        }
    }
    base64_decode(&kept).unwrap_or_default()
}

/// Returns whether a line separates a signature (RFC 3676, section 4.3) or is a rule such as `____________________`.
fn begins_footer(line: &[u8]) -> bool {
    match line.trim_ascii() {
        b"--" => true,
        [first, rest @ ..] => {
            rest.len() + 1 >= RULE_BYTES_MIN
                && first.is_ascii_punctuation()
                && !matches!(first, b'+' | b'/')
                && rest.iter().all(|byte| byte == first)
        }
        [] => false,
    }
}

/// Decodes the Q encoding (RFC 2047, section 4.2), or without `words` quoted-printable (RFC 2045, section 6.7). A `=`
/// without two hexadecimal digits is kept.
pub(super) fn decode_q(payload: &[u8], words: bool) -> Vec<u8> {
    let digit = |b: Option<&u8>| b.and_then(|&b| char::from(b).to_digit(16));
    let mut out = Vec::with_capacity(payload.len());
    let mut at = 0;
    while let Some(&byte) = payload.get(at) {
        // Fast path for the most frequent bytes.
        if byte.is_ascii_alphanumeric() {
            out.push(byte);
            at += 1;
            continue;
        }
        let (first, second) = (payload.get(at + 1), payload.get(at + 2));
        match (byte, digit(first), digit(second)) {
            (b'=', Some(high), Some(low)) => {
                out.push((high * 16 + low) as u8);
                at += 2;
            }
            (b'=', ..) if !words && first == Some(&b'\n') => at += 1,
            (b'=', ..) if !words && first == Some(&b'\r') && second == Some(&b'\n') => at += 2,
            (b'_', ..) if words => out.push(b' '),
            _ => out.push(byte),
        }
        at += 1;
    }
    out
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn decodes_bodies_as_far_as_they_are_well_formed() {
        let cases: [(&[u8], Encoding, &[u8]); 16] = [
            (b"QUJD\r\nREVG\r\n", Encoding::Base64, b"ABCDEF"),
            (b"QUJD\n-- \nA list's footer!\n", Encoding::Base64, b"ABC"),
            (
                b"QUJD\n____________________\nlist\n",
                Encoding::Base64,
                b"ABC",
            ),
            (b"QUI=\nA list's footer!\n", Encoding::Base64, b"AB"),
            (b"QUI=\nQUJD\n", Encoding::Base64, b"AB"),
            (b"QQ==QUJD", Encoding::Base64, b"A"),
            // One padding character where two belong is stray.
            (b"QU=JD", Encoding::Base64, b"ABC"),
            (b"Q=UJD", Encoding::Base64, b"ABC"),
            (b"QU*JD\n!REVG\n", Encoding::Base64, b"ABCDEF"),
            (b"\xefQUJD\x00REVG", Encoding::Base64, b"ABCDEF"),
            (b"QU", Encoding::Base64, b"A"),
            (b"***", Encoding::Base64, b""),
            (b"a=3Db=\r\nc=\nd", Encoding::QuotedPrintable, b"a=bcd"),
            (b"a=ZZ=3D=\r\nb", Encoding::QuotedPrintable, b"a=ZZ=b"),
            (b"a=\r\r\nb\r\r\nc", Encoding::QuotedPrintable, b"ab\r\nc"),
            (b"a=3D", Encoding::None, b"a=3D"),
        ];
        for (content, encoding, want) in cases {
            let shown = String::from_utf8_lossy(content);
            assert_eq!(&*transfer_decoded(content, encoding), want, "{shown}");
        }
    }

    #[test]
    fn an_encoding_is_known_by_its_name() {
        for (value, want) in [
            ("base64", Encoding::Base64),
            ("BASE64 (that is how)", Encoding::Base64),
            ("(that is how) Base64", Encoding::Base64),
            ("\"base64\"", Encoding::Base64),
            ("base64;", Encoding::Base64),
            ("'quoted-printable'", Encoding::QuotedPrintable),
            ("quoted-printable; x=y", Encoding::QuotedPrintable),
            ("7bit;", Encoding::None),
            ("8bit", Encoding::None),
            ("base644", Encoding::None),
            ("(base64)", Encoding::None),
            ("", Encoding::None),
        ] {
            assert_eq!(Encoding::named(value), want, "{value}");
        }
    }

    proptest! {
        #[test]
        fn lenient_base64_is_the_library_s_where_that_reads(bytes in prop::collection::vec(any::<u8>(), 0..60), line in 1usize..80) {
            let digits = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
            let mut encoded = Vec::new();
            for three in bytes.chunks(3) {
                let all = three.iter().fold(0u32, |all, &byte| all << 8 | u32::from(byte)) << (8 * (3 - three.len()));
                for at in 0..4 {
                    let digit = if at <= three.len() { digits[(all >> (18 - 6 * at) & 63) as usize] } else { b'=' };
                    encoded.push(digit);
                    if encoded.len() % line == 0 {
                        encoded.extend_from_slice(b"\r\n");
                    }
                }
            }
            prop_assert_eq!(&base64(&encoded), &bytes);
            prop_assert_eq!(&lenient_base64(&encoded), &bytes);
            let stray: Vec<u8> = encoded.iter().flat_map(|&byte| [byte, b'*']).collect();
            prop_assert_eq!(&base64(&stray), &bytes);
        }

        #[test]
        fn any_bytes_are_decoded(bytes in prop::collection::vec(prop::sample::select(&b"QUJD=*\n- _\xc3"[..]), 0..80)) {
            let decoded = base64(&bytes);
            prop_assert!(decoded.len() <= bytes.len());
        }
    }
}
