//! Finds the record files of a folder, and the record type of each.

use crate::base::disk;
use crate::book::error::BookError;
use crate::book::preset::dialect::Dialect;
use crate::book::preset::presets::matches;
use crate::book::rows::place::TableInput;
use std::collections::BTreeMap;
use std::io::ErrorKind;
use std::path::Path;
use std::path::PathBuf;

/// The files of a book's folder.
#[derive(Debug, Default)]
pub(crate) struct Files {
    /// The record files by type.
    pub(crate) of_kinds: BTreeMap<String, PathBuf>,
    /// Names of files that look like record files but have no known type.
    pub(crate) others: Vec<String>,
}

impl Files {
    /// Returns the input of each record type.
    pub(crate) fn places(&self) -> BTreeMap<String, TableInput> {
        let each = self.of_kinds.iter();
        each.map(|(kind, path)| (kind.clone(), TableInput::File(path.clone())))
            .collect()
    }

    /// Returns the warning about files without a known type.
    pub(crate) fn left_out(&self) -> Option<String> {
        let others = (!self.others.is_empty()).then(|| self.others.join("`, `"))?;
        Some(format!(
            "left out, of no record type that the preset knows by its name: `{others}`; a CSV file that is one is named in the options: [book.files] contact = \"...\""
        ))
    }
}

/// Finds the record files of a folder.
pub(crate) fn files(folder: &Path, dialect: &Dialect<'_>) -> Result<Files, BookError> {
    let fail = |message: String| Err(BookError::of(message));
    let shown = folder.display();
    let entries = match std::fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(error) if error.kind() == ErrorKind::NotADirectory => {
            return fail(format!(
                "{shown}: is not a folder; a book is a folder with contact.csv, lead.csv, account.csv, systemuser.csv ..."
            ));
        }
        Err(error) => {
            return fail(format!(
                "{shown}: {error}; the book is a folder with contact.csv, lead.csv, account.csv ..."
            ));
        }
    };
    let mut paths = Vec::new();
    for entry in entries {
        match entry {
            Ok(entry) => paths.push(entry.path()),
            Err(error) => return fail(format!("{shown}: {error}")),
        }
    }
    paths.sort();
    let mut files = Files::default();
    for path in paths {
        let ending = path.extension().map(|ending| ending.to_ascii_lowercase());
        let is = |known: &[&str]| {
            ending
                .as_ref()
                .is_some_and(|it| known.iter().any(|k| it == k))
        };
        let Some(stem) = path.file_stem().and_then(|stem| stem.to_str()) else {
            continue;
        };
        let is_sheet = !dialect.is_own_form() && is(&["xlsx", "xls", "txt", "tsv"]);
        let is_record_file =
            is(&["csv", "jsonl"]) || (!dialect.is_own_form() && is(&["txt", "tsv"]));
        if !(is_record_file || is_sheet) || stem.starts_with('.') {
            continue;
        }
        let unreadable = |error| BookError::unreadable(&path, &error);
        // A dangling link is ignored.
        let Some(metadata) = disk::metadata(&path).map_err(unreadable)? else {
            continue;
        };
        let kind = match is_record_file {
            true => kind(&path, stem, dialect)?,
            false => None,
        };
        let Some(kind) = kind else {
            if !metadata.is_file() {
                continue;
            }
            let name = path.file_name().unwrap_or_default();
            files.others.push(name.to_string_lossy().into_owned());
            continue;
        };
        // Silently leaving out a table would change decisions.
        disk::check_file(&metadata).map_err(unreadable)?;
        if let Some(other) = files.of_kinds.insert(kind.clone(), path.clone()) {
            let (a, b) = (other.display(), path.display());
            return fail(format!(
                "{b}: the records of `{kind}` are in {a} too; keep one of the two files"
            ));
        }
    }
    if files.of_kinds.is_empty() && !files.others.is_empty() {
        return fail(format!(
            "{shown}: no file is of a record type that the preset `{}` knows by its name; there are `{}`; say which is which, as CSV: [book.files] contact = \"...\"",
            dialect.preset_name(),
            files.others.join("`, `")
        ));
    }
    if files.of_kinds.is_empty() {
        return fail(format!(
            "{shown}: has no record files; a book holds contact.csv, lead.csv, account.csv, systemuser.csv ..."
        ));
    }
    for (kind, name) in dialect.files() {
        if !files.of_kinds.contains_key(kind) {
            return fail(format!(
                "{shown}: has no file `{name}`, which the options say for `{kind}`"
            ));
        }
    }
    Ok(files)
}

/// Returns the record type of a file: from the options, else from the preset, else its name; `None` if it has none.
pub(crate) fn kind(
    path: &Path,
    stem: &str,
    dialect: &Dialect<'_>,
) -> Result<Option<String>, BookError> {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let (name, small) = (name.to_lowercase(), stem.to_lowercase());
    let is_it = |pattern: &String| matches(pattern, &name) || matches(pattern, &small);
    let mut said = dialect.files().iter();
    if let Some((kind, _)) = said.find(|(_, pattern)| is_it(pattern)) {
        return Ok(Some(kind.to_lowercase()));
    }
    let Some(preset) = dialect.preset() else {
        return Ok(Some(stem.to_ascii_lowercase()));
    };
    // A type for which the options name a file has its records there.
    let is_free = |kind: &&str| !dialect.files().contains_key(*kind);
    let kinds: Vec<&str> = preset
        .kinds_of(&small)
        .into_iter()
        .filter(is_free)
        .collect();
    match kinds.as_slice() {
        [] => Ok(None),
        [kind] => Ok(Some((*kind).to_owned())),
        several => Err(BookError::of(format!(
            "{}: may be of `{}` by its name; say which it is: [book.files] {} = \"{}\"",
            path.display(),
            several.join("` or `"),
            several[0],
            path.file_name().unwrap_or_default().display()
        ))),
    }
}
