//! What an *earlier* run left in its output folder before it decided one message, for `explain`: the activities that it
//! had tracked and the records that it had created by then.

use hashbrown::{HashMap, HashSet};

use crate::base::reference::Reference;
use crate::book::EarlierEmail;
use crate::decide::correlate::method::ActivityKey;
use crate::decide::created::{CreatedRecord, Details};
use crate::decide::names::name::PersonName;
use crate::decide::ordinal::Ordinal;
use crate::decide::pass::Remembered;
use crate::mail::address::Address;
use crate::mail::envelope::{AddressId, Addresses};
use crate::mail::identity::{Identity, activity_id};
use crate::options::MailboxId;
use crate::output::committed::error::CommittedError;
use crate::output::committed::reader::Committed;
use crate::output::committed::row_types::{DecisionLine, EmailLine, PartyLine, RecordLine};
use crate::output::mask;
use crate::output::table::Table;

/// What an earlier run left.
#[derive(Debug, Default)]
pub(crate) struct Earlier {
    /// The activities that it tracked before the message.
    pub emails: Vec<EarlierEmail>,
    /// The records that it created.
    records: Vec<Created>,
    /// The source of the message in that run, if it decided it.
    pub recorded: Option<Box<str>>,
}

/// A record that the earlier run created.
#[derive(Debug)]
struct Created {
    line: RecordLine,
    kind: &'static str,
    id: Box<str>,
    /// Whether it was created before the message.
    is_before: bool,
}

/// The activities and records before the message, by id.
#[derive(Default)]
struct Before {
    activities: HashSet<Box<str>>,
    created: HashSet<String>,
    /// The activities tracked since the last decision on the message, with the records created.
    after: Vec<(Option<Box<str>>, Vec<String>)>,
}

impl Before {
    /// Counts everything so far as before the message.
    fn take_all(&mut self) {
        for (activity, created) in self.after.drain(..) {
            self.activities.extend(activity);
            self.created.extend(created);
        }
    }
}

impl Earlier {
    /// Reads what the folder contained before the message was decided; if it was decided several times, before the last
    /// time. `is_it` returns whether a source is that of the message, which distinguishes it from its copies.
    ///
    /// # Errors
    /// If a file of the folder cannot be read, or differs from what runs write.
    pub(crate) fn load(
        folder: &Committed,
        identity: Identity<'_>,
        is_it: impl Fn(&str) -> bool,
    ) -> Result<Earlier, CommittedError> {
        let mut earlier = Earlier::default();
        let mut before = Before::default();
        let id = activity_id(identity, None).to_string();
        let is_of_message = |line: &DecisionLine| {
            let same = match identity {
                Identity::MessageId(id) => line.messageid.as_deref() == Some(id),
                Identity::Content(_) => {
                    line.messageid.is_none()
                        && line.activityid.as_deref().is_none_or(|it| *it == *id)
                }
            };
            same && is_it(&line.source)
        };
        folder.each::<_, CommittedError>(Table::Decisions, |line: DecisionLine| {
            if is_of_message(&line) {
                before.take_all();
                earlier.recorded = Some(line.source);
            } else if line.reason.is_tracked() {
                before.after.push((line.activityid, line.created));
            }
            Ok(())
        })?;
        if earlier.recorded.is_none() {
            before.take_all();
        }
        let copied = copied(folder, &before.activities)?;
        folder.each::<_, CommittedError>(Table::Emails, |line: EmailLine| {
            if before.activities.contains(&line.activityid) {
                let copied = copied.get(&line.activityid);
                earlier.take_email(line, copied.map_or("", |copied| copied));
            }
            Ok(())
        })?;
        for table in [Table::Contacts, Table::Leads] {
            folder.each::<_, CommittedError>(table, |line: RecordLine| {
                earlier.records.extend(Created::of(line, &before));
                Ok(())
            })?;
        }
        Ok(earlier)
    }

    fn take_email(&mut self, line: EmailLine, copied: &str) {
        self.emails.push(EarlierEmail {
            activity_id: line.activityid,
            message_id: line.messageid.unwrap_or_default(),
            regarding: line.regardingobjectid.as_deref().and_then(Reference::parse),
            outgoing: Some(line.directioncode),
            subject: line.subject.unwrap_or_default(),
            conversation_index: line.conversationindex.unwrap_or_default(),
            // Its tokens are found in its subject.
            tracking_token: "".into(),
            sender: line.sender.unwrap_or_default(),
            to_recipients: format!("{};{copied}", line.torecipients).into(),
            created_on: line.receivedon,
        });
    }

    /// Returns the folder in which the earlier run found the message.
    pub(crate) fn folder(&self) -> Option<String> {
        let source = self.recorded.as_deref()?;
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

    /// Converts it for the fold, and interns the addresses of records.
    pub(crate) fn remembered(&self, addresses: &mut Addresses) -> Remembered {
        let mut remembered = Remembered::default();
        for record in &self.records {
            let Some(address) = Address::parse(&record.line.emailaddress1) else {
                continue;
            };
            let address = addresses.intern(address);
            // A name is chosen over all mail of that run, so it also applies before the record was created.
            remembered.names.push((address, record.full_name()));
            if record.is_before {
                remembered.records.push(record.remembered(address));
            }
        }
        remembered
    }
}

impl Created {
    fn of(line: RecordLine, before: &Before) -> Option<Created> {
        let (kind, id) = line.record()?;
        Some(Created {
            kind,
            id: id.into(),
            is_before: before.created.contains(&format!("{kind}:{id}")),
            line,
        })
    }

    fn last_name(&self) -> &str {
        self.line.lastname.as_deref().unwrap_or_default()
    }

    /// Returns the full name, joined from its parts if it was not written.
    fn full_name(&self) -> String {
        let parts = || match &self.line.firstname {
            Some(first) => format!("{first} {}", self.last_name()),
            None => self.last_name().to_owned(),
        };
        self.line.fullname.clone().unwrap_or_else(parts)
    }

    fn remembered(&self, address: AddressId) -> CreatedRecord {
        let line = &self.line;
        CreatedRecord {
            kind: self.kind,
            address,
            written: line.emailaddress1.as_str().into(),
            mailbox: MailboxId::GENERAL,
            owner: line.ownerid.as_deref().and_then(Reference::parse),
            created_on: line.createdon,
            activity: ActivityKey::new(0),
            ordinal: Ordinal::default(),
            details: Details {
                id: self.id.clone(),
                name: PersonName {
                    full: self.full_name(),
                    first: line.firstname.clone(),
                    last: self.last_name().to_owned(),
                },
                ..Details::default()
            },
            found: None,
        }
    }
}

/// Returns the Cc and Bcc addresses of activities, separated by `;`, which smart matching also uses (R8).
fn copied(
    folder: &Committed,
    activities: &HashSet<Box<str>>,
) -> Result<HashMap<Box<str>, String>, CommittedError> {
    let mut copied: HashMap<Box<str>, String> = HashMap::new();
    folder.each::<_, CommittedError>(Table::ActivityParties, |line: PartyLine| {
        let is_copied = matches!(line.participationtypemask, mask::CC | mask::BCC);
        if let (true, Some(address)) = (
            is_copied && activities.contains(&line.activityid),
            line.addressused,
        ) {
            let all = copied.entry(line.activityid).or_default();
            *all += &address;
            all.push(';');
        }
        Ok(())
    })?;
    Ok(copied)
}
