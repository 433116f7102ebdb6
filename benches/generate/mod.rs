//! Synthetic, reproducible input for the benchmarks.

pub mod people;

/// A reproducible series of pseudorandom numbers.
pub struct Series(u64);

impl Series {
    /// Creates a series from a seed.
    pub fn new(seed: u64) -> Series {
        Series(seed | 1)
    }

    /// Returns the next number, below `end`.
    pub fn below(&mut self, end: u64) -> u64 {
        self.next() % end
    }

    /// Returns the next number.
    pub fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }
}
