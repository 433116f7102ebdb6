use super::*;
use proptest::prelude::*;

fn normal(text: &str) -> String {
    Address::parse(text).map_or(String::new(), |a| a.as_str().to_owned())
}

#[test]
fn normal_forms() {
    let long_local = "a".repeat(900);
    let long = format!("{long_local}@x");
    let too_long = format!("{}@x", "a".repeat(999));
    let cases = [
        ("Ann.Beck@Example.COM", "ann.beck@example.com"),
        ("  a@b \n", "a@b"),
        ("<a@b>", "a@b"),
        ("< mailto:a@b >", "a@b"),
        ("a@b;", "a@b"),
        ("a@b,", "a@b"),
        ("a@b.example.", "a@b.example"),
        ("'a@b'", "a@b"),
        ("o'brien@x", "o'brien@x"),
        ("ann(c)@x (Ann)", "ann@x"),
        ("ann . beck @ x . y", "ann.beck@x.y"),
        ("\"ann.beck\"@x", "ann.beck@x"),
        ("\"ann beck\"@X", "\"ann beck\"@x"),
        ("\"a\\\"b\"@x", "\"a\\\"b\"@x"),
        ("\"a\\b\"@x", "ab@x"),
        ("\"first\".\"last\"@x", "first.last@x"),
        ("\"a@b\"@c", "\"a@b\"@c"),
        ("\"\"@x", "\"\"@x"),
        ("a..b@x", "a..b@x"),
        (".a.@x", ".a.@x"),
        ("a@[1.2.3.4]", "a@[1.2.3.4]"),
        ("a@(c)[1.2.3.4]", "a@[1.2.3.4]"),
        ("a@[IPv6:::1]", "a@[ipv6:::1]"),
        ("a@under_score.example", "a@under_score.example"),
        ("a@bücher.example", "a@xn--bcher-kva.example"),
        ("a@XN--BCHER-KVA.example", "a@xn--bcher-kva.example"),
        ("a@bu\u{308}cher.example", "a@xn--bcher-kva.example"),
        ("a@straße.example", "a@xn--strae-oqa.example"),
        ("a@例え。example", "a@xn--r8jz45g.example"),
        ("a@xn--zzzzzz--.example", "a@xn--zzzzzz--.example"),
        ("DÖRTE@x", "dörte@x"),
        ("do\u{308}rte@x", "dörte@x"),
        ("a\u{37e}b@x", "\"a;b\"@x"),
        (&long, &long),
        (&too_long, ""),
        ("", ""),
        ("a", ""),
        ("@x", ""),
        ("a@", ""),
        ("a@.", ""),
        ("a@x..y", ""),
        ("a@b@c", ""),
        ("a@b c", ""),
        ("a b@c", ""),
        ("Ann <a@b>", ""),
        ("a@b, c@d", ""),
        ("a\0b@x", ""),
        ("\"a\0b\"@x", ""),
        ("a@x\u{1}y", ""),
        ("a\\b@x", ""),
        ("\"a\"b@x", ""),
        ("a@[1.2.3.4", ""),
        ("a@[]", ""),
        ("=?a?q?x @ y?=", "=?a?q?x@y?="),
    ];
    for (text, form) in cases {
        assert_eq!(normal(text), form, "{text:?}");
    }
}

#[test]
fn invisible_characters() {
    for (text, form) in [
        ("\u{200b}ann@x.example", "ann@x.example"),
        ("ann\u{ad}@x.example\u{200e}", "ann@x.example"),
        (
            "\u{202a}dörte@bücher.example\u{202c}",
            "dörte@xn--bcher-kva.example",
        ),
        ("ann@x\u{200b}.example", "ann@x.example"),
        ("\u{200b}@x.example", ""),
        ("ann@\u{feff}", ""),
    ] {
        assert_eq!(normal(text), form, "{text:?}");
    }
}

#[test]
fn cells_hold_an_address_or_a_mailbox() {
    for (cell, form) in [
        ("ann@x.example", "ann@x.example"),
        ("Ann Beck <ann@x.example>", "ann@x.example"),
        ("\"Beck, Ann\" <Ann@x.example>", "ann@x.example"),
        ("Beck, Ann <ann@x.example>", "ann@x.example"),
        ("ann@x.example (Ann Beck)", "ann@x.example"),
        ("\u{feff}<ann@x.example>", "ann@x.example"),
        ("Ann Beck", ""),
        ("\"ann@x.example\"", ""),
        ("Ann <ann@x.example>, Bob <bob@x.example>", ""),
        ("Ann <>", ""),
    ] {
        let address = Address::of_cell(cell);
        let found = address.as_ref().map_or("", Address::as_str);
        assert_eq!(found, form, "{cell:?}");
    }
}

#[test]
fn domains() {
    let cases = [
        ("Example.COM.", Some("example.com")),
        (" bücher.example ", Some("xn--bcher-kva.example")),
        ("[1.2.3.4]", Some("[1.2.3.4]")),
        ("", None),
        (".", None),
        (".example", None),
        ("a b", None),
        ("a@b", None),
        ("a,b", None),
    ];
    for (text, domain) in cases {
        assert_eq!(normal_domain(text).as_deref(), domain, "{text:?}");
    }
}

#[test]
fn equivalences() {
    let cases = [
        ("a@d", "A@D.", Some(None)),
        ("a+x@d", "a@d", Some(Some("plus-tag"))),
        ("a+x@d", "a+y+z@d", Some(Some("plus-tag"))),
        ("+x@d", "a@d", None),
        ("a.b@d", "ab@d", None),
        ("a.b@gmail.com", "ab@gmail.com", Some(Some("gmail-dots"))),
        (
            "ab@googlemail.com",
            "ab@gmail.com",
            Some(Some("gmail-dots")),
        ),
        (
            "a.b+x@googlemail.com",
            "ab@gmail.com",
            Some(Some("plus-tag+gmail-dots")),
        ),
        (
            "a.b+x.y@gmail.com",
            "ab+xy@gmail.com",
            Some(Some("plus-tag+gmail-dots")),
        ),
        ("..@gmail.com", ".@gmail.com", None),
        ("a@d", "a@e", None),
        ("\"a b+c\"@d", "\"a b\"@d", None),
    ];
    for (one, other, expected) in cases {
        let one = Address::parse(one).expect(one);
        let other = Address::parse(other).expect(other);
        for (one, other) in [(&one, &other), (&other, &one)] {
            let found = one.equivalence_with(other).map(Equivalence::label);
            assert_eq!(found, expected, "{one:?} {other:?}");
        }
    }
}

#[test]
fn equivalence_sets() {
    let set = |plus_tag, gmail_dots| Equivalence {
        plus_tag,
        gmail_dots,
    };
    assert!(Equivalence::EXACT.is_exact() && !set(true, false).is_exact());
    assert!(Equivalence::EXACT.allows(Equivalence::EXACT));
    assert!(!Equivalence::EXACT.allows(set(true, false)));
    assert!(set(true, true).allows(set(false, true)));
    assert!(!set(true, false).allows(set(true, true)));
}

/// Text made of what matters to the parser.
pub(crate) fn hostile() -> impl Strategy<Value = String> {
    let pieces = prop::sample::select(vec![
        "a", "B", "é", "u\u{308}", "İ", "Σ", "\u{37e}", "。", "ẞ", "xn--", "=?u?q?", "?=", "=40",
        "\"", "\\", "(", ")", "<", ">", "[", "]", "@", ",", ";", ":", ".", "'", " ", "\t", "\r\n",
        "\0", "\u{200d}", "\u{a0}", "mailto:", "+", "_", "-", "K", "ſ",
    ]);
    prop::collection::vec(pieces, 0..24).prop_map(|pieces| pieces.concat())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2_000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn normal_form_is_stable(text in prop_oneof![hostile(), "\\PC{1,12}@\\PC{1,12}", ".{0,20}"]) {
        if let Some(address) = Address::parse(&text) {
            prop_assert_eq!(Address::parse(address.as_str()), Some(address.clone()));
            let domain = normal_domain(address.domain());
            prop_assert_eq!(domain.as_deref(), Some(address.domain()));
        }
    }

    #[test]
    fn stable_around_an_at(local in hostile(), domain in hostile()) {
        if let Some(address) = Address::parse(&format!("{local}@{domain}")) {
            prop_assert_eq!(Address::parse(address.as_str()), Some(address));
        }
    }

    #[test]
    fn case_does_not_count(text in "[a-zA-Z0-9.+_'\" -]{1,12}@[a-zA-Z0-9.-]{1,12}") {
        prop_assert_eq!(
            Address::parse(&text.to_ascii_uppercase()),
            Address::parse(&text.to_ascii_lowercase())
        );
    }
}
