//! The *lines* of a head, found eight bytes at a time: they are short, and a search that starts anew for each line costs
//! more than it finds.

use std::sync::LazyLock;

use memchr::memmem::Finder;

const ONES: u64 = u64::from_le_bytes([1; 8]);
const LOW_BITS: u64 = u64::from_le_bytes([0x7F; 8]);

/// Where the lines of some bytes end, each behind its line feed. What follows the last line feed is no line of it.
#[derive(Clone, Debug)]
pub struct LineEnds<'a> {
    bytes: &'a [u8],
    /// Where the word behind the present one starts.
    next: usize,
    /// The highest bit of each byte of the present word that is a line feed still to come.
    found: u64,
}

impl<'a> LineEnds<'a> {
    /// Those of some bytes.
    pub fn of(bytes: &'a [u8]) -> LineEnds<'a> {
        LineEnds {
            bytes,
            next: 0,
            found: 0,
        }
    }
}

impl Iterator for LineEnds<'_> {
    type Item = usize;

    fn next(&mut self) -> Option<usize> {
        while self.found == 0 {
            let rest = self.bytes.get(self.next..)?;
            let word = match rest.first_chunk() {
                Some(word) => u64::from_le_bytes(*word),
                None if rest.is_empty() => return None,
                None => {
                    let mut word = [0; 8];
                    word[..rest.len()].copy_from_slice(rest);
                    u64::from_le_bytes(word)
                }
            };
            self.found = line_feeds(word);
            self.next += 8;
        }
        let at = self.found.trailing_zeros() as usize / 8;
        self.found &= self.found - 1;
        Some(self.next - 8 + at + 1)
    }
}

/// The highest bit of each byte that is a line feed.
fn line_feeds(word: u64) -> u64 {
    let zero_where_found = word ^ (ONES * b'\n' as u64);
    !(((zero_where_found & LOW_BITS) + LOW_BITS) | zero_where_found | LOW_BITS)
}

/// A line feed and the empty line behind it: in a message whose lines end in line feeds, and in one whose lines end in
/// carriage returns and line feeds.
static ENDS: LazyLock<[Finder<'static>; 2]> =
    LazyLock::new(|| [Finder::new(b"\n\n"), Finder::new(b"\n\r\n")]);

/// Where the body starts: after the first empty line at or after `from`.
pub fn head_end(bytes: &[u8], from: usize) -> Option<usize> {
    let rest = bytes.get(from..)?;
    let first = memchr::memchr(b'\n', rest)?;
    let [short, long] = &*ENDS;
    // Lines end as the first one does, or nearly all.
    let (usual, other) = match rest[..first].ends_with(b"\r") {
        true => (long, short),
        false => (short, long),
    };
    let end = |finder: &Finder<'_>, within: &[u8]| {
        let start = finder.find(within)?;
        Some(start + finder.needle().len())
    };
    let found = end(usual, rest);
    let earlier = end(other, &rest[..found.unwrap_or(rest.len())]);
    Some(from + earlier.or(found)?)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn every_line_is_found(bytes in prop::collection::vec(prop::sample::select(&b"\n\r\0\x8aaz\x0b"[..]), 0..60), start in 0usize..60) {
            let bytes = &bytes[start.min(bytes.len())..];
            let found: Vec<usize> = LineEnds::of(bytes).collect();
            let each: Vec<usize> = (0..bytes.len()).filter(|&at| bytes[at] == b'\n').map(|at| at + 1).collect();
            prop_assert_eq!(found, each);
        }

        #[test]
        fn a_head_ends_with_its_first_empty_line(bytes in prop::collection::vec(prop::sample::select(&b"\n\n\r\ra"[..]), 0..40), from in 0usize..40) {
            let from = from.min(bytes.len());
            let empty = |next: &usize| bytes[*next..].starts_with(b"\n") || bytes[*next..].starts_with(b"\r\n");
            let line = LineEnds::of(&bytes[from..]).map(|next| from + next).find(empty);
            let end = line.map(|next| next + if bytes[next] == b'\n' { 1 } else { 2 });
            prop_assert_eq!(head_end(&bytes, from), end);
        }
    }
}
