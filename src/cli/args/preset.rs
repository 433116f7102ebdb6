//! The preset that a command line names.

use crate::options::PresetName;
use clap::Args;
use clap::builder::PossibleValuesParser;
use clap::builder::TypedValueParser;

/// Whose exports a book is made of.
#[derive(Debug, Args)]
pub(crate) struct PresetArg {
    /// System that the address book was exported from; its file names, column names and date formats are understood
    /// (in the options: [book] preset)
    #[arg(long, value_name = "PRESET", value_parser = presets())]
    pub preset: Option<PresetName>,
}

/// The presets by name, so that a mistyped one is suggested.
pub(super) fn presets() -> impl TypedValueParser<Value = PresetName> {
    PossibleValuesParser::new(PresetName::ALL.map(PresetName::name))
        .try_map(|name| PresetName::named(&name).ok_or("is not a preset"))
}
