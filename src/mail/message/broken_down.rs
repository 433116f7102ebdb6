//! A date and time in its written components.

use jiff::Timestamp;
use jiff::ToSpan as _;
use jiff::civil::DateTime;
use jiff::tz::Offset;

/// The plausible years. Dates outside are typing errors, or come from a clock that was never set.
const YEARS: std::ops::RangeInclusive<i16> = 1900..=3000;

/// The components of a date.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Date {
    pub(super) year: i16,
    pub(super) month: i8,
    pub(super) day: i8,
    pub(super) hour: i8,
    pub(super) minute: i8,
    pub(super) second: i8,
    /// Minutes east of UTC.
    pub(super) offset: i32,
}

impl Date {
    /// Returns the time; `None` if there is no such day or time. A leap second becomes the second after it, as in
    /// POSIX.
    pub(super) fn timestamp(self) -> Option<Timestamp> {
        if !YEARS.contains(&self.year) || self.second > 60 {
            return None;
        }
        let second = self.second.min(59);
        let civil = DateTime::new(
            self.year,
            self.month,
            self.day,
            self.hour,
            self.minute,
            second,
            0,
        )
        .ok()?;
        let offset = Offset::from_seconds(self.offset * 60).ok()?;
        let time = offset.to_timestamp(civil).ok()?;
        match self.second {
            60 => time.checked_add(1.second()).ok(),
            _ => Some(time),
        }
    }
}
