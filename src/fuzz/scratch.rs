//! Shared helpers of the targets: rules, options, and temporary folders.

use crate::base::threads::Threads;
use crate::mail::rules::Rules;
use crate::options::Options;
use std::path::Path;
use std::path::PathBuf;
use std::sync::OnceLock;

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

/// Returns a temporary folder of this thread for files of one kind, which is removed when the thread ends.
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
