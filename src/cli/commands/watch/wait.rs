//! Waits for a time, a change of the mail, or a signal.

use crate::cli::error::{CommandError, incomplete, wrong};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::time::{Duration, Instant};

use notify::event::{AccessKind, AccessMode};
use notify::{Config, EventKind, RecommendedWatcher, RecursiveMode, Watcher as _};

use crate::cli::args::RunArgs;

/// Minimum time between the starts of two runs.
const APART: Duration = Duration::from_secs(1);

/// After a change, a run starts when nothing has changed for this long, so that files are completely written.
const QUIET: Duration = Duration::from_millis(200);

/// Maximum wait for `QUIET` after the first change.
const QUIET_MAX: Duration = Duration::from_secs(1);

/// Something that ends the wait.
#[derive(Clone, Copy, Debug)]
enum Event {
    Changed,
    Stop,
}

/// What to do after the wait.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Next {
    Run,
    Stop,
}

/// Signals and changes, in the order in which they occur.
pub(super) struct Events {
    sender: Sender<Event>,
    receiver: Receiver<Event>,
}

impl Events {
    /// Begins to receive signals. The first SIGINT or SIGTERM ends the loop; a second one ends the program at once,
    /// which is safe, because a killed run leaves nothing that counts.
    pub(super) fn new() -> Result<Events, CommandError> {
        let (sender, receiver) = channel();
        let (of_signals, has_asked) = (sender.clone(), AtomicBool::new(false));
        let set = ctrlc::set_handler(move || {
            if has_asked.swap(true, Ordering::Relaxed) {
                std::process::exit(1);
            }
            // If the receiver is gone, the loop has already ended.
            let _ = of_signals.send(Event::Stop);
        });
        set.map_err(incomplete)?;
        Ok(Events { sender, receiver })
    }

    /// Reports changes of the mail until the returned watcher is dropped. Changes in the output folder are ignored.
    pub(super) fn watch(&self, args: &RunArgs) -> Result<RecommendedWatcher, CommandError> {
        let sender = self.sender.clone();
        let out: Arc<Path> = whole(&args.out.out).into();
        let tell = move |event: notify::Result<notify::Event>| {
            let is_change = event.is_ok_and(|event| {
                let is_own = |path: &PathBuf| path.starts_with(&out);
                event.need_rescan()
                    || changes(&event.kind)
                        && (event.paths.is_empty() || !event.paths.iter().all(is_own))
            });
            if is_change {
                let _ = sender.send(Event::Changed);
            }
        };
        let config = Config::default().with_follow_symlinks(false);
        let mut watcher = RecommendedWatcher::new(tell, config).map_err(incomplete)?;
        for mail in &args.mail {
            std::fs::metadata(mail)
                .map_err(|error| wrong(format!("{}: {error}", mail.display())))?;
            let watched = watcher.watch(&whole(mail), RecursiveMode::Recursive);
            watched.map_err(|error| {
                let why = error.to_string();
                wrong(format!("{}: cannot be watched: {why}", mail.display()))
            })?;
        }
        Ok(watcher)
    }

    /// Waits until `until`, or until the mail has changed and the minimum time since the last run `started` has passed.
    pub(super) fn wait(&self, started: Instant, until: Instant) -> Next {
        let until = until.max(started + APART);
        let mut changed: Option<(Instant, Instant)> = None;
        loop {
            let at = match changed {
                None => until,
                Some((first, last)) => {
                    let is_whole = (last + QUIET).min(first + QUIET_MAX);
                    is_whole.max(started + APART)
                }
            };
            let now = Instant::now();
            if at <= now {
                return self.stop_or_run();
            }
            match self.receiver.recv_timeout(at - now) {
                Ok(Event::Stop) => return Next::Stop,
                Ok(Event::Changed) => {
                    let now = Instant::now();
                    changed = Some((changed.map_or(now, |(first, _)| first), now));
                }
                // Timed out; the loop checks the time again.
                Err(_) => (),
            }
        }
    }

    /// Waits until a time, ignoring changes.
    pub(super) fn wait_for_time(&self, until: Instant) -> Next {
        loop {
            let now = Instant::now();
            if until <= now {
                return self.stop_or_run();
            }
            if let Ok(Event::Stop) = self.receiver.recv_timeout(until - now) {
                return Next::Stop;
            }
        }
    }

    /// Returns whether a signal is among the events not yet received.
    fn stop_or_run(&self) -> Next {
        match self
            .receiver
            .try_iter()
            .any(|event| matches!(event, Event::Stop))
        {
            true => Next::Stop,
            false => Next::Run,
        }
    }
}

/// Returns whether an event may mean that mail has changed: any event except reading.
fn changes(kind: &EventKind) -> bool {
    match kind {
        EventKind::Access(access) => *access == AccessKind::Close(AccessMode::Write),
        _ => true,
    }
}

/// Returns the path under which the system reports changes.
fn whole(path: &Path) -> PathBuf {
    path.canonicalize()
        .or_else(|_| std::path::absolute(path))
        .unwrap_or_else(|_| path.into())
}
