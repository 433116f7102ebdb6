//! Progress of a command, and messages along the way.

/// Receives progress updates and messages while a command works.
pub trait Progress: Sync {
    /// Begins a stage with this number of steps.
    fn stage(&self, name: &'static str, steps: u64);
    /// Reports that this number of further steps is done.
    fn advance(&self, steps: u64);
    /// Reports that a part of the work is complete. `what` describes it, and is called only if the description is used.
    fn done(&self, _what: &dyn Fn() -> String) {}
    /// Reports something that the user should know and that needs no action.
    fn note(&self, _text: &str) {}
    /// Reports warnings about one thing, such as `book`.
    fn warn(&self, _about: &str, _warnings: &[String]) {}
}

/// Ignores progress.
impl Progress for () {
    fn stage(&self, _: &'static str, _: u64) {}
    fn advance(&self, _: u64) {}
}
