//! Books for the benchmarks: made up, the same every time.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;

/// Numbers that look random and are the same every time.
pub struct Series(u64);

impl Series {
    /// A series from a seed.
    pub fn new(seed: u64) -> Series {
        Series(seed | 1)
    }

    /// The next number below `end`.
    pub fn below(&mut self, end: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % end
    }
}

/// The `n`-th address; domains follow each other unevenly, as those of customers do.
pub fn address(n: u64) -> String {
    let company = (n * n + 7) % (n / 9 + 11);
    format!("first.last{n}@company{company}.example")
}

/// A book of `count` contacts, three quarters of the addresses below `4 * count / 3`.
pub fn book(folder: &Path, count: u64) {
    let mut text = String::from("contactid,fullname,emailaddress1,ownerid,statecode,createdon\n");
    for n in 0..count {
        let address = address(n * 4 / 3);
        let _ = writeln!(
            text,
            "c{n},First Last{n},{address},u{},0,2024-01-01T00:00:00Z",
            n % 7
        );
    }
    let write = |name: &str, text: &str| {
        fs::write(folder.join(name), text).expect("the folder can be written to")
    };
    write("contact.csv", &text);
    write(
        "systemuser.csv",
        "systemuserid,fullname,internalemailaddress\nu1,Uma Owner,uma@contoso.example\n",
    );
}
