//! Gmail's labels, which are its folders. Its export (Takeout) writes them at the start of each message of an mbox.
//!
//! They count only if the message begins with the two fields that the export writes before all others. A field of that
//! name further down came with the mail, and anyone can write one.

use std::collections::HashMap;
use std::sync::Arc;

use crate::mail::message::folding::unfold;
use crate::mail::message::{decode_words, fields};
use crate::mail::source::{ContainedMessage, Labels};

/// Labels that say which state a message is in, not where it is. Labels `Category ...` do too.
const STATES: [&str; 6] = [
    "Important",
    "Opened",
    "Starred",
    "Unread",
    "Archived",
    "Muted",
];

/// Labels that every mailbox has.
const USUAL: [&str; 6] = ["Inbox", "Sent", "Drafts", "Spam", "Trash", "Chat"];

/// Returns the raw value of the labels field; `None` if the message was not written by the export.
pub(crate) fn written(head: &[u8]) -> Option<Box<[u8]>> {
    let begins = head
        .get(..11)
        .is_some_and(|start| start.eq_ignore_ascii_case(b"X-GM-THRID:"));
    let labels = if begins { fields(head).nth(1) } else { None }?;
    labels
        .name
        .eq_ignore_ascii_case(b"X-Gmail-Labels")
        .then(|| labels.value.into())
}

/// Assigns labels to the messages of one mbox as folders. Each distinct set of labels is stored once.
#[derive(Debug, Default)]
pub(crate) struct Labelled {
    known: HashMap<Box<[u8]>, Option<Arc<Labels>>>,
}

impl Labelled {
    /// Sets the folders of a message from its labels, as siblings of the mbox. The first one is the message's folder in
    /// the output.
    pub(crate) fn place(&mut self, source: &mut ContainedMessage, written: Box<[u8]>) {
        let beside = source.folder.rsplit_once('/').map(|(folder, _)| folder);
        let labels = self.known.entry(written);
        let labels = labels.or_insert_with_key(|written| {
            let text = unfold(written);
            folders(&decode_words(&text), beside.unwrap_or(""))
        });
        if let Some((labels, first)) = labels.as_ref().and_then(|it| Some((it, it.0.first()?))) {
            source.folder = first.clone();
            source.labels = Some(labels.clone());
        }
    }
}

fn folders(text: &str, beside: &str) -> Option<Arc<Labels>> {
    let mut labels = parted(text);
    // The sort is stable, so labels of one rank keep their order.
    labels.sort_by_key(|label| rank(label));
    let folders = labels.iter().map(|label| match beside {
        "" => label.as_str().into(),
        beside => format!("{beside}/{label}").into(),
    });
    let folders: Vec<Arc<str>> = folders.collect();
    (!folders.is_empty()).then(|| Arc::new(Labels(folders)))
}

/// Returns the rank of a label: user-defined ones come first, then those that every mailbox has, then states.
fn rank(label: &str) -> u8 {
    if STATES.contains(&label) || label.starts_with("Category ") {
        2
    } else {
        u8::from(USUAL.contains(&label))
    }
}

/// Splits labels at commas; a label that contains a comma is quoted.
fn parted(text: &str) -> Vec<String> {
    let mut labels = vec![String::new()];
    let mut is_quoted = false;
    for c in text.chars() {
        match (c, labels.last_mut()) {
            ('"', _) => is_quoted = !is_quoted,
            (',', _) if !is_quoted => labels.push(String::new()),
            (c, Some(label)) => label.push(c),
            (_, None) => (),
        }
    }
    let trimmed = labels
        .iter()
        .map(|label| label.trim_matches(|c: char| c == '/' || c.is_whitespace()));
    let named = trimmed.filter(|label| !label.is_empty());
    named.map(ToOwned::to_owned).collect()
}

#[cfg(test)]
mod tests {
    use super::{folders, written};
    use crate::mail::message::decode_words;
    use crate::mail::message::folding::unfold;

    #[test]
    fn labels_are_folders_beside_the_mbox() {
        for (value, beside, want) in [
            ("Inbox,Important,Deals", "", "Deals Inbox Important"),
            (
                "Sent,Opened,Work/Big deals",
                "Takeout/Mail",
                "Takeout/Mail/Work/Big deals|Takeout/Mail/Sent|Takeout/Mail/Opened",
            ),
            (
                " =?UTF-8?Q?Caf=C3=A9,Archived,\"a,_b\"?=\r\n",
                "",
                "Café|a, b|Archived",
            ),
            (
                " =?UTF-8?Q?Category_?=\r\n =?UTF-8?Q?Updates,_Inbox?=",
                "",
                "Inbox|Category Updates",
            ),
            ("Unread", "", "Unread"),
            (" , ,/", "x", ""),
        ] {
            let want = if want.contains('|') {
                want.to_owned()
            } else {
                want.replace(' ', "|")
            };
            let text = unfold(value.as_bytes());
            let found = folders(&decode_words(&text), beside);
            let found: Vec<&str> = found
                .iter()
                .flat_map(|it| it.0.iter().map(|it| &**it))
                .collect();
            assert_eq!(found.join("|"), want);
        }
    }

    #[test]
    fn only_what_the_export_wrote_counts() {
        for (head, want) in [
            (
                "X-GM-THRID: 1\r\nX-Gmail-Labels: Deals\r\nFrom: a@x\r\n",
                Some(" Deals\r\n"),
            ),
            (
                "x-gm-thrid: 1\nx-gmail-labels: A,\n B\nFrom: a@x\n",
                Some(" A,\n B\n"),
            ),
            ("Received: x\nX-GM-THRID: 1\nX-Gmail-Labels: Deals\n", None),
            ("X-GM-THRID: 1\nFrom: a@x\nX-Gmail-Labels: Deals\n", None),
            ("X-Gmail-Labels: Deals\n", None),
            ("", None),
        ] {
            let found = written(head.as_bytes());
            let found = found.as_deref().map(|it| std::str::from_utf8(it).unwrap());
            assert_eq!(found.map(str::trim), want.map(str::trim), "{head}");
        }
    }
}
