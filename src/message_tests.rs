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
fn reads_times_as_mail_has_them() {
    let cases = [
        (
            "Mon, 2 Mar 2026 09:30:00 +0000",
            Some("2026-03-02T09:30:00Z"),
        ),
        (
            "Mon, 2 Mar 2026 09:30:00 +0100 (CET)",
            Some("2026-03-02T08:30:00Z"),
        ),
        ("2 Mar 2026 09:30:00 EST", Some("2026-03-02T14:30:00Z")),
        ("2 Mar 2026 09:30 GMT", Some("2026-03-02T09:30:00Z")),
        ("Mon, 2 Mar 2026 09:30:00", Some("2026-03-02T09:30:00Z")),
        ("2 Mar 99 09:30:00 +0000", Some("1999-03-02T09:30:00Z")),
        (
            "Thu, 01 Jan 1970 00:00:00 +0000",
            Some("1970-01-01T00:00:00Z"),
        ),
        (
            "Tue, 19 Jan 2038 03:14:08 +0000",
            Some("2038-01-19T03:14:08Z"),
        ),
        (
            "from a by b; Mon,\r\n 2 Mar 2026 09:30:00 -0800",
            Some("2026-03-02T17:30:00Z"),
        ),
        ("32 Foo 2026", None),
        ("yesterday", None),
        ("", None),
    ];
    for (text, want) in cases {
        assert_eq!(
            time(text.as_bytes()).map(|t| t.to_string()).as_deref(),
            want,
            "{text}"
        );
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
fn decodes_bodies_as_far_as_they_are_well_formed() {
    let cases: [(&[u8], Encoding, &[u8]); 5] = [
        (b"QUJD\r\nREVG\r\n", Encoding::Base64, b"ABCDEF"),
        (b"QUJD\n-- \nA list's footer!\n", Encoding::Base64, b"ABC"),
        (b"a=3Db=\r\nc=\nd", Encoding::QuotedPrintable, b"a=bcd"),
        (b"a=ZZ=3D=\r\nb", Encoding::QuotedPrintable, b"a=ZZ=b"),
        (b"a=3D", Encoding::None, b"a=3D"),
    ];
    for (content, encoding, want) in cases {
        assert_eq!(&*transfer_decoded(content, encoding), want);
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

    #[test]
    fn plain_dates_are_read_as_the_library_reads_them(
        pieces in proptest::collection::vec(0usize..30, 0..12), pick in proptest::collection::vec(0usize..4, 9), cut in 0usize..40
    ) {
        let usual = |of: [&'static str; 4], at: usize| of[pick[at]];
        let date = [
            usual(["Mon, ", "Thu, ", "xyz, ", ""], 0), usual(["1", "02", "31", "39"], 1), " ",
            usual(["Jan", "Feb", "Dec", "MAY"], 2), " ", usual(["2026", "1970", "2038", "0001"], 3), " ",
            usual(["00", "09", "23", "29"], 4), ":", usual(["00", "30", "59", "60"], 5), ":", usual(["00", "01", "60", "61"], 6), " ",
            usual(["+0000", "-0800", "+0530", "-9999"], 7), usual(["", " (CET)", " (a b)", "\r\n"], 8),
        ].concat();
        let vocabulary = [
            " ", " ", " ", ",", ":", "+", "-", ";", "(", ")", "Mon", "Tue, ", "Jan", "Mar", "dec", "1", "2", "31", "1999", "2026", "70",
            "09", ":30", ":00", "+0100", "-0800", "GMT", "EST", "\r\n\t", "\u{fc}",
        ];
        let any: String = pieces.iter().map(|&at| vocabulary[at]).collect();
        let mut damaged = date.clone();
        damaged.truncate(cut.min(date.len()));
        for text in [&date, &any, &damaged, &format!("by x; {date}"), &format!("{date}{any}"), &format!("{any}{date}")] {
            proptest::prop_assert_eq!(time(text.as_bytes()), time_of_any_form(text.as_bytes()), "{}", text);
        }
    }
}
