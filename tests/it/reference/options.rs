//! The chapter on options: every key, in the order of `rules/default.toml`, which has the defaults.

use serde_json::Value;

use super::markdown::{description, head, json_type, meant, properties, row, values};

const DEFAULTS: &str = include_str!("../../../rules/default.toml");

const BEGINS: &str = "# Options

An options file is TOML. Every key is optional, and a key that is not set keeps its default. An unknown key is an error that
names its line. `mailtrack options check FILE` checks a file, `mailtrack options show FILE` prints the options in force, and
`rules/default.toml` lists every key.
";

/// A table of an options file.
struct Section<'s> {
    /// Its path, such as `send.smtp`.
    path: String,
    /// Whether it is written as `[[path]]`.
    is_list: bool,
    description: String,
    schema: &'s Value,
    /// The schema in which its keys are described; null if another table has the same keys.
    keys: &'s Value,
}

/// Returns the chapter.
pub fn chapter(schema: &Value) -> String {
    let defaults: toml::Table = DEFAULTS.parse().unwrap();
    let mut sections = Vec::new();
    collect(schema, schema, "", &mut sections);
    let mut text = BEGINS.to_owned();
    for section in &sections {
        let heading = match section.is_list {
            true => format!("[[{}]]", section.path),
            false => format!("[{}]", section.path),
        };
        text.push_str(&format!("\n## `{heading}`\n\n{}\n", section.description));
        let mut keys = properties(section.keys);
        keys.retain(|(_, of)| table(schema, of).is_none());
        keys.sort_by_key(|(key, _)| (place_of_key(&section.path, key), *key));
        for (key, of) in keys {
            let required = section.keys["required"].as_array();
            let default = match required.is_some_and(|all| all.iter().any(|it| it == key)) {
                true => "none, the key is required".to_owned(),
                false => default(&section.path, key, &defaults),
            };
            text.push_str(&self::key(
                schema,
                &format!("{}.{key}", section.path),
                of,
                &default,
            ));
        }
    }
    text
}

/// Collects the tables in a table, in the order of the file of defaults. The keys of a table that occurs several times,
/// such as `[email]` and `[mailbox.email]`, are described once, at the first.
fn collect<'s>(root: &'s Value, schema: &'s Value, above: &str, to: &mut Vec<Section<'s>>) {
    let path = |key: &str| match above {
        "" => key.to_owned(),
        above => format!("{above}.{key}"),
    };
    let mut within = properties(schema);
    within.sort_by_key(|(key, _)| (place(&path(key)), *key));
    for (key, of) in within {
        let Some((table, form)) = table(root, of) else {
            continue;
        };
        let path = match form {
            Form::ByName => format!("{}.NAME", path(key)),
            _ => path(key),
        };
        let first = to.iter().find(|it| std::ptr::eq(it.schema, table));
        let mut description = description(of);
        if let Some(first) = first {
            description.push_str(&format!(" Its keys are those of `[{}]`.", first.path));
        }
        let is_first = first.is_none();
        to.push(Section {
            path: path.clone(),
            is_list: matches!(form, Form::List),
            description,
            schema: table,
            keys: if is_first { table } else { &Value::Null },
        });
        if is_first {
            collect(root, table, &path, to);
        }
    }
}

/// The notation of a table.
enum Form {
    One,
    List,
    ByName,
}

/// Returns the schema of the table in a key; `None` for a value.
fn table<'s>(root: &'s Value, of: &'s Value) -> Option<(&'s Value, Form)> {
    let value = meant(root, of);
    let value = value["anyOf"].get(0).unwrap_or(value);
    let (table, form) = match json_type(value) {
        "array" => (meant(root, &value["items"]), Form::List),
        "object" if value["properties"].is_object() => (value, Form::One),
        _ => (meant(root, &value["additionalProperties"]), Form::ByName),
    };
    table["properties"].is_object().then_some((table, form))
}

/// Returns where a table begins in the file of defaults, even in a comment.
fn place(path: &str) -> usize {
    DEFAULTS.find(&format!("[{path}]")).unwrap_or(usize::MAX)
}

/// Returns the position of a key in its table.
fn place_of_key(path: &str, key: &str) -> usize {
    let Some(from) = DEFAULTS.find(&format!("[{path}]")) else {
        return usize::MAX;
    };
    let text = &DEFAULTS[from..];
    let lines = [format!("\n{key} = "), format!("\n# {key} = ")];
    let found = lines.iter().filter_map(|line| text.find(line.as_str()));
    found.min().unwrap_or(usize::MAX)
}

/// Returns the section on one key.
fn key(root: &Value, path: &str, of: &Value, default: &str) -> String {
    let mut text = format!(
        "\n### `{path}`\n\n{}\n\n- Type: {}\n- Default: {default}\n",
        description(of),
        kind(root, of)
    );
    let value = meant(root, of);
    let entries = meant(root, &value["items"]);
    let all = [value, entries].map(values).concat();
    if !all.is_empty() {
        text.push_str(&format!("\n{}", head(&["value", "meaning"])));
        for (value, meaning) in all {
            text.push_str(&row(&[format!("`\"{value}\"`"), meaning]));
        }
    }
    text
}

fn default(path: &str, key: &str, defaults: &toml::Table) -> String {
    let mut table = Some(defaults);
    for name in path.split('.') {
        table = table.and_then(|it| it.get(name)?.as_table());
    }
    match table.and_then(|it| it.get(key)) {
        Some(value) => format!("`{value}`"),
        None => "not set".to_owned(),
    }
}

fn kind(root: &Value, of: &Value) -> String {
    let value = meant(root, of);
    let bounds = |least: &str, most: &str| match (&value[least], &value[most]) {
        (Value::Number(least), Value::Number(most)) => format!(", {least} to {most}"),
        (Value::Null, Value::Number(most)) => format!(", at most {most}"),
        (Value::Number(least), Value::Null) => format!(", at least {least}"),
        _ => String::new(),
    };
    match json_type(value) {
        "array" => format!("list of {}", kind_of_entries(root, &value["items"])),
        "object" if value["properties"].is_object() => "table".to_owned(),
        "object" => format!(
            "table, by key: {}",
            kind(root, &value["additionalProperties"])
        ),
        "integer" => format!("integer{}", bounds("minimum", "maximum")),
        "string" => match bounds("minLength", "maxLength") {
            length if length.is_empty() => "string".to_owned(),
            length => format!("string{length} characters"),
        },
        "boolean" => "boolean".to_owned(),
        _ if !values(value).is_empty() => "one of the strings below".to_owned(),
        _ => "string, integer, float, boolean or date".to_owned(),
    }
}

fn kind_of_entries(root: &Value, of: &Value) -> String {
    let value = meant(root, of);
    match json_type(value) {
        "string" => "strings".to_owned(),
        "object" => "tables".to_owned(),
        _ if !values(value).is_empty() => "the strings below".to_owned(),
        other => other.to_owned(),
    }
}
