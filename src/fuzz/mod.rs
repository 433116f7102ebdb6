//! What fuzzing calls: one function for each kind of input that comes from outside. Each takes any bytes at all, and panics
//! if a property does not hold: that a fast way gives what the slow way gives, that ranges lie within what they are ranges
//! of, that what is printed holds no control characters.
//!
//! The module is compiled for fuzzing and for the tests, which hand each function the fixtures and damaged copies of them,
//! so that the properties hold and the targets build whenever the tests pass. `docs/src/fuzzing.md` says how to run them.
#![allow(clippy::expect_used, clippy::panic, clippy::unwrap_used)]

mod mail;
mod records;
mod state;
mod text;

use std::path::{Path, PathBuf};
use std::sync::OnceLock;

pub use mail::{addresses, archives, head, mbox, mime};
pub use records::{book, index, presets, vcards};
pub use state::state;
pub use text::{calendar, conversation, options, text};

use crate::options::Options;
use crate::rules::Rules;
use crate::threads::Threads;

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
    ("mime", mime),
    ("options", options),
    ("presets", presets),
    ("state", state),
    ("text", text),
    ("vcards", vcards),
];

fn rules() -> &'static Rules {
    static RULES: OnceLock<Rules> = OnceLock::new();
    RULES.get_or_init(|| Rules::built_in().unwrap())
}

fn defaults() -> &'static Options {
    static DEFAULTS: OnceLock<Options> = OnceLock::new();
    DEFAULTS.get_or_init(|| Options::defaults().unwrap())
}

fn threads() -> &'static Threads {
    static THREADS: OnceLock<Threads> = OnceLock::new();
    THREADS.get_or_init(|| Threads::new(1).unwrap())
}

/// A folder of this thread's own for files of one kind, which is removed when the thread ends.
fn scratch(name: &str) -> PathBuf {
    thread_local! {
        static FOLDER: tempfile::TempDir = tempfile::Builder::new().prefix("mailtrack-fuzz-").tempdir().unwrap();
    }
    let path = FOLDER.with(|folder| folder.path().join(name));
    std::fs::create_dir_all(&path).unwrap();
    path
}

fn write(path: &Path, bytes: &[u8]) {
    std::fs::write(path, bytes).unwrap();
}

#[cfg(test)]
mod tests;
