//! Commands that are refused: one line says why, and nothing is written.

use crate::place::{Place, Ran};

pub const MESSAGE: &str = "From: Kim <kim@fabrikam.example>\r\nTo: ann@contoso.example\r\nSubject: Offer\r\n\
    Message-ID: <m1@fabrikam.example>\r\nDate: Mon, 2 Mar 2026 09:30:00 +0000\r\n\r\nHello\r\n";

/// Asserts that a run was refused with one line that begins with `mailtrack: ` and `at` and contains `words`, and that
/// it wrote nothing.
#[track_caller]
pub fn assert_refused(case: &str, place: &Place, ran: &Ran, status: i32, at: &str, words: &[&str]) {
    let Ran { stdout, stderr, .. } = ran;
    assert_eq!(ran.status, status, "{case}: {stderr}");
    assert_eq!(stdout, "", "{case}");
    assert_eq!(stderr.lines().count(), 1, "{case}: {stderr}");
    let start = format!("mailtrack: {at}");
    assert!(stderr.starts_with(&start), "{case}: {stderr} not at {at}");
    for word in words {
        assert!(stderr.contains(word), "{case}: {stderr} lacks {word}");
    }
    assert!(!place.path("out").exists(), "{case}: something was written");
}

/// Runs every case, and reports all failures, not only the first.
pub fn each<T>(cases: &[T], check: impl Fn(&T) + std::panic::RefUnwindSafe)
where
    T: std::panic::RefUnwindSafe,
{
    let failed = cases
        .iter()
        .filter(|case| std::panic::catch_unwind(|| check(case)).is_err())
        .count();
    assert_eq!(failed, 0, "so many cases failed; see above");
}
