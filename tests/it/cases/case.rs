//! One case: its folder, its runs, and what is wrong with their output.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use serde::Deserialize;

use super::expect::Expect;
use crate::program::{self, FILES, write};
use crate::support::start::{Arg, Starter};

type Files = BTreeMap<String, String>;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Case {
    pub(super) name: String,
    pub(super) rule: String,
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
        let mut book: Files = toml::from_str(include_str!("book.toml")).unwrap();
        book.extend(self.book.clone());
        for (path, text) in book.iter().filter(|(_, text)| !text.is_empty()) {
            write(&root.join("book").join(path), text.as_bytes());
        }
        write(&root.join("options.toml"), self.options.as_bytes());
    }

    /// Returns the arguments of a run with this number of threads into a folder of this name.
    fn arguments<'a>(&'a self, threads: &'a str) -> Vec<Arg<'a>> {
        use Arg::{Path, Word};
        let mails = self.mails.iter().map(|it| Path(it));
        let own = self.args.iter().map(|it| Word(it));
        let fixed = [
            (Word("--book"), Path("book")),
            (Word("--options"), Path("options.toml")),
            (Word("--threads"), Word(threads)),
            (Word("--out"), Path(threads)),
        ];
        let fixed = fixed.into_iter().flat_map(|(flag, value)| [flag, value]);
        [Word("run")]
            .into_iter()
            .chain(mails)
            .chain(fixed)
            .chain(own)
            .collect()
    }

    /// Runs the case and returns what is not as expected. The number of threads does not interact with line endings, so
    /// runs with one and three threads are compared for one of them.
    pub(super) fn faults(&self, crlf: bool, program: &dyn Starter) -> Vec<String> {
        let root = tempfile::tempdir().unwrap();
        let root = root.path();
        self.lay_out(root, crlf);
        let mut wrong = self.expect.contradictions();
        let threads: &[&str] = if crlf { &["3"] } else { &["3", "1"] };
        for threads in threads {
            let args = self.arguments(threads);
            for _ in 1..self.runs {
                program.run(&args, root);
            }
            wrong.extend(self.expect.faults_of_run(&program.run(&args, root)));
        }
        let out = root.join("3");
        if self.expect.exit == 2 && self.runs == 1 && out.exists() {
            wrong.push("something was written".into());
        }
        if self.expect.exit != 2 && wrong.is_empty() {
            wrong.extend(program::faults(&out));
            wrong.extend(self.expect.faults(&out));
        }
        let files = FILES.iter().filter(|_| !crlf);
        for (file, _) in files {
            if program::bytes(&out, file) != program::bytes(&root.join("1"), file) {
                wrong.push(format!("{file} differs on one thread"));
            }
        }
        wrong
    }
}
