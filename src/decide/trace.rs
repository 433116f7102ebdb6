//! A *trace* records the steps that led to one decision, for `explain`. A run records none.

use serde::Serialize;

/// A step on the way to a decision.
#[derive(Clone, Debug, Serialize)]
#[serde(tag = "step", rename_all = "snake_case")]
pub enum Step {
    /// A line of R4's table.
    Line {
        /// Its number.
        line: u8,
        /// The mailbox whose rules apply.
        mailbox: String,
        /// Whether the line applies, and so decides.
        applies: bool,
        /// The condition of the line.
        condition: &'static str,
        /// The values that the condition was evaluated on.
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
        /// Why these records, or none.
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
        /// What was looked up.
        tried: String,
        /// The activity that was found.
        found: Option<String>,
    },
    /// An address for which creation was considered (R11).
    Creation {
        /// The address as written.
        address: String,
        /// What was decided for it.
        outcome: String,
    },
    /// Anything else of interest to a reader.
    Note {
        /// The text.
        text: String,
    },
}

/// A record that has an address, and whether it was chosen.
#[derive(Clone, Debug, Serialize)]
pub struct CandidateStep {
    /// `type:id`.
    pub record: String,
    /// Its name.
    pub name: Option<String>,
    /// Whether it is in scope.
    pub scope: bool,
    /// Whether it is active.
    pub active: bool,
    /// Whether the mailbox's owner owns it.
    pub owned: bool,
    /// When it was created.
    pub createdon: Option<String>,
    /// The address equivalence that it needs.
    pub equivalence: Option<&'static str>,
    /// Why it was chosen or not.
    pub outcome: String,
}

/// A recorder of steps, or of nothing.
#[derive(Debug, Default)]
pub struct Trace {
    steps: Option<Vec<Step>>,
}

impl Trace {
    /// Creates a trace that records nothing.
    pub fn silent() -> Trace {
        Trace { steps: None }
    }

    /// Creates a trace that records every step.
    pub fn recording() -> Trace {
        Trace {
            steps: Some(Vec::new()),
        }
    }

    /// Returns whether steps are recorded.
    pub fn is_recording(&self) -> bool {
        self.steps.is_some()
    }

    /// Records a step; `step` is called only if steps are recorded.
    #[inline]
    pub fn note(&mut self, step: impl FnOnce() -> Step) {
        if let Some(steps) = &mut self.steps {
            steps.push(step());
        }
    }

    /// Returns whether a method of correlation is recorded.
    pub fn has_correlation(&self) -> bool {
        let steps = self.steps.iter().flatten();
        steps
            .into_iter()
            .any(|step| matches!(step, Step::Correlation { .. }))
    }

    /// Returns the recorded steps.
    pub fn into_steps(self) -> Vec<Step> {
        self.steps.unwrap_or_default()
    }
}
