//! Messages of Apple Mail (`.emlx`): a line with the length of the message in bytes, the message, and a property list.

use std::ops::Range;

/// Maximum length of the first line, with spaces.
const LENGTH_MAX: usize = 24;

/// Returns the range of the message in a file of `size` bytes, given the file's first bytes. It is the whole file if
/// that does not begin with a length.
pub(super) fn message(first: &[u8], size: usize) -> Range<usize> {
    let line = &first[..first.len().min(LENGTH_MAX)];
    let length = memchr::memchr(b'\n', line).and_then(|end| {
        let digits = std::str::from_utf8(line[..end].trim_ascii()).ok()?;
        Some((end + 1, digits.parse::<usize>().ok()?))
    });
    match length {
        Some((start, length)) => start..start.saturating_add(length).min(size),
        None => 0..size,
    }
}

/// Like [`message`], for a whole file.
#[cfg(any(test, fuzzing))]
pub(crate) fn message_of(file: &[u8]) -> Range<usize> {
    message(file, file.len())
}

/// Returns the mailbox that a folder of Apple Mail belongs to: `INBOX` for `INBOX.mbox/5E0B.../Data/1/Messages`, and
/// `Work/Deals` for `Work.mbox/Deals.mbox/Messages`. Other folders are returned unchanged.
pub(super) fn mailbox(folder: &str) -> String {
    let parts: Vec<&str> = folder.split('/').collect();
    let last = parts.iter().rposition(|part| mailbox_name(part).is_some());
    let (Some(last), Some(&"Messages")) = (last, parts.last()) else {
        return folder.into();
    };
    let named = parts[..=last].iter();
    let named: Vec<&str> = named
        .map(|part| mailbox_name(part).unwrap_or(part))
        .collect();
    named.join("/")
}

fn mailbox_name(part: &str) -> Option<&str> {
    part.strip_suffix(".mbox")
        .or_else(|| part.strip_suffix(".imapmbox"))
}

#[cfg(test)]
mod tests {
    use super::{mailbox, message};

    #[test]
    fn the_message_lies_between_its_length_and_the_list() {
        for (file, want) in [
            ("12\nFrom: a@x\n\nb<?xml?>", "From: a@x\n\nb"),
            ("12        \nFrom: a@x\n\nb", "From: a@x\n\nb"),
            ("99999999999\nFrom: a@x\n", "From: a@x\n"),
            ("From: a@x\n\nb", "From: a@x\n\nb"),
            (
                "99999999999999999999999999\nA: b\n",
                "99999999999999999999999999\nA: b\n",
            ),
            ("", ""),
        ] {
            assert_eq!(&file[message(file.as_bytes(), file.len())], want);
        }
    }

    #[test]
    fn a_mailbox_is_a_folder() {
        for (folder, want) in [
            (
                "V10/5E0B/INBOX.mbox/7A1C/Data/1/2/Messages",
                "V10/5E0B/INBOX",
            ),
            ("Work.mbox/Deals.mbox/Messages", "Work/Deals"),
            ("Mail/Messages", "Mail/Messages"),
            ("Deals.mbox/Attachments", "Deals.mbox/Attachments"),
            ("", ""),
        ] {
            assert_eq!(mailbox(folder), want);
        }
    }
}
