//! The built program, its output folder, and its mail.

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use serde::de::{Deserialize, Deserializer, IgnoredAny, MapAccess, Visitor};
use serde_json::Value;

use crate::schemas;

/// Every JSON Lines output file with its keys, in the order of the interface.
pub const FILES: [(&str, &str); 8] = [
    (
        "emails",
        "activityid source folder mailbox messageid subject senton receivedon directioncode sender torecipients \
         inreplyto references conversationindex trackingtoken correlationmethod correlatedactivityid \
         parentactivityid regardingobjectid ownerid acceptingentityid receivingmailboxid reason mimetype \
         description attachments",
    ),
    (
        "activityparties",
        "activityid participationtypemask addressused partyid partyidname unresolvedpartyname equivalence outofscope",
    ),
    (
        "contacts",
        "contactid fullname firstname lastname emailaddress1 parentcustomerid ownerid createdon activityid",
    ),
    (
        "leads",
        "leadid subject fullname firstname lastname companyname emailaddress1 ownerid createdon activityid",
    ),
    (
        "decisions",
        "source messageid receivedon direction tracked reason mailbox acceptingentityid sender senderrecord \
         correlationmethod activityid created notcreated authorfrom class",
    ),
    ("updates", "activityid regardingobjectid source"),
    (
        "duplicates",
        "certainty record equals emailaddress1 fullname companyname activityid",
    ),
    ("failures", "source error"),
];

/// Runs `mailtrack` with these arguments in a folder.
pub fn mailtrack(folder: &Path, args: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_mailtrack"))
        .current_dir(folder)
        .args(args)
        .output()
        .expect("the program can be started")
}

/// Writes a file, and creates its folders.
pub fn write(path: &Path, bytes: &[u8]) {
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, bytes).unwrap();
}

/// Returns an output file's bytes; none if the file does not exist.
pub fn bytes(out: &Path, file: &str) -> Vec<u8> {
    fs::read(out.join(format!("{file}.jsonl"))).unwrap_or_default()
}

/// Returns an output file's lines.
pub fn lines(out: &Path, file: &str) -> Vec<Value> {
    let text = String::from_utf8(bytes(out, file)).expect("output is UTF-8");
    schemas::hold(file, &text);
    text.lines()
        .map(|line| serde_json::from_str(line).expect("each line is JSON"))
        .collect()
}

/// Returns the summary.
pub fn summary(out: &Path) -> Value {
    let text = fs::read(out.join("summary.json")).expect("there is a summary");
    serde_json::from_slice(&text).expect("the summary is JSON")
}

/// Returns what is wrong with an output folder, whatever the mail: keys, times, counts (R13).
pub fn faults(out: &Path) -> Vec<String> {
    let mut wrong = Vec::new();
    for (file, keys) in FILES {
        let keys: Vec<&str> = keys.split(' ').collect();
        for line in String::from_utf8_lossy(&bytes(out, file)).lines() {
            let found = serde_json::from_str::<Keys>(line).expect("each line is an object");
            if found.0 != keys {
                wrong.push(format!("{file}: the keys are {:?}", found.0));
            }
        }
    }
    let text = fs::read_to_string(out.join("summary.json")).expect("there is a summary");
    wrong.extend(schemas::fault("summary", &text));
    let summary = summary(out);
    let count = |path: &str| summary.pointer(path).and_then(Value::as_u64).unwrap_or(0);
    let sum = |names: &[&str]| names.iter().map(|name| count(name)).sum::<u64>();
    let outcomes = [
        "/messages/tracked",
        "/messages/nottracked",
        "/messages/duplicates",
        "/messages/seen",
        "/messages/failures",
    ];
    let kinds = ["/files/withmessages", "/files/skipped", "/files/unreadable"];
    let of_reasons = summary["reasons"].as_object().unwrap().values();
    let decisions = lines(out, "decisions");
    let tracked = decisions.iter().filter(|it| it["tracked"] == true).count();
    for (what, left, right) in [
        ("messages", count("/messages/total"), sum(&outcomes)),
        ("files", count("/files/total"), sum(&kinds)),
        (
            "reasons",
            sum(&outcomes[..3]),
            of_reasons.filter_map(Value::as_u64).sum(),
        ),
        ("decisions", sum(&outcomes[..3]), decisions.len() as u64),
        ("tracked", count("/messages/tracked"), tracked as u64),
        (
            "emails",
            count("/messages/tracked"),
            lines(out, "emails").len() as u64,
        ),
        (
            "failures",
            count("/messages/failures") + count("/files/unreadable"),
            lines(out, "failures").len() as u64,
        ),
    ] {
        if left != right {
            wrong.push(format!("{what} do not add up: {left} and {right}"));
        }
    }
    wrong
}

/// An object's keys in their order.
pub struct Keys(pub Vec<String>);

impl<'de> Deserialize<'de> for Keys {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Keys, D::Error> {
        struct Reader;
        impl<'de> Visitor<'de> for Reader {
            type Value = Keys;
            fn expecting(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                out.write_str("an object")
            }
            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Keys, A::Error> {
                let mut keys = Vec::new();
                while let Some((key, IgnoredAny)) = map.next_entry()? {
                    keys.push(key);
                }
                Ok(Keys(keys))
            }
        }
        from.deserialize_map(Reader)
    }
}
