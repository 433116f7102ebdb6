//! Parses dates in the formats in which other systems display them, and writes them as ISO 8601, the only format that
//! the book reads. A time without a zone is in UTC.

use std::borrow::Cow;

use jiff::civil::{Date, Time};
use jiff::tz::{Offset, TimeZone};

use crate::base::iso_date::IsoDate;
use crate::options::file::DateOrder;

/// The last two-digit year that belongs to this century, as in POSIX.
const CENTURY_LAST: i16 = 68;

/// Converts a date or timestamp to ISO 8601; `None` if the text is neither. `order` says what comes first in
/// `1/2/2024`. With dots the day comes first, and a four-digit year at the start is followed by month and day.
pub(crate) fn iso(text: &str, order: DateOrder) -> Option<Cow<'_, str>> {
    if IsoDate::parse(text).and_then(IsoDate::start).is_some() {
        return Some(Cow::Borrowed(text));
    }
    let (date, rest) = date(text, order)?;
    let rest = rest.trim_start_matches([',', ' ', '\u{a0}', '\u{202f}']);
    let rest = rest.strip_prefix(['T', 't']).unwrap_or(rest);
    if rest.is_empty() {
        return Some(date.to_string().into());
    }
    let (time, rest) = time(rest)?;
    let zone = TimeZone::fixed(offset(rest)?);
    let moment = zone.to_timestamp(date.to_datetime(time)).ok()?;
    Some(moment.to_string().into())
}

/// Parses the date at the start of a text; also returns the rest.
fn date(text: &str, order: DateOrder) -> Option<(Date, &str)> {
    let (first, rest) = part(text)?;
    let mark = rest.chars().next().filter(|mark| "/.- ".contains(*mark))?;
    let (second, rest) = part(after(rest, mark)?)?;
    let (third, rest) = part(after(rest, mark).or_else(|| after(rest, ','))?)?;
    let (year, month, day) = match (first, second, third) {
        (DatePart::Number(year, 4), month, DatePart::Number(day, 1..=2)) => {
            (year, month.month()?, day)
        }
        (DatePart::Month(month), DatePart::Number(day, 1..=2), year) => (year.year()?, month, day),
        (DatePart::Number(day, 1..=2), DatePart::Month(month), year) => (year.year()?, month, day),
        (DatePart::Number(a, 1..=2), DatePart::Number(b, 1..=2), year) => {
            let is_day_first = mark == '.' || order == DateOrder::DayFirst;
            let (month, day) = if is_day_first { (b, a) } else { (a, b) };
            (year.year()?, i8::try_from(month).ok()?, day)
        }
        _ => return None,
    };
    let date = Date::new(year, month, i8::try_from(day).ok()?).ok()?;
    Some((date, rest))
}

/// Strips a separator and the spaces after it.
fn after(text: &str, mark: char) -> Option<&str> {
    text.strip_prefix(mark)
        .map(|rest| rest.trim_start_matches(' '))
}

/// A part of a date.
enum DatePart {
    /// A number and its count of digits.
    Number(i16, usize),
    /// A month given by its name.
    Month(i8),
}

impl DatePart {
    fn year(&self) -> Option<i16> {
        match *self {
            DatePart::Number(year, 4) => Some(year),
            DatePart::Number(year, 2) if year <= CENTURY_LAST => Some(2000 + year),
            DatePart::Number(year, 2) => Some(1900 + year),
            _ => None,
        }
    }

    fn month(&self) -> Option<i8> {
        match *self {
            DatePart::Number(month, 1..=2) => i8::try_from(month).ok(),
            DatePart::Month(month) => Some(month),
            DatePart::Number(..) => None,
        }
    }
}

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

/// Parses the number, or the English name of a month or its first three letters, at the start of a text.
fn part(text: &str) -> Option<(DatePart, &str)> {
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    if digits > 0 {
        let number = text[..digits].parse().ok().filter(|_| digits <= 4)?;
        return Some((DatePart::Number(number, digits), &text[digits..]));
    }
    let letters = text.bytes().take_while(u8::is_ascii_alphabetic).count();
    let word = text[..letters].to_ascii_lowercase();
    let is_it = |name: &&str| *name == word || (letters == 3 && name.starts_with(&word));
    let month = MONTHS.iter().position(is_it)?;
    let rest = text[letters..].strip_prefix('.').filter(|_| letters == 3);
    let rest = rest.unwrap_or(&text[letters..]);
    Some((DatePart::Month(i8::try_from(month + 1).ok()?), rest))
}

/// Parses the time of day at the start of a text, such as `9:30`, `09:30:15.25` or `9:30 PM`; also returns the rest.
fn time(text: &str) -> Option<(Time, &str)> {
    let end = text.find(|c: char| !c.is_ascii_digit() && !":.".contains(c));
    let (clock, rest) = text.split_at(end.unwrap_or(text.len()));
    let mut parts = clock.split(':');
    let mut number = || parts.next()?.parse::<i8>().ok();
    let (hour, minute) = (number()?, number()?);
    let seconds = parts.next().unwrap_or("0");
    let (second, fraction) = seconds.split_once('.').unwrap_or((seconds, "0"));
    if parts.next().is_some() || fraction.len() > 9 {
        return None;
    }
    let nanoseconds = format!("{fraction:0<9}").parse().ok()?;
    let rest = rest.trim_start_matches([' ', '\u{a0}', '\u{202f}']);
    let half = rest.get(..2).map(str::to_ascii_lowercase);
    let (hour, rest) = match (half.as_deref(), hour) {
        (Some("am"), 12) => (0, &rest[2..]),
        (Some("am"), 1..=11) => (hour, &rest[2..]),
        (Some("pm"), 12) => (12, &rest[2..]),
        (Some("pm"), 1..=11) => (hour + 12, &rest[2..]),
        (Some("am" | "pm"), _) => return None,
        _ => (hour, rest),
    };
    let time = Time::new(hour, minute, second.parse().ok()?, nanoseconds).ok()?;
    Some((time, rest.trim_start()))
}

/// Parses the zone at the end of a timestamp: `Z`, `UTC`, `GMT`, `+01:00`, `+0100`, `+01`; without one it is UTC.
fn offset(text: &str) -> Option<Offset> {
    if ["", "z", "utc", "gmt"].contains(&&*text.to_ascii_lowercase()) {
        return Some(Offset::UTC);
    }
    let sign = match text.as_bytes().first()? {
        b'+' => 1,
        b'-' => -1,
        _ => return None,
    };
    let digits = text[1..].replace(':', "");
    let is_offset = matches!(digits.len(), 2 | 4) && digits.bytes().all(|it| it.is_ascii_digit());
    let hours: i32 = digits.get(..2).filter(|_| is_offset)?.parse().ok()?;
    let minutes: i32 = digits
        .get(2..)
        .filter(|it| !it.is_empty())
        .unwrap_or("0")
        .parse()
        .ok()?;
    Offset::from_seconds(sign * (hours * 3600 + minutes * 60)).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_are_read_as_people_write_them() {
        use DateOrder::{DayFirst, MonthFirst};
        let cases = [
            ("2024-01-31T10:22:00Z", MonthFirst, "2024-01-31T10:22:00Z"),
            ("2024-01-31 10:22", MonthFirst, "2024-01-31 10:22"),
            ("2024-01-31", DayFirst, "2024-01-31"),
            (
                "2024-01-31T10:22:00.000+0000",
                MonthFirst,
                "2024-01-31T10:22:00.000+0000",
            ),
            (
                "2024-01-31 10:22:00 UTC",
                MonthFirst,
                "2024-01-31T10:22:00Z",
            ),
            (
                "2024-01-31 10:22:00+02",
                MonthFirst,
                "2024-01-31 10:22:00+02",
            ),
            ("1/31/2024 10:22 +0200", MonthFirst, "2024-01-31T08:22:00Z"),
            ("1/31/2024 10:22 AM", MonthFirst, "2024-01-31T10:22:00Z"),
            ("1/31/2024 12:05 am", MonthFirst, "2024-01-31T00:05:00Z"),
            (
                "1/31/2024, 10:22:07\u{202f}PM",
                MonthFirst,
                "2024-01-31T22:22:07Z",
            ),
            ("1/2/2024", MonthFirst, "2024-01-02"),
            ("1/2/2024", DayFirst, "2024-02-01"),
            ("01-02-2024 23:59", DayFirst, "2024-02-01T23:59:00Z"),
            ("31.01.2024", MonthFirst, "2024-01-31"),
            ("31.1.2024 9:05", MonthFirst, "2024-01-31T09:05:00Z"),
            ("1/31/24", MonthFirst, "2024-01-31"),
            ("1/31/99", MonthFirst, "1999-01-31"),
            ("2024/01/31 10:22:00", DayFirst, "2024-01-31T10:22:00Z"),
            ("31-Jan-2024", MonthFirst, "2024-01-31"),
            ("Jan 31, 2024 10:22 PM", DayFirst, "2024-01-31T22:22:00Z"),
            ("31 January 2024", MonthFirst, "2024-01-31"),
            ("31/1/2024", MonthFirst, ""),
            ("2024-13-01", MonthFirst, ""),
            ("30.02.2024", MonthFirst, ""),
            ("1/31/2024 13:00 PM", MonthFirst, ""),
            ("1/31/2024 25:00", MonthFirst, ""),
            ("1/31/2024 10:22 CEST", MonthFirst, ""),
            ("yesterday", MonthFirst, ""),
            ("1/31", MonthFirst, ""),
            ("12345", MonthFirst, ""),
            ("ä/1/2024", MonthFirst, ""),
            ("", MonthFirst, ""),
        ];
        for (text, order, want) in cases {
            assert_eq!(
                iso(text, order).unwrap_or_default(),
                want,
                "{text} {order:?}"
            );
        }
    }
}
