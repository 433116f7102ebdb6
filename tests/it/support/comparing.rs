//! Two options files over the same mail.

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::place::{Place, Ran, ran};

pub const EML: &str = "Subject: Hello\nDate: Mon, 2 Mar 2026 09:30:00 +0000\n";

pub fn demo(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("fixtures/demo")
        .join(name)
}

pub fn compare(place: &Place, more: &str) -> Ran {
    let command = format!("compare mail --book book --options a.toml --options b.toml {more}");
    ran(place.command(&command))
}

/// Returns the counts and the differences that `--json` prints.
pub fn differences(place: &Place) -> (Value, Vec<Value>) {
    let ran = compare(place, "--json");
    assert_eq!((ran.status, &*ran.stderr), (0, ""), "{}", ran.stdout);
    let mut lines = ran
        .stdout
        .lines()
        .map(|line| serde_json::from_str::<Value>(line).unwrap());
    (lines.next().unwrap(), lines.collect())
}

/// Creates a place with two options files, and mail with these first lines.
pub fn place(a: &str, b: &str, mail: &[(&str, &str)]) -> Place {
    let place = Place::new();
    place.write("a.toml", a);
    place.write("b.toml", b);
    for (name, head) in mail {
        place.write(&format!("mail/{name}"), format!("{head}{EML}\nHi.\n"));
    }
    place
}

pub fn demo_place(a: &str, b: &str) -> Place {
    let place = Place::new();
    fs::remove_dir_all(place.path("book")).unwrap();
    for folder in ["book", "mail"] {
        copy(&place, folder);
    }
    place.write("a.toml", fs::read(demo(a)).unwrap());
    place.write("b.toml", fs::read(demo(b)).unwrap());
    place
}

pub fn copy(place: &Place, folder: &str) {
    for entry in fs::read_dir(demo(folder)).unwrap() {
        let path = entry.unwrap().path();
        let name = format!("{folder}/{}", path.file_name().unwrap().display());
        if path.is_dir() {
            copy(place, &name);
        } else {
            place.write(&name, fs::read(&path).unwrap());
        }
    }
}

pub const FROM_KIM: &str =
    "From: kim@fabrikam.example\nTo: ann@contoso.example\nMessage-ID: <m@x>\n";

pub const FROM_LEE: &str = "From: Jo Lee <jo@adatum.example>\nTo: kim@fabrikam.example\n\
                        Message-ID: <m@x>\nIn-Reply-To: <r1@x>\nReferences: <r2@x>\n";
