//! The schemas of the repository are those that the program prints, and its output conforms to them.

use std::fs;
use std::path::Path;

use crate::place::{Place, ran};
use crate::program::mailtrack;
use crate::schemas::{fault, hold, published};

fn printed(args: &[&str]) -> String {
    let output = mailtrack(Path::new("."), args);
    let errors = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!((output.status.code(), &*errors), (Some(0), ""), "{args:?}");
    String::from_utf8(output.stdout).unwrap()
}

#[test]
fn the_schemas_of_the_repository_are_those_of_the_program() {
    let names = printed(&["schema"]);
    let mut files: Vec<String> = names
        .lines()
        .map(|name| format!("{name}.schema.json"))
        .collect();
    files.sort();
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("schemas");
    let mut there: Vec<String> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    there.sort();
    assert_eq!(there, files);
    for name in names.lines() {
        let now = printed(&["schema", name]);
        assert!(
            now == published(name),
            "mailtrack schema {name} > schemas/{name}.schema.json"
        );
    }
    assert_eq!(printed(&["options", "schema"]), published("options"));
}

#[test]
fn what_the_demo_writes_is_as_the_schemas_say() {
    let demo = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/demo");
    for options in [
        "options.toml",
        "options-responses.toml",
        "options-sent.toml",
        "options-none.toml",
    ] {
        let out = tempfile::tempdir().unwrap();
        let folder = out.path().to_str().unwrap();
        let args = [
            "run",
            "mail",
            "--book",
            "book",
            "--quiet",
            "--options",
            options,
            "--out",
            folder,
        ];
        assert!(mailtrack(&demo, &args).status.success());
        for entry in fs::read_dir(out.path()).unwrap() {
            let path = entry.unwrap().path();
            let name = path.file_stem().unwrap().to_str().unwrap();
            let kind = path.extension().and_then(|kind| kind.to_str());
            match kind {
                Some("jsonl") => hold(name, &fs::read_to_string(&path).unwrap()),
                Some("json") => {
                    let text = fs::read_to_string(&path).unwrap();
                    assert_eq!(fault(name, &text), None);
                }
                _ => (),
            }
        }
    }
}

#[test]
fn the_schema_of_options_takes_the_files_that_the_program_takes() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    for file in [
        "rules/default.toml",
        "rules/outlook.toml",
        "fixtures/demo/options.toml",
        "fixtures/demo/options-responses.toml",
    ] {
        let text = fs::read_to_string(root.join(file)).unwrap();
        let options: toml::Table = toml::from_str(&text).unwrap();
        let json = serde_json::to_string(&options).unwrap();
        assert_eq!(fault("options", &json), None, "{file}");
    }
    let unknown = r#"{"email": {"trakc": "all"}}"#;
    assert!(fault("options", unknown).is_some());
}

#[test]
fn a_line_that_is_not_as_the_schema_says_is_found() {
    let cases = [
        ("failures", r#"{"source":"a","error":"b"}"#, true),
        ("failures", r#"{"error":"b","source":"a"}"#, false),
        ("failures", r#"{"source":"a"}"#, false),
        ("failures", r#"{"source":"a","error":null}"#, false),
        ("failures", r#"{"source":"a","error":"b","more":1}"#, false),
        (
            "updates",
            r#"{"activityid":"a","regardingobjectid":"account:a-1","source":"s"}"#,
            true,
        ),
        (
            "updates",
            r#"{"activityid":"a","regardingobjectid":"a-1","source":"s"}"#,
            false,
        ),
    ];
    for (name, line, is_good) in cases {
        assert_eq!(fault(name, line).is_none(), is_good, "{line}");
    }
}

#[test]
fn a_document_without_a_schema_is_refused_with_what_there_is() {
    let place = Place::new();
    let ran = ran(place.command("schema decision"));
    assert_eq!((ran.status, &*ran.stdout), (2, ""));
    assert!(ran.stderr.contains("'decisions'"), "{}", ran.stderr);
}
