//! The altered state of an output folder.

use std::path::Path;
use std::sync::OnceLock;

use crate::fuzz::scratch::{scratch, write};
use crate::mail::source::{SourceKey, Stamp};
use crate::output::state::error::StateError;
use crate::output::state::stored::STATE_FILE;
use crate::output::state::{
    ActivityRow, Changes, CreatedRow, DecidedRow, FileRow, RecallQuery, StateDatabase,
};
use crate::output::table::Lengths;

/// A state with altered bytes: every query must fail or return the same result as before. Each four bytes are a
/// position and the byte written there.
pub fn state(data: &[u8]) {
    let mut bytes = made().to_vec();
    for edit in data.as_chunks::<4>().0.iter().take(64) {
        let [a, b, c, byte] = *edit;
        let at = u32::from_le_bytes([a, b, c, 0]) as usize % bytes.len();
        bytes[at] = byte;
    }
    if let [length, _, _] = data.as_chunks::<4>().1 {
        bytes.truncate(bytes.len() - usize::from(*length) * 64);
    }
    static RIGHT: OnceLock<Vec<String>> = OnceLock::new();
    let right = RIGHT.get_or_init(|| answers(made()).unwrap());
    if bytes.is_empty() {
        return;
    }
    if let Ok(said) = answers(&bytes) {
        assert_eq!(&said, right);
    }
}

/// Returns the results of all queries of a run; the first error ends them, as it ends a run.
fn answers(bytes: &[u8]) -> Result<Vec<String>, StateError> {
    let folder = scratch("state");
    write(&folder.join(STATE_FILE), bytes);
    let Some(state) = StateDatabase::open_read_only(&folder)? else {
        return Ok(Vec::new());
    };
    let identities = || (0..40).map(key).collect::<Vec<_>>();
    let wanted = RecallQuery {
        identities: identities(),
        tokens: vec!["CRM:0000001".into()],
        conversations: vec![b"conversation".to_vec()],
        received: Some((0, 1_000)),
    };
    let files = state.files((0..40).map(SourceKey))?;
    Ok(vec![
        format!("{:?}", state.lengths()?),
        format!("{:?}", state.decided(identities())?),
        format!("{:?}", state.activities(wanted)?),
        format!("{:?}", sorted(state.failures()?)),
        format!("{:?}", sorted(state.runs_under(b"fingerprint")?)),
        format!("{:?}", state.decided_under_others(b"other")?),
        format!("{:?}", state.given()?),
        format!("{:?}", state.outgoing(&key(1))?),
        format!(
            "{:?}",
            (0..40).map(|n| files.get(SourceKey(n))).collect::<Vec<_>>()
        ),
    ])
}

fn sorted<T: Ord>(all: impl IntoIterator<Item = T>) -> Vec<T> {
    let mut all: Vec<T> = all.into_iter().collect();
    all.sort();
    all
}

fn key(number: u128) -> [u8; 16] {
    number.to_be_bytes()
}

/// Returns a state with rows in each table that a run queries.
fn made() -> &'static [u8] {
    static MADE: OnceLock<Vec<u8>> = OnceLock::new();
    MADE.get_or_init(|| {
        let folder = scratch("made");
        make(&folder);
        std::fs::read(folder.join(STATE_FILE)).unwrap()
    })
}

fn make(folder: &Path) {
    let mut state = StateDatabase::open(folder).unwrap();
    let decided = (0..200).map(|n| DecidedRow {
        identity: key(n),
        place: SourceKey(n as i64),
        stands: n % 2 == 0,
    });
    let activity = |n: i64| ActivityRow {
        identity: key(n as u128),
        received: Some(n),
        source: format!("{n}.eml").into(),
        ..ActivityRow::default()
    };
    let created = CreatedRow {
        address: "a@b.example",
        folded: "a@b.example".into(),
        kind: "contact",
        id: "c-1",
        written: "A@b.example",
        full_name: "Ann Beck",
        first_name: Some("Ann"),
        last_name: "Beck",
        owner: None,
        created: None,
    };
    let changes = Changes {
        client: "client".into(),
        fingerprint: b"fingerprint".to_vec(),
        decided: decided.collect(),
        activities: (0..100).map(activity).collect(),
        created: vec![created],
        failures: vec![(SourceKey(7), 1)],
        ..Changes::default()
    };
    state.take(changes).unwrap();
    let files: Vec<FileRow> = (0..200)
        .map(|n| FileRow {
            place: SourceKey(n),
            stamp: Stamp {
                size: n,
                modified: n,
            },
            messages: Some(1),
        })
        .collect();
    state.take_files(&files).unwrap();
    state.commit(&Lengths::default()).unwrap();
}
