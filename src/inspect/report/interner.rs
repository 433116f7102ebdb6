//! Interned texts: each distinct text is stored once and has an id.

use hashbrown::HashMap;

/// Texts with their ids, which count up from 0 in the order of first occurrence.
#[derive(Debug, Default)]
pub(super) struct Interner {
    ids: HashMap<Box<str>, u32>,
    texts: Vec<Box<str>>,
}

impl Interner {
    /// Returns the id of a text, which is added if it is new.
    pub(super) fn intern(&mut self, text: &str) -> u32 {
        if let Some(&id) = self.ids.get(text) {
            return id;
        }
        let id = u32::try_from(self.texts.len()).unwrap_or(u32::MAX);
        self.texts.push(text.into());
        self.ids.insert(text.into(), id);
        id
    }

    /// Returns the text with an id; an empty text if there is none.
    pub(super) fn text(&self, id: u32) -> &str {
        self.texts.get(id as usize).map_or("", |text| text)
    }

    /// Returns all texts, in the order of their ids.
    pub(super) fn texts(&self) -> &[Box<str>] {
        &self.texts
    }
}
