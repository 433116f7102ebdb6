//! Passes of decisions until no record that was created has to be asked for.

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

/// Decides every message in order, as [`pass::decide`], and asks the book's present state about all that would be
/// created. Where it has a record, all is decided again with that: later messages depend on what is created.
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
        let unasked = folded.created_addresses(|address| !earlier.answers.were_asked(address));
        let other = match unasked.as_slice() {
            [] => None,
            _ => present.other(),
        };
        let ask = |book| Answers::ask(&unasked, book, resolver, present.now, threads);
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

/// What is a duplicate of all that was created, in the order of decisions.
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
