//! *Checksums* of the pages of the state. SQLite trusts every page that it reads: a byte altered by a disk or a copy
//! would silently change decisions. So each page of `state.db` ends in a checksum of its content and its position. It
//! is computed when SQLite writes the page, and verified when SQLite reads it. A run thus only pays for the pages that
//! it reads, and the absence of a row is as certain as its presence.
//!
//! SQLite leaves eight bytes free at the end of each page (the header's reserved space), and calls the functions of
//! this VFS, which call SQLite's own. Any other program can read the file; one that writes to it leaves pages with
//! wrong checksums, which is then detected. States before version 5 have no checksums; they are replaced by a copy that
//! has them.

use std::ffi::{c_char, c_int, c_void};
use std::fs::{self, File};
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};
use std::slice;
use std::sync::{Mutex, OnceLock, PoisonError};

use rusqlite::{Connection, OpenFlags, ffi};

use super::schema::APPLICATION_ID;
use crate::base::disk;
use crate::base::disk::stat::is_absent;
use crate::base::disk::{folder_of, sync_folder};
use crate::book::index::layout::sum;

/// Size in bytes of a checksum, which SQLite leaves free at the end of each page.
const SUM: usize = 8;

/// Position of that size in the header of a SQLite file.
const RESERVED_AT: usize = 20;

/// Positions of the user version and the application id in that header.
const VERSION_AT: usize = 60;
const APPLICATION_ID_AT: usize = 68;

/// Length in bytes of the header of a SQLite file.
const HEADER: usize = 100;

/// The minimum size of a page. A shorter read is of a part of the header.
const PAGE_MIN: usize = 512;

/// The name of the VFS.
const NAME: &std::ffi::CStr = c"mailtrack-sums";

/// A VFS that wraps the one of the system.
struct Files {
    /// SQLite's own VFS.
    system: *mut ffi::sqlite3_vfs,
    /// The size in bytes of an open file in SQLite's own VFS. The byte after it says whether the file has checksums.
    flag_at: usize,
    /// The method tables by the address of the table that each replaces. There is one, or on macOS a few.
    tables: Mutex<Vec<(usize, &'static Table)>>,
}

/// The method table of an open file, in which `xRead` and `xWrite` are replaced.
#[repr(C)]
struct Table {
    methods: ffi::sqlite3_io_methods,
    read: Read,
    write: Write,
    flag_at: usize,
}

type Read =
    unsafe extern "C" fn(*mut ffi::sqlite3_file, *mut c_void, c_int, ffi::sqlite3_int64) -> c_int;
type Write =
    unsafe extern "C" fn(*mut ffi::sqlite3_file, *const c_void, c_int, ffi::sqlite3_int64) -> c_int;

// SAFETY: `system` is registered by SQLite once and for all, and is only read; tables are never changed or freed.
#[allow(unsafe_code)]
unsafe impl Send for Files {}
// SAFETY: as above.
#[allow(unsafe_code)]
unsafe impl Sync for Files {}

static FILES: OnceLock<Option<Files>> = OnceLock::new();

/// Opens a state with checksums.
pub(super) fn open(path: &Path, flags: OpenFlags) -> rusqlite::Result<Connection> {
    if FILES.get_or_init(register).is_none() {
        let error = ffi::Error::new(ffi::SQLITE_NOMEM);
        return Err(rusqlite::Error::SqliteFailure(error, None));
    }
    Connection::open_with_flags_and_vfs(path, flags, NAME)
}

/// Makes SQLite reserve room for checksums in a file that has no pages yet.
#[allow(unsafe_code)]
pub(super) fn begin(connection: &Connection) -> rusqlite::Result<()> {
    let mut reserved = SUM as c_int;
    // SAFETY: the connection is open, and the call takes a pointer to a number.
    let code = unsafe {
        ffi::sqlite3_file_control(
            connection.handle(),
            c"main".as_ptr(),
            ffi::SQLITE_FCNTL_RESERVE_BYTES,
            (&raw mut reserved).cast(),
        )
    };
    match code {
        ffi::SQLITE_OK => Ok(()),
        code => Err(rusqlite::Error::SqliteFailure(ffi::Error::new(code), None)),
    }
}

/// The header of a state, read before SQLite opens the file.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Header {
    /// Whether its pages have checksums.
    pub(super) has_sums: bool,
    /// Its version, if the file is a state at all. A newer version may have other checksums.
    pub(super) version: Option<i32>,
}

/// Reads the header of a file. Returns the default if the file does not exist or is too short. Must be called before
/// SQLite opens the file: closing it again would release SQLite's locks.
///
/// # Errors
/// If the file cannot be read.
pub(super) fn header(path: &Path) -> io::Result<Header> {
    disk::check_database(path)?;
    let file = match disk::open_file(path) {
        Ok(file) => file,
        Err(error) if is_absent(&error) => return Ok(Header::default()),
        Err(error) => return Err(error),
    };
    let mut header = Vec::with_capacity(HEADER);
    file.take(HEADER as u64).read_to_end(&mut header)?;
    let number = |at: usize| header.get(at..).and_then(<[u8]>::first_chunk).copied();
    let number = |at: usize| number(at).map(i32::from_be_bytes);
    let is_ours = number(APPLICATION_ID_AT) == Some(APPLICATION_ID);
    Ok(Header {
        has_sums: header.len() == HEADER && has_room(&header),
        version: number(VERSION_AT).filter(|_| is_ours),
    })
}

/// Returns whether the first page of a file ends in its checksum, whatever else it contains.
///
/// # Errors
/// If the file cannot be read.
pub(super) fn is_first_page_sound(path: &Path) -> io::Result<bool> {
    let mut first = Vec::new();
    let length = crate::output::state::checksums::PAGE_SIZE.unsigned_abs();
    File::open(path)?.take(length).read_to_end(&mut first)?;
    Ok(page(&first).is_some_and(|(page, sum)| sum_at(page, 0) == *sum))
}

/// Replaces a state without checksums by a copy that has them. The copy is complete on the disk before it gets the
/// name.
pub(super) fn add_checksums(path: &Path) -> rusqlite::Result<()> {
    let mut aside = path.as_os_str().to_owned();
    aside.push(".with-sums");
    let aside = PathBuf::from(aside);
    // Remove a copy that was interrupted.
    let _ = fs::remove_file(&aside);
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let from = open(path, flags)?;
    begin(&from)?;
    from.execute("VACUUM INTO ?1", [aside.to_string_lossy()])?;
    drop(from);
    let put = || {
        File::open(&aside)?.sync_all()?;
        fs::rename(&aside, path)?;
        sync_folder(folder_of(path))
    };
    put().map_err(|error| {
        let code = ffi::Error::new(ffi::SQLITE_IOERR);
        rusqlite::Error::SqliteFailure(code, Some(error.to_string()))
    })
}

/// Returns whether an error means that a page was altered.
pub(super) fn is_mismatch(error: &rusqlite::Error) -> bool {
    error
        .sqlite_error()
        .is_some_and(|it| it.extended_code == ffi::SQLITE_IOERR_DATA)
}

fn has_room(header: &[u8]) -> bool {
    header.starts_with(b"SQLite format 3\0") && usize::from(header[RESERVED_AT]) == SUM
}

/// Registers a VFS with SQLite that is SQLite's own, except for the function that opens a file.
#[allow(unsafe_code)]
fn register() -> Option<Files> {
    // SAFETY: SQLite returns what it registered at its start, or null; what it is given is never freed.
    unsafe {
        let system = ffi::sqlite3_vfs_find(std::ptr::null());
        let of_system = system.as_ref()?;
        let flag_at = usize::try_from(of_system.szOsFile).ok()?;
        let ours = Box::leak(Box::new(std::ptr::read(system)));
        ours.zName = NAME.as_ptr();
        ours.pNext = std::ptr::null_mut();
        ours.szOsFile += SUM as c_int;
        ours.xOpen = Some(open_file);
        let files = Files {
            system,
            flag_at,
            tables: Mutex::default(),
        };
        (ffi::sqlite3_vfs_register(ours, 0) == ffi::SQLITE_OK).then_some(files)
    }
}

/// Opens a file like SQLite; if it is a database, replaces its functions for reading and writing.
#[allow(unsafe_code)]
unsafe extern "C" fn open_file(
    _: *mut ffi::sqlite3_vfs,
    name: *const c_char,
    file: *mut ffi::sqlite3_file,
    flags: c_int,
    out_flags: *mut c_int,
) -> c_int {
    let Some(files) = FILES.get().and_then(Option::as_ref) else {
        return ffi::SQLITE_CANTOPEN;
    };
    // SAFETY: SQLite passes a file of `szOsFile` bytes, which is `flag_at` and eight more; its own function initializes
    // the first part, including the pointer to the method table.
    unsafe {
        let Some(open) = (*files.system).xOpen else {
            return ffi::SQLITE_CANTOPEN;
        };
        let code = open(files.system, name, file, flags, out_flags);
        if code == ffi::SQLITE_OK && flags & ffi::SQLITE_OPEN_MAIN_DB != 0 {
            let Some(table) = files.table((*file).pMethods) else {
                return ffi::SQLITE_CANTOPEN;
            };
            // A file without pages gets checksums; for any other, reading its header sets the flag.
            *flag(file, files.flag_at) = 1;
            (*file).pMethods = (&raw const *table).cast();
        }
        code
    }
}

impl Files {
    /// Returns the table that replaces one of SQLite's own.
    ///
    /// # Safety
    /// `own` is null, or one of SQLite's own tables, which are never freed.
    #[allow(unsafe_code)]
    unsafe fn table(&self, own: *const ffi::sqlite3_io_methods) -> Option<&'static Table> {
        // SAFETY: the caller guarantees it.
        let methods = unsafe { own.as_ref() }?;
        let mut tables = self.tables.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((_, table)) = tables.iter().find(|(of, _)| *of == own.addr()) {
            return Some(table);
        }
        let mut table = Table {
            // SAFETY: a table consists of numbers and function pointers.
            methods: unsafe { std::ptr::read(methods) },
            read: methods.xRead?,
            write: methods.xWrite?,
            flag_at: self.flag_at,
        };
        table.methods.xRead = Some(read);
        table.methods.xWrite = Some(write);
        // Version 3 adds functions that read pages from mapped memory, without a check.
        table.methods.iVersion = table.methods.iVersion.min(2);
        let table = &*Box::leak(Box::new(table));
        tables.push((own.addr(), table));
        Some(table)
    }
}

/// Returns the byte of an open file that says whether it has checksums.
///
/// # Safety
/// The file was opened by [`open_file`].
#[allow(unsafe_code)]
unsafe fn flag(file: *mut ffi::sqlite3_file, at: usize) -> *mut u8 {
    // SAFETY: such a file has `flag_at` bytes and eight more.
    unsafe { file.cast::<u8>().add(at) }
}

/// Reads like SQLite, but fails if the checksum of a page is wrong.
#[allow(unsafe_code)]
unsafe extern "C" fn read(
    file: *mut ffi::sqlite3_file,
    to: *mut c_void,
    amount: c_int,
    offset: ffi::sqlite3_int64,
) -> c_int {
    // SAFETY: only files whose method table is a `Table` get here. SQLite provides `amount` bytes, which its own
    // function has filled if it returns `SQLITE_OK`.
    unsafe {
        let table = &*(*file).pMethods.cast::<Table>();
        let code = (table.read)(file, to, amount, offset);
        let (Ok(amount), ffi::SQLITE_OK) = (usize::try_from(amount), code) else {
            return code;
        };
        let bytes = slice::from_raw_parts(to.cast::<u8>(), amount);
        let flag = flag(file, table.flag_at);
        if offset == 0 && amount >= HEADER {
            *flag = has_room(bytes).into();
        }
        match page(bytes).filter(|_| *flag != 0) {
            Some((page, sum)) if sum_at(page, offset) != *sum => ffi::SQLITE_IOERR_DATA,
            _ => ffi::SQLITE_OK,
        }
    }
}

/// Writes like SQLite, but sets the checksum of a page.
#[allow(unsafe_code)]
unsafe extern "C" fn write(
    file: *mut ffi::sqlite3_file,
    from: *const c_void,
    amount: c_int,
    offset: ffi::sqlite3_int64,
) -> c_int {
    // SAFETY: as in `read`. SQLite reserves the bytes at the end of a page for this, and the page is in SQLite's own
    // memory, which nothing else reads meanwhile.
    unsafe {
        let table = &*(*file).pMethods.cast::<Table>();
        if let Ok(amount) = usize::try_from(amount) {
            let bytes = slice::from_raw_parts(from.cast::<u8>(), amount);
            let flag = flag(file, table.flag_at);
            if offset == 0 && amount >= HEADER {
                *flag = has_room(bytes).into();
            }
            if let Some((page, _)) = page(bytes).filter(|_| *flag != 0) {
                let sum = sum_at(page, offset);
                let end = from.cast_mut().cast::<u8>().add(amount - SUM);
                std::ptr::copy_nonoverlapping(sum.as_ptr(), end, SUM);
            }
        }
        (table.write)(file, from, amount, offset)
    }
}

/// Returns a page without its checksum, and the checksum; `None` if the bytes are not a whole page.
fn page(bytes: &[u8]) -> Option<(&[u8], &[u8; SUM])> {
    let is_page = bytes.len() >= PAGE_MIN && bytes.len().is_power_of_two();
    bytes.split_last_chunk().filter(|_| is_page)
}

/// Returns the checksum of a page at this offset of the file. The offset is included, so that a misplaced page is
/// detected.
fn sum_at(page: &[u8], offset: i64) -> [u8; SUM] {
    /// 2^64 divided by the golden ratio: odd, with evenly mixed bits.
    const SPREAD: u64 = 0x9e37_79b9_7f4a_7c15;
    let place = offset.cast_unsigned().wrapping_mul(SPREAD);
    (sum(page) ^ place).to_le_bytes()
}

/// Size of a page in bytes.
pub(super) const PAGE_SIZE: i64 = 8192;
