//! What the *name* of a file says about it, regardless of its content.

use crate::mail::source::packing::is_packing;

/// What a file is according to its name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Named {
    /// A message, `.eml`.
    Message,
    /// A message of Apple Mail, `.emlx`.
    AppleMessage,
    /// An archive.
    Archive(Archive),
    /// None of these.
    Other,
}

/// The known extensions, without regard to case.
const ENDINGS: [(&str, Named); 6] = [
    ("eml", Named::Message),
    ("emlx", Named::AppleMessage),
    ("tar", Named::Archive(Archive::Tar)),
    ("tgz", Named::Archive(Archive::Tar)),
    ("tzst", Named::Archive(Archive::Tar)),
    ("zip", Named::Archive(Archive::Zip)),
];

impl Named {
    /// Returns what a file name says; for a compressed file, what it says about the content. A compressed `.zip` is not
    /// supported.
    pub(super) fn of(name: &[u8]) -> Named {
        let Some((before, last)) = at_last_dot(name) else {
            return Named::Other;
        };
        let is_packed = is_packing(last);
        let inner = match is_packed {
            true => at_last_dot(before).map(|(_, inner)| inner),
            false => Some(last),
        };
        let is_it = |(known, _): &&(&str, _)| {
            inner.is_some_and(|it| it.eq_ignore_ascii_case(known.as_bytes()))
        };
        match ENDINGS.iter().find(is_it) {
            Some((_, Named::Archive(Archive::Zip))) if is_packed => Named::Other,
            Some(&(_, named)) => named,
            None => Named::Other,
        }
    }

    /// Returns whether it is a single message, whatever its content.
    pub(super) fn is_message(self) -> bool {
        matches!(self, Named::Message | Named::AppleMessage)
    }
}

fn at_last_dot(name: &[u8]) -> Option<(&[u8], &[u8])> {
    let dot = memchr::memrchr(b'.', name)?;
    Some((&name[..dot], &name[dot + 1..]))
}

/// The format of an archive, known from its name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Archive {
    /// `.tar`, `.tar.gz`, `.tgz`, `.tar.zst`, `.tzst`.
    Tar,
    /// `.zip`.
    Zip,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tells_files_by_name() {
        let (tar, zip) = (Named::Archive(Archive::Tar), Named::Archive(Archive::Zip));
        let cases: [(&[u8], Named); 19] = [
            (b"a.eml", Named::Message),
            (b"a.b.EML", Named::Message),
            (b"a.eml.gz", Named::Message),
            (b"\xff.eml.ZST", Named::Message),
            (b".eml", Named::Message),
            (b"1.emlx", Named::AppleMessage),
            (b"1.partial.EMLX.gz", Named::AppleMessage),
            (b"a.tar", tar),
            (b"a.TAR.GZ", tar),
            (b"a.tgz", tar),
            (b"a.tar.zst", tar),
            (b"a.zip", zip),
            (b"a.zip.gz", Named::Other),
            (b"a.tar.bz2", Named::Other),
            (b"zip", Named::Other),
            (b"eml", Named::Other),
            (b"eml.gz", Named::Other),
            (b"a.eml.", Named::Other),
            (b"", Named::Other),
        ];
        for (name, want) in cases {
            assert_eq!(Named::of(name), want, "{:?}", String::from_utf8_lossy(name));
        }
    }
}
