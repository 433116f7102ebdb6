//! Full resolution, from an address as written to the sender's record or the recipient's: lookup, scope, precedence.

use mailtrack::bench::Address;
use mailtrack::bench::CreatedRecords;
use mailtrack::bench::Distinct;
use mailtrack::bench::Synchronized;
use mailtrack::bench::{AHEAD, AsOf, Resolver};
use mailtrack::bench::{Book, LookupResults};
use mailtrack::bench::{MailboxId, Options};

use crate::contenders::{BATCH, Contender};

/// A mailbox with an owner and the add-in's default scope, so that all checks of scope and precedence are needed.
const OPTIONS: &str = "[address_book]\ncontacts = \"synchronized\"\nother_records = \"owned\"\n[[mailbox]]\nowner = \"systemuser:u1\"\n";

/// What an address is resolved to.
#[derive(Clone, Copy)]
pub enum Role {
    /// The sender: at most one record.
    Sender,
    /// A recipient: every record in scope.
    Recipient,
}

/// Lookups with the resolution that follows them.
pub struct Resolution<'b> {
    book: &'b Book,
    role: Role,
    options: Options,
    distinct: Distinct,
    created: CreatedRecords,
    found: LookupResults,
}

impl<'b> Resolution<'b> {
    pub fn new(book: &'b Book, role: Role) -> Resolution<'b> {
        Resolution {
            book,
            role,
            options: Options::parse("bench.toml", OPTIONS).expect("the options are good"),
            distinct: Distinct::default(),
            created: CreatedRecords::default(),
            found: LookupResults::default(),
        }
    }
}

impl Contender for Resolution<'_> {
    fn name(&self) -> &'static str {
        match self.role {
            Role::Sender => "ours, as sender",
            Role::Recipient => "ours, as recipient",
        }
    }
    fn look_up(&mut self, queries: &[&str]) -> usize {
        let resolver = Resolver::new(
            self.book,
            &self.options,
            &self.distinct,
            LookupResults::default(),
            &Synchronized::default(),
        );
        let mut configured = self.options.configured();
        let mailbox = configured.next().map_or(MailboxId::GENERAL, |(id, _)| id);
        let moment = AsOf {
            created: &self.created,
            ordinal: mailtrack::bench::Ordinal::default(),
        };
        let mut sum = 0;
        for batch in queries.chunks(BATCH) {
            self.book.look_up(batch, &mut self.found);
            for (number, query) in batch.iter().enumerate() {
                self.book.fetch_ahead(&self.found, number + AHEAD);
                let candidates = self.found.of(number);
                let asked = resolver.query(mailbox, || Address::parse(query), candidates);
                sum += match self.role {
                    Role::Sender => {
                        let sender = resolver.sender_of(mailbox, asked, moment);
                        usize::from(sender.record.is_some())
                    }
                    Role::Recipient => {
                        let matches = resolver.matches_of(mailbox, asked, moment);
                        resolver.recipients(mailbox, &matches).len()
                    }
                };
            }
        }
        sum
    }
    fn bytes_per_address(&self) -> Option<f64> {
        None
    }
}
