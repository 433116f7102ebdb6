//! Which tracked activity a message was correlated with, and by which method.

use crate::options::Correlation;
use jiff::Timestamp;
use std::num::NonZeroU32;

/// Number of an activity. The CRM's activities come first, then those of the run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ActivityKey(
    /// The number plus one, so that an `Option<ActivityKey>` is as small as the key.
    NonZeroU32,
);

impl ActivityKey {
    /// Returns the key of the activity with this number, counted from 0.
    pub fn new(number: u32) -> ActivityKey {
        ActivityKey(NonZeroU32::MIN.saturating_add(number))
    }

    /// The number.
    pub fn number(self) -> u32 {
        self.0.get() - 1
    }
}

/// How a message was correlated with an activity; Dataverse's `correlationmethod` codes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Method {
    /// No method found an activity.
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

    /// Returns Dataverse's code.
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

    /// Returns whether the activity found is also the parent: only if the message itself names its conversation.
    pub fn names_parent(self) -> bool {
        matches!(
            self,
            Method::InReplyTo | Method::ConversationIndex | Method::References
        )
    }

    /// Returns the name that is shown to users.
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

/// The result of a correlation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Correlated {
    /// The method that found the activity, or why there is none.
    pub method: Method,
    /// The activity found.
    pub activity: Option<ActivityKey>,
}

impl Correlated {
    /// Returns the activity found if it is also the message's parent.
    pub fn parent(&self) -> Option<ActivityKey> {
        self.activity.filter(|_| self.method.names_parent())
    }
}

/// An activity ordered by age. The newest is the one received last, then the one processed last; one without a time is
/// older than any with a time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Dated {
    pub(super) received_on: Option<Timestamp>,
    pub(super) activity: ActivityKey,
}
