//! The findings as an options file, in which comments say what each value is based on.

use super::findings::Findings;
use crate::base::terminal::counted;
use crate::inspect::init::owners::FoundMailbox;

/// Number of folders that are proposed for tracking.
const FOLDERS_NAMED: usize = 5;

/// Maximum number of domains that are listed.
const DOMAINS_MAX: usize = 20;

/// Returns the options file; `preset` is the preset by which the book was read.
pub(crate) fn text(found: &Findings, preset: Option<&str>) -> String {
    let mut out = String::from(
        "# Options of mailtrack, written by `mailtrack init` after what it found. Read and correct it: it is yours.\n\
         # Every key that is not here keeps its default; `mailtrack options show` prints them all.\n#\n",
    );
    let records = found.records.iter();
    let records: Vec<String> = records
        .map(|(kind, count)| format!("{count} {kind}"))
        .collect();
    say(
        &mut out,
        &format!(
            "# Found: {}; in the book {}.",
            counted(found.messages, "message", "messages"),
            listed(&records)
        ),
    );
    if let Some(preset) = preset {
        say(&mut out, "\n[book]");
        say(&mut out, &format!("preset = {}", quoted(preset)));
    }
    organization(found, &mut out);
    email(found, &mut out);
    address_book(found, &mut out);
    for part in &found.parts {
        mailbox(part, &mut out);
    }
    out
}

fn say(out: &mut String, line: &str) {
    out.push_str(line);
    out.push('\n');
}

fn listed(words: &[String]) -> String {
    if words.is_empty() {
        "nothing".into()
    } else {
        words.join(", ")
    }
}

/// Returns text as a TOML string.
fn quoted(text: &str) -> String {
    toml::Value::String(text.into()).to_string()
}

/// Replaces control characters, so that text stays on the line of its comment.
fn plain(text: &str) -> String {
    text.replace(|c: char| c.is_control(), " ")
}

fn organization(found: &Findings, out: &mut String) {
    say(out, "\n[organization]");
    if found.domains.is_empty() {
        say(
            out,
            "# No user of the book takes part in the mail, so none of your own domains is known: give them. Mail within",
        );
        say(
            out,
            "# them is not tracked, and nobody in them becomes a contact.",
        );
        say(out, "# domains = [\"yours.example\"]");
        return;
    }
    say(
        out,
        "# The domains of the users in the mail. Mail within them is not tracked, and nobody in them becomes a contact.",
    );
    let mut domains: Vec<(&String, &u64)> = found.domains.iter().collect();
    domains.sort_by_key(|&(domain, count)| (std::cmp::Reverse(*count), domain));
    let domains = domains.iter().take(DOMAINS_MAX);
    let domains: Vec<String> = domains.map(|(domain, _)| quoted(domain)).collect();
    say(out, &format!("domains = [{}]", domains.join(", ")));
}

fn email(found: &Findings, out: &mut String) {
    let has = |kind: &str| found.records.get(kind).is_some_and(|&count| count > 0);
    say(out, "\n[email]");
    say(
        out,
        "# Mail with people who are in the book. Also \"email-enabled\" (any type of record), \"all\", \"responses\", \"none\".",
    );
    say(out, "track = \"leads-contacts-accounts\"");
    match found.sent {
        0 => say(
            out,
            "track_sent = false   # no folder of sent mail was found",
        ),
        sent => say(
            out,
            &format!(
                "track_sent = true   # {} in folders of sent mail; false: what is there is left alone",
                counted(sent, "message lies", "messages lie")
            ),
        ),
    }
    match (has("contact"), has("lead")) {
        (false, true) => say(
            out,
            "create = \"lead\"   # for senders without a record; the book has leads and no contacts",
        ),
        _ => say(
            out,
            "create = \"contact\"   # for senders of tracked mail without a record; also \"lead\", \"none\"",
        ),
    }
    say(
        out,
        "\n# Folders whose mail is all tracked, whoever wrote it, and what it is about, such as:",
    );
    let folders = found.folders.iter().take(FOLDERS_NAMED);
    for (folder, count) in folders {
        let path = quoted(&plain(folder));
        say(
            out,
            &format!(
                "# [[email.folder]]\n# path = {path}   # {}",
                counted(*count, "message", "messages")
            ),
        );
    }
    if found.folders.is_empty() {
        say(out, "# [[email.folder]]\n# path = \"Inbox/Deals\"");
    }
    say(out, "# regarding = \"account:ID\"");
}

fn address_book(found: &Findings, out: &mut String) {
    if found.tagged == 0 {
        return;
    }
    say(out, "\n[address_book]");
    let tagged = match found.tagged {
        1 => "1 address of the mail with a +tag is that of a record without it.".to_owned(),
        many => {
            format!("{many} addresses of the mail with a +tag are those of records without it.")
        }
    };
    say(out, &format!("# {tagged}"));
    say(out, "equivalence = [\"plus-tag\"]");
}

fn mailbox(part: &FoundMailbox, out: &mut String) {
    let Some(owner) = &part.owner else {
        if !part.path.is_empty() {
            let path = quoted(&part.path);
            say(
                out,
                &format!(
                    "\n# The owner of {path} could not be determined.\n# [[mailbox]]\n# path = {path}\n# owner = \"systemuser:ID\""
                ),
            );
            return;
        }
        say(
            out,
            "\n# The owner of this mail could not be determined. With an owner, sent and received mail can be told apart.",
        );
        return say(out, "# [[mailbox]]\n# owner = \"systemuser:ID\"");
    };
    say(out, "\n[[mailbox]]");
    say(out, &format!("path = {}", quoted(&part.path)));
    let seen = format!(
        "takes part in {} of {}",
        owner.messages,
        counted(part.messages, "message", "messages")
    );
    if let Some(record) = &owner.record {
        let name = owner
            .name
            .as_deref()
            .map_or(String::new(), |name| format!("{}: ", plain(name)));
        return say(
            out,
            &format!("owner = {}   # {name}{seen}", quoted(&record.to_string())),
        );
    }
    say(
        out,
        "# The book has no user or queue with the address that sent most of the mail. An owner is better:",
    );
    say(out, "# owner = \"systemuser:ID\"");
    let addresses: Vec<String> = owner.addresses.iter().map(|it| quoted(it)).collect();
    say(
        out,
        &format!(
            "addresses = [{}]   # sent {} of the messages",
            addresses.join(", "),
            owner.messages
        ),
    );
}
