use super::*;

#[test]
fn decodes_words_also_where_they_are_cut() {
    let cases = [
        ("plain", "plain"),
        ("=?utf-8?Q?J=C3=BCrgen_M?=", "Jürgen M"),
        ("=?iso-8859-1?q?J=FCrgen?= x", "Jürgen x"),
        ("=?utf-8?B?SsO8cmdlbg==?=", "Jürgen"),
        // One character in two words, in both encodings.
        ("=?utf-8?Q?J=C3?= =?utf-8?Q?=BCrgen?=", "Jürgen"),
        ("=?UTF-8?B?SsM=?=  =?utf-8?B?vHJnZW4=?=", "Jürgen"),
        ("=?utf-8?Q?a?= =?iso-8859-1?Q?=FC?=", "aü"),
        ("a =?utf-8?Q?b?= c", "a b c"),
        ("=?utf-8*de?Q?b?=", "b"),
        ("=?utf-8?Q?broken", "=?utf-8?Q?broken"),
        ("=?utf-8?X?broken?=", "=?utf-8?X?broken?="),
        ("=?no-such-charset?Q?=FC?=", "ü"),
        ("=?utf-8?Q?=ZZ=?=", "=ZZ="),
        ("=?iso-2022-jp?B?GyRCRnxLXBsoQg==?=", "日本"),
    ];
    for (text, want) in cases {
        assert_eq!(decode_words(text), want, "{text}");
    }
}

#[test]
fn reads_fields_in_order() {
    let head =
        b"From: a\r\nX-Long:\r\n one\r\n two\r\nno field\r\nSubject: \xfc\r\n\r\nBody: x\r\n";
    let got: Vec<(String, String)> = fields(head)
        .map(|f| {
            (
                String::from_utf8_lossy(f.name).into_owned(),
                unfold(f.value).into_owned(),
            )
        })
        .collect();
    let want = [("From", "a"), ("X-Long", "one two"), ("Subject", "ü")];
    assert_eq!(
        got,
        want.map(|(name, value)| (name.to_owned(), value.to_owned()))
    );
    assert!(
        fields(b"\x00\x01\x02 nothing of a message\n")
            .next()
            .is_none()
    );
    assert!(fields(b"").next().is_none());
}

#[test]
fn beginnings_of_words_cost_no_square() {
    for text in [
        "=?a?q? ".repeat(50_000),
        "=?a?b?".repeat(50_000),
        "=?".repeat(200_000),
    ] {
        assert_eq!(decode_words(&text).len(), text.len());
    }
}

#[test]
fn a_last_line_without_a_colon_is_no_field() {
    let head = b"A: b\nno colon\n two";
    assert_eq!(own_fields(head), [("A".to_owned(), b"b".to_vec())]);
    assert_eq!(own_fields(head), fields_of_the_library(head));
}

fn own_fields(head: &[u8]) -> Vec<(String, Vec<u8>)> {
    fields(head)
        .map(|it| {
            (
                String::from_utf8_lossy(it.name).into_owned(),
                it.value.trim_ascii().to_vec(),
            )
        })
        .collect()
}

proptest::proptest! {
    #[test]
    fn fields_are_those_of_the_library(pieces in proptest::collection::vec(0usize..16, 0..60)) {
        // No line begins with a colon: the library takes what follows it for a name.
        let vocabulary = [
            "From: a@x\n", "Subject: one\r\n", "To:", " two", "\tthree", "\n", "\r\n", "X-A : b\n", "no colon\n", "a b: c\n",
            "Cc:\r\n d@x\r\n", "Received: by x; 1\n\tJan\n", "\u{fc}: x\n", "  \n", "x: y: z\n", "Message-ID:<a>\n",
        ];
        let text: String = pieces.iter().map(|&at| vocabulary[at]).collect();
        // The head begins with a field, as whatever is read as one does.
        let head = format!("A: b\n{text}");
        proptest::prop_assert_eq!(own_fields(head.as_bytes()), fields_of_the_library(head.as_bytes()));
    }
}
