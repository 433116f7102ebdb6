//! A place with an outbox in which `send` runs.

use serde_json::{Value, json};

use crate::place::{Place, Ran, ran};
use crate::support::smtp::{Server, Taken};

pub const NOW: &str = "2026-03-02T09:30:00Z";

pub fn place(server: &Server, more: &str) -> Place {
    let place = Place::new();
    let port = server.port;
    place.write(
        "o.toml",
        format!("{more}\n[send]\nallow = true\n[send.smtp]\nhost = \"127.0.0.1\"\nport = {port}\nsecurity = \"none\"\ntimeout_seconds = 1\n"),
    );
    place
}

pub fn line(subject: &str) -> Value {
    json!({"from": "Ann Beck <ann@contoso.example>", "to": "Kim Abel <kim@fabrikam.example>", "subject": subject, "body": "Hello\n"})
}

pub fn outbox(place: &Place, lines: &[Value]) {
    let text: String = lines.iter().map(|line| format!("{line}\n")).collect();
    place.write("outbox.jsonl", text);
}

pub fn send(place: &Place, more: &str) -> Ran {
    ran(place.command(&format!(
        "send outbox.jsonl --book book --options o.toml --out out --now {NOW} {more}"
    )))
}

#[track_caller]
pub fn good(ran: Ran) -> String {
    assert_eq!((ran.status, &*ran.stderr), (0, ""), "{}", ran.stdout);
    ran.stdout
}

pub fn head(taken: &Taken, name: &str) -> Option<String> {
    let (head, _) = taken.data.split_once("\r\n\r\n").unwrap();
    let unfolded = head.replace("\r\n ", " ").replace("\r\n\t", " ");
    let mut lines = unfolded.lines();
    let found = lines.find_map(|line| line.strip_prefix(&format!("{name}: ")));
    found.map(Into::into)
}
