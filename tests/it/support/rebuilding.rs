//! Output folders whose state is rebuilt, and the content of their states.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use rusqlite::types::Value;
use rusqlite::{Connection, OpenFlags};

use crate::place::{Place, Ran};

pub const NOW: &str = "--now 2026-04-01T00:00:00Z";

pub const ALL: &str = "[email]\ntrack = \"all\"\n";

/// Options by name.
pub const OPTIONS: [(&str, &str); 6] = [
    ("none", ""),
    ("all", ALL),
    (
        "leads",
        "[email]\ntrack = \"all\"\ncreate = \"lead\"\ncreate_skip = []\n",
    ),
    (
        "smart",
        "[email]\ntrack = \"all\"\n[correlation]\nsmart_matching = true\n",
    ),
    (
        "internal",
        "[email]\ntrack = \"all\"\n[organization]\ndomains = [\"contoso.example\"]\ninternal_email = \"track\"\n",
    ),
    (
        "rule",
        "[email]\ntrack = \"responses\"\n[[email.folder]]\npath = \"Deals\"\nregarding = \"contact:c-1\"\n",
    ),
];

pub fn message(number: usize, more: &str) -> String {
    format!(
        "From: Pat Number{number} <p{number}@x{}.example>\nTo: ann@contoso.example\nCc: kim@fabrikam.example\n\
         Subject: About the offer {number}\nDate: Mon, 2 Mar 2026 09:{:02}:00 +0000\n{more}\n\nHello {number}\n",
        number % 4,
        number % 60,
    )
}

/// Creates mail of every kind: files, an mbox, a Maildir; with and without ids; replies, copies, and unreadable files.
pub fn mail(place: &Place) {
    for number in 0..12 {
        let id = format!("Message-ID: <m{number}@x.example>");
        place.write(&format!("mail/Inbox/{number}.eml"), message(number, &id));
    }
    let answer = "Message-ID: <a1@x.example>\nIn-Reply-To: <m3@x.example>\nThread-Index: AdkAAAAAAQIDBAUGBwgJCgsMDQ4P";
    for (name, text) in [
        ("Inbox/answer", message(20, answer)),
        (
            "Inbox/token",
            message(21, "Message-ID: <t@x.example>").replace("offer 21", "offer CRM:0001042"),
        ),
        ("Inbox/nameless", message(22, "X-No: id")),
        ("Inbox/nameless2", message(23, "X-No: id")),
        ("Deals/copy", message(4, "Message-ID: <m4@x.example>")),
        ("Deals/new", message(24, "Message-ID: <d24@x.example>")),
        ("Inbox/empty", String::new()),
        (
            "Inbox/internal",
            "From: ann@contoso.example\nTo: bob@contoso.example\nMessage-ID: <i@contoso.example>\n\
             Date: Mon, 2 Mar 2026 10:00:00 +0000\nSubject: Inside\n\nHi\n"
                .into(),
        ),
    ] {
        place.write(&format!("mail/{name}.eml"), text);
    }
    let boxed = |number: usize, more: &str| {
        format!(
            "From x@y Mon Mar  2 09:30:00 2026\n{}\n",
            message(number, more)
        )
    };
    place.write(
        "mail/box.mbox",
        [
            boxed(30, "Message-ID: <b30@x.example>"),
            boxed(31, "X-No: id"),
            boxed(30, "Message-ID: <b30@x.example>"),
        ]
        .concat(),
    );
    place.write(
        "mail/Md/cur/1.host:2,S",
        message(40, "Message-ID: <c40@x.example>"),
    );
    place.write("mail/Md/new/2.host", message(41, "X-No: id"));
    place.write("mail/notes.bin", [0, 1, 2, 3]);
}

/// Creates a place with mail, after one run.
pub fn place(options: &str) -> Place {
    let place = Place::new();
    mail(&place);
    place.write("o.toml", options);
    good(&place.run(&format!("--options o.toml {NOW}")));
    place
}

#[track_caller]
pub fn good(ran: &Ran) {
    assert_eq!(ran.status, 0, "{}", ran.stderr);
}

/// Returns every row of every table of a state.
pub fn dump(state: &Path) -> BTreeMap<String, Vec<Vec<String>>> {
    let state = Connection::open_with_flags(state, OpenFlags::SQLITE_OPEN_READ_ONLY).unwrap();
    let mut tables = state
        .prepare("SELECT name FROM sqlite_master WHERE type = 'table'")
        .unwrap();
    let names = tables.query_map([], |row| row.get(0)).unwrap();
    let rows = |name: &String| {
        let mut all = state.prepare(&format!("SELECT * FROM {name}")).unwrap();
        let columns = all.column_count();
        let row = |row: &rusqlite::Row<'_>| {
            let value = |at| format!("{:?}", row.get::<_, Value>(at).unwrap());
            Ok((0..columns).map(value).collect::<Vec<String>>())
        };
        let mut rows: Vec<Vec<String>> = all
            .query_map([], row)
            .unwrap()
            .map(Result::unwrap)
            .collect();
        rows.sort();
        rows
    };
    names
        .map(Result::unwrap)
        .map(|name| (rows(&name), name))
        .map(|(rows, name)| (name, rows))
        .collect()
}

#[track_caller]
pub fn assert_same_state(state: &Path, want: &BTreeMap<String, Vec<Vec<String>>>, what: &str) {
    let found = dump(state);
    assert!(found.keys().eq(want.keys()), "{what}");
    for (name, rows) in want {
        assert_eq!(&found[name], rows, "{what}: {name}");
    }
}

/// Returns the JSON Lines files with their bytes.
pub fn lines(place: &Place, out: &str) -> BTreeMap<String, Vec<u8>> {
    let names = place
        .names(out)
        .into_iter()
        .filter(|it| it.ends_with(".jsonl"));
    let read = |name: String| (fs::read(place.path(out).join(&name)).unwrap(), name);
    names.map(read).map(|(bytes, name)| (name, bytes)).collect()
}

pub fn rebuild(place: &Place, more: &str) -> Ran {
    place.run(&format!("--options o.toml {NOW} --rebuild-state {more}"))
}

pub fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        fs::copy(entry.path(), to.join(entry.file_name())).unwrap();
    }
}
