//! The output folder that a case expects.

use std::collections::BTreeMap;
use std::path::Path;

use serde::Deserialize;
use serde_json::Value;

use crate::place::Ran;
use crate::program::{self, FILES, lines, write};
use crate::schemas;

type Rows = BTreeMap<String, Vec<Value>>;

#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Expect {
    pub(super) exit: i32,
    stderr: Vec<String>,
    counts: BTreeMap<String, usize>,
    order: Vec<String>,
    summary: BTreeMap<String, Value>,
    absent: Rows,
    exactly: Rows,
    #[serde(flatten)]
    rows: Rows,
}

impl Expect {
    /// Returns expectations that can never be met or are never checked, whatever the program does.
    pub(super) fn contradictions(&self) -> Vec<String> {
        let mut wrong = Vec::new();
        for (file, rows) in [&self.rows, &self.exactly, &self.absent]
            .into_iter()
            .flatten()
        {
            if !is_output(file) {
                wrong.push(format!("there is no output file {file}"));
                continue;
            }
            wrong.extend(rows.iter().filter_map(|row| impossible(file, row)));
        }
        for file in self.counts.keys().filter(|file| !is_output(file)) {
            wrong.push(format!("there is no output file {file}"));
        }
        for (file, rows) in self.rows.iter().chain(&self.absent) {
            if rows.is_empty() {
                wrong.push(format!("{file}: an empty list says nothing"));
            }
        }
        for file in self.exactly.keys() {
            if self.rows.contains_key(file) || self.counts.contains_key(file) {
                wrong.push(format!("{file}: `exactly` says all of it"));
            }
        }
        let no_rows = self.rows.is_empty() && self.exactly.is_empty() && self.absent.is_empty();
        let no_counts = self.counts.is_empty() && self.order.is_empty() && self.summary.is_empty();
        if self.exit == 2 && !(no_rows && no_counts) {
            wrong.push("with exit status 2 there is no output".into());
        }
        wrong
    }

    /// Returns what is wrong with the exit status and the printed text of a run.
    pub(super) fn faults_of_run(&self, ran: &Ran) -> Vec<String> {
        let mut wrong = Vec::new();
        let stderr = ran.stderr.to_lowercase();
        if ran.status != self.exit {
            wrong.push(format!("exit status {}: {stderr}", ran.status));
        }
        for text in &self.stderr {
            if !stderr.contains(&text.to_lowercase()) {
                wrong.push(format!("stderr lacks {text:?}: {stderr}"));
            }
        }
        wrong
    }

    /// Returns what is wrong with an output folder.
    pub(super) fn faults(&self, out: &Path) -> Vec<String> {
        let mut wrong = self.faults_of_totals(out);
        let emails = lines(out, "emails");
        let id_of = |source: &str| {
            let email = emails.iter().find(|it| it["source"] == source);
            email.map_or(Value::Null, |it| it["activityid"].clone())
        };
        for (file, wanted) in self.rows.iter().chain(&self.exactly) {
            let got = lines(out, file);
            for want in unmatched(wanted, &got, &id_of) {
                let near = got.iter().filter(|it| it["source"] == want["source"]);
                let near: Vec<_> = near.map(Value::to_string).collect();
                let near = near.join("\n      ");
                wrong.push(format!("{file}: no line of its own is {want}: {near}"));
            }
        }
        for (file, wanted) in &self.exactly {
            let (got, count) = (lines(out, file).len(), wanted.len());
            if got != count {
                wrong.push(format!("{file}: {got} lines, expected exactly {count}"));
            }
        }
        for (file, unwanted) in &self.absent {
            for row in lines(out, file) {
                if unwanted.iter().any(|it| matches(it, &row, &id_of)) {
                    wrong.push(format!("{file}: there is {row}"));
                }
            }
        }
        wrong
    }

    fn faults_of_totals(&self, out: &Path) -> Vec<String> {
        let mut wrong = Vec::new();
        for (file, want) in &self.counts {
            let got = lines(out, file).len();
            if got != *want {
                wrong.push(format!("{file}: {got} lines, expected {want}"));
            }
        }
        let decisions = lines(out, "decisions");
        let sources: Vec<Value> = decisions.iter().map(|it| it["source"].clone()).collect();
        if !self.order.is_empty() && sources != self.order {
            wrong.push(format!("the order is {sources:?}"));
        }
        let summary = program::summary(out);
        for (pointer, want) in &self.summary {
            let got = summary.pointer(pointer).unwrap_or(&Value::Null);
            if got != want {
                wrong.push(format!("summary: {pointer} is {got}, expected {want}"));
            }
        }
        wrong
    }
}

fn is_output(file: &str) -> bool {
    FILES.iter().any(|(name, _)| *name == file)
}

/// Returns why no line of an output file can be as expected, if that is so.
fn impossible(file: &str, expected: &Value) -> Option<String> {
    schemas::part_fault(file, &with_nulls(expected))
}

/// Replaces each `"NULL"` by null.
fn with_nulls(value: &Value) -> Value {
    match value {
        Value::String(text) if text == "NULL" => Value::Null,
        Value::Array(items) => items.iter().map(with_nulls).collect(),
        Value::Object(keys) => {
            let keys = keys.iter();
            keys.map(|(key, value)| (key.clone(), with_nulls(value)))
                .collect()
        }
        _ => value.clone(),
    }
}

/// Returns the expectations that no line is left for, if each line matches at most one of them.
fn unmatched<'w>(
    wanted: &'w [Value],
    got: &[Value],
    id_of: &dyn Fn(&str) -> Value,
) -> Vec<&'w Value> {
    /// Assigns a line to `want`, moving expectations that already have one.
    fn place(
        want: usize,
        fits: &dyn Fn(usize, usize) -> bool,
        seen: &mut [bool],
        taken: &mut [Option<usize>],
    ) -> bool {
        for line in 0..taken.len() {
            if seen[line] || !fits(want, line) {
                continue;
            }
            seen[line] = true;
            if taken[line].is_none_or(|other| place(other, fits, seen, taken)) {
                taken[line] = Some(want);
                return true;
            }
        }
        false
    }
    let fits = |want: usize, line: usize| matches(&wanted[want], &got[line], id_of);
    let mut taken = vec![None; got.len()];
    let mut left = Vec::new();
    for (number, want) in wanted.iter().enumerate() {
        if !place(number, &fits, &mut vec![false; got.len()], &mut taken) {
            left.push(want);
        }
    }
    left
}

/// Returns whether a value matches the expected one; of an object, only the named keys are compared.
fn matches(want: &Value, got: &Value, id_of: &dyn Fn(&str) -> Value) -> bool {
    match (want, got) {
        (Value::String(text), _) if text == "NULL" => got.is_null(),
        (Value::String(text), _) if text.starts_with('@') && text.ends_with("eml") => {
            !got.is_null() && *got == id_of(&text[1..])
        }
        (Value::Object(want), Value::Object(got)) => want
            .iter()
            .all(|(key, want)| got.get(key).is_some_and(|got| matches(want, got, id_of))),
        (Value::Array(want), Value::Array(got)) => {
            want.len() == got.len()
                && want
                    .iter()
                    .zip(got)
                    .all(|(want, got)| matches(want, got, id_of))
        }
        (Value::String(want), Value::String(got)) => *want == got.replace("\r\n", "\n"),
        _ => want == got,
    }
}

#[test]
fn a_case_that_expects_what_is_not_so_fails() {
    let out = tempfile::tempdir().unwrap();
    write(
        &out.path().join("failures.jsonl"),
        b"{\"source\":\"a\",\"error\":\"x\"}\n{\"source\":\"b\",\"error\":\"x\"}\n",
    );
    write(
        &out.path().join("summary.json"),
        b"{\"files\":{\"total\":2}}",
    );
    for (text, want) in [
        ("failures = [{ source = 'a' }]", ""),
        ("failures = [{ error = 'x' }, { source = 'a' }]", ""),
        ("exactly.failures = [{ error = 'x' }, { source = 'a' }]", ""),
        ("exactly.emails = []", ""),
        ("absent.failures = [{ source = 'c' }]", ""),
        ("counts.failures = 2", ""),
        ("summary = { '/files/total' = 2 }", ""),
        ("failures = [{ source = 'a' }, { source = 'a' }]", "own"),
        ("failures = [{ error = 'x' }, { error = 'x' }, {}]", "own"),
        ("exactly.failures = [{ source = 'a' }]", "2 lines"),
        (
            "exactly.failures = [{ source = 'a' }, { source = 'c' }]",
            "own",
        ),
        ("exactly.failures = []", "2 lines"),
        ("absent.failures = [{ source = 'b' }]", "there is"),
        ("counts.failures = 1", "2 lines"),
        ("summary = { '/files/total' = 3 }", "is 2"),
        ("summary = { '/files/totl' = 2 }", "is null"),
        ("order = ['a']", "the order"),
    ] {
        let expect: Expect = toml::from_str(text).unwrap();
        assert_eq!(expect.contradictions(), Vec::<String>::new(), "{text}");
        let faults = expect.faults(out.path()).join("\n");
        assert_eq!(faults.is_empty(), want.is_empty(), "{text}: {faults}");
        assert!(faults.contains(want), "{text}: {faults}");
    }
}

#[test]
fn a_case_that_expects_what_can_never_be_fails() {
    for (text, want) in [
        ("failures = [{ source = 'a' }]", ""),
        (
            "absent.decisions = [{ notcreated = [{ why = 'role' }] }]",
            "",
        ),
        (
            "decisions = [{ senderrecord = 'NULL', tracked = true }]",
            "",
        ),
        ("exit = 2\nstderr = ['a']", ""),
        ("failure = [{ source = 'a' }]", "no output file failure"),
        ("absent.failure = [{ source = 'a' }]", "no output file"),
        ("exactly.options = []", "no output file options"),
        ("counts.summary = 1", "no output file summary"),
        ("failures = [{ sourc = 'a' }]", "'sourc'"),
        ("absent.failures = [{ sourc = 'a' }]", "'sourc'"),
        (
            "absent.contacts = [{ emailadress1 = 'a@x' }]",
            "'emailadress1'",
        ),
        ("exactly.failures = [{ reason = 'a' }]", "'reason'"),
        (
            "absent.decisions = [{ notcreated = [{ wy = 'b' }] }]",
            "'wy'",
        ),
        ("absent.decisions = [{ reason = 'Bloked' }]", "/reason"),
        ("absent.decisions = [{ tracked = 'true' }]", "/tracked"),
        (
            "absent.decisions = [{ senderrecord = 'c5' }]",
            "/senderrecord",
        ),
        ("absent.failures = [{ source = 'NULL' }]", "/source"),
        ("absent.failures = []", "says nothing"),
        ("failures = []", "says nothing"),
        ("counts.leads = 1\nexactly.leads = [{}]", "says all"),
        ("leads = [{}]\nexactly.leads = [{}]", "says all"),
        ("exit = 2\ncounts.leads = 1", "no output"),
    ] {
        let expect: Expect = toml::from_str(text).unwrap();
        let faults = expect.contradictions().join("\n");
        assert_eq!(faults.is_empty(), want.is_empty(), "{text}: {faults}");
        assert!(faults.contains(want), "{text}: {faults}");
    }
}
