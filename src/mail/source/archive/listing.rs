//! The contents of an archive: its mail, the folders that make a Maildir, and what is left out.

use std::collections::{HashMap, HashSet};
use std::convert::Infallible;
use std::io::Read;
use std::ops::Range;
use std::sync::Arc;

use crate::mail::source::folder::{Folder, FolderKind, join};
use crate::mail::source::form::{FORM_BYTES, MailFormat, form};
use crate::mail::source::named::NamedFormat;
use crate::mail::source::packing::Packing;
use crate::mail::source::spool::Spool;
use crate::mail::source::{ReadError, maildir};

/// Maximum number of entries of an archive; names take memory, so an archive with more is refused.
const ENTRIES_MAX: u64 = 2_000_000;

/// Maximum length of a name in bytes, as long as any path that a system accepts. Each folder of a name is stored with
/// its whole path.
const NAME_BYTES_MAX: usize = 4096;

/// Maximum number of folders in a name, more than people use for mail. Each folder of a name is stored with its whole
/// path.
const FOLDERS_MAX: usize = 100;

/// The kind of an entry.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum MemberKind {
    File,
    Folder,
    /// A link or a device, which is ignored.
    Other,
}

#[derive(Default)]
pub(super) struct Listing {
    /// The mail: its path in the archive and its range in the spool. If a path occurs several times, the last entry
    /// counts.
    mail: Vec<(String, Range<usize>)>,
    numbers: HashMap<String, usize>,
    /// The paths of folders named `cur`, `new` and `tmp`.
    folders: HashSet<String>,
    /// Those of them that contain names with flags.
    flagged: HashSet<String>,
    entries: u64,
    /// Entries that could not be read, each with the error.
    pub(super) failures: Vec<(String, String)>,
    /// The number of archives and compressed files within the archive, which are not read.
    pub(super) nested: u64,
}

/// A mail file in an archive.
pub(super) struct Member {
    pub(super) name: String,
    pub(super) folder: Arc<str>,
    pub(super) is_message: bool,
    pub(super) range: Range<usize>,
}

impl Listing {
    /// Registers an entry. Returns its path if it is a file that may be mail.
    pub(super) fn register(
        &mut self,
        name: &str,
        kind: MemberKind,
    ) -> Result<Option<String>, ReadError> {
        self.entries += 1;
        if self.entries > ENTRIES_MAX {
            return Err(ReadError::TooManyEntries { limit: ENTRIES_MAX });
        }
        let path = match path_of(name) {
            Ok(path) => path,
            Err(why) => {
                self.fail(shown(name), why.into());
                return Ok(None);
            }
        };
        if kind == MemberKind::Folder {
            self.meet_folder(&path);
            return Ok(None);
        }
        let (parent, own) = split_path(&path);
        if kind == MemberKind::Other || own.is_empty() || own.starts_with('.') {
            return Ok(None);
        }
        if matches!(NamedFormat::of(own.as_bytes()), NamedFormat::Archive(_)) {
            self.nested += 1;
            return Ok(None);
        }
        self.meet_folder(parent);
        if own.contains(":2,") && self.folders.contains(parent) {
            self.flagged.insert(parent.into());
        }
        Ok(Some(path))
    }

    fn meet_folder(&mut self, path: &str) {
        if matches!(split_path(path).1, "cur" | "new" | "tmp") && !self.folders.contains(path) {
            self.folders.insert(path.into());
        }
    }

    /// Copies a file that is mail into the spool.
    pub(super) fn take(
        &mut self,
        path: String,
        from: &mut dyn Read,
        spool: &mut Spool,
    ) -> Result<(), ReadError> {
        let mut first = Vec::new();
        Read::take(&mut *from, FORM_BYTES as u64)
            .read_to_end(&mut first)
            .map_err(ReadError::unpacking)?;
        if Packing::of(&first).is_some() {
            self.nested += 1;
            return Ok(());
        }
        let (parent, own) = split_path(&path);
        let is_named = NamedFormat::of(own.as_bytes()).is_message()
            || matches!(split_path(parent).1, "cur" | "new");
        if !is_named && form(&first) == MailFormat::Other {
            return Ok(());
        }
        let range = spool.take(&mut first.as_slice().chain(from))?;
        match self.numbers.get(&path) {
            Some(&at) => self.mail[at].1 = range,
            None => {
                self.numbers.insert(path.clone(), self.mail.len());
                self.mail.push((path, range));
            }
        }
        Ok(())
    }

    pub(super) fn fail(&mut self, name: &str, error: String) {
        self.failures.push((name.into(), error));
    }

    fn is_maildir(&self, path: &str) -> bool {
        let sub = |name: &str| join(path, name);
        self.folders.contains(&sub("cur"))
            && (self.folders.contains(&sub("new"))
                || self.folders.contains(&sub("tmp"))
                || self.flagged.contains(&sub("cur")))
    }

    /// Returns the mail by its names in output. `archive` is the name of the archive.
    pub(super) fn members(&self, archive: &str) -> Vec<Member> {
        let mut folders: HashMap<&str, Option<Folder>> = HashMap::new();
        folders.insert("", Some(Folder::new(archive, self.is_maildir(""))));
        let mut found = Vec::new();
        for (path, range) in &self.mail {
            let (parent, own) = split_path(path);
            self.enter(parent, &mut folders);
            let Some(Some(folder)) = folders.get(parent) else {
                continue;
            };
            let is_kept = folder.kind == FolderKind::Messages;
            let own_name = if is_kept {
                maildir::unique_name(own)
            } else {
                own
            };
            found.push(Member {
                name: join(&folder.name, own_name),
                folder: folder.name.clone(),
                is_message: is_kept || NamedFormat::of(own.as_bytes()).is_message(),
                range: range.clone(),
            });
        }
        found
    }

    /// Registers the kind of the folder at a path, and of all folders above it.
    fn enter<'p>(&self, path: &'p str, folders: &mut HashMap<&'p str, Option<Folder>>) {
        let ends = path.match_indices('/').map(|(at, _)| at);
        for end in ends.chain([path.len()]) {
            let path = &path[..end];
            if folders.contains_key(path) {
                continue;
            }
            let (parent, own) = split_path(path);
            let folder = match folders.get(parent) {
                Some(Some(parent)) => {
                    let Ok(child) =
                        parent.child(own, || Ok::<_, Infallible>(self.is_maildir(path)));
                    child
                }
                _ => None,
            };
            folders.insert(path, folder);
        }
    }
}

/// Returns a name, cut off to the length that an error shows.
fn shown(name: &str) -> &str {
    &name[..name.floor_char_boundary(NAME_BYTES_MAX)]
}

/// Splits a path into its folder and its last component.
fn split_path(path: &str) -> (&str, &str) {
    path.rsplit_once('/').unwrap_or(("", path))
}

/// Converts a name in an archive to a path relative to the archive's root; an error if it leads outside or is too long.
fn path_of(name: &str) -> Result<String, &'static str> {
    let has_drive =
        matches!(name.as_bytes(), [letter, b':', b'/' | b'\\', ..] if letter.is_ascii_alphabetic());
    if name.len() > NAME_BYTES_MAX {
        return Err("has a name of more than 4,096 bytes in the archive, so it is not read");
    }
    if name.bytes().filter(|&byte| byte == b'/').count() > FOLDERS_MAX {
        return Err("lies within more than 100 folders in the archive, so it is not read");
    }
    if name.starts_with('/') || has_drive {
        return Err("has an absolute name in the archive, so it is not read");
    }
    let mut path = String::with_capacity(name.len());
    for part in name.split('/') {
        match part {
            "" | "." => continue,
            ".." => return Err("has a name that leads out of the archive, so it is not read"),
            part if path.is_empty() => path.push_str(part),
            part => {
                path.push('/');
                path.push_str(part);
            }
        }
    }
    Ok(path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_name_leads_out() {
        let cases = [
            ("a/b.eml", Some("a/b.eml")),
            ("./a//b.eml", Some("a/b.eml")),
            ("a..b/...", Some("a..b/...")),
            ("../a", None),
            ("a/../../b", None),
            ("/etc/passwd", None),
            ("C:/x", None),
            ("", Some("")),
        ];
        for (name, want) in cases {
            assert_eq!(path_of(name).ok().as_deref(), want, "{name}");
        }
    }

    #[test]
    fn names_are_bounded_in_length_and_number() {
        let mut listing = Listing::default();
        for _ in 0..ENTRIES_MAX {
            assert!(listing.register("a/link", MemberKind::Other).is_ok());
        }
        let refused = listing.register("a/link", MemberKind::Other);
        assert!(matches!(refused, Err(ReadError::TooManyEntries { .. })));
        for (name, is_read) in [
            ("a".repeat(4096), true),
            ("a".repeat(4097), false),
            ("a/".repeat(100) + "b", true),
            ("a/".repeat(101) + "b", false),
        ] {
            assert_eq!(path_of(&name).is_ok(), is_read, "{} bytes", name.len());
        }
    }
}
