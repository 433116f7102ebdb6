//! Fast path for dates in the form that nearly all programs write (RFC 5322, section 3.3):
//! `Mon, 2 Mar 2026 09:30:00 +0100`, with or without a comment after it. They are parsed in one pass; everything else
//! is left to `date.rs`. Property tests check that both return the same.

use crate::mail::message::broken_down::Date;

const MONTHS: [&[u8; 3]; 12] = [
    b"Jan", b"Feb", b"Mar", b"Apr", b"May", b"Jun", b"Jul", b"Aug", b"Sep", b"Oct", b"Nov", b"Dec",
];

/// Parses a date in the common form; `None` for any other.
pub(super) fn read(text: &[u8]) -> Option<Date> {
    let text = match text {
        [a, b, c, b',', b' ', rest @ ..] if [a, b, c].iter().all(|it| it.is_ascii_alphabetic()) => {
            rest
        }
        _ => text,
    };
    let (day, text) = match text {
        [ones, b' ', rest @ ..] => (digit(*ones)?, rest),
        [tens, ones, b' ', rest @ ..] => (digit(*tens)? * 10 + digit(*ones)?, rest),
        _ => return None,
    };
    let (month, text) = text.split_first_chunk::<3>()?;
    let month = MONTHS.iter().position(|it| *it == month)? as i8 + 1;
    let [
        b' ',
        y1,
        y2,
        y3,
        y4,
        b' ',
        h1,
        h2,
        b':',
        m1,
        m2,
        b':',
        s1,
        s2,
        b' ',
        sign @ (b'+' | b'-'),
        z1,
        z2,
        z3,
        z4,
        rest @ ..,
    ] = text
    else {
        return None;
    };
    if !rest.is_empty() && !is_comment(rest) {
        return None;
    }
    let two = |tens: &u8, ones: &u8| Some((digit(*tens)? * 10 + digit(*ones)?) as i8);
    let (zone_hour, zone_minute) = (i32::from(two(z1, z2)?), i32::from(two(z3, z4)?));
    if zone_hour > 23 || zone_minute > 59 {
        return None;
    }
    let offset = zone_hour * 60 + zone_minute;
    Some(Date {
        year: i16::from(two(y1, y2)?) * 100 + i16::from(two(y3, y4)?),
        month,
        day: day as i8,
        hour: two(h1, h2)?,
        minute: two(m1, m2)?,
        second: two(s1, s2)?,
        offset: if *sign == b'-' { -offset } else { offset },
    })
}

fn digit(byte: u8) -> Option<u8> {
    byte.is_ascii_digit().then(|| byte - b'0')
}

/// Returns whether a text is one comment of letters: ` (CET)`.
fn is_comment(text: &[u8]) -> bool {
    match text {
        [b' ', b'(', inner @ .., b')'] => inner.iter().all(u8::is_ascii_alphabetic),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::read;

    #[test]
    fn the_usual_is_read_here() {
        for (text, is_usual) in [
            ("Mon, 2 Mar 2026 09:30:00 +0100", true),
            ("02 Mar 2026 09:30:00 -0800 (PST)", true),
            ("2 Mar 2026 09:30 GMT", false),
            ("2 Mar 26 09:30:00 +0000", false),
            ("", false),
        ] {
            assert_eq!(read(text.as_bytes()).is_some(), is_usual, "{text}");
        }
    }
}
