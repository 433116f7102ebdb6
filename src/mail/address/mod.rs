//! Email addresses in normal form, and address equivalences (rule R7).
//!
//! Two addresses are the same if their normal forms are equal. The normal form is that of RFC 5322 (section 3.4.1),
//! with a local part without unnecessary quotes, in Unicode NFC and lower case, without invisible characters, and with
//! a domain in its ASCII form (UTS 46, non-transitional) without a trailing dot. Other matches ([`Equivalence`]) are
//! made only on request.
//!
//! Parsing is lenient if real mail requires it (dots at the edges of a local part, `_` in a domain, `'a@b'`,
//! `mailto:`). But no address ever contains a control character, or white space or one of `()<>[],;:@\"` outside
//! quotes. A text with an unquoted backslash is not an address: a backslash that escapes (RFC 821) cannot be told from
//! one that separates (`CORP\ann`).
//!
//! [`parse_list`] parses the lists of mailboxes in header fields.

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
