//! Every operator with cells of every kind, as a table, and groups.

use super::*;
use crate::base::reference::Reference;
use crate::options::validated::Options;

/// The run's time, and its user.
const NOW: &str = "2026-03-10T12:00:00Z";

/// The filter whose `where` that is, as an options file has it.
fn filter(criteria: &str) -> Filter {
    let text = format!(
        "[[synchronization.filter]]\nname = \"f\"\nrecord = \"contact\"\nwhere = {criteria}\n"
    );
    let options = Options::parse("f.toml", &text);
    let options = options.unwrap_or_else(|error| panic!("{criteria}: {error}"));
    options.mailboxes[0].synchronization.filters[0].clone()
}

fn passes(filter: &Filter, cells: &[&str], user: Option<&str>) -> bool {
    let user = user.map(|user| Reference::parse(user).unwrap());
    let asking = FilterContext {
        user: user.as_ref(),
        now: NOW.parse().unwrap(),
    };
    filter.passes(cells, asking)
}

/// Operator, value as it is written, the cells that pass, and those that do not.
const TABLE: &[(&str, &str, &[&str], &[&str])] = &[
    // Text, without case.
    (
        "eq",
        "'Berlin'",
        &["Berlin", "BERLIN", "berlin"],
        &["", "Bern", "Berlin-Mitte"],
    ),
    ("eq", "'Köln'", &["KÖLN", "Ko\u{308}ln"], &["Koln"]),
    ("eq", "true", &["True", "true"], &["false", "1", ""]),
    ("ne", "'Berlin'", &["", "Bern"], &["Berlin", "bERLIN"]),
    (
        "contains",
        "'Buy'",
        &["buyer", "The BUYER", "buy"],
        &["", "bu y"],
    ),
    (
        "not-contains",
        "'Buy'",
        &["", "seller"],
        &["buyer", "The BUYER"],
    ),
    (
        "begins-with",
        "'Dr.'",
        &["dr. Who", "DR."],
        &["", "The Dr."],
    ),
    (
        "ends-with",
        "'GmbH'",
        &["Acme gmbh", "GMBH"],
        &["", "GmbH & Co"],
    ),
    ("gt", "'m'", &["n", "Z", "ma"], &["", "a", "M", "L"]),
    ("le", "'m'", &["m", "M", "a", "5"], &["", "n", "ma"]),
    // Empty cells.
    ("null", "", &[""], &["x", "0"]),
    ("not-null", "", &["x", "0"], &[""]),
    // Numbers, if both sides are.
    (
        "eq",
        "10",
        &["10", "10.0", "10.00"],
        &["", "100", "1e1", "010", "+10", "ten"],
    ),
    ("eq", "'10'", &["10.0"], &["11"]),
    ("eq", "0.5", &["0.5", "0.50"], &[".5", "5"]),
    ("eq", "0", &["0", "-0", "0.0"], &["", "00"]),
    ("ne", "10", &["", "11", "ten"], &["10", "10.0"]),
    ("eq", "'01067'", &["01067"], &["1067"]),
    (
        "eq",
        "'12345678901234567890'",
        &["12345678901234567890"],
        &["12345678901234567891"],
    ),
    (
        "gt",
        "9",
        &["10", "9.5", "100"],
        &["", "9", "9.0", "8.99", "-10", "ten"],
    ),
    ("ge", "9", &["9", "9.0", "10"], &["", "8", "ten"]),
    (
        "lt",
        "-1.5",
        &["-2", "-1.51", "-100"],
        &["", "-1.5", "-1", "0", "ten"],
    ),
    ("le", "-1.5", &["-1.5", "-1.50", "-2"], &["", "-1.4"]),
    (
        "gt",
        "'99999999999999999998'",
        &["99999999999999999999"],
        &["99999999999999999998", "9"],
    ),
    // Dates, if both sides are; a day is equal to each moment of it.
    (
        "eq",
        "'2026-03-01'",
        &["2026-03-01", "2026-03-01T23:59:59Z", "2026-03-01 10:00"],
        &["", "2026-03-02", "1.3.2026"],
    ),
    ("eq", "2026-03-01", &["2026-03-01"], &["2026-02-28"]),
    (
        "eq",
        "2026-03-01T10:00:00Z",
        &["2026-03-01T11:00:00+01:00", "2026-03-01"],
        &["2026-03-01T10:00:01Z"],
    ),
    (
        "ne",
        "'2026-03-01'",
        &["", "2026-03-02", "soon"],
        &["2026-03-01T10:00:00Z"],
    ),
    (
        "gt",
        "'2026-03-01'",
        &["2026-03-02", "2026-03-02T00:00:00Z"],
        &["", "2026-03-01T23:00:00Z", "soon"],
    ),
    (
        "ge",
        "'2026-03-01'",
        &["2026-03-01", "2026-03-01T00:00:00Z"],
        &["", "2026-02-28T23:59:59Z"],
    ),
    (
        "lt",
        "'2026-03-01'",
        &["2026-02-28T23:59:59Z", "1999-12-31"],
        &["", "2026-03-01T00:00:00Z", "soon"],
    ),
    (
        "le",
        "2026-03-01T10:00:00Z",
        &["2026-03-01T10:00:00Z", "2026-03-01"],
        &["", "2026-03-01T10:00:01Z"],
    ),
    (
        "on-or-after",
        "'2026-03-01'",
        &["2026-03-01", "2026-03-01T00:00:00Z", "2027-01-01"],
        &["", "2026-02-28T23:59:59Z", "soon", "5"],
    ),
    (
        "on-or-before",
        "'2026-03-01'",
        &["2026-03-01T23:59:59Z", "2020-01-01"],
        &["", "2026-03-02T00:00:00Z", "soon", "5"],
    ),
    (
        "on-or-before",
        "2026-03-01T08:00:00Z",
        &["2026-03-01T23:59:59Z"],
        &["2026-03-02"],
    ),
    // Days back from now, whole ones, and nothing that is still to come.
    (
        "last-x-days",
        "3",
        &[
            "2026-03-10T12:00:00Z",
            "2026-03-10",
            "2026-03-07",
            "2026-03-07T00:00:00Z",
        ],
        &[
            "",
            "2026-03-10T12:00:01Z",
            "2026-03-11",
            "2026-03-06T23:59:59Z",
            "soon",
        ],
    ),
    ("last-x-days", "'1'", &["2026-03-09"], &["2026-03-08"]),
    // The user is systemuser:u1.
    (
        "eq-user",
        "",
        &["systemuser:u1", "u1", "SystemUser:u1"],
        &["", "u2", "team:u1", "queue:u1"],
    ),
    (
        "ne-user",
        "",
        &["", "u2", "team:u1"],
        &["systemuser:u1", "u1"],
    ),
];

#[test]
fn each_operator_with_cells_of_every_kind() {
    let mut wrong = Vec::new();
    for (op, value, pass, fail) in TABLE {
        let value = match *value {
            "" => String::new(),
            value => format!(", value = {value}"),
        };
        let row = format!("[{{ field = \"Note\", op = \"{op}\"{value} }}]");
        let filter = filter(&row);
        let want = pass.iter().map(|cell| (cell, true));
        for (cell, want) in want.chain(fail.iter().map(|cell| (cell, false))) {
            if passes(&filter, &[cell], Some("systemuser:u1")) != want {
                wrong.push(format!("{row} with `{cell}`: not {want}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn groups_hold_by_all_or_any_at_any_depth() {
    let row = |field: &str| format!("{{ field = \"{field}\", op = \"eq\", value = \"1\" }}");
    let [a, b, c] = ["a", "b", "c"].map(row);
    type Want = fn(bool, bool, bool) -> bool;
    let cases: [(String, Want); 6] = [
        (format!("[{a}, {b}, {c}]"), |a, b, c| a && b && c),
        (format!("{{ any = [{a}, {b}, {c}] }}"), |a, b, c| {
            a || b || c
        }),
        (format!("[{{ any = [{a}, {b}] }}, {c}]"), |a, b, c| {
            (a || b) && c
        }),
        (
            format!("{{ any = [{a}, {{ all = [{b}, {c}] }}] }}"),
            |a, b, c| a || (b && c),
        ),
        (
            format!("[{{ all = [{{ any = [{{ all = [{a}, {b}] }}, {c}] }}] }}, {a}, {b}]"),
            |a, b, _| a && b,
        ),
        (a.clone(), |a, _, _| a),
    ];
    for (criteria, want) in cases {
        let filter = filter(&criteria);
        for bits in 0..8 {
            let has = |name: &str| {
                bits >> ["a", "b", "c"].iter().position(|it| *it == name).unwrap() & 1 == 1
            };
            let cells: Vec<&str> = filter
                .fields()
                .iter()
                .map(|name| if has(name) { "1" } else { "0" })
                .collect();
            let got = passes(&filter, &cells, None);
            assert_eq!(
                got,
                want(has("a"), has("b"), has("c")),
                "{criteria} {bits:03b}"
            );
        }
    }
}

#[test]
fn an_owner_is_named_with_its_type_or_by_its_id() {
    let cases = [
        ("eq", "'u1'", true),
        ("eq", "'systemuser:u1'", true),
        ("eq", "'SYSTEMUSER:U1'", true),
        ("eq", "'team:u1'", false),
        ("ne", "'u1'", false),
        ("begins-with", "'u'", true),
        ("begins-with", "'systemuser:'", true),
        ("contains", "'user'", false),
    ];
    for (op, value, want) in cases {
        let filter = filter(&format!(
            "[{{ field = 'ownerid', op = '{op}', value = {value} }}]"
        ));
        assert_eq!(
            passes(&filter, &["systemuser:u1"], None),
            want,
            "{op} {value}"
        );
    }
}

#[test]
fn without_an_owner_neither_user_operator_holds() {
    for op in ["eq-user", "ne-user"] {
        let filter = filter(&format!("[{{ field = 'ownerid', op = '{op}' }}]"));
        assert!(filter.asks_for_user());
        assert!(!passes(&filter, &["systemuser:u1"], None), "{op}");
    }
}
