//! `[correlation]` as it may be written.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What is no part of a subject for smart matching: the words with a colon that stand before it (R8).
const NOISE: &str = r"^[\s]*([\w]+\s?:[\s]*)+";

/// `[correlation]`: how a message is tied to one that was tracked before it (R8).
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct CorrelationSection {
    /// By In-Reply-To, code 3.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub in_reply_to: Option<bool>,
    /// By a tracking token in the subject, code 4.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tracking_token: Option<bool>,
    /// By Thread-Index, code 5.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub conversation_index: Option<bool>,
    /// By References, code 7.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub references: Option<bool>,
    /// By words of the subject and addresses, code 6. It also joins conversations that have nothing to do with each
    /// other.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub smart_matching: Option<bool>,
    /// Whether forwarded messages are correlated.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub forwards: Option<bool>,
    /// What smart matching goes by.
    pub smart: SmartSection,
    /// What a tracking token looks like.
    pub token: TokenSection,
}

impl CorrelationSection {
    /// This section with `base` where it says nothing.
    pub fn over(self, base: &CorrelationSection) -> CorrelationSection {
        CorrelationSection {
            in_reply_to: self.in_reply_to.or(base.in_reply_to),
            tracking_token: self.tracking_token.or(base.tracking_token),
            conversation_index: self.conversation_index.or(base.conversation_index),
            references: self.references.or(base.references),
            smart_matching: self.smart_matching.or(base.smart_matching),
            forwards: self.forwards.or(base.forwards),
            smart: self.smart.over(&base.smart),
            token: self.token.over(&base.token),
        }
    }

    /// The defaults that ship.
    pub fn defaults() -> CorrelationSection {
        CorrelationSection {
            in_reply_to: Some(true),
            tracking_token: Some(true),
            conversation_index: Some(true),
            references: Some(true),
            smart_matching: Some(false),
            forwards: Some(true),
            smart: SmartSection::defaults(),
            token: TokenSection::defaults(),
        }
    }
}

/// `[correlation.smart]`: what smart matching goes by (R8).
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(
    deny_unknown_fields,
    default,
    expecting = "a table: `[correlation.smart]`"
)]
pub struct SmartSection {
    /// The regular expression whose matches are taken out of a subject.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub noise: Option<String>,
    /// So many words of a subject are looked at.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 1, max = 50))]
    pub max_words: Option<i64>,
    /// In so many words the subjects may differ.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 0, max = 50))]
    pub subject_delta: Option<i64>,
    /// So many addresses must be in both messages.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 1, max = 20))]
    pub min_addresses: Option<i64>,
    /// At most so many days lie between the messages.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 1, max = 36500))]
    pub window_days: Option<i64>,
}

impl SmartSection {
    /// This section with `base` where it says nothing.
    pub fn over(self, base: &SmartSection) -> SmartSection {
        SmartSection {
            noise: self.noise.or_else(|| base.noise.clone()),
            max_words: self.max_words.or(base.max_words),
            subject_delta: self.subject_delta.or(base.subject_delta),
            min_addresses: self.min_addresses.or(base.min_addresses),
            window_days: self.window_days.or(base.window_days),
        }
    }

    /// The defaults that ship.
    pub fn defaults() -> SmartSection {
        SmartSection {
            noise: Some(NOISE.into()),
            max_words: Some(20),
            subject_delta: Some(0),
            min_addresses: Some(2),
            window_days: Some(90),
        }
    }
}

/// `[correlation.token]`: what a tracking token looks like (R9).
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(
    deny_unknown_fields,
    default,
    expecting = "a table: `[correlation.token]`"
)]
pub struct TokenSection {
    /// What it begins with, 1 to 20 characters.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 1, max = 20))]
    pub prefix: Option<String>,
    /// User numbers begin one above.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 0, max = 2147483647))]
    pub base: Option<i64>,
    /// So many digits has the user number.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 1, max = 10))]
    pub user_digits: Option<i64>,
    /// So many digits has the message counter.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 1, max = 9))]
    pub counter_digits: Option<i64>,
}

impl TokenSection {
    /// This section with `base` where it says nothing.
    pub fn over(self, base: &TokenSection) -> TokenSection {
        TokenSection {
            prefix: self.prefix.or_else(|| base.prefix.clone()),
            base: self.base.or(base.base),
            user_digits: self.user_digits.or(base.user_digits),
            counter_digits: self.counter_digits.or(base.counter_digits),
        }
    }

    /// The defaults that ship.
    pub fn defaults() -> TokenSection {
        TokenSection {
            prefix: Some("CRM:".into()),
            base: Some(0),
            user_digits: Some(3),
            counter_digits: Some(3),
        }
    }
}
