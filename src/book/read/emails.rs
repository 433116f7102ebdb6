//! Reads `email.csv`: the email activities that the CRM already has.

use std::collections::HashSet;

use super::records::{created_on, no_column, wrong};
use super::report::{ColumnUse, FileReport, doubts};
use crate::base::reference::Reference;
use crate::base::threads::Threads;
use crate::book::BookBuilder;
use crate::book::index::EMAIL_FIELDS;
use crate::book::rows::place::TableInput;
use crate::book::rows::row::cell;
use crate::book::rows::row::{SheetError, SheetRow};
use crate::book::rows::sheet::RecordReader;
use crate::mail::message::message_id;
use crate::options::file::DateOrder;

/// Reads the activities. Returns their errors in line order, and a report on the file.
pub(crate) fn emails(
    mut sheet: RecordReader<'_>,
    place: &TableInput,
    order: DateOrder,
    threads: &Threads,
    builder: &mut BookBuilder,
) -> Result<(Vec<SheetError>, FileReport), SheetError> {
    let need = |name: &str| sheet.column(name).ok_or_else(|| no_column(&sheet, name));
    let (activity, message) = (need("activityid")?, need("messageid")?);
    let at = EMAIL_COLUMNS.map(|name| sheet.column(name));
    let role = |column: usize| match column {
        _ if column == activity => ColumnUse::Id,
        _ if column == message || at.contains(&Some(column)) => ColumnUse::Activity,
        _ => ColumnUse::Other,
    };
    let mut report = FileReport::of(place.at(None), "email", &sheet, role);
    let columns = sheet.columns.clone();
    let sheet_warnings = std::mem::take(&mut sheet.warnings);
    type Email = Result<[Box<str>; EMAIL_FIELDS], SheetError>;
    let take = |emails: &mut Vec<(u64, Email)>, row: &SheetRow<'_>| {
        emails.push((row.line, email(activity, message, &at, row)));
    };
    let (mut ids, mut errors, mut rows) = (HashSet::new(), Vec::new(), 0);
    let mut unknowable = Uncorrelatable::default();
    let read = sheet.read(threads, Vec::new, take, |emails| {
        rows += emails.len() as u64;
        for (line, email) in emails {
            match email {
                Err(error) => errors.push(error),
                Ok(fields) if !ids.insert(fields[0].clone()) => errors.push(SheetError {
                    line: Some(line),
                    message: format!(
                        "the activityid `{}` stands on an earlier line too; ids are unique",
                        fields[0]
                    ),
                }),
                Ok(fields) => {
                    unknowable.add(line, &fields);
                    builder.add_email(&fields.each_ref().map(|field| &**field));
                }
            }
        }
    })?;
    if let Some(warning) = unknowable.warning() {
        builder.warn(format!("{}: {warning}", place.at(unknowable.first)));
    }
    for (line, message) in doubts(sheet_warnings, &columns, &read, order) {
        builder.warn(format!("{}: {message}", place.at(line)));
    }
    report.end(rows, read.doubts.lines.len() as u64, &read.odd);
    Ok((errors, report))
}

/// The columns that are kept of an email activity besides its id and its Message-ID, in this order.
const EMAIL_COLUMNS: [&str; EMAIL_FIELDS - 2] = [
    "regardingobjectid",
    "directioncode",
    "subject",
    "conversationindex",
    "trackingtoken",
    "sender",
    "torecipients",
    "createdon",
];

/// Activities that no message can be correlated with: they have no Message-ID and nothing else that correlation uses
/// (R8).
#[derive(Default)]
struct Uncorrelatable {
    count: u64,
    /// The line of the first one.
    first: Option<u64>,
}

impl Uncorrelatable {
    fn add(&mut self, line: u64, fields: &[Box<str>; EMAIL_FIELDS]) {
        let [_, message_id, _, _, subject, index, token, ..] = fields;
        if [message_id, subject, index, token]
            .iter()
            .all(|it| it.trim().is_empty())
        {
            self.count += 1;
            self.first.get_or_insert(line);
        }
    }

    fn warning(&self) -> Option<String> {
        let (has, it) = match self.count {
            0 => return None,
            1 => ("1 activity has".to_owned(), "it"),
            count => (format!("{count} activities have"), "them"),
        };
        Some(format!(
            "{has} no messageid, subject, conversationindex or trackingtoken: no message can be tied to {it}"
        ))
    }
}

/// Reads the fields of an email activity from a row.
fn email(
    activity: usize,
    message: usize,
    at: &[Option<usize>; EMAIL_FIELDS - 2],
    row: &SheetRow<'_>,
) -> Result<[Box<str>; EMAIL_FIELDS], SheetError> {
    let id = cell(row, Some(activity));
    if id.is_empty() {
        return wrong(
            row.line,
            "an email without an activityid; every activity needs one",
        );
    }
    let message_id = message_id::identity(cell(row, Some(message))).unwrap_or_default();
    let [
        regarding,
        direction,
        subject,
        index,
        token,
        sender,
        to,
        created,
    ] = *at;
    let text = |at| -> Box<str> { cell(row, at).into() };
    Ok([
        id.into(),
        message_id.into(),
        email_regarding(regarding, row)?,
        email_direction(direction, row)?.into(),
        text(subject),
        text(index),
        text(token),
        text(sender),
        text(to),
        created_on(created, row)?
            .map(|time| time.to_string())
            .unwrap_or_default()
            .into(),
    ])
}

fn email_regarding(at: Option<usize>, row: &SheetRow<'_>) -> Result<Box<str>, SheetError> {
    match (cell(row, at), Reference::parse(cell(row, at))) {
        ("", _) => Ok("".into()),
        (_, Some(reference)) => Ok(reference.to_string().into()),
        (text, None) => wrong(
            row.line,
            format!(
                "regardingobjectid `{text}` does not name a record; write `type:id`, such as `account:a-17`"
            ),
        ),
    }
}

fn email_direction(at: Option<usize>, row: &SheetRow<'_>) -> Result<&'static str, SheetError> {
    match &*cell(row, at).to_ascii_lowercase() {
        "" => Ok(""),
        "true" | "1" | "outgoing" => Ok("true"),
        "false" | "0" | "incoming" => Ok("false"),
        other => wrong(
            row.line,
            format!("directioncode `{other}` is neither `true` (outgoing) nor `false`"),
        ),
    }
}
