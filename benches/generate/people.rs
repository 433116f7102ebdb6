//! Addresses like those in a CRM: synthetic, distinct, and reproducible.
//!
//! A third are of free-mail providers, the others of companies, of which a few have many addresses and many have few.
//! Lengths are those of business mail: 25 characters on average, one in sixty longer than 36.

use std::fmt::Write as _;

const FIRST: [&str; 24] = [
    "anna",
    "ben",
    "carla",
    "dieter",
    "elif",
    "femi",
    "giulia",
    "hans",
    "ines",
    "jo",
    "karim",
    "li",
    "maximilian",
    "nadia",
    "olu",
    "petra",
    "quentin",
    "rosa",
    "sven",
    "tuan",
    "uma",
    "viktoria",
    "wei",
    "yusuf",
];
const SYLLABLES: [&str; 32] = [
    "ber", "man", "schmi", "dt", "lo", "pez", "gar", "cia", "kow", "al", "ski", "mü", "ler", "sen",
    "jo", "han", "na", "ka", "mu", "ra", "ta", "shi", "chen", "wu", "ng", "o", "bri", "en", "mac",
    "do", "nald", "son",
];
const FREE_MAIL: [&str; 8] = [
    "gmail.com",
    "gmail.com",
    "gmail.com",
    "outlook.com",
    "hotmail.com",
    "yahoo.com",
    "web.de",
    "icloud.com",
];
const ENDINGS: [&str; 8] = ["com", "com", "com", "de", "co.uk", "net", "org", "fr"];
const WORDS: [&str; 16] = [
    "tech",
    "global",
    "trade",
    "solutions",
    "group",
    "consulting",
    "werke",
    "services",
    "data",
    "med",
    "bau",
    "logistics",
    "foods",
    "energy",
    "partners",
    "systems",
];

/// Mixes the bits of a number, bijectively.
pub fn mix(n: u64) -> u64 {
    let n = (n ^ n >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let n = (n ^ n >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
    n ^ n >> 31
}

/// Returns a random word.
fn pick<'w>(words: &[&'w str], chance: u64) -> &'w str {
    words[(chance % words.len() as u64) as usize]
}

/// Appends a number in base 36.
fn push_number(out: &mut String, mut n: u64) {
    loop {
        out.extend(char::from_digit((n % 36) as u32, 36));
        n /= 36;
        if n == 0 {
            return;
        }
    }
}

/// Returns the `n`-th address in normal form.
pub fn address(n: u64) -> String {
    let chance = mix(n + 1);
    let (first, last) = (pick(&FIRST, chance), surname(chance >> 8));
    let mut out = String::with_capacity(40);
    let _ = match chance >> 28 & 7 {
        0 | 1 => write!(out, "{first}.{last}"),
        2..=4 => write!(out, "{}{last}", &first[..1]),
        5 => write!(out, "{}_{last}", &first[..1]),
        6 => write!(out, "{last}"),
        _ => write!(out, "{first}"),
    };
    push_number(&mut out, n);
    out.push('@');
    push_domain(&mut out, mix(chance));
    out
}

fn surname(chance: u64) -> String {
    let syllables = (0..2 + u64::from(chance.is_multiple_of(4)))
        .map(|at| pick(&SYLLABLES, chance >> (2 + 5 * at)));
    syllables.collect::<String>().replace('ü', "ue")
}

fn push_domain(out: &mut String, chance: u64) {
    if chance % 100 < 34 {
        return out.push_str(pick(&FREE_MAIL, chance >> 10));
    }
    // The sizes of companies follow Zipf's law: the n-th is one n-th as large as the first.
    let share = (chance >> 32) as f64 / f64::from(u32::MAX);
    let company = mix((1_000_000_f64.powf(share)) as u64);
    out.push_str(&surname(company));
    if company >> 18 & 7 == 0 {
        out.push('-');
    }
    if company >> 22 & 3 == 0 {
        out.push_str(pick(&WORDS, company >> 24));
    }
    out.push('.');
    out.push_str(pick(&ENDINGS, company >> 30));
}

/// Returns the id of the `n`-th record, in the form of Dataverse's ids.
pub fn id(n: u64) -> String {
    let (a, b) = (mix(n), mix(!n));
    format!(
        "{:08x}-{:04x}-4{:03x}-{:04x}-{:012x}",
        a >> 32,
        a >> 16 & 0xffff,
        a & 0xfff,
        b >> 48,
        b & 0xffff_ffff_ffff
    )
}
