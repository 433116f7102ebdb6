//! A *conversation index* is what Outlook writes into `Thread-Index:`: a header of 22 bytes that identifies the
//! conversation, and a block of 5 bytes for each reply on the way to the message (MS-OXOMSG, section 2.2.1.3).

use base64::Engine as _;
use base64::alphabet::STANDARD;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};

/// Length in bytes of a conversation's id.
pub(super) const HEADER: usize = 22;

/// Length in bytes of the block that a reply adds.
pub(super) const BLOCK: usize = 5;

/// At most this many blocks of an index are used. No real conversation is that deep, but a header field can have 10 MB.
const BLOCKS_MAX: usize = 4096;

/// Padding may be missing and trailing bits may be set, because programs truncate an index at any character.
const LENIENT: GeneralPurpose = GeneralPurpose::new(
    &STANDARD,
    GeneralPurposeConfig::new()
        .with_decode_allow_trailing_bits(true)
        .with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

/// Decodes the value of `Thread-Index:`; returns `None` if it is not base64.
pub(crate) fn decode(text: &str) -> Option<Vec<u8>> {
    let digits: String = text.split_whitespace().collect();
    let digits = digits.trim_end_matches('=');
    let is_digit = |it: u8| it.is_ascii_alphanumeric() || matches!(it, b'+' | b'/');
    if digits.is_empty() || !digits.bytes().all(is_digit) {
        return None;
    }
    // A single last digit encodes less than a byte.
    let whole = digits.len() - usize::from(digits.len() % 4 == 1);
    LENIENT.decode(digits.get(..whole)?).ok()
}

/// A conversation index.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ConversationIndex {
    bytes: Vec<u8>,
}

impl ConversationIndex {
    /// Parses the value of `Thread-Index:`; returns `None` if it is not base64 or is shorter than a header.
    pub(crate) fn parse(text: &str) -> Option<ConversationIndex> {
        if text.is_empty() {
            return None;
        }
        let mut bytes = decode(text)?;
        bytes.first_chunk::<HEADER>()?;
        bytes.truncate(HEADER + BLOCKS_MAX * BLOCK);
        Some(ConversationIndex { bytes })
    }

    /// Returns the conversation's id.
    pub(crate) fn conversation(&self) -> Option<&[u8]> {
        self.parts().map(|(id, _)| id.as_slice())
    }

    /// Returns the conversation's id and the blocks of the replies, without an incomplete last block.
    pub(super) fn parts(&self) -> Option<(&[u8; HEADER], &[[u8; BLOCK]])> {
        let (header, rest) = self.bytes.split_first_chunk()?;
        Some((header, rest.as_chunks().0))
    }

    /// Describes the index, for `explain`.
    pub(super) fn words(&self) -> String {
        let Some((header, blocks)) = self.parts() else {
            return String::new();
        };
        let id: String = header.iter().map(|byte| format!("{byte:02x}")).collect();
        format!("conversation {id}, answers on the way: {}", blocks.len())
    }
}

#[cfg(test)]
mod tests {
    use base64::engine::general_purpose::STANDARD;
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn an_index_has_a_header_and_blocks_of_five_bytes() {
        let bytes: Vec<u8> = (0..34).collect();
        let cases = [
            (0, None),
            (21, None),
            (22, Some(0)),
            (26, Some(0)),
            (27, Some(1)),
            (34, Some(2)),
        ];
        for (length, want) in cases {
            let index = ConversationIndex::parse(&STANDARD.encode(&bytes[..length]));
            let blocks = index.as_ref().and_then(ConversationIndex::parts);
            assert_eq!(blocks.map(|(_, blocks)| blocks.len()), want, "{length}");
        }
    }

    #[test]
    fn what_is_not_base64_is_not_an_index() {
        let good = STANDARD.encode([7; 27]);
        assert_eq!(good.len(), 36);
        for text in [
            &good[..35],
            &good.replace('B', "B\t "),
            &format!("{good}=="),
            &format!("{good}B"),
        ] {
            assert!(ConversationIndex::parse(text).is_some(), "{text}");
        }
        for text in [
            &good.replacen('B', "*", 1),
            &good.replacen('B', "ä", 1),
            &format!("{good}ä"),
            &format!("{good}!"),
            "=",
            " ",
        ] {
            assert_eq!(ConversationIndex::parse(text), None, "{text}");
        }
    }

    #[test]
    fn a_very_long_index_is_cut() {
        let index = ConversationIndex::parse(&STANDARD.encode(vec![1; 1 << 20])).unwrap();
        assert_eq!(index.parts().unwrap().1.len(), BLOCKS_MAX);
    }

    proptest! {
        #[test]
        fn bytes_are_read_with_and_without_padding(bytes in prop::collection::vec(any::<u8>(), 1..200)) {
            let text = STANDARD.encode(&bytes);
            prop_assert_eq!(decode(text.trim_end_matches('=')), Some(bytes.clone()));
            prop_assert_eq!(decode(&text), Some(bytes));
        }

        #[test]
        fn any_text_is_read_or_refused(text in "\\PC{0,60}") {
            let _ = ConversationIndex::parse(&text).map(|index| index.words());
        }
    }
}
