//! The export of created records as vCards.

use std::io::Write as _;

use super::failed::failed;
use crate::base::terminal::{counted, shown};
use crate::cli::args::ExportArgs;
use crate::cli::console::Console;
use crate::cli::context::threads;
use crate::cli::error::CommandError;
use crate::export::{vcards, write_whole};
use crate::options::Options;
use crate::output::committed::reader::Committed;
use crate::run::basis::{book_of, check_undamaged};

pub(super) fn to_vcards(
    args: &ExportArgs,
    options: &Options,
    folder: &Committed,
    console: &Console<'_>,
) -> Result<u8, CommandError> {
    let book = match &args.book {
        Some(path) => Some(book_of(path, &[options], &threads(0)?, console)?),
        None => None,
    };
    let (text, written) = vcards(folder, options, book.as_ref()).map_err(failed)?;
    if let Some(book) = &book {
        check_undamaged(book)?;
    }
    write_whole(&args.output, text.as_bytes()).map_err(failed)?;
    if written.nameless_accounts > 0 {
        let what = match book {
            Some(_) => "the book does not have them",
            None => "give --book",
        };
        console.warning(&format!(
            "{} cards lack the name of the parent account: {what}",
            written.nameless_accounts
        ));
    }
    let mut out = console.out();
    let cards = counted(written.cards, "vCard", "vCards");
    writeln!(out, "{}: {cards}", shown(&args.output))?;
    out.flush()?;
    Ok(0)
}
