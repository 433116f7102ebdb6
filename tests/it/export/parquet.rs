//! `export --to parquet`, as read by the Arrow library.
#![cfg(feature = "parquet")]

use std::fs::{self, File};

use arrow_array::cast::AsArray as _;
use arrow_array::types::{Int64Type, TimestampMicrosecondType};
use arrow_array::{Array, RecordBatch};
use arrow_schema::{DataType, TimeUnit};
use jiff::Timestamp;
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use serde_json::Value;

use crate::place::{Place, Ran, ran, rows_said};
use crate::support::awkward::{self, TABLES, rows};

fn export(place: &Place, more: &str) -> Ran {
    ran(place.command(&format!("export out --to parquet -o tables {more}")))
}

fn read(place: &Place, file: &str) -> Vec<RecordBatch> {
    let file = File::open(place.path(file)).unwrap();
    let reader = ParquetRecordBatchReaderBuilder::try_new(file).unwrap();
    reader.build().unwrap().map(Result::unwrap).collect()
}

/// Converts a cell to the JSON value that it should equal; a list of objects is JSON text.
fn value(column: &dyn Array, row: usize, like: &Value) -> Value {
    if column.is_null(row) {
        return Value::Null;
    }
    match column.data_type() {
        DataType::Utf8 => match column.as_string::<i32>().value(row) {
            text if like.is_array() => serde_json::from_str(text).unwrap(),
            text => text.into(),
        },
        DataType::Boolean => column.as_boolean().value(row).into(),
        DataType::Int64 => column.as_primitive::<Int64Type>().value(row).into(),
        DataType::Timestamp(TimeUnit::Microsecond, zone) => {
            assert_eq!(zone.as_deref(), Some("UTC"));
            let time = column.as_primitive::<TimestampMicrosecondType>().value(row);
            Timestamp::from_microsecond(time)
                .unwrap()
                .to_string()
                .into()
        }
        DataType::List(_) => {
            let entries = column.as_list::<i32>().value(row);
            let entries = entries.as_string::<i32>();
            entries.iter().map(|it| it.unwrap().to_owned()).collect()
        }
        other => panic!("{other}"),
    }
}

#[track_caller]
fn hold(place: &Place, file: &str, table: &str, rows: &[Value]) {
    let mut rows = rows.iter();
    for batch in read(place, file) {
        let schema = batch.schema();
        for at in 0..batch.num_rows() {
            let row = rows.next().unwrap().as_object().unwrap();
            for (field, column) in schema.fields().iter().zip(batch.columns()) {
                let want = row.get(field.name()).unwrap_or(&Value::Null);
                assert_eq!(value(column, at, want), *want, "{table}.{}", field.name());
            }
            let names = schema.fields().iter().map(|it| it.name());
            let absent = row.keys().find(|key| !names.clone().any(|it| it == *key));
            assert_eq!(absent, None, "{table}");
        }
    }
    assert_eq!(rows.next(), None, "{table}");
}

#[test]
fn what_is_read_back_is_what_was_written() {
    let place = awkward::place();
    let told = export(&place, "");
    assert_eq!((told.status, &*told.stderr), (0, ""));
    for (table, line) in TABLES.iter().zip(told.stdout.lines()) {
        let rows = rows(&place, table);
        let file = format!("tables/{table}.parquet");
        assert_eq!(line, format!("{file}: {}", rows_said(rows.len())));
        hold(&place, &file, table, &rows);
    }
    let emails = read(&place, "tables/emails.parquet");
    let schema = emails[0].schema();
    for (name, want, is_nullable) in [
        ("activityid", DataType::Utf8, false),
        ("subject", DataType::Utf8, true),
        (
            "receivedon",
            DataType::Timestamp(TimeUnit::Microsecond, Some("UTC".into())),
            true,
        ),
        ("directioncode", DataType::Boolean, false),
        ("correlationmethod", DataType::Int64, false),
        ("attachments", DataType::Utf8, true),
    ] {
        let field = schema.field_with_name(name).unwrap();
        let is = (field.data_type(), field.is_nullable());
        assert_eq!(is, (&want, is_nullable), "{name}");
    }
    // Again, over existing files; the same rows give the same bytes.
    let before = fs::read(place.path("tables/emails.parquet")).unwrap();
    assert_eq!(export(&place, "").status, 0);
    assert!(before == fs::read(place.path("tables/emails.parquet")).unwrap());
    assert_eq!(place.names("tables").len(), TABLES.len());
}

#[test]
fn a_table_without_rows_has_its_columns() {
    let place = Place::new();
    place.write("mail/1.eml", "From: a@x.example\n\nx\n");
    assert_eq!(place.run("").status, 0);
    assert_eq!(export(&place, "").status, 0);
    let file = File::open(place.path("tables/sent.parquet")).unwrap();
    let reader = ParquetRecordBatchReaderBuilder::try_new(file).unwrap();
    assert_eq!(reader.schema().fields().len(), 8);
    assert_eq!(reader.build().unwrap().count(), 0);
}

#[test]
fn a_full_disk_leaves_nothing_half_written() {
    let place = awkward::place();
    assert_eq!(export(&place, "").status, 0);
    let old = fs::read(place.path("tables/emails.parquet")).unwrap();
    for folder in ["tables", "new"] {
        let command = format!("export out --to parquet -o {folder}");
        let ran = ran(place.within(4, &command));
        assert_eq!(
            (ran.status, ran.stderr.lines().count()),
            (1, 1),
            "{}",
            ran.stderr
        );
        let says = format!("mailtrack: {folder}/");
        assert!(ran.stderr.starts_with(&says), "{}", ran.stderr);
        assert!(
            ran.stderr.contains(": cannot be written: "),
            "{}",
            ran.stderr
        );
    }
    assert!(!place.path("new").exists());
    assert_eq!(place.names("tables").len(), TABLES.len());
    assert!(old == fs::read(place.path("tables/emails.parquet")).unwrap());
}
