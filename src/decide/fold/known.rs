//! What the fold knows before the first message: what the CRM has, and what earlier runs tracked and created.

use std::sync::Arc;

use super::Fold;
use crate::book::KnownEmail;
use crate::correlate::{ActivityKey, Facts};
use crate::create::CreatedRecord;
use crate::decide::{Activity, RegardingBy, RememberedActivity};
use crate::identity::{Identity, OwnIdentity};
use crate::reference::Reference;
use crate::track::Direction;

impl<'a> Fold<'a> {
    /// Adds a record that an earlier run created.
    pub fn remember(&mut self, record: CreatedRecord) {
        self.decided
            .created
            .remember(record, self.resolver.addresses);
    }

    /// Adds an activity that an earlier run tracked. What the book says of one is fresher (R5).
    pub fn remember_activity(&mut self, activity: &'a RememberedActivity) {
        let identity = activity.identity.as_ref().map(OwnIdentity::view);
        if identity.is_some_and(|it| self.tracked.contains_key(&(it, activity.direction))) {
            return;
        }
        let by = activity.folder.clone().map(RegardingBy::FolderBefore);
        let it = Activity {
            id: activity.id.clone(),
            regarding: activity.regarding.clone().map(Arc::new),
            regarding_by: by.unwrap_or(RegardingBy::Other),
            is_known: true,
        };
        let key = self.push(it, activity.source.as_deref());
        if let Some(identity) = identity {
            self.know_as(identity, activity.direction, key);
        }
        self.correlation
            .add(&activity.facts(self.resolver.addresses), key);
    }

    /// Every key under which an activity is found again: one without a direction stands for both.
    fn know_as(
        &mut self,
        identity: Identity<'a>,
        direction: Option<Direction>,
        activity: ActivityKey,
    ) {
        let both = [Direction::Outgoing, Direction::Incoming];
        for one in both
            .into_iter()
            .filter(|&it| direction.is_none_or(|is| is == it))
        {
            self.tracked
                .entry((identity, Some(one)))
                .or_insert(activity);
        }
        self.tracked.entry((identity, None)).or_insert(activity);
    }

    pub(super) fn know(&mut self, email: KnownEmail<'a>) {
        let it = Activity {
            id: email.activity_id.into(),
            regarding: email
                .regarding
                .map(|it| Arc::new(Reference::new(it.kind, it.id))),
            regarding_by: RegardingBy::Other,
            is_known: true,
        };
        let key = self.push(it, None);
        let direction = email.outgoing.map(|is_outgoing| match is_outgoing {
            true => Direction::Outgoing,
            false => Direction::Incoming,
        });
        self.know_as(Identity::MessageId(email.message_id), direction, key);
        let options = &self.options.correlation;
        let facts = Facts::of_known(&email, self.resolver.addresses, options);
        self.correlation.add(&facts, key);
    }
}
