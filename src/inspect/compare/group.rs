//! The kinds of differences.

use serde::Serialize;

/// What two options files do differently.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Group {
    /// A message that only A tracks.
    TrackedOnlyA,
    /// A message that only B tracks.
    TrackedOnlyB,
    /// A message that both track, but another copy of it.
    Copy,
    /// A message that both track, for another reason.
    Reason,
    /// A message that neither tracks, for another reason.
    NotTracked,
    /// An activity in another direction.
    Direction,
    /// An activity that another mailbox has accepted, or one of another owner.
    Accepting,
    /// An activity with another sender's record.
    Sender,
    /// An activity with other parties as recipients.
    Recipients,
    /// An activity about another record.
    Regarding,
    /// An activity that was tied to another one, or by another method.
    Correlation,
    /// A record that only A creates.
    CreatedOnlyA,
    /// A record that only B creates.
    CreatedOnlyB,
    /// A record that both create for an address, but another one.
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

    /// In plain words.
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
