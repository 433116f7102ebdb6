//! The schemas: those of the repository are what the program prints, and what it writes is as they say. The other tests
//! hold every line that they read against them.

use std::cell::RefCell;
use std::collections::HashMap;
use std::fs;
use std::path::Path;

use boon::{Compiler, SchemaIndex, Schemas};
use serde_json::Value;

use crate::place::ran;
use crate::program::{Keys, mailtrack};

/// A schema of the repository, compiled.
struct Compiled {
    schemas: Schemas,
    index: SchemaIndex,
    /// The keys that every document has, in the order in which they stand.
    required: Vec<String>,
}

thread_local! {
    static COMPILED: RefCell<HashMap<String, Compiled>> = RefCell::default();
    static PARTS: RefCell<HashMap<String, Compiled>> = RefCell::default();
}

fn published(name: &str) -> String {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("schemas");
    fs::read_to_string(folder.join(format!("{name}.schema.json"))).unwrap()
}

fn compile(name: &str, schema: Value) -> Compiled {
    let required = schema["required"].as_array();
    let required = required.map(|keys| {
        let keys = keys.iter().map(|key| key.as_str().unwrap().to_owned());
        keys.collect()
    });
    let (mut schemas, mut compiler) = (Schemas::new(), Compiler::new());
    compiler.enable_format_assertions();
    let place = format!("https://schemas.example/{name}.json");
    compiler.add_resource(&place, schema).unwrap();
    let index = compiler.compile(&place, &mut schemas).unwrap();
    Compiled {
        required: required.unwrap_or_default(),
        schemas,
        index,
    }
}

/// What in a document is not as its schema says: its values, a key too many or missing, keys in another order.
pub fn fault(name: &str, document: &str) -> Option<String> {
    COMPILED.with_borrow_mut(|all| {
        let schema = all.entry(name.to_owned()).or_insert_with(|| {
            let schema = serde_json::from_str(&published(name)).unwrap();
            compile(name, schema)
        });
        let value: Value = serde_json::from_str(document).expect("it is JSON");
        if let Err(error) = schema.schemas.validate(&value, schema.index) {
            return Some(format!("{name}: {error}: {document}"));
        }
        let keys: Keys = serde_json::from_str(document).expect("it is an object");
        let begins = keys.0.get(..schema.required.len());
        let is_in_order = begins == Some(&schema.required);
        (!is_in_order).then(|| format!("{name}: the keys are {:?}", keys.0))
    })
}

/// Why no document of that schema can have these keys with these values, if none can. Further keys may be missing, also
/// within objects. Columns that only vCards add to created records are not known here.
pub fn part_fault(name: &str, part: &Value) -> Option<String> {
    PARTS.with_borrow_mut(|all| {
        let schema = all.entry(name.to_owned()).or_insert_with(|| {
            let mut schema: Value = serde_json::from_str(&published(name)).unwrap();
            allow_missing(&mut schema);
            schema["additionalProperties"] = false.into();
            compile(name, schema)
        });
        let error = schema.schemas.validate(part, schema.index).err()?;
        Some(format!("{name}: {error}: {part}"))
    })
}

fn allow_missing(schema: &mut Value) {
    match schema {
        Value::Array(items) => items.iter_mut().for_each(allow_missing),
        Value::Object(keys) => {
            keys.retain(|key, value| key != "required" || !value.is_array());
            keys.values_mut().for_each(allow_missing);
        }
        _ => (),
    }
}

/// Holds each line of a table against the table's schema.
#[track_caller]
pub fn hold(name: &str, lines: &str) {
    let faults: Vec<String> = lines.lines().filter_map(|line| fault(name, line)).collect();
    assert!(faults.is_empty(), "{faults:#?}");
}

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
    let place = crate::place::Place::new();
    let ran = ran(place.command("schema decision"));
    assert_eq!((ran.status, &*ran.stdout), (2, ""));
    assert!(ran.stderr.contains("'decisions'"), "{}", ran.stderr);
}
