//! Converts arguments that several commands share into settings of the library.

use jiff::Timestamp;

use super::args::BookArgs;
use super::error::{CommandError, wrong};
use crate::base::threads::Threads;
use crate::run::settings::BasisSettings;

/// Converts the arguments for options, rules and book into settings.
pub(super) fn basis_settings(args: &BookArgs) -> Result<BasisSettings, CommandError> {
    Ok(BasisSettings {
        book: args.book.clone(),
        preset: args.preset.preset,
        options: args.options.clone(),
        rules: args.rules.clone(),
        now: given_now(args.now.as_deref())?,
    })
}

/// Returns the reference time: that of `--now`, else the current time.
pub(super) fn now(given: Option<&str>) -> Result<Timestamp, CommandError> {
    Ok(given_now(given)?.unwrap_or_else(Timestamp::now))
}

fn given_now(given: Option<&str>) -> Result<Option<Timestamp>, CommandError> {
    let parse = |text: &str| {
        text.parse().map_err(|_| {
            wrong(format!(
                "--now `{text}` is not an RFC 3339 time, such as 2026-03-01T09:30:00Z"
            ))
        })
    };
    given.map(parse).transpose()
}

/// Creates a pool of `count` threads; 0 means one per core.
pub(super) fn threads(count: usize) -> Result<Threads, CommandError> {
    Threads::with_this(count).map_err(|error| wrong(format!("--threads {count}: {error}")))
}
