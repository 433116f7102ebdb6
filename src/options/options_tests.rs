use super::*;
use crate::options::file::{AddressBookSection, EmailSection};
use crate::options::*;

const DEFAULT: &str = include_str!("../../rules/default.toml");
const OUTLOOK: &str = include_str!("../../rules/outlook.toml");

#[test]
fn default_toml_says_every_default() {
    let read: OptionsFile = toml::from_str(DEFAULT).unwrap();
    let defaults = OptionsFile::default().with_defaults();
    assert_eq!(read, OptionsFile::from(defaults));
    assert_eq!(
        Options::parse("default.toml", DEFAULT).unwrap().effective,
        Options::defaults().unwrap().effective
    );
}

#[test]
fn default_toml_names_every_key_with_a_comment() {
    let schema = serde_json::to_value(schemars::schema_for!(OptionsFile)).unwrap();
    let keys_of = |definition: &serde_json::Value| -> Vec<String> {
        definition["properties"]
            .as_object()
            .unwrap()
            .keys()
            .cloned()
            .collect()
    };
    let definitions = &schema["$defs"];
    let tables = [
        "EmailSection",
        "AddressBookSection",
        "CorrelationSection",
        "SmartSection",
        "TokenSection",
        "OrganizationSection",
        "SynchronizationSection",
        "SendSection",
        "SmtpSection",
        "FilterSection",
        "LocalDataSection",
        "MailboxSection",
    ];
    for key in tables
        .iter()
        .flat_map(|table| keys_of(&definitions[*table]))
    {
        let is_said = DEFAULT.lines().any(|line| {
            let line = line.trim_start_matches("# ");
            let is_table = line.starts_with(&format!("[mailbox.{key}]"))
                || line.starts_with(&format!("[[mailbox.{key}."))
                || line.starts_with(&format!("[correlation.{key}]"))
                || line.starts_with(&format!("[synchronization.{key}."))
                || line.starts_with(&format!("[send.{key}]"))
                || line.starts_with(&format!("[{key}]"));
            is_table || (line.starts_with(&format!("{key} = ")) && line.contains('#'))
        });
        assert!(
            is_said,
            "rules/default.toml does not say `{key}` with a comment"
        );
    }
}

#[test]
fn outlook_toml_changes_what_the_add_in_changes() {
    let read: OptionsFile = toml::from_str(OUTLOOK).unwrap();
    let want = OptionsFile {
        email: EmailSection {
            track: Some(Track::Responses),
            ..EmailSection::default()
        },
        address_book: AddressBookSection {
            contacts: Some(Contacts::Synchronized),
            other_records: Some(OtherRecords::Owned),
            ..AddressBookSection::default()
        },
        ..OptionsFile::default()
    };
    assert_eq!(read, want);
    let with_owner = format!("{OUTLOOK}\n[[mailbox]]\nowner = \"systemuser:u1\"\n");
    assert!(Options::parse("outlook.toml", &with_owner).is_ok());
}

#[test]
fn what_is_shown_reads_back_the_same() {
    let text = "[email]\ntrack = \"all\"\n[[email.folder]]\npath = \"a\"\n[[mailbox]]\nowner = \"systemuser:1\"\n";
    let options = Options::parse("a.toml", text).unwrap();
    let shown = toml::to_string(&options.effective).unwrap();
    assert_eq!(
        Options::parse("b.toml", &shown).unwrap().effective,
        options.effective
    );
}

#[test]
fn a_mailbox_lays_its_options_over_the_general_ones() {
    let text = "[email]\ntrack = \"all\"\ncreate = \"lead\"\n[[email.folder]]\npath = \"A/\"\n\
                [[mailbox]]\npath = \"Uma/\"\nowner = \"systemuser:1\"\n[mailbox.email]\ntrack = \"none\"\n";
    let options = Options::parse("a.toml", text).unwrap();
    let own = options.mailbox(MailboxId(1));
    assert_eq!(
        (own.email.track, own.email.create),
        (Track::None, Create::Lead)
    );
    assert_eq!(own.email.folders[0].path, "A");
    let cases = [
        ("Uma", (MailboxId(1), "")),
        ("Uma/Inbox", (MailboxId(1), "Inbox")),
        ("Umas", (MailboxId::GENERAL, "Umas")),
        ("", (MailboxId::GENERAL, "")),
    ];
    for (folder, want) in cases {
        assert_eq!(options.mailbox_of(folder), want, "{folder}");
    }
}

#[test]
fn domains_cover_their_subdomains() {
    let set: DomainSet = ["contoso.example".to_owned()].into_iter().collect();
    let cases = [
        ("contoso.example", true),
        ("a.b.contoso.example", true),
        ("xcontoso.example", false),
        ("example", false),
    ];
    for (domain, want) in cases {
        assert_eq!(set.covers(domain), want, "{domain}");
    }
}
