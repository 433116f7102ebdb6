//! `mailtrack report`: an output folder as a page.

use std::io::{self, Write as _};

use mailtrack::export::{Committed, write_whole};
use mailtrack::report::{candidates, gather, page};

use super::export::failed;
use super::{CommandError, book_of, counted, options_of, rules, sound, threads};
use crate::cli::ReportArgs;

/// Runs the command.
pub fn run(args: &ReportArgs) -> Result<u8, CommandError> {
    let options = options_of(args.options.as_deref(), &args.preset)?;
    let rules = rules(args.rules.as_deref())?;
    let folder = Committed::open(&args.folder).map_err(failed)?;
    let report = match &args.book {
        Some(path) => {
            let book = book_of(path, &[&options], &threads(0)?)?;
            let ask = |addresses: &[&str]| candidates(&book, addresses);
            let report = gather(&folder, &rules, args.rows, Some(&ask)).map_err(failed)?;
            sound(&book)?;
            report
        }
        None => gather(&folder, &rules, args.rows, None).map_err(failed)?,
    };
    let page = page(&report, &args.folder.display().to_string());
    write_whole(&args.output, page.as_bytes()).map_err(failed)?;
    let mut out = io::stdout().lock();
    writeln!(
        out,
        "{}: {}",
        args.output.display(),
        counted(report.decisions(), "decision", "decisions")
    )?;
    out.flush()?;
    Ok(0)
}
