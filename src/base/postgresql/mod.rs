//! A *database* of a PostgreSQL server: its URL, who logs in, and what its errors say. Records may be read from one, and
//! rows be written to one. What the URL leaves out is taken from the variables and the password file that PostgreSQL's
//! own programs look at.

#[cfg(feature = "postgres")]
pub(crate) mod client;
pub(crate) mod error;
pub(crate) mod parts;
pub(crate) mod password_file;
pub(crate) mod tls;
pub(crate) mod url;

pub(crate) use client::*;
