//! What all exports share: the committed lines, errors, and files that are written aside.

use crate::export::aside::Aside;
use crate::export::error::ExportError;
use std::fs::File;
use std::io::{BufRead as _, BufReader, Read as _, Take, Write};
use std::path::{Path, PathBuf};

use hashbrown::HashMap;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use crate::base::disk;
use crate::output::committed::row_types::NamedLine;
use crate::output::state::stored::{LOCK_FILE, STATE_FILE};
use crate::output::state::{Given, GivenFrom, State};
use crate::output::table::file_name;
use crate::output::table::{Lengths, Table};

/// Writes a whole file.
///
/// # Errors
/// Where it cannot be written.
pub fn write_whole(to: &Path, bytes: &[u8]) -> Result<(), ExportError> {
    super::folder::tidy(disk::folder_of(to))?;
    let mut aside = Aside::new(to)?;
    let written = aside.file().write_all(bytes);
    written.map_err(ExportError::writing(to))?;
    aside.put()
}
