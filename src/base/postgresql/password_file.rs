//! Reads the password file of PostgreSQL's own programs (`~/.pgpass`). It has a line for each server, database and
//! user: `host:port:database:user:password`. A field may be `*`; in other fields `\:` is a colon and `\\` a backslash.

use std::io;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

use crate::base::disk;

/// The connection whose password is looked up.
pub(crate) struct Lookup<'w> {
    pub host: &'w str,
    pub port: &'w str,
    pub database: &'w str,
    pub user: &'w str,
}

/// A password file that is ignored.
#[derive(Debug, thiserror::Error)]
#[error("password file {} is ignored: {reason}", path.display())]
pub(crate) struct PasswordFileError {
    path: PathBuf,
    reason: Reason,
}

#[derive(Debug, thiserror::Error)]
enum Reason {
    #[error(transparent)]
    Unreadable(#[from] io::Error),
    #[error("its permissions are {0:04o}, and may be 0600 or less")]
    Permissions(u32),
}

/// Permission bits of others than the owner, who could read the passwords.
const OF_OTHERS: u32 = 0o077;

/// Returns the password of the first line that matches; `None` if there is none or the file does not exist.
///
/// # Errors
/// If the file is ignored, because it is not a plain file, cannot be read, or can be read by others.
pub(crate) fn find(path: &Path, wanted: &Lookup<'_>) -> Result<Option<String>, PasswordFileError> {
    let ignored = |reason| PasswordFileError {
        path: path.into(),
        reason,
    };
    let failed = |error: io::Error| ignored(Reason::Unreadable(error));
    let file = match disk::open_file(path) {
        Err(error) if disk::is_absent(&error) => return Ok(None),
        opened => opened.map_err(failed)?,
    };
    let mode = file.metadata().map_err(failed)?.permissions().mode() & 0o777;
    if mode & OF_OTHERS != 0 {
        return Err(ignored(Reason::Permissions(mode)));
    }
    let text = io::read_to_string(file).map_err(failed)?;
    Ok(text.lines().find_map(|line| password(line, wanted)))
}

fn password(line: &str, wanted: &Lookup<'_>) -> Option<String> {
    if line.starts_with('#') {
        return None;
    }
    let mut rest = line;
    for want in [wanted.host, wanted.port, wanted.database, wanted.user] {
        let (field, after) = field(rest)?;
        // A star matches everything only if it is the whole field and not escaped.
        if rest.strip_prefix("*:").is_none() && field != want {
            return None;
        }
        rest = after;
    }
    let password = field(rest).map_or_else(|| unescaped(rest), |(password, _)| password);
    Some(password)
}

/// Returns the first field, and the text after its colon.
fn field(text: &str) -> Option<(String, &str)> {
    let mut is_escaped = false;
    let end = text.char_indices().find(|(_, it)| {
        let ends = *it == ':' && !is_escaped;
        is_escaped = *it == '\\' && !is_escaped;
        ends
    });
    let (end, _) = end?;
    Some((unescaped(&text[..end]), &text[end + 1..]))
}

fn unescaped(text: &str) -> String {
    let mut signs = text.chars();
    let mut out = String::new();
    while let Some(sign) = signs.next() {
        match sign {
            '\\' => out.extend(signs.next()),
            _ => out.push(sign),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::os::unix::fs::PermissionsExt as _;

    use super::{Lookup, find, password};

    const WANTED: Lookup<'_> = Lookup {
        host: "db",
        port: "5432",
        database: "c:rm",
        user: "ann",
    };

    #[test]
    fn a_line_fits_or_not() {
        for (line, want) in [
            ("db:5432:c\\:rm:ann:secret", Some("secret")),
            ("*:*:*:*:se\\:cr\\\\et", Some("se:cr\\et")),
            ("*:*:*:ann:se:cret", Some("se")),
            ("*:*:*:bo:secret", None),
            ("db:5433:*:ann:secret", None),
            ("db:5432:crm:ann:secret", None),
            ("#*:*:*:*:secret", None),
            ("*:*:*:ann", None),
            ("", None),
        ] {
            assert_eq!(password(line, &WANTED).as_deref(), want, "{line}");
        }
    }

    #[test]
    fn a_file_that_others_can_read_is_ignored() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("pgpass");
        assert_eq!(find(&path, &WANTED).unwrap(), None);
        fs::write(&path, "other:*:*:*:no\n*:*:*:*:yes\n").unwrap();
        for (mode, is_taken) in [(0o600, true), (0o400, true), (0o640, false), (0o604, false)] {
            fs::set_permissions(&path, fs::Permissions::from_mode(mode)).unwrap();
            let found = find(&path, &WANTED);
            assert_eq!(found.is_err(), !is_taken, "{mode:o}");
            let password = found.ok().flatten();
            assert_eq!(password.as_deref(), is_taken.then_some("yes"), "{mode:o}");
        }
        assert!(find(folder.path(), &WANTED).is_err());
    }
}
