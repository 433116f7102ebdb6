//! `export --to dataverse`: requests for a script to post.

use std::collections::BTreeSet;
use std::fs;

use serde_json::{Value, json};

use crate::place::{Place, Ran, ran};
use crate::support::awkward::{self, rows};

fn export(place: &Place) -> Ran {
    ran(place.command("export out --to dataverse -o batches"))
}

fn manifest(place: &Place) -> Vec<Value> {
    let text = fs::read_to_string(place.path("batches/manifest.json")).unwrap();
    let manifest: Value = serde_json::from_str(&text).unwrap();
    manifest["batches"].as_array().unwrap().clone()
}

/// Returns the requests of a batch in the manifest.
fn requests(place: &Place, batch: &Value) -> Vec<Value> {
    let path = place.path(&format!("batches/{}", batch["file"].as_str().unwrap()));
    let batch: Value = serde_json::from_str(&fs::read_to_string(path).unwrap()).unwrap();
    batch["requests"].as_array().unwrap().clone()
}

/// Returns all requests to one entity set with this precondition.
fn all(place: &Place, set: &str, precondition: &str) -> Vec<Value> {
    let requests = manifest(place)
        .into_iter()
        .flat_map(|batch| requests(place, &batch));
    requests
        .filter(|it| it["url"].as_str().unwrap().starts_with(&format!("{set}(")))
        .filter(|it| it["headers"][precondition] == "*")
        .collect()
}

const KIM: &str = "0a000000-0000-4000-8000-000000000001";
const ACCOUNT: &str = "0a000000-0000-4000-8000-000000000002";
const ANN: &str = "0a000000-0000-4000-8000-000000000003";
const DESK: &str = "0a000000-0000-4000-8000-000000000004";

/// Creates a place whose book has Dataverse's ids.
fn place() -> Place {
    let place = Place::new();
    place.write(
        "book/contact.csv",
        format!("contactid,fullname,emailaddress1\n{KIM},Kim Abel,kim@fabrikam.example\n"),
    );
    place.write(
        "book/account.csv",
        format!("accountid,name,websiteurl\n{ACCOUNT},Customer,https://customer.example\n"),
    );
    place.write(
        "book/systemuser.csv",
        format!("systemuserid,fullname,internalemailaddress\n{ANN},Ann Beck,ann@contoso.example\n"),
    );
    place.write(
        "book/queue.csv",
        format!("queueid,name,emailaddress\n{DESK},Desk,desk@contoso.example\n"),
    );
    place.write(
        "o.toml",
        format!("[email]\ntrack = \"all\"\ntrack_sent = true\n[[mailbox]]\npath = \"Ann\"\nowner = \"systemuser:{ANN}\"\n[[mailbox.email.folder]]\npath = \"Deals\"\nregarding = \"account:{ACCOUNT}\"\n[[mailbox]]\npath = \"Desk\"\nowner = \"queue:{DESK}\"\n"),
    );
    let mail = |from: &str, to: &str, id: u32, more: &str| {
        format!(
            "From: {from}\nTo: {to}\nMessage-ID: <{id}@x>\nDate: Mon, 2 Mar 2026 09:30:0{id} +0000\nSubject: s{id}\n{more}\nbody {id}\n"
        )
    };
    place.write(
        "mail/Ann/1.eml",
        mail(
            "Kim <kim@fabrikam.example>",
            "ann@contoso.example",
            1,
            "Cc: \"No One\" <no@one.example>\n",
        ),
    );
    place.write(
        "mail/Ann/Sent/2.eml",
        mail(
            "ann@contoso.example",
            "kim@fabrikam.example",
            2,
            "In-Reply-To: <1@x>\n",
        ),
    );
    place.write(
        "mail/Desk/3.eml",
        mail(
            "Bob Ekman <bo@customer.example>",
            "desk@contoso.example",
            3,
            "",
        ),
    );
    assert_eq!(place.run("--options o.toml").status, 0);
    place
}

#[test]
fn records_come_before_emails_and_emails_before_answers() {
    let place = place();
    let told = export(&place);
    assert_eq!((told.status, &*told.stderr), (0, ""));
    assert_eq!(
        told.stdout,
        "batches/00001-contacts.json: 1 request\nbatches/00002-emails.json: 3 requests\nbatches/00003-states.json: 3 requests\n"
    );
    let created = rows(&place, "contacts")[0]["contactid"]
        .as_str()
        .unwrap()
        .to_owned();
    assert_eq!(
        all(&place, "contacts", "If-None-Match"),
        [json!({
            "id": "1", "method": "PATCH", "url": format!("contacts({created})"),
            "headers": { "Content-Type": "application/json", "If-None-Match": "*" },
            "body": {
                "firstname": "Bob", "lastname": "Ekman", "emailaddress1": "bo@customer.example",
                "parentcustomerid_account@odata.bind": format!("/accounts({ACCOUNT})"),
            },
        })]
    );
    let emails = all(&place, "emails", "If-None-Match");
    let ids: Vec<Value> = rows(&place, "emails")
        .iter()
        .map(|it| it["activityid"].clone())
        .collect();
    let urls: Vec<Value> = ids
        .iter()
        .map(|it| format!("emails({})", it.as_str().unwrap()).into())
        .collect();
    assert_eq!(
        emails
            .iter()
            .map(|it| it["url"].clone())
            .collect::<Vec<_>>(),
        urls
    );
    assert_eq!(
        emails[0]["body"],
        json!({
            "subject": "s1", "description": "body 1\n", "mimetype": "text/plain", "messageid": "1@x",
            "directioncode": false, "sender": "kim@fabrikam.example", "torecipients": "ann@contoso.example",
            "actualstart": "2026-03-02T09:30:01Z", "actualend": "2026-03-02T09:30:01Z",
            "ownerid@odata.bind": format!("/systemusers({ANN})"),
            "acceptingentityid_systemuser@odata.bind": format!("/systemusers({ANN})"),
            "email_activity_parties": [
                { "participationtypemask": 1, "addressused": "kim@fabrikam.example", "partyid_contact@odata.bind": format!("/contacts({KIM})") },
                { "participationtypemask": 2, "addressused": "ann@contoso.example", "partyid_systemuser@odata.bind": format!("/systemusers({ANN})") },
                { "participationtypemask": 3, "addressused": "no@one.example", "unresolvedpartyname": "No One" },
            ],
        })
    );
    let answer = &emails[1]["body"];
    let before = format!("/{}", urls[0].as_str().unwrap());
    assert_eq!(answer["parentactivityid@odata.bind"], before);
    assert_eq!(answer["CorrelatedActivityId_Email@odata.bind"], before);
    let of_queue = &emails[2]["body"];
    // A queue can accept, but not own.
    assert_eq!(
        of_queue["acceptingentityid_queue@odata.bind"],
        format!("/queues({DESK})")
    );
    assert_eq!(of_queue.get("ownerid@odata.bind"), None);
    assert_eq!(
        of_queue["email_activity_parties"][0]["partyid_contact@odata.bind"],
        format!("/contacts({created})")
    );
    let states: Vec<Value> = all(&place, "emails", "If-Match")
        .iter()
        .map(|it| it["body"].clone())
        .collect();
    let (received, sent) = (
        json!({"statecode": 1, "statuscode": 4}),
        json!({"statecode": 1, "statuscode": 3}),
    );
    assert_eq!(states, [received.clone(), sent, received]);
}

#[test]
fn what_an_email_is_about_by_now_is_posted_too() {
    let place = place();
    fs::create_dir_all(place.path("mail/Ann/Deals")).unwrap();
    fs::copy(
        place.path("mail/Ann/1.eml"),
        place.path("mail/Ann/Deals/1.eml"),
    )
    .unwrap();
    assert_eq!(place.run("--options o.toml").status, 0);
    assert_eq!(export(&place).status, 0);
    let about = json!(format!("/accounts({ACCOUNT})"));
    let key = "regardingobjectid_account_email@odata.bind";
    assert_eq!(
        all(&place, "emails", "If-None-Match")[0]["body"][key],
        about
    );
    let last = manifest(&place).pop().unwrap();
    assert_eq!(
        (&last["holds"], &last["accept"]),
        (&json!("regarding"), &json!([204]))
    );
    let requests = requests(&place, &last);
    assert_eq!(
        (requests.len(), &requests[0]["body"]),
        (1, &json!({ key: about }))
    );
}

#[test]
fn a_batch_has_at_most_a_thousand_requests() {
    let place = Place::new();
    place.write("o.toml", "[email]\ntrack = \"all\"\ncreate_limit = 3000\n");
    let mbox: String = (0..2001)
        .map(|at| format!("From x Mon Mar  2 09:30:00 2026\nFrom: P{at} Q <p{at}@c{at}.example>\nTo: ann@contoso.example\nMessage-ID: <{at}@x>\n\nx\n\n"))
        .collect();
    place.write("mail/all.mbox", mbox);
    assert_eq!(place.run("--options o.toml").status, 0);
    let told = export(&place);
    assert_eq!(told.status, 0, "{}", told.stderr);
    let batches = manifest(&place);
    let counts: Vec<String> = batches
        .iter()
        .map(|it| format!("{} {}", it["holds"], it["requests"]))
        .collect();
    let want = ["contacts", "emails", "states"]
        .map(|it| [1000, 1000, 1].map(|count| format!("\"{it}\" {count}")));
    assert_eq!(counts, want.concat());
    for batch in &batches {
        let requests = requests(&place, batch);
        assert_eq!(json!(requests.len()), batch["requests"]);
        let ids: BTreeSet<&str> = requests
            .iter()
            .map(|it| it["id"].as_str().unwrap())
            .collect();
        assert_eq!(ids.len(), requests.len());
    }
    // A later export has fewer batches, and leaves none of the old ones.
    let fewer = Place::new();
    fewer.write(
        "mail/1.eml",
        "From: kim@fabrikam.example\nTo: ann@contoso.example\nMessage-ID: <1@x>\n\nx\n",
    );
    assert_eq!(fewer.run("").status, 0);
    place.write("batches/mine.json", "{}");
    let to = place.path("batches");
    let command = format!("export out --to dataverse -o {}", to.display());
    assert_eq!(ran(fewer.command(&command)).status, 0);
    assert_eq!(
        place.names("batches"),
        [
            "00001-emails.json",
            "00002-states.json",
            "README.md",
            "manifest.json",
            "mine.json",
            "post.py"
        ]
    );
}

#[test]
fn what_dataverse_would_refuse_is_reported() {
    let place = awkward::place();
    let told = export(&place);
    assert_eq!(told.status, 0);
    for words in [
        "references such as `contact:c-1` have an id that is not a GUID: ",
        "longer than the column in Dataverse: cut, ",
        "with control characters, which Dataverse refuses: ",
    ] {
        assert!(told.stderr.contains(words), "{words}: {}", told.stderr);
    }
    assert_eq!(told.stderr.lines().count(), 3);
    let emails = all(&place, "emails", "If-None-Match");
    assert_eq!(emails.len(), rows(&place, "emails").len());
    assert_eq!(
        all(&place, "leads", "If-None-Match").len(),
        rows(&place, "leads").len()
    );
    let contacts = all(&place, "contacts", "If-None-Match");
    assert!(
        contacts
            .iter()
            .any(|it| it["body"]["cr4f2_role"] == "=head, \n;of it")
    );
    for email in &emails {
        let subject = email["body"]["subject"].as_str().unwrap_or_default();
        assert!(subject.encode_utf16().count() <= 800 && !subject.contains('\0'));
    }
}

#[test]
fn a_full_disk_leaves_nothing_half_written() {
    let place = awkward::place();
    let ran = ran(place.within(8, "export out --to dataverse -o batches"));
    assert_eq!(
        (ran.status, ran.stderr.lines().count()),
        (1, 1),
        "{}",
        ran.stderr
    );
    let says = "mailtrack: batches/0000";
    assert!(
        ran.stderr.starts_with(says) && ran.stderr.contains(": cannot be written: "),
        "{}",
        ran.stderr
    );
    assert!(!place.path("batches").exists());
}
