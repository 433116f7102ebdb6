//! An explanation as text.

use crate::base::terminal::plain;
use std::fmt::Write as _;

use super::explanation::Explanation;
use crate::decide::trace::{CandidateStep, Step};
use crate::mail::direction::Direction;

impl Explanation<'_> {
    /// Returns the explanation as text.
    pub(crate) fn words(&self) -> String {
        let mut out = Words(String::new());
        self.say_decision(&mut out);
        self.say_head(&mut out);
        out.title("Addresses");
        self.steps
            .iter()
            .filter(|step| is_address(step))
            .for_each(|step| out.step(step));
        out.title("Decision, line by line (the first that applies decides)");
        self.steps
            .iter()
            .filter(|step| !is_address(step))
            .for_each(|step| out.step(step));
        self.say_result(&mut out);
        out.0
    }

    fn say_decision(&self, out: &mut Words) {
        let it = &self.decision;
        let verdict = if it.tracked { "tracked" } else { "not tracked" };
        out.line(&format!(
            "{}: {verdict}, {}: {}",
            it.source,
            it.reason,
            it.reason.words()
        ));
    }

    fn say_head(&self, out: &mut Words) {
        let head = &self.headers;
        out.title("What the message says");
        for (name, values) in [
            ("From", &head.from),
            ("To", &head.to),
            ("Cc", &head.cc),
            ("Bcc", &head.bcc),
        ] {
            let shown: Vec<&str> = values.iter().take(10).map(String::as_str).collect();
            let more = values.len() - shown.len();
            let tail = if more > 0 {
                format!(" ... and {more} more")
            } else {
                String::new()
            };
            if !values.is_empty() || name == "From" {
                out.field(
                    name,
                    &format!(
                        "{}{tail}",
                        if values.is_empty() {
                            "missing".into()
                        } else {
                            shown.join(", ")
                        }
                    ),
                );
            }
        }
        out.field("Subject", head.subject.unwrap_or("missing"));
        out.field(
            "Received",
            head.received.as_deref().unwrap_or("no readable time"),
        );
        out.field("Date", head.date.as_deref().unwrap_or("no readable time"));
        out.field(
            "Message-ID",
            head.message_id
                .unwrap_or("none; identified by a hash of header and body"),
        );
        if !head.in_reply_to.is_empty() {
            out.field("In-Reply-To", &head.in_reply_to.join(" "));
        }
        if !head.references.is_empty() {
            out.field("References", &head.references.join(" "));
        }
        let direction = if self.decision.direction == Direction::Outgoing {
            "outgoing"
        } else {
            "incoming"
        };
        out.field("Folder", &format!("`{}`", head.folder));
        out.field("Mailbox", &format!("{}; {direction}", head.mailbox));
        if let Some(rule) = head.automated {
            out.field("Automated", &format!("yes, by the pattern `{rule}`"));
        }
        if let Some(rule) = head.bulk {
            out.field("Bulk", &format!("yes, by the pattern `{rule}`"));
        }
        if head.invitation {
            out.field("Invitation", "yes, METHOD:REQUEST");
        }
    }

    fn say_result(&self, out: &mut Words) {
        let it = &self.decision;
        out.title("Result");
        if let Some(id) = it.activityid {
            let whose = if it.tracked {
                "activity"
            } else {
                "activity of the first message"
            };
            out.field(whose, &id.to_string());
        }
        if let Some(email) = &self.email {
            out.field(
                "correlation",
                &match email.correlatedactivityid {
                    Some(id) => format!("code {}, with activity {id}", email.correlationmethod),
                    None => format!("code {}, with none", email.correlationmethod),
                },
            );
            out.field(
                "regarding",
                &email
                    .regardingobjectid
                    .map_or("none".into(), ToString::to_string),
            );
            out.field(
                "owner",
                &email.ownerid.map_or("none".into(), ToString::to_string),
            );
        }
        for record in &it.created {
            out.field("created", &record.to_string());
        }
        for refused in &it.notcreated {
            out.field(
                "not created",
                &format!("{}: {}", refused.address, refused.why.words()),
            );
        }
        if it.tracked && it.created.is_empty() && it.notcreated.is_empty() {
            out.field("created", "nothing");
        }
    }
}

fn is_address(step: &Step) -> bool {
    matches!(step, Step::Address { .. })
}

/// The lines of an explanation.
struct Words(String);

impl Words {
    fn line(&mut self, text: &str) {
        // A line break in a header field must not look like a line of the explanation.
        let _ = writeln!(self.0, "{}", plain(text));
    }

    fn title(&mut self, text: &str) {
        self.0.push('\n');
        self.line(text);
    }

    fn field(&mut self, name: &str, value: &str) {
        self.line(&format!("  {name:<13}{value}"));
    }

    fn step(&mut self, step: &Step) {
        match step {
            Step::Line {
                line,
                applies,
                condition,
                inputs,
                ..
            } => {
                let mark = if *applies { "applies" } else { "no" };
                self.line(&format!("  {line:>2}  {condition}: {mark} ({inputs})"));
            }
            Step::Address {
                role,
                address,
                normalized,
                records,
                why,
                candidates,
            } => {
                let normal = normalized.as_ref().filter(|normal| *normal != address);
                let normal = normal.map_or(String::new(), |normal| format!(" (= {normal})"));
                let result = if records.is_empty() {
                    "no record".into()
                } else {
                    records.join(", ")
                };
                self.line(&format!("  {role} {address}{normal}: {result}; {why}"));
                candidates.iter().for_each(|it| self.candidate(it));
            }
            Step::Correlation {
                method,
                code,
                tried,
                found,
            } => {
                let found = found
                    .as_ref()
                    .map_or("nothing tracked".into(), |id| format!("activity {id}"));
                self.line(&format!(
                    "      correlation by {method} (code {code}): {tried}: {found}"
                ));
            }
            Step::Creation { address, outcome } => {
                self.line(&format!("      record for {address}: {outcome}"))
            }
            Step::Note { text } => self.line(&format!("      {text}")),
        }
    }

    fn candidate(&mut self, it: &CandidateStep) {
        let owned = if it.owned {
            ", owned by the mailbox's owner"
        } else {
            ""
        };
        let created = it
            .createdon
            .as_ref()
            .map_or(String::new(), |time| format!(", created {time}"));
        let weaker = it
            .equivalence
            .map_or(String::new(), |label| format!(", matches by {label}"));
        let active = if it.active { "active" } else { "inactive" };
        let name = it.name.as_deref().unwrap_or("");
        self.line(&format!(
            "      {} {name}: {} ({active}{owned}{created}{weaker})",
            it.record, it.outcome
        ));
    }
}
