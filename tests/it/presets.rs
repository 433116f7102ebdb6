//! Books made of other systems' exports, and `book check`.

use std::fs;

use serde_json::{Value, json};

use crate::place::{Place, Ran, ran, said};

/// A text in UTF-16 with a byte order mark.
fn utf16(text: &str, is_big: bool) -> Vec<u8> {
    let units = std::iter::once(0xfeff).chain(text.encode_utf16());
    let bytes = |unit: u16| match is_big {
        true => unit.to_be_bytes(),
        false => unit.to_le_bytes(),
    };
    units.flat_map(bytes).collect()
}

/// A text in Windows-1252, of characters that Latin-1 has.
fn latin(text: &str) -> Vec<u8> {
    text.chars()
        .map(|it| u8::try_from(it as u32).unwrap())
        .collect()
}

fn resolved(place: &Place, preset: &str, address: &str) -> Value {
    let command = format!("resolve --book export --preset {preset} --json {address}");
    serde_json::from_str(&said(place, &command)).unwrap()
}

fn checked(place: &Place, preset: &str) -> Value {
    let text = said(
        place,
        &format!("book check export --preset {preset} --json"),
    );
    serde_json::from_str(&text).unwrap()
}

fn refused(place: &Place, arguments: &str) -> String {
    let Ran {
        status,
        stdout,
        stderr,
    } = ran(place.command(arguments));
    assert_eq!((status, stdout.as_str()), (2, ""), "{arguments}: {stderr}");
    stderr
}

const SALESFORCE_CONTACT: &str = r#""Id","IsDeleted","AccountId","FirstName","LastName","Email","HasOptedOutOfEmail","EmailBouncedReason","OwnerId","CreatedDate"
"0035g00000AbCdEAAV","0","0015g00000XyZaBAAW","Kim","Abel","kim@fabrikam.example","0","gone: kim@fabrikam.example","0055g00000UuUuUAAX","2024-01-31T10:22:00.000Z"
"0035g00000AbCdFAAV","1","","Old","One","old@fabrikam.example","0","","0055g00000UuUuUAAX","2024-01-31T10:22:00.000Z"
"0035g00000AbCdGAAV","0","","Quinn","Queue","quinn@fabrikam.example","1","","00G5g00000QqQqQAAX","2024-01-31T10:22:00.000Z"
"#;

const SALESFORCE_USER: &str = r#""Id","Username","LastName","FirstName","Email","IsActive"
"0055g00000UuUuUAAX","ann@contoso.example.prod","Beck","Ann","ann@contoso.example","1"
"0055g00000UuUuVAAX","bob@contoso.example.prod","Cole","Bob","bob@contoso.example","0"
"#;

fn salesforce() -> Place {
    let place = Place::new();
    place.write("export/Contact.csv", SALESFORCE_CONTACT);
    place.write("export/User.csv", SALESFORCE_USER);
    place.write("export/Attachment.csv", "Id,ParentId\nx,y\n");
    place.write(
        "export/EmailMessage.csv",
        r#""Id","ActivityId","Subject","FromAddress","ToAddress","Incoming","MessageIdentifier","RelatedToId","MessageDate"
"02s5g00000EeEeEAAX","","Hi","kim@fabrikam.example","ann@contoso.example","1","<m1@x>","0015g00000XyZaBAAW","2024-02-01T00:00:00.000Z"
"#,
    );
    place
}

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

fn hubspot() -> Place {
    let place = Place::new();
    place.write(
        "export/hubspot-crm-exports-all-contacts-2024-01-01.csv",
        utf16(
            "Record ID;First Name;Last Name;Email;Additional email addresses;Contact owner;Create Date;Associated Company;Marketing emails opened\n101;Kim;Abel;kim@fabrikam.example;k.abel@fabrikam.example;Ann Beck;2024-01-31 10:22;Fabrikam;3\n102;Jörg;Müller;\"joerg@fabrikam.example, jm@fabrikam.example\nj@fabrikam.example\";;ANN@contoso.example;31.31.2024;;\n103;Bo;;bo@fabrikam.example;;Nobody Here;;;\n104;Cy;;cy@fabrikam.example;;Nobody Here;;;\n",
            false,
        ),
    );
    place.write(
        "export/hubspot-crm-exports-all-companies-2024-01-01.csv",
        latin("Record ID\tCompany name\tCompany Domain Name\tCompany owner\tCreate Date\n501\tFabrikäm\tfabrikam.example\tAnn Beck\t1/31/2024 10:22 AM\n502\tMüller\tmueller.example\t\t\n"),
    );
    place.write(
        "export/users.csv",
        "User ID,Name,Email\n9,Ann Beck,ann@contoso.example\n",
    );
    place
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
fn a_check_tells_what_was_understood() {
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
            "export/hubspot-crm-exports-all-contacts-2024-01-01.csv:3: createdon `31.31.2024` is no date (the month is read first) and is left out",
            "export/hubspot-crm-exports-all-contacts-2024-01-01.csv:5: ownerid `Nobody Here` is no user's id, name or address and stays as it is (2 rows)",
        ]
    );
    let words = said(&place, "book check export --preset hubspot");
    for want in [
        "export, read by the preset hubspot\n",
        "contact, UTF-16LE, parted by semicolons, 4 rows, 3 with warnings\n  `Record ID`: the id, as id\n",
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
fn a_check_tells_shared_addresses_and_likely_mistakes() {
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

fn dynamics() -> Place {
    let place = Place::new();
    place.write(
        "export/Active Contacts 1-2-2024 10-22-33 AM.csv",
        "\u{feff}\"(Do Not Modify) Contact\",\"(Do Not Modify) Row Checksum\",\"(Do Not Modify) Modified On\",\"Full Name\",\"Email\",\"Company Name\",\"Owner\",\"Status\",\"Created On\",\"Email (Company Name) (Account)\"\n\"c-1\",\"abc=\",\"1/2/2024 10:22 AM\",\"Kim Abel\",\"kim@fabrikam.example\",\"Fabrikam\",\"Ann Beck\",\"Active\",\"3/4/2024 10:22 PM\",\"info@fabrikam.example\"\n\"c-2\",\"abd=\",\"1/2/2024 10:22 AM\",\"Bo Abel\",\"bo@fabrikam.example\",\"Fabrikam\",\"Ann Beck\",\"Inactive\",\"1/2/2024 10:22 AM\",\"info@fabrikam.example\"\n",
    );
    place.write(
        "export/Enabled Users 1-2-2024.csv",
        "\"(Do Not Modify) User\",\"Full Name\",\"Primary Email\",\"Status\"\nu-1,Ann Beck,ann@contoso.example,Enabled\nu-2,Cy,cy@contoso.example,Disabled\n",
    );
    place
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
    // The first candidate is the older one, which is not active.
    assert_eq!(row["candidates"][1]["createdon"], "2024-04-03T22:22:00Z");
    // A built book knows how it was made, and is made so again.
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
            "options.toml:2:11: `a/b.csv` is no name of a file",
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
fn doubtful_values_are_told_and_left_out() {
    let place = Place::new();
    let mut broken = utf16(
        "Id,Email,Note,Disabled,Note\n1,a@x.example,one,maybe,two\n",
        false,
    );
    // Half of a pair of units.
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
