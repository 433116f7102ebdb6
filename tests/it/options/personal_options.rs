//! The personal options of the Set Personal Options dialog, each switched once: the cases of
//! `personal_options.toml`, and the table of them in the guide `docs/src/guides/dialog.md`.
//!
//! Each case runs twice, with the options `a` and `b`, over the same mail and book. It has these keys, all but `option`,
//! `a` and `b` optional:
//! - `option`: its name in the guide's table
//! - `both`: a line of options that both have
//! - `commands`: `run` over the folder if left out; one that begins with `watch` is ended after some seconds
//! - `files`: further files; `later`: those that come before the last command or, under `watch`, after its first run
//! - `see`: the file whose lines are compared (`out/decisions.jsonl`), or `said`: what the last command said
//! - `keys`: of a file of JSON lines those that are looked at (`source` and `reason`)
//! - `a`, `b`: `options`, the lines that `only` this one has, and the last command's `status` (0)

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io::{BufRead as _, BufReader};
use std::process::{Command, Stdio};
use std::time::Duration;

use serde::Deserialize;
use serde_json::Value;

use crate::place::{Place, ran};

const GUIDE: &str = include_str!(concat!(
    env!("CARGO_MANIFEST_DIR"),
    "/docs/src/guides/dialog.md"
));
const CASES: &str = include_str!("personal_options.toml");

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Cases {
    case: Vec<Case>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Case {
    option: String,
    #[serde(default)]
    both: String,
    #[serde(default = "run")]
    commands: Vec<String>,
    #[serde(default)]
    files: BTreeMap<String, String>,
    #[serde(default)]
    later: BTreeMap<String, String>,
    #[serde(default = "decisions")]
    see: String,
    #[serde(default = "source_and_reason")]
    keys: Vec<String>,
    a: Side,
    b: Side,
}

#[derive(Deserialize)]
#[serde(default, deny_unknown_fields)]
#[derive(Default)]
struct Side {
    options: String,
    status: i32,
    only: BTreeSet<String>,
}

fn run() -> Vec<String> {
    vec!["run mail --book book --options options.toml --out out --quiet".into()]
}

fn decisions() -> String {
    "out/decisions.jsonl".into()
}

fn source_and_reason() -> Vec<String> {
    vec!["source".into(), "reason".into()]
}

/// Creates mail of two contacts, a lead and a new person with a vCard.
fn place() -> Place {
    let place = Place::new();
    let book = [
        (
            "contact",
            "contactid,fullname,emailaddress1,jobtitle\nc-1,Kim Abel,kim@fabrikam.example,Buyer\nc-2,Lea Roth,lea@fabrikam.example,Cook\n",
        ),
        (
            "lead",
            "leadid,fullname,emailaddress1\nl-1,Max Moll,max@x.example\n",
        ),
        (
            "account",
            "accountid,name,websiteurl\na-1,Litware Limited,litware.example\n",
        ),
    ];
    for (name, text) in book {
        place.write(&format!("book/{name}.csv"), text);
    }
    for (file, from) in [
        ("kim", "kim@fabrikam.example"),
        ("lea", "lea@fabrikam.example"),
        ("max", "max@x.example"),
        ("Deals/nora", "Nora New <nora@litware.example>"),
    ] {
        place.write(
            &format!("mail/{file}.eml"),
            format!(
                "From: {from}\nTo: ann@contoso.example\nMessage-ID: <{file}@x>\nSubject: Hello\n\nHi\n"
            ),
        );
    }
    place.write(
        "cards/nora.vcf",
        "BEGIN:VCARD\r\nVERSION:4.0\r\nFN:Nora New\r\nEMAIL:nora@litware.example\r\nORG:Litware & Daughters\r\nNOTE:likes tea\r\nEND:VCARD\r\n",
    );
    place
}

impl Case {
    /// Returns whether its last command runs until it is stopped.
    fn watches(&self) -> bool {
        self.commands
            .last()
            .is_some_and(|it| it.starts_with("watch"))
    }
}

fn write(place: &Place, files: &BTreeMap<String, String>) {
    for (name, text) in files {
        place.write(name, text);
    }
}

/// Runs `watch` once, and for some seconds after `later`.
fn watch(mut command: Command, later: impl Fn()) {
    let mut child = command.stdout(Stdio::piped()).spawn().unwrap();
    let mut line = String::new();
    let mut stdout = BufReader::new(child.stdout.take().unwrap());
    stdout.read_line(&mut line).unwrap();
    later();
    std::thread::sleep(Duration::from_secs(4));
    let sent = Command::new("kill")
        .args(["-TERM", &child.id().to_string()])
        .status();
    assert!(sent.unwrap().success());
    assert_eq!(child.wait().unwrap().code(), Some(0), "{line}");
}

/// Returns the lines that a case compares.
fn seen(case: &Case, side: &Side) -> BTreeSet<String> {
    let place = place();
    write(&place, &case.files);
    place.write("options.toml", format!("{}\n{}\n", case.both, side.options));
    let (last, before) = case.commands.split_last().unwrap();
    for command in before {
        let ran = ran(place.command(command));
        assert_eq!(ran.status, 0, "{}: {command}: {}", case.option, ran.stderr);
    }
    let mut said = String::new();
    if case.watches() {
        watch(place.command(last), || write(&place, &case.later));
    } else {
        write(&place, &case.later);
        let ran = ran(place.command(last));
        said = ran.stdout + &ran.stderr;
        assert_eq!(ran.status, side.status, "{}: {said}", case.option);
    }
    if case.see == "said" {
        return said.lines().map(Into::into).collect();
    }
    // The folder does not exist if nothing was sent.
    let text = fs::read_to_string(place.path(&case.see)).unwrap_or_default();
    text.lines().map(|line| looked_at(case, line)).collect()
}

fn looked_at(case: &Case, line: &str) -> String {
    let Ok(row) = serde_json::from_str::<Value>(line) else {
        return line.into();
    };
    let cell = |key: &String| row[key].as_str().unwrap_or("null").to_owned();
    case.keys
        .iter()
        .map(cell)
        .collect::<Vec<String>>()
        .join(" ")
}

#[test]
fn each_option_changes_what_it_says() {
    let cases: Cases = toml::from_str(CASES).unwrap();
    // Those with `watch` mostly wait, so the others run meanwhile.
    std::thread::scope(|scope| {
        let (waiting, others): (Vec<_>, Vec<_>) = cases.case.iter().partition(|it| it.watches());
        for case in waiting {
            scope.spawn(|| hold(case));
        }
        others.into_iter().for_each(hold);
    });
}

fn hold(case: &Case) {
    let (a, b) = std::thread::scope(|scope| {
        let a = scope.spawn(|| seen(case, &case.a));
        let b = seen(case, &case.b);
        (a.join().unwrap(), b)
    });
    let only = |these: &BTreeSet<String>, those: &BTreeSet<String>| -> BTreeSet<String> {
        these.difference(those).cloned().collect()
    };
    assert_eq!(only(&a, &b), case.a.only, "{}: a", case.option);
    assert_eq!(only(&b, &a), case.b.only, "{}: b", case.option);
    assert_ne!(case.a.only, case.b.only, "{}", case.option);
}

/// Returns the guide's table: the name of each option with its lines of options.
fn table() -> Vec<(&'static str, Vec<&'static str>)> {
    let rows = GUIDE.lines().filter(|line| line.starts_with('|')).skip(2);
    rows.map(|row| {
        let cells: Vec<&str> = row.trim_matches('|').split(" | ").map(str::trim).collect();
        let lines = cells[1].split("<br>").map(|line| line.trim_matches('`'));
        (cells[0], lines.collect())
    })
    .collect()
}

#[test]
fn the_guides_table_has_fourteen_options_whose_lines_are_accepted() {
    let place = Place::new();
    let table = table();
    assert_eq!(table.len(), 14);
    for (option, lines) in table {
        place.write("options.toml", lines.join("\n"));
        let checked = ran(place.command("options check options.toml"));
        assert_eq!(checked.status, 0, "{option}: {}", checked.stderr);
    }
}

#[test]
fn each_option_of_the_guides_table_has_a_case() {
    let cases: Cases = toml::from_str(CASES).unwrap();
    let named: Vec<&str> = cases.case.iter().map(|case| &*case.option).collect();
    let known: Vec<&str> = table().into_iter().map(|(option, _)| option).collect();
    assert_eq!(named, known);
}
