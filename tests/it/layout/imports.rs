//! Imports between files: each path is followed through re-exports to the file that defines its item.

use std::collections::{BTreeMap, BTreeSet};

use super::sources::{Segments, Source, Sources};

/// A path is followed through at most this many re-exports, because they can form a circle.
const REEXPORTS_MAX: usize = 16;

pub struct Imports {
    by_file: BTreeMap<String, BTreeSet<String>>,
}

/// The files by the paths of their modules, from `crate`.
struct Modules<'a>(BTreeMap<Segments, (&'a str, &'a Source)>);

impl Imports {
    pub fn of(sources: &Sources) -> Imports {
        let files = sources.files.iter();
        let modules = Modules(
            files
                .clone()
                .map(|(path, source)| (module_of(path), (path.as_str(), source)))
                .collect(),
        );
        let by_file = files.map(|(path, source)| {
            let module = module_of(path);
            let uses = source.uses.values().chain(&source.paths);
            let imported = uses
                .chain(&source.globs)
                .filter_map(|it| modules.definition(&module, it))
                .filter(|it| it != path);
            (path.clone(), imported.collect())
        });
        Imports {
            by_file: by_file.collect(),
        }
    }

    pub fn of_file(&self) -> impl Iterator<Item = (&str, &BTreeSet<String>)> {
        self.by_file.iter().map(|(path, all)| (path.as_str(), all))
    }

    pub fn of_one(&self, file: &str) -> impl Iterator<Item = &str> {
        let all = self.by_file.get(file).into_iter().flatten();
        all.map(String::as_str)
    }

    /// Returns a circle of files that import each other, if there is one.
    pub fn circle(&self) -> Option<Vec<&str>> {
        let mut done = BTreeSet::new();
        self.by_file
            .keys()
            .find_map(|file| self.circle_from(file, &mut Vec::new(), &mut done))
    }

    fn circle_from<'a>(
        &'a self,
        file: &'a str,
        way: &mut Vec<&'a str>,
        done: &mut BTreeSet<&'a str>,
    ) -> Option<Vec<&'a str>> {
        if let Some(at) = way.iter().position(|it| *it == file) {
            let mut circle = way[at..].to_vec();
            circle.push(file);
            return Some(circle);
        }
        if !done.insert(file) {
            return None;
        }
        way.push(file);
        let found = self
            .of_one(file)
            .find_map(|next| self.circle_from(next, way, done));
        way.pop();
        found
    }
}

impl Modules<'_> {
    /// Returns the file that defines the item of a path in `module`; `None` for other crates and for modules.
    fn definition(&self, module: &[String], path: &[String]) -> Option<String> {
        self.follow(&self.absolute(module, path)?, REEXPORTS_MAX)
    }

    /// Returns the path from `crate`, if it is one of this crate.
    fn absolute(&self, module: &[String], path: &[String]) -> Option<Segments> {
        let (first, rest) = path.split_first()?;
        let parent = || module.split_last().map(|(_, parent)| parent.to_vec());
        let child = [module, std::slice::from_ref(first)].concat();
        match first.as_str() {
            "crate" => Some(path.to_vec()),
            "self" => Some([module, rest].concat()),
            "super" => {
                let path = [&["self".to_owned()], rest].concat();
                self.absolute(&parent()?, &path)
            }
            _ if self.0.contains_key(&child) => Some([&child, rest].concat()),
            _ => {
                let (_, source) = self.0.get(module)?;
                let used = source.uses.get(first).filter(|it| *it != path)?;
                Some([self.absolute(module, used)?, rest.to_vec()].concat())
            }
        }
    }

    fn follow(&self, path: &[String], reexports: usize) -> Option<String> {
        // `super::super::b` can become `crate::a::super::b`.
        if let Some(at) = path.iter().position(|it| it == "super") {
            let path = [&path[..at.checked_sub(1)?], &path[at + 1..]].concat();
            return self.follow(&path, reexports);
        }
        let length = (1..=path.len())
            .rev()
            .find(|&length| self.0.contains_key(&path[..length]))?;
        let (module, rest) = path.split_at(length);
        let (file, source) = self.0.get(module)?;
        let (name, after) = rest.split_first()?;
        if source.items.contains(name) || reexports == 0 {
            return Some((*file).to_owned());
        }
        let onward = |to: Segments| self.follow(&[to, after.to_vec()].concat(), reexports - 1);
        if let Some(used) = source.uses.get(name) {
            return onward(self.absolute(module, used)?);
        }
        let through = source.globs.iter().find_map(|glob| {
            let from = self.absolute(module, glob)?;
            let there = [from.clone(), vec![name.clone()]].concat();
            let (_, source) = self.0.get(&from)?;
            let knows = source.items.contains(name)
                || source.uses.contains_key(name)
                || self.0.contains_key(&there);
            knows.then(|| onward(there)).flatten()
        });
        through.or_else(|| Some((*file).to_owned()).filter(|file| !file.ends_with("/mod.rs")))
    }
}

/// Returns the module of a file: `src/base/mod.rs` is `crate::base`, `src/base/a.rs` is `crate::base::a`.
fn module_of(path: &str) -> Segments {
    let path = path.strip_prefix("src/").unwrap_or(path);
    let path = path.strip_suffix(".rs").unwrap_or(path);
    let parts = path
        .split('/')
        .filter(|part| !matches!(*part, "mod" | "lib" | "main"));
    ["crate"].into_iter().chain(parts).map(Into::into).collect()
}
