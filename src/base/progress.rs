//! How far a command is, and what it reports on the way.

/// Receives progress, and what is worth a line while the work goes on.
pub trait Progress: Sync {
    /// A stage begins that has this many steps.
    fn stage(&self, name: &'static str, steps: u64);
    /// This many more steps are done.
    fn advance(&self, steps: u64);
    /// A step of the work is complete; `what` describes it, and is called only if somebody reads it.
    fn done(&self, _what: &dyn Fn() -> String) {}
    /// Something that the user should know, and that needs no action.
    fn note(&self, _text: &str) {}
    /// Warnings about one thing, such as `book`.
    fn warn(&self, _about: &str, _warnings: &[String]) {}
}

/// Ignores progress.
impl Progress for () {
    fn stage(&self, _: &'static str, _: u64) {}
    fn advance(&self, _: u64) {}
}
