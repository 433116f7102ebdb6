//! Parses the dates of header fields. A date is accepted only if day, month, year and time are all in the text (R12),
//! in one of these forms:
//! - RFC 5322, section 3.3, with the obsolete forms of section 4.3: `Thu, 6 Oct 2022 12:27:13 +0200`,
//!   `6 Oct 22 12:27 EST`. Any words may precede the day, because the name of the weekday occurs in every language,
//!   twice, or not at all. The hyphens of RFC 850 (`06-Oct-22`) and dots in the time (`12.27.13`) are accepted too;
//! - the form of C's `asctime`, with or without a zone before or after the year: `Thu Oct  6 12:27:13 2022`; and with
//!   the year before the time, as in JavaScript: `Thu Oct 06 2022 12:27:13 GMT+0200 (CEST)`;
//! - ISO 8601, extended or basic, with or without a zone: `2022-10-06T12:27:13Z`, `20221006T122713+02`.
//!
//! A time without a zone or with an unknown zone is in UTC (RFC 5322, section 4.3). In a zone of three digits the first
//! is the hour: `+200` is two hours. Text after a complete date is ignored.

use crate::mail::message::broken_down::Date;
use jiff::Timestamp;
use smallvec::SmallVec;

use super::plain_date;

/// Maximum number of tokens that are read, more than any date has.
const TOKENS_MAX: usize = 32;

const MONTHS: [&str; 12] = [
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
];

/// Zones by name, with their hours from UTC: those of RFC 5322, section 4.3, and other names that stand for only one
/// zone in the IANA time zone database.
const ZONES: [(&str, i32); 27] = [
    ("EDT", -4),
    ("EST", -5),
    ("CDT", -5),
    ("CST", -6),
    ("MDT", -6),
    ("MST", -7),
    ("PDT", -7),
    ("PST", -8),
    ("AKDT", -8),
    ("AKST", -9),
    ("HST", -10),
    ("WEST", 1),
    ("CET", 1),
    ("CEST", 2),
    ("MET", 1),
    ("MEST", 2),
    ("MEZ", 1),
    ("MESZ", 2),
    ("EET", 2),
    ("EEST", 3),
    ("MSK", 3),
    ("JST", 9),
    ("KST", 9),
    ("AEST", 10),
    ("AEDT", 11),
    ("NZST", 12),
    ("NZDT", 13),
];

/// Returns the time in a `Date` or `Received` value; in a `Received` value it is after the last `;`.
pub(crate) fn time(value: &[u8]) -> Option<Timestamp> {
    let date = memchr::memrchr(b';', value).map_or(value, |at| &value[at + 1..]);
    let plain = plain_date::read(date.trim_ascii());
    match plain.and_then(Date::timestamp) {
        Some(time) => Some(time),
        None => time_general(value),
    }
}

/// Like [`time`], without the fast path.
pub(super) fn time_general(value: &[u8]) -> Option<Timestamp> {
    let value = value.trim_ascii();
    let value = value.strip_suffix(b";").unwrap_or(value);
    let date = last_semicolon(value).map_or(value, |at| &value[at + 1..]);
    read(date)?.timestamp()
}

/// Returns the position of the last `;` outside of comments. If a comment is not closed, `(` has no meaning.
fn last_semicolon(value: &[u8]) -> Option<usize> {
    let mut depth = 0u32;
    let mut last = None;
    let mut is_escaped = false;
    for (at, &byte) in value.iter().enumerate() {
        match byte {
            _ if is_escaped => (),
            b'(' => depth += 1,
            b')' => depth = depth.saturating_sub(1),
            b';' if depth == 0 => last = Some(at),
            _ => (),
        }
        is_escaped = byte == b'\\' && !is_escaped;
    }
    match depth {
        0 => last,
        _ => memchr::memrchr(b';', value),
    }
}

/// Parses a date in any of the forms.
fn read(text: &[u8]) -> Option<Date> {
    let tokens = tokens(text);
    let first = tokens
        .iter()
        .position(|token| matches!(token, Token::Number { .. }))?;
    let may_lead = |token: &Token<'_>| matches!(token, Token::Word(_) | Token::Symbol(b',' | b'.'));
    if !tokens[..first].iter().all(may_lead) {
        return None;
    }
    let at = |at: usize| Cursor {
        tokens: &tokens,
        at,
    };
    let by_name =
        |at: usize| matches!(tokens.get(at), Some(Token::Word(word)) if month(word).is_some());
    at(first)
        .iso()
        .or_else(|| at(first).day_first())
        .or_else(|| {
            let before = first.checked_sub(1)?;
            by_name(before).then(|| at(before).month_first())?
        })
}

/// A token of a date. Comments, quotes and white space yield no token.
#[derive(Clone, Copy, Debug)]
enum Token<'t> {
    Number { value: u32, digits: usize },
    Word(&'t [u8]),
    Symbol(u8),
}

fn tokens(text: &[u8]) -> SmallVec<[Token<'_>; TOKENS_MAX]> {
    let mut tokens = SmallVec::new();
    let mut rest = text;
    while let Some(&byte) = rest.first()
        && tokens.len() < TOKENS_MAX
    {
        let length = match byte {
            b'0'..=b'9' => {
                let digits = length(rest, u8::is_ascii_digit);
                // A longer number cannot be part of a date, so its value does not matter.
                let value = rest[..digits]
                    .iter()
                    .take(9)
                    .fold(0, |value, digit| value * 10 + u32::from(digit - b'0'));
                tokens.push(Token::Number { value, digits });
                digits
            }
            _ if is_letter(&byte) => {
                let letters = length(rest, is_letter);
                tokens.push(Token::Word(&rest[..letters]));
                letters
            }
            b'(' => comment(rest),
            b'"' => 1,
            _ => {
                if !byte.is_ascii_whitespace() {
                    tokens.push(Token::Symbol(byte));
                }
                1
            }
        };
        rest = &rest[length..];
    }
    tokens
}

fn is_letter(byte: &u8) -> bool {
    byte.is_ascii_alphabetic() || !byte.is_ascii()
}

fn length(text: &[u8], is_of_it: fn(&u8) -> bool) -> usize {
    text.iter().take_while(|byte| is_of_it(byte)).count()
}

/// Returns the length of the comment at the start of a text. A comment that is not closed extends to the end.
fn comment(text: &[u8]) -> usize {
    let mut depth = 0u32;
    let mut is_escaped = false;
    let end = text.iter().position(|byte| {
        match byte {
            _ if is_escaped => (),
            b'(' => depth += 1,
            b')' => depth -= 1,
            _ => (),
        }
        is_escaped = *byte == b'\\' && !is_escaped;
        depth == 0
    });
    end.map_or(text.len(), |end| end + 1)
}

/// Returns the number of a month by its English name or the first three letters of the name.
fn month(word: &[u8]) -> Option<i8> {
    let is_name = |name: &&str| {
        let name = name.as_bytes();
        word.eq_ignore_ascii_case(name) || word.eq_ignore_ascii_case(&name[..3])
    };
    let number = MONTHS.iter().position(is_name);
    let number = number.or_else(|| word.eq_ignore_ascii_case(b"sept").then_some(8));
    number.map(|number| number as i8 + 1)
}

/// Parses tokens one after the other.
#[derive(Clone, Copy)]
struct Cursor<'t> {
    tokens: &'t [Token<'t>],
    at: usize,
}

/// A time of day.
#[derive(Clone, Copy)]
struct Clock {
    hour: i8,
    minute: i8,
    second: i8,
}

impl<'t> Cursor<'t> {
    fn peek(&self) -> Option<Token<'t>> {
        self.tokens.get(self.at).copied()
    }

    fn symbol(&mut self, symbols: &[u8]) -> Option<u8> {
        match self.peek() {
            Some(Token::Symbol(byte)) if symbols.contains(&byte) => {
                self.at += 1;
                Some(byte)
            }
            _ => None,
        }
    }

    fn word(&mut self) -> Option<&'t [u8]> {
        match self.peek() {
            Some(Token::Word(word)) => {
                self.at += 1;
                Some(word)
            }
            _ => None,
        }
    }

    /// Takes the next number, and returns it with its count of digits.
    fn number(&mut self, digits: std::ops::RangeInclusive<usize>) -> Option<(u32, usize)> {
        match self.peek() {
            Some(Token::Number {
                value,
                digits: found,
            }) if digits.contains(&found) => {
                self.at += 1;
                Some((value, found))
            }
            _ => None,
        }
    }

    /// Takes a number of one or two digits.
    fn small(&mut self) -> Option<i8> {
        self.number(1..=2).map(|(value, _)| value as i8)
    }

    /// Parses `6 Oct 2022 12:27:13 +0200`, `06-Oct-22 12:27`.
    fn day_first(mut self) -> Option<Date> {
        let day = self.small()?;
        self.symbol(b"-.,");
        let month = month(self.word()?)?;
        self.symbol(b"-.,");
        let year = self.year()?;
        self.symbol(b",");
        let clock = self.clock()?;
        let offset = self.zone().unwrap_or(0);
        Some(date((year, month, day), clock, offset))
    }

    /// Parses `Oct  6 12:27:13 2022`, `Oct 06 2022 12:27:13 GMT+0200`.
    fn month_first(mut self) -> Option<Date> {
        let month = month(self.word()?)?;
        let day = self.small()?;
        self.symbol(b",");
        if let Some(year) = self.full_year() {
            self.symbol(b",");
            let clock = self.clock()?;
            let offset = self.zone().unwrap_or(0);
            return Some(date((year, month, day), clock, offset));
        }
        let clock = self.clock()?;
        let before = self.zone();
        let year = self.full_year()?;
        let offset = before.or_else(|| self.zone()).unwrap_or(0);
        Some(date((year, month, day), clock, offset))
    }

    /// Parses `2022-10-06T12:27:13Z`, `20221006T122713Z`.
    fn iso(mut self) -> Option<Date> {
        let (year, month, day) = match self.number(8..=8) {
            Some((whole, _)) => (whole / 10_000, whole / 100 % 100, whole % 100),
            None => {
                let (year, _) = self.number(4..=4)?;
                self.symbol(b"-")?;
                let (month, _) = self.number(2..=2)?;
                self.symbol(b"-")?;
                (year, month, self.number(2..=2)?.0)
            }
        };
        if let Some(Token::Word(b"T" | b"t")) = self.peek() {
            self.at += 1;
        }
        let clock = self.basic_clock().or_else(|| self.clock())?;
        if self.symbol(b",").is_some() {
            self.number(1..=usize::MAX);
        }
        let offset = self.zone().unwrap_or(0);
        Some(date((year as i16, month as i8, day as i8), clock, offset))
    }

    /// Takes a year. One of two or three digits is relative to a century (RFC 5322, section 4.3).
    fn year(&mut self) -> Option<i16> {
        let (year, digits) = self.number(2..=4)?;
        let year = year as i16;
        Some(match (year, digits) {
            (0..=49, 2) => year + 2000,
            (_, 2 | 3) => year + 1900,
            _ => year,
        })
    }

    /// Takes a year of four digits.
    fn full_year(&mut self) -> Option<i16> {
        self.number(4..=4).map(|(year, _)| year as i16)
    }

    /// Takes `12:27`, `12:27:13`, `12:27:13.5` or `12.27.13`, but not a time of a 12-hour clock.
    fn clock(&mut self) -> Option<Clock> {
        let hour = self.small()?;
        let separator = self.symbol(b":.")?;
        let minute = self.small()?;
        let second = match self.symbol(&[separator]) {
            Some(_) => {
                let second = self.small()?;
                self.fraction();
                second
            }
            None if separator == b':' => 0,
            None => return None,
        };
        let is_of_day = (0..24).contains(&hour) && (0..60).contains(&minute);
        (is_of_day && !self.is_half_of_day()).then_some(Clock {
            hour,
            minute,
            second,
        })
    }

    /// Takes `1227` or `122713`, the basic form of ISO 8601.
    fn basic_clock(&mut self) -> Option<Clock> {
        let (value, digits) = self.number(4..=6)?;
        let value = match digits {
            4 => value * 100,
            6 => value,
            _ => return None,
        };
        self.fraction();
        Some(Clock {
            hour: (value / 10_000) as i8,
            minute: (value / 100 % 100) as i8,
            second: (value % 100) as i8,
        })
    }

    fn fraction(&mut self) {
        let mut after = *self;
        if after.symbol(b".").is_some() && after.number(1..=usize::MAX).is_some() {
            *self = after;
        }
    }

    /// Returns whether `PM`, `a.m.` or similar follows, so that the time is one of a 12-hour clock.
    fn is_half_of_day(&self) -> bool {
        let Some(Token::Word(word)) = self.peek() else {
            return false;
        };
        let is_followed_by_point =
            matches!(self.tokens.get(self.at + 1), Some(Token::Symbol(b'.')));
        let is = |other: &str| word.eq_ignore_ascii_case(other.as_bytes());
        is("am") || is("pm") || (is_followed_by_point && (is("a") || is("p")))
    }

    /// Takes a zone, and returns its minutes east of UTC; `None` if there is no zone. A number takes precedence over a
    /// name before it.
    fn zone(&mut self) -> Option<i32> {
        let name = self.word();
        let offset = self.offset();
        offset.or_else(|| name.map(named_zone))
    }

    /// Takes `+0200`, `-02:00` or `+2`. An impossible zone counts as UTC.
    fn offset(&mut self) -> Option<i32> {
        let mut after = *self;
        let sign = after.symbol(b"+-")?;
        let (value, digits) = after.number(1..=usize::MAX)?;
        let (hours, minutes) = match digits {
            1 | 2 => {
                let mut behind = after;
                let minutes = behind.symbol(b":").and_then(|_| behind.number(2..=2));
                if minutes.is_some() {
                    after = behind;
                }
                (value, minutes.map_or(0, |(minutes, _)| minutes))
            }
            3 | 4 => (value / 100, value % 100),
            _ => return None,
        };
        *self = after;
        let offset = (hours * 60 + minutes) as i32;
        let is_of_earth = hours < 24 && minutes < 60;
        Some(match sign {
            _ if !is_of_earth => 0,
            b'-' => -offset,
            _ => offset,
        })
    }
}

fn named_zone(name: &[u8]) -> i32 {
    let zone = ZONES
        .iter()
        .find(|(zone, _)| name.eq_ignore_ascii_case(zone.as_bytes()));
    zone.map_or(0, |(_, hours)| hours * 60)
}

fn date((year, month, day): (i16, i8, i8), clock: Clock, offset: i32) -> Date {
    Date {
        year,
        month,
        day,
        hour: clock.hour,
        minute: clock.minute,
        second: clock.second,
        offset,
    }
}

/// Parses a value with the fast path, if that accepts it, and with the general parser, so that tests can compare them.
#[cfg(any(test, fuzzing))]
pub(crate) fn time_both_ways(value: &[u8]) -> (Option<jiff::Timestamp>, Option<jiff::Timestamp>) {
    let date = memchr::memrchr(b';', value).map_or(value, |at| &value[at + 1..]);
    let short = plain_date::read(date.trim_ascii()).and_then(Date::timestamp);
    (short, time_general(value))
}

#[cfg(test)]
#[path = "date_tests.rs"]
mod tests;
