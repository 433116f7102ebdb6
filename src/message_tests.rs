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
    let fields = fields(head).unwrap();
    let got: Vec<(String, String)> = fields
        .iter()
        .map(|f| (f.name.to_owned(), unfold(f.value).into_owned()))
        .collect();
    let want = [("From", "a"), ("X-Long", "one two"), ("Subject", "ü")];
    assert_eq!(
        got,
        want.map(|(name, value)| (name.to_owned(), value.to_owned()))
    );
    assert!(super::fields(b"\x00\x01\x02 nothing of a message\n").is_none());
    assert!(super::fields(b"").is_none());
}

#[test]
fn takes_body_and_attachments() {
    let message = b"Content-Type: multipart/mixed; boundary=b\n\n--b\nContent-Type: multipart/alternative; boundary=c\n\n\
        --c\nContent-Type: text/plain\n\nHello \xfc\n--c\nContent-Type: text/html\n\n<p>Hello <b>you</b></p>\n--c--\n\
        --b\nContent-Type: application/pdf; name=\"=?utf-8?Q?=C3=BC.pdf?=\"\nContent-Transfer-Encoding: base64\n\nQUJD\n--b--\n";
    let plain = body(message, false).unwrap();
    assert_eq!(plain.text.as_deref(), Some("Hello ü"));
    assert_eq!(plain.mimetype, Some("text/plain"));
    let pdf = Attachment {
        filename: Some("ü.pdf".into()),
        mimetype: "application/pdf".into(),
        filesize: 3,
    };
    assert_eq!(plain.attachments, [pdf]);
    let html = body(message, true).unwrap();
    assert_eq!(
        (html.mimetype, html.text.as_deref()),
        (Some("text/html"), Some("<p>Hello <b>you</b></p>"))
    );
}

#[test]
fn line_ends_are_no_part_of_the_text() {
    for message in [
        "Subject: x\n\none\ntwo\n",
        "Subject: x\r\n\r\none\r\ntwo\r\n",
    ] {
        let found = body(message.as_bytes(), false).unwrap();
        assert_eq!(found.text.as_deref(), Some("one\ntwo\n"));
        assert!(found.attachments.is_empty());
    }
}

#[test]
fn an_only_html_body_becomes_text() {
    let found = body(b"Content-Type: text/html\n\n<p>Hello <b>you</b></p>", false).unwrap();
    assert_eq!(found.mimetype, Some("text/plain"));
    assert_eq!(found.text.unwrap().trim(), "Hello you");
}

#[test]
fn deep_nesting_is_left_unparsed() {
    let nested = "Content-Type: message/rfc822\n\n".repeat(200_000);
    assert_eq!(body(nested.as_bytes(), false), None);
    let depth = 1_000;
    let mut multipart = String::new();
    for level in 0..depth {
        multipart.push_str(&format!(
            "Content-Type: multipart/mixed; boundary=b{level}\n\n--b{level}\n"
        ));
    }
    multipart.push_str("Content-Type: text/plain\n\ndeep\n");
    assert!(body(multipart.as_bytes(), false).is_some());
}
