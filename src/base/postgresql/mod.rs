//! A *database* of a PostgreSQL server: its URL, the login, and its errors. Records are read from databases, and rows
//! are written to them. Parts that the URL omits are taken from the environment variables and the password file that
//! PostgreSQL's own programs use.

#[cfg(feature = "postgres")]
pub(crate) mod client;
pub(crate) mod error;
pub(crate) mod parts;
pub(crate) mod password_file;
pub(crate) mod tls;
pub(crate) mod url;

pub(crate) use client::*;
