//! The sections `[correlation]`, `[correlation.smart]` and `[correlation.token]`.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::section::section;

/// Matches what smart matching removes from a subject: the words before it that end in a colon, such as `Re:` (R8).
const NOISE: &str = r"^[\s]*([\w]+\s?:[\s]*)+";

section! {
    /// `[correlation]`: how a message is correlated to tracked mail (R8).
    CorrelationSection => CorrelationValues {
        /// Whether to correlate by In-Reply-To, code 3.
        in_reply_to: bool = true,
        /// Whether to correlate by a tracking token in the subject, code 4.
        tracking_token: bool = true,
        /// Whether to correlate by Thread-Index, code 5.
        conversation_index: bool = true,
        /// Whether to correlate by References, code 7.
        references: bool = true,
        /// Whether to correlate by words of the subject and addresses, code 6. This also joins unrelated conversations.
        smart_matching: bool = false,
        /// Whether to correlate forwarded messages.
        forwards: bool = true,
    } tables {
        /// Limits of smart matching.
        smart: SmartSection => SmartValues,
        /// Form of a tracking token.
        token: TokenSection => TokenValues,
    }
}

section! {
    /// `[correlation.smart]`: limits of smart matching (R8).
    #[serde(expecting = "a table: `[correlation.smart]`")]
    SmartSection => SmartValues {
        /// Regular expression; its matches are removed from a subject.
        noise: String = NOISE.into(),
        /// Number of words of a subject that are compared.
        #[schemars(range(min = 1, max = 50))]
        max_words: i64 = 20,
        /// Maximum number of words in which the subjects may differ.
        #[schemars(range(min = 0, max = 50))]
        subject_delta: i64 = 0,
        /// Minimum number of addresses that both messages must have.
        #[schemars(range(min = 1, max = 20))]
        min_addresses: i64 = 2,
        /// Maximum number of days between the messages.
        #[schemars(range(min = 1, max = 36500))]
        window_days: i64 = 90,
    }
}

section! {
    /// `[correlation.token]`: form of a tracking token (R9).
    #[serde(expecting = "a table: `[correlation.token]`")]
    TokenSection => TokenValues {
        /// Text that a token begins with.
        #[schemars(length(min = 1, max = 20))]
        prefix: String = "CRM:".into(),
        /// Prefixes that tokens had before: such tokens are read, and never written. A token that `email.csv` has in
        /// `trackingtoken` is read without being listed here.
        old_prefixes: Vec<String> = Vec::new(),
        /// User numbers begin at this number plus one.
        #[schemars(range(min = 0, max = 2147483647))]
        base: i64 = 0,
        /// Number of digits of the user number.
        #[schemars(range(min = 1, max = 10))]
        user_digits: i64 = 3,
        /// Number of digits of the message counter.
        #[schemars(range(min = 1, max = 9))]
        counter_digits: i64 = 3,
    }
}
