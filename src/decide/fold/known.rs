//! The state of the fold before the first message: the CRM's activities, and what earlier runs tracked and created.

use std::sync::Arc;

use hashbrown::HashMap;

use super::messages::MessageFold;
use crate::base::reference::Reference;
use crate::book::KnownEmail;
use crate::decide::correlate::Facts;
use crate::decide::correlate::method::ActivityKey;
use crate::decide::created::CreatedRecord;
use crate::decide::decision::{Activity, RegardingBy, RememberedActivity};
use crate::mail::direction::Direction;
use crate::mail::identity::{ActivityId, Identity, IdentityId};

impl<'a> MessageFold<'a> {
    /// Adds a record that an earlier run created.
    pub(crate) fn remember(&mut self, record: CreatedRecord) {
        self.decided
            .created
            .remember(record, self.resolver.addresses);
    }

    /// Adds an activity that an earlier run tracked, unless the book has it: the book is more recent (R5).
    pub(crate) fn remember_activity(&mut self, activity: &'a RememberedActivity) {
        let key = activity.identity.map(|it| (it, activity.direction));
        if key.is_some_and(|key| self.first.get(key).is_some()) {
            return;
        }
        let by = activity.folder.clone().map(RegardingBy::FolderBefore);
        let it = Activity {
            id: activity.id.clone(),
            regarding: activity.regarding.clone().map(Arc::new),
            regarding_by: by.unwrap_or(RegardingBy::Other),
            is_known: true,
        };
        let key = self.push(it, || activity.source.as_deref().map(Into::into));
        if let Some(identity) = activity.identity {
            self.register(identity, activity.direction, key);
        }
        let (addresses, options) = (self.resolver.addresses, &self.options.correlation);
        self.correlation
            .add(&activity.facts(addresses, options), key);
    }

    /// Registers an activity under every key that finds it. One without a direction is registered under both.
    fn register(
        &mut self,
        identity: IdentityId,
        direction: Option<Direction>,
        activity: ActivityKey,
    ) {
        let both = [Direction::Outgoing, Direction::Incoming];
        for one in both
            .into_iter()
            .filter(|&it| direction.is_none_or(|is| is == it))
        {
            self.first.add((identity, Some(one)), activity);
        }
        self.first.add((identity, None), activity);
    }

    /// Adds the activities that the CRM has.
    pub(super) fn add_all_known(&mut self, emails: impl Iterator<Item = KnownEmail<'a>>) {
        let mut unnamed = HashMap::new();
        for email in emails {
            self.add_known(email, &mut unnamed);
        }
    }

    /// Adds an activity that the CRM has. `unnamed` maps each Message-ID that no message of the run names to its first
    /// activity.
    fn add_known(&mut self, email: KnownEmail<'a>, unnamed: &mut HashMap<&'a str, ActivityKey>) {
        let it = Activity {
            id: ActivityId::Given(email.activity_id.into()),
            regarding: email
                .regarding
                .map(|it| Arc::new(Reference::new(it.kind, it.id))),
            regarding_by: RegardingBy::Other,
            is_known: true,
        };
        let key = self.push(it, || None);
        let direction = email.outgoing.map(|is_outgoing| match is_outgoing {
            true => Direction::Outgoing,
            false => Direction::Incoming,
        });
        let resolver = self.resolver;
        let find = |id| resolver.identities.find(Identity::MessageId(id));
        let identity = Some(email.message_id)
            .filter(|id| !id.is_empty())
            .and_then(find);
        let first = match identity {
            Some(identity) => {
                self.register(identity, direction, key);
                key
            }
            // Without a Message-ID, it equals no other activity.
            None if email.message_id.is_empty() => key,
            None => *unnamed.entry(email.message_id).or_insert(key),
        };
        let options = &self.options.correlation;
        let facts = Facts::of_known(&email, identity, resolver.addresses, options);
        self.correlation.add(&facts, first);
    }
}
