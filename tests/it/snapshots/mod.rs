//! Snapshots of what the program prints and of the report. Each is a file beside this one. Changed texts are accepted
//! with `INSTA_UPDATE=always cargo test --test it snapshots`; review the changed files with the code.

mod explain;
mod help;
pub(crate) mod report;
mod summary;

use std::path::Path;

use regex::Regex;

use crate::place::{Place, ran};

const SOURCE: &str = env!("CARGO_MANIFEST_DIR");
const DEMO: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures/demo");

/// Compares a text with the snapshot of this name.
#[track_caller]
pub(crate) fn hold(name: &str, text: &str) {
    let version = format!("mailtrack {}", env!("CARGO_PKG_VERSION"));
    let text = text.replace(&version, "mailtrack [version]");
    let mut settings = insta::Settings::new();
    settings.set_snapshot_path(Path::new(SOURCE).join("tests/it/snapshots"));
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    settings.bind(|| insta::assert_snapshot!(name, text));
}

/// Returns the exit status of a command and what it prints, without paths and times.
fn printed(place: &Place, arguments: &str) -> String {
    let ran = ran(place.command(arguments));
    let mut text = format!("exit status {}\n", ran.status);
    for (name, printed) in [("error", &ran.stderr), ("output", &ran.stdout)] {
        if !printed.is_empty() {
            text += &format!("--- standard {name}\n{printed}");
        }
    }
    redacted(place, &text)
}

fn redacted(place: &Place, text: &str) -> String {
    let folder = place.path("");
    let folder = folder.to_str().unwrap().trim_end_matches('/');
    let text = text.replace(folder, "[folder]").replace(SOURCE, "[source]");
    // This line begins with the time that a run took.
    let seconds = Regex::new(r"(?m)^\d+\.\d+ s\b.*$").unwrap();
    seconds.replace_all(&text, "[time]").into_owned()
}
