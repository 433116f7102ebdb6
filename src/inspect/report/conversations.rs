//! Conversations: activities that are correlated, directly or through others.

use hashbrown::HashMap;
use jiff::Timestamp;

use super::interner::Interner;

/// The minimum of each class of lengths; a class ends where the next begins.
const LENGTH_CLASSES: [usize; 8] = [1, 2, 3, 6, 11, 21, 51, 101];

/// At most this many of the longest conversations are listed.
const LONGEST_MAX: usize = 20;

/// Activities, each with the one that it is correlated with.
#[derive(Debug, Default)]
pub(super) struct Conversations {
    ids: Interner,
    parents: HashMap<u32, u32>,
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
pub(super) struct Conversation {
    /// The number of its activities.
    pub(super) length: usize,
    /// Its first activity, in the order of the decisions.
    pub(super) first: Box<str>,
    /// The subject of the first activity.
    pub(super) subject: Option<Box<str>>,
    /// The latest received time.
    pub(super) last: Option<Timestamp>,
}

/// A class of lengths, and the number of conversations in it.
#[derive(Debug)]
pub(super) struct LengthClass {
    pub(super) label: String,
    pub(super) conversations: u64,
}

impl Conversations {
    /// Adds an activity and, if there is one, the activity that it is correlated with.
    pub(super) fn add(
        &mut self,
        id: &str,
        parent: Option<&str>,
        subject: Option<Box<str>>,
        time: Option<Timestamp>,
    ) {
        let id = self.ids.intern(id);
        if let Some(parent) = parent {
            let parent = self.ids.intern(parent);
            self.parents.insert(id, parent);
        }
        self.activities.push(Activity { id, subject, time });
    }

    /// Returns the conversations, in the order of their first activities.
    pub(super) fn grouped(&mut self) -> Vec<Conversation> {
        let mut index_of_root: HashMap<u32, usize> = HashMap::new();
        let mut conversations: Vec<Conversation> = Vec::new();
        for activity in &self.activities {
            let root = root(&mut self.parents, activity.id);
            let index = *index_of_root.entry(root).or_insert_with(|| {
                conversations.push(Conversation {
                    length: 0,
                    first: self.ids.text(activity.id).into(),
                    subject: activity.subject.clone(),
                    last: None,
                });
                conversations.len() - 1
            });
            if let Some(conversation) = conversations.get_mut(index) {
                conversation.length += 1;
                conversation.last = conversation.last.max(activity.time);
            }
        }
        conversations
    }
}

/// Returns the activity that a conversation began with.
///
/// An activity is only ever correlated with an earlier one, so there are no cycles. The path is compressed, or a long
/// conversation would take quadratic time.
fn root(parents: &mut HashMap<u32, u32>, from: u32) -> u32 {
    let mut at = from;
    while let Some(&parent) = parents.get(&at) {
        at = parent;
    }
    let root = at;
    let mut at = from;
    while at != root {
        match parents.insert(at, root) {
            Some(parent) => at = parent,
            None => break,
        }
    }
    root
}

/// Returns the classes of lengths up to the last that has a conversation.
pub(super) fn by_length(conversations: &[Conversation]) -> Vec<LengthClass> {
    let ends = LENGTH_CLASSES.iter().skip(1).map(Some).chain([None]);
    let mut classes: Vec<LengthClass> = LENGTH_CLASSES
        .iter()
        .zip(ends)
        .map(|(&from, end)| {
            let of_class = conversations
                .iter()
                .filter(|it| it.length >= from && end.is_none_or(|&end| it.length < end));
            LengthClass {
                label: match end {
                    None => format!("{from} or more"),
                    Some(&end) if end == from + 1 => from.to_string(),
                    Some(&end) => format!("{from} to {}", end - 1),
                },
                conversations: of_class.count() as u64,
            }
        })
        .collect();
    while classes.last().is_some_and(|it| it.conversations == 0) {
        classes.pop();
    }
    classes
}

/// Returns the longest conversations that have at least two messages.
pub(super) fn longest(conversations: &[Conversation]) -> Vec<&Conversation> {
    let mut longest: Vec<&Conversation> = conversations.iter().filter(|it| it.length > 1).collect();
    longest.sort_by_key(|it| std::cmp::Reverse(it.length));
    longest.truncate(LONGEST_MAX);
    longest
}

#[cfg(test)]
mod tests {
    use super::{Conversations, by_length, longest};

    #[test]
    fn activities_with_one_root_are_one_conversation() {
        let mut conversations = Conversations::default();
        for (id, parent) in [
            ("a", None),
            ("b", Some("a")),
            ("c", Some("b")),
            ("d", Some("of an earlier run")),
            ("e", Some("of an earlier run")),
            ("f", None),
        ] {
            conversations.add(id, parent, Some(format!("subject of {id}").into()), None);
        }
        let all = conversations.grouped();
        let found: Vec<(usize, &str)> = all.iter().map(|it| (it.length, &*it.first)).collect();
        assert_eq!(found, [(3, "a"), (2, "d"), (1, "f")]);
        let classes: Vec<(String, u64)> = by_length(&all)
            .into_iter()
            .map(|it| (it.label, it.conversations))
            .collect();
        assert_eq!(
            classes,
            [("1".into(), 1), ("2".into(), 1), ("3 to 5".into(), 1)]
        );
        let longest = longest(&all);
        assert_eq!(longest.len(), 2);
        assert_eq!(longest[0].subject.as_deref(), Some("subject of a"));
    }
}
