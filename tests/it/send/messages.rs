//! The messages that are sent, their recipients and tokens, and what is tracked of them.

use std::fs;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::place::ran;
use crate::support::sending::{NOW, good, head, line, outbox, place, send};
use crate::support::smtp::{Mood, Server};

#[test]
fn a_message_goes_out_and_is_tracked() {
    let server = Server::start(Mood::Good);
    let place = place(&server, "");
    outbox(
        &place,
        &[json!({
            "id": "n-1", "from": "Ann Bäck <Ann@contoso.example>", "to": ["Kim Abel <kim@fabrikam.example>", "x@bücher.example"],
            "cc": "\"Doe, Jo\" <jo@fabrikam.example>, ann2@contoso.example", "bcc": ["boss@contoso.example", "KIM@fabrikam.example"],
            "subject": "Grüße\r\nBcc: evil@x.example", "body": ".dot\nÄpfel and a long line: ".to_owned() + &"0123456789 ".repeat(200),
            "regarding": "contact:c-1",
        })],
    );
    assert_eq!(good(send(&place, "")), "1 message: 1 sent\n");
    let taken = server.taken();
    assert_eq!(taken.len(), 1);
    let it = &taken[0];
    assert_eq!(it.from, "Ann@contoso.example");
    assert_eq!(
        it.to,
        [
            "kim@fabrikam.example",
            "x@xn--bcher-kva.example",
            "jo@fabrikam.example",
            "ann2@contoso.example",
            "boss@contoso.example"
        ]
    );
    assert!(
        !it.data.contains("boss@") && it.data.is_ascii(),
        "{}",
        it.data
    );
    assert!(it.data.lines().all(|line| line.len() <= 998), "{}", it.data);
    assert_eq!(head(it, "Bcc"), None);
    assert_eq!(
        head(it, "Cc").unwrap(),
        "\"Doe, Jo\" <jo@fabrikam.example>, <ann2@contoso.example>"
    );
    assert_eq!(head(it, "Date").unwrap(), "Mon, 2 Mar 2026 09:30:00 +0000");
    // A sent message is read like any other mail.
    let emails = place.lines("emails");
    let email = &emails[0];
    let id = head(it, "Message-ID").unwrap();
    assert_eq!(
        id.trim_matches(['<', '>']),
        email["messageid"].as_str().unwrap()
    );
    assert!(id.ends_with("@contoso.example>"), "{id}");
    let want = json!({
        "source": "outbox.jsonl#1", "subject": "Grüße Bcc: evil@x.example CRM:0001001", "trackingtoken": "CRM:0001001",
        "directioncode": true, "sender": "Ann@contoso.example", "regardingobjectid": "contact:c-1", "reason": "Sent",
        "senton": NOW, "receivedon": NOW, "correlationmethod": 0, "mimetype": "text/plain", "attachments": [],
        "torecipients": "kim@fabrikam.example;x@xn--bcher-kva.example",
    });
    for (key, want) in want.as_object().unwrap() {
        assert_eq!(&email[key], want, "{key}");
    }
    assert!(
        email["description"]
            .as_str()
            .unwrap()
            .starts_with(".dot\nÄpfel and a long line: 0123456789 "),
        "{email}"
    );
    let parties: Vec<(u64, Value, Value)> = place
        .lines("activityparties")
        .iter()
        .map(|it| {
            (
                it["participationtypemask"].as_u64().unwrap(),
                it["addressused"].clone(),
                it["partyid"].clone(),
            )
        })
        .collect();
    let party = |mask: u64, address: &str, record: Value| (mask, Value::from(address), record);
    let want = [
        party(1, "Ann@contoso.example", "systemuser:u-1".into()),
        party(2, "kim@fabrikam.example", "contact:c-1".into()),
        party(2, "x@xn--bcher-kva.example", Value::Null),
        party(3, "jo@fabrikam.example", Value::Null),
        party(3, "ann2@contoso.example", Value::Null),
        party(4, "boss@contoso.example", Value::Null),
        party(4, "KIM@fabrikam.example", "contact:c-1".into()),
        (8, Value::Null, "contact:c-1".into()),
    ];
    assert_eq!(parties, want);
    let sent = &place.lines("sent")[0];
    assert_eq!(
        (&sent["id"], &sent["activityid"]),
        (&"n-1".into(), &email["activityid"])
    );
    assert_eq!(sent["trackingtoken"], "CRM:0001001");
    assert!(!place.path("out/failed.jsonl").exists());
}

#[test]
fn an_answer_finds_what_was_sent_by_its_id_and_by_its_token() {
    let server = Server::start(Mood::Good);
    let place = place(&server, "[email]\ntrack = \"responses\"\n");
    outbox(
        &place,
        &[
            json!({"from": "ann@contoso.example", "to": "kim@fabrikam.example", "subject": "Offer", "body": "x", "regarding": "contact:c-1"}),
        ],
    );
    good(send(&place, ""));
    let taken = &server.taken()[0];
    let id = head(taken, "Message-ID").unwrap();
    let answer = |number: usize, more: &str| {
        format!(
            "From: Kim <kim@fabrikam.example>\nTo: ann@contoso.example\nDate: Mon, 2 Mar 2026 10:30:0{number} +0000\nMessage-ID: <a{number}@x.example>\n{more}\n\nYes\n"
        )
    };
    place.write(
        "mail/1.eml",
        answer(1, &format!("Subject: yes\nIn-Reply-To: {id}")),
    );
    place.write(
        "mail/2.eml",
        answer(2, "Subject: RE: Offer crm:0001001 (was)"),
    );
    place.write("mail/3.eml", answer(3, "Subject: RE: Offer"));
    // The copy in the folder of sent mail is not a second activity.
    place.write("mail/Sent/1.eml", &taken.data);
    let stdout = good(place.run("--options o.toml"));
    assert!(
        stdout.starts_with("4 messages in 4 files: 2 tracked, 1 not tracked, 1 duplicate"),
        "{stdout}"
    );
    let emails = place.lines("emails");
    assert_eq!(emails.len(), 3);
    for (at, method) in [(1, 3), (2, 4)] {
        assert_eq!(emails[at]["correlationmethod"], method);
        assert_eq!(emails[at]["correlatedactivityid"], emails[0]["activityid"]);
        assert_eq!(emails[at]["regardingobjectid"], "contact:c-1");
    }
    let copy = place
        .lines("decisions")
        .into_iter()
        .find(|it| it["source"] == "Sent/1.eml")
        .unwrap();
    assert_eq!(
        (&copy["reason"], &copy["activityid"]),
        (&"Duplicate".into(), &emails[0]["activityid"])
    );
    // Sent messages do not depend on the options.
    let text = fs::read_to_string(place.path("o.toml")).unwrap();
    place.write("o.toml", text.replace("responses", "all"));
    let other = place.run("--options o.toml").stdout;
    assert!(
        other.contains("note: 4 messages keep the decisions of earlier runs"),
        "{other}"
    );
    // A later `send` continues from there.
    assert_eq!(good(send(&place, "")), "1 message: 0 sent, 1 sent before\n");
}

#[test]
fn a_maildir_takes_messages_whole() {
    let server = Server::start(Mood::Good);
    let place = place(&server, "");
    place.write("o.toml", "[send]\nallow = true\noutbox = \"pickup\"\n");
    let mut blind = line("two");
    blind["bcc"] = "boss@contoso.example".into();
    outbox(&place, &[line("one"), blind]);
    let ran_first = send(&place, "");
    assert_eq!(
        (ran_first.status, &*ran_first.stdout),
        (0, "2 messages: 2 sent\n")
    );
    assert!(
        ran_first.stderr.starts_with(
            "mailtrack: warning: outbox.jsonl:2: a Maildir does not say who gets a blind copy"
        ),
        "{}",
        ran_first.stderr
    );
    let names = place.names("pickup/new");
    assert_eq!((names.len(), place.names("pickup/tmp").len()), (2, 0));
    assert!(
        names.iter().all(|name| !name.contains([':', '/'])),
        "{names:?}"
    );
    let id = place.lines("sent")[0]["messageid"]
        .as_str()
        .unwrap()
        .to_owned();
    let texts: Vec<String> = names
        .iter()
        .map(|name| fs::read_to_string(place.path(&format!("pickup/new/{name}"))).unwrap())
        .collect();
    assert!(
        texts
            .iter()
            .any(|text| text.contains(&format!("Message-ID: <{id}>\r\n"))),
        "{texts:?}"
    );
    let is_whole = |text: &String| text.ends_with("\r\n") && !text.contains("boss@");
    assert!(texts.iter().all(is_whole), "{texts:?}");
    // The pickup folder is an ordinary Maildir: a run over it finds what was sent.
    let read = ran(place.command("run pickup --book book --out out --options o.toml"));
    assert!(read.stdout.contains("2 duplicates"), "{}", read.stdout);
    // If the Maildir cannot be written, everything stays in the outbox.
    let three = line("three");
    outbox(&place, &[three]);
    fs::remove_dir_all(place.path("pickup")).unwrap();
    place.write("pickup", "a file");
    let full = send(&place, "");
    assert_eq!(
        (full.status, &*full.stdout),
        (1, "1 message: 0 sent, 1 pending\n")
    );
    assert!(
        full.stderr.starts_with(
            "mailtrack: warning: outbox.jsonl:1: not sent: pickup: cannot be written to: "
        ),
        "{}",
        full.stderr
    );
    fs::remove_file(place.path("pickup")).unwrap();
    good(send(&place, ""));
}

#[test]
fn each_user_has_a_number_and_a_counter_that_wraps() {
    let server = Server::start(Mood::Good);
    let place = place(
        &server,
        "[correlation.token]\nprefix = \"K-\"\nbase = 41\nuser_digits = 2\ncounter_digits = 1\n[[mailbox]]\nowner = \"queue:q-1\"\naddresses = [\"help@contoso.example\"]\npath = \"Q\"\n",
    );
    place.write(
        "book/queue.csv",
        "queueid,emailaddress,ownerid\nq-1,queue@contoso.example,u-1\n",
    );
    let of = |from: &str, number: usize| json!({"from": from, "to": "kim@fabrikam.example", "subject": format!("{number}")});
    let lines: Vec<Value> = (0..12)
        .map(|number| of("ann@contoso.example", number))
        .chain([
            of("help@contoso.example", 12),
            of("ann@contoso.example", 13),
        ])
        .collect();
    outbox(&place, &lines[..11]);
    good(send(&place, ""));
    outbox(&place, &lines);
    good(send(&place, ""));
    let tokens: Vec<String> = place
        .lines("sent")
        .iter()
        .map(|it| it["trackingtoken"].as_str().unwrap().to_owned())
        .collect();
    let want = [
        "K-0421", "K-0422", "K-0423", "K-0424", "K-0425", "K-0426", "K-0427", "K-0428", "K-0429",
        "K-0420", "K-0421", "K-0422", "K-0431", "K-0423",
    ];
    assert_eq!(tokens, want);
    let emails = place.lines("emails");
    assert_eq!(emails[12]["mailbox"], "Q");
    assert_eq!(
        (&emails[12]["ownerid"], &emails[12]["trackingtoken"]),
        (&"systemuser:u-1".into(), &"K-0431".into())
    );
    let text = fs::read_to_string(place.path("o.toml")).unwrap();
    place.write("o.toml", text.replace("base = 41", "base = 99"));
    outbox(&place, &[line("too many")]);
    let refused = send(&place, "");
    assert_eq!(refused.status, 1);
    assert!(refused.stderr.contains("systemuser:u-1 has the number 100 in tracking tokens, which has more than `correlation.token.user_digits` digits"), "{}", refused.stderr);
}

#[test]
fn a_long_subject_is_shortened_and_its_token_is_not() {
    let server = Server::start(Mood::Good);
    let place = place(&server, "");
    outbox(&place, &[line(&"ü".repeat(400)), line("")]);
    good(send(&place, ""));
    let emails = place.lines("emails");
    let subject = emails[0]["subject"].as_str().unwrap();
    assert_eq!(subject, format!("{} CRM:0001001", "ü".repeat(243)));
    assert_eq!(subject.chars().count(), 255);
    assert_eq!(emails[1]["subject"], "CRM:0001002");
    let taken = &server.taken()[0];
    assert!(
        taken.data.lines().all(|line| line.len() <= 78),
        "{}",
        taken.data
    );
}

#[test]
fn many_messages_go_over_one_connection() {
    let server = Server::start(Mood::Good);
    let place = place(&server, "");
    let lines: Vec<Value> = (0..40).map(|number| line(&number.to_string())).collect();
    outbox(&place, &lines);
    let started = Instant::now();
    good(send(&place, "--quiet"));
    assert!(started.elapsed() < Duration::from_secs(9));
    assert_eq!(server.taken().len(), 40);
    assert_eq!(
        server
            .said()
            .iter()
            .filter(|line| line.starts_with("EHLO"))
            .count(),
        1
    );
    assert_eq!(server.said().last().unwrap(), "QUIT");
}
