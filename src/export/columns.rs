//! The *columns* of a table and what kind of value each holds, as its schema says; and the cells of a row, typed.

use std::collections::BTreeSet;

use jiff::Timestamp;
use serde_json::Value;
use uuid::Uuid;

use crate::export::error::ExportError;
use crate::output::committed::reader::{Committed, Row};
use crate::output::committed::rows::Line;
use crate::output::schema::Document;
use crate::output::table::Table;

/// What a column holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// Text; of an id also one that a CRM has given, in whatever form.
    Text,
    /// An id that this program has derived.
    Uuid,
    /// A whole number.
    Integer,
    /// Yes or no.
    Boolean,
    /// A moment, in UTC.
    Time,
    /// A list of texts.
    Texts,
    /// A list of objects.
    Objects,
}

/// A column.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Column {
    /// Its name: the key in a row.
    pub name: String,
    /// What it holds.
    pub kind: Kind,
    /// Whether a row may have no value.
    pub is_nullable: bool,
    /// Whether only some runs have filled it, from vCards.
    pub is_further: bool,
}

/// The ids that this program has derived, by table; other ids may be the CRM's.
const DERIVED: [(Table, &str); 8] = [
    (Table::Emails, "activityid"),
    (Table::ActivityParties, "activityid"),
    (Table::Contacts, "contactid"),
    (Table::Contacts, "activityid"),
    (Table::Leads, "leadid"),
    (Table::Leads, "activityid"),
    (Table::Duplicates, "activityid"),
    (Table::Sent, "activityid"),
];

/// A table's columns: those that every row has, in the order of the rows' keys, and after them those that only some
/// runs have filled from vCards, by name.
///
/// # Errors
/// Where the table cannot be read.
pub(crate) fn columns(from: &Committed, table: Table) -> Result<Vec<Column>, ExportError> {
    let mut columns = usual(table);
    if matches!(table, Table::Contacts | Table::Leads) {
        let mut further = BTreeSet::new();
        from.each::<_, ExportError>(table, |row: Row| {
            further.extend(row.into_iter().map(|(key, _)| key));
            Ok(())
        })?;
        further.retain(|key| columns.iter().all(|column| column.name != *key));
        columns.extend(further.into_iter().map(|name| Column {
            name,
            kind: Kind::Text,
            is_nullable: true,
            is_further: true,
        }));
    }
    Ok(columns)
}

/// The columns that every row has.
fn usual(table: Table) -> Vec<Column> {
    let schema = Document::Line(table).schema();
    let keys = schema.get("required").and_then(Value::as_array);
    let keys = keys.into_iter().flatten().filter_map(Value::as_str);
    let column = |key: &str| {
        let of = schema.pointer(&format!("/properties/{key}"));
        let of = of.unwrap_or(&Value::Null);
        let kind = match DERIVED.contains(&(table, key)) {
            true => Kind::Uuid,
            false => kind(of),
        };
        Column {
            name: key.to_owned(),
            kind,
            is_nullable: may_be(of, "null"),
            is_further: false,
        }
    };
    keys.map(column).collect()
}

fn kind(property: &Value) -> Kind {
    if may_be(property, "array") {
        let of = property.pointer("/items/$ref").and_then(Value::as_str);
        let is_text = of.is_none_or(|name| name.ends_with("/Reference"));
        return if is_text { Kind::Texts } else { Kind::Objects };
    }
    let is_time = property.get("format").is_some_and(|it| it == "date-time");
    match () {
        () if may_be(property, "integer") => Kind::Integer,
        () if may_be(property, "boolean") => Kind::Boolean,
        () if is_time => Kind::Time,
        () => Kind::Text,
    }
}

/// Whether a value of this type is among what a schema allows.
fn may_be(property: &Value, name: &str) -> bool {
    match property.get("type") {
        Some(Value::Array(names)) => names.iter().any(|it| it == name),
        Some(one) => one == name,
        None => {
            let any = property.get("anyOf").and_then(Value::as_array);
            any.into_iter().flatten().any(|it| may_be(it, name))
        }
    }
}

/// A value of a row, as its column says.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Cell {
    /// No value.
    Null,
    /// As [`Kind::Text`].
    Text(String),
    /// As [`Kind::Uuid`].
    Uuid(Uuid),
    /// As [`Kind::Integer`].
    Integer(i64),
    /// As [`Kind::Boolean`].
    Boolean(bool),
    /// As [`Kind::Time`].
    Time(Timestamp),
    /// As [`Kind::Texts`].
    Texts(Vec<String>),
    /// As [`Kind::Objects`]: an array.
    Objects(Value),
}

impl Cell {
    /// The cell of a value; `None` if it is not what the column holds.
    pub(crate) fn of(value: Option<Value>, column: &Column) -> Option<Cell> {
        let cell = match (column.kind, value) {
            (_, None | Some(Value::Null)) => return column.is_nullable.then_some(Cell::Null),
            (Kind::Text, Some(Value::String(text))) => Cell::Text(text),
            (Kind::Uuid, Some(Value::String(text))) => Cell::Uuid(text.parse().ok()?),
            (Kind::Integer, Some(Value::Number(number))) => Cell::Integer(number.as_i64()?),
            (Kind::Boolean, Some(Value::Bool(is_so))) => Cell::Boolean(is_so),
            (Kind::Time, Some(Value::String(text))) => Cell::Time(text.parse().ok()?),
            (Kind::Texts, Some(Value::Array(entries))) => {
                let texts = entries.into_iter().map(|entry| match entry {
                    Value::String(text) => Some(text),
                    _ => None,
                });
                Cell::Texts(texts.collect::<Option<_>>()?)
            }
            (Kind::Objects, Some(list @ Value::Array(_))) => Cell::Objects(list),
            _ => return None,
        };
        Some(cell)
    }
}

/// The cells of a row, in the order of the columns.
///
/// # Errors
/// Where a value is not of the kind that its column holds.
pub(super) fn cells(
    mut row: Row,
    columns: &[Column],
    line: &Line<'_>,
) -> Result<Vec<Cell>, ExportError> {
    let cell = |column: &Column| {
        let cell = Cell::of(row.remove(&column.name), column);
        let altered = || line.altered(format!("`{}` is not what runs write", column.name));
        cell.ok_or_else(|| altered().into())
    };
    columns.iter().map(cell).collect()
}

#[cfg(test)]
mod tests {
    use super::{Kind, usual};
    use crate::output::table::Table;

    /// A new column gets its kind by its schema; this table is what users of databases see of it.
    #[test]
    fn every_column_has_its_kind() {
        let mut all = String::new();
        for table in Table::ALL {
            for column in usual(table).iter().filter(|it| it.kind != Kind::Text) {
                let null = if column.is_nullable { "?" } else { "" };
                all += &format!(
                    "{}.{}: {:?}{null}\n",
                    table.name(),
                    column.name,
                    column.kind
                );
            }
        }
        let want = "\
emails.activityid: Uuid
emails.senton: Time?
emails.receivedon: Time?
emails.directioncode: Boolean
emails.references: Texts
emails.correlationmethod: Integer
emails.attachments: Objects?
activityparties.activityid: Uuid
activityparties.participationtypemask: Integer
activityparties.outofscope: Boolean
contacts.contactid: Uuid
contacts.createdon: Time?
contacts.activityid: Uuid
leads.leadid: Uuid
leads.createdon: Time?
leads.activityid: Uuid
decisions.receivedon: Time?
decisions.tracked: Boolean
decisions.correlationmethod: Integer?
decisions.created: Texts
decisions.notcreated: Objects
duplicates.activityid: Uuid
sent.activityid: Uuid
sent.senton: Time?
sent.recipients: Texts
";
        assert_eq!(all, want);
    }
}
