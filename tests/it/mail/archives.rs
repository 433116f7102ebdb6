//! Archives are read like folders; hostile entries have no effect outside, and each error is reported.

use std::io::Write as _;

use crate::place::{Place, ran};
use crate::support::packing::{column, gz, mbox, message, place, zst};

/// Returns the entries of the archives: name and content; a name that ends in `/` is a folder.
fn entries() -> Vec<(&'static str, String)> {
    vec![
        ("Inbox/0.eml", message(0)),
        ("./Old/Sent.mbox", mbox(1..3)),
        ("M/cur/", String::new()),
        ("M/new/", String::new()),
        ("M/cur/3.host:2,S", message(3)),
        ("M/.Deals.Won/tmp/", String::new()),
        ("M/.Deals.Won/cur/4.host:2,RS", message(4)),
        ("M/tmp/9.host", message(9)),
        ("5", message(5)),
        (".hidden/8.eml", message(8)),
        ("photo.jpg", "no mail".into()),
    ]
}

const WANTED: [(&str, &str); 6] = [
    ("Inbox/0.eml", "Inbox"),
    ("Old/Sent.mbox#1", "Old/Sent"),
    ("Old/Sent.mbox#2", "Old/Sent"),
    ("M/3.host", "M"),
    ("M/Deals/Won/4.host", "M/Deals/Won"),
    ("5", ""),
];

/// Returns a tar header with a name that the `tar` crate would refuse to write.
fn header(name: &str, size: u64, kind: tar::EntryType) -> tar::Header {
    let mut header = tar::Header::new_gnu();
    header.as_old_mut().name[..name.len()].copy_from_slice(name.as_bytes());
    header.set_size(size);
    header.set_mode(0o644);
    header.set_entry_type(kind);
    header.set_cksum();
    header
}

fn tar_of(entries: &[(&str, String)]) -> Vec<u8> {
    let mut tar = tar::Builder::new(Vec::new());
    for (name, content) in entries {
        let kind = if name.ends_with('/') {
            tar::EntryType::Directory
        } else {
            tar::EntryType::Regular
        };
        let header = header(name, content.len() as u64, kind);
        tar.append(&header, content.as_bytes()).unwrap();
    }
    tar.into_inner().unwrap()
}

fn zip_of(entries: &[(&str, String)]) -> Vec<u8> {
    let mut zip = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    let options = zip::write::SimpleFileOptions::default()
        .compression_method(zip::CompressionMethod::Deflated);
    for (name, content) in entries {
        if name.ends_with('/') {
            zip.add_directory(*name, options).unwrap();
        } else {
            zip.start_file(*name, options).unwrap();
            zip.write_all(content.as_bytes()).unwrap();
        }
    }
    zip.finish().unwrap().into_inner()
}

fn failures(place: &Place) -> Vec<(String, String)> {
    let sources = column(place, "failures", "source");
    sources
        .into_iter()
        .zip(column(place, "failures", "error"))
        .collect()
}

#[test]
fn archives_are_read_as_if_they_were_folders() {
    let tar = tar_of(&entries());
    let archives = [
        ("mail.tar", tar.clone()),
        ("mail.tar.gz", gz(&tar)),
        ("mail.TGZ", gz(&tar)),
        ("mail.tar.zst", zst(&tar)),
        ("mail.zip", zip_of(&entries())),
    ];
    for (name, bytes) in archives {
        let place = place();
        place.write(&format!("mail/a/{name}"), bytes);
        let out = place.run("--options o.toml --strict");
        assert_eq!((out.status, &*out.stderr), (0, ""), "{name}");
        let found: Vec<(String, String)> = column(&place, "emails", "source")
            .into_iter()
            .zip(column(&place, "emails", "folder"))
            .collect();
        let within = |path: &str| format!("a/{name}/{path}").trim_end_matches('/').to_owned();
        let wanted: Vec<(String, String)> = WANTED
            .iter()
            .map(|(source, folder)| (within(source), within(folder)))
            .collect();
        assert_eq!(found, wanted);
        let bodies = column(&place, "emails", "description");
        assert!(bodies[0].starts_with("Body 0") && bodies[1].contains("\nFrom here"));
        assert_eq!(place.summary()["files"]["withmessages"], 1);

        let explain =
            format!("explain mail/a/{name}/M/3.host --mail mail --book book --options o.toml");
        let explained = ran(place.command(&explain));
        let want = format!("a/{name}/M/3.host: tracked");
        assert!(
            explained.stdout.contains(&want),
            "{}{}",
            explained.stdout,
            explained.stderr
        );

        // An unchanged archive is not opened again; if a message is added, only that one is new.
        place.run("--options o.toml");
        let lines = column(&place, "decisions", "source").len();
        assert_eq!(lines, WANTED.len());
    }
}

#[test]
fn an_archive_that_grew_has_new_mail_only() {
    let place = place();
    place.write("mail/a.zip", zip_of(&entries()));
    place.run("--options o.toml");
    let mut more = entries();
    more.push(("Inbox/7.eml", message(7)));
    place.write("mail/a.zip", zip_of(&more));
    place.run("--options o.toml");
    let sources = column(&place, "decisions", "source");
    assert_eq!(sources.len(), WANTED.len() + 1);
    assert_eq!(sources.last().unwrap(), "a.zip/Inbox/7.eml");
}

#[test]
fn names_that_lead_out_and_links_are_not_followed() {
    let hostile = [
        ("../out.eml", message(1)),
        ("/tmp/abs.eml", message(2)),
        ("a/../../out.eml", message(3)),
        ("ok.eml", message(4)),
        ("inner.zip", "PK".into()),
    ];
    let mut tar = tar::Builder::new(tar_of(&hostile));
    let bytes = tar.get_mut();
    bytes.truncate(bytes.len() - 1024);
    let mut link = header("link.eml", 0, tar::EntryType::Symlink);
    link.set_link_name("/etc/passwd").unwrap();
    link.set_cksum();
    let mut end = Vec::new();
    end.extend_from_slice(link.as_bytes());
    end.extend_from_slice(&[0; 1024]);
    bytes.extend(end);
    let tar = bytes.clone();
    for (name, bytes) in [("a.tar", tar), ("a.zip", zip_of(&hostile))] {
        let place = place();
        place.write(&format!("mail/{name}"), bytes);
        let out = place.run("--options o.toml");
        assert_eq!(out.status, 0);
        assert!(
            out.stderr
                .contains("1 compressed file or archive was skipped"),
            "{}",
            out.stderr
        );
        assert_eq!(place.summary()["messages"]["tracked"], 1);
        let found = failures(&place);
        let errors = [
            ("a/../../out.eml", "leads out of the archive"),
            ("../out.eml", "leads out of the archive"),
            ("/tmp/abs.eml", "has an absolute name in the archive"),
        ];
        for (entry, error) in errors {
            let source = format!("{name}/{entry}");
            let is_told = found
                .iter()
                .any(|(at, why)| *at == source && why.contains(error));
            assert!(is_told, "{source}: {found:?}");
        }
        assert_eq!(place.names(""), ["book", "mail", "o.toml", "out"]);
    }
}

#[test]
fn damaged_archives_and_bombs_are_reported() {
    let place = place();
    let tar = tar_of(&entries());
    let packed = gz(&tar);
    let mut sum = packed.clone();
    let at = sum.len() - 8;
    sum[at] ^= 1;
    let zeros = vec![0u8; 70 << 20];
    let bomb = [message(1).as_bytes(), &zeros].concat();
    let bomb = String::from_utf8(bomb).unwrap();
    // A huge long name is never kept in memory.
    let long_name = header("././@LongLink", 60 << 20, tar::EntryType::GNULongName);
    let long_name = [long_name.as_bytes().as_slice(), &vec![b'x'; 60 << 20]].concat();
    let whole = zip_of(&[("a.eml", message(1)), ("b.eml", message(2))]);
    let mut crc = whole.clone();
    let in_directory = memchr::memmem::find(&crc, b"PK\x01\x02").unwrap() + 16;
    crc[in_directory] ^= 1;
    let mut locked = whole.clone();
    let in_directory = memchr::memmem::find(&locked, b"PK\x01\x02").unwrap() + 8;
    locked[in_directory] |= 1;
    for (name, bytes) in [
        ("cut.tar", tar[..700].to_vec()),
        ("cut.tgz", packed[..packed.len() / 2].to_vec()),
        ("cut.zip", whole[..whole.len() / 2].to_vec()),
        ("sum.tgz", sum),
        ("bomb.tgz", gz(tar_of(&[("a.eml", bomb.clone())]))),
        ("bomb.zip", zip_of(&[("a.eml", bomb)])),
        ("name.tgz", gz(long_name)),
        ("none.tar", b"packed".to_vec()),
        ("crc.zip", crc),
        ("locked.zip", locked),
    ] {
        place.write(&format!("mail/{name}"), bytes);
    }
    let out = place.run("--options o.toml --strict");
    assert_eq!(out.status, 3, "{}", out.stderr);
    let wanted = [
        ("bomb.tgz", "unpacks to more than 67108864 bytes"),
        ("bomb.zip", "unpacks to more than 67108864 bytes"),
        ("crc.zip/a.eml", "it is damaged or cut off"),
        ("cut.tar", "it is damaged or cut off"),
        ("cut.tgz", "it is damaged or cut off"),
        ("cut.zip", "it is damaged or cut off"),
        ("locked.zip/a.eml", "is encrypted"),
        ("name.tgz", "unpacks to more than"),
        ("none.tar", "it is damaged or cut off"),
        ("sum.tgz", "it is damaged or cut off"),
    ];
    let found = failures(&place);
    assert_eq!(found.len(), wanted.len(), "{found:?}");
    for ((source, error), (name, part)) in found.iter().zip(wanted) {
        assert!(source == name && error.contains(part), "{source}: {error}");
    }
    // Undamaged entries of a zip are read.
    assert_eq!(place.summary()["messages"]["tracked"], 1);
}

#[test]
fn the_same_bytes_on_any_number_of_threads() {
    let place = place();
    place.write("mail/a.zip", zip_of(&entries()));
    place.write("mail/b.tgz", gz(tar_of(&entries())));
    let tables = ["emails", "decisions", "activityparties", "contacts"];
    let [one, three] = ["1", "3"].map(|threads| {
        let _ = std::fs::remove_dir_all(place.path("out"));
        place.run(&format!("--options o.toml --threads {threads}"));
        tables.map(|table| std::fs::read(place.path(&format!("out/{table}.jsonl"))).unwrap())
    });
    assert!(!one[0].is_empty() && one == three);
}
