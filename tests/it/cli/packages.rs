//! Packages: their files exist and name the current versions.

use std::fs;
use std::path::Path;
use std::process::Command;

fn text(name: &str) -> String {
    fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(name)).unwrap()
}

#[test]
fn all_that_the_package_holds_is_made_or_there() {
    let folder = tempfile::tempdir().unwrap();
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let made = Command::new(root.join("packaging/assets"))
        .arg(assert_cmd::cargo::cargo_bin!("mailtrack"))
        .arg(folder.path())
        .status()
        .unwrap();
    assert!(made.success());
    let manifest: toml::Table = text("Cargo.toml").parse().unwrap();
    let assets = manifest["package"]["metadata"]["deb"]["assets"]
        .as_array()
        .unwrap();
    for asset in assets {
        let from = asset[0].as_str().unwrap();
        let path = match from.strip_prefix("target/package/") {
            Some(made) => folder.path().join(made),
            None if from == "target/release/mailtrack" => continue,
            None => root.join(from),
        };
        let name = path.file_name().unwrap().to_str().unwrap().to_owned();
        let fits = |file: &str| match name.split_once('*') {
            Some((before, after)) => file.starts_with(before) && file.ends_with(after),
            None => file == name,
        };
        let files = fs::read_dir(path.parent().unwrap()).unwrap();
        let mut files = files.map(|it| it.unwrap().file_name().into_string().unwrap());
        assert!(files.any(|it| fits(&it)), "{from} is not there");
    }
}

#[test]
fn the_image_is_built_with_the_version_that_the_manifest_asks_for() {
    let manifest: toml::Table = text("Cargo.toml").parse().unwrap();
    let version = manifest["package"]["rust-version"].as_str().unwrap();
    assert!(text("Dockerfile").contains(&format!("FROM rust:{version}-")));
}
