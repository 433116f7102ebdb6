//! E-mail addresses in their normal form, and the equivalences between them (rule R7).
//!
//! Two addresses are the same when their normal forms are equal: read as RFC 5322 (section 3.4.1)
//! says, local part unquoted where the quotes are not needed, Unicode NFC, domain in its ASCII form
//! (UTS 46, non-transitional), no trailing dot, lower case on both sides of the `@`, no invisible characters.
//! Weaker matches ([`Equivalence`]) are never made unless asked for.
//!
//! Reading is lenient where wild mail needs it (dots at the edges of a local part, `_` in a domain,
//! `'a@b'`, `mailto:`), but no address ever holds a control character, or white space or one of
//! `()<>[],;:@\"` outside quotes. An unquoted backslash makes no address: what it once escaped
//! (RFC 821) and what it divides today (`CORP\ann`) cannot be told apart.
//!
//! Lists of mailboxes as they stand in headers are read by [`parse_list`].

pub(crate) mod addr_spec;
pub(crate) mod domain;
pub(crate) mod domain_set;
pub(crate) mod folding;
pub(crate) mod invisible;
pub(crate) mod lex;
pub(crate) mod list;
pub(crate) mod mailbox;
pub(crate) mod phrase;
pub(crate) mod plain;

pub(crate) use addr_spec::*;
pub(crate) use folding::without_folds_in_brackets;
pub(crate) use invisible::visible_name;
pub(crate) use list::parse_list;
