//! *To track* is to save a message as an email activity. Here is R4's table: the first line that applies decides.

pub mod judge;
pub mod reason;

pub use judge::*;
pub use reason::Reason;
