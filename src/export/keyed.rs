//! A table as a database has it: *keyed*, so that a row that comes again takes the place of the one that is there. What
//! has an id has it as its key. An activity's parties are counted. Other rows get an id that is derived from what they
//! say, and tell their line, by which their order is known.

use std::collections::HashMap;

use uuid::Uuid;

use super::columns::{Cell, Column, Kind, cells, columns};
use crate::export::error::ExportError;
use crate::mail::identity::derived;
use crate::output::committed::reader::Committed;
use crate::output::table::Table;

/// The name space of the ids of rows that have none; never to be changed, as databases have them.
const NAMESPACE: Uuid = Uuid::from_u128(0x0b9d_6c52_77e4_4f0a_9d1b_3a86_c41e_52f7);

/// The party's place among its activity's, from 1.
pub(crate) const ORDINAL: &str = "ordinal";

/// The row's line in the output folder's file, from 1.
pub(crate) const LINE: &str = "line";

/// A table's form in a database.
#[derive(Debug)]
pub(crate) struct Keyed {
    /// Which table.
    pub table: Table,
    /// Its columns; what is added to the rows stands first.
    pub columns: Vec<Column>,
    /// The names of the columns that together are the key.
    pub key: Vec<String>,
    /// The columns that are looked up by.
    pub indexes: &'static [&'static str],
    added: Added,
}

/// A column of a table that a database has already.
#[derive(Debug)]
pub(crate) struct Existing {
    /// Its name.
    pub name: String,
    /// Its type, as the database calls it.
    pub kind: String,
    /// Whether a row must give it a value.
    pub is_demanded: bool,
    /// Whether it is a part of the table's key.
    pub is_key: bool,
}

/// How a table of a database differs from the one that an export makes; the words follow the table's name.
#[derive(Debug, thiserror::Error)]
pub(crate) enum TableMismatch {
    /// A column is missing that every export has.
    #[error("has no column `{name}` ({want})")]
    NoColumn {
        /// The column.
        name: String,
        /// Its type.
        want: &'static str,
    },
    /// A column has another type.
    #[error("has the column `{name}` as {found}, and not as {want}")]
    OtherType {
        /// The column.
        name: String,
        /// Its type in the database.
        found: String,
        /// Its type in an export.
        want: &'static str,
    },
    /// A column belongs to the key and should not, or should and does not.
    #[error("has another key than `{want}`: the column `{name}`")]
    OtherKey {
        /// The column.
        name: String,
        /// The columns of the key in an export.
        want: String,
    },
    /// A column that the export does not write needs a value in every row.
    #[error("has a column `{0}` that every row must give a value")]
    Demanded(String),
}

/// What is added to a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Added {
    Nothing,
    Ordinal,
    IdAndLine,
}

impl Keyed {
    /// The form of a table, with the columns that its rows have.
    ///
    /// # Errors
    /// If the table cannot be read.
    pub(crate) fn of(from: &Committed, table: Table) -> Result<Keyed, ExportError> {
        let (key, added, indexes): (&[&str], Added, &[&str]) = match table {
            Table::Emails => (
                &["activityid"],
                Added::Nothing,
                &["messageid", "receivedon", "regardingobjectid"],
            ),
            Table::ActivityParties => (
                &["activityid", ORDINAL],
                Added::Ordinal,
                &["partyid", "addressused"],
            ),
            Table::Contacts => (
                &["contactid"],
                Added::Nothing,
                &["emailaddress1", "activityid"],
            ),
            Table::Leads => (
                &["leadid"],
                Added::Nothing,
                &["emailaddress1", "activityid"],
            ),
            Table::Decisions => (
                &["decisionid"],
                Added::IdAndLine,
                &["source", "activityid", "reason", "receivedon"],
            ),
            Table::Updates => (&["updateid"], Added::IdAndLine, &["activityid"]),
            Table::Duplicates => (&["duplicateid"], Added::IdAndLine, &["emailaddress1"]),
            Table::Failures => (&["failureid"], Added::IdAndLine, &["source"]),
            Table::Sent => (&["activityid"], Added::Nothing, &["messageid"]),
            Table::Failed => (&["failedid"], Added::IdAndLine, &["source"]),
        };
        let new = |name: &str, kind| Column {
            name: name.to_owned(),
            kind,
            is_nullable: false,
            is_further: false,
        };
        let mut all = match added {
            Added::Nothing => Vec::new(),
            Added::Ordinal => vec![new(ORDINAL, Kind::Integer)],
            Added::IdAndLine => vec![new(key[0], Kind::Uuid), new(LINE, Kind::Integer)],
        };
        all.extend(columns(from, table)?);
        Ok(Keyed {
            table,
            columns: all,
            key: key.iter().map(|name| (*name).to_owned()).collect(),
            indexes,
            added,
        })
    }

    /// Whether a column is a part of the key.
    pub(crate) fn is_key(&self, column: &Column) -> bool {
        self.key.contains(&column.name)
    }

    /// The key's columns, as SQL lists them.
    pub(crate) fn key_list(&self) -> String {
        let names: Vec<String> = self.key.iter().map(|it| quoted(it)).collect();
        names.join(", ")
    }

    /// The columns, as SQL lists them.
    pub(crate) fn column_list(&self) -> String {
        let names: Vec<String> = self.columns.iter().map(|it| quoted(&it.name)).collect();
        names.join(", ")
    }

    /// The beginning and the end of the statement by which rows come into a table, or take the place of those that are
    /// there.
    pub(crate) fn upsert(&self, into: &str) -> (String, String) {
        let values = self.columns.iter().filter(|it| !self.is_key(it));
        let set: Vec<String> = values
            .map(|it| format!("{0} = excluded.{0}", quoted(&it.name)))
            .collect();
        (
            format!("INSERT INTO {into} ({})", self.column_list()),
            format!(
                "ON CONFLICT ({}) DO UPDATE SET {}",
                self.key_list(),
                set.join(", ")
            ),
        )
    }

    /// The columns that a table of a database lacks and may get, `type_of` being what the database calls a kind. Columns
    /// of the table's own are let be where a row need not give them a value.
    ///
    /// # Errors
    /// If it is another table: what is wrong with it.
    pub(crate) fn missing<'k>(
        &'k self,
        existing: &[Existing],
        type_of: impl Fn(Kind) -> &'static str,
    ) -> Result<Vec<&'k Column>, TableMismatch> {
        let mut missing = Vec::new();
        for column in &self.columns {
            let (name, want) = (&column.name, type_of(column.kind));
            match existing.iter().find(|it| it.name == *name) {
                None if column.is_further => missing.push(column),
                None => {
                    return Err(TableMismatch::NoColumn {
                        name: name.clone(),
                        want,
                    });
                }
                Some(it) if !it.kind.eq_ignore_ascii_case(want) => {
                    return Err(TableMismatch::OtherType {
                        name: name.clone(),
                        found: it.kind.clone(),
                        want,
                    });
                }
                Some(it) if it.is_key != self.is_key(column) => {
                    return Err(TableMismatch::OtherKey {
                        name: name.clone(),
                        want: self.key.join("`, `"),
                    });
                }
                Some(_) => {}
            }
        }
        for it in existing {
            if self.columns.iter().any(|column| column.name == it.name) {
                continue;
            }
            if it.is_key || it.is_demanded {
                return Err(TableMismatch::Demanded(it.name.clone()));
            }
        }
        Ok(missing)
    }

    /// Gives the rows in order, with what is added to them.
    ///
    /// # Errors
    /// As [`Committed::each`], and where a row is not as it was written.
    pub(crate) fn each_row(
        &self,
        from: &Committed,
        mut take: impl FnMut(Vec<Cell>) -> Result<(), ExportError>,
    ) -> Result<(), ExportError> {
        let own = match self.added {
            Added::Nothing => &self.columns[..],
            Added::Ordinal => &self.columns[1..],
            Added::IdAndLine => &self.columns[2..],
        };
        let mut numbering = Numbering::default();
        from.each_line(self.table, |line, row| {
            let mut cells = cells(row, own, line)?;
            match self.added {
                Added::Nothing => {}
                Added::Ordinal => cells.insert(0, numbering.ordinal(&cells)),
                Added::IdAndLine => {
                    let id = numbering.id(self.table, line.text);
                    let line = Cell::Integer(i64::try_from(line.number).unwrap_or(i64::MAX));
                    cells.splice(0..0, [Cell::Uuid(id), line]);
                }
            }
            take(cells)
        })
    }
}

/// What numbers rows, one after another.
#[derive(Default)]
struct Numbering {
    ordinal: i64,
    activity: Option<Cell>,
    /// How often an id was asked for, by half of it: rows may be alike, such as decisions that were made anew.
    given: HashMap<u64, u64>,
}

impl Numbering {
    /// The place of a party: all parties of an activity stand together, the activity in the first column.
    fn ordinal(&mut self, cells: &[Cell]) -> Cell {
        if self.activity.as_ref() != cells.first() {
            self.activity = cells.first().cloned();
            self.ordinal = 0;
        }
        self.ordinal += 1;
        Cell::Integer(self.ordinal)
    }

    /// The id of a row, by what it says: of rows that are alike for the first, the second ...
    fn id(&mut self, table: Table, text: &str) -> Uuid {
        let id = derived(
            &NAMESPACE,
            &[table.name().as_bytes(), b"\0", text.as_bytes()],
        );
        let nth = self.given.entry(id.as_u64_pair().0).or_default();
        *nth += 1;
        match *nth {
            1 => id,
            nth => derived(&id, &[&nth.to_le_bytes()]),
        }
    }
}

/// A name, as SQL writes one that may be a word of its own, such as `references`.
pub(crate) fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}
