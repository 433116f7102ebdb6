use super::*;

/// Numbered lines of a thousand bytes each.
fn lines(numbers: std::ops::Range<usize>) -> Lines {
    let mut lines = Lines::default();
    for number in numbers {
        lines.push(&format!("{number:0>997}"));
    }
    lines
}

#[test]
fn large_output_is_whole_though_it_is_kept_early() {
    let folder = tempfile::tempdir().unwrap();
    let mut out = JsonLines::open(folder.path(), Lengths::default()).unwrap();
    let mut want = Vec::new();
    // 20 MB, so that some are synced in the background.
    for part in 0..20 {
        let lines = lines(1000 * part..1000 * (part + 1));
        want.extend_from_slice(lines.bytes().unwrap());
        out.append(Table::Emails, &lines).unwrap();
    }
    let lengths = out.sync().unwrap();
    assert_eq!(lengths.of(Table::Emails), 20_000_000);
    out.committed(lengths);
    // Lines that are appended afterwards and never committed are cut off.
    out.append(Table::Emails, &lines(0..9000)).unwrap();
    drop(out);
    let path = folder.path().join(file_name(Table::Emails));
    assert!(fs::read(path).unwrap() == want);
}

#[test]
fn what_the_state_was_asked_to_commit_is_not_cut_off_before_it_has_answered() {
    let folder = tempfile::tempdir().unwrap();
    let length = || {
        fs::metadata(folder.path().join(file_name(Table::Emails)))
            .unwrap()
            .len()
    };
    let begun = |committed| {
        let mut out = JsonLines::open(folder.path(), committed).unwrap();
        out.append(Table::Emails, &lines(0..3)).unwrap();
        let lengths = out.sync().unwrap();
        (out, lengths)
    };
    // Before the state is asked to commit, while it commits, and after it has committed.
    let (out, _) = begun(Lengths::default());
    drop(out);
    assert_eq!(length(), 0);
    let (mut out, lengths) = begun(Lengths::default());
    out.committing();
    drop(out);
    assert_eq!(length(), lengths.of(Table::Emails));
    let (mut out, lengths) = begun(lengths);
    out.committing();
    out.committed(lengths);
    out.append(Table::Emails, &lines(0..3)).unwrap();
    out.sync().unwrap();
    drop(out);
    assert_eq!((length(), lengths.of(Table::Emails)), (6000, 6000));
}
