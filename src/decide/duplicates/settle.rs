//! Repeats the pass of decisions until every address that gets a record was looked up in the book's current state.

use crate::decide::duplicates::answers::Answers;
use crate::decide::duplicates::duplicate::{Certainty, Duplicate};

use crate::base::reference::Reference;
use crate::base::threads::Threads;
use crate::book::Book;
use crate::book::present::Present;
use crate::decide::created::{CreatedId, CreatedRecord};
use crate::decide::decision::Decided;
use crate::decide::pass;
use crate::decide::pass::{Observer, Remembered};
use crate::decide::resolve::Resolver;
use crate::decide::trace::Trace;
use crate::mail::intake::Mail;
use crate::mail::rules::Rules;

/// Decides every message in order, like [`pass::decide`], and looks up the addresses that would get a record in the
/// book's current state. If a record is found, all messages are decided again, because later decisions depend on what
/// is created.
pub(crate) fn decide(
    mail: &[Mail],
    resolver: &Resolver<'_>,
    rules: &Rules,
    earlier: &mut Remembered,
    telling: Observer<'_>,
    present: &Present<'_>,
    threads: &Threads,
) -> (Decided, Trace) {
    if !resolver.options.detect_duplicates {
        return pass::decide(mail, resolver, rules, earlier, telling, threads);
    }
    loop {
        let folded = pass::fold(mail, resolver, rules, earlier, telling);
        let unasked = folded.created_addresses(|address| !earlier.answers.was_looked_up(address));
        let other = match unasked.as_slice() {
            [] => None,
            _ => present.other(),
        };
        let ask = |book| Answers::look_up(&unasked, book, resolver, present.now, threads);
        let Some(answers) = other.map(ask).filter(Answers::has_records) else {
            let (mut decided, trace) = folded.complete(threads);
            if !decided.created.of_this_run().is_empty() {
                let book = present.other().unwrap_or(resolver.book);
                decided.duplicates = found(&decided, resolver.book, book, threads);
            }
            return (decided, trace);
        };
        drop(folded);
        earlier.answers.add(answers);
    }
}

/// Returns the duplicates of created records, in the order of decisions.
fn found(decided: &Decided, own: &Book, present: &Book, threads: &Threads) -> Vec<Duplicate> {
    let created = decided.created.of_this_run();
    let certain = |record: &CreatedRecord| {
        let found = record.found.as_ref()?;
        Some(duplicate(record, own, None, found.reference.clone()))
    };
    let mut all: Vec<Duplicate> = created.iter().filter_map(certain).collect();
    for (id, equals) in super::alike::find(decided, own, present, threads) {
        let record = decided.created.get(id);
        all.push(duplicate(record, own, Some(id), present.reference(equals)));
    }
    all.sort_by_key(|it| (it.ordinal, it.certainty == Certainty::Possible));
    all
}

fn duplicate(
    record: &CreatedRecord,
    own: &Book,
    id: Option<CreatedId>,
    equals: Reference,
) -> Duplicate {
    Duplicate {
        certainty: match id {
            None => Certainty::Certain,
            Some(_) => Certainty::Possible,
        },
        record: id,
        equals,
        written: record.written.clone(),
        full_name: record.details.name.full.as_str().into(),
        company: record.company(own).map(Into::into),
        activity: record.activity,
        ordinal: record.ordinal,
    }
}
