//! The arguments of an earlier run: chooses between them and the command line, and formats them as a command line.

use crate::base::progress::Progress as _;
use crate::cli::console::Console;
use crate::cli::error::{CommandError, wrong};
use std::path::PathBuf;

use crate::options::PresetName;
use crate::output::state::RunArguments;

use crate::cli::args::preset::PresetArg;
use crate::cli::args::{BookArgs, ExplainArgs};
use crate::cli::context::basis_settings;
use crate::run::settings::BasisSettings;

/// The settings with which a decision is explained.
pub(crate) struct BookChoice {
    pub(crate) basis: BasisSettings,
    pub(crate) vcards: Option<PathBuf>,
}

/// Returns the settings of the command line; missing ones are those of the run, which is noted on standard error.
pub(crate) fn choose(
    args: &ExplainArgs,
    given: Option<&RunArguments>,
    console: &Console<'_>,
) -> Result<BookChoice, CommandError> {
    let mut taken = RunArguments::default();
    let mut path = |own: &Option<PathBuf>, of: fn(&mut RunArguments) -> &mut Option<String>| {
        own.clone().or_else(|| {
            let given = of(&mut given?.clone()).clone()?;
            *of(&mut taken) = Some(given.clone());
            Some(given.into())
        })
    };
    let options = path(&args.options, |it| &mut it.options);
    let rules = path(&args.rules, |it| &mut it.rules);
    let vcards = path(&args.vcards, |it| &mut it.vcards);
    let now = path(&args.now.as_ref().map(Into::into), |it| &mut it.now);
    let now = now.map(|it| it.to_string_lossy().into_owned());
    let mut preset = args.preset.preset;
    if let (None, Some(name)) = (preset, given.and_then(|it| it.preset.as_deref())) {
        preset = PresetName::named(name);
        taken.preset = Some(name.into());
    }
    let book = match (&args.book, given) {
        (Some(book), _) => book.clone(),
        (None, Some(given)) => {
            taken.book.clone_from(&given.book);
            PathBuf::from(&given.book)
        }
        (None, None) => {
            return Err(wrong(
                "the output folder does not say which book its runs were given, as it was written by an older version; give --book",
            ));
        }
    };
    let taken = flags(&taken);
    if !taken.is_empty() {
        console.note(&format!("as the run was given:{taken}"));
    }
    Ok(BookChoice {
        basis: basis_settings(&BookArgs {
            book,
            preset: PresetArg { preset },
            options,
            rules,
            now,
        })?,
        vcards,
    })
}

/// Returns the arguments of a run, except for the mail, as flags for a shell, each with a space before it.
pub(crate) fn flags(given: &RunArguments) -> String {
    let book = Some(&given.book).filter(|it| !it.is_empty());
    let all = [
        ("--book", book),
        ("--preset", given.preset.as_ref()),
        ("--options", given.options.as_ref()),
        ("--rules", given.rules.as_ref()),
        ("--vcards", given.vcards.as_ref()),
        ("--now", given.now.as_ref()),
    ];
    all.into_iter()
        .filter_map(|(flag, value)| Some(format!(" {flag} {}", quoted(value?))))
        .collect()
}

/// Returns a word in the form that POSIX shells read: unchanged, or in single quotes.
pub(crate) fn quoted(word: &str) -> String {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "-_./:@%+=,".contains(c);
    match !word.is_empty() && word.chars().all(is_plain) {
        true => word.into(),
        false => format!("'{}'", word.replace('\'', r"'\''")),
    }
}

#[cfg(test)]
mod tests {
    use super::quoted;

    #[test]
    fn a_shell_takes_a_word_as_it_was() {
        for (word, want) in [
            ("Inbox/7.eml", "Inbox/7.eml"),
            ("", "''"),
            ("My mail/a.eml", "'My mail/a.eml'"),
            ("it's.eml", r"'it'\''s.eml'"),
            ("Archive.mbox#2", "'Archive.mbox#2'"),
            ("$(rm -r x)`y`", "'$(rm -r x)`y`'"),
            ("a\nb", "'a\nb'"),
            ("über", "'über'"),
            ("~ann", "'~ann'"),
        ] {
            assert_eq!(quoted(word), want);
            #[cfg(unix)]
            {
                let printed = std::process::Command::new("sh")
                    .args(["-c", &format!("printf %s {}", quoted(word))])
                    .output()
                    .unwrap();
                assert_eq!(String::from_utf8(printed.stdout).unwrap(), word);
            }
        }
    }
}
