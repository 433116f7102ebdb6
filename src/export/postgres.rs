//! Exports every table to a PostgreSQL database in one transaction: rows are copied into a temporary table, and from
//! there inserted, replacing existing rows with the same key.

use postgres::Transaction;
use postgres::binary_copy::BinaryCopyInWriter;
use postgres::types::{ToSql, Type};
use serde_json::Value;
use uuid::Uuid;

use super::columns::{Cell, ColumnType, TableColumn};
use super::keyed::{Existing, Keyed, ORDINAL, quoted};
use crate::base::postgresql::Database;
use crate::export::error::ExportError;
use crate::output::committed::reader::Committed;
use crate::output::table::Table;

/// The temporary table that rows are copied into.
const ASIDE: &str = "pg_temp.mailtrack_export";

/// Replaces a NUL, which PostgreSQL does not allow in text.
const NO_NUL: &str = "\u{FFFD}";

/// The result of an export.
#[derive(Debug)]
pub(crate) struct Exported {
    /// The number of rows written to each table.
    pub counts: Vec<(Table, u64)>,
    /// The number of values with a NUL, which was replaced by U+FFFD.
    pub values_with_nul: u64,
}

/// Writes every table into the schema, which is created if it does not exist, or into the user's schema: either all
/// tables or none.
///
/// # Errors
/// If a table cannot be read, the database has a different table of that name, or the database reports an error.
pub(crate) fn to_postgres(
    from: &Committed,
    database: &mut Database,
    schema: Option<&str>,
) -> Result<Exported, ExportError> {
    let place = database.name().to_owned();
    let failed = |error: postgres::Error| problem(&place, &error);
    let mut transaction = database.client.transaction().map_err(failed)?;
    let schema = match schema {
        Some(name) => {
            make_schema(&mut transaction, name).map_err(failed)?;
            name.to_owned()
        }
        None => current_schema(&mut transaction, &place)?,
    };
    let mut exported = Exported {
        counts: Vec::new(),
        values_with_nul: 0,
    };
    for table in Table::ALL {
        let keyed = Keyed::of(from, table)?;
        let mut out = PostgresWriter {
            transaction: &mut transaction,
            place: &place,
            schema: &schema,
            keyed: &keyed,
            values_with_nul: 0,
        };
        let count = out.write(from)?;
        exported.values_with_nul += out.values_with_nul;
        exported.counts.push((table, count));
    }
    transaction.commit().map_err(failed)?;
    Ok(exported)
}

fn problem(place: &str, error: &postgres::Error) -> ExportError {
    ExportError::Failed {
        place: place.into(),
        problem: format!(
            "cannot be written, and is as it was: {}",
            crate::base::postgresql::error::words(error)
        ),
    }
}

/// Creates a schema if it does not exist. A user of an existing schema need not be allowed to create one.
fn make_schema(transaction: &mut Transaction<'_>, name: &str) -> Result<(), postgres::Error> {
    let found = transaction.query_opt("SELECT FROM pg_namespace WHERE nspname = $1", &[&name])?;
    match found {
        Some(_) => Ok(()),
        None => transaction.batch_execute(&format!("CREATE SCHEMA {}", quoted(name))),
    }
}

fn current_schema(transaction: &mut Transaction<'_>, place: &str) -> Result<String, ExportError> {
    let asked = transaction.query_one("SELECT current_schema()::text", &[]);
    let row = asked.map_err(|error| problem(place, &error))?;
    let name: Option<String> = row.try_get(0).map_err(|error| problem(place, &error))?;
    name.ok_or_else(|| ExportError::Place {
        place: place.into(),
        problem: "the user has no schema to write to; name one with --schema".into(),
    })
}

/// A table that is being written.
struct PostgresWriter<'o, 't> {
    transaction: &'o mut Transaction<'t>,
    place: &'o str,
    schema: &'o str,
    keyed: &'o Keyed,
    values_with_nul: u64,
}

impl PostgresWriter<'_, '_> {
    /// Returns the table's name with its schema.
    fn name(&self) -> String {
        format!(
            "{}.{}",
            quoted(self.schema),
            quoted(self.keyed.table.name())
        )
    }

    fn failed(&self, error: &postgres::Error) -> ExportError {
        problem(self.place, error)
    }

    fn execute(&mut self, sql: &str) -> Result<(), ExportError> {
        let done = self.transaction.batch_execute(sql);
        done.map_err(|error| self.failed(&error))
    }

    fn write(&mut self, from: &Committed) -> Result<u64, ExportError> {
        self.prepare_table()?;
        let columns: Vec<String> = self.keyed.columns.iter().map(definition).collect();
        self.execute(&format!(
            "CREATE TEMP TABLE {ASIDE} ({}) ON COMMIT DROP",
            columns.join(", ")
        ))?;
        let count = self.copy(from)?;
        let (into, otherwise) = self.keyed.upsert(&self.name());
        let columns = self.keyed.column_list();
        self.execute(&format!("{into} SELECT {columns} FROM {ASIDE} {otherwise}"))?;
        if self.keyed.table == Table::ActivityParties {
            // Remove parties that an activity no longer has.
            let table = self.name();
            self.execute(&format!(
                "DELETE FROM {table} USING (SELECT activityid, max({ORDINAL}) AS last FROM {ASIDE} GROUP BY 1) AS now
                 WHERE {table}.activityid = now.activityid AND {ORDINAL} > now.last"
            ))?;
        }
        self.execute(&format!("DROP TABLE {ASIDE}"))?;
        self.make_indexes()?;
        Ok(count)
    }

    /// Creates the table, or checks the existing one.
    fn prepare_table(&mut self) -> Result<(), ExportError> {
        let existing = self.existing();
        let existing = existing.map_err(|error| self.failed(&error))?;
        let Some(existing) = existing else {
            let mut lines: Vec<String> = self.keyed.columns.iter().map(definition).collect();
            lines.push(format!("PRIMARY KEY ({})", self.keyed.key_list()));
            let sql = format!("CREATE TABLE {} ({})", self.name(), lines.join(", "));
            return self.execute(&sql);
        };
        let missing = self.keyed.missing(&existing, type_of);
        let missing = missing.map_err(|problem| ExportError::Place {
            place: self.place.into(),
            problem: format!(
                "the table `{}.{}` {problem}, so this program did not make it; give another --schema, or rename the table",
                self.schema,
                self.keyed.table.name()
            ),
        })?;
        for column in missing {
            let sql = format!(
                "ALTER TABLE {} ADD COLUMN {}",
                self.name(),
                definition(column)
            );
            self.execute(&sql)?;
        }
        Ok(())
    }

    /// Returns the columns of the existing table.
    fn existing(&mut self) -> Result<Option<Vec<Existing>>, postgres::Error> {
        let name = &[
            &self.schema as &(dyn ToSql + Sync),
            &self.keyed.table.name(),
        ];
        let found = self.transaction.query_opt(
            "SELECT FROM pg_class JOIN pg_namespace ON pg_namespace.oid = relnamespace
             WHERE nspname = $1 AND relname = $2",
            name,
        )?;
        if found.is_none() {
            return Ok(None);
        }
        let rows = self.transaction.query(
            "SELECT attname::text, format_type(atttypid, atttypmod),
                    attnotnull AND NOT atthasdef AND attidentity = '', attnum = ANY (coalesce(indkey, '')::int2[])
             FROM pg_class JOIN pg_namespace ON pg_namespace.oid = relnamespace
                  JOIN pg_attribute ON attrelid = pg_class.oid AND attnum > 0 AND NOT attisdropped
                  LEFT JOIN pg_index ON indrelid = pg_class.oid AND indisprimary
             WHERE nspname = $1 AND relname = $2 ORDER BY attnum",
            name,
        )?;
        let column = |row: &postgres::Row| {
            Ok(Existing {
                name: row.try_get(0)?,
                kind: row.try_get(1)?,
                is_demanded: row.try_get(2)?,
                is_key: row.try_get(3)?,
            })
        };
        let columns: Result<_, postgres::Error> = rows.iter().map(column).collect();
        columns.map(Some)
    }

    fn copy(&mut self, from: &Committed) -> Result<u64, ExportError> {
        let (place, keyed) = (self.place, self.keyed);
        let failed = |error: postgres::Error| problem(place, &error);
        let columns = keyed.column_list();
        let sql = format!("COPY {ASIDE} ({columns}) FROM STDIN (FORMAT binary)");
        let types: Vec<Type> = keyed.columns.iter().map(|it| wire_type(it.kind)).collect();
        let copied = self.transaction.copy_in(&sql).map_err(failed)?;
        let mut writer = BinaryCopyInWriter::new(copied, &types);
        let mut values_with_nul = 0;
        keyed.each_row(from, |mut cells| {
            for cell in &mut cells {
                values_with_nul += u64::from(without_nul(cell));
            }
            let values: Vec<&(dyn ToSql + Sync)> = cells
                .iter()
                .zip(&keyed.columns)
                .map(|(cell, column)| value(cell, column.kind))
                .collect();
            writer.write(&values).map_err(failed)
        })?;
        self.values_with_nul += values_with_nul;
        writer.finish().map_err(failed)
    }

    /// Creates the indexes. Text is only compared for equality and may be too long for an ordered index, so its index
    /// is a hash index.
    fn make_indexes(&mut self) -> Result<(), ExportError> {
        let table = self.keyed.table.name();
        for name in self.keyed.indexes {
            let column = self.keyed.columns.iter().find(|it| it.name == *name);
            let is_text = column.is_some_and(|it| it.kind == ColumnType::Text && *name != "reason");
            let method = if is_text { "hash" } else { "btree" };
            let sql = format!(
                "CREATE INDEX IF NOT EXISTS {} ON {} USING {method} ({})",
                quoted(&format!("{table}_{name}")),
                self.name(),
                quoted(name)
            );
            self.execute(&sql)?;
        }
        Ok(())
    }
}

fn definition(column: &TableColumn) -> String {
    let null = if column.is_nullable { "" } else { " NOT NULL" };
    format!("{} {}{null}", quoted(&column.name), type_of(column.kind))
}

fn type_of(kind: ColumnType) -> &'static str {
    match kind {
        ColumnType::Text => "text",
        ColumnType::Uuid => "uuid",
        ColumnType::Integer => "bigint",
        ColumnType::Boolean => "boolean",
        ColumnType::Time => "timestamp with time zone",
        ColumnType::Texts => "text[]",
        ColumnType::Objects => "jsonb",
    }
}

fn wire_type(kind: ColumnType) -> Type {
    match kind {
        ColumnType::Text => Type::TEXT,
        ColumnType::Uuid => Type::UUID,
        ColumnType::Integer => Type::INT8,
        ColumnType::Boolean => Type::BOOL,
        ColumnType::Time => Type::TIMESTAMPTZ,
        ColumnType::Texts => Type::TEXT_ARRAY,
        ColumnType::Objects => Type::JSONB,
    }
}

fn value(cell: &Cell, kind: ColumnType) -> &(dyn ToSql + Sync) {
    match cell {
        Cell::Text(it) => it,
        Cell::Uuid(it) => it,
        Cell::Integer(it) => it,
        Cell::Boolean(it) => it,
        Cell::Time(it) => it,
        Cell::Texts(it) => it,
        Cell::Objects(it) => it,
        Cell::Null => match kind {
            ColumnType::Text => &None::<String>,
            ColumnType::Uuid => &None::<Uuid>,
            ColumnType::Integer => &None::<i64>,
            ColumnType::Boolean => &None::<bool>,
            ColumnType::Time => &None::<jiff::Timestamp>,
            ColumnType::Texts => &None::<Vec<String>>,
            ColumnType::Objects => &None::<Value>,
        },
    }
}

/// Replaces every NUL; returns whether there was one.
fn without_nul(cell: &mut Cell) -> bool {
    match cell {
        Cell::Text(text) => replace(text),
        Cell::Texts(texts) => texts
            .iter_mut()
            .fold(false, |had, text| replace(text) | had),
        Cell::Objects(value) => replace_within(value),
        _ => false,
    }
}

fn replace(text: &mut String) -> bool {
    let has_nul = text.contains('\0');
    if has_nul {
        *text = text.replace('\0', NO_NUL);
    }
    has_nul
}

/// The keys of objects are this program's and contain no NUL.
fn replace_within(value: &mut Value) -> bool {
    match value {
        Value::String(text) => replace(text),
        Value::Array(entries) => entries
            .iter_mut()
            .fold(false, |had, it| replace_within(it) | had),
        Value::Object(entries) => {
            let values = entries.iter_mut().map(|(_, it)| it);
            values.fold(false, |had, it| replace_within(it) | had)
        }
        _ => false,
    }
}
