//! Finds charsets by the names that mail uses for them, and decodes text.

use std::borrow::Cow;

use encoding_rs::{
    BIG5, EUC_JP, EUC_KR, Encoding, GB18030, ISO_2022_JP, KOI8_R, KOI8_U, REPLACEMENT, SHIFT_JIS,
    UTF_8, UTF_16BE, UTF_16LE, WINDOWS_1252, X_USER_DEFINED,
};
use yore::CodePage;
use yore::code_pages as dos;

use super::seven_bit;

/// A charset that can be decoded.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Charset {
    /// ASCII. A text with other bytes is decoded as UTF-8 or Windows-1252.
    Ascii,
    /// A charset that browsers support.
    Known(&'static Encoding),
    /// UTF-7 (RFC 2152).
    Utf7,
    /// HZ (RFC 1843).
    Hz,
    /// ISO-2022-KR (RFC 1557).
    Iso2022Kr,
    /// ISO-2022-CN (RFC 1922).
    Iso2022Cn,
    /// A DOS code page, by its number.
    Dos(u16),
}

use Charset::{Ascii, Dos, Hz, Iso2022Cn, Iso2022Kr, Known, Utf7};

/// Names that are not WHATWG labels, or that mean another charset there, reduced to letters and digits. They come from
/// the IANA registry, from Windows code page numbers, and from mail.
const ALIASES: &[(&str, Charset)] = &[
    ("ascii", Ascii),
    ("usascii", Ascii),
    ("ansix341968", Ascii),
    ("ansix341986", Ascii),
    ("iso646us", Ascii),
    ("iso646", Ascii),
    ("cp367", Ascii),
    ("ibm367", Ascii),
    ("cp20127", Ascii),
    ("us", Ascii),
    ("ansix31101983", Known(WINDOWS_1252)),
    ("utf8", Known(UTF_8)),
    ("utf8mb4", Known(UTF_8)),
    ("cp65001", Known(UTF_8)),
    ("utf7", Utf7),
    ("csutf7", Utf7),
    ("unicode11utf7", Utf7),
    ("csunicode11utf7", Utf7),
    ("xunicode20utf7", Utf7),
    ("unicode20utf7", Utf7),
    ("cp65000", Utf7),
    ("utf16", Known(UTF_16LE)),
    ("cp1200", Known(UTF_16LE)),
    ("cp1201", Known(UTF_16BE)),
    ("hz", Hz),
    ("hzgb", Hz),
    ("hzgb2312", Hz),
    ("cp52936", Hz),
    ("iso2022kr", Iso2022Kr),
    ("csiso2022kr", Iso2022Kr),
    ("cp50225", Iso2022Kr),
    ("iso2022cn", Iso2022Cn),
    ("csiso2022cn", Iso2022Cn),
    ("iso2022cnext", Iso2022Cn),
    ("cp50227", Iso2022Cn),
    ("cp50220", Known(ISO_2022_JP)),
    ("cp50221", Known(ISO_2022_JP)),
    ("cp50222", Known(ISO_2022_JP)),
    ("csiso2022jp", Known(ISO_2022_JP)),
    ("jis7", Known(ISO_2022_JP)),
    ("cp932", Known(SHIFT_JIS)),
    ("cp943", Known(SHIFT_JIS)),
    ("ms932", Known(SHIFT_JIS)),
    ("windows932", Known(SHIFT_JIS)),
    ("xmscp932", Known(SHIFT_JIS)),
    ("sjiswin", Known(SHIFT_JIS)),
    ("shiftjis", Known(SHIFT_JIS)),
    ("mskanji", Known(SHIFT_JIS)),
    ("eucjp", Known(EUC_JP)),
    ("ujis", Known(EUC_JP)),
    ("eucjpms", Known(EUC_JP)),
    ("eucjpwin", Known(EUC_JP)),
    ("cp51932", Known(EUC_JP)),
    ("cp20932", Known(EUC_JP)),
    ("gb", Known(GB18030)),
    ("gb2312", Known(GB18030)),
    ("gb231280", Known(GB18030)),
    ("eucgb2312cn", Known(GB18030)),
    ("euccn", Known(GB18030)),
    ("cngb", Known(GB18030)),
    ("cp936", Known(GB18030)),
    ("ms936", Known(GB18030)),
    ("windows936", Known(GB18030)),
    ("cp51936", Known(GB18030)),
    ("cp54936", Known(GB18030)),
    ("cp950", Known(BIG5)),
    ("ms950", Known(BIG5)),
    ("windows950", Known(BIG5)),
    ("big5eten", Known(BIG5)),
    ("euckr", Known(EUC_KR)),
    ("uhc", Known(EUC_KR)),
    ("cp949", Known(EUC_KR)),
    ("ms949", Known(EUC_KR)),
    ("xwindows949", Known(EUC_KR)),
    ("cp51949", Known(EUC_KR)),
    ("ksc5601", Known(EUC_KR)),
    ("cp20866", Known(KOI8_R)),
    ("cp878", Known(KOI8_R)),
    ("cp21866", Known(KOI8_U)),
    ("cspc850multilingual", Dos(850)),
];

/// Prefixes of code page numbers, the longest first.
const CODE_PAGE: [&str; 10] = [
    "windows", "codepage", "xcp", "ccsid", "cspc", "ansi", "win", "ibm", "dos", "cp",
];

impl Charset {
    /// Returns the charset with that name; `None` if there is none, or one that cannot be decoded.
    pub(super) fn named(name: &str) -> Option<Charset> {
        if name.eq_ignore_ascii_case("utf-8") {
            return Some(Known(UTF_8));
        }
        let name = name.trim_matches(|c: char| !c.is_ascii_alphanumeric());
        by_whole_name(name).or_else(|| by_beginning(name))
    }

    /// Decodes bytes. Without a charset, they are UTF-8 if that is valid, else Windows-1252 (R7). So are bytes with the
    /// eighth bit if a 7-bit charset is named.
    pub(super) fn decode(charset: Option<Charset>, bytes: &[u8]) -> Cow<'_, str> {
        let Some(charset) = charset else {
            return unlabelled(bytes);
        };
        if charset.is_switched() && !bytes.is_ascii() && std::str::from_utf8(bytes).is_ok() {
            return unlabelled(bytes);
        }
        match charset {
            Ascii => unlabelled(bytes),
            Known(encoding) => known(encoding, bytes),
            Utf7 => charset::Charset::for_label(b"utf-7").map_or_else(
                || unlabelled(bytes),
                |utf7| utf7.decode_without_bom_handling(bytes).0,
            ),
            Hz => seven_bit::hz(bytes).into(),
            Iso2022Kr => seven_bit::iso_2022_kr(bytes).into(),
            Iso2022Cn => seven_bit::iso_2022_cn(bytes).into(),
            Dos(number) => {
                code_page(number).map_or_else(|| unlabelled(bytes), |it| it.decode_lossy(bytes))
            }
        }
    }

    /// Returns whether UTF-8 text would be decoded differently in this charset.
    pub(super) fn is_not_utf_8(self) -> bool {
        self != Ascii && self != Known(UTF_8)
    }

    /// Returns whether the charset switches character sets within a text of 7-bit bytes.
    fn is_switched(self) -> bool {
        matches!(self, Utf7 | Hz | Iso2022Kr | Iso2022Cn) || self == Known(ISO_2022_JP)
    }
}

/// Decodes the text of a part from its charset (R12).
pub(crate) fn text_of<'b>(bytes: &'b [u8], charset: Option<&str>) -> Cow<'b, str> {
    Charset::decode(charset.and_then(Charset::named), bytes)
}

fn by_whole_name(name: &str) -> Option<Charset> {
    let mut compact: String = name.chars().filter(char::is_ascii_alphanumeric).collect();
    compact.make_ascii_lowercase();
    if let Some((_, charset)) = ALIASES.iter().find(|(alias, _)| *alias == compact) {
        return Some(*charset);
    }
    if compact.starts_with("iso2022jp") {
        return Some(Known(ISO_2022_JP));
    }
    label(name)
        .or_else(|| label(&name.replace('_', "-")))
        .or_else(|| numbered(&compact))
}

/// Returns the charset of a WHATWG label. Two WHATWG encodings are not for decoding.
fn label(name: &str) -> Option<Charset> {
    let encoding = Encoding::for_label(name.as_bytes())?;
    (encoding != REPLACEMENT && encoding != X_USER_DEFINED).then_some(Known(encoding))
}

/// Returns a charset by the number in its name: `win1252`, `iso88591`, `latin1`, `ibm437`.
fn numbered(compact: &str) -> Option<Charset> {
    let after = |prefix: &str| compact.strip_prefix(prefix);
    if let Some(number) = after("iso8859").or_else(|| after("8859")) {
        return label(&format!("iso-8859-{number}"));
    }
    if let Some(number) = after("isolatin").or_else(|| after("latin")) {
        return latin(number);
    }
    let number = CODE_PAGE
        .iter()
        .find_map(|prefix| compact.strip_prefix(prefix))
        .unwrap_or(compact);
    let number: u16 = number.parse().ok()?;
    match number {
        1250..=1258 => label(&format!("windows-{number}")),
        819 => Some(Known(WINDOWS_1252)),
        866 | 874 => label(&format!("cp{number}")).or_else(|| label(&format!("windows-{number}"))),
        _ => code_page(number).map(|_| Dos(number)),
    }
}

/// Returns a part of ISO 8859 by its alphabet number.
fn latin(number: &str) -> Option<Charset> {
    match number {
        "7" => label("iso-8859-13"),
        "8" => label("iso-8859-14"),
        "9" | "0" => label("iso-8859-15"),
        "10" => label("iso-8859-16"),
        _ => label(&format!("latin{number}")),
    }
}

/// Returns the charset for a name that other text follows without a separator: `windows-1252http-equiv=Content-Type`.
fn by_beginning(name: &str) -> Option<Charset> {
    let bytes = name.as_bytes();
    let longest = bytes.len().min(24);
    let ends_number = |&end: &usize| {
        bytes[end - 1].is_ascii_digit() && !bytes.get(end).is_some_and(u8::is_ascii_digit)
    };
    let ends_word = |&end: &usize| {
        bytes[end - 1].is_ascii_alphanumeric()
            && matches!(
                bytes.get(end),
                Some(b' ' | b';' | b',' | b'"' | b'\'' | b'/' | b'=')
            )
    };
    (4..=longest)
        .rev()
        .filter(|end| name.is_char_boundary(*end) && (ends_number(end) || ends_word(end)))
        .find_map(|end| by_whole_name(&name[..end]))
}

/// Returns a DOS code page that browsers do not support.
fn code_page(number: u16) -> Option<&'static dyn CodePage> {
    Some(match number {
        437 => &dos::CP437,
        737 => &dos::CP737,
        // 858 is 850 with the euro sign in place of the dotless i.
        850 | 858 => &dos::CP850,
        852 => &dos::CP852,
        855 => &dos::CP855,
        857 => &dos::CP857,
        860 => &dos::CP860,
        861 => &dos::CP861,
        862 => &dos::CP862,
        863 => &dos::CP863,
        864 => &dos::CP864,
        865 => &dos::CP865,
        869 => &dos::CP869,
        _ => return None,
    })
}

fn unlabelled(bytes: &[u8]) -> Cow<'_, str> {
    match std::str::from_utf8(bytes) {
        Ok(text) => text.into(),
        Err(_) => WINDOWS_1252.decode_without_bom_handling(bytes).0,
    }
}

fn known<'b>(encoding: &'static Encoding, bytes: &'b [u8]) -> Cow<'b, str> {
    if encoding == UTF_8 {
        unlabelled(bytes)
    } else if encoding == ISO_2022_JP {
        let bytes = seven_bit::without_redundant_escapes(bytes);
        let text = encoding.decode_without_bom_handling(&bytes).0;
        text.into_owned().into()
    } else if encoding == UTF_16LE {
        // A byte order mark decides the byte order.
        encoding.decode(bytes).0
    } else {
        encoding.decode_without_bom_handling(bytes).0
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn names_are_known_as_mail_writes_them() {
        let windows = |number: u16| label(&format!("windows-{number}"));
        let iso = |number: u16| label(&format!("iso-8859-{number}"));
        for (name, want) in [
            ("UTF-8", Some(Known(UTF_8))),
            ("utf8", Some(Known(UTF_8))),
            ("\"utf-8\"", Some(Known(UTF_8))),
            ("'utf-8'", Some(Known(UTF_8))),
            (" utf-8;", Some(Known(UTF_8))),
            ("utf_8", Some(Known(UTF_8))),
            ("utf-8\" format=flowed", Some(Known(UTF_8))),
            ("us-ascii", Some(Ascii)),
            ("ANSI_X3.4-1968", Some(Ascii)),
            ("ansi_x3.110-1983", windows(1252)),
            ("iso-8859-1", windows(1252)),
            ("iso8859_15", iso(15)),
            ("ISO_8859-2:1987", iso(2)),
            ("iso-8859-8-i", label("iso-8859-8-i")),
            ("latin-9", iso(15)),
            ("latin1", windows(1252)),
            ("ISO-Latin-2", iso(2)),
            ("latin11", None),
            ("win-1251", windows(1251)),
            ("cp-1252", windows(1252)),
            ("windows1250", windows(1250)),
            ("windows-1252http-equiv=Content-Type", windows(1252)),
            ("iso-8859-1http-equivContent-Type", windows(1252)),
            ("eucgb2312_cn", Some(Known(GB18030))),
            ("x-gbk", label("gbk")),
            ("cp936", Some(Known(GB18030))),
            ("hz-gb-2312", Some(Hz)),
            ("iso-2022-kr", Some(Iso2022Kr)),
            ("iso-2022-jp-ms", Some(Known(ISO_2022_JP))),
            ("cp932", Some(Known(SHIFT_JIS))),
            ("Shift_JIS", Some(Known(SHIFT_JIS))),
            ("ks_c_5601-1987", Some(Known(EUC_KR))),
            ("cp949", Some(Known(EUC_KR))),
            ("unicode-1-1-utf-7", Some(Utf7)),
            ("UTF-7", Some(Utf7)),
            ("cp-850", Some(Dos(850))),
            ("ibm437", Some(Dos(437))),
            ("850", Some(Dos(850))),
            ("cp866", label("ibm866")),
            ("tis-620", label("windows-874")),
            ("koi8-ru", Some(Known(KOI8_U))),
            ("utf-16", Some(Known(UTF_16LE))),
            ("x-unknown", None),
            ("8bit", None),
            ("klingon", None),
            ("windows-12522", None),
            ("replacement", None),
            ("x-user-defined", None),
            ("", None),
            ("ü", None),
        ] {
            assert_eq!(Charset::named(name), want, "{name}");
        }
    }

    #[test]
    fn every_alias_is_compact_and_stands_once() {
        for (at, (alias, _)) in ALIASES.iter().enumerate() {
            assert!(
                alias
                    .bytes()
                    .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit()),
                "{alias}"
            );
            assert!(
                ALIASES[..at].iter().all(|(other, _)| other != alias),
                "{alias}"
            );
        }
    }

    #[test]
    fn text_comes_out_of_its_charset() {
        let cases: [(&str, &[u8], &str); 18] = [
            ("us-ascii", "Grüße".as_bytes(), "Grüße"),
            ("us-ascii", b"Gr\xfc\xdfe", "Grüße"),
            ("iso-2022-jp", "Grüße".as_bytes(), "Grüße"),
            ("iso-2022-jp", b"\x1b$BF|\x1b(B\x1b$BK\\\x1b(B", "日本"),
            ("klingon", "Grüße".as_bytes(), "Grüße"),
            ("klingon", b"Gr\xfc\xdfe", "Grüße"),
            ("utf-8", b"Gr\xfc\xdfe", "Grüße"),
            ("iso-8859-1", b"\x80", "€"),
            ("utf-7", b"Hi Mom -+Jjo--!", "Hi Mom -\u{263a}-!"),
            ("utf-7", b"+ZeVnLIqe", "日本語"),
            ("hz-gb-2312", b"~{VPND~}", "中文"),
            ("hz-gb-2312", "中文".as_bytes(), "中文"),
            ("iso-2022-kr", b"\x1b$)C\x0eGQ1[\x0f", "한글"),
            ("cp850", b"\x81", "ü"),
            ("cp437", b"\x84\xe1", "äß"),
            ("utf-16", b"\xfe\xff\0a\0b", "ab"),
            ("utf-16", b"a\0b\0", "ab"),
            ("cp932", b"\x93\xfa\x96\x7b", "日本"),
        ];
        for (charset, bytes, want) in cases {
            assert_eq!(
                text_of(bytes, Some(charset)),
                want,
                "{charset}: {}",
                bytes.escape_ascii()
            );
        }
    }

    proptest! {
        #[test]
        fn any_name_and_any_bytes_give_text(name in "[a-zA-Z0-9_ \"';:=/ü-]{0,40}", pick in 0..ALIASES.len(), bytes in prop::collection::vec(any::<u8>(), 0..60)) {
            let decoded = text_of(&bytes, Some(&name));
            prop_assert!(decoded.len() <= 4 * bytes.len() + 4);
            text_of(&bytes, Some(ALIASES[pick].0));
        }
    }
}
