//! The cases of `cases/*.toml`, one file a rule group. Each case runs with LF and with CRLF mail, on one thread and on
//! three; the two must write the same bytes.
//!
//! A case has these keys, all but `name` and `rule` optional:
//! - `name`, `rule`: what it checks, and the rule that says so
//! - `options`: the text of the options file
//! - `book`: files that take the place of those in `cases/book.toml`, or are added; an empty text removes one
//! - `mail`: files of the mail folder. A text is the whole file; a table is a message, of which only what differs from
//!   Ann's note to Uma is given (`from`, `to`, `cc`, `bcc`, `subject`, `date`, `id`, `re`, `refs`, `head`, `body`; an
//!   empty text leaves the field out; the id is `<name@x>`, from the file's name); a list of tables is an mbox
//! - `latin1`: the mail is written in that charset instead of UTF-8
//! - `links`: symbolic links in the mail folder, name and target
//! - `args`: further arguments; `mails`: the mail arguments, `["mail"]` if left out; `runs`: how many times it is run
//! - `expect`: `exit` (0), `stderr` (texts that it has, whatever their case), `counts` (lines in an output file),
//!   `order` (the sources of the decisions), `summary` (JSON pointer and value), and for every output file lines, each of
//!   which must match a line of its own; those under `exactly` must match all lines of the file, those under `absent`
//!   none. A file or a key that no schema has is a fault. `"@a.eml"` is that source's activityid, `"NULL"` null; CRLF
//!   counts as LF.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use serde::Deserialize;
use serde_json::Value;

use crate::program::{self, FILES, lines, mailtrack, write};
use crate::schemas;

type Files = BTreeMap<String, String>;
type Rows = BTreeMap<String, Vec<Value>>;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Group {
    case: Vec<Case>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Case {
    name: String,
    rule: String,
    #[serde(default)]
    options: String,
    #[serde(default)]
    book: Files,
    #[serde(default)]
    mail: BTreeMap<String, File>,
    #[serde(default)]
    latin1: bool,
    #[serde(default)]
    links: Files,
    #[serde(default)]
    args: Vec<String>,
    #[serde(default = "one_mail_folder")]
    mails: Vec<String>,
    #[serde(default = "once")]
    runs: usize,
    #[serde(default)]
    expect: Expect,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum File {
    Text(String),
    Message(Box<Message>),
    Mbox(Vec<Message>),
}

#[derive(Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct Message {
    from: Option<String>,
    to: Option<String>,
    cc: String,
    bcc: String,
    subject: Option<String>,
    date: Option<String>,
    id: Option<String>,
    re: String,
    refs: String,
    head: String,
    body: Option<String>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Expect {
    exit: i32,
    stderr: Vec<String>,
    counts: BTreeMap<String, usize>,
    order: Vec<String>,
    summary: BTreeMap<String, Value>,
    absent: Rows,
    exactly: Rows,
    #[serde(flatten)]
    rows: Rows,
}

fn one_mail_folder() -> Vec<String> {
    vec!["mail".into()]
}

fn once() -> usize {
    1
}

impl Message {
    fn text(&self, name: &str) -> String {
        let or = |it: &Option<String>, other: &str| it.clone().unwrap_or_else(|| other.into());
        let fields = [
            ("From", or(&self.from, "Ann Beck <ann@fabrikam.example>")),
            ("To", or(&self.to, "uma@contoso.example")),
            ("Cc", self.cc.clone()),
            ("Bcc", self.bcc.clone()),
            ("Subject", or(&self.subject, "Hello")),
            ("Date", or(&self.date, "Mon, 2 Mar 2026 09:30:00 +0000")),
            ("Message-ID", or(&self.id, &format!("<{name}@x>"))),
            ("In-Reply-To", self.re.clone()),
            ("References", self.refs.clone()),
        ];
        let mut text: String = fields
            .iter()
            .filter(|(_, value)| !value.is_empty())
            .map(|(field, value)| format!("{field}: {value}\n"))
            .collect();
        if !self.head.is_empty() {
            text += &format!("{}\n", self.head.trim_end());
        }
        text + "\n" + &or(&self.body, "Hi there.\n")
    }
}

impl File {
    fn text(&self, path: &str) -> String {
        let name = Path::new(path).file_stem().unwrap().to_string_lossy();
        match self {
            File::Text(text) => text.clone(),
            File::Message(message) => message.text(&name),
            File::Mbox(messages) => (1..)
                .zip(messages)
                .map(|(number, it)| {
                    let text = it.text(&format!("{name}{number}"));
                    format!("From mta@x Mon Mar  2 09:30:00 2026\n{text}\n")
                })
                .collect(),
        }
    }
}

impl Case {
    fn lay_out(&self, root: &Path, crlf: bool) {
        fs::create_dir_all(root.join("mail")).unwrap();
        for (path, file) in &self.mail {
            let mut text = file.text(path);
            if crlf {
                text = text.replace('\n', "\r\n");
            }
            let bytes = if self.latin1 {
                text.chars().map(|it| u8::try_from(it).unwrap()).collect()
            } else {
                text.into_bytes()
            };
            write(&root.join("mail").join(path), &bytes);
        }
        #[cfg(unix)]
        for (path, target) in &self.links {
            std::os::unix::fs::symlink(target, root.join("mail").join(path)).unwrap();
        }
        let mut book: Files = toml::from_str(include_str!("cases/book.toml")).unwrap();
        book.extend(self.book.clone());
        for (path, text) in book.iter().filter(|(_, text)| !text.is_empty()) {
            write(&root.join("book").join(path), text.as_bytes());
        }
        write(&root.join("options.toml"), self.options.as_bytes());
    }

    /// Runs it, and says what is not as expected.
    fn faults(&self, crlf: bool) -> Vec<String> {
        let root = tempfile::tempdir().unwrap();
        let root = root.path();
        self.lay_out(root, crlf);
        let mut wrong = Vec::new();
        for threads in ["1", "3"] {
            let fixed = ["--book", "book", "--options", "options.toml"];
            let of_run = ["--threads", threads, "--out", threads];
            let mails = self.mails.iter().map(String::as_str);
            let more = self.args.iter().map(String::as_str);
            let args: Vec<&str> = ["run"]
                .into_iter()
                .chain(mails)
                .chain(fixed)
                .chain(of_run)
                .chain(more)
                .collect();
            for _ in 1..self.runs {
                mailtrack(root, &args);
            }
            let done = mailtrack(root, &args);
            let stderr = String::from_utf8_lossy(&done.stderr).to_lowercase();
            if done.status.code() != Some(self.expect.exit) {
                wrong.push(format!("exit status {}: {stderr}", done.status));
            }
            for text in &self.expect.stderr {
                if !stderr.contains(&text.to_lowercase()) {
                    wrong.push(format!("stderr lacks {text:?}: {stderr}"));
                }
            }
        }
        if self.expect.exit == 2 && self.runs == 1 && root.join("1").exists() {
            wrong.push("something was written".into());
        }
        if self.expect.exit != 2 && wrong.is_empty() {
            wrong.extend(program::faults(&root.join("1")));
            wrong.extend(self.expect.faults(&root.join("1")));
        }
        for (file, _) in FILES {
            if program::bytes(&root.join("1"), file) != program::bytes(&root.join("3"), file) {
                wrong.push(format!("{file} is another on three threads"));
            }
        }
        wrong
    }
}

impl Expect {
    fn faults(&self, out: &Path) -> Vec<String> {
        let mut wrong = Vec::new();
        let emails = lines(out, "emails");
        let id_of = |source: &str| {
            let email = emails.iter().find(|it| it["source"] == source);
            email.map_or(Value::Null, |it| it["activityid"].clone())
        };
        let known = |file: &str| FILES.iter().any(|(name, _)| *name == file);
        for (file, want) in &self.counts {
            let got = lines(out, file).len();
            if !known(file) || got != *want {
                wrong.push(format!("{file}: {got} lines, expected {want}"));
            }
        }
        let sources: Vec<Value> = lines(out, "decisions")
            .iter()
            .map(|it| it["source"].clone())
            .collect();
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
        for (file, rows) in [&self.rows, &self.exactly, &self.absent]
            .into_iter()
            .flatten()
        {
            wrong.extend(rows.iter().flat_map(|row| schemas::unknown_keys(file, row)));
        }
        if !wrong.is_empty() {
            return wrong;
        }
        for (file, wanted) in self.rows.iter().chain(&self.exactly) {
            let got = lines(out, file);
            for want in unmatched(wanted, &got, &id_of) {
                let near: Vec<_> = got
                    .iter()
                    .filter(|it| it["source"] == want["source"])
                    .map(Value::to_string)
                    .collect();
                wrong.push(format!(
                    "{file}: no line of its own is {want}: {}",
                    near.join("\n      ")
                ));
            }
        }
        for (file, wanted) in &self.exactly {
            let got = lines(out, file).len();
            if got != wanted.len() {
                let count = wanted.len();
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
}

/// The expectations that find no line of their own, where each line serves one of them.
fn unmatched<'w>(
    wanted: &'w [Value],
    got: &[Value],
    id_of: &dyn Fn(&str) -> Value,
) -> Vec<&'w Value> {
    /// Gives `want` a line, moving on those that have theirs already.
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

#[test]
fn a_case_with_an_unknown_table_or_key_fails() {
    let out = tempfile::tempdir().unwrap();
    write(
        &out.path().join("failures.jsonl"),
        b"{\"source\":\"a\",\"error\":\"x\"}\n{\"source\":\"b\",\"error\":\"x\"}\n",
    );
    write(&out.path().join("summary.json"), b"{}");
    let faults = |text: &str| {
        let expect: Expect = toml::from_str(text).unwrap();
        expect.faults(out.path()).join("\n")
    };
    for (text, want) in [
        ("failures = [{ source = 'a' }]", ""),
        ("failures = [{ error = 'x' }, { source = 'a' }]", ""),
        ("exactly.failures = [{ error = 'x' }, { source = 'a' }]", ""),
        ("absent.failures = [{ source = 'c' }]", ""),
        ("failure = [{ source = 'a' }]", "there is no file failure"),
        (
            "absent.failure = [{ source = 'a' }]",
            "there is no file failure",
        ),
        ("failures = [{ sourc = 'a' }]", "failures has no key sourc"),
        (
            "absent.failures = [{ sourc = 'a' }]",
            "failures has no key sourc",
        ),
        (
            "exactly.failures = [{ reason = 'a' }]",
            "failures has no key reason",
        ),
        (
            "absent.decisions = [{ notcreated = [{ address = 'a', wy = 'b' }] }]",
            "decisions has no key notcreated.wy",
        ),
        (
            "failures = [{ source = 'a' }, { source = 'a' }]",
            "no line of its own",
        ),
        (
            "failures = [{ error = 'x' }, { error = 'x' }, { error = 'x' }]",
            "no line of its own",
        ),
        ("exactly.failures = [{ source = 'a' }]", "2 lines"),
        ("absent.failures = [{ source = 'b' }]", "there is"),
    ] {
        let faults = faults(text);
        assert_eq!(faults.is_empty(), want.is_empty(), "{text}: {faults}");
        assert!(faults.contains(want), "{text}: {faults}");
    }
}

/// Whether a value is the one expected; of an object, only the keys named count.
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

fn run(file: &str) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it/cases");
    let text = fs::read_to_string(folder.join(file)).unwrap();
    let group: Group = toml::from_str(&text).unwrap_or_else(|problem| panic!("{file}: {problem}"));
    let mut failed = String::new();
    for case in &group.case {
        for (ends, crlf) in [("LF", false), ("CRLF", true)] {
            for fault in case.faults(crlf) {
                failed += &format!("{} ({}, {ends})\n    {fault}\n", case.name, case.rule);
            }
        }
    }
    assert!(failed.is_empty(), "{file}:\n{failed}");
}

macro_rules! groups {
    ($($name:ident)*) => {
        $(#[test]
        fn $name() {
            run(concat!(stringify!($name), ".toml"));
        })*

        #[test]
        fn every_file_of_cases_is_run() {
            let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it/cases");
            let files = fs::read_dir(folder).unwrap();
            let mut names: Vec<String> = files
                .map(|it| it.unwrap().path().file_stem().unwrap().to_string_lossy().into_owned())
                .filter(|name| name != "book")
                .collect();
            names.sort();
            assert_eq!(names, [$(stringify!($name)),*]);
        }
    };
}

groups! {
    class
    correlation
    creation
    dates
    failures
    filters
    folders
    identity
    interface
    mailboxes
    order
    resolution
    scope
    senders
    synchronization
    text
}
