use super::super::decode_words;
use super::*;
use crate::mail::message::folding::unfold;
use crate::mail::message::subject::subject;

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
        // Words that each end in ASCII, and a character cut between words that do not.
        (
            "=?ISO-2022-JP?B?GyRCRnxLXBsoQg==?= =?iso-2022-jp?B?GyRCOGwbKEI=?=",
            "日本語",
        ),
        (
            "=?ISO-2022-JP?B?GyRCRnxL?= =?iso-2022-jp?B?XBsoQg==?=",
            "日本",
        ),
        ("=?ISO-2022-JP?B?GyRCRnwbKEI=?=\t=?iso-2022-jp?Q?a?=", "日a"),
        // Other names of one charset.
        ("=?utf8?Q?J=C3?= =?UTF-8?Q?=BCrgen?=", "Jürgen"),
        ("=?gb2312?B?1tA=?= =?eucgb2312_cn?B?zsQ=?=", "中文"),
        ("=?gb2312?B?1g==?= =?GB18030?B?0M7E?=", "中文"),
        ("=?hz-gb-2312?Q?~{VP~}?= =?hz-gb-2312?Q?~{ND~}?=", "中文"),
        (
            "=?iso-2022-kr?B?GyQpQw5HUQ8=?= =?iso-2022-kr?B?GyQpQw4xWw8=?=",
            "한글",
        ),
        ("=?utf-7?Q?+ZeVnLIqe?= =?utf-7?Q?a?=", "日本語a"),
        ("=?unicode-1-1-utf-7?Q?+AOk-t+AOk-?=", "été"),
        ("=?us-ascii?Q?Gr=C3=BC=C3=9Fe?=", "Grüße"),
        ("=?\"utf-8\"?Q?=C3=BC?=", "ü"),
        ("=?cp-850?Q?=81?=", "ü"),
        // Stray characters in base64.
        ("=?utf-8?B?SsO8*cmdlbg==?=", "Jürgen"),
        ("=?utf-8?B?!!!?=", "=?utf-8?B?!!!?="),
        ("=?utf-8?B?Grüße?=", "=?utf-8?B?Grüße?="),
    ];
    for (text, want) in cases {
        assert_eq!(decode_words(text), want, "{text}");
    }
}

#[test]
fn a_subject_is_one_line() {
    for (value, want) in [
        (" one\r\n two", "one two"),
        ("one\r\n\ttwo", "one two"),
        ("one\r\n     two", "one two"),
        ("one  two", "one  two"),
        ("one \t two\tthree", "one two three"),
        ("a\n b\n\n c", "a b c"),
        ("=?utf-8?q?a=0Ab?=", "a b"),
        ("=?utf-8?q?a=0D=0A_b=09c?=", "a b c"),
        ("=?utf-8?q?=0Aa=0A?=", "a"),
        ("=?utf-8?q?a?=\r\n\t=?utf-8?q?b?=", "ab"),
        ("=?utf-8?b?YQ0K?=\r\n b", "a b"),
        ("=?utf-8?q?a=E2=80=A8b?=", "a b"),
        ("a\u{a0} b", "a\u{a0} b"),
        ("\t\r\n ", ""),
        ("a\0b", "a\0b"),
        ("", ""),
    ] {
        assert_eq!(subject(value.as_bytes()), want, "{value:?}");
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
fn a_last_line_without_a_colon_is_not_a_field() {
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
