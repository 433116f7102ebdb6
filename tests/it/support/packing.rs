//! Compressed mail.

use std::io::Write as _;

use serde_json::Value;

use crate::place::Place;

pub const ALL: &str = "[email]\ntrack = \"all\"\n";

pub fn message(number: usize) -> String {
    format!(
        "From: kim{number}@fabrikam.example\nTo: ann@contoso.example\nSubject: Number {number}\n\
         Message-ID: <m{number}@x.example>\nDate: Mon, 2 Mar 2026 09:30:0{number} +0000\n\nBody {number}\n"
    )
}

pub fn mbox(numbers: std::ops::Range<usize>) -> String {
    let one = |number| {
        format!(
            "From x Mon Mar  2 09:30:00 2026\n{}>From here\n\n",
            message(number)
        )
    };
    numbers.map(one).collect()
}

pub fn gz(bytes: impl AsRef<[u8]>) -> Vec<u8> {
    let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    gzip.write_all(bytes.as_ref()).unwrap();
    gzip.finish().unwrap()
}

pub fn zst(bytes: impl AsRef<[u8]>) -> Vec<u8> {
    let mut packed = zstd::Encoder::new(Vec::new(), 3).unwrap();
    packed.include_checksum(true).unwrap();
    packed.write_all(bytes.as_ref()).unwrap();
    packed.finish().unwrap()
}

/// Creates a place where all mail is tracked.
pub fn place() -> Place {
    let place = Place::new();
    place.write("o.toml", ALL);
    place
}

/// Returns one field of every line of an output file, in order.
pub fn column(place: &Place, table: &str, name: &str) -> Vec<String> {
    let text = |line: &Value| line[name].as_str().unwrap_or("").to_owned();
    place.lines(table).iter().map(text).collect()
}
