//! What a message gives to correlate by, and the methods.

use std::num::NonZeroU32;

use jiff::Timestamp;
use smallvec::SmallVec;

use super::by_conversation::ByConversation;
use super::by_smart_matching::BySmartMatching;
use super::by_token::ByToken;
use super::conversation_index::ConversationIndex;
use crate::book::KnownEmail;
use crate::decide::resolve::Author;
use crate::decide::trace::{Step, Trace};
use crate::mail::address::{Normal, parse_list};
use crate::mail::envelope::{AddressId, Addresses, Envelope};
use crate::mail::identity::{Identities, IdentityId};
use crate::mail::message;
use crate::mail::rules::Subjects;
use crate::mail::token::Token;
use crate::options::Correlation;

/// So many addresses of a message count for smart matching (R8).
const ADDRESSES_MAX: usize = 20;

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
    const ORDER: [Method; 5] = [
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

    fn is_on(self, options: &Correlation) -> bool {
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

/// What an activity is known by: of a message of the run, of `email.csv`, or of an earlier run.
#[derive(Clone, Debug, Default)]
pub struct Facts<'a> {
    /// By what its message is known, where this run's mail names it.
    pub identity: Option<IdentityId>,
    /// When it was received.
    pub received_on: Option<Timestamp>,
    /// The subject, decoded; empty where there is none.
    pub subject: &'a str,
    /// The tracking tokens that it holds; none where that method is off.
    pub tokens: SmallVec<[Token; 1]>,
    /// Thread-Index, base64; empty where there is none.
    pub conversation_index: &'a str,
    /// Its first distinct addresses, for smart matching; empty where that is off.
    pub addresses: Vec<AddressId>,
}

impl<'a> Facts<'a> {
    /// The facts of a message that `author` wrote.
    pub fn of_message(
        message: &'a Envelope,
        author: &Author<'a>,
        options: &Correlation,
    ) -> Facts<'a> {
        let parties = author.parties(message).chain(message.recipients(true));
        let subject = message.subject().unwrap_or("");
        Facts {
            identity: Some(message.identity),
            received_on: message.received_on.get(),
            subject,
            tokens: tokens(options, [subject]),
            conversation_index: message.conversation_index().unwrap_or(""),
            addresses: match options.smart {
                Some(_) => first_distinct(parties.filter_map(|party| party.address)),
                None => Vec::new(),
            },
        }
    }

    /// The facts of an activity that the CRM already has. Of its addresses only those that the run has met have a
    /// number; no message could have the others in common with it.
    pub fn of_known(
        email: &KnownEmail<'a>,
        identity: Option<IdentityId>,
        addresses: &Addresses,
        options: &Correlation,
    ) -> Facts<'a> {
        let parties = [email.sender, email.to_recipients].into_iter();
        let parsed = parties
            .flat_map(|text| parse_list(text, &|words| message::decode_words(words).into_owned()))
            .filter_map(|mailbox| mailbox.address)
            .map(Normal::into_address);
        Facts {
            identity,
            received_on: email.created_on,
            subject: email.subject,
            tokens: tokens(options, [email.subject, email.tracking_token]),
            conversation_index: email.conversation_index,
            addresses: match options.smart {
                Some(_) => first_distinct(parsed)
                    .iter()
                    .filter_map(|address| addresses.find(address))
                    .collect(),
                None => Vec::new(),
            },
        }
    }
}

/// The tokens in these texts.
pub(crate) fn tokens<const N: usize>(
    options: &Correlation,
    texts: [&str; N],
) -> SmallVec<[Token; 1]> {
    let mut found = SmallVec::new();
    if options.tracking_token {
        for text in texts.into_iter().filter(|it| options.token.may_be_in(it)) {
            found.extend(options.token.tokens(text));
        }
    }
    found
}

fn first_distinct<T: PartialEq>(all: impl Iterator<Item = T>) -> Vec<T> {
    let mut first = Vec::new();
    for item in all {
        if first.len() == ADDRESSES_MAX {
            break;
        }
        if !first.contains(&item) {
            first.push(item);
        }
    }
    first
}

/// What a trace calls activities and ids.
pub struct Naming<'a> {
    /// Of an activity its id.
    pub activity: &'a dyn Fn(ActivityKey) -> String,
    /// The texts of ids.
    pub identities: &'a Identities,
}

/// What is tracked, by everything that a message can be tied to it by. A method that is off has an empty table.
#[derive(Debug)]
pub struct Tracked<'a> {
    options: &'a Correlation,
    /// Those that are on, in R8's order.
    methods: Vec<Method>,
    /// The first activity of each identity, by its number.
    by_identity: Vec<Option<ActivityKey>>,
    by_token: ByToken,
    by_conversation: ByConversation,
    by_smart_matching: Option<BySmartMatching<'a>>,
}

impl<'a> Tracked<'a> {
    /// Nothing is tracked yet; so many identities are named by the run's mail.
    pub fn new(options: &'a Correlation, identities: usize) -> Tracked<'a> {
        Tracked {
            options,
            methods: Method::ORDER
                .into_iter()
                .filter(|method| method.is_on(options))
                .collect(),
            by_identity: vec![None; identities],
            by_token: ByToken::default(),
            by_conversation: ByConversation::default(),
            by_smart_matching: options.smart.as_ref().map(BySmartMatching::new),
        }
    }

    /// Adds a tracked activity. Of several with one Message-ID the first stays, and what the others are known by leads to
    /// it too: a reply to internal mail that is tracked twice belongs to the first (R1).
    pub fn add(&mut self, facts: &Facts<'a>, activity: ActivityKey) {
        let first = facts
            .identity
            .and_then(|id| self.by_identity.get_mut(id.0 as usize));
        let activity = match first {
            Some(first) => *first.get_or_insert(activity),
            None => activity,
        };
        let dated = Dated {
            received_on: facts.received_on,
            activity,
        };
        self.by_token.add(&facts.tokens, dated);
        if self.options.conversation_index
            && let Some(index) = ConversationIndex::parse(facts.conversation_index)
        {
            self.by_conversation.add(&index, dated);
        }
        if let Some(by_smart_matching) = &mut self.by_smart_matching {
            by_smart_matching.add(facts, activity);
        }
    }

    /// How many times smart matching did not compare everything, since there was too much of it.
    pub fn smart_matching_cut(&self) -> u64 {
        let smart = self.by_smart_matching.as_ref();
        smart.map_or(0, BySmartMatching::cut)
    }

    /// Tries the methods in R8's order; the first that finds a tracked activity wins. `facts` are the message's, and
    /// `naming` what the trace calls things.
    pub fn correlate(
        &self,
        message: &Envelope,
        facts: &Facts<'_>,
        subjects: &Subjects,
        naming: &Naming<'_>,
        trace: &mut Trace,
    ) -> Correlated {
        let nothing = |method| Correlated {
            method,
            activity: None,
        };
        if self.methods.is_empty() {
            trace.note(|| note("every method of correlation is off"));
            return nothing(Method::Skipped);
        }
        if !self.options.forwards && subjects.is_forward(facts.subject) {
            trace.note(|| {
                note("a forwarded message is not correlated (correlation.forwards = false)")
            });
            return nothing(Method::None);
        }
        for &method in &self.methods {
            let activity = self.find(method, message, facts);
            trace.note(|| Step::Correlation {
                method: method.name(),
                code: method.code(),
                tried: self.tried(method, message, facts, naming.identities),
                found: activity.map(naming.activity),
            });
            if activity.is_some() {
                return Correlated { method, activity };
            }
        }
        nothing(Method::None)
    }

    fn find(&self, method: Method, message: &Envelope, facts: &Facts<'_>) -> Option<ActivityKey> {
        let by_id = |id: IdentityId| *self.by_identity.get(id.0 as usize)?;
        match method {
            Method::None | Method::Skipped => None,
            Method::InReplyTo => message.in_reply_to().iter().find_map(by_id),
            Method::TrackingToken => self.by_token.find(&facts.tokens),
            Method::ConversationIndex => {
                let index = ConversationIndex::parse(facts.conversation_index)?;
                self.by_conversation.find(&index)
            }
            Method::SmartMatching => self.by_smart_matching.as_ref()?.find(facts),
            Method::References => message.references().iter().rev().find_map(by_id),
        }
    }

    /// What a method looked for, in plain words.
    fn tried(
        &self,
        method: Method,
        message: &Envelope,
        facts: &Facts<'_>,
        identities: &Identities,
    ) -> String {
        match method {
            Method::None | Method::Skipped => String::new(),
            Method::InReplyTo => ids(identities.message_ids(message.in_reply_to().iter())),
            Method::References => ids(identities.message_ids(message.references().iter())),
            Method::TrackingToken => {
                let form = &self.options.token;
                let tokens = facts.tokens.iter();
                let written: Vec<String> = tokens.map(|&it| form.written(it)).collect();
                or(written.join(" "), "the subject holds no token")
            }
            Method::ConversationIndex => match ConversationIndex::parse(facts.conversation_index) {
                Some(index) => index.words(),
                None if facts.conversation_index.is_empty() => {
                    "the message has no Thread-Index".into()
                }
                None => "its Thread-Index is none: not base64, or less than 22 bytes".into(),
            },
            Method::SmartMatching => {
                let smart = self.by_smart_matching.as_ref();
                smart.map_or(String::new(), |smart| smart.words(facts))
            }
        }
    }
}

fn ids(ids: Vec<&str>) -> String {
    or(ids.join(" "), "the message names no id")
}

fn or(text: String, instead: &str) -> String {
    if text.is_empty() {
        instead.into()
    } else {
        text
    }
}

fn note(text: &str) -> Step {
    Step::Note { text: text.into() }
}
