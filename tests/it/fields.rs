//! Synchronized fields: what vCards fill in created records, which columns are written, and vCards of created records.

use std::fs;

use calcard::vcard::{VCard, VCardProperty, VCardValue};
use serde_json::{Value, json};

use crate::place::{Place, Ran, ran};

const ALL: &str = "[email]\ntrack = \"all\"\n";

const JANA: &str = "BEGIN:VCARD\r\nVERSION:4.0\r\nFN:Jana Lindqvist-Öberg\r\nN:Lindqvist-Öberg;Jana;;Dr.;\r\n\
    EMAIL;PREF=1:jana@home.example\r\nEMAIL:Jana.L@fabrikam.example\r\nTEL;TYPE=work:+46 8 1\r\nTEL;TYPE=cell:+46 70 2\r\n\
    ORG:Fabrikam AB;Sales\r\nTITLE:Head of Sales\r\nADR;TYPE=work:;;Storgatan 1;Stockholm;;111 22;Sweden\r\n\
    URL:https://fabrikam.example\r\nBDAY:19800412\r\nNOTE:likes espresso\\, black\\nand short\r\nEND:VCARD\r\n";

fn message(number: usize, from: &str) -> String {
    format!(
        "From: {from}\nTo: ann@contoso.example\nSubject: Offer\nDate: Mon, 2 Mar 2026 09:30:{number:02} +0000\n\
         Message-ID: <m{number}@x.example>\n\nHello\n"
    )
}

fn place(options: &str) -> Place {
    let place = Place::new();
    place.write("o.toml", format!("{ALL}{options}"));
    place.write("mail/1.eml", message(1, "jl <jana.l@fabrikam.example>"));
    place.write("mail/2.eml", message(2, "Bo Ek <bo@customer.example>"));
    place.write("cards/jana.vcf", JANA);
    place.write(
        "book/account.csv",
        "accountid,name,websiteurl\na-1,Fabrikam Aktiebolag,https://fabrikam.example\n",
    );
    place
}

#[track_caller]
fn good(ran: Ran) -> Ran {
    assert_eq!((ran.status, &*ran.stderr), (0, ""), "{}", ran.stdout);
    ran
}

fn run(place: &Place, more: &str) -> Ran {
    place.run(&format!("--options o.toml {more}"))
}

fn keys(line: &Value) -> Vec<&str> {
    line.as_object()
        .unwrap()
        .keys()
        .map(String::as_str)
        .collect()
}

#[test]
fn a_card_fills_the_record_of_its_address() {
    let place = place("");
    good(run(&place, "--vcards cards"));
    let contacts = place.lines("contacts");
    let jana = json!({
        "fullname": "Jana Lindqvist-Öberg", "firstname": "Jana", "lastname": "Lindqvist-Öberg",
        "emailaddress1": "jana.l@fabrikam.example", "parentcustomerid": "account:a-1",
        "emailaddress2": "jana@home.example", "emailaddress3": null, "telephone1": "+46 8 1", "telephone2": null,
        "mobilephone": "+46 70 2", "fax": null, "parentcustomeridname": "Fabrikam AB", "jobtitle": "Head of Sales",
        "address1_line1": "Storgatan 1", "address1_city": "Stockholm", "address1_stateorprovince": null,
        "address1_postalcode": "111 22", "address1_country": "Sweden", "websiteurl": "https://fabrikam.example",
        "birthdate": "1980-04-12", "description": "likes espresso, black\nand short",
    });
    for (column, want) in jana.as_object().unwrap() {
        assert_eq!(&contacts[0][column], want, "{column}");
    }
    // Who has no card has the same columns, and the name that the mail has.
    assert_eq!(keys(&contacts[0]), keys(&contacts[1]));
    assert_eq!(contacts[1]["fullname"], "Bo Ek");
    assert_eq!(contacts[1]["telephone1"], Value::Null);
    let parties = place.lines("activityparties");
    assert_eq!(parties[0]["partyidname"], "Jana Lindqvist-Öberg");
}

#[test]
fn without_cards_nothing_is_another() {
    let place = place("");
    good(run(&place, ""));
    let contacts = fs::read_to_string(place.path("out/contacts.jsonl")).unwrap();
    let first = contacts.lines().next().unwrap();
    assert!(
        first.starts_with(r#"{"contactid":""#) && first.contains(r#""fullname":"jl","firstname":null,"lastname":"jl","emailaddress1":"jana.l@fabrikam.example","parentcustomerid":"account:a-1","ownerid":null,"createdon":"2026-03-02T09:30:01Z","activityid":""#),
        "{first}"
    );
    assert!(first.ends_with("\"}"), "{first}");
    assert_eq!(first.matches("\":").count(), 9, "{first}");
}

#[test]
fn a_lead_has_the_cards_company_and_a_card_is_a_name() {
    let place = place("create = \"lead\"\ncreate_skip = [\"nameless\"]\n");
    place.write("mail/1.eml", message(1, "jana.l@fabrikam.example"));
    place.write("mail/2.eml", message(2, "bo@customer.example"));
    good(run(&place, "--vcards cards/jana.vcf"));
    let leads = place.lines("leads");
    assert_eq!(leads.len(), 1);
    assert_eq!(leads[0]["companyname"], "Fabrikam AB");
    assert_eq!(leads[0]["lastname"], "Lindqvist-Öberg");
    assert!(!keys(&leads[0]).contains(&"birthdate"));
}

#[test]
fn a_card_that_calls_someone_by_an_address_has_no_name() {
    let place = place("");
    place.write(
        "cards/bo.vcf",
        "BEGIN:VCARD\nVERSION:4.0\nFN:bo@customer.example\nEMAIL:bo@customer.example\nTITLE:Buyer\nEND:VCARD\n",
    );
    good(run(&place, "--vcards cards"));
    let bo = &place.lines("contacts")[1];
    assert_eq!(
        (&bo["fullname"], &bo["jobtitle"]),
        (&"Bo Ek".into(), &"Buyer".into())
    );
}

#[test]
fn explain_and_compare_know_the_cards_and_records_without_a_full_name() {
    let fields = "[synchronization.fields.contact]\n\"fn\" = { direction = \"none\" }\n";
    let place = place(fields);
    let explain = |more: &str| {
        let arguments = format!("explain mail/1.eml --book book --options o.toml {more}");
        good(ran(place.command(&arguments))).stdout
    };
    let named = "with the name Jana Lindqvist-Öberg";
    assert!(explain("--mail mail --vcards cards").contains(named));
    assert!(!explain("--mail mail").contains(named));
    good(run(&place, "--vcards cards"));
    assert_eq!(place.lines("contacts")[0]["fullname"], Value::Null);
    // Of the run it takes the cards too, and says so.
    let of_run = ran(place.command("explain mail/1.eml --book book --options o.toml --out out"));
    assert!(of_run.stdout.contains(named), "{}", of_run.stdout);
    let note = of_run
        .stderr
        .strip_prefix("mailtrack: note: as the run was given: --vcards /");
    assert!(
        note.is_some_and(|it| it.ends_with("/cards\n")),
        "{}",
        of_run.stderr
    );
    place.write("b.toml", ALL);
    let arguments =
        "compare mail --book book --options o.toml --options b.toml --vcards cards --json";
    let compared = good(ran(place.command(arguments))).stdout;
    let differences: Vec<Value> = compared
        .lines()
        .skip(1)
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    assert_eq!(differences.len(), 2, "{compared}");
    assert_eq!(differences[0]["group"], "created");
    assert_eq!(differences[0]["b"]["fullname"], "Jana Lindqvist-Öberg");
    assert_eq!(differences[0]["a"]["fullname"], Value::Null);
}

#[test]
fn only_columns_that_reach_the_crm_are_written() {
    let options = "[synchronization.fields.contact]\n\"fn\" = { direction = \"to-mail\" }\n\"org\" = { direction = \"none\" }\n\
        \"tel.work\" = { direction = \"to-mail\" }\n\"tel.cell\" = { field = \"telephone1\", direction = \"to-crm\" }\n\
        \"note\" = { direction = \"none\" }\n\"n.prefix\" = { field = \"salutation\" }\n\"role\" = { field = \"cr4f2_role\" }\n";
    // Two pairs of one column: one of them must move nothing.
    let place = place(options);
    let refused = run(&place, "");
    assert_eq!(refused.status, 2);
    place.write(
        "o.toml",
        format!("{ALL}{options}").replace(
            "\"tel.work\" = { direction = \"to-mail\" }",
            "\"tel.work\" = { direction = \"none\" }",
        ),
    );
    good(run(&place, "--vcards cards"));
    let jana = &place.lines("contacts")[0];
    let want = [
        ("fullname", Value::Null),
        ("firstname", "Jana".into()),
        ("lastname", "Lindqvist-Öberg".into()),
        ("emailaddress1", "jana.l@fabrikam.example".into()),
        ("parentcustomerid", Value::Null),
        ("telephone1", "+46 70 2".into()),
        ("salutation", "Dr.".into()),
        ("cr4f2_role", Value::Null),
    ];
    for (column, want) in want {
        assert_eq!(jana[column], want, "{column}");
    }
    for gone in ["description", "parentcustomeridname", "mobilephone"] {
        assert!(!keys(jana).contains(&gone), "{gone}");
    }
    // Ids, owner and time are no business of pairs, and without cards the usual columns go by them too.
    for column in ["contactid", "createdon", "activityid"] {
        assert!(jana[column].is_string(), "{column}");
    }
    fs::remove_dir_all(place.path("out")).unwrap();
    good(run(&place, ""));
    let jana = &place.lines("contacts")[0];
    assert_eq!(
        (&jana["fullname"], &jana["lastname"]),
        (&Value::Null, &"jl".into())
    );
    assert_eq!(keys(jana).len(), 9);
}

#[test]
fn odd_cards_are_told_and_the_run_goes_on() {
    let place = place("");
    place.write("cards/a.vcf", "Dear all,\nhello\n");
    place.write(
        "cards/b/cut.VCF",
        "BEGIN:VCARD\nVERSION:3.0\nFN:Bo Edvin Ek\nEMAIL:bo@customer.example\nTEL:+46 70 99",
    );
    place.write(
        "cards/latin.vcf",
        b"BEGIN:VCARD\nVERSION:3.0\nFN:J\xfcrgen \x1b[2J\nEMAIL:j@x.example\nEND:VCARD\n",
    );
    place.write("cards/zz.vcf", JANA.replace("Jana", "Ann"));
    place.write("cards/notes.txt", "no card");
    let ran = run(&place, "--vcards cards");
    assert_eq!(ran.status, 0, "{}", ran.stderr);
    let want = [
        "mailtrack: warning: cards/a.vcf:1: is no vCard: one begins with BEGIN:VCARD; this is left out",
        "mailtrack: warning: cards/b/cut.VCF:1: the vCard is cut off at line 5: END:VCARD is missing; its whole lines count",
        "mailtrack: warning: cards/latin.vcf: is not in UTF-8, and was read as windows-1252",
        "mailtrack: warning: cards/zz.vcf:1: `ann.l@fabrikam.example` is",
    ];
    let lines: Vec<&str> = ran.stderr.lines().collect();
    assert_eq!(&lines[..3], &want[..3]);
    assert!(!ran.stderr.contains(want[3]), "{}", ran.stderr);
    let bo = &place.lines("contacts")[1];
    assert_eq!(
        (&bo["fullname"], &bo["telephone1"]),
        (&"Bo Edvin Ek".into(), &Value::Null)
    );
    let gone = run(&place, "--vcards nowhere");
    assert_eq!(gone.status, 2, "{}", gone.stderr);
    assert!(
        gone.stderr
            .starts_with("mailtrack: nowhere: cannot be read: No such file"),
        "{}",
        gone.stderr
    );
}

#[test]
fn pairs_that_are_refused() {
    let cases = [
        (
            "contact",
            "\"fnn\" = { direction = \"none\" }",
            ":4:1: ",
            "`fnn` is no vCard property of a pair; there are fn, n.family",
        ),
        (
            "contact",
            "\"title\" = { field = \"jobtitel\" }",
            ":4:1: ",
            "`jobtitel` is no column of a contact",
        ),
        (
            "lead",
            "\"bday\" = { direction = \"both\" }",
            ":4:1: ",
            "`bday` ships with no column of a lead",
        ),
        (
            "contact",
            "\"title\" = { field = \"birthdate\" }",
            ":4:1: ",
            "`title` cannot be the column `birthdate`, which takes bday",
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
            "`fax` is the column of `tel.fax` too",
        ),
        (
            "contact",
            "\"title\" = { field = \"pager\" }\n\"tel.pager\" = { field = \"pager\" }",
            ":",
            "`pager` is the column of",
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
            "`emailaddress1` is written with every created contact",
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

fn exported(place: &Place, more: &str) -> String {
    good(ran(place.command(&format!(
        "export out --to vcard -o created.vcf {more}"
    ))));
    fs::read_to_string(place.path("created.vcf")).unwrap()
}

fn texts(card: &VCard, property: VCardProperty) -> Vec<String> {
    let entries = card.entries.iter().filter(|entry| entry.name == property);
    entries
        .flat_map(|entry| &entry.values)
        .map(|value| match value {
            VCardValue::Text(text) => text.clone(),
            other => format!("{other:?}"),
        })
        .collect()
}

fn cards(text: &str) -> Vec<VCard> {
    let parts = text.split_inclusive("\r\nEND:VCARD\r\n");
    parts.map(|part| VCard::parse(part).unwrap()).collect()
}

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
    // The parent account's name, not what the card called the company.
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
    // What was exported is what a run reads: the same records.
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
            "empty: holds no state.db",
        ),
        ("gone --to vcard -o there.vcf", 2, "gone: holds no state.db"),
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
    // What a stopped run has added does not count.
    fs::write(&leads, [&whole, &b"{\"half\":"[..]].concat()).unwrap();
    assert_eq!(
        export("out --to vcard -o there.vcf").stdout,
        "there.vcf: 2 vCards\n"
    );
    assert_eq!(place.names("empty"), [""; 0]);
}

/// Two mailboxes with fields of their own.
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
fn what_is_wrong_with_a_mailboxs_fields_is_told_with_its_line() {
    let cases = [
        (
            "\"nickname\" = { direction = \"both\" }",
            "o.toml:12:1: ",
            "`nickname` ships with no column",
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
