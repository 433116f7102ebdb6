//! Byte *masks*: one bit for each byte of a block, the first byte in the lowest bit. On x86-64 they are computed with
//! SSE2, sixteen bytes at a time; other processors use a portable version, and tests check that both return the same.

/// Bytes that are searched for line feeds at once.
pub(super) const BLOCK: usize = 64;

/// Bytes that are searched for the end of a field's name at once; nearly all names are shorter.
pub(super) const NAME: usize = 16;

/// Returns the mask of line feeds.
#[inline]
pub(super) fn line_feeds(block: &[u8; BLOCK]) -> u64 {
    #[cfg(target_arch = "x86_64")]
    #[allow(unsafe_code)]
    // SAFETY: SSE2 is part of the x86-64 baseline.
    let mask = unsafe { sse2::line_feeds(block) };
    #[cfg(not(target_arch = "x86_64"))]
    let mask = plain::line_feeds(block);
    mask
}

/// Returns the mask of bytes that a field's name cannot contain (RFC 5322, section 2.2): colons, white space, and bytes
/// that are not printable ASCII.
#[inline]
pub(super) fn non_name_mask(start: &[u8; NAME]) -> u16 {
    #[cfg(target_arch = "x86_64")]
    #[allow(unsafe_code)]
    // SAFETY: SSE2 is part of the x86-64 baseline.
    let mask = unsafe { sse2::non_name_mask(start) };
    #[cfg(not(target_arch = "x86_64"))]
    let mask = plain::non_name_mask(start);
    mask
}

/// Returns whether short bytes contain a line feed or a carriage return.
pub(super) fn has_line_end(bytes: &[u8]) -> bool {
    let is_end = |byte: &u8| (*byte == b'\n') | (*byte == b'\r');
    // All bytes of a block are tested, without branches, so that the test is vectorized.
    let is_in = |block: &[u8; 16]| block.iter().fold(false, |so_far, it| so_far | is_end(it));
    let (blocks, rest) = bytes.as_chunks();
    let is_in_rest = || match bytes.last_chunk() {
        Some(last) => is_in(last),
        None => rest.iter().any(is_end),
    };
    blocks.iter().any(is_in) || is_in_rest()
}

#[cfg(target_arch = "x86_64")]
mod sse2 {
    use std::arch::x86_64::*;

    use super::{BLOCK, NAME};

    #[inline]
    #[target_feature(enable = "sse2")]
    fn load(bytes: &[u8; 16]) -> __m128i {
        let bits = u128::from_le_bytes(*bytes);
        _mm_set_epi64x((bits >> 64) as i64, bits as i64)
    }

    #[inline]
    #[target_feature(enable = "sse2")]
    pub(super) fn line_feeds(block: &[u8; BLOCK]) -> u64 {
        let mut mask = 0;
        for (at, bytes) in block.as_chunks().0.iter().enumerate() {
            let found = _mm_cmpeq_epi8(load(bytes), _mm_set1_epi8(b'\n' as i8));
            mask |= (_mm_movemask_epi8(found) as u64) << (16 * at);
        }
        mask
    }

    #[inline]
    #[target_feature(enable = "sse2")]
    pub(super) fn non_name_mask(start: &[u8; NAME]) -> u16 {
        let bytes = load(start);
        // Bytes beyond ASCII are negative here.
        let is_above_space = _mm_cmpgt_epi8(bytes, _mm_set1_epi8(b' ' as i8));
        let is_colon = _mm_cmpeq_epi8(bytes, _mm_set1_epi8(b':' as i8));
        let is_delete = _mm_cmpeq_epi8(bytes, _mm_set1_epi8(0x7F));
        let is_of_name = _mm_andnot_si128(_mm_or_si128(is_colon, is_delete), is_above_space);
        !(_mm_movemask_epi8(is_of_name) as u16)
    }
}

/// Returns whether both versions return the same for every block of the bytes.
#[cfg(any(test, fuzzing))]
pub(crate) fn agree(bytes: &[u8]) -> bool {
    let of_lines = |block: &[u8; BLOCK]| line_feeds(block) == plain::line_feeds(block);
    let of_name = |start: &[u8; NAME]| non_name_mask(start) == plain::non_name_mask(start);
    let are_equal = bytes.as_chunks().0.iter().all(of_lines);
    are_equal && bytes.as_chunks().0.iter().all(of_name)
}

#[cfg(any(test, fuzzing, not(target_arch = "x86_64")))]
mod plain {
    use super::{BLOCK, NAME};
    use crate::mail::message::simd::is_of_name;

    pub(super) fn line_feeds(block: &[u8; BLOCK]) -> u64 {
        let bit = |(at, &byte): (usize, &u8)| u64::from(byte == b'\n') << at;
        block.iter().enumerate().map(bit).sum()
    }

    pub(super) fn non_name_mask(start: &[u8; NAME]) -> u16 {
        let bit = |(at, byte): (usize, &u8)| u16::from(!is_of_name(byte)) << at;
        start.iter().enumerate().map(bit).sum()
    }
}

pub(super) fn is_of_name(byte: &u8) -> bool {
    byte.is_ascii_graphic() && *byte != b':'
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn byte() -> impl Strategy<Value = u8> {
        prop_oneof![any::<u8>(), prop::sample::select(&b"\n\r :!~\x7f\x80"[..])]
    }

    proptest! {
        #[test]
        fn a_line_end_is_found_wherever_it_is(bytes in prop::collection::vec(prop::sample::select(&b"aaaaaaaaaaaaaaaaaaaaaaaaaaaa\n\r"[..]), 0..50)) {
            let is_there = bytes.contains(&b'\n') || bytes.contains(&b'\r');
            prop_assert_eq!(has_line_end(&bytes), is_there);
        }

        #[test]
        fn wide_instructions_find_what_plain_ones_do(block in prop::array::uniform32(byte()), other in prop::array::uniform32(byte())) {
            let mut all = [0; BLOCK];
            all[..32].copy_from_slice(&block);
            all[32..].copy_from_slice(&other);
            prop_assert_eq!(line_feeds(&all), plain::line_feeds(&all));
            for start in all.as_chunks().0 {
                prop_assert_eq!(non_name_mask(start), plain::non_name_mask(start));
            }
        }
    }
}
