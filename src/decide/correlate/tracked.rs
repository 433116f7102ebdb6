//! The tracked activities, indexed by every property that correlates a later message with them (R5).

use crate::decide::correlate::by_conversation::ByConversation;
use crate::decide::correlate::by_smart_matching::BySmartMatching;
use crate::decide::correlate::by_token::ByToken;
use crate::decide::correlate::conversation_index::ConversationIndex;
use crate::decide::correlate::facts::Facts;
use crate::decide::correlate::method::ActivityKey;
use crate::decide::correlate::method::Correlated;
use crate::decide::correlate::method::Dated;
use crate::decide::correlate::method::Method;
use crate::decide::trace::Step;
use crate::decide::trace::Trace;
use crate::mail::envelope::Envelope;
use crate::mail::identity::Identities;
use crate::mail::identity::IdentityId;
use crate::mail::rules::Subjects;
use crate::options::Correlation;

/// How a trace names activities and ids.
pub(crate) struct Naming<'a> {
    /// Returns the id of an activity.
    pub activity: &'a dyn Fn(ActivityKey) -> String,
    /// The texts of ids.
    pub identities: &'a Identities,
}

/// The tracked activities, indexed for each method of correlation. The table of a method that is off is empty.
#[derive(Debug)]
pub(crate) struct Tracked<'a> {
    options: &'a Correlation,
    /// The methods that are on, in R8's order.
    methods: Vec<Method>,
    /// The first activity of each identity, indexed by the identity's interned id.
    by_identity: Vec<Option<ActivityKey>>,
    by_token: ByToken,
    by_conversation: ByConversation,
    by_smart_matching: Option<BySmartMatching<'a>>,
}

impl<'a> Tracked<'a> {
    /// Creates empty tables. `identities` is the number of identities that the mail of the run names.
    pub(crate) fn new(options: &'a Correlation, identities: usize) -> Tracked<'a> {
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

    /// Adds a tracked activity. If several have one Message-ID, the first stays, and tokens, conversation indexes and
    /// subjects of the others lead to it too: a reply to internal mail that is tracked twice belongs to the first (R1).
    pub(crate) fn add(&mut self, facts: &Facts<'a>, activity: ActivityKey) {
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

    /// Returns how often smart matching reached a limit and did not compare everything.
    pub(crate) fn smart_matching_cut(&self) -> u64 {
        let smart = self.by_smart_matching.as_ref();
        smart.map_or(0, BySmartMatching::cut)
    }

    /// Tries the methods in R8's order; the first that finds a tracked activity wins. `facts` are those of the message.
    pub(crate) fn correlate(
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

    /// Describes what a method looked up, for the trace.
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
                or(written.join(" "), "the subject does not contain a token")
            }
            Method::ConversationIndex => match ConversationIndex::parse(facts.conversation_index) {
                Some(index) => index.words(),
                None if facts.conversation_index.is_empty() => {
                    "the message has no Thread-Index".into()
                }
                None => "its Thread-Index is not a conversation index: it is not base64, or has less than 22 bytes".into(),
            },
            Method::SmartMatching => {
                let smart = self.by_smart_matching.as_ref();
                smart.map_or(String::new(), |smart| smart.words(facts))
            }
        }
    }
}

fn ids(ids: Vec<&str>) -> String {
    or(ids.join(" "), "the message does not name an id")
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
