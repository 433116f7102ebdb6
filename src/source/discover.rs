//! The walk over what the user names: every file is listed with the folder that output calls it by.

use std::collections::HashSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use walkdir::{DirEntry, WalkDir};

use super::folder::{Folder, FolderKind, join};
use super::{Archive, Failure, Place, emlx, is_message_name, maildir};

/// A mail path that cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum DiscoverError {
    /// It is not there, or cannot be looked at.
    #[error("{path}: {error}; give a file or folder of mail")]
    NotThere {
        /// The path as given.
        path: String,
        /// The system's reason.
        error: std::io::Error,
    },
    /// It is neither a file nor a folder.
    #[error("{path}: is neither a file nor a folder; give a file or folder of mail")]
    NoFile {
        /// The path as given.
        path: String,
    },
    /// Two arguments have one name, which output could not tell apart.
    #[error(
        "{path}: another mail argument is called `{name}` too; run over their common folder, or rename one"
    )]
    SameName {
        /// The second path as given.
        path: String,
        /// The name.
        name: String,
    },
}

/// How many files there are of each fate. Their sum is the number of files met.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct FileCounts {
    /// Files that hold at least one message, readable or not.
    pub with_messages: u64,
    /// Files that are no mail.
    pub skipped: u64,
    /// Files and folders that could not be opened.
    pub unreadable: u64,
}

/// A file that may hold mail.
#[derive(Clone, Debug)]
pub struct MailFile {
    /// Where it is.
    pub path: PathBuf,
    /// What output calls it.
    pub name: Box<str>,
    /// The folder it is in.
    pub folder: Arc<str>,
    /// By what later runs know it again.
    pub place: Place,
    /// Whether it is one message whatever it holds: a `.eml` file, packed or not, or a message of a
    /// Maildir.
    pub is_message: bool,
    /// What archive it is, if it is one.
    pub archive: Option<Archive>,
}

/// What the walk found.
#[derive(Debug, Default)]
pub struct Discovered {
    /// Files to be read.
    pub files: Vec<MailFile>,
    /// Places that could not be opened.
    pub failures: Vec<Failure>,
    /// Files that the walk itself counts: hidden files, links, devices as skipped; what cannot be opened.
    pub counts: FileCounts,
    /// Whether the files' stamps are to be taken as they are opened.
    pub wants_stamps: bool,
}

/// Walks the mail arguments.
///
/// # Errors
/// Where an argument is not there, or two have one name.
pub fn discover(arguments: &[PathBuf]) -> Result<Discovered, DiscoverError> {
    let mut found = Discovered::default();
    let mut names = HashSet::new();
    for argument in arguments {
        let meta = std::fs::metadata(argument).map_err(|error| DiscoverError::NotThere {
            path: argument.display().to_string(),
            error,
        })?;
        if !meta.is_dir() && !meta.is_file() {
            let path = argument.display().to_string();
            return Err(DiscoverError::NoFile { path });
        }
        let name = own_name(argument);
        if !names.insert(name.clone()) {
            return Err(DiscoverError::SameName {
                path: argument.display().to_string(),
                name,
            });
        }
        if !meta.is_dir() {
            found.add(argument, &name, &Arc::from(""), Place::of(argument));
        } else if arguments.len() > 1 {
            walk(argument, &name, &mut found);
        } else {
            walk(argument, "", &mut found);
        }
    }
    Ok(found)
}

/// The last part of the path, also of `.` and the like.
fn own_name(path: &Path) -> String {
    let named = path.file_name().map(ToOwned::to_owned);
    let named = named.or_else(|| path.canonicalize().ok()?.file_name().map(ToOwned::to_owned));
    named.map_or_else(|| "mail".into(), |name| name.to_string_lossy().into_owned())
}

/// The folder that is walked over, told as an absolute path once for all that is in it.
struct Root<'a> {
    path: &'a Path,
    absolute: PathBuf,
}

impl Root<'_> {
    /// As [`Place::of`], of a path below, or of a name in that.
    fn place(&self, path: &Path, own: Option<&str>) -> Place {
        let Ok(below) = path.strip_prefix(self.path) else {
            return Place::of(&own.map_or(path.into(), |own| path.join(own)));
        };
        let absolute = self.absolute.as_os_str().as_encoded_bytes();
        let below = below.as_os_str().as_encoded_bytes();
        let own = own.map(str::as_bytes);
        let mut parts: Vec<&[u8]> = vec![absolute];
        for part in [Some(below).filter(|it| !it.is_empty()), own]
            .into_iter()
            .flatten()
        {
            if !parts.last().is_some_and(|last| last.ends_with(b"/")) {
                parts.push(b"/");
            }
            parts.push(part);
        }
        Place::of_parts(&parts)
    }
}

fn walk(root: &Path, name: &str, found: &mut Discovered) {
    let whole = Root {
        path: root,
        absolute: std::path::absolute(root).unwrap_or_else(|_| root.into()),
    };
    // The folders that the walk is within, the outermost first: each is met before what is in it, and left after that.
    let mut within: Vec<Folder> = Vec::new();
    // Links are not followed: what they lead to within the folder is met at its own place, and what lies outside
    // was not asked for.
    let mut entries = WalkDir::new(root).follow_links(false).into_iter();
    while let Some(entry) = entries.next() {
        let entry = match entry {
            Ok(entry) => entry,
            Err(error) => {
                found.unreadable(root, name, &error);
                continue;
            }
        };
        within.truncate(entry.depth());
        let parent = within.last();
        if entry.file_type().is_dir() {
            match folder(&entry, name, parent) {
                Some(folder) => within.push(folder),
                None => entries.skip_current_dir(),
            }
        } else if let Some(parent) = parent {
            file(&entry, &whole, parent, found);
        }
    }
}

/// What a folder is; `None` where it is not to be walked.
fn folder(entry: &DirEntry, root_name: &str, parent: Option<&Folder>) -> Option<Folder> {
    let Some(parent) = parent else {
        return Some(Folder::new(root_name, maildir::is_maildir(entry.path())));
    };
    let own = entry.file_name().to_string_lossy();
    parent.child(&own, || maildir::is_maildir(entry.path()))
}

fn file(entry: &DirEntry, root: &Root<'_>, parent: &Folder, found: &mut Discovered) {
    let own = entry.file_name().to_string_lossy();
    if own.starts_with('.') || !entry.file_type().is_file() {
        found.counts.skipped += 1;
    } else if parent.kind == FolderKind::Messages {
        let unique = maildir::unique_name(&own);
        // Without `cur`, `new` and flags, which change as the message is read and answered.
        let maildir = entry.path().parent().and_then(Path::parent);
        found.files.push(MailFile {
            path: entry.path().to_owned(),
            name: join(&parent.name, unique).into(),
            place: root.place(maildir.unwrap_or(entry.path()), Some(unique)),
            folder: parent.name.clone(),
            is_message: true,
            archive: None,
        });
    } else {
        let name = join(&parent.name, &own);
        let place = root.place(entry.path(), None);
        if emlx::is_named(&own) {
            found.add(
                entry.path(),
                &name,
                &emlx::mailbox(&parent.name).into(),
                place,
            );
        } else {
            found.add(entry.path(), &name, &parent.name, place);
        }
    }
}

impl Discovered {
    fn add(&mut self, path: &Path, name: &str, folder: &Arc<str>, place: Place) {
        self.files.push(MailFile {
            path: path.to_owned(),
            name: name.into(),
            folder: folder.clone(),
            place,
            is_message: is_message_name(name),
            archive: Archive::of(name),
        });
    }

    fn unreadable(&mut self, root: &Path, name: &str, error: &walkdir::Error) {
        let path = error.path().unwrap_or(root);
        let below = path
            .strip_prefix(root)
            .unwrap_or(path)
            .to_string_lossy()
            .replace('\\', "/");
        let source = join(name, &below);
        let reason = error
            .io_error()
            .map_or_else(|| error.to_string(), ToString::to_string);
        self.counts.unreadable += 1;
        self.failures.push(Failure {
            source: if source.is_empty() {
                ".".into()
            } else {
                source.into()
            },
            error: format!("cannot be opened: {reason}"),
            place: Place::of(path),
        });
    }
}

#[cfg(test)]
mod tests {
    use super::{Place, Root};
    use std::path::Path;

    #[test]
    fn a_place_is_that_of_the_whole_path() {
        for root in ["mail", "./mail", ".", "/tmp/mail/", "a/../mail", "/"] {
            let root = Root {
                path: Path::new(root),
                absolute: std::path::absolute(root).unwrap(),
            };
            for below in ["a.eml", "x/y.eml", "ü/ z"] {
                let path = root.path.join(below);
                assert!(
                    root.place(&path, None) == Place::of(&path),
                    "{}",
                    path.display()
                );
                let named = root.place(&path, Some("1:2"));
                assert!(named == Place::of(&path.join("1:2")), "{}", path.display());
            }
            assert!(root.place(root.path, Some("u")) == Place::of(&root.path.join("u")));
        }
    }
}
