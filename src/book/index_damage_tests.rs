//! Index files of which bytes were altered: each is refused, says that it is damaged, or answers as before.

use crate::book::found::Candidate;
use std::fs;

use super::*;

/// A book with everything that a file can hold, over several blocks.
fn rich() -> Vec<Given> {
    let address = |n: usize| match n % 7 {
        0 => format!("jörg{n}@bücher.example"),
        1 => format!("a.very.long.local.part.{n}@of.a.long.domain.example"),
        2 => format!("a.b{n}+tag@gmail.com"),
        3 => "shared@x.de".to_owned(),
        _ => format!("p{n}@c{}.example", n % 40),
    };
    let given = (0..400).map(|n| {
        let addresses = vec![(0, address(n)), (1, format!("q{n}@x.de"))];
        (
            n % 3,
            format!("id-{n}"),
            format!("u{}", n % 5),
            format!("Name {n:0>200}"),
            addresses,
        )
    });
    given.collect()
}

/// Everything that a book answers, to compare.
fn answers(book: &mut Book, given: &[Given]) -> Vec<String> {
    let mut all = vec![
        format!("{:?}", book.counts()),
        format!("{}", book.address_count()),
    ];
    let texts: Vec<&str> = given
        .iter()
        .flat_map(|it| &it.4)
        .map(|(_, address)| address.as_str())
        .collect();
    for by in [Equivalence::EXACT, Equivalence::WIDEST] {
        book.match_under(by);
        let mut found = LookupResults::default();
        book.look_up(&texts, &mut found);
        all.extend((0..found.len()).map(|number| {
            let named = |it: &Candidate| {
                let (record, column) = (book.reference(it.record), book.column(it.column));
                (
                    record.to_string(),
                    column,
                    book.state(it.record),
                    book.created_on(it.record),
                )
            };
            format!(
                "{:?}",
                found.of(number).iter().map(named).collect::<Vec<_>>()
            )
        }));
    }
    for (kind, id, ..) in given {
        let record = book.find(&Reference::new(KINDS[*kind], id));
        let said = record.map(|it| (it, book.name(it), book.owner(it), book.cell(it, "note")));
        all.push(format!("{said:?}"));
    }
    all.extend((0..40).map(|n| format!("{:?}", book.account_of_domain(&format!("c{n}.example")))));
    all.push(format!("{:?}", book.emails().collect::<Vec<_>>()));
    all.push(format!(
        "{:?}",
        book.owner_number(&Reference::new("systemuser", "u3"))
    ));
    all
}

/// Numbers that look random and are the same every time.
fn series() -> impl FnMut(usize) -> usize {
    let mut state = 0x9e37_79b9_7f4a_7c15_u64;
    move |end| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        (state % end as u64) as usize
    }
}

/// Changes, cuts or lengthens a file's bytes; never leaves them as they were.
fn spoil(bytes: &mut Vec<u8>, below: &mut impl FnMut(usize) -> usize) {
    match below(10) {
        0 => bytes.truncate(below(bytes.len())),
        1 => bytes.extend((0..below(100) + 1).map(|_| 0)),
        2 => {
            let at = below(bytes.len());
            bytes.remove(at);
        }
        3 => {
            let (from, length) = (below(bytes.len() - 64), below(64) + 1);
            bytes[from..from + length]
                .iter_mut()
                .for_each(|byte| *byte = !*byte);
        }
        _ => {
            let at = below(bytes.len());
            bytes[at] ^= 1 << below(8);
        }
    }
}

#[test]
fn a_spoilt_file_is_refused_or_answers_right() {
    let (threads, given, folder) = (
        Threads::new(1).unwrap(),
        rich(),
        tempfile::tempdir().unwrap(),
    );
    let path = to_file(&given, folder.path(), &threads);
    let right = answers(&mut open(&path, &threads).unwrap(), &given);
    assert_eq!(right, answers(&mut open(&path, &threads).unwrap(), &given));
    let whole = fs::read(&path).unwrap();
    assert!(whole.len() > 4 * BLOCK, "{}", whole.len());
    let (mut below, mut refused, mut damaged) = (series(), 0, 0);
    for _ in 0..3_000 {
        let mut bytes = whole.clone();
        spoil(&mut bytes, &mut below);
        fs::write(&path, &bytes).unwrap();
        match open(&path, &threads) {
            Err(error) => {
                assert!(error.to_string().contains("book.mtb: is "), "{error}");
                refused += 1;
            }
            Ok(mut book) => {
                let given = answers(&mut book, &given);
                match book.damage() {
                    Some(damage) => {
                        assert!(
                            damage.to_string().contains("book.mtb: is damaged"),
                            "{damage}"
                        );
                        damaged += 1;
                    }
                    None => assert_eq!(given, right),
                }
            }
        }
    }
    assert!(
        refused > 500 && damaged > 1_000,
        "{refused} refused, {damaged} found out later"
    );
}

/// Makes the sums of a file right again, whatever its bytes say.
fn seal(bytes: &mut [u8]) {
    let number = |bytes: &[u8], at: usize| {
        u64::from_le_bytes(bytes[at..at + 8].try_into().unwrap()) as usize
    };
    let blocks = (bytes.len() - HEADER).div_ceil(BLOCK + 8);
    let end = bytes.len() - blocks * 8;
    for block in 0..blocks {
        let start = HEADER + block * BLOCK;
        let sum = sum(&bytes[start..end.min(start + BLOCK)]).to_le_bytes();
        bytes[end + block * 8..end + block * 8 + 8].copy_from_slice(&sum);
    }
    let of_sums = sum(&bytes[end..]).to_le_bytes();
    bytes[32..40].copy_from_slice(&of_sums);
    bytes[24..32].fill(0);
    let own = sum(&bytes[..HEADER]).to_le_bytes();
    bytes[24..32].copy_from_slice(&own);
    assert_eq!(number(bytes, 16), bytes.len());
}

#[test]
fn a_forged_file_leads_nowhere() {
    let (threads, given, folder) = (
        Threads::new(1).unwrap(),
        rich(),
        tempfile::tempdir().unwrap(),
    );
    let path = to_file(&given, folder.path(), &threads);
    let whole = fs::read(&path).unwrap();
    let mut sealed = whole.clone();
    seal(&mut sealed);
    assert!(sealed == whole, "sealing changes nothing that is right");
    let mut below = series();
    for round in 0..2_000 {
        let mut bytes = whole.clone();
        for _ in 0..=below(4) {
            // Every other round the header and what the index is of, on which everything hangs.
            let at = if round % 2 == 0 {
                48 + below(1_500)
            } else {
                48 + below(bytes.len() - 48)
            };
            match below(3) {
                0 => bytes[at] = 0xff,
                1 => bytes[at] = b'0' + below(10) as u8,
                _ => bytes[at] ^= 1 << below(8),
            }
        }
        seal(&mut bytes);
        fs::write(&path, &bytes).unwrap();
        if let Ok(mut book) = open(&path, &threads) {
            // Wrong answers cannot be helped where the sums were forged too; reading elsewhere would end the test.
            answers(&mut book, &given);
        }
    }
}
