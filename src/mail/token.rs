//! A *tracking token* is what a CRM appends to a subject to recognize replies: a prefix, a designator digit, the user's
//! number and a message counter, such as `CRM:0001042` (R9).

use regex::{Regex, RegexBuilder};

/// Maximum number of digits of a user number, enough for the largest one.
pub(crate) const USER_DIGITS_MAX: usize = 10;

/// Maximum number of digits of a message counter.
pub(crate) const COUNTER_DIGITS_MAX: usize = 9;

/// The digits of a tracking token as a number. All tokens of one form have the same number of digits: at most 20, which
/// need more than 64 bits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Token(u128);

/// The format of tracking tokens (R9).
#[derive(Clone, Debug)]
pub struct TokenForm {
    prefix: Box<str>,
    digits: usize,
    user_digits: usize,
    counter_digits: usize,
    pattern: Regex,
}

impl TokenForm {
    /// Creates the format of tokens with this prefix, and these numbers of digits for the user and the counter.
    ///
    /// # Errors
    /// If the prefix is too long to compile its pattern.
    pub fn new(
        prefix: &str,
        user_digits: usize,
        counter_digits: usize,
    ) -> Result<TokenForm, regex::Error> {
        let digits = 1 + user_digits + counter_digits;
        let pattern = format!("{}[0-9]{{{digits}}}", regex::escape(prefix));
        Ok(TokenForm {
            prefix: prefix.into(),
            digits,
            user_digits,
            counter_digits,
            pattern: RegexBuilder::new(&pattern).case_insensitive(true).build()?,
        })
    }

    /// Returns whether a text contains as many consecutive digits as every token has; few texts do.
    pub fn may_be_in(&self, text: &str) -> bool {
        let text = text.as_bytes();
        // A run of that length includes one of the positions at this distance.
        let met = (self.digits - 1..text.len()).step_by(self.digits);
        met.filter(|&at| text[at].is_ascii_digit()).any(|at| {
            let is_digit = |byte: &&u8| byte.is_ascii_digit();
            let before = text[..at].iter().rev().take_while(is_digit).count();
            let after = text[at..].iter().take_while(is_digit).count();
            before + after >= self.digits
        })
    }

    /// Returns the tokens in a text, in order. A token followed by more digits is ignored: it would be a different
    /// number.
    pub fn tokens<'s>(&'s self, text: &'s str) -> impl Iterator<Item = Token> + 's {
        let mut from = 0;
        std::iter::from_fn(move || {
            loop {
                let whole = self.pattern.find_at(text, from)?;
                let digits = &text[whole.end() - self.digits..whole.end()];
                let is_cut = text[whole.end()..].starts_with(|next: char| next.is_ascii_digit());
                // The next token may begin within the ignored text, because a prefix can contain digits.
                from = if is_cut {
                    whole.start() + text[whole.start()..].chars().next()?.len_utf8()
                } else {
                    whole.end()
                };
                if !is_cut {
                    return digits.parse().ok().map(Token);
                }
            }
        })
    }

    /// Returns the token of a message: designator 0, the user's number, and the counter, which wraps around to zero.
    /// `None` if the user's number has too many digits.
    pub fn token(&self, user: u64, counter: u64) -> Option<Token> {
        let (users, counters) = (power(self.user_digits), power(self.counter_digits));
        let user = u128::from(user);
        (user < users).then(|| Token(user * counters + u128::from(counter) % counters))
    }

    /// Returns the user's number and the counter of a token made by [`token`](TokenForm::token).
    pub fn parts(&self, token: Token) -> (u64, u64) {
        let (users, counters) = (power(self.user_digits), power(self.counter_digits));
        let number = |it: u128| u64::try_from(it).unwrap_or(u64::MAX);
        (
            number(token.0 / counters % users),
            number(token.0 % counters),
        )
    }

    /// Returns the token as it is written, with the configured prefix.
    pub fn written(&self, token: Token) -> String {
        format!("{}{:0width$}", self.prefix, token.0, width = self.digits)
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
        form.tokens(text).map(|token| form.written(token)).collect()
    }

    #[test]
    fn tokens_are_read_anywhere_in_a_text() {
        let form = TokenForm::new("CRM:", 3, 3).unwrap();
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
        let form = TokenForm::new("CRM:", 3, 3).unwrap();
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
        let form = TokenForm::new("(Ä.1", 1, 1).unwrap();
        assert_eq!(found(&form, "a (ä.1007"), ["(Ä.1007"]);
        assert_eq!(found(&form, "a (ä-1007"), [""; 0]);
        // Digits that a prefix begins with: the second token begins within what is none.
        let form = TokenForm::new("1", 1, 1).unwrap();
        assert_eq!(found(&form, "11234 1000"), ["1234", "1000"]);
    }

    #[test]
    fn a_counter_wraps_to_zeros_and_a_user_does_not() {
        let form = TokenForm::new("CRM:", 3, 2).unwrap();
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
            assert_eq!(parts, want.map(|_| wrapped), "{user} {counter}");
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
            let form = TokenForm::new(&prefix, digits.0, digits.1).unwrap();
            let token = Token(u128::from(number) % 10u128.pow((1 + digits.0 + digits.1) as u32));
            let written = form.written(token);
            prop_assert_eq!(written.chars().count(), prefix.chars().count() + 1 + digits.0 + digits.1);
            let text = format!("{before} {written}{after}");
            prop_assert!(form.tokens(&text).eq([token]));
            let longer = format!("{text}{written}0");
            prop_assert!(form.tokens(&longer).eq([token]));
            prop_assert!(form.may_be_in(&text));
        }
    }
}
