//! Compressed mail is read like uncompressed mail; a damaged file or a bomb is one line in failures.

use std::process::Command;

use serde_json::Value;

use crate::place::{Place, ran};
use crate::support::packing::{column, gz, mbox, message, place, zst};

#[test]
fn packed_mail_is_read_as_if_it_lay_there_unpacked() {
    let place = place();
    place.write("mail/a/0.eml.gz", gz(message(0)));
    place.write("mail/a/1.ZST", zst(message(1)));
    place.write("mail/Sent.mbox.gz", gz(mbox(2..4)));
    place.write("mail/Old.zst", zst(mbox(4..6)));
    std::fs::create_dir_all(place.path("mail/M/new")).unwrap();
    // As Dovecot stores them, without a sign in the name.
    place.write("mail/M/cur/6.host:2,S", gz(message(6)));
    // Several gzip members, as in concatenated files.
    let two = [gz(&message(7)[..50]), gz(&message(7)[50..])].concat();
    place.write("mail/7.eml.gz", two);
    place.write("mail/notes.gz", gz("no mail at all"));
    let out = place.run("--options o.toml --strict");
    assert_eq!((out.status, &*out.stderr), (0, ""));
    let wanted = [
        ("a/0.eml.gz", "a", "Body 0\n"),
        ("a/1.ZST", "a", "Body 1\n"),
        ("Sent.mbox.gz#1", "Sent", "Body 2\nFrom here\n"),
        ("Sent.mbox.gz#2", "Sent", "Body 3\nFrom here\n"),
        ("Old.zst#1", "Old", "Body 4\nFrom here\n"),
        ("Old.zst#2", "Old", "Body 5\nFrom here\n"),
        ("M/6.host", "M", "Body 6\n"),
        ("7.eml.gz", "", "Body 7\n"),
    ];
    let columns = ["source", "folder", "description"].map(|name| column(&place, "emails", name));
    for (at, (source, folder, body)) in wanted.into_iter().enumerate() {
        assert_eq!((&*columns[0][at], &*columns[1][at]), (source, folder));
        assert_eq!(columns[2][at].trim_end(), body.trim_end(), "{source}");
    }
    let summary = place.summary();
    assert_eq!(summary["messages"]["tracked"], 8);
    assert_eq!(summary["files"]["skipped"], 1);

    let explained =
        ran(place.command("explain mail/Sent.mbox.gz#2 --mail mail --book book --options o.toml"));
    assert!(
        explained.stdout.contains("Sent.mbox.gz#2: tracked"),
        "{}",
        explained.stdout
    );
}

#[test]
fn what_is_packed_and_unchanged_is_not_unpacked_again() {
    let place = place();
    place.write("mail/1.eml.gz", gz(message(1)));
    place.write("mail/Sent.mbox.zst", zst(mbox(2..5)));
    place.write("mail/notes.gz", gz("no mail at all"));
    place.run("--options o.toml");
    // Other content of the same size and time would be noticed if a file were opened.
    for name in ["mail/1.eml.gz", "mail/Sent.mbox.zst", "mail/notes.gz"] {
        let path = place.path(name);
        let meta = std::fs::metadata(&path).unwrap();
        std::fs::write(&path, vec![0x1f; meta.len() as usize]).unwrap();
        let file = std::fs::File::options().write(true).open(&path).unwrap();
        file.set_modified(meta.modified().unwrap()).unwrap();
    }
    let before = std::fs::read(place.path("out/emails.jsonl")).unwrap();
    let out = place.run("--options o.toml --strict");
    assert_eq!((out.status, &*out.stderr), (0, ""));
    let text = std::fs::read_to_string(place.path("out/summary.json")).unwrap();
    let summary: Value = serde_json::from_str(&text).unwrap();
    assert_eq!(
        (&summary["messages"]["seen"], &summary["files"]["skipped"]),
        (&4.into(), &1.into())
    );
    assert_eq!(
        std::fs::read(place.path("out/emails.jsonl")).unwrap(),
        before
    );
}

#[test]
fn damage_and_bombs_are_a_line_each() {
    let place = place();
    let long = format!("{}{}", message(0), "x y z ".repeat(20_000));
    let whole = gz(&long);
    place.write("mail/cut.eml.gz", &whole[..whole.len() / 2]);
    let mut wrong_sum = whole.clone();
    let at = wrong_sum.len() - 8;
    wrong_sum[at] ^= 1;
    place.write("mail/sum.eml.gz", &wrong_sum);
    let packed = zst(mbox(1..3));
    place.write("mail/cut.mbox.zst", &packed[..packed.len() - 5]);
    let mut wrong_sum = packed.clone();
    *wrong_sum.last_mut().unwrap() ^= 1;
    place.write("mail/sum.mbox.zst", &wrong_sum);
    let zeros = vec![0u8; 70 << 20];
    place.write(
        "mail/bomb.mbox.gz",
        gz([mbox(3..4).as_bytes(), &zeros].concat()),
    );
    place.write(
        "mail/large.eml.gz",
        gz([message(4).as_bytes(), &zeros].concat()),
    );
    place.write(
        "mail/head.eml.zst",
        zst([b"A: ".as_slice(), &zeros].concat()),
    );
    place.write("mail/sound.eml.gz", gz(message(5)));
    let out = place.run("--options o.toml --max-size 1000000 --strict");
    assert_eq!(out.status, 3, "{}", out.stderr);
    assert_eq!(place.summary()["messages"]["tracked"], 1);
    let failures: Vec<(String, String)> = column(&place, "failures", "source")
        .into_iter()
        .zip(column(&place, "failures", "error"))
        .collect();
    let wanted = [
        (
            "bomb.mbox.gz",
            "unpacks to more than 67108864 bytes, far more than mail of its size does",
        ),
        ("cut.eml.gz", "cannot be unpacked: "),
        ("cut.mbox.zst", "it is damaged or cut off"),
        (
            "head.eml.zst",
            "unpacks to more than the limit of 1000000 bytes (--max-size)",
        ),
        (
            "large.eml.gz",
            "unpacks to more than the limit of 1000000 bytes (--max-size)",
        ),
        ("sum.eml.gz", "it is damaged or cut off"),
        ("sum.mbox.zst", "it is damaged or cut off"),
    ];
    assert_eq!(failures.len(), wanted.len(), "{failures:?}");
    for ((source, error), (name, part)) in failures.iter().zip(wanted) {
        assert!(source == name && error.contains(part), "{source}: {error}");
    }
    // Reported once, and tried again every time.
    place.write("mail/cut.eml.gz", &whole);
    place.run("--options o.toml --max-size 1000000");
    assert_eq!(column(&place, "failures", "source").len(), wanted.len());
    assert!(column(&place, "emails", "source").contains(&"cut.eml.gz".to_owned()));
}

#[test]
fn the_same_bytes_on_any_number_of_threads() {
    let place = place();
    for number in 0..6 {
        place.write(&format!("mail/{number}.eml.gz"), gz(message(number)));
        place.write(
            &format!("mail/{number}.mbox.zst"),
            zst(mbox(number..number + 3)),
        );
    }
    let tables = ["emails", "decisions", "activityparties", "contacts"];
    let [one, three] = ["1", "3"].map(|threads| {
        let _ = std::fs::remove_dir_all(place.path("out"));
        place.run(&format!("--options o.toml --threads {threads}"));
        tables.map(|table| std::fs::read(place.path(&format!("out/{table}.jsonl"))).unwrap())
    });
    assert!(!one[0].is_empty() && one == three);
}

/// A mail program can have more folders than a process may have open files.
#[test]
fn more_mail_folders_than_files_may_be_open() {
    let place = Place::new();
    place.write("o.toml", "email.track = \"all\"\n");
    let mbox = |name: &str| {
        format!(
            "From x Mon Mar 2 09:30:00 2026\nFrom: kim@fabrikam.example\nMessage-ID: <{name}@x>\n\nHi from {name}\n"
        )
    };
    for number in 0..150 {
        place.write(&format!("mail/{number}.mbox"), mbox(&number.to_string()));
        place.write(
            &format!("mail/p{number}.mbox.gz"),
            gz(mbox(&format!("p{number}"))),
        );
    }
    let run = "run mail --book book --options o.toml --out out --threads 2";
    let mut command = Command::new("sh");
    command
        .args(["-c", &format!("ulimit -n 64; exec \"$0\" {run}")])
        .arg(assert_cmd::cargo::cargo_bin!("mailtrack"))
        .current_dir(place.path("."));
    let run = ran(command);
    assert_eq!(run.status, 0, "{}", run.stderr);
    assert_eq!(place.lines("emails").len(), 300);
    for email in place.lines("emails") {
        let id = email["messageid"].as_str().unwrap().trim_end_matches("@x");
        assert_eq!(
            email["description"].as_str().unwrap().trim(),
            format!("Hi from {id}")
        );
    }
}
