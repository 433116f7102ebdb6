//! The *columns* of a table with their kinds, according to its schema, and the typed cells of a row.

use std::collections::BTreeSet;

use jiff::Timestamp;
use serde_json::Value;
use uuid::Uuid;

use crate::export::error::ExportError;
use crate::output::committed::reader::{Committed, JsonRow};
use crate::output::committed::rows::JsonLine;
use crate::output::schema::Document;
use crate::output::table::Table;

/// The kind of a column's values.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ColumnType {
    /// Text, including ids in whatever form a CRM has given.
    Text,
    /// An id derived by this program.
    Uuid,
    /// An integer.
    Integer,
    /// A boolean.
    Boolean,
    /// A time, in UTC.
    Time,
    /// A list of texts.
    Texts,
    /// A list of objects.
    Objects,
}

/// A column.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct TableColumn {
    /// Its name, the key in a row.
    pub name: String,
    /// The kind of its values.
    pub kind: ColumnType,
    /// Whether a row may have no value.
    pub is_nullable: bool,
    /// Whether it is one of the columns that some runs have filled from vCards.
    pub is_further: bool,
}

/// The columns whose ids this program has derived; other ids may be the CRM's.
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

/// Returns the columns of a table: those that every row has, in the order of the rows' keys, followed by those that
/// some runs have filled from vCards, by name.
///
/// # Errors
/// If the table cannot be read.
pub(crate) fn columns(from: &Committed, table: Table) -> Result<Vec<TableColumn>, ExportError> {
    let mut columns = usual(table);
    if matches!(table, Table::Contacts | Table::Leads) {
        let mut further = BTreeSet::new();
        from.each::<_, ExportError>(table, |row: JsonRow| {
            further.extend(row.into_iter().map(|(key, _)| key));
            Ok(())
        })?;
        further.retain(|key| columns.iter().all(|column| column.name != *key));
        columns.extend(further.into_iter().map(|name| TableColumn {
            name,
            kind: ColumnType::Text,
            is_nullable: true,
            is_further: true,
        }));
    }
    Ok(columns)
}

/// Returns the columns that every row has.
fn usual(table: Table) -> Vec<TableColumn> {
    let schema = Document::Line(table).schema();
    let keys = schema.get("required").and_then(Value::as_array);
    let keys = keys.into_iter().flatten().filter_map(Value::as_str);
    let column = |key: &str| {
        let of = schema.pointer(&format!("/properties/{key}"));
        let of = of.unwrap_or(&Value::Null);
        let kind = match DERIVED.contains(&(table, key)) {
            true => ColumnType::Uuid,
            false => kind(of),
        };
        TableColumn {
            name: key.to_owned(),
            kind,
            is_nullable: may_be(of, "null"),
            is_further: false,
        }
    };
    keys.map(column).collect()
}

fn kind(property: &Value) -> ColumnType {
    if may_be(property, "array") {
        let of = property.pointer("/items/$ref").and_then(Value::as_str);
        let is_text = of.is_none_or(|name| name.ends_with("/Reference"));
        return if is_text {
            ColumnType::Texts
        } else {
            ColumnType::Objects
        };
    }
    let is_time = property.get("format").is_some_and(|it| it == "date-time");
    match () {
        () if may_be(property, "integer") => ColumnType::Integer,
        () if may_be(property, "boolean") => ColumnType::Boolean,
        () if is_time => ColumnType::Time,
        () => ColumnType::Text,
    }
}

/// Returns whether a schema allows a value of this type.
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

/// A value of a row, typed by its column.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Cell {
    /// No value.
    Null,
    /// See [`ColumnType::Text`].
    Text(String),
    /// See [`ColumnType::Uuid`].
    Uuid(Uuid),
    /// See [`ColumnType::Integer`].
    Integer(i64),
    /// See [`ColumnType::Boolean`].
    Boolean(bool),
    /// See [`ColumnType::Time`].
    Time(Timestamp),
    /// See [`ColumnType::Texts`].
    Texts(Vec<String>),
    /// See [`ColumnType::Objects`]: an array.
    Objects(Value),
}

impl Cell {
    /// Converts a value; returns `None` if it is not of the column's kind.
    pub(crate) fn of(value: Option<Value>, column: &TableColumn) -> Option<Cell> {
        let cell = match (column.kind, value) {
            (_, None | Some(Value::Null)) => return column.is_nullable.then_some(Cell::Null),
            (ColumnType::Text, Some(Value::String(text))) => Cell::Text(text),
            (ColumnType::Uuid, Some(Value::String(text))) => Cell::Uuid(text.parse().ok()?),
            (ColumnType::Integer, Some(Value::Number(number))) => Cell::Integer(number.as_i64()?),
            (ColumnType::Boolean, Some(Value::Bool(is_so))) => Cell::Boolean(is_so),
            (ColumnType::Time, Some(Value::String(text))) => Cell::Time(text.parse().ok()?),
            (ColumnType::Texts, Some(Value::Array(entries))) => {
                let texts = entries.into_iter().map(|entry| match entry {
                    Value::String(text) => Some(text),
                    _ => None,
                });
                Cell::Texts(texts.collect::<Option<_>>()?)
            }
            (ColumnType::Objects, Some(list @ Value::Array(_))) => Cell::Objects(list),
            _ => return None,
        };
        Some(cell)
    }
}

/// Converts a row into cells, in the order of the columns.
///
/// # Errors
/// If a value is not of the kind of its column.
pub(super) fn cells(
    mut row: JsonRow,
    columns: &[TableColumn],
    line: &JsonLine<'_>,
) -> Result<Vec<Cell>, ExportError> {
    let cell = |column: &TableColumn| {
        let cell = Cell::of(row.remove(&column.name), column);
        let altered = || line.altered(format!("`{}` is not what runs write", column.name));
        cell.ok_or_else(|| altered().into())
    };
    columns.iter().map(cell).collect()
}

#[cfg(test)]
mod tests {
    use super::{ColumnType, usual};
    use crate::output::table::Table;

    /// The kind of a new column follows from its schema; users of databases see it in this table.
    #[test]
    fn every_column_has_its_kind() {
        let mut all = String::new();
        for table in Table::ALL {
            for column in usual(table).iter().filter(|it| it.kind != ColumnType::Text) {
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
