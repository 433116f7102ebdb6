//! Records that are *alike*: equal full names and equal companies, ignoring case, accents and the order of words. A
//! record without a company is not like any other.

use hashbrown::HashMap;
use unicode_normalization::UnicodeNormalization as _;
use unicode_normalization::char::is_combining_mark;

use crate::base::reference::Reference;
use crate::base::threads::Threads;
use crate::book::Book;
use crate::book::index::record::RecordId;
use crate::decide::created::CreatedId;
use crate::decide::decision::Decided;

/// Number of records that a thread compares at a time.
const BATCH: u32 = 4096;

/// A created record, prepared for comparison.
struct Made {
    id: CreatedId,
    name: String,
    company: String,
}

/// Returns the contacts and leads of `book` that are like created records. `own` is the book in which the created
/// records' accounts are found.
pub(super) fn find(
    decided: &Decided,
    own: &Book,
    book: &Book,
    threads: &Threads,
) -> Vec<(CreatedId, RecordId)> {
    let mut made: HashMap<u64, Vec<Made>> = HashMap::new();
    for (id, record) in decided.created.made() {
        let (name, company) = (&record.details.name.full, record.company(own));
        if let Some(company) = company.map(plain).filter(|words| !words.is_empty()) {
            let name = plain(name);
            let of_name = made.entry(signature(name.as_bytes())).or_default();
            of_name.push(Made { id, name, company });
        }
    }
    if made.is_empty() {
        return Vec::new();
    }
    let batches: Vec<(u32, u32)> = ["contact", "lead"]
        .into_iter()
        .filter_map(|kind| book.numbers_of(kind))
        .flat_map(|of| {
            let starts = of.clone().step_by(BATCH as usize);
            starts.map(move |start| (start, of.end.min(start + BATCH)))
        })
        .collect();
    let parts = threads.map(&batches, |&(start, end)| {
        let numbers = (start..end).map(RecordId::from_number);
        let alike = numbers.flat_map(|record| like(book, record, &made));
        alike.collect::<Vec<_>>()
    });
    let mut all = parts.concat();
    all.sort_unstable();
    all
}

fn like(
    book: &Book,
    record: RecordId,
    made: &HashMap<u64, Vec<Made>>,
) -> Vec<(CreatedId, RecordId)> {
    let Some(name) = book.name(record) else {
        return Vec::new();
    };
    let of_name = match name.is_ascii() {
        true => made.get(&signature(name.as_bytes())),
        false => made.get(&signature(plain(name).as_bytes())),
    };
    let Some(of_name) = of_name else {
        return Vec::new();
    };
    let (name, company) = (plain(name), company(book, record).map(plain));
    let is_like = |it: &&Made| it.name == name && Some(&it.company) == company.as_ref();
    let alike = of_name.iter().filter(is_like);
    alike.map(|it| (it.id, record)).collect()
}

/// Returns the company of a contact or lead: the name of its parent account, else the value of its columns.
fn company(book: &Book, record: RecordId) -> Option<&str> {
    let cell = |column| book.cell(record, column).filter(|cell| !cell.is_empty());
    let account = cell("parentcustomerid").and_then(|parent| {
        let named = Reference::parse(parent).and_then(|it| book.find(&it));
        let account = named.or_else(|| book.find(&Reference::new("account", parent)));
        book.name(account?)
    });
    account
        .or_else(|| cell("parentcustomeridname"))
        .or_else(|| cell("companyname"))
}

/// Returns the words of a text in lower case, without accents, sorted.
fn plain(text: &str) -> String {
    let letters = text.nfd().filter(|&it| !is_combining_mark(it));
    let small: String = letters.flat_map(char::to_lowercase).collect();
    let parted = small.split(|it: char| !it.is_alphanumeric());
    let mut words: Vec<&str> = parted.filter(|word| !word.is_empty()).collect();
    words.sort_unstable();
    words.join(" ")
}

/// Returns a hash that is equal for texts with the same ASCII words, whatever their case and order. It rules out nearly
/// every name of a book without an allocation. Bytes beyond ASCII count as letters.
fn signature(text: &[u8]) -> u64 {
    // FNV-1a of each word; the sum makes the order irrelevant.
    const START: u64 = 0xcbf2_9ce4_8422_2325;
    const FACTOR: u64 = 0x0000_0100_0000_01b3;
    let (mut sum, mut word) = (0u64, START);
    for byte in text.iter().chain(b" ") {
        if byte.is_ascii_alphanumeric() || !byte.is_ascii() {
            word = (word ^ u64::from(byte.to_ascii_lowercase())).wrapping_mul(FACTOR);
        } else if word != START {
            sum = sum.wrapping_add(word);
            word = START;
        }
    }
    sum
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn names_are_compared_without_case_order_and_accents() {
        let cases = [
            ("Anna Müller", "MULLER, anna", true),
            ("José  Peña", "pena jose", true),
            ("Anna Müller", "Anna Mueller", false),
            ("Anna Maria", "Anna", false),
            ("Ann Ann", "Ann", false),
            ("O'Neil", "O Neil", true),
            ("Ωμέγα", "ωμεγα", true),
        ];
        for (one, other, want) in cases {
            assert_eq!(plain(one) == plain(other), want, "{one} {other}");
        }
    }

    proptest! {
        #[test]
        fn what_has_the_same_words_has_the_same_signature(text in "[a-cA-C '.,-]{0,12}|[a-cÄäß é]{0,8}") {
            let own = match text.is_ascii() {
                true => signature(text.as_bytes()),
                false => signature(plain(&text).as_bytes()),
            };
            prop_assert_eq!(own, signature(plain(&text).as_bytes()));
        }
    }
}
