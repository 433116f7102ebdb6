//! Which tracked activity a message was correlated with, and by which method.

use crate::options::Correlation;
use jiff::Timestamp;
use std::num::NonZeroU32;

/// The number of an activity: first those that the CRM already has, then those of the run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ActivityKey(
    /// One more than the number, so that none at all takes no memory of its own.
    NonZeroU32,
);

impl ActivityKey {
    /// The key of the activity with that number, from 0.
    pub fn new(number: u32) -> ActivityKey {
        ActivityKey(NonZeroU32::MIN.saturating_add(number))
    }

    /// The number.
    pub fn number(self) -> u32 {
        self.0.get() - 1
    }
}

/// How a message was tied to an activity; Dataverse's `correlationmethod` codes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Method {
    /// No method found one.
    None,
    /// Every method is off.
    Skipped,
    /// By In-Reply-To.
    InReplyTo,
    /// By a tracking token in the subject.
    TrackingToken,
    /// By Thread-Index.
    ConversationIndex,
    /// By words of the subject and addresses.
    SmartMatching,
    /// By References.
    References,
}

impl Method {
    /// Every method.
    pub(crate) const ALL: [Method; 7] = [
        Method::None,
        Method::Skipped,
        Method::InReplyTo,
        Method::TrackingToken,
        Method::ConversationIndex,
        Method::SmartMatching,
        Method::References,
    ];

    /// The methods in the order in which they are tried (R8).
    pub(super) const ORDER: [Method; 5] = [
        Method::InReplyTo,
        Method::TrackingToken,
        Method::ConversationIndex,
        Method::References,
        Method::SmartMatching,
    ];

    /// Dataverse's code.
    pub fn code(self) -> u8 {
        match self {
            Method::None => 0,
            Method::Skipped => 1,
            Method::InReplyTo => 3,
            Method::TrackingToken => 4,
            Method::ConversationIndex => 5,
            Method::SmartMatching => 6,
            Method::References => 7,
        }
    }

    /// Whether the activity found is also the parent: only where the message itself names its conversation.
    pub fn names_parent(self) -> bool {
        matches!(
            self,
            Method::InReplyTo | Method::ConversationIndex | Method::References
        )
    }

    /// In plain words.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Method::None => "no method",
            Method::Skipped => "no method, as all are off",
            Method::InReplyTo => "In-Reply-To",
            Method::TrackingToken => "tracking token",
            Method::ConversationIndex => "conversation index",
            Method::SmartMatching => "smart matching",
            Method::References => "References, the last that is tracked",
        }
    }

    pub(super) fn is_on(self, options: &Correlation) -> bool {
        match self {
            Method::None | Method::Skipped => false,
            Method::InReplyTo => options.in_reply_to,
            Method::TrackingToken => options.tracking_token,
            Method::ConversationIndex => options.conversation_index,
            Method::SmartMatching => options.smart.is_some(),
            Method::References => options.references,
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

impl Correlated {
    /// The activity found, where it is the message's parent too.
    pub fn parent(&self) -> Option<ActivityKey> {
        self.activity.filter(|_| self.method.names_parent())
    }
}

/// An activity by its age: the newest is that received last, of several the one that was processed last. One without a
/// time is older than any with one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Dated {
    pub(super) received_on: Option<Timestamp>,
    pub(super) activity: ActivityKey,
}
