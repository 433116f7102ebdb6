use proptest::prelude::*;

use super::*;

proptest! {
    #[test]
    fn a_subject_with_its_token_is_never_too_long(text in "\\PC{0,300}", more in "[\r\n\t ]{0,3}", digits in 1..20usize) {
        let token = format!("CRM:{}", "7".repeat(digits));
        let subject = subject(&format!("{more}{text}{more}"), &token);
        prop_assert!(subject.chars().count() <= SUBJECT_CHARS_MAX);
        prop_assert!(subject.ends_with(&token));
        prop_assert!(!subject.contains(['\r', '\n', '\t']));
        prop_assert!(!subject.starts_with(' '));
        if subject.len() > token.len() {
            let with_space = [" ", &token].concat();
            prop_assert!(subject.ends_with(&with_space));
        }
    }
}
