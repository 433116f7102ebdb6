//! The checks of durations: `15m`, `12h`, `7 days`.

use std::time::Duration;

use jiff::{Span, SpanRelativeTo};

use super::checker::Checker;
use crate::options::error::OptionsError;
use crate::options::file::{LocalDataValues, SynchronizationValues};

/// Minimum time from the start of one run of `watch` to that of the next.
const INTERVAL_MIN: Duration = Duration::from_secs(1);

/// The value that turns `local_data.interval` off.
const NEVER: &str = "never";

impl Checker<'_> {
    /// Returns the age from which a built book is rebuilt; `None` if it never is.
    pub(super) fn local_data(
        &self,
        read: &LocalDataValues,
    ) -> Result<Option<Duration>, OptionsError> {
        match read.interval.as_str() {
            NEVER => Ok(None),
            text => self
                .duration("local_data.interval", text, "; `never` turns it off")
                .map(Some),
        }
    }

    /// Returns how often `watch` runs.
    pub(super) fn interval(&self, read: &SynchronizationValues) -> Result<Duration, OptionsError> {
        let key = "synchronization.interval";
        let text = &read.interval;
        let interval = self.duration(key, text, "")?;
        if interval < INTERVAL_MIN {
            let message =
                format!("`{text}` is too short: an interval is at least one second, `1s`");
            return self.error(self.at.place(key), message);
        }
        Ok(interval)
    }

    /// Parses a duration. A day has 24 hours and a week seven days; a month has no fixed length and is refused. `more`
    /// ends the error with other values that the key accepts.
    pub(super) fn duration(
        &self,
        key: &str,
        text: &str,
        more: &str,
    ) -> Result<Duration, OptionsError> {
        let span = text.trim().parse::<Span>().ok();
        let days = SpanRelativeTo::days_are_24_hours();
        let duration = span.and_then(|span| span.to_duration(days).ok());
        match duration.and_then(|duration| Duration::try_from(duration).ok()) {
            Some(duration) => Ok(duration),
            None => {
                let message = format!(
                    "`{text}` is not a valid duration (expected one such as `15m`, `12h` or `7 days`{more})"
                );
                self.error(self.at.place(key), message)
            }
        }
    }
}
