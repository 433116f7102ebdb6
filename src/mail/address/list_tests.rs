use super::*;
use crate::mail::address::addr_spec::tests::hostile;
use proptest::prelude::*;

/// Stands in for a decoder of RFC 2047: q-encoding of ASCII, adjacent words joined.
fn decode(text: &str) -> String {
    let mut out = String::new();
    for (place, part) in text.split("=?u?q?").enumerate() {
        let (word, rest) = match part.split_once("?=") {
            Some(both) if place > 0 => both,
            _ => ("", part),
        };
        let word = word.replace('_', " ").replace("=2C", ",");
        out.push_str(&word.replace("=40", "@").replace("=22", "\""));
        if !rest.trim().is_empty() {
            out.push_str(rest);
        }
    }
    out
}

/// The mailboxes as `name <normal form>`, or `name !written` if there is no address.
fn listed(field: &str) -> Vec<String> {
    let shown = |m: Mailbox| {
        let name = m.name.unwrap_or_default();
        match m.address {
            Some(address) => format!("{name} <{}>", address.as_str()),
            None => format!("{name} !{}", m.written),
        }
    };
    let found = parse_list(field, &decode);
    found.into_iter().map(shown).collect()
}

fn check(cases: &[(&str, &[&str])]) {
    for (field, expected) in cases {
        assert_eq!(&listed(field), expected, "{field:?}");
    }
}

#[test]
fn one_mailbox() {
    check(&[
        ("a@b", &[" <a@b>"]),
        ("<a@b>", &[" <a@b>"]),
        ("<<a@b>>", &[" <a@b>"]),
        ("Ann Beck <a@b>", &["Ann Beck <a@b>"]),
        ("a@b (Ann Beck)", &["Ann Beck <a@b>"]),
        ("Ann Beck <a@b> (comment)", &["Ann Beck <a@b>"]),
        ("<a@b> (comment)", &["comment <a@b>"]),
        ("(c) <a@b>", &["c <a@b>"]),
        ("<a@b> Ann", &["Ann <a@b>"]),
        ("Ann (Anni) Beck <a@b>", &["Ann (Anni) Beck <a@b>"]),
        ("\"Beck, Ann\" <a@b>", &["Beck, Ann <a@b>"]),
        ("'a@b' <a@b>", &["a@b <a@b>"]),
        ("\"a@b\" <a@b>", &["a@b <a@b>"]),
        ("a@b <a@b>", &["a@b <a@b>"]),
        ("\"'Ann'\" <a@b>", &["Ann <a@b>"]),
        ("''Ann'' <a@b>", &["Ann <a@b>"]),
        (
            "\"Ann \\\"The\\\" Beck\" <a@b>",
            &["Ann \"The\" Beck <a@b>"],
        ),
        ("Ann \"The\" Beck <a@b>", &["Ann The Beck <a@b>"]),
        ("\\\"Ann Beck\\\" <a@b>", &["Ann Beck <a@b>"]),
        ("Ann <a@b", &["Ann <a@b>"]),
        ("Ann a@b>", &["Ann <a@b>"]),
        ("Ann Beck a@b", &["Ann Beck <a@b>"]),
        ("Ann [mailto:a@b]", &["Ann <a@b>"]),
        ("Ann <mailto:a@b>", &["Ann <a@b>"]),
        ("mailto:a@b", &[" <a@b>"]),
        ("SMTP:a@b", &[" <a@b>"]),
        ("<@r1,@r2:a@b>", &[" <a@b>"]),
        ("Ann <Beck> <a@b>", &["Ann <Beck> <a@b>"]),
        ("Ann <a@b.>", &["Ann <a@b>"]),
        ("Ann <a@b,>", &["Ann <a@b>"]),
        ("Ann <'a@b'>", &["Ann <a@b>"]),
        ("Ann <\"ann beck\"@b>", &["Ann <\"ann beck\"@b>"]),
        ("Ann\r\n Beck\r\n\t<a@b>", &["Ann Beck <a@b>"]),
        ("Ann\0Beck <a@b>", &["AnnBeck <a@b>"]),
        ("Re: Ann <a@b>", &["Ann <a@b>"]),
        ("\u{a0}Ann\u{a0}<a@b>\u{a0}", &["Ann <a@b>"]),
        (":( Ann <a@b>", &["( Ann <a@b>"]),
        ("a@[1.2.3.4]", &[" <a@[1.2.3.4]>"]),
        (
            "IMCEANOTES-x_40E@e.example",
            &[" <imceanotes-x_40e@e.example>"],
        ),
        ("cal(foo\\)bar)@x (c(d)e)", &["c(d)e <cal@x>"]),
    ]);
}

#[test]
fn encoded_words() {
    check(&[
        ("=?u?q?Beck=2C_Ann?= <a@b>", &["Beck, Ann <a@b>"]),
        (
            "=?u?q?Beck,_Ann?= <a@b>, c@d",
            &["Beck, Ann <a@b>", " <c@d>"],
        ),
        ("=?u?q?Be?= =?u?q?ck?= <a@b>", &["Beck <a@b>"]),
        ("\"=?u?q?Beck=2C_Ann?=\" <a@b>", &["Beck, Ann <a@b>"]),
        ("=?u?q?=22Ann=22?= <a@b>", &["Ann <a@b>"]),
        ("a@b (=?u?q?Ann_B?=)", &["Ann B <a@b>"]),
        ("=?u?q?Ann?=", &["Ann !=?u?q?Ann?="]),
    ]);
}

#[test]
fn several_mailboxes() {
    check(&[
        ("Doe, John <j@x>", &["Doe, John <j@x>"]),
        ("Doe, John, PhD <j@x>", &["Doe, John, PhD <j@x>"]),
        ("a@x, John <j@x>", &[" <a@x>", "John <j@x>"]),
        ("ann, bob@x", &["ann !ann", " <bob@x>"]),
        (
            "a, b, c, d, Eve <e@x>",
            &["a !a", "b !b", "c !c", "d, Eve <e@x>"],
        ),
        ("Ann Beck, <a@x>", &["Ann Beck <a@x>"]),
        ("Doe, John, <j@x>", &["Doe, John <j@x>"]),
        ("\"Ann\" , <a@x>, Bob, <b@x>", &["Ann <a@x>", "Bob <b@x>"]),
        ("a@x, Ann, <b@x>", &[" <a@x>", "Ann <b@x>"]),
        ("a@x; Ann <b@x>;c@x", &[" <a@x>", "Ann <b@x>", " <c@x>"]),
        (
            "Doe, J <j@x>; Roe, K <k@x>",
            &["Doe, J <j@x>", "Roe, K <k@x>"],
        ),
        ("a@x b@x", &[" <a@x>", " <b@x>"]),
        ("A <a@x> B <b@x>", &["A <a@x>", "B <b@x>"]),
        ("A <a@x, B <b@x>", &["A <a@x>", "B <b@x>"]),
        ("A <a@x, b@x>", &["A <a@x>", " <b@x>"]),
        ("a@x,,b@x,", &[" <a@x>", " <b@x>"]),
        ("a@x., b@x", &[" <a@x>", " <b@x>"]),
        ("Team: a@x, B <b@x>;", &[" <a@x>", "B <b@x>"]),
        ("Team: a@x, b@x; c@x", &[" <a@x>", " <b@x>", " <c@x>"]),
        ("Team: a@x", &[" <a@x>"]),
        ("\"Ann <a@x>, \"Bob\" <b@x>", &["\"Ann <a@x>", "Bob <b@x>"]),
        ("\"Ann <a@x>, b@x", &["\"Ann <a@x>", " <b@x>"]),
        ("Ann\" <a@x>, Bob\" <b@x>", &["Ann\" <a@x>", "Bob\" <b@x>"]),
        ("Ann (x <a@x>, b@x (Bob)", &["Ann (x <a@x>", "Bob <b@x>"]),
    ]);
}

#[test]
fn no_address() {
    check(&[
        ("", &[]),
        (" \r\n ", &[]),
        (",;,", &[]),
        ("<>", &[]),
        ("(comment)", &[]),
        ("undisclosed-recipients:;", &[]),
        ("Undisclosed recipients: ;", &[]),
        ("undisclosed-recipients:", &[]),
        ("undisclosed-recipients:;@x", &[]),
        ("MAILER-DAEMON", &["MAILER-DAEMON !MAILER-DAEMON"]),
        ("Mail <MAILER-DAEMON>", &["Mail !MAILER-DAEMON"]),
        ("postmaster, a@x", &["postmaster !postmaster", " <a@x>"]),
        ("Ann <>", &["Ann !Ann"]),
        ("Ann </O=E/OU=NA/CN=R>", &["Ann !/O=E/OU=NA/CN=R"]),
        ("/O=E/CN=R, a@x", &["/O=E/CN=R !/O=E/CN=R", " <a@x>"]),
        (
            "Ann B/Corp/E@E, a@x",
            &["Ann B/Corp/E@E !Ann B/Corp/E@E", " <a@x>"],
        ),
        ("a@b@c, d@x", &["a@b@c !a@b@c", " <d@x>"]),
        ("Ann <a b@x>", &["Ann !a b@x"]),
        ("a\0b@x", &["ab@x !ab@x"]),
        ("@x, a@", &["@x !@x", "a@ !a@"]),
    ]);
}

#[test]
fn what_only_looks_like_an_address_is_none() {
    check(&[
        ("\"a@k\", <b@x>", &["a@k <b@x>"]),
        ("\"a@k\" <b@x>", &["a@k <b@x>"]),
        ("\"Ann <a@k>\" <b@x>", &["Ann <a@k> <b@x>"]),
        ("\"Ann <a@k>\", <b@x>", &["Ann <a@k> <b@x>"]),
        ("=?u?q?a=40k?= <b@x>", &["a@k <b@x>"]),
        ("=?u?q?a=40k?=, <b@x>", &["a@k <b@x>"]),
        ("=?u?q?Ann_<a=40k>=2C?= <b@x>", &["Ann <a@k>, <b@x>"]),
        ("a@k <b@x>", &["a@k <b@x>"]),
        ("(a@k) <b@x>", &["a@k <b@x>"]),
        ("\"a@k\"", &["a@k !\"a@k\""]),
        ("\"Ann <a@k>\"", &["Ann <a@k> !\"Ann <a@k>\""]),
        ("=?u?q?a=40k?=", &["a@k !=?u?q?a=40k?="]),
        ("=?u?q?Ann_<a=40k>?=", &["Ann <a@k> !=?u?q?Ann_<a=40k>?="]),
        ("a@k <>", &["a@k !a@k"]),
        ("a@k <b>", &["a@k !b"]),
        ("\"a@k\" <b>", &["a@k !b"]),
        ("<> a@k", &["a@k !a@k"]),
        ("<b> a@k", &["a@k !b"]),
        ("Ann <\"a@k\">", &["Ann !\"a@k\""]),
        ("<=?u?q?a=40k?=>", &[" !=?u?q?a=40k?="]),
        ("(a@k)", &[]),
        ("(a@k) <>", &[]),
        ("(a@k) b", &["b !(a@k) b"]),
        // What follows is read as ever.
        ("a@k <>, <b@x>", &["a@k !a@k", " <b@x>"]),
        ("<b> Ann <c@x>", &["<b> Ann <c@x>"]),
        ("a@k <b c@x> Ann <d@x>", &["a@k !b c@x", "Ann <d@x>"]),
    ]);
}

#[test]
fn invisible_characters_are_not_part_of_an_address() {
    check(&[
        ("\u{200b}a@x", &[" <a@x>"]),
        ("Ann <\u{202a}a@x\u{202c}>", &["Ann <a@x>"]),
        ("<a\u{ad}nn@x>", &[" <ann@x>"]),
        ("\u{feff} <a@x>", &[" <a@x>"]),
        ("<\u{200e} a@x \u{200f}>", &[" <a@x>"]),
        ("a@b\u{2060}x, \u{200b}", &[" <a@bx>"]),
        ("\u{200b}@x", &["@x !\u{200b}@x"]),
    ]);
    check(&[
        ("\u{202a}Ann\u{202c} Be\u{ad}ck <a@x>", &["Ann Beck <a@x>"]),
        ("\"\u{200b}\" <a@x>", &[" <a@x>"]),
        ("=?u?q?Ann\u{200e}?= <a@x>", &["Ann <a@x>"]),
    ]);
    let found = parse_list("<A\u{200b}nn@x>", &decode);
    assert_eq!(found[0].written, "Ann@x");
}

#[test]
fn written_as_in_the_message() {
    let cases = [
        ("Ann <Ann.B@X.Example>", "Ann.B@X.Example"),
        ("ann(c) . beck @ X", "ann.beck@X"),
        ("<\"Ann B\"@x>", "\"Ann B\"@x"),
        ("<@r:A@b>", "A@b"),
        ("a@Bücher.example", "a@Bücher.example"),
        ("Big   Boss", "Big Boss"),
    ];
    for (field, written) in cases {
        let found = parse_list(field, &decode);
        assert_eq!(found.len(), 1, "{field}");
        assert_eq!(found[0].written, written, "{field}");
    }
}

#[test]
fn long_lists() {
    let list: Vec<String> = (0..100_000).map(|i| format!("N{i} <n{i}@x>")).collect();
    assert_eq!(parse_list(&list.join(", "), &decode).len(), 100_000);
    // Each of these is quadratic in a parser that looks ahead carelessly.
    let hard = [
        "\"",
        "(",
        "((a)",
        "\\(",
        "(\\(",
        "<",
        ">",
        "<a",
        "<a,",
        "<a@b,",
        "@",
        "a@",
        "@[",
        "[",
        "=?",
        "=?u?q?",
        "=?u?q?a=",
        "mailto:",
        "x mailto:",
        "a:",
        "a,",
        "a;",
        ".",
        "a ",
        "\"a\"",
        "<x> ",
        "\"a>,",
        "a@b ",
        "<@r,",
        "(a)",
        "\"a\" @",
        "<a> @",
        "a@b <",
        "=?u?q?a?=",
        "a\">, ",
    ];
    let started = std::time::Instant::now();
    for piece in hard {
        let text = piece.repeat(60_000 / piece.len());
        parse_list(&text, &decode);
        parse_list(&format!("a {text} b@c"), &decode);
        assert!(started.elapsed().as_secs() < 10, "{piece:?}");
    }
}

/// A mailbox in one of the usual forms, with its name and address.
fn mailbox() -> impl Strategy<Value = (String, String, String)> {
    let word = "[A-Z][a-z]{1,6}";
    (word, word, "[a-z]{1,8}", "[a-z]{1,5}\\.example", 0..5_u8).prop_map(
        |(first, last, local, domain, form)| {
            let address = format!("{local}@{domain}");
            let turned = format!("{last}, {first}");
            let plain = format!("{first} {last}");
            match form {
                0 => (format!("\"{turned}\" <{address}>"), turned, address),
                1 => (format!("{address} ({plain})"), plain, address),
                2 => (
                    format!("=?u?q?{last}=2C_{first}?= <{address}>"),
                    turned,
                    address,
                ),
                3 => (format!("{plain} <{address}> (c, d@e)"), plain, address),
                _ => (address.clone(), String::new(), address),
            }
        },
    )
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2_000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_text_is_read(text in prop_oneof![hostile(), ".{0,60}"]) {
        for mailbox in parse_list(&text, &decode) {
            prop_assert!(!mailbox.written.contains(char::is_control));
            if let Some(address) = mailbox.address {
                let address = address.into_address();
                prop_assert_eq!(Address::parse(address.as_str()), Some(address));
            }
        }
    }

    #[test]
    fn lists_give_their_mailboxes(boxes in prop::collection::vec(mailbox(), 0..8)) {
        let field: Vec<&str> = boxes.iter().map(|(text, _, _)| text.as_str()).collect();
        let field = field.join(", ");
        let found = parse_list(&field, &decode);
        prop_assert_eq!(found.len(), boxes.len());
        for (found, (_, name, address)) in found.iter().zip(&boxes) {
            prop_assert_eq!(found.name.as_deref().unwrap_or(""), name.as_str());
            prop_assert_eq!(&found.written, address);
        }
    }
}
