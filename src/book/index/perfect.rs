//! A *perfect hash* gives each hash of a known set its own position.
//!
//! The hashes are split into parts, each part into buckets of about three, and each bucket has a *pilot*: a byte that
//! is mixed into its hashes so that all of them get free positions. One byte is enough because a bucket that finds no
//! free positions evicts other buckets, which then search again (PtrHash, Groot Koerkamp 2025, arXiv:2502.15539). A
//! lookup reads one byte of the pilots, of which there is one for three hashes, and then the position.

use std::collections::BinaryHeap;

/// Hashes per part. Building a part needs no more memory than a core's cache has.
const PART: usize = 100_000;

/// Average number of hashes per bucket.
const BUCKET: usize = 3;

/// Percentage of positions that are occupied in the fullest part.
const LOAD_PERCENT: usize = 98;

/// Mixes a pilot into a hash: an odd number with the digits of 1/π.
const PILOT_MIX: u64 = 0x517c_c1b7_2722_0a95;

/// Spreads low bits into high ones: an odd number with the digits of the golden ratio.
const SPREAD: u64 = 0x9e37_79b9_7f4a_7c15;

/// Maximum number of evictions per bucket of a part. Beyond it, building is unlikely to end.
const EVICTIONS_MAX: usize = 20;

/// Number of recently placed buckets that may not be evicted, or a quarter of the buckets if that is fewer.
const RECENT: usize = 16;

/// The dimensions of a perfect hash.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Shape {
    /// The number of parts.
    pub parts: u32,
    /// The number of buckets in each part.
    pub buckets: u32,
    /// The number of positions in each part.
    pub places: u32,
}

/// Scales a hash to a number below `size`. Also returns the rest, which is distributed as evenly.
#[inline]
fn scale(hash: u64, size: u32) -> (u32, u64) {
    let product = u128::from(hash) * u128::from(size);
    ((product >> 64) as u32, product as u64)
}

impl Shape {
    /// Returns the shape for ascending hashes, and where those of each part end. `None` if they are so uneven that the
    /// table would be far larger than necessary.
    pub fn of(hashes: &[u64]) -> Option<(Shape, Vec<usize>)> {
        let parts = hashes.len().div_ceil(PART).max(1) as u32;
        let end = |part| hashes.partition_point(|&hash| scale(hash, parts).0 < part);
        let ends: Vec<usize> = (1..=parts).map(end).collect();
        let starts = [0].into_iter().chain(ends.iter().copied());
        let fullest = starts
            .zip(&ends)
            .map(|(start, end)| end - start)
            .max()
            .unwrap_or(0);
        let average = hashes.len() / parts as usize;
        let shape = Shape {
            parts,
            buckets: (average / BUCKET).max(1) as u32,
            places: (fullest * 100 / LOAD_PERCENT + 1) as u32,
        };
        (fullest <= average + average / 16 + 1).then_some((shape, ends))
    }

    /// Returns the number of buckets, which is also that of pilots.
    pub fn bucket_count(&self) -> usize {
        self.parts as usize * self.buckets as usize
    }

    /// Returns the number of positions.
    pub fn place_count(&self) -> usize {
        self.parts as usize * self.places as usize
    }

    /// Returns the part of a hash, and its bucket, which is below [`Shape::bucket_count`].
    #[inline]
    pub fn bucket(&self, hash: u64) -> (u32, usize) {
        let (part, rest) = scale(hash, self.parts);
        (
            part,
            part as usize * self.buckets as usize + scale(rest, self.buckets).0 as usize,
        )
    }

    /// Returns the position of a hash of this part, which is below [`Shape::place_count`].
    #[inline]
    pub fn place(&self, part: u32, hash: u64, pilot: u8) -> usize {
        part as usize * self.places as usize + self.place_in_part(hash, pilot) as usize
    }

    #[inline]
    fn place_in_part(&self, hash: u64, pilot: u8) -> u32 {
        let mixed = hash ^ (u64::from(pilot) + 1).wrapping_mul(PILOT_MIX);
        scale(mixed.wrapping_mul(SPREAD), self.places).0
    }

    /// Returns the pilots of one part, whose hashes ascend. `None` if no pilots were found, because two hashes are
    /// equal or by chance; hashes with another seed will succeed.
    pub fn pilots(&self, hashes: &[u64]) -> Option<Vec<u8>> {
        let bucket = |hash| scale(scale(hash, self.parts).1, self.buckets).0;
        let ends: Vec<u32> = (1..=self.buckets)
            .scan(0, |end, next| {
                *end += hashes[*end..]
                    .iter()
                    .take_while(|&&hash| bucket(hash) < next)
                    .count();
                Some(*end as u32)
            })
            .collect();
        Solver {
            shape: self,
            hashes,
            ends,
            pilots: vec![0; self.buckets as usize],
            takers: vec![FREE; self.places as usize],
            recent: vec![FREE; RECENT.min(self.buckets as usize / 4)],
            turn: 0,
        }
        .solve()
    }
}

const FREE: u32 = u32::MAX;

/// The state of searching the pilots of one part.
struct Solver<'a> {
    shape: &'a Shape,
    hashes: &'a [u64],
    /// Where the hashes of each bucket end.
    ends: Vec<u32>,
    pilots: Vec<u8>,
    /// The bucket that occupies each position.
    takers: Vec<u32>,
    /// The buckets that were placed last; they may not be evicted.
    recent: Vec<u32>,
    turn: usize,
}

impl<'a> Solver<'a> {
    fn solve(mut self) -> Option<Vec<u8>> {
        let mut by_size: Vec<u32> = (0..self.shape.buckets)
            .filter(|&bucket| !self.hashes(bucket).is_empty())
            .collect();
        by_size.sort_by_key(|&bucket| std::cmp::Reverse(self.hashes(bucket).len()));
        let mut waiting = BinaryHeap::new();
        for bucket in by_size {
            waiting.push((self.hashes(bucket).len(), bucket));
            while let Some((_, bucket)) = waiting.pop() {
                self.place(bucket, &mut waiting)?;
            }
        }
        Some(self.pilots)
    }

    fn hashes(&self, bucket: u32) -> &'a [u64] {
        let start = bucket
            .checked_sub(1)
            .map_or(0, |before| self.ends[before as usize]);
        &self.hashes[start as usize..self.ends[bucket as usize] as usize]
    }

    /// Places a bucket. Buckets that it evicts are added to `waiting`.
    fn place(&mut self, bucket: u32, waiting: &mut BinaryHeap<(usize, u32)>) -> Option<()> {
        let hashes = self.hashes(bucket);
        let is_free = |&pilot: &u8| {
            let mut places = hashes
                .iter()
                .map(|&hash| self.shape.place_in_part(hash, pilot));
            places.all(|place| self.takers[place as usize] == FREE) && self.is_apart(hashes, pilot)
        };
        // After an eviction, the search begins at another pilot, so that two buckets do not evict each other forever.
        let first = (self.turn as u8).wrapping_mul(97);
        let pilots = || (0..=u8::MAX).map(|pilot| pilot.wrapping_add(first));
        let pilot = match pilots().find(is_free) {
            Some(pilot) => pilot,
            None => {
                let cost = |pilot| self.cost(hashes, pilot).map(|cost| (cost, pilot));
                let (_, pilot) = pilots().filter_map(cost).min_by_key(|&(cost, _)| cost)?;
                self.turn += 1;
                if self.turn > EVICTIONS_MAX * self.ends.len() + 1000 {
                    return None;
                }
                self.evict(hashes, pilot, waiting);
                pilot
            }
        };
        for &hash in hashes {
            self.takers[self.shape.place_in_part(hash, pilot) as usize] = bucket;
        }
        self.pilots[bucket as usize] = pilot;
        let turn = self.turn % self.recent.len().max(1);
        if let Some(recent) = self.recent.get_mut(turn) {
            *recent = bucket;
        }
        Some(())
    }

    /// Returns whether a pilot gives each of the hashes a different position.
    fn is_apart(&self, hashes: &[u64], pilot: u8) -> bool {
        hashes.iter().enumerate().all(|(at, &hash)| {
            let place = self.shape.place_in_part(hash, pilot);
            hashes[..at]
                .iter()
                .all(|&other| self.shape.place_in_part(other, pilot) != place)
        })
    }

    /// Returns the cost of evicting the buckets that occupy the positions of a pilot; `None` if that is not allowed.
    fn cost(&self, hashes: &[u64], pilot: u8) -> Option<usize> {
        let mut cost = 0;
        for &hash in hashes {
            let taker = self.takers[self.shape.place_in_part(hash, pilot) as usize];
            if taker != FREE {
                if self.recent.contains(&taker) {
                    return None;
                }
                cost += self.hashes(taker).len().pow(2);
            }
        }
        self.is_apart(hashes, pilot).then_some(cost)
    }

    fn evict(&mut self, hashes: &[u64], pilot: u8, waiting: &mut BinaryHeap<(usize, u32)>) {
        for &hash in hashes {
            let taker = self.takers[self.shape.place_in_part(hash, pilot) as usize];
            if taker == FREE {
                continue;
            }
            let theirs = self.hashes(taker);
            for &hash in theirs {
                self.takers[self.shape.place_in_part(hash, self.pilots[taker as usize]) as usize] =
                    FREE;
            }
            waiting.push((theirs.len(), taker));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Numbers that look random and are the same every time.
    fn hashes(count: usize, prefix: u32) -> Vec<u64> {
        let spread = |n: usize| {
            (n as u64 + 1)
                .wrapping_mul(SPREAD)
                .rotate_left(31)
                .wrapping_mul(PILOT_MIX)
        };
        let mut hashes: Vec<u64> = (0..count).map(|n| spread(n) >> prefix).collect();
        hashes.sort_unstable();
        hashes.dedup();
        hashes
    }

    #[test]
    fn every_hash_has_a_place_of_its_own() {
        for count in (0..40).chain([100, 1_000, 65_536, 250_000]) {
            let hashes = hashes(count, 0);
            let (shape, ends) = Shape::of(&hashes).unwrap();
            let starts = [0].into_iter().chain(ends.iter().copied());
            let parts = starts
                .zip(&ends)
                .map(|(start, &end)| shape.pilots(&hashes[start..end]).unwrap());
            let pilots: Vec<u8> = parts.flatten().collect();
            assert_eq!(pilots.len(), shape.bucket_count());
            let mut places: Vec<usize> = hashes
                .iter()
                .map(|&hash| {
                    let (part, bucket) = shape.bucket(hash);
                    shape.place(part, hash, pilots[bucket])
                })
                .collect();
            places.sort_unstable();
            places.dedup();
            assert_eq!(places.len(), count, "{count}");
            assert!(places.last().is_none_or(|&last| last < shape.place_count()));
            let is_small = shape.place_count() <= count + count / 20 + 2;
            assert!(is_small, "{count} hashes in {} places", shape.place_count());
        }
    }

    #[test]
    fn equal_hashes_have_no_pilots() {
        let shape = Shape {
            parts: 1,
            buckets: 1,
            places: 10,
        };
        assert_eq!(shape.pilots(&[7, 7]), None);
    }

    #[test]
    fn hashes_that_are_all_in_one_part_have_no_shape() {
        assert!(Shape::of(&hashes(250_000, 8)).is_none());
    }
}
