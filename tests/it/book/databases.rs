//! Books that are read from a database. Those of PostgreSQL are tested by `.ci/postgres.py`, which has a server.

use rusqlite::Connection;
use serde_json::{Value, json};

use crate::place::{Place, Ran, ran, said};

const TABLES: &str = "
    create table people (nr integer primary key, name text, mail text, owner text, created text, off integer, score real);
    insert into people values
        (7, 'Kim Abel', 'kim@fabrikam.example', 'Ann Beck', '2024-01-31 10:22', 0, 1.5),
        (8, 'Jörg Müller', 'joerg@fabrikam.example, jm@fabrikam.example', '9', '31.01.2024', 1, null),
        (9, null, null, null, null, null, null);
    create table users (id integer primary key, name text, mail text);
    insert into users values (9, 'Ann Beck', 'ann@contoso.example');
    create table sent (id text, message text, about text);
    insert into sent values ('a-1', '<m1@x>', 'contact:7');
";

const OPTIONS: &str = r#"[book.query]
contact = "select nr as id, name as fullname, mail as emailaddress1, owner as ownerid, created as createdon, off as isdisabled, score from people;"
systemuser = "select id, name as fullname, mail as internalemailaddress from users"
email = """
select id as activityid, message as messageid, about as regardingobjectid
from sent"""
"#;

fn crm() -> Place {
    let place = Place::new();
    let database = Connection::open(place.path("crm.db")).unwrap();
    database.execute_batch(TABLES).unwrap();
    place.write("options.toml", OPTIONS);
    place
}

fn row(place: &Place, book: &str, address: &str) -> Value {
    let command = format!("resolve --book {book} --options options.toml --json {address}");
    serde_json::from_str(&said(place, &command)).unwrap()
}

#[test]
fn a_book_is_read_by_a_query_for_each_type() {
    let place = crm();
    let check = "book check sqlite:crm.db --options options.toml --json";
    let checked: Value = serde_json::from_str(&said(&place, check)).unwrap();
    assert_eq!(checked["records"], json!({"contact": 3, "systemuser": 1}));
    assert_eq!(
        (&checked["emails"], &checked["addresses"]),
        (&json!(1), &json!(4))
    );
    let files: Vec<&Value> = checked["files"]
        .as_array()
        .unwrap()
        .iter()
        .map(|it| &it["file"])
        .collect();
    assert_eq!(
        files,
        [
            "sqlite:crm.db, query of contact",
            "sqlite:crm.db, query of email",
            "sqlite:crm.db, query of systemuser"
        ]
    );
    let kim = row(&place, "sqlite:crm.db", "kim@fabrikam.example");
    assert_eq!(kim["sender"], "contact:7");
    assert_eq!(kim["candidates"][0]["createdon"], "2024-01-31T10:22:00Z");
    let joerg = row(&place, "sqlite:crm.db", "jm@fabrikam.example");
    assert_eq!(joerg["candidates"][0]["active"], false);
    place.write(
        "mail/a.eml",
        "From: kim@fabrikam.example\nTo: ann@contoso.example\nMessage-ID: <m2@x>\nIn-Reply-To: <m1@x>\n\nHi\n",
    );
    let arguments = "run mail --book sqlite:crm.db --options options.toml --out out";
    let run = ran(place.command(arguments));
    assert_eq!((run.status, run.stderr.as_str()), (0, ""));
    assert_eq!(place.lines("emails")[0]["regardingobjectid"], "contact:7");
    // The database is only read: no file appears beside it.
    assert_eq!(
        place.names(""),
        ["book", "crm.db", "mail", "options.toml", "out"]
    );
}

#[test]
fn columns_of_a_query_are_mapped_by_preset_and_options() {
    let place = crm();
    place.write(
        "options.toml",
        "[book]\npreset = \"generic\"\n[book.query]\ncontact = \"select * from people\"\n[book.columns.contact]\njobtitle = \"score\"\n",
    );
    let kim = row(&place, "sqlite:crm.db", "kim@fabrikam.example");
    assert_eq!(kim["sender"], "contact:7");
    assert_eq!(kim["candidates"][0]["createdon"], "2024-01-31T10:22:00Z");
}

#[test]
fn a_built_database_is_built_again_when_it_has_changed() {
    let place = crm();
    said(
        &place,
        "book build sqlite:crm.db --options options.toml -o crm.mtb",
    );
    let info = |want: &str| {
        let words = said(&place, "book info crm.mtb");
        assert!(words.contains(want), "{words}");
    };
    info("its source has not changed since");
    let whole = row(&place, "sqlite:crm.db", "kim@fabrikam.example");
    assert_eq!(row(&place, "crm.mtb", "kim@fabrikam.example"), whole);
    place.write(
        "often.toml",
        format!("[local_data]\ninterval = \"1s\"\n{OPTIONS}"),
    );
    let run = |out: &str| {
        let arguments = format!(
            "run mail --book crm.mtb --options often.toml --out {out} --now 2100-01-01T00:00:00Z"
        );
        let run = ran(place.command(&arguments));
        assert_eq!(run.status, 0, "{}", run.stderr);
        run.stderr
    };
    assert!(!run("one").contains("was built again"));
    // In the write-ahead log beside the file, which the last writer left open.
    let database = Connection::open(place.path("crm.db")).unwrap();
    let change =
        "pragma journal_mode = wal; insert into users values (10, 'Bob', 'bob@contoso.example');";
    database.execute_batch(change).unwrap();
    info("its source has changed since");
    let said = run("two");
    assert!(
        said.contains("was built again, because its source, the database sqlite:/"),
        "{said}"
    );
    assert_eq!(
        row(&place, "crm.mtb", "bob@contoso.example")["sender"],
        "systemuser:10"
    );
    drop(database);
    std::fs::remove_file(place.path("crm.db")).unwrap();
    let said = run("three");
    assert!(
        said.contains("its source, the database sqlite:/") && said.contains("is gone"),
        "{said}"
    );
}

#[test]
fn what_the_database_has_by_now_is_not_created_again() {
    let place = crm();
    said(
        &place,
        "book build sqlite:crm.db --options options.toml -o crm.mtb",
    );
    let database = Connection::open(place.path("crm.db")).unwrap();
    let change = "insert into people (nr, mail) values (20, 'new@x.example');";
    database.execute_batch(change).unwrap();
    place.write("all.toml", "[email]\ntrack = \"all\"\n");
    place.write(
        "mail/a.eml",
        "From: New <new@x.example>\nTo: ann@contoso.example\nMessage-ID: <n@x>\n\nHi\n",
    );
    let run = ran(place.command("run mail --book crm.mtb --options all.toml --out out"));
    assert_eq!(run.status, 0, "{}", run.stderr);
    assert_eq!(place.lines("duplicates")[0]["equals"], "contact:20");
    assert_eq!(place.lines("contacts"), Vec::<Value>::new());
}

#[test]
fn what_cannot_be_read_is_refused_in_one_line() {
    let place = crm();
    place.write(
        "text.db",
        "this is no database, though it is long enough to be one\n".repeat(40),
    );
    let query = |query: &str| format!("[book.query]\ncontact = \"{query}\"\n");
    let cases = [
        (
            "sqlite:crm.db",
            String::new(),
            "sqlite:crm.db: is a database, and the options have no query; write one",
        ),
        (
            "sqlite:none.db",
            query("select 1 as id"),
            "sqlite:none.db: cannot be read: No such file",
        ),
        (
            "sqlite:text.db",
            query("select 1 as id"),
            "sqlite:text.db: cannot be read: file is not a database",
        ),
        (
            "sqlite:crm.db",
            query(" ; "),
            "options.toml:2:11: the query of contact is empty",
        ),
        (
            "sqlite:crm.db",
            query("selekt 1"),
            "query of contact: near \"selekt\": syntax error",
        ),
        (
            "sqlite:crm.db",
            query("select * from nowhere"),
            "query of contact: no such table: nowhere",
        ),
        (
            "sqlite:crm.db",
            query("select name from people"),
            "query of contact: has no column `contactid` or `id`; it has `name`",
        ),
        (
            "sqlite:crm.db",
            query("delete from people"),
            "query of contact: gives no columns",
        ),
        (
            "sqlite:crm.db",
            query("delete from people returning nr as id"),
            "attempt to write a readonly database",
        ),
        (
            "sqlite:crm.db",
            query("select 1 as id; select 2"),
            "query of contact: ",
        ),
        (
            "sqlite:crm.db",
            query("select name as id from people"),
            "row 3: a contact without an id",
        ),
        (
            "sqlite:crm.db",
            query("select x'ff' as id"),
            "row 1: has bytes in a cell that are not text",
        ),
        (
            "postgres://ann:s3cret@127.0.0.1:1/crm",
            String::new(),
            "postgres://ann@127.0.0.1:1/crm: is a database",
        ),
    ];
    for (book, options, want) in cases {
        place.write("options.toml", &options);
        let arguments = format!("book build {book} --options options.toml -o b.mtb");
        let Ran {
            status,
            stdout,
            stderr,
        } = ran(place.command(&arguments));
        assert_eq!((status, stdout.as_str()), (2, ""), "{options}: {stderr}");
        assert!(
            stderr.contains(want) && stderr.lines().count() == 1,
            "{want}: {stderr}"
        );
        assert!(!stderr.contains("s3cret"), "{stderr}");
        assert!(!place.path("b.mtb").exists());
    }
    let database = Connection::open(place.path("crm.db")).unwrap();
    let left: i64 = database
        .query_row("select count(*) from people", [], |row| row.get(0))
        .unwrap();
    assert_eq!(left, 3);
}

#[test]
fn a_server_that_is_not_there_is_reported_without_the_password() {
    let place = crm();
    for book in [
        "postgres://ann:s3cret@127.0.0.1:1/crm",
        "postgresql://127.0.0.1:1/crm?user=ann&password=s3cret",
    ] {
        let arguments = format!("resolve --book {book} --options options.toml a@x.example");
        let Ran { status, stderr, .. } = ran(place.command(&arguments));
        assert_eq!(status, 2, "{stderr}");
        assert!(
            !stderr.contains("s3cret") && stderr.lines().count() == 1,
            "{stderr}"
        );
        let want = match cfg!(feature = "postgres") {
            true => "cannot be connected to: ",
            false => "this mailtrack was built without PostgreSQL",
        };
        assert!(stderr.contains(want), "{stderr}");
    }
}
