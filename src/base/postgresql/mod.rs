//! A *database* of a PostgreSQL server: its URL, who logs in, and what its errors say. Records may be read from one, and
//! rows be written to one. What the URL leaves out is taken from the variables and the password file that PostgreSQL's
//! own programs look at.

#[cfg(feature = "postgres")]
pub mod client;
pub mod error;
pub mod parts;
pub mod password_file;
pub mod tls;
pub mod url;

pub use client::*;
