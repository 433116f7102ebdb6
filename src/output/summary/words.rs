//! The summary as text.

use crate::decide::duplicates::duplicate::Certainty;
use std::collections::BTreeMap;

use super::summarize::Summary;
use crate::base::terminal::{counted, plain};

impl Summary {
    /// Returns the summary as text for a terminal, without control characters.
    pub fn words(&self) -> String {
        let mut out = String::new();
        let mut push_line = |line: String| {
            out.push_str(&plain(&line));
            out.push('\n');
        };
        let it = &self.messages;
        let seen = match it.seen {
            0 => String::new(),
            seen => format!("{seen} seen before, "),
        };
        push_line(format!(
            "{} in {}: {seen}{} tracked, {} not tracked, {}, {}",
            counted(it.total, "message", "messages"),
            counted(self.files.withmessages, "file", "files"),
            it.tracked,
            it.nottracked,
            counted(it.duplicates, "duplicate", "duplicates"),
            counted(it.failures, "failure", "failures")
        ));
        for (reason, count) in by_count(&self.reasons) {
            push_line(format!(
                "  {count:>8}  {:<20} {}",
                reason.to_string(),
                reason.words()
            ));
        }
        let made: Vec<String> = self
            .created
            .iter()
            .filter(|(_, count)| **count > 0)
            .map(|(kind, count)| counted(*count, kind, &format!("{kind}s")))
            .collect();
        push_line(format!(
            "created: {}",
            if made.is_empty() {
                "no records".into()
            } else {
                made.join(", ")
            }
        ));
        for (why, count) in by_count(&self.notcreated) {
            push_line(format!("  {count:>8}  not created: {}", why.words()));
        }
        for (certainty, count) in self.duplicates.iter().filter(|(_, count)| **count > 0) {
            let what = match certainty {
                Certainty::Certain => {
                    "not created: the book has the address by now, and activities link to its record"
                }
                Certainty::Possible => {
                    "possible duplicates: the book has a record with the same name and company (duplicates.jsonl)"
                }
            };
            push_line(format!("  {count:>8}  {what}"));
        }
        let parties = &self.parties;
        push_line(format!(
            "parties: {} linked to a record, {} unresolved, {} of these because their records are out of scope or inactive",
            parties.resolved, parties.unresolved, parties.outofscope
        ));
        self.push_lists(&mut push_line);
        push_line(format!(
            "{:.2} s, {} a second, {}",
            self.timing.total_seconds,
            counted(
                self.timing.messages_per_second as u64,
                "message",
                "messages"
            ),
            counted(self.timing.threads as u64, "thread", "threads")
        ));
        out
    }

    fn push_lists(&self, push_line: &mut impl FnMut(String)) {
        if !self.senderswithoutrecord.is_empty() {
            push_line("senders without a record who wrote most:".into());
            self.senderswithoutrecord
                .iter()
                .for_each(|it| push_line(format!("  {:>8}  {}", it.messages, it.address)));
        }
        if self.sharedaddresses > 0 {
            let shared = counted(self.sharedaddresses, "address", "addresses");
            push_line(format!(
                "{shared} of this mail with several records, such as:"
            ));
            self.sharedaddressexamples.iter().for_each(|it| {
                push_line(format!(
                    "            {}: {}",
                    it.address,
                    it.records.join(", ")
                ))
            });
        }
        if self.likelycopies > 0 {
            push_line(format!(
                "{}: equal to another tracked message in sender, date, subject and recipients",
                counted(self.likelycopies, "likely copy", "likely copies")
            ));
        }
        if self.messages.failures > 0 {
            push_line("could not be read:".into());
            self.failureexamples
                .iter()
                .for_each(|line| push_line(format!("            {line}")));
            let more = self.messages.failures as usize - self.failureexamples.len();
            if more > 0 {
                push_line(format!(
                    "            ... and {more} more, in failures.jsonl"
                ));
            }
        }
        if self.files.skipped > 0 {
            let shown = self.skippedexamples.join(", ");
            let such = if shown.is_empty() {
                String::new()
            } else {
                format!(", such as {shown}")
            };
            push_line(format!(
                "{} not mail{such}",
                counted(
                    self.files.skipped,
                    "file skipped because it is",
                    "files skipped because they are"
                )
            ));
        }
        self.notes
            .iter()
            .for_each(|note| push_line(format!("note: {note}")));
    }
}

fn by_count<K: Copy + Ord>(counts: &BTreeMap<K, u64>) -> Vec<(K, u64)> {
    let mut sorted: Vec<(K, u64)> = counts.iter().map(|(&key, &count)| (key, count)).collect();
    sorted.sort_by_key(|&(key, count)| (std::cmp::Reverse(count), key));
    sorted
}
