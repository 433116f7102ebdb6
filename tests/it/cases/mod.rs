//! The cases of `cases/*.toml`, one file per group of rules. Those of `interface.toml` run the built program, all
//! others the library in this process. Each case runs with LF mail on one thread and on three, which must write the
//! same bytes, and with CRLF mail on three.
//!
//! A case has these keys, all but `name` and `rule` optional:
//! - `name`, `rule`: what it checks, and the rule that says so
//! - `options`: the text of the options file
//! - `book`: files that take the place of those in `cases/book.toml`, or are added; an empty text removes one
//! - `mail`: files of the mail folder. A text is the whole file; a table is a message, of which only what differs from
//!   Ann's note to Uma is given (`from`, `to`, `cc`, `bcc`, `subject`, `date`, `id`, `re`, `refs`, `head`, `body`; an
//!   empty text leaves the field out; the id is `<name@x>`, from the file's name); a list of tables is an mbox
//! - `latin1`: the mail is written in that charset instead of UTF-8
//! - `links`: symbolic links in the mail folder, name and target
//! - `args`: further arguments; `mails`: the mail arguments, `["mail"]` if left out; `runs`: how many times it is run
//! - `expect`: what must be true afterwards:
//!   - `exit` (0) and `stderr` (texts that it contains, in any case)
//!   - `counts`: lines in an output file; `order`: the sources of the decisions; `summary`: JSON pointer and value
//!   - `exactly`: for an output file all of its lines, in any order, with the keys that matter. Prefer this form
//!   - an output file's name: some of its lines, each of which must match a line of its own
//!   - `absent`: lines that an output file must not have
//!
//!   A file, a key or a value that no schema allows is a fault, because it could never match. `"@a.eml"` stands for
//!   the activityid of that source, `"NULL"` for null; CRLF counts as LF.

mod case;
mod expect;

use std::fs;
use std::path::Path;

use serde::Deserialize;

use crate::support::start::{Binary, Library, Starter};
use case::Case;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Group {
    case: Vec<Case>,
}

fn run(file: &str, program: &dyn Starter) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it/cases");
    let text = fs::read_to_string(folder.join(file)).unwrap();
    let group: Group = toml::from_str(&text).unwrap_or_else(|problem| panic!("{file}: {problem}"));
    let mut failed = String::new();
    for case in &group.case {
        for (ends, crlf) in [("LF", false), ("CRLF", true)] {
            for fault in case.faults(crlf, program) {
                failed += &format!("{} ({}, {ends})\n    {fault}\n", case.name, case.rule);
            }
        }
    }
    assert!(failed.is_empty(), "{file}:\n{failed}");
}

macro_rules! groups {
    ($($name:ident: $program:ident)*) => {
        $(#[test]
        fn $name() {
            run(concat!(stringify!($name), ".toml"), &$program);
        })*

        #[test]
        fn every_file_of_cases_is_run() {
            let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it/cases");
            let files = fs::read_dir(folder).unwrap();
            let names = files.map(|it| it.unwrap().file_name().into_string().unwrap());
            let mut names: Vec<String> = names
                .filter_map(|name| name.strip_suffix(".toml").map(Into::into))
                .filter(|name| name != "book")
                .collect();
            names.sort();
            assert_eq!(names, [$(stringify!($name)),*]);
        }
    };
}

groups! {
    class: Library
    correlation: Library
    creation: Library
    dates: Library
    failures: Library
    filters: Library
    folders: Library
    identity: Library
    interface: Binary
    mailboxes: Library
    order: Library
    resolution: Library
    scope: Library
    senders: Library
    synchronization: Library
    text: Library
}
