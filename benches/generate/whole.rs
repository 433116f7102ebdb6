//! Measures the time and memory of `mailtrack book build`.

use std::io;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use crate::csv;

/// Builds a book of `count` contacts from CSV, and returns a line of the table.
pub fn build(name: &str, count: u64) -> io::Result<String> {
    let folder = tempfile::tempdir()?;
    let (records, built) = (
        folder.path().join("records"),
        folder.path().join("book.mtb"),
    );
    std::fs::create_dir(&records)?;
    csv::folder(&records, count)?;
    let bytes = std::fs::metadata(records.join("contact.csv"))?.len() as f64;
    let start = Instant::now();
    let mut program = Command::new(env!("CARGO_BIN_EXE_mailtrack"))
        .args(["book", "build"])
        .arg(&records)
        .arg("-o")
        .arg(&built)
        .stdout(Stdio::null())
        .spawn()?;
    let mut peak = 0.0_f64;
    let status = loop {
        peak = peak.max(memory(program.id()).unwrap_or_default());
        if let Some(status) = program.try_wait()? {
            break status;
        }
        std::thread::sleep(Duration::from_millis(5));
    };
    let taken = start.elapsed().as_secs_f64();
    if !status.success() {
        return Err(io::Error::other("mailtrack book build failed"));
    }
    let (times, megabytes) = (peak / bytes, 1e-6 * bytes);
    Ok(format!(
        "ratio resolve/{name}/book build: {taken:.1} s for {megabytes:.0} MB of CSV, peak memory {times:.2} x its size"
    ))
}

/// Returns the peak memory of a process in bytes, which only Linux reports.
fn memory(process: u32) -> Option<f64> {
    let status = std::fs::read_to_string(format!("/proc/{process}/status")).ok()?;
    let line = status
        .lines()
        .find_map(|line| line.strip_prefix("VmHWM:"))?;
    line.trim()
        .strip_suffix(" kB")?
        .trim()
        .parse::<f64>()
        .ok()
        .map(|kilobytes| kilobytes * 1024.0)
}
