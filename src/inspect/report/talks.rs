//! Conversations: activities that were tied to one another.

use hashbrown::HashMap;
use jiff::Timestamp;

use super::names::Names;

/// Lengths that are counted together: from each up to the next.
const STEPS: [usize; 8] = [1, 2, 3, 6, 11, 21, 51, 101];

/// So many of the longest are told of.
const LONGEST: usize = 20;

/// The activities and what each was tied to.
#[derive(Debug, Default)]
pub(super) struct Talks {
    ids: Names,
    above: HashMap<u32, u32>,
    activities: Vec<Activity>,
}

#[derive(Debug)]
struct Activity {
    id: u32,
    subject: Option<Box<str>>,
    time: Option<Timestamp>,
}

/// A conversation.
#[derive(Debug)]
pub(super) struct Talk {
    /// Its activities.
    pub(super) length: usize,
    /// The first of them, in the order in which they were decided.
    pub(super) first: Box<str>,
    /// What that is about.
    pub(super) subject: Option<Box<str>>,
    /// The latest received time.
    pub(super) last: Option<Timestamp>,
}

/// How many conversations have so many messages.
#[derive(Debug)]
pub(super) struct Lengths {
    pub(super) label: String,
    pub(super) talks: u64,
}

impl Talks {
    /// Adds an activity, and the one that it was tied to.
    pub(super) fn add(
        &mut self,
        id: &str,
        above: Option<&str>,
        subject: Option<Box<str>>,
        time: Option<Timestamp>,
    ) {
        let id = self.ids.number(id);
        if let Some(above) = above {
            let above = self.ids.number(above);
            self.above.insert(id, above);
        }
        self.activities.push(Activity { id, subject, time });
    }

    /// The conversations, each with its first activity, in the order of these.
    pub(super) fn whole(&mut self) -> Vec<Talk> {
        let mut places: HashMap<u32, usize> = HashMap::new();
        let mut talks: Vec<Talk> = Vec::new();
        for activity in &self.activities {
            let root = root(&mut self.above, activity.id);
            let place = *places.entry(root).or_insert_with(|| {
                talks.push(Talk {
                    length: 0,
                    first: self.ids.text(activity.id).into(),
                    subject: activity.subject.clone(),
                    last: None,
                });
                talks.len() - 1
            });
            if let Some(talk) = talks.get_mut(place) {
                talk.length += 1;
                talk.last = talk.last.max(activity.time);
            }
        }
        talks
    }
}

/// The activity that a conversation began with. Ties lead back in time, so they never go round; what was gone over is
/// tied to the root itself.
fn root(above: &mut HashMap<u32, u32>, from: u32) -> u32 {
    let mut at = from;
    while let Some(&next) = above.get(&at) {
        at = next;
    }
    let root = at;
    let mut at = from;
    while at != root {
        match above.insert(at, root) {
            Some(next) => at = next,
            None => break,
        }
    }
    root
}

/// The conversations by length.
pub(super) fn lengths(talks: &[Talk]) -> Vec<Lengths> {
    let ends = STEPS.iter().skip(1).map(Some).chain([None]);
    let mut out: Vec<Lengths> = STEPS
        .iter()
        .zip(ends)
        .map(|(&from, end)| {
            let talks = talks
                .iter()
                .filter(|it| it.length >= from && end.is_none_or(|&end| it.length < end));
            Lengths {
                label: match end {
                    None => format!("{from} and more"),
                    Some(&end) if end == from + 1 => from.to_string(),
                    Some(&end) => format!("{from} to {}", end - 1),
                },
                talks: talks.count() as u64,
            }
        })
        .collect();
    while out.last().is_some_and(|it| it.talks == 0) {
        out.pop();
    }
    out
}

/// The longest, which have two messages at least.
pub(super) fn longest(talks: &[Talk]) -> Vec<&Talk> {
    let mut longest: Vec<&Talk> = talks.iter().filter(|it| it.length > 1).collect();
    longest.sort_by_key(|it| std::cmp::Reverse(it.length));
    longest.truncate(LONGEST);
    longest
}

#[cfg(test)]
mod tests {
    use super::{Talks, lengths, longest};

    #[test]
    fn a_conversation_is_all_that_leads_to_one_beginning() {
        let mut talks = Talks::default();
        for (id, above) in [
            ("a", None),
            ("b", Some("a")),
            ("c", Some("b")),
            ("d", Some("before")),
            ("e", Some("before")),
            ("f", None),
        ] {
            talks.add(id, above, Some(format!("of {id}").into()), None);
        }
        let whole = talks.whole();
        let found: Vec<(usize, &str)> = whole.iter().map(|it| (it.length, &*it.first)).collect();
        assert_eq!(found, [(3, "a"), (2, "d"), (1, "f")]);
        let by_length: Vec<(String, u64)> = lengths(&whole)
            .into_iter()
            .map(|it| (it.label, it.talks))
            .collect();
        assert_eq!(
            by_length,
            [("1".into(), 1), ("2".into(), 1), ("3 to 5".into(), 1)]
        );
        let longest = longest(&whole);
        assert_eq!(longest.len(), 2);
        assert_eq!(longest[0].subject.as_deref(), Some("of a"));
    }
}
