//! What the *name* of a file says about it, regardless of its content.

use crate::mail::source::packing::is_packing;

/// What a file is according to its name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum NamedFormat {
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
const ENDINGS: [(&str, NamedFormat); 6] = [
    ("eml", NamedFormat::Message),
    ("emlx", NamedFormat::AppleMessage),
    ("tar", NamedFormat::Archive(Archive::Tar)),
    ("tgz", NamedFormat::Archive(Archive::Tar)),
    ("tzst", NamedFormat::Archive(Archive::Tar)),
    ("zip", NamedFormat::Archive(Archive::Zip)),
];

impl NamedFormat {
    /// Returns what a file name says; for a compressed file, what it says about the content. A compressed `.zip` is not
    /// supported.
    pub(super) fn of(name: &[u8]) -> NamedFormat {
        let Some((before, last)) = at_last_dot(name) else {
            return NamedFormat::Other;
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
            Some((_, NamedFormat::Archive(Archive::Zip))) if is_packed => NamedFormat::Other,
            Some(&(_, named)) => named,
            None => NamedFormat::Other,
        }
    }

    /// Returns whether it is a single message, whatever its content.
    pub(super) fn is_message(self) -> bool {
        matches!(self, NamedFormat::Message | NamedFormat::AppleMessage)
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
    fn files_are_recognized_by_name() {
        let (tar, zip) = (
            NamedFormat::Archive(Archive::Tar),
            NamedFormat::Archive(Archive::Zip),
        );
        let cases: [(&[u8], NamedFormat); 19] = [
            (b"a.eml", NamedFormat::Message),
            (b"a.b.EML", NamedFormat::Message),
            (b"a.eml.gz", NamedFormat::Message),
            (b"\xff.eml.ZST", NamedFormat::Message),
            (b".eml", NamedFormat::Message),
            (b"1.emlx", NamedFormat::AppleMessage),
            (b"1.partial.EMLX.gz", NamedFormat::AppleMessage),
            (b"a.tar", tar),
            (b"a.TAR.GZ", tar),
            (b"a.tgz", tar),
            (b"a.tar.zst", tar),
            (b"a.zip", zip),
            (b"a.zip.gz", NamedFormat::Other),
            (b"a.tar.bz2", NamedFormat::Other),
            (b"zip", NamedFormat::Other),
            (b"eml", NamedFormat::Other),
            (b"eml.gz", NamedFormat::Other),
            (b"a.eml.", NamedFormat::Other),
            (b"", NamedFormat::Other),
        ];
        for (name, want) in cases {
            assert_eq!(
                NamedFormat::of(name),
                want,
                "{:?}",
                String::from_utf8_lossy(name)
            );
        }
    }
}
