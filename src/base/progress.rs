//! How far a run is, for whom it may concern.

/// Told how far a run is.
pub trait Progress: Sync {
    /// A stage begins, with so many steps.
    fn stage(&self, name: &'static str, steps: u64);
    /// So many more steps are done.
    fn advance(&self, steps: u64);
}
