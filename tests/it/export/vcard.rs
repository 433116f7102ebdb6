//! `export --to vcard`: created records as read by a mail program.

use std::fs;

use calcard::vcard::VCardProperty;

use crate::place::{Place, ran};
use crate::support::cards::{cards, exported, good, place, run, texts};

#[test]
fn what_was_created_is_exported_and_reads_back() {
    let place = place("");
    let long = "Ünlü, \\ ; kahve ".repeat(40);
    let note = format!(
        "NOTE:{}\\nEND:VCARD\\n",
        long.replace('\\', "\\\\")
            .replace(',', "\\,")
            .replace(';', "\\;")
    );
    place.write("cards/bo.vcf", format!("BEGIN:VCARD\nVERSION:4.0\nFN:Bo\\, Ek\nN:Ek\\;x;Bo\\, B;;;\nEMAIL:bo@customer.example\n{note}\nEND:VCARD\n"));
    good(run(&place, "--vcards cards"));
    let text = exported(&place, "--book book --options o.toml");
    for line in text.split("\r\n") {
        assert!(line.len() <= 75 && !line.contains(['\r', '\n']), "{line:?}");
    }
    let cards = cards(&text);
    assert_eq!(cards.len(), 2);
    let contacts = place.lines("contacts");
    for (card, contact) in cards.iter().zip(&contacts) {
        let id = format!("urn:uuid:{}", contact["contactid"].as_str().unwrap());
        assert_eq!(texts(card, VCardProperty::Version), ["4.0"]);
        assert_eq!(texts(card, VCardProperty::Uid), [id]);
    }
    let jana = &cards[0];
    // The parent account's name, not the company on the card.
    assert_eq!(texts(jana, VCardProperty::Org), ["Fabrikam Aktiebolag"]);
    assert_eq!(
        texts(jana, VCardProperty::Email),
        ["jana.l@fabrikam.example", "jana@home.example"]
    );
    assert_eq!(texts(jana, VCardProperty::Tel), ["+46 8 1", "+46 70 2"]);
    assert_eq!(
        texts(jana, VCardProperty::Adr),
        ["", "", "Storgatan 1", "Stockholm", "", "111 22", "Sweden"]
    );
    assert!(
        text.contains("BDAY:19800412\r\n") && text.contains("TEL;TYPE=CELL:+46 70 2\r\n"),
        "{text}"
    );
    let bo = &cards[1];
    assert_eq!(texts(bo, VCardProperty::Fn), ["Bo, Ek"]);
    assert_eq!(texts(bo, VCardProperty::N), ["Ek;x", "Bo, B", "", "", ""]);
    assert_eq!(
        texts(bo, VCardProperty::Note),
        [format!("{}\nEND:VCARD", long)]
    );
    // A run reads the exported cards and gives the same records.
    let again = fs::read(place.path("out/contacts.jsonl")).unwrap();
    fs::remove_dir_all(place.path("out")).unwrap();
    fs::rename(place.path("created.vcf"), place.path("cards/../again.vcf")).unwrap();
    good(run(&place, "--vcards again.vcf"));
    let text = String::from_utf8(again)
        .unwrap()
        .replace("Fabrikam AB", "Fabrikam Aktiebolag");
    assert!(fs::read_to_string(place.path("out/contacts.jsonl")).unwrap() == text);
}

#[test]
fn only_properties_that_reach_the_mail_side_are_exported() {
    let place = place("");
    good(run(&place, "--vcards cards"));
    let hidden = "[synchronization.fields.contact]\n\"fn\" = { direction = \"to-crm\" }\n\"note\" = { direction = \"none\" }\n\"title\" = { direction = \"to-mail\" }\n\"email.1\" = { direction = \"to-crm\" }\n\"n.family\" = { direction = \"to-crm\" }\n";
    place.write("hidden.toml", hidden);
    let text = exported(&place, "--book book --options hidden.toml");
    let jana = &cards(&text)[0];
    assert_eq!(texts(jana, VCardProperty::Fn), [""]);
    assert_eq!(texts(jana, VCardProperty::N), ["", "Jana", "", "", ""]);
    assert_eq!(texts(jana, VCardProperty::Title), ["Head of Sales"]);
    assert_eq!(texts(jana, VCardProperty::Email), ["jana@home.example"]);
    assert!(!text.contains("NOTE"), "{text}");
}

#[test]
fn the_company_is_the_parent_accounts_name_where_that_is_asked_for() {
    let place = place("");
    good(run(&place, "--vcards cards"));
    let org = |more: &str| {
        let ran = ran(place.command(&format!("export out --to vcard -o created.vcf {more}")));
        assert_eq!(ran.status, 0, "{}", ran.stderr);
        let text = fs::read_to_string(place.path("created.vcf")).unwrap();
        (texts(&cards(&text)[0], VCardProperty::Org), ran.stderr)
    };
    assert_eq!(
        org("--book book"),
        (vec!["Fabrikam Aktiebolag".into()], String::new())
    );
    let (without, said) = org("");
    assert_eq!(without, ["Fabrikam AB"]);
    assert!(
        said.contains("1 cards lack the name of the parent account: give --book"),
        "{said}"
    );
    place.write("off.toml", "[synchronization]\nupdate_company = false\n");
    assert_eq!(
        org("--book book --options off.toml"),
        (vec!["Fabrikam AB".into()], String::new())
    );
}

#[test]
fn an_export_that_cannot_be_made_says_why() {
    let place = place("create = \"lead\"\n");
    good(run(&place, ""));
    place.write("there.vcf", "old");
    let export = |more: &str| ran(place.command(&format!("export {more}")));
    fs::create_dir(place.path("empty")).unwrap();
    for (arguments, status, words) in [
        (
            "empty --to vcard -o there.vcf",
            2,
            "empty: does not contain state.db",
        ),
        (
            "gone --to vcard -o there.vcf",
            2,
            "gone: does not contain state.db",
        ),
        (
            "out --to vcard -o empty",
            1,
            "empty: cannot be written: is a folder",
        ),
        (
            "out --to vcard -o gone/x.vcf",
            1,
            "gone/x.vcf: cannot be written: ",
        ),
        ("out --to card -o there.vcf", 2, ""),
    ] {
        let ran = export(arguments);
        assert_eq!(ran.status, status, "{arguments}: {}", ran.stderr);
        assert!(ran.stderr.contains(words), "{arguments}: {}", ran.stderr);
    }
    let leads = place.path("out/leads.jsonl");
    let whole = fs::read(&leads).unwrap();
    fs::write(&leads, &whole[..whole.len() - 9]).unwrap();
    let cut = export("out --to vcard -o there.vcf");
    assert_eq!((cut.status, cut.stderr.lines().count()), (2, 1));
    assert!(
        cut.stderr.starts_with("mailtrack: out/leads.jsonl: has "),
        "{}",
        cut.stderr
    );
    assert_eq!(fs::read(place.path("there.vcf")).unwrap(), b"old");
    // Lines that a stopped run has added do not count.
    fs::write(&leads, [&whole, &b"{\"half\":"[..]].concat()).unwrap();
    assert_eq!(
        export("out --to vcard -o there.vcf").stdout,
        "there.vcf: 2 vCards\n"
    );
    assert_eq!(place.names("empty"), [""; 0]);
}

#[test]
fn a_record_that_a_queue_created_has_the_properties_of_the_queues_mailbox() {
    let place = Place::new();
    place.write(
        "book/queue.csv",
        "queueid,name,emailaddress,ownerid\nq-1,Help,help@contoso.example,u-1\n",
    );
    let options = r#"
[email]
track = "all"
[[mailbox]]
path = "Ann"
owner = "systemuser:u-1"
[[mailbox]]
path = "Help"
owner = "queue:q-1"
[mailbox.synchronization.fields.contact]
"email.1" = { direction = "to-crm" }
"#;
    place.write("o.toml", options);
    for (folder, name) in [("Ann", "Bo Ek"), ("Help", "Kim Lee")] {
        let local = name.to_lowercase().replace(' ', ".");
        let message = format!(
            "From: {name} <{local}@adatum.example>\nTo: {folder}@contoso.example\nMessage-ID: <{local}@x>\nDate: Mon, 2 Mar 2026 09:30:00 +0000\n\nHi\n"
        );
        place.write(&format!("mail/{folder}/a.eml"), message);
    }
    good(place.run("--options o.toml"));
    let contacts = place.lines("contacts");
    let owners: Vec<_> = contacts.iter().map(|it| &it["ownerid"]).collect();
    assert_eq!(owners, ["systemuser:u-1", "systemuser:u-1"]);
    let cards = cards(&exported(&place, "--options o.toml"));
    let emails: Vec<_> = cards
        .iter()
        .map(|card| {
            (
                texts(card, VCardProperty::Fn),
                texts(card, VCardProperty::Email),
            )
        })
        .collect();
    let text = |it: &str| vec![it.to_owned()];
    assert_eq!(
        emails,
        [
            (text("Bo Ek"), text("bo.ek@adatum.example")),
            (text("Kim Lee"), vec![]),
        ]
    );
}
