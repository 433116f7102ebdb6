//! Claims of the documents: the tests that they name exist, and what they say about the sources is true.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::place::{Place, ran};

const SECURITY: &str = "docs/src/security.md";

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn read(path: &str) -> String {
    fs::read_to_string(root().join(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

/// Returns the texts between backquotes.
fn quoted(text: &str) -> impl Iterator<Item = &str> {
    text.split('`').skip(1).step_by(2)
}

/// Returns the tests that a document names, as file and name.
fn cited(text: &str) -> Vec<(&str, &str)> {
    let is_place = |file: &str| file.starts_with("tests/") || file.starts_with("src/");
    let pairs = quoted(text).filter_map(|it| it.split_once("::"));
    pairs.filter(|(file, _)| is_place(file)).collect()
}

/// Returns whether a file of tests or cases has a test with this name.
fn has_test(file: &str, text: &str, name: &str) -> bool {
    match file.ends_with(".toml") {
        true => text.contains(&format!("name = \"{name}")),
        false => {
            let at = text.find(&format!("fn {name}("));
            // A property is a function inside a macro, with the same attribute.
            at.is_some_and(|at| text[..at].trim_end().ends_with("#[test]"))
        }
    }
}

/// Returns the source files whose text satisfies `is_so`.
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

/// Returns the Markdown files of the repository and of the book.
fn documents() -> Vec<String> {
    let book = walkdir::WalkDir::new(root().join("docs/src")).sort_by_file_name();
    let chapters = book.into_iter().map(|entry| entry.unwrap().into_path());
    let chapters = chapters.filter(|path| path.extension().is_some_and(|it| it == "md"));
    let names = chapters.map(|path| path.strip_prefix(root()).unwrap().display().to_string());
    let top = [
        "README.md",
        "ARCHITECTURE.md",
        "CONTRIBUTING.md",
        "CHANGELOG.md",
        "SECURITY.md",
    ];
    top.map(Into::into).into_iter().chain(names).collect()
}

/// Returns the code blocks of a document in a language.
fn blocks<'t>(text: &'t str, language: &str) -> Vec<&'t str> {
    let begin = format!("```{language}\n");
    let after = text.split(&begin).skip(1);
    after
        .map(|block| block.split("```").next().unwrap())
        .collect()
}

/// Returns the anchors of a document's headings.
fn anchors(text: &str) -> BTreeSet<String> {
    let mut is_code = false;
    let is_heading = |line: &&str| {
        is_code ^= line.starts_with("```");
        !is_code && line.starts_with('#')
    };
    let headings = text.lines().filter(is_heading);
    let kept = |c: char| c.is_alphanumeric() || " -_".contains(c);
    let name = |line: &str| {
        let text = line.trim_start_matches('#').trim().to_lowercase();
        text.chars()
            .filter(|c| kept(*c))
            .collect::<String>()
            .replace(' ', "-")
    };
    headings.map(name).collect()
}

/// Returns the links of a document to other files and headings of the repository.
fn links(text: &str) -> impl Iterator<Item = &str> {
    let targets = text
        .split("](")
        .skip(1)
        .filter_map(|it| it.split(')').next());
    targets.filter(|target| !target.starts_with("http"))
}

#[test]
fn every_link_leads_somewhere() {
    let mut broken = Vec::new();
    let mut count = 0;
    for name in documents() {
        let folder = Path::new(&name).parent().unwrap().to_owned();
        for link in links(&read(&name)) {
            count += 1;
            let (file, anchor) = link.split_once('#').unwrap_or((link, ""));
            let path = match file {
                "" => PathBuf::from(&name),
                file => folder.join(file),
            };
            let is_there = root().join(&path).exists()
                && (anchor.is_empty() || anchors(&read(path.to_str().unwrap())).contains(anchor));
            if !is_there {
                broken.push(format!("{name}: {link}"));
            }
        }
    }
    assert!(broken.is_empty(), "{broken:#?}");
    assert!(count > 100, "{count}");
}

#[test]
fn every_chapter_is_in_the_summary_and_links_stay_within_the_book() {
    let summary = read("docs/src/SUMMARY.md");
    for name in documents() {
        let Some(chapter) = name.strip_prefix("docs/src/") else {
            continue;
        };
        assert!(
            chapter == "SUMMARY.md" || summary.contains(&format!("]({chapter})")),
            "{chapter} is not in the summary"
        );
        let depth = chapter.matches('/').count();
        let leaves = |link: &&str| link.matches("../").count() > depth;
        let text = read(&name);
        let outside: Vec<&str> = links(&text).filter(leaves).collect();
        assert!(outside.is_empty(), "{chapter}: {outside:?}");
    }
}

#[test]
fn each_block_of_options_in_the_documents_is_accepted() {
    let place = Place::new();
    let mut count = 0;
    for name in documents() {
        for block in blocks(&read(&name), "toml") {
            count += 1;
            place.write("options.toml", block);
            let checked = ran(place.command("options check options.toml"));
            assert_eq!(checked.status, 0, "{name}: {block}: {}", checked.stderr);
        }
    }
    assert!(count > 8, "{count}");
}

#[test]
fn the_readme_is_a_screen_or_two() {
    assert!(read("README.md").lines().count() <= 150);
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
