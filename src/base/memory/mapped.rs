//! Mapped memory, and prefetching.

use std::fs::{File, Metadata};
use std::io;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use super::cut_off::Watched;

use crate::base::disk;

/// Size of a cache line in bytes.
const LINE_BYTES: usize = 64;

/// The bytes of a file, mapped read-only. If another program cuts the file off, zeros replace them and the map is
/// marked; replacing the file by renaming, or removing it, does not affect the map. The file may be closed.
#[derive(Debug)]
pub(crate) struct Mapped {
    // Dropped first: a map must not be watched after it is unmapped.
    watched: Watched,
    map: memmap2::Mmap,
}

impl Mapped {
    /// Maps a whole file.
    ///
    /// # Errors
    /// If it cannot be mapped.
    #[allow(unsafe_code)]
    pub(crate) fn of(file: &File) -> io::Result<Mapped> {
        // SAFETY: the map is only read as bytes, for which any content is valid. Text is only made from a copy, or
        // after the bytes were compared with checksums. If another process shortens the file, zeros replace its bytes
        // (see `cut_off`).
        let map = unsafe { memmap2::Mmap::map(file)? };
        let watched =
            Watched::new(&map).ok_or_else(|| io::Error::other("too many mapped files"))?;
        Ok(Mapped { watched, map })
    }

    /// Returns the bytes.
    pub(crate) fn bytes(&self) -> &[u8] {
        &self.map
    }

    /// Returns whether the file was cut off, so that bytes read from it may be zeros.
    pub(crate) fn is_cut_off(&self) -> bool {
        self.watched.is_cut_off()
    }
}

/// A whole file, mapped read-only.
///
/// Another program may write to the file at any time. The bytes can still be read, but may be neither the old nor the
/// new content; [`MappedFile::has_changed`] reports that afterwards.
#[derive(Debug)]
pub(crate) struct MappedFile {
    path: PathBuf,
    mapped: Mapped,
    file: File,
    size: u64,
    modified: Option<SystemTime>,
}

impl MappedFile {
    /// Maps a file.
    ///
    /// # Errors
    /// If it cannot be opened or mapped, or is not a plain file.
    pub(crate) fn open(path: &Path) -> io::Result<MappedFile> {
        let file = disk::open_file(path)?;
        let meta = file.metadata()?;
        Ok(MappedFile {
            path: path.into(),
            mapped: Mapped::of(&file)?,
            file,
            size: meta.len(),
            modified: meta.modified().ok(),
        })
    }

    /// Returns the path of the file.
    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// Returns the bytes of the file.
    pub(crate) fn bytes(&self) -> &[u8] {
        self.mapped.bytes()
    }

    /// Returns whether a program has written to the file since it was mapped, so that bytes read from it must not be
    /// used. Replacing the file by renaming does not count.
    pub(crate) fn has_changed(&self) -> bool {
        let is_as_it_was =
            |meta: Metadata| meta.len() == self.size && meta.modified().ok() == self.modified;
        self.mapped.is_cut_off() || !self.file.metadata().is_ok_and(is_as_it_was)
    }
}

/// Allocates memory for a large table that is accessed randomly, with huge pages if the system has them, which make
/// such accesses faster.
///
/// # Errors
/// If the allocation fails.
pub fn large(length: usize) -> io::Result<memmap2::MmapMut> {
    let map = memmap2::MmapMut::map_anon(length)?;
    #[cfg(target_os = "linux")]
    {
        // An error is ignored: small pages work too.
        let _ = map.advise(memmap2::Advice::HugePage);
    }
    Ok(map)
}

/// Prefetches the cache line at an offset for a read that follows soon. An offset outside `bytes` is allowed and
/// harmless.
#[inline]
pub fn prefetch(bytes: &[u8], at: usize) {
    prefetch_address(bytes.as_ptr().wrapping_add(at));
}

/// Like [`prefetch`], for all cache lines of a value.
#[inline]
pub(crate) fn prefetch_value<T: ?Sized>(value: &T) {
    let start: *const u8 = std::ptr::from_ref(value).cast();
    for at in (0..size_of_val(value)).step_by(LINE_BYTES) {
        prefetch_address(start.wrapping_add(at));
    }
}

#[inline]
#[allow(unsafe_code)]
fn prefetch_address(address: *const u8) {
    #[cfg(target_arch = "x86_64")]
    // SAFETY: a prefetch has no effect that the program can observe, and is allowed for any address.
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

#[cfg(test)]
mod tests {
    use std::io::Write as _;
    use std::os::unix::fs::FileExt as _;

    use super::*;

    fn mapped(length: usize) -> (tempfile::NamedTempFile, MappedFile) {
        let mut file = tempfile::NamedTempFile::new().unwrap();
        file.write_all(&vec![b'x'; length]).unwrap();
        let mapped = MappedFile::open(file.path()).unwrap();
        (file, mapped)
    }

    #[test]
    fn what_is_cut_off_is_zeros_and_a_change() {
        for (length, left) in [(1 << 20, 0), (1 << 20, 5000), (100, 0), (70_000, 4096)] {
            let (file, mapped) = mapped(length);
            assert!(!mapped.has_changed());
            file.as_file().set_len(left).unwrap();
            let last = mapped.bytes().iter().rev().copied().next();
            assert_eq!(last, Some(0), "{length} cut to {left}");
            assert!(mapped.has_changed());
        }
    }

    #[test]
    fn what_is_written_in_its_place_is_a_change() {
        let (file, mapped) = mapped(10_000);
        file.as_file().write_all_at(b"y", 5000).unwrap();
        // Some systems keep times no finer than this.
        let later = SystemTime::now() + std::time::Duration::from_secs(2);
        file.as_file().set_modified(later).unwrap();
        assert!(mapped.has_changed());
    }

    #[test]
    fn a_file_that_another_has_replaced_stays_as_it_was() {
        let (file, mapped) = mapped(10_000);
        let other = tempfile::NamedTempFile::new_in(file.path().parent().unwrap()).unwrap();
        std::fs::rename(other.path(), file.path()).unwrap();
        assert!(!mapped.has_changed() && mapped.bytes().iter().all(|&byte| byte == b'x'));
    }

    #[test]
    fn no_more_maps_are_watched_than_there_are() {
        for _ in 0..200 {
            let (_file, mapped) = mapped(10);
            assert_eq!(mapped.bytes().len(), 10);
        }
    }

    #[test]
    fn what_is_not_a_file_is_not_mapped() {
        let folder = tempfile::tempdir().unwrap();
        assert!(MappedFile::open(folder.path()).is_err());
        assert!(MappedFile::open(Path::new("/dev/null")).is_err());
    }
}
