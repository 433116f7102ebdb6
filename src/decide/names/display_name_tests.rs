use super::*;
use crate::mail::envelope::party::is_on_behalf;

fn cleaned(display: &str, address: &str) -> String {
    let address = Address::parse(address).expect(address);
    clean(display, &address).unwrap_or_default()
}

fn check(address: &str, cases: &[(&str, &str)]) {
    for (display, name) in cases {
        assert_eq!(cleaned(display, address), *name, "{display:?}");
    }
}

#[test]
fn quotes_and_white_space() {
    check(
        "a@x.example",
        &[
            ("Ann Beck", "Ann Beck"),
            ("  Ann \t  Beck\r\n", "Ann Beck"),
            ("\"Ann Beck\"", "Ann Beck"),
            ("'Smith, John'", "Smith, John"),
            ("\"'Ann'\"", "Ann"),
            ("“Ann Beck”", "Ann Beck"),
            ("„Ann Beck“", "Ann Beck"),
            ("«Ann Beck»", "Ann Beck"),
            ("\"Ann Beck", "Ann Beck"),
            ("Ann Beck\"", "Ann Beck"),
            ("Ann \"The\" Beck", "Ann \"The\" Beck"),
            ("'t Hooft, Gerard", "'t Hooft, Gerard"),
            ("O'Brien, Pat", "O'Brien, Pat"),
            ("Ann\0 Be\u{7}ck", "Ann Beck"),
            ("Ann Beck,", "Ann Beck"),
            ("\"\"", ""),
            ("\"", ""),
            ("'\"'\"'", ""),
            ("", ""),
        ],
    );
}

#[test]
fn endings() {
    check(
        "a@x.example",
        &[
            ("Smith, John (Acme)", "Smith, John"),
            ("Smith, John (Acme (UK))", "Smith, John"),
            ("Smith, John (Acme) (Sales)", "Smith, John"),
            ("Ann (Anni) Beck", "Ann (Anni) Beck"),
            ("(Ann Beck)", "Ann Beck"),
            ("王小明（会社）", "王小明"),
            ("Ann Beck [Extern]", "Ann Beck"),
            ("Ann Beck [EXT] (Acme)", "Ann Beck"),
            ("[Ann Beck]", "Ann Beck"),
            ("[EXTERN] Ann Beck", "Ann Beck"),
            ("Ann Beck via Google Docs", "Ann Beck"),
            ("'Ann Beck' via Team", "Ann Beck"),
            ("'Ann Beck (Acme)' via Team", "Ann Beck"),
            ("Ann Via", "Ann Via"),
            ("Ann Beck)", "Ann Beck)"),
            ("via Docs", ""),
            ("via", ""),
            ("()", ""),
            ("Ann Beck | Fabrikam", "Ann Beck"),
            ("Ann Beck |Fabrikam", "Ann Beck"),
            ("Ann Beck| Fabrikam", "Ann Beck"),
            ("Ann Beck | Fabrikam | Berlin", "Ann Beck"),
            ("Ann Beck - Marketing", "Ann Beck"),
            ("Ann Beck – Fabrikam", "Ann Beck"),
            ("Ann Beck — Fabrikam - Berlin", "Ann Beck"),
            ("Ann Beck -- Fabrikam", "Ann Beck"),
            ("Smith, John - Marketing", "Smith, John"),
            ("- Ann Beck", "Ann Beck"),
            ("Anne-Marie Beck-Cole", "Anne-Marie Beck-Cole"),
            ("Ann Beck -", "Ann Beck"),
        ],
    );
}

#[test]
fn lotus_units() {
    check(
        "a@x.example",
        &[
            ("Ann Beck/BER/Fabrikam", "Ann Beck"),
            ("Ann Beck/Fabrikam", "Ann Beck"),
            ("Ann Beck/BER/Fabrikam@Fabrikam", "Ann Beck"),
            ("CN=Ann Beck/OU=BER/O=Fabrikam", "Ann Beck"),
            ("Beck/BER/Fabrikam", "Beck"),
            ("Nord Metal A/S", "Nord Metal A/S"),
            ("Ann Beck c/o Fabrikam", "Ann Beck c/o Fabrikam"),
            ("HR/Payroll", "HR/Payroll"),
        ],
    );
}

#[test]
fn addresses_and_local_parts() {
    check(
        "ann.beck@x.example",
        &[
            ("ann.beck@x.example", ""),
            ("'Ann.Beck@x.example'", ""),
            ("<ann.beck@x.example>", ""),
            ("ann.beck@x.example (Acme)", ""),
            ("Ann Beck ann.beck@x.example", "Ann Beck"),
            ("Ann Beck <ann.beck@x.example>", "Ann Beck"),
            ("Ann Beck (ann.beck@x.example)", "Ann Beck"),
            ("Ann Beck - ann.beck@x.example", "Ann Beck"),
            ("Ann Beck, mailto:other@y.example", "Ann Beck"),
            ("ann.beck@x.example Ann Beck", "Ann Beck"),
            ("Ann @ Fabrikam", "Ann @ Fabrikam"),
            ("ann.beck", ""),
            ("Ann.Beck", ""),
            ("ANN.BECK", ""),
            ("Ann Beck", "Ann Beck"),
        ],
    );
    check(
        "ann+news@x.example",
        &[("ann", ""), ("ANN", ""), ("Ann", "Ann"), ("A", "A")],
    );
}

#[test]
fn what_nobody_sees() {
    check(
        "a@x.example",
        &[
            ("\u{202a}Ann Beck\u{202c}", "Ann Beck"),
            ("Ann\u{200b} Be\u{ad}ck\u{feff}", "Ann Beck"),
            ("Ann\u{200d} Beck", "Ann Beck"),
            ("\u{645}\u{200c}\u{646}", "\u{645}\u{200c}\u{646}"),
            ("Pat O&#039;Brien", "Pat O'Brien"),
            ("Pat O&apos;Brien &amp; Co", "Pat O'Brien & Co"),
            ("B&ouml;rn &#x41;", "Börn A"),
            ("4711", ""),
            ("***", ""),
            ("+49 30 1234", ""),
            ("\u{200b}", ""),
        ],
    );
}

#[test]
fn names_of_others() {
    for (display, want) in [
        ("Ann Beck via DocuSign", true),
        ("'Ann' via Sales", true),
        ("Ann Via", false),
        ("via DocuSign", false),
        ("Olivia Beck", false),
    ] {
        assert_eq!(is_on_behalf(display), want, "{display}");
    }
}
