//! The synchronization client: an output folder belongs to the one that first wrote to it.

use std::fs;

use rusqlite::Connection;

use crate::place::{Place, Ran, ran};

const VERSION_1: &str = include_str!("states/state-1.sql");

fn options(client: &str) -> String {
    format!("[email]\ntrack = \"all\"\n[synchronization]\nclient = \"{client}\"\n")
}

fn message(number: usize) -> String {
    format!(
        "From: Person {number} <p{number}@customer.example>\nTo: ann@contoso.example\nSubject: Number {number}\n\
         Date: Mon, 2 Mar 2026 09:30:{number:02} +0000\nMessage-ID: <m{number}@x.example>\n\nHello\n"
    )
}

fn place() -> Place {
    let place = Place::new();
    for client in ["laptop", "server"] {
        place.write(&format!("{client}.toml"), options(client));
    }
    place.write("mail/1.eml", message(1));
    place
}

#[track_caller]
fn assert_taken(place: &Place, more: &str) {
    let ran = place.run(more);
    assert_eq!((ran.status, &*ran.stderr), (0, ""), "{more}");
}

#[track_caller]
fn assert_refused(ran: &Ran, owner: &str, client: &str) {
    assert_eq!((ran.status, &*ran.stdout), (2, ""), "{}", ran.stderr);
    let want =
        format!("mailtrack: out: belongs to the client `{owner}`, and this one is `{client}`; ");
    assert!(ran.stderr.starts_with(&want), "{}", ran.stderr);
    assert!(ran.stderr.contains("--take-over"), "{}", ran.stderr);
    assert_eq!(ran.stderr.lines().count(), 1, "{}", ran.stderr);
}

/// Returns everything in the output folder.
fn bytes(place: &Place) -> Vec<(String, Vec<u8>)> {
    let names = place.names("out").into_iter();
    names
        .map(|name| {
            let bytes = fs::read(place.path(&format!("out/{name}"))).unwrap();
            (name, bytes)
        })
        .collect()
}

#[test]
fn another_client_is_refused_unless_it_takes_over() {
    let place = place();
    assert_taken(&place, "--options laptop.toml");
    place.write("mail/2.eml", message(2));
    // A stopped run has left half a line; another client must not even cut it off.
    let emails = place.path("out/emails.jsonl");
    let mut cut = fs::read(&emails).unwrap();
    cut.extend_from_slice(b"{\"half\":");
    fs::write(&emails, cut).unwrap();
    let before = bytes(&place);
    assert_refused(&place.run("--options server.toml"), "laptop", "server");
    assert_refused(
        &place.run("--options server.toml --dry-run"),
        "laptop",
        "server",
    );
    assert!(bytes(&place) == before);
    assert_taken(&place, "--options server.toml --take-over --dry-run");
    assert!(bytes(&place) == before);
    assert_taken(&place, "--options server.toml --take-over");
    assert_eq!(place.lines("emails").len(), 2);
    assert_refused(&place.run("--options laptop.toml"), "server", "laptop");
    assert_taken(&place, "--options server.toml");
}

#[test]
fn the_host_is_the_client_where_none_is_named() {
    let place = place();
    assert_taken(&place, "");
    assert_taken(&place, "");
    let host = String::from_utf8(
        std::process::Command::new("uname")
            .arg("-n")
            .output()
            .unwrap()
            .stdout,
    )
    .unwrap();
    let refused = place.run("--options laptop.toml");
    assert_refused(&refused, host.trim(), "laptop");
    place.write("same.toml", options(host.trim()));
    assert_taken(&place, "--options same.toml");
}

#[test]
fn a_folder_that_was_moved_or_copied_is_still_its_clients() {
    let place = place();
    assert_taken(&place, "--options laptop.toml");
    let copied = std::process::Command::new("cp")
        .args(["-r", "out", "copy"])
        .current_dir(place.path(""))
        .status();
    assert!(copied.unwrap().success());
    fs::rename(place.path("out"), place.path("moved")).unwrap();
    for folder in ["copy", "moved"] {
        let run = |client: &str| {
            let options = format!("--options {client}.toml --out {folder}");
            ran(place.command(&format!("run mail --book book {options}")))
        };
        let seen = run("laptop");
        assert!(seen.stdout.contains("1 seen before"), "{}", seen.stdout);
        assert_eq!(run("server").status, 2);
    }
}

#[test]
fn who_reads_only_may_be_another() {
    let place = place();
    assert_taken(&place, "--options laptop.toml");
    let explained =
        ran(place.command("explain mail/1.eml --book book --options server.toml --out out"));
    assert_eq!((explained.status, &*explained.stderr), (0, ""));
}

/// Moves the rows of the state into one as the program of version 1 would have made it.
fn turn_back(place: &Place) {
    let old = place.path("old.db");
    let connection = Connection::open(&old).unwrap();
    connection.execute_batch(VERSION_1).unwrap();
    let tables: Vec<String> = connection
        // Files were stored in another form then; without them, they are opened once more.
        .prepare("SELECT name FROM sqlite_schema WHERE type = 'table' AND name <> 'file'")
        .unwrap()
        .query_map([], |row| row.get(0))
        .unwrap()
        .map(Result::unwrap)
        .collect();
    let new = place.path("out/state.db");
    connection
        .execute("ATTACH ?1 AS new", [new.to_str().unwrap()])
        .unwrap();
    for table in tables {
        let sql =
            format!("DELETE FROM main.{table}; INSERT INTO main.{table} SELECT * FROM new.{table}");
        connection.execute_batch(&sql).unwrap();
    }
    drop(connection);
    fs::rename(old, new).unwrap();
}

#[test]
fn a_state_of_version_1_goes_on_and_is_the_first_writers() {
    let place = place();
    assert_taken(&place, "--options laptop.toml");
    turn_back(&place);
    let before = fs::read(place.path("out/state.db")).unwrap();
    let dry = place.run("--options server.toml --dry-run");
    assert!(dry.stdout.contains("1 seen before"), "{}", dry.stdout);
    assert!(fs::read(place.path("out/state.db")).unwrap() == before);
    let reply = message(2).replace("\n\n", "\nIn-Reply-To: <m1@x.example>\n\n");
    place.write("mail/2.eml", reply);
    assert_taken(&place, "--options server.toml");
    let emails = place.lines("emails");
    assert_eq!(emails.len(), 2);
    assert_eq!(emails[1]["correlatedactivityid"], emails[0]["activityid"]);
    assert_refused(&place.run("--options laptop.toml"), "server", "laptop");
}

#[test]
fn a_client_changes_no_decision() {
    let place = place();
    place.write("plain.toml", "[email]\ntrack = \"all\"\n");
    assert_taken(&place, "--options plain.toml");
    let other = place.run("--options server.toml --take-over");
    assert!(!other.stdout.contains("other options"), "{}", other.stdout);
}
