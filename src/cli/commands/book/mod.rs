//! `mailtrack book`: builds, describes and checks a book.

mod build;
mod check;
mod command;
mod info;

pub(crate) use command::run;
