//! What an *earlier* run left in its output folder, as it stood before one message: the activities that it had
//! tracked and the records that it had created by then. For `explain`.

use std::fs::File;
use std::io::{BufRead as _, BufReader};
use std::path::Path;

use hashbrown::{HashMap, HashSet};
use serde::Deserialize;
use serde::de::DeserializeOwned;

use crate::activity::mask;
use crate::address::Address;
use crate::book::EarlierEmail;
use crate::correlate::ActivityKey;
use crate::create::name::PersonName;
use crate::create::{CreatedRecord, Details};
use crate::envelope::{AddressId, Addresses};
use crate::identity::{Identity, activity_id};
use crate::options::MailboxId;
use crate::output::Table;
use crate::pipeline::Remembered;
use crate::reference::Reference;

/// An output folder that cannot be read.
#[derive(Debug, thiserror::Error)]
#[error("{file}: {message}")]
pub struct EarlierError {
    file: String,
    message: String,
}

/// What an earlier run left.
#[derive(Debug, Default)]
pub struct Earlier {
    /// The activities that it had tracked before the message.
    pub emails: Vec<EarlierEmail>,
    /// The records that it created.
    records: Vec<RecordLine>,
    /// What it called the message and decided of it, where it met the message.
    pub recorded: Option<Recorded>,
}

/// What the earlier run made of the message.
#[derive(Clone, Debug)]
pub struct Recorded {
    /// Its source there.
    pub source: String,
    /// Its reason there.
    pub reason: String,
}

#[derive(Deserialize)]
struct DecisionLine {
    source: String,
    messageid: Option<String>,
    reason: String,
    tracked: bool,
    activityid: Option<String>,
    created: Vec<String>,
}

#[derive(Deserialize)]
struct EmailLine {
    activityid: String,
    messageid: Option<String>,
    regardingobjectid: Option<String>,
    directioncode: bool,
    subject: Option<String>,
    conversationindex: Option<String>,
    sender: Option<String>,
    torecipients: String,
    receivedon: Option<jiff::Timestamp>,
}

#[derive(Deserialize)]
struct PartyLine {
    activityid: String,
    participationtypemask: u8,
    addressused: Option<String>,
}

#[derive(Debug, Deserialize)]
struct RecordLine {
    #[serde(alias = "contactid", alias = "leadid")]
    id: String,
    /// Null where no synchronized field takes it to the CRM; so is `firstname`.
    fullname: Option<String>,
    firstname: Option<String>,
    lastname: String,
    emailaddress1: String,
    ownerid: Option<String>,
    createdon: Option<jiff::Timestamp>,
    #[serde(skip)]
    kind: &'static str,
    /// Whether it was created before the message.
    #[serde(skip)]
    is_before: bool,
}

impl Earlier {
    /// Reads what the folder holds of the time before the message. `file` is the message's own file name, by which it
    /// is known among copies.
    ///
    /// # Errors
    /// Where the folder holds no run's output, or a file of it is not readable.
    pub fn load(
        folder: &Path,
        identity: Identity<'_>,
        file: &str,
    ) -> Result<Earlier, EarlierError> {
        let mut earlier = Earlier::default();
        let (mut activities, mut created) = (HashSet::new(), HashSet::new());
        let id = activity_id(identity, None).to_string();
        let is_it = |line: &DecisionLine| {
            let same = match identity {
                Identity::MessageId(id) => line.messageid.as_deref() == Some(id),
                Identity::Content(_) => {
                    line.messageid.is_none() && line.activityid.as_deref().is_none_or(|it| it == id)
                }
            };
            same && (line.source == file || line.source.ends_with(&format!("/{file}")))
        };
        lines(folder, Table::Decisions, |line: DecisionLine| {
            if earlier.recorded.is_none() && is_it(&line) {
                earlier.recorded = Some(Recorded {
                    source: line.source,
                    reason: line.reason,
                });
            } else if earlier.recorded.is_none() && line.tracked {
                activities.extend(line.activityid);
                created.extend(line.created);
            }
        })?;
        let copied = copied(folder, &activities)?;
        lines(folder, Table::Emails, |line: EmailLine| {
            if activities.contains(&line.activityid) {
                let copied = copied.get(&line.activityid);
                earlier.take_email(line, copied.map_or("", |copied| copied));
            }
        })?;
        for (table, kind) in [(Table::Contacts, "contact"), (Table::Leads, "lead")] {
            lines(folder, table, |mut line: RecordLine| {
                line.kind = kind;
                line.is_before = created.contains(&format!("{kind}:{}", line.id));
                earlier.records.push(line);
            })?;
        }
        Ok(earlier)
    }

    fn take_email(&mut self, line: EmailLine, copied: &str) {
        if let Some(message_id) = line.messageid {
            self.emails.push(EarlierEmail {
                activity_id: line.activityid.into(),
                message_id: message_id.into(),
                regarding: line.regardingobjectid.as_deref().and_then(Reference::parse),
                outgoing: Some(line.directioncode),
                subject: line.subject.unwrap_or_default().into(),
                conversation_index: line.conversationindex.unwrap_or_default().into(),
                // Its tokens are those in its subject.
                tracking_token: "".into(),
                sender: line.sender.unwrap_or_default().into(),
                to_recipients: format!("{};{copied}", line.torecipients).into(),
                created_on: line.receivedon,
            });
        }
    }

    /// The folder that the earlier run took the message from.
    pub fn folder(&self) -> Option<String> {
        let source = &self.recorded.as_ref()?.source;
        let archive = source
            .rsplit_once('#')
            .filter(|(_, number)| number.bytes().all(|b| b.is_ascii_digit()));
        Some(match archive {
            Some((file, _)) => file.strip_suffix(".mbox").unwrap_or(file).to_owned(),
            None => source
                .rsplit_once('/')
                .map_or(String::new(), |(folder, _)| folder.to_owned()),
        })
    }

    /// What is known from it, the addresses numbered with all others.
    pub fn remembered(&self, addresses: &mut Addresses) -> Remembered {
        let mut remembered = Remembered::default();
        for line in &self.records {
            let Some(address) = Address::parse(&line.emailaddress1) else {
                continue;
            };
            let address = addresses.intern(address);
            // The name that a record got is the best over all of that run's mail, also before it was created.
            remembered.names.push((address, line.full_name()));
            if line.is_before {
                remembered.records.push(line.record(address));
            }
        }
        remembered
    }
}

impl RecordLine {
    /// The whole name, of its parts where it was not written.
    fn full_name(&self) -> String {
        let parts = || {
            let parts = self.firstname.iter().chain([&self.lastname]);
            parts.cloned().collect::<Vec<String>>().join(" ")
        };
        self.fullname.clone().unwrap_or_else(parts)
    }

    fn record(&self, address: AddressId) -> CreatedRecord {
        CreatedRecord {
            kind: self.kind,
            address,
            written: self.emailaddress1.as_str().into(),
            mailbox: MailboxId::GENERAL,
            owner: self.ownerid.as_deref().and_then(Reference::parse),
            created_on: self.createdon,
            activity: ActivityKey::new(0),
            ordinal: 0,
            details: Details {
                id: self.id.as_str().into(),
                name: PersonName {
                    full: self.full_name(),
                    first: self.firstname.clone(),
                    last: self.lastname.clone(),
                },
                ..Details::default()
            },
            found: None,
        }
    }
}

/// The Cc and Bcc addresses of activities, parted by `;`: smart matching goes by them too (R8).
fn copied(
    folder: &Path,
    activities: &HashSet<String>,
) -> Result<HashMap<String, String>, EarlierError> {
    let mut copied: HashMap<String, String> = HashMap::new();
    lines(folder, Table::ActivityParties, |line: PartyLine| {
        let is_copied = matches!(line.participationtypemask, mask::CC | mask::BCC);
        if let (true, Some(address)) = (
            is_copied && activities.contains(&line.activityid),
            line.addressused,
        ) {
            let all = copied.entry(line.activityid).or_default();
            *all += &address;
            all.push(';');
        }
    })?;
    Ok(copied)
}

fn lines<T: DeserializeOwned>(
    folder: &Path,
    table: Table,
    mut take: impl FnMut(T),
) -> Result<(), EarlierError> {
    let path = folder.join(format!("{}.jsonl", table.name()));
    let fail = |message: String| EarlierError {
        file: path.display().to_string(),
        message,
    };
    let file = File::open(&path).map_err(|error| {
        fail(format!(
            "{error}; --out names the output folder of an earlier run"
        ))
    })?;
    for (number, line) in (1..).zip(BufReader::new(file).lines()) {
        let line = line.map_err(|error| fail(format!("line {number}: {error}")))?;
        take(serde_json::from_str(&line).map_err(|error| {
            fail(format!(
                "line {number} is no row of an earlier run: {error}"
            ))
        })?);
    }
    Ok(())
}
