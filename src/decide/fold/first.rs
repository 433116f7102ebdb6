//! The *first* activity of each identity. A later message with the same identity is a duplicate (R1).

use hashbrown::HashMap;

use crate::decide::correlate::method::ActivityKey;
use crate::mail::direction::Direction;
use crate::mail::identity::IdentityId;

/// An identity; for internal mail that is tracked in both directions, with the direction (R1).
pub(super) type DuplicateKey = (IdentityId, Option<Direction>);

/// The first activity of each identity.
pub(super) struct First {
    /// Indexed by the identity's interned id.
    of: Vec<Option<ActivityKey>>,
    /// Entries with a direction: internal mail that is tracked in both directions, and known activities that may be
    /// such mail.
    of_direction: HashMap<(IdentityId, Direction), ActivityKey>,
}

impl First {
    /// Creates an empty table for this many identities.
    pub(super) fn new(identities: usize) -> First {
        First {
            of: vec![None; identities],
            of_direction: HashMap::new(),
        }
    }

    /// Returns the first activity of an identity.
    pub(super) fn get(&self, (identity, direction): DuplicateKey) -> Option<ActivityKey> {
        match direction {
            None => self.of.get(identity.0 as usize).copied().flatten(),
            Some(direction) => self.of_direction.get(&(identity, direction)).copied(),
        }
    }

    /// Adds an activity, unless the key already has one.
    pub(super) fn add(&mut self, (identity, direction): DuplicateKey, activity: ActivityKey) {
        match direction {
            None => {
                if let Some(first) = self.of.get_mut(identity.0 as usize) {
                    first.get_or_insert(activity);
                }
            }
            Some(direction) => {
                let key = (identity, direction);
                self.of_direction.entry(key).or_insert(activity);
            }
        }
    }
}
