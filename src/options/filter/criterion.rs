//! Filters and their criteria.

use crate::options::filter::value::Value;
use std::cmp::Ordering;

use jiff::civil::Date;
use jiff::{Timestamp, ToSpan as _};

use super::value::folded;
use crate::base::iso_date::IsoDate;
use crate::base::reference::{Reference, ReferenceView};

/// Column that holds the owner of a record.
pub(crate) const OWNER: &str = "ownerid";

/// Returns whether a column holds ids. Files may name it `id` or, for contacts, `contactid`.
pub(crate) fn is_id(record: &str, field: &str) -> bool {
    field == "id" || field.strip_suffix("id") == Some(record)
}

/// A synchronization filter (R10).
#[derive(Clone, Debug)]
pub struct Filter {
    /// Name of the filter.
    pub name: Box<str>,
    /// Type of the records that it filters.
    pub record: Box<str>,
    /// Whether the filter is used.
    pub is_active: bool,
    fields: Vec<Box<str>>,
    criterion: Criterion,
}

/// A row or a group of a filter.
#[derive(Clone, Debug)]
pub enum Criterion {
    /// A group of which every criterion must hold.
    All(Vec<Criterion>),
    /// A group of which one criterion must hold.
    Any(Vec<Criterion>),
    /// A test of one column.
    Row {
        /// Logical name of the column.
        field: Box<str>,
        /// Test of the column's cell.
        test: Test,
        /// Index of the column in [`Filter::fields`], which [`Filter::new`] sets.
        at: usize,
    },
}

/// A test of a cell.
#[derive(Clone, Debug)]
pub enum Test {
    /// The cell compares in this way with the value. An empty cell is neither equal to a value nor less or greater.
    Compare(Relation, Value),
    /// The cell contains the text at this position or, if `is_wanted` is false, does not.
    Text {
        /// Position of the text in the cell.
        place: TextPlace,
        /// The text, in lower case.
        text: Box<str>,
        /// Whether the cell must contain it.
        is_wanted: bool,
    },
    /// The cell is empty or, if false, is not.
    Empty(bool),
    /// The cell is a date on this day or later.
    OnOrAfter(Date),
    /// The cell is a date on this day or earlier.
    OnOrBefore(Date),
    /// The cell is a date that is not later than now, today or at most this number of days before.
    LastDays(u32),
    /// The cell names the mailbox owner or, if false, does not.
    User(bool),
}

/// A relation of a cell to a value.
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

/// A position of a text in a cell.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TextPlace {
    /// Anywhere.
    Anywhere,
    /// At the beginning.
    Start,
    /// At the end.
    End,
}

/// What a filter may depend on besides the record.
#[derive(Clone, Copy, Debug)]
pub struct FilterContext<'a> {
    /// Owner of the mailbox.
    pub user: Option<&'a Reference>,
    /// Time of the run.
    pub now: Timestamp,
}

impl Filter {
    /// Creates a filter, and numbers the columns of its criterion.
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

    /// Returns the default filter, which is used if none for contacts is configured (R6). Of the contacts that pass it
    /// only active ones are in scope: the state is not a column of its own in every book.
    pub fn owned_contacts() -> Filter {
        let row = Criterion::row(OWNER, Test::User(true));
        Filter::new("active contacts that I own, by default", CONTACT, true, row)
    }

    /// Returns the columns that the filter reads, each once.
    pub fn fields(&self) -> &[Box<str>] {
        &self.fields
    }

    /// Returns whether the filter compares with the mailbox owner.
    pub fn asks_for_user(&self) -> bool {
        self.criterion.tests(&|test| matches!(test, Test::User(_)))
    }

    /// Returns whether the filter depends on the time of the run.
    pub fn counts_days(&self) -> bool {
        self.criterion
            .tests(&|test| matches!(test, Test::LastDays(_)))
    }

    /// Returns whether a record passes. `cells` has its trimmed cells, one for each of [`Filter::fields`]; an owner is
    /// written `type:id`.
    pub fn passes(&self, cells: &[&str], asking: FilterContext<'_>) -> bool {
        self.criterion.holds(cells, asking)
    }
}

impl Criterion {
    /// Creates a row. [`Filter::new`] sets the index of its column.
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

    /// Returns whether `is_such` is true of any test in it.
    fn tests(&self, is_such: &dyn Fn(&Test) -> bool) -> bool {
        match self {
            Criterion::All(group) | Criterion::Any(group) => {
                group.iter().any(|it| it.tests(is_such))
            }
            Criterion::Row { test, .. } => is_such(test),
        }
    }

    fn holds(&self, cells: &[&str], asking: FilterContext<'_>) -> bool {
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
    /// Returns whether the cell passes. If `is_owner`, the cell is the owner of a record, `type:id`, and the value may
    /// be its id alone.
    fn holds(&self, cell: &str, is_owner: bool, asking: FilterContext<'_>) -> bool {
        match self {
            Test::Compare(relation, value) => {
                let cell = if is_owner {
                    owner_like(cell, value.text())
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
                let cell = if is_owner {
                    owner_like(cell, text)
                } else {
                    cell
                };
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

/// Returns an owner in the form of `value`: `type:id` if that has a type, or else the id.
fn owner_like<'c>(owner: &'c str, value: &str) -> &'c str {
    match owner.split_once(':') {
        Some((_, id)) if !value.contains(':') => id,
        _ => owner,
    }
}

/// Returns whether a cell names the user, by `type:id` or, for a record of type `systemuser`, by the id alone.
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

/// The record type that synchronization filters select for matching (R6).
pub(crate) const CONTACT: &str = "contact";
