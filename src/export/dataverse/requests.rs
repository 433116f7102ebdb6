//! Converts rows into requests to Dataverse's Web API.

use std::collections::BTreeMap;
use std::path::Path;

use serde_json::{Map, Value, json};

use super::batches::{Batches, Precondition};
use super::names::{entity_set, path};
use super::text::TextWriter;
use crate::base::reference::Reference;
use crate::base::terminal::counted;
use crate::export::error::ExportError;
use crate::export::folder::in_folder;
use crate::output::committed::reader::{Committed, JsonRow};
use crate::output::mask;
use crate::output::table::Table;

/// The result of an export.
#[derive(Debug, Default)]
pub(crate) struct Posted {
    /// The number of rows whose owner is neither a user nor a team, and the first such owner.
    pub other_owners: Option<(u64, String)>,
    /// Each file and its number of requests, in the order in which they are to be posted.
    pub files: Vec<(String, u64)>,
    /// The number of references whose id is not a GUID, as Dataverse requires, and the first of them.
    pub without_guid: Option<(u64, String)>,
    /// The number of texts that were longer than their column, and were cut or left out.
    pub cut: u64,
    /// The number of texts with control characters, which were replaced by U+FFFD.
    pub replaced: u64,
}

impl Posted {
    /// Returns warnings about what Dataverse refuses, and what was changed to avoid that.
    pub(crate) fn warnings(&self) -> Vec<String> {
        let mut warnings = Vec::new();
        if let Some((count, first)) = &self.without_guid {
            let count = counted(*count, "reference", "references");
            warnings.push(format!(
                "{count} such as `{first}` have an id that is not a GUID: Dataverse will reject them; run with a book that has Dataverse's ids"
            ));
        }
        if let Some((count, first)) = &self.other_owners {
            let count = counted(*count, "row", "rows");
            warnings.push(format!(
                "{count} without an owner: Dataverse takes users and teams alone, and the owner is another record, such as `{first}`"
            ));
        }
        if self.cut > 0 {
            let count = counted(self.cut, "text", "texts");
            warnings.push(format!(
                "{count} longer than the column in Dataverse: cut, and ids and addresses left out"
            ));
        }
        if self.replaced > 0 {
            let count = counted(self.replaced, "text", "texts");
            warnings.push(format!(
                "{count} with control characters, which Dataverse refuses: U+FFFD is in their place"
            ));
        }
        warnings
    }
}

/// Columns that Dataverse computes itself, or that only concern this program.
const NOT_WRITTEN: [&str; 5] = [
    "activityid",
    "createdon",
    "fullname",
    "ownerid",
    "parentcustomeridname",
];

/// Writes the batches, a manifest and a description into the folder, which is created if it does not exist. Batches of
/// an earlier export are replaced.
///
/// # Errors
/// If a table cannot be read, or a file cannot be written. No file has then changed.
pub(crate) fn to_dataverse(from: &Committed, folder: &Path) -> Result<Posted, ExportError> {
    let mut posted = Posted::default();
    in_folder(folder, super::batches::is_batch, |asides| {
        let mut out = RequestWriter {
            batches: Batches::new(folder, asides),
            texts: TextWriter::default(),
            without_guid: None,
            other_owners: None,
        };
        out.records(from, Table::Contacts, "contact")?;
        out.records(from, Table::Leads, "lead")?;
        let regarding = latest_regarding(from)?;
        out.emails(from, &regarding)?;
        out.states(from)?;
        out.regarding(&regarding)?;
        posted.without_guid = out.without_guid;
        posted.other_owners = out.other_owners;
        posted.cut = out.texts.cut;
        posted.replaced = out.texts.replaced;
        posted.files = out.batches.close()?;
        Ok(())
    })?;
    Ok(posted)
}

/// Returns the latest regarding record of each activity whose regarding record has changed.
fn latest_regarding(from: &Committed) -> Result<BTreeMap<String, String>, ExportError> {
    let mut latest = BTreeMap::new();
    from.each_line(Table::Updates, |line, row| {
        let of = |key: &str| row.get(key).and_then(Value::as_str);
        match (of("activityid"), of("regardingobjectid")) {
            (Some(activity), Some(record)) => latest.insert(activity.into(), record.into()),
            _ => return Err(line.altered("has no `activityid` or `regardingobjectid`")),
        };
        Ok(())
    })?;
    Ok(latest)
}

/// An export in progress.
struct RequestWriter<'o> {
    batches: Batches<'o>,
    texts: TextWriter,
    without_guid: Option<(u64, String)>,
    other_owners: Option<(u64, String)>,
}

impl RequestWriter<'_> {
    /// Writes contacts or leads.
    fn records(&mut self, from: &Committed, table: Table, kind: &str) -> Result<(), ExportError> {
        let key = format!("{kind}id");
        self.batches.begin(table.name(), Precondition::Absent);
        from.each_line(table, |line, row| {
            let id = row.get(&key).and_then(Value::as_str);
            let id = id.ok_or_else(|| line.altered(format!("has no `{key}`")))?;
            let mut body = Map::new();
            self.owner(&row, &mut body);
            if let Some(record) = reference(&row, "parentcustomerid") {
                let property = format!("parentcustomerid_{}", record.kind);
                self.bind(&mut body, &property, &record);
            }
            for (column, value) in &row {
                let is_lookup = column == "parentcustomerid" || *column == key;
                if !is_lookup && !NOT_WRITTEN.contains(&&**column) {
                    self.texts.put(&mut body, kind, column, value);
                }
            }
            self.batches.push(&path(kind, id), &body)
        })?;
        self.batches.end()
    }

    /// Writes emails in the order in which they were decided, in which a reply follows the message that it answers.
    fn emails(
        &mut self,
        from: &Committed,
        regarding: &BTreeMap<String, String>,
    ) -> Result<(), ExportError> {
        self.batches.begin("emails", Precondition::Absent);
        let mut parties = from.lines(Table::ActivityParties)?;
        let mut next = parties.next_row()?;
        from.each_line(Table::Emails, |line, mut row| {
            let id = row.remove("activityid");
            let id = id.as_ref().and_then(Value::as_str);
            let id = id.ok_or_else(|| line.altered("has no `activityid`"))?;
            if let Some(record) = regarding.get(id) {
                row.insert("regardingobjectid".into(), record.as_str().into());
            }
            let mut list = Vec::new();
            while let Some(party) = next.take_if(|party| is_of(party, id)) {
                list.extend(self.party(&party));
                next = parties.next_row()?;
            }
            let body = self.email(&row, list);
            self.batches.push(&path("email", id), &body)
        })?;
        match next {
            None => self.batches.end(),
            Some(_) => Err(parties
                .altered("is the party of no email that stands in this order")
                .into()),
        }
    }

    fn email(&mut self, row: &JsonRow, parties: Vec<Value>) -> Map<String, Value> {
        let mut body = Map::new();
        for column in [
            "subject",
            "description",
            "mimetype",
            "messageid",
            "directioncode",
            "sender",
            "torecipients",
            "trackingtoken",
        ] {
            let value = row.get(column).unwrap_or(&Value::Null);
            self.texts.put(&mut body, "email", column, value);
        }
        let of = |key: &str| row.get(key).filter(|it| !it.is_null()).cloned();
        let (sent, received) = (of("senton"), of("receivedon"));
        body.extend(sent.clone().map(|it| ("actualstart".into(), it)));
        body.extend(received.or(sent).map(|it| ("actualend".into(), it)));
        self.owner(row, &mut body);
        if let Some(record) = reference(row, "regardingobjectid") {
            self.set_regarding(&mut body, &record);
        }
        let accepting = reference(row, "acceptingentityid");
        if let Some(record) = accepting.filter(|it| matches!(&*it.kind, "queue" | "systemuser")) {
            let property = format!("acceptingentityid_{}", record.kind);
            self.bind(&mut body, &property, &record);
        }
        for (column, property) in [
            ("parentactivityid", "parentactivityid"),
            ("correlatedactivityid", "CorrelatedActivityId_Email"),
        ] {
            if let Some(id) = row.get(column).and_then(Value::as_str) {
                self.bind(&mut body, property, &Reference::new("email", id));
            }
        }
        body.insert("email_activity_parties".into(), parties.into());
        body
    }

    /// Returns a party of an email; `None` for owner and regarding parties, which Dataverse creates itself.
    fn party(&mut self, row: &JsonRow) -> Option<Value> {
        let kinds = [mask::FROM, mask::TO, mask::CC, mask::BCC].map(u64::from);
        let kind = row.get("participationtypemask").and_then(Value::as_u64)?;
        if !kinds.contains(&kind) {
            return None;
        }
        let mut party = Map::new();
        party.insert("participationtypemask".into(), kind.into());
        for column in ["addressused", "unresolvedpartyname"] {
            let value = row.get(column).unwrap_or(&Value::Null);
            self.texts.put(&mut party, "activityparty", column, value);
        }
        if let Some(record) = reference(row, "partyid") {
            let property = format!("partyid_{}", record.kind);
            self.bind(&mut party, &property, &record);
        }
        Some(party.into())
    }

    /// Completes the emails. A completed email is read-only, so this comes after all of its data.
    fn states(&mut self, from: &Committed) -> Result<(), ExportError> {
        self.batches.begin("states", Precondition::Present);
        from.each_line(Table::Emails, |line, row| {
            let id = row.get("activityid").and_then(Value::as_str);
            let id = id.ok_or_else(|| line.altered("has no `activityid`"))?;
            let is_sent = row.get("directioncode") == Some(&Value::Bool(true));
            let body = json!({
                "statecode": super::names::COMPLETED,
                "statuscode": if is_sent { super::names::SENT } else { super::names::RECEIVED },
            });
            let body = body.as_object().cloned().unwrap_or_default();
            self.batches.push(&path("email", id), &body)
        })?;
        self.batches.end()
    }

    /// Writes the changed regarding records, including those of emails that an earlier export or the CRM has created.
    fn regarding(&mut self, latest: &BTreeMap<String, String>) -> Result<(), ExportError> {
        self.batches.begin("regarding", Precondition::Present);
        for (activity, record) in latest {
            if let Some(record) = Reference::parse(record) {
                let mut body = Map::new();
                self.set_regarding(&mut body, &record);
                self.batches.push(&path("email", activity), &body)?;
            }
        }
        self.batches.end()
    }

    /// Sets the owner if it is a user or a team, because Dataverse allows no other owner.
    fn owner(&mut self, row: &JsonRow, body: &mut Map<String, Value>) {
        match reference(row, "ownerid") {
            Some(owner) if matches!(&*owner.kind, "systemuser" | "team") => {
                self.bind(body, "ownerid", &owner);
            }
            Some(owner) => {
                let first = || (0, owner.to_string());
                self.other_owners.get_or_insert_with(first).0 += 1;
            }
            None => (),
        }
    }

    fn set_regarding(&mut self, body: &mut Map<String, Value>, record: &Reference) {
        let property = format!("regardingobjectid_{}_email", record.kind);
        self.bind(body, &property, record);
    }

    fn bind(&mut self, body: &mut Map<String, Value>, property: &str, record: &Reference) {
        if uuid::Uuid::try_parse(&record.id).is_err() {
            let first = || (0, record.to_string());
            self.without_guid.get_or_insert_with(first).0 += 1;
        }
        let target = format!("/{}({})", entity_set(&record.kind), record.id);
        body.insert(format!("{property}@odata.bind"), target.into());
    }
}

fn reference(row: &JsonRow, column: &str) -> Option<Reference> {
    Reference::parse(row.get(column)?.as_str()?)
}

fn is_of(party: &JsonRow, activity: &str) -> bool {
    party.get("activityid").and_then(Value::as_str) == Some(activity)
}

#[cfg(test)]
mod tests {
    use super::Posted;

    #[test]
    fn an_owner_that_dataverse_does_not_take_is_reported() {
        let posted = Posted {
            other_owners: Some((2, "queue:q1".into())),
            ..Posted::default()
        };
        let warnings = posted.warnings();
        assert!(
            matches!(warnings.as_slice(), [one] if one.starts_with("2 rows without an owner") && one.contains("`queue:q1`")),
            "{warnings:?}"
        );
    }
}
