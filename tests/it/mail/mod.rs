//! Mail: what is found, read and unpacked, and what hostile mail can do.

mod archives;
mod bad_mail;
mod changing_mail;
mod deep;
mod exported;
mod hostile_files;
mod hostile_mail;
mod linear;
mod packed;
mod properties;
