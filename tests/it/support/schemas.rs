//! The published schemas: the tests compare every line that they read with them.

use std::cell::RefCell;
use std::collections::HashMap;
use std::fs;
use std::path::Path;

use boon::{Compiler, SchemaIndex, Schemas};
use serde_json::Value;

use crate::program::Keys;

/// A compiled schema of the repository.
struct Compiled {
    schemas: Schemas,
    index: SchemaIndex,
    /// The keys that every document has, in order.
    required: Vec<String>,
}

thread_local! {
    static COMPILED: RefCell<HashMap<String, Compiled>> = RefCell::default();
    static PARTS: RefCell<HashMap<String, Compiled>> = RefCell::default();
}

/// Returns the text of a published schema.
pub fn published(name: &str) -> String {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("schemas");
    fs::read_to_string(folder.join(format!("{name}.schema.json"))).unwrap()
}

fn compile(name: &str, schema: Value) -> Compiled {
    let required = schema["required"].as_array();
    let required = required.map(|keys| {
        let keys = keys.iter().map(|key| key.as_str().unwrap().to_owned());
        keys.collect()
    });
    let (mut schemas, mut compiler) = (Schemas::new(), Compiler::new());
    compiler.enable_format_assertions();
    let place = format!("https://schemas.example/{name}.json");
    compiler.add_resource(&place, schema).unwrap();
    let index = compiler.compile(&place, &mut schemas).unwrap();
    Compiled {
        required: required.unwrap_or_default(),
        schemas,
        index,
    }
}

/// Returns how a document violates its schema: wrong values, additional or missing keys, keys in another order.
pub fn fault(name: &str, document: &str) -> Option<String> {
    COMPILED.with_borrow_mut(|all| {
        let schema = all.entry(name.to_owned()).or_insert_with(|| {
            let schema = serde_json::from_str(&published(name)).unwrap();
            compile(name, schema)
        });
        let value: Value = serde_json::from_str(document).expect("it is JSON");
        if let Err(error) = schema.schemas.validate(&value, schema.index) {
            return Some(format!("{name}: {error}: {document}"));
        }
        let keys: Keys = serde_json::from_str(document).expect("it is an object");
        let begins = keys.0.get(..schema.required.len());
        let is_in_order = begins == Some(&schema.required);
        (!is_in_order).then(|| format!("{name}: the keys are {:?}", keys.0))
    })
}

/// Returns why no document of this schema can have these keys with these values, if that is so. Other keys may be
/// missing, also in objects. Columns that only vCards add to created records are not known here.
pub fn part_fault(name: &str, part: &Value) -> Option<String> {
    PARTS.with_borrow_mut(|all| {
        let schema = all.entry(name.to_owned()).or_insert_with(|| {
            let mut schema: Value = serde_json::from_str(&published(name)).unwrap();
            allow_missing(&mut schema);
            schema["additionalProperties"] = false.into();
            compile(name, schema)
        });
        let error = schema.schemas.validate(part, schema.index).err()?;
        Some(format!("{name}: {error}: {part}"))
    })
}

fn allow_missing(schema: &mut Value) {
    match schema {
        Value::Array(items) => items.iter_mut().for_each(allow_missing),
        Value::Object(keys) => {
            keys.retain(|key, value| key != "required" || !value.is_array());
            keys.values_mut().for_each(allow_missing);
        }
        _ => (),
    }
}

/// Checks each line of a table against its schema.
#[track_caller]
pub fn hold(name: &str, lines: &str) {
    let faults: Vec<String> = lines.lines().filter_map(|line| fault(name, line)).collect();
    assert!(faults.is_empty(), "{faults:#?}");
}
