//! Loads and validates options files.

use std::path::Path;

use super::checker;
use crate::base::disk;
use crate::options::error::OptionsError;
use crate::options::validated::Options;

impl Options {
    /// Reads and validates an options file, which may be a pipe.
    ///
    /// # Errors
    /// If the file cannot be read, is not TOML, or has a key or value that is not valid.
    pub fn load(path: &Path) -> Result<Options, OptionsError> {
        let file = path.display().to_string();
        let text = disk::read_text(path, disk::TEXT_BYTES_MAX);
        let text = text.map_err(|error| OptionsError {
            message: format!("cannot be read: {error}"),
            file: file.clone(),
            place: None,
        })?;
        Options::parse(&file, &text)
    }

    /// Validates the text of an options file. Errors name it `file`.
    ///
    /// # Errors
    /// As for [`load`](Options::load), except that nothing is read.
    pub fn parse(file: &str, text: &str) -> Result<Options, OptionsError> {
        checker::parse(file, text)
    }

    /// Returns the default options.
    ///
    /// # Errors
    /// None in practice: a test checks that the defaults are valid.
    pub fn defaults() -> Result<Options, OptionsError> {
        Options::parse("defaults", "")
    }
}
