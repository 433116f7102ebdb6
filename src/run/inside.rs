//! Refuses an output folder inside the mail: the next run would read what this one wrote, and `watch` would take its
//! own output for a change.

use crate::base::disk;
use std::path::{Component, Path, PathBuf};

use super::error::{RunError, unreadable, wrong};

/// Refuses an output folder inside the mail.
///
/// # Errors
/// If `out` is a folder of the mail or inside one, also through symbolic links. Mail inside `out` is allowed: nothing
/// is written there.
pub(crate) fn check(out: &Path, mail: &[PathBuf]) -> Result<(), RunError> {
    let Some(place) = resolved(out) else {
        return Ok(());
    };
    for mail in mail {
        let is_folder = disk::is_folder(mail).map_err(unreadable(mail))?;
        if is_folder && resolved(mail).is_some_and(|it| place.starts_with(it)) {
            return Err(wrong(format!(
                "--out {}: lies within the mail {}, so that later runs would read what is written there; give a folder outside of it with --out",
                out.display(),
                mail.display()
            )));
        }
    }
    Ok(())
}

/// Resolves symbolic links and `..` in a path. Parts that do not exist cannot be links and are kept as written.
fn resolved(path: &Path) -> Option<PathBuf> {
    let path = std::path::absolute(path).ok()?;
    let mut there = path.as_path();
    let mut missing: Vec<Component<'_>> = Vec::new();
    let mut found = loop {
        if let Ok(found) = there.canonicalize() {
            break found;
        }
        missing.push(there.components().next_back()?);
        there = there.parent()?;
    };
    for part in missing.into_iter().rev() {
        match part {
            Component::ParentDir => {
                found.pop();
            }
            part => found.push(part),
        }
    }
    Some(found)
}
