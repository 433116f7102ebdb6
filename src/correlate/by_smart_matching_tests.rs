use jiff::SignedDuration;
use proptest::prelude::*;
use regex::Regex;

use super::*;

fn options(subject_delta: usize, addresses_min: usize) -> Smart {
    Smart {
        noise: Regex::new(r"^[\s]*([\w]+\s?:[\s]*)+").unwrap(),
        words_max: 20,
        subject_delta,
        addresses_min,
        window: SignedDuration::from_hours(24),
    }
}

/// A subject of few words, few addresses, and hours within some days.
type Made = (String, Vec<u32>, Option<i64>);

fn made() -> impl Strategy<Value = Made> {
    let subject = prop::collection::vec("[a-d]", 0..5).prop_map(|words| words.join(" "));
    let addresses = prop::collection::btree_set(0u32..5, 0..4);
    let hour = prop::option::weighted(0.95, 0i64..60);
    (
        subject,
        addresses.prop_map(|all| all.into_iter().collect()),
        hour,
    )
}

fn facts((subject, addresses, hour): &Made) -> Facts<'_> {
    Facts {
        subject,
        received_on: hour.map(|hour| Timestamp::from_second(hour * 3600).unwrap()),
        addresses: addresses.iter().copied().map(AddressId).collect(),
        ..Facts::default()
    }
}

/// The rule as it is written, by going over all activities.
fn by_the_rule(tracked: &[Made], message: &Made, options: &Smart) -> Option<ActivityKey> {
    let words = |made: &Made| -> BTreeSet<String> { made.0.split(' ').map(Into::into).collect() };
    let is_like = |it: &Made| {
        let differing = words(it).symmetric_difference(&words(message)).count();
        let common = it.1.iter().filter(|id| message.1.contains(id)).count();
        let apart = it.2.zip(message.2).map(|(one, other)| (one - other).abs());
        !it.0.is_empty()
            && !message.0.is_empty()
            && differing <= options.subject_delta
            && common >= options.addresses_min
            && apart.is_some_and(|hours| hours <= options.window.as_hours())
    };
    let found = (0..).zip(tracked).filter(|(_, it)| is_like(it));
    let newest = found.max_by_key(|(number, it)| (it.2, *number));
    newest.map(|(number, _)| ActivityKey::new(number))
}

proptest! {
    #[test]
    fn what_is_found_is_what_the_rule_says(
        tracked in prop::collection::vec(made(), 0..20),
        message in made(),
        subject_delta in 0usize..5,
        addresses_min in 1usize..4,
    ) {
        let options = options(subject_delta, addresses_min);
        let mut table = BySmartMatching::new(&options);
        for (number, made) in (0..).zip(&tracked) {
            table.add(&facts(made), ActivityKey::new(number));
        }
        prop_assert_eq!(table.find(&facts(&message)), by_the_rule(&tracked, &message, &options));
    }
}

#[test]
fn one_subject_and_one_address_in_all_mail_cost_no_square() {
    for subject_delta in [0, 2] {
        let options = options(subject_delta, 2);
        let mut table = BySmartMatching::new(&options);
        for number in 0..50_000 {
            // Everyone writes to 0, from an address of one's own, twice.
            let made = ("a b".into(), vec![0, 1 + number / 2], Some(0));
            let before = table.find(&facts(&made)).map(|found| found.number());
            assert_eq!(before, (number % 2 == 1).then(|| number - 1));
            table.add(&facts(&made), ActivityKey::new(number));
        }
    }
}

#[test]
fn noise_and_case_are_no_words() {
    let options = options(0, 1);
    let table = BySmartMatching::new(&options);
    let cases = [
        ("Re: AW:  Fwd : The Offer", "the offer"),
        ("[list] Re: Offer", "[list] re: offer"),
        ("Re:", ""),
        ("Re: Re Offer: x", "re offer: x"),
    ];
    for (subject, want) in cases {
        assert_eq!(table.subject_words(subject).join(" "), want, "{subject}");
    }
}
