use proptest::prelude::*;

use super::*;
use crate::mail::address::Address;
use crate::mail::envelope::{Distinct, EnvelopeDraft, Parties};
use crate::mail::message::header_end;
use crate::mail::message::mime;
use crate::mail::rules::Rules;

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

    /// For any line, the composed message has its content and goes to its recipients only.
    #[test]
    fn what_is_composed_reads_back(
        names in proptest::collection::vec("\\PC{0,30}", 1..5),
        body in "([ -~äß€😀\u{0}\t]{0,120}\r?\n){0,6}[.=]?",
        subject in "[\u{0}-~äß€]{0,90}",
    ) {
        let person = |number: usize, name: &String| Person {
            name: Some(name.split_whitespace().collect::<Vec<_>>().join(" ")).filter(|it| !it.is_empty()),
            email: format!("p{number}@x.example"),
            address: Address::parse(&format!("p{number}@x.example")).unwrap(),
        };
        let people: Vec<Person> = names.iter().enumerate().map(|(at, name)| person(at, name)).collect();
        let pending = Pending {
            from: people[0].clone(),
            to: people.clone(),
            cc: Vec::new(),
            bcc: vec![person(9, &names[0])],
            subject,
            body: body.clone(),
            regarding: None,
        };
        let composed = compose(&pending, [7; 16], "CRM:0001001", Timestamp::UNIX_EPOCH).unwrap();
        prop_assert!(composed.wire.is_ascii());
        let lines = String::from_utf8(composed.wire.clone()).unwrap();
        prop_assert!(lines.split("\r\n").all(|line| line.len() <= 998 && !line.contains(['\r', '\n'])));
        let rules = Rules::built_in().unwrap();
        let mut distinct = Distinct::default();
        let mut read = |bytes: &[u8]| {
            let head = header_end(bytes, 0).unwrap();
            EnvelopeDraft::read(&bytes[..head], &rules).unwrap().finish(&mut distinct)
        };
        let (wire, whole) = (read(&composed.wire), read(&composed.whole));
        let written = |parties: Parties<'_>| parties.iter().map(|it| it.written(&distinct.addresses).to_string()).collect::<Vec<_>>();
        let want: Vec<String> = people.iter().map(|it| it.email.clone()).collect();
        prop_assert_eq!(written(wire.from()), &want[..1]);
        prop_assert_eq!(written(wire.to()), want);
        prop_assert_eq!((wire.cc().len(), wire.bcc().len()), (0, 0));
        prop_assert_eq!(written(whole.bcc()), ["p9@x.example"]);
        prop_assert_eq!(distinct.identities.message_id(wire.identity), Some(&*composed.message_id));
        let tokened = super::subject(&pending.subject, "CRM:0001001");
        prop_assert_eq!(wire.subject(), Some(&*tokened));
        let text = mime::body(&composed.wire, false).text.unwrap_or_default();
        let plain = |text: &str| text.replace("\r\n", "\n").trim_end().to_owned();
        prop_assert_eq!(plain(&text), plain(&body));
    }
}
