//! What the documents claim: the tests that they name are there, and what they say of the sources is so.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::place::{Place, ran};

const SECURITY: &str = "docs/security.md";

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn read(path: &str) -> String {
    fs::read_to_string(root().join(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

/// What stands between backquotes.
fn quoted(text: &str) -> impl Iterator<Item = &str> {
    text.split('`').skip(1).step_by(2)
}

/// The tests that a document names, as the file and the name in it.
fn cited(text: &str) -> Vec<(&str, &str)> {
    let is_place = |file: &str| file.starts_with("tests/") || file.starts_with("src/");
    let pairs = quoted(text).filter_map(|it| it.split_once("::"));
    pairs.filter(|(file, _)| is_place(file)).collect()
}

/// Whether a file of tests, or of cases, has one of that name.
fn has_test(file: &str, text: &str, name: &str) -> bool {
    match file.ends_with(".toml") {
        true => text.contains(&format!("name = \"{name}")),
        false => {
            let at = text.find(&format!("fn {name}("));
            // A property is a function within a macro, and has its attribute all the same.
            at.is_some_and(|at| text[..at].trim_end().ends_with("#[test]"))
        }
    }
}

/// The files of the sources whose text is so.
fn sources(is_so: impl Fn(&str) -> bool) -> BTreeSet<String> {
    let files = walkdir::WalkDir::new(root().join("src")).into_iter();
    let paths = files.map(|entry| entry.unwrap().into_path());
    let is_source = |path: &PathBuf| path.extension().is_some_and(|it| it == "rs");
    let so = paths
        .filter(is_source)
        .filter(|path| is_so(&fs::read_to_string(path).unwrap()));
    so.map(|path| path.strip_prefix(root()).unwrap().display().to_string())
        .collect()
}

#[test]
fn every_test_that_a_document_names_is_there() {
    let text = read(SECURITY);
    let cited = cited(&text);
    assert!(cited.len() > 50, "{}", cited.len());
    let missing: Vec<_> = cited
        .into_iter()
        .filter(|(file, name)| !has_test(file, &read(file), name))
        .collect();
    assert!(missing.is_empty(), "{missing:#?}");
}

#[test]
fn a_test_that_is_not_there_is_missed() {
    let text =
        "#[test]\nfn first() {}\n/// Second.\n#[test]\n#[ignore]\nfn second() {}\nfn third() {}\n";
    let found = |name: &str| has_test("tests/it/a.rs", text, name);
    let all = ["first", "second", "third", "fir"].map(found);
    assert_eq!(all, [true, false, false, false]);
    let of_cases = |name: &str| has_test("a.toml", "name = \"one: two\"\n", name);
    assert_eq!(
        ["one: two", "one", "two"].map(of_cases),
        [true, true, false]
    );
    let pairs = cited("a `tests/it/a.rs::b`, `src/c.rs::d` and `x::y`, `mailtrack run`");
    assert_eq!(pairs, [("tests/it/a.rs", "b"), ("src/c.rs", "d")]);
}

#[test]
fn constants_that_the_document_names_are_there() {
    let text = read(SECURITY);
    let is_constant = |it: &&str| it.ends_with("_MAX") && !it.contains(' ');
    let names: BTreeSet<&str> = quoted(&text).filter(is_constant).collect();
    assert!(names.len() > 4, "{names:?}");
    for name in names {
        let defined = sources(|source| source.contains(&format!("const {name}: ")));
        assert!(!defined.is_empty(), "{name}");
    }
}

#[test]
fn unsafe_code_stands_only_where_the_document_says() {
    let text = read(SECURITY);
    let (_, chapter) = text.split_once("## Memory safety").unwrap();
    let (chapter, _) = chapter.split_once("\n## ").unwrap();
    let rows = chapter.lines().filter(|line| line.starts_with("| `"));
    let listed: BTreeSet<String> = rows
        .filter_map(|line| quoted(line).next())
        .map(Into::into)
        .collect();
    assert_eq!(
        sources(|source| source.contains("allow(unsafe_code)")),
        listed
    );
    assert!(read("Cargo.toml").contains("unsafe_code = \"deny\""));
}

#[test]
fn only_these_modules_name_the_network() {
    let names = [
        "TcpStream",
        "UnixStream",
        "UdpSocket",
        "lettre::transport",
        "postgres::Client",
        "postgres::Config",
        "tokio",
    ];
    let found = sources(|source| names.iter().any(|name| source.contains(name)));
    let is_said =
        |file: &String| file.starts_with("src/base/postgresql/") || file == "src/send/smtp.rs";
    let others: Vec<_> = found.iter().filter(|file| !is_said(file)).collect();
    assert!(others.is_empty(), "{others:?}");
    assert!(found.len() > 1, "{found:?}");
}

#[test]
fn what_is_written_has_the_permissions_that_the_umask_leaves() {
    use std::os::unix::fs::PermissionsExt as _;
    for (mask, of_others) in [("077", 0), ("022", 0o044)] {
        let place = Place::new();
        place.write(
            "mail/1.eml",
            "From: Kim <kim@fabrikam.example>\nMessage-ID: <1@x.example>\n\nHi\n",
        );
        for command in [
            "run mail --book book --out out",
            "book build book -o book.mtb",
            "report out -o report.html",
            "export out --to csv -o sheets",
            "export out --to sqlite -o out.sqlite",
        ] {
            let mut shell = Command::new("sh");
            shell
                .args(["-c", &format!("umask {mask}; exec \"$0\" {command}")])
                .arg(assert_cmd::cargo::cargo_bin!("mailtrack"))
                .current_dir(place.path(""));
            let ran = ran(shell);
            assert_eq!(ran.status, 0, "{command}: {}", ran.stderr);
        }
        for written in ["out", "book.mtb", "report.html", "sheets", "out.sqlite"] {
            for entry in walkdir::WalkDir::new(place.path(written)) {
                let entry = entry.unwrap();
                let mode = entry.metadata().unwrap().permissions().mode() & 0o777;
                let name = entry.path().display();
                assert_eq!(
                    mode & 0o066 & !of_others,
                    0,
                    "{name} {mode:o}, umask {mask}"
                );
            }
        }
    }
}
