//! The checks of durations: `15m`, `12h`, `7 days`.

use std::time::Duration;

use jiff::{Span, SpanRelativeTo};

use super::checker::Checker;
use crate::options::error::OptionsError;
use crate::options::file::{LocalDataValues, SynchronizationValues};

/// Runs begin no closer to each other.
const INTERVAL_MIN: Duration = Duration::from_secs(1);

/// The word for no interval at all.
const NEVER: &str = "never";

impl Checker<'_> {
    /// The age from which a built book is built again; `None`: it never is.
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

    /// How often `watch` runs.
    pub(super) fn interval(&self, read: &SynchronizationValues) -> Result<Duration, OptionsError> {
        let key = "synchronization.interval";
        let text = &read.interval;
        let interval = self.duration(key, text, "")?;
        if interval < INTERVAL_MIN {
            let message = format!("`{text}` is too short: an interval is at least a second, `1s`");
            return self.error(self.at.place(key), message);
        }
        Ok(interval)
    }

    /// A duration of hours, days or weeks, which have 24 hours and seven days; `more` is said of what else may stand
    /// there.
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
                let message =
                    format!("`{text}` is no duration, such as `15m`, `12h` or `7 days`{more}");
                self.error(self.at.place(key), message)
            }
        }
    }
}
