//! Runs each target on the fixtures, intact and damaged.

use std::path::Path;

use super::*;

/// A reproducible series of pseudorandom numbers.
fn series() -> impl FnMut(usize) -> usize {
    let mut state = 0x9e37_79b9_7f4a_7c15_u64;
    move |end| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        (state % end.max(1) as u64) as usize
    }
}

/// Every file of the fixtures, with the first byte that some targets need to select a format.
fn inputs() -> Vec<Vec<u8>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures");
    let files = walkdir::WalkDir::new(folder).sort_by_file_name();
    let mut inputs = vec![Vec::new(), vec![0; 600], (0..=255).collect()];
    for file in files {
        let file = file.unwrap();
        if file.file_type().is_file() {
            inputs.push(std::fs::read(file.path()).unwrap());
        }
    }
    inputs
}

fn spoil(bytes: &mut Vec<u8>, below: &mut impl FnMut(usize) -> usize) {
    for _ in 0..below(4) {
        let at = below(bytes.len());
        match below(4) {
            0 => bytes.truncate(at),
            1 => bytes.insert(at, below(256) as u8),
            2 if !bytes.is_empty() => bytes[at] ^= 1 << below(8),
            _ => bytes.extend_from_within(at..),
        }
    }
}

#[test]
fn every_target_takes_the_fixtures_and_damaged_copies_of_them() {
    let mut below = series();
    for input in inputs() {
        for (_, target) in TARGETS {
            for round in 0..3 {
                let mut bytes = input.clone();
                bytes.insert(0, below(256) as u8);
                if round > 0 {
                    spoil(&mut bytes, &mut below);
                }
                target(&bytes);
                target(bytes.get(1..).unwrap_or_default());
            }
        }
    }
}

#[test]
fn every_target_has_its_file() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz/fuzz_targets");
    let mut files: Vec<String> = std::fs::read_dir(folder)
        .unwrap()
        .map(|it| {
            it.unwrap()
                .path()
                .file_stem()
                .unwrap()
                .to_string_lossy()
                .into_owned()
        })
        .collect();
    files.sort();
    assert_eq!(files, TARGETS.map(|(name, _)| name.to_owned()));
}
