//! A *window* on a held file: a copy of the bytes that were requested last, which no other program can change. If the
//! file is not mapped, a read that follows the previous one reads ahead, because messages of an mbox are mostly
//! requested in order.

use std::ops::Range;

use super::{HeldFile, ReadError};

/// Number of bytes that are read at a time if messages are read in order.
const AHEAD_BYTES: usize = 128 * 1024;

/// Maximum gap between two reads that count as being in order: a separator line, or a body that was not requested.
const GAP_BYTES: usize = 32 * 1024;

/// Size of the buffer that is kept after use.
const ROOM_KEPT_BYTES: usize = 1 << 20;

#[derive(Debug, Default)]
pub(super) struct Window {
    /// The number of the file; 0 if there is none.
    of: u64,
    /// The position of the bytes in the file, and their number.
    start: usize,
    filled: usize,
    /// Whether the file was found unchanged after the bytes were copied.
    is_checked: bool,
    /// The end of the range that was requested last.
    asked_to: usize,
    /// It always has its full length, so that it is not zeroed for each read.
    buffer: Vec<u8>,
}

impl Window {
    /// Returns bytes of a file.
    ///
    /// # Errors
    /// If they cannot be read, or were cut off.
    pub(super) fn get(&mut self, of: &HeldFile, range: Range<usize>) -> Result<&[u8], ReadError> {
        if !self.has(of, &range) {
            self.fill(of, &range)?;
        }
        Ok(self.part(range))
    }

    /// Like [`get`](Window::get), but fails if the file has changed, so that another message cannot take the place of
    /// the one that was found.
    ///
    /// # Errors
    /// As for [`get`](Window::get), and if the file has changed.
    pub(super) fn unchanged(
        &mut self,
        of: &HeldFile,
        range: Range<usize>,
    ) -> Result<&[u8], ReadError> {
        self.get(of, range.clone())?;
        if !self.is_checked {
            of.check()?;
            self.is_checked = true;
        }
        Ok(self.part(range))
    }

    /// Clears the window, and shrinks the buffer to the size that most messages need.
    pub(super) fn shrink(&mut self) {
        (self.of, self.filled) = (0, 0);
        self.buffer.truncate(ROOM_KEPT_BYTES);
        self.buffer.shrink_to_fit();
    }

    fn has(&self, of: &HeldFile, range: &Range<usize>) -> bool {
        let end = self.start + self.filled;
        self.of == of.number() && self.start <= range.start && range.end <= end
    }

    fn part(&mut self, range: Range<usize>) -> &[u8] {
        self.asked_to = range.end;
        &self.buffer[range.start - self.start..range.end - self.start]
    }

    fn fill(&mut self, of: &HeldFile, range: &Range<usize>) -> Result<(), ReadError> {
        let gap = range.start.checked_sub(self.asked_to);
        let is_next = self.of == of.number() && gap.is_some_and(|gap| gap <= GAP_BYTES);
        let follows = is_next && of.mapped().is_none();
        let ahead = if follows { AHEAD_BYTES } else { 0 };
        let length = range
            .len()
            .max(ahead.min(of.size().saturating_sub(range.start)));
        if self.buffer.len() < length {
            self.buffer.resize(length, 0);
        }
        // Invalid until it is filled.
        self.of = 0;
        let filled = of.read(range.start, &mut self.buffer[..length])?;
        if filled < range.len() {
            return Err(ReadError::Changed);
        }
        self.is_checked = false;
        (self.of, self.start, self.filled) = (of.number(), range.start, filled);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::mail::source::held::tests::held;

    proptest! {
        /// Whatever is asked for in whatever order, of two files.
        #[test]
        fn what_it_gives_is_what_stands_there(asked in prop::collection::vec((any::<bool>(), 0usize..400_000, 0usize..90_000), 1..40)) {
            let bytes: Vec<u8> = (0..400_000u32).map(|n| (n % 251) as u8).collect();
            let other: Vec<u8> = bytes.iter().map(|byte| !byte).collect();
            let (files, mut window) = ([held(&bytes, false), held(&other, true)], Window::default());
            for (is_other, start, length) in asked {
                let range = start..(start + length).min(bytes.len());
                let (from, of) = match is_other {
                    false => (&bytes, &files[0].1),
                    true => (&other, &files[1].1),
                };
                prop_assert_eq!(window.get(of, range.clone()).unwrap(), &from[range]);
            }
        }
    }

    #[test]
    fn what_follows_is_read_with_it() {
        let (_file, held) = held(&[b'x'; 300_000], false);
        let mut window = Window::default();
        let mut filled = |range: Range<usize>| {
            window.get(&held, range).unwrap();
            window.filled
        };
        assert_eq!(filled(0..1_000), 1_000);
        assert_eq!(filled(1_050..2_000), AHEAD_BYTES);
        assert_eq!(filled(100_000..101_000), AHEAD_BYTES);
        assert_eq!(filled(290_000..291_000), 1_000);
        assert_eq!(filled(291_000..300_000), 9_000);
        assert_eq!(filled(0..10), 10);
    }

    #[test]
    fn a_file_that_was_cut_off_gives_nothing_for_sure() {
        for is_mapped in [false, true] {
            let (file, held) = held(&[b'x'; 10_000], is_mapped);
            let mut window = Window::default();
            window.unchanged(&held, 0..100).unwrap();
            file.as_file().set_len(5_000).unwrap();
            for range in [4_990..5_010, 200..300, 9_000..9_500] {
                let read = window.unchanged(&held, range);
                assert!(matches!(read, Err(ReadError::Changed)));
            }
            let read = window.get(&held, 9_000..9_500);
            assert!(matches!(read, Err(ReadError::Changed)));
        }
    }
}
