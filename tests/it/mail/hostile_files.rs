//! Hostile and broken files of mail: every message has exactly one outcome, and nothing is written outside the output
//! folder (R12, R13).

use std::fs;
use std::os::unix::fs::symlink;
use std::process::Command;

use crate::place::{Place, ran};
use crate::support::hostile::{FROM, message};

#[test]
fn archives_cut_off() {
    let line = "From a@x Mon Mar  2 09:30:00 2026\n";
    let whole = message(
        "Content-Type: multipart/mixed; boundary=b\r\n",
        "--b\r\n\r\nx\r\n--b--\r\n",
    )
    .replace('\r', "");
    let place = Place::new();
    place.write("mail/head.mbox", format!("{line}{whole}\n{line}{FROM}Subj"));
    place.write(
        "mail/body.mbox",
        format!("{line}{whole}\n{line}{}", &whole[..whole.len() - 12]),
    );
    place.write("mail/separator.mbox", format!("{line}{whole}\n{line}"));
    place.write("mail/empty.mbox", format!("{line}\n").repeat(10_000));
    assert_eq!(place.run("").status, 0);
    let summary = place.summary();
    assert_eq!(summary["messages"]["total"], 10_006);
    assert_eq!(summary["messages"]["failures"], 10_001);
    assert_eq!(summary["files"]["withmessages"], 4);
}

#[test]
fn bytes_that_are_not_mail() {
    let place = Place::new();
    place.write("mail/nul.eml", vec![0; 1_000_000]);
    place.write("mail/empty.eml", "");
    place.write(
        "mail/noise.eml",
        (0..=255).cycle().take(100_000).collect::<Vec<u8>>(),
    );
    place.write("mail/nul", vec![0; 1_000]);
    place.write("mail/empty", "");
    assert_eq!(place.run("").status, 0);
    let summary = place.summary();
    assert_eq!(summary["messages"]["failures"], 3);
    assert_eq!(summary["files"]["skipped"], 2);
}

#[test]
fn what_is_not_a_file_is_passed_by() {
    let place = Place::new();
    place.write("mail/1.eml", message("", "x"));
    place.write("mail/box/cur/1", message("", "x").replace("<m@", "<n@"));
    fs::create_dir(place.path("mail/box/new")).unwrap();
    symlink("loop", place.path("mail/loop")).unwrap();
    symlink("..", place.path("mail/up")).unwrap();
    symlink("gone.eml", place.path("mail/gone.eml")).unwrap();
    symlink("/etc/passwd", place.path("mail/out.eml")).unwrap();
    symlink(".", place.path("mail/box/cur/dot")).unwrap();
    for fifo in ["mail/fifo", "mail/fifo.eml", "mail/box/cur/2"] {
        assert!(
            Command::new("mkfifo")
                .arg(place.path(fifo))
                .status()
                .unwrap()
                .success()
        );
    }
    assert_eq!(place.run("--strict").status, 0);
    let summary = place.summary();
    assert_eq!(summary["messages"]["total"], 2);
    assert_eq!(summary["files"]["skipped"], 8);
}

/// A FIFO has no size and cannot be read twice, so it is refused without waiting for a writer.
#[test]
fn a_fifo_as_an_argument_is_refused() {
    let place = Place::new();
    let made = Command::new("mkfifo").arg(place.path("mail.eml")).status();
    assert!(made.unwrap().success());
    let ran = ran(place.command("run mail.eml --book book --dry-run"));
    assert_eq!(
        (ran.status, ran.stderr.lines().count()),
        (2, 1),
        "{}",
        ran.stderr
    );
}

#[test]
fn no_name_in_mail_is_a_path() {
    let place = Place::new();
    let part = |name: &str| {
        format!(
            "--b\r\nContent-Type: application/pdf; name=\"{name}\"\r\nContent-Disposition: attachment; filename=\"{name}\"\r\n\r\nx\r\n"
        )
    };
    let names = [
        "../../up.pdf",
        "/tmp/absolute.pdf",
        "..\\..\\up.pdf",
        "a\0b",
    ];
    let body: String = names.map(part).concat();
    let text = message(
        "Content-Type: multipart/mixed; boundary=b\r\n",
        &format!("{body}--b--\r\n"),
    );
    // `../..` in modified UTF-7, and an absolute path.
    for (at, folder) in [
        "",
        "...&AC8-..",
        ".&AC4ALgAvAC4ALg-",
        ".&AC4ALg-",
        ".&AC8-etc",
        ".a..b",
    ]
    .into_iter()
    .enumerate()
    {
        let text = text.replace("<m@", &format!("<{at}@"));
        place.write(&format!("mail/box/{folder}/cur/{at}:2,S"), text);
        fs::create_dir(place.path(&format!("mail/box/{folder}/new"))).unwrap();
    }
    let before = (place.names(""), place.names("mail"));
    assert_eq!(place.run("").status, 0);
    place.summary();
    let mut after = place.names("");
    after.retain(|name| name != "out");
    assert_eq!((after, place.names("mail")), before);
    assert_eq!(place.names("out").len(), 11);
    for email in place.lines("emails") {
        let folder = email["folder"].as_str().unwrap();
        let parts: Vec<&str> = folder.split('/').collect();
        assert!(
            parts.iter().all(|part| !["", ".", ".."].contains(part)),
            "{folder}"
        );
    }
}
