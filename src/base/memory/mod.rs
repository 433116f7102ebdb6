//! *Mapped* memory: the bytes of a file in place, or huge pages of main memory; and prefetching.

pub(crate) mod cut_off;
pub(crate) mod mapped;

pub(crate) use mapped::*;
