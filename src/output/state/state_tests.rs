use super::*;
use crate::mail::source::SourceKey;
use crate::output::state::{schema, *};

fn decided(numbers: std::ops::Range<u32>) -> Changes<'static> {
    let row = |n: u32| DecidedRow {
        identity: u128::from(n).to_be_bytes(),
        place: SourceKey(i64::from(n)),
        stands: true,
    };
    Changes {
        fingerprint: vec![1],
        decided: numbers.map(row).collect(),
        ..Changes::default()
    }
}

fn commit(state: &mut StateDatabase, changes: Changes<'_>) -> Result<(), StateError> {
    state.take(changes)?;
    state.commit(&Lengths::default())
}

#[test]
fn what_is_not_committed_is_not_there() {
    let folder = tempfile::tempdir().unwrap();
    let mut state = StateDatabase::open(folder.path()).unwrap();
    state.take(decided(0..10)).unwrap();
    drop(state);
    let mut state = StateDatabase::open(folder.path()).unwrap();
    let all = || (0..10u32).map(|n| u128::from(n).to_be_bytes()).collect();
    assert_eq!(state.decided(all()).unwrap().len(), 0);
    commit(&mut state, decided(0..10)).unwrap();
    assert_eq!(state.decided(all()).unwrap().len(), 10);
}

#[test]
fn what_adds_nothing_writes_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join(STATE_FILE);
    let mut state = StateDatabase::open(folder.path()).unwrap();
    assert_eq!(std::fs::metadata(&file).unwrap().len(), 0);
    commit(&mut state, decided(0..10)).unwrap();
    drop(state);
    let before = std::fs::read(&file).unwrap();
    let mut state = StateDatabase::open(folder.path()).unwrap();
    commit(&mut state, Changes::default()).unwrap();
    drop(state);
    assert!(std::fs::read(&file).unwrap() == before);
}

#[test]
fn a_disk_that_is_full_while_the_state_is_written_changes_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let mut state = StateDatabase::open(folder.path()).unwrap();
    commit(&mut state, decided(0..10)).unwrap();
    let before = std::fs::read(folder.path().join(STATE_FILE)).unwrap();
    let pages: i64 = state
        .connection
        .query_row("PRAGMA page_count", [], |row| row.get(0))
        .unwrap();
    let limit = format!("PRAGMA max_page_count = {}", pages + 2);
    state.connection.query_row(&limit, [], |_| Ok(())).unwrap();
    let full = commit(&mut state, decided(10..10_000));
    let told = full.unwrap_err().to_string();
    assert!(told.contains("cannot be written"), "{told}");
    drop(state);
    assert!(std::fs::read(folder.path().join(STATE_FILE)).unwrap() == before);
    let mut state = StateDatabase::open(folder.path()).unwrap();
    commit(&mut state, decided(10..10_000)).unwrap();
    let all = (0..10_000u32).map(|n| u128::from(n).to_be_bytes());
    assert_eq!(state.decided(all.collect()).unwrap().len(), 10_000);
}

#[test]
fn what_a_run_was_given_is_known_by_where_its_lines_begin() {
    let folder = tempfile::tempdir().unwrap();
    let mut state = StateDatabase::open(folder.path()).unwrap();
    let given = |options: &str| RunArguments {
        mail: vec!["/mail".into()],
        options: Some(options.into()),
        ..RunArguments::default()
    };
    // Of consecutive runs with the same arguments, only the first stores them.
    for (number, options) in ["a", "a", "b", "b", "a"].into_iter().enumerate() {
        let number = number as u32;
        let changes = Changes {
            given: Some(given(options)),
            ..decided(number..number + 1)
        };
        state.take(changes).unwrap();
        let mut lengths = Lengths::default();
        lengths.set(Table::Decisions, u64::from(number + 1) * 100);
        state.commit(&lengths).unwrap();
    }
    let all: Vec<(u64, RunArguments)> = state
        .given()
        .unwrap()
        .into_iter()
        .map(|it| (it.start, it.given))
        .collect();
    assert_eq!(all, [(0, given("a")), (200, given("b")), (400, given("a"))]);
}

#[test]
fn of_two_decisions_at_one_place_the_one_that_stands_is_kept() {
    let folder = tempfile::tempdir().unwrap();
    let mut state = StateDatabase::open(folder.path()).unwrap();
    let mut changes = decided(0..100);
    let copies: Vec<DecidedRow> = changes
        .decided
        .iter()
        .map(|row| DecidedRow {
            stands: false,
            ..*row
        })
        .collect();
    // Whether it comes before or after the other one in the same statement.
    changes.decided.splice(0..0, copies[..50].iter().copied());
    changes.decided.extend(&copies[50..]);
    commit(&mut state, changes).unwrap();
    let all = (0..100u32).map(|n| u128::from(n).to_be_bytes()).collect();
    let kept = state.decided(all).unwrap();
    assert_eq!(kept.len(), 100);
    assert!(kept.iter().all(|(_, _, before)| before.stands));
}

#[test]
fn activities_are_counted_on_in_the_order_of_decisions() {
    let folder = tempfile::tempdir().unwrap();
    let mut state = StateDatabase::open(folder.path()).unwrap();
    // More rows than exist at a time, with identities in reverse order.
    let count = 10_000;
    let row = |n: i64| ActivityRow {
        identity: (u128::MAX - n as u128).to_be_bytes(),
        received: Some(n),
        source: format!("{n}.eml").into(),
        ..ActivityRow::default()
    };
    for start in [0, count] {
        let changes = Changes {
            activities: (start..start + count).map(row).collect(),
            ..Changes::default()
        };
        commit(&mut state, changes).unwrap();
    }
    let sql =
        "SELECT count(*), sum(sequence = received AND source = received || '.eml') FROM activity";
    let counted = state.connection.query_row(sql, [], |row| {
        Ok((row.get::<_, i64>(0)?, row.get::<_, i64>(1)?))
    });
    assert_eq!(counted.unwrap(), (2 * count, 2 * count));
}

/// Altering two bytes of the header could make the state look like an older version, which has no checksums.
#[test]
fn a_state_that_says_it_is_older_than_its_tables_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join(STATE_FILE);
    commit(
        &mut StateDatabase::open(folder.path()).unwrap(),
        decided(0..10),
    )
    .unwrap();
    let whole = std::fs::read(&file).unwrap();
    for version in 0..schema::VERSION as u8 {
        let mut bytes = whole.clone();
        // The size of the reserved room at the end of each page, and the version.
        (bytes[20], bytes[63]) = (0, version);
        std::fs::write(&file, bytes).unwrap();
        for opened in [
            StateDatabase::open(folder.path()).err(),
            StateDatabase::open_read_only(folder.path()).err(),
        ] {
            let told = opened.unwrap().to_string();
            assert!(told.contains("is damaged"), "{version}: {told}");
        }
    }
}
