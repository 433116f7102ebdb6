//! The summaries of runs, with their warnings.

use super::{DEMO, hold, printed};
use crate::place::Place;

const NOW: &str = "--now 2026-04-01T00:00:00Z --threads 1";

#[test]
fn the_demo() {
    let place = Place::new();
    let with = format!("--book {DEMO}/book --options {DEMO}/options.toml --out out {NOW}");
    hold(
        "summary-demo",
        &printed(&place, &format!("run {DEMO}/mail {with}")),
    );
}

fn message(from: &str, to: &str, id: &str, more: &str) -> String {
    format!(
        "From: {from}\nTo: {to}\nSubject: Kettles\nDate: Mon, 2 Mar 2026 09:30:00 +0000\nMessage-ID: <{id}>\n{more}\nHi\n"
    )
}

/// Creates a book with cells that are left out and a table that no mail can be linked to; new people, an address that
/// two records share, a copy under another Message-ID, a duplicate, a damaged file and one that is not mail.
fn with_oddities() -> Place {
    let place = Place::new();
    place.write(
        "book/contact.csv",
        "contactid,fullname,emailaddress1\nc-1,Kim Abel,kim@fabrikam.example\nc-2,Kim Bell,kim@fabrikam.example\n\
         c-3,Lou Cole,lou at fabrikam.example\n",
    );
    place.write(
        "book/visit.csv",
        "visitid,name,address\nv-1,Fair,jo@x.example\n",
    );
    place.write(
        "o.toml",
        "[email]\ntrack = \"all\"\ncreate = \"lead\"\n[[email.folder]]\npath = \"Deals\"\n",
    );
    let ann = "ann@contoso.example";
    let kim = "Kim Abel <kim@fabrikam.example>";
    for (name, text) in [
        ("1.eml", message(kim, ann, "1@x.example", "")),
        ("2.eml", message(kim, ann, "2@x.example", "")),
        ("copy.eml", message(kim, ann, "1@x.example", "")),
        (
            "3.eml",
            message("Jo Dunn <jo@adatum.example>", ann, "3@x.example", ""),
        ),
        (
            "4.eml",
            message(
                "Shop <news@adatum.example>",
                ann,
                "4@x.example",
                "List-Unsubscribe: <mailto:off@adatum.example>\n",
            ),
        ),
        ("5.eml", "no message\n".into()),
        ("6.pdf", "%PDF".into()),
        ("7.eml.gz", "\u{1f}cut off".into()),
    ] {
        place.write(&format!("mail/{name}"), text);
    }
    place
}

#[test]
fn warnings_and_created_records() {
    let place = with_oddities();
    let run = format!("run mail --book book --options o.toml --out out {NOW}");
    hold("summary-warnings", &printed(&place, &run));
    place.write(
        "mail/8.eml",
        message(
            "Jo Dunn <jo@adatum.example>",
            "ann@contoso.example",
            "8@x.example",
            "",
        ),
    );
    hold("summary-later", &printed(&place, &run));
    hold(
        "summary-dry-run",
        &printed(&place, &format!("{run} --dry-run --recheck")),
    );
}

#[test]
fn nothing_is_tracked() {
    let place = with_oddities();
    place.write("none.toml", "[email]\ntrack = \"none\"\n");
    let run = format!("run mail --book book --out out {NOW}");
    hold(
        "summary-none",
        &printed(&place, &format!("{run} --options none.toml")),
    );
    place.write("all.toml", "[email]\ntrack = \"all\"\ncreate = \"none\"\n");
    let strict = format!("{run} --options all.toml --strict");
    hold("summary-other-options", &printed(&place, &strict));
}
