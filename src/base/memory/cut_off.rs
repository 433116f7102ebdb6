//! Handles mapped files that are *cut off*, because another program shortens them or the disk fails. Access to the
//! missing part raises a signal (SIGBUS), which would end the process. Instead, zeros replace the whole map, the map is
//! marked, and the process continues. Code that has used the map checks the mark before anything is written.

use std::sync::OnceLock;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

/// Maximum number of files that are mapped at a time, close to Linux's limit of maps per process. Unused slots take no
/// memory.
const MAPS: usize = 1 << 16;

static SLOTS: [Slot; MAPS] = [const { Slot::free() }; MAPS];

/// The number of slots, from the first, that may ever have been used.
static USED: AtomicUsize = AtomicUsize::new(0);

/// Where the search for a free slot begins.
static NEXT: AtomicUsize = AtomicUsize::new(0);

/// The previous action for the signal.
static BEFORE: OnceLock<libc::sigaction> = OnceLock::new();

/// The location of a map. A signal handler may neither wait nor allocate, so it consists of separate atomic numbers.
struct Slot {
    is_taken: AtomicBool,
    /// 0 if nothing is mapped.
    start: AtomicUsize,
    length: AtomicUsize,
    is_cut_off: AtomicBool,
}

impl Slot {
    const fn free() -> Slot {
        Slot {
            is_taken: AtomicBool::new(false),
            start: AtomicUsize::new(0),
            length: AtomicUsize::new(0),
            is_cut_off: AtomicBool::new(false),
        }
    }
}

/// A map that is watched while this value lives.
#[derive(Debug)]
pub(super) struct Watched(usize);

impl Watched {
    /// Watches a map. `None` if the maximum number of maps is watched, or the signal cannot be caught.
    pub(super) fn new(map: &memmap2::Mmap) -> Option<Watched> {
        if !catch() {
            return None;
        }
        let free = |slot: &Slot| {
            let order = (Ordering::AcqRel, Ordering::Relaxed);
            let taken = slot
                .is_taken
                .compare_exchange(false, true, order.0, order.1);
            taken.is_ok()
        };
        let first = NEXT.load(Ordering::Relaxed);
        let mut numbers = (first..MAPS).chain(0..first);
        let number = numbers.find(|&number| free(&SLOTS[number]))?;
        NEXT.store((number + 1) % MAPS, Ordering::Relaxed);
        USED.fetch_max(number + 1, Ordering::AcqRel);
        let slot = &SLOTS[number];
        slot.is_cut_off.store(false, Ordering::Release);
        slot.length.store(map.len(), Ordering::Release);
        // An empty file is not mapped, and cannot be cut off.
        let start = if map.is_empty() {
            0
        } else {
            map.as_ptr() as usize
        };
        slot.start.store(start, Ordering::Release);
        Some(Watched(number))
    }

    /// Returns whether the file was cut off, so that bytes read from it may be zeros.
    pub(super) fn is_cut_off(&self) -> bool {
        SLOTS[self.0].is_cut_off.load(Ordering::Acquire)
    }
}

impl Drop for Watched {
    fn drop(&mut self) {
        let slot = &SLOTS[self.0];
        slot.start.store(0, Ordering::Release);
        slot.is_taken.store(false, Ordering::Release);
        NEXT.fetch_min(self.0, Ordering::Relaxed);
    }
}

/// Installs the signal handler once; returns whether it is installed.
fn catch() -> bool {
    static IS_CAUGHT: OnceLock<bool> = OnceLock::new();
    *IS_CAUGHT.get_or_init(install)
}

#[allow(unsafe_code)]
fn install() -> bool {
    // SAFETY: all zeros is a valid value of this structure: no handler, no flags and no signals.
    let mut action: libc::sigaction = unsafe { std::mem::zeroed() };
    let mut before = action;
    action.sa_sigaction = handle as *const () as usize;
    action.sa_flags = libc::SA_SIGINFO | libc::SA_ONSTACK;
    // SAFETY: both pointers are to valid structures, and the handler is async-signal-safe (see there).
    let result = unsafe { libc::sigaction(libc::SIGBUS, &raw const action, &raw mut before) };
    let _ = BEFORE.set(before);
    result == 0
}

/// Replaces the map that the signal is about by zeros. For a signal about anything else, the previous action is
/// restored, and the instruction is executed again when the handler returns.
#[allow(unsafe_code)]
extern "C" fn handle(_: libc::c_int, info: *mut libc::siginfo_t, _: *mut libc::c_void) {
    // SAFETY: the system passes valid information about the signal, which for SIGBUS has an address.
    let address = unsafe { (*info).si_addr() } as usize;
    for slot in &SLOTS[..USED.load(Ordering::Acquire)] {
        let start = slot.start.load(Ordering::Acquire);
        let length = slot.length.load(Ordering::Acquire);
        if start == 0 || address.wrapping_sub(start) >= length {
            continue;
        }
        slot.is_cut_off.store(true, Ordering::Release);
        let flags = rustix::mm::MapFlags::PRIVATE | rustix::mm::MapFlags::FIXED;
        // SAFETY: the range is that of a map that is only read, as bytes, and that is unmapped by its start and length,
        // which do not change. The call is a plain system call.
        let zeros = unsafe {
            let start = start as *mut libc::c_void;
            rustix::mm::mmap_anonymous(start, length, rustix::mm::ProtFlags::READ, flags)
        };
        if zeros.is_ok() {
            return;
        }
    }
    if let Some(before) = BEFORE.get() {
        // SAFETY: the action is the one that the system returned for this signal.
        unsafe { libc::sigaction(libc::SIGBUS, before, std::ptr::null_mut()) };
    }
}
