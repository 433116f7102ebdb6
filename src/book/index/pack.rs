//! *Packing* stores the characters of an address in six bits each, ignoring their case.
//!
//! Nearly every address is ASCII and short. R7 ignores the case of letters, so six bits per character are enough:
//! `0x20` to `0x5f`, with letters in upper case. 32 characters are packed at once, with AVX2 if the processor has it; a
//! test checks that both versions return the same.

/// The longest address that has a key, in characters.
pub(crate) const KEY_CHARS_MAX: usize = 36;

/// The number of characters that are packed at once; most addresses have no more.
pub(crate) const FRONT: usize = 32;

/// A text padded with `@`, which is packed to zeros.
pub(crate) type Padded = [u8; 40];

/// An empty text.
pub(crate) const NO_TEXT: Padded = [b'@'; 40];

/// 32 characters in 24 bytes, the first in the lowest bits of the first word.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Packed {
    /// The 24 bytes.
    pub words: [u64; 3],
    /// Whether each character can be stored in six bits.
    pub is_fit: bool,
}

/// A function that packs 32 characters.
pub trait Pack: Fn(&[u8; FRONT]) -> Packed {}
impl<P: Fn(&[u8; FRONT]) -> Packed> Pack for P {}

/// Writes a text over the content of `to`, padded; `None` if it is empty or too long for a key.
#[inline(always)]
pub(crate) fn pad(text: &[u8], to: &mut Padded) -> Option<()> {
    *to = NO_TEXT;
    let length = text.len();
    // Two overlapping copies of a constant size, which are faster than one copy of a variable size.
    match length {
        16..=FRONT => {
            *to.first_chunk_mut::<16>()? = *text.first_chunk()?;
            *to.get_mut(length - 16..)?.first_chunk_mut::<16>()? = *text.last_chunk()?;
        }
        8..16 => {
            *to.first_chunk_mut::<8>()? = *text.first_chunk()?;
            *to.get_mut(length - 8..)?.first_chunk_mut::<8>()? = *text.last_chunk()?;
        }
        33..=KEY_CHARS_MAX => {
            *to.first_chunk_mut::<FRONT>()? = *text.first_chunk()?;
            *to.get_mut(length - 16..)?.first_chunk_mut::<16>()? = *text.last_chunk()?;
        }
        1..8 => to.get_mut(..length)?.copy_from_slice(text),
        _ => return None,
    }
    Some(())
}

/// Packs with portable instructions.
#[inline(always)]
pub(crate) fn pack(front: &[u8; FRONT]) -> Packed {
    let ([a, b, c, d], is_fit) = pack_words(front);
    Packed {
        words: [a | b << 48, b >> 16 | c << 32, c >> 32 | d << 16],
        is_fit,
    }
}

/// Packs the characters after the first 32; a key has at most four. Returns the bits and whether each character fits.
#[inline(always)]
pub(crate) fn pack_back(back: &[u8; 8]) -> (u64, bool) {
    let ([word], is_fit) = pack_words(back);
    (word, is_fit)
}

/// Packs each eight characters into 48 bits; also returns whether all characters fit into six bits.
#[inline(always)]
fn pack_words<const BYTES: usize, const WORDS: usize>(text: &[u8; BYTES]) -> ([u64; WORDS], bool) {
    let (mut words, mut unfit) = ([0; WORDS], 0);
    for (word, bytes) in words.iter_mut().zip(text.as_chunks::<8>().0) {
        let mut codes = *bytes;
        for byte in &mut codes {
            let is_small = byte.wrapping_sub(b'a') < 26;
            let upper = *byte ^ u8::from(is_small) << 5;
            unfit |= upper.wrapping_sub(0x20);
            *byte = upper & 0x3f;
        }
        *word = join(u64::from_le_bytes(codes));
    }
    (words, unfit & 0xc0 == 0)
}

/// Joins the low six bits of eight bytes.
#[inline(always)]
fn join(word: u64) -> u64 {
    let pairs = (word & 0x003f_003f_003f_003f) | (word & 0x3f00_3f00_3f00_3f00) >> 2;
    let fours = (pairs & 0x0000_0fff_0000_0fff) | (pairs & 0x0fff_0000_0fff_0000) >> 4;
    (fours & 0x00ff_ffff) | (fours >> 8 & 0xffff_ff00_0000)
}

/// Like [`pack`], with AVX2 instructions.
///
/// # Safety
/// The processor must have AVX2.
#[cfg(target_arch = "x86_64")]
#[inline]
#[target_feature(enable = "avx2")]
pub(crate) fn pack_wide(front: &[u8; FRONT]) -> Packed {
    use std::arch::x86_64::*;
    let word = |at: usize| {
        front
            .as_chunks::<8>()
            .0
            .get(at)
            .map_or(0, |bytes| i64::from_le_bytes(*bytes))
    };
    let text = _mm256_set_epi64x(word(3), word(2), word(1), word(0));
    let from_a = _mm256_sub_epi8(text, _mm256_set1_epi8(b'a' as i8));
    let is_small = _mm256_cmpeq_epi8(_mm256_min_epu8(from_a, _mm256_set1_epi8(25)), from_a);
    let upper = _mm256_xor_si256(text, _mm256_and_si256(is_small, _mm256_set1_epi8(0x20)));
    let unfit = _mm256_sub_epi8(upper, _mm256_set1_epi8(0x20));
    let is_fit = _mm256_testz_si256(unfit, _mm256_set1_epi8(0xc0_u8 as i8)) == 1;
    let codes = _mm256_and_si256(upper, _mm256_set1_epi8(0x3f));
    // Each step joins two neighbors: 12 bits, 24 bits, 48 bits, which are six bytes of eight.
    let pairs = _mm256_maddubs_epi16(codes, _mm256_set1_epi16(0x4001));
    let fours = _mm256_madd_epi16(pairs, _mm256_set1_epi32(0x1000_0001));
    let eights = _mm256_srli_epi64::<8>(_mm256_sllv_epi32(fours, _mm256_set1_epi64x(8)));
    // Moves the six bytes of each word together: twelve in each half of the register, then 24.
    let half = [0, 1, 2, 3, 4, 5, 8, 9, 10, 11, 12, 13, -1, -1, -1, -1];
    let [a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p] = half;
    let side_by_side = _mm256_setr_epi8(
        a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p, a, b, c, d, e, f, g, h, i, j, k, l, m, n,
        o, p,
    );
    let halves = _mm256_shuffle_epi8(eights, side_by_side);
    let all = _mm256_permutevar8x32_epi32(halves, _mm256_setr_epi32(0, 1, 2, 4, 5, 6, 3, 7));
    let words = [
        _mm256_extract_epi64::<0>(all) as u64,
        _mm256_extract_epi64::<1>(all) as u64,
        _mm256_extract_epi64::<2>(all) as u64,
    ];
    Packed { words, is_fit }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        /// Wider instructions pack as plain ones do.
        #[test]
        #[cfg(target_arch = "x86_64")]
        #[allow(unsafe_code)]
        fn wide_is_plain(front in any::<[u8; FRONT]>(), is_text in any::<bool>()) {
            let front = if is_text { front.map(|byte| 0x20 + byte % 0x5f) } else { front };
            if is_x86_feature_detected!("avx2") {
                // SAFETY: the processor has what the function is compiled for.
                let wide = unsafe { pack_wide(&front) };
                let plain = pack(&front);
                prop_assert_eq!(wide.is_fit, plain.is_fit);
                prop_assert!(!plain.is_fit || wide == plain, "{:?}: {:?} and {:?}", front, wide, plain);
            }
        }

        #[test]
        fn padding_keeps_the_text(text in "[ -_]{0,50}") {
            let mut padded = [0; 40];
            let is_padded = pad(text.as_bytes(), &mut padded).is_some();
            prop_assert_eq!(is_padded, (1..=KEY_CHARS_MAX).contains(&text.len()));
            if is_padded {
                prop_assert_eq!(&padded[..text.len()], text.as_bytes());
                prop_assert!(padded[text.len()..].iter().all(|&byte| byte == b'@'));
            }
        }
    }
}
