//! The *columns* whose cells a book keeps besides those that resolution needs, because a filter reads them (R10).

use std::collections::{BTreeMap, BTreeSet};

use super::filter::Filter;

/// Columns by record type, both with their logical names.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Columns(BTreeMap<Box<str>, BTreeSet<Box<str>>>);

impl Columns {
    /// Returns the columns that filters read.
    pub fn of_filters<'f>(filters: impl IntoIterator<Item = &'f Filter>) -> Columns {
        let mut columns = Columns::default();
        for filter in filters {
            let of_type = columns.0.entry(filter.record.clone()).or_default();
            of_type.extend(filter.fields().iter().cloned());
        }
        columns
    }

    /// Returns the columns that name the company of a contact or lead.
    pub fn of_companies() -> Columns {
        let parent = ["parentcustomerid", "parentcustomeridname", "companyname"];
        let of = |kind: &str, columns: &[&str]| {
            let columns = columns.iter().map(|&column| column.into());
            (kind.into(), columns.collect())
        };
        Columns([of("contact", &parent), of("lead", &["companyname"])].into())
    }

    /// Adds the columns of `other`.
    pub fn add(&mut self, other: Columns) {
        for (kind, columns) in other.0 {
            self.0.entry(kind).or_default().extend(columns);
        }
    }

    /// Returns whether there are no columns.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Returns whether the column of this record type is one of them.
    pub fn has(&self, kind: &str, column: &str) -> bool {
        self.0
            .get(kind)
            .is_some_and(|columns| columns.contains(column))
    }
}
