//! `export --to sqlite`: SQLite reads the same values as in the JSON lines, also after repeated exports.

use std::fs;

use rusqlite::Connection;
use rusqlite::types::ValueRef;
use serde_json::Value;

use crate::place::{Place, Ran, ran, rows_said};
use crate::support::awkward::{self, TABLES, rows};

fn export(place: &Place, folder: &str, file: &str) -> Ran {
    ran(place.command(&format!("export {folder} --to sqlite -o {file}")))
}

#[track_caller]
fn good(ran: Ran) -> String {
    assert_eq!((ran.status, &*ran.stderr), (0, ""));
    ran.stdout
}

/// Returns whether a cell equals the JSON value.
fn is_same(cell: ValueRef<'_>, want: &Value) -> bool {
    match (cell, want) {
        (ValueRef::Null, Value::Null) => true,
        (ValueRef::Integer(it), Value::Bool(want)) => it == i64::from(*want),
        (ValueRef::Integer(it), Value::Number(want)) => want.as_i64() == Some(it),
        (ValueRef::Text(it), Value::String(want)) => it == want.as_bytes(),
        (ValueRef::Text(it), Value::Array(_)) => {
            serde_json::from_slice::<Value>(it).unwrap() == *want
        }
        _ => false,
    }
}

/// Compares a table with the JSON lines, in the same order.
#[track_caller]
fn hold(database: &Connection, table: &str, rows: &[Value]) {
    let mut asked = database
        .prepare(&format!("SELECT * FROM {table} ORDER BY rowid"))
        .unwrap();
    let names: Vec<String> = asked.column_names().map(Into::into).collect();
    let mut cells = asked.query([]).unwrap();
    for row in rows {
        let of_row = row.as_object().unwrap();
        let cell = cells.next().unwrap().unwrap();
        for (at, name) in names.iter().enumerate() {
            let Some(want) = of_row.get(name) else {
                continue;
            };
            let got = cell.get_ref(at).unwrap();
            assert!(is_same(got, want), "{table}.{name}: {got:?}, {want}");
        }
        let absent = of_row.keys().find(|key| !names.contains(key));
        assert_eq!(absent, None, "{table}");
    }
    assert!(cells.next().unwrap().is_none(), "{table}");
}

fn count(database: &Connection, table: &str) -> i64 {
    let sql = format!("SELECT count(*) FROM {table}");
    database.query_row(&sql, [], |row| row.get(0)).unwrap()
}

fn database(place: &Place, file: &str) -> Connection {
    Connection::open(place.path(file)).unwrap()
}

#[test]
fn what_is_read_back_is_what_was_written_and_a_repeat_changes_nothing() {
    let place = awkward::place();
    let told = good(export(&place, "out", "x.db"));
    let first = database(&place, "x.db");
    for (table, line) in TABLES.iter().zip(told.lines()) {
        let rows = rows(&place, table);
        assert_eq!(line, format!("x.db: {table}: {}", rows_said(rows.len())));
        hold(&first, table, &rows);
    }
    let dump = |database: &Connection| -> Vec<String> {
        let all = TABLES.map(|table| {
            let mut asked = database
                .prepare(&format!("SELECT * FROM {table} ORDER BY 1, 2"))
                .unwrap();
            let columns = asked.column_count();
            let mut cells = asked.query([]).unwrap();
            let mut text = String::new();
            while let Some(row) = cells.next().unwrap() {
                (0..columns).for_each(|at| text += &format!("{:?}|", row.get_ref(at).unwrap()));
            }
            text
        });
        all.into()
    };
    let before = dump(&first);
    good(export(&place, "out", "x.db"));
    assert!(before == dump(&first), "a repeat has changed something");
    assert_eq!(
        place
            .names(".")
            .iter()
            .filter(|it| it.starts_with("x.db"))
            .count(),
        1
    );
    // Later rows are added.
    place.write(
        "mail/later.eml",
        "From: z@z.example\nMessage-ID: <z@z>\n\nz\n",
    );
    let run = "run mail --book book.mtb --out out --options o.toml";
    assert_eq!(ran(place.command(run)).status, 0);
    good(export(&place, "out", "x.db"));
    for table in TABLES {
        hold(&first, table, &rows(&place, table));
    }
    let checked: String = first
        .query_row("PRAGMA integrity_check", [], |row| row.get(0))
        .unwrap();
    assert_eq!(checked, "ok");
}

#[test]
fn tables_have_types_keys_and_indexes() {
    let place = awkward::place();
    good(export(&place, "out", "x.db"));
    let database = database(&place, "x.db");
    let ask = |sql: &str| -> Vec<String> {
        let mut asked = database.prepare(sql).unwrap();
        let rows = asked.query_map([], |row| row.get(0)).unwrap();
        rows.map(Result::unwrap).collect()
    };
    let columns = ask("SELECT name || ' ' || type FROM pragma_table_info('contacts')");
    assert_eq!(columns[..2], ["contactid TEXT", "fullname TEXT"]);
    assert!(columns.contains(&"cr4f2_role TEXT".into()), "{columns:?}");
    let columns = ask("SELECT name FROM pragma_table_info('emails') WHERE type = 'INTEGER'");
    assert_eq!(columns, ["directioncode", "correlationmethod"]);
    for (sql, want) in [
        (
            "SELECT group_concat(name) FROM pragma_table_info('activityparties') WHERE pk > 0",
            "ordinal,activityid",
        ),
        (
            "SELECT name FROM sqlite_schema WHERE name = 'decisions_source'",
            "decisions_source",
        ),
        (
            "SELECT datetime(receivedon) FROM emails WHERE messageid = 'm0@x.example'",
            "2026-03-02 09:30:00",
        ),
        (
            "SELECT json_extract(attachments, '$[0].filename') FROM emails WHERE subject = 'attached'",
            "=a;b, \"c\".csv",
        ),
        (
            "SELECT json_extract(\"references\", '$[299]') FROM emails WHERE subject = 'ids'",
            "r299;{},\"\\@x.example",
        ),
    ] {
        assert_eq!(ask(sql), [want], "{sql}");
    }
    let refused = database.execute("UPDATE emails SET directioncode = 2", []);
    assert!(refused.is_err());
    let refused = database.execute("UPDATE emails SET correlationmethod = 'x'", []);
    assert!(refused.is_err());
}

/// Two folders in one file: rows of the other folder are kept, and an activity has the parties of the last export.
#[test]
fn another_folder_is_added_and_its_activities_are_as_it_has_them() {
    let place = Place::new();
    place.write(
        "book/contact.csv",
        "contactid,fullname,emailaddress1\nc-1,Kim Abel,kim@fabrikam.example\nc-2,Kim Twin,kim@fabrikam.example\n",
    );
    place.write("o.toml", "[email]\ntrack = \"all\"\n");
    place.write(
        "one.toml",
        "[email]\ntrack = \"all\"\n[address_book]\nrecipients_with_several_matches = \"unresolved\"\n",
    );
    let mail = |id: &str| {
        format!(
            "From: ann@contoso.example\nTo: kim@fabrikam.example\nMessage-ID: <{id}@x>\nDate: Mon, 2 Mar 2026 09:30:00 +0000\n\nx\n"
        )
    };
    place.write("mail/a.eml", mail("a"));
    place.write("mail/b.eml", mail("b"));
    assert_eq!(place.run("--options o.toml").status, 0);
    fs::remove_file(place.path("mail/b.eml")).unwrap();
    let other = "run mail --book book --out other --options one.toml";
    assert_eq!(ran(place.command(other)).status, 0);
    good(export(&place, "out", "x.db"));
    let database = database(&place, "x.db");
    let parties = count(&database, "activityparties");
    good(export(&place, "other", "x.db"));
    assert_eq!(count(&database, "emails"), 2);
    assert_eq!(count(&database, "activityparties"), parties - 1);
    // The decision on the first message is the same in both.
    assert_eq!(count(&database, "decisions"), 2);
    good(export(&place, "out", "x.db"));
    assert_eq!(count(&database, "activityparties"), parties);
}

#[test]
fn columns_that_later_runs_fill_are_added_and_those_of_the_user_stay() {
    let place = awkward::place();
    let early = Place::new();
    early.write("o.toml", "[email]\ntrack = \"all\"\n");
    early.write(
        "mail/1.eml",
        "From: new@x.example\nMessage-ID: <1@x>\n\nx\n",
    );
    assert_eq!(early.run("--options o.toml").status, 0);
    good(export(&early, "out", "x.db"));
    fs::copy(early.path("x.db"), place.path("x.db")).unwrap();
    let database = database(&place, "x.db");
    let sql = "ALTER TABLE contacts ADD COLUMN note TEXT; UPDATE contacts SET note = 'mine'; CREATE TABLE own (a)";
    database.execute_batch(sql).unwrap();
    good(export(&place, "out", "x.db"));
    let got: (Option<String>, Option<String>) = database
        .query_row(
            "SELECT max(note), max(cr4f2_role) FROM contacts",
            [],
            |row| Ok((row.get(0)?, row.get(1)?)),
        )
        .unwrap();
    assert_eq!(got, (Some("mine".into()), Some("=head, \n;of it".into())));
    assert_eq!(count(&database, "own"), 0);
}

#[test]
fn what_is_not_such_a_database_is_refused_and_left_as_it_was() {
    let place = awkward::place();
    place.write(
        "text.db",
        "hello, this is a text and no database, whatever its name says",
    );
    for (name, sql) in [
        (
            "other.db",
            "CREATE TABLE leads (a, b); INSERT INTO leads VALUES (1, 2)",
        ),
        ("view.db", "CREATE VIEW emails AS SELECT 1 AS a"),
    ] {
        database(&place, name).execute_batch(sql).unwrap();
    }
    for (name, sql) in [
        (
            "type.db",
            "ALTER TABLE decisions DROP COLUMN tracked; ALTER TABLE decisions ADD COLUMN tracked TEXT",
        ),
        (
            "must.db",
            "ALTER TABLE updates RENAME TO u; CREATE TABLE updates (\"updateid\" TEXT PRIMARY KEY, line INTEGER, activityid TEXT, regardingobjectid TEXT, source TEXT, mine TEXT NOT NULL)",
        ),
        (
            "key.db",
            "DROP TABLE failures; CREATE TABLE failures (failureid TEXT, line INTEGER, source TEXT PRIMARY KEY, error TEXT)",
        ),
    ] {
        good(export(&place, "out", name));
        let database = database(&place, name);
        database.execute_batch(sql).unwrap();
    }
    for (name, words) in [
        ("out/state.db", "is the state of an output folder; "),
        ("text.db", "is not an SQLite database; "),
        (
            "other.db",
            "the table `leads` has no column `leadid` (TEXT), ",
        ),
        ("view.db", "the table `emails` is a view, "),
        (
            "type.db",
            "the table `decisions` has the column `tracked` as TEXT, and not as INTEGER, ",
        ),
        (
            "must.db",
            "the table `updates` has a column `mine` that every row must give a value, ",
        ),
        (
            "key.db",
            "the table `failures` has another key than `failureid`: the column `failureid`, ",
        ),
    ] {
        let before = fs::read(place.path(name)).unwrap();
        let ran = export(&place, "out", name);
        assert_eq!((ran.status, ran.stderr.lines().count()), (2, 1), "{name}");
        let says = format!("mailtrack: {name}: {words}");
        assert!(ran.stderr.starts_with(&says), "{}", ran.stderr);
        assert!(before == fs::read(place.path(name)).unwrap(), "{name}");
    }
    let ran = export(&place, "out", "nowhere/x.db");
    assert_eq!((ran.status, ran.stderr.lines().count()), (1, 1));
    let ran = ran_with(&place, "export out --to sqlite -o x.db --bom");
    assert_eq!(
        ran.stderr,
        "mailtrack: --bom and --no-guard go with --to csv only\n"
    );
    assert!(!place.path("x.db").exists());
}

fn ran_with(place: &Place, command: &str) -> Ran {
    ran(place.command(command))
}

/// A process limit on the size of files stands for a full disk.
#[test]
fn a_full_disk_leaves_nothing_half_written() {
    let place = awkward::place();
    good(export(&place, "out", "old.db"));
    let old = fs::read(place.path("old.db")).unwrap();
    place.write(
        "mail/later.eml",
        "From: z@z.example\nMessage-ID: <z@z>\n\nz\n",
    );
    let run = "run mail --book book.mtb --out out --options o.toml";
    assert_eq!(ran(place.command(run)).status, 0);
    let names = place.names(".");
    for file in ["new.db", "old.db"] {
        let ran = ran(place.within(16, &format!("export out --to sqlite -o {file}")));
        assert_eq!(
            (ran.status, ran.stderr.lines().count()),
            (1, 1),
            "{}",
            ran.stderr
        );
        let says = format!("mailtrack: {file}: cannot be written: ");
        assert!(ran.stderr.starts_with(&says), "{}", ran.stderr);
    }
    assert_eq!(place.names("."), names);
    assert!(old == fs::read(place.path("old.db")).unwrap());
}
