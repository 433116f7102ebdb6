//! The demo: the README's main command gives what `EXPECTED.md` says, which was worked out by hand from the rules.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use assert_cmd::Command;
use serde_json::Value;

fn demo() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/demo")
}

/// Runs the demo with one of its options files.
fn run(options: &str, out: &Path) {
    let place = |name: &str| demo().join(name);
    let mut command = Command::new(env!("CARGO_BIN_EXE_mailtrack"));
    command
        .arg("run")
        .arg(place("mail"))
        .arg("--book")
        .arg(place("book"));
    command
        .arg("--options")
        .arg(place(options))
        .arg("--out")
        .arg(out)
        .arg("--quiet");
    command.assert().success().stdout("").stderr("");
}

fn rows(out: &Path, table: &str) -> Vec<Value> {
    let text = std::fs::read_to_string(out.join(format!("{table}.jsonl"))).unwrap();
    text.lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect()
}

type Table = Vec<BTreeMap<String, String>>;

/// Returns the tables of `EXPECTED.md` below the heading with the options file's name: decisions, created records.
fn expected(options: &str) -> Vec<Table> {
    let text = std::fs::read_to_string(demo().join("EXPECTED.md")).unwrap();
    let section = text.split_once(&format!("\n## {options}")).unwrap().1;
    let section = section.split("\n## ").next().unwrap();
    let blocks = section.split("\n\n").filter(|block| block.starts_with('|'));
    blocks.map(table).collect()
}

fn table(block: &str) -> Table {
    let cells = |line: &str| -> Vec<String> {
        let inner = line.strip_prefix('|').unwrap().strip_suffix('|').unwrap();
        inner
            .split('|')
            .map(|cell| cell.trim().replace('`', ""))
            .collect()
    };
    let mut lines = block.lines();
    let header = cells(lines.next().unwrap());
    lines
        .skip(1)
        .map(|line| header.iter().cloned().zip(cells(line)).collect())
        .collect()
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or("-").to_owned()
}

/// The results of a run, in the form of `EXPECTED.md`.
struct Got {
    decisions: Vec<Value>,
    /// The created records by `type:id`.
    created: BTreeMap<String, Value>,
    emails: BTreeMap<String, Value>,
}

impl Got {
    fn read(out: &Path) -> Got {
        let mut created = BTreeMap::new();
        for (table, kind) in [("contacts", "contact"), ("leads", "lead")] {
            for row in rows(out, table) {
                created.insert(format!("{kind}:{}", text(&row[format!("{kind}id")])), row);
            }
        }
        let by_id = |row: Value| (text(&row["activityid"]), row);
        Got {
            decisions: rows(out, "decisions"),
            created,
            emails: rows(out, "emails").into_iter().map(by_id).collect(),
        }
    }

    fn record(&self, value: &Value) -> String {
        match self.created.get(&text(value)) {
            Some(row) => format!("created:{}", text(&row["emailaddress1"]).to_lowercase()),
            None => text(value),
        }
    }

    fn correlation(&self, decision: &Value) -> String {
        let Some(code) = decision["correlationmethod"].as_u64() else {
            return "-".into();
        };
        let found = &self.emails[&text(&decision["activityid"])]["correlatedactivityid"];
        match found.as_str() {
            None => code.to_string(),
            Some(id) => {
                let at = self
                    .decisions
                    .iter()
                    .position(|it| it["tracked"] == true && it["activityid"] == *found);
                at.map_or(format!("{code} {id}"), |at| format!("{code} #{}", at + 1))
            }
        }
    }

    fn row(&self, decision: &Value) -> BTreeMap<&'static str, String> {
        let list = |items: Vec<String>| {
            if items.is_empty() {
                "-".to_owned()
            } else {
                items.join("; ")
            }
        };
        let created = decision["created"].as_array().unwrap().iter();
        let refused = decision["notcreated"].as_array().unwrap().iter();
        let address = |id: &Value| text(&self.created[&text(id)]["emailaddress1"]).to_lowercase();
        BTreeMap::from([
            ("source", text(&decision["source"])),
            (
                "dir",
                if decision["direction"] == "incoming" {
                    "in"
                } else {
                    "out"
                }
                .to_owned(),
            ),
            ("reason", text(&decision["reason"])),
            ("sender record", self.record(&decision["senderrecord"])),
            ("corr", self.correlation(decision)),
            ("created", list(created.map(address).collect())),
            (
                "not created",
                list(
                    refused
                        .map(|it| format!("{} {}", text(&it["address"]), text(&it["why"])))
                        .collect(),
                ),
            ),
        ])
    }
}

#[test]
fn every_decision_is_the_expected_one() {
    for options in [
        "options.toml",
        "options-responses.toml",
        "options-sent.toml",
    ] {
        let out = tempfile::tempdir().unwrap();
        run(options, out.path());
        let (got, want) = (Got::read(out.path()), expected(options));
        assert_eq!(got.decisions.len(), want[0].len(), "{options}");
        for (decision, want) in got.decisions.iter().zip(&want[0]) {
            let row = got.row(decision);
            for (column, got) in &row {
                assert_eq!(
                    got, &want[*column],
                    "{options}: row {}, {column}",
                    want["#"]
                );
            }
            if let Some(received) = want.get("received (UTC)") {
                assert_eq!(
                    text(&decision["receivedon"]),
                    received.replace(' ', "T") + "Z",
                    "{options}: row {}",
                    want["#"]
                );
            }
        }
        assert_eq!(
            got.created.len(),
            want[1].len(),
            "{options}: created records"
        );
        for want in &want[1] {
            let made = got
                .created
                .values()
                .find(|row| text(&row["emailaddress1"]) == want["address"])
                .unwrap();
            let columns = want
                .iter()
                .filter(|(column, _)| !matches!(column.as_str(), "address" | "from"));
            for (column, want) in columns {
                assert_eq!(&text(&made[column]), want, "{options}: {column}");
            }
        }
    }
}

#[test]
fn without_a_filter_nothing_is_tracked() {
    let out = tempfile::tempdir().unwrap();
    run("options-none.toml", out.path());
    let decisions = rows(out.path(), "decisions");
    let count = |reason: &str| {
        decisions
            .iter()
            .filter(|row| row["reason"] == reason)
            .count()
    };
    let reasons = [
        "NoFilter",
        "Duplicate",
        "InvalidSender",
        "InternalEmailReject",
        "Blocked",
    ];
    assert_eq!(reasons.map(count), [24, 1, 1, 1, 1]);
    assert!(rows(out.path(), "emails").is_empty());
}

#[test]
fn the_options_files_show_every_reason_and_every_class() {
    let mut seen = std::collections::BTreeSet::new();
    for options in [
        "options.toml",
        "options-responses.toml",
        "options-sent.toml",
        "options-none.toml",
    ] {
        let out = tempfile::tempdir().unwrap();
        run(options, out.path());
        for row in rows(out.path(), "decisions") {
            seen.insert(text(&row["reason"]));
            seen.extend(
                row["notcreated"]
                    .as_array()
                    .unwrap()
                    .iter()
                    .map(|it| text(&it["why"])),
            );
        }
    }
    let reasons = "Duplicate FolderRule CheckIncomingOff InvalidSender Blocked InternalEmailReject NoFilter AcceptAll SentNotTracked \
                   CorrelationMatch NoCorrelationMatch SenderMatch RecipientMatch NoSenderMatch NoRecipientMatch";
    let classes = "outofscope inactive several mailbox organization blocklist automated bulk role free-mail nameless limit";
    for name in reasons.split(' ').chain(classes.split(' ')) {
        assert!(seen.contains(name), "the demo does not show {name}");
    }
}
