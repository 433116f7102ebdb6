//! Which errors of an export a user can fix.

use crate::cli::error::{CommandError, incomplete, usage};
use crate::export::error::ExportError;
use crate::output::committed::error::CommittedError;

/// Converts an error: one that the user can correct is a wrong argument, any other means that the export failed.
pub(crate) fn failed(error: impl Into<ExportError>) -> CommandError {
    let error = error.into();
    match error {
        ExportError::Committed(CommittedError::Read { .. })
        | ExportError::Read { .. }
        | ExportError::Write { .. }
        | ExportError::Failed { .. } => incomplete(error),
        _ => usage(error),
    }
}
