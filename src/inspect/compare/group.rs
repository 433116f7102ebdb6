//! The kinds of differences.

use serde::Serialize;

/// A kind of difference between two options files.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Group {
    /// A message that only A tracks.
    TrackedOnlyA,
    /// A message that only B tracks.
    TrackedOnlyB,
    /// A message that both track, in different copies.
    Copy,
    /// A message that both track, for different reasons.
    Reason,
    /// A message that neither tracks, for different reasons.
    NotTracked,
    /// An activity with different directions.
    Direction,
    /// An activity accepted by different mailboxes, or by one with different owners.
    Accepting,
    /// An activity with different records as sender.
    Sender,
    /// An activity with different parties as recipients.
    Recipients,
    /// An activity with different regarding records.
    Regarding,
    /// An activity correlated with different ones, or by different methods.
    Correlation,
    /// A record that only A creates.
    CreatedOnlyA,
    /// A record that only B creates.
    CreatedOnlyB,
    /// Different records for the same address.
    Created,
}

impl Group {
    /// Every group, in the order in which they are reported.
    pub(crate) const ALL: [Group; 14] = [
        Group::TrackedOnlyA,
        Group::TrackedOnlyB,
        Group::Copy,
        Group::Reason,
        Group::NotTracked,
        Group::Direction,
        Group::Accepting,
        Group::Sender,
        Group::Recipients,
        Group::Regarding,
        Group::Correlation,
        Group::CreatedOnlyA,
        Group::CreatedOnlyB,
        Group::Created,
    ];

    /// Returns the text shown to users.
    pub(crate) fn words(self) -> &'static str {
        match self {
            Group::TrackedOnlyA => "tracked only by A",
            Group::TrackedOnlyB => "tracked only by B",
            Group::Copy => "tracked by both, but another copy of the message",
            Group::Reason => "tracked by both, for another reason",
            Group::NotTracked => "tracked by neither, for another reason",
            Group::Direction => "tracked by both, in another direction",
            Group::Accepting => "tracked by both, accepted by another mailbox or owner",
            Group::Sender => "tracked by both, another record as sender",
            Group::Recipients => "tracked by both, other parties as recipients",
            Group::Regarding => "regarding another record",
            Group::Correlation => "tracked by both, correlated otherwise",
            Group::CreatedOnlyA => "records created only by A",
            Group::CreatedOnlyB => "records created only by B",
            Group::Created => "records created by both, but different",
        }
    }
}
