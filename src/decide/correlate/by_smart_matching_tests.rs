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

/// The rule as written, by comparing with all activities.
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
            // Everyone writes to 0 twice, from their own address.
            let made = ("a b".into(), vec![0, 1 + number / 2], Some(0));
            let before = table.find(&facts(&made)).map(|found| found.number());
            assert_eq!(before, (number % 2 == 1).then(|| number - 1));
            table.add(&facts(&made), ActivityKey::new(number));
        }
    }
}

#[test]
fn noise_and_case_are_not_words() {
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

/// An activity with this many words, from a first number, and this many addresses.
fn long(first_word: usize, words: usize, addresses: u32, hour: i64) -> Made {
    let words: Vec<String> = (first_word..first_word + words)
        .map(|n| format!("w{n}"))
        .collect();
    (words.join(" "), (0..addresses).collect(), Some(hour))
}

#[test]
fn what_is_kept_of_an_activity_is_bounded() {
    let options = options(2, 2);
    for (words, addresses) in [(20, 20), (20, 4), (16, 4), (15, 4), (3, 20), (1, 1)] {
        let mut table = BySmartMatching::new(&options);
        table.add(&facts(&long(0, words, addresses, 1)), ActivityKey::new(0));
        assert!(table.lists.len() <= KEYS_MAX, "{}", table.lists.len());
        let all = (1 + words + words * (words - 1) / 2) * addresses as usize;
        assert_eq!(
            table.cut(),
            u64::from(all > KEYS_MAX),
            "{words} {addresses}"
        );
    }
}

/// Only the message with two words fewer is missed, and that is counted.
#[test]
fn an_activity_of_which_less_is_kept_is_found_by_what_has_more_words() {
    let options = options(2, 2);
    let mut table = BySmartMatching::new(&options);
    table.add(&facts(&long(2, 18, 20, 1)), ActivityKey::new(0));
    let cases = [
        (2, 18, true),  // The same.
        (2, 19, true),  // One more.
        (0, 20, true),  // Two more.
        (1, 18, true),  // One for another.
        (3, 17, true),  // One fewer.
        (4, 16, false), // Two fewer: missed.
        (0, 18, false), // Two for two others: not alike.
    ];
    for (first, words, is_found) in cases {
        let found = table.find(&facts(&long(first, words, 20, 2)));
        assert_eq!(found.is_some(), is_found, "{first} {words}");
    }
    assert_eq!(table.cut(), 1);
}

#[test]
fn no_more_than_the_newest_are_compared() {
    let options = options(3, 2);
    let mut table = BySmartMatching::new(&options);
    let unlike = |n: usize| long(100 * n, 8, 2, 2);
    for (number, made) in (0..).zip(std::iter::once(long(0, 8, 2, 1)).chain((1..2_000).map(unlike)))
    {
        table.add(&facts(&made), ActivityKey::new(number));
    }
    let message = long(1, 7, 2, 2);
    assert!(table.find(&facts(&message)).is_some());
    assert_eq!(table.cut(), 0);
    table.add(&facts(&unlike(2_001)), ActivityKey::new(2_001));
    assert_eq!(table.find(&facts(&message)), None);
    assert_eq!(table.cut(), 1);
}
