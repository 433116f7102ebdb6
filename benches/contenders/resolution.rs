//! Full resolution, from an address as written to the sender's record or the recipient's: lookup, scope, precedence.

use mailtrack::address::Address;
use mailtrack::book::{Book, Found};
use mailtrack::create::CreatedRecords;
use mailtrack::envelope::Addresses;
use mailtrack::options::{MailboxId, Options};
use mailtrack::resolve::{AHEAD, Moment, Resolver};

use crate::contenders::{BATCH, Contender};

/// A mailbox with an owner and what the add-in's defaults leave in scope: everything that scope and precedence ask for.
const OPTIONS: &str = "[address_book]\ncontacts = \"synchronized\"\nother_records = \"owned\"\n[[mailbox]]\nowner = \"systemuser:u1\"\n";

/// What resolution needs.
struct Resolution<'b> {
    book: &'b Book,
    options: Options,
    addresses: Addresses,
    found: Found,
}

impl<'b> Resolution<'b> {
    fn new(book: &'b Book) -> Resolution<'b> {
        Resolution {
            book,
            options: Options::parse("bench.toml", OPTIONS).expect("the options are good"),
            addresses: Addresses::default(),
            found: Found::default(),
        }
    }

    fn each(
        &mut self,
        queries: &[&str],
        resolve: impl Fn(&Resolver<'_>, MailboxId, &str, &Found, usize) -> usize,
    ) -> usize {
        let resolver = Resolver::new(self.book, &self.options, &self.addresses, Found::default());
        let mailbox = self
            .options
            .configured()
            .next()
            .map_or(MailboxId::GENERAL, |(id, _)| id);
        let mut sum = 0;
        for batch in queries.chunks(BATCH) {
            self.book.look_up(batch, &mut self.found);
            for (number, query) in batch.iter().enumerate() {
                self.book.fetch_ahead(&self.found, number + AHEAD);
                sum += resolve(&resolver, mailbox, query, &self.found, number);
            }
        }
        sum
    }
}

/// Senders: one record or none.
pub struct Senders<'b> {
    resolution: Resolution<'b>,
    created: CreatedRecords,
}

impl<'b> Senders<'b> {
    pub fn new(book: &'b Book) -> Senders<'b> {
        Senders {
            resolution: Resolution::new(book),
            created: CreatedRecords::default(),
        }
    }
}

impl Contender for Senders<'_> {
    fn name(&self) -> &'static str {
        "ours, as sender"
    }
    fn look_up(&mut self, queries: &[&str]) -> usize {
        let moment = Moment {
            created: &self.created,
            ordinal: 0,
        };
        self.resolution
            .each(queries, |resolver, mailbox, query, found, number| {
                let asked = resolver.ask(mailbox, || Address::parse(query), found.of(number));
                usize::from(resolver.sender_of(mailbox, asked, moment).record.is_some())
            })
    }
    fn bytes_per_address(&self) -> Option<f64> {
        None
    }
}

/// Recipients: every record in scope.
pub struct Recipients<'b> {
    resolution: Resolution<'b>,
    created: CreatedRecords,
}

impl<'b> Recipients<'b> {
    pub fn new(book: &'b Book) -> Recipients<'b> {
        Recipients {
            resolution: Resolution::new(book),
            created: CreatedRecords::default(),
        }
    }
}

impl Contender for Recipients<'_> {
    fn name(&self) -> &'static str {
        "ours, as recipient"
    }
    fn look_up(&mut self, queries: &[&str]) -> usize {
        let moment = Moment {
            created: &self.created,
            ordinal: 0,
        };
        self.resolution
            .each(queries, |resolver, mailbox, query, found, number| {
                let asked = resolver.ask(mailbox, || Address::parse(query), found.of(number));
                let matches = resolver.matches_of(mailbox, asked, moment);
                resolver.recipients(mailbox, &matches).len()
            })
    }
    fn bytes_per_address(&self) -> Option<f64> {
        None
    }
}
