//! Books from exports of other systems.

use std::fs;

use serde_json::{Value, json};

use crate::place::{Place, ran, said};
use crate::support::exports::{checked, dynamics, hubspot, resolved, salesforce, utf16};

#[test]
fn a_data_export_of_salesforce_loads_as_it_is() {
    let place = salesforce();
    place.write(
        "mail/a.eml",
        "From: kim@fabrikam.example\nTo: ann@contoso.example\nMessage-ID: <m2@x>\nIn-Reply-To: <m1@x>\nDate: Fri, 2 Feb 2024 10:00:00 +0000\n\nHi\n",
    );
    place.write(
        "options.toml",
        "[address_book]\ncontacts = \"synchronized\"\n[[mailbox]]\nowner = \"systemuser:0055g00000UuUuUAAX\"\n",
    );
    let run = ran(place
        .command("run mail --book export --preset salesforce --options options.toml --out out"));
    assert_eq!(run.status, 0, "{}", run.stderr);
    let decision = &place.lines("decisions")[0];
    assert_eq!(
        decision["senderrecord"], "contact:0035g00000AbCdEAAV",
        "{decision}"
    );
    assert_eq!(decision["correlationmethod"], 3, "{decision}");
    assert_eq!(
        place.lines("emails")[0]["regardingobjectid"],
        "account:0015g00000XyZaBAAW"
    );
    for warning in [
        "export: left out, of no record type that the preset knows by its name: `Attachment.csv`",
        "export/Contact.csv: a row is of a deleted record and is left out",
    ] {
        assert!(run.stderr.contains(warning), "{}", run.stderr);
    }
    let candidate = |address: &str| {
        let row = resolved(&place, "salesforce", address);
        row["candidates"]
            .as_array()
            .unwrap()
            .first()
            .cloned()
            .unwrap_or_default()
    };
    assert_eq!(candidate("old@fabrikam.example"), Value::Null);
    assert_eq!(candidate("bob@contoso.example")["active"], false);
    assert_eq!(candidate("ann@contoso.example")["active"], true);
}

#[test]
fn a_report_of_salesforce_ends_with_a_footer() {
    let place = Place::new();
    place.write(
        "export/Contacts report.csv",
        "\"Contact ID\",\"First Name\",\"Last Name\",\"Email\",\"Contact Owner\",\"Created Date\"\n\"0035g00000AbCdE\",\"Kim\",\"Abel\",\"kim@fabrikam.example\",\"Ann Beck\",\"1/31/2024\"\n\n\"New Contacts Report\"\n\"Copyright (c) 2000-2024 salesforce.com, inc.\"\n\"Confidential Information - Do Not Distribute\"\n",
    );
    let checked = checked(&place, "salesforce");
    assert_eq!(checked["records"], json!({"contact": 1}));
    let row = resolved(&place, "salesforce", "kim@fabrikam.example");
    assert_eq!(row["candidates"][0]["createdon"], "2024-01-31T00:00:00Z");
}

#[test]
fn exports_of_hubspot_load_as_they_are() {
    let place = hubspot();
    for (address, record, owned) in [
        ("k.abel@fabrikam.example", "contact:101", true),
        ("jm@fabrikam.example", "contact:102", true),
        ("j@fabrikam.example", "contact:102", true),
        ("bo@fabrikam.example", "contact:103", false),
    ] {
        place.write("options.toml", "[[mailbox]]\nowner = \"systemuser:9\"\n");
        let command = format!(
            "resolve --book export --preset hubspot --options options.toml --json {address}"
        );
        let row: Value = serde_json::from_str(&said(&place, &command)).unwrap();
        assert_eq!(row["sender"], record, "{row}");
        assert_eq!(row["candidates"][0]["owned"], owned, "{row}");
    }
    let row = resolved(&place, "hubspot", "kim@fabrikam.example");
    assert_eq!(row["candidates"][0]["createdon"], "2024-01-31T10:22:00Z");
}

#[test]
fn lists_of_dynamics_load_as_they_are() {
    let place = dynamics();
    let row = resolved(&place, "dynamics", "kim@fabrikam.example");
    assert_eq!(row["sender"], "contact:c-1");
    assert_eq!(row["candidates"][0]["createdon"], "2024-03-04T22:22:00Z");
    let active = |address| resolved(&place, "dynamics", address)["candidates"][0]["active"].clone();
    assert_eq!(active("bo@fabrikam.example"), false);
    assert_eq!(active("ann@contoso.example"), true);
    assert_eq!(active("cy@contoso.example"), false);
    // The address of a contact's company is not the contact's.
    let row = resolved(&place, "dynamics", "info@fabrikam.example");
    assert_eq!(row["candidates"], json!([]));
}

#[test]
fn options_say_preset_dates_files_and_columns() {
    let place = dynamics();
    let from = place.path("export/Active Contacts 1-2-2024 10-22-33 AM.csv");
    fs::rename(from, place.path("export/People 2024.csv")).unwrap();
    place.write(
        "options.toml",
        "[book]\npreset = \"dynamics\"\ndates = \"day-first\"\n[book.files]\ncontact = \"People*.csv\"\n[book.columns.contact]\nemailaddress1 = \"Email (Company Name) (Account)\"\n",
    );
    let command = "resolve --book export --options options.toml --json info@fabrikam.example";
    let row: Value = serde_json::from_str(&said(&place, command)).unwrap();
    assert_eq!(row["sender"], "contact:c-1");
    // The first candidate is the older one, which is inactive.
    assert_eq!(row["candidates"][1]["createdon"], "2024-04-03T22:22:00Z");
    // A built book stores how it was built, and is rebuilt in the same way.
    said(
        &place,
        "book build export -o book.mtb --options options.toml",
    );
    let built = "resolve --book book.mtb --options options.toml --json info@fabrikam.example";
    let again = ran(place.command(built));
    assert_eq!((again.status, again.stderr.as_str()), (0, ""));
    assert_eq!(serde_json::from_str::<Value>(&again.stdout).unwrap(), row);
    let other =
        ran(place.command("resolve --book book.mtb --preset hubspot info@fabrikam.example"));
    assert!(
        other
            .stderr
            .contains("book.mtb: was built without this preset"),
        "{}",
        other.stderr
    );
}

#[test]
fn a_built_export_is_built_again_by_its_preset() {
    let place = hubspot();
    said(&place, "book build export -o book.mtb --preset hubspot");
    place.write("options.toml", "[local_data]\ninterval = \"1s\"\n");
    place.write(
        "export/users.csv",
        "User ID,Name,Email\n9,Ann Beck,ann@contoso.example\n10,Bob Cole,bob@contoso.example\n",
    );
    let run = ran(place.command(
        "run mail --book book.mtb --options options.toml --out out --now 2100-01-01T00:00:00Z",
    ));
    assert!(run.stderr.contains("was built again"), "{}", run.stderr);
    let row: Value = serde_json::from_str(&said(
        &place,
        "resolve --book book.mtb --json bob@contoso.example",
    ))
    .unwrap();
    assert_eq!(row["sender"], "systemuser:10");
}

#[test]
fn any_table_under_common_names_is_read() {
    let headers = [
        "ID,Name,E-Mail,Owner,Created",
        "id;full_name;email_address;owner_id;created_at",
        "Contact-ID\tDisplay Name\tE-mail 1 - Value\tAssigned To\tDate Created",
    ];
    for header in headers {
        let place = Place::new();
        let mark = [',', ';', '\t']
            .into_iter()
            .find(|it| header.contains(*it))
            .unwrap();
        let row = [
            "7",
            "Kim Abel",
            "Kim <kim@fabrikam.example>",
            "u-1",
            "31.01.2024 10:22",
        ];
        let text = format!("{header}\r\n{}\r\n", row.join(&mark.to_string()));
        for bytes in [
            text.clone().into_bytes(),
            utf16(&text, true),
            utf16(&text, false),
        ] {
            place.write("export/People.csv", bytes);
            let row = resolved(&place, "generic", "kim@fabrikam.example");
            assert_eq!(row["sender"], "contact:7", "{header}: {row}");
            assert_eq!(
                row["candidates"][0]["createdon"], "2024-01-31T10:22:00Z",
                "{header}"
            );
        }
    }
}
