//! The *threads* of a run. This is the only file that names the thread pool's library. Results are always in the order
//! of the input, so they do not depend on the number of threads.

use std::sync::{Arc, Mutex, PoisonError};
use std::thread::{Builder, Scope, ScopedJoinHandle};

use rayon::prelude::*;

/// Work that waits for the disk, on its own thread.
#[derive(Debug)]
pub(crate) enum Concurrent<'scope, T> {
    /// The work is running.
    Running(ScopedJoinHandle<'scope, Option<T>>),
    /// The system could not create a thread, so the work was done at once.
    Done(Option<T>),
}

impl<'scope, T: Send + 'scope> Concurrent<'scope, T> {
    /// Begins work that runs concurrently with the calling thread.
    pub(crate) fn begin<'env>(
        scope: &'scope Scope<'scope, 'env>,
        work: impl FnOnce() -> T + Send + 'scope,
    ) -> Concurrent<'scope, T> {
        // If the thread cannot be created, its closure is dropped, so both sides need access to the work.
        let work = Arc::new(Mutex::new(Some(work)));
        let of_thread = Arc::clone(&work);
        let begun = Builder::new().spawn_scoped(scope, move || take(&of_thread).map(|it| it()));
        match begun {
            Ok(thread) => Concurrent::Running(thread),
            Err(_) => Concurrent::Done(take(&work).map(|it| it())),
        }
    }

    /// Waits for the work and returns its result.
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
    /// Creates `count` threads; 0 means one per core.
    ///
    /// # Errors
    /// If the system cannot create more threads.
    pub fn new(count: usize) -> Result<Threads, std::io::Error> {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(count).build();
        pool.map(Threads).map_err(std::io::Error::other)
    }

    /// Like [`new`](Threads::new), but the calling thread is one of them from now on. So a single thread is the
    /// program's main thread, whose memory grows more cheaply than that of others. Another thread that uses the pool
    /// waits until the calling thread enters it again.
    ///
    /// # Errors
    /// As for [`new`](Threads::new), and if the calling thread already belongs to a pool.
    pub fn with_this(count: usize) -> Result<Threads, std::io::Error> {
        let pool = rayon::ThreadPoolBuilder::new()
            .num_threads(count)
            .use_current_thread();
        pool.build().map(Threads).map_err(std::io::Error::other)
    }

    /// Returns the number of threads.
    pub fn count(&self) -> usize {
        self.0.current_num_threads()
    }

    /// Runs both functions in parallel and returns their results.
    pub fn both<A: Send, B: Send>(
        &self,
        a: impl FnOnce() -> A + Send,
        b: impl FnOnce() -> B + Send,
    ) -> (A, B) {
        self.0.install(|| rayon::join(a, b))
    }

    /// Applies `make` to each item, and returns the results in order.
    pub fn map<T: Sync, R: Send>(
        &self,
        items: &[T],
        make: impl Fn(&T) -> R + Sync + Send,
    ) -> Vec<R> {
        self.0.install(|| items.par_iter().map(make).collect())
    }

    /// Applies `make` to each item, and returns the results in order. A thread takes `together` consecutive items at a
    /// time, with one value made by `start`, so that no thread waits at the end for longer than these take.
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

    /// Applies `make` to each chunk of `size` items, and returns the results in order.
    pub fn chunks<'t, T: Sync, R: Send>(
        &self,
        items: &'t [T],
        size: usize,
        make: impl Fn(&'t [T]) -> R + Sync + Send,
    ) -> Vec<R> {
        let chunks = items.par_chunks(size).with_max_len(1);
        self.0.install(|| chunks.map(make).collect())
    }

    /// Applies `make` to each chunk of `size` items and its slot. There must be one slot per chunk; a slot's previous
    /// content may be reused.
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

    /// Sorts by a key. The order of items with equal keys is unspecified.
    pub fn sort_by_key<T: Send, K: Ord>(
        &self,
        items: &mut [T],
        key: impl Fn(&T) -> K + Sync + Send,
    ) {
        self.0.install(|| items.par_sort_unstable_by_key(key));
    }
}

/// Number of files that are read, and of decisions that are encoded, at a time: enough to keep all threads busy, but
/// few enough to need little memory.
pub(crate) const BATCH: usize = 1024;
