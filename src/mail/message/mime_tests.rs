use super::*;

#[test]
fn takes_body_and_attachments() {
    let message = b"Content-Type: multipart/mixed; boundary=b\n\n--b\nContent-Type: multipart/alternative; boundary=c\n\n\
        --c\nContent-Type: text/plain\n\nHello \xfc\n--c\nContent-Type: text/html\n\n<p>Hello <b>you</b></p>\n--c--\n\
        --b\nContent-Type: application/pdf; name=\"=?utf-8?Q?=C3=BC.pdf?=\"\nContent-Transfer-Encoding: base64\n\nQUJD\n--b--\n";
    let plain = body(message, false);
    assert_eq!(plain.text.as_deref(), Some("Hello ü"));
    assert_eq!(plain.mimetype, Some("text/plain"));
    let pdf = Attachment {
        filename: Some("ü.pdf".into()),
        mimetype: "application/pdf".into(),
        filesize: 3,
    };
    assert_eq!(plain.attachments, [pdf]);
    let html = body(message, true);
    assert_eq!(
        (html.mimetype, html.text.as_deref()),
        (Some("text/html"), Some("<p>Hello <b>you</b></p>"))
    );
}

#[test]
fn line_ends_are_not_part_of_the_text() {
    for message in [
        "Subject: x\n\none\ntwo\n",
        "Subject: x\r\n\r\none\r\ntwo\r\n",
    ] {
        let found = body(message.as_bytes(), false);
        assert_eq!(found.text.as_deref(), Some("one\ntwo\n"));
        assert!(found.attachments.is_empty());
    }
}

#[test]
fn an_only_html_body_becomes_text() {
    let found = body(b"Content-Type: text/html\n\n<p>Hello <b>you</b></p>", false);
    assert_eq!(found.mimetype, Some("text/plain"));
    assert_eq!(found.text.unwrap().trim(), "Hello you");
}

#[test]
fn nesting_of_any_depth_uses_no_stack() {
    let nested = "Content-Type: message/rfc822\n\n".repeat(200_000);
    let found = body(nested.as_bytes(), false);
    assert_eq!((found.text, found.attachments.len()), (None, 1));
    let mut multipart = String::new();
    for level in 0..1_000 {
        multipart.push_str(&format!(
            "Content-Type: multipart/mixed; boundary=b{level}\n\n--b{level}\n"
        ));
    }
    multipart.push_str("Content-Type: text/plain\n\ndeep\n");
    assert_eq!(body(multipart.as_bytes(), false).attachments.len(), 1);
}

/// The parts of a message as `type` or, for those of the body, `type!`.
fn outline(message: &str) -> String {
    let structure = Structure::read(message.as_bytes());
    let shown = (0..structure.parts.len()).map(|at| {
        let mark = if structure.text.contains(&at) {
            "t"
        } else {
            ""
        };
        let html = if structure.html.contains(&at) {
            "h"
        } else {
            ""
        };
        format!(
            "{}{}{mark}{html}",
            structure.parts[at].mimetype,
            if mark.len() + html.len() > 0 { ":" } else { "" }
        )
    });
    shown.collect::<Vec<_>>().join(" ")
}

/// A multipart of parts given as their heads.
fn multipart(subtype: &str, boundary: &str, parts: &[&str]) -> String {
    let inner: String = parts
        .iter()
        .map(|part| format!("--{boundary}\n{part}\nx\n"))
        .collect();
    format!("Content-Type: multipart/{subtype}; boundary={boundary}\n\n{inner}--{boundary}--\n")
}

#[test]
fn bodies_and_attachments_are_distinguished() {
    let (text, html) = ("Content-Type: text/plain\n", "Content-Type: text/html\n");
    let image = "Content-Type: image/png\n";
    let named = "Content-Type: text/plain; name=a.txt\n";
    let attached = "Content-Type: text/plain\nContent-Disposition: attachment; filename=a.txt\n";
    let alternative = multipart("alternative", "a", &[text, html]);
    let related = multipart("related", "r", &[html, image, html]);
    let cases = [
        ("text/plain:th", text.to_owned() + "\nx"),
        ("text/plain:t text/html:h", alternative.clone()),
        ("text/html:th", multipart("alternative", "a", &[html])),
        (
            "text/plain:th image/png text/plain:th",
            multipart("mixed", "m", &[text, image, text]),
        ),
        (
            "text/plain:th text/plain text/plain",
            multipart("mixed", "m", &[text, named, attached]),
        ),
        ("text/html:th image/png text/html", related.clone()),
        (
            "text/plain:t text/html:h image/png application/pdf",
            multipart(
                "mixed",
                "m",
                &[
                    &multipart(
                        "alternative",
                        "a",
                        &[text, &multipart("related", "r", &[html, image])],
                    ),
                    "Content-Type: application/pdf\n",
                ],
            ),
        ),
        (
            "message/rfc822 message/rfc822",
            multipart("digest", "d", &["", ""]),
        ),
        (
            "text/plain:th message/rfc822",
            multipart(
                "mixed",
                "m",
                &[text, "Content-Type: message/rfc822\n\nSubject: y\n"],
            ),
        ),
        (
            "text/plain:th",
            "Content-Type: multipart/mixed; boundary=m\n\nno parts".into(),
        ),
        (
            "application/pdf",
            "Content-Type: application/pdf\n\nx".into(),
        ),
        (
            "",
            "Content-Type: multipart/mixed; boundary=m\n\n--m--\n".into(),
        ),
        (
            "text/x-markdown:th",
            "Content-Type: text/x-markdown\n\nx".into(),
        ),
        (
            "text/x-patch:th text/x-markdown",
            multipart(
                "mixed",
                "m",
                &[
                    "Content-Type: text/x-patch\n",
                    "Content-Type: text/x-markdown\n",
                ],
            ),
        ),
        (
            "text/x-patch text/plain:th",
            multipart("mixed", "m", &["Content-Type: text/x-patch\n", text]),
        ),
        ("text/calendar", "Content-Type: text/calendar\n\nx".into()),
        (
            "text/x-patch",
            "Content-Type: text/x-patch; name=a\n\nx".into(),
        ),
        ("text/plain:th", "Content-Type: text\n\nx".into()),
        (
            "text/plain:th",
            "Content-Type: multipart; boundary=m\n\n--m\n\nx\n--m--\n".into(),
        ),
        ("text/plain:th", "Subject: x\n".into()),
        ("text/plain:th", "Subject: x\n\n".into()),
    ];
    for (want, message) in cases {
        assert_eq!(outline(&message), want, "{message}");
        assert_eq!(
            outline(&message.replace('\n', "\r\n")),
            want,
            "{message} with CRLF"
        );
    }
}

#[test]
fn empty_plain_text_is_not_a_body_beside_html_with_text() {
    let (blank, said) = (
        "Content-Type: text/plain\n\n \n",
        "Content-Type: text/plain\n\na < b",
    );
    let (html, no_text) = (
        "Content-Type: text/html\n\n<p>c</p>",
        "Content-Type: text/html\n\n<p> </p>",
    );
    for (subtype, parts, plain, in_html) in [
        ("alternative", [blank, html], "c", "<p>c</p>"),
        ("alternative", [blank, no_text], " \n", "<p> </p>"),
        ("alternative", [said, html], "a < b", "<p>c</p>"),
        ("mixed", [blank, html], "c", "<p>c</p>"),
        ("mixed", [html, blank], "c", "<p>c</p>"),
        ("mixed", [said, html], "a < b\nc", "a &lt; b\n<p>c</p>"),
        ("mixed", [said, blank], "a < b", "a < b"),
    ] {
        let inner: String = parts.iter().map(|part| format!("--b\n{part}\n")).collect();
        let message = format!("Content-Type: multipart/{subtype}; boundary=b\n\n{inner}--b--\n");
        for (as_html, want) in [(false, plain), (true, in_html)] {
            let found = body(message.as_bytes(), as_html);
            assert_eq!(found.text.as_deref(), Some(want), "{message}");
            assert!(found.attachments.is_empty(), "{message}");
        }
    }
}

#[test]
fn a_boundary_is_a_whole_line() {
    let message = "Content-Type: multipart/mixed; boundary=b\n\npreamble\n--b \n\none\n--bc\n x --b\n--b\n\ntwo";
    assert_eq!(
        body(message.as_bytes(), false).text.as_deref(),
        Some("one\n--bc\n x --b\ntwo")
    );
}

proptest::proptest! {
    #[test]
    fn no_message_is_too_odd(pieces in proptest::collection::vec(0usize..12, 0..40), cut in 0usize..2000) {
        let vocabulary = [
            "\n", "\r\n", "--b", "--b--", "--c\n", "Content-Type: multipart/mixed; boundary=b\n", "\n\n",
            "Content-Type: multipart/alternative; boundary=\"c\"\n", "Content-Transfer-Encoding: base64\n", "QUJD=",
            "Content-Type: message/rfc822\n", "=?utf-8?Q?=C3",
        ];
        let text: String = pieces.iter().map(|&at| vocabulary[at]).collect();
        let bytes = &text.as_bytes()[..cut.min(text.len())];
        let structure = Structure::read(bytes);
        let found = body(bytes, false);
        proptest::prop_assert!(found.attachments.len() <= structure.parts.len());
        proptest::prop_assert!(structure.text.iter().chain(&structure.html).all(|&at| at < structure.parts.len()));
    }
}
