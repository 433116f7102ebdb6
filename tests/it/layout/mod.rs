//! The layout of `src/`: the order of imports between folders, no circles of files, small files, and `mod.rs` files
//! that define nothing.

mod imports;
mod rules;
mod sources;

use imports::Imports;
use sources::Sources;

#[test]
fn the_sources_keep_the_layout() {
    let sources = Sources::of_this_project();
    assert!(sources.files.len() > 200, "{}", sources.files.len());
    assert_eq!(rules::broken(&sources), Vec::<String>::new());
}

/// The rules on some small files.
#[test]
fn what_breaks_the_layout_is_named() {
    let folders = [
        ("src/lib.rs", "mod base; mod mail; mod output;"),
        ("src/base/mod.rs", "pub mod a; pub mod b; pub use b::B;"),
        ("src/mail/mod.rs", "pub mod m; pub mod n;"),
        ("src/output/mod.rs", "pub mod o;"),
        ("src/output/o.rs", "use crate::mail::m::M; pub struct O;"),
        ("src/mail/m.rs", "use crate::base::B; pub struct M;"),
        ("src/mail/n.rs", "use super::m::M;"),
        ("src/base/a.rs", "pub struct A;"),
        ("src/base/b.rs", "use super::a::A; pub struct B;"),
    ];
    for (file, text, want) in [
        ("src/mail/n.rs", "use super::m::M;", ""),
        (
            "src/mail/n.rs",
            "use crate::output::o::O;",
            "src/mail/n.rs: imports src/output/o.rs, which is above it",
        ),
        (
            "src/mail/n.rs",
            "fn f() -> bool { matches!(1, crate::output::o::ONE) }",
            "src/mail/n.rs: imports src/output/o.rs, which is above it",
        ),
        (
            "src/mail/n.rs",
            "use crate::output::o as other; fn f() { other::g() }",
            "src/mail/n.rs: imports src/output/o.rs, which is above it",
        ),
        (
            "src/mail/n.rs",
            "#[cfg(test)] mod tests { use crate::output::o::O; }",
            "",
        ),
        // Through a re-export of `base/mod.rs`.
        (
            "src/base/a.rs",
            "use super::B; pub struct A;",
            "src/base/a.rs -> src/base/b.rs -> src/base/a.rs: import each other",
        ),
        (
            "src/base/a.rs",
            "fn f(_: crate::base::b::B) {} pub struct A;",
            "src/base/a.rs -> src/base/b.rs -> src/base/a.rs: import each other",
        ),
        (
            "src/base/mod.rs",
            "pub mod a; pub mod b; pub use b::B; pub const ONE: u8 = 1;",
            "src/base/mod.rs: defines something; a mod.rs declares and re-exports",
        ),
        (
            "src/base.rs",
            "",
            "src/base.rs: stands beside the folder base; its module is base/mod.rs",
        ),
        (
            "src/other/x.rs",
            "",
            "src/other/x.rs: is in no folder that the layout has",
        ),
    ] {
        let mut files: Vec<(&str, &str)> = folders.to_vec();
        files.retain(|(path, _)| *path != file);
        files.push((file, text));
        let broken = rules::broken(&Sources::of(files)).join("\n");
        assert_eq!(broken, want, "{file}: {text}");
    }
    let long = "\n".repeat(501);
    let broken = rules::broken(&Sources::of([("src/base/a.rs", &*long)]));
    assert_eq!(
        broken,
        ["src/base/a.rs: has 501 lines, and 500 are allowed"]
    );
}

/// Every import is resolved to the file that defines its item.
#[test]
fn imports_lead_to_definitions() {
    let sources = Sources::of([
        ("src/lib.rs", "mod base;"),
        ("src/base/mod.rs", "pub mod x; pub mod y; pub use x::*;"),
        ("src/base/x.rs", "pub use super::y::Y;"),
        ("src/base/y.rs", "pub struct Y; impl Y { pub fn new() {} }"),
        (
            "src/base/z.rs",
            "use crate::base; fn f() { base::Y::new() }",
        ),
    ]);
    let imports = Imports::of(&sources);
    let of_z: Vec<&str> = imports.of_one("src/base/z.rs").collect();
    assert_eq!(of_z, ["src/base/y.rs"]);
}
