//! Mail: how it is found, read and unpacked, and the effects of hostile mail.

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
