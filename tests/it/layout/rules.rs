//! The rules of the layout.

use super::imports::Imports;
use super::sources::Sources;

/// The folders of `src/`: a file imports only from its own folder or from one listed before it. ARCHITECTURE.md
/// describes each.
const FOLDERS: [&str; 11] = [
    "base", "mail", "options", "book", "decide", "output", "run", "export", "send", "inspect",
    "cli",
];

/// The folders that may import from every folder: the benchmarks and the fuzz targets.
const DOORS: [&str; 2] = ["bench", "fuzz"];

const LINES_MAX: usize = 500;

/// Returns the violations, one line each.
pub fn broken(sources: &Sources) -> Vec<String> {
    let mut broken = Vec::new();
    for (path, source) in &sources.files {
        if source.lines > LINES_MAX {
            let lines = source.lines;
            broken.push(format!(
                "{path}: has {lines} lines, and {LINES_MAX} are allowed"
            ));
        }
        if path.ends_with("/mod.rs") && source.defines {
            broken.push(format!(
                "{path}: defines something; a mod.rs declares and re-exports"
            ));
        }
        let folder = path.strip_suffix(".rs").unwrap_or(path);
        if sources
            .files
            .keys()
            .any(|it| it.starts_with(&format!("{folder}/")))
        {
            let name = folder.rsplit('/').next().unwrap_or(folder);
            broken.push(format!(
                "{path}: stands beside the folder {name}; its module is {name}/mod.rs"
            ));
        }
        let is_root = path.matches('/').count() == 1;
        if !is_root && level(path).is_none() && !is_door(path) {
            broken.push(format!("{path}: is in no folder that the layout has"));
        }
    }
    let imports = Imports::of(sources);
    for (file, imported) in imports.of_file() {
        let Some(own) = level(file) else { continue };
        for other in imported {
            if is_door(other) || level(other).is_some_and(|other| other > own) {
                broken.push(format!("{file}: imports {other}, which is above it"));
            }
        }
    }
    if let Some(circle) = imports.circle() {
        broken.push(format!("{}: import each other", circle.join(" -> ")));
    }
    broken
}

fn folder(path: &str) -> &str {
    let path = path.strip_prefix("src/").unwrap_or(path);
    path.split_once('/').map_or("", |(folder, _)| folder)
}

fn level(path: &str) -> Option<usize> {
    FOLDERS.iter().position(|it| *it == folder(path))
}

fn is_door(path: &str) -> bool {
    DOORS.contains(&folder(path))
}
