//! Converts schemas into Markdown.

use regex::Regex;
use serde_json::{Map, Value};

/// Returns a description on one line, with its rules (`R8`) as links; empty if there is none.
pub fn description(schema: &Value) -> String {
    let text = schema["description"].as_str().unwrap_or_default();
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let rule = Regex::new(r"\bR(\d+)\b").unwrap();
    rule.replace_all(&line, "[R$1](../rules.md#r$1)")
        .into_owned()
}

/// Returns a row of a table with escaped cells.
pub fn row<S: AsRef<str>>(cells: &[S]) -> String {
    let escaped = cells.iter().map(|cell| cell.as_ref().replace('|', "\\|"));
    format!("| {} |\n", escaped.collect::<Vec<_>>().join(" | "))
}

/// Returns the head of a table.
pub fn head(columns: &[&str]) -> String {
    row(columns) + &row(&vec!["---"; columns.len()])
}

/// Returns the properties of an object in the order of `required`, followed by the others by name.
pub fn properties(schema: &Value) -> Vec<(&str, &Value)> {
    let Some(all) = schema["properties"].as_object() else {
        return Vec::new();
    };
    let required = schema["required"].as_array().into_iter().flatten();
    let required: Vec<&str> = required.filter_map(Value::as_str).collect();
    let position = |key: &str| required.iter().position(|it| *it == key);
    let mut sorted: Vec<_> = all.iter().map(|(key, of)| (key.as_str(), of)).collect();
    sorted.sort_by_key(|(key, _)| (position(key).unwrap_or(required.len()), *key));
    sorted
}

/// Returns the definitions that a schema refers to, by name.
pub fn definitions(schema: &Value) -> impl Iterator<Item = (&str, &Value)> {
    let all = schema["$defs"].as_object().into_iter().flat_map(Map::iter);
    all.map(|(name, of)| (name.as_str(), of))
}

/// Returns the schema of a property: the definition that it refers to, or itself; without `null`.
pub fn meant<'s>(root: &'s Value, schema: &'s Value) -> &'s Value {
    if let Some(name) = schema["$ref"].as_str() {
        return root.pointer(name.trim_start_matches('#')).unwrap();
    }
    let others = schema["anyOf"].as_array();
    let one = others.and_then(|all| all.iter().find(|it| it["type"] != "null"));
    match one {
        Some(one) if others.is_some_and(|all| all.iter().any(|it| it["type"] == "null")) => {
            meant(root, one)
        }
        _ => schema,
    }
}

/// Returns the name of the definition that a property or its entries refer to.
pub fn referred(schema: &Value) -> Option<&str> {
    let here = schema["$ref"].as_str();
    let others = schema["anyOf"].as_array().into_iter().flatten();
    let below = others.chain([&schema["items"], &schema["additionalProperties"]]);
    let name = here.or_else(|| below.into_iter().find_map(|it| it["$ref"].as_str()))?;
    name.rsplit('/').next()
}

/// Returns whether a property may be null.
pub fn may_be_null(schema: &Value) -> bool {
    let is_null = |it: &Value| it == "null" || it["type"] == "null";
    let listed = |key: &str| {
        schema[key]
            .as_array()
            .is_some_and(|all| all.iter().any(is_null))
    };
    listed("type") || listed("anyOf")
}

/// Returns the values of an enumeration with their descriptions.
pub fn values(schema: &Value) -> Vec<(&str, String)> {
    let all = schema["oneOf"].as_array().into_iter().flatten();
    all.filter_map(|it| Some((it["const"].as_str()?, description(it))))
        .collect()
}

/// Returns the JSON type of a property, without `null`.
pub fn json_type(schema: &Value) -> &str {
    match &schema["type"] {
        Value::Array(names) => {
            let mut names = names.iter().filter_map(Value::as_str);
            names.find(|name| *name != "null").unwrap_or_default()
        }
        one => one.as_str().unwrap_or_default(),
    }
}

/// Returns the properties of a schema, and the values of its enumeration, that have no description.
pub fn undescribed(schema: &Value) -> impl Iterator<Item = &str> {
    let keys = properties(schema).into_iter();
    let values = values(schema).into_iter();
    let keys = keys.map(|(key, of)| (key, description(of)));
    keys.chain(values)
        .filter(|(_, text)| text.is_empty())
        .map(|(key, _)| key)
}
