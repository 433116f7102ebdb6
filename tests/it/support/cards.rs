//! Mail from people with vCards.

use std::fs;

use calcard::vcard::{VCard, VCardProperty, VCardValue};
use serde_json::Value;

use crate::place::{Place, Ran, ran};

pub const ALL: &str = "[email]\ntrack = \"all\"\n";

pub const JANA: &str = "BEGIN:VCARD\r\nVERSION:4.0\r\nFN:Jana Lindqvist-Öberg\r\nN:Lindqvist-Öberg;Jana;;Dr.;\r\n\
    EMAIL;PREF=1:jana@home.example\r\nEMAIL:Jana.L@fabrikam.example\r\nTEL;TYPE=work:+46 8 1\r\nTEL;TYPE=cell:+46 70 2\r\n\
    ORG:Fabrikam AB;Sales\r\nTITLE:Head of Sales\r\nADR;TYPE=work:;;Storgatan 1;Stockholm;;111 22;Sweden\r\n\
    URL:https://fabrikam.example\r\nBDAY:19800412\r\nNOTE:likes espresso\\, black\\nand short\r\nEND:VCARD\r\n";

pub fn message(number: usize, from: &str) -> String {
    format!(
        "From: {from}\nTo: ann@contoso.example\nSubject: Offer\nDate: Mon, 2 Mar 2026 09:30:{number:02} +0000\n\
         Message-ID: <m{number}@x.example>\n\nHello\n"
    )
}

pub fn place(options: &str) -> Place {
    let place = Place::new();
    place.write("o.toml", format!("{ALL}{options}"));
    place.write("mail/1.eml", message(1, "jl <jana.l@fabrikam.example>"));
    place.write("mail/2.eml", message(2, "Bo Ek <bo@customer.example>"));
    place.write("cards/jana.vcf", JANA);
    place.write(
        "book/account.csv",
        "accountid,name,websiteurl\na-1,Fabrikam Aktiebolag,https://fabrikam.example\n",
    );
    place
}

#[track_caller]
pub fn good(ran: Ran) -> Ran {
    assert_eq!((ran.status, &*ran.stderr), (0, ""), "{}", ran.stdout);
    ran
}

pub fn run(place: &Place, more: &str) -> Ran {
    place.run(&format!("--options o.toml {more}"))
}

pub fn keys(line: &Value) -> Vec<&str> {
    line.as_object()
        .unwrap()
        .keys()
        .map(String::as_str)
        .collect()
}

pub fn exported(place: &Place, more: &str) -> String {
    good(ran(place.command(&format!(
        "export out --to vcard -o created.vcf {more}"
    ))));
    fs::read_to_string(place.path("created.vcf")).unwrap()
}

pub fn texts(card: &VCard, property: VCardProperty) -> Vec<String> {
    let entries = card.entries.iter().filter(|entry| entry.name == property);
    entries
        .flat_map(|entry| &entry.values)
        .map(|value| match value {
            VCardValue::Text(text) => text.clone(),
            other => format!("{other:?}"),
        })
        .collect()
}

pub fn cards(text: &str) -> Vec<VCard> {
    let parts = text.split_inclusive("\r\nEND:VCARD\r\n");
    parts.map(|part| VCard::parse(part).unwrap()).collect()
}
