//! Correlation by conversation index (R8, code 5).

use hashbrown::HashMap;

use super::conversation_index::{BLOCK, ConversationIndex, HEADER};
use crate::decide::correlate::method::{ActivityKey, Dated};

/// Index of a point in [`ByConversation::points`].
type PointId = u32;

/// The tracked activities by conversation index: a tree whose roots are the ids of the conversations and whose edges
/// are blocks. A search takes one lookup per block, however many activities there are.
#[derive(Debug, Default)]
pub(super) struct ByConversation {
    conversations: HashMap<[u8; HEADER], PointId>,
    answers: HashMap<(PointId, [u8; BLOCK]), PointId>,
    points: Vec<Point>,
}

/// A point in a conversation: a complete index, or a prefix of one.
#[derive(Debug)]
struct Point {
    /// The newest activity with exactly this index.
    whole: Option<Dated>,
    /// The newest activity whose index begins with this one.
    newest: Dated,
}

impl ByConversation {
    /// Adds an activity with the index `index`.
    pub(super) fn add(&mut self, index: &ConversationIndex, dated: Dated) {
        let Some((header, blocks)) = index.parts() else {
            return;
        };
        let new = self.points.len() as PointId;
        let mut at = *self.conversations.entry(*header).or_insert(new);
        self.pass(at, dated);
        for block in blocks {
            let new = self.points.len() as PointId;
            at = *self.answers.entry((at, *block)).or_insert(new);
            self.pass(at, dated);
        }
        if let Some(point) = self.points.get_mut(at as usize) {
            point.whole = point.whole.max(Some(dated));
        }
    }

    /// Updates `point.newest` for an activity below that point, and creates the point if `at` is the next unused
    /// number.
    fn pass(&mut self, at: PointId, dated: Dated) {
        match self.points.get_mut(at as usize) {
            Some(point) => point.newest = point.newest.max(dated),
            None => self.points.push(Point {
                whole: None,
                newest: dated,
            }),
        }
    }

    /// Returns the activity of the same conversation with the longest index that is a prefix of `index` (the newest of
    /// several); if there is none, the newest of those that share the most blocks with it.
    pub(super) fn find(&self, index: &ConversationIndex) -> Option<ActivityKey> {
        let (header, blocks) = index.parts()?;
        let mut at = *self.conversations.get(header)?;
        let mut deepest = self.points.get(at as usize)?;
        let mut whole = deepest.whole;
        for block in blocks {
            let Some(&next) = self.answers.get(&(at, *block)) else {
                break;
            };
            at = next;
            deepest = self.points.get(at as usize)?;
            whole = deepest.whole.or(whole);
        }
        Some(whole.unwrap_or(deepest.newest).activity)
    }
}

#[cfg(test)]
mod tests {
    use base64::Engine as _;
    use base64::engine::general_purpose::STANDARD;
    use jiff::Timestamp;
    use proptest::prelude::*;

    use super::*;

    /// An index of one of two conversations with blocks of small numbers, and a time.
    type Made = (u8, Vec<u8>, Option<i64>);

    fn made() -> impl Strategy<Value = Made> {
        let time = prop::option::weighted(0.9, 0i64..4);
        (0u8..2, prop::collection::vec(0u8..3, 0..5), time)
    }

    fn index((conversation, blocks, _): &Made) -> ConversationIndex {
        let mut bytes = vec![*conversation; HEADER];
        blocks.iter().for_each(|&it| bytes.extend([it; BLOCK]));
        ConversationIndex::parse(&STANDARD.encode(bytes)).unwrap()
    }

    /// The rule as it is written, by going over all activities.
    fn by_the_rule(tracked: &[(Made, Dated)], message: &Made) -> Option<ActivityKey> {
        let rank = |((conversation, blocks, _), dated): &(Made, Dated)| {
            let same = blocks
                .iter()
                .zip(&message.1)
                .take_while(|(a, b)| a == b)
                .count();
            let whole = message.1.starts_with(blocks).then_some(blocks.len());
            (*conversation == message.0).then_some((whole, same, *dated))
        };
        // If a whole index is a prefix of this one, the blocks in common are that index.
        let best = tracked.iter().filter_map(rank).max();
        best.map(|(_, _, dated)| dated.activity)
    }

    #[test]
    fn a_long_conversation_costs_no_square() {
        let mut table = ByConversation::default();
        for number in 0..100_000 {
            let mut bytes = vec![7; HEADER];
            bytes.extend([1; BLOCK]);
            bytes.extend((number as u64).to_be_bytes());
            let index = ConversationIndex::parse(&STANDARD.encode(&bytes)).unwrap();
            let before = table.find(&index).map(|found| found.number());
            assert_eq!(before, u32::checked_sub(number, 1));
            let dated = Dated {
                received_on: None,
                activity: ActivityKey::new(number),
            };
            table.add(&index, dated);
        }
    }

    proptest! {
        #[test]
        fn what_is_found_is_what_the_rule_says(
            tracked in prop::collection::vec(made(), 0..12),
            message in made(),
        ) {
            let mut table = ByConversation::default();
            let mut all = Vec::new();
            for (number, made) in (0..).zip(tracked) {
                let dated = Dated {
                    received_on: made.2.map(|time| Timestamp::from_second(time).unwrap()),
                    activity: ActivityKey::new(number),
                };
                table.add(&index(&made), dated);
                all.push((made, dated));
            }
            prop_assert_eq!(table.find(&index(&message)), by_the_rule(&all, &message));
        }
    }
}
