//! A row of a record type, and errors in rows.

/// One row: the line it starts on, and its cells in the columns' order, trimmed.
pub(crate) struct SheetRow<'a> {
    pub(crate) line: u64,
    pub(crate) cells: &'a [&'a str],
}

/// An error in a file, with its line if there is one.
pub(crate) struct SheetError {
    pub(crate) line: Option<u64>,
    pub(crate) message: String,
}

pub(crate) fn at<T>(line: u64, message: impl Into<String>) -> Result<T, SheetError> {
    Err(SheetError {
        line: Some(line),
        message: message.into(),
    })
}

pub(crate) fn no_line(error: &dyn std::fmt::Display) -> SheetError {
    SheetError {
        line: None,
        message: format!("cannot be read: {error}"),
    }
}

pub(crate) fn cell<'r>(row: &SheetRow<'r>, at: Option<usize>) -> &'r str {
    at.and_then(|at| row.cells.get(at)).copied().unwrap_or("")
}
