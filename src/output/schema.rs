//! The *schemas* (JSON Schema 2020-12) of the documents of this program: the lines of output files, the summary, and
//! the options. They are generated from the types that are written and read; `schemas/` has them as published.

use std::borrow::Cow;

use schemars::generate::SchemaSettings;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema, schema_for};

use super::row::{
    ActivityParty, Contact, DecisionRow, DuplicateRow, EmailActivity, FailedRow, FailureRow,
    Further, Lead, SentRow, UpdateRow,
};
use super::summary::Summary;
use crate::base::reference::{Reference, ReferenceView};
use crate::mail::identity::ActivityId;
use crate::options::OptionsFile;
use crate::output::table::Table;

/// A document that has a schema.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Document {
    /// A line of a table's file.
    Line(Table),
    /// `summary.json`.
    Summary,
    /// An options file, read as JSON.
    Options,
}

impl Document {
    /// Returns every document.
    pub(crate) fn all() -> impl Iterator<Item = Document> {
        let lines = Table::ALL.into_iter().map(Document::Line);
        lines.chain([Document::Summary, Document::Options])
    }

    /// Returns the document with this name.
    pub(crate) fn named(name: &str) -> Option<Document> {
        Document::all().find(|it| it.name() == name)
    }

    /// Returns its name: the name of its file without the extension.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Document::Line(table) => table.name(),
            Document::Summary => "summary",
            Document::Options => "options",
        }
    }

    /// Returns its schema. Output has every key; `required` lists the keys of a line in the order in which they are
    /// written.
    pub(crate) fn schema(self) -> Schema {
        match self {
            Document::Line(Table::Emails) => written::<EmailActivity<'_>>(),
            Document::Line(Table::ActivityParties) => written::<ActivityParty<'_>>(),
            Document::Line(Table::Contacts) => written::<Contact<'_>>(),
            Document::Line(Table::Leads) => written::<Lead<'_>>(),
            Document::Line(Table::Decisions) => written::<DecisionRow<'_>>(),
            Document::Line(Table::Updates) => written::<UpdateRow<'_>>(),
            Document::Line(Table::Duplicates) => written::<DuplicateRow<'_>>(),
            Document::Line(Table::Failures) => written::<FailureRow<'_>>(),
            Document::Line(Table::Sent) => written::<SentRow<'_>>(),
            Document::Line(Table::Failed) => written::<FailedRow<'_>>(),
            Document::Summary => written::<Summary>(),
            Document::Options => schema_for!(OptionsFile),
        }
    }
}

fn written<T: JsonSchema>() -> Schema {
    SchemaSettings::draft2020_12()
        .for_serialize()
        .into_generator()
        .into_root_schema_for::<T>()
}

impl JsonSchema for ActivityId {
    fn schema_name() -> Cow<'static, str> {
        "ActivityId".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "description": "The id of an activity: a UUID that is derived from its message, or what the CRM gave it.",
            "type": "string",
        })
    }
}

impl JsonSchema for Reference {
    fn schema_name() -> Cow<'static, str> {
        "Reference".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "description": "A record, `type:id`, such as `account:a-17`.",
            "type": "string",
            "pattern": "^[^:]+:",
        })
    }
}

impl JsonSchema for ReferenceView<'_> {
    fn schema_name() -> Cow<'static, str> {
        Reference::schema_name()
    }

    fn schema_id() -> Cow<'static, str> {
        Reference::schema_id()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        Reference::json_schema(generator)
    }
}

impl JsonSchema for Further<'_> {
    fn schema_name() -> Cow<'static, str> {
        "Further".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "description": "Further columns that synchronized fields fill from vCards.",
            "type": "object",
            "additionalProperties": { "type": ["string", "null"] },
        })
    }
}
