//! What the page's script reads: the table's rows column by column, and of each decision what a click shows.
//!
//! Texts that occur often are numbered. What a click shows lies in blocks, each read only when it is asked for.

use serde::Serialize;

use super::gather::{Entry, Report};
use super::html::Html;
use crate::decide::correlate::method::Method;
use crate::decide::created::Why;

/// Decisions whose details lie in one block.
const BLOCK: usize = 500;

/// Columns of the table, each with a value a row.
#[derive(Serialize)]
struct Columns<'a> {
    /// Seconds since 1970.
    time: Vec<Option<i64>>,
    reason: Vec<usize>,
    mailbox: Vec<u32>,
    sender: Vec<Option<u32>>,
    subject: Vec<Option<&'a str>>,
    source: Vec<&'a str>,
    /// 1: outgoing.
    outgoing: Vec<u8>,
}

/// What numbers stand for.
#[derive(Serialize)]
struct Legend<'a> {
    reasons: Vec<(String, &'static str, &'static str)>,
    mailboxes: &'a [Box<str>],
    whys: Vec<(Why, &'static str)>,
    methods: Vec<(u8, &'static str)>,
    block: usize,
    /// The arguments of `explain` after the source, by what runs were given.
    commands: &'a [String],
    /// Addresses that several records share, with these.
    shared: Vec<(&'a str, &'a [u32])>,
}

/// The texts that details refer to.
#[derive(Serialize)]
struct Texts<'a> {
    records: Vec<(&'a str, Option<&'a str>)>,
}

/// What a click shows beside the row; what is not there is left out.
#[derive(Serialize)]
struct Detail<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    record: Option<u32>,
    /// The place of its arguments among `commands`.
    #[serde(skip_serializing_if = "Option::is_none")]
    given: Option<usize>,
    #[serde(skip_serializing_if = "Option::is_none")]
    accepting: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    method: Option<u8>,
    #[serde(skip_serializing_if = "Option::is_none")]
    activity: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    tied: Option<&'a str>,
    /// Where the decision of the activity that it is tied to, or of which it is a duplicate, stands in the table.
    #[serde(skip_serializing_if = "Option::is_none")]
    to: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    regarding: Option<u32>,
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    created: &'a [u32],
    #[serde(skip_serializing_if = "Vec::is_empty")]
    refused: Vec<(u32, Why)>,
    /// Mask, address, record, and 1 where its records are out of scope.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    parties: Vec<(u8, Option<u32>, Option<u32>, u8)>,
}

/// Adds everything as script elements that hold JSON.
pub(super) fn data(report: &Report, commands: &[String], html: &mut Html) {
    let reasons: Vec<_> = report.reasons.keys().copied().collect();
    let of = |reason| reasons.binary_search(reason).unwrap_or(0);
    let entries = &report.entries;
    element(html, "legend", &legend(report, commands));
    element(html, "written", &report.written.texts());
    let columns = Columns {
        time: entries
            .iter()
            .map(|it| it.time.map(|time| time.as_second()))
            .collect(),
        reason: entries.iter().map(|it| of(&it.reason)).collect(),
        mailbox: entries.iter().map(|it| it.mailbox).collect(),
        sender: entries.iter().map(|it| it.sender).collect(),
        subject: entries.iter().map(|it| it.subject.as_deref()).collect(),
        source: entries.iter().map(|it| &*it.source).collect(),
        outgoing: entries.iter().map(|it| u8::from(it.is_outgoing)).collect(),
    };
    element(html, "columns", &columns);
    let texts = Texts {
        records: (0..)
            .zip(report.records.texts())
            .map(|(number, text)| (&**text, report.record_words(number).0))
            .collect(),
    };
    element(html, "texts", &texts);
    for (number, block) in entries.chunks(BLOCK).enumerate() {
        let details: Vec<Detail<'_>> = block.iter().map(|entry| detail(report, entry)).collect();
        element(html, &format!("details-{number}"), &details);
    }
}

fn element(html: &mut Html, id: &str, value: &impl Serialize) {
    // What has no form in JSON would be a map with keys that are no text: there is none here.
    let json = serde_json::to_string(value).unwrap_or_else(|_| "null".into());
    html.raw("<script type=\"application/json\" id=\"")
        .raw(id)
        .raw("\">")
        .json(&json)
        .raw("</script>\n");
}

fn legend<'a>(report: &'a Report, commands: &'a [String]) -> Legend<'a> {
    let class = |reason: crate::decide::track::Reason| match reason {
        crate::decide::track::Reason::Duplicate => "duplicate",
        reason if reason.is_tracked() => "tracked",
        _ => "not",
    };
    Legend {
        reasons: report
            .reasons
            .keys()
            .map(|&reason| (reason.to_string(), reason.words(), class(reason)))
            .collect(),
        mailboxes: report.mailboxes.texts(),
        whys: report
            .refused
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

fn detail<'a>(report: &Report, entry: &'a Entry) -> Detail<'a> {
    let is_tracked = entry.reason.is_tracked();
    let other = match is_tracked {
        true => entry.tied_to.as_deref(),
        false => entry.activity.as_deref(),
    };
    Detail {
        record: entry.sender_record,
        given: entry.given,
        accepting: entry.accepting,
        method: entry.method,
        activity: entry.activity.as_deref(),
        tied: entry.tied_to.as_deref(),
        to: other.and_then(|id| report.place(id)),
        regarding: entry.regarding,
        created: &entry.created,
        refused: entry.not_created.clone(),
        parties: entry
            .parties
            .iter()
            .map(|it| (it.mask, it.address, it.record, u8::from(it.is_out_of_scope)))
            .collect(),
    }
}
