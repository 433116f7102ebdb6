//! What the benchmarks work on: made up, the same every time.

pub mod people;

/// Numbers that look random and are the same every time.
pub struct Series(u64);

impl Series {
    /// A series from a seed.
    pub fn new(seed: u64) -> Series {
        Series(seed | 1)
    }

    /// The next number below `end`.
    pub fn below(&mut self, end: u64) -> u64 {
        self.next() % end
    }

    /// The next number.
    pub fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }
}
