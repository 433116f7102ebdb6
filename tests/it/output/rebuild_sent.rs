//! `run --rebuild-state` after `send`: sent messages are recognized by their lines.

use std::fs;

use serde_json::json;

use crate::place::{Place, Ran, ran};
use crate::support::rebuilding::{ALL, NOW, assert_same_state, dump, good, lines, place, rebuild};

fn outbox(place: &Place, more: &[(&str, &str)]) {
    let line = |(id, subject): &(&str, &str)| {
        let mut line = json!({"from": "Ann Beck <ann@contoso.example>", "to": "kim@fabrikam.example", "subject": subject});
        if !id.is_empty() {
            line["id"] = json!(id);
        }
        format!("{line}\n")
    };
    let wrong =
        "{\"id\": \"w\", \"from\": \"nobody@nowhere.example\", \"to\": \"kim@fabrikam.example\"}\n";
    let text: String = more.iter().map(line).collect();
    place.write("outbox.jsonl", text + wrong);
}

fn send(place: &Place) -> Ran {
    ran(place.command(&format!(
        "send outbox.jsonl --book book --options o.toml --out out {NOW}"
    )))
}

#[test]
fn what_was_sent_is_not_sent_again() {
    let options = format!("{ALL}[send]\nallow = true\noutbox = \"Maildir\"\n");
    let place = place(&options);
    let first = [("a", "One"), ("", "Two")];
    outbox(&place, &first);
    assert_eq!(send(&place).stdout, "3 messages: 2 sent, 1 failed\n");
    let (state, handed) = (place.path("out/state.db"), || {
        place.names("Maildir/new").len()
    });
    let whole = fs::read(&state).unwrap();
    let (want, before) = (dump(&state), lines(&place, "out"));
    let mut kept = 0;
    for page in 0..whole.len() / 8192 {
        let mut altered = whole.clone();
        altered[page * 8192 + 5000] ^= 1;
        fs::write(&state, altered).unwrap();
        let ran = rebuild(&place, "");
        good(&ran);
        assert!(lines(&place, "out") == before, "{page}");
        if ran.stderr.contains("warning") {
            continue;
        }
        kept += 1;
        assert_same_state(&state, &want, &format!("page {page}"));
        assert_eq!(
            send(&place).stdout,
            "3 messages: 0 sent, 2 sent before, 1 failed before\n",
            "{page}"
        );
    }
    assert!(kept > 5, "{kept}");
    // Only the lines tell the outcome of messages.
    fs::remove_file(&state).unwrap();
    let ran = rebuild(&place, "");
    good(&ran);
    assert!(
        ran.stderr.contains(
            "warning: what `send` has handed over is known from sent.jsonl and failed.jsonl alone"
        ),
        "{}",
        ran.stderr
    );
    // A message that was begun may have been sent.
    outbox(&place, &[&first[..], &[("c", "Three")]].concat());
    let doubtful = send(&place);
    assert_eq!(
        doubtful.stdout,
        "4 messages: 0 sent, 1 doubtful, 2 sent before, 1 failed before\n"
    );
    assert!(
        doubtful
            .stderr
            .contains("outbox.jsonl:3: doubtful: the state was rebuilt"),
        "{}",
        doubtful.stderr
    );
    assert_eq!(handed(), 2);
    // Lines added to the outbox later were not sent.
    outbox(
        &place,
        &[
            &first[..],
            &[("c", "Three"), ("c-2", "Three"), ("", "Four")],
        ]
        .concat(),
    );
    assert_eq!(
        send(&place).stdout,
        "6 messages: 2 sent, 1 doubtful, 2 sent before, 1 failed before\n"
    );
    assert_eq!(handed(), 4);
    let mut tokens: Vec<String> = place
        .lines("sent")
        .iter()
        .map(|it| it["trackingtoken"].to_string())
        .collect();
    tokens.dedup();
    assert_eq!(tokens.len(), 4, "{tokens:?}");
}
