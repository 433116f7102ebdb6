//! Properties of any mail, wherever it is stored and however many threads read it (R2, R13).

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use proptest::prelude::*;
use serde_json::Value;

use crate::program::{self, FILES, lines, mailtrack, write};

const SENDERS: [&str; 9] = [
    "Kim Lee via Sign <sign@adatum.example>",
    "Sign <sign@adatum.example>",
    "'Pat Roe' via Sales <sales@contoso.example>",
    "Ann <ann@fabrikam.example>",
    "uma@contoso.example",
    "Kim Lee <kim@adatum.example>",
    "\"Lee, Kim\" <KIM@adatum.example>",
    "no-reply@adatum.example",
    "nobody",
];

/// Header fields on the conversation and the author of a message.
const TOPICS: [&str; 8] = [
    "X-Original-From: Pat Roe <pat@adatum.example>\n",
    "Reply-To: Pat Roe <pat@adatum.example>\n",
    "",
    "Subject: The offer\n",
    "Subject: Re: the OFFER now\n",
    "Subject: Re: the offer CRM:0001001\n",
    "Thread-Index: AWNvbnZlcnNhdGlvbi1udW1iZXItMQ==\n",
    "Thread-Index: AWNvbnZlcnNhdGlvbi1udW1iZXItMWFhYWFh\n",
];

const OPTIONS: [&str; 4] = [
    "email.track = 'all'\n",
    "email.track = 'all'\n[correlation]\nsmart_matching = true\nsmart = { subject_delta = 1, min_addresses = 1 }\n",
    "email = { track_sent = true, create_for = 'everyone' }\n[organization]\ndomains = ['contoso.example']\n",
    "email.track = 'responses'\n[[email.folder]]\npath = 'Deals'\nregarding = 'opportunity:o1'\n",
];

/// A message whose ids are small numbers, so that messages answer and duplicate each other.
#[derive(Clone, Debug)]
struct Message {
    from: usize,
    to: usize,
    hour: Option<u8>,
    id: Option<u8>,
    names: Vec<u8>,
    topic: usize,
}

/// The location of a message: a file with this number in one of the folders, or in a folder's mbox.
#[derive(Clone, Copy, Debug)]
struct Place {
    folder: usize,
    number: u16,
    is_in_mbox: bool,
}

const FOLDERS: [&str; 3] = ["", "In/", "Deals/"];

fn message() -> impl Strategy<Value = Message> {
    let id = prop::option::weighted(0.8, 0u8..10);
    let hour = prop::option::weighted(0.8, 0u8..5);
    let names = prop::collection::vec(0u8..10, 0..3);
    let people = (0..SENDERS.len(), 0..SENDERS.len());
    let topic = 0..TOPICS.len();
    (people, hour, id, names, topic).prop_map(|((from, to), hour, id, names, topic)| Message {
        from,
        to,
        hour,
        id,
        names,
        topic,
    })
}

fn place() -> impl Strategy<Value = Place> {
    (0..FOLDERS.len(), any::<u16>(), any::<bool>()).prop_map(|(folder, number, is_in_mbox)| Place {
        folder,
        number,
        is_in_mbox,
    })
}

impl Message {
    fn text(&self) -> String {
        let mut text = format!("From: {}\nTo: {}\n", SENDERS[self.from], SENDERS[self.to]);
        if let Some(hour) = self.hour {
            text += &format!("Date: Mon, 2 Mar 2026 {hour:02}:00:00 +0000\n");
        }
        if let Some(id) = self.id {
            text += &format!("Message-ID: <{id}@x>\n");
        }
        if let Some((last, others)) = self.names.split_last() {
            text += &format!("In-Reply-To: <{last}@x>\n");
            let others: Vec<String> = others.iter().map(|id| format!("<{id}@x>")).collect();
            text += &format!("References: {}\n", others.join(" "));
        }
        text + TOPICS[self.topic] + "\nHi.\n"
    }
}

fn lay_out(mail: &Path, messages: &[(Message, Place)]) {
    std::fs::create_dir_all(mail).unwrap();
    let mut mboxes: BTreeMap<usize, String> = BTreeMap::new();
    let mut used = BTreeSet::new();
    for (message, place) in messages {
        if place.is_in_mbox {
            let mbox = mboxes.entry(place.folder).or_default();
            *mbox += &format!("From x Mon Mar  2 09:30:00 2026\n{}\n", message.text());
            continue;
        }
        let mut number = place.number;
        while !used.insert((place.folder, number)) {
            number = number.wrapping_add(1);
        }
        let path = format!("{}{number}.eml", FOLDERS[place.folder]);
        write(&mail.join(path), message.text().as_bytes());
    }
    for (folder, text) in mboxes {
        write(
            &mail.join(format!("{}old.mbox", FOLDERS[folder])),
            text.as_bytes(),
        );
    }
}

fn run(root: &Path, mail: &str, out: &str, threads: &str) {
    let args = [
        "run",
        mail,
        "--book",
        "book",
        "--options",
        "options.toml",
        "--out",
        out,
        "--threads",
        threads,
        "--quiet",
    ];
    let done = mailtrack(root, &args);
    let stderr = String::from_utf8_lossy(&done.stderr);
    assert_eq!(done.status.code(), Some(0), "{stderr}");
}

fn prepare(root: &Path, options: usize) {
    let contacts = "contactid,fullname,emailaddress1\nc1,Ann Beck,ann@fabrikam.example\n";
    let users = "systemuserid,fullname,internalemailaddress\nu1,Uma,uma@contoso.example\n";
    let emails = "activityid,messageid,regardingobjectid\nE-1,<0@x>,contact:c1\n";
    write(&root.join("book/contact.csv"), contacts.as_bytes());
    write(&root.join("book/systemuser.csv"), users.as_bytes());
    write(&root.join("book/email.csv"), emails.as_bytes());
    write(&root.join("options.toml"), OPTIONS[options].as_bytes());
}

fn config() -> ProptestConfig {
    ProptestConfig {
        cases: 24,
        failure_persistence: None,
        max_shrink_iters: 200,
        ..ProptestConfig::default()
    }
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn every_message_has_one_outcome_on_any_number_of_threads(
        messages in prop::collection::vec((message(), place()), 0..20),
        options in 0..OPTIONS.len(),
    ) {
        let root = tempfile::tempdir().unwrap();
        let root = root.path();
        prepare(root, options);
        lay_out(&root.join("mail"), &messages);
        run(root, "mail", "1", "1");
        run(root, "mail", "3", "3");
        for (file, _) in FILES {
            prop_assert_eq!(
                program::bytes(&root.join("1"), file),
                program::bytes(&root.join("3"), file)
            );
        }
        let out = root.join("1");
        prop_assert_eq!(program::faults(&out), Vec::<String>::new());
        let decisions = lines(&out, "decisions");
        let sources: BTreeSet<String> = decisions.iter().map(|it| it["source"].to_string()).collect();
        prop_assert_eq!((decisions.len(), sources.len()), (messages.len(), messages.len()));
        let emails = lines(&out, "emails");
        let ids: BTreeSet<String> = emails.iter().map(|it| it["activityid"].to_string()).collect();
        prop_assert_eq!(ids.len(), emails.len());
        let known = Value::String("E-1".into());
        for decision in &decisions {
            let id = &decision["activityid"];
            let is_duplicate = decision["reason"] == "Duplicate";
            prop_assert_eq!(id.is_null(), !is_duplicate && decision["tracked"] == false);
            prop_assert!(id.is_null() || ids.contains(&id.to_string()) || *id == known);
        }
    }

    #[test]
    fn names_and_mboxes_decide_nothing(
        messages in prop::collection::vec((message(), place(), place()), 0..12),
        options in 0..OPTIONS.len() - 1,
    ) {
        let root = tempfile::tempdir().unwrap();
        let root = root.path();
        prepare(root, options);
        // Of two with one id, the location determines which is the duplicate; here each has its own id.
        let unique = (0u8..).zip(&messages).map(|(id, (message, one, other))| {
            let message = Message { id: Some(id), ..message.clone() };
            ((message.clone(), *one), (message, *other))
        });
        let (one, mut other): (Vec<_>, Vec<_>) = unique.unzip();
        other.reverse();
        lay_out(&root.join("a"), &one);
        lay_out(&root.join("b"), &other);
        run(root, "a", "one", "2");
        run(root, "b", "other", "2");
        let decided = |out: &str| -> Vec<Value> {
            let mut decisions = lines(&root.join(out), "decisions");
            for decision in &mut decisions {
                decision["source"].take();
            }
            decisions
        };
        prop_assert_eq!(decided("one"), decided("other"));
        for file in ["activityparties", "contacts"] {
            prop_assert_eq!(
                program::bytes(&root.join("one"), file),
                program::bytes(&root.join("other"), file)
            );
        }
    }
}
