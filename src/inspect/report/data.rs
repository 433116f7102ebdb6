//! The data for the page's script, as JSON in script elements.
//!
//! The rows of the table are stored column by column, so that the table appears quickly. The details of a row are
//! stored in blocks, and the script parses a block when it first needs it. Texts that occur often are interned.

use maud::{Markup, Render, html};
use serde::Serialize;

use super::model::{DecisionRow, Report};
use super::outcomes::Outcome;
use crate::decide::correlate::method::Method;
use crate::decide::created::Why;

/// Number of rows whose details are in one block.
const BLOCK: usize = 500;

/// The table's columns, each with a value for each row.
#[derive(Serialize)]
struct TableColumns<'a> {
    /// Seconds since 1970.
    time: Vec<Option<i64>>,
    /// Indices into `Legend::reasons`.
    reason: Vec<usize>,
    mailbox: Vec<u32>,
    sender: Vec<Option<u32>>,
    subject: Vec<Option<&'a str>>,
    source: Vec<&'a str>,
    /// 1 for outgoing mail.
    outgoing: Vec<u8>,
}

/// The meaning of ids and codes.
#[derive(Serialize)]
struct Legend<'a> {
    /// Name, description and class.
    reasons: Vec<(String, &'static str, &'static str)>,
    mailboxes: &'a [Box<str>],
    whys: Vec<(Why, &'static str)>,
    methods: Vec<(u8, &'static str)>,
    block: usize,
    /// The arguments of `explain` after the source, for each item of `Committed::given`.
    commands: &'a [String],
    /// Addresses that several records share, with these records.
    shared: Vec<(&'a str, &'a [u32])>,
}

/// Texts that only details refer to.
#[derive(Serialize)]
struct DetailTexts<'a> {
    /// `type:id`, and the name if it is known.
    records: Vec<(&'a str, Option<&'a str>)>,
}

/// What the dialog shows in addition to the row.
#[derive(Serialize)]
struct Detail<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    record: Option<u32>,
    /// An index into `Legend::commands`.
    #[serde(skip_serializing_if = "Option::is_none")]
    given: Option<usize>,
    #[serde(skip_serializing_if = "Option::is_none")]
    accepting: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    method: Option<u8>,
    #[serde(skip_serializing_if = "Option::is_none")]
    activity: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    correlated: Option<&'a str>,
    /// The row of the correlated activity or, for a duplicate, of the activity that it duplicates.
    #[serde(skip_serializing_if = "Option::is_none")]
    to: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    regarding: Option<u32>,
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    created: &'a [u32],
    #[serde(rename = "notcreated", skip_serializing_if = "<[_]>::is_empty")]
    not_created: &'a [(u32, Why)],
    /// Participation type mask, address, record, and 1 if the address's records are out of scope.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    parties: Vec<(u8, Option<u32>, Option<u32>, u8)>,
}

/// All script elements with data.
pub(super) struct Data<'a> {
    pub(super) report: &'a Report,
    /// As [`page()`](super::page::page) has them.
    pub(super) commands: &'a [String],
}

impl Render for Data<'_> {
    /// Writes into the page's own buffer: the data is nearly all of a large page, and would otherwise be in memory
    /// twice.
    fn render_to(&self, buffer: &mut String) {
        let report = self.report;
        element("legend", &legend(report, self.commands)).render_to(buffer);
        element("written", &report.written.texts()).render_to(buffer);
        element("columns", &columns(report)).render_to(buffer);
        element("texts", &texts(report)).render_to(buffer);
        for (number, block) in report.rows.chunks(BLOCK).enumerate() {
            let details: Vec<Detail<'_>> = block.iter().map(|row| detail(report, row)).collect();
            element(&format!("details-{number}"), &details).render_to(buffer);
        }
    }
}

fn element(id: &str, value: &impl Serialize) -> Markup {
    html! { script type="application/json" id=(id) { (Json(value)) } }
}

/// A value as JSON in a script element.
struct Json<'a, T>(&'a T);

impl<T: Serialize> Render for Json<'_, T> {
    /// Escapes each `<` as `\u003c`, because a script element has no character references: it ends at any `</script`,
    /// and `<!--` changes how the rest is parsed.
    fn render_to(&self, buffer: &mut String) {
        // Only a map with keys that are not strings cannot be represented in JSON, and no value here has a map.
        let json = serde_json::to_string(self.0).unwrap_or_else(|_| "null".into());
        buffer.reserve(json.len());
        let mut parts = json.split('<');
        buffer.extend(parts.next());
        for part in parts {
            buffer.push_str("\\u003c");
            buffer.push_str(part);
        }
    }
}

fn columns(report: &Report) -> TableColumns<'_> {
    let reasons: Vec<_> = report.reasons.keys().copied().collect();
    let rows = || report.rows.iter();
    let seconds = |row: &DecisionRow| row.time.map(|time| time.as_second());
    TableColumns {
        time: rows().map(seconds).collect(),
        reason: rows()
            .map(|it| reasons.binary_search(&it.reason).unwrap_or(0))
            .collect(),
        mailbox: rows().map(|it| it.mailbox).collect(),
        sender: rows().map(|it| it.sender).collect(),
        subject: rows().map(|it| it.subject.as_deref()).collect(),
        source: rows().map(|it| &*it.source).collect(),
        outgoing: rows().map(|it| u8::from(it.is_outgoing)).collect(),
    }
}

fn texts(report: &Report) -> DetailTexts<'_> {
    DetailTexts {
        records: (0..)
            .zip(report.records.texts())
            .map(|(id, text)| (&**text, report.record_name(id).0))
            .collect(),
    }
}

fn legend<'a>(report: &'a Report, commands: &'a [String]) -> Legend<'a> {
    Legend {
        reasons: report
            .reasons
            .keys()
            .map(|&it| (it.to_string(), it.words(), Outcome::of(it).class()))
            .collect(),
        mailboxes: report.mailboxes.texts(),
        whys: report
            .not_created
            .keys()
            .map(|&why| (why, why.words()))
            .collect(),
        methods: Method::ALL.map(|it| (it.code(), it.name())).into(),
        block: BLOCK,
        commands,
        shared: report
            .shared
            .iter()
            .map(|it| (&*it.address, &*it.records))
            .collect(),
    }
}

fn detail<'a>(report: &Report, row: &'a DecisionRow) -> Detail<'a> {
    let other = match row.reason.is_tracked() {
        true => row.correlated.as_deref(),
        false => row.activity.as_deref(),
    };
    Detail {
        record: row.sender_record,
        given: row.given,
        accepting: row.accepting,
        method: row.method,
        activity: row.activity.as_deref(),
        correlated: row.correlated.as_deref(),
        to: other.and_then(|id| report.row(id)),
        regarding: row.regarding,
        created: &row.created,
        not_created: &row.not_created,
        parties: row
            .parties
            .iter()
            .map(|it| (it.mask, it.address, it.record, u8::from(it.is_out_of_scope)))
            .collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::element;

    #[test]
    fn json_cannot_end_its_element() {
        let hostile = "\"</script><!--<script>'&";
        let markup = element("a", &hostile).into_string();
        let want = r#"<script type="application/json" id="a">"\"\u003c/script>\u003c!--\u003cscript>'&"</script>"#;
        assert_eq!(markup, want);
    }
}
