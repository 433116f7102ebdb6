//! A *tracking token* is what a CRM appends to a subject to recognize replies: a prefix, a designator digit, the user's
//! number and a message counter, such as `CRM:0001042` (R9).

use std::collections::{BTreeSet, HashMap};

use regex::{Regex, RegexBuilder};
use smallvec::SmallVec;

/// Maximum length of the prefix of a token, in characters (R9).
pub(crate) const PREFIX_MAX: usize = 20;

/// Maximum number of digits of a user number, enough for the largest one.
pub(crate) const USER_DIGITS_MAX: usize = 10;

/// Maximum number of digits of a message counter.
pub(crate) const COUNTER_DIGITS_MAX: usize = 9;

/// A tracking token that was read in a text: which form it has, and its digits as a number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Token {
    /// The index of its prefix: 0 for the present one, then the old ones; [`KNOWN`] for a known token.
    form: u32,
    /// Its digits, at most 20, which need more than 64 bits; of a known token its index.
    number: u128,
}

/// The form of tokens that are read because an activity has them.
const KNOWN: u32 = u32::MAX;

/// The format of tracking tokens (R9): those with the present prefix or an old one, and tokens of any form that an
/// activity of the CRM has.
#[derive(Clone, Debug)]
pub struct TokenForm {
    /// The present prefix, then the old ones.
    prefixes: Vec<Box<str>>,
    digits: usize,
    user_digits: usize,
    counter_digits: usize,
    pattern: Regex,
    known: KnownTokens,
}

impl TokenForm {
    /// Creates the format of tokens with this prefix, and these numbers of digits for the user and the counter. Tokens
    /// with one of the old prefixes are read too.
    ///
    /// # Errors
    /// If the prefixes are too long to compile their pattern.
    pub fn new(
        prefix: &str,
        old_prefixes: &[String],
        user_digits: usize,
        counter_digits: usize,
    ) -> Result<TokenForm, regex::Error> {
        let digits = 1 + user_digits + counter_digits;
        let mut prefixes: Vec<Box<str>> = vec![prefix.into()];
        prefixes.extend(old_prefixes.iter().map(|it| it.as_str().into()));
        // Of two prefixes at the same place the longer one comes first, so that a token is read as a whole.
        let mut order: Vec<usize> = (0..prefixes.len()).collect();
        order.sort_by_key(|&at| std::cmp::Reverse(prefixes[at].len()));
        let escaped = order.iter().map(|&at| regex::escape(&prefixes[at]));
        let any = escaped.collect::<Vec<_>>().join("|");
        let pattern = format!("(?:{any})[0-9]{{{digits}}}");
        Ok(TokenForm {
            prefixes,
            digits,
            user_digits,
            counter_digits,
            pattern: RegexBuilder::new(&pattern).case_insensitive(true).build()?,
            known: KnownTokens::default(),
        })
    }

    /// Adds a token that an activity of the CRM has, so that it is read in subjects although its prefix or its number
    /// of digits is another.
    pub fn add_known(&mut self, token: &str) {
        let token = token.trim();
        if !token.is_empty() && !self.is_of_form(token) {
            self.known.add(token);
        }
    }

    /// Returns whether a text is a token with one of the prefixes, and nothing else.
    fn is_of_form(&self, text: &str) -> bool {
        let Some((prefix, digits)) = text
            .len()
            .checked_sub(self.digits)
            .and_then(|at| text.split_at_checked(at))
        else {
            return false;
        };
        let is_prefix = |it: &str| {
            it.eq_ignore_ascii_case(prefix) || it.to_lowercase() == prefix.to_lowercase()
        };
        digits.bytes().all(|byte| byte.is_ascii_digit())
            && self.prefixes.iter().any(|it| is_prefix(it))
    }

    /// Returns whether a text contains as many consecutive digits as the shortest token has; few texts do.
    pub fn may_be_in(&self, text: &str) -> bool {
        let digits = self
            .known
            .digits_min
            .map_or(self.digits, |min| min.min(self.digits));
        let text = text.as_bytes();
        // A run of that length includes one of the positions at this distance.
        let met = (digits - 1..text.len()).step_by(digits);
        met.filter(|&at| text[at].is_ascii_digit()).any(|at| {
            let is_digit = |byte: &&u8| byte.is_ascii_digit();
            let before = text[..at].iter().rev().take_while(is_digit).count();
            let after = text[at..].iter().take_while(is_digit).count();
            before + after >= digits
        })
    }

    /// Returns the tokens in a text, in the order of their ends. A token followed by more digits is ignored: it would
    /// be a different number.
    pub fn tokens(&self, text: &str) -> SmallVec<[Token; 1]> {
        let mut found: SmallVec<[(usize, Token); 1]> = self.formed(text).collect();
        if !self.known.is_empty() {
            found.extend(self.known.find(text));
            found.sort_by_key(|&(end, _)| end);
        }
        found.into_iter().map(|(_, token)| token).collect()
    }

    /// Returns the ends of the tokens with one of the prefixes, and the tokens.
    fn formed<'s>(&'s self, text: &'s str) -> impl Iterator<Item = (usize, Token)> + 's {
        let mut from = 0;
        std::iter::from_fn(move || {
            loop {
                let whole = self.pattern.find_at(text, from)?;
                let (prefix, digits) = whole.as_str().split_at(whole.len() - self.digits);
                let is_cut = text[whole.end()..].starts_with(|next: char| next.is_ascii_digit());
                // The next token may begin within the ignored text, because a prefix can contain digits.
                from = if is_cut {
                    whole.start() + text[whole.start()..].chars().next()?.len_utf8()
                } else {
                    whole.end()
                };
                if !is_cut {
                    let form = self.form_of(prefix);
                    let token = |number| (whole.end(), Token { form, number });
                    return digits.parse().ok().map(token);
                }
            }
        })
    }

    /// Returns the index of a prefix as it was found in a text.
    fn form_of(&self, found: &str) -> u32 {
        let is_same =
            |it: &str| it.eq_ignore_ascii_case(found) || it.to_lowercase() == found.to_lowercase();
        let at = self.prefixes.iter().position(|it| is_same(it));
        // Case folding may differ from lower case in a few letters; such a token has the present prefix.
        at.and_then(|at| u32::try_from(at).ok()).unwrap_or(0)
    }

    /// Returns the token of a message: designator 0, the user's number, and the counter, which wraps around to zero.
    /// `None` if the user's number has too many digits.
    pub fn token(&self, user: u64, counter: u64) -> Option<Token> {
        let (users, counters) = (power(self.user_digits), power(self.counter_digits));
        let user = u128::from(user);
        (user < users).then(|| Token {
            form: 0,
            number: user * counters + u128::from(counter) % counters,
        })
    }

    /// Returns the user's number and the counter of a token made by [`token`](TokenForm::token); `None` if it has
    /// another prefix than the present one.
    pub fn parts(&self, token: Token) -> Option<(u64, u64)> {
        let (users, counters) = (power(self.user_digits), power(self.counter_digits));
        let number = |it: u128| u64::try_from(it).unwrap_or(u64::MAX);
        (token.form == 0).then(|| {
            (
                number(token.number / counters % users),
                number(token.number % counters),
            )
        })
    }

    /// Returns the token as it is written: with the prefix as the options write it, or as the CRM's activity has it.
    pub fn written(&self, token: Token) -> String {
        match self.prefixes.get(token.form as usize) {
            Some(prefix) => format!("{prefix}{:0width$}", token.number, width = self.digits),
            None => self.known.written(token.number).to_owned(),
        }
    }
}

/// Tokens that activities of the CRM have, in other forms than the configured one.
#[derive(Clone, Debug, Default)]
struct KnownTokens {
    /// As the first activity has each.
    written: Vec<Box<str>>,
    /// The index of each, by its lower-case form.
    by_lower: HashMap<Box<str>, usize>,
    /// The lengths of the lower-case forms in bytes.
    lengths: BTreeSet<usize>,
    /// The smallest number of digits that one ends in.
    digits_min: Option<usize>,
}

impl KnownTokens {
    fn is_empty(&self) -> bool {
        self.written.is_empty()
    }

    /// Adds a token: a prefix of at most [`PREFIX_MAX`] characters and digits, as every CRM writes one.
    fn add(&mut self, token: &str) {
        let prefix = token.trim_end_matches(|it: char| it.is_ascii_digit());
        let digits = token.len() - prefix.len();
        let digits_max = 1 + USER_DIGITS_MAX + COUNTER_DIGITS_MAX;
        let is_token = (1..=PREFIX_MAX).contains(&prefix.chars().count())
            && (1..=digits_max).contains(&digits);
        let lower = token.to_lowercase();
        if !is_token || self.by_lower.contains_key(lower.as_str()) {
            return;
        }
        self.lengths.insert(lower.len());
        self.digits_min = Some(self.digits_min.map_or(digits, |min| min.min(digits)));
        self.by_lower.insert(lower.into(), self.written.len());
        self.written.push(token.into());
    }

    /// Returns the tokens in a text, and where each ends in its lower-case form.
    fn find(&self, text: &str) -> SmallVec<[(usize, Token); 1]> {
        let lower = text.to_lowercase();
        let bytes = lower.as_bytes();
        let is_digit = |at: usize| bytes.get(at).is_some_and(u8::is_ascii_digit);
        let ends = (1..=bytes.len()).filter(|&end| is_digit(end - 1) && !is_digit(end));
        let mut found = SmallVec::new();
        for end in ends {
            for &length in self.lengths.iter().take_while(|&&length| length <= end) {
                let token = lower
                    .get(end - length..end)
                    .and_then(|it| self.by_lower.get(it));
                found.extend(token.map(|&at| {
                    (
                        end,
                        Token {
                            form: KNOWN,
                            number: at as u128,
                        },
                    )
                }));
            }
        }
        found
    }

    fn written(&self, number: u128) -> &str {
        let at = usize::try_from(number).unwrap_or(usize::MAX);
        self.written.get(at).map_or("", |it| it)
    }
}

/// Returns ten to the power of `digits`.
fn power(digits: usize) -> u128 {
    (0..digits).fold(1, |power, _| power * 10)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn found(form: &TokenForm, text: &str) -> Vec<String> {
        form.tokens(text)
            .iter()
            .map(|&token| form.written(token))
            .collect()
    }

    #[test]
    fn tokens_are_read_anywhere_in_a_text() {
        let form = TokenForm::new("CRM:", &[], 3, 3).unwrap();
        let cases: [(&str, &[&str]); 12] = [
            ("Quote CRM:0001042", &["CRM:0001042"]),
            ("crm:0001042 quote", &["CRM:0001042"]),
            ("[Crm:0001042], thanks", &["CRM:0001042"]),
            ("xCRM:0001042y", &["CRM:0001042"]),
            ("9CRM:0001042", &["CRM:0001042"]),
            ("CRM:00010421", &[]),
            ("CRM:000104", &[]),
            ("CRM: 0001042", &[]),
            ("CRM:000104²", &[]),
            ("CRM:0001042CRM:0001043", &["CRM:0001042", "CRM:0001043"]),
            ("CRM:00010421 CRM:0001043", &["CRM:0001043"]),
            ("", &[]),
        ];
        for (text, want) in cases {
            assert_eq!(found(&form, text), want, "{text}");
        }
    }

    #[test]
    fn texts_without_enough_digits_are_passed_over() {
        let form = TokenForm::new("CRM:", &[], 3, 3).unwrap();
        let cases = [
            ("", false),
            ("123456", false),
            ("1234567", true),
            ("x1234567", true),
            ("123456 7890123", true),
            ("123456x123456x123456", false),
            ("Offer 4711 for 2026-11-24 at 10:00", false),
        ];
        for (text, want) in cases {
            assert_eq!(form.may_be_in(text), want, "{text}");
        }
    }

    #[test]
    fn a_prefix_is_taken_as_it_is_written() {
        let form = TokenForm::new("(Ä.1", &[], 1, 1).unwrap();
        assert_eq!(found(&form, "a (ä.1007"), ["(Ä.1007"]);
        assert_eq!(found(&form, "a (ä-1007"), [""; 0]);
        // Digits that a prefix begins with: the second token begins within digits that are not a token.
        let form = TokenForm::new("1", &[], 1, 1).unwrap();
        assert_eq!(found(&form, "11234 1000"), ["1234", "1000"]);
    }

    #[test]
    fn old_prefixes_are_read_and_never_written() {
        let old = ["CRM:", "M:", "crm:", "Sales-"].map(String::from);
        let form = TokenForm::new("FAB:", &old, 3, 3).unwrap();
        let cases: [(&str, &[&str]); 8] = [
            ("Offer crm:0001002", &["CRM:0001002"]),
            (
                "Offer FAB:0001002 CRM:0001002",
                &["FAB:0001002", "CRM:0001002"],
            ),
            ("Offer M:0001002", &["M:0001002"]),
            ("Offer xM:0001002", &["M:0001002"]),
            (
                "SALES-0001002 sales-0001003",
                &["Sales-0001002", "Sales-0001003"],
            ),
            ("CRM:00010022", &[]),
            ("CRM:000100", &[]),
            ("CRM 0001002", &[]),
        ];
        for (text, want) in cases {
            assert_eq!(found(&form, text), want, "{text}");
        }
        let own = form.token(1, 2).unwrap();
        assert_eq!(form.written(own), "FAB:0001002");
        let other = form.tokens("CRM:0001002")[0];
        assert_ne!(own, other);
        assert_eq!(form.parts(other), None);
    }

    #[test]
    fn a_token_that_the_crm_has_is_read_whatever_its_form() {
        let mut form = TokenForm::new("FAB:", &[], 3, 3).unwrap();
        let known = [
            "CRM:0001002",
            "Übung#12",
            "x9",
            "FAB:0001009",
            "fab:0001008",
            " T-77 ",
            "",
            "12345",
            "no digits",
        ];
        known.iter().for_each(|token| form.add_known(token));
        let cases: [(&str, &[&str]); 11] = [
            ("Re: Offer crm:0001002", &["CRM:0001002"]),
            ("CRM:0001003", &[]),
            ("CRM:00010022", &[]),
            ("aCRM:0001002b", &["CRM:0001002"]),
            ("übung#12, ÜBUNG#123", &["Übung#12"]),
            ("X9", &["x9"]),
            ("x91 x9.", &["x9"]),
            ("FAB:0001009 t-77", &["FAB:0001009", "T-77"]),
            ("t-77 FAB:0001009", &["T-77", "FAB:0001009"]),
            ("12345", &[]),
            ("no digits", &[]),
        ];
        for (text, want) in cases {
            assert_eq!(found(&form, text), want, "{text}");
            assert!(want.is_empty() || form.may_be_in(text), "{text}");
        }
    }

    #[test]
    fn a_counter_wraps_to_zeros_and_a_user_does_not() {
        let form = TokenForm::new("CRM:", &[], 3, 2).unwrap();
        let written = |user, counter| form.token(user, counter).map(|it| form.written(it));
        for (user, counter, want) in [
            (1, 1, Some("CRM:000101")),
            (42, 99, Some("CRM:004299")),
            (42, 100, Some("CRM:004200")),
            (999, 12345, Some("CRM:099945")),
            (1000, 1, None),
        ] {
            assert_eq!(written(user, counter).as_deref(), want, "{user} {counter}");
            let parts = form.token(user, counter).map(|it| form.parts(it));
            let wrapped = (user, counter % 100);
            assert_eq!(parts, want.map(|_| Some(wrapped)), "{user} {counter}");
        }
    }

    proptest! {
        #[test]
        fn what_is_written_is_read(
            before in "[^0-9]{0,8}",
            after in "[^0-9]{0,8}",
            prefix in "[^\\pN\\pC]{1,20}",
            digits in (1..=USER_DIGITS_MAX, 1..=COUNTER_DIGITS_MAX),
            number in any::<u64>(),
        ) {
            let form = TokenForm::new(&prefix, &[], digits.0, digits.1).unwrap();
            let number = u128::from(number) % 10u128.pow((1 + digits.0 + digits.1) as u32);
            let token = Token { form: 0, number };
            let written = form.written(token);
            prop_assert_eq!(written.chars().count(), prefix.chars().count() + 1 + digits.0 + digits.1);
            let text = format!("{before} {written}{after}");
            prop_assert_eq!(form.tokens(&text).to_vec(), vec![token]);
            let longer = format!("{text}{written}0");
            prop_assert_eq!(form.tokens(&longer).to_vec(), vec![token]);
            prop_assert!(form.may_be_in(&text));
        }
    }
}
