//! What mail and a book reveal about their user.

use crate::inspect::init::owners::FoundMailbox;
use std::collections::{BTreeMap, BTreeSet};

use crate::base::terminal::counted;
use crate::decide::resolve::Resolver;
use crate::mail::address::domain::registrable;
use crate::mail::envelope::{AddressId, Envelope};
use crate::mail::intake::Intake;
use crate::mail::rules::Rules;

use super::owners::Owners;

/// The findings.
#[derive(Debug, Default)]
pub(crate) struct Findings {
    /// The number of messages that were read.
    pub messages: u64,
    /// Records by type.
    pub records: BTreeMap<String, u64>,
    /// The mailboxes: one for all mail, or one for each top-level folder.
    pub parts: Vec<FoundMailbox>,
    /// The domains of users whose addresses occur in the mail, and the number of these addresses.
    pub domains: BTreeMap<String, u64>,
    /// Folders and their numbers of messages, largest first, without those that every mailbox has.
    pub folders: Vec<(String, u64)>,
    /// The number of addresses `a+tag@d` without a record whose `a@d` has one.
    pub tagged: u64,
    /// The number of messages in folders of sent mail.
    pub sent: u64,
}

impl Findings {
    /// Describes the mailboxes by whether they have an owner. An address of neither a user nor a queue is not an owner.
    pub(crate) fn mailboxes(&self) -> String {
        let mut owners = self.parts.iter().filter_map(|part| part.owner.as_ref());
        let owned = owners.clone().filter(|owner| owner.record.is_some());
        let owned = counted(owned.count() as u64, "mailbox", "mailboxes");
        let by_address = owners.by_ref().filter(|owner| owner.record.is_none());
        match by_address.count() as u64 {
            0 => format!("{owned} with an owner"),
            some => format!(
                "{owned} with an owner, {} with addresses alone (give the owner)",
                counted(some, "mailbox", "mailboxes")
            ),
        }
    }
}

/// Evaluates mail that was read, and the book that it was resolved against.
pub(crate) fn findings(intake: &Intake, resolver: &Resolver<'_>, rules: &Rules) -> Findings {
    let mut owners = Owners::new(resolver, &intake.distinct.addresses);
    let mut folders: BTreeMap<&str, u64> = BTreeMap::new();
    let mut met: BTreeSet<AddressId> = BTreeSet::new();
    let mut sent = 0;
    for mail in &intake.mail {
        let folder = mail.source.folder();
        *folders.entry(folder).or_default() += 1;
        sent += u64::from(owners.meet(folder, &mail.envelope));
        met.extend(addresses(&mail.envelope));
    }
    let mut by_count: Vec<(String, u64)> = folders
        .into_iter()
        .filter(|(folder, _)| !is_usual(folder))
        .map(|(folder, count)| (folder.to_owned(), count))
        .collect();
    by_count.sort_by(|a, b| (b.1, &a.0).cmp(&(a.1, &b.0)));
    Findings {
        messages: intake.mail.len() as u64,
        records: resolver
            .book
            .counts()
            .into_iter()
            .map(|(kind, count)| (kind.to_owned(), count))
            .collect(),
        domains: domains(&met, &owners, intake, rules),
        parts: owners.parts(),
        folders: by_count,
        tagged: tagged(&met, intake, resolver),
        sent,
    }
}

/// Returns whether every mailbox has such a folder.
fn is_usual(folder: &str) -> bool {
    let last = folder.rsplit('/').next().unwrap_or_default();
    folder.is_empty() || last.eq_ignore_ascii_case("inbox") || super::owners::is_sent(last)
}

pub(super) fn addresses(envelope: &Envelope) -> impl Iterator<Item = AddressId> {
    envelope.parties().filter_map(|party| party.address)
}

/// Counts the domains of users, without free-mail domains.
fn domains(
    met: &BTreeSet<AddressId>,
    owners: &Owners<'_>,
    intake: &Intake,
    rules: &Rules,
) -> BTreeMap<String, u64> {
    let mut domains = BTreeMap::new();
    for &address in met {
        let domain = intake.distinct.addresses.get(address).domain();
        if owners.user(address).is_some() && !rules.free_mail.covers(domain) {
            let own = registrable(domain).unwrap_or(domain);
            *domains.entry(own.to_owned()).or_default() += 1;
        }
    }
    domains
}

fn tagged(met: &BTreeSet<AddressId>, intake: &Intake, resolver: &Resolver<'_>) -> u64 {
    let strangers = met
        .iter()
        .filter(|&&address| !resolver.has_exact_candidates(address))
        .map(|&address| intake.distinct.addresses.get(address).as_str());
    let bare: Vec<String> = strangers
        .filter_map(|text| {
            let (local, domain) = text.rsplit_once('@')?;
            let (bare, _) = local.split_once('+')?;
            (!bare.is_empty()).then(|| format!("{bare}@{domain}"))
        })
        .collect();
    let texts: Vec<&str> = bare.iter().map(String::as_str).collect();
    let mut found = crate::book::LookupResults::default();
    resolver.book.look_up(&texts, &mut found);
    (0..texts.len())
        .filter(|&number| found.of(number).iter().any(|it| it.equivalence.is_exact()))
        .count() as u64
}
