//! Messages over time: columns of days, months or years, whichever show the whole at a glance.

use std::collections::BTreeMap;

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan as _};

use crate::inspect::report::outcomes::Outcomes;

/// At most so many columns stand side by side.
const COLUMNS_MAX: usize = 62;

/// One in so many messages may stand outside of the columns at either end: clocks are wrong by decades.
const STRAYS: u64 = 1000;

/// Outcomes by day (UTC) of the received time.
#[derive(Debug, Default)]
pub(super) struct Days {
    days: BTreeMap<Date, Outcomes>,
    /// Of messages without a received time.
    pub(super) undated: Outcomes,
}

/// A column: the days from the first to the last.
#[derive(Debug)]
pub(super) struct Column {
    pub(super) label: String,
    pub(super) first: Date,
    pub(super) last: Date,
    pub(super) outcomes: Outcomes,
}

/// The columns, and what lies before and after them.
#[derive(Debug, Default)]
pub(super) struct Columns {
    pub(super) columns: Vec<Column>,
    pub(super) before: u64,
    pub(super) after: u64,
}

#[derive(Clone, Copy, PartialEq)]
enum Unit {
    Day,
    Month,
    Year,
}

impl Days {
    /// Counts a message.
    pub(super) fn add(&mut self, time: Option<Timestamp>, outcome: Outcomes) {
        match time {
            Some(time) => {
                let day = TimeZone::UTC.to_datetime(time).date();
                self.days.entry(day).or_default().add(outcome);
            }
            None => self.undated.add(outcome),
        }
    }

    /// The first and the last day.
    pub(super) fn span(&self) -> Option<(Date, Date)> {
        Some((
            *self.days.first_key_value()?.0,
            *self.days.last_key_value()?.0,
        ))
    }

    /// The columns.
    pub(super) fn columns(&self) -> Columns {
        let total: u64 = self.days.values().map(Outcomes::total).sum();
        let strays = total / STRAYS;
        let Some(first) = reach(self.days.iter(), strays) else {
            return Columns::default();
        };
        let last = reach(self.days.iter().rev(), strays).unwrap_or(first);
        let unit = [Unit::Day, Unit::Month, Unit::Year]
            .into_iter()
            .find(|&unit| count(unit, first, last) <= COLUMNS_MAX)
            .unwrap_or(Unit::Year);
        let first = match count(unit, first, last) {
            ..=COLUMNS_MAX => start(unit, first),
            _ => start(unit, last)
                .checked_sub((COLUMNS_MAX as i64 - 1).years())
                .unwrap_or(first),
        };
        self.fill(unit, first, last)
    }

    fn fill(&self, unit: Unit, first: Date, last: Date) -> Columns {
        let mut out = Columns::default();
        let mut at = first;
        while at <= last {
            let next = next(unit, at);
            out.columns.push(Column {
                label: label(unit, at),
                first: at,
                last: next.and_then(|it| it.yesterday().ok()).unwrap_or(Date::MAX),
                outcomes: Outcomes::default(),
            });
            match next {
                Some(next) => at = next,
                None => break,
            }
        }
        let end = out.columns.last().map_or(last, |column| column.last);
        for (&day, outcomes) in &self.days {
            if day < first {
                out.before += outcomes.total();
            } else if day > end {
                out.after += outcomes.total();
            } else {
                let place = out.columns.partition_point(|column| column.last < day);
                if let Some(column) = out.columns.get_mut(place) {
                    column.outcomes.add(*outcomes);
                }
            }
        }
        out
    }
}

/// The day at which more than so many messages have been passed.
fn reach<'a>(days: impl Iterator<Item = (&'a Date, &'a Outcomes)>, strays: u64) -> Option<Date> {
    let mut passed = 0;
    for (&day, outcomes) in days {
        passed += outcomes.total();
        if passed > strays {
            return Some(day);
        }
    }
    None
}

fn start(unit: Unit, day: Date) -> Date {
    match unit {
        Unit::Day => day,
        Unit::Month => day.first_of_month(),
        Unit::Year => day.first_of_year(),
    }
}

fn next(unit: Unit, day: Date) -> Option<Date> {
    let step = match unit {
        Unit::Day => 1.day(),
        Unit::Month => 1.month(),
        Unit::Year => 1.year(),
    };
    day.checked_add(step).ok()
}

fn count(unit: Unit, first: Date, last: Date) -> usize {
    let months = |day: Date| i64::from(day.year()) * 12 + i64::from(day.month());
    let steps = match unit {
        Unit::Day => first
            .until(last)
            .map_or(i64::MAX - 1, |span| i64::from(span.get_days())),
        Unit::Month => months(last) - months(first),
        Unit::Year => i64::from(last.year()) - i64::from(first.year()),
    };
    usize::try_from(steps + 1).unwrap_or(usize::MAX)
}

fn label(unit: Unit, day: Date) -> String {
    match unit {
        Unit::Day => day.to_string(),
        Unit::Month => format!("{:04}-{:02}", day.year(), day.month()),
        Unit::Year => format!("{:04}", day.year()),
    }
}

#[cfg(test)]
mod tests {
    use super::{COLUMNS_MAX, Days};
    use crate::inspect::report::outcomes::Outcomes;

    const ONE: Outcomes = Outcomes {
        tracked: 1,
        not_tracked: 0,
        duplicates: 0,
    };

    fn days(times: &[(&str, usize)]) -> Days {
        let mut days = Days::default();
        for (time, count) in times {
            for _ in 0..*count {
                days.add(Some(time.parse().unwrap()), ONE);
            }
        }
        days
    }

    #[test]
    fn columns_are_days_months_or_years() {
        for (from, to, want, first, last) in [
            (
                "2026-03-01T23:59:59Z",
                "2026-03-01T00:00:00Z",
                1,
                "2026-03-01",
                "2026-03-01",
            ),
            (
                "2026-03-01T00:00:00Z",
                "2026-04-30T12:00:00Z",
                61,
                "2026-03-01",
                "2026-04-30",
            ),
            (
                "2026-03-31T00:00:00Z",
                "2027-02-01T12:00:00Z",
                12,
                "2026-03",
                "2027-02",
            ),
            (
                "1999-12-31T00:00:00Z",
                "2027-02-01T12:00:00Z",
                29,
                "1999",
                "2027",
            ),
        ] {
            let columns = days(&[(from, 1), (to, 1)]).columns();
            let labels: Vec<&str> = columns.columns.iter().map(|it| &*it.label).collect();
            assert_eq!(labels.len(), want, "{labels:?}");
            assert_eq!((labels[0], labels[want - 1]), (first, last));
            let total: u64 = columns.columns.iter().map(|it| it.outcomes.total()).sum();
            assert_eq!((total, columns.before, columns.after), (2, 0, 0));
        }
    }

    #[test]
    fn wrong_clocks_do_not_stretch_the_whole() {
        let days = days(&[
            ("1970-01-01T00:00:00Z", 2),
            ("2026-03-01T00:00:00Z", 3000),
            ("2026-03-05T00:00:00Z", 1000),
            ("2038-01-19T03:14:07Z", 1),
        ]);
        let columns = days.columns();
        assert_eq!((columns.before, columns.after), (2, 1));
        assert_eq!(columns.columns.len(), 5);
    }

    #[test]
    fn no_mail_is_lost_in_a_thousand_years() {
        let columns = days(&[("1000-01-01T00:00:00Z", 1), ("2026-03-01T00:00:00Z", 1)]).columns();
        assert_eq!((columns.before, columns.columns.len()), (1, COLUMNS_MAX));
    }
}
