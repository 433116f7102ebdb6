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

/// Every key that has a default, each with another value.
const NO_DEFAULT: &str = r#"
[email]
track = "responses"
check_incoming = false
track_sent = true
create = "lead"
create_for = "everyone"
create_skip = ["nameless"]
create_limit = 3
link_account = false
blocklist = ["@fabrikam.example"]
forms = ["forms@contoso.example"]
lists = ["@lists.example"]
folder = [{ path = "Deals" }]

[address_book]
contacts = "synchronized"
other_records = "none"
record_types = ["lead"]
do_not_resolve = ["contact.emailaddress3"]
equivalence = ["plus-tag"]
include_inactive = true
recipients_with_several_matches = "unresolved"
sender_with_several_matches = "unresolved"

[correlation]
in_reply_to = false
tracking_token = false
conversation_index = false
references = false
smart_matching = true
forwards = false
smart = { noise = "x", max_words = 7, subject_delta = 1, min_addresses = 3, window_days = 5 }
token = { prefix = "Contoso:", old_prefixes = ["CRM:"], base = 70, user_digits = 4, counter_digits = 5 }

[organization]
domains = ["contoso.example"]
internal_email = "track"
internal_replies = true
filter_of_receiving_mailbox_only = true

[synchronization]
client = "anns-laptop"
update_company = false
interval = "1h"
filter = [{ record = "lead", where = { field = "leadid", op = "not-null" } }]
offline_filter = [{ record = "contact", where = { field = "ownerid", op = "eq-user" } }]
fields.contact."note" = { direction = "none" }

[send]
allow = true
outbox = "outbox"
[send.smtp]
host = "mail.contoso.example"
port = 465
security = "tls"
user = "ann"
password_file = "password"
password_env = "PASSWORD"
ca_file = "ca.pem"
timeout_seconds = 9

[local_data]
interval = "12h"
detect_duplicates = false
"#;

/// The keys of tables and of the tables within them, `email.track`, each with its value.
fn keys(file: &OptionsFile) -> Vec<(String, toml::Value)> {
    let mut keys = Vec::new();
    let mut open = vec![(String::new(), toml::Value::try_from(file).unwrap())];
    while let Some((path, value)) = open.pop() {
        match value {
            toml::Value::Table(table) => {
                open.extend(
                    table
                        .into_iter()
                        .map(|(key, value)| (format!("{path}.{key}"), value)),
                );
            }
            value => keys.push((path, value)),
        }
    }
    keys
}

#[test]
fn a_key_that_is_set_is_in_force() {
    let read: OptionsFile = toml::from_str(NO_DEFAULT).unwrap();
    let set = keys(&read);
    let defaults = keys(&OptionsFile::default().with_defaults().into());
    for (path, default) in &defaults {
        let own = set.iter().find(|(key, _)| key == path);
        let (_, own) = own.unwrap_or_else(|| panic!("{path} is not set here"));
        assert_ne!(own, default, "{path} has its default here");
    }
    assert_eq!(OptionsFile::from(read.clone().with_defaults()), read);
}

#[test]
fn a_key_that_is_not_set_keeps_its_default() {
    let defaults = keys(&OptionsFile::default().with_defaults().into());
    for (path, own) in keys(&toml::from_str(NO_DEFAULT).unwrap()) {
        let steps: Vec<&str> = path.trim_start_matches('.').split('.').collect();
        let alone = steps.iter().rev().fold(own.clone(), |value, step| {
            toml::Table::from_iter([((*step).to_owned(), value)]).into()
        });
        let read: OptionsFile = alone.try_into().unwrap();
        let mut want = defaults.clone();
        want.retain(|(key, _)| *key != path);
        want.push((path.clone(), own));
        let mut got = keys(&read.with_defaults().into());
        let by_path = |(a, _): &(String, _), (b, _): &(String, _)| a.cmp(b);
        want.sort_by(by_path);
        got.sort_by(by_path);
        assert_eq!(got, want, "{path}");
    }
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
