use super::*;
use crate::mail::envelope::When;
use crate::mail::envelope::{Envelope, EnvelopeBuilder};
use crate::mail::identity::Identity;
use crate::mail::identity::IdentityId;
use jiff::Timestamp;
use proptest::prelude::*;

/// A message for a test: seconds, id, named ids.
type Message = (Option<i64>, Option<String>, Vec<String>);

fn run(messages: &[Message]) -> Vec<u32> {
    let mut identities = Identities::default();
    let mut number = |id: &str| identities.intern(Identity::MessageId(id));
    let numbered: Vec<Option<IdentityId>> = messages
        .iter()
        .map(|(_, id, _)| id.as_deref().map(&mut number))
        .collect();
    let mut writing = EnvelopeBuilder::default();
    let mut envelope = |names: &[String]| {
        writing.references(names.iter().map(|id| number(id)));
        writing.finish()
    };
    let envelopes: Vec<Envelope> = messages
        .iter()
        .map(|(_, _, names)| envelope(names))
        .collect();
    let without = identities.intern(Identity::Content([0; 20]));
    let sources: Vec<String> = (0..messages.len()).map(|at| format!("{at:04}")).collect();
    let entries: Vec<OrderEntry<'_>> = messages
        .iter()
        .enumerate()
        .map(|(at, (time, _, _))| OrderEntry {
            received_on: time.map(|t| Timestamp::from_second(t).unwrap()).into(),
            identity: numbered[at].unwrap_or(without),
            named: envelopes[at].named(),
        })
        .collect();
    order(&entries, &identities, |at| {
        sources[at as usize].as_str().into()
    })
}

/// A message for a test, without a time if `time` is negative, and without an id if it is empty.
fn message(time: i64, id: &str, names: &[&str]) -> Message {
    let id = (!id.is_empty()).then(|| id.to_owned());
    (
        (time >= 0).then_some(time),
        id,
        names.iter().map(|&n| n.to_owned()).collect(),
    )
}

#[test]
fn what_has_neither_other_time_nor_id_is_ordered_by_source() {
    let mut identities = Identities::default();
    let envelope = Envelope::default();
    let entry = |identity| OrderEntry {
        received_on: When::NONE,
        identity,
        named: envelope.named(),
    };
    let copies = identities.intern(Identity::MessageId("a@x.example"));
    let without = identities.intern(Identity::Content([0; 20]));
    let entries = [copies, without, copies, without].map(entry);
    let sources = ["d", "c", "b", "a"];
    let order = order(&entries, &identities, |at| sources[at as usize].into());
    assert_eq!(order, [3, 1, 2, 0]);
}

#[test]
fn orders_by_time_but_after_what_is_named() {
    let m = message;
    let cases: [(&str, Vec<Message>, Vec<u32>); 8] = [
        (
            "time",
            vec![m(3, "a", &[]), m(1, "b", &[]), m(2, "c", &[])],
            vec![1, 2, 0],
        ),
        (
            "no time last, no id first",
            vec![m(-1, "a", &[]), m(1, "b", &[]), m(1, "", &[])],
            vec![2, 1, 0],
        ),
        (
            "reply with a wrong clock",
            vec![m(5, "a", &[]), m(1, "b", &["a"]), m(3, "c", &[])],
            vec![2, 0, 1],
        ),
        (
            "chain",
            vec![m(3, "a", &[]), m(2, "b", &["a"]), m(1, "c", &["b"])],
            vec![0, 1, 2],
        ),
        (
            "cycle",
            vec![m(2, "a", &["b"]), m(1, "b", &["a"])],
            vec![1, 0],
        ),
        (
            "itself",
            vec![m(2, "a", &["a"]), m(1, "b", &["b", "c"])],
            vec![1, 0],
        ),
        (
            "who names a cycle waits for it",
            vec![m(9, "a", &["b"]), m(8, "b", &["a"]), m(1, "c", &["a"])],
            vec![1, 0, 2],
        ),
        (
            "all copies",
            vec![m(9, "a", &[]), m(1, "a", &[]), m(2, "b", &["a"])],
            vec![1, 0, 2],
        ),
    ];
    for (name, messages, want) in cases {
        assert_eq!(run(&messages), want, "{name}");
    }
}

#[test]
fn many_copies_and_replies_cost_no_square() {
    let mut messages: Vec<Message> = (0..20_000).map(|at| message(at, "a", &["a"])).collect();
    messages.extend((0..20_000).map(|at| message(at, "b", &["a", "b"])));
    assert_eq!(run(&messages).len(), messages.len());
}

/// R2, implemented directly and slowly.
fn plain(messages: &[Message]) -> Vec<u32> {
    let count = messages.len();
    let names = |a: usize, b: usize| {
        messages[b]
            .1
            .as_ref()
            .is_some_and(|id| messages[a].2.contains(id))
    };
    let mut reaches: Vec<Vec<bool>> = (0..count)
        .map(|a| (0..count).map(|b| names(a, b)).collect())
        .collect();
    for via in 0..count {
        for a in 0..count {
            for b in 0..count {
                reaches[a][b] |= reaches[a][via] && reaches[via][b];
            }
        }
    }
    let mut taken = Vec::new();
    while taken.len() < count {
        let is_free = |&a: &usize| {
            !taken.contains(&(a as u32))
                && (0..count)
                    .all(|b| a == b || !names(a, b) || reaches[b][a] || taken.contains(&(b as u32)))
        };
        let key = |a: &usize| {
            (
                messages[*a].0.is_none(),
                messages[*a].0,
                messages[*a].1.clone(),
                *a,
            )
        };
        taken.push((0..count).filter(is_free).min_by_key(key).unwrap() as u32);
    }
    taken
}

proptest! {
    #[test]
    fn is_what_the_rule_says(seeds in prop::collection::vec((prop::option::of(0i64..5), prop::option::of(0u8..6), prop::collection::vec(0u8..6, 0..3)), 0..9)) {
        let messages: Vec<Message> = seeds
            .into_iter()
            .map(|(time, id, names)| (time, id.map(|n| n.to_string()), names.into_iter().map(|n| n.to_string()).collect()))
            .collect();
        prop_assert_eq!(run(&messages), plain(&messages));
    }
}
