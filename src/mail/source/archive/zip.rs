//! Reads a zip. Its entries are found by the directory at its end, and are damaged or not independently of each other.

use std::fs::File;
use std::io::{self, BufReader};

use zip::ZipArchive;
use zip::result::ZipError;

use super::listing::{Listing, MemberKind};
use crate::mail::source::ReadError;
use crate::mail::source::spool::Spool;

pub(super) fn read(file: File, listing: &mut Listing, spool: &mut Spool) -> Result<(), ReadError> {
    let mut zip = ZipArchive::new(BufReader::new(file))
        .map_err(|error| ReadError::unpacking(io::Error::from(error)))?;
    for at in 0..zip.len() {
        // Some Windows programs write `\`.
        let name = zip
            .name_for_index(at)
            .unwrap_or_default()
            .replace('\\', "/");
        if name.ends_with('/') {
            listing.register(&name, MemberKind::Folder)?;
            continue;
        }
        let mut entry = match zip.by_index(at) {
            Ok(entry) => entry,
            Err(error) => {
                if listing.register(&name, MemberKind::File)?.is_some() {
                    listing.fail(&name, why_not(error));
                }
                continue;
            }
        };
        let kind = if entry.is_symlink() {
            MemberKind::Other
        } else {
            MemberKind::File
        };
        let Some(path) = listing.register(&name, kind)? else {
            continue;
        };
        match listing.take(path, &mut entry, spool) {
            Err(error @ (ReadError::Damaged(_) | ReadError::Io(_))) => {
                listing.fail(&name, error.to_string());
            }
            taken => taken?,
        }
    }
    Ok(())
}

fn why_not(error: ZipError) -> String {
    match error {
        ZipError::UnsupportedArchive(ZipError::PASSWORD_REQUIRED) => {
            "is encrypted; unpack it with its password first".into()
        }
        ZipError::UnsupportedArchive(what) => {
            format!("cannot be unpacked: {what}; unpack it first")
        }
        error => ReadError::Damaged(error.into()).to_string(),
    }
}
