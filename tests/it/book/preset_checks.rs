//! `book check`, and parts of exports that are refused or left out.

use serde_json::{Value, json};

use crate::place::{Place, ran, said};
use crate::support::exports::{checked, hubspot, latin, refused, utf16};

#[test]
fn a_check_reports_what_was_understood() {
    let place = hubspot();
    let checked = checked(&place, "hubspot");
    let files = checked["files"].as_array().unwrap();
    let form = |file: &Value| -> Vec<Value> {
        [
            "record",
            "encoding",
            "separator",
            "rows",
            "rowswithwarnings",
        ]
        .map(|key| file[key].clone())
        .into()
    };
    assert_eq!(
        files.iter().map(form).collect::<Vec<_>>(),
        [
            vec![
                json!("account"),
                json!("Windows-1252"),
                json!("\t"),
                json!(2),
                json!(0)
            ],
            vec![
                json!("contact"),
                json!("UTF-16LE"),
                json!(";"),
                json!(4),
                json!(3)
            ],
            vec![
                json!("systemuser"),
                json!("UTF-8"),
                json!(","),
                json!(1),
                json!(0)
            ],
        ]
    );
    let columns: Vec<String> = files[1]["columns"]
        .as_array()
        .unwrap()
        .iter()
        .map(|it| format!("{}={}:{}", it["column"], it["name"], it["role"]).replace('"', ""))
        .collect();
    assert_eq!(
        columns,
        [
            "Record ID=id:id",
            "First Name=firstname:name",
            "Last Name=lastname:name",
            "Email=emailaddress1:addresses",
            "Additional email addresses=emailaddress2:addresses",
            "Contact owner=ownerid:owner",
            "Create Date=createdon:created",
            "Associated Company=parentcustomeridname:other",
            "Marketing emails opened=marketing emails opened:other",
        ]
    );
    let warnings: Vec<&str> = checked["warnings"]
        .as_array()
        .unwrap()
        .iter()
        .map(|it| it.as_str().unwrap())
        .collect();
    assert_eq!(
        warnings,
        [
            "export/hubspot-crm-exports-all-companies-2024-01-01.csv:2: is not UTF-8; 2 lines from here on are read as Windows-1252",
            "export/hubspot-crm-exports-all-contacts-2024-01-01.csv:3: createdon `31.31.2024` is not a date (the month is read first) and is left out",
            "export/hubspot-crm-exports-all-contacts-2024-01-01.csv:5: ownerid `Nobody Here` is not the id, name or address of a user, and stays as it is (2 rows)",
        ]
    );
    let words = said(&place, "book check export --preset hubspot");
    for want in [
        "export, read by the preset hubspot\n",
        "contact, UTF-16LE, separated by semicolons, 4 rows, 3 with warnings\n  `Record ID`: the id, as id\n",
        "  `Email`: addresses, as emailaddress1\n",
        "  for filters: `Marketing emails opened`\n",
        "3 warnings\n",
    ] {
        assert!(words.contains(want), "{want}: {words}");
    }
    let strict = ran(place.command("book check export --preset hubspot --strict"));
    assert_eq!(strict.status, 3, "{}", strict.stderr);
}

#[test]
fn a_check_reports_shared_addresses_and_likely_mistakes() {
    let place = Place::new();
    let mut contacts = "contactid,fullname,emailaddress1,donotemail,createdon\n".to_owned();
    for number in 0..400 {
        contacts += &format!("c-{number},Kim {number},no-reply@shop.example,false,2024-01-01\n");
    }
    for number in 400..430 {
        contacts += &format!(
            "c-{number},Kim {number},office{}@x.example,false,\n",
            number % 25
        );
    }
    contacts += "c-500,Ann Beck,ann@contoso.example,true,\nc-501,Bo,nothing,true,\n";
    place.write("book/contact.csv", contacts);
    let text = said(&place, "book check book --json");
    let checked: Value = serde_json::from_str(&text).unwrap();
    assert_eq!(checked["sharedaddresses"], 7);
    let most = &checked["mostshared"];
    assert_eq!(most.as_array().unwrap().len(), 7);
    assert_eq!(
        most[0],
        json!({
            "address": "no-reply@shop.example",
            "records": 400,
            "types": {"contact": 400},
            "examples": ["contact:c-0", "contact:c-1", "contact:c-10"],
        })
    );
    assert_eq!(most[1]["types"], json!({"contact": 1, "systemuser": 1}));
    let mistakes = checked["mistakes"].to_string();
    for want in [
        "no-reply@shop.example is an address of a role and not of a person, and 400 records have it (400 contact)",
        "1 address of a user is an address of contacts or leads too, such as ann@contoso.example",
    ] {
        assert!(mistakes.contains(want), "{want}: {mistakes}");
    }
    let roles: Vec<&Value> = checked["files"][0]["columns"]
        .as_array()
        .unwrap()
        .iter()
        .map(|it| &it["role"])
        .collect();
    assert_eq!(roles, ["id", "name", "addresses", "other", "created"]);
    assert_eq!(checked["files"][0]["rowswithwarnings"], 1);
    assert_eq!(checked["preset"], Value::Null);
    said(&place, "book build book -o book.mtb");
    let of_built: Value =
        serde_json::from_str(&said(&place, "book check book.mtb --json")).unwrap();
    assert_eq!(of_built["mostshared"], checked["mostshared"]);
}

#[test]
fn what_cannot_be_understood_is_refused_in_one_line() {
    let cases: [(&str, &str, &str, &[&str]); 7] = [
        (
            "export/hubspot-crm-exports-all-contacts-2024-01-01.csv",
            "First Name,Email\nKim,kim@fabrikam.example\n",
            "hubspot",
            &[
                "2024-01-01.csv:1: has no column `Record ID` or ",
                "which the preset `hubspot` needs for `id`; it has `First Name`, `Email`;",
                "[book.columns.contact] id = ",
            ],
        ),
        (
            "export/Contact.csv",
            "Id,LastName\n1,Abel\n",
            "salesforce",
            &[
                "Contact.csv:1: has no column `Email` or ",
                "needs for `emailaddress1`; it has `Id`, `LastName`",
            ],
        ),
        (
            "export/Attachment.csv",
            "Id,ParentId\n",
            "salesforce",
            &[
                "export: no file is of a record type",
                "there are `Attachment.csv`",
                "[book.files]",
            ],
        ),
        (
            "export/Active Contacts.xlsx",
            "PK",
            "dynamics",
            &["there are `Active Contacts.xlsx`", "as CSV"],
        ),
        (
            "export/Leads and Contacts.csv",
            "Id\n",
            "dynamics",
            &[
                "Leads and Contacts.csv: may be of `contact` or `lead` by its name",
                "[book.files] contact = ",
            ],
        ),
        (
            "export/Contact.csv",
            "Id,Email,Email\n,a@x.example,\n",
            "salesforce",
            &["Contact.csv:2: a contact without an id"],
        ),
        (
            "export/Contact.csv",
            "Id,Email\n1,a@x.example\n1,b@x.example\n",
            "salesforce",
            &["Contact.csv:3: the contact id `1` stands on an earlier line too"],
        ),
    ];
    for (file, text, preset, words) in cases {
        let place = Place::new();
        place.write(file, text);
        for command in [
            "book check export",
            "book build export -o b.mtb",
            "resolve --book export a@b",
        ] {
            let said = refused(&place, &format!("{command} --preset {preset}"));
            assert_eq!(said.lines().count(), 1, "{said}");
            for word in words {
                assert!(said.contains(word), "{word}: {said}");
            }
        }
        assert!(!place.path("b.mtb").exists());
    }
    let place = hubspot();
    let said = refused(&place, "book check export --preset hubspott");
    assert!(said.contains("a similar value exists: 'hubspot'"), "{said}");
    for (options, want) in [
        (
            "[book]\npreset = \"sugar\"\n",
            "options.toml:2:10: unknown variant `sugar`",
        ),
        (
            "[book.files]\ncontact = \"a/b.csv\"\n",
            "options.toml:2:11: `a/b.csv` is not a valid file name",
        ),
        (
            "[book.files]\ncontact = \"Nobody*.csv\"\n",
            "export: has no file `Nobody*.csv`, which the options say for `contact`",
        ),
    ] {
        place.write("options.toml", options);
        let said = refused(&place, "book check export --options options.toml");
        assert!(said.contains(want), "{want}: {said}");
    }
}

#[test]
fn doubtful_values_are_reported_and_left_out() {
    let place = Place::new();
    let mut broken = utf16(
        "Id,Email,Note,Disabled,Note\n1,a@x.example,one,maybe,two\n",
        false,
    );
    // Half of a surrogate pair.
    broken.extend([
        0x32, 0, 0x2c, 0, 0x00, 0xd8, 0x40, 0, 0x78, 0, 0x2c, 0, 0x2c, 0, 0x2c, 0, 0x0a, 0,
    ]);
    place.write("export/People.csv", broken);
    let checked = checked(&place, "generic");
    let warnings = checked["warnings"].to_string();
    for want in [
        "People.csv:1: has two columns `Note`; the first counts",
        "People.csv:2: isdisabled `maybe` is neither true nor false and is left out",
        "People.csv:3: 1 line has characters that are damaged",
    ] {
        assert!(warnings.contains(want), "{want}: {warnings}");
    }
}

#[test]
fn a_large_export_is_read_in_pieces() {
    let place = Place::new();
    let mut text = "Record ID;First Name;Last Name;Email;Contact owner;Create Date\n".to_owned();
    for number in 0..60_000 {
        text +=
            &format!("{number};Jörg;Müller {number};m{number}@x.example;Ann;1/31/2024 10:22 AM\n");
    }
    place.write("export/contacts.csv", latin(&text));
    let checked = checked(&place, "hubspot");
    assert_eq!(checked["addresses"], 60_000);
    assert_eq!(checked["files"][0]["rows"], 60_000);
    assert!(
        checked["warnings"][0]
            .as_str()
            .unwrap()
            .contains("contacts.csv:2: is not UTF-8; 60000 lines")
    );
}
