//! Output folders of older versions continue to work: messages and records with former keys are found again.

use std::fs;

use rusqlite::Connection;

use crate::place::Place;

const OPTIONS: &str = "[email]\ntrack = \"all\"\n";

/// The Message-IDs of the mail as version 4 normalized them and as they are normalized now, each with its key.
const IDS: [(&str, &str, &str, &str); 2] = [
    (
        "a long id@x.example",
        "8d657373-48de-5d49-a0c8-c47c99ecc9f2",
        "alongid@x.example",
        "8d5c53af-04ad-53f8-a137-4bb12fb92611",
    ),
    (
        "=?utf-8?q?=3Cencoded=40x=2Eexample=3E?=",
        "5ab08757-54ca-5b66-9edb-d90be4ae5175",
        "encoded@x.example",
        "ae164c73-ece0-5413-a63d-6b305c718454",
    ),
];

/// An address as version 4 normalized it, and as it is normalized now.
const ADDRESS: (&str, &str) = ("ann\u{200b}@x.example", "ann@x.example");

fn place() -> Place {
    let place = Place::new();
    place.write("options.toml", OPTIONS);
    place.write(
        "mail/a.eml",
        "From: Ann <ann\u{200b}@x.example>\nTo: ann@contoso.example\nDate: Mon, 2 Mar 2026 09:30:00 +0000\n\
         Message-ID: <a long\n id@x.example>\nSubject: One CRM:0001001\n\nHi\n",
    );
    place.write(
        "mail/b.eml",
        "From: Kim <kim@fabrikam.example>\nDate: Mon, 2 Mar 2026 10:30:00 +0000\n\
         Message-ID: =?utf-8?q?=3Cencoded=40x=2Eexample=3E?=\nThread-Index: AdkxrFyO+/YQXUJkSxaFBUTg+EG5kQ==\n\nHi\n",
    );
    let ran = place.run("--options options.toml");
    assert_eq!((ran.status, &*ran.stderr), (0, ""));
    place
}

/// Turns the folder into one as the program of version 4 would have left it.
fn turn_back(place: &Place) {
    place.alter_state(|state| turn_back_state(place, state));
}

fn turn_back_state(place: &Place, connection: &Connection) {
    let blob = |id: &str| format!("X'{}'", id.replace('-', ""));
    for (_, former, _, present) in IDS {
        for table in ["decided", "activity", "token", "conversation"] {
            let (former, present) = (blob(former), blob(present));
            let sql = format!("UPDATE {table} SET identity = {former} WHERE identity = {present}");
            connection.execute(&sql, []).unwrap();
        }
    }
    let (former, present) = ADDRESS;
    let created = "UPDATE created SET address = ?1, folded = ?1 WHERE address = ?2";
    assert_eq!(connection.execute(created, [former, present]).unwrap(), 1);
    for name in ["decisions", "emails", "activityparties", "contacts"] {
        let path = place.path(&format!("out/{name}.jsonl"));
        let mut text = fs::read_to_string(&path).unwrap();
        for (former_id, former, present_id, present) in IDS {
            text = text.replace(present_id, former_id).replace(present, former);
        }
        // What a killed run left behind does not count.
        let length = text.len() as i64;
        fs::write(&path, text + "{\"messageid\":\"cut o").unwrap();
        let sql = "UPDATE output SET length = ?1 WHERE name = ?2";
        connection.execute(sql, (length, name)).unwrap();
    }
    // This table was added in version 5.
    connection.execute("DROP TABLE given", []).unwrap();
    connection.pragma_update(None, "user_version", 4).unwrap();
}

#[test]
fn messages_and_records_of_version_4_are_found_under_their_present_names() {
    let place = place();
    turn_back(&place);
    let again = place.run("--options options.toml --recheck");
    assert_eq!((again.status, &*again.stderr), (0, ""));
    assert!(
        again
            .stdout
            .contains("2 messages in 2 files: 2 seen before"),
        "{}",
        again.stdout
    );
    assert_eq!(place.lines("decisions").len(), 2);
    // A reply, a token, a conversation and the same person lead to the existing rows, with their ids.
    let head = "Date: Tue, 3 Mar 2026 09:30:00 +0000\nTo: ann@contoso.example\n";
    for (name, more) in [
        (
            "c",
            "From: ann@x.example\nMessage-ID: <c@x>\nIn-Reply-To: <alongid@x.example>\n",
        ),
        (
            "d",
            "From: ann@x.example\nMessage-ID: <d@x>\nSubject: Re: One CRM:0001001\n",
        ),
        (
            "e",
            "From: ann@x.example\nMessage-ID: <e@x>\nThread-Index: AdkxrFyO+/YQXUJkSxaFBUTg+EG5kQDIQykw\n",
        ),
        (
            "f",
            "From: ann@x.example\nMessage-ID: <encoded@x.example>\n",
        ),
    ] {
        place.write(&format!("mail/{name}.eml"), format!("{more}{head}\nHi\n"));
    }
    let ran = place.run("--options options.toml");
    assert_eq!((ran.status, &*ran.stderr), (0, ""));
    let emails = place.lines("emails");
    let found: Vec<(&str, &str)> = emails[2..]
        .iter()
        .map(|it| {
            let text = |key: &str| it[key].as_str().unwrap_or_default();
            (text("source"), text("correlatedactivityid"))
        })
        .collect();
    let want = [
        ("c.eml", IDS[0].1),
        ("d.eml", IDS[0].1),
        ("e.eml", IDS[1].1),
    ];
    assert_eq!(found, want);
    let decisions = place.lines("decisions");
    assert_eq!(decisions[5]["reason"], "Duplicate");
    assert_eq!(decisions[5]["activityid"], IDS[1].1);
    assert_eq!(place.lines("contacts").len(), 1);
}
