//! *Reads* the lines of a folder, and finds the message that each is about.

use std::path::Path;

use hashbrown::HashMap;
use jiff::Timestamp;

use super::folder_lines::{ActivityLine, Created, Decided, Email, FolderLines, key_of};
use super::lines::{DecisionLine, EmailLine, PartyLine, TableLines, UpdateLine, each};
use crate::decide::track::Reason;
use crate::mail::address::Address;
use crate::output::committed::row_types::{FailureLine, RecordLine};
use crate::output::mask;
use crate::output::state::stored::MessageKey;
use crate::output::table::{Lengths, Table};
use crate::run::history::rebuild::error::RebuildError;

impl FolderLines<'_> {
    pub(super) fn read_decisions(
        &mut self,
        folder: &Path,
        lengths: &Lengths,
    ) -> Result<(), RebuildError> {
        let mut lines = TableLines::open(folder, Table::Decisions, lengths)?;
        let mut places = self.current.places();
        while let Some(text) = lines.next()? {
            let is_alike = self.current.has_line(text);
            let line: DecisionLine<'_> = lines.parse()?;
            let id = match &line.activityid {
                Some(id) if line.reason.is_tracked() => Some(lines.id(id)?),
                None if line.reason.is_tracked() => {
                    return Err(lines.wrong_line("a tracked message without an activity"));
                }
                _ => None,
            };
            let own = line.messageid.as_deref().map(key_of);
            let found = match own {
                Some(own) => places.of_message(&line.source, own).map(|at| (own, at)),
                None => {
                    let received = line.receivedon.map(Timestamp::as_second);
                    places.of_content(&line.source, received, id)
                }
            };
            let place = found.map(|(_, place)| place);
            let place = place.unwrap_or_else(|| self.current.place_of(&line.source));
            self.created_by.extend(line.created);
            self.decided.push(Decided {
                key: found.map(|(key, _)| key).or(own).or(id),
                place,
                is_there: found.is_some(),
                stands: line.reason.is_tracked() || line.reason == Reason::Duplicate,
                tracked: id,
                // A message that is gone cannot be compared.
                is_alike: is_alike || found.is_none(),
                created_end: self.created_by.len(),
                end: lines.end,
            });
        }
        Ok(())
    }

    pub(super) fn read_emails(
        &mut self,
        folder: &Path,
        lengths: &Lengths,
    ) -> Result<HashMap<MessageKey, u32>, RebuildError> {
        let mut by_id = HashMap::new();
        let tracked = self.decided.iter();
        let keys: HashMap<MessageKey, MessageKey> = tracked
            .filter_map(|it| Some((it.tracked?, it.key?)))
            .collect();
        each(folder, Table::Emails, lengths, |at, line: EmailLine| {
            let id = at.id(&line.activityid)?;
            if by_id.insert(id, self.emails.len() as u32).is_some() {
                return Err(at.wrong_line("the activity is there twice"));
            }
            let is_sent = line.reason == Reason::Sent;
            let current = self.current.tracked(id, &line.source);
            let current = current.filter(|_| !is_sent);
            let regarding = current.and_then(|decision| {
                let now = self.current.regarding(decision);
                let said = line.regardingobjectid.clone();
                (now.as_deref() != said.as_deref()).then_some(said)
            });
            let own = || match &line.messageid {
                Some(id) => key_of(id),
                None => keys.get(&id).copied().unwrap_or(id),
            };
            let key = if current.is_some() { id } else { own() };
            self.emails.push(Email {
                id,
                is_sent,
                current,
                said: current.is_none().then(|| {
                    Box::new(ActivityLine {
                        key,
                        line,
                        addresses: Vec::new(),
                    })
                }),
                regarding,
                parties: 0,
                end: at.end,
                parties_end: 0,
            });
            Ok(())
        })?;
        Ok(by_id)
    }

    pub(super) fn read_parties(
        &mut self,
        folder: &Path,
        lengths: &Lengths,
        by_id: &HashMap<MessageKey, u32>,
    ) -> Result<(), RebuildError> {
        let is_smart = self.current.options().correlation.smart.is_some();
        let (mut last, mut end, mut is_beyond) = (0, 0, false);
        each(
            folder,
            Table::ActivityParties,
            lengths,
            |at, line: PartyLine| {
                let Some(&of) = by_id.get(&at.id(&line.activityid)?) else {
                    is_beyond = true;
                    return Ok(());
                };
                if of < last || is_beyond {
                    return Err(at.wrong_line("the parties are not in the order of the activities"));
                }
                for email in &mut self.emails[last as usize..of as usize] {
                    email.parties_end = end;
                }
                (last, end) = (of, at.end);
                let email = &mut self.emails[of as usize];
                email.parties += 1;
                let is_address =
                    !matches!(line.participationtypemask, mask::REGARDING | mask::OWNER);
                if let (Some(said), Some(address), true) =
                    (&mut email.said, line.addressused, is_smart && is_address)
                {
                    let address = Address::parse(&address);
                    said.addresses.extend(address.map(|it| it.as_str().into()));
                }
                Ok(())
            },
        )?;
        for email in &mut self.emails[last as usize..] {
            email.parties_end = end;
        }
        Ok(())
    }

    pub(super) fn read_created(
        &mut self,
        folder: &Path,
        lengths: &Lengths,
    ) -> Result<(), RebuildError> {
        for table in [Table::Contacts, Table::Leads] {
            each(folder, table, lengths, |at, line: RecordLine| {
                let Some((kind, id)) = line.record() else {
                    return Err(at.wrong_line("the record has no id"));
                };
                let reference = format!("{kind}:{id}");
                let Some(address) = Address::parse(&line.emailaddress1) else {
                    return Err(at.wrong_line("the record has no address"));
                };
                self.created.push(Created {
                    line,
                    address,
                    reference,
                    table,
                    end: at.end,
                });
                Ok(())
            })?;
        }
        Ok(())
    }

    pub(super) fn read_updates(
        &mut self,
        folder: &Path,
        by_id: &HashMap<MessageKey, u32>,
    ) -> Result<(), RebuildError> {
        let lengths = self.lengths;
        each(folder, Table::Updates, &lengths, |at, line: UpdateLine| {
            // An activity of the CRM may have an id of any form.
            let id = at.id(&line.activityid).ok();
            let email = id.and_then(|id| self.emails.get_mut(*by_id.get(&id)? as usize));
            let Some(email) = email else { return Ok(()) };
            if let Some(said) = &mut email.said {
                said.line.regardingobjectid = Some(line.regardingobjectid.clone());
            }
            let now = email.current.and_then(|it| self.current.regarding(it));
            let is_now = now.as_deref() == Some(&*line.regardingobjectid);
            email.regarding = (!is_now).then_some(Some(line.regardingobjectid));
            Ok(())
        })
    }

    pub(super) fn read_failures(
        &mut self,
        folder: &Path,
        lengths: &Lengths,
    ) -> Result<(), RebuildError> {
        let mut end = 0;
        let table = Table::Failures;
        each(folder, table, lengths, |at, line: FailureLine| {
            let told = (line.source.into(), line.error.into());
            self.failures.insert(told);
            end = at.end;
            Ok(())
        })?;
        self.lengths.set(table, end);
        Ok(())
    }
}
