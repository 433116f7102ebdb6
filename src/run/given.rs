//! The arguments of a run, as the state of its output folder stores them.

use std::path::{Path, PathBuf};

use jiff::Timestamp;

use super::error::{RunError, usage};
use super::settings::RunSettings;
use crate::book::BookSource;
use crate::options::{Options, PresetName};
use crate::output::state::RunArguments;

/// Returns the arguments of a run over mail.
pub(crate) fn given(
    settings: &RunSettings,
    options: &Options,
    now: Timestamp,
) -> Result<RunArguments, RunError> {
    let book = &settings.basis;
    let file = |path: &Option<PathBuf>| path.as_deref().map(lasting);
    let now_counts = book.now.is_some() || options.counts_days();
    Ok(RunArguments {
        mail: settings.mail.iter().map(|path| lasting(path)).collect(),
        book: BookSource::of(&book.book).map_err(usage)?.lasting(),
        preset: book.preset.map(|it| PresetName::name(it).to_owned()),
        options: file(&book.options),
        rules: file(&book.rules),
        vcards: file(&settings.vcards),
        now: now_counts.then(|| now.to_string()),
    })
}

/// Returns the absolute form of a path.
fn lasting(path: &Path) -> String {
    let absolute = std::path::absolute(path).unwrap_or_else(|_| path.into());
    absolute.to_string_lossy().into_owned()
}
