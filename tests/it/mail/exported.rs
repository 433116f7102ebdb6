//! Mail as programs export it: labels of Takeout are folders, files of Apple Mail are messages, and files in Outlook's
//! own format are reported.

use crate::place::{Place, ran, said};
use crate::support::packing::{column, gz, message, place};

/// Returns an mbox as Takeout writes it, each message with its labels.
fn takeout(labels: &[&str]) -> String {
    let one = |(number, labels): (usize, &&str)| {
        format!(
            "From 17{number}@xxx Mon Mar 02 09:30:00 +0000 2026\r\nX-GM-THRID: 17{number}\r\nX-Gmail-Labels: {labels}\r\n{}\r\n",
            message(number).replace('\n', "\r\n")
        )
    };
    labels.iter().enumerate().map(one).collect()
}

#[test]
fn labels_of_takeout_are_folders_and_any_of_them_may_be_tracked() {
    let place = Place::new();
    place.write(
        "o.toml",
        "[email]\ntrack = \"none\"\nfolder = [{ path = \"Takeout/Mail/Work/Deals\", regarding = \"contact:c-1\" }, { path = \"Takeout/Mail/Sent\" }]\n",
    );
    let labels = [
        "Inbox,Important,Work/Deals",
        "=?UTF-8?Q?Caf=C3=A9,Work/Deals,Unread?=",
        "Inbox,Opened",
        "Sent,Friends",
    ];
    place.write("mail/Takeout/Mail/All mail.mbox", takeout(&labels));
    assert_eq!(place.run("--options o.toml").status, 0);
    assert_eq!(
        column(&place, "decisions", "reason"),
        ["FolderRule", "FolderRule", "NoFilter", "FolderRule"]
    );
    let folders = [
        "Takeout/Mail/Work/Deals",
        "Takeout/Mail/Café",
        "Takeout/Mail/Friends",
    ];
    assert_eq!(column(&place, "emails", "folder"), folders);
    let regarding = ["contact:c-1", "contact:c-1", ""];
    assert_eq!(column(&place, "emails", "regardingobjectid"), regarding);
    assert_eq!(
        column(&place, "emails", "source")[0],
        "Takeout/Mail/All mail.mbox#1"
    );
    // If it is given as the mail, its labels are top-level folders.
    place.write("Deals.mbox", takeout(&labels));
    place.write(
        "own.toml",
        "[email]\ntrack = \"none\"\nfolder = [{ path = \"Friends\" }]\n",
    );
    let told = said(
        &place,
        "explain Deals.mbox#4 --book book --options own.toml",
    );
    assert!(
        told.contains("folder `Friends`, no regarding record"),
        "{told}"
    );
    let told = said(
        &place,
        "explain Deals.mbox#1 --book book --options own.toml",
    );
    assert!(told.contains("none of its 3 labels has a rule"), "{told}");
}

#[test]
fn a_decision_by_a_label_is_explained_from_the_output_too() {
    let place = Place::new();
    place.write(
        "o.toml",
        "[email]\ntrack = \"none\"\nfolder = [{ path = \"Work\" }]\n",
    );
    place.write("mail/All.mbox", takeout(&["Friends,Work", "Friends"]));
    assert_eq!(place.run("--options o.toml").status, 0);
    let reasons = column(&place, "decisions", "reason");
    assert_eq!(reasons, ["FolderRule", "NoFilter"]);
    for (number, rule) in [
        ("1", "folder `Work`, no regarding record"),
        ("2", "not tracked, NoFilter"),
    ] {
        let told = said(
            &place,
            &format!("explain mail/All.mbox#{number} --book book --options o.toml --out out"),
        );
        assert!(told.contains(rule), "{told}");
    }
}

#[test]
fn nobody_can_put_mail_into_a_tracked_folder_by_a_header() {
    let place = Place::new();
    place.write(
        "o.toml",
        "[email]\ntrack = \"none\"\nfolder = [{ path = \"Deals\" }]\n",
    );
    let forged = format!("X-GM-THRID: 1\nX-Gmail-Labels: Deals\n{}", message(1));
    place.write(
        "mail/1.mbox",
        format!("From x Mon Mar  2 09:30:00 2026\nReceived: by x\n{forged}\n"),
    );
    place.write("mail/2.eml", forged.replace("m1@", "m2@"));
    assert_eq!(place.run("--options o.toml").status, 0);
    assert_eq!(
        column(&place, "decisions", "reason"),
        ["NoFilter", "NoFilter"]
    );
}

const LIST: &str =
    "<?xml version=\"1.0\"?>\n<plist><dict><key>flags</key><integer>1</integer></dict></plist>\n";

fn emlx(message: &str) -> String {
    format!("{}      \n{message}{LIST}", message.len())
}

#[test]
fn messages_of_apple_mail_are_read_without_what_lies_around_them() {
    let place = place();
    let folder = "mail/V10/5E0B/INBOX.mbox/7A1C/Data/1/Messages";
    place.write(&format!("{folder}/1.emlx"), emlx(&message(1)));
    place.write(
        "mail/Work.mbox/Deals.mbox/Messages/2.partial.emlx",
        emlx(&message(2)),
    );
    // A message that ends with its header section, and one without its length.
    let head = "From: kim3@fabrikam.example\nDate: Mon, 2 Mar 2026 09:30:03 +0000\nMessage-ID: <m3@x.example>\n";
    place.write("mail/3.emlx", emlx(head));
    place.write("mail/4.emlx", message(4));
    place.write("mail/5.emlx.gz", gz(emlx(&message(5))));
    let mut zip = zip::ZipWriter::new(std::fs::File::create(place.path("mail/6.zip")).unwrap());
    zip.start_file(
        "Sent.mbox/Messages/6.emlx",
        zip::write::SimpleFileOptions::default(),
    )
    .unwrap();
    std::io::Write::write_all(&mut zip, emlx(&message(6)).as_bytes()).unwrap();
    zip.finish().unwrap();
    assert_eq!(place.run("--options o.toml").status, 0);
    let bodies = [
        "Body 1\n", "Body 2\n", "", "Body 4\n", "Body 5\n", "Body 6\n",
    ];
    assert_eq!(column(&place, "emails", "description"), bodies);
    let folders = ["V10/5E0B/INBOX", "Work/Deals", "", "", "", "6.zip/Sent"];
    assert_eq!(column(&place, "emails", "folder"), folders);
}

#[test]
fn the_size_of_a_message_of_apple_mail_is_bounded() {
    let place = place();
    place.write("mail/1.emlx", emlx(&message(1)));
    let ran = ran(place.command("run mail --book book --out out --max-size 100 --strict"));
    assert_eq!(ran.status, 3);
    assert!(
        column(&place, "failures", "error")[0].contains("more than the limit of 100 (--max-size)")
    );
}

#[test]
fn what_is_outlooks_own_is_reported_in_every_run() {
    let place = Place::new();
    place.write("mail/1.eml", message(0));
    place.write("mail/a.MSG", "\u{1}");
    place.write("mail/b.pst", "!BDN");
    for _ in 0..2 {
        let told = place.run("").stderr;
        let want = "2 Outlook files (.msg, .pst) were skipped: the format is not read; `msgconvert` makes .eml files of .msg";
        assert!(told.contains(want), "{told}");
    }
}
