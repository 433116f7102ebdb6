//! Syncs large output in the background while more is being written, so that a run does not end with waiting for all of
//! it.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::mpsc::{SyncSender, sync_channel};
use std::thread::JoinHandle;

use crate::output::error::OutputError;

/// Bytes that are written to a file before each background sync. Most runs write less.
const BYTES: usize = 8 << 20;

/// A thread that syncs what has been written so far, and otherwise sleeps.
#[derive(Debug, Default)]
pub(super) struct BackgroundSync {
    thread: Option<(SyncSender<(PathBuf, File)>, Keeper)>,
}

type Keeper = JoinHandle<Result<(), OutputError>>;

impl BackgroundSync {
    /// Starts a sync of the file if enough bytes of it are waiting, and returns whether it did. If the thread is still
    /// busy, nothing is started, so that the writer never waits for it before the end.
    pub(super) fn keeps(&mut self, waiting: usize, path: &Path, file: &File) -> bool {
        if waiting < BYTES {
            return false;
        }
        // If no thread can be started, the file is synced at the end.
        if self.thread.is_none() {
            self.thread = start().ok();
        }
        let Some((sender, _)) = &self.thread else {
            return false;
        };
        let asked = |file| sender.try_send((path.into(), file)).is_ok();
        file.try_clone().is_ok_and(asked)
    }

    /// Waits for the syncs that were started.
    ///
    /// # Errors
    /// If a sync failed. The system reports a failed sync only once, so this error must not be discarded.
    pub(super) fn end(&mut self) -> Result<(), OutputError> {
        let Some((sender, thread)) = self.thread.take() else {
            return Ok(());
        };
        drop(sender);
        let kept = thread.join();
        kept.unwrap_or_else(|panic| std::panic::resume_unwind(panic))
    }
}

fn start() -> std::io::Result<(SyncSender<(PathBuf, File)>, Keeper)> {
    let (sender, files) = sync_channel::<(PathBuf, File)>(0);
    let keep = move || {
        let mut kept = Ok(());
        for (path, file) in files {
            kept = kept.and(file.sync_data().map_err(OutputError::io(&path)));
        }
        kept
    };
    Ok((sender, std::thread::Builder::new().spawn(keep)?))
}

#[cfg(test)]
mod tests {
    use std::io::Read as _;
    use std::os::fd::OwnedFd;
    use std::time::{Duration, Instant};

    use super::*;

    /// Retries until the thread takes the request to sync `file`.
    fn asked(early: &mut BackgroundSync, file: &File) {
        let start = Instant::now();
        while !early.keeps(BYTES, Path::new("there/x.jsonl"), file) {
            assert!(start.elapsed() < Duration::from_secs(10));
            std::thread::yield_now();
        }
    }

    #[test]
    fn nothing_is_asked_before_there_is_much() {
        let mut early = BackgroundSync::default();
        let file = tempfile::tempfile().unwrap();
        assert!(!early.keeps(BYTES - 1, Path::new("x"), &file));
        assert!(early.thread.is_none() && early.end().is_ok());
    }

    #[test]
    fn what_could_not_be_kept_early_is_reported_at_the_end() {
        let mut early = BackgroundSync::default();
        let file = tempfile::tempfile().unwrap();
        asked(&mut early, &file);
        asked(&mut early, &file);
        assert!(early.end().is_ok());
        // A pipe cannot be synced.
        let (mut from, to) = std::io::pipe().unwrap();
        let to = File::from(OwnedFd::from(to));
        asked(&mut early, &to);
        asked(&mut early, &file);
        let told = early.end().map_err(|error| error.to_string());
        assert!(
            matches!(&told, Err(text) if text.starts_with("there/x.jsonl: cannot be written: ")),
            "{told:?}"
        );
        assert!(early.end().is_ok(), "it is told once");
        drop(to);
        assert_eq!(from.read(&mut [0]).unwrap(), 0);
    }
}
