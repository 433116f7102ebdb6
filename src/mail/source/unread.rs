//! Files that probably contain mail in an unsupported form: they are skipped, and every run reports them.

/// The number of such files.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Unread {
    /// Compressed in an unsupported way, or an archive within an archive.
    pub compressed: u64,
    /// Outlook's `.msg`, `.pst` and `.ost`.
    pub outlook: u64,
}

impl Unread {
    /// Counts a file with that name; returns whether it is such a file.
    pub fn meet(&mut self, name: &str) -> bool {
        let ending = name.rsplit_once('.').map_or("", |(_, ending)| ending);
        let is = |known: &[&str]| known.iter().any(|it| ending.eq_ignore_ascii_case(it));
        if is(&["bz2", "xz", "txz", "tbz", "tbz2", "lz4", "7z", "rar"]) {
            self.compressed += 1;
        } else if is(&["msg", "pst", "ost"]) {
            self.outlook += 1;
        } else {
            return false;
        }
        true
    }

    /// Returns the warnings for the user.
    pub fn warnings(self) -> impl Iterator<Item = String> {
        let compressed = were(
            self.compressed,
            "compressed file or archive",
            "compressed files or archives",
        );
        let outlook = were(
            self.outlook,
            "Outlook file (.msg, .pst)",
            "Outlook files (.msg, .pst)",
        );
        let compressed = compressed.map(|were| {
            format!("{were} skipped: inside an archive, or packed in a way that is not read; unpack them first")
        });
        let outlook = outlook.map(|were| {
            format!("{were} skipped: the format is not read; `msgconvert` makes .eml files of .msg, `readpst -e` of .pst")
        });
        compressed.into_iter().chain(outlook)
    }
}

fn were(count: u64, one: &str, many: &str) -> Option<String> {
    match count {
        0 => None,
        1 => Some(format!("1 {one} was")),
        _ => Some(format!("{count} {many} were")),
    }
}
