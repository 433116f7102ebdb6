//! A *trace* is what was looked at on the way to one decision, for `explain`. A run keeps none.

use serde::Serialize;

/// One thing that was looked at.
#[derive(Clone, Debug, Serialize)]
#[serde(tag = "step", rename_all = "snake_case")]
pub enum Step {
    /// A line of R4's table.
    Line {
        /// Its number.
        line: u8,
        /// The mailbox whose rules are asked.
        mailbox: String,
        /// Whether it decides.
        applies: bool,
        /// What it asks.
        condition: &'static str,
        /// What it found.
        inputs: String,
    },
    /// An address and the records that have it (R7).
    Address {
        /// `sender`, `to`, `cc`, `bcc` or `organizer`.
        role: &'static str,
        /// The address as written.
        address: String,
        /// Its normal form.
        normalized: Option<String>,
        /// The records it is linked to, `type:id`.
        records: Vec<String>,
        /// Why these, or none.
        why: String,
        /// Every record that has the address.
        candidates: Vec<CandidateStep>,
    },
    /// A method of correlation that was tried (R8).
    Correlation {
        /// The method's name.
        method: &'static str,
        /// Its code.
        code: u8,
        /// What was looked for.
        tried: String,
        /// The activity that was found.
        found: Option<String>,
    },
    /// An address for which creation was considered (R11).
    Creation {
        /// The address as written.
        address: String,
        /// What came of it.
        outcome: String,
    },
    /// Anything else that a reader should know.
    Note {
        /// In plain words.
        text: String,
    },
}

/// A record that has an address, and how it fared.
#[derive(Clone, Debug, Serialize)]
pub struct CandidateStep {
    /// `type:id`.
    pub record: String,
    /// Its name.
    pub name: Option<String>,
    /// Whether it is in scope.
    pub scope: bool,
    /// Whether it is in use.
    pub active: bool,
    /// Whether the mailbox's owner owns it.
    pub owned: bool,
    /// When it was created.
    pub createdon: Option<String>,
    /// The weaker equality that it needs.
    pub equivalence: Option<&'static str>,
    /// Why it won or lost.
    pub outcome: String,
}

/// Keeps the steps, or nothing.
#[derive(Debug, Default)]
pub struct Trace {
    steps: Option<Vec<Step>>,
}

impl Trace {
    /// Keeps nothing, and costs nothing.
    pub fn silent() -> Trace {
        Trace { steps: None }
    }

    /// Keeps every step.
    pub fn recording() -> Trace {
        Trace {
            steps: Some(Vec::new()),
        }
    }

    /// Whether steps are kept.
    pub fn is_recording(&self) -> bool {
        self.steps.is_some()
    }

    /// Keeps a step.
    #[inline]
    pub fn note(&mut self, step: impl FnOnce() -> Step) {
        if let Some(steps) = &mut self.steps {
            steps.push(step());
        }
    }

    /// The steps that were kept.
    pub fn into_steps(self) -> Vec<Step> {
        self.steps.unwrap_or_default()
    }
}
