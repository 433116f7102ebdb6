//! The basis of decisions: options, rules and the book, loaded and checked against each other.

use std::path::Path;

use jiff::Timestamp;

use super::error::{RunError, usage};
use super::settings::BasisSettings;
use crate::base::progress::Progress;
use crate::base::threads::Threads;
use crate::book::{Book, Freshness, Refreshed};
use crate::decide::vcards;
use crate::decide::vcards::Cards;
use crate::mail::address::Equivalence;
use crate::mail::rules::Rules;
use crate::options::columns::Columns;
use crate::options::{Options, PresetName};

/// Options, rules and the book.
pub(crate) struct Basis {
    /// The options.
    pub options: Options,
    /// The rules.
    pub rules: Rules,
    /// The book.
    pub book: Book,
    /// A note that the book was rebuilt.
    pub note: Option<String>,
    /// A warning that the book is older than the options allow.
    pub doubt: Option<String>,
}

impl Basis {
    /// Loads the options, rules and book. A built book that is too old at `now` is rebuilt if `may_build`.
    ///
    /// # Errors
    /// If one of them cannot be read, or does not fit the others.
    pub(crate) fn load(
        settings: &BasisSettings,
        now: Timestamp,
        may_build: bool,
        threads: &Threads,
        progress: &dyn Progress,
    ) -> Result<Basis, RunError> {
        let mut options = options_of(settings.options.as_deref(), settings.preset)?;
        let rules = rules(settings.rules.as_deref())?;
        let (note, doubt) = match refreshed(&settings.book, &[&options], now, may_build, threads) {
            Some(Refreshed::Built(note, warnings)) => {
                progress.note(&note);
                progress.warn("book", &warnings);
                (Some(note), None)
            }
            Some(Refreshed::Old(why)) => (None, Some(why)),
            None => (None, None),
        };
        let book = book_of(&settings.book, &[&options], threads, progress)?;
        know_tokens(&mut options, &book);
        Ok(Basis {
            options,
            rules,
            book,
            note,
            doubt,
        })
    }

    /// Like [`Basis::load`], for a command that writes nothing: an old book is used, with a warning.
    ///
    /// # Errors
    /// Those of [`Basis::load`].
    pub(crate) fn load_as_it_is(
        settings: &BasisSettings,
        now: Timestamp,
        threads: &Threads,
        progress: &dyn Progress,
    ) -> Result<Basis, RunError> {
        let basis = Basis::load(settings, now, false, threads, progress)?;
        progress.warn("book", basis.doubt.as_slice());
        Ok(basis)
    }
}

/// Lets the options read the tokens that the CRM's activities have, whatever their form (R9).
pub(crate) fn know_tokens(options: &mut Options, book: &Book) {
    if !options.correlation.tracking_token {
        return;
    }
    for email in book.emails() {
        options.correlation.token.add_known(email.tracking_token);
    }
}

/// Returns the options of a file, or the defaults, with the given preset.
pub(crate) fn options_of(
    file: Option<&Path>,
    preset: Option<PresetName>,
) -> Result<Options, RunError> {
    let options = file.map_or_else(Options::defaults, Options::load);
    let mut options = options.map_err(usage)?;
    if let Some(preset) = preset {
        options.set_preset(preset);
    }
    Ok(options)
}

/// Rebuilds a book that is older than any of the options allow, or reports why it cannot be rebuilt.
pub(crate) fn refreshed(
    path: &Path,
    all: &[&Options],
    now: Timestamp,
    may_build: bool,
    threads: &Threads,
) -> Option<Refreshed> {
    let ages = all.iter().filter_map(|options| options.local_data_age_max);
    let freshness = Freshness {
        age_max: ages.min()?,
        now,
        may_build,
    };
    crate::book::refresh(path, freshness, threads)
}

pub(crate) fn rules(folder: Option<&Path>) -> Result<Rules, RunError> {
    let rules = match folder {
        Some(folder) => Rules::from_folder(folder),
        None => Rules::built_in(),
    };
    rules.map_err(usage)
}

/// Loads the book for several options, which must have the same `[book]`, and checks the names in them against it.
pub(crate) fn book_of(
    path: &Path,
    all: &[&Options],
    threads: &Threads,
    progress: &dyn Progress,
) -> Result<Book, RunError> {
    let section = all.first().map(|options| options.book.clone());
    let section = section.unwrap_or_default();
    let owners = all.iter().flat_map(|options| options.owners());
    let mut columns = Columns::default();
    all.iter()
        .for_each(|options| columns.add(options.columns()));
    let mut book = crate::book::load(path, &section, columns, owners, threads).map_err(usage)?;
    for options in all {
        crate::book::check_cited(options, &book).map_err(usage)?;
    }
    book.match_under(Equivalence::any(
        all.iter().map(|options| options.widest_equivalence()),
    ));
    check_undamaged(&book)?;
    progress.warn("book", book.warnings());
    Ok(book)
}

pub(crate) fn load(path: &Path, options: &Options, threads: &Threads) -> Result<Book, RunError> {
    let (section, columns) = (&options.book, options.columns());
    crate::book::load(path, section, columns, options.owners(), threads).map_err(usage)
}

/// Reads the vCards, if a path was given, and warns of anything unusual in them.
pub(crate) fn cards(
    path: Option<&Path>,
    progress: &dyn Progress,
) -> Result<Option<Cards>, RunError> {
    let Some(path) = path else { return Ok(None) };
    let cards = vcards::load(path).map_err(usage)?;
    progress.warn("vCards", &cards.warnings);
    Ok(Some(cards))
}

/// Returns an error if the book has turned out to be damaged, because results from it cannot be trusted.
pub(crate) fn check_undamaged(book: &Book) -> Result<(), RunError> {
    match book.damage() {
        Some(damage) => Err(usage(damage.clone())),
        None => Ok(()),
    }
}
