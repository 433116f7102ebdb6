//! Exchange's *journal reports*: messages to an archive, each with an original message and the addresses that received
//! it. A report stands for its original message (R1).
//!
//! The first part of a report is text with one field per line (`Sender:`, `Subject:`, `Message-Id:`, then `To:`, `Cc:`,
//! `Bcc:` or `Recipient:`); the original message is its `message/rfc822` part. Exchange marks reports with a header
//! field, which exports may omit.

use std::borrow::Cow;

use super::message::mime;
use super::message::{fields, header_end, part_head};
use crate::mail::message::mime::Part;

/// The header field with which Exchange marks reports.
pub(crate) const MARK: &str = "X-MS-Journal-Report";

/// Length of the start of a body in which the first part of a report must begin. Exchange needs less than half of it.
const BEGINNING_BYTES: usize = 2048;

/// The start of the first part of a report.
const BEGINS_WITH: &str = "Sender:";

/// The error for a marked report whose original message cannot be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("is a journal report, and the message that it reports cannot be read")]
pub(crate) struct Unreadable;

/// The content of a report.
#[derive(Debug)]
pub(crate) struct Report<'m> {
    /// The original message, decoded.
    pub message: Cow<'m, [u8]>,
    /// The recipients that the report names, as they are written.
    pub recipients: Vec<String>,
}

/// Reads a report. Returns `None` if the message is not one. `is_marked` says whether its header section marks it as
/// one.
///
/// # Errors
/// If a marked report has no readable original message.
pub(crate) fn read(message: &[u8], is_marked: bool) -> Option<Result<Report<'_>, Unreadable>> {
    let parts = mime::parts(message).unwrap_or_default();
    let lines = Lines::of(parts.first().map(Part::text).unwrap_or_default());
    let mut carried = parts.iter().filter(|part| part.is_message());
    let (first, second) = (carried.next(), carried.next());
    let (head, body) = message.split_at(header_end(message, 0).unwrap_or(message.len()));
    let is_report =
        may_be(head, body) && lines.are_a_reports() && first.is_some() && second.is_none();
    if !is_marked && !is_report {
        return None;
    }
    let message = first.map(Part::decoded).filter(|message| {
        let head = &message[..header_end(message, 0).unwrap_or(message.len())];
        fields(head).next().is_some()
    });
    if !is_marked && message.is_none() {
        return None;
    }
    let recipients = lines.recipients;
    Some(message.ok_or(Unreadable).map(|message| Report {
        message,
        recipients,
    }))
}

/// Returns whether a multipart message may be an unmarked report, judging by its header section and the available part
/// of its body. If that is too short to decide, the answer is yes.
pub(crate) fn may_be(head: &[u8], body: &[u8]) -> bool {
    let beginning = &body[..body.len().min(BEGINNING_BYTES)];
    let is_cut = body.len() < BEGINNING_BYTES;
    let Some(boundary) = part_head(head).boundary else {
        return false;
    };
    let text = mime::first_part(beginning, &boundary).map(|part| part.text());
    let text = text.as_deref().unwrap_or_default().trim_start();
    match text.as_bytes().get(..BEGINS_WITH.len()) {
        Some(start) => start.eq_ignore_ascii_case(BEGINS_WITH.as_bytes()),
        None => is_cut,
    }
}

/// The fields in a report's first part.
#[derive(Default)]
struct Lines {
    has_sender: bool,
    has_message_id: bool,
    recipients: Vec<String>,
}

impl Lines {
    fn of(text: Cow<'_, str>) -> Lines {
        let mut lines = Lines::default();
        for line in text.lines() {
            let Some((name, value)) = line.split_once(':') else {
                continue;
            };
            match name.trim().to_ascii_lowercase().as_str() {
                "sender" => lines.has_sender = true,
                "message-id" => lines.has_message_id = true,
                "to" | "cc" | "bcc" | "recipient" => lines.recipients.extend(recipient(value)),
                _ => (),
            }
        }
        lines
    }

    fn are_a_reports(&self) -> bool {
        self.has_sender && self.has_message_id && !self.recipients.is_empty()
    }
}

/// Returns the address of a recipient line. The list or mailbox that it was received through may follow:
/// `ann@x, Expanded: list@x`.
fn recipient(value: &str) -> Option<String> {
    let end = [", Expanded:", ", Forwarded:"]
        .iter()
        .filter_map(|through| value.find(through))
        .min();
    let address = value[..end.unwrap_or(value.len())].trim();
    (!address.is_empty()).then(|| address.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    const HEAD: &str = "From: e@x\nContent-Type: multipart/mixed; boundary=B\n\n";
    const LINES: &str = "Sender: ann@x\nSubject: S\nMessage-Id: <m@x>\nTo: uma@y, Expanded: all@y\nBcc: bo@y\nRecipient: c@y\n";
    const CARRIED: &str = "--B\nContent-Type: message/rfc822\n\nFrom: ann@x\n\nHi\n";

    fn report(lines: &str, carried: &str) -> String {
        format!("{HEAD}--B\nContent-Type: text/plain\n\n{lines}\n{carried}--B--\n")
    }

    #[test]
    fn a_report_is_the_message_that_it_carries() {
        let unrelated = "--B\nContent-Type: application/pdf\n\nFrom: x\n\n";
        let empty = "--B\nContent-Type: message/rfc822\n\n\n";
        let no_id = "Sender: ann@x\nTo: uma@y\n";
        for (name, text, is_marked, want) in [
            ("marked", report(LINES, CARRIED), true, Some(Some(3))),
            ("not marked", report(LINES, CARRIED), false, Some(Some(3))),
            (
                "two messages",
                report(LINES, &CARRIED.repeat(2)),
                false,
                None,
            ),
            (
                "two, marked",
                report(LINES, &CARRIED.repeat(2)),
                true,
                Some(Some(3)),
            ),
            ("no message", report(LINES, unrelated), false, None),
            (
                "no message, marked",
                report(LINES, unrelated),
                true,
                Some(None),
            ),
            ("an empty one", report(LINES, empty), false, None),
            (
                "an empty one, marked",
                report(LINES, empty),
                true,
                Some(None),
            ),
            ("no id", report(no_id, CARRIED), false, None),
            (
                "text before the lines",
                report(&format!("Dear all,\n{LINES}"), CARRIED),
                false,
                None,
            ),
            (
                "text before the lines, marked",
                report(&format!("Dear all,\n{LINES}"), CARRIED),
                true,
                Some(Some(3)),
            ),
            (
                "lines in capitals",
                report(&LINES.to_uppercase(), CARRIED),
                false,
                Some(Some(3)),
            ),
            (
                "a forwarded message",
                report("See below.", CARRIED),
                false,
                None,
            ),
            ("no lines, marked", report("", CARRIED), true, Some(Some(0))),
            (
                "not a multipart",
                "From: a@x\n\nSender: b\n".into(),
                false,
                None,
            ),
            (
                "not a multipart, marked",
                "From: a@x\n\nHi\n".into(),
                true,
                Some(None),
            ),
        ] {
            let found = read(text.as_bytes(), is_marked);
            let found = found.map(|it| it.ok().map(|report| report.recipients.len()));
            assert_eq!(found, want, "{name}");
        }
        let text = report(LINES, CARRIED);
        let found = read(text.as_bytes(), true).unwrap().unwrap();
        assert_eq!(found.recipients, ["uma@y", "bo@y", "c@y"]);
        assert_eq!(&*found.message, b"From: ann@x\n\nHi");
    }

    #[test]
    fn a_report_is_recognized_by_its_beginning() {
        let head = HEAD.as_bytes();
        let of = |first: &str| format!("--B\n{first}\n{}", "x".repeat(4000));
        let encoded = "Content-Transfer-Encoding: base64\n\nU2VuZGVyOiBhbm5AeA==\n";
        for (body, want) in [
            (of("Content-Type: text/plain\n\nSender: a@x"), true),
            (of("\nsender: a@x"), true),
            (of(encoded), true),
            (of("\nDear sender: hello"), false),
            (of("\nHello"), false),
            (of("\nSÉNDER: a@x"), false),
            ("x\n".repeat(2000) + &of("\nSender: a@x"), false),
            ("--B\nContent-Ty".into(), true),
            (String::new(), true),
        ] {
            assert_eq!(may_be(head, body.as_bytes()), want, "{:.60}", body);
        }
        // What is cut off in the first part is reported as the whole is.
        let whole = report(LINES, CARRIED);
        let body = &whole.as_bytes()[HEAD.len()..];
        for cut in 0..body.len() {
            assert!(may_be(head, &body[..cut]), "{cut}");
        }
    }
}
