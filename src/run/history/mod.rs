//! A run's *history* is what earlier runs into the same output folder have left, as far as this run's mail asks for it:
//! which files and messages they have decided (R1, *seen*), which activities they tracked, which records they created.
//! It stands between the state and the stages, which know nothing of files: what the state says goes in before the
//! fold, and what was decided goes back after it.

pub(crate) mod known_files;
pub(crate) mod rebuild;
pub(crate) mod rows;

pub(crate) use known_files::*;
