//! Opens files for *reading*, whoever names them. Opening never blocks, and what was opened is checked before it is
//! read: waiting for a FIFO without a writer, or reading a device, could take forever.
//!
//! A file that the user names and that is read as a whole may be a pipe, such as a shell's `<(...)` or `/dev/stdin`.
//! All other files must be plain files.

use std::fs::{File, FileType, Metadata};
use std::io::{self, ErrorKind, Read};
use std::os::unix::fs::FileTypeExt as _;
use std::path::{Path, PathBuf};
use std::thread::sleep;
use std::time::{Duration, Instant};

use rustix::fs::{Mode, OFlags, fcntl_setfl, open};
use rustix::io::{Errno, retry_on_intr};

use crate::base::disk::stat::metadata;

/// Opening does not wait for the other end of a FIFO, and does not acquire a controlling terminal.
const NONBLOCKING: OFlags = OFlags::CLOEXEC
    .union(OFlags::NONBLOCK)
    .union(OFlags::NOCTTY);

/// The flags with which files are opened for reading.
pub(crate) const OPENING: OFlags = OFlags::RDONLY.union(NONBLOCKING);

/// Maximum size in bytes of files that people write: options, rules, passwords, certificates.
pub(crate) const TEXT_BYTES_MAX: u64 = 64 << 20;

/// Maximum size in bytes of files that programs write and that are read as a whole: vCards, an outbox.
pub(crate) const LIST_BYTES_MAX: u64 = 512 << 20;

/// How long to wait for the writer of a FIFO: a shell opens the two ends of `<(...)` one after the other.
const WRITER_WAIT: Duration = Duration::from_secs(2);

/// Interval between checks for a writer.
const WRITER_LOOK: Duration = Duration::from_millis(10);

/// Opens a plain file, or a link to one.
///
/// # Errors
/// If it cannot be opened or is not a plain file; then the error says what it is.
pub(crate) fn open_file(path: &Path) -> io::Result<File> {
    let file = opened(path, OFlags::RDONLY, Mode::empty())?;
    check_file(&file.metadata()?)?;
    Ok(file)
}

/// Opens a plain file, or a link to one, for writing without truncating it; creates it if it does not exist.
///
/// # Errors
/// As for [`open_file`].
pub(crate) fn open_to_write(path: &Path) -> io::Result<File> {
    let flags = OFlags::WRONLY | OFlags::CREATE;
    let file = opened(path, flags, Mode::from_raw_mode(0o666))?;
    check_file(&file.metadata()?)?;
    Ok(file)
}

/// Refuses anything but a plain file.
///
/// # Errors
/// If it is not a plain file; the error says what it is.
pub(crate) fn check_file(metadata: &Metadata) -> io::Result<()> {
    match metadata.is_file() {
        true => Ok(()),
        false => Err(no_file(metadata.file_type())),
    }
}

/// Refuses a SQLite file, and the files that SQLite keeps beside it, if one of them exists and is not a plain file:
/// SQLite would wait for a FIFO.
///
/// # Errors
/// If one is not a plain file, or its state cannot be read.
pub(crate) fn check_database(path: &Path) -> io::Result<()> {
    if let Some(metadata) = metadata(path)? {
        check_file(&metadata)?;
    }
    // SQLite keeps them beside the target of a link.
    let own = path.canonicalize().unwrap_or_else(|_| path.into());
    for ending in ["-journal", "-wal", "-shm"] {
        let mut beside = own.clone().into_os_string();
        beside.push(ending);
        let beside = PathBuf::from(beside);
        let found = metadata(&beside)?;
        found
            .map_or(Ok(()), |it| check_file(&it))
            .map_err(|error| io::Error::other(format!("{}: {error}", beside.display())))?;
    }
    Ok(())
}

/// Reads a whole file, pipe, or finite device.
///
/// # Errors
/// If it cannot be read, has more than `limit` bytes, or is a folder, a socket or a FIFO without a writer.
pub(crate) fn read(path: &Path, limit: u64) -> io::Result<Vec<u8>> {
    let file = opened(path, OFlags::RDONLY, Mode::empty())?;
    let metadata = file.metadata()?;
    let kind = metadata.file_type();
    let mut bytes = Vec::new();
    if kind.is_dir() {
        return Err(no_file(kind));
    }
    if kind.is_file() {
        check_length(metadata.len(), limit)?;
        bytes.reserve(usize::try_from(metadata.len()).unwrap_or_default());
    } else {
        if kind.is_fifo() {
            bytes = begin_of_pipe(&file, path)?;
        }
        // From here on, reading waits for the writer.
        fcntl_setfl(&file, OFlags::empty())?;
    }
    let left = (limit + 1).saturating_sub(bytes.len() as u64);
    file.take(left).read_to_end(&mut bytes)?;
    check_length(bytes.len() as u64, limit)?;
    Ok(bytes)
}

/// Like [`read`], for text.
///
/// # Errors
/// As for [`read`], and if it is not UTF-8.
pub(crate) fn read_text(path: &Path, limit: u64) -> io::Result<String> {
    let bytes = read(path, limit)?;
    String::from_utf8(bytes).map_err(|_| io::Error::new(ErrorKind::InvalidData, "it is not UTF-8"))
}

/// Returns a noun for something that is not a plain file.
pub(crate) fn noun(kind: FileType) -> &'static str {
    match kind {
        kind if kind.is_dir() => "a folder",
        kind if kind.is_fifo() => "a FIFO",
        kind if kind.is_socket() => "a socket",
        kind if kind.is_symlink() => "a link",
        _ => "a device",
    }
}

fn opened(path: &Path, access: OFlags, mode: Mode) -> io::Result<File> {
    match retry_on_intr(|| open(path, access | NONBLOCKING, mode)) {
        Ok(file) => Ok(file.into()),
        // The errors for a socket, for a device without a driver, for a FIFO opened for writing without a reader, and
        // for a folder opened for writing.
        Err(Errno::NXIO | Errno::OPNOTSUPP | Errno::ISDIR) => {
            Err(no_file(path.metadata()?.file_type()))
        }
        Err(error) => Err(error.into()),
    }
}

/// Returns the first bytes of a pipe as soon as there are any; none if its writer has not written yet.
fn begin_of_pipe(mut pipe: &File, path: &Path) -> io::Result<Vec<u8>> {
    // An unnamed pipe has or had a writer: the shell that created it.
    let is_named = || path.canonicalize().is_ok();
    let until = Instant::now() + WRITER_WAIT;
    let mut bytes = [0; 4096];
    loop {
        match pipe.read(&mut bytes) {
            Ok(0) if is_named() && Instant::now() < until => sleep(WRITER_LOOK),
            Ok(0) if is_named() => {
                return Err(io::Error::other(
                    "it is a FIFO that no program writes to; start its writer first, or name a plain file",
                ));
            }
            Ok(read) => return Ok(bytes[..read].to_vec()),
            Err(error) if error.kind() == ErrorKind::WouldBlock => return Ok(Vec::new()),
            Err(error) if error.kind() == ErrorKind::Interrupted => (),
            Err(error) => return Err(error),
        }
    }
}

fn check_length(length: u64, limit: u64) -> io::Result<()> {
    match length <= limit {
        true => Ok(()),
        false => Err(io::Error::other(format!(
            "it is larger than {} MiB, which is the most that is read of such a file",
            limit >> 20
        ))),
    }
}

fn no_file(kind: FileType) -> io::Error {
    let noun = noun(kind);
    io::Error::other(format!(
        "it is {noun}, not a file; put a plain file in its place"
    ))
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::io::Write as _;
    use std::process::Command;

    use super::*;

    fn fifo(folder: &Path) -> std::path::PathBuf {
        let path = folder.join("fifo");
        let made = Command::new("mkfifo").arg(&path).status();
        assert!(made.unwrap().success());
        path
    }

    #[test]
    fn as_much_is_read_as_is_allowed() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("file");
        for (length, is_read) in [(0, true), (1, true), (9, true), (10, true), (11, false)] {
            fs::write(&path, vec![b'x'; length]).unwrap();
            assert_eq!(read(&path, 10).is_ok(), is_read, "{length}");
        }
        fs::write(&path, b"\xff").unwrap();
        assert!(read_text(&path, 10).is_err());
        let device = |name: &str| read(Path::new(name), 1 << 20);
        assert_eq!(device("/dev/null").unwrap(), b"");
        assert!(device("/dev/zero").is_err());
        assert!(open_file(Path::new("/dev/null")).is_err());
    }

    #[test]
    fn a_fifo_is_read_if_somebody_writes_to_it_now_or_soon() {
        let folder = tempfile::tempdir().unwrap();
        let path = fifo(folder.path());
        assert!(open_file(&path).is_err());
        for (before, between) in [(0, 0), (50, 0), (0, 100), (50, 100)] {
            let to = path.clone();
            let writer = std::thread::spawn(move || {
                sleep(Duration::from_millis(before));
                let mut pipe = File::options().write(true).open(to).unwrap();
                pipe.write_all(b"one ").unwrap();
                sleep(Duration::from_millis(between));
                pipe.write_all(&[b'x'; 100_000]).unwrap();
            });
            let bytes = read(&path, 1 << 20).unwrap();
            assert_eq!(bytes.len(), 100_004, "{before} {between}");
            writer.join().unwrap();
        }
        assert!(read(&path, 1 << 20).is_err());
    }
}
