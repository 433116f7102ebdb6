//! `mailtrack resolve`: looks up the records of addresses as a run would.

use std::io::{self, BufWriter, Write as _};

use crate::book::LookupResults;
use crate::cli::args::ResolveArgs;
use crate::cli::console::Console;
use crate::cli::context::{basis_settings, now, threads};
use crate::cli::error::{CommandError, wrong};
use crate::decide::resolve::Resolver;
use crate::decide::resolve::synchronized::Synchronized;
use crate::inspect::lookup::Lookup;
use crate::mail::envelope::Distinct;
use crate::options::{MailboxId, Options};
use crate::run::basis::Basis;

/// Runs the command.
pub(crate) fn run(args: &ResolveArgs, console: &Console<'_>) -> Result<u8, CommandError> {
    let threads = threads(0)?;
    let now = now(args.book.now.as_deref())?;
    let basis = Basis::load_as_it_is(&basis_settings(&args.book)?, now, &threads, console)?;
    let distinct = Distinct::default();
    let synchronized = Synchronized::of(&basis.book, &basis.options, now, &threads);
    let resolver = Resolver::new(
        &basis.book,
        &basis.options,
        &distinct,
        LookupResults::default(),
        &synchronized,
    );
    let lookup = Lookup {
        mailbox: mailbox(args, &basis.options)?,
        resolver: &resolver,
        basis: &basis,
        threads: &threads,
        json: args.json,
    };
    let mut out = BufWriter::with_capacity(1 << 16, console.out());
    if args.addresses.is_empty() {
        lookup.answer_all(io::stdin(), |lines| {
            Ok::<_, CommandError>(out.write_all(lines)?)
        })?;
    } else {
        let given: Vec<&str> = args.addresses.iter().map(String::as_str).collect();
        out.write_all(&lookup.answer(&given)?)?;
    }
    out.flush()?;
    Ok(0)
}

/// Returns the mailbox whose scope and owner apply.
fn mailbox(args: &ResolveArgs, options: &Options) -> Result<MailboxId, CommandError> {
    let mut configured = options.configured();
    match &args.mailbox {
        None => Ok(configured.next().map_or(MailboxId::GENERAL, |(id, _)| id)),
        Some(path) => {
            let wanted = path.trim_end_matches('/');
            let found = configured.find(|(_, mailbox)| mailbox.path == wanted);
            found.map(|(id, _)| id).ok_or_else(|| {
                wrong(format!(
                    "--mailbox `{path}`: the options have no [[mailbox]] with that path"
                ))
            })
        }
    }
}
