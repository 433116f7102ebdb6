//! The index against the plain way of saying what it must answer, and against files that are not what was written.

use crate::book::error::BookError;
use crate::book::found::Candidate;
use crate::book::index::record::{RecordId, RecordState};
use std::collections::BTreeMap;
use std::fs::File;
use std::path::Path;

use proptest::prelude::*;

use super::*;
use crate::base::reference::Reference;
use crate::base::threads::Threads;
use crate::book::index::key::AddressKey;
use crate::book::index::layout::{BLOCK, HEADER, sum};
use crate::book::index::table::Hit;
use crate::book::index::table::Query;
use crate::mail::address::{Address, Equivalence};
use crate::options::columns::Columns;
use crate::options::file::BookSection;
use jiff::Timestamp;

/// A record: type, id, owner, name, and its addresses, each in a column.
type Given = (usize, String, String, String, Vec<(usize, String)>);

const KINDS: [&str; 3] = ["account", "contact", "systemuser"];
const COLUMNS: [&str; 2] = ["emailaddress1", "emailaddress2"];

fn put_together(mut builder: BookBuilder, given: &[Given], threads: &Threads) -> BookBuilder {
    for (number, name) in KINDS.into_iter().enumerate() {
        let keeps = builder.keeps(name, "note");
        let cells = keeps.then(|| "note".to_owned()).into_iter().collect();
        let kind = builder.add_kind(name, vec!["id".into(), "note".into()], cells);
        let columns = COLUMNS.map(|column| builder.add_column(kind, column).unwrap());
        let mut part = builder.part(kind);
        for (at, (_, id, owner, name, addresses)) in
            given.iter().filter(|it| it.0 == number).enumerate()
        {
            let record = part.record(&NewRecord {
                id,
                name,
                owner,
                state: [RecordState::Active, RecordState::Inactive][at % 2],
                created_on: Timestamp::new(at as i64 % 3, 7).ok().filter(|_| at % 5 > 0),
                website: "",
            });
            if builder.keeps_cells() {
                part.cells([format!("note of {id}").as_str()]);
            }
            for (column, address) in addresses {
                assert!(
                    part.address_text(record, columns[*column], address),
                    "{address}"
                );
                builder.use_column(columns[*column]);
            }
        }
        builder.add(part).unwrap();
        assert_eq!(builder.end_kind(threads).unwrap(), []);
    }
    builder.add_email(&[
        "a-1",
        "m-1@x",
        "account:1",
        "true",
        "Hello",
        "",
        "",
        "",
        "",
        "",
    ]);
    builder.add_email(&["a-2", "m-2@x", "", "", "", "", "", "", "", ""]);
    builder
}

fn in_memory(given: &[Given], threads: &Threads) -> Book {
    put_together(BookBuilder::default(), given, threads)
        .finish(threads)
        .unwrap()
}

fn to_file(given: &[Given], folder: &Path, threads: &Threads) -> std::path::PathBuf {
    let path = folder.join("book.mtb");
    let builder = BookBuilder::into_file(File::create(&path).unwrap(), folder).unwrap();
    put_together(builder, given, threads)
        .finish_file(threads)
        .unwrap();
    path
}

fn open(path: &Path, threads: &Threads) -> Result<Book, BookError> {
    let (section, columns) = (BookSection::default(), Columns::default());
    load(path, &section, columns, [], threads)
}

/// What a query must find: every record that has the address, in R7's order.
fn plainly<'g>(book: &Book, given: &'g [Given]) -> BTreeMap<String, Vec<(RecordId, &'g str)>> {
    let mut all: BTreeMap<String, Vec<(RecordId, &str)>> = BTreeMap::new();
    for (kind, id, _, _, addresses) in given {
        let record = book.find(&Reference::new(KINDS[*kind], id)).unwrap();
        for (column, address) in addresses {
            let normal = Address::parse(address).unwrap().as_str().to_owned();
            all.entry(normal)
                .or_default()
                .push((record, COLUMNS[*column]));
        }
    }
    for found in all.values_mut() {
        found.sort_by(|a, b| book.compare(a.0, b.0).then(a.1.cmp(b.1)));
        found.dedup();
    }
    all
}

fn found_in<Q: Query>(book: &Book, queries: &[Q]) -> Vec<Vec<(RecordId, String)>> {
    let mut found = LookupResults::default();
    book.look_up(queries, &mut found);
    assert_eq!(found.len(), queries.len());
    let named = |it: &Candidate| (it.record, book.column(it.column).to_owned());
    (0..found.len())
        .map(|number| found.of(number).iter().map(named).collect())
        .collect()
}

/// What the table leads to, with the instructions that every processor has or with all that this one has.
fn hits<Q: Query>(book: &Book, queries: &[Q], is_plain: bool) -> Vec<Option<Hit>> {
    let mut all = Vec::new();
    let table = book.index().exact().unwrap();
    match is_plain {
        true => table.find_plain(queries, |_, hit| all.push(hit)),
        false => table.find(queries, |_, hit| all.push(hit)),
    }
    all
}

fn address() -> impl Strategy<Value = String> {
    prop_oneof![
        6 => "[a-c]{1,2}@[a-c]\\.(de|com)",
        3 => "[a-z]{1,9}[.+_-]?[a-z0-9]{1,9}@[a-z]{1,15}\\.example",
        1 => "[a-zA-Z]{3,20}\\.[a-z]{3,20}@[a-z]{10,60}\\.example",
        1 => "[a-c]{300,900}@x\\.de",
        1 => "[äöüßĳ漢a]{1,6}@(bücher|x)\\.example",
        1 => "[ab{|}~`]{1,5}@x\\.de",
        1 => "\"[a-c ]{1,6}\"@x\\.de",
        1 => "[ab.]{1,5}x(\\+[ab]{1,2})?@(gmail|googlemail)\\.com",
    ]
}

fn book() -> impl Strategy<Value = Vec<Given>> {
    let addresses = prop::collection::vec((0..COLUMNS.len(), address()), 0..4);
    let record = (0..KINDS.len(), "[a-d]{0,3}", "[a-d ]{0,6}", addresses);
    prop::collection::vec(record, 0..60).prop_map(|records| {
        let numbered = records.into_iter().enumerate();
        numbered
            .map(|(at, (kind, owner, name, addresses))| {
                (kind, format!("r{at}"), owner, name, addresses)
            })
            .collect()
    })
}

fn query() -> impl Strategy<Value = String> {
    prop_oneof![
        8 => address(),
        2 => address().prop_map(|text| text.to_ascii_uppercase()),
        1 => address().prop_map(|text| format!(" <{text}>")),
        1 => "[ -~]{0,40}",
        1 => Just(String::new()),
        1 => "[a-z]{1000,3000}",
    ]
}

proptest! {
    /// The index, in memory and in a file, finds what a map of strings finds.
    #[test]
    fn the_index_is_a_map(given in book(), more in prop::collection::vec(query(), 0..80)) {
        let threads = Threads::new(1).unwrap();
        let folder = tempfile::tempdir().unwrap();
        let path = to_file(&given, folder.path(), &threads);
        for book in [in_memory(&given, &threads), open(&path, &threads).unwrap()] {
            let all = plainly(&book, &given);
            prop_assert_eq!(book.address_count(), all.len() as u64);
            let known = given.iter().flat_map(|it| &it.4).map(|(_, address)| address.to_ascii_uppercase());
            let texts: Vec<String> = known.chain(more.iter().cloned()).collect();
            let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
            for (text, found) in texts.iter().zip(found_in(&book, &texts)) {
                let normal = Address::parse(text).map(|address| address.as_str().to_owned());
                let wanted = normal.and_then(|normal| all.get(&normal)).cloned().unwrap_or_default();
                let found: Vec<(RecordId, &str)> = found.iter().map(|(record, column)| (*record, column.as_str())).collect();
                prop_assert_eq!(found, wanted, "{}", text);
            }
            let parsed: Vec<Address> = texts.iter().filter_map(|text| Address::parse(text)).collect();
            let normal: Vec<&Address> = parsed.iter().collect();
            let written: Vec<&str> = parsed.iter().map(Address::as_str).collect();
            prop_assert_eq!(found_in(&book, &normal), found_in(&book, &written));
            prop_assert_eq!(hits(&book, &texts, true), hits(&book, &texts, false));
            prop_assert_eq!(hits(&book, &normal, true), hits(&book, &normal, false));
            prop_assert_eq!(book.damage(), None);
        }
    }

    /// Weaker equalities find what comparing with every address of the book finds.
    #[test]
    fn weaker_equalities_are_those_of_the_addresses(
        given in book(),
        queries in prop::collection::vec(address(), 1..20),
        plus_tag in any::<bool>(),
        gmail_dots in any::<bool>(),
    ) {
        let threads = Threads::new(1).unwrap();
        let mut book = in_memory(&given, &threads);
        let allowed = Equivalence { plus_tag, gmail_dots };
        book.match_under(allowed);
        let mut found = LookupResults::default();
        let texts: Vec<&str> = queries.iter().map(String::as_str).collect();
        book.look_up(&texts, &mut found);
        for (number, text) in texts.iter().enumerate() {
            let asked = Address::parse(text).unwrap();
            let mut wanted: Vec<(Equivalence, RecordId)> = Vec::new();
            for (kind, id, _, _, addresses) in &given {
                let record = book.find(&Reference::new(KINDS[*kind], id)).unwrap();
                for (_, address) in addresses {
                    let needed = asked.equivalence_with(&Address::parse(address).unwrap());
                    wanted.extend(needed.filter(|&needed| allowed.allows(needed)).map(|needed| (needed, record)));
                }
            }
            let mut got: Vec<(Equivalence, RecordId)> =
                found.of(number).iter().map(|it| (it.equivalence, it.record)).collect();
            prop_assert!(got.is_sorted_by_key(|it| it.0));
            wanted.sort_unstable();
            wanted.dedup();
            got.sort_unstable();
            got.dedup();
            prop_assert_eq!(got, wanted, "{}", text);
        }
    }
}

#[test]
fn many_addresses_with_one_hash_prefix() {
    const PREFIX_BITS: u32 = 6;
    let has_prefix = |address: &String| {
        AddressKey::of(address.as_bytes()).unwrap().hash(0) >> (64 - PREFIX_BITS) == 5
    };
    let addresses: Vec<String> = (0..)
        .map(|n| format!("{n}@x.de"))
        .filter(has_prefix)
        .take(1 << 16)
        .collect();
    let given: Vec<Given> = addresses
        .iter()
        .enumerate()
        .map(|(at, address)| {
            (
                1,
                format!("c{at}"),
                String::new(),
                String::new(),
                vec![(0, address.clone())],
            )
        })
        .collect();
    let book = in_memory(&given, &Threads::new(0).unwrap());
    let texts: Vec<&str> = addresses.iter().map(String::as_str).collect();
    for (at, found) in found_in(&book, &texts).into_iter().enumerate() {
        assert_eq!(found.len(), 1);
        assert_eq!(book.id(found[0].0), format!("c{at}"));
    }
    let others: Vec<String> = (0..50_000).map(|n| format!("{n}@y.de")).collect();
    let others: Vec<&str> = others.iter().map(String::as_str).collect();
    assert!(found_in(&book, &others).iter().all(Vec::is_empty));
}

#[test]
fn a_bare_owner_is_a_user_else_a_team() {
    let threads = Threads::new(1).unwrap();
    let mut builder = BookBuilder::default();
    let record = |id, owner| NewRecord {
        id,
        name: "",
        owner,
        state: RecordState::Active,
        created_on: None,
        website: "",
    };
    for (name, ids) in [("systemuser", ["1", "2"]), ("team", ["2", "3"])] {
        let kind = builder.add_kind(name, Vec::new(), Vec::new());
        let mut part = builder.part(kind);
        for id in ids {
            part.record(&record(id, ""));
        }
        builder.add(part).unwrap();
        builder.end_kind(&threads).unwrap();
    }
    let cases = [
        ("1", "systemuser:1"),
        ("2", "systemuser:2"),
        ("3", "team:3"),
        ("4", "systemuser:4"),
        ("team:2", "team:2"),
    ];
    let kind = builder.add_kind("zebra", Vec::new(), Vec::new());
    let mut part = builder.part(kind);
    for (owner, _) in cases {
        part.record(&record(owner, owner));
    }
    builder.add(part).unwrap();
    builder.end_kind(&threads).unwrap();
    let book = builder.finish(&threads).unwrap();
    for (id, want) in cases {
        let record = book.find(&Reference::new("zebra", id)).unwrap();
        assert_eq!(
            book.owner(record).map(|it| it.to_string()).as_deref(),
            Some(want),
            "{id}"
        );
        let owner = Reference::parse(want).unwrap();
        assert_eq!(book.owner_number(&owner), book.record(record).owner);
    }
}

#[test]
fn ids_of_a_type_that_was_never_ended_are_not_met_again() {
    let threads = Threads::new(1).unwrap();
    let mut builder = BookBuilder::default();
    let record = |id| NewRecord {
        id,
        name: "",
        owner: "",
        state: RecordState::Active,
        created_on: None,
        website: "",
    };
    for (name, ids) in [("contact", ["1", "1"]), ("lead", ["1", "2"])] {
        let kind = builder.add_kind(name, Vec::new(), Vec::new());
        let mut part = builder.part(kind);
        for id in ids {
            part.record(&record(id));
        }
        builder.add(part).unwrap();
    }
    assert_eq!(builder.end_kind(&threads).unwrap(), []);
}

#[path = "index_damage_tests.rs"]
mod damage;
