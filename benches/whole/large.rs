//! Runs over as much mail as a large archive has, to show whether time and memory grow linearly.

use std::io;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use super::{Ground, NONE};

/// The second run should take ten times as long as the first, and proportionally more memory.
const SIZES: [u64; 2] = [100_000, 1_000_000];

/// Interval at which memory is measured.
const PAUSE: Duration = Duration::from_millis(2);

/// Measures both sizes, and prints a line for each.
pub fn measure() -> io::Result<()> {
    let mut before: Option<(u64, u64)> = None;
    for messages in SIZES {
        let ground = Ground::new(messages)?;
        // The first run fills the caches.
        ground.run("mail", 1, NONE)?;
        std::fs::remove_dir_all(ground.path("out"))?;
        let (taken, peak) = watched(&mut ground.run_command("mail", 1, NONE, "out"))?;
        let micros = taken.as_secs_f64() * 1e6 / messages as f64;
        // The time that the system takes per file also grows with the number of files.
        let floor = taken.as_secs_f64() / ground.floor("heads")?.as_secs_f64();
        let more = before.map(|(fewer, less)| peak.saturating_sub(less) / (messages - fewer));
        let more = more.map_or(String::new(), |more| {
            format!(", {more} bytes more a message")
        });
        println!(
            "large pipeline/leads/1t: {messages} messages, {micros:.1} us/message, {floor:.2} x floor, {} MB at most of its own{more}",
            peak / 1_000_000
        );
        before = Some((messages, peak));
    }
    Ok(())
}

/// Returns the run time of a program, and its peak anonymous memory in bytes, which unlike file pages cannot be
/// reclaimed; 0 if the system does not report it.
fn watched(command: &mut Command) -> io::Result<(Duration, u64)> {
    let start = Instant::now();
    let mut child = command.stdout(Stdio::null()).spawn()?;
    let mut peak = 0;
    let status = loop {
        peak = own_memory(&child).unwrap_or(0).max(peak);
        match child.try_wait()? {
            Some(status) => break status,
            None => std::thread::sleep(PAUSE),
        }
    };
    match status.success() {
        true => Ok((start.elapsed(), peak)),
        false => Err(io::Error::other("the program failed")),
    }
}

fn own_memory(child: &Child) -> Option<u64> {
    let status = std::fs::read_to_string(format!("/proc/{}/status", child.id())).ok()?;
    let line = status.lines().find_map(|it| it.strip_prefix("RssAnon:"))?;
    let kibibytes: u64 = line.trim().strip_suffix(" kB")?.parse().ok()?;
    Some(kibibytes * 1024)
}
