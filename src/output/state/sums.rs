//! *Sums* over the pages of the state. SQLite itself takes what it reads for what it wrote: a byte that a disk or a copy
//! has altered would decide mail otherwise, and nobody would know. So each page of `state.db` ends in a sum of what stands
//! before it and of where it stands. It is made when SQLite writes the page, and checked when it reads it: a run pays for
//! the pages that it asks for, and what it looks for in vain is as sure as what it finds.
//!
//! SQLite leaves the room at the end of each page (the header's reserved space, eight bytes), and calls the functions here
//! in place of its own, which they call in turn. Any other program reads such a file as it is; one that writes to it leaves
//! pages without their sums, which is what is to be found out. States before version 5 have no sums; they get them in a
//! copy, which takes their place.

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

/// The bytes of a sum, which SQLite keeps free at the end of each page.
const SUM: usize = 8;

/// Where the header of a SQLite file says how many bytes that is.
const RESERVED_AT: usize = 20;

/// Where it has what a program says of its own: the version, and whose file it is.
const VERSION_AT: usize = 60;
const APPLICATION_ID_AT: usize = 68;

/// The bytes of that header.
const HEADER: usize = 100;

/// Pages are at least this long; what is shorter is a part of the header.
const PAGE_MIN: usize = 512;

/// The name by which SQLite knows these functions.
const NAME: &std::ffi::CStr = c"mailtrack-sums";

/// What SQLite calls to read and to write files, with the system's functions, which are called in turn.
struct Files {
    /// SQLite's own.
    system: *mut ffi::sqlite3_vfs,
    /// How many bytes SQLite's own need of an open file. After them a byte says whether the file has sums.
    flag_at: usize,
    /// By SQLite's own table of functions the one in its place. There is one, or a few on macOS.
    tables: Mutex<Vec<(usize, &'static Table)>>,
}

/// A table of functions on an open file, of which two are those here.
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

// SAFETY: `system` is what SQLite registered once and for all, and is only read; tables are never changed or freed.
#[allow(unsafe_code)]
unsafe impl Send for Files {}
// SAFETY: as above.
#[allow(unsafe_code)]
unsafe impl Sync for Files {}

static FILES: OnceLock<Option<Files>> = OnceLock::new();

/// Opens a state with sums.
pub(super) fn open(path: &Path, flags: OpenFlags) -> rusqlite::Result<Connection> {
    if FILES.get_or_init(register).is_none() {
        let error = ffi::Error::new(ffi::SQLITE_NOMEM);
        return Err(rusqlite::Error::SqliteFailure(error, None));
    }
    Connection::open_with_flags_and_vfs(path, flags, NAME)
}

/// Has SQLite keep room for sums in a file that has no page yet.
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

/// What the header of a state says before any page is read.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Header {
    /// Whether its pages have sums.
    pub(super) has_sums: bool,
    /// The version that it has, if the file is a state at all. A newer one may have other sums.
    pub(super) version: Option<i32>,
}

/// Reads the header of a file; one that is not there, or too short for one, says nothing. To be asked before SQLite opens
/// the file: closing it again would take SQLite's locks away.
///
/// # Errors
/// If it cannot be read.
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

/// Whether the first page of a file ends in its sum, whatever else it says.
///
/// # Errors
/// If it cannot be read.
pub(super) fn is_first_page_sound(path: &Path) -> io::Result<bool> {
    let mut first = Vec::new();
    let length = crate::output::state::sums::PAGE_SIZE.unsigned_abs();
    File::open(path)?.take(length).read_to_end(&mut first)?;
    Ok(page(&first).is_some_and(|(page, sum)| sum_at(page, 0) == *sum))
}

/// Puts a copy with sums in the place of a state that has none. It is whole on the disk before it gets the name.
pub(super) fn add_to(path: &Path) -> rusqlite::Result<()> {
    let mut aside = path.as_os_str().to_owned();
    aside.push(".with-sums");
    let aside = PathBuf::from(aside);
    // What a copy that was stopped has left behind.
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

/// Whether an error says that a page is not as it was written.
pub(super) fn is_mismatch(error: &rusqlite::Error) -> bool {
    error
        .sqlite_error()
        .is_some_and(|it| it.extended_code == ffi::SQLITE_IOERR_DATA)
}

fn has_room(header: &[u8]) -> bool {
    header.starts_with(b"SQLite format 3\0") && usize::from(header[RESERVED_AT]) == SUM
}

/// Makes the functions here known to SQLite: its own, but for the one that opens a file.
#[allow(unsafe_code)]
fn register() -> Option<Files> {
    // SAFETY: SQLite gives what it registered at its start, or null; what is given to it lives for ever.
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

/// Opens a file as SQLite does; of a database, reads and writes then go through the functions here.
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
    // SAFETY: SQLite gives a file with room for what the functions that it registered asked for, which is `flag_at` and
    // eight bytes; its own function fills in the first part, and the pointer to its table of functions too.
    unsafe {
        let Some(open) = (*files.system).xOpen else {
            return ffi::SQLITE_CANTOPEN;
        };
        let code = open(files.system, name, file, flags, out_flags);
        if code == ffi::SQLITE_OK && flags & ffi::SQLITE_OPEN_MAIN_DB != 0 {
            let Some(table) = files.table((*file).pMethods) else {
                return ffi::SQLITE_CANTOPEN;
            };
            // A file without a page gets sums; of any other its header says whether it has.
            *flag(file, files.flag_at) = 1;
            (*file).pMethods = (&raw const *table).cast();
        }
        code
    }
}

impl Files {
    /// The table in the place of SQLite's own.
    ///
    /// # Safety
    /// It is null, or one of SQLite's own, which live for ever.
    #[allow(unsafe_code)]
    unsafe fn table(&self, own: *const ffi::sqlite3_io_methods) -> Option<&'static Table> {
        // SAFETY: as the caller promises.
        let methods = unsafe { own.as_ref() }?;
        let mut tables = self.tables.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((_, table)) = tables.iter().find(|(of, _)| *of == own.addr()) {
            return Some(table);
        }
        let mut table = Table {
            // SAFETY: a table is numbers and pointers to functions.
            methods: unsafe { std::ptr::read(methods) },
            read: methods.xRead?,
            write: methods.xWrite?,
            flag_at: self.flag_at,
        };
        table.methods.xRead = Some(read);
        table.methods.xWrite = Some(write);
        // The third version reads pages where they lie in the file, past any check.
        table.methods.iVersion = table.methods.iVersion.min(2);
        let table = &*Box::leak(Box::new(table));
        tables.push((own.addr(), table));
        Some(table)
    }
}

/// The byte of an open file that says whether it has sums.
///
/// # Safety
/// The file is one that [`open_file`] has opened.
#[allow(unsafe_code)]
unsafe fn flag(file: *mut ffi::sqlite3_file, at: usize) -> *mut u8 {
    // SAFETY: such a file has that many bytes and eight more.
    unsafe { file.cast::<u8>().add(at) }
}

/// Reads as SQLite does, and refuses a page whose sum is another.
#[allow(unsafe_code)]
unsafe extern "C" fn read(
    file: *mut ffi::sqlite3_file,
    to: *mut c_void,
    amount: c_int,
    offset: ffi::sqlite3_int64,
) -> c_int {
    // SAFETY: only files whose table is a `Table` come here, and SQLite gives room for `amount` bytes, which its own
    // function has filled where it says that it has read them.
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

/// Writes as SQLite does, a page with its sum.
#[allow(unsafe_code)]
unsafe extern "C" fn write(
    file: *mut ffi::sqlite3_file,
    from: *const c_void,
    amount: c_int,
    offset: ffi::sqlite3_int64,
) -> c_int {
    // SAFETY: as in `read`. The bytes at the end of a page are SQLite's to give: it reserves them for this, and the page is
    // in memory of its own, which nobody else looks at meanwhile.
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

/// A page without its sum, and the sum; `None` if it is no whole page.
fn page(bytes: &[u8]) -> Option<(&[u8], &[u8; SUM])> {
    let is_page = bytes.len() >= PAGE_MIN && bytes.len().is_power_of_two();
    bytes.split_last_chunk().filter(|_| is_page)
}

/// The sum of a page that begins at that byte of the file, so that a page in another's place is found out too.
fn sum_at(page: &[u8], offset: i64) -> [u8; SUM] {
    /// Odd, with bits as those of chance: 2^64 divided by the golden ratio.
    const SPREAD: u64 = 0x9e37_79b9_7f4a_7c15;
    let place = offset.cast_unsigned().wrapping_mul(SPREAD);
    (sum(page) ^ place).to_le_bytes()
}

/// The bytes of a page.
pub(super) const PAGE_SIZE: i64 = 8192;
