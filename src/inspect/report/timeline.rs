//! Messages over time: a column for each day, month or year, whichever is the shortest that fits the page.

use std::collections::BTreeMap;

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan as _};

use super::outcomes::{Outcome, Outcomes};

/// At most this many columns are shown.
const COLUMNS_MAX: usize = 62;

/// At each end, one in this many messages may be outside the columns: a clock that is wrong by decades would otherwise
/// squeeze all other mail into one column.
const OUTLIERS: u64 = 1000;

/// Outcomes by day (UTC) of the received time.
#[derive(Debug, Default)]
pub(super) struct DailyOutcomes {
    days: BTreeMap<Date, Outcomes>,
    /// Outcomes of messages without a received time.
    pub(super) undated: Outcomes,
}

/// A column of the chart: the days from the first to the last, both included.
#[derive(Debug)]
pub(super) struct TimelineColumn {
    pub(super) label: String,
    pub(super) first: Date,
    pub(super) last: Date,
    pub(super) outcomes: Outcomes,
}

/// The columns of the chart, and the numbers of messages outside them.
#[derive(Debug, Default)]
pub(super) struct Timeline {
    pub(super) columns: Vec<TimelineColumn>,
    pub(super) earlier: u64,
    pub(super) later: u64,
}

#[derive(Clone, Copy, PartialEq)]
enum Unit {
    Day,
    Month,
    Year,
}

impl DailyOutcomes {
    /// Counts a message.
    pub(super) fn add(&mut self, time: Option<Timestamp>, outcome: Outcome) {
        match time {
            Some(time) => {
                let day = TimeZone::UTC.to_datetime(time).date();
                self.days.entry(day).or_default().count(outcome);
            }
            None => self.undated.count(outcome),
        }
    }

    /// Returns the first and the last day that have a message.
    pub(super) fn span(&self) -> Option<(Date, Date)> {
        Some((
            *self.days.first_key_value()?.0,
            *self.days.last_key_value()?.0,
        ))
    }

    /// Returns the chart.
    pub(super) fn timeline(&self) -> Timeline {
        let total: u64 = self.days.values().map(Outcomes::total).sum();
        let outliers = total / OUTLIERS;
        let Some(first) = day_beyond(self.days.iter(), outliers) else {
            return Timeline::default();
        };
        let last = day_beyond(self.days.iter().rev(), outliers).unwrap_or(first);
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

    fn fill(&self, unit: Unit, first: Date, last: Date) -> Timeline {
        let mut timeline = Timeline {
            columns: empty_columns(unit, first, last),
            ..Timeline::default()
        };
        for (&day, outcomes) in &self.days {
            let index = timeline.columns.partition_point(|it| it.last < day);
            match timeline.columns.get_mut(index) {
                _ if day < first => timeline.earlier += outcomes.total(),
                Some(column) => column.outcomes.add(*outcomes),
                None => timeline.later += outcomes.total(),
            }
        }
        timeline
    }
}

fn empty_columns(unit: Unit, first: Date, last: Date) -> Vec<TimelineColumn> {
    let mut columns = Vec::new();
    let mut start = Some(first);
    while let Some(first) = start.filter(|&it| it <= last) {
        start = next(unit, first);
        columns.push(TimelineColumn {
            label: label(unit, first),
            first,
            last: start
                .and_then(|it| it.yesterday().ok())
                .unwrap_or(Date::MAX),
            outcomes: Outcomes::default(),
        });
    }
    columns
}

/// Returns the first of the days at which there have been more than this many messages.
fn day_beyond<'a>(
    days: impl Iterator<Item = (&'a Date, &'a Outcomes)>,
    messages: u64,
) -> Option<Date> {
    let mut passed = 0;
    for (&day, outcomes) in days {
        passed += outcomes.total();
        if passed > messages {
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
    use super::{COLUMNS_MAX, DailyOutcomes};
    use crate::inspect::report::outcomes::Outcome;

    fn days(times: &[(&str, usize)]) -> DailyOutcomes {
        let mut days = DailyOutcomes::default();
        for (time, count) in times {
            for _ in 0..*count {
                days.add(Some(time.parse().unwrap()), Outcome::Tracked);
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
            let timeline = days(&[(from, 1), (to, 1)]).timeline();
            let labels: Vec<&str> = timeline.columns.iter().map(|it| &*it.label).collect();
            assert_eq!(labels.len(), want, "{labels:?}");
            assert_eq!((labels[0], labels[want - 1]), (first, last));
            let total: u64 = timeline.columns.iter().map(|it| it.outcomes.total()).sum();
            assert_eq!((total, timeline.earlier, timeline.later), (2, 0, 0));
        }
    }

    #[test]
    fn wrong_clocks_do_not_stretch_the_chart() {
        let days = days(&[
            ("1970-01-01T00:00:00Z", 2),
            ("2026-03-01T00:00:00Z", 3000),
            ("2026-03-05T00:00:00Z", 1000),
            ("2038-01-19T03:14:07Z", 1),
        ]);
        let timeline = days.timeline();
        assert_eq!((timeline.earlier, timeline.later), (2, 1));
        assert_eq!(timeline.columns.len(), 5);
    }

    #[test]
    fn messages_before_the_first_column_are_counted() {
        let timeline = days(&[("1000-01-01T00:00:00Z", 1), ("2026-03-01T00:00:00Z", 1)]).timeline();
        assert_eq!((timeline.earlier, timeline.columns.len()), (1, COLUMNS_MAX));
    }
}
