//! The text of the report.

use std::fs;

use html5gum::{Token, Tokenizer};

use super::{DEMO, hold, printed};
use crate::inspect::report;
use crate::place::Place;

/// Returns the text of a page as shown without its script: a line for each block, and a bar between cells.
pub(crate) fn text(html: &str) -> String {
    let mut text = String::new();
    let mut hidden: Option<Vec<u8>> = None;
    for Ok(token) in Tokenizer::new(html) {
        match token {
            Token::StartTag(tag) if hidden.is_none() => match tag.name.as_slice() {
                b"script" | b"style" => hidden = Some(tag.name.to_vec()),
                b"td" | b"th" => text += " | ",
                b"a" | b"b" | b"code" | b"em" | b"i" | b"span" | b"strong" => (),
                _ => text.push('\n'),
            },
            Token::EndTag(tag) if hidden.as_deref() == Some(tag.name.as_slice()) => hidden = None,
            Token::String(part) if hidden.is_none() => {
                text += &String::from_utf8_lossy(&part.value).replace('\n', " ");
            }
            _ => (),
        }
    }
    let lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
    lines.flat_map(|line| [line, "\n"]).collect()
}

#[test]
fn the_report_of_the_demo() {
    let place = Place::new();
    let with = format!("--book {DEMO}/book --options {DEMO}/options.toml --out out");
    let now = "--now 2026-04-01T00:00:00Z --threads 1";
    printed(&place, &format!("run {DEMO}/mail {with} {now}"));
    hold(
        "report-printed",
        &printed(&place, "report out -o report.html"),
    );
    let page = fs::read_to_string(place.path("report.html")).unwrap();
    hold("report", &text(&page));
}

#[test]
fn the_report_of_odd_mail() {
    let page = report::page(&report::place(), "--book book");
    hold("report-of-odd-mail", &text(&page));
}
