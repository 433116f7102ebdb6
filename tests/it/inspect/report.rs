//! `report`: the page shows the content of the output folder, and nothing from mail becomes markup. `.ci/report.py`
//! tests the page in a browser.

use std::fs;

use serde_json::Value;

use crate::place::{Place, Ran, ran};
use crate::snapshots::report::text;

fn message(number: usize, from: &str, subject: &str, more: &str) -> String {
    format!(
        "From: {from}\nTo: ann@contoso.example, shared@fabrikam.example\nSubject: {subject}\n{more}\
         Date: Mon, 2 Mar 2026 09:30:{number:02} +0000\nMessage-ID: <m{number}@x.example>\n\nBody\n"
    )
}

/// Creates a place whose `out` has decisions and records with texts that look like markup.
pub(crate) fn place() -> Place {
    let place = Place::new();
    place.write(
        "book/contact.csv",
        "contactid,fullname,emailaddress1,createdon\nc-1,Kim,kim@fabrikam.example,\n\
         c-2,Old,shared@fabrikam.example,2020-01-01\nc-3,<i>New</i>,shared@fabrikam.example,2024-01-01\n",
    );
    place.write("o.toml", "[email]\ntrack = \"all\"\ncreate = \"lead\"\n");
    let hostile = "<script>alert(1)</script>&amp;\"'";
    for (number, from, subject, more) in [
        (1, "Kim <kim@fabrikam.example>", hostile, ""),
        (
            2,
            "Old <shared@fabrikam.example>",
            "Re: it",
            "In-Reply-To: <m1@x.example>\n",
        ),
        (3, "Bo Ek <bo@customer.example>", "</script><!--", ""),
        (4, "noreply@customer.example", "News", ""),
    ] {
        place.write(
            &format!("mail/{number}.eml"),
            message(number, from, subject, more),
        );
    }
    place.write(
        "mail/again.eml",
        message(1, "Kim <kim@fabrikam.example>", "other", ""),
    );
    place.write("mail/<b>.eml", "");
    assert_eq!(place.run("--options o.toml").status, 0);
    place
}

fn report(place: &Place, more: &str) -> Ran {
    ran(place.command(&format!("report out -o page.html {more}")))
}

/// Returns the report on `out`.
pub(crate) fn page(place: &Place, more: &str) -> String {
    let ran = report(place, more);
    assert_eq!((ran.status, &*ran.stderr), (0, ""));
    assert_eq!(ran.stdout, "page.html: 5 decisions\n");
    fs::read_to_string(place.path("page.html")).unwrap()
}

/// Returns the JSON of a script element.
fn data(page: &str, id: &str) -> Value {
    let begin = format!("<script type=\"application/json\" id=\"{id}\">");
    let (_, rest) = page.split_once(&begin).unwrap();
    serde_json::from_str(rest.split_once("</script>").unwrap().0).unwrap()
}

#[test]
fn the_page_shows_what_the_folder_has() {
    let place = place();
    let page = page(&place, "--book book");
    let columns = data(&page, "columns");
    let legend = data(&page, "legend");
    let decisions = place.lines("decisions");
    for (at, decision) in decisions.iter().enumerate() {
        assert_eq!(columns["source"][at], decision["source"]);
        let reason = columns["reason"][at].as_u64().unwrap() as usize;
        assert_eq!(legend["reasons"][reason][0], decision["reason"]);
    }
    let texts = data(&page, "texts");
    let details = data(&page, "details-0");
    let of = |source: &str| {
        let at = decisions
            .iter()
            .position(|it| it["source"] == source)
            .unwrap();
        (at, &details[at])
    };
    let (first, one) = of("1.eml");
    assert_eq!(
        columns["subject"][first],
        "<script>alert(1)</script>&amp;\"'"
    );
    let record = one["record"].as_u64().unwrap() as usize;
    assert_eq!(
        texts["records"][record],
        serde_json::json!(["contact:c-1", "Kim"])
    );
    // A reply links to the message that it answers, and a duplicate to the tracked message.
    assert_eq!(of("2.eml").1["to"], first);
    let (again, copy) = of("again.eml");
    assert_eq!(
        (&copy["to"], &columns["subject"][again]),
        (&first.into(), &columns["subject"][first])
    );
    assert_eq!(of("4.eml").1["notcreated"][0][1], "role");
}

#[test]
fn nothing_from_mail_is_markup_and_nothing_is_fetched() {
    let page = page(&place(), "");
    let own = "<script>\"use strict\";";
    let elements = page.matches("<script").count();
    let data = page
        .matches("<script type=\"application/json\" id=\"")
        .count();
    assert_eq!((elements, page.matches(own).count()), (data + 1, 1));
    assert_eq!(page.matches("</script>").count(), elements);
    assert!(!page.contains("<!--") && !page.contains("<i>New"));
    for way in [
        "http:",
        "https:",
        "src=",
        "@import",
        "url(",
        "fetch(",
        "XMLHttpRequest",
    ] {
        assert!(!page.contains(way), "{way}");
    }
    assert!(page.contains("default-src 'none'"));
}

/// Characters that move the cursor, or hide or reverse text.
const DECEPTIVE: [&str; 6] = [
    "\u{1b}[2J",
    "\u{202e}",
    "\u{2066}",
    "\u{200f}",
    "\u{9b}",
    "\u{7f}",
];

/// Creates a place whose mail, book, mailbox and output folder contain a text in all names.
fn place_with(odd: &str) -> Place {
    let place = Place::new();
    let mailbox = toml::Value::from(format!("box{odd}"));
    place.write(
        "o.toml",
        format!(
            "[email]\ntrack = \"all\"\ncreate = \"lead\"\n\
             [[mailbox]]\npath = {mailbox}\nowner = \"systemuser:u-1\"\n"
        ),
    );
    place.write(
        "book/contact.csv",
        format!(
            "contactid,fullname,emailaddress1\n\
             c-1,\"Kim{odd}K\",kim@fabrikam.example\nc-2,\"Kim{odd}L\",kim@fabrikam.example\n"
        ),
    );
    for (number, from, more) in [
        (1, "Kim <kim@fabrikam.example>", ""),
        (
            2,
            "Kim <kim@fabrikam.example>",
            "In-Reply-To: <m1@x.example>\n",
        ),
        (3, "Bo Ek <bo@customer.example>", ""),
    ] {
        place.write(
            &format!("mail/box{odd}/{number}{odd}.eml"),
            message(number, from, &format!("Offer {odd} again"), more),
        );
    }
    place.write(&format!("mail/box{odd}/empty{odd}.eml"), "");
    let run = place.run("--options o.toml");
    assert_eq!(run.status, 0, "{}", run.stderr);
    fs::rename(place.path("out"), place.path(&format!("out{odd}"))).unwrap();
    place
}

#[test]
fn no_text_makes_the_page_look_like_another() {
    for odd in DECEPTIVE {
        let place = place_with(odd);
        let mut command = place.command("report -o page.html --book book");
        command.arg(format!("out{odd}"));
        let ran = ran(command);
        assert_eq!(ran.status, 0, "{}", ran.stderr);
        let page = fs::read_to_string(place.path("page.html")).unwrap();
        let (head, rest) = page.split_once("<style>").unwrap();
        let (_, rest) = rest.split_once("<body>").unwrap();
        let (body, _) = rest.split_once("<script").unwrap();
        for part in [head, body] {
            assert!(!part.contains(odd), "{odd:?}: {part}");
            assert!(!part.contains(char::is_control), "{odd:?}: {part}");
        }
        assert!(head.contains('\u{fffd}'), "{odd:?}: {head}");
        // The link to a mailbox still finds it.
        assert!(body.contains("data-mailbox=\"0\""), "{odd:?}: {body}");
        assert_eq!(data(&page, "legend")["mailboxes"][0], format!("box{odd}"));
        for id in ["mailboxes", "shared", "conversations", "failures"] {
            let (_, section) = body.split_once(&format!("<section id=\"{id}\">")).unwrap();
            let (section, _) = section.split_once("</section>").unwrap();
            assert!(section.contains('\u{fffd}'), "{odd:?}: {section}");
        }
    }
}

#[test]
fn the_table_has_the_last_decisions_and_the_counts_all() {
    let place = place();
    let page = page(&place, "--rows 2");
    assert!(text(&page).contains(
        "The table has the last 2 decisions. The counts above include 3 earlier decisions"
    ));
    assert_eq!(
        data(&page, "columns")["source"].as_array().unwrap().len(),
        2
    );
    assert!(text(&page).contains("5 decisions\n4 tracked\n"));
}

#[test]
fn the_same_folder_gives_the_same_page() {
    let place = place();
    assert_eq!(page(&place, "--book book"), page(&place, "--book book"));
}

#[test]
fn mistakes_are_reported_and_leave_the_existing_page() {
    let place = place();
    let before = page(&place, "");
    place.write("empty/file", "");
    let altered = place.path("out/decisions.jsonl");
    for (args, status, error) in [
        (
            "report empty -o page.html",
            2,
            "does not contain state.db, so it is not an output folder",
        ),
        (
            "report out -o empty",
            1,
            "empty: cannot be written: is a folder; name a file in it",
        ),
        (
            "report out -o page.html --options o.toml",
            2,
            "--book <BOOK>",
        ),
        ("report out -o page.html --book nowhere", 2, "nowhere"),
    ] {
        let ran = ran(place.command(args));
        assert_eq!(ran.status, status, "{}", ran.stderr);
        assert!(ran.stderr.contains(error), "{}", ran.stderr);
    }
    let whole = fs::read_to_string(&altered).unwrap();
    fs::write(&altered, whole.replacen("\"reason\"", "\"raeson\"", 1)).unwrap();
    let ran = report(&place, "");
    let error = "mailtrack: out/decisions.jsonl:1: lacks what a run writes there; put back what the run has written\n";
    assert_eq!((ran.status, &*ran.stderr), (2, error));
    assert_eq!(fs::read_to_string(place.path("page.html")).unwrap(), before);
}
