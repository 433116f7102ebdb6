//! `mailtrack man`: writes the *manual*, one page for the program and one for each command, in the format of `man`.

use crate::cli::console::Console;
use crate::cli::error::CommandError;
use std::fs;
use std::io::{self, Write as _};
use std::path::Path;

use anyhow::Context as _;
use clap::{Command, CommandFactory as _};
use clap_mangen::Man;
use roff::{Roff, roman};

use crate::base::terminal::shown;

use crate::cli::args::Cli;

/// Runs the command: prints the program's page, or writes all pages into the folder.
pub(crate) fn run(folder: Option<&Path>, console: &Console<'_>) -> Result<u8, CommandError> {
    let mut program = Cli::command().disable_help_subcommand(true);
    program.build();
    let mut out = console.out();
    match folder {
        None => out.write_all(&page(&program)?)?,
        Some(folder) => {
            let count = write_all(folder, &program).map_err(CommandError::Incomplete)?;
            writeln!(out, "{}: {count} pages", shown(folder))?;
        }
    }
    out.flush()?;
    Ok(0)
}

fn write_all(folder: &Path, program: &Command) -> anyhow::Result<usize> {
    fs::create_dir_all(folder).with_context(|| format!("{}: cannot be made", folder.display()))?;
    let mut pages = Vec::new();
    collect(program, &mut pages)?;
    for (name, page) in &pages {
        let path = folder.join(name);
        fs::write(&path, page).with_context(|| format!("{}: cannot be written", path.display()))?;
    }
    Ok(pages.len())
}

/// Adds the pages of a command and its subcommands, with the names of their files.
fn collect(command: &Command, pages: &mut Vec<(String, Vec<u8>)>) -> io::Result<()> {
    pages.push((Man::new(command.clone()).get_filename(), page(command)?));
    let below = command.get_subcommands().filter(|it| !it.is_hide_set());
    below.into_iter().try_for_each(|it| collect(it, pages))
}

fn page(command: &Command) -> io::Result<Vec<u8>> {
    let mut page = Vec::new();
    let man = Man::new(command.clone()).manual("mailtrack");
    man.render_title(&mut page)?;
    man.render_name_section(&mut page)?;
    man.render_synopsis_section(&mut page)?;
    man.render_description_section(&mut page)?;
    man.render_options_section(&mut page)?;
    if command.has_subcommands() {
        man.render_subcommands_section(&mut page)?;
    }
    let after = command.get_after_help().map(ToString::to_string);
    further(&after.unwrap_or_default(), &mut page)?;
    Ok(page)
}

/// Adds the text after the options in `--help`. The lines of examples are kept, which the library would join.
fn further(after_help: &str, page: &mut Vec<u8>) -> io::Result<()> {
    let (examples, notes) = after_help.split_once("\n\n").unwrap_or((after_help, ""));
    let mut roff = Roff::new();
    for (title, lines) in [
        ("EXAMPLES", examples.lines().skip(1).collect::<Vec<_>>()),
        ("NOTES", notes.lines().collect()),
    ] {
        if lines.is_empty() {
            continue;
        }
        roff.control("SH", [title]).control("nf", []);
        for line in lines {
            roff.text([roman(line.trim_start())]);
        }
        roff.control("fi", []);
    }
    roff.to_writer(page)
}
