//! `mailtrack report`: writes the report on an output folder as an HTML page.

use crate::cli::console::Console;
use crate::cli::context::threads;
use crate::cli::error::CommandError;
use crate::run::basis::{book_of, check_undamaged, options_of, rules};
use std::io::Write as _;
use std::path::Path;

use crate::base::terminal::shown;
use crate::export::write_whole;
use crate::inspect::report::{candidates, gather, page};
use crate::mail::address::Address;
use crate::options::Options;
use crate::output::committed::reader::Committed;

use super::export::failed;
use super::given::{flags, quoted};
use crate::base::terminal::counted;
use crate::cli::args::ReportArgs;

/// Runs the command.
pub(crate) fn run(args: &ReportArgs, console: &Console<'_>) -> Result<u8, CommandError> {
    let rules = rules(args.rules.as_deref())?;
    let folder = Committed::open(&args.folder).map_err(failed)?;
    let options = options(args, &folder, console)?;
    let is_unwanted = |address: &Address| {
        let mut mailboxes = options.mailboxes.iter();
        options.organization.domains.has(address)
            || mailboxes.any(|it| it.email.blocklist.has(address))
    };
    let report = match &args.book {
        Some(path) => {
            let book = book_of(path, &[&options], &threads(0)?, console)?;
            let ask = |addresses: &[&str]| candidates(&book, addresses);
            let report =
                gather(&folder, &rules, args.rows, Some(&ask), &is_unwanted).map_err(failed)?;
            check_undamaged(&book)?;
            report
        }
        None => gather(&folder, &rules, args.rows, None, &is_unwanted).map_err(failed)?,
    };
    let out = std::path::absolute(&args.folder).unwrap_or_else(|_| args.folder.clone());
    let out = quoted(&out.to_string_lossy());
    let commands = folder
        .given()
        .map(|it| format!(" --out {out}{}", flags(it)));
    let commands: Vec<String> = commands.collect();
    let page = page(&report, &args.folder.display().to_string(), &commands);
    write_whole(&args.output, page.as_bytes()).map_err(failed)?;
    let mut out = console.out();
    writeln!(
        out,
        "{}: {}",
        shown(&args.output),
        counted(report.decisions(), "decision", "decisions")
    )?;
    out.flush()?;
    Ok(0)
}

/// Returns the given options, else those of the last run if they can still be read. They tell which senders are blocked
/// or internal.
fn options(
    args: &ReportArgs,
    folder: &Committed,
    console: &Console<'_>,
) -> Result<Options, CommandError> {
    let of_run = folder.given().next_back().and_then(|it| it.options.clone());
    let (None, Some(path)) = (&args.options, of_run) else {
        let own = options_of(args.options.as_deref(), args.preset.preset)?;
        return Ok(own);
    };
    let own = options_of(Some(Path::new(&path)), args.preset.preset).or_else(|error| {
        console.warning(&format!("the options that the last run was given cannot be read, so blocked senders may be listed ({}); name them with --options",
            error.to_string().lines().next().unwrap_or_default()
        ));
        options_of(None, args.preset.preset)
    })?;
    Ok(own)
}
