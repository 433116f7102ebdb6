//! The checks of synchronization filters (R10).

use std::sync::Arc;

use toml::Value as Written;

use super::checker::Checker;
use crate::base::iso_date::IsoDate;
use crate::options::error::OptionsError;
use crate::options::file::{CriterionSection, FilterSection, WhereSection};
use crate::options::filter::{Criterion, Filter, Relation, Test, TextPlace, Value};

/// Every operator, as errors list them.
const OPERATORS: &str = "`eq`, `ne`, `contains`, `not-contains`, `begins-with`, `ends-with`, `null`, `not-null`, `gt`, `ge`, `lt`, `le`, `on-or-after`, `on-or-before`, `last-x-days`, `eq-user`, `ne-user`";

/// Maximum number of days of `last-x-days`: a hundred years.
const DAYS_MAX: u32 = 36_500;

impl Checker<'_> {
    /// Checks the filters under the key `at`.
    pub(super) fn filters(
        &self,
        at: &str,
        sections: &[FilterSection],
    ) -> Result<Arc<[Filter]>, OptionsError> {
        let each = sections.iter().enumerate();
        each.map(|(index, section)| self.filter(&format!("{at}.{index}"), index, section))
            .collect()
    }

    fn filter(
        &self,
        at: &str,
        index: usize,
        section: &FilterSection,
    ) -> Result<Filter, OptionsError> {
        let name = section.name.as_deref().unwrap_or("").trim();
        let name = match name {
            "" => format!("filter {}", index + 1),
            name => name.to_owned(),
        };
        let record = section.record.as_deref().unwrap_or("").trim();
        let record = record.to_ascii_lowercase();
        let is_name = |c: char| c.is_ascii_alphanumeric() || c == '_';
        if record.is_empty() || !record.chars().all(is_name) {
            let message = format!(
                "the filter `{name}` needs a record type: `{record}` is not one (expected one such as `record = \"contact\"`)"
            );
            return self.error(self.at.place(&format!("{at}.record")), message);
        }
        if record == "email" {
            let message = format!(
                "the filter `{name}` has the record type `email`: email.csv lists activities, and a filter selects records, such as `contact`"
            );
            return self.error(self.at.place(&format!("{at}.record")), message);
        }
        let key = format!("{at}.where");
        let criterion = match &section.r#where {
            Some(WhereSection::One(one)) => self.criterion(&key, one)?,
            Some(WhereSection::All(rows)) => Criterion::All(self.group(&key, rows)?),
            None => {
                let message = format!(
                    "the filter `{name}` has no `where`: to select every {record}, write `where = [{{ field = \"{record}id\", op = \"not-null\" }}]`"
                );
                return self.error(self.at.place(at), message);
            }
        };
        let is_active = section.active.unwrap_or(true);
        Ok(Filter::new(&name, &record, is_active, criterion))
    }

    fn group(&self, at: &str, rows: &[CriterionSection]) -> Result<Vec<Criterion>, OptionsError> {
        if rows.is_empty() {
            let message = "an empty group: it needs at least one row { field, op, value }".into();
            return self.error(self.at.place(at), message);
        }
        let each = rows.iter().enumerate();
        each.map(|(index, row)| self.criterion(&format!("{at}.{index}"), row))
            .collect()
    }

    fn criterion(&self, at: &str, read: &CriterionSection) -> Result<Criterion, OptionsError> {
        match (&read.field, &read.op, &read.value, &read.all, &read.any) {
            (None, None, None, Some(all), None) => {
                Ok(Criterion::All(self.group(&format!("{at}.all"), all)?))
            }
            (None, None, None, None, Some(any)) => {
                Ok(Criterion::Any(self.group(&format!("{at}.any"), any)?))
            }
            (Some(field), Some(op), value, None, None) if !field.trim().is_empty() => {
                let test = self.test(at, op, value.as_ref())?;
                Ok(Criterion::row(&field.trim().to_lowercase(), test))
            }
            _ => {
                let message = "neither a row nor a group: a row has `field`, `op` and, for most operators, `value`; a group has only `all` or only `any`";
                self.error(self.at.place(at), message.into())
            }
        }
    }

    fn test(&self, at: &str, op: &str, value: Option<&Written>) -> Result<Test, OptionsError> {
        let at = (at, op);
        let text = |place, is_wanted| {
            let text = Value::new(&self.value(at, value)?).text().into();
            Ok(Test::Text {
                place,
                text,
                is_wanted,
            })
        };
        let compare = |relation| Ok(Test::Compare(relation, Value::new(&self.value(at, value)?)));
        match op {
            "eq" => compare(Relation::Eq),
            "ne" => compare(Relation::Ne),
            "gt" => compare(Relation::Gt),
            "ge" => compare(Relation::Ge),
            "lt" => compare(Relation::Lt),
            "le" => compare(Relation::Le),
            "contains" => text(TextPlace::Anywhere, true),
            "not-contains" => text(TextPlace::Anywhere, false),
            "begins-with" => text(TextPlace::Start, true),
            "ends-with" => text(TextPlace::End, true),
            "null" => self.without(at, value, Test::Empty(true)),
            "not-null" => self.without(at, value, Test::Empty(false)),
            "on-or-after" => Ok(Test::OnOrAfter(self.date(at, value)?.day())),
            "on-or-before" => Ok(Test::OnOrBefore(self.date(at, value)?.day())),
            "last-x-days" => Ok(Test::LastDays(self.days(at, value)?)),
            "eq-user" => self.without(at, value, Test::User(true)),
            "ne-user" => self.without(at, value, Test::User(false)),
            _ => {
                let message = format!("unknown operator `{op}` (expected one of {OPERATORS})");
                self.error(self.at.place(&format!("{}.op", at.0)), message)
            }
        }
    }

    /// Returns the value as text.
    fn value(
        &self,
        (at, op): (&str, &str),
        value: Option<&Written>,
    ) -> Result<String, OptionsError> {
        let text = match value {
            Some(Written::String(text)) => text.trim().to_owned(),
            Some(Written::Array(_) | Written::Table(_)) => {
                let message = format!(
                    "`{op}` takes one value: a string, a number, a date, true or false; for several, write one row for each in a group `any`"
                );
                return self.error(self.at.place(&format!("{at}.value")), message);
            }
            Some(other) => other.to_string(),
            None => String::new(),
        };
        if text.is_empty() {
            let message =
                format!("`{op}` needs a `value`; for empty cells use `null` or `not-null`");
            return self.error(self.at.place(&format!("{at}.value")), message);
        }
        Ok(text)
    }

    fn without(
        &self,
        (at, op): (&str, &str),
        value: Option<&Written>,
        test: Test,
    ) -> Result<Test, OptionsError> {
        match value {
            None => Ok(test),
            Some(_) => {
                let message = format!("`{op}` takes no `value`: remove it");
                self.error(self.at.place(&format!("{at}.value")), message)
            }
        }
    }

    fn date(&self, at: (&str, &str), value: Option<&Written>) -> Result<IsoDate, OptionsError> {
        let text = self.value(at, value)?;
        match IsoDate::parse(&text) {
            Some(date) => Ok(date),
            None => {
                let message = format!(
                    "`{text}` is not a valid ISO 8601 date (expected one such as 2026-03-01)"
                );
                self.error(self.at.place(&format!("{}.value", at.0)), message)
            }
        }
    }

    fn days(&self, at: (&str, &str), value: Option<&Written>) -> Result<u32, OptionsError> {
        let text = self.value(at, value)?;
        match text.parse() {
            Ok(days) if (1..=DAYS_MAX).contains(&days) => Ok(days),
            _ => {
                let message = format!(
                    "`{text}` is not a valid number of days (expected a number from 1 to {DAYS_MAX})"
                );
                self.error(self.at.place(&format!("{}.value", at.0)), message)
            }
        }
    }
}
