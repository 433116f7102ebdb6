//! Memory that is *mapped*: a file's bytes where they lie, or large pages of the machine's memory, and having them
//! fetched before they are read.

use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};

/// The processor fetches so many bytes at a time.
const LINE_BYTES: usize = 64;

/// A whole file, mapped, read-only.
#[derive(Debug)]
pub struct MappedFile {
    path: PathBuf,
    map: memmap2::Mmap,
}

impl MappedFile {
    /// Maps the file.
    ///
    /// # Errors
    /// Where it cannot be opened or mapped.
    pub fn open(path: &Path) -> io::Result<MappedFile> {
        MappedFile::of(&File::open(path)?, path)
    }

    /// Maps an open file, which `path` stands for.
    ///
    /// # Errors
    /// Where it cannot be mapped.
    #[allow(unsafe_code)]
    pub fn of(file: &File, path: &Path) -> io::Result<MappedFile> {
        // SAFETY: the map is only ever read as bytes, which any content is valid for. Another process that shortens
        // the file meanwhile makes the system stop this one (SIGBUS): mail stores lock or replace a mailbox file and
        // do not shorten one that is being read, and an index is replaced by a rename; reading a copy instead would
        // cost its size in memory.
        let map = unsafe { memmap2::Mmap::map(file)? };
        Ok(MappedFile {
            path: path.into(),
            map,
        })
    }

    /// Where the file is.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The file's bytes.
    pub fn bytes(&self) -> &[u8] {
        &self.map
    }
}

/// Memory for something large that is read at random: in large pages where the system has them, which spares a third
/// of the time of a lookup.
///
/// # Errors
/// Where the system has not that much.
pub fn large(length: usize) -> io::Result<memmap2::MmapMut> {
    let map = memmap2::MmapMut::map_anon(length)?;
    #[cfg(target_os = "linux")]
    {
        // Where the system has none, small pages serve as well, only slower.
        let _ = map.advise(memmap2::Advice::HugePage);
    }
    Ok(map)
}

/// Has the processor fetch the bytes at an offset, for a read that follows soon. It may lie outside: then nothing is
/// fetched that matters.
#[inline]
pub fn prefetch(bytes: &[u8], at: usize) {
    prefetch_address(bytes.as_ptr().wrapping_add(at));
}

/// As [`prefetch`], of all of a value.
#[inline]
pub fn prefetch_value<T: ?Sized>(value: &T) {
    let start: *const u8 = std::ptr::from_ref(value).cast();
    for at in (0..size_of_val(value)).step_by(LINE_BYTES) {
        prefetch_address(start.wrapping_add(at));
    }
}

#[inline]
#[allow(unsafe_code)]
fn prefetch_address(address: *const u8) {
    #[cfg(target_arch = "x86_64")]
    // SAFETY: a prefetch reads nothing that the program sees, and is allowed for any address at all.
    unsafe {
        std::arch::x86_64::_mm_prefetch::<{ std::arch::x86_64::_MM_HINT_T0 }>(address.cast());
    }
    #[cfg(target_arch = "aarch64")]
    // SAFETY: as above; the instruction changes neither memory nor flags.
    unsafe {
        std::arch::asm!("prfm pldl1keep, [{}]", in(reg) address, options(nostack, readonly, preserves_flags));
    }
    #[cfg(not(any(target_arch = "x86_64", target_arch = "aarch64")))]
    let _ = address;
}
