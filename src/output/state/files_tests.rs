use std::collections::BTreeMap;

use proptest::prelude::*;

use super::*;
use crate::output::state::stored::STATE_FILE;
use crate::output::table::Lengths;

fn file() -> impl Strategy<Value = FileRow> {
    let place = prop_oneof![any::<i64>(), -3..3i64, (-3..3i64).prop_map(|it| it << 52)];
    let messages = prop_oneof![Just(None), (0..5u32).prop_map(Some)];
    (place, any::<i64>(), any::<i64>(), messages).prop_map(|(place, size, modified, messages)| {
        FileRow {
            place: SourceKey(place),
            stamp: Stamp { size, modified },
            messages,
        }
    })
}

fn by_place(files: &[FileRow]) -> BTreeMap<SourceKey, FileRow> {
    files.iter().map(|file| (file.place, *file)).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(30))]

    #[test]
    fn what_was_read_last_is_known(runs in prop::collection::vec(prop::collection::vec(file(), 0..40), 1..4), others in prop::collection::vec(any::<i64>(), 5)) {
        let folder = tempfile::tempdir().unwrap();
        let mut last = BTreeMap::new();
        for run in &runs {
            let files = by_place(run);
            let mut state = StateDatabase::open(folder.path()).unwrap();
            state.take_files(&files.values().copied().collect::<Vec<_>>()).unwrap();
            state.commit(&Lengths::default()).unwrap();
            last.extend(files);
        }
        let state = StateDatabase::open(folder.path()).unwrap();
        prop_assert_eq!(state.has_files().unwrap(), !last.is_empty());
        let asked = || last.keys().copied().chain(others.iter().map(|&it| SourceKey(it)));
        let known = state.files(asked()).unwrap();
        for place in asked() {
            prop_assert_eq!(known.get(place), last.get(&place));
        }
    }
}

#[test]
fn half_a_file_is_damage() {
    let folder = tempfile::tempdir().unwrap();
    let state = StateDatabase::open(folder.path()).unwrap();
    let sql = "INSERT INTO files VALUES (?1, x'0102'); COMMIT";
    let sql = sql.replace("?1", &part_of(SourceKey(0)).to_string());
    state.connection.execute_batch(&sql).unwrap();
    let error = state
        .files([SourceKey(0)].into_iter())
        .unwrap_err()
        .to_string();
    assert!(
        error.contains(STATE_FILE) && error.contains("is damaged; put a copy back"),
        "{error}"
    );
}
