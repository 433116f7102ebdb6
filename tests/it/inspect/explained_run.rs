//! `explain` with the output of a run: by source or Message-ID, with the arguments of the run; and the command that the
//! report shows for each message, run by a shell without changes.

use std::process::Command;

use serde_json::Value;

use crate::place::{Place, Ran, ran};

fn message(number: usize, from: &str) -> String {
    format!(
        "From: {from}\nTo: ann@contoso.example\nSubject: Number {number}\n\
         Date: Mon, 2 Mar 2026 09:30:{number:02} +0000\nMessage-ID: <m{number}@x.example>\n\nHello\n"
    )
}

const KIM: &str = "Kim Abel <kim@fabrikam.example>";
const BO: &str = "Bo Ek <bo@customer.example>";

/// Creates files and folders of every kind that a source can name.
fn place() -> Place {
    let place = Place::new();
    place.write("mail/Inbox/1.eml", message(1, KIM));
    place.write("mail/My Deals/it's 2.eml", message(2, BO));
    let mbox = |numbers: [usize; 2]| {
        numbers.map(|it| {
            format!(
                "From x@y.example Mon Mar  2 09:30:00 2026\n{}\n",
                message(it, BO)
            )
        })
    };
    place.write("mail/Archive.mbox", mbox([3, 4]).concat());
    place.write("mail/Support/cur/5.host:2,S", message(5, KIM));
    place.write("mail/Support/new/.keep", "");
    place.write("mail/-6.eml", message(6, BO));
    place.write("mail/copy.eml", message(1, KIM));
    place.write("mail/broken.eml", "");
    place.write(
        "mail/no-id.eml",
        message(7, BO).replace("Message-ID", "X-Id"),
    );
    place
}

/// Returns the decision that `explain` explains.
fn explained(ran: &Ran) -> Value {
    assert_eq!(ran.status, 0, "{}", ran.stderr);
    let said: Value = serde_json::from_str(&ran.stdout).unwrap();
    said["decision"].clone()
}

fn explain(place: &Place, message: &str, more: &[&str]) -> Ran {
    let mut command = place.command("explain --json");
    command.args(more).arg("--").arg(message);
    ran(command)
}

#[test]
fn what_a_run_printed_names_the_message() {
    let place = place();
    assert_eq!(place.run("").status, 0);
    for row in place.lines("decisions") {
        let source = row["source"].as_str().unwrap();
        for flags in [
            &["--out", "out"][..],
            &["--mail", "mail", "--book", "book"][..],
        ] {
            assert_eq!(explained(&explain(&place, source, flags)), row, "{source}");
        }
    }
    for (named, source) in [
        ("m2@x.example", "My Deals/it's 2.eml"),
        ("<m2@x.example>", "My Deals/it's 2.eml"),
        (" <m3@x.example> ", "Archive.mbox#1"),
        ("m4@x.example", "Archive.mbox#2"),
        ("<m5@x.example>", "Support/5.host"),
        ("m6@x.example", "-6.eml"),
        ("mail/Inbox/1.eml", "Inbox/1.eml"),
        ("mail/Archive.mbox#2", "Archive.mbox#2"),
        ("mail/Support/cur/5.host:2,S", "Support/5.host"),
    ] {
        for flags in [
            &["--out", "out"][..],
            &["--mail", "mail", "--book", "book"][..],
        ] {
            let decision = explained(&explain(&place, named, flags));
            assert_eq!(decision["source"], source, "{named} {flags:?}");
        }
    }
}

#[test]
fn what_names_no_message_or_several_is_an_error_that_says_so() {
    let place = place();
    assert_eq!(place.run("").status, 0);
    let both = [
        &["--out", "out"][..],
        &["--mail", "mail", "--book", "book"][..],
    ];
    for (named, wanted) in [
        (
            "mail",
            "mail: is a folder; explain takes one message: a message file",
        ),
        ("mail/Inbox", "is a folder; explain takes one message"),
        ("mail/Support", "is a folder; explain takes one message"),
        ("book", "is a folder; explain takes one message"),
        (".", "is a folder; explain takes one message"),
        ("Inbox/9.eml", "Inbox/9.eml: is not among the messages of"),
        ("<m9@x.example>", "is not among the messages of"),
        ("M1@x.example", "is not among the messages of"),
        ("Archive.mbox#3", "is not among the messages of"),
        (
            "m1@x.example",
            "2 messages; give one by its source, or by its Message-ID if sources are alike:\n\
             mailtrack:   Inbox/1.eml  <m1@x.example>\nmailtrack:   copy.eml  <m1@x.example>\n",
        ),
        (
            "mail/Archive.mbox",
            "holds 2 messages; name one as mail/Archive.mbox#N:\n\
             mailtrack:   mail/Archive.mbox#1\nmailtrack:   mail/Archive.mbox#2\n",
        ),
    ] {
        for flags in both {
            let ran = explain(&place, named, flags);
            assert_eq!((ran.status, &*ran.stdout), (2, ""), "{named} {flags:?}");
            assert!(ran.stderr.contains(wanted), "{named}: {}", ran.stderr);
        }
    }
    for named in ["Inbox/1.eml", "<m1@x.example>", "m1@x.example"] {
        let ran = explain(&place, named, &["--book", "book"]);
        assert_eq!(ran.status, 2);
        assert!(
            ran.stderr.contains("no such file; explain takes"),
            "{}",
            ran.stderr
        );
    }
    for flags in both {
        let failed = explain(&place, "broken.eml", flags);
        assert_eq!(failed.status, 0, "{}", failed.stderr);
        assert!(
            failed.stdout.contains("has no header field"),
            "{}",
            failed.stdout
        );
    }
}

/// Returns arguments of runs that change decisions, each with a message that shows it.
fn differing() -> Vec<(&'static str, &'static str)> {
    vec![
        ("", "NoSenderMatch"),
        ("--options all.toml", "AcceptAll"),
        ("--options blocked.toml", "Blocked"),
        ("--options folder.toml", "FolderRule"),
        ("--preset generic --book people", "SenderMatch"),
        ("--rules rules --options all.toml", "AcceptAll"),
        ("--vcards cards.vcf --options all.toml", "AcceptAll"),
        (
            "--now 2026-03-02T00:00:00Z --options days.toml",
            "SenderMatch",
        ),
    ]
}

fn differing_place() -> Place {
    let place = Place::new();
    place.write("my mail/Inbox/it's.eml", message(1, BO));
    place.write("all.toml", "email.track = \"all\"\n");
    place.write(
        "blocked.toml",
        "email.blocklist = [\"@customer.example\"]\n",
    );
    place.write("folder.toml", "[[email.folder]]\npath = \"Inbox\"\n");
    place.write(
        "people/people.csv",
        "Number,Full Name,E-Mail Address\n1,Bo Ek,bo@customer.example\n",
    );
    place.write(
        "cards.vcf",
        "BEGIN:VCARD\nVERSION:4.0\nFN:Boris Ekman\nEMAIL:bo@customer.example\nEND:VCARD\n",
    );
    place.write(
        "dated/contact.csv",
        "contactid,fullname,emailaddress1,modifiedon,ownerid\nc-1,Bo,bo@customer.example,2026-03-01,u-1\n",
    );
    place.write(
        "days.toml",
        "[address_book]\ncontacts = \"synchronized\"\n[[synchronization.filter]]\nname = \"new\"\nrecord = \"contact\"\n\
         where = { field = \"modifiedon\", op = \"last-x-days\", value = 5 }\n",
    );
    let shipped = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("rules");
    for entry in std::fs::read_dir(shipped).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        let mut text = std::fs::read_to_string(&path).unwrap();
        if name == "role-accounts.txt" {
            text += "\nbo\n";
        }
        place.write(&format!("rules/{name}"), text);
    }
    place
}

#[test]
fn the_command_of_the_report_gives_the_answer_of_the_run() {
    for (flags, reason) in differing() {
        let place = differing_place();
        let book = match flags {
            _ if flags.contains("--book") => "",
            _ if flags.contains("days") => "--book dated",
            _ => "--book book",
        };
        let mut run = place.command(&format!("run --out my_out {book} {flags}"));
        run.arg("my mail");
        let done = ran(run);
        assert_eq!(done.status, 0, "{flags}: {}", done.stderr);
        let decisions = std::fs::read_to_string(place.path("my_out/decisions.jsonl")).unwrap();
        let row: Value = serde_json::from_str(&decisions).unwrap();
        assert_eq!(row["reason"], reason, "{flags}");
        let report = ran(place.command("report my_out -o page.html"));
        assert_eq!(report.status, 0, "{}", report.stderr);
        let page = std::fs::read_to_string(place.path("page.html")).unwrap();
        let data = |id: &str| -> Value {
            let begin = format!("<script type=\"application/json\" id=\"{id}\">");
            let (_, rest) = page.split_once(&begin).unwrap();
            serde_json::from_str(rest.split_once("</script>").unwrap().0).unwrap()
        };
        let given = data("details-0")[0]["given"].as_u64().unwrap() as usize;
        let arguments = data("legend")["commands"][given]
            .as_str()
            .unwrap()
            .to_owned();
        for flag in flags.split(' ').filter(|it| it.starts_with("--")) {
            assert!(arguments.contains(flag), "{flag} is not in {arguments}");
        }
        // From another folder, because the reader of the page may be anywhere.
        let elsewhere = tempfile::tempdir().unwrap();
        let program = assert_cmd::cargo::cargo_bin!("mailtrack");
        let line = format!(
            "{} explain 'Inbox/it'\\''s.eml'{arguments} --json",
            program.display()
        );
        let shell = Command::new("sh")
            .args(["-c", &line])
            .current_dir(elsewhere.path())
            .output()
            .unwrap();
        assert!(
            shell.status.success(),
            "{line}: {}",
            String::from_utf8_lossy(&shell.stderr)
        );
        let said: Value = serde_json::from_slice(&shell.stdout).unwrap();
        assert_eq!(said["decision"], row, "{line}");
        // The folder alone is enough, and a note says what is taken from it.
        let alone = explain(&place, "Inbox/it's.eml", &["--out", "my_out"]);
        assert_eq!(explained(&alone), row, "{flags}");
        assert!(
            alone
                .stderr
                .starts_with("mailtrack: note: as the run was given: --book ")
        );
    }
}

#[test]
fn each_message_has_what_its_own_run_was_given() {
    let place = Place::new();
    place.write(
        "all.toml",
        "email.track = \"all\"\nemail.create = \"none\"\n",
    );
    for (number, flags) in ["", "", "--options all.toml", ""].iter().enumerate() {
        place.write(&format!("mail/{number}.eml"), message(number, BO));
        assert_eq!(place.run(flags).status, 0);
    }
    let reasons = [
        "NoSenderMatch",
        "NoSenderMatch",
        "AcceptAll",
        "NoSenderMatch",
    ];
    for (number, reason) in reasons.iter().enumerate() {
        let decision = explained(&explain(
            &place,
            &format!("{number}.eml"),
            &["--out", "out"],
        ));
        assert_eq!(decision["reason"], *reason, "{number}");
    }
    // The command line takes precedence.
    let flags = ["--out", "out", "--options", "all.toml"];
    let decision = explained(&explain(&place, "0.eml", &flags));
    assert_eq!(decision["reason"], "AcceptAll");
}

#[test]
fn only_what_was_committed_is_read() {
    let place = place();
    assert_eq!(place.run("").status, 0);
    let decisions = place.path("out/decisions.jsonl");
    let whole = std::fs::read(&decisions).unwrap();
    let row = String::from_utf8(whole.clone()).unwrap();
    let last = row.lines().last().unwrap();
    let want = explained(&explain(&place, "Inbox/1.eml", &["--out", "out"]));
    for more in [
        "{\"source\":\"In",
        "{\"source\":\"Inbox/1.eml\"}\n",
        "not JSON\n",
        "\n",
        &format!("{last}\n"),
        &last[..last.len() / 2],
    ] {
        // As left by a run that was stopped or is in progress.
        std::fs::write(&decisions, [&whole[..], more.as_bytes()].concat()).unwrap();
        for table in ["emails", "activityparties", "contacts", "leads"] {
            let path = place.path(&format!("out/{table}.jsonl"));
            let mut bytes = std::fs::read(&path).unwrap();
            bytes.extend_from_slice(b"{\"half\":");
            std::fs::write(&path, bytes).unwrap();
        }
        for named in ["Inbox/1.eml", "mail/Inbox/1.eml"] {
            let decision = explained(&explain(&place, named, &["--out", "out"]));
            assert_eq!(decision, want, "{more}");
        }
    }
}

#[test]
fn a_message_that_was_decided_again_is_explained_as_it_was_decided_last() {
    let place = Place::new();
    place.write(
        "all.toml",
        "email.track = \"all\"\nemail.create = \"none\"\n",
    );
    for number in 1..4 {
        place.write(&format!("mail/{number}.eml"), message(number, BO));
    }
    assert_eq!(place.run("").status, 0);
    assert_eq!(place.run("--again --options all.toml").status, 0);
    for number in 1..4 {
        let decision = explained(&explain(
            &place,
            &format!("{number}.eml"),
            &["--out", "out"],
        ));
        assert_eq!(decision["reason"], "AcceptAll");
    }
}

#[test]
fn a_folder_that_no_run_has_completed_says_so() {
    let place = Place::new();
    // As left by a first run that was killed: its files, and an empty state.
    for (files, wanted) in [
        (
            &["state.db", ".mailtrack.lock", "emails.jsonl"][..],
            "was stopped before its end",
        ),
        (
            &[".mailtrack.lock", "decisions.jsonl"][..],
            "was stopped before its end",
        ),
        (&["state.db"][..], "was stopped before its end"),
        (
            &["state.db", "state.db-journal"][..],
            "was stopped before its end",
        ),
        (
            &["emails.jsonl"][..],
            "does not contain state.db, so it is not an output folder",
        ),
        (
            &["notes.txt"][..],
            "does not contain state.db, so it is not an output folder",
        ),
    ] {
        let _ = std::fs::remove_dir_all(place.path("out"));
        for file in files {
            place.write(&format!("out/{file}"), "");
        }
        for command in [
            "report out -o page.html",
            "export out --to csv -o csv",
            "explain x.eml --out out",
        ] {
            let ran = ran(place.command(command));
            assert_eq!(ran.status, 2, "{command} {files:?}");
            assert!(
                ran.stderr.contains(wanted),
                "{command} {files:?}: {}",
                ran.stderr
            );
        }
    }
    let gone = ran(place.command("report nowhere -o page.html"));
    assert!(
        gone.stderr.contains("nowhere: does not contain state.db"),
        "{}",
        gone.stderr
    );
}
