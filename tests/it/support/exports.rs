//! Exports of other systems as books.

use serde_json::Value;

use crate::place::{Place, Ran, ran, said};

/// Returns a text in UTF-16 with a byte order mark.
pub fn utf16(text: &str, is_big: bool) -> Vec<u8> {
    let units = std::iter::once(0xfeff).chain(text.encode_utf16());
    let bytes = |unit: u16| match is_big {
        true => unit.to_be_bytes(),
        false => unit.to_le_bytes(),
    };
    units.flat_map(bytes).collect()
}

/// Returns a text of Latin-1 characters in Windows-1252.
pub fn latin(text: &str) -> Vec<u8> {
    text.chars()
        .map(|it| u8::try_from(it as u32).unwrap())
        .collect()
}

pub fn resolved(place: &Place, preset: &str, address: &str) -> Value {
    let command = format!("resolve --book export --preset {preset} --json {address}");
    serde_json::from_str(&said(place, &command)).unwrap()
}

pub fn checked(place: &Place, preset: &str) -> Value {
    let text = said(
        place,
        &format!("book check export --preset {preset} --json"),
    );
    serde_json::from_str(&text).unwrap()
}

pub fn refused(place: &Place, arguments: &str) -> String {
    let Ran {
        status,
        stdout,
        stderr,
    } = ran(place.command(arguments));
    assert_eq!((status, stdout.as_str()), (2, ""), "{arguments}: {stderr}");
    stderr
}

pub const SALESFORCE_CONTACT: &str = r#""Id","IsDeleted","AccountId","FirstName","LastName","Email","HasOptedOutOfEmail","EmailBouncedReason","OwnerId","CreatedDate"
"0035g00000AbCdEAAV","0","0015g00000XyZaBAAW","Kim","Abel","kim@fabrikam.example","0","gone: kim@fabrikam.example","0055g00000UuUuUAAX","2024-01-31T10:22:00.000Z"
"0035g00000AbCdFAAV","1","","Old","One","old@fabrikam.example","0","","0055g00000UuUuUAAX","2024-01-31T10:22:00.000Z"
"0035g00000AbCdGAAV","0","","Quinn","Queue","quinn@fabrikam.example","1","","00G5g00000QqQqQAAX","2024-01-31T10:22:00.000Z"
"#;

pub const SALESFORCE_USER: &str = r#""Id","Username","LastName","FirstName","Email","IsActive"
"0055g00000UuUuUAAX","ann@contoso.example.prod","Beck","Ann","ann@contoso.example","1"
"0055g00000UuUuVAAX","bob@contoso.example.prod","Cole","Bob","bob@contoso.example","0"
"#;

pub fn salesforce() -> Place {
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

pub fn hubspot() -> Place {
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

pub fn dynamics() -> Place {
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
