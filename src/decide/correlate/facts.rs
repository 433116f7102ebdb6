//! The properties of a message or activity that correlation uses.

use jiff::Timestamp;
use smallvec::SmallVec;

use crate::book::KnownEmail;
use crate::decide::resolve::Author;
use crate::mail::address::{Normal, parse_list};
use crate::mail::envelope::{AddressId, Addresses, Envelope};
use crate::mail::identity::IdentityId;
use crate::mail::message;
use crate::mail::token::Token;
use crate::options::Correlation;

/// Smart matching uses at most the first 20 distinct addresses of a message (R8).
const ADDRESSES_MAX: usize = 20;

/// The properties of an activity by which messages are correlated with it, whether it is a message of the run, in
/// `email.csv`, or from an earlier run.
#[derive(Clone, Debug, Default)]
pub struct Facts<'a> {
    /// The identity of its message, if mail of this run names it.
    pub identity: Option<IdentityId>,
    /// When it was received.
    pub received_on: Option<Timestamp>,
    /// The subject, decoded; empty if there is none.
    pub subject: &'a str,
    /// The tracking tokens in it; none if that method is off.
    pub tokens: SmallVec<[Token; 1]>,
    /// Thread-Index, base64; empty if there is none.
    pub conversation_index: &'a str,
    /// Its first distinct addresses, for smart matching; empty if that method is off.
    pub addresses: Vec<AddressId>,
}

impl<'a> Facts<'a> {
    /// Returns the facts of a message from `author`.
    pub fn of_message(
        message: &'a Envelope,
        author: &Author<'a>,
        options: &Correlation,
    ) -> Facts<'a> {
        let parties = author.parties(message).chain(message.recipients(true));
        let subject = message.subject().unwrap_or("");
        Facts {
            identity: Some(message.identity),
            received_on: message.received_on.get(),
            subject,
            tokens: tokens(options, [subject]),
            conversation_index: message.conversation_index().unwrap_or(""),
            addresses: match options.smart {
                Some(_) => first_distinct(parties.filter_map(|party| party.address)),
                None => Vec::new(),
            },
        }
    }

    /// Returns the facts of an activity that the CRM already has. Addresses that do not occur in the mail of the run
    /// are left out: no message can share them.
    pub fn of_known(
        email: &KnownEmail<'a>,
        identity: Option<IdentityId>,
        addresses: &Addresses,
        options: &Correlation,
    ) -> Facts<'a> {
        let parties = [email.sender, email.to_recipients].into_iter();
        let parsed = parties
            .flat_map(|text| parse_list(text, &|words| message::decode_words(words).into_owned()))
            .filter_map(|mailbox| mailbox.address)
            .map(Normal::into_address);
        Facts {
            identity,
            received_on: email.created_on,
            subject: email.subject,
            tokens: tokens(options, [email.subject, email.tracking_token]),
            conversation_index: email.conversation_index,
            addresses: match options.smart {
                Some(_) => first_distinct(parsed)
                    .iter()
                    .filter_map(|address| addresses.find(address))
                    .collect(),
                None => Vec::new(),
            },
        }
    }
}

/// Returns the tracking tokens in the texts; none if that method is off.
pub(crate) fn tokens<const N: usize>(
    options: &Correlation,
    texts: [&str; N],
) -> SmallVec<[Token; 1]> {
    let mut found = SmallVec::new();
    if options.tracking_token {
        for text in texts.into_iter().filter(|it| options.token.may_be_in(it)) {
            found.extend(options.token.tokens(text));
        }
    }
    found
}

fn first_distinct<T: PartialEq>(all: impl Iterator<Item = T>) -> Vec<T> {
    let mut first = Vec::new();
    for item in all {
        if first.len() == ADDRESSES_MAX {
            break;
        }
        if !first.contains(&item) {
            first.push(item);
        }
    }
    first
}
