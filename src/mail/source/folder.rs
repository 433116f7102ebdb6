//! A *folder* of mail during the walk, on disk or in an archive: its name in output and its kind.

use std::sync::Arc;

use super::maildir;

/// A folder of mail.
#[derive(Debug)]
pub(super) struct Folder {
    pub(super) name: Arc<str>,
    pub(super) kind: FolderKind,
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum FolderKind {
    Plain,
    Maildir,
    /// The `cur` or `new` of a Maildir.
    Messages,
}

impl Folder {
    /// Creates a folder that may be a Maildir.
    pub(super) fn new(name: impl Into<Arc<str>>, is_maildir: bool) -> Folder {
        Folder {
            name: name.into(),
            kind: if is_maildir {
                FolderKind::Maildir
            } else {
                FolderKind::Plain
            },
        }
    }

    /// Returns the folder `own` within this one; `None` if it is not to be walked.
    ///
    /// # Errors
    /// Those of `is_maildir`.
    pub(super) fn child<E>(
        &self,
        own: &str,
        is_maildir: impl FnOnce() -> Result<bool, E>,
    ) -> Result<Option<Folder>, E> {
        Ok(match (self.kind, own) {
            (FolderKind::Messages, _) | (FolderKind::Maildir, "tmp") => None,
            (FolderKind::Maildir, "cur" | "new") => Some(Folder {
                name: self.name.clone(),
                kind: FolderKind::Messages,
            }),
            (FolderKind::Maildir, hidden) if hidden.starts_with('.') => {
                match maildir::subfolder(hidden) {
                    Some(sub) if is_maildir()? => Some(Folder::new(join(&self.name, &sub), true)),
                    _ => None,
                }
            }
            (_, hidden) if hidden.starts_with('.') => None,
            (_, own) => Some(Folder::new(join(&self.name, own), is_maildir()?)),
        })
    }
}

/// Joins the name of a folder and a name within it.
pub(super) fn join(folder: &str, name: &str) -> String {
    match (folder, name) {
        ("", name) => name.into(),
        (folder, "") => folder.into(),
        (folder, name) => [folder, "/", name].concat(),
    }
}
