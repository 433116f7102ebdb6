use jiff::tz::Offset;
use proptest::prelude::*;

use super::*;

fn shown(text: &str) -> Option<String> {
    time(text.as_bytes()).map(|time| time.to_string())
}

#[test]
fn reads_the_forms_that_mail_has() {
    let noon = "2022-10-06T12:27:13Z";
    for (text, want) in [
        // RFC 5322, section 3.3.
        ("Thu, 6 Oct 2022 12:27:13 +0000", noon),
        ("Thu, 06 Oct 2022 14:27:13 +0200", noon),
        ("6 Oct 2022 12:27:13 -0000", noon),
        ("Thu, 6 Oct 2022 12:27 +0000", "2022-10-06T12:27:00Z"),
        ("Thu,6 Oct 2022 12:27:13+0000", noon),
        ("  Thu,\r\n\t6  Oct   2022\r\n 12:27:13  +0000  ", noon),
        ("thu, 6 OCT 2022 12:27:13 +0000", noon),
        ("Thursday, 6 October 2022 12:27:13 +0000", noon),
        ("Thu, Thu, 6 Oct 2022 12:27:13 +0000", noon),
        ("Fri, 6 Oct 2022 12:27:13 +0000", noon),
        ("jeu., 6 Oct 2022 12:27:13 +0000", noon),
        ("Mar, 4 Oct 2022 12:27:13 +0000", "2022-10-04T12:27:13Z"),
        ("Mar, 1 Mar 2022 12:27:13 +0000", "2022-03-01T12:27:13Z"),
        ("Пт, 6 Oct 2022 12:27:13 +0000", noon),
        ("Thu, 6 Sept 2022 12:27:13 +0000", "2022-09-06T12:27:13Z"),
        // Comments anywhere, nested, with anything in them.
        ("Thu, 6 Oct 2022 14:27:13 +0200 (CEST)", noon),
        ("Thu, 6 Oct 2022 14:27:13 (a) +0200 (a (b) \\) ; c)", noon),
        (
            "(x)Thu(x),(x)6(x)Oct(x)2022(x)12(x):(x)27(x):(x)13(x)+0000",
            noon,
        ),
        ("Thu, 6 Oct 2022 14:27:13 +0200 (not closed", noon),
        ("Thu, 6 Oct 2022 12 : 27 : 13 +0000", noon),
        // Section 4.3.
        ("6 Oct 22 12:27:13 GMT", noon),
        ("6 Oct 122 12:27:13 UT", noon),
        ("6 Oct 99 12:27:13 Z", "1999-10-06T12:27:13Z"),
        ("6 Oct 49 12:27 GMT", "2049-10-06T12:27:00Z"),
        ("6 Oct 50 12:27 GMT", "1950-10-06T12:27:00Z"),
        ("6 Oct 100 12:27 GMT", "2000-10-06T12:27:00Z"),
        ("6 Oct 2022 07:27:13 EST", "2022-10-06T12:27:13Z"),
        ("6 Oct 2022 07:27 EST", "2022-10-06T12:27:00Z"),
        ("6 Oct 2022 08:27 EDT", "2022-10-06T12:27:00Z"),
        ("6 Oct 2022 06:27 cst", "2022-10-06T12:27:00Z"),
        ("6 Oct 2022 07:27 CDT", "2022-10-06T12:27:00Z"),
        ("6 Oct 2022 05:27 MST", "2022-10-06T12:27:00Z"),
        ("6 Oct 2022 06:27 MDT", "2022-10-06T12:27:00Z"),
        ("6 Oct 2022 04:27 PST", "2022-10-06T12:27:00Z"),
        ("6 Oct 2022 05:27 PDT", "2022-10-06T12:27:00Z"),
        ("6 Oct 2022 14:27 CEST", "2022-10-06T12:27:00Z"),
        ("6 Oct 2022 12:27:13 A", noon),
        ("6 Oct 2022 12:27:13 XYZT", noon),
        ("6 Oct 2022 12:27:13", noon),
        ("Sat, 31 Dec 2016 23:59:60 +0000", "2017-01-01T00:00:00Z"),
        ("Sun, 1 Jan 2017 08:59:60 +0900", "2017-01-01T00:00:00Z"),
        // asctime, and what was made of it.
        ("Thu Oct  6 12:27:13 2022", noon),
        ("Thu Oct 6 12:27 2022", "2022-10-06T12:27:00Z"),
        ("Oct  6 12:27:13 2022", noon),
        ("Thu Oct  6 14:27:13 +0200 2022", noon),
        ("Thu Oct  6 14:27:13 2022 +0200", noon),
        ("Thu Oct  6 07:27:13 EST 2022", noon),
        ("Thu Oct  6 14:27:13 CEST 2022", noon),
        ("Thu, Oct 6 12:27:13 2022", noon),
        (
            "Thu Oct 06 2022 14:27:13 GMT+0200 (Central European Summer Time)",
            noon,
        ),
        ("October 6, 2022 12:27:13", noon),
        ("Thu Oct 6 14:27:13 GMT+2 2022", noon),
        // ISO 8601.
        ("2022-10-06T12:27:13Z", noon),
        ("2022-10-06t12:27:13z", noon),
        ("2022-10-06 12:27:13", noon),
        ("2022-10-06T14:27:13+02:00", noon),
        ("2022-10-06T14:27:13+02", noon),
        ("2022-10-06 14:27:13 +0200", noon),
        ("2022-10-06 12:27:13 +0000 UTC", noon),
        ("2022-10-06T12:27:13.999999Z", noon),
        ("2022-10-06T14:27:13,5+02:00", noon),
        ("2022-10-06T12:27Z", "2022-10-06T12:27:00Z"),
        ("20221006T122713Z", noon),
        ("20221006T1427+0200", "2022-10-06T12:27:00Z"),
        // Zones as programs write them.
        ("Thu, 6 Oct 2022 14:27:13 GMT+0200", noon),
        ("Thu, 6 Oct 2022 14:27:13 UTC+2", noon),
        ("Thu, 6 Oct 2022 14:27:13 UTC +02:00", noon),
        ("Thu, 6 Oct 2022 14:27:13 +200", noon),
        ("Thu, 6 Oct 2022 09:57:13 -230", noon),
        ("Thu, 6 Oct 2022 14:27:13 +2", noon),
        ("Thu, 6 Oct 2022 14:27:13 +02", noon),
        ("Thu, 6 Oct 2022 14:27:13 +0200 CEST", noon),
        ("Thu, 6 Oct 2022 14:27:13 CEST+0200", noon),
        ("Thu, 6 Oct 2022 07:27:13 -0500 (EST) -0500", noon),
        ("Thu, 6 Oct 2022 12:27:13 +9999", noon),
        ("Thu, 6 Oct 2022 12:27:13 +020000", noon),
        ("Thu, 6 Oct 2022 12:27:13 0200", noon),
        // Other things that occur.
        ("\"Thu, 6 Oct 2022 12:27:13 +0000\"", noon),
        ("Thu, 6 Oct 2022 12.27.13 +0000", noon),
        ("Thu, 6 Oct 2022, 12:27:13 +0000", noon),
        ("Thursday, 06-Oct-22 12:27:13 GMT", noon),
        ("06-Oct-2022 14:27:13 +0200", noon),
        ("Thu, 6 Oct 2022 12:27:13 +0000;", noon),
        ("Thu, 6 Oct 2022 12:27:13.250 +0000", noon),
        ("from a by b; Thu,\r\n 6 Oct 2022 12:27:13 +0000", noon),
        (
            "from a (b; c) by d; Thu, 6 Oct 2022 12:27:13 +0000 (e; f)",
            noon,
        ),
        ("from a (b by c; Thu, 6 Oct 2022 12:27:13 +0000", noon),
        ("1 Jan 1970 00:00:00 +0000", "1970-01-01T00:00:00Z"),
        ("29 Feb 2024 00:00:00 +0000", "2024-02-29T00:00:00Z"),
    ] {
        assert_eq!(shown(text).as_deref(), Some(want), "{text}");
    }
}

#[test]
fn what_does_not_say_it_is_not_a_date() {
    for text in [
        "",
        ";",
        "yesterday",
        "12/25/2022 12:27:13",
        "25/12/2022 12:27:13",
        "2022/10/06 12:27:13",
        "25.06.2022 12:27:13",
        "06-10-2022 12:27:13",
        "12:27:13 6 Oct 2022",
        "6 12:27:13 Oct 2022",
        "Thu, 6 Oct",
        "Thu, 6 Oct 2022",
        "6 Oct 12:27:13",
        "Oct 2022 12:27:13",
        "Thu Oct  6 12:27:13",
        "Thu Oct  6 12:27:13 22",
        "2022-10-06",
        "2022-10 12:27:13",
        "2022-1-6T12:27:13Z",
        "2022-10-06T12",
        "20221006",
        "20221006122713",
        "1665059233",
        "6 Oct 2 12:27:13",
        "6 Oct 20222 12:27:13",
        "6 Oct 1899 12:27:13",
        "6 Oct 3001 12:27:13",
        "0 Oct 2022 12:27:13",
        "32 Oct 2022 12:27:13",
        "31 Feb 2022 12:27:13",
        "29 Feb 2023 12:27:13 +0000",
        "6 Okt 2022 12:27:13",
        "6 Oct 2022 24:00:00",
        "6 Oct 2022 12:60:00",
        "6 Oct 2022 12:27:61",
        "6 Oct 2022 12",
        "6 Oct 2022 12.27",
        "6 Oct 2022 02:27:13 PM",
        "6 Oct 2022 02:27 p.m.",
        "Oct 6, 2022 2:27:13 AM",
        "2022-13-06T12:27:13Z",
        "2022-10-32T12:27:13Z",
        "2022-10-06T25:27:13Z",
        "20221006T252713Z",
        "<6 Oct 2022 12:27:13>",
        "+6 Oct 2022 12:27:13",
        "(6 Oct 2022 12:27:13)",
        "6 Oct 99999999999999999999 12:27:13",
    ] {
        assert_eq!(shown(text), None, "{text}");
    }
}

#[test]
fn no_value_is_too_long() {
    for text in [
        "(".repeat(1_000_000),
        "6 ".repeat(500_000),
        "Thu, ".repeat(200_000),
        ";".repeat(1_000_000),
        "9".repeat(1_000_000),
    ] {
        assert_eq!(shown(&text), None);
    }
}

proptest! {
    #[test]
    fn equals_another_reader_of_rfc_5322(seconds in -2_208_988_800i64..32_503_680_000, offset in -1439i32..1440) {
        let zone = jiff::tz::TimeZone::fixed(Offset::from_seconds(offset * 60).unwrap());
        let zoned = Timestamp::from_second(seconds).unwrap().to_zoned(zone);
        prop_assume!((1900..=3000).contains(&zoned.year()));
        let printed = jiff::fmt::rfc2822::to_string(&zoned).unwrap();
        let read = jiff::fmt::rfc2822::parse(&printed).unwrap().timestamp();
        prop_assert_eq!(time(printed.as_bytes()), Some(read), "{}", printed);
        prop_assert_eq!(time_general(printed.as_bytes()), Some(read), "{}", printed);
        let iso = zoned.strftime("%Y-%m-%dT%H:%M:%S%:z").to_string();
        prop_assert_eq!(time(iso.as_bytes()), Some(read), "{}", iso);
        let asctime = zoned.strftime("%a %b %e %H:%M:%S %Y %z").to_string();
        prop_assert_eq!(time(asctime.as_bytes()), Some(read), "{}", asctime);
    }

    #[test]
    fn the_short_way_reads_the_same(
        pieces in proptest::collection::vec(0usize..30, 0..12), pick in proptest::collection::vec(0usize..4, 9), cut in 0usize..40
    ) {
        let usual = |of: [&'static str; 4], at: usize| of[pick[at]];
        let date = [
            usual(["Mon, ", "Thu, ", "xyz, ", ""], 0), usual(["1", "02", "31", "39"], 1), " ",
            usual(["Jan", "Feb", "Dec", "MAY"], 2), " ", usual(["2026", "1970", "2038", "0001"], 3), " ",
            usual(["00", "09", "23", "29"], 4), ":", usual(["00", "30", "59", "60"], 5), ":", usual(["00", "01", "60", "61"], 6), " ",
            usual(["+0000", "-0800", "+0530", "-9999"], 7), usual(["", " (CET)", " (a b)", "\r\n"], 8),
        ].concat();
        let vocabulary = [
            " ", " ", " ", ",", ":", "+", "-", ";", "(", ")", "Mon", "Tue, ", "Jan", "Mar", "dec", "1", "2", "31", "1999", "2026", "70",
            "09", ":30", ":00", "+0100", "-0800", "GMT", "EST", "\r\n\t", "\u{fc}",
        ];
        let any: String = pieces.iter().map(|&at| vocabulary[at]).collect();
        let mut damaged = date.clone();
        damaged.truncate(cut.min(date.len()));
        for text in [&date, &any, &damaged, &format!("by x; {date}"), &format!("{date}{any}"), &format!("{any}{date}")] {
            prop_assert_eq!(time(text.as_bytes()), time_general(text.as_bytes()), "{}", text);
        }
    }

    #[test]
    fn nothing_is_made_up_of_numbers(text in "[0-9 :/.,+-]{0,40}") {
        // Of what has no letters, only ISO 8601 is a date.
        if let Some(time) = time(text.as_bytes()) {
            let digits: String = text.chars().filter(char::is_ascii_digit).collect();
            let year = digits[..4].parse::<i16>().unwrap();
            let found = time.to_zoned(jiff::tz::TimeZone::UTC).year();
            prop_assert!((year - found).abs() <= 1, "{}", text);
            prop_assert!(text.trim_start_matches([' ', ',', '.']).as_bytes()[4] == b'-' || text.contains("  ") || text.contains(" -"), "{}", text);
        }
    }

    #[test]
    fn nothing_is_made_up_of_words(pieces in proptest::collection::vec(0usize..24, 0..14)) {
        let vocabulary = [
            " ", " ", " ", ",", ":", "-", "/", "Thu", "Oct", "Dec", "6", "12", "25", "27", "99", "2022", "1999", "12:27", "12:27:13", "T", "Z", "PM", "+0200", "EST",
        ];
        let text: String = pieces.iter().map(|&at| vocabulary[at]).collect();
        if let Some(date) = read(text.as_bytes()) {
            // Each of its numbers stands in the text.
            let has = |number: i16| text.contains(&number.to_string());
            prop_assert!(has(date.day.into()) && has(date.hour.into()) && has(date.minute.into()) && has(date.year % 100), "{}", text);
        }
    }
}
