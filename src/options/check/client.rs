//! The check of `synchronization.client`.

use super::checker::Checker;
use crate::options::error::OptionsError;
use crate::options::file::SynchronizationValues;

/// Maximum length of a client's name, in characters: that of a host name (RFC 1035, 2.3.4).
const CLIENT_MAX: usize = 255;

impl Checker<'_> {
    /// Returns the name of the client that the output folder belongs to; `None` if it is not set.
    pub(super) fn client(
        &self,
        read: &SynchronizationValues,
    ) -> Result<Option<String>, OptionsError> {
        let name = read.client.trim();
        let length = name.chars().count();
        let fault = if name.contains(char::is_control) {
            Some("contains a control character".into())
        } else if length > CLIENT_MAX {
            Some(format!("has {length} characters"))
        } else {
            None
        };
        if let Some(fault) = fault {
            let message = format!(
                "the client's name {fault}: expected at most {CLIENT_MAX} characters, none of them a control character, such as `anns-laptop`"
            );
            return self.error(self.at.place("synchronization.client"), message);
        }
        Ok((!name.is_empty()).then(|| name.to_owned()))
    }
}
