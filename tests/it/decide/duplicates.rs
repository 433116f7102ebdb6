//! Created records that the book already has: `local_data.detect_duplicates`.

use serde_json::{Value, json};

use crate::place::{Place, Ran, ran, said};

const ALL: &str = "[email]\ntrack = \"all\"\n";

fn mail(place: &Place, number: u32, from: &str, to: &str) {
    let text = format!(
        "From: {from}\nTo: {to}\nMessage-ID: <{number}@x>\nDate: Mon, 2 Mar 2026 10:00:0{number} +0000\nSubject: Hi\n\nHi\n"
    );
    place.write(&format!("mail/{number}.eml"), text);
}

/// Creates a built book whose source has since changed to `contacts`.
fn place(options: &str, contacts: &str) -> Place {
    let place = Place::new();
    place.write("options.toml", options);
    said(&place, "book build book -o book.mtb");
    place.write("book/contact.csv", contacts);
    place
}

fn run(place: &Place, book: &str) -> Ran {
    let ran = ran(place.command(&format!(
        "run mail --book {book} --out out --options options.toml --body none"
    )));
    assert_eq!(ran.status, 0, "{}", ran.stderr);
    ran
}

fn of<'v>(lines: &'v [Value], key: &str) -> Vec<&'v Value> {
    lines.iter().map(|line| &line[key]).collect()
}

const NEWER: &str = "contactid,fullname,emailaddress1\nc-1,Kim Abel,kim@fabrikam.example\nc-9,Newman Lee,new@x.example\n";

#[test]
fn an_address_that_the_source_has_by_now_creates_nothing_and_links_to_its_record() {
    let place = place(ALL, NEWER);
    mail(&place, 1, "Lee <New@x.example>", "ann@contoso.example");
    mail(&place, 2, "Lee <new@x.example>", "ann@contoso.example");
    mail(&place, 3, "Far <far@x.example>", "ann@contoso.example");
    mail(&place, 4, "Old <old@x.example>", "ann@contoso.example");
    place.write(
        "book/systemuser.csv",
        "systemuserid,internalemailaddress,isdisabled\nu-1,ann@contoso.example,0\nu-8,old@x.example,1\n",
    );
    let told = run(&place, "book.mtb");
    assert!(
        told.stdout
            .contains("       1  not created: the book has the address by now"),
        "{}",
        told.stdout
    );
    let emails = place.lines("emails");
    let want = json!([{
        "certainty": "certain", "record": null, "equals": "contact:c-9", "emailaddress1": "New@x.example",
        "fullname": "Lee", "companyname": null, "activityid": emails[0]["activityid"],
    }]);
    assert_eq!(Value::from(place.lines("duplicates")), want);
    assert_eq!(
        of(&place.lines("contacts"), "emailaddress1"),
        ["far@x.example"]
    );
    let decisions = place.lines("decisions");
    assert_eq!(
        of(&decisions, "senderrecord")[..2],
        ["contact:c-9", "contact:c-9"]
    );
    assert_eq!(decisions[0]["created"], json!([]));
    assert_eq!(
        decisions[3]["notcreated"],
        json!([{"address": "old@x.example", "why": "inactive"}])
    );
    let parties = place.lines("activityparties");
    let from: Vec<&Value> = parties
        .iter()
        .filter(|it| it["participationtypemask"] == 1)
        .collect();
    assert_eq!(from[0]["partyid"], "contact:c-9");
    assert_eq!(from[0]["partyidname"], "Newman Lee");
    let why = said(
        &place,
        "explain mail/1.eml --book book.mtb --options options.toml",
    );
    assert!(
        why.contains("not created: the book has contact:c-9 by now"),
        "{why}"
    );
    // The same with detection turned off.
    place.write(
        "options.toml",
        format!("{ALL}[local_data]\ndetect_duplicates = false\n"),
    );
    std::fs::remove_dir_all(place.path("out")).unwrap();
    run(&place, "book.mtb");
    assert_eq!(place.lines("contacts").len(), 3);
    assert!(place.lines("duplicates").is_empty());
}

#[test]
fn what_is_found_does_not_count_for_the_limit() {
    let options = "[email]\ntrack = \"all\"\ncreate_for = \"everyone\"\ncreate_limit = 1\n";
    let place = place(options, NEWER);
    mail(
        &place,
        1,
        "Kim <kim@fabrikam.example>",
        "new@x.example, other@x.example",
    );
    run(&place, "book.mtb");
    assert_eq!(
        of(&place.lines("contacts"), "emailaddress1"),
        ["other@x.example"]
    );
    assert_eq!(of(&place.lines("duplicates"), "equals"), ["contact:c-9"]);
}

#[test]
fn a_dry_run_reports_the_same_and_a_later_run_adds_nothing() {
    let place = place(ALL, NEWER);
    mail(&place, 1, "Lee <new@x.example>", "ann@contoso.example");
    let dry = ran(place.command("run mail --book book.mtb --options options.toml --dry-run"));
    assert!(
        dry.stdout.contains("the book has the address by now"),
        "{}",
        dry.stdout
    );
    run(&place, "book.mtb");
    run(&place, "book.mtb");
    assert_eq!(place.lines("duplicates").len(), 1);
}

#[test]
fn a_source_that_cannot_be_asked_is_a_warning_where_something_is_created() {
    let place = place(
        ALL,
        "contactid,emailaddress1\nc-1,kim@fabrikam.example\nc-1,twice@x.example\n",
    );
    mail(
        &place,
        1,
        "Kim <kim@fabrikam.example>",
        "ann@contoso.example",
    );
    assert_eq!(run(&place, "book.mtb").stderr, "");
    mail(&place, 2, "New <new@x.example>", "ann@contoso.example");
    let told = run(&place, "book.mtb").stderr;
    assert!(
        told.contains("could not check whether ") && told.contains("contact.csv:3"),
        "{told}"
    );
    assert_eq!(place.lines("contacts").len(), 1);
    std::fs::remove_dir_all(place.path("book")).unwrap();
    mail(&place, 3, "Newer <newer@x.example>", "ann@contoso.example");
    let told = run(&place, "book.mtb").stderr;
    assert!(told.contains("the folder is gone"), "{told}");
}

/// Creates a book with an account, and contacts and leads that name it as their company in every possible way.
fn companies(options: &str) -> Place {
    let place = Place::new();
    place.write("options.toml", options);
    place.write(
        "book/account.csv",
        "accountid,name,websiteurl\na-1,Fabrikam Ltd.,fabrikam.example\na-2,Other,other.example\n",
    );
    place.write(
        "book/contact.csv",
        "contactid,fullname,emailaddress1,parentcustomerid,parentcustomeridname\n\
         c-1,\"MÜLLER, Anna\",a@home.example,a-1,\n\
         c-2,anna muller,b@home.example,account:a-1,\n\
         c-3,Anna Muller,c@home.example,,LTD FABRIKAM\n\
         c-4,Anna Muller,d@home.example,a-2,\n\
         c-5,Anna Muller,e@home.example,,\n\
         c-6,Anna Moller,f@home.example,a-1,\n",
    );
    place.write(
        "book/lead.csv",
        "leadid,fullname,companyname\nl-1,Muller Anna,Fabrikam Ltd\nl-2,Muller Anna,Fabrikam\n",
    );
    mail(
        &place,
        1,
        "Anna Muller <anna@fabrikam.example>",
        "ann@contoso.example",
    );
    mail(
        &place,
        2,
        "Anna Muller <anna@gmail.com>",
        "ann@contoso.example",
    );
    place
}

#[test]
fn one_name_and_company_is_reported_and_created() {
    let place = companies(ALL);
    said(&place, "book build book -o book.mtb");
    for book in ["book", "book.mtb"] {
        run(&place, book);
        let duplicates = place.lines("duplicates");
        let want = ["contact:c-1", "contact:c-2", "contact:c-3", "lead:l-1"];
        assert_eq!(of(&duplicates, "equals"), want, "{book}");
        let contacts = place.lines("contacts");
        assert_eq!(contacts.len(), 2);
        let created = format!("contact:{}", contacts[0]["contactid"].as_str().unwrap());
        for line in &duplicates {
            assert_eq!(line["certainty"], "possible");
            assert_eq!(line["record"], created.as_str());
            assert_eq!(line["companyname"], "Fabrikam Ltd.");
            assert_eq!(line["fullname"], "Anna Muller");
        }
        std::fs::remove_dir_all(place.path("out")).unwrap();
    }
}

#[test]
fn a_lead_is_compared_by_its_company_too() {
    let place = companies("[email]\ntrack = \"all\"\ncreate = \"lead\"\n");
    run(&place, "book");
    assert_eq!(place.lines("duplicates").len(), 4);
    let leads = place.lines("leads");
    assert_eq!(
        of(&leads, "companyname"),
        [&json!("Fabrikam Ltd."), &Value::Null]
    );
}
