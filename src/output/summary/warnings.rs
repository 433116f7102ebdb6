//! Warnings about what the user probably does not intend.

use crate::base::terminal::counted;
use crate::book::option_warnings;
use crate::mail::source::Unread;
use crate::options::MailboxId;
use crate::output::OutputRows;
use crate::output::summary::material::{Material, stray};

/// Returns the warnings about mail with this many messages.
pub(crate) fn mail_warnings(messages: u64, unread: Unread) -> Vec<String> {
    let mut found = Vec::new();
    if messages == 0 {
        found.push(
            "no messages were found; mail is a folder of .eml files, a Maildir, or an mbox file"
                .into(),
        );
    }
    found.extend(unread.warnings());
    found
}

/// Returns all warnings.
pub(super) fn warnings(of: &Material<'_>) -> Vec<String> {
    let (rows, written) = (of.rows, of.written);
    let mut found = mail_warnings(rows.mail.len() as u64 + of.seen, of.unread);
    found.extend(of.book_doubts.iter().cloned());
    stray_warnings(rows, &mut found);
    found.extend(option_warnings::of_run(
        rows.resolver.book,
        rows.resolver.options,
    ));
    found.extend(smart_matching_cut(rows.decided.smart_matching_cut));
    if let [first, ..] = written.bodies_lost.as_slice() {
        let count = written.bodies_lost.len();
        found.push(match count {
            1 => format!("the body of {first} could not be read any more when it was to be written"),
            _ => format!("{count} bodies could not be read any more when they were to be written, such as that of {first}"),
        });
    }
    found
}

/// R6: warns of mail outside all mailboxes, especially if the general options need an owner.
fn stray_warnings(rows: &OutputRows<'_>, found: &mut Vec<String>) {
    let strays = stray(rows);
    let general = rows.resolver.options.mailbox(MailboxId::GENERAL);
    let asks_for_owner = general.asked_of_owner().is_some();
    let lie = match strays {
        0 => return,
        1 => "1 message lies".to_owned(),
        _ => format!("{strays} messages lie"),
    };
    found.push(if asks_for_owner {
        format!(
            "{lie} under no [[mailbox]] path, so without an owner, and the general options match only records that the owner synchronizes or owns"
        )
    } else {
        format!("{lie} under no [[mailbox]] path: decided under the general options, without an owner")
    });
}

/// R8: smart matching is limited, because senders choose the words and addresses of their mail.
fn smart_matching_cut(times: u64) -> Option<String> {
    let often = counted(times, "time", "times");
    (times > 0).then(|| {
        format!(
            "smart matching did not compare everything {often}, since subjects are long and have many addresses, or too many messages are of the same people: activities that match may have been missed; lower correlation.smart.subject_delta, max_words or window_days"
        )
    })
}
