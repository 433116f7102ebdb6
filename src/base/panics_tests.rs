use super::*;
use crate::base::threads::Threads;

/// The hook is the whole process's, and other tests panic too: it is set once and for all.
fn with_hook() {
    static SET: std::sync::Once = std::sync::Once::new();
    SET.call_once(install_hook);
}

#[test]
fn a_panic_is_known_by_its_message_and_place() {
    with_hook();
    type Work = Box<dyn Fn()>;
    let none: Option<u8> = std::hint::black_box(None);
    let works: [(&str, Work); 6] = [
        ("a fixed text", Box::new(|| panic!("a fixed text"))),
        ("a number: 7", Box::new(|| panic!("a number: {}", 3 + 4))),
        ("two lines", Box::new(|| panic!("two\n   lines"))),
        (
            "called `Option::unwrap()` on a `None` value",
            Box::new(move || {
                none.unwrap();
            }),
        ),
        (
            "index out of bounds: the len is 2 but the index is 5",
            Box::new(|| {
                let two = std::hint::black_box(vec![1, 2]);
                std::hint::black_box(two[std::hint::black_box(5)]);
            }),
        ),
        ("no message", Box::new(|| std::panic::panic_any(7))),
    ];
    for (want, work) in works {
        let said = guarded(work).unwrap_err().to_string();
        let place = said.strip_prefix(want).unwrap_or_else(|| panic!("{said}"));
        assert!(place.starts_with(" (src/base/panics_tests.rs:"), "{said}");
    }
}

#[test]
fn each_thread_takes_its_own() {
    with_hook();
    let numbers: Vec<u32> = (0..500).collect();
    let threads = Threads::new(4).unwrap();
    let said = threads.map(&numbers, |number| {
        match guarded(|| assert!(number % 3 != 0, "number {number} fails")) {
            Ok(()) => String::new(),
            Err(panic) => panic.to_string(),
        }
    });
    for (number, said) in numbers.iter().zip(said) {
        let want = format!("number {number} fails (src/base/panics_tests.rs:");
        assert!(said.is_empty() == (number % 3 != 0), "{number}: {said}");
        assert!(
            said.is_empty() || said.starts_with(&want),
            "{number}: {said}"
        );
    }
}

#[test]
fn what_no_thread_takes_is_there_for_the_report() {
    with_hook();
    let untaken = thread::spawn(|| panic!("nobody takes this"));
    let thread = untaken.thread().id();
    assert!(untaken.join().is_err());
    let last = take_last(|it| it == thread).unwrap().to_string();
    assert!(
        last.starts_with("nobody takes this (src/base/panics_tests.rs:"),
        "{last}"
    );
}

#[test]
fn a_long_message_is_cut_off() {
    let long = "ä".repeat(1000);
    let panic = guarded(|| std::panic::panic_any(long)).unwrap_err();
    assert_eq!(panic.message.chars().count(), MESSAGE_CHARS_MAX);
}

#[test]
fn a_place_names_no_folder_of_the_machine() {
    for (file, want) in [
        ("src/mime.rs", "src/mime.rs"),
        ("src/book/index/table.rs", "src/book/index/table.rs"),
        (
            "/home/ann/.cargo/registry/src/index.example-1f/mail-parser-0.11.9/src/parsers/date.rs",
            "mail-parser-0.11.9/src/parsers/date.rs",
        ),
        (
            "/rustc/8f1/library/core/src/option.rs",
            "core/src/option.rs",
        ),
        ("/build/mailtrack/src/main.rs", "mailtrack/src/main.rs"),
        ("/build/odd.rs", "/build/odd.rs"),
        ("", ""),
    ] {
        assert_eq!(within_crate(file), want);
    }
}
