//! The targets by their names, and what they share.

use crate::fuzz::mail::addresses;
use crate::fuzz::mail::archives;
use crate::fuzz::mail::head;
use crate::fuzz::mail::mbox;
use crate::fuzz::records::book;
use crate::fuzz::records::index;
use crate::fuzz::records::presets;
use crate::fuzz::records::vcards;
use crate::fuzz::state::state;
use crate::fuzz::text::calendar;
use crate::fuzz::text::conversation;
use crate::fuzz::text::options;
use crate::fuzz::text::text;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use crate::base::threads::Threads;
use crate::mail::rules::Rules;
use crate::options::Options;

/// A target: it takes any bytes.
pub type Target = fn(&[u8]);

/// Every target by its name, which is that of its file in `fuzz/fuzz_targets` and of its folder of seeds.
pub const TARGETS: [(&str, Target); 14] = [
    ("addresses", addresses),
    ("archives", archives),
    ("book", book),
    ("calendar", calendar),
    ("conversation", conversation),
    ("head", head),
    ("index", index),
    ("mbox", mbox),
    ("mime", super::mail::mime),
    ("options", options),
    ("presets", presets),
    ("state", state),
    ("text", text),
    ("vcards", vcards),
];

pub(super) fn rules() -> &'static Rules {
    static RULES: OnceLock<Rules> = OnceLock::new();
    RULES.get_or_init(|| Rules::built_in().unwrap())
}

pub(super) fn defaults() -> &'static Options {
    static DEFAULTS: OnceLock<Options> = OnceLock::new();
    DEFAULTS.get_or_init(|| Options::defaults().unwrap())
}

pub(super) fn threads() -> &'static Threads {
    static THREADS: OnceLock<Threads> = OnceLock::new();
    THREADS.get_or_init(|| Threads::new(1).unwrap())
}

/// A folder of this thread's own for files of one kind, which is removed when the thread ends.
pub(super) fn scratch(name: &str) -> PathBuf {
    thread_local! {
        static FOLDER: tempfile::TempDir = tempfile::Builder::new().prefix("mailtrack-fuzz-").tempdir().unwrap();
    }
    let path = FOLDER.with(|folder| folder.path().join(name));
    std::fs::create_dir_all(&path).unwrap();
    path
}

pub(super) fn write(path: &Path, bytes: &[u8]) {
    std::fs::write(path, bytes).unwrap();
}
