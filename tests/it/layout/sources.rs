//! The parsed source files.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use proc_macro2::{TokenStream, TokenTree};
use syn::visit::{self, Visit};
use syn::{Attribute, Item, ItemMod, ItemUse, Macro, UseTree};

/// A Rust path, segment by segment.
pub type Segments = Vec<String>;

/// All files by path.
pub struct Sources {
    pub files: BTreeMap<String, Source>,
}

/// The relevant parts of a file, without code that is only compiled for tests.
#[derive(Default)]
pub struct Source {
    pub lines: usize,
    /// The names of the items that it defines.
    pub items: BTreeSet<String>,
    /// Its imports and re-exports: the name, and the path.
    pub uses: BTreeMap<String, Segments>,
    pub globs: Vec<Segments>,
    /// Other paths in it.
    pub paths: Vec<Segments>,
    /// Whether it has anything but module declarations and imports.
    pub defines: bool,
}

impl Sources {
    pub fn of_this_project() -> Sources {
        let mut files = BTreeMap::new();
        read_folder(Path::new("src"), &mut files);
        Sources { files }
    }

    pub fn of<'a>(files: impl IntoIterator<Item = (&'a str, &'a str)>) -> Sources {
        let files = files.into_iter();
        let files = files.map(|(path, text)| (path.to_owned(), Source::parse(path, text)));
        Sources {
            files: files.collect(),
        }
    }
}

fn read_folder(folder: &Path, files: &mut BTreeMap<String, Source>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.to_str().unwrap().to_owned();
        if path.is_dir() {
            read_folder(&path, files);
        } else if name.ends_with(".rs") {
            let source = Source::parse(&name, &fs::read_to_string(&path).unwrap());
            files.insert(name, source);
        }
    }
}

impl Source {
    fn parse(path: &str, text: &str) -> Source {
        let mut source = Source {
            lines: text.lines().count(),
            ..Source::default()
        };
        // Only its length is checked.
        if path.ends_with("_tests.rs") {
            return source;
        }
        let file = syn::parse_file(text).unwrap_or_else(|error| panic!("{path}: {error}"));
        let declares = |item: &Item| match item {
            Item::Mod(module) => module.content.is_none() || is_for_tests(&module.attrs),
            Item::Use(_) => true,
            _ => false,
        };
        source.defines = !file.items.iter().all(declares);
        source.visit_file(&file);
        source
    }

    fn add_use(&mut self, tree: &UseTree, before: &[String]) {
        let with = |name: String| [before, &[name]].concat();
        match tree {
            UseTree::Path(path) => self.add_use(&path.tree, &with(path.ident.to_string())),
            UseTree::Name(name) if name.ident == "self" => {
                if let Some(last) = before.last() {
                    self.uses.insert(last.clone(), before.to_vec());
                }
            }
            UseTree::Name(name) => {
                let name = name.ident.to_string();
                self.uses.insert(name.clone(), with(name));
            }
            UseTree::Rename(name) => {
                let path = with(name.ident.to_string());
                // Several items may be imported as `_`.
                match name.rename.to_string().as_str() {
                    "_" => self.paths.push(path),
                    new => drop(self.uses.insert(new.into(), path)),
                }
            }
            UseTree::Glob(_) => self.globs.push(before.to_vec()),
            UseTree::Group(group) => {
                for tree in &group.items {
                    self.add_use(tree, before);
                }
            }
        }
    }

    /// Adds the paths in the arguments of a macro, which are only tokens.
    fn add_tokens(&mut self, tokens: TokenStream) {
        let mut path = Segments::new();
        let mut colons = 0;
        for token in tokens {
            match token {
                TokenTree::Ident(name) if colons == 2 => path.push(name.to_string()),
                TokenTree::Ident(name) => {
                    self.paths.push(std::mem::take(&mut path));
                    path = vec![name.to_string()];
                }
                TokenTree::Punct(punct) if punct.as_char() == ':' => {
                    colons += 1;
                    continue;
                }
                TokenTree::Group(group) => self.add_tokens(group.stream()),
                _ => self.paths.push(std::mem::take(&mut path)),
            }
            colons = 0;
        }
        self.paths.push(path);
    }
}

impl<'ast> Visit<'ast> for Source {
    fn visit_item(&mut self, item: &'ast Item) {
        let (attributes, name) = match item {
            Item::Const(it) => (&it.attrs, Some(&it.ident)),
            Item::Enum(it) => (&it.attrs, Some(&it.ident)),
            Item::Fn(it) => (&it.attrs, Some(&it.sig.ident)),
            Item::Impl(it) => (&it.attrs, None),
            Item::Mod(it) => (&it.attrs, None),
            Item::Static(it) => (&it.attrs, Some(&it.ident)),
            Item::Struct(it) => (&it.attrs, Some(&it.ident)),
            Item::Trait(it) => (&it.attrs, Some(&it.ident)),
            Item::Type(it) => (&it.attrs, Some(&it.ident)),
            Item::Use(it) => (&it.attrs, None),
            _ => return visit::visit_item(self, item),
        };
        if is_for_tests(attributes) {
            return;
        }
        self.items.extend(name.map(ToString::to_string));
        visit::visit_item(self, item);
    }

    fn visit_item_mod(&mut self, module: &'ast ItemMod) {
        if !is_for_tests(&module.attrs) {
            visit::visit_item_mod(self, module);
        }
    }

    fn visit_item_use(&mut self, item: &'ast ItemUse) {
        self.add_use(&item.tree, &[]);
    }

    fn visit_path(&mut self, path: &'ast syn::Path) {
        let segments = path.segments.iter();
        self.paths
            .push(segments.map(|it| it.ident.to_string()).collect());
        visit::visit_path(self, path);
    }

    fn visit_macro(&mut self, of: &'ast Macro) {
        self.add_tokens(of.tokens.clone());
        visit::visit_macro(self, of);
    }
}

/// Returns whether an item is only compiled for tests, or for tests and fuzzing.
fn is_for_tests(attributes: &[Attribute]) -> bool {
    attributes.iter().any(|attribute| {
        let Ok(list) = attribute.meta.require_list() else {
            return false;
        };
        let words = list.tokens.to_string();
        list.path.is_ident("cfg") && (words == "test" || words.starts_with("any (test"))
    })
}
