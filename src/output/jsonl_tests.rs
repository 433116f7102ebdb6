use super::*;

/// Lines of a thousand bytes each, by their number.
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
    // Twenty megabytes: the system is asked to keep some before the end.
    for part in 0..20 {
        let lines = lines(1000 * part..1000 * (part + 1));
        want.extend_from_slice(lines.bytes().unwrap());
        out.append(Table::Emails, &lines).unwrap();
    }
    let lengths = out.sync().unwrap();
    assert_eq!(lengths.of(Table::Emails), 20_000_000);
    out.committed(lengths);
    // What is added behind it and never committed is cut off.
    out.append(Table::Emails, &lines(0..9000)).unwrap();
    drop(out);
    let path = folder.path().join(file_name(Table::Emails));
    assert!(fs::read(path).unwrap() == want);
}
