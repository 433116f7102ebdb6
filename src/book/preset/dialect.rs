//! The *dialect* of a book's files: how they are read, as the options and the preset that they name say.

use std::collections::BTreeMap;

use super::presets::Preset;
use crate::book::error::BookError;
use crate::book::preset::users::Users;
use crate::options::file::{BookSection, DateOrder};

/// How the files of a book are read.
pub(crate) struct Dialect<'a> {
    section: &'a BookSection,
    preset: Option<Preset>,
    /// The users, for columns that name owners other than by id.
    pub(crate) users: Users,
}

impl<'a> Dialect<'a> {
    /// Creates the dialect that the options define.
    ///
    /// # Errors
    /// If the preset cannot be read; a test checks that all can.
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

    /// Returns whether the files are in the book's own form, so that values are used as they are.
    pub(crate) fn is_own_form(&self) -> bool {
        self.section.is_own_form()
    }

    /// Returns whether a type's file may have another encoding than UTF-8 and other separators than commas.
    pub(crate) fn is_any_text(&self, kind: &str) -> bool {
        !self.is_own_form() || self.names(kind).is_some()
    }

    /// Returns the preset, if the options name one.
    pub(crate) fn preset(&self) -> Option<&Preset> {
        self.preset.as_ref()
    }

    /// Returns the name of the preset; empty if there is none.
    pub(crate) fn preset_name(&self) -> &'static str {
        self.section.preset.map_or("", |preset| preset.name())
    }

    /// Returns what comes first in a date such as `1/2/2024`.
    pub(crate) fn order(&self) -> DateOrder {
        let of_preset = self.preset.as_ref().map(|preset| preset.dates);
        self.section
            .dates
            .or(of_preset)
            .unwrap_or(DateOrder::DayFirst)
    }

    /// Returns the column names that the options define for a type's file, by logical name.
    pub(crate) fn names(&self, kind: &str) -> Option<&'a BTreeMap<String, String>> {
        self.section.columns.get(kind)
    }

    /// Returns the file names that the options define, by record type.
    pub(crate) fn files(&self) -> &'a BTreeMap<String, String> {
        &self.section.files
    }
}
