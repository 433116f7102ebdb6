//! An output folder with rows in every table, with values that are awkward for readers: quotes, separators, formulas,
//! NUL, line breaks, emoji, long texts, empty texts and nulls.

use std::fs;

use serde_json::{Value, json};

use crate::place::{Place, ran, said};
use crate::schemas;

/// Every table.
pub const TABLES: [&str; 10] = [
    "emails",
    "activityparties",
    "contacts",
    "leads",
    "decisions",
    "updates",
    "duplicates",
    "failures",
    "sent",
    "failed",
];

/// Texts for subjects and bodies.
const TEXTS: [&str; 12] = [
    "=1+2",
    "@SUM(A1), \"quoted\"",
    "a lone \" and a lone '",
    "a;b,c\td",
    "\\N and \\. and \\",
    "{\"a\",NULL} [1]",
    "Grüße 你好 👩‍👩‍👧 \u{202e}right to left\u{202c}",
    "'; DROP TABLE emails; --",
    "NULL",
    " ",
    "-- ",
    "+49 30 1",
];

fn message(number: usize, more: &str, subject: &str, body: &str) -> String {
    format!(
        "From: \"Abel, Kim\" <kim@fabrikam.example>\nTo: ann@contoso.example\nSubject: {subject}\n{more}\
         Date: Mon, 2 Mar 2026 09:30:{number:02} +0000\nMessage-ID: <m{number}@x.example>\n\n{body}\n"
    )
}

/// Creates a place whose `out` has such rows in every table.
pub fn place() -> Place {
    let place = Place::new();
    place.write(
        "o.toml",
        "[email]\ntrack = \"all\"\ncreate_for = \"everyone\"\n[[email.folder]]\npath = \"Deals\"\nregarding = \"contact:c-1\"\n\
         [synchronization.fields.contact]\n\"role\" = { field = \"cr4f2_role\", direction = \"to-crm\" }\n\
         [send]\nallow = true\noutbox = \"outgoing\"\n",
    );
    said(&place, "book build book -o book.mtb");
    place.write(
        "book/contact.csv",
        "contactid,fullname,emailaddress1\nc-1,Kim Abel,kim@fabrikam.example\nc-9,\"O'Neil; \"\"Al\"\"\",al@now.example\n",
    );
    mail(&place);
    run(&place, "");
    later_mail(&place);
    run(&place, "--vcards cards");
    let lead = place.path("o.toml");
    let options = fs::read_to_string(&lead).unwrap();
    let options = options.replace("[[email.folder]]", "create = \"lead\"\n[[email.folder]]");
    place.write("o.toml", options);
    place.write(
        "mail/lead.eml",
        message(40, "Cc: \"Le, Ad\" <ad@lead.example>\n", "lead", ""),
    );
    run(&place, "");
    send(&place);
    place
}

fn run(place: &Place, more: &str) {
    let ran = ran(place.command(&format!(
        "run mail --book book.mtb --out out --options o.toml {more}"
    )));
    assert_eq!(ran.status, 0, "{}", ran.stderr);
}

fn mail(place: &Place) {
    for (number, text) in TEXTS.iter().enumerate() {
        place.write(
            &format!("mail/{number}.eml"),
            message(number, "", text, text),
        );
    }
    place.write(
        "mail/it's \"q\"\n;,.eml",
        message(20, "", "\"\"\"", "line\n\nline\r\r\nline"),
    );
    place.write("mail/nul.eml", message(21, "", "a\0b", "c\0d\0"));
    let long = "long, \"long\"\\ ".repeat(20_000);
    place.write("mail/long.eml", message(22, "", &long[..9000], &long));
    let ids: String = (0..300)
        .map(|at| format!(" <r{at};{{}},\"\\@x.example>"))
        .collect();
    place.write(
        "mail/ids.eml",
        message(23, &format!("References:{ids}\n"), "ids", ""),
    );
    let id = format!("Message-ID: <{}@x.example>\n", "i".repeat(5000));
    let text = message(24, "", "long id", "x").replace("Message-ID: <m24@x.example>\n", &id);
    place.write("mail/id.eml", text);
    let none = message(25, "", "", "none").replace("Subject: \n", "");
    place.write("mail/none.eml", none);
    place.write("mail/empty.eml", message(26, "", "", ""));
    let attached = "Cc: \"Bo \\\"=Ek\\\"\" <bo@customer.example>, nobody, al@now.example\nMIME-Version: 1.0\n\
        Content-Type: text/csv; name=\"a;b.csv\"\nContent-Disposition: attachment; filename=\"=a;b, \\\"c\\\".csv\"\n";
    place.write(
        "mail/attached.eml",
        message(27, attached, "attached", "a,b"),
    );
    place.write(
        "mail/no date.eml",
        "From: kim@fabrikam.example\nMessage-ID: <n@x>\n\nno date\n",
    );
    place.write("mail/nobody.eml", "From: nobody\nSubject: none\n\nx\n");
    place.write("mail/broken.eml", "");
}

fn later_mail(place: &Place) {
    // The copy in the tracked folder changes the activity's regarding record.
    place.write("mail/Deals/0.eml", message(0, "", TEXTS[0], TEXTS[0]));
    place.write(
        "cards/a.vcf",
        "BEGIN:VCARD\r\nVERSION:4.0\r\nFN:Di \"Fay\"\r\nEMAIL:di@other.example\r\nROLE:=head\\, \\n\\;of it\r\nEND:VCARD\r\n",
    );
    place.write(
        "mail/card.eml",
        message(30, "Cc: di@other.example\n", "card", "x"),
    );
}

fn send(place: &Place) {
    let line = |id: Value, from: &str| {
        json!({"id": id, "from": from, "to": ["kim@fabrikam.example", "\"Doe, Jo\" <jo@x.example>"],
            "subject": "=sent \"x\"", "body": "\0'"})
    };
    let lines = [
        line("a;\"b\"".into(), "ann@contoso.example"),
        line(Value::Null, "stranger@contoso.example"),
    ];
    let text: String = lines.iter().map(|line| format!("{line}\n")).collect();
    place.write("outbox;.jsonl", text);
    let command = "send outbox;.jsonl --book book --options o.toml --out out";
    assert_eq!(ran(place.command(command)).status, 0);
}

/// Returns the rows of a table of `out`; there must be some.
pub fn rows(place: &Place, table: &str) -> Vec<Value> {
    let text = fs::read_to_string(place.path(&format!("out/{table}.jsonl"))).unwrap();
    schemas::hold(table, &text);
    let rows: Vec<Value> = text
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    assert!(!rows.is_empty(), "{table}");
    rows
}

#[test]
fn every_table_has_rows_and_they_are_awkward() {
    let place = place();
    let all: String = TABLES
        .iter()
        .flat_map(|table| rows(&place, table))
        .map(|row| row.to_string())
        .collect();
    for text in [
        "\\u0000",
        "👩‍👩‍👧",
        "DROP TABLE",
        "\\\\N",
        "\"subject\":null",
        "\"subject\":\"\"",
        "=head",
    ] {
        assert!(all.contains(text), "{text}");
    }
}
