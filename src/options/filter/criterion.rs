//! A filter, its criteria, and what passes them.

use crate::options::filter::value::Value;
use std::cmp::Ordering;

use jiff::civil::Date;
use jiff::{Timestamp, ToSpan as _};

use super::value::folded;
use crate::base::iso_date::IsoDate;
use crate::base::reference::{Reference, ReferenceView};

/// The column that holds a record's owner.
pub(crate) const OWNER: &str = "ownerid";

/// Whether a column is the one of ids, which files may call `id` or, of a contact, `contactid`.
pub(crate) fn is_id(record: &str, field: &str) -> bool {
    field == "id" || field.strip_suffix("id") == Some(record)
}

/// A filter.
#[derive(Clone, Debug)]
pub struct Filter {
    /// What users call it.
    pub name: Box<str>,
    /// The type of the records that it is about.
    pub record: Box<str>,
    /// Whether it counts.
    pub is_active: bool,
    fields: Vec<Box<str>>,
    criterion: Criterion,
}

/// What must hold.
#[derive(Clone, Debug)]
pub enum Criterion {
    /// Every one of these.
    All(Vec<Criterion>),
    /// At least one of these.
    Any(Vec<Criterion>),
    /// A test of one column.
    Row {
        /// The column's logical name.
        field: Box<str>,
        /// The test.
        test: Test,
        /// The column's place among [`Filter::fields`]; set by [`Filter::new`].
        at: usize,
    },
}

/// What a cell is tested for.
#[derive(Clone, Debug)]
pub enum Test {
    /// Stands so to the value. An empty cell is not equal to anything and stands in no order.
    Compare(Relation, Value),
    /// Has the text, in small letters, so placed; or not, where `is_wanted` is false.
    Text {
        /// Where.
        place: TextPlace,
        /// The text.
        text: Box<str>,
        /// Whether it must be there.
        is_wanted: bool,
    },
    /// Is empty, or is not.
    Empty(bool),
    /// Is on that day or a later one.
    OnOrAfter(Date),
    /// Is on that day or an earlier one.
    OnOrBefore(Date),
    /// Is not later than now and on one of so many days before today, or today.
    LastDays(u32),
    /// Names the mailbox's owner, or names another.
    User(bool),
}

/// How a cell stands to a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Relation {
    /// Equal.
    Eq,
    /// Not equal.
    Ne,
    /// Greater.
    Gt,
    /// Greater or equal.
    Ge,
    /// Less.
    Lt,
    /// Less or equal.
    Le,
}

/// Where in a cell a text is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TextPlace {
    /// Anywhere.
    Anywhere,
    /// At the beginning.
    Start,
    /// At the end.
    End,
}

/// Who asks, and when.
#[derive(Clone, Copy, Debug)]
pub struct Asking<'a> {
    /// The owner of the mailbox.
    pub user: Option<&'a Reference>,
    /// The run's time.
    pub now: Timestamp,
}

impl Filter {
    /// A filter of these parts.
    pub fn new(name: &str, record: &str, is_active: bool, mut criterion: Criterion) -> Filter {
        let mut fields = Vec::new();
        criterion.number(&mut fields);
        Filter {
            name: name.into(),
            record: record.into(),
            is_active,
            fields,
            criterion,
        }
    }

    /// The filter that holds where no contact filter is configured (R6).
    pub fn owned_contacts() -> Filter {
        let row = Criterion::row(OWNER, Test::User(true));
        Filter::new("contacts that I own, by default", CONTACT, true, row)
    }

    /// The columns that it asks for, each once.
    pub fn fields(&self) -> &[Box<str>] {
        &self.fields
    }

    /// Whether it depends on whose mailbox it is.
    pub fn asks_for_user(&self) -> bool {
        self.criterion.tests(&|test| matches!(test, Test::User(_)))
    }

    /// Whether it depends on the run's time.
    pub fn counts_days(&self) -> bool {
        self.criterion
            .tests(&|test| matches!(test, Test::LastDays(_)))
    }

    /// Whether a record with these cells passes, one for each of [`Filter::fields`], trimmed; an owner as `type:id`.
    pub fn passes(&self, cells: &[&str], asking: Asking<'_>) -> bool {
        self.criterion.holds(cells, asking)
    }
}

impl Criterion {
    /// A row.
    pub fn row(field: &str, test: Test) -> Criterion {
        Criterion::Row {
            field: field.into(),
            test,
            at: 0,
        }
    }

    fn number(&mut self, fields: &mut Vec<Box<str>>) {
        match self {
            Criterion::All(group) | Criterion::Any(group) => {
                group.iter_mut().for_each(|it| it.number(fields));
            }
            Criterion::Row { field, at, .. } => {
                let known = fields.iter().position(|known| known == field);
                *at = known.unwrap_or(fields.len());
                if known.is_none() {
                    fields.push(field.clone());
                }
            }
        }
    }

    /// Whether any of its tests is such a one.
    fn tests(&self, is_such: &dyn Fn(&Test) -> bool) -> bool {
        match self {
            Criterion::All(group) | Criterion::Any(group) => {
                group.iter().any(|it| it.tests(is_such))
            }
            Criterion::Row { test, .. } => is_such(test),
        }
    }

    fn holds(&self, cells: &[&str], asking: Asking<'_>) -> bool {
        match self {
            Criterion::All(group) => group.iter().all(|it| it.holds(cells, asking)),
            Criterion::Any(group) => group.iter().any(|it| it.holds(cells, asking)),
            Criterion::Row { field, test, at } => {
                let cell = cells.get(*at).copied().unwrap_or("");
                test.holds(cell, &**field == OWNER, asking)
            }
        }
    }
}

impl Test {
    /// Whether the cell passes; `is_owner` says that it holds a record's owner, `type:id`, which a value may name by
    /// its id alone.
    fn holds(&self, cell: &str, is_owner: bool, asking: Asking<'_>) -> bool {
        match self {
            Test::Compare(relation, value) => {
                let cell = if is_owner {
                    said_as(cell, value.text())
                } else {
                    cell
                };
                relation.holds(cell, value)
            }
            Test::Text {
                place,
                text,
                is_wanted,
            } => {
                let cell = if is_owner { said_as(cell, text) } else { cell };
                place.is_in(&folded(cell), text) == *is_wanted
            }
            Test::Empty(is_empty) => cell.is_empty() == *is_empty,
            Test::OnOrAfter(day) => IsoDate::parse(cell).is_some_and(|date| date.day() >= *day),
            Test::OnOrBefore(day) => IsoDate::parse(cell).is_some_and(|date| date.day() <= *day),
            Test::LastDays(days) => IsoDate::parse(cell).is_some_and(|date| {
                let now = IsoDate::Moment(asking.now);
                let first = now.day().checked_sub(i64::from(*days).days());
                first.is_ok_and(|first| date.day() >= first)
                    && date.compare(now) != Ordering::Greater
            }),
            Test::User(is_user) => {
                let names = |user| refers_to(cell, user) == *is_user;
                asking.user.is_some_and(names)
            }
        }
    }
}

impl Relation {
    fn holds(self, cell: &str, value: &Value) -> bool {
        let order = value.order(cell);
        match self {
            Relation::Eq => value.is_equal(cell),
            Relation::Ne => !value.is_equal(cell),
            Relation::Gt => order == Some(Ordering::Greater),
            Relation::Ge => order.is_some_and(Ordering::is_ge),
            Relation::Lt => order == Some(Ordering::Less),
            Relation::Le => order.is_some_and(Ordering::is_le),
        }
    }
}

impl TextPlace {
    fn is_in(self, cell: &str, text: &str) -> bool {
        match self {
            TextPlace::Anywhere => cell.contains(text),
            TextPlace::Start => cell.starts_with(text),
            TextPlace::End => cell.ends_with(text),
        }
    }
}

/// An owner as a value says one: with its type where the value has one.
fn said_as<'c>(owner: &'c str, value: &str) -> &'c str {
    match owner.split_once(':') {
        Some((_, id)) if !value.contains(':') => id,
        _ => owner,
    }
}

/// Whether a cell names the user: `type:id`, or a user by the id alone.
fn refers_to(cell: &str, user: &Reference) -> bool {
    match Reference::parse(cell) {
        Some(named) => named == *user,
        None => {
            user.view()
                == ReferenceView {
                    kind: "systemuser",
                    id: cell,
                }
        }
    }
}

/// The record type whose scope filters govern (R6).
pub(crate) const CONTACT: &str = "contact";
