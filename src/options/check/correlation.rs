//! The checks of `[correlation]`.

use std::ops::RangeInclusive;

use jiff::SignedDuration;
use regex::Regex;

use super::checker::Checker;
use crate::mail::token;
use crate::mail::token::TokenForm;
use crate::options::error::OptionsError;
use crate::options::file::{CorrelationSection, SmartSection, TokenSection};
use crate::options::validated::{Correlation, Smart};

/// The longest prefix of a tracking token, in characters (R9).
const PREFIX_MAX: usize = 20;

/// The largest base of user numbers (R9).
const BASE_MAX: i64 = 2_147_483_647;

/// Hours of a day.
const DAY: i64 = 24;

impl Checker<'_> {
    pub(super) fn correlation(
        &self,
        read: &CorrelationSection,
    ) -> Result<Correlation, OptionsError> {
        let token = self.token(&read.token)?;
        // Looked at also where smart matching is off: what is written must be right. The defaults are.
        let is_on = read.smart_matching.unwrap_or(false);
        let defaults = SmartSection::defaults();
        let with = read.smart.clone().over(&defaults);
        let smart = match is_on || with != defaults {
            true => Some(self.smart(with)?),
            false => None,
        };
        Ok(Correlation {
            in_reply_to: read.in_reply_to.unwrap_or(true),
            tracking_token: read.tracking_token.unwrap_or(true),
            conversation_index: read.conversation_index.unwrap_or(true),
            references: read.references.unwrap_or(true),
            smart: smart.filter(|_| is_on),
            forwards: read.forwards.unwrap_or(true),
            token,
            token_base: read
                .token
                .base
                .and_then(|it| it.try_into().ok())
                .unwrap_or(0),
        })
    }

    fn token(&self, read: &TokenSection) -> Result<TokenForm, OptionsError> {
        let key = |name: &str| format!("correlation.token.{name}");
        let with = read.clone().over(&TokenSection::defaults());
        let prefix = with.prefix.unwrap_or_default();
        let length = prefix.chars().count();
        let fault = if prefix.contains(char::is_control) {
            Some("a token's prefix has no control characters; write one such as `CRM:`".into())
        } else if length == 0 || length > PREFIX_MAX {
            Some(format!(
                "a token's prefix has 1 to {PREFIX_MAX} characters, such as `CRM:`; this one has {length}"
            ))
        } else {
            None
        };
        if let Some(fault) = fault {
            return self.error(self.at.place(&key("prefix")), fault);
        }
        self.number(&key("base"), with.base, 0..=BASE_MAX)?;
        let user = self.number(
            &key("user_digits"),
            with.user_digits,
            1..=token::USER_DIGITS_MAX,
        )?;
        let counter = self.number(
            &key("counter_digits"),
            with.counter_digits,
            1..=token::COUNTER_DIGITS_MAX,
        )?;
        match TokenForm::new(&prefix, user, counter) {
            Ok(form) => Ok(form),
            Err(error) => self.error(self.at.place(&key("prefix")), error.to_string()),
        }
    }

    fn smart(&self, with: SmartSection) -> Result<Smart, OptionsError> {
        let key = |name: &str| format!("correlation.smart.{name}");
        let noise = with.noise.unwrap_or_default();
        let noise = match Regex::new(&noise) {
            Ok(noise) => noise,
            Err(error) => {
                let cause = error.to_string();
                let cause = cause.lines().last().unwrap_or("").trim();
                let message = format!(
                    "`{noise}` is no regular expression: {}; the default is in rules/default.toml",
                    cause.trim_start_matches("error: ")
                );
                return self.error(self.at.place(&key("noise")), message);
            }
        };
        let days = self.number(&key("window_days"), with.window_days, 1..=36_500i64)?;
        Ok(Smart {
            noise,
            words_max: self.number(&key("max_words"), with.max_words, 1..=50)?,
            subject_delta: self.number(&key("subject_delta"), with.subject_delta, 0..=50)?,
            addresses_min: self.number(&key("min_addresses"), with.min_addresses, 1..=20)?,
            window: SignedDuration::from_hours(days * DAY),
        })
    }

    /// The number under `key`, which must lie in `range`.
    pub(super) fn number<T>(
        &self,
        key: &str,
        value: Option<i64>,
        range: RangeInclusive<T>,
    ) -> Result<T, OptionsError>
    where
        T: TryFrom<i64> + PartialOrd + std::fmt::Display + Copy,
    {
        let value = value.unwrap_or_default();
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
