//! A mailbox of a header field (RFC 5322, section 3.4).

use crate::mail::address::addr_spec::Normal;
use smallvec::SmallVec;
use std::borrow::Cow;

/// One mailbox of an address header as written (rule R7).
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Mailbox<'a> {
    /// The decoded display name, else the comment: white space single, outer quotes removed, no control
    /// characters, not empty. For an entry that is no address, its decoded text.
    pub name: Option<Cow<'a, str>>,
    /// The address as written: without brackets, comments and folding, case kept. For an entry that is
    /// no address, the text itself.
    pub written: Cow<'a, str>,
    /// The normal form; `None` if there is no usable address.
    pub address: Option<Normal<'a>>,
}

/// The mailboxes of a field. Most fields have one or two.
pub(crate) type Mailboxes<'a> = SmallVec<[Mailbox<'a>; 2]>;
