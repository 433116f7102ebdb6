//! The *present* state of a book: the current content of its source, if it differs from what the book was made from. A
//! built book may be older than its source, and a source may change during a long run.

use crate::book::source::Origin;
use std::sync::OnceLock;

use jiff::Timestamp;

use super::address_book::Book;
use crate::base::threads::Threads;
use crate::book::read::load::load_source;
use crate::book::read::stamps::{reveals_changes, stamps};
use crate::options::Options;
use crate::options::columns::Columns;

/// Reads the present state of a book when it is first needed, at most once.
pub(crate) struct Present<'a> {
    book: &'a Book,
    options: &'a Options,
    threads: &'a Threads,
    /// The time relative to which filters count days.
    pub now: Timestamp,
    read: OnceLock<Result<Option<Book>, PresentError>>,
}

/// The present state of a book could not be read.
#[derive(Debug, thiserror::Error)]
#[error("could not check whether {shown} has records by now that would be created again: {why}")]
struct PresentError {
    /// The source of the book.
    shown: String,
    why: String,
}

impl<'a> Present<'a> {
    /// Creates the state for `book`, without reading anything yet.
    pub(crate) fn new(
        book: &'a Book,
        options: &'a Options,
        now: Timestamp,
        threads: &'a Threads,
    ) -> Present<'a> {
        Present {
            book,
            options,
            threads,
            now,
            read: OnceLock::new(),
        }
    }

    /// Returns the present book; `None` if it is the same as `book` or cannot be read.
    pub(crate) fn other(&self) -> Option<&Book> {
        let read = self.read.get_or_init(|| self.read());
        read.as_ref().ok()?.as_ref()
    }

    /// Returns why the present book could not be read, if that was tried and failed.
    pub(crate) fn doubt(&self) -> Option<String> {
        self.read.get()?.as_ref().err().map(ToString::to_string)
    }

    fn read(&self) -> Result<Option<Book>, PresentError> {
        let Some(Origin { source, files }) = &self.book.origin else {
            return Ok(None);
        };
        let doubt = |why: String| PresentError {
            shown: source.name(),
            why,
        };
        match source.is_there() {
            Ok(true) => (),
            Ok(false) => return Err(doubt(format!("the {} is gone", source.noun()))),
            Err(error) => return Err(doubt(error.to_string())),
        }
        let section = match self.book.index.image().path() {
            Some(_) => self.book.index.meta.section(),
            None => self.options.book.clone(),
        };
        let now =
            stamps(source, &section).map_err(|error| doubt(first_line(&error.to_string())))?;
        if reveals_changes(source) && now == *files && !self.book.is_offline() {
            return Ok(None);
        }
        let (columns, owners) = (Columns::of_companies(), self.options.owners());
        load_source(source.clone(), &section, columns, owners, self.threads)
            .map(Some)
            .map_err(|error| doubt(first_line(&error.to_string())))
    }
}

fn first_line(text: &str) -> String {
    text.lines().next().unwrap_or_default().into()
}
