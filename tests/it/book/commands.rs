//! `book build` and `book info`, and all other commands with a built book instead of its folder.

use std::fs;
use std::path::PathBuf;

use serde_json::Value;

use crate::place::{Place, ran, said};

fn demo(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
        .join("fixtures/demo")
        .join(name)
}

/// Creates a place with the demo's mail, book and options.
fn demo_place() -> Place {
    let place = Place::new();
    fs::remove_dir_all(place.path("book")).unwrap();
    for entry in fs::read_dir(demo("book")).unwrap() {
        let path = entry.unwrap().path();
        place.write(
            &format!("book/{}", path.file_name().unwrap().display()),
            fs::read(&path).unwrap(),
        );
    }
    place.write("options.toml", fs::read(demo("options.toml")).unwrap());
    place
}

#[test]
fn a_built_book_decides_as_its_folder() {
    let place = demo_place();
    assert_eq!(
        said(&place, "book build book -o book.mtb"),
        "book.mtb: 16 records, 16 addresses\n"
    );
    let mail = demo("mail");
    for options in [
        "options",
        "options-none",
        "options-responses",
        "options-sent",
    ] {
        place.write(
            "these.toml",
            fs::read(demo(&format!("{options}.toml"))).unwrap(),
        );
        let run = |book: &str, out: &str| {
            let mut command = place.command(&format!(
                "run --book {book} --options these.toml --out {out}"
            ));
            command.arg(&mail);
            let ran = ran(command);
            assert_eq!(ran.status, 0, "{options}: {}", ran.stderr);
            // These contain times.
            for name in ["summary.json", "state.db"] {
                fs::remove_file(place.path(out).join(name)).unwrap();
            }
        };
        run("book", "of-folder");
        run("book.mtb", "of-file");
        let names = place.names("of-folder");
        assert_eq!(names, place.names("of-file"));
        assert!(names.len() >= 6, "{names:?}");
        for name in names {
            let of = |out: &str| fs::read(place.path(&format!("{out}/{name}"))).unwrap();
            assert!(of("of-folder") == of("of-file"), "{options}: {name}");
        }
        fs::remove_dir_all(place.path("of-folder")).unwrap();
        fs::remove_dir_all(place.path("of-file")).unwrap();
    }
    let question = "LENA.Fischer@cafekranz.example nobody lena.fischer@cafekranz.example --options options.toml --json";
    assert_eq!(
        said(&place, &format!("resolve --book book {question}")),
        said(&place, &format!("resolve --book book.mtb {question}"))
    );
}

#[test]
fn info_reports_what_a_book_holds() {
    let place = Place::new();
    place.write(
        "book/contact.csv",
        "contactid,fullname,emailaddress1,emailaddress2,jobtitle\nc-1,Kim Abel,kim@fabrikam.example,both@x.example,Buyer\nc-2,Bo,both@x.example;k.im+tag@gmail.com,,\n",
    );
    place.write(
        "book/email.csv",
        "activityid,messageid\na-1,<m@x>\na-2,<n@x>\n",
    );
    said(&place, "book build book -o book.mtb");
    let info: Value = serde_json::from_str(&said(&place, "book info book.mtb --json")).unwrap();
    assert_eq!(info["built"], true);
    assert_eq!(
        info["records"],
        serde_json::json!({"contact": 2, "systemuser": 1})
    );
    assert_eq!(
        (&info["addresses"], &info["sharedaddresses"]),
        (&4.into(), &1.into())
    );
    assert_eq!(
        (&info["weakeraddresses"], &info["emails"]),
        (&1.into(), &2.into())
    );
    assert_eq!(
        info["addresscolumns"],
        serde_json::json!([
            "contact.emailaddress1",
            "contact.emailaddress2",
            "systemuser.internalemailaddress"
        ])
    );
    assert!(info["source"].as_str().unwrap().ends_with("/book"));
    assert!(info["agedays"].as_f64().unwrap() < 1.0);
    // The bytes of the sections are those of the file, except for the gaps between them and the checksums at the end.
    let (bytes, length) = (
        info["bytes"].as_u64().unwrap(),
        fs::metadata(place.path("book.mtb")).unwrap().len(),
    );
    assert!(
        bytes <= length && length < bytes + 4096,
        "{bytes} of {length}"
    );
    assert!(info["sections"]["cells"].as_u64().unwrap() > 0);
    let words = said(&place, "book info book.mtb");
    for want in [
        "built 20",
        "  contact: 2\n",
        "addresses: 4, of which 1 belong to several records\n",
        "  cells: ",
    ] {
        assert!(words.contains(want), "{want}: {words}");
    }
    let folder: Value = serde_json::from_str(&said(&place, "book info book --json")).unwrap();
    assert_eq!(
        (&folder["built"], &folder["addresses"]),
        (&false.into(), &4.into())
    );
}

#[test]
fn a_build_that_fails_leaves_the_old_file() {
    let place = Place::new();
    said(&place, "book build book -o book.mtb");
    let old = fs::read(place.path("book.mtb")).unwrap();
    place.write(
        "book/lead.csv",
        "leadid,emailaddress1\nl-1,lee@x.example\n,nobody@x.example\n",
    );
    let before = place.names("");
    let failed = ran(place.command("book build book -o book.mtb"));
    assert_eq!(failed.status, 2);
    assert!(
        failed
            .stderr
            .contains("book/lead.csv:3: a lead without an id"),
        "{}",
        failed.stderr
    );
    assert_eq!(fs::read(place.path("book.mtb")).unwrap(), old);
    assert_eq!(place.names(""), before);
    for (arguments, status, want) in [
        (
            "book build book.mtb -o other.mtb",
            2,
            "book.mtb: is a file; `book build` takes the folder",
        ),
        ("book build nowhere -o other.mtb", 2, "nowhere: "),
        (
            "book build book/ -o book",
            1,
            "is a folder; name a file, such as book.mtb",
        ),
        (
            "book build book -o no/such/folder.mtb",
            1,
            "no/such/folder.mtb: cannot be written",
        ),
        ("book info nowhere.mtb", 2, "nowhere.mtb: "),
        (
            "book info book/contact.csv",
            2,
            "book/contact.csv: is not a built book",
        ),
    ] {
        let failed = ran(place.command(arguments));
        assert_eq!(failed.status, status, "{arguments}: {}", failed.stderr);
        assert!(
            failed.stderr.contains(want),
            "{arguments}: {}",
            failed.stderr
        );
    }
    assert_eq!(place.names(""), before);
}

#[test]
fn a_book_that_is_not_what_was_built_is_refused() {
    let place = Place::new();
    place.write(
        "mail/a.eml",
        "From: kim@fabrikam.example\nTo: ann@contoso.example\nMessage-ID: <1@x>\n\nHi\n",
    );
    said(&place, "book build book -o whole.mtb");
    let whole = fs::read(place.path("whole.mtb")).unwrap();
    let changed = |at: usize, to: u8| {
        let mut bytes = whole.clone();
        bytes[at] = to;
        bytes
    };
    let cases = [
        ("cut off", whole[..whole.len() - 9].to_vec(), "is cut off"),
        ("only a beginning", whole[..100].to_vec(), "is cut off"),
        ("altered", changed(700, whole[700] ^ 0x10), "is damaged"),
        (
            "a newer format",
            changed(12, 99),
            "is an index of format 99, and this program reads format 2",
        ),
        (
            "another byte order",
            [&whole[..8], &[1, 2, 3, 4], &whole[12..]].concat(),
            "in another byte order",
        ),
        (
            "something else",
            b"From: x@y\n\nhello".to_vec(),
            "is not a built book",
        ),
        ("empty", Vec::new(), "book.mtb: "),
    ];
    for (what, bytes, want) in cases {
        place.write("book.mtb", bytes);
        for arguments in [
            "run mail --book book.mtb --out out",
            "resolve --book book.mtb kim@fabrikam.example",
        ] {
            let failed = ran(place.command(arguments));
            assert_eq!(failed.status, 2, "{what}: {}", failed.stdout);
            assert!(failed.stderr.contains(want), "{what}: {}", failed.stderr);
            assert_eq!(
                failed.stderr.lines().count(),
                1,
                "{what}: {}",
                failed.stderr
            );
        }
        assert!(!place.path("out").exists(), "{what}");
    }
}

#[test]
fn a_build_knows_the_columns_of_the_options() {
    let place = Place::new();
    place.write(
        "book/contact.csv",
        "Record ID,Name,Email\nc-1,Kim Abel,kim@fabrikam.example\n",
    );
    place.write(
        "options.toml",
        "[book.columns.contact]\nid = \"Record ID\"\nfullname = \"Name\"\nemailaddress1 = \"Email\"\n",
    );
    said(&place, "book build book -o book.mtb --options options.toml");
    let row: Value = serde_json::from_str(&said(
        &place,
        "resolve --book book.mtb --json kim@fabrikam.example",
    ))
    .unwrap();
    assert_eq!(row["sender"], "contact:c-1");
    place.write("other.toml", "[book.columns.contact]\nid = \"Email\"\n");
    let warned =
        ran(place.command("resolve --book book.mtb --options other.toml kim@fabrikam.example"));
    assert!(
        warned
            .stderr
            .contains("which have no effect on a built index"),
        "{}",
        warned.stderr
    );
}

#[test]
fn many_addresses_from_a_pipe_are_answered_in_order() {
    let place = Place::new();
    let known = [
        "KIM@Fabrikam.example",
        "<ann@contoso.example>",
        "  kim@fabrikam.example\t",
    ];
    let addresses: Vec<String> = (0..30_000)
        .map(|n| {
            if n % 7 == 0 {
                known[n % 3].to_owned()
            } else {
                format!("nobody{n}@x.example")
            }
        })
        .collect();
    let mut command = assert_cmd::Command::from_std(place.command("resolve --book book --json"));
    let output = command.write_stdin(addresses.join("\n")).output().unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    assert_eq!(text.lines().count(), addresses.len());
    for (n, (line, address)) in text.lines().zip(&addresses).enumerate() {
        let row: Value = serde_json::from_str(line).unwrap();
        assert_eq!(row["address"], address.trim());
        let want = ["contact:c-1", "systemuser:u-1", "contact:c-1"][n % 3];
        let want = if n % 7 == 0 {
            Value::from(want)
        } else {
            Value::Null
        };
        assert_eq!(row["sender"], want, "{line}");
    }
}

#[test]
fn a_table_with_more_columns_than_systems_export_is_refused() {
    let names = |count: usize| (0..count).map(|at| format!("column{at}"));
    let csv = |count: usize| {
        let names: Vec<String> = names(count).collect();
        format!("contactid,emailaddress1,{}\n", names.join(","))
    };
    let object = |count: usize| {
        let pairs: Vec<String> = names(count).map(|name| format!("\"{name}\":1")).collect();
        format!("{{\"contactid\":\"c\",{}}}\n", pairs.join(","))
    };
    let objects = |count: usize| -> String {
        let one = |(at, name)| format!("{{\"contactid\":\"c-{at}\",\"{name}\":1}}\n");
        names(count).enumerate().map(one).collect()
    };
    for (file, text, is_read) in [
        ("contact.csv", csv(4_998), true),
        ("contact.csv", csv(4_999), false),
        ("contact.csv", csv(300_000), false),
        ("contact.jsonl", object(4_999), true),
        ("contact.jsonl", object(5_000), false),
        ("contact.jsonl", objects(200_000), false),
    ] {
        let place = Place::new();
        std::fs::remove_file(place.path("book/contact.csv")).unwrap();
        place.write(&format!("book/{file}"), text);
        let ran = ran(place.command("book info book"));
        let want = if is_read { 0 } else { 2 };
        assert_eq!(ran.status, want, "{file}: {}", ran.stderr);
        let is_said = ran
            .stderr
            .contains(&format!("book/{file}: has more than 5000 columns"));
        assert_eq!(is_said, !is_read, "{file}: {}", ran.stderr);
    }
}
