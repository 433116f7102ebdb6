//! The *key* of an address: the form in which a table stores, hashes and compares it.
//!
//! 36 characters of six bits each (see [`pack`](super::pack)) take 27 bytes; the rest of a slot of 32 bytes holds the
//! record. Different addresses have different keys, so comparing keys compares addresses. An address that is longer, is
//! not ASCII, or contains one of `` `{|}~ `` has no key, and the table stores its text.

use rapidhash::v3::{RapidSecrets, rapidhash_v3_seeded};

use super::pack::{FRONT, NO_TEXT, Pack, Padded, pack, pack_back, pad};

/// The bits of the last word that belong to the key; the others hold the slot's column and value.
pub(crate) const TAIL_MASK: u64 = 0x00ff_ffff;

/// An address with six bits per character, the first character in the lowest bits of the first word. The bits after the
/// last character are zero, the code of `@`; no address ends in `@`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct AddressKey(pub [u64; 4]);

/// Random-looking constants of rapidhash. The hash is computed as rapidhash does: it multiplies two words to 128 bits
/// and folds the product.
const SECRETS: [u64; 3] = [
    0x2d35_8dcc_aa6c_78a5,
    0x8bb8_4b93_962e_acc9,
    0x4b33_a62e_d433_d4a3,
];

#[inline(always)]
fn fold(a: u64, b: u64) -> u64 {
    let product = u128::from(a) * u128::from(b);
    product as u64 ^ (product >> 64) as u64
}

impl AddressKey {
    /// Returns the key of an address in normal form, or of a text in any case that may be an address. `None` if it has
    /// no key.
    pub fn of(text: &[u8]) -> Option<AddressKey> {
        let mut padded = NO_TEXT;
        pad(text, &mut padded)?;
        AddressKey::of_padded(&padded, text, pack)
    }

    /// Like [`AddressKey::of`], for a text that is already padded.
    #[inline(always)]
    pub fn of_padded(padded: &Padded, text: &[u8], pack: impl Pack) -> Option<AddressKey> {
        let front = pack(padded.first_chunk()?);
        let (back, back_is_fit) = match padded.last_chunk() {
            Some(back) if text.len() > FRONT => pack_back(back),
            _ => (0, true),
        };
        let [a, b, c] = front.words;
        // A text that ends in `@` would have the same key as the text without it.
        let is_fit = front.is_fit & back_is_fit & (text.last() != Some(&b'@'));
        is_fit.then_some(AddressKey([a, b, c, back]))
    }

    /// Returns the hash, which is the same on every machine.
    #[inline(always)]
    pub fn hash(&self, seed: u64) -> u64 {
        let [a, b, c, d] = self.0;
        let front = fold(a ^ SECRETS[0] ^ seed, b ^ SECRETS[1]);
        fold(front ^ c, d ^ SECRETS[2])
    }

    /// Returns the address in normal form.
    pub fn text(&self) -> String {
        let [a, b, c, d] = self.0;
        let packed = [
            a,
            a >> 48 | b << 16,
            b >> 32 | c << 32,
            c >> 16,
            d & TAIL_MASK,
        ];
        let chars = packed
            .iter()
            .flat_map(|word| (0..8).map(move |at| (word >> (6 * at) & 0x3f) as u8));
        let text: String = chars
            .map(|code| char::from(if code < 0x20 { code | 0x40 } else { code }))
            .collect();
        text.trim_end_matches('@').to_ascii_lowercase()
    }

    /// Returns whether a text is certain to be either in normal form, apart from its case, or not an address at all.
    ///
    /// That is so if it contains only letters, digits, `.`, `_`, `+`, `-` and `@`, has no two consecutive hyphens
    /// (`xn--`), and does not end in a dot.
    pub fn is_plain(text: &[u8]) -> bool {
        is_usual(text) && text.last() != Some(&b'.')
    }

    /// Like [`AddressKey::is_plain`], for a text that is already padded.
    #[inline(always)]
    pub fn is_plain_padded(padded: &Padded, text: &[u8]) -> bool {
        // A constant length lets the compiler vectorize the test. The padding, `@`, passes it.
        match padded.first_chunk::<FRONT>() {
            Some(front) if text.len() <= FRONT => is_usual(front) && text.last() != Some(&b'.'),
            _ => AddressKey::is_plain(text),
        }
    }
}

/// Returns whether normal form keeps all bytes except for their case, and no hyphen follows another.
#[inline(always)]
fn is_usual(bytes: &[u8]) -> bool {
    let unusual = |&byte: &u8| {
        let is_letter = (byte | 0x20).wrapping_sub(b'a') < 26;
        let is_digit = byte.wrapping_sub(b'0') < 10;
        let is_mark =
            (byte == b'.') | (byte == b'_') | (byte == b'+') | (byte == b'-') | (byte == b'@');
        u8::from(!(is_letter | is_digit | is_mark))
    };
    let unusual = bytes.iter().fold(0, |any, byte| any | unusual(byte));
    let next = bytes.get(1..).unwrap_or_default();
    let twice = |(&a, &b): (&u8, &u8)| u8::from((a == b'-') & (b == b'-'));
    bytes
        .iter()
        .zip(next)
        .fold(unusual, |any, pair| any | twice(pair))
        == 0
}

/// Returns the hash of an address that has no key.
pub(crate) fn text_hash(text: &[u8], seed: u64) -> u64 {
    rapidhash_v3_seeded(text, &RapidSecrets::seed(seed))
}

#[cfg(test)]
#[path = "key_tests.rs"]
mod tests;
