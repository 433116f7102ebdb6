//! Hostile mail costs a run what its size does, and no more: nothing that reads mail takes the square of how many parts,
//! parameters, addresses, words or ids there are.
//!
//! `linear/attacks.toml` lists the mail: a text in which a piece stands N times. Each is read with eight times N pieces and,
//! unless that is cheap already, with N. What is compared is the processor's time that the system counts for the process, all its threads
//! together, without what a run over one small message takes. It is not the time on the clock, on which other processes
//! have a part, and not a speed: a cost in proportion is eight times as high, the square is sixty-four times as high, and
//! only above twenty-four times a test fails, three runs in a row. A count of instructions would be the same on every
//! machine, but neither the system's counters nor a simulator of the processor are to be had everywhere, and a count in
//! the program's own loops would leave out the libraries, in which such costs were found.

use std::os::unix::process::ExitStatusExt as _;
use std::process::{Command, ExitStatus, Stdio};
use std::time::Duration;

use serde::Deserialize;

use crate::place::Place;

/// How many times as much the larger mail is.
const GROWTH: usize = 8;

/// How many times as much it may cost at most.
const COST_MAX: u32 = 24;

/// What is less is not told from chance.
const LEAST: Duration = Duration::from_millis(25);

/// Why a result that is too dear may be chance.
const TRIES: usize = 3;

/// Options under which everything is looked at that can be.
const EVERYTHING: &str = "[email]\ntrack = \"all\"\ncreate = \"lead\"\ncreate_for = \"everyone\"\ncreate_skip = [\"nameless\"]\n\
    create_limit = 1000000\n[organization]\ninternal_email = \"track\"\n[correlation]\nsmart_matching = true\n\
    [address_book]\nequivalence = [\"plus-tag\"]\n";

#[derive(Deserialize)]
struct Attacks {
    attack: Vec<Attack>,
}

/// Mail that is written by a rule.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Attack {
    name: String,
    /// How many pieces the smaller mail has.
    pieces: usize,
    /// The file, which says by its name whether it is an mbox.
    #[serde(default = "message")]
    file: String,
    /// Header fields, or of an mbox all that stands before the pieces. `HEAD` stands for those of a stranger's message.
    #[serde(default)]
    before: String,
    /// `#` stands for the number of the piece.
    piece: String,
    #[serde(default)]
    after: String,
    /// What stands as often as the piece in the place of `MANY` before or after the pieces.
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

    /// The processor's time for so many pieces.
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

    /// What is wrong with the cost, if anything is; `least` is that of a run over next to nothing.
    fn fault(&self, options: &str, least: Duration) -> Option<String> {
        let mut said = None;
        for _ in 0..TRIES {
            let own = |pieces| self.cost(pieces, options).saturating_sub(least);
            let large = own(GROWTH * self.pieces);
            // Few are so dear that it matters what the smaller mail costs.
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

/// Runs a command; how it ended, and the processor's time that it took.
#[allow(unsafe_code)]
#[allow(
    clippy::zombie_processes,
    reason = "the call of the system waits for it"
)]
fn used(mut command: Command) -> (ExitStatus, Duration) {
    let command = command.stdout(Stdio::null()).stderr(Stdio::null());
    let child = command.spawn().unwrap();
    let mut status = 0;
    // SAFETY: all zeros is a value of this structure, which the system fills.
    let mut usage: libc::rusage = unsafe { std::mem::zeroed() };
    // SAFETY: the process is a child of this one that nobody else waits for, and both places are of the right kind.
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
