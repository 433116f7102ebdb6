use super::*;

fn rules() -> NameRules {
    toml::from_str(include_str!("../../../rules/names.toml")).expect("names.toml")
}

fn check(cases: &[(&str, &str, &str, &str)]) {
    let rules = rules();
    for &(name, full, first, last) in cases {
        let parted = split(name, None, &rules);
        let found = (
            parted.full.as_str(),
            parted.first.as_deref().unwrap_or(""),
            parted.last.as_str(),
        );
        assert_eq!(found, (full, first, last), "{name}");
        assert_ne!(parted.first.as_deref(), Some(""), "{name}");
    }
}

#[test]
fn split_people() {
    // name, full, first, last
    check(&[
        ("Ann Beck", "Ann Beck", "Ann", "Beck"),
        ("Beck, Ann", "Ann Beck", "Ann", "Beck"),
        ("Smith,John", "John Smith", "John", "Smith"),
        (", Beck, Ann,", "Ann Beck", "Ann", "Beck"),
        ("Beck,", "Beck", "", "Beck"),
        ("Mary Ann Smith", "Mary Ann Smith", "Mary Ann", "Smith"),
        ("Smith, John Q.", "John Q. Smith", "John Q.", "Smith"),
        (
            "von der Leyen, Ursula",
            "Ursula von der Leyen",
            "Ursula",
            "von der Leyen",
        ),
        (
            "Ursula von der Leyen",
            "Ursula von der Leyen",
            "Ursula",
            "von der Leyen",
        ),
        (
            "de la Cruz, Maria",
            "Maria de la Cruz",
            "Maria",
            "de la Cruz",
        ),
        (
            "Berg, Jan van den",
            "Jan van den Berg",
            "Jan",
            "van den Berg",
        ),
        ("Gerard 't Hooft", "Gerard 't Hooft", "Gerard", "'t Hooft"),
        ("O'Brien, Pat", "Pat O'Brien", "Pat", "O'Brien"),
        ("John V. Smith", "John V. Smith", "John V.", "Smith"),
        ("John E Smith", "John E Smith", "John E", "Smith"),
        ("Dr. Ann Beck", "Dr. Ann Beck", "Dr. Ann", "Beck"),
        ("Beck, Dr. Ann", "Dr. Ann Beck", "Dr. Ann", "Beck"),
    ]);
}

#[test]
fn split_suffixes() {
    // name, full, first, last
    check(&[
        ("John Smith, Jr.", "John Smith, Jr.", "John", "Smith"),
        ("John Smith Jr.", "John Smith Jr.", "John", "Smith"),
        ("Smith Jr., John", "John Smith Jr.", "John", "Smith"),
        ("Smith, John, PhD", "John Smith, PhD", "John", "Smith"),
        ("Smith, John, Ph.D.", "John Smith, Ph.D.", "John", "Smith"),
        ("Smith, John, Ph. D.", "John Smith, Ph. D.", "John", "Smith"),
        ("Smith, PhD, John", "John Smith, PhD", "John", "Smith"),
        (
            "Smith, John, MD, PhD",
            "John Smith, MD, PhD",
            "John",
            "Smith",
        ),
        ("John Smith, MD PhD", "John Smith, MD PhD", "John", "Smith"),
        ("Smith, John, Sales", "John Smith", "John", "Smith"),
        (
            "Ludwig van Beethoven III",
            "Ludwig van Beethoven III",
            "Ludwig",
            "van Beethoven",
        ),
        ("Jr.", "Jr.", "", "Jr."),
        ("Jack Ma", "Jack Ma", "Jack", "Ma"),
        ("JACK MA", "JACK MA", "JACK", "MA"),
        ("Jack MA", "Jack MA", "Jack", "MA"),
        ("MA, JACK", "JACK MA", "JACK", "MA"),
        ("JACK SMITH MA", "JACK SMITH MA", "JACK", "SMITH"),
        ("JACK MA MBA", "JACK MA MBA", "JACK", "MA"),
        ("RICARDO SA", "RICARDO SA", "RICARDO", "SA"),
        ("Ma, Jack", "Jack Ma", "Jack", "Ma"),
        ("Nilsson, Asa", "Asa Nilsson", "Asa", "Nilsson"),
    ]);
}

#[test]
fn split_companies() {
    // name, full, first, last
    check(&[
        ("Acme, Inc.", "Acme, Inc.", "", "Acme, Inc."),
        ("Acme,Inc", "Acme, Inc", "", "Acme, Inc"),
        ("Acme GmbH", "Acme GmbH", "", "Acme GmbH"),
        ("ACME GMBH", "ACME GMBH", "", "ACME GMBH"),
        ("Acme Corp.", "Acme Corp.", "", "Acme Corp."),
        ("Acme S.A.", "Acme S.A.", "", "Acme S.A."),
        ("Acme SA", "Acme SA", "", "Acme SA"),
        ("NORD METAL SA", "NORD METAL SA", "", "NORD METAL SA"),
        ("NORDMETAL AG", "NORDMETAL AG", "", "NORDMETAL AG"),
        ("Acme Sp. z o.o.", "Acme Sp. z o.o.", "", "Acme Sp. z o.o."),
        ("Acme Sdn. Bhd.", "Acme Sdn. Bhd.", "", "Acme Sdn. Bhd."),
        (
            "Fabrikam GmbH & Co. KG",
            "Fabrikam GmbH & Co. KG",
            "",
            "Fabrikam GmbH & Co. KG",
        ),
        ("GmbH", "GmbH", "", "GmbH"),
        ("Ricardo Sa", "Ricardo Sa", "Ricardo", "Sa"),
    ]);
}

#[test]
fn split_single_words() {
    // name, full, first, last
    check(&[
        ("Beck", "Beck", "", "Beck"),
        ("von", "von", "", "von"),
        ("van der", "van der", "", "van der"),
        ("von Neumann", "von Neumann", "", "von Neumann"),
        ("Van Morrison", "Van Morrison", "Van", "Morrison"),
        ("王小明", "王小明", "", "王小明"),
        ("محمد علي", "محمد علي", "محمد", "علي"),
        ("", "", "", ""),
        (" , ", "", "", ""),
    ]);
}

#[test]
fn doubtful_names() {
    let cases = [
        ("Ann Beck", false),
        ("One Two Three Four Five", false),
        ("One Two Three Four Five Six", true),
        ("Ann a@x", true),
        ("Re: Ann", true),
        ("M??ller", true),
        ("Who?", false),
        ("M\u{FFFD}ller", true),
    ];
    for (name, doubtful) in cases {
        assert_eq!(is_doubtful(name), doubtful, "{name}");
    }
}

#[test]
fn names_from_addresses() {
    let cases = [
        ("anna.ray@x", "Anna Ray", "Anna", "Ray"),
        ("Anna_Ray@x", "Anna Ray", "Anna", "Ray"),
        ("anna.b.ray@x", "Anna B Ray", "Anna B", "Ray"),
        ("anna.ray+news@x", "Anna Ray", "Anna", "Ray"),
        ("piet.van.dam@x", "Piet van Dam", "Piet", "van Dam"),
        ("de.la.cruz@x", "de la Cruz", "", "de la Cruz"),
        ("van.dam@x", "Van Dam", "Van", "Dam"),
        ("john.smith.jr@x", "John Smith Jr", "John", "Smith"),
        ("jack.ma@x", "Jack Ma", "Jack", "Ma"),
        ("émile.zola@x", "Émile Zola", "Émile", "Zola"),
        ("a.b.c.d@x", "a.b.c.d", "", "a.b.c.d"),
        ("anna.ray2@x", "anna.ray2", "", "anna.ray2"),
        ("anna..ray@x", "anna..ray", "", "anna..ray"),
        ("info+tag@x", "info", "", "info"),
        ("+tag@x", "+tag", "", "+tag"),
        ("info@x", "info", "", "info"),
        ("\"ann beck\"@x", "ann beck", "", "ann beck"),
        ("\" \"@x", "\" \"@x", "", "\" \"@x"),
    ];
    for (text, full, first, last) in cases {
        let address = Address::parse(text).expect(text);
        let name = from_address(&address, &rules());
        let found = (
            name.full.as_str(),
            name.first.as_deref().unwrap_or(""),
            name.last.as_str(),
        );
        assert_eq!(found, (full, first, last), "{text}");
    }
}

#[test]
fn rules_refuse_unknown_keys() {
    let text = "suffixes = []\ncompanies = []\nparticles = []\nother = []";
    assert!(toml::from_str::<NameRules>(text).is_err());
}

#[test]
fn the_address_distinguishes_a_person_from_a_company() {
    // name, address, full, first, last
    for (name, address, full, first, last) in [
        (
            "Ann Beck, Fabrikam",
            "ann.beck@x",
            "Ann Beck",
            "Ann",
            "Beck",
        ),
        (
            "Ann Beck, Fabrikam GmbH",
            "annbeck@x",
            "Ann Beck",
            "Ann",
            "Beck",
        ),
        ("Ann Beck, CEO", "a.beck@x", "Ann Beck", "Ann", "Beck"),
        ("Ann Beck, Sales", "beck_ann@x", "Ann Beck", "Ann", "Beck"),
        (
            "Ann Beck, PhD, Fabrikam",
            "ann.beck@x",
            "Ann Beck, PhD",
            "Ann",
            "Beck",
        ),
        (
            "Piet van Dam, Fabrikam",
            "piet.dam@x",
            "Piet van Dam",
            "Piet",
            "van Dam",
        ),
        (
            "Fabrikam, Ann Beck",
            "ann.beck@x",
            "Ann Beck",
            "Ann",
            "Beck",
        ),
        ("Beck, Ann", "ann.beck@x", "Ann Beck", "Ann", "Beck"),
        ("Beck, Ann", "beck@x", "Ann Beck", "Ann", "Beck"),
        (
            "von der Leyen, Ursula",
            "vonderleyen@x",
            "Ursula von der Leyen",
            "Ursula",
            "von der Leyen",
        ),
        (
            "Ann Beck, Fabrikam",
            "info@x",
            "Fabrikam Ann Beck",
            "Fabrikam Ann",
            "Beck",
        ),
    ] {
        let address = Address::parse(address).expect(address);
        let found = split(name, Some(&address), &rules());
        let found = (
            found.full.as_str(),
            found.first.as_deref(),
            found.last.as_str(),
        );
        assert_eq!(found, (full, Some(first), last), "{name}");
    }
}
