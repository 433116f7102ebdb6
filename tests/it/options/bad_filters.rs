//! Invalid filters: one line names the position in the file, and nothing is written.

use crate::place::Place;
use crate::support::refusal::{assert_refused, each};

/// The rest of a filter for contacts, the position of the error, and words of its message.
type FilterCase<'a> = (&'a str, &'a str, &'a [&'a str]);

#[test]
fn filters_that_are_refused() {
    let cases: &[FilterCase<'_>] = &[
        ("", ":1:1: ", &["`Some` has no `where`", "contactid"]),
        ("where = []", ":4:9: ", &["an empty group"]),
        (
            "where = [{ any = [] }]",
            ":4:18: ",
            &["an empty group", "{ field, op, value }"],
        ),
        (
            "where = [{ field = \"a\", op = \"is\", value = 1 }]",
            ":4:30: ",
            &["unknown operator `is`", "`eq`, `ne`, `contains`"],
        ),
        (
            "where = [{ field = \"a\", op = \"eq\" }]",
            ":4:10: ",
            &["`eq` needs a `value`"],
        ),
        (
            "where = [{ field = \"a\", op = \"eq\", value = \" \" }]",
            ":4:44: ",
            &["`eq` needs a `value`", "`null`"],
        ),
        (
            "where = [{ field = \"a\", op = \"not-null\", value = 1 }]",
            ":4:50: ",
            &["`not-null` takes no `value`"],
        ),
        (
            "where = [{ field = \"ownerid\", op = \"eq-user\", value = \"u1\" }]",
            ":4:55: ",
            &["`eq-user` takes no `value`"],
        ),
        (
            "where = [{ field = \"a\", op = \"eq\", value = [1, 2] }]",
            ":4:44: ",
            &["one value", "`any`"],
        ),
        (
            "where = [{ field = \"a\", op = \"on-or-after\", value = \"1.3.2026\" }]",
            ":4:53: ",
            &["`1.3.2026` is not a valid ISO 8601 date"],
        ),
        (
            "where = [{ field = \"a\", op = \"last-x-days\", value = \"ten\" }]",
            ":4:53: ",
            &["`ten` is not a valid number of days", "from 1 to 36500"],
        ),
        (
            "where = [{ field = \"a\", op = \"last-x-days\", value = 0 }]",
            ":4:53: ",
            &["`0` is not a valid number of days"],
        ),
        (
            "where = [{ field = \"a\" }]",
            ":4:10: ",
            &["neither a row nor a group"],
        ),
        (
            "where = [{ any = [{ field = \"a\", op = \"null\" }], all = [{ field = \"a\", op = \"null\" }] }]",
            ":4:10: ",
            &["neither a row nor a group"],
        ),
        (
            "where = [{ all = [{ any = [{ field = \"a\", op = \"nul\" }] }] }]",
            ":4:48: ",
            &["unknown operator `nul`"],
        ),
        (
            "where = [{ feld = \"a\", op = \"null\" }]",
            ":4:12: ",
            &["unknown field `feld`", "`field`"],
        ),
        (
            "where = \"all\"",
            ":4:9: ",
            &["a list of rows { field, op, value }"],
        ),
        (
            "aktiv = false",
            ":4:1: ",
            &["unknown field `aktiv`", "`active`"],
        ),
    ];
    each(cases, |(text, at, words)| {
        for table in ["synchronization.filter", "synchronization.offline_filter"] {
            let place = Place::new();
            let head = format!("[[{table}]]\nname = \"Some\"\nrecord = \"contact\"\n");
            place.write("o.toml", format!("{head}{text}\n"));
            let ran = place.run("--options o.toml");
            let at = format!("o.toml{at}");
            // The error of the filter itself is at the beginning of its table's name.
            let at = at.replace(":1:1: ", ":1:");
            assert_refused(text, &place, &ran, 2, &at, words);
        }
    });
    let types: &[FilterCase<'_>] = &[
        ("", ":1:", &["needs a record type"]),
        (
            "record = \"con tact\"",
            ":2:10: ",
            &["`con tact` is not one"],
        ),
        (
            "record = \"email\"",
            ":2:10: ",
            &["email.csv lists activities"],
        ),
    ];
    each(types, |(text, at, words)| {
        let place = Place::new();
        let row = "where = [{ field = \"a\", op = \"null\" }]";
        place.write(
            "o.toml",
            format!("[[synchronization.filter]]\n{text}\n{row}\n"),
        );
        let ran = place.run("--options o.toml");
        assert_refused(text, &place, &ran, 2, &format!("o.toml{at}"), words);
    });
}
