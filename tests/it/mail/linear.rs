//! Hostile mail costs time in proportion to its size: nothing that reads mail is quadratic in the number of parts,
//! parameters, addresses, words or ids.
//!
//! `linear/attacks.toml` lists the mail: a text in which a piece is repeated N times. Each is read with eight times N
//! pieces and, unless that is already cheap, with N. The measure is the CPU time of the process, all threads together,
//! minus that of a run over one small message. Unlike wall-clock time, it does not depend on other processes. A linear
//! cost is eight times as high, a quadratic one sixty-four times; a test fails only above twenty-four times in three
//! runs in a row. A count of instructions would be the same on every machine, but neither hardware counters nor a
//! processor simulator are available everywhere, and a count in the program's own loops would miss the libraries, in
//! which such costs were found.

use std::os::unix::process::ExitStatusExt as _;
use std::process::{Command, ExitStatus, Stdio};
use std::time::Duration;

use serde::Deserialize;

use crate::place::Place;

/// Size of the larger mail as a multiple of the smaller.
const GROWTH: usize = 8;

/// Maximum cost of the larger mail as a multiple of the smaller.
const COST_MAX: u32 = 24;

/// A shorter time is not distinguishable from noise.
const LEAST: Duration = Duration::from_millis(25);

/// Number of attempts before a result that is too expensive counts.
const TRIES: usize = 3;

/// Options with which everything is examined that can be.
const EVERYTHING: &str = "[email]\ntrack = \"all\"\ncreate = \"lead\"\ncreate_for = \"everyone\"\ncreate_skip = [\"nameless\"]\n\
    create_limit = 1000000\n[organization]\ninternal_email = \"track\"\n[correlation]\nsmart_matching = true\n\
    [address_book]\nequivalence = [\"plus-tag\"]\n";

#[derive(Deserialize)]
struct Attacks {
    attack: Vec<Attack>,
}

/// Mail that is generated from a pattern.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Attack {
    name: String,
    /// Number of pieces in the smaller mail.
    pieces: usize,
    /// The name of the file, which determines whether it is an mbox.
    #[serde(default = "message")]
    file: String,
    /// Header fields, or for an mbox everything before the pieces. `HEAD` stands for the fields of a stranger's
    /// message.
    #[serde(default)]
    before: String,
    /// The piece; `#` stands for its number.
    piece: String,
    #[serde(default)]
    after: String,
    /// A text that replaces `MANY` before or after the pieces, repeated as often as the piece.
    #[serde(default)]
    many: String,
}

fn message() -> String {
    "a.eml".into()
}

const HEAD: &str = "From: Kay Stone <kay@stranger.example>\nTo: Ann Beck <ann@contoso.example>\n\
    Date: Mon, 2 Mar 2026 09:30:00 +0000\nMessage-ID: <m@stranger.example>\nSubject: Offer\n";

impl Attack {
    fn write(&self, place: &Place, pieces: usize) {
        let all = |piece: &str| -> String {
            if !piece.contains('#') {
                return piece.repeat(pieces);
            }
            let each = (0..pieces).map(|number| piece.replace('#', &number.to_string()));
            each.collect()
        };
        let around = |text: &str| text.replace("MANY", &all(&self.many));
        let mail = around(&self.before) + &all(&self.piece) + &around(&self.after);
        let mail = mail.replace("HEAD\n", HEAD);
        place.write(&format!("mail/{}", self.file), mail);
    }

    /// Returns the CPU time for this number of pieces.
    fn cost(&self, pieces: usize, options: &str) -> Duration {
        let place = Place::new();
        self.write(&place, pieces);
        place.write("o.toml", options);
        let arguments = "run mail --book book --out out --options o.toml --quiet";
        let (status, time) = used(place.command(arguments));
        assert_eq!(status.code(), Some(0), "{}: {status}", self.name);
        place.summary();
        time
    }

    /// Returns what is wrong with the cost, if anything; `least` is the cost of a run over almost nothing.
    fn fault(&self, options: &str, least: Duration) -> Option<String> {
        let mut said = None;
        for _ in 0..TRIES {
            let own = |pieces| self.cost(pieces, options).saturating_sub(least);
            let large = own(GROWTH * self.pieces);
            // Few are so expensive that the smaller mail must be measured.
            if large <= COST_MAX * LEAST {
                return None;
            }
            let small = own(self.pieces);
            if large <= COST_MAX * small.max(LEAST) {
                return None;
            }
            said = Some(format!("{}: {small:?}, {large:?}", self.name));
        }
        said
    }
}

/// Runs a command; returns how it ended and its CPU time.
#[allow(unsafe_code)]
#[allow(
    clippy::zombie_processes,
    reason = "the call of the system waits for it"
)]
fn used(mut command: Command) -> (ExitStatus, Duration) {
    let command = command.stdout(Stdio::null()).stderr(Stdio::null());
    let child = command.spawn().unwrap();
    let mut status = 0;
    // SAFETY: all zeros is a valid value of this structure, which the system fills.
    let mut usage: libc::rusage = unsafe { std::mem::zeroed() };
    // SAFETY: the process is a child of this one that nothing else waits for, and both pointers have the right type.
    let ended = unsafe { libc::wait4(child.id() as i32, &raw mut status, 0, &raw mut usage) };
    assert_eq!(ended, child.id() as i32);
    let time = |of: libc::timeval| {
        Duration::from_secs(of.tv_sec as u64) + Duration::from_micros(of.tv_usec as u64)
    };
    (
        ExitStatus::from_raw(status),
        time(usage.ru_utime) + time(usage.ru_stime),
    )
}

fn hold(options: &str) {
    let text = include_str!("linear/attacks.toml");
    let attacks: Attacks = toml::from_str(text).unwrap();
    assert!(attacks.attack.len() >= 40);
    let nothing = Attack {
        name: "next to nothing".into(),
        pieces: 1,
        file: message(),
        before: "HEAD\n".into(),
        piece: "\n".into(),
        after: String::new(),
        many: String::new(),
    };
    let least = (0..TRIES).map(|_| nothing.cost(1, options)).min().unwrap();
    let faults = attacks.attack.iter();
    let faults: Vec<String> = faults.filter_map(|it| it.fault(options, least)).collect();
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[test]
fn hostile_mail_costs_what_its_size_does() {
    hold("");
}

#[test]
fn hostile_mail_costs_what_its_size_does_where_everything_is_looked_at() {
    hold(EVERYTHING);
}
