use proptest::prelude::*;

use super::super::pack::KEY_CHARS_MAX;
use super::*;
use crate::mail::address::Address;

#[test]
fn the_key_gives_back_the_address() {
    let at_length = |length: usize| format!("{}@b.de", "a".repeat(length - 5));
    for length in 6..=KEY_CHARS_MAX {
        let address = at_length(length);
        let key = AddressKey::of(address.as_bytes()).unwrap_or_else(|| panic!("{length}"));
        assert_eq!(key.text(), address);
        assert_eq!(
            AddressKey::of(address.to_uppercase().as_bytes()),
            Some(key),
            "{length}"
        );
    }
    assert_eq!(
        AddressKey::of(at_length(KEY_CHARS_MAX + 1).as_bytes()),
        None
    );
}

#[test]
fn what_has_no_key() {
    for text in [
        "",
        "ann@x@",
        "@",
        "a\0b@x.de",
        "a\x1fb@x.de",
        "a`b@x.de",
        "a{b@x.de",
        "a|b@x.de",
        "a}b@x.de",
        "a~b@x.de",
        "a\x7fb@x.de",
        "jörg@x.de",
        "ann@x.de\n",
    ] {
        assert_eq!(AddressKey::of(text.as_bytes()), None, "{text:?}");
    }
}

#[test]
fn every_byte_at_every_place_has_a_key_of_its_own_or_none() {
    let mut keys = std::collections::HashMap::new();
    for length in [1, 7, 8, 9, 15, 16, 17, 31, 32, 33, 35, 36] {
        for place in 0..length {
            for byte in 0..=255 {
                let mut text = vec![b'0'; length];
                text[place] = byte;
                if let Some(key) = AddressKey::of(&text) {
                    let text = text.to_ascii_lowercase();
                    let known = keys.entry(key.0).or_insert_with(|| text.clone());
                    assert_eq!(*known, text);
                }
            }
        }
    }
}

proptest! {
    /// What has the key of an address is that address, but for its capitals.
    #[test]
    fn equal_keys_are_equal_addresses(text in "[ -~]{0,40}", capitals in any::<u64>()) {
        let changed: String = text.chars().enumerate().map(|(at, c)| match capitals >> (at % 64) & 1 {
            1 => c.to_ascii_uppercase(),
            _ => c.to_ascii_lowercase(),
        }).collect();
        prop_assert_eq!(AddressKey::of(text.as_bytes()), AddressKey::of(changed.as_bytes()));
        if let Some(key) = AddressKey::of(text.as_bytes()) {
            prop_assert_eq!(key.text(), text.to_ascii_lowercase());
        }
    }

    /// The usual way of a lookup never needs the parser: a text that has the key of an address in normal form is that
    /// address to the parser too.
    #[test]
    fn the_parser_agrees_on_every_text_that_has_an_addresss_key(
        text in "[ \"!'<(a-zA-Z0-9.+_-]{1,12}(@| @)[a-zA-Z0-9.\\[:-]{1,12}[\\]a-z.]?",
        capitals in any::<u64>(),
    ) {
        if let Some(address) = Address::parse(&text) {
            let changed: String = address.as_str().chars().enumerate().map(|(at, c)| match capitals >> (at % 64) & 1 {
                1 => c.to_ascii_uppercase(),
                _ => c,
            }).collect();
            prop_assert_eq!(Address::parse(&changed), Some(address));
        }
    }

    /// A text that the usual way takes for no address, or for one that is not in the book, is so to the parser.
    #[test]
    fn plain_texts_are_in_normal_form_or_no_address(text in "[a-zA-Z0-9._+@-]{0,30}") {
        if AddressKey::is_plain(text.as_bytes()) && let Some(address) = Address::parse(&text) {
            prop_assert_eq!(address.as_str(), text.to_ascii_lowercase());
        }
        if Address::is_plain(&text) {
            let address = Address::parse(&text);
            prop_assert_eq!(address.as_ref().map(Address::as_str), Some(&*text.to_ascii_lowercase()));
        }
    }
}
