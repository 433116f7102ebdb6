//! The *lines* of a head, found eight bytes at a time: they are short, and a search that starts anew for each line costs
//! more than it finds.

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
    /// Those from a place on, which is within the bytes.
    pub fn from(bytes: &'a [u8], start: usize) -> LineEnds<'a> {
        LineEnds {
            bytes,
            next: start,
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

/// Where the body starts: after the first empty line at or after `from`.
pub fn head_end(bytes: &[u8], from: usize) -> Option<usize> {
    LineEnds::from(bytes, from.min(bytes.len())).find_map(|next| match bytes.get(next..) {
        Some([b'\n', ..]) => Some(next + 1),
        Some([b'\r', b'\n', ..]) => Some(next + 2),
        _ => None,
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn every_line_is_found(bytes in prop::collection::vec(prop::sample::select(&b"\n\r\0\x8aaz\x0b"[..]), 0..60), start in 0usize..60) {
            let start = start.min(bytes.len());
            let found: Vec<usize> = LineEnds::from(&bytes, start).collect();
            let each: Vec<usize> = (start..bytes.len()).filter(|&at| bytes[at] == b'\n').map(|at| at + 1).collect();
            prop_assert_eq!(found, each);
        }
    }
}
