//! Dates as nearly all programs write them (RFC 5322, section 3.3): `Mon, 2 Mar 2026 09:30:00 +0100`, a comment behind it
//! or not. They are read in one pass; everything else is left to the parser library, and tests hold the two equal.

/// What a date says, each number as it stands there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PlainDate {
    pub year: u16,
    pub month: u8,
    pub day: u8,
    pub hour: u8,
    pub minute: u8,
    pub second: u8,
    pub is_west: bool,
    pub zone_hour: u8,
    pub zone_minute: u8,
}

const MONTHS: [&[u8; 3]; 12] = [
    b"Jan", b"Feb", b"Mar", b"Apr", b"May", b"Jun", b"Jul", b"Aug", b"Sep", b"Oct", b"Nov", b"Dec",
];

/// Reads a date that has nothing out of the ordinary; `None` where anything is.
pub fn read(text: &[u8]) -> Option<PlainDate> {
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
    let month = MONTHS.iter().position(|it| *it == month)? as u8 + 1;
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
    let two = |tens: &u8, ones: &u8| Some(digit(*tens)? * 10 + digit(*ones)?);
    Some(PlainDate {
        year: u16::from(two(y1, y2)?) * 100 + u16::from(two(y3, y4)?),
        month,
        day,
        hour: two(h1, h2)?,
        minute: two(m1, m2)?,
        second: two(s1, s2)?,
        is_west: *sign == b'-',
        zone_hour: two(z1, z2)?,
        zone_minute: two(z3, z4)?,
    })
}

fn digit(byte: u8) -> Option<u8> {
    byte.is_ascii_digit().then(|| byte - b'0')
}

/// Whether it is one comment of letters: ` (CET)`.
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
