//! Access to the disk: whether something exists, and durable writing.
//!
//! Something is *absent* only if the system says that there is no such name (`ENOENT`), or that a part of the path is
//! not a folder (`ENOTDIR`). Every other error is reported as such: an unreadable disk must not look like an empty one.

pub(crate) mod aside;
pub(crate) mod files;
pub(crate) mod opening;
pub(crate) mod stat;

pub(crate) use aside::{Aside, remove_leftovers};
pub(crate) use files::*;
pub(crate) use opening::{
    LIST_BYTES_MAX, OPENING, TEXT_BYTES_MAX, check_database, check_file, noun, open_file,
    open_to_write, read, read_text,
};
pub(crate) use stat::*;
