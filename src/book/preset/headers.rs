//! Maps the column names of a file to logical names.

use super::dialect::Dialect;
use super::presets::key;
use crate::book::rows::row::{SheetError, at};

/// The columns of a file by their logical names, in lower case.
pub(crate) struct Headers {
    pub(crate) columns: Vec<String>,
    /// Columns that occur twice; the second one is ignored.
    pub(crate) twice: Vec<String>,
}

/// Returns the logical names of the columns: from the options, else from the preset, else the file's own names.
pub(crate) fn logical_names(
    found: &[String],
    kind: &str,
    dialect: &Dialect<'_>,
) -> Result<Headers, SheetError> {
    let mut columns: Vec<String> = found
        .iter()
        .map(|name| name.trim().to_lowercase())
        .collect();
    let mut is_named = vec![false; found.len()];
    for (logical, in_file) in dialect.names(kind).into_iter().flatten() {
        let is_it = |name: &String| name.trim().eq_ignore_ascii_case(in_file.trim());
        match found.iter().position(is_it) {
            Some(place) if is_named[place] => {
                let other = &columns[place];
                return at(
                    1,
                    format!(
                        "the options map `{in_file}` to `{other}` and to `{logical}`: a column has one meaning; remove one of the two from [book.columns.{kind}]"
                    ),
                );
            }
            Some(place) => (columns[place], is_named[place]) = (logical.to_lowercase(), true),
            None => {
                let there = found.join("`, `");
                return at(
                    1,
                    format!(
                        "has no column `{in_file}`, which the options map to `{logical}`; it has `{there}`"
                    ),
                );
            }
        }
    }
    by_preset(found, kind, dialect, &mut columns, &mut is_named)?;
    let twice = drop_twice(found, &mut columns, &is_named, dialect)?;
    Ok(Headers { columns, twice })
}

/// Clears the name of each column that has the same name as another one, and returns those that duplicate an earlier
/// column. A column that the options or the preset name is kept before others.
fn drop_twice(
    found: &[String],
    columns: &mut [String],
    is_named: &[bool],
    dialect: &Dialect<'_>,
) -> Result<Vec<String>, SheetError> {
    let mut twice = Vec::new();
    for place in 0..columns.len() {
        let column = columns[place].clone();
        let same = |other: &usize| *other != place && columns[*other] == column;
        let mut others = (0..columns.len()).filter(same);
        if column.is_empty() || others.next().is_none() {
            continue;
        }
        let is_of_named = (0..columns.len()).filter(same).any(|other| is_named[other]);
        let is_first = !columns[..place].contains(&column);
        if dialect.preset().is_none() || (is_named[place] && is_of_named) {
            return at(1, format!("two columns are called `{column}`"));
        }
        if is_named[place] || (is_first && !is_of_named) {
            continue;
        }
        if !is_of_named {
            twice.push(found[place].clone());
        }
        columns[place].clear();
    }
    Ok(twice)
}

/// Names the columns that the preset has names for and the options do not name.
fn by_preset(
    found: &[String],
    kind: &str,
    dialect: &Dialect<'_>,
    columns: &mut [String],
    is_named: &mut [bool],
) -> Result<(), SheetError> {
    let Some(preset) = dialect.preset() else {
        return Ok(());
    };
    let keys: Vec<String> = found.iter().map(|name| key(name)).collect();
    let own_id = format!("{kind}id");
    // The id column is called `id` or, for example, `contactid`.
    let logical = |name: &str| {
        if name == own_id {
            "id".to_owned()
        } else {
            name.to_owned()
        }
    };
    for (column, names) in preset.columns(kind) {
        if columns
            .iter()
            .zip(&*is_named)
            .any(|(it, named)| *named && logical(it) == column)
        {
            continue;
        }
        let own = if column == "id" {
            own_id.as_str()
        } else {
            column
        };
        let called = names.iter().map(String::as_str).chain([own]);
        let mut called = called.map(key);
        let at_column = called.find_map(|called| {
            let mut all = keys.iter().zip(&*is_named);
            all.position(|(it, named)| !*named && *it == called)
        });
        if let Some(at_column) = at_column {
            (columns[at_column], is_named[at_column]) = (column.to_owned(), true);
        }
    }
    let needed = if kind == "email" { "activityid" } else { "id" };
    for column in [needed].into_iter().chain(preset.needs(kind)) {
        if columns.iter().any(|it| logical(it) == column) {
            continue;
        }
        let mut all = preset.columns(kind);
        let names = all.find(|(it, _)| *it == column).map(|(_, names)| names);
        let names: Vec<&str> = names
            .unwrap_or_default()
            .iter()
            .map(String::as_str)
            .collect();
        let wanted = if names.is_empty() {
            vec![column]
        } else {
            names
        };
        let more = match column {
            "id" | "activityid" => {
                ", or add one that numbers the rows, if no column of it identifies them"
            }
            _ => "",
        };
        return at(
            1,
            format!(
                "has no column `{}`, which the preset `{}` needs for `{column}`; it has `{}`; export it too, or name the column, if it is not mapped to something else: [book.columns.{kind}] {column} = \"...\"{more}",
                wanted.join("` or `"),
                dialect.preset_name(),
                found.join("`, `")
            ),
        );
    }
    Ok(())
}
