//! The *threads* of a run: the only file that names the library for them. What comes back is always in the order of
//! what was given, so that no result depends on how many there are.

use std::sync::{Arc, Mutex, PoisonError};
use std::thread::{Builder, Scope, ScopedJoinHandle};

use rayon::prelude::*;

/// Work that waits for the disk, on a thread of its own.
#[derive(Debug)]
pub(crate) enum Concurrent<'scope, T> {
    /// It is under way.
    Running(ScopedJoinHandle<'scope, Option<T>>),
    /// The system had no thread to give, so it was done at once.
    Done(Option<T>),
}

impl<'scope, T: Send + 'scope> Concurrent<'scope, T> {
    /// Begins work beside what the calling thread does next.
    pub(crate) fn begin<'env>(
        scope: &'scope Scope<'scope, 'env>,
        work: impl FnOnce() -> T + Send + 'scope,
    ) -> Concurrent<'scope, T> {
        // A thread that cannot be had takes along what it was given, so that there are two who can take the work.
        let work = Arc::new(Mutex::new(Some(work)));
        let of_thread = Arc::clone(&work);
        let begun = Builder::new().spawn_scoped(scope, move || take(&of_thread).map(|it| it()));
        match begun {
            Ok(thread) => Concurrent::Running(thread),
            Err(_) => Concurrent::Done(take(&work).map(|it| it())),
        }
    }

    /// Returns what came of it, once it is done.
    pub(crate) fn end(self) -> T {
        let done = match self {
            Concurrent::Running(thread) => thread.join(),
            Concurrent::Done(done) => Ok(done),
        };
        let done = done.unwrap_or_else(|panic| std::panic::resume_unwind(panic));
        done.unwrap_or_else(|| unreachable!("one of the two has taken the work"))
    }
}

fn take<W>(work: &Mutex<Option<W>>) -> Option<W> {
    work.lock().unwrap_or_else(PoisonError::into_inner).take()
}

/// The threads of a run.
#[derive(Debug)]
pub struct Threads(rayon::ThreadPool);

impl Threads {
    /// `count` threads; 0 stands for one a core.
    ///
    /// # Errors
    /// Where the system has no more threads to give.
    pub fn new(count: usize) -> Result<Threads, std::io::Error> {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(count).build();
        pool.map(Threads).map_err(std::io::Error::other)
    }

    /// As [`new`](Threads::new), the calling thread being one of them for the rest of its time: so one thread is the
    /// program's first, whose memory grows at less cost than that of others. Another thread that uses them waits for this
    /// one to come back to them.
    ///
    /// # Errors
    /// As `new`, and where the calling thread is one of others already.
    pub fn with_this(count: usize) -> Result<Threads, std::io::Error> {
        let pool = rayon::ThreadPoolBuilder::new()
            .num_threads(count)
            .use_current_thread();
        pool.build().map(Threads).map_err(std::io::Error::other)
    }

    /// How many there are.
    pub fn count(&self) -> usize {
        self.0.current_num_threads()
    }

    /// Does both at the same time.
    pub fn both<A: Send, B: Send>(
        &self,
        a: impl FnOnce() -> A + Send,
        b: impl FnOnce() -> B + Send,
    ) -> (A, B) {
        self.0.install(|| rayon::join(a, b))
    }

    /// What `make` makes of each item, in the items' order.
    pub fn map<T: Sync, R: Send>(
        &self,
        items: &[T],
        make: impl Fn(&T) -> R + Sync + Send,
    ) -> Vec<R> {
        self.0.install(|| items.par_iter().map(make).collect())
    }

    /// What `make` makes of each item, in the items' order, some `together` of them on one thread, which share what `start`
    /// made: at the end no thread waits for another longer than these take.
    pub fn map_with<'t, S, T: Sync, R: Send>(
        &self,
        items: &'t [T],
        together: usize,
        start: impl Fn() -> S + Sync + Send,
        make: impl Fn(&mut S, &'t T) -> R + Sync + Send,
    ) -> Vec<R> {
        let items = items.par_iter().with_min_len(together);
        let items = items.with_max_len(together);
        self.0.install(|| items.map_init(start, make).collect())
    }

    /// What `make` makes of each `size` items, in the items' order.
    pub fn chunks<'t, T: Sync, R: Send>(
        &self,
        items: &'t [T],
        size: usize,
        make: impl Fn(&'t [T]) -> R + Sync + Send,
    ) -> Vec<R> {
        let chunks = items.par_chunks(size).with_max_len(1);
        self.0.install(|| chunks.map(make).collect())
    }

    /// Has `make` put what it makes of each `size` items into a slot, in the items' order. What is in the slots from before
    /// is there for it to use; there must be one for each.
    pub fn chunks_into<T: Sync, S: Send>(
        &self,
        items: &[T],
        size: usize,
        slots: &mut [S],
        make: impl Fn(&[T], &mut S) + Sync + Send,
    ) {
        let chunks = items.par_chunks(size).zip_eq(slots).with_max_len(1);
        self.0
            .install(|| chunks.for_each(|(items, slot)| make(items, slot)));
    }

    /// Sorts by a key; what has equal keys ends in any order.
    pub fn sort_by_key<T: Send, K: Ord>(
        &self,
        items: &mut [T],
        key: impl Fn(&T) -> K + Sync + Send,
    ) {
        self.0.install(|| items.par_sort_unstable_by_key(key));
    }
}

/// Files are read, and decisions encoded, so many at a time: enough to keep every thread busy, little enough to stay
/// small in memory.
pub(crate) const BATCH: usize = 1024;
