use std::collections::BTreeMap;

use proptest::prelude::*;
use serde::Serialize;

use super::write;

#[derive(Debug, Serialize)]
enum Kind {
    #[serde(rename = "a \"kind\"")]
    Plain,
    Of(String),
}

#[derive(Debug, Serialize)]
struct Number(i64);

#[derive(Debug, Serialize)]
struct Row {
    text: String,
    none: Option<u8>,
    some: Option<u8>,
    flag: bool,
    kinds: Vec<Kind>,
    number: Number,
    small: (u32, f64, char),
    unit: (),
    #[serde(rename = "key of a map")]
    map: BTreeMap<String, Vec<String>>,
    #[serde(flatten)]
    further: BTreeMap<String, String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    left_out: Option<u8>,
    #[serde(serialize_with = "shown")]
    shown: String,
}

fn shown<S: serde::Serializer>(text: &str, to: S) -> Result<S::Ok, S::Error> {
    to.collect_str(&format_args!("<{text}>"))
}

fn written(row: &impl Serialize) -> Vec<u8> {
    let mut bytes = Vec::new();
    write(row, &mut bytes).unwrap();
    bytes
}

/// Texts with many characters to escape.
fn text() -> impl Strategy<Value = String> {
    let chars = prop_oneof![
        Just('"'),
        Just('\\'),
        prop::char::range('\0', ' '),
        prop::char::range(' ', '\u{7f}'),
        any::<char>(),
        Just('é'),
        Just('!')
    ];
    prop::collection::vec(chars, 0..40).prop_map(|chars| chars.into_iter().collect())
}

proptest! {
    #[test]
    fn rows_are_as_the_library_writes_them(
        texts in prop::collection::vec(text(), 7), numbers in any::<(u8, i64, u32, f64, char, bool)>()
    ) {
        let (small, large, medium, float, letter, flag) = numbers;
        let text = |at: usize| texts[at].clone();
        let map = || BTreeMap::from([(text(0), vec![text(1), text(2)]), (text(3), Vec::new())]);
        let row = Row {
            text: text(4),
            none: None,
            some: Some(small),
            flag,
            kinds: vec![Kind::Plain, Kind::Of(text(5))],
            number: Number(large),
            small: (medium, float, letter),
            unit: (),
            map: map(),
            further: map().into_keys().map(|key| (key, text(6))).collect(),
            left_out: None,
            shown: text(6),
        };
        let bytes = written(&row);
        prop_assert_eq!(&bytes, &serde_json::to_vec(&row).unwrap());
        let value: serde_json::Value = serde_json::from_slice(&bytes).unwrap();
        prop_assert_eq!(written(&value), serde_json::to_vec(&value).unwrap());
    }
}

#[test]
fn a_key_that_is_not_text_is_an_error() {
    let map = BTreeMap::from([(1, 2)]);
    assert!(write(&map, &mut Vec::new()).is_err());
}
