//! What a *panic* said and where it happened. The program's panic hook prints nothing, because a parser that fails on one
//! message is a line in failures; but whoever reports the fault needs the message and the place.
//!
//! A panic is kept under the thread that it happened on until that thread takes it ([`guarded`]). One that nobody takes
//! ends the program, and is then the last one left ([`last`]), whichever thread it happened on.

use std::any::Any;
use std::backtrace::{Backtrace, BacktraceStatus};
use std::fmt;
use std::panic::{AssertUnwindSafe, Location, PanicHookInfo, catch_unwind};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::thread::{self, ThreadId};

/// Longer messages are cut off: they may quote the text that the parser failed on.
const MESSAGE_CHARS_MAX: usize = 200;

/// A panic: what it said, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Panic {
    message: String,
    /// The source file, line and column; `None` if the hook of [`install_hook`] was not there to see it.
    place: Option<String>,
}

/// The panics that no thread has taken yet, in the order in which they happened.
static UNTAKEN: Mutex<Vec<(ThreadId, Panic)>> = Mutex::new(Vec::new());

/// Sets the panic hook. It prints nothing unless RUST_BACKTRACE asks for a backtrace; then it prints what Rust's own
/// hook does.
pub(crate) fn install_hook() {
    let usual = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |info| {
        untaken().push((thread::current().id(), Panic::of(info)));
        if Backtrace::capture().status() == BacktraceStatus::Captured {
            usual(info);
        }
    }));
}

/// Runs `work`; if it panics, what the panic said.
///
/// # Errors
/// If `work` panics.
pub(crate) fn guarded<T>(work: impl FnOnce() -> T) -> Result<T, Panic> {
    catch_unwind(AssertUnwindSafe(work)).map_err(|payload| {
        let of_this_thread = take_where(|thread| thread == thread::current().id());
        of_this_thread.unwrap_or_else(|| Panic::of_payload(&*payload))
    })
}

/// Takes the last panic that no thread has taken.
pub(crate) fn last() -> Option<Panic> {
    take_where(|_| true)
}

fn untaken() -> MutexGuard<'static, Vec<(ThreadId, Panic)>> {
    // A list is whole even if a thread has panicked while it held the lock.
    UNTAKEN.lock().unwrap_or_else(PoisonError::into_inner)
}

fn take_where(is_it: impl Fn(ThreadId) -> bool) -> Option<Panic> {
    let mut untaken = untaken();
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

/// The file from its crate's folder on, so that the same fault reads the same wherever the program was built.
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
