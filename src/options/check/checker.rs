//! The checks of the whole file, of `[email]`, `[address_book]` and `[[mailbox]]`.

use std::sync::Arc;

use crate::base::reference::Reference;
use crate::base::text_place::LineColumn;
use crate::mail::address::domain_set::DomainSet;
use crate::mail::address::{Address, Equivalence, normal_domain};
use crate::options::address_list::AddressList;
use crate::options::error::OptionsError;
use crate::options::fields::Fields;
use crate::options::file::{
    AddressBookValues, EmailValues, EquivalenceName, FieldsSection, MailboxSection,
    MailboxSynchronizationSection, OptionsFile, OptionsValues,
};
use crate::options::filter::Filter;
use crate::options::locate::Locator;
use crate::options::mailbox::DoNotResolve;
use crate::options::validated::{Citation, Options, Organization};
use crate::options::{AddressBook, Email, Filters, FolderRule, Mailbox};

/// Maximum number of tracked folders of a mailbox, which the add-in documents (R5).
const FOLDER_RULES_MAX: usize = 25;

/// See [`Options::parse`].
pub(super) fn parse(file: &str, text: &str) -> Result<Options, OptionsError> {
    let checker = Checker::new(file, text)?;
    checker.are_lists(checker.at.count("mailbox"))?;
    checker.has_no_password()?;
    let read: OptionsFile = toml::from_str(text).map_err(|error| toml_error(file, text, &error))?;
    checker.build(read.with_defaults())
}

fn toml_error(file: &str, text: &str, error: &toml::de::Error) -> OptionsError {
    // The library describes what it expected in Rust's terms: a user needs those of TOML.
    let message = match error.message() {
        "wanted string or table" => {
            "expected one of this key's values, in quotes; rules/default.toml lists them".into()
        }
        words => match words.split_once("expected struct ") {
            Some((found, _)) => format!("{found}expected a table, `{{ key = value }}`"),
            None => words
                .replace('\n', "; ")
                .replace("expected u32", "expected a number of at least 0")
                .replace("expected i64", "expected a number")
                .replace("expected a string", "expected a string in quotes"),
        },
    };
    OptionsError {
        file: file.into(),
        place: error.span().map(|span| LineColumn::of(text, span.start)),
        message,
    }
}

pub(super) struct Checker<'t> {
    file: &'t str,
    pub(super) at: Locator<'t>,
    citations: std::cell::RefCell<Vec<Citation>>,
}

/// The general lists that a mailbox does not override; `None` for a list of its own.
struct SharedLists {
    blocklist: Option<Arc<AddressList>>,
    forms: Option<Arc<AddressList>>,
    lists: Option<Arc<AddressList>>,
}

impl<'t> Checker<'t> {
    fn new(file: &'t str, text: &'t str) -> Result<Checker<'t>, OptionsError> {
        Ok(Checker {
            file,
            at: Locator::new(text).map_err(|error| toml_error(file, text, &error))?,
            citations: Vec::new().into(),
        })
    }

    pub(super) fn error<T>(
        &self,
        place: Option<LineColumn>,
        message: String,
    ) -> Result<T, OptionsError> {
        Err(OptionsError {
            file: self.file.into(),
            place,
            message,
        })
    }

    /// Refuses a single table in place of a list of tables, because the library's message for it does not say what to
    /// write.
    fn are_lists(&self, mailboxes: usize) -> Result<(), OptionsError> {
        let lists = [
            "email.folder",
            "synchronization.filter",
            "synchronization.offline_filter",
        ];
        let general = ["mailbox"].iter().chain(&lists);
        let general = general.map(|&key| (key.to_owned(), key.to_owned()));
        let own = (0..mailboxes).flat_map(|index| {
            lists.map(|key| (format!("mailbox.{index}.{key}"), format!("mailbox.{key}")))
        });
        match general.chain(own).find(|(key, _)| self.at.is_table(key)) {
            Some((key, written)) => {
                let message = format!(
                    "`{written}` is a list: write `[[{written}]]`, with two brackets, for each entry"
                );
                let place = self.at.key(&key).or_else(|| self.at.place(&key));
                self.error(place, message)
            }
            None => Ok(()),
        }
    }

    fn build(self, read: OptionsValues) -> Result<Options, OptionsError> {
        let mut mailboxes = vec![self.mailbox("", MailboxSection::default(), &read, None)?];
        for (index, section) in read.mailbox.iter().enumerate() {
            let at = format!("mailbox.{index}.");
            let mailbox = self.mailbox(&at, section.clone(), &read, mailboxes.first())?;
            mailboxes.push(mailbox);
        }
        self.are_apart(&mailboxes[1..])?;
        self.scopes_have_owners(&mailboxes)?;
        let named = self.named(&mailboxes[1..]);
        let organization = &read.organization;
        let mut domains = Vec::new();
        for (index, text) in organization.domains.iter().enumerate() {
            domains.push(self.domain(&format!("organization.domains.{index}"), text)?);
        }
        Ok(Options {
            mailboxes,
            correlation: self.correlation(&read.correlation)?,
            organization: Organization {
                domains: domains.into_iter().collect(),
                internal_email: organization.internal_email,
                internal_replies: organization.internal_replies,
                filter_of_receiving_mailbox_only: organization.filter_of_receiving_mailbox_only,
            },
            client: self.client(&read.synchronization)?,
            send: self.send(&read.send)?,
            interval: self.interval(&read.synchronization)?,
            local_data_age_max: self.local_data(&read.local_data)?,
            detect_duplicates: read.local_data.detect_duplicates,
            book: self.book(&read.book)?,
            file: self.file.into(),
            citations: self.citations.into_inner(),
            named,
            effective: read.into(),
        })
    }

    fn mailbox(
        &self,
        at: &str,
        section: MailboxSection,
        read: &OptionsValues,
        general: Option<&Mailbox>,
    ) -> Result<Mailbox, OptionsError> {
        let path = self.folder_path(&format!("{at}path"), section.path.as_deref().unwrap_or(""))?;
        let owner = self.owner(
            &format!("{at}owner"),
            section.owner.as_deref().unwrap_or(""),
        )?;
        let mut addresses = Vec::new();
        for (index, text) in section.addresses.iter().flatten().enumerate() {
            let key = format!("{at}addresses.{index}");
            match Address::parse(text) {
                Some(address) => addresses.push(address),
                None => {
                    return self.error(
                        self.at.place(&key),
                        format!("`{text}` is not a valid address (expected local@domain)"),
                    );
                }
            }
        }
        let is_queue = owner.as_ref().is_some_and(|owner| &*owner.kind == "queue");
        let own = section.email.unwrap_or_default();
        let own_folders = own.folder.is_some();
        // Lists may be long, and an archive may have hundreds of mailboxes: they share the general ones.
        let shared = |own: &Option<Vec<String>>, list: fn(&Email) -> &Arc<AddressList>| {
            let general = general.filter(|_| own.is_none());
            general.map(|general| list(&general.email).clone())
        };
        let shared = SharedLists {
            blocklist: shared(&own.blocklist, |email| &email.blocklist),
            forms: shared(&own.forms, |email| &email.forms),
            lists: shared(&own.lists, |email| &email.lists),
        };
        if is_queue && own.folder.as_ref().is_some_and(|rules| !rules.is_empty()) {
            let message =
                "the mailbox of a queue cannot have tracked folders: remove `folder`".into();
            return self.error(self.at.place(&format!("{at}email.folder")), message);
        }
        let mut email = own.over(read.email.clone());
        if is_queue {
            // The general tracked folders do not apply to a queue (R5).
            email.folder = Vec::new();
        }
        let folders_at = if own_folders {
            format!("{at}email.folder")
        } else {
            "email.folder".into()
        };
        let own = section.synchronization.unwrap_or_default();
        let fields = match general.filter(|_| own.fields.is_empty()) {
            Some(general) => general.fields.clone(),
            None => Arc::new(self.fields_of(at, &own.fields, read)?),
        };
        let update_company = own.update_company;
        let synchronization = self.mailbox_filters(at, own, read, general)?;
        let book = section
            .address_book
            .unwrap_or_default()
            .over(read.address_book.clone());
        Ok(Mailbox {
            path,
            owner,
            addresses,
            email: self.email(at, &folders_at, email, shared)?,
            address_book: self.address_book(at, book)?,
            synchronization,
            fields,
            update_company: update_company.unwrap_or(read.synchronization.update_company),
        })
    }

    /// Returns the synchronized fields of a mailbox: the general ones, with its own laid over them.
    fn fields_of(
        &self,
        at: &str,
        own: &FieldsSection,
        read: &OptionsValues,
    ) -> Result<Fields, OptionsError> {
        const STEPS: [&str; 2] = ["synchronization", "fields"];
        let mut own_steps: Vec<&str> = at.split_terminator('.').collect();
        own_steps.extend(STEPS);
        self.fields(&[(&STEPS, &read.synchronization.fields), (&own_steps, own)])
    }

    /// Returns the filters of a mailbox: its own, or else the general ones, which all mailboxes share.
    fn mailbox_filters(
        &self,
        at: &str,
        own: MailboxSynchronizationSection,
        read: &OptionsValues,
        general: Option<&Mailbox>,
    ) -> Result<Filters, OptionsError> {
        let Some(general) = general.map(|general| &general.synchronization) else {
            let section = &read.synchronization;
            let of = |key: &str, list: &[_]| self.filters(&format!("synchronization.{key}"), list);
            return Ok(Filters {
                filters: of("filter", &section.filter)?,
                offline_filters: of("offline_filter", &section.offline_filter)?,
            });
        };
        let of = |key: &str, list: Option<Vec<_>>, general: &Arc<[Filter]>| match list {
            Some(own) => self.filters(&format!("{at}synchronization.{key}"), &own),
            None => Ok(general.clone()),
        };
        Ok(Filters {
            filters: of("filter", own.filter, &general.filters)?,
            offline_filters: of(
                "offline_filter",
                own.offline_filter,
                &general.offline_filters,
            )?,
        })
    }

    fn email(
        &self,
        at: &str,
        folders_at: &str,
        read: EmailValues,
        shared: SharedLists,
    ) -> Result<Email, OptionsError> {
        let folders = &read.folder;
        if folders.len() > FOLDER_RULES_MAX {
            let message = format!(
                "{} tracked folders: a mailbox has at most {FOLDER_RULES_MAX}",
                folders.len()
            );
            return self.error(
                self.at.place(&format!("{folders_at}.{FOLDER_RULES_MAX}")),
                message,
            );
        }
        let mut rules: Vec<FolderRule> = Vec::new();
        for (index, folder) in folders.iter().enumerate() {
            let key = format!("{folders_at}.{index}");
            let path = self.folder_path(&format!("{key}.path"), &folder.path)?;
            if rules.iter().any(|rule| rule.path == path) {
                let message =
                    format!("the folder `{path}` is listed twice: a folder has one entry");
                return self.error(self.at.place(&format!("{key}.path")), message);
            }
            let regarding = match folder.regarding.as_deref().unwrap_or("") {
                "" => None,
                text => Some(self.record(&format!("{key}.regarding"), "regarding", text)?),
            };
            rules.push(FolderRule { path, regarding });
        }
        Ok(Email {
            track: read.track,
            check_incoming: read.check_incoming,
            track_sent: read.track_sent,
            create: read.create,
            create_for: read.create_for,
            create_skip: read.create_skip,
            create_limit: read.create_limit,
            link_account: read.link_account,
            blocklist: match shared.blocklist {
                Some(general) => general,
                None => self
                    .address_list(&format!("{at}email.blocklist"), &read.blocklist, true)?
                    .into(),
            },
            forms: match shared.forms {
                Some(general) => general,
                None => self
                    .address_list(&format!("{at}email.forms"), &read.forms, false)?
                    .into(),
            },
            lists: match shared.lists {
                Some(general) => general,
                None => self
                    .address_list(&format!("{at}email.lists"), &read.lists, true)?
                    .into(),
            },
            folders: rules,
        })
    }

    fn address_book(&self, at: &str, read: AddressBookValues) -> Result<AddressBook, OptionsError> {
        let do_not_resolve = self.do_not_resolve(at, &read.do_not_resolve)?;
        let names = &read.equivalence;
        Ok(AddressBook {
            contacts: read.contacts,
            other_records: read.other_records,
            record_types: read
                .record_types
                .iter()
                .map(|kind| kind.to_ascii_lowercase())
                .collect(),
            do_not_resolve,
            equivalence: Equivalence {
                plus_tag: names.contains(&EquivalenceName::PlusTag),
                gmail_dots: names.contains(&EquivalenceName::GmailDots),
            },
            include_inactive: read.include_inactive,
            recipients_with_several_matches: read.recipients_with_several_matches,
            sender_with_several_matches: read.sender_with_several_matches,
        })
    }

    fn do_not_resolve(&self, at: &str, entries: &[String]) -> Result<DoNotResolve, OptionsError> {
        const KEY: &str = "address_book.do_not_resolve";
        let key = format!("{at}{KEY}");
        let (mut types, mut columns) = (Vec::new(), Vec::new());
        for (index, text) in entries.iter().enumerate() {
            let entry = text.trim().to_ascii_lowercase();
            match entry.split_once('.') {
                None if !entry.is_empty() => types.push(entry),
                Some((kind, column)) if !kind.is_empty() && !column.is_empty() => {
                    columns.push((kind.into(), column.into()));
                }
                _ => {
                    let message = format!(
                        "`{text}` is neither a type nor a column (expected one such as `opportunity` or `contact.emailaddress3`)"
                    );
                    return self.error(self.at.place(&format!("{key}.{index}")), message);
                }
            }
        }
        Ok(DoNotResolve {
            types,
            columns,
            is_default: self.at.key(&key).is_none() && self.at.key(KEY).is_none(),
        })
    }

    /// Checks the list under `key`, which may have entries `@domain` if `may_have_domains`.
    fn address_list(
        &self,
        key: &str,
        entries: &[String],
        may_have_domains: bool,
    ) -> Result<AddressList, OptionsError> {
        let mut list = AddressList::default();
        let mut domains = Vec::new();
        for (index, text) in entries.iter().enumerate() {
            let key = format!("{key}.{index}");
            let domain = text.trim().strip_prefix('@').filter(|_| may_have_domains);
            if let Some(domain) = domain {
                domains.push(self.domain(&key, domain)?);
            } else if let Some(address) = Address::parse(text) {
                list.addresses.insert(address);
            } else {
                let message = match may_have_domains {
                    true => format!(
                        "`{text}` is not a valid address (expected local@domain, or `@domain` for a whole domain)"
                    ),
                    false => format!("`{text}` is not a valid address (expected local@domain)"),
                };
                return self.error(self.at.place(&key), message);
            }
        }
        list.domains = domains.into_iter().collect::<DomainSet>();
        Ok(list)
    }

    fn domain(&self, key: &str, text: &str) -> Result<String, OptionsError> {
        match normal_domain(text.trim().trim_start_matches('@')) {
            Some(domain) => Ok(domain),
            None => self.error(
                self.at.place(key),
                format!("`{text}` is not a valid domain (expected one such as `contoso.com`)"),
            ),
        }
    }

    fn folder_path(&self, key: &str, text: &str) -> Result<String, OptionsError> {
        let is_outside = text.starts_with('/')
            || text.contains('\\')
            || text
                .trim_end_matches('/')
                .split('/')
                .any(|part| part == ".." || part == ".")
            || text.trim_end_matches('/').contains("//");
        if is_outside {
            let message = format!(
                "the folder `{text}` is not within the mailbox: a path is relative to the mailbox, with its folders separated by `/`, such as `Inbox/Deals`"
            );
            return self.error(self.at.place(key), message);
        }
        Ok(text.trim_end_matches('/').into())
    }

    fn owner(&self, key: &str, text: &str) -> Result<Option<Reference>, OptionsError> {
        if text.is_empty() {
            return Ok(None);
        }
        let owner = self.record(key, "owner", text)?;
        if matches!(&*owner.kind, "systemuser" | "queue") {
            Ok(Some(owner))
        } else {
            let message = format!(
                "owner: `{owner}` cannot own a mailbox (expected `systemuser:id` or `queue:id`)"
            );
            self.error(self.at.place(key), message)
        }
    }

    fn record(&self, at: &str, key: &'static str, text: &str) -> Result<Reference, OptionsError> {
        let place = self.at.place(at);
        let Some(reference) = Reference::parse(text) else {
            let message = format!(
                "{key}: `{text}` is not a reference to a record (expected `type:id`, such as `account:a-17`)"
            );
            return self.error(place, message);
        };
        self.citations.borrow_mut().push(Citation {
            reference: reference.clone(),
            place,
            key,
        });
        Ok(reference)
    }
}
