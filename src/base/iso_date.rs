//! A *date* in a CRM export: an ISO 8601 date or timestamp. Without a zone it is in UTC.

use std::cmp::Ordering;

use jiff::Timestamp;
use jiff::civil::{Date, DateTime, Time};
use jiff::tz::TimeZone;

/// A date, with or without a time of day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum IsoDate {
    /// A whole day.
    Day(Date),
    /// A timestamp.
    Moment(Timestamp),
}

impl IsoDate {
    /// Parses a date such as `2026-03-01`, `2026-03-01 09:30` or `2026-03-01T09:30:00+01:00`.
    pub(crate) fn parse(text: &str) -> Option<IsoDate> {
        // Most texts are not dates, which their first byte shows.
        if !text.starts_with(|first: char| first.is_ascii_digit() || matches!(first, '-' | '+')) {
            return None;
        }
        if !text.contains([':', 'T', 't', ' ']) {
            return text.parse().ok().map(IsoDate::Day);
        }
        let moment = text.parse::<Timestamp>().ok();
        let utc = || {
            TimeZone::UTC
                .to_timestamp(text.parse::<DateTime>().ok()?)
                .ok()
        };
        moment.or_else(utc).map(IsoDate::Moment)
    }

    /// Returns when it begins.
    pub(crate) fn start(self) -> Option<Timestamp> {
        match self {
            IsoDate::Moment(moment) => Some(moment),
            IsoDate::Day(day) => TimeZone::UTC
                .to_timestamp(day.to_datetime(Time::midnight()))
                .ok(),
        }
    }

    /// Returns its day in UTC.
    pub(crate) fn day(self) -> Date {
        match self {
            IsoDate::Day(day) => day,
            IsoDate::Moment(moment) => TimeZone::UTC.to_datetime(moment).date(),
        }
    }

    /// Compares two dates: as timestamps if both have a time, else by days.
    pub(crate) fn compare(self, other: IsoDate) -> Ordering {
        match (self, other) {
            (IsoDate::Moment(a), IsoDate::Moment(b)) => a.cmp(&b),
            _ => self.day().cmp(&other.day()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_iso_dates() {
        let cases = [
            ("2022-01-01T00:00:00Z", Some("2022-01-01T00:00:00Z")),
            ("2022-01-01T02:00:00+02:00", Some("2022-01-01T00:00:00Z")),
            ("2022-01-01", Some("2022-01-01T00:00:00Z")),
            ("2022-01-01 10:30", Some("2022-01-01T10:30:00Z")),
            ("01.02.2022", None),
            ("2022-13-01", None),
            ("2022", None),
            ("today", None),
            ("", None),
        ];
        for (text, want) in cases {
            let start = IsoDate::parse(text).and_then(IsoDate::start);
            assert_eq!(start.map(|t| t.to_string()).as_deref(), want, "{text}");
        }
    }

    #[test]
    fn a_day_equals_every_moment_of_it() {
        let cases = [
            ("2026-03-01", "2026-03-01T23:59:59Z", Ordering::Equal),
            ("2026-03-01", "2026-03-02T00:00:00Z", Ordering::Less),
            (
                "2026-03-01T10:00:00Z",
                "2026-03-01T09:00:00Z",
                Ordering::Greater,
            ),
            ("2026-03-01T00:30:00+01:00", "2026-03-01", Ordering::Less),
            ("2026-03-01", "2026-02-28", Ordering::Greater),
        ];
        for (a, b, want) in cases {
            let read = |text| IsoDate::parse(text).unwrap();
            assert_eq!(read(a).compare(read(b)), want, "{a} {b}");
            assert_eq!(read(b).compare(read(a)), want.reverse(), "{b} {a}");
        }
    }
}
