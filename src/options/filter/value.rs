//! The *value* of a row, and how a cell compares with it: as numbers or as dates if both are, or else as text without
//! regard to case (R10).

use std::borrow::Cow;
use std::cmp::Ordering;

use unicode_normalization::UnicodeNormalization as _;

use crate::base::iso_date::IsoDate;

/// A value to compare cells with.
#[derive(Clone, Debug)]
pub struct Value {
    text: Box<str>,
    number: Option<Decimal<Box<str>>>,
    date: Option<IsoDate>,
}

impl Value {
    /// Parses a value. Any text is one.
    pub fn new(text: &str) -> Value {
        Value {
            text: folded(text).into(),
            number: Decimal::parse(text).map(Decimal::owned),
            date: IsoDate::parse(text),
        }
    }

    /// Returns the text in lower case.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Returns whether a cell equals the value. An empty cell equals nothing.
    pub(super) fn is_equal(&self, cell: &str) -> bool {
        match self.order_alike(cell) {
            Some(order) => order == Ordering::Equal,
            None => !cell.is_empty() && *folded(cell) == *self.text,
        }
    }

    /// Returns how a cell compares with the value; `None` for an empty cell, and if the value is a number or a date and
    /// the cell is not.
    pub(super) fn order(&self, cell: &str) -> Option<Ordering> {
        let is_text = self.number.is_none() && self.date.is_none() && !cell.is_empty();
        self.order_alike(cell)
            .or_else(|| is_text.then(|| (*folded(cell)).cmp(&*self.text)))
    }

    /// Returns how a cell compares with the value if both are numbers or both are dates.
    fn order_alike(&self, cell: &str) -> Option<Ordering> {
        let of_numbers = self.number.as_ref().and_then(|number| {
            let cell = Decimal::parse(cell)?;
            Some(cell.compare(number))
        });
        of_numbers.or_else(|| Some(IsoDate::parse(cell)?.compare(self.date?)))
    }
}

/// Returns a text in the form in which texts are compared: composed (NFC), in lower case.
pub(super) fn folded(text: &str) -> Cow<'_, str> {
    if text.is_ascii() {
        match text.bytes().any(|byte| byte.is_ascii_uppercase()) {
            true => text.to_ascii_lowercase().into(),
            false => text.into(),
        }
    } else {
        text.nfc().collect::<String>().to_lowercase().into()
    }
}

/// A decimal number such as `-12.50`, kept as digits so that long numbers are compared exactly. A text that begins with
/// a zero, such as a postal code, or with `+`, such as a telephone number, is not a number.
#[derive(Clone, Copy, Debug)]
struct Decimal<T> {
    is_negative: bool,
    whole: T,
    /// Without trailing zeros.
    fraction: T,
}

impl<'a> Decimal<&'a str> {
    fn parse(text: &'a str) -> Option<Decimal<&'a str>> {
        let digits = text.strip_prefix('-').unwrap_or(text);
        let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
        let has_end = !digits.ends_with('.');
        let are_digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
        let is_plain = whole == "0" || !whole.is_empty() && !whole.starts_with('0');
        (is_plain && has_end && are_digits(whole) && are_digits(fraction)).then(|| {
            let fraction = fraction.trim_end_matches('0');
            let is_zero = whole == "0" && fraction.is_empty();
            Decimal {
                is_negative: digits.len() < text.len() && !is_zero,
                whole,
                fraction,
            }
        })
    }

    fn owned(self) -> Decimal<Box<str>> {
        Decimal {
            is_negative: self.is_negative,
            whole: self.whole.into(),
            fraction: self.fraction.into(),
        }
    }

    fn compare(self, other: &Decimal<Box<str>>) -> Ordering {
        let size = self.whole.len().cmp(&other.whole.len());
        let size = size
            .then_with(|| self.whole.cmp(&other.whole))
            .then_with(|| self.fraction.cmp(&other.fraction));
        match (self.is_negative, other.is_negative) {
            (false, false) => size,
            (true, true) => size.reverse(),
            (true, false) => Ordering::Less,
            (false, true) => Ordering::Greater,
        }
    }
}
