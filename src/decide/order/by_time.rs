//! Orders messages by time, with a reply after the message that it answers.

use crate::decide::order::ranked::{Members, OrderEntry, Ranked};
use std::borrow::Cow;

use super::cycles::Cycles;
use super::waiting::Waiting;
use crate::mail::identity::Identities;

/// Returns the indices of the entries in the order in which they are decided.
///
/// Of the messages that wait for nothing, the first by received time (without one: last), Message-ID (without one:
/// first) and source is taken. A message waits for every message that it names, unless both are on a cycle of messages
/// that wait for each other.
pub(crate) fn order<'s>(
    entries: &[OrderEntry<'_>],
    identities: &Identities,
    source: impl Fn(u32) -> Cow<'s, str>,
) -> Vec<u32> {
    let by_time = by_time(entries, identities, source);
    let ranked = Ranked {
        entries,
        by_time: &by_time,
    };
    let mut left = vec![0; identities.count()];
    for entry in entries {
        left[entry.identity.0 as usize] += 1;
    }
    let early = ranked.early(left.clone());
    let Some(&first) = early.first() else {
        return by_time;
    };
    let members = Members::new(&ranked, &left, first);
    let cycles = Cycles::find(&ranked, &members, &early);
    let order = Waiting::new(&ranked, &cycles, left).order();
    order
        .into_iter()
        .map(|rank| by_time[rank as usize])
        .collect()
}

/// Returns the indices of the entries by time, Message-ID and source.
pub(super) fn by_time<'s>(
    entries: &[OrderEntry<'_>],
    identities: &Identities,
    source: impl Fn(u32) -> Cow<'s, str>,
) -> Vec<u32> {
    let time = |entry: &OrderEntry<'_>| entry.received_on.rank();
    let id = |at: u32| identities.message_id(entries[at as usize].identity);
    let mut timed: Vec<(i64, u32)> = entries.iter().map(time).zip(0..).collect();
    timed.sort_unstable();
    // Times nearly always differ; ids and sources are compared only if they do not.
    let alike = timed.chunk_by_mut(|(one, _), (other, _)| one == other);
    for alike in alike.filter(|alike| alike.len() > 1) {
        alike.sort_by(|&(_, one), &(_, other)| {
            let by_id = id(one).cmp(&id(other));
            by_id.then_with(|| source(one).cmp(&source(other)))
        });
    }
    timed.into_iter().map(|(_, at)| at).collect()
}

#[cfg(test)]
#[path = "order_tests.rs"]
mod tests;
