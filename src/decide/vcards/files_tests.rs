use super::*;
use crate::mail::address::Address;
use crate::options::fields::Property;

fn cards(bytes: &[u8]) -> Cards {
    let mut cards = Cards::default();
    read("a.vcf", bytes, &mut cards);
    cards
}

fn values(card: &Card) -> Vec<(&'static str, &str)> {
    let all = Property::ALL.into_iter();
    all.filter_map(|(name, property)| Some((name, card.value(property)?)))
        .collect()
}

type Case<'a> = (&'a str, &'a str, &'a [(&'static str, &'a str)]);

#[test]
fn reads_the_properties_of_versions_3_and_4() {
    let cases: [Case<'_>; 12] = [
        (
            "names",
            "FN:Dr. Ann Lee\nN:Lee;Ann;Mary;Dr.;PhD\nNICKNAME:Annie,An",
            &[
                ("fn", "Dr. Ann Lee"),
                ("n.family", "Lee"),
                ("n.given", "Ann"),
                ("n.additional", "Mary"),
                ("n.prefix", "Dr."),
                ("n.suffix", "PhD"),
                ("nickname", "Annie"),
            ],
        ),
        (
            "folded and escaped",
            "NOTE:one\\, two\\; th\n ree\\nfour",
            &[("note", "one, two; three\nfour")],
        ),
        (
            "several family names",
            "N:de la Cruz,Vega;Ana;;;",
            &[("n.family", "de la Cruz, Vega"), ("n.given", "Ana")],
        ),
        (
            "phones by kind",
            "TEL;TYPE=home:1\nTEL;TYPE=cell,voice:2\nTEL;TYPE=work,fax:3\nTEL;TYPE=WORK:4\nTEL:5",
            &[
                ("tel.work", "4"),
                ("tel.home", "1"),
                ("tel.cell", "2"),
                ("tel.fax", "3"),
            ],
        ),
        (
            "a phone of no kind",
            "TEL;VALUE=uri:tel:+49-30-1",
            &[("tel.work", "+49-30-1")],
        ),
        (
            "the preferred phone",
            "TEL;TYPE=work:1\nTEL;TYPE=work;PREF=1:2",
            &[("tel.work", "2")],
        ),
        (
            "preferred in version 3",
            "TITLE:First\nTITLE;TYPE=pref:Second",
            &[("title", "Second")],
        ),
        (
            "an address",
            "ADR;TYPE=home:;;Home 1;;;;\nADR;TYPE=work:PO 7;Floor 2;Main Street 1,House B;Berlin;BE;10115;Germany",
            &[
                ("adr.pobox", "PO 7"),
                ("adr.ext", "Floor 2"),
                ("adr.street", "Main Street 1, House B"),
                ("adr.locality", "Berlin"),
                ("adr.region", "BE"),
                ("adr.code", "10115"),
                ("adr.country", "Germany"),
            ],
        ),
        (
            "a company",
            "ORG:Fabrikam\\; Inc.;Sales\nROLE:Buyer",
            &[
                ("org", "Fabrikam; Inc."),
                ("org.unit", "Sales"),
                ("role", "Buyer"),
            ],
        ),
        ("a birthday", "BDAY:19800412", &[("bday", "1980-04-12")]),
        (
            "a birthday in version 3",
            "BDAY:1980-04-12T00:00:00Z",
            &[("bday", "1980-04-12")],
        ),
        (
            "groups and unknown properties",
            "item1.URL:https://x.example/a,b\nitem1.X-ABLABEL:x\nX-Y:z",
            &[("url", "https://x.example/a,b")],
        ),
    ];
    for (case, lines, want) in cases {
        for version in ["3.0", "4.0"] {
            if case.contains("version 3") && version == "4.0" {
                continue;
            }
            for end in ["\n", "\r\n"] {
                let text = format!("BEGIN:VCARD\nVERSION:{version}\n{lines}\nEND:VCARD\n");
                let cards = cards(text.replace('\n', end).as_bytes());
                assert_eq!(cards.warnings, [""; 0], "{case}");
                assert_eq!(values(&cards.cards[0]), want, "{case} {version}");
            }
        }
    }
}

#[test]
fn the_address_of_the_record_is_the_first() {
    let text = "BEGIN:VCARD\nVERSION:4.0\nEMAIL:a@x.example\nEMAIL;PREF=1:B@x.example\nEMAIL:mailto:c@x.example\nEMAIL:A@X.example\nEND:VCARD\n";
    let cards = cards(text.as_bytes());
    let email = |own: &str, number| {
        let own = Address::parse(own).unwrap();
        cards.of(&own).unwrap().email(number, &own)
    };
    let three = |own| [1, 2, 3, 4].map(|number| email(own, number));
    assert_eq!(
        three("a@x.example"),
        [None, Some("B@x.example"), Some("c@x.example"), None]
    );
    assert_eq!(
        three("b@x.example"),
        [None, Some("a@x.example"), Some("c@x.example"), None]
    );
}

#[test]
fn what_is_odd_is_reported_with_its_line() {
    let good = "BEGIN:VCARD\nVERSION:4.0\nFN:A\nEMAIL:a@x.example\nEND:VCARD\n";
    let cases: [(&str, String, usize, &[&str]); 10] = [
        (
            "two cards",
            format!("{good}\n{}", good.replace("a@", "b@")),
            2,
            &[],
        ),
        (
            "one address twice",
            format!("{good}{good}"),
            2,
            &["a.vcf:6: `a@x.example` is on another card too, a.vcf:1,"],
        ),
        (
            "the words within a folded line",
            good.replace("FN:A", "NOTE:a\n END:VCARD\n BEGIN:VCARD\nFN:A"),
            1,
            &[],
        ),
        (
            "cut off",
            format!("{good}BEGIN:VCARD\nFN:B\nTEL:+49 3"),
            2,
            &["a.vcf:6: the vCard is cut off at line 8"],
        ),
        (
            "cut off in the middle",
            format!("BEGIN:VCARD\nFN:B\n{good}"),
            2,
            &["a.vcf:1: the vCard is cut off at line 2"],
        ),
        (
            "none",
            "Hello\nworld\n".into(),
            0,
            &["a.vcf:1: is not a vCard"],
        ),
        ("text before", format!("\nHello\n{good}"), 1, &[]),
        ("empty", String::new(), 0, &["a.vcf: is empty"]),
        (
            "no address",
            good.replace("a@x", "a x"),
            1,
            &["a.vcf:1: `a x.example` is not a valid address"],
        ),
        (
            "half a birthday",
            good.replace("FN:A", "FN:A\nBDAY:--0412"),
            1,
            &["a.vcf:1: the birthday is not a complete date"],
        ),
    ];
    for (case, text, count, want) in cases {
        let cards = cards(text.as_bytes());
        assert_eq!(cards.len(), count, "{case}");
        if case == "text before" {
            continue;
        }
        assert_eq!(
            cards.warnings.len(),
            want.len(),
            "{case}: {:?}",
            cards.warnings
        );
        for (got, want) in cards.warnings.iter().zip(want) {
            assert!(got.starts_with(want), "{case}: {got}");
        }
    }
    let cut = cards(b"BEGIN:VCARD\nFN:B\nTEL:+49 3");
    assert_eq!(values(&cut.cards[0]), [("fn", "B")]);
}

#[test]
fn a_charset_is_taken_as_it_is() {
    let card = |name: &[u8], parameter: &str| {
        let mut text = format!("BEGIN:VCARD\r\nVERSION:3.0\r\nFN{parameter}:").into_bytes();
        text.extend_from_slice(name);
        text.extend_from_slice(b"\r\nEND:VCARD\r\n");
        text
    };
    let utf16: Vec<u8> = [0xff, 0xfe]
        .into_iter()
        .chain(
            String::from_utf8(card("Jürgen".as_bytes(), ""))
                .unwrap()
                .encode_utf16()
                .flat_map(u16::to_le_bytes),
        )
        .collect();
    let cases: [(Vec<u8>, &str, usize); 5] = [
        (card("Jürgen".as_bytes(), ""), "Jürgen", 0),
        (
            [b"\xef\xbb\xbf", &*card("Jürgen".as_bytes(), "")].concat(),
            "Jürgen",
            0,
        ),
        (utf16, "Jürgen", 0),
        (card(b"J\xfcrgen", ""), "Jürgen", 1),
        (card(b"\xce\xcf\xc9\xce", ";CHARSET=KOI8-R"), "ноин", 0),
    ];
    for (bytes, want, warnings) in cases {
        let cards = cards(&bytes);
        assert_eq!(
            cards.warnings.len(),
            warnings,
            "{want}: {:?}",
            cards.warnings
        );
        assert_eq!(
            cards.cards[0].value(Property::Fn).map(str::to_lowercase),
            Some(want.to_lowercase())
        );
    }
}

proptest::proptest! {
    /// Arbitrary bytes cause no panic, and every `BEGIN:VCARD` line gives a card or a warning, unless it continues the
    /// line before it.
    #[test]
    fn any_bytes_are_read(parts in proptest::collection::vec("(BEGIN:VCARD\n)|(END:VCARD\n)|(N:;;,a\n)|(TEL;:\n)|(EMAIL;PREF=:a@b\n)|([ -~äß\n]{0,9})", 0..12)) {
        let text = parts.concat();
        let begins = text.lines().filter(|line| line.trim_end() == "BEGIN:VCARD").count();
        let cards = cards(text.as_bytes());
        let told = cards.warnings.iter().filter(|it| it.contains("cannot be read, and is left out"));
        proptest::prop_assert_eq!(cards.len() + told.count(), begins);
    }
}
