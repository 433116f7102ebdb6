//! The check of `[synchronization]` `client`.

use super::checker::Checker;
use crate::options::error::OptionsError;
use crate::options::file::SynchronizationValues;

/// The longest name of a client, in characters: as long as a host's name can be (RFC 1035, section 2.3.4).
const CLIENT_MAX: usize = 255;

impl Checker<'_> {
    /// Whose output folder it is; nothing where that is not said.
    pub(super) fn client(
        &self,
        read: &SynchronizationValues,
    ) -> Result<Option<String>, OptionsError> {
        let name = read.client.trim();
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
