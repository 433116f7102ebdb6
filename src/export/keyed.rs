//! The tables in the form of a database: with a primary key, so that a row that is exported again replaces the existing
//! one. If rows have an id, it is the key. The parties of an activity are numbered. Other rows get an id derived from
//! their content, and their line number, which gives their order.

use std::collections::HashMap;

use uuid::Uuid;

use super::columns::{Cell, ColumnType, TableColumn, cells, columns};
use crate::export::error::ExportError;
use crate::mail::identity::derived;
use crate::output::committed::reader::Committed;
use crate::output::table::Table;

/// The namespace of ids for rows without one. It must never change, because databases contain these ids.
const NAMESPACE: Uuid = Uuid::from_u128(0x0b9d_6c52_77e4_4f0a_9d1b_3a86_c41e_52f7);

/// The column with a party's position among the parties of its activity, from 1.
pub(crate) const ORDINAL: &str = "ordinal";

/// The column with a row's line number in the file of the output folder, from 1.
pub(crate) const LINE: &str = "line";

/// The form of a table in a database.
#[derive(Debug)]
pub(crate) struct Keyed {
    /// The table.
    pub table: Table,
    /// Its columns; those added to the rows come first.
    pub columns: Vec<TableColumn>,
    /// The names of the columns of the primary key.
    pub key: Vec<String>,
    /// The columns that get an index.
    pub indexes: &'static [&'static str],
    added: Added,
}

/// A column of an existing table in a database.
#[derive(Debug)]
pub(crate) struct Existing {
    /// Its name.
    pub name: String,
    /// The name of its type in the database.
    pub kind: String,
    /// Whether every row must have a value for it.
    pub is_demanded: bool,
    /// Whether it is a part of the primary key.
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

/// The columns that are added to a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Added {
    Nothing,
    Ordinal,
    IdAndLine,
}

impl Keyed {
    /// Returns the form of a table, with the columns that its rows have.
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
        let new = |name: &str, kind| TableColumn {
            name: name.to_owned(),
            kind,
            is_nullable: false,
            is_further: false,
        };
        let mut all = match added {
            Added::Nothing => Vec::new(),
            Added::Ordinal => vec![new(ORDINAL, ColumnType::Integer)],
            Added::IdAndLine => vec![
                new(key[0], ColumnType::Uuid),
                new(LINE, ColumnType::Integer),
            ],
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

    /// Returns whether a column is a part of the key.
    pub(crate) fn is_key(&self, column: &TableColumn) -> bool {
        self.key.contains(&column.name)
    }

    /// Returns the key's columns as an SQL list.
    pub(crate) fn key_list(&self) -> String {
        let names: Vec<String> = self.key.iter().map(|it| quoted(it)).collect();
        names.join(", ")
    }

    /// Returns the columns as an SQL list.
    pub(crate) fn column_list(&self) -> String {
        let names: Vec<String> = self.columns.iter().map(|it| quoted(&it.name)).collect();
        names.join(", ")
    }

    /// Returns the beginning and the end of a statement that inserts rows or replaces existing ones with the same key.
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

    /// Returns the columns that an existing table lacks and may get; `type_of` returns the database's type of a kind.
    /// Additional columns of the table are accepted unless a row must have a value for them.
    ///
    /// # Errors
    /// If the existing table is a different one, with the reason.
    pub(crate) fn missing<'k>(
        &'k self,
        existing: &[Existing],
        type_of: impl Fn(ColumnType) -> &'static str,
    ) -> Result<Vec<&'k TableColumn>, TableMismatch> {
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

    /// Passes the rows to `take` in order, with the added columns.
    ///
    /// # Errors
    /// Those of [`Committed::each`], or if a row was altered.
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

/// Assigns numbers and ids to rows.
#[derive(Default)]
struct Numbering {
    ordinal: i64,
    activity: Option<Cell>,
    /// How often an id was assigned, by its first half. Rows can be equal, such as the same decision made again.
    given: HashMap<u64, u64>,
}

impl Numbering {
    /// Returns the position of a party. The parties of an activity are consecutive; the activity is in the first
    /// column.
    fn ordinal(&mut self, cells: &[Cell]) -> Cell {
        if self.activity.as_ref() != cells.first() {
            self.activity = cells.first().cloned();
            self.ordinal = 0;
        }
        self.ordinal += 1;
        Cell::Integer(self.ordinal)
    }

    /// Returns the id of a row, derived from its content and, if it equals earlier rows, from their number.
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

/// Returns a quoted SQL name, which may then be a keyword such as `references`.
pub(crate) fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}
