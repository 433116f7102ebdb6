//! The chapters on output: the columns of every table, and the codes in them.

use std::collections::BTreeSet;

use serde_json::Value;

use super::markdown::{
    definitions, description, head, json_type, may_be_null, meant, properties, referred, row,
    values,
};

const TABLES: &str = "# Output

A run writes one JSON object per line. The keys of a line are always in this order, and all of them are always present;
a value that is unknown is null. Times are RFC 3339 in UTC. Ids are derived from the mail and the addresses (UUIDv5), so
that the same input gives the same ids. `mailtrack schema NAME` prints the JSON schema of a table; the folder `schemas/`
holds all of them.

`contacts` and `leads` may have further columns after these, which [vCards](../guides/vcards.md) fill.
`state.db` holds what later runs need; see [the state](../internals/state.md).
";

const CODES: &str = "# Reasons and other codes

The codes in the [output](output.md).
";

/// Returns the chapter on tables.
pub fn tables(schemas: &[(String, Value)]) -> String {
    let mut text = TABLES.to_owned();
    for (name, schema) in schemas {
        let file = match name.as_str() {
            "summary" => "summary.json".to_owned(),
            table => format!("{table}.jsonl"),
        };
        text.push_str(&format!(
            "\n## `{file}`\n\n{}\n\n{}",
            description(schema),
            columns(schema, schema)
        ));
        for (part, of) in parts(schema) {
            text.push_str(&format!(
                "\n### {part} in `{file}`\n\n{}\n\n{}",
                description(of),
                columns(schema, of)
            ));
        }
    }
    text
}

/// Returns the objects in a table's lines, in the order in which the columns refer to them.
fn parts(schema: &Value) -> Vec<(&str, &Value)> {
    let order = properties(schema)
        .into_iter()
        .filter_map(|(_, of)| referred(of));
    let mut seen = BTreeSet::new();
    let named = order.filter(|name| seen.insert(*name));
    let part = |name| definitions(schema).find(|(it, _)| *it == name);
    named
        .filter_map(part)
        .filter(|(_, of)| of["properties"].is_object())
        .collect()
}

fn columns(root: &Value, schema: &Value) -> String {
    let mut text = head(&["column", "type", "description"]);
    for (name, of) in properties(schema) {
        let kind = match may_be_null(of) {
            true => format!("{} or null", kind(root, of)),
            false => kind(root, of),
        };
        text.push_str(&row(&[format!("`{name}`"), kind, description(of)]));
    }
    text
}

/// Returns the kind of value in a column.
fn kind(root: &Value, of: &Value) -> String {
    let value = meant(root, of);
    match json_type(value) {
        "array" => format!("list of {}", plural(&kind(root, &value["items"]))),
        _ if !values(value).is_empty() => format!("[code](reasons.md#{})", anchor(referred(of))),
        "object" if value["properties"].is_object() => referred(of).unwrap_or("object").to_owned(),
        "object" => "object: a number for each key".to_owned(),
        "string" if value["format"] == "date-time" => "time".to_owned(),
        "string" if value["enum"].is_array() => listed(value),
        "integer" if value["enum"].is_array() => listed(value),
        "string" => match referred(of) {
            Some("Reference") => "record (`type:id`)".to_owned(),
            Some("ActivityId") => "id of an activity".to_owned(),
            _ => "text".to_owned(),
        },
        other => other.to_owned(),
    }
}

fn plural(kind: &str) -> String {
    match kind {
        "text" => "texts".to_owned(),
        "record (`type:id`)" => "records (`type:id`)".to_owned(),
        other => other.to_owned(),
    }
}

fn listed(schema: &Value) -> String {
    let all = schema["enum"].as_array().into_iter().flatten();
    all.map(|it| format!("`{it}`"))
        .collect::<Vec<_>>()
        .join(", ")
}

fn anchor(name: Option<&str>) -> String {
    name.unwrap_or_default().to_lowercase()
}

/// Returns the chapter on codes, in the order of the tables.
pub fn codes(schemas: &[(String, Value)]) -> String {
    let mut text = CODES.to_owned();
    let mut seen = BTreeSet::new();
    for (_, schema) in schemas {
        let coded = definitions(schema).filter(|(_, of)| !values(of).is_empty());
        for (name, of) in coded {
            if !seen.insert(name) {
                continue;
            }
            text.push_str(&format!(
                "\n## {name}\n\n{} In {}.\n\n{}",
                description(of),
                places(schemas, name),
                head(&["code", "meaning"])
            ));
            for (code, meaning) in values(of) {
                text.push_str(&row(&[format!("`{code}`"), meaning]));
            }
        }
    }
    text
}

/// Returns the columns with the codes of a definition.
fn places(schemas: &[(String, Value)], code: &str) -> String {
    let mut places = Vec::new();
    for (table, schema) in schemas {
        let part = |name| definitions(schema).find(|(it, _)| *it == name);
        for (key, of) in properties(schema) {
            let (_, part) = referred(of).and_then(part).unwrap_or(("", &Value::Null));
            let within = properties(part).into_iter();
            let within = within.map(|(inner, of)| (format!("{key}.{inner}"), of));
            let own = (key.to_owned(), of);
            let holds = within
                .chain([own])
                .filter(|(_, of)| referred(of) == Some(code));
            places.extend(holds.map(|(name, _)| format!("`{table}.{name}`")));
        }
    }
    places.join(", ")
}
