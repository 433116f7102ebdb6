//! Exports every table as a typed Parquet file, through Arrow. Rows are collected in batches, and batches in row
//! groups, so that memory holds one row group and not a table.

use std::fs::File;
use std::path::Path;
use std::sync::Arc;

use arrow_array::builder::{
    ArrayBuilder, BooleanBuilder, Int64Builder, ListBuilder, StringBuilder,
    TimestampMicrosecondBuilder,
};
use arrow_array::{ArrayRef, RecordBatch};
use arrow_schema::{DataType, Field, FieldRef, Schema, SchemaRef, TimeUnit};
use parquet::arrow::ArrowWriter;
use parquet::basic::{Compression, ZstdLevel};
use parquet::errors::ParquetError;
use parquet::file::properties::WriterProperties;

use super::columns::{Cell, ColumnType, TableColumn, cells, columns};
use super::folder::each_table;
use crate::export::error::ExportError;
use crate::output::committed::reader::Committed;
use crate::output::table::Table;

/// Maximum number of rows, and of bytes of text, in a batch.
const BATCH_ROWS_MAX: usize = 8192;
const BATCH_BYTES_MAX: usize = 16 << 20;

/// Maximum size of a row group in bytes: readers load it as a whole.
const GROUP_BYTES_MAX: usize = 64 << 20;

const ZONE: &str = "UTC";

/// Writes a file for each table into the folder, which is created if it does not exist: either all files or none.
/// Returns the number of rows of each.
///
/// # Errors
/// If a table cannot be read, or a file cannot be written.
pub(crate) fn to_parquet(
    from: &Committed,
    folder: &Path,
) -> Result<Vec<(Table, u64)>, ExportError> {
    each_table(folder, "parquet", |table, file, to| {
        write(from, table, file, to)
    })
}

fn write(from: &Committed, table: Table, file: &mut File, to: &Path) -> Result<u64, ExportError> {
    let failed = |error: ParquetError| problem(to, error);
    let columns = columns(from, table)?;
    let fields: Vec<Field> = columns.iter().map(field).collect();
    let schema = Arc::new(Schema::new(fields));
    let properties = WriterProperties::builder()
        .set_compression(Compression::ZSTD(ZstdLevel::default()))
        .set_max_row_group_bytes(Some(GROUP_BYTES_MAX))
        .build();
    let writer = ArrowWriter::try_new(file, Arc::clone(&schema), Some(properties));
    let mut writer = writer.map_err(failed)?;
    let mut batch = Batch::new(&columns);
    let mut count = 0;
    from.each_line::<ExportError>(table, |line, row| {
        batch.push(cells(row, &columns, line)?, line.text.len());
        count += 1;
        if batch.is_full() {
            let rows = batch.take(&schema).map_err(failed)?;
            writer.write(&rows).map_err(failed)?;
        }
        Ok(())
    })?;
    let rows = batch.take(&schema).map_err(failed)?;
    writer.write(&rows).map_err(failed)?;
    writer.close().map_err(failed)?;
    Ok(count)
}

/// Converts an error of the library; an error of the system is reported without the library's text.
fn problem(to: &Path, error: ParquetError) -> ExportError {
    let error = match error {
        ParquetError::External(reason) => match reason.downcast::<std::io::Error>() {
            Ok(of_system) => *of_system,
            Err(reason) => std::io::Error::other(reason),
        },
        other => std::io::Error::other(other),
    };
    ExportError::writing(to)(error)
}

fn field(column: &TableColumn) -> Field {
    let kind = match column.kind {
        ColumnType::Text | ColumnType::Uuid | ColumnType::Objects => DataType::Utf8,
        ColumnType::Integer => DataType::Int64,
        ColumnType::Boolean => DataType::Boolean,
        ColumnType::Time => DataType::Timestamp(TimeUnit::Microsecond, Some(ZONE.into())),
        ColumnType::Texts => DataType::List(entry()),
    };
    Field::new(&column.name, kind, column.is_nullable)
}

/// Returns the field for the entries of a list of texts.
fn entry() -> FieldRef {
    Arc::new(Field::new_list_field(DataType::Utf8, false))
}

/// Rows that are not yet written.
struct Batch {
    columns: Vec<Values>,
    rows: usize,
    bytes: usize,
}

/// The values of a column.
enum Values {
    Text(StringBuilder),
    Integer(Int64Builder),
    Boolean(BooleanBuilder),
    Time(TimestampMicrosecondBuilder),
    Texts(ListBuilder<StringBuilder>),
}

impl Batch {
    fn new(columns: &[TableColumn]) -> Batch {
        Batch {
            columns: columns.iter().map(|it| Values::new(it.kind)).collect(),
            rows: 0,
            bytes: 0,
        }
    }

    fn push(&mut self, cells: Vec<Cell>, bytes: usize) {
        for (values, cell) in self.columns.iter_mut().zip(cells) {
            values.push(cell);
        }
        self.rows += 1;
        self.bytes += bytes;
    }

    fn is_full(&self) -> bool {
        self.rows >= BATCH_ROWS_MAX || self.bytes >= BATCH_BYTES_MAX
    }

    /// Returns the collected rows, and empties the batch.
    fn take(&mut self, schema: &SchemaRef) -> Result<RecordBatch, ParquetError> {
        (self.rows, self.bytes) = (0, 0);
        let columns: Vec<ArrayRef> = self.columns.iter_mut().map(Values::finish).collect();
        Ok(RecordBatch::try_new(Arc::clone(schema), columns)?)
    }
}

impl Values {
    fn new(kind: ColumnType) -> Values {
        match kind {
            ColumnType::Text | ColumnType::Uuid | ColumnType::Objects => {
                Values::Text(StringBuilder::new())
            }
            ColumnType::Integer => Values::Integer(Int64Builder::new()),
            ColumnType::Boolean => Values::Boolean(BooleanBuilder::new()),
            ColumnType::Time => {
                Values::Time(TimestampMicrosecondBuilder::new().with_timezone(ZONE))
            }
            ColumnType::Texts => {
                Values::Texts(ListBuilder::new(StringBuilder::new()).with_field(entry()))
            }
        }
    }

    /// Adds a cell, which is of the column's kind or null.
    fn push(&mut self, cell: Cell) {
        match (self, cell) {
            (Values::Text(to), Cell::Text(it)) => to.append_value(it),
            (Values::Text(to), Cell::Uuid(it)) => to.append_value(it.to_string()),
            (Values::Text(to), Cell::Objects(it)) => to.append_value(it.to_string()),
            (Values::Text(to), _) => to.append_null(),
            (Values::Integer(to), Cell::Integer(it)) => to.append_value(it),
            (Values::Integer(to), _) => to.append_null(),
            (Values::Boolean(to), Cell::Boolean(it)) => to.append_value(it),
            (Values::Boolean(to), _) => to.append_null(),
            (Values::Time(to), Cell::Time(it)) => to.append_value(it.as_microsecond()),
            (Values::Time(to), _) => to.append_null(),
            (Values::Texts(to), Cell::Texts(it)) => {
                to.append_value(it.into_iter().map(Some));
            }
            (Values::Texts(to), _) => to.append_null(),
        }
    }

    fn finish(&mut self) -> ArrayRef {
        match self {
            Values::Text(it) => ArrayBuilder::finish(it),
            Values::Integer(it) => ArrayBuilder::finish(it),
            Values::Boolean(it) => ArrayBuilder::finish(it),
            Values::Time(it) => ArrayBuilder::finish(it),
            Values::Texts(it) => ArrayBuilder::finish(it),
        }
    }
}
