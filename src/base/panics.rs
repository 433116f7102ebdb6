//! Records the message and the location of *panics*. The program's panic hook prints nothing, because a parser that
//! panics on one message becomes a line in failures; but a bug report needs the message and the location.
//!
//! A panic is stored with the id of its thread until that thread takes it ([`guarded`]). A panic that is not taken ends
//! the program, and is then returned by [`last`], whichever thread it happened on.

use std::any::Any;
use std::backtrace::{Backtrace, BacktraceStatus};
use std::fmt;
use std::panic::{AssertUnwindSafe, Location, PanicHookInfo, catch_unwind};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::thread::{self, ThreadId};

/// Maximum length of a message; longer ones are cut off, because they may quote the text that the parser panicked on.
const MESSAGE_CHARS_MAX: usize = 200;

/// The message and the location of a panic.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Panic {
    message: String,
    /// The source file, line and column; `None` if [`install_hook`] was not called before the panic.
    place: Option<String>,
}

/// The panics that were not taken yet, in order.
static UNTAKEN: Mutex<Vec<(ThreadId, Panic)>> = Mutex::new(Vec::new());

/// Installs the panic hook. It prints nothing, unless RUST_BACKTRACE requests a backtrace; then it prints what Rust's
/// default hook prints.
pub(crate) fn install_hook() {
    let usual = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |info| {
        pending().push((thread::current().id(), Panic::of(info)));
        if Backtrace::capture().status() == BacktraceStatus::Captured {
            usual(info);
        }
    }));
}

/// Runs `work` and catches a panic.
///
/// # Errors
/// If `work` panics.
pub(crate) fn guarded<T>(work: impl FnOnce() -> T) -> Result<T, Panic> {
    catch_unwind(AssertUnwindSafe(work)).map_err(|payload| {
        let of_this_thread = take_last(|thread| thread == thread::current().id());
        of_this_thread.unwrap_or_else(|| Panic::of_payload(&*payload))
    })
}

/// Takes the last panic that no thread has taken.
pub(crate) fn last() -> Option<Panic> {
    take_last(|_| true)
}

fn pending() -> MutexGuard<'static, Vec<(ThreadId, Panic)>> {
    // The list is consistent even if a thread has panicked while it held the lock.
    UNTAKEN.lock().unwrap_or_else(PoisonError::into_inner)
}

fn take_last(is_it: impl Fn(ThreadId) -> bool) -> Option<Panic> {
    let mut untaken = pending();
    let at = untaken.iter().rposition(|(thread, _)| is_it(*thread))?;
    Some(untaken.remove(at).1)
}

impl Panic {
    fn of(info: &PanicHookInfo<'_>) -> Panic {
        let place = info.location().map(place_words);
        Panic {
            place,
            ..Panic::of_payload(info.payload())
        }
    }

    fn of_payload(payload: &(dyn Any + Send)) -> Panic {
        let fixed = || payload.downcast_ref::<&str>().copied();
        let made = || payload.downcast_ref::<String>().map(String::as_str);
        let message = fixed().or_else(made).unwrap_or("no message");
        let message: String = message.chars().take(MESSAGE_CHARS_MAX).collect();
        Panic {
            message: message.split_whitespace().collect::<Vec<_>>().join(" "),
            place: None,
        }
    }
}

impl fmt::Display for Panic {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.place {
            Some(place) => write!(out, "{} ({place})", self.message),
            None => out.write_str(&self.message),
        }
    }
}

/// Returns the location with the path relative to the folder above the crate, so that it is the same for every build.
fn place_words(location: &Location<'_>) -> String {
    let (line, column) = (location.line(), location.column());
    format!("{}:{line}:{column}", within_crate(location.file()))
}

fn within_crate(file: &str) -> &str {
    let crate_folder = file.rfind("/src/").map(|at| &file[..at]);
    let above = crate_folder.and_then(|folder| folder.rfind('/'));
    above.map_or(file, |at| &file[at + 1..])
}

#[cfg(test)]
#[path = "panics_tests.rs"]
mod tests;
