//! The *manner* in which the files of one book are read: as the options say, and the preset that they name.

use std::collections::BTreeMap;

use super::presets::Preset;
use crate::book::error::BookError;
use crate::book::preset::users::Users;
use crate::options::file::{BookSection, DateOrder};

/// How the files of a book are read.
pub(crate) struct Dialect<'a> {
    section: &'a BookSection,
    preset: Option<Preset>,
    /// By which owners are known that are called otherwise than by their ids.
    pub(crate) users: Users,
}

impl<'a> Dialect<'a> {
    /// The manner that the options say.
    ///
    /// # Errors
    /// If the preset cannot be read, which a test holds good.
    pub(crate) fn of(section: &'a BookSection) -> Result<Dialect<'a>, BookError> {
        let preset = section.preset.map(|name| {
            Preset::read(name)
                .map_err(|error| BookError::of(format!("the preset `{}`: {error}", name.name())))
        });
        Ok(Dialect {
            section,
            preset: preset.transpose()?,
            users: Users::default(),
        })
    }

    /// Whether the files are in the book's own form, so that what they hold is taken as it is.
    pub(crate) fn is_own_form(&self) -> bool {
        self.section.is_own_form()
    }

    /// Whether a type's file may be in another encoding than UTF-8 and have other separators than commas.
    pub(crate) fn is_any_text(&self, kind: &str) -> bool {
        !self.is_own_form() || self.names(kind).is_some()
    }

    /// The preset.
    pub(crate) fn preset(&self) -> Option<&Preset> {
        self.preset.as_ref()
    }

    /// What the preset is called.
    pub(crate) fn preset_name(&self) -> &'static str {
        self.section.preset.map_or("", |preset| preset.name())
    }

    /// What comes first in a date such as `1/2/2024`.
    pub(crate) fn order(&self) -> DateOrder {
        let of_preset = self.preset.as_ref().map(|preset| preset.dates);
        self.section
            .dates
            .or(of_preset)
            .unwrap_or(DateOrder::DayFirst)
    }

    /// How the options say that the columns of a type are called in its file, by their logical names.
    pub(crate) fn names(&self, kind: &str) -> Option<&'a BTreeMap<String, String>> {
        self.section.columns.get(kind)
    }

    /// How the options say that files are called, by record type.
    pub(crate) fn files(&self) -> &'a BTreeMap<String, String> {
        &self.section.files
    }
}
