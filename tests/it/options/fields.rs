//! Synchronized fields: pairs that are refused, those in force, and those of a mailbox.

use std::fs;

use calcard::vcard::{VCard, VCardProperty};
use serde_json::Value;

use crate::place::ran;
use crate::support::cards::{cards, exported, good, keys, message, place, run, texts};

#[test]
fn pairs_that_are_refused() {
    let cases = [
        (
            "contact",
            "\"fnn\" = { direction = \"none\" }",
            ":4:1: ",
            "`fnn` is not a vCard property that a pair can have (expected one of fn, n.family",
        ),
        (
            "contact",
            "\"title\" = { field = \"jobtitel\" }",
            ":4:1: ",
            "`jobtitel` is not a column of a contact",
        ),
        (
            "lead",
            "\"bday\" = { direction = \"both\" }",
            ":4:1: ",
            "`bday` has no default column of a lead",
        ),
        (
            "contact",
            "\"title\" = { field = \"birthdate\" }",
            ":4:1: ",
            "`title` cannot be copied to the column `birthdate`, which takes bday",
        ),
        (
            "contact",
            "\"title\" = { field = \"fullname\" }",
            ":4:1: ",
            "which takes fn, n.family, n.given",
        ),
        (
            "contact",
            "\"tel.pager\" = { field = \"fax\" }",
            ":4:1: ",
            "`fax` is also the column of `tel.fax`",
        ),
        (
            "contact",
            "\"title\" = { field = \"pager\" }\n\"tel.pager\" = { field = \"pager\" }",
            ":",
            "`pager` is also the column of",
        ),
        (
            "contact",
            "\"url\" = { direction = \"none\" }\n\"URL\" = { direction = \"both\" }",
            ":",
            "has a pair already",
        ),
        (
            "contact",
            "\"email.1\" = { direction = \"none\" }",
            ":4:1: ",
            "`emailaddress1` is written for every created contact",
        ),
        (
            "lead",
            "\"n.family\" = { direction = \"to-mail\" }",
            ":4:1: ",
            "not \"to-mail\"",
        ),
        (
            "contact",
            "\"fn\" = { direction = \"out\" }",
            ":4:",
            "unknown variant `out`",
        ),
        (
            "contact",
            "\"fn\" = { column = \"fullname\" }",
            ":4:10: ",
            "unknown field `column`",
        ),
        (
            "account",
            "\"fn\" = { field = \"name\" }",
            ":3:",
            "unknown field `account`",
        ),
    ];
    for (kind, line, at, words) in cases {
        let place = place(&format!("[synchronization.fields.{kind}]\n{line}\n"));
        let ran = run(&place, "");
        assert_eq!(ran.status, 2, "{line}: {}", ran.stderr);
        assert!(
            ran.stderr.starts_with(&format!("mailtrack: o.toml{at}")),
            "{line}: {}",
            ran.stderr
        );
        assert!(ran.stderr.contains(words), "{line}: {}", ran.stderr);
        assert_eq!(ran.stderr.lines().count(), 1, "{line}: {}", ran.stderr);
        assert!(!place.path("out").exists());
    }
}

#[test]
fn the_fields_in_force_are_shown() {
    let place = place(
        "[synchronization.fields.lead]\n\"NOTE\" = { direction = \"none\" }\n\"nickname\" = { field = \"cr4f2_nick\", direction = \"to-crm\" }\n",
    );
    let table = good(ran(place.command("options show --fields o.toml"))).stdout;
    assert!(
        table.contains("contact  n.family      lastname                  both (always written)\n"),
        "{table}"
    );
    assert!(
        table.contains("lead     note          description               none\n"),
        "{table}"
    );
    let json = good(ran(place.command("options show --fields --json o.toml"))).stdout;
    assert!(json.contains(r#"{"record":"lead","property":"nickname","field":"cr4f2_nick","direction":"to-crm","always":false}"#), "{json}");
    assert_eq!(json.lines().count(), 40);
    assert_eq!(ran(place.command("options show --json o.toml")).status, 2);
}

/// Two mailboxes with their own fields.
const MAILBOXES: &str = r#"
[synchronization.fields.contact]
"title" = { direction = "none" }
[[mailbox]]
path = "ann"
owner = "systemuser:u-1"
[mailbox.synchronization]
update_company = false
[mailbox.synchronization.fields.contact]
"title" = { direction = "both" }
"n.given" = { direction = "to-mail" }
[[mailbox]]
path = "bo"
owner = "systemuser:u-2"
"#;

#[test]
fn a_mailbox_has_fields_of_its_own() {
    let place = place(MAILBOXES);
    place.write(
        "book/systemuser.csv",
        "systemuserid,internalemailaddress\nu-1,ann@contoso.example\nu-2,bo@contoso.example\n",
    );
    let card = |name: &str, address: &str| {
        format!(
            "BEGIN:VCARD\r\nVERSION:4.0\r\nFN:Kim {name}\r\nN:{name};Kim;;;\r\nEMAIL:{address}\r\nTITLE:Buyer\r\nEND:VCARD\r\n"
        )
    };
    let (one, two) = ("one@fabrikam.example", "two@fabrikam.example");
    place.write("two.vcf", card("One", one) + &card("Two", two));
    fs::remove_file(place.path("mail/1.eml")).unwrap();
    fs::remove_file(place.path("mail/2.eml")).unwrap();
    place.write("mail/ann/1.eml", message(3, one));
    place.write("mail/bo/2.eml", message(4, two));
    good(run(&place, "--vcards two.vcf"));
    let contacts = place.lines("contacts");
    let said = |line: &Value| [&line["firstname"], &line["jobtitle"]].map(Clone::clone);
    assert_eq!(said(&contacts[0]), [Value::Null, "Buyer".into()]);
    assert_eq!(said(&contacts[1]), ["Kim".into(), Value::Null]);
    assert_eq!(keys(&contacts[0]), keys(&contacts[1]));
    let exported = cards(&exported(&place, "--book book --options o.toml"));
    let company = |card: &VCard| texts(card, VCardProperty::Org);
    let title = |card: &VCard| texts(card, VCardProperty::Title);
    assert!(!company(&exported[0]).contains(&"Fabrikam Aktiebolag".to_owned()));
    assert!(company(&exported[1]).contains(&"Fabrikam Aktiebolag".to_owned()));
    assert_eq!(
        (title(&exported[0]).len(), title(&exported[1]).len()),
        (1, 0)
    );
}

#[test]
fn what_is_wrong_with_a_mailboxs_fields_is_reported_with_its_line() {
    let cases = [
        (
            "\"nickname\" = { direction = \"both\" }",
            "o.toml:12:1: ",
            "`nickname` has no default column",
        ),
        (
            "\"title\" = { field = \"lastname\" }",
            "o.toml:12:1: ",
            "`lastname`",
        ),
        ("\"title\" = { direction = \"up\" }", "o.toml:12:", "up"),
    ];
    for (line, at, words) in cases {
        let place = place(
            &MAILBOXES
                .replace("\"n.given\" = { direction = \"to-mail\" }", line)
                .replace("\"title\" = { direction = \"both\" }\n", ""),
        );
        let ran = run(&place, "");
        assert_eq!(ran.status, 2, "{line}");
        assert!(
            ran.stderr.contains(at) && ran.stderr.contains(words),
            "{line}: {}",
            ran.stderr
        );
    }
}
