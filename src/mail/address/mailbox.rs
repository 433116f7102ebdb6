//! A mailbox of a header field (RFC 5322, section 3.4).

use crate::mail::address::addr_spec::Normal;
use smallvec::SmallVec;
use std::borrow::Cow;

/// A mailbox of an address field (rule R7).
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Mailbox<'a> {
    /// The decoded display name, else the comment; never empty, with single spaces, and without outer quotes and
    /// control characters. For an entry that is not an address, its decoded text.
    pub name: Option<Cow<'a, str>>,
    /// The address as written, without brackets, comments and folding. For an entry that is not an address, the text
    /// itself.
    pub written: Cow<'a, str>,
    /// The address in normal form; `None` if there is no usable address.
    pub address: Option<Normal<'a>>,
}

/// The mailboxes of a field. Most fields have one or two.
pub(crate) type Mailboxes<'a> = SmallVec<[Mailbox<'a>; 2]>;
