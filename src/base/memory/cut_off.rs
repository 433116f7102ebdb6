//! What happens if a mapped file is *cut off*: another program has shortened it, or the disk fails. The system then stops a
//! process that looks at what is not there any more, by a signal (SIGBUS). Here zeros take the place of the whole map, the
//! map is marked, and the process goes on: whoever has used it asks for the mark before anything is written.

use std::sync::OnceLock;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

/// As many files may be mapped at a time: nearly as many maps as Linux lets a process have. Memory of slots that were never
/// used is not taken.
const MAPS: usize = 1 << 16;

static SLOTS: [Slot; MAPS] = [const { Slot::free() }; MAPS];

/// How many slots, from the first on, may ever have been used.
static USED: AtomicUsize = AtomicUsize::new(0);

/// Where a free slot is looked for first.
static NEXT: AtomicUsize = AtomicUsize::new(0);

/// What was done about the signal before.
static BEFORE: OnceLock<libc::sigaction> = OnceLock::new();

/// Where a map lies. The handler of a signal may neither wait nor allocate: these are numbers, read one by one.
struct Slot {
    is_taken: AtomicBool,
    /// 0 as long as there is no map.
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

/// A map that is watched as long as this lives.
#[derive(Debug)]
pub(super) struct Watched(usize);

impl Watched {
    /// Watches a map. `None` if as many are watched already as can be, or the signal cannot be caught.
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

    /// Whether its file was cut off, and what was read of it may be zeros.
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

/// Has the signal caught from now on; whether it is.
fn catch() -> bool {
    static IS_CAUGHT: OnceLock<bool> = OnceLock::new();
    *IS_CAUGHT.get_or_init(install)
}

#[allow(unsafe_code)]
fn install() -> bool {
    // SAFETY: all zeros is a value of this structure of the system: no handler, no flags and no signals.
    let mut action: libc::sigaction = unsafe { std::mem::zeroed() };
    let mut before = action;
    action.sa_sigaction = handle as *const () as usize;
    action.sa_flags = libc::SA_SIGINFO | libc::SA_ONSTACK;
    // SAFETY: both are structures of the right kind, and the handler does only what one may do (see there).
    let result = unsafe { libc::sigaction(libc::SIGBUS, &raw const action, &raw mut before) };
    let _ = BEFORE.set(before);
    result == 0
}

/// Puts zeros in the place of the map that the signal is about. A signal about anything else is left to whoever caught it
/// before, or to the system: the instruction is tried again once the handler returns.
#[allow(unsafe_code)]
extern "C" fn handle(_: libc::c_int, info: *mut libc::siginfo_t, _: *mut libc::c_void) {
    // SAFETY: the system hands over what it says of the signal, which for this one has an address.
    let address = unsafe { (*info).si_addr() } as usize;
    for slot in &SLOTS[..USED.load(Ordering::Acquire)] {
        let start = slot.start.load(Ordering::Acquire);
        let length = slot.length.load(Ordering::Acquire);
        if start == 0 || address.wrapping_sub(start) >= length {
            continue;
        }
        slot.is_cut_off.store(true, Ordering::Release);
        let flags = rustix::mm::MapFlags::PRIVATE | rustix::mm::MapFlags::FIXED;
        // SAFETY: the range is that of a map that is only read, as bytes, and is unmapped by its start and its length,
        // which stay. The call is one to the system and nothing else.
        let zeros = unsafe {
            let start = start as *mut libc::c_void;
            rustix::mm::mmap_anonymous(start, length, rustix::mm::ProtFlags::READ, flags)
        };
        if zeros.is_ok() {
            return;
        }
    }
    if let Some(before) = BEFORE.get() {
        // SAFETY: it is what the system gave for this signal.
        unsafe { libc::sigaction(libc::SIGBUS, before, std::ptr::null_mut()) };
    }
}
