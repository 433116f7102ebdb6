//! The checks of `[synchronization]` `client` and `update_company`.

use super::Checker;
use crate::options::file::SynchronizationSection;
use crate::options::{OptionsError, Synchronization};

/// The longest name of a client, in characters: as long as a host's name can be (RFC 1035, section 2.3.4).
const CLIENT_MAX: usize = 255;

impl Checker<'_> {
    pub(super) fn synchronization(
        &self,
        read: &SynchronizationSection,
    ) -> Result<Synchronization, OptionsError> {
        Ok(Synchronization {
            client: self.client(read.client.as_deref().unwrap_or(""))?,
            update_company: read.update_company.unwrap_or(true),
            fields: self.fields(&read.fields)?,
        })
    }

    fn client(&self, text: &str) -> Result<Option<String>, OptionsError> {
        let name = text.trim();
        let length = name.chars().count();
        if name.contains(char::is_control) || length > CLIENT_MAX {
            let message = format!(
                "a client's name has up to {CLIENT_MAX} characters and no control characters, such as `anns-laptop`; this one has {length}"
            );
            return self.error(self.at.place("synchronization.client"), message);
        }
        Ok((!name.is_empty()).then(|| name.to_owned()))
    }
}
