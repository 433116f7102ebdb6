//! Runs over numbered messages, and their output.

use std::fs;
use std::path::Path;

use serde_json::Value;

use crate::place::Place;

pub const ALL: &str = "[email]\ntrack = \"all\"\n";

pub fn message(number: usize) -> String {
    let answers = match number % 3 {
        1 => format!("In-Reply-To: <m{}@x.example>\n", number - 1),
        _ => String::new(),
    };
    format!(
        "From: Person {number} <p{}@customer{}.example>\nTo: ann@contoso.example\nSubject: Number {number}\n\
         Date: Mon, 2 Mar 2026 09:{:02}:{:02} +0000\nMessage-ID: <m{number}@x.example>\n{answers}\nHello {number}\n",
        number % 50,
        number % 7,
        number / 60 % 60,
        number % 60,
    )
}

pub fn fill(place: &Place, numbers: std::ops::Range<usize>) {
    for number in numbers {
        place.write(
            &format!("mail/{:02}/{number}.eml", number / 100),
            message(number),
        );
    }
}

/// Returns every output file that must be the same, with its bytes.
pub fn output(folder: &Path) -> Vec<(String, Vec<u8>)> {
    let mut files: Vec<(String, Vec<u8>)> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|ending| ending == "jsonl"))
        .map(|path| {
            (
                path.file_name().unwrap().to_string_lossy().into_owned(),
                fs::read(path).unwrap(),
            )
        })
        .collect();
    files.sort();
    files
}

pub fn counts(place: &Place) -> [u64; 5] {
    let text = fs::read_to_string(place.path("out/summary.json")).unwrap();
    let summary: Value = serde_json::from_str(&text).unwrap();
    ["tracked", "nottracked", "duplicates", "seen", "failures"]
        .map(|name| summary["messages"][name].as_u64().unwrap())
}

pub fn run(place: &Place, more: &str) {
    let ran = place.run(more);
    assert_eq!(ran.status, 0, "{}", ran.stderr);
}
