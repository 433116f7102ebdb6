//! `[correlation]` as it may be written.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What is no part of a subject for smart matching: the words with a colon that stand before it (R8).
const NOISE: &str = r"^[\s]*([\w]+\s?:[\s]*)+";

/// `[correlation]`: how a message is correlated to tracked mail (R8).
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct CorrelationSection {
    /// Whether to correlate by In-Reply-To, code 3.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub in_reply_to: Option<bool>,
    /// Whether to correlate by a tracking token in the subject, code 4.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tracking_token: Option<bool>,
    /// Whether to correlate by Thread-Index, code 5.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub conversation_index: Option<bool>,
    /// Whether to correlate by References, code 7.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub references: Option<bool>,
    /// Whether to correlate by words of the subject and addresses, code 6. This also joins unrelated conversations.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub smart_matching: Option<bool>,
    /// Whether to correlate forwarded messages.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub forwards: Option<bool>,
    /// Limits of smart matching.
    pub smart: SmartSection,
    /// Form of a tracking token.
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

/// `[correlation.token]`: form of a tracking token (R9).
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(
    deny_unknown_fields,
    default,
    expecting = "a table: `[correlation.smart]`"
)]
pub struct SmartSection {
    /// Regular expression; its matches are removed from a subject.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub noise: Option<String>,
    /// Number of words of a subject that are compared.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 1, max = 50))]
    pub max_words: Option<i64>,
    /// Maximum number of words in which the subjects may differ.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 0, max = 50))]
    pub subject_delta: Option<i64>,
    /// Minimum number of addresses that both messages must have.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 1, max = 20))]
    pub min_addresses: Option<i64>,
    /// Maximum number of days between the messages.
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
    /// Text that a token begins with.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 1, max = 20))]
    pub prefix: Option<String>,
    /// User numbers begin at this number plus one.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 0, max = 2147483647))]
    pub base: Option<i64>,
    /// Number of digits of the user number.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 1, max = 10))]
    pub user_digits: Option<i64>,
    /// Number of digits of the message counter.
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
