//! The targets by name.

use crate::fuzz::mail::addresses;
use crate::fuzz::mail::archives;
use crate::fuzz::mail::head;
use crate::fuzz::mail::mbox;
use crate::fuzz::records::book;
use crate::fuzz::records::index;
use crate::fuzz::records::presets;
use crate::fuzz::records::vcards;
use crate::fuzz::state::state;
use crate::fuzz::text::calendar;
use crate::fuzz::text::conversation;
use crate::fuzz::text::options;
use crate::fuzz::text::text;

/// A target, which takes arbitrary bytes.
pub type Target = fn(&[u8]);

/// Every target by its name, which is that of its file in `fuzz/fuzz_targets` and of its folder of seeds.
pub const TARGETS: [(&str, Target); 14] = [
    ("addresses", addresses),
    ("archives", archives),
    ("book", book),
    ("calendar", calendar),
    ("conversation", conversation),
    ("head", head),
    ("index", index),
    ("mbox", mbox),
    ("mime", super::mail::mime),
    ("options", options),
    ("presets", presets),
    ("state", state),
    ("text", text),
    ("vcards", vcards),
];
