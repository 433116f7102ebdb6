//! A *Maildir* is a folder with messages as files in `cur` and `new`. Maildir++ stores subfolders as `.Sub.Folder`.

use std::io;
use std::os::fd::BorrowedFd;
use std::path::Path;

use base64::Engine as _;
use base64::alphabet;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use rustix::fs::{AtFlags, Dir, FileType, Mode, OFlags, openat, statat};
use rustix::io::{Errno, retry_on_intr};

/// Returns whether the folder `own` within an open one is a Maildir: it has `cur` and at least one of `new` and `tmp`,
/// or its `cur` contains names with `:2,`. The path is relative because the full one may be too long for a system call.
///
/// # Errors
/// If the system cannot answer.
pub(super) fn is_maildir(within: BorrowedFd<'_>, own: &Path) -> io::Result<bool> {
    let cur = own.join("cur");
    if !is_folder(within, &cur)? {
        return Ok(false);
    }
    if is_folder(within, &own.join("new"))? || is_folder(within, &own.join("tmp"))? {
        return Ok(true);
    }
    has_flags(within, &cur).or_else(false_if_inaccessible)
}

/// Returns whether a folder contains names of messages with flags.
fn has_flags(within: BorrowedFd<'_>, cur: &Path) -> Result<bool, Errno> {
    let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::CLOEXEC | OFlags::NONBLOCK;
    let cur = retry_on_intr(|| openat(within, cur, flags, Mode::empty()))?;
    let mut names = Dir::read_from(&cur)?.flatten();
    Ok(names.any(|it| memchr::memmem::find(it.file_name().to_bytes(), b":2,").is_some()))
}

/// Returns whether a folder, or a link to one, is at a path. A folder that is not accessible is reported when its files
/// are read.
fn is_folder(within: BorrowedFd<'_>, path: &Path) -> io::Result<bool> {
    match retry_on_intr(|| statat(within, path, AtFlags::empty())) {
        Ok(stat) => Ok(FileType::from_raw_mode(stat.st_mode) == FileType::Directory),
        Err(Errno::NOENT | Errno::NOTDIR) => Ok(false),
        Err(error) => false_if_inaccessible(error),
    }
}

fn false_if_inaccessible(error: Errno) -> io::Result<bool> {
    match error {
        Errno::ACCESS | Errno::NAMETOOLONG | Errno::LOOP => Ok(false),
        error => Err(error.into()),
    }
}

/// Returns a message file's unique name: the name without flags.
pub(super) fn unique_name(file: &str) -> &str {
    file.split_once(":2,")
        .or_else(|| file.split_once(":1,"))
        .map_or(file, |(name, _)| name)
}

/// Returns the folder that a Maildir++ name such as `.Sub.Folder` stands for: `Sub/Folder`, with its parts decoded.
pub(super) fn subfolder(name: &str) -> Option<String> {
    let parts = name.strip_prefix('.')?;
    if parts.is_empty() || parts.starts_with('.') {
        return None;
    }
    // A decoded name must not add levels or lead outside.
    let decoded = parts
        .split('.')
        .map(|part| match decode_utf7(part).replace('/', "_") {
            name if name.is_empty() => "_".to_owned(),
            name if name == "." || name == ".." => part.to_owned(),
            name => name,
        });
    Some(decoded.collect::<Vec<_>>().join("/"))
}

/// Decodes modified UTF-7 (RFC 3501, section 5.1.3). Malformed text is left as it is.
fn decode_utf7(text: &str) -> String {
    const BASE64: GeneralPurpose = GeneralPurpose::new(
        &alphabet::IMAP_MUTF7,
        GeneralPurposeConfig::new()
            .with_decode_allow_trailing_bits(true)
            .with_decode_padding_mode(DecodePaddingMode::Indifferent),
    );
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((plain, after)) = rest.split_once('&') {
        out.push_str(plain);
        let Some((coded, next)) = after.split_once('-') else {
            rest = &rest[plain.len()..];
            break;
        };
        let units = |bytes: Vec<u8>| {
            bytes
                .chunks_exact(2)
                .map(|b| u16::from_be_bytes([b[0], b[1]]))
                .collect::<Vec<_>>()
        };
        match BASE64
            .decode(coded)
            .ok()
            .map(units)
            .and_then(|units| String::from_utf16(&units).ok())
        {
            _ if coded.is_empty() => out.push('&'),
            Some(decoded) => out.push_str(&decoded),
            None => {
                out.push('&');
                out.push_str(coded);
                out.push('-');
            }
        }
        rest = next;
    }
    out.push_str(rest);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_folders_and_messages() {
        let folders = [
            (".Sub.Folder", Some("Sub/Folder")),
            (".Entw&APw-rfe", Some("Entwürfe")),
            (".A &- B", Some("A & B")),
            (".&ZeVnLIqe-.x", Some("日本語/x")),
            (".a&b", Some("a&b")),
            (".&AC8-", Some("_")),
            (".a.&AC4ALg-", Some("a/&AC4ALg-")),
            (".a..b", Some("a/_/b")),
            ("..", None),
            ("plain", None),
        ];
        for (name, want) in folders {
            assert_eq!(subfolder(name).as_deref(), want, "{name}");
        }
        assert_eq!(unique_name("1.2.host:2,RS"), "1.2.host");
        assert_eq!(unique_name("1.2.host"), "1.2.host");
    }
}
