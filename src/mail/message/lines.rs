//! Finds the *lines* of a header section, many bytes at a time: lines are short, and starting a new search for each
//! costs more than the search itself.

use std::borrow::Cow;

use super::simd::{BLOCK, line_feeds};

/// An iterator over the line feed masks of bytes, block by block.
#[derive(Clone, Debug)]
struct Blocks<'a> {
    bytes: &'a [u8],
    /// The start of the block after the current one.
    next: usize,
}

impl<'a> Blocks<'a> {
    fn of(bytes: &'a [u8]) -> Blocks<'a> {
        Blocks { bytes, next: 0 }
    }

    /// Removes the first line feed from the non-empty mask of the current block, and returns its position.
    #[inline]
    fn take_first(&self, feeds: &mut u64) -> usize {
        let at = feeds.trailing_zeros() as usize;
        *feeds &= *feeds - 1;
        self.next - BLOCK + at
    }
}

impl Iterator for Blocks<'_> {
    type Item = u64;

    #[inline]
    fn next(&mut self) -> Option<u64> {
        let rest = self.bytes.get(self.next..)?;
        let feeds = match rest.first_chunk() {
            Some(block) => line_feeds(block),
            None if rest.is_empty() => return None,
            None => {
                let mut block = [0; BLOCK];
                block[..rest.len()].copy_from_slice(rest);
                line_feeds(&block)
            }
        };
        self.next += BLOCK;
        Some(feeds)
    }
}

/// An iterator over the line ends of bytes, each the position after a line feed. Bytes after the last line feed are not
/// a line.
#[derive(Clone, Debug)]
pub(crate) struct LineEnds<'a> {
    blocks: Blocks<'a>,
    /// The line feeds of the current block that have not been returned yet.
    found: u64,
}

impl<'a> LineEnds<'a> {
    /// Returns the line ends of `bytes`.
    pub(crate) fn of(bytes: &'a [u8]) -> LineEnds<'a> {
        LineEnds {
            blocks: Blocks::of(bytes),
            found: 0,
        }
    }
}

impl Iterator for LineEnds<'_> {
    type Item = usize;

    #[inline]
    fn next(&mut self) -> Option<usize> {
        while self.found == 0 {
            self.found = self.blocks.next()?;
        }
        Some(self.blocks.take_first(&mut self.found) + 1)
    }
}

/// Returns the positions of the carriage returns that belong to line ends. There is usually one; there are more if a
/// program converted line ends twice.
pub(crate) fn line_end_returns(bytes: &[u8]) -> impl Iterator<Item = usize> {
    memchr::memchr_iter(b'\n', bytes).flat_map(|feed| {
        let before = bytes[..feed].iter().rev();
        let returns = before.take_while(|&&byte| byte == b'\r').count();
        feed - returns..feed
    })
}

/// Returns the bytes with at most one carriage return at each line end.
pub(super) fn with_single_returns(bytes: &[u8]) -> Cow<'_, [u8]> {
    if memchr::memmem::find(bytes, b"\r\r\n").is_none() {
        return bytes.into();
    }
    let mut out = Vec::with_capacity(bytes.len());
    let mut copied = 0;
    for at in line_end_returns(bytes).filter(|&at| bytes[at + 1] == b'\r') {
        out.extend_from_slice(&bytes[copied..at]);
        copied = at + 1;
    }
    out.extend_from_slice(&bytes[copied..]);
    out.into()
}

/// Returns the start of the body: after the first empty line that follows the first line end at or after `from`.
pub(crate) fn header_end(bytes: &[u8], from: usize) -> Option<usize> {
    let rest = bytes.get(from..)?;
    let ends_head = |&feed: &usize| {
        let before = &rest[..feed];
        before.ends_with(b"\n") || before.ends_with(b"\n\r") || before.ends_with(b"\n\r\r")
    };
    let feed = CloseLineFeeds::of(rest).find(ends_head)?;
    Some(from + feed + 1)
}

/// An iterator over the line feeds that are one to three bytes after another one. A header section rarely has any
/// except at its end.
struct CloseLineFeeds<'a> {
    blocks: Blocks<'a>,
    /// The line feeds of the previous block.
    before: u64,
    /// The line feeds of the current block that have not been returned yet.
    found: u64,
}

impl<'a> CloseLineFeeds<'a> {
    fn of(bytes: &'a [u8]) -> CloseLineFeeds<'a> {
        CloseLineFeeds {
            blocks: Blocks::of(bytes),
            before: 0,
            found: 0,
        }
    }
}

impl Iterator for CloseLineFeeds<'_> {
    type Item = usize;

    #[inline]
    fn next(&mut self) -> Option<usize> {
        while self.found == 0 {
            let feeds = self.blocks.next()?;
            let one_behind = feeds << 1 | self.before >> 63;
            let two_behind = feeds << 2 | self.before >> 62;
            let three_behind = feeds << 3 | self.before >> 61;
            self.found = feeds & (one_behind | two_behind | three_behind);
            self.before = feeds;
        }
        Some(self.blocks.take_first(&mut self.found))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn every_line_is_found(bytes in prop::collection::vec(prop::sample::select(&b"\n\r\0\x8aaz\x0b"[..]), 0..160), start in 0usize..160) {
            let bytes = &bytes[start.min(bytes.len())..];
            let found: Vec<usize> = LineEnds::of(bytes).collect();
            let each: Vec<usize> = (0..bytes.len()).filter(|&at| bytes[at] == b'\n').map(|at| at + 1).collect();
            prop_assert_eq!(found, each);
        }

        #[test]
        fn a_head_ends_with_its_first_empty_line(bytes in prop::collection::vec(prop::sample::select(&b"\n\raaa"[..]), 0..200), from in 0usize..100) {
            let from = from.min(bytes.len());
            let empty = |next: usize| {
                let ends = [&b"\n"[..], b"\r\n", b"\r\r\n"];
                ends.into_iter().find(|end| bytes[next..].starts_with(end)).map(|end| next + end.len())
            };
            let end = LineEnds::of(&bytes[from..]).find_map(|next| empty(from + next));
            prop_assert_eq!(header_end(&bytes, from), end);
        }

        #[test]
        fn line_ends_lose_their_carriage_returns(bytes in prop::collection::vec(prop::sample::select(&b"\n\r\ra"[..]), 0..60)) {
            let places: Vec<usize> = line_end_returns(&bytes).collect();
            let belongs = |&at: &usize| {
                let rest = &bytes[at..];
                let end = rest.iter().position(|&byte| byte != b'\r');
                bytes[at] == b'\r' && end.is_some_and(|end| rest[end] == b'\n')
            };
            prop_assert_eq!(&places, &(0..bytes.len()).filter(belongs).collect::<Vec<_>>());
            let kept = (0..bytes.len()).filter(|at| !places.contains(at) || bytes[at + 1] == b'\n');
            let single: Vec<u8> = kept.map(|at| bytes[at]).collect();
            prop_assert_eq!(&*with_single_returns(&bytes), &*single);
        }
    }
}
