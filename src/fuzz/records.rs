//! Records: the files of a book, a built book, vCards.

use std::sync::OnceLock;

use crate::base::reference::Reference;
use crate::book as books;
use crate::book::index::Index;
use crate::book::index::layout::{BLOCK, HEADER, sum};
use crate::book::index::table::Hit;
use crate::book::{Book, BookSource, Build};
use crate::fuzz::scratch::{defaults, scratch, threads, write};
use crate::mail::address::{Address, Equivalence};
use crate::options::columns::Columns;
use crate::options::file::{BookSection, PresetName};

/// Separates the files of a book in the input.
const SEPARATOR: u8 = 0x1e;

/// The number of contacts in the book that is altered, and of records of all types.
const CONTACTS: usize = 300;
const RECORDS: u32 = CONTACTS as u32 + 2;

/// The record files of a folder, in the program's own format.
pub fn book(data: &[u8]) {
    let names = ["contact.csv", "email.csv", "systemuser.jsonl"];
    files_of_book(data, &names, &defaults().book);
}

/// The record files of a CRM, selected by the first byte.
pub fn presets(data: &[u8]) {
    const PRESETS: [(PresetName, [&str; 3]); 4] = [
        (
            PresetName::Dynamics,
            ["Contacts.csv", "Leads.csv", "Users.csv"],
        ),
        (
            PresetName::Salesforce,
            ["Contact.csv", "Account.csv", "User.csv"],
        ),
        (
            PresetName::Hubspot,
            ["contacts.csv", "companies.csv", "deals.csv"],
        ),
        (
            PresetName::Generic,
            ["contact.csv", "account.csv", "user.csv"],
        ),
    ];
    let Some((&first, rest)) = data.split_first() else {
        return;
    };
    let (preset, names) = &PRESETS[usize::from(first) % PRESETS.len()];
    let section = BookSection {
        preset: Some(*preset),
        ..BookSection::default()
    };
    files_of_book(rest, names, &section);
}

fn files_of_book(data: &[u8], names: &[&str; 3], section: &BookSection) {
    let folder = scratch("book");
    for (name, bytes) in names.iter().zip(data.split(|&byte| byte == SEPARATOR)) {
        write(&folder.join(name), bytes);
    }
    if let Ok((book, _)) = books::load_checked(&folder, section, threads()) {
        let counted: u64 = book.counts().values().sum();
        assert_eq!(counted, book.len() as u64);
        let _ = books::check::shared(&book);
    }
    std::fs::remove_dir_all(folder).unwrap();
}

/// A file with any number of vCards.
pub fn vcards(data: &[u8]) {
    let path = scratch("cards").join("c.vcf");
    write(&path, data);
    let _ = crate::decide::vcards::load(&path).map(|cards| cards.len());
}

/// An altered built book, which must be refused, report damage, or give the same results as before. If the first byte
/// is odd, the checksums are corrected, as an attacker would; the results may then be anything, but nothing may panic.
/// Each five further bytes are a position and the byte written there.
pub fn index(data: &[u8]) {
    let Some((&flags, edits)) = data.split_first() else {
        return;
    };
    let mut bytes = built().to_vec();
    for edit in edits.as_chunks::<5>().0.iter().take(64) {
        let [a, b, c, d, byte] = *edit;
        let at = u32::from_le_bytes([a, b, c, d]) as usize % bytes.len();
        bytes[at] = byte;
    }
    if flags & 2 != 0 {
        let cut = edits.first().map_or(0, |&byte| usize::from(byte) * 37);
        bytes.truncate(bytes.len() - cut);
    }
    let is_summed = flags & 1 != 0 && bytes.len() == built().len();
    if is_summed {
        add_sums(&mut bytes);
    }
    let Some(book) = opened("altered.mtb", &bytes) else {
        return;
    };
    let said = answers(book.index());
    look_up_all(book);
    static RIGHT: OnceLock<Vec<String>> = OnceLock::new();
    let right =
        RIGHT.get_or_init(|| answers(opened("right.mtb", built()).unwrap().index()).unwrap());
    if let Some(said) = said.filter(|_| !is_summed) {
        assert_eq!(&said, right);
    }
}

fn opened(name: &str, bytes: &[u8]) -> Option<Book> {
    let path = scratch("index").join(name);
    write(&path, bytes);
    books::load(&path, &defaults().book, Columns::default(), [], threads()).ok()
}

/// Returns a built book with an address of each kind.
fn built() -> &'static [u8] {
    static BUILT: OnceLock<Vec<u8>> = OnceLock::new();
    BUILT.get_or_init(|| {
        let folder = scratch("records");
        let contact = |n: usize| {
            format!(
                "c-{n},Pérson {n},p{}@d{}.example,very.long.address.that.does.not.fit.{n}@ö{n}.example,systemuser:u-1,{},2024-01-01T00:00:00Z,account:a-1\n",
                n % 250,
                n % 7,
                n % 2
            )
        };
        let head = "contactid,fullname,emailaddress1,emailaddress2,ownerid,statecode,createdon,parentcustomerid\n";
        let contacts: String = std::iter::once(head.to_owned()).chain((0..CONTACTS).map(contact)).collect();
        let files = [
            ("contact.csv", contacts.as_str()),
            ("account.csv", "accountid,name,websiteurl\na-1,Acme,https://d1.example/\n"),
            ("systemuser.csv", "systemuserid,fullname,internalemailaddress\nu-1,Me,me@own.example\n"),
            ("email.csv", "activityid,messageid,subject,createdon\na1,m1@x,s,2024-01-01T00:00:00Z\n"),
        ];
        for (name, text) in files {
            write(&folder.join(name), text.as_bytes());
        }
        let (source, to) = (BookSource::of(&folder).unwrap(), scratch("index").join("built.mtb"));
        let build = Build {
            source: &source,
            section: &defaults().book,
            offline: None,
            now: jiff::Timestamp::UNIX_EPOCH,
        };
        books::build(build, &to, threads()).unwrap();
        std::fs::read(to).unwrap()
    })
}

/// Corrects every checksum of the file, as far as its header can be parsed.
fn add_sums(bytes: &mut Vec<u8>) {
    let number = |bytes: &[u8], at: usize| u64::from_le_bytes(*bytes[at..].first_chunk().unwrap());
    let ends = (48..HEADER - 16)
        .step_by(16)
        .map(|at| number(bytes, at).saturating_add(number(bytes, at + 8)));
    let within = ends.filter(|&end| end <= bytes.len() as u64);
    let end = within
        .max()
        .map_or(HEADER, |end| (end as usize).max(HEADER));
    let sums: Vec<u8> = bytes[HEADER..end]
        .chunks(BLOCK)
        .flat_map(|it| sum(it).to_le_bytes())
        .collect();
    bytes.truncate(end);
    bytes.extend(&sums);
    let length = bytes.len() as u64;
    bytes[16..24].copy_from_slice(&length.to_le_bytes());
    bytes[32..40].copy_from_slice(&sum(&sums).to_le_bytes());
    bytes[24..32].fill(0);
    let own = sum(&bytes[..HEADER]);
    bytes[24..32].copy_from_slice(&own.to_le_bytes());
}

fn queries() -> &'static [Address] {
    static QUERIES: OnceLock<Vec<Address>> = OnceLock::new();
    QUERIES.get_or_init(|| {
        let short = (0..250).map(|n| format!("p{n}@d{}.example", n % 7));
        let long = (0..20).map(|n| format!("very.long.address.that.does.not.fit.{n}@ö{n}.example"));
        short
            .chain(long)
            .map(|text| Address::parse(&text).unwrap())
            .collect()
    })
}

/// Returns the results of all lookups in an index; `None` if it reports damage.
fn answers(index: &Index) -> Option<Vec<String>> {
    let mut all = Vec::new();
    // An id outside this range would itself be reported as damage.
    for number in 0..RECORDS {
        let record = index.record(number);
        let said = record.map(|it| {
            let owner = it.owner.and_then(|owner| index.owner(owner));
            let owner = owner.map(|it| it.to_string());
            (index.id(&it), index.name(&it), owner)
        });
        all.push(format!(
            "{said:?} {:?}",
            index.cell(number, "parentcustomerid")
        ));
    }
    if let Some(table) = index.exact() {
        let mut wide: Vec<Option<Hit>> = Vec::new();
        let queries: Vec<&Address> = queries().iter().collect();
        table.find(&queries, |_, hit| wide.push(hit));
        let mut plain = Vec::new();
        table.find_plain(&queries, |_, hit| plain.push(hit));
        let one = |query: &&Address| table.find_one(query.as_str()).map(|(_, slot)| slot.hit());
        let one_by_one: Vec<Option<Hit>> = queries.iter().map(one).collect();
        // After damage was found, lookups find nothing.
        if index.image().damage().is_none() {
            assert_eq!(wide, plain);
            assert_eq!(wide, one_by_one);
        }
        for hit in wide {
            let mut values = Vec::new();
            if let Some(hit) = hit {
                table.values(hit, |value, column| values.push((value, column)));
            }
            all.push(format!("{values:?}"));
        }
    }
    all.push(format!("{:?}", index.emails().collect::<Vec<_>>()));
    all.push(format!("{:?}", index.account_of_domain("d1.example")));
    all.push(format!("{:?}", index.find("contact", "c-7")));
    index.image().damage().is_none().then_some(all)
}

/// Makes the lookups that resolution makes.
fn look_up_all(mut book: Book) {
    book.match_under(Equivalence::WIDEST);
    let queries: Vec<&Address> = queries().iter().collect();
    let mut found = books::LookupResults::default();
    book.look_up(&queries, &mut found);
    for number in 0..found.len() {
        for candidate in found.of(number) {
            let _ = (
                book.reference(candidate.record),
                book.name(candidate.record),
            );
            let _ = (
                book.state(candidate.record),
                book.created_on(candidate.record),
            );
        }
    }
    let _ = book.find(&Reference::new("contact", "c-7"));
}
