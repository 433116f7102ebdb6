//! The programs that whole runs are compared with: this benchmark, started again with a name.

use std::fs::{self, File};
use std::io::{self, Read as _};
use std::path::Path;

use mail_parser::MessageParser;
use walkdir::WalkDir;

/// A header section is read with one call of this size; nearly every one fits.
const HEAD_BYTES: usize = 16 * 1024;

/// Runs the program `name` on every file below the folder; returns whether there is such a program.
pub fn run(name: &str, folder: &Path) -> io::Result<bool> {
    match name {
        "heads" => heads(folder)?,
        "stat" => stat(folder)?,
        "parse" => parse(folder)?,
        _ => return Ok(false),
    }
    Ok(true)
}

fn files(folder: &Path) -> impl Iterator<Item = walkdir::DirEntry> {
    let entries = WalkDir::new(folder).into_iter().flatten();
    entries.filter(|it| it.file_type().is_file())
}

/// Walks, opens each file, reads its header section, and closes it.
fn heads(folder: &Path) -> io::Result<()> {
    let mut buffer = vec![0; HEAD_BYTES];
    let mut bytes = 0;
    for entry in files(folder) {
        bytes += File::open(entry.path())?.read(&mut buffer)?;
    }
    std::hint::black_box(bytes);
    Ok(())
}

/// Walks, and reads each file's size and time.
fn stat(folder: &Path) -> io::Result<()> {
    let mut bytes = 0;
    for entry in files(folder) {
        bytes += entry.path().metadata()?.len();
    }
    std::hint::black_box(bytes);
    Ok(())
}

/// Reads every file, and parses it with the parser library.
fn parse(folder: &Path) -> io::Result<()> {
    let parser = MessageParser::default();
    let mut parts = 0;
    for entry in files(folder) {
        let bytes = fs::read(entry.path())?;
        let message = parser.parse(&bytes);
        parts += message.map_or(0, |message| message.parts.len());
    }
    std::hint::black_box(parts);
    Ok(())
}
