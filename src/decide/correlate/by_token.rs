//! Correlation by tracking tokens (R8, code 4).

use hashbrown::HashMap;

use crate::decide::correlate::method::{ActivityKey, Dated};
use crate::mail::token::Token;

/// The newest tracked activity for each token.
#[derive(Debug, Default)]
pub(super) struct ByToken {
    newest: HashMap<Token, Dated>,
}

impl ByToken {
    /// Adds an activity that contains these tokens.
    pub(super) fn add(&mut self, tokens: &[Token], dated: Dated) {
        for &token in tokens {
            let newest = self.newest.entry(token).or_insert(dated);
            *newest = dated.max(*newest);
        }
    }

    /// Returns the newest activity that contains one of these tokens.
    pub(super) fn find(&self, tokens: &[Token]) -> Option<ActivityKey> {
        let found = tokens.iter().filter_map(|it| self.newest.get(it)).max();
        found.map(|dated| dated.activity)
    }
}
