//! vCards: how they fill created records, and which columns are written.

use std::fs;

use serde_json::{Value, json};

use crate::place::ran;
use crate::support::cards::{ALL, JANA, good, keys, message, place, run};

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
    // People without a card have the same columns, and their names in mail.
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
    // Cards of the run are used too, and a note says so.
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
    // Two pairs for one column: one of them must pass nothing.
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
    // Ids, owner and time do not depend on pairs. Without cards, the usual columns still do.
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
fn odd_cards_are_reported_and_the_run_goes_on() {
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
        "mailtrack: warning: cards/a.vcf:1: is not a vCard, which begins with BEGIN:VCARD; it is left out",
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
