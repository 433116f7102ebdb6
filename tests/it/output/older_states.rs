//! A state of each former version can be continued: runs on top of it give the same results as on top of a state of
//! this version.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use rusqlite::Connection;
use rusqlite::types::Value;
use serde_json::json;

use crate::place::{Place, ran};

/// The states by version, from 1. A change of the state adds one for the new version.
const STATES: [&str; 5] = [
    include_str!("states/state-1.sql"),
    include_str!("states/state-2.sql"),
    include_str!("states/state-3.sql"),
    include_str!("states/state-4.sql"),
    include_str!("states/state-5.sql"),
];

/// The first version in which a state stores what was sent.
const SENDING: usize = 3;

/// The first version with checksums on the pages, for which each page reserves eight bytes.
const SUMS: usize = 5;

/// The tables whose rows depend only on the mail.
const TABLES: [&str; 8] = [
    "activity",
    "client",
    "conversation",
    "counter",
    "created",
    "outgoing",
    "token",
    "tokenuser",
];

const OPTIONS: &str = "\
[email]
track = \"all\"
[[email.folder]]
path = \"Deals\"
regarding = \"contact:c-1\"
[correlation]
smart_matching = true
[organization]
domains = [\"contoso.example\"]
internal_email = \"track\"
[synchronization]
client = \"laptop\"
[send]
allow = true
outbox = \"pickup\"
";

fn message(from: &str, subject: &str, time: &str, id: &str, more: &str) -> String {
    format!(
        "From: {from}\nTo: ann@contoso.example\nSubject: {subject}\nDate: Mon, 2 Mar 2026 {time}:00 +0000\n\
         Message-ID: <{id}>\n{more}\nHi\n"
    )
}

fn outbox(place: &Place, ids: &[&str]) {
    let line = |id: &&str| {
        json!({"id": id, "from": "Ann Beck <ann@contoso.example>", "to": "Kim Abel <kim@fabrikam.example>",
               "subject": "Your order", "body": "Hello\n"})
    };
    let lines: String = ids.iter().map(|id| format!("{}\n", line(id))).collect();
    place.write("outbox.jsonl", lines);
}

/// Runs `run`, and `send` if `sends`, and returns what they print, without times.
fn run(place: &Place, sends: bool) -> String {
    let with = "--book book --options o.toml --out out --now 2026-03-02T13:00:00Z";
    let mut said = String::new();
    for command in [
        Some(format!("run mail {with}")),
        sends.then(|| format!("send outbox.jsonl {with}")),
    ]
    .iter()
    .flatten()
    {
        let ran = ran(place.command(command));
        assert_eq!((ran.status, &*ran.stderr), (0, ""), "{}", ran.stdout);
        let lasting = |line: &&str| !line.contains(" messages a second");
        said.extend(
            ran.stdout
                .lines()
                .filter(lasting)
                .flat_map(|line| [line, "\n"]),
        );
    }
    said
}

/// Creates a folder with a row in every table of the state; in those of sending only if `sends`.
fn begin(sends: bool) -> Place {
    let place = Place::new();
    place.write("o.toml", OPTIONS);
    place.write(
        "book/systemuser.csv",
        "systemuserid,fullname,internalemailaddress\nu-1,Ann Beck,ann@contoso.example\nu-2,Ben Cole,ben@contoso.example\n",
    );
    let kim = "Kim Abel <kim@fabrikam.example>";
    for (name, text) in [
        (
            "1.eml",
            message(
                "Jo Dunn <jo@x.example>",
                "Offer for two kettles CRM:0001001",
                "09:30",
                "one@x.example",
                "Thread-Index: AdkxrFyO+/YQXUJkSxaFBUTg+EG5kQ==\n",
            ),
        ),
        (
            "Deals/2.eml",
            message(kim, "Repair", "10:30", "two@x.example", ""),
        ),
        (
            "3.eml",
            message(
                "ben@contoso.example",
                "Lunch",
                "11:30",
                "three@contoso.example",
                "",
            ),
        ),
        (
            "4.eml",
            message("undisclosed", "Lunch", "12:30", "four@x.example", ""),
        ),
        ("5.eml", "no message\n".into()),
        ("6.pdf", "%PDF".into()),
    ] {
        place.write(&format!("mail/{name}"), text);
    }
    outbox(&place, &["n-1"]);
    run(&place, sends);
    place
}

/// Replaces the state by one of an older version.
fn turn_back(place: &Place, version: usize) {
    let present = place.path("present.db");
    let state = place.path("out/state.db");
    fs::copy(&state, &present).unwrap();
    if version < SUMS {
        fs::remove_file(&state).unwrap();
        fill(&Connection::open(&state).unwrap(), &present, version);
    } else {
        // The existing file has room for checksums reserved.
        place.alter_state(|connection| {
            let sql = "SELECT name FROM sqlite_schema WHERE type = 'table'";
            for table in texts(connection, sql) {
                connection
                    .execute_batch(&format!("DROP TABLE {table}"))
                    .unwrap();
            }
            fill(connection, &present, version);
        });
    }
}

/// Creates the tables of a version with their rows, and copies what depends on the location of mail from the present
/// state.
fn fill(connection: &Connection, present: &Path, version: usize) {
    connection.execute_batch(STATES[version - 1]).unwrap();
    connection
        .execute("ATTACH ?1 AS present", [present.to_str().unwrap()])
        .unwrap();
    let mut sql = String::from(
        "UPDATE output SET length = (SELECT length FROM present.output AS it WHERE it.name = output.name);
         UPDATE run SET fingerprint = (SELECT fingerprint FROM present.run);
         UPDATE decided SET place = (SELECT place FROM present.decided AS it WHERE it.identity = decided.identity);
         UPDATE failure SET (place, error) = (SELECT place, error FROM present.failure);",
    );
    for table in texts(
        connection,
        "SELECT name FROM main.sqlite_schema WHERE name IN ('files', 'given')",
    ) {
        sql += &format!("DELETE FROM {table}; INSERT INTO {table} SELECT * FROM present.{table};");
    }
    connection.execute_batch(&sql).unwrap();
    connection.execute_batch("DETACH present").unwrap();
}

fn texts(connection: &Connection, sql: &str) -> Vec<String> {
    let mut statement = connection.prepare(sql).unwrap();
    let rows = statement.query_map([], |row| row.get(0)).unwrap();
    rows.map(Result::unwrap).collect()
}

/// Adds mail that correlates with the first in each way, a copy, a person with a record, and a message to send.
fn go_on(place: &Place) -> String {
    let jo = "jo@x.example";
    for (name, text) in [
        (
            "reply.eml",
            message(
                jo,
                "Re: Offer",
                "14:00",
                "r1@x.example",
                "In-Reply-To: <one@x.example>\n",
            ),
        ),
        (
            "token.eml",
            message(jo, "Another CRM:0001001", "14:01", "r2@x.example", ""),
        ),
        (
            "index.eml",
            message(
                jo,
                "Third",
                "14:02",
                "r3@x.example",
                "Thread-Index: AdkxrFyO+/YQXUJkSxaFBUTg+EG5kQDIQykw\n",
            ),
        ),
        (
            "references.eml",
            message(
                jo,
                "Fourth",
                "14:03",
                "r4@x.example",
                "References: <two@x.example>\n",
            ),
        ),
        (
            "smart.eml",
            message(
                "kim@fabrikam.example",
                "AW: Repair",
                "14:04",
                "r5@x.example",
                "",
            ),
        ),
        (
            "copy.eml",
            message(jo, "Offer", "14:05", "one@x.example", ""),
        ),
        (
            "Deals/filed.eml",
            message(jo, "Offer", "14:06", "one@x.example", ""),
        ),
        (
            "internal.eml",
            message(
                "ben@contoso.example",
                "Lunch",
                "14:07",
                "three@contoso.example",
                "",
            ),
        ),
        (
            "untracked.eml",
            message("undisclosed", "Lunch", "14:08", "four@x.example", ""),
        ),
        ("new/5.eml", "no message\n".into()),
    ] {
        place.write(&format!("mail/{name}"), text);
    }
    outbox(place, &["n-1", "n-2"]);
    run(place, true)
}

/// Returns the files that runs have written, with their lines, and the summary without times.
fn written(place: &Place) -> Vec<(String, String)> {
    let names = place.names("out").into_iter();
    let mut written: Vec<(String, String)> = names
        .filter(|name| name.ends_with(".jsonl"))
        .map(|name| {
            let text = fs::read_to_string(place.path(&format!("out/{name}"))).unwrap();
            (name, text)
        })
        .collect();
    let summary = fs::read_to_string(place.path("out/summary.json")).unwrap();
    let mut summary: serde_json::Value = serde_json::from_str(&summary).unwrap();
    summary["timing"].take();
    // Versions before 4 did not store which files are not mail, so one of them is an example once more.
    summary["skippedexamples"].take();
    written.push(("summary".into(), format!("{summary:#}")));
    written
}

#[test]
fn what_is_run_on_top_of_a_state_of_any_version_gives_the_same() {
    for version in 1..=STATES.len() {
        let sends = version >= SENDING;
        let (former, present) = (begin(sends), begin(sends));
        turn_back(&former, version);
        let said = [&former, &present].map(|place| go_on(place).replace(", such as 6.pdf", ""));
        assert_eq!(said[0], said[1], "version {version}");
        assert!(said[1].contains("4 seen before, 5 tracked"), "{}", said[1]);
        assert!(said[1].contains("3 duplicates"), "{}", said[1]);
        assert_eq!(written(&former), written(&present), "version {version}");
        // All of the first mail was found again: by reply, token, conversation, references and smart matching.
        let emails = present.lines("emails");
        let methods = emails
            .iter()
            .filter_map(|it| it["correlationmethod"].as_u64());
        let methods: BTreeSet<u64> = methods.collect();
        assert_eq!(methods, BTreeSet::from([0, 3, 4, 5, 6, 7]));
        assert_eq!(present.lines("contacts").len(), 1);
        assert_eq!(present.lines("sent").len(), 2);
        // From now on it is a state of this version.
        let again = [&former, &present].map(|place| run(place, true));
        assert_eq!(again[0], again[1], "version {version}");
        assert_eq!(written(&former), written(&present), "version {version}");
    }
}

#[test]
fn the_last_of_these_states_is_what_this_version_writes() {
    let place = begin(true);
    let written = Connection::open(place.path("out/state.db")).unwrap();
    let kept = Connection::open_in_memory().unwrap();
    kept.execute_batch(STATES[STATES.len() - 1]).unwrap();
    let version = |of: &Connection| {
        let found = of.query_row("PRAGMA user_version", [], |row| row.get::<_, i64>(0));
        found.unwrap() as usize
    };
    assert_eq!(
        version(&written),
        STATES.len(),
        "add a state of the new version"
    );
    assert_eq!(version(&kept), STATES.len());
    let tables = "SELECT sql FROM sqlite_schema WHERE sql IS NOT NULL ORDER BY name";
    assert_eq!(texts(&written, tables), texts(&kept, tables));
    for table in TABLES {
        assert_eq!(rows(&written, table), rows(&kept, table), "{table}");
    }
    for table in texts(&kept, "SELECT name FROM sqlite_schema WHERE type = 'table'") {
        assert!(!rows(&kept, &table).is_empty(), "{table}");
    }
}

fn rows(connection: &Connection, table: &str) -> Vec<Vec<Value>> {
    let mut statement = connection
        .prepare(&format!("SELECT * FROM {table}"))
        .unwrap();
    let columns = statement.column_count();
    let rows = statement.query_map([], |row| (0..columns).map(|at| row.get(at)).collect());
    rows.unwrap().map(Result::unwrap).collect()
}
