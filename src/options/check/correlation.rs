//! The checks of `[correlation]`.

use std::ops::RangeInclusive;

use jiff::SignedDuration;
use regex::Regex;

use super::checker::Checker;
use crate::mail::token;
use crate::mail::token::{PREFIX_MAX, TokenForm};
use crate::options::error::OptionsError;
use crate::options::file::{CorrelationValues, SmartValues, TokenValues};
use crate::options::validated::{Correlation, Smart};

/// Maximum number of old prefixes.
const OLD_PREFIXES_MAX: usize = 100;

/// The largest base of user numbers (R9).
const BASE_MAX: u64 = 2_147_483_647;

/// Hours in a day.
const DAY: i64 = 24;

impl Checker<'_> {
    pub(super) fn correlation(
        &self,
        read: &CorrelationValues,
    ) -> Result<Correlation, OptionsError> {
        let (token, token_base) = self.token(&read.token)?;
        // What is written must be valid even if smart matching is off. The defaults are, and compiling their regular
        // expression takes time.
        let is_on = read.smart_matching;
        let smart = match is_on || read.smart != SmartValues::default() {
            true => Some(self.smart(&read.smart)?),
            false => None,
        };
        Ok(Correlation {
            in_reply_to: read.in_reply_to,
            tracking_token: read.tracking_token,
            conversation_index: read.conversation_index,
            references: read.references,
            smart: smart.filter(|_| is_on),
            forwards: read.forwards,
            token,
            token_base,
        })
    }

    /// Returns the form of a token, and the base of user numbers.
    fn token(&self, read: &TokenValues) -> Result<(TokenForm, u64), OptionsError> {
        let key = |name: &str| format!("correlation.token.{name}");
        self.prefix(&key("prefix"), &read.prefix)?;
        if read.old_prefixes.len() > OLD_PREFIXES_MAX {
            let message = format!(
                "{} old prefixes: expected at most {OLD_PREFIXES_MAX}",
                read.old_prefixes.len()
            );
            return self.error(self.at.place(&key("old_prefixes")), message);
        }
        for (index, old) in read.old_prefixes.iter().enumerate() {
            self.prefix(&key(&format!("old_prefixes.{index}")), old)?;
        }
        let base = self.number(&key("base"), read.base, 0..=BASE_MAX)?;
        let user = self.number(
            &key("user_digits"),
            read.user_digits,
            1..=token::USER_DIGITS_MAX,
        )?;
        let counter = self.number(
            &key("counter_digits"),
            read.counter_digits,
            1..=token::COUNTER_DIGITS_MAX,
        )?;
        match TokenForm::new(&read.prefix, &read.old_prefixes, user, counter) {
            Ok(form) => Ok((form, base)),
            Err(error) => self.error(self.at.place(&key("prefix")), error.to_string()),
        }
    }

    /// Checks the prefix of a token.
    fn prefix(&self, key: &str, prefix: &str) -> Result<(), OptionsError> {
        let length = prefix.chars().count();
        let fault = if prefix.contains(char::is_control) {
            "a token's prefix cannot contain control characters: write one such as `CRM:`".into()
        } else if length == 0 || length > PREFIX_MAX {
            format!(
                "the token's prefix has {length} characters: expected 1 to {PREFIX_MAX}, such as `CRM:`"
            )
        } else {
            return Ok(());
        };
        self.error(self.at.place(key), fault)
    }

    fn smart(&self, read: &SmartValues) -> Result<Smart, OptionsError> {
        let key = |name: &str| format!("correlation.smart.{name}");
        let noise = match Regex::new(&read.noise) {
            Ok(noise) => noise,
            Err(error) => {
                let cause = error.to_string();
                let cause = cause.lines().last().unwrap_or("").trim();
                let message = format!(
                    "`{}` is not a valid regular expression: {}; the default is in rules/default.toml",
                    read.noise,
                    cause.trim_start_matches("error: ")
                );
                return self.error(self.at.place(&key("noise")), message);
            }
        };
        let days = self.number(&key("window_days"), read.window_days, 1..=36_500i64)?;
        Ok(Smart {
            noise,
            words_max: self.number(&key("max_words"), read.max_words, 1..=50)?,
            subject_delta: self.number(&key("subject_delta"), read.subject_delta, 0..=50)?,
            addresses_min: self.number(&key("min_addresses"), read.min_addresses, 1..=20)?,
            window: SignedDuration::from_hours(days * DAY),
        })
    }

    /// Checks that the number under `key` is in `range`.
    pub(super) fn number<T>(
        &self,
        key: &str,
        value: i64,
        range: RangeInclusive<T>,
    ) -> Result<T, OptionsError>
    where
        T: TryFrom<i64> + PartialOrd + std::fmt::Display + Copy,
    {
        match T::try_from(value) {
            Ok(number) if range.contains(&number) => Ok(number),
            _ => {
                let name = key.rsplit('.').next().unwrap_or(key);
                let message = format!(
                    "`{name} = {value}`: expected a number from {} to {}",
                    range.start(),
                    range.end()
                );
                self.error(self.at.place(key), message)
            }
        }
    }
}
