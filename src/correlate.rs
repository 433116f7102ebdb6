//! *Correlation* ties a message to an email activity that was tracked before it (R8).

use hashbrown::HashMap;

use crate::envelope::Envelope;
use crate::options::Correlation;
use crate::rules::Subjects;
use crate::trace::{Step, Trace};

/// The number of an activity: first those that the CRM already has, then those of the run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ActivityKey(pub u32);

/// How a message was tied to an activity; Dataverse's `correlationmethod` codes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Method {
    /// No method found one.
    None,
    /// Every method is off.
    Skipped,
    /// By In-Reply-To.
    InReplyTo,
    /// By References.
    References,
}

impl Method {
    /// Dataverse's code.
    pub fn code(self) -> u8 {
        match self {
            Method::None => 0,
            Method::Skipped => 1,
            Method::InReplyTo => 3,
            Method::References => 7,
        }
    }
}

/// What was found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Correlated {
    /// By which method.
    pub method: Method,
    /// Which activity.
    pub activity: Option<ActivityKey>,
}

/// The tracked activities by Message-ID.
#[derive(Debug, Default)]
pub struct Tracked<'a> {
    by_message_id: HashMap<&'a str, ActivityKey>,
}

impl<'a> Tracked<'a> {
    /// Adds a tracked activity. Of several with one Message-ID the first stays (R1).
    pub fn add(&mut self, message_id: &'a str, activity: ActivityKey) {
        self.by_message_id.entry(message_id).or_insert(activity);
    }

    /// The activity with that Message-ID.
    pub fn find(&self, message_id: &str) -> Option<ActivityKey> {
        self.by_message_id.get(message_id).copied()
    }

    /// Tries the methods in R8's order; the first that finds a tracked activity wins. `id_of` names activities for the
    /// trace.
    pub fn correlate(
        &self,
        message: &Envelope,
        options: &Correlation,
        subjects: &Subjects,
        id_of: &dyn Fn(ActivityKey) -> String,
        trace: &mut Trace,
    ) -> Correlated {
        let found = |method, activity| Correlated { method, activity };
        if !options.in_reply_to && !options.references {
            trace.note(|| note("every method of correlation is off"));
            return found(Method::Skipped, None);
        }
        if !options.forwards
            && message
                .subject
                .as_deref()
                .is_some_and(|subject| subjects.is_forward(subject))
        {
            trace.note(|| {
                note("a forwarded message is not correlated (correlation.forwards = false)")
            });
            return found(Method::None, None);
        }
        if options.in_reply_to {
            let hit = message.in_reply_to.iter().find_map(|id| self.find(id));
            trace.note(|| {
                step(
                    "In-Reply-To",
                    Method::InReplyTo,
                    &message.in_reply_to,
                    hit.map(id_of),
                )
            });
            if hit.is_some() {
                return found(Method::InReplyTo, hit);
            }
        }
        if options.references {
            let hit = message.references.iter().rev().find_map(|id| self.find(id));
            trace.note(|| {
                step(
                    "References, the last that is tracked",
                    Method::References,
                    &message.references,
                    hit.map(id_of),
                )
            });
            if hit.is_some() {
                return found(Method::References, hit);
            }
        }
        found(Method::None, None)
    }
}

fn note(text: &str) -> Step {
    Step::Note { text: text.into() }
}

fn step(method: &'static str, code: Method, ids: &[Box<str>], found: Option<String>) -> Step {
    Step::Correlation {
        method,
        code: code.code(),
        tried: if ids.is_empty() {
            "the message names no id".into()
        } else {
            ids.join(" ")
        },
        found,
    }
}
