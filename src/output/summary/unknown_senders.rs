//! Senders without a record, who may be worth adding.

use std::cmp::Reverse;

use crate::decide::class::Class;
use crate::decide::decision::Decision;
use crate::decide::track::Reason;
use crate::mail::address::Address;
use crate::mail::direction::Direction;
use crate::mail::envelope::AddressId;
use crate::output::OutputRows;
use crate::output::summary::counts::{AddressCount, EXAMPLES_MAX};

/// Returns the senders without a record who wrote most. Automated and bulk mail, role accounts, blocked senders and
/// colleagues are left out; whether a message was tracked does not matter.
pub(super) fn most(rows: &OutputRows<'_>) -> Vec<AddressCount> {
    let addresses = rows.resolver.addresses;
    let mut counts = vec![0; addresses.all().len()];
    for decision in &rows.decided.decisions {
        if let Some(AddressId(number)) = stranger(rows, decision) {
            counts[number as usize] += 1;
        }
    }
    let domains = &rows.resolver.options.organization.domains;
    // Most wrote once, and few get among the first. The more expensive checks are made only for these.
    let mut first: Vec<(Reverse<u64>, &Address)> = Vec::with_capacity(EXAMPLES_MAX + 1);
    let numbered = (0u32..).map(AddressId).zip(addresses.all());
    for ((number, address), count) in numbered.zip(counts) {
        let place = first.partition_point(|it| *it < (Reverse(count), address));
        let is_wanted = || !domains.has(address) && !rows.is_role(number);
        if count > 0 && place < EXAMPLES_MAX && is_wanted() {
            first.insert(place, (Reverse(count), address));
            first.truncate(EXAMPLES_MAX);
        }
    }
    let shown = |(Reverse(messages), address): (Reverse<u64>, &Address)| AddressCount {
        address: address.as_str().into(),
        messages,
    };
    first.into_iter().map(shown).collect()
}

/// Returns the sender of a message that a person wrote, if no record has the address. It may still be a role account.
fn stranger(rows: &OutputRows<'_>, decision: &Decision) -> Option<AddressId> {
    let is_told_elsewhere = matches!(
        decision.reason,
        Reason::Duplicate | Reason::Blocked | Reason::InternalEmailReject
    );
    if decision.direction != Direction::Incoming || decision.sender.is_some() || is_told_elsewhere {
        return None;
    }
    let (resolver, message) = (rows.resolver, &rows.mail(decision).envelope);
    let sender = rows.author(decision).address()?;
    let address = resolver.addresses.get(sender);
    let of_mailbox = [Some(decision.receiving), decision.accepting];
    let mut blocklists = of_mailbox
        .into_iter()
        .flatten()
        .map(|mailbox| &resolver.options.mailbox(mailbox).email.blocklist);
    let is_blocked = blocklists.any(|list| list.has(address));
    (Class::of_head(message).is_none() && !is_blocked).then_some(sender)
}
